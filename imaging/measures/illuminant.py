"""Which colour the light of a photo has, from its thumbnail.

A cast multiplies the channels of linear light, so in log chroma `(log R/G, log B/G)` it shifts the whole photo, and
the illuminant is found as the shift: Barron, "Convolutional Color Constancy" (ICCV 2015), and Barron and Tsai, "Fast
Fourier Color Constancy" (CVPR 2017). Two histograms of log chroma vote, one of the pixels weighted by their brightness
(near neutrals and whites) and one of the local differences (grey edge; van de Weijer et al., TIP 2007), the latter
because a lawn or a wooden floor that fills the photo has few edges. What differs: each kernel is two Gaussians instead
of a learned filter of 64 x 64 values (which was less accurate on photos that it had not seen: 3.1 against 3.0 degrees),
and the prior is a Gaussian along the daylight locus: all there is to learn is the dozen numbers of `IlluminantArgs`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import SRGB_TO_LINEAR
from imaging.image import Image

_BINS = 64
_STEP = 0.05  # natural log units; 64 of them cover gains of a factor 5 either way (FFCC uses the like)
_OFFSETS = ((np.arange(_BINS) - _BINS // 2) * _STEP).astype(np.float32)
_IS_NEUTRAL = _OFFSETS[:, None] ** 2 + _OFFSETS[None, :] ** 2 < 0.11**2  # of radii 0.06 to 0.21 it separates best
_MIN_PIXELS = 16
_GREY_SPREAD = 3  # codes between the channels
_MANY_ROWS = 60
_Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IlluminantArgs:
    """Fitted with Adam on the mean error over the calibration photos under random casts (`training/degradations.py`).

    Widths are standard deviations in natural log units.
    """

    neutral_weight: float = 7.61
    neutral_width: float = 0.028
    crowd_weight: float = -0.77
    """Negative: a colour in the middle of a broad crowd of colours (wood, lawn) is less likely the light's."""
    crowd_width: float = 0.55
    edge_weight: float = 5.67
    edge_width: float = 0.122
    pull_weight: float = 2.03
    """Towards the mean of all edges, which is the grey-edge estimate."""
    pull_width: float = 1.75
    tint_width: float = 0.088
    """Of `u + v`: across the daylight locus, green against magenta."""
    odd_width: float = 0.3
    odd_penalty_nats: float = 4.0
    """A second, broad and unlikely Gaussian across the locus: fluorescent tubes and light through leaves."""
    warmth_width: float = 0.41
    """Of `u - v`: along the locus, red against blue."""
    tint_mean: float = 0.042
    warmth_mean: float = -0.14


ARGS = IlluminantArgs()

NO_PRIOR = replace(ARGS, tint_width=1.0, warmth_width=1.0)
"""Of any colour of the light, nearly: what is voted for under a strong green or magenta one."""


@dataclass(frozen=True, slots=True)
class Illuminant:
    """The colour of the light relative to a neutral one.

    Attributes:
        red: Natural log of its red over its green; 0 is neutral.
        blue: Natural log of its blue over its green.
        cast_evidence_nats: Minus the natural log of the probability that the light is neutral; 0 to 20. Takes into
            account how clearly the photo tells: the same estimate counts for less in a room full of wood.
    """

    red: float
    blue: float
    cast_evidence_nats: float


NEUTRAL = Illuminant(0.0, 0.0, 0.0)


def estimate_illuminant(thumbnail: Image, args: IlluminantArgs = ARGS) -> Illuminant:
    """Return the colour of the light; `NEUTRAL` for a photo that is too small or too clipped to tell.

    Args:
        thumbnail: uint8 RGB (h, w, 3), some 160 px wide: enough to average noise, few enough to be quick.
        args: Parameters of the estimate.
    """
    return elect(count_votes(thumbnail), args)


def is_grey(thumbnail: Image) -> bool:
    """Return whether a photo has no colours but rounding, as black and white photos: nothing is known of its light."""
    return int(cv2.subtract(_highest(thumbnail), _lowest(thumbnail)).max()) <= _GREY_SPREAD


def count_votes(thumbnail: Image) -> NDArray[np.float32]:
    """Return the histograms of log chroma of pixels and of edges, float32 (2, 64, 64), rows log R/G, columns log B/G.

    Each is the square root of shares; all 0 for a photo that is too small or too clipped to tell.
    """
    linear = cv2.LUT(thumbnail, SRGB_TO_LINEAR)
    edges = cv2.absdiff(linear, cv2.blur(linear, (3, 3)))
    # Of a large thumbnail every second row votes: as good, and the votes are what costs.
    step = 2 if thumbnail.shape[0] >= _MANY_ROWS else 1
    linear, edges, brightest = linear[::step], edges[::step], _highest(thumbnail[::step])
    # Clipped pixels have lost their colour, and in the dark one code is a large step of log chroma.
    usable = (brightest > 12) & (brightest < 250)
    if np.count_nonzero(usable) < _MIN_PIXELS:
        return np.zeros((2, _BINS, _BINS), np.float32)
    telling = usable & (_lowest(edges) > 1e-4) & (_highest(edges) > 4e-3)
    neutral = _histogram(np.maximum(linear, SRGB_TO_LINEAR[3]), SRGB_TO_LINEAR[brightest] * usable)
    edge = _histogram(edges + np.float32(1e-5), telling.astype(np.float32))
    return np.stack((neutral, edge))


def elect(votes: NDArray[np.float32], args: IlluminantArgs = ARGS) -> Illuminant:
    """Return the colour of the light that `count_votes` speaks for."""
    if not votes[0].any():
        return NEUTRAL
    score = np.fft.irfft2((np.fft.rfft2(votes) * _kernels(args)).sum(axis=0), (_BINS, _BINS)) + _log_prior(args)
    posterior = np.exp(score - score.max())
    posterior /= posterior.sum()
    red, blue = float(posterior.sum(axis=1) @ _OFFSETS), float(posterior.sum(axis=0) @ _OFFSETS)
    neutral_share = float(posterior[_IS_NEUTRAL].sum())
    return Illuminant(red, blue, -math.log(max(neutral_share, 1e-9)))


def _highest(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the largest channel (h, w) of (h, w, 3); numpy's `max(axis=2)` takes ten times as long."""
    red, green, blue = cv2.split(pixels)
    return np.maximum(np.maximum(red, green), blue)


def _lowest(pixels: NDArray[Any]) -> NDArray[Any]:
    red, green, blue = cv2.split(pixels)
    return np.minimum(np.minimum(red, green), blue)


def _histogram(linear: _Field, weights: _Field) -> _Field:
    """Return the square root of the share of `weights` per bin of (log R/G, log B/G), float32 (64, 64).

    The root (FFCC) keeps one big plain wall from outvoting everything else.
    """
    red, green, blue = cv2.split(cv2.log(linear))
    rows = np.clip((red - green) * (1 / _STEP) + (_BINS // 2 + 0.5), 0, _BINS - 1).astype(np.int32)
    columns = np.clip((blue - green) * (1 / _STEP) + (_BINS // 2 + 0.5), 0, _BINS - 1).astype(np.int32)
    votes = np.bincount((rows * _BINS + columns).ravel(), weights.ravel(), _BINS * _BINS)
    return np.sqrt(votes / max(votes.sum(), 1e-6)).astype(np.float32).reshape(_BINS, _BINS)


@cache
def _kernels(args: IlluminantArgs) -> NDArray[np.complexfloating]:
    """Return the transforms of the two kernels that spread the votes, complex (2, 64, 33), centred on bin 0."""
    distance2 = np.fft.ifftshift(_OFFSETS[:, None] ** 2 + _OFFSETS[None, :] ** 2)

    def gaussian(width: float) -> _Field:
        return np.exp(-0.5 * distance2 / width**2)

    neutral = args.neutral_weight * gaussian(args.neutral_width) + args.crowd_weight * gaussian(args.crowd_width)
    edge = args.edge_weight * gaussian(args.edge_width) + args.pull_weight * gaussian(args.pull_width)
    return np.fft.rfft2(np.stack((neutral, edge)))


@cache
def _log_prior(args: IlluminantArgs) -> _Field:
    red, blue = _OFFSETS[:, None], _OFFSETS[None, :]
    tint = red + blue - args.tint_mean
    across = np.logaddexp(
        -0.5 * (tint / args.tint_width) ** 2, -0.5 * (tint / args.odd_width) ** 2 - args.odd_penalty_nats
    )
    along = (red - blue - args.warmth_mean) / args.warmth_width
    return (across - 0.5 * along**2).astype(np.float32)
