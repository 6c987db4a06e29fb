"""Really under- and over-exposed photos with a reference: brackets rendered from measured radiance.

A darker copy of a finished photo is not an under-exposed one: its highlights were clipped before and its light is even.
Here a scene's radiance map (windows a thousand times as bright as corners) is seen through a camera at several
exposures, clipped and rounded each time. The reference is the exposure fusion of the bracket (Mertens et al.,
"Exposure Fusion", Pacific Graphics 2007), as photographers of rooms make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from enhancers.local_tone import illumination
from imaging.color import linear_to_srgb, luminance, srgb_to_linear
from imaging.image import Image
from imaging.measures.exposure import smoothstep
from training.degradations.camera import sensor_noise, smooth_field, tone_curve
from training.split import Part, part

BRACKET_EV = (-4.0, -2.0, 0.0, 2.0, 4.0)
"""Exposures of a bracket around the metered one: two stops apart, as cameras offer."""

HEADINGS_DEG = (0.0, 90.0, 180.0, 270.0)
"""Four views see the whole horizon."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """One view of a scene.

    Attributes:
        name: Scene and heading.
        dark: Two stops under the metered exposure.
        bright: Two stops over it.
        metered: At the metered exposure.
        reference: Exposure fusion of the whole bracket.
    """

    name: str
    dark: Image
    bright: Image
    metered: Image
    reference: Image


def perspective(radiance: NDArray[np.float32], heading_deg: float, fov_deg: float = 90.0) -> NDArray[np.float32]:
    """Return a 4:3 perspective view of an equirectangular map, level, at the map's own resolution.

    Args:
        radiance: Linear light, float32 (H, 2H, 3).
        heading_deg: Where the camera looks.
        fov_deg: Horizontal field of view.
    """
    map_height, map_width = radiance.shape[:2]
    focal = map_width / 360 * np.degrees(1)  # pixels per radian at the centre of the view
    width = int(2 * focal * np.tan(np.radians(fov_deg / 2)))
    height = width * 3 // 4
    x = (np.arange(width) - (width - 1) / 2)[None, :] / focal
    y = (np.arange(height) - (height - 1) / 2)[:, None] / focal
    longitude = np.arctan(x) + np.radians(heading_deg) + 0 * y
    latitude = np.arctan2(y, np.hypot(x, 1))
    column = ((longitude / (2 * np.pi) + 0.5) % 1) * map_width - 0.5
    row = (latitude / np.pi + 0.5) * map_height - 0.5
    return cv2.remap(
        radiance, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )


def expose(radiance: NDArray[np.float32], ev: float, rng: np.random.Generator, shoulder: float = 0.8) -> Image:
    """Photograph linear radiance: exposure, sensor noise, a shoulder in the highlights, clipping and rounding.

    Args:
        radiance: Linear light where 0.18 is metered grey, float32 (H, W, 3).
        ev: Exposure against the metered one.
        rng: For the noise, that of a low ISO.
        shoulder: Where the highlights begin to roll off.
    """
    seen = sensor_noise(radiance * np.float32(2.0**ev), 2e-4, 1e-3, rng)
    return linear_to_srgb(tone_curve(seen, shoulder))


def meter(radiance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale radiance so that its geometric mean luminance is 0.18 (Reinhard et al., SIGGRAPH 2002, key of a scene)."""
    light = luminance(radiance)
    mean = float(np.exp(np.log(np.maximum(light, 1e-6)).mean()))
    return (radiance * np.float32(0.18 / mean)).astype(np.float32)


def uneven_radiance(photo: Image, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return radiance of which a finished photo is the local tone mapping, metered, float32 (H, W, 3).

    An editor's photo of a room shows the room and the window; the scene did not. So the contrast of its edge-aware
    illumination is stretched (the inverse of local tone mapping), its highlights are expanded (inverse tone mapping;
    Banterle et al., GRAPHITE 2006) and the light falls off across it. Constants span what the brackets show: 4 to 10 EV
    between the 5th and the 99th percentile.

    Args:
        photo: A finished photo, uint8 RGB (H, W, 3).
        rng: Random generator.
    """
    height, width = photo.shape[:2]
    light = srgb_to_linear(photo)
    code = illumination(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)) ** 2
    lit_ev = np.log2(np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4) + 2.0**-7)
    stretch = float(rng.uniform(0, 1))
    gain_ev = stretch * (lit_ev - lit_ev.mean()) + float(rng.uniform(0, 1.2)) * (smooth_field(height, width, rng) - 0.5)
    peak_ev = float(rng.uniform(0, 3))
    table = np.array([smoothstep(v / 255, 0.75, 1.0) for v in range(256)], np.float32)
    gain_ev = gain_ev + peak_ev * table[np.clip(code * 255, 0, 255).astype(np.uint8)]
    return meter((light * np.exp2(gain_ev)[..., None]).astype(np.float32))


def fuse(bracket: list[Image]) -> Image:
    """Return the exposure fusion of aligned photos."""
    fused = cv2.createMergeMertens().process([np.ascontiguousarray(photo[..., ::-1]) for photo in bracket])
    return np.ascontiguousarray(np.clip(np.rint(fused[..., ::-1] * 255), 0, 255).astype(np.uint8))


def load_radiance(path: Path) -> NDArray[np.float32]:
    """Return a Radiance file as linear RGB, float32 (H, W, 3).

    Raises:
        ValueError: It cannot be decoded.
    """
    loaded = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if loaded is None:
        raise ValueError(f"{path.name} cannot be decoded")
    return np.ascontiguousarray(loaded[..., ::-1], dtype=np.float32)


def brackets(folder: str | Path, only: Part | None = None) -> Iterator[Bracket]:
    """Yield the views of every radiance map (`*.hdr`) of a folder.

    Args:
        folder: Holds equirectangular Radiance files.
        only: Keep only the maps of this part of the split.
    """
    for path in sorted(Path(folder).glob("*.hdr")):
        if only is not None and part(path) is not only:
            continue
        radiance = load_radiance(path)
        for heading_deg in HEADINGS_DEG:
            rng = np.random.default_rng(int(heading_deg))
            view = meter(np.maximum(perspective(radiance, heading_deg), 0))
            shots = {ev: expose(view, ev, rng) for ev in BRACKET_EV}
            yield Bracket(
                f"{path.stem} {heading_deg:.0f}", shots[-2.0], shots[2.0], shots[0.0], fuse(list(shots.values()))
            )
