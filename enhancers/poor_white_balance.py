"""White balance: takes a colour cast out of the whole photo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.base import Enhancer
from imaging.color import LUMA_WEIGHTS_LINEAR, SRGB_TO_LINEAR, linear_to_srgb
from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.measures.colour_temperature import duv, temperature_k
from imaging.measures.illuminant import NEUTRAL, is_grey
from imaging.measures.light_colour import CHECKPOINTS, PIVOT, WEIGHTS, Cast, LightNetwork
from imaging.view import View, small_copy
from imaging.weights import load_checkpoint

METHOD = "Illuminant voted for by log chroma, corrected by a network that sees other estimates; a curve per channel"


@dataclass(frozen=True, slots=True)
class LightEstimate:
    """The colour of a photo's light.

    Attributes:
        cast: What it did to the photo.
    """

    cast: Cast

    def described(self) -> Mapping[str, float]:
        """Return the light's colour temperature if a neutral photo is one in daylight (D65), and its tint (Duv)."""
        rgb = np.exp([self.cast.illuminant.red, 0.0, self.cast.illuminant.blue])
        return {"temperature_k": temperature_k(rgb), "tint_duv": duv(rgb)}


NO_CAST = Cast(NEUTRAL, (1.0, 1.0, 1.0), 1.0, -np.inf)
"""Of a grey photo."""


_CLIPPED = np.clip((np.arange(256) - 235) * 17, 0, 255).astype(np.uint8)
"""How far a code counts as clipped, from 0 at 235 to 255 at 250: cameras roll off and JPEG blurs the edge."""
_STRIPS, _COLUMNS = 64, 16
"""A photo is worked on in strips, which at 12 MP stay in the second-level cache between the lookup and the repair of
highlights, and these are looked for in that many columns: most photos have them in a few."""
_BRIGHT_CODE = 215
"""Mean of a thumbnail pixel from which the pixels under it may have clipped."""


class WhiteBalanceEnhancer(Enhancer[LightEstimate]):
    """A gain and an exponent for each channel of linear light, applied as one lookup table per channel.

    Stretching all highlights back to white by a common tone
    curve instead of `restore_clipped` costs 6 dB.

    Args:
        weights: Of the network.
    """

    defect = Defect.POOR_WHITE_BALANCE

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._network = LightNetwork(weights)

    def estimate(self, view: View) -> LightEstimate:
        if is_grey(view.thumbnail):
            return LightEstimate(NO_CAST)
        return LightEstimate(self._network(view.thumbnail, small_copy(view.image)))

    def apply(self, image: Image, estimate: LightEstimate, strength: float) -> Image:
        thumbnail = View.for_defect(self.defect, image).thumbnail
        linear = curves(estimate.cast, thumbnail, strength)
        table, gains = linear_to_srgb(linear)[None], linear[255]
        balanced = np.empty_like(image)
        for rows, bright_columns in strips(image, thumbnail[..., int(np.argmin(gains))]):
            cv2.LUT(image[rows], table, dst=balanced[rows])
            for columns in bright_columns:
                restore_clipped(image[rows, columns], balanced[rows, columns], gains)
        return balanced


def build(device: str, weights: Path | None = None) -> WhiteBalanceEnhancer:
    """Build the enhancer; it runs on the CPU whatever the device.

    Raises:
        WeightsError: The checkpoint cannot be used.
    """
    return WhiteBalanceEnhancer(load_checkpoint(WEIGHTS, CHECKPOINTS, weights))


def strips(image: Image, plane: Plane) -> Iterator[tuple[slice, list[slice]]]:
    """Yield the rows of the photo strip by strip, each with the columns in which there may be clipped pixels.

    Args:
        image: uint8 RGB (H, W, 3).
        plane: One channel of its thumbnail, uint8 (h, w).
    """
    height, width = image.shape[:2]
    bright = cv2.dilate((plane >= _BRIGHT_CODE).astype(np.uint8), np.ones((3, 3), np.uint8))
    columns = [slice(k * width // _COLUMNS, (k + 1) * width // _COLUMNS) for k in range(_COLUMNS)]
    count = min(height, _STRIPS)
    for k in range(count):
        rows = slice(k * height // count, (k + 1) * height // count)
        seen = bright[_covering(k, count, plane.shape[0])].any(axis=0)
        yield (
            rows,
            [c for j, c in enumerate(columns) if c.stop > c.start and seen[_covering(j, _COLUMNS, seen.size)].any()],
        )


def _covering(index: int, count: int, size: int) -> slice:
    """Return the part of `size` pixels that `index` of `count` equal parts touches."""
    return slice(index * size // count, -(-(index + 1) * size // count))


def restore_clipped(image: Image, balanced: Image, gains: NDArray[np.float32]) -> None:
    """Give highlights back, in place, the neutral that clipping and the gains took.

    Of a white window under lamp light only red clips, and less red turns it cyan. What clipped was at least as bright
    as the next channel, so it is raised to that one. White that clipped in all channels would turn blue as well: there
    the channel that is raised most is held down to the middle one. A red flower, whose green is dark, and a blue sky,
    whose red is, are not touched.

    Args:
        image: What was photographed, uint8 RGB (H, W, 3).
        balanced: The same after `gains`; changed.
        gains: Of each channel at white, float32 (3,).
    """
    lowest, middle, highest = (int(channel) for channel in np.argsort(gains))
    clipped = cv2.LUT(cv2.extractChannel(image, lowest), _CLIPPED)
    low, mid, high = (cv2.extractChannel(balanced, channel) for channel in (lowest, middle, highest))
    raised = cv2.add(low, cv2.multiply(cv2.subtract(mid, low), clipped, scale=1 / 255))
    white = cv2.min(clipped, cv2.LUT(cv2.extractChannel(image, highest), _CLIPPED))
    held = cv2.subtract(high, cv2.multiply(cv2.subtract(high, mid), white, scale=1 / 255))
    cv2.insertChannel(raised, balanced, lowest)
    cv2.insertChannel(held, balanced, highest)


def curves(cast: Cast, thumbnail: Image, amount: float) -> NDArray[np.float32]:
    """Return the linear light that each code of each channel becomes, float32 (256, 3), not clipped at white.

    Args:
        cast: To be taken out.
        thumbnail: Of the photo, whose mean luminance is kept, but for the cast's own gain.
        amount: In [0, 1], how much of it is taken out.
    """
    light = np.array([cast.illuminant.red, 0.0, cast.illuminant.blue])
    linear = SRGB_TO_LINEAR[:, None].astype(np.float64)
    table = PIVOT * (linear / PIVOT) ** (np.array(cast.exponents) ** amount) * np.exp(-amount * light)
    shares = np.stack([np.bincount(channel.ravel(), minlength=256) for channel in cv2.split(thumbnail)], axis=1)
    before, after = ((shares * each).sum(axis=0) @ LUMA_WEIGHTS_LINEAR for each in (linear, table))
    kept = float(before / after) if after > 0 else 1.0
    return (table * cast.gain**amount * kept).astype(np.float32)
