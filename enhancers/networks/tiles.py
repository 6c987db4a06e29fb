"""Runs a network of the detail family over a photo of any size: tiles with overlap, in the precision of the device."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from enhancers.networks.detail import MULTIPLE_PX, DetailNet
from imaging.image import Image
from imaging.weights import Weights

Change = NDArray[np.int16]
"""What to add to the codes of a photo, (H, W, 3)."""


GREY_WEIGHTS = np.array([[0.299, 0.587, 0.114]])
"""Luma of RGB (BT.601): what a change of a grey photo is reduced to, so that it stays grey."""


@dataclass(frozen=True, slots=True)
class Running:
    """How a device runs the network.

    Attributes:
        dtype: Precision of weights and features. The change is small, so that half precision costs a tenth of a code.
        tile_px: Height and width of what is computed at once, a multiple of `MULTIPLE_PX`.
        overlap_px: Pixels that tiles see of their neighbours on each side, a multiple of `MULTIPLE_PX`. The network
            reaches further, but with 32 px no code moved by more than one (all three networks, tiles of 200x304);
            with 16 px deblurring moved some by five.
        batch: Tiles computed in one call.
        max_pixels: Larger photos are repaired at half or quarter size, see `DetailRepair`. On processors what two
            threads compute in about a second: a thread takes 0.26 s for 1 MP in bfloat16, 0.58 s in float32.
    """

    dtype: torch.dtype
    tile_px: tuple[int, int]
    overlap_px: int
    batch: int
    max_pixels: int


GPU = Running(torch.float16, (512, 512), 32, 16, 10**9)
CPU_BF16 = Running(torch.bfloat16, (512, 560), 32, 1, 8_000_000)
CPU_FP32 = Running(torch.float32, (512, 560), 32, 1, 3_000_000)


def running_on(device: str) -> Running:
    """Return how to run on a torch device name ("cpu", "cuda")."""
    if torch.device(device).type == "cuda":
        return GPU
    return CPU_BF16 if has_bfloat16() else CPU_FP32


def has_bfloat16() -> bool:
    """Tell whether the processor multiplies bfloat16 in hardware; emulated, it is slower than float32."""
    capabilities = getattr(torch.cpu, "get_capabilities", None)  # torch 2.10
    if capabilities is None:
        return False
    found = capabilities()
    return any(bool(found.get(name)) for name in ("amx_bf16", "avx512_bf16", "bf16"))


class DetailRepair:
    """Repairs photos with one network on one device.

    A photo of more than `Running.max_pixels` is reduced to a half or a quarter first, and what the repair changes
    there is enlarged and added to the photo: damage finer than that is below what a screen shows of such a photo.

    Args:
        weights: Of a `DetailNet`.
        device: A torch device name, "cpu" or "cuda".
        running: How to run; what suits the device when None.
    """

    def __init__(self, weights: Weights, device: str, running: Running | None = None) -> None:
        self._running = running or running_on(device)
        self._device = torch.device(device)
        network = DetailNet()
        network.load_state_dict({name: torch.from_numpy(values.copy()) for name, values in weights.items()})
        network = network.to(self._device, self._running.dtype, memory_format=torch.channels_last)
        self._network = network.eval().requires_grad_(False)

    def repair(self, image: Image, amount: float, origin: tuple[int, int] = (0, 0), factor: int = 1) -> Image:
        """Return the repaired photo.

        Args:
            image: uint8 RGB (H, W, 3), any size from 1x1; may be read-only.
            amount: Share of the change that is applied, in [0, 1].
            origin: Row and column of a pixel where a block of the photo's JPEG grid begins.
            factor: Least reduction at which the repair is worked out: 1, 2, 4 or 8.

        Returns:
            uint8 RGB (H, W, 3).
        """
        height, width = image.shape[:2]
        while height * width > self._running.max_pixels * factor**2:
            factor *= 2
        if factor == 1:
            change = self._change(image, amount, origin)
        else:
            size = max(1, width // factor), max(1, height // factor)
            small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            change = self._change(small, amount, (origin[0] // factor, origin[1] // factor))
            change = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
        return cv2.add(image, change, dtype=cv2.CV_8U)

    def _change(self, image: Image, amount: float, origin: tuple[int, int]) -> Change:
        """What the network adds at full strength times `amount`."""
        height, width = image.shape[:2]
        top, left = (-offset % MULTIPLE_PX for offset in origin)
        bottom, right = (-(top + height)) % MULTIPLE_PX, (-(left + width)) % MULTIPLE_PX
        padded = cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_REFLECT_101)
        change = self._run(padded, amount)[top : top + height, left : left + width]
        if not is_grey(image):
            return change
        luma = cv2.transform(change, GREY_WEIGHTS)
        return cv2.merge((luma, luma, luma))

    def _run(self, photo: Image, amount: float) -> Change:
        """Run the network over a photo whose sides are multiples of `MULTIPLE_PX`, tile by tile."""
        height, width = photo.shape[:2]
        change = np.empty((height, width, 3), np.int16)
        overlap, batch = self._running.overlap_px, self._running.batch
        rows, columns = (
            _spans(length, tile, overlap) for length, tile in zip((height, width), self._running.tile_px, strict=True)
        )
        tiles = [(row, column) for row in rows for column in columns]
        for start in range(0, len(tiles), batch):
            chosen = tiles[start : start + batch]
            seen = np.stack([photo[r.seen, c.seen] for r, c in chosen])
            with torch.inference_mode():
                # (B, H, W, 3) in memory is channels-last already.
                samples = torch.from_numpy(seen).to(self._device).permute(0, 3, 1, 2)
                result = self._network(samples.to(self._running.dtype).div_(255))
                codes = result.mul_(255 * amount).round_().to(torch.int16).permute(0, 2, 3, 1).cpu().numpy()
            for (r, c), part in zip(chosen, codes, strict=True):
                change[r.kept, c.kept] = part[r.part, c.part]
        return change


@dataclass(frozen=True, slots=True)
class Span:
    """A tile along one side: what it sees, which part of that it keeps, and where this lies in the photo."""

    seen: slice
    part: slice
    kept: slice


def _spans(length: int, longest: int, overlap: int) -> list[Span]:
    """Lay tiles of one size over a length, all of them inside it; a short length is one tile.

    Args:
        length: Of the photo's side, a multiple of `MULTIPLE_PX`.
        longest: A tile is no longer, and so much shorter that they share the length evenly.
        overlap: What each sees of its neighbours.
    """
    if length <= longest + 2 * overlap:
        whole = slice(0, length)
        return [Span(whole, whole, whole)]
    count = -(-length // longest)
    tile = -(-length // (count * MULTIPLE_PX)) * MULTIPLE_PX
    spans = []
    for start in range(0, length, tile):
        stop = min(start + tile, length)
        first = min(max(0, start - overlap), length - tile - 2 * overlap)
        seen = slice(first, first + tile + 2 * overlap)
        spans.append(Span(seen, slice(start - first, stop - first), slice(start, stop)))
    return spans


def is_grey(image: Image) -> bool:
    """Tell whether all three channels of a photo are the same."""
    sparse = image[::16, ::16]
    if (np.ptp(sparse, axis=2) > 0).any():
        return False
    red, green, blue = cv2.split(image)
    return not (cv2.absdiff(red, green).any() or cv2.absdiff(green, blue).any())
