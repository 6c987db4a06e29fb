"""What the detector's networks are trained on: features of photos that were cropped, damaged and measured at random."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.cast import cast_features
from detector.detail import detail_features
from detector.learned import Features
from detector.light import light_features
from imaging.defects import Defect
from imaging.image import Image, Plane
from imaging.measures.tilt import measure_profiles
from imaging.view import View
from training.degradations import either, tone, trained
from training.degradations.camera import Degradation, between, recompress
from training.degradations.geometry import keystone, tilt
from training.degradations.second import exposure
from training.degradations.second.geometry import posed, random_pose
from training.exposure import expose, uneven_radiance
from training.mixtures import DEFECTS, mix
from training.photos import shrink
from training.shots import Shots

CLEAN_SHARE = 0.2
"""Share of the samples that are left as they are."""

SIDES_PX = (500, 1279)
"""Long side of views: of a photo of 0.2 MP, and the longest that is not reduced to half."""

FINE_QUALITY = (70, 97)
"""JPEG quality at which listing sites save photos: no defect."""

DARK_EV, BRIGHT_EV = (0.7, 4.5), (0.6, 2.6)
"""How far radiance is under- or over-exposed, from severity 0 to 1."""

METERED_EV = (-0.3, 0.6)
"""Exposures that are no defect."""

LEAST_DARK = 0.3
"""Least severity of dark shots of measured radiance: lighter ones look like rooms that are lit so."""

_THUMBNAIL_PX = 200
_ALL: dict[Defect, Degradation] = {defect: trained(defect) for defect in Defect}
_TONES: dict[Defect, Degradation] = {
    defect: _ALL[defect] for defect in (Defect.LOW_CONTRAST, Defect.GLARING, Defect.POOR_WHITE_BALANCE, Defect.HAZY)
} | {Defect.LOW_LIGHT: either([partial(family.low_light, noise=0.3) for family in (tone, exposure)])}
"""Degradations that can be made in a thumbnail at a hundredth of the cost."""

Sample = tuple[NDArray[np.float32], ...]


def full_sample(photo: Image, rng: np.random.Generator) -> Sample | None:
    """Return detail features, tone and colour features, and the severity made of each defect, float32 (9,), of a photo
    damaged at viewing size; None for one that has nothing to measure."""
    photo = _saved_finely(_variant(photo, rng, 0.6, float(np.exp(rng.uniform(*np.log(SIDES_PX))))), rng)
    made = np.zeros(len(Defect), np.float32)
    if rng.random() >= CLEAN_SHARE:
        photo, made = mix(photo, rng, degradations=_ALL)
        if not made[DEFECTS.index(Defect.JPEG_ARTIFACTS)]:
            photo = _saved_finely(photo, rng)
    view = View.of(photo)
    detail = detail_features(view)
    return None if detail is None else (detail, cast_features(view), made)


def tone_sample(photo: Image, rng: np.random.Generator) -> Sample:
    """Return tone and colour features and the severity made of each defect, of a thumbnail with up to three defects of
    tone; one in sixteen gets a border."""
    small = _variant(photo, rng, 0.5, _THUMBNAIL_PX)
    made = np.zeros(len(Defect), np.float32)
    count = 0 if rng.random() < 0.15 else int(rng.integers(4))
    if count:
        small, made = mix(small, rng, count, _TONES)
    if rng.random() < 1 / 16:
        border, code = int(rng.integers(4, 30)), int(rng.choice([0, 255], p=[1 / 3, 2 / 3]))
        sides = (border, border, 0, 0) if rng.random() < 0.5 else (0, 0, border, border)
        small = cv2.copyMakeBorder(small, *sides, cv2.BORDER_CONSTANT, value=(code, code, code))
    return cast_features(View(shrink(small, 160))), made


def radiance_sample(photo: Image, rng: np.random.Generator) -> Sample:
    """Return the same as `tone_sample`, of a scene with windows and corners photographed too dark, too bright or, one
    in five, exposed right and then veiled: a darker copy of a finished photo is not an under-exposed one, and a veil
    over a blown window is no glare. Half of the dark ones get a window that is white."""
    small = _variant(photo, rng, 0.5, _THUMBNAIL_PX)
    kind = float(rng.random())
    if kind < 0.2:
        return _veiled(cast_features, expose(uneven_radiance(small, rng), float(rng.uniform(*METERED_EV)), rng), rng)
    dark = kind < 0.7
    severity = float(rng.uniform(0.1, 1))
    ev = -between(severity, *DARK_EV) if dark else between(severity, *BRIGHT_EV)
    seen = expose(uneven_radiance(small, rng), ev, rng, float(rng.uniform(0.6, 1)))
    if dark and rng.random() < 0.5:
        seen = _with_window(seen, rng)
    made = np.zeros(len(Defect), np.float32)
    made[DEFECTS.index(Defect.LOW_LIGHT if dark else Defect.GLARING)] = severity
    return cast_features(View(shrink(seen, 160))), made


def shot_sample(shots: Shots, rng: np.random.Generator) -> Sample:
    """Return tone features and the severity made of each defect, of measured radiance photographed too dark, too
    bright, or as it is to be (at the metered exposure, or fused), with a veil or without."""
    made = np.zeros(len(Defect), np.float32)
    kind = float(rng.random())
    if kind < 0.35:
        image = shots.draw(rng, *METERED_EV)[int(rng.integers(2))]
        if kind < 0.2:
            return _veiled(light_features, image, rng)
    else:
        dark = kind < 0.7
        severity = float(rng.uniform(LEAST_DARK if dark else 0.1, 1))
        ev = -between(severity, *DARK_EV) if dark else between(severity, *BRIGHT_EV)
        image, _ = shots.draw(rng, ev, ev)
        made[DEFECTS.index(Defect.LOW_LIGHT if dark else Defect.GLARING)] = severity
    return light_features(View(shrink(image, 160))), made


def _veiled(features: Callable[[View], Features], photo: Image, rng: np.random.Generator) -> Sample:
    """Return features and the severity made of each defect, of a photo under a veil."""
    made = np.zeros(len(Defect), np.float32)
    made[DEFECTS.index(Defect.HAZY)] = severity = float(rng.uniform(0.1, 1))
    return features(View(shrink(_ALL[Defect.HAZY](photo, severity, rng), 160))), made


def _with_window(photo: Image, rng: np.random.Generator) -> Image:
    """Paint a bright pane over 2 to 15 % of the photo."""
    height, width = photo.shape[:2]
    share, aspect = float(rng.uniform(0.02, 0.15)), float(rng.uniform(0.5, 2)) ** 0.5
    rows, columns = (max(1, min(n, round(n * share**0.5 * a))) for n, a in ((height, aspect), (width, 1 / aspect)))
    top, left = int(rng.integers(height - rows + 1)), int(rng.integers(width - columns + 1))
    painted = photo.copy()
    pane = painted[top : top + rows, left : left + columns]
    pane[:] = np.maximum(pane, int(rng.integers(200, 256)))
    return painted


def tilt_sample(luma: Plane, rng: np.random.Generator) -> Sample | None:
    """Return profiles and amounts of `measure_profiles`, and the tilt made in degrees, float32 (1,): none for three
    photos in ten. Half are taken in a random pose of the second family, a quarter are keystoned, four in ten are
    damaged otherwise."""
    plane = _variant(luma, rng, 0.55, float(np.exp(rng.uniform(np.log(560), np.log(1000)))))
    angle_deg = 0.0
    if rng.random() >= 0.3:
        reach_deg = 13.0 if rng.random() < 0.7 else 3.5
        angle_deg = float(rng.uniform(-reach_deg, reach_deg))
    if rng.random() < 0.5:
        plane = posed(plane, random_pose(angle_deg, rng))
    else:
        convergence = keystone(rng)
        if angle_deg or convergence:
            plane = tilt(plane, angle_deg, convergence)
    if rng.random() < 0.4:
        plane = _damaged(plane, rng)
    profiles = measure_profiles(plane)
    return None if profiles is None else (*profiles, np.array([angle_deg], np.float32))


def _saved_finely(photo: Image, rng: np.random.Generator) -> Image:
    """Half of the time, saved as JPEG at a quality that is no defect."""
    return recompress(photo, int(rng.integers(*FINE_QUALITY))) if rng.random() < 0.5 else photo


def _variant(photo: Image, rng: np.random.Generator, least: float, side_px: float) -> Image:
    """Crop, mirror and shrink at random."""
    height, width = photo.shape[:2]
    if rng.random() < 0.65:
        share, aspect = rng.uniform(least, 1), rng.uniform(0.75, 1.33) ** 0.5
        rows, columns = int(min(height, height * share * aspect)), int(min(width, width * share / aspect))
        top, left = int(rng.integers(height - rows + 1)), int(rng.integers(width - columns + 1))
        photo = photo[top : top + rows, left : left + columns]
    if rng.random() < 0.5:
        photo = photo[:, ::-1]
    return shrink(np.ascontiguousarray(photo), round(side_px))


def _damaged(luma: Plane, rng: np.random.Generator) -> Plane:
    """Blurred, darkened, noisy, coarsely compressed, each or not: lines are to be seen through all that."""
    light = luma.astype(np.float32)
    if rng.random() < 0.4:
        light = cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.6, 4)))
    if rng.random() < 0.5:
        light = light * np.float32(rng.uniform(0.15, 1)) + np.float32(rng.uniform(0, 60))
    if rng.random() < 0.5:
        light = light + np.float32(rng.uniform(1, 14)) * rng.standard_normal(light.shape, np.float32)
    seen = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        seen = recompress(cv2.cvtColor(seen, cv2.COLOR_GRAY2RGB), int(rng.integers(8, 50)))[..., 1]
    return np.ascontiguousarray(seen)
