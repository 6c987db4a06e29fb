"""How far the camera was tilted, measured on the lines of the scene that are vertical in the world."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.image import Plane


@dataclass(frozen=True, slots=True)
class Tilt:
    """The tilt of a photo.

    Attributes:
        angle_deg: In [-15, 15], sign of `imaging.defects.Report.angle_deg`; 0 when nothing tells.
        confidence: In [0, 1]; the share of the near-vertical edges that agree, less when they are few.
    """

    angle_deg: float
    confidence: float


NO_TILT = Tilt(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class TiltConstants:
    """Constants of the measure; pixels are those of the working copy.

    Swept on the calibration part of the stock and listing photos, turned by known angles.
    """

    side_px: int = 320
    """The working copy is the photo halved while its long side stays this long."""
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
    max_angle_deg: float = 15.0
    """Larger tilts are not looked for: nobody holds a camera so by mistake."""
    max_convergence: float = 0.35
    """Largest |k|, the inverse height of the vertical vanishing point in long sides of the photo."""
    convergence_steps: int = 15
    bin_deg: float = 0.25
    kernel_deg: float = 0.8
    """Standard deviation the histogram of leans is smoothed with."""
    full_support: float = 0.6
    """Agreeing edge pixels per pixel of the long side from which there are enough."""
    min_confidence: float = 0.36
    """Under it the tilt is not told: trees, stairs, diagonal furniture."""


CONSTANTS = TiltConstants()


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

    Every pixel of a straight edge votes with the orientation of the structure tensor (Förstner and Gülch, ISPRS 1987)
    over a tall window. Lines that are vertical in the world meet in a vanishing point; from the centre of the photo, an
    edge at (x, y) that leans by `a` obeys `tan a (1 + k y) - k x = tan(tilt)`, with `k` the inverse height of that
    point. So for each of a few `k` the tilt is the peak of a histogram, and the highest peak over all `k` wins: a
    Gaussian-sphere search for vanishing points (Barnard, Artificial Intelligence 1983) reduced to the vertical one, on
    edge pixels instead of line segments, which cost ten times as much to find.

    Args:
        luma: uint8 (H, W), any size; a view's is enough.
        constants: Constants of the method.
    """
    votes = _collect(luma, constants)
    if votes is None:
        return NO_TILT
    tangent, k = _highest_peak(votes, constants)
    fitted = _refine(votes, tangent, k, constants)
    if fitted is None:
        return NO_TILT
    angle_deg, agreeing = fitted
    support = agreeing * constants.strip_px / votes.long_side_px
    confidence = agreeing / float(votes.weight.sum()) * min(1.0, support / constants.full_support)
    if confidence < constants.min_confidence or abs(angle_deg) > constants.max_angle_deg:
        return NO_TILT
    return Tilt(angle_deg, confidence)


def _collect(luma: Plane, constants: TiltConstants) -> _Votes | None:
    """Return the edge pixels that lean little; None when they are too few to tell."""
    small = luma
    while max(small.shape) >= 2 * constants.side_px and min(small.shape) >= 2:
        # Halving even sides is thirty times cheaper than any other ratio.
        rows, columns = small.shape[0] // 2, small.shape[1] // 2
        small = cv2.resize(small[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
    height, width = small.shape
    if height < constants.strip_px:
        return None
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
    lines = (1 - gap / (xx + yy) < constants.max_across) & (difference > 0)
    if np.count_nonzero(lines) < 8:
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
        np.sqrt(np.minimum(xx, full_slope**2)) / full_slope,
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


def _highest_peak(votes: _Votes, constants: TiltConstants) -> tuple[float, float]:
    """Return tangent of the tilt and convergence k that most edges agree on, to a bin."""
    step = np.float32(np.radians(constants.bin_deg))
    reach = int(np.tan(np.radians(constants.max_angle_deg)) / step) + 1
    bins = 2 * reach + 1
    ks = np.linspace(-constants.max_convergence, constants.max_convergence, constants.convergence_steps)
    columns = ks.astype(np.float32)[:, None]
    tangents = votes.lean + columns * (votes.lean * votes.y - votes.x)
    index = np.clip(np.rint(tangents / step) + (reach + 1), 0, bins + 1).astype(np.int32)
    index += np.arange(len(ks), dtype=np.int32)[:, None] * (bins + 2)
    weights = np.broadcast_to(votes.weight, index.shape)
    counts = np.bincount(index.ravel(), weights.ravel(), len(ks) * (bins + 2)).reshape(len(ks), bins + 2)
    # The outermost bins hold what lies beyond the reach.
    inside = counts[:, 1:-1].astype(np.float32)
    smooth = cv2.GaussianBlur(inside, (0, 1), constants.kernel_deg / constants.bin_deg)
    which, peak = np.unravel_index(int(smooth.argmax()), smooth.shape)
    return float((peak - reach) * step), float(ks[which])


def _refine(votes: _Votes, tangent: float, k: float, constants: TiltConstants) -> tuple[float, float] | None:
    """Fit tilt and convergence to the edges near the peak by weighted least squares.

    Returns:
        The tilt in degrees and the weight that agrees with it; None when hardly any does.
    """
    tolerance = 2 * np.radians(constants.kernel_deg)
    pull = votes.x - votes.lean * votes.y
    agreeing = 0.0
    for _ in range(3):
        near = np.abs(votes.lean - k * pull - tangent) < tolerance
        weight = votes.weight[near]
        agreeing = float(weight.sum())
        if agreeing < 4:
            return None
        lean, along = votes.lean[near], pull[near]
        mean_lean, mean_along = float(weight @ lean) / agreeing, float(weight @ along) / agreeing
        along = along - mean_along
        # 1e-3 holds k near 0 when all edges stand in one place and cannot tell convergence from tilt.
        k = float(weight @ (along * (lean - mean_lean))) / (float(weight @ (along * along)) + 1e-3 * agreeing)
        k = min(max(k, -constants.max_convergence), constants.max_convergence)
        tangent = mean_lean - k * mean_along
    return float(np.degrees(np.arctan(tangent))), agreeing
