"""The sRGB curve on tensors, with gradients that are finite everywhere (IEC 61966-2-1)."""

from __future__ import annotations

import torch
from torch import Tensor


def linear(codes: Tensor) -> Tensor:
    """Return linear light of encoded values in [0, 1], any shape."""
    return torch.where(codes <= 0.04045, codes / 12.92, ((codes.clamp_min(0.04) + 0.055) / 1.055) ** 2.4)


def encoded(light: Tensor) -> Tensor:
    """Return encoded values of linear light, any shape; what lies outside [0, 1] is clipped."""
    held = light.clamp(0, 1)
    return torch.where(held <= 0.0031308, 12.92 * held, 1.055 * held.clamp_min(0.003) ** (1 / 2.4) - 0.055)
