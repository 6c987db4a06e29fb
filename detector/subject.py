"""What kind of picture a view shows: defects are judged on photos, and some photos are meant to look as they do.

Decided once, before all detectors. Every measure is a share of pixels or a difference of codes, so that it holds at any
size. Thresholds were set on listing photos, amateur photos and real pairs as they are and damaged, of which they may
stop hardly any, and on icons, figures and screenshots of software packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.defects import Defect, Subject
from imaging.image import Image
from imaging.measures.exposure import channel_max, channel_min
from imaging.view import View

TONE_AND_COLOUR = frozenset(
    {Defect.LOW_LIGHT, Defect.LOW_CONTRAST, Defect.POOR_WHITE_BALANCE, Defect.HAZY, Defect.GLARING}
)

LEFT_ALONE: Mapping[Subject, frozenset[Defect]] = {
    Subject.PHOTO: frozenset(),
    Subject.GRAPHIC: frozenset(Defect),
    Subject.TONED: TONE_AND_COLOUR,
    Subject.NIGHT: TONE_AND_COLOUR,
    Subject.COLOURED_SKY: frozenset({Defect.POOR_WHITE_BALANCE}),
}
"""The defects that are no defects of such a picture."""

MIN_SIDE_PX = 24
"""A smaller view is an icon or a strip: nothing can be judged on it."""
MOST_TRANSPARENT = 0.01
"""Share of transparent pixels from which a picture is a cut-out or a logo: cameras make none."""
RIM_SHARE, WHITE_CODE, BLACK_CODE = 0.9, 250, 5
"""Share of the rim that is white, from which a picture stands on a white ground; codes that are white and black."""
PLAIN_STEP = 2
"""Codes between neighbours that 99 % of the pixels of a gradient stay within: it holds nothing to judge."""
FLAT_SHARE, NOISE_SHARE, NOISE_CODES, TOP_COLOURS, TOP_SHARE = 0.62, 0.1, 6, 8, 0.45
"""Of a graphic: share of pixels exactly like their neighbour, at least; of those that differ by up to `NOISE_CODES`, as
noise and texture of a photo do, at most; and the share of the `TOP_COLOURS` most frequent colours, at least."""
ONE_COLOUR_SHARE, ONE_COLOUR_NOISE = 0.25, 0.2
"""Share of one colour that is neither white nor black, from which more such differences are allowed."""

HARD_CODES, HARD_SHARE = 40, 0.12
"""Share of steps of more than `HARD_CODES` among the pixels that are not like their neighbour, at least: drawn edges
are hard, those of blown and of coarsely compressed photos are not."""
LINE_ENDS, LINE_SHARE = 0.6, 0.7
"""Of a plan drawn in black on white: share of white and black, and of the most frequent colours."""
TONED_SPREAD, TONED_CHROMA = 1.6, 3.5
"""Deviation of chroma among pixels of one brightness, codes, up to which a photo has one hue, and the chroma from which
it is no black and white photo: sepia, a duotone."""
NIGHT_DARK_CODE, NIGHT_DARK_SHARE, LAMP_CODE, LAMP_SHARES, LARGEST_LAMP = 48, 0.6, 200, (3e-4, 0.035), 0.012
"""At night most of the picture is dark, and what is bright are lamps: few pixels, none of whose patches is a window."""
NIGHT_WARMTH = 1.35
"""Red over blue of what the lamps light: daylight through a window is not so warm."""
SKY_CHROMA, SKY_ANGLE_DEG, SMOOTH_SHARE = 6.0, 60.0, 0.75
"""Mean chroma of the upper and of the lower third, codes, between which the hue turns by that angle in a picture mostly
smooth: sky over sea. One light on one room gives one hue."""
DUSK_DARKER, DUSK_WARMTH = 0.3, 1.5
"""Luma of the lower third over that of the upper half, up to which it is a silhouette, and red over blue of the sky."""

_ROWS = 120
"""Rows looked at, evenly spaced; neighbours along a row are those of the view."""
_SAMPLED = 8_000
_BINS = 16


def subject_of(view: View) -> Subject:
    """Return what kind of picture a view shows."""
    image = view.image
    if min(image.shape[:2]) < MIN_SIDE_PX or view.transparent_share > MOST_TRANSPARENT:
        return Subject.GRAPHIC
    if _on_white(image) or _is_drawn(image):
        return Subject.GRAPHIC
    thumbnail = view.thumbnail
    planes = cv2.cvtColor(thumbnail, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    if _is_night(thumbnail):
        return Subject.NIGHT
    if _is_toned(planes):
        return Subject.TONED
    return Subject.COLOURED_SKY if _has_coloured_sky(thumbnail, planes) else Subject.PHOTO


def _on_white(image: Image) -> bool:
    """Whether the rim is white, as that of plans, logos and cut-outs."""
    rim = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return float((rim.min(axis=1) >= WHITE_CODE).mean()) >= RIM_SHARE


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Shares of pixels, all but `step` in [0, 1].

    Attributes:
        step: Difference between neighbours that 99 % stay within, codes.
        flat: Exactly like their neighbour.
        noise: Nearly like it, of those that are neither white nor black.
        most: Of the `TOP_COLOURS` most frequent colours.
        one: Of the most frequent colour that is neither white nor black.
        ends: White or black.
        hard: Steps of more than `HARD_CODES` among the pixels that are not like their neighbour.
    """

    step: float
    flat: float
    noise: float
    most: float
    one: float
    ends: float
    hard: float


def _is_drawn(image: Image) -> bool:
    """Whether a picture was drawn by software: flat areas of few colours with hard edges, or a smooth gradient."""
    seen = _drawing(image)
    if seen.step <= PLAIN_STEP:
        return True
    if seen.flat < FLAT_SHARE or seen.hard < HARD_SHARE:
        return False
    if seen.ends >= LINE_ENDS and seen.most >= LINE_SHARE:
        return True
    few = seen.noise <= NOISE_SHARE and seen.most >= TOP_SHARE
    return few or (seen.one >= ONE_COLOUR_SHARE and seen.noise <= ONE_COLOUR_NOISE)


def _drawing(image: Image) -> _Drawing:
    rows = np.ascontiguousarray(image[:: max(1, len(image) // _ROWS)])
    luma = cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY)
    step = cv2.absdiff(luma[:, 1:], luma[:, :-1])
    same = channel_max(cv2.absdiff(rows[:, 1:], rows[:, :-1])) == 0
    ends = (channel_min(rows) >= WHITE_CODE) | (channel_max(rows) <= BLACK_CODE)
    noisy = (step >= 1) & (step <= NOISE_CODES) & ~ends[:, 1:]
    every = max(1, ends.size // _SAMPLED)
    packed = (rows.reshape(-1, 3)[::every].astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)).ravel()
    ended = ends.ravel()[::every]
    counts = np.sort(np.unique(packed, return_counts=True)[1])[::-1] / packed.size
    inner = np.unique(packed[~ended], return_counts=True)[1]
    return _Drawing(
        float(np.percentile(step, 99)),
        float(same.mean()),
        float(noisy.sum() / max(1, (~ends).sum())),
        float(counts[:TOP_COLOURS].sum()),
        float(inner.max() / packed.size) if inner.size else 0.0,
        float(ends.mean()),
        float((step > HARD_CODES).sum() / max(1, (~same).sum())),
    )


def _is_toned(planes: NDArray[np.float32]) -> bool:
    """Whether all pixels of one brightness have one colour, and that is not grey."""
    luma = planes[..., 0].ravel()
    telling = (luma > 30) & (luma < 235)
    if np.count_nonzero(telling) < luma.size // 10:
        return False
    bins = (luma[telling] * (_BINS / 256)).astype(np.intp)
    inside = np.maximum(np.bincount(bins, minlength=_BINS), 1)
    spreads, chroma = 0.0, 0.0
    for plane in (planes[..., 1], planes[..., 2]):
        values = plane.ravel()[telling] - 128
        means = np.bincount(bins, values, _BINS) / inside
        spreads += float(np.mean((values - means[bins]) ** 2))
        chroma += float(np.mean(means[bins])) ** 2
    return spreads**0.5 <= TONED_SPREAD and chroma**0.5 >= TONED_CHROMA


def _is_night(thumbnail: Image) -> bool:
    """Whether lamps light a picture that is dark on purpose."""
    highest = channel_max(thumbnail)
    if float((highest <= NIGHT_DARK_CODE).mean()) < NIGHT_DARK_SHARE:
        return False
    lamps = cv2.inRange(highest, LAMP_CODE, 255)
    share = cv2.countNonZero(lamps) / lamps.size
    if not LAMP_SHARES[0] <= share <= LAMP_SHARES[1]:
        return False
    areas = cv2.connectedComponentsWithStats(lamps)[2][1:, cv2.CC_STAT_AREA]
    if areas.max() / lamps.size > LARGEST_LAMP:
        return False
    lit = (highest > NIGHT_DARK_CODE) & (highest < LAMP_CODE)
    red, _, blue = thumbnail[lit].mean(axis=0) if lit.any() else (1.0, 1.0, 1.0)
    return bool(red > NIGHT_WARMTH * blue)


def _has_coloured_sky(thumbnail: Image, planes: NDArray[np.float32]) -> bool:
    """Whether a picture's colours are those of a sky at dusk, or of a sky over the sea."""
    height = len(thumbnail)
    third, half = max(1, height // 3), max(1, height // 2)
    upper, lower = (part[..., 1:].mean(axis=(0, 1)) - 128 for part in (planes[:third], planes[-third:]))
    smooth = float((cv2.absdiff(planes[:, 1:, 0], planes[:, :-1, 0]) <= NOISE_CODES).mean())
    lengths = float(np.hypot(*upper)), float(np.hypot(*lower))
    if min(lengths) >= SKY_CHROMA and smooth >= SMOOTH_SHARE:
        turn = np.degrees(np.arccos(np.clip(float(upper @ lower) / (lengths[0] * lengths[1]), -1, 1)))
        if turn >= SKY_ANGLE_DEG:
            return True
    sky, ground = planes[:half, :, 0].mean(), planes[-third:, :, 0].mean()
    red, _, blue = thumbnail[:half].reshape(-1, 3).mean(axis=0)
    return bool(sky > 60 and ground < DUSK_DARKER * sky and red > DUSK_WARMTH * blue)
