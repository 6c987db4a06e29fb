"""How far the camera was tilted, told from the directions of the edges of the scene.

Every pixel of a straight edge votes with the orientation of the structure tensor (Förstner and Gülch, ISPRS 1987) over
a window along it. Lines that are vertical in the world meet in a vanishing point; from the centre of the photo, an edge
at (x, y) that leans by `a` obeys `tan a (1 + k y) - k x = tan(tilt)`, with `k` the inverse height of that point. So for
each of a few `k` there is a histogram of tilts, and what counts of each tilt is its highest value over all `k`: a
Gaussian-sphere search for vanishing points (Barnard, Artificial Intelligence 1983) reduced to one point, on edge pixels
instead of line segments, which cost ten times as much to find. The same is done for lines that are horizontal in the
world, whose vanishing points lie on the horizon. What both halves of the photo agree on is counted by itself: the lines
of a room are everywhere in it, those of a table are not.

A mirror, a staircase or a lawn makes peaks, too. Which tilt to believe is learned: a perceptron looks at both profiles
for five degrees to either side of a tilt, scores it, and the scores of all tilts make a probability of each. It is the
same network for all tilts, so that it learns what an upright room looks like, not how far photos are tilted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane
from imaging.mlp import Mlp
from imaging.weights import WeightsSpec, load_checkpoint

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"

WEIGHTS = WeightsSpec(
    file="tilt.safetensors",
    sha256="d54007cb03b4f50602d1a4a0b1584b503ebc9a4a51c33cc0b20b5ff3a79870cd",
    architecture="tilt-mlp-2",
    trained_by="python -m training.train tilt --minutes 10 (seed 0)",
    licence="free; trained on Unsplash, Pexels, Pixabay and Open Images (CC BY) photos, CLIC and CID22 (CC BY-SA 4.0)",
)


@dataclass(frozen=True, slots=True)
class Tilt:
    """The tilt of a photo.

    Attributes:
        angle_deg: The most likely, in [-14, 14], sign of `imaging.defects.Report.angle_deg`; 0 when there are no edges.
        severity: Size of the tilt, in [0, 1] on the scale of `severity_at`, expected over all that are possible.
    """

    angle_deg: float
    severity: float


NO_TILT = Tilt(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class TiltConstants:
    """Constants of the measure; pixels are those of the working copy.

    Swept on the calibration part of the stock and listing photos, turned by known angles.
    """

    side_px: int = 320
    """Long side of the working copy."""
    strip_px: int = 4
    """Height of the strips of rows whose gradients are summed first; one row of votes a strip."""
    window: tuple[int, int] = (3, 3)
    """Pixels across and strips down that an orientation is averaged over: tall, along the lines looked for."""
    min_slope: float = 0.2
    """Root mean square slope (1/32 Scharr, in standard deviations of the luma a pixel) under which is no edge."""
    full_slope: float = 0.8
    """Slope from which an edge has full weight: a window frame shall not outvote all the furniture."""
    noise_slope: float = 2.0
    """The least slope of an edge in codes per pixel: twice that of noise with a deviation of 4 codes, halved twice."""
    max_across: float = 0.3
    """Largest share of a window's gradient energy across its main direction: a line has little, texture much."""
    reach_deg: float = 22.0
    """Edges that lean further do not vote: the largest tilt and some degrees of convergence."""
    max_votes: int = 3000
    """Edge pixels of either family that vote."""
    doubt: float = 20.0
    """Weight of votes for no tilt at all: a handful of edges makes no peak."""


CONSTANTS = TiltConstants()

BIN = float(np.radians(0.5))
"""Step of the tangent of a tilt: half a degree."""

CANDIDATES = 28
"""Tilts that are scored, to either side of 0: 14 degrees. Nobody holds a camera worse by mistake."""

NEIGHBOURS = 10
"""Bins to either side of a tilt that its score is told from."""

_REACH = CANDIDATES + NEIGHBOURS
_BINS = 2 * _REACH + 1
_TILTS = np.arange(-CANDIDATES, CANDIDATES + 1)
TILTS_DEG = np.degrees(np.arctan(_TILTS * BIN))
"""The tilts that are scored, float64 (57,)."""

_VERTICAL_K = np.linspace(-0.35, 0.35, 15).astype(np.float32)
"""Inverse heights of the vertical vanishing point, in long sides of the photo."""

_HORIZONTAL_K = np.array([-1.2, -0.9, -0.65, -0.45, -0.28, -0.13, 0, 0.13, 0.28, 0.45, 0.65, 0.9, 1.2], np.float32)
"""Inverse distances of a vanishing point on the horizon: rooms have them in the photo."""

_SMOOTHING = 1.2  # bins
_NEAR = 2  # bins to either side of the most likely tilt that count as the same
POSITIONS = np.stack([np.abs(_TILTS) / CANDIDATES, _TILTS == 0], axis=1).astype(np.float32)
"""What the network is told of where a candidate stands, float32 (57, 2): most photos are upright."""


@dataclass(frozen=True, slots=True)
class _Votes:
    """Edge pixels, float32 (N,) each: tangent of the lean, position from the centre in long sides, weight in [0, 1]."""

    lean: NDArray[np.float32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    weight: NDArray[np.float32]
    long_side_px: int


def measure_tilt(luma: Plane, constants: TiltConstants = CONSTANTS) -> Tilt:
    """Measure the tilt of a photo.

    Args:
        luma: uint8 (H, W), any size; a view's is enough.
        constants: Constants of the method.
    """
    profiles = measure_profiles(luma, constants)
    return NO_TILT if profiles is None else judge(_network()(candidate_rows(*profiles))[:, 0])


def measure_profiles(
    luma: Plane, constants: TiltConstants = CONSTANTS
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Return how many edges agree on each tilt.

    Returns:
        Profiles, float32 (8, 77): of verticals and of horizontals, the highest count over all vanishing points, that
        without convergence, the mean, and the highest that both halves of the photo agree on (verticals left and right
        of the centre, horizontals above and below); and how many edges there are, log, float32 (2,). None without any.
    """
    small = working_copy(luma, constants.side_px)
    if min(small.shape) < 2 * constants.strip_px:
        return None
    upright = _collect(small, constants)
    level = _collect(cv2.transpose(small), constants)
    if upright is None and level is None:
        return None
    verticals, many = _profiles(upright, _VERTICAL_K, constants)
    # Transposing mirrors: a horizontal that leans one way is a vertical that leans the other way.
    horizontals, much = _profiles(level, _HORIZONTAL_K, constants)
    return np.concatenate([verticals, horizontals[:, ::-1]]), np.array([many, much], np.float32)


def candidate_rows(profiles: NDArray[np.float32], amounts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the network is told of each candidate, float32 (57, 172)."""
    windows = np.lib.stride_tricks.sliding_window_view(4 * np.sqrt(profiles), 2 * NEIGHBOURS + 1, axis=1)
    rows = windows.transpose(1, 0, 2).reshape(len(_TILTS), -1)
    return np.concatenate([rows, np.broadcast_to(amounts, (len(rows), 2)), POSITIONS], axis=1)


def judge(scores: NDArray[np.float32]) -> Tilt:
    """Return the tilt that scores, float32 (57,), the log-odds of each candidate, tell."""
    probability = np.exp(scores - scores.max())
    probability /= probability.sum()
    around = np.convolve(probability, np.ones(2 * _NEAR + 1), "same")
    best = int(around.argmax())
    near = slice(max(0, best - _NEAR), best + _NEAR + 1)
    angle_deg = float(probability[near] @ TILTS_DEG[near]) / float(probability[near].sum())
    return Tilt(angle_deg, float(probability @ _SEVERITIES))


def severity_at(angle_deg: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    """Return the severity of a tilt, in [0, 1]: none up to 0.8 degrees, 0.9 from 1.2, 1 from 10.

    Nearly a step, so that what is expected of it is how surely the photo is tilted at all. Of such curves the one whose
    expectation finds most of turned listing photos at 1 % false alarms.
    """
    return np.interp(np.abs(angle_deg), (0.8, 1.2, 10.0), (0.0, 0.9, 1.0))


def working_copy(luma: Plane, side_px: int) -> Plane:
    """Return the photo at a long side of about `side_px`, uint8; smaller photos as they are."""
    small = luma
    while max(small.shape) >= 2 * side_px and min(small.shape) >= 2:
        # Halving even sides is thirty times cheaper than any other ratio.
        rows, columns = small.shape[0] // 2, small.shape[1] // 2
        small = cv2.resize(small[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
    scale = side_px / max(small.shape)
    if scale > 0.9:
        return small
    size = max(1, round(small.shape[1] * scale)), max(1, round(small.shape[0] * scale))
    return cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)


_SEVERITIES = severity_at(TILTS_DEG)


@cache
def _network() -> Mlp:
    return Mlp(load_checkpoint(WEIGHTS, CHECKPOINTS))


def _collect(small: Plane, constants: TiltConstants) -> _Votes | None:
    """Return the edge pixels that lean little; None when they are too few to tell."""
    height, width = small.shape
    deviation = float(cv2.meanStdDev(small)[1][0, 0])
    min_slope = max(constants.min_slope * deviation, constants.noise_slope)
    full_slope = np.float32(max(constants.full_slope * deviation, constants.noise_slope))
    dx = cv2.Scharr(small, cv2.CV_32F, 1, 0, scale=1 / 32)
    dy = cv2.Scharr(small, cv2.CV_32F, 0, 1, scale=1 / 32)
    xx = _tall_mean(dx, dx, constants)
    xy = _tall_mean(dx, dy, constants)
    reach = np.float32(np.tan(np.radians(constants.reach_deg)))
    edges = np.flatnonzero((xx > min_slope**2) & (np.abs(xy) < reach * xx))
    yy = _tall_mean(dy, dy, constants)
    xx, xy, yy = xx[edges], xy[edges], yy[edges]
    difference = xx - yy
    gap = np.sqrt(4 * xy * xy + difference * difference)
    lines = np.flatnonzero((1 - gap / (xx + yy) < constants.max_across) & (difference > 0))
    if len(lines) < 8:
        return None
    xx, xy, difference, gap = xx[lines], xy[lines], difference[lines], gap[lines]
    # Tangent of the main direction, half of atan2(2 xy, xx - yy). Negative: a line whose top leans to the left has a
    # gradient that points to the right and up, and y counts downwards.
    lean = -2 * xy / (gap + difference)
    strip, column = np.divmod(edges[lines].astype(np.int32), width)
    row = strip * constants.strip_px + (constants.strip_px - 1) / 2
    long_side = max(height, width)
    return _Votes(
        lean,
        ((column - (width - 1) / 2) / long_side).astype(np.float32),
        ((row - (height - 1) / 2) / long_side).astype(np.float32),
        (np.sqrt(np.minimum(xx, full_slope**2)) / full_slope).astype(np.float32),
        long_side,
    )


def _tall_mean(a: NDArray[np.float32], b: NDArray[np.float32], constants: TiltConstants) -> NDArray[np.float32]:
    """Return the mean of `a * b` over the tall windows, one row of them a strip, float32, flat."""
    step, width = constants.strip_px, a.shape[1]
    strips = a.shape[0] // step
    # One pass that multiplies and sums, a quarter of the time of a product and a filter.
    shape = (strips, step, width)
    sums = np.einsum("srw,srw->sw", a[: strips * step].reshape(shape), b[: strips * step].reshape(shape))
    return cv2.boxFilter(sums / np.float32(step), -1, constants.window).ravel()


def _profiles(
    votes: _Votes | None, ks: NDArray[np.float32], constants: TiltConstants
) -> tuple[NDArray[np.float32], float]:
    """Return the profiles of one family of lines, float32 (4, 77), and the log of how many edges it has."""
    if votes is None:
        return np.zeros((4, _BINS), np.float32), 0.0
    step = -(-len(votes.lean) // constants.max_votes)
    lean, x, y, weight = votes.lean[::step], votes.x[::step], votes.y[::step], votes.weight[::step]
    tangents = lean + ks[:, None] * (lean * y - x)
    # The outermost bins hold what lies beyond the reach.
    index = np.clip(np.rint(tangents * np.float32(1 / BIN)) + (_REACH + 1), 0, _BINS + 1).astype(np.int32)
    index += np.arange(len(ks), dtype=np.int32)[:, None] * (_BINS + 2)
    index += (x > 0) * np.int32(len(ks) * (_BINS + 2))
    weights = np.broadcast_to(weight, index.shape)
    counts = np.bincount(index.ravel(), weights.ravel(), 2 * len(ks) * (_BINS + 2)).reshape(2 * len(ks), -1)
    smooth = cv2.GaussianBlur(counts[:, 1:-1].astype(np.float32), (0, 1), _SMOOTHING)
    left, right = smooth[: len(ks)], smooth[len(ks) :]
    both = left + right
    agreed = 2 * np.sqrt((left * right).max(axis=0))
    total = float(weight.sum())
    profiles = np.stack([both.max(axis=0), both[len(ks) // 2], both.mean(axis=0), agreed])
    edges = total * step * constants.strip_px / votes.long_side_px
    return (profiles / (total + constants.doubt)).astype(np.float32), float(np.log(edges + 0.05))
