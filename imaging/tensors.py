"""Images to torch tensors and back."""

from __future__ import annotations

import numpy as np
import torch

from imaging.image import Image


def to_tensor(image: Image, device: str = "cpu") -> torch.Tensor:
    """Return a float32 tensor (1, 3, H, W) in [0, 1] of a uint8 RGB (H, W, 3) image, which may be read-only."""
    # torch warns of, and could write through, a read-only buffer: the copy is 1 byte a sample, the tensor 4.
    samples = torch.from_numpy(image if image.flags.writeable else image.copy())
    return samples.to(device).permute(2, 0, 1)[None].to(torch.float32).div_(255)


def to_image(tensor: torch.Tensor) -> Image:
    """Return the uint8 RGB (H, W, 3) image of a tensor (1, 3, H, W), clipped to [0, 1] and rounded.

    Raises:
        ValueError: The tensor has another shape.
    """
    if tensor.ndim != 4 or tensor.shape[:2] != (1, 3):
        raise ValueError(f"a tensor of one photo is (1, 3, H, W), this is {tuple(tensor.shape)}")
    codes = tensor[0].detach().float().clamp(0, 1).mul(255).round_().to(torch.uint8)
    return np.ascontiguousarray(codes.permute(1, 2, 0).cpu().numpy())
