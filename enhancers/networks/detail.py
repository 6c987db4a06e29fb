"""The network family under the repairs of fine detail (noise, JPEG artefacts, blur): one architecture, three weights.

A transform-domain filter whose gains are learned. Every 8x8 window of the photo, four pixels apart, is taken to the DCT
domain, as in sliding-window shrinkage (Yaroslavsky, Egiazarian and Astola, "Transform domain image restoration
methods", SPIE 2001); a convolutional network looks at the coefficients of the neighbourhood and says by how much each
is to grow or shrink; the windows are laid over one another again. A small additive term mends what no gain can.

What this buys over a network that paints pixels: the change is a product of what is in the photo, so a network that has
seen little training already filters well (after 300 steps +7.8 dB on white noise of sigma 25, where a residual U-Net of
the same size has +3.0) and has no way to leave grey walls blotched; a gain below 1 removes noise, one above 1 sharpens.

The network works on one feature vector for each 4x4 pixels and again at half that scale: residual blocks without
normalisation (Lim et al., "EDSR", CVPRW 2017), joined as in a U-Net (Ronneberger et al., MICCAI 2015) but by addition.
Both transforms are plain 2x2 convolutions over cells of 4x4 pixels, folded into channels (pixel-unshuffle).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from imaging.measures.noise import BLOCK_PX, DCT_BASIS

ARCHITECTURE = "detail-gain-1"
"""Name of the family in checkpoints."""

CELL_PX = 4
"""Step between windows; a window covers 2x2 cells."""

MULTIPLE_PX = 8
"""Height and width of what goes in must be multiples of this."""

WINDOW_BETA = 2.0
"""Shape of the Kaiser window that fades windows out towards their rims where they are laid over one another."""

MID_GREY = 0.5
"""Subtracted from the photo, so that the largest coefficients stay small."""

COEFFICIENT_SCALE = 20.0
"""Factor on coefficients before the network sees them: 1 stands for 13 codes, an uncomfortable noise."""

COEFFICIENT_LIMIT = 3.0
"""Scaled coefficients are clipped to this for the network's eyes: larger ones are edges, however large."""

YCBCR = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""RGB to YCbCr, the space of JPEG (ITU-T T.871)."""

PLANES = 3
FREQUENCIES = BLOCK_PX**2


class ResidualBlock(nn.Module):  # type: ignore[misc]
    """Two 3x3 convolutions added to their input: (B, width, h, w) -> the same shape."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features with the block's change added."""
        change: Tensor = self.second(functional.relu_(self.first(features)))
        return change.add_(features)


class DetailNet(nn.Module):  # type: ignore[misc]
    """Repairs fine detail of a photo, blind to how strong the damage is.

    Args:
        width: Channels of the network.
        blocks: Residual blocks at a quarter of the size, at an eighth, and at a quarter again.
    """

    to_planes: Tensor
    to_colours: Tensor
    forward_dct: Tensor
    inverse_dct: Tensor

    def __init__(self, width: int = 64, blocks: tuple[int, int, int] = (2, 2, 1)) -> None:
        super().__init__()
        matrix = np.array(YCBCR)
        forward_dct, inverse_dct = _transforms()
        for name, constant in (
            ("to_planes", matrix[:, :, None, None]),
            ("to_colours", np.linalg.inv(matrix)[:, :, None, None]),
            ("forward_dct", np.tile(forward_dct, (PLANES, 1, 1, 1))),
            ("inverse_dct", np.tile(inverse_dct, (PLANES, 1, 1, 1))),
        ):
            self.register_buffer(name, torch.from_numpy(constant.astype(np.float32)), persistent=False)
        self.see_signs = nn.Conv2d(PLANES * FREQUENCIES, width, 1)
        self.see_sizes = nn.Conv2d(PLANES * FREQUENCIES, width, 1, bias=False)
        self.down = _blocks(width, blocks[0])
        self.to_coarse = nn.Conv2d(width, width, 2, stride=2)
        self.coarse = _blocks(width, blocks[1])
        self.from_coarse = nn.Conv2d(width, 4 * width, 1)
        self.up = _blocks(width, blocks[2])
        self.gains = nn.Conv2d(width, PLANES * FREQUENCIES, 1)
        self.additions = nn.Conv2d(width, PLANES * CELL_PX**2, 2)

    def forward(self, photo: Tensor) -> Tensor:
        """Return what to add to the photo.

        Args:
            photo: (B, 3, H, W), RGB in [0, 1], H and W multiples of `MULTIPLE_PX`.

        Returns:
            (B, 3, H, W), the change; photo plus change is the repaired photo, not clipped.
        """
        planes = functional.conv2d(photo - MID_GREY, self.to_planes)
        cells = functional.pixel_unshuffle(functional.pad(planes, (CELL_PX,) * 4, mode="replicate"), CELL_PX)
        coefficients = functional.conv2d(cells, self.forward_dct, groups=PLANES)
        seen = (coefficients * COEFFICIENT_SCALE).clamp_(-COEFFICIENT_LIMIT, COEFFICIENT_LIMIT)
        features = self.see_signs(seen) + self.see_sizes(seen.abs())
        # One window more than cells: one column more again makes the number even.
        features = self.down(functional.pad(functional.relu_(features), (0, 1, 0, 1)))
        coarse = self.coarse(self.to_coarse(features))
        features = self.up(functional.pixel_shuffle(self.from_coarse(coarse), 2) + features)[..., :-1, :-1]
        change = functional.conv2d(self.gains(features) * coefficients, self.inverse_dct, groups=PLANES)
        change = functional.pixel_shuffle(change + self.additions(features), CELL_PX)
        return functional.conv2d(change, self.to_colours)


def _blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width) for _ in range(count)))


def _transforms() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make the 2x2 convolutions over cells: 16 pixels to 64 coefficients, and windowed back.

    Returns:
        (64, 16, 2, 2) and (16, 64, 2, 2).
    """
    basis = DCT_BASIS.reshape(FREQUENCIES, BLOCK_PX, BLOCK_PX)
    window = np.outer(*[np.kaiser(BLOCK_PX, WINDOW_BETA)] * 2)
    halves = window.reshape(2, CELL_PX, 2, CELL_PX)
    # Each pixel is covered by four windows; their weights there add up to one.
    window = (halves / halves.sum(axis=(0, 2), keepdims=True)).reshape(BLOCK_PX, BLOCK_PX)

    def over_cells(kernels: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = kernels.reshape(-1, 2, CELL_PX, 2, CELL_PX).transpose(0, 2, 4, 1, 3)
        return parts.reshape(-1, CELL_PX**2, 2, 2)

    # A cell is the second half of the window before it: the inverse correlates with the halves swapped.
    inverse = over_cells(basis * window).transpose(1, 0, 2, 3)[..., ::-1, ::-1]
    return over_cells(basis), inverse
