"""Random degradations of clean photos, one for each defect, for training, calibration and tests.

Light is changed in linear light, then seen by a camera again: exposure, veil and cast first, then sensor noise,
the encoding curve and the eight-bit rounding with clipping last. Severity 0 is barely there, 1 is as bad as a photo
gets that somebody would still upload; what severity does not fix (shape, direction, tint) is drawn at random.
Networks and thresholds set on fixed parameters fail on anything else, hence the random ranges.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.color import linear_to_srgb, luminance, srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image

Degradation = Callable[[Image, float, np.random.Generator], Image]
"""(clean photo, severity in [0, 1], random generator) -> degraded photo, a new array."""

_Linear = NDArray[np.float32]


def _between(severity: float, low: float, high: float) -> float:
    """Interpolate a parameter between its values at severity 0 and 1."""
    return low + (high - low) * severity


def smooth_field(height: int, width: int, rng: np.random.Generator, cells: int = 3) -> _Linear:
    """Return a smooth random field, float32 (H, W), from exactly 0 to exactly 1 (constant 0.5 on a 1x1 photo)."""
    coarse = rng.random((cells, cells), np.float32)
    low, high = float(coarse.min()), float(coarse.max())
    field = cv2.resize((coarse - low) / (high - low), (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = float(field.min()), float(field.max())
    return (field - low) / (high - low) if high > low else np.full_like(field, 0.5)


def tone_curve(linear: _Linear, shoulder: float) -> _Linear:
    """Roll the highlights off as cameras do: linear below `shoulder`, exponential approach to 1 above.

    Args:
        linear: Linear light >= 0, any shape.
        shoulder: In (0, 1]; 1 clips hard.
    """
    if shoulder >= 1:
        return np.minimum(linear, 1)
    rolled = 1 - (1 - shoulder) * np.exp(-np.maximum(linear - shoulder, 0) / (1 - shoulder))
    return np.where(linear <= shoulder, linear, rolled).astype(np.float32)


def sensor_noise(linear: _Linear, shot: float, read: float, rng: np.random.Generator, demosaic: bool = True) -> _Linear:
    """Add signal-dependent noise, correlated as demosaicing leaves it.

    Poisson-Gaussian model (Foi et al., "Practical Poissonian-Gaussian noise modeling and fitting", TIP 2008) with
    variance `shot * x + read^2`. A sensor has one colour per pixel; interpolation of the missing ones correlates the
    noise of neighbours, red and blue (a quarter of the sites) more than green (half of them). Here each channel's
    noise is drawn at its sites and interpolated bilinearly, which keeps its variance structure without a full demosaic.

    Args:
        linear: Linear light, float32 (H, W, 3).
        shot: Variance per unit of light.
        read: Standard deviation at black.
        rng: Random generator.
        demosaic: Whether the noise is correlated; white otherwise.
    """
    height, width = linear.shape[:2]
    white = rng.standard_normal(linear.shape, np.float32)
    if demosaic:
        y, x = np.ogrid[:height, :width]
        red, blue = (y % 2 == 0) & (x % 2 == 0), (y % 2 == 1) & (x % 2 == 1)
        cross = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]], np.float32) / 4
        full = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4
        for channel, (sites, kernel) in enumerate(((red, full), (~(red | blue), cross), (blue, full))):
            sampled = white[..., channel] * sites
            white[..., channel] = cv2.filter2D(sampled, -1, kernel, borderType=cv2.BORDER_REFLECT101)
    deviation = np.sqrt(shot * np.maximum(linear, 0) + read * read)
    return (linear + deviation * white).astype(np.float32)


def low_light(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Under-exposed by 0.7 to 4.5 EV with uneven light, and the noise that short exposures bring."""
    height, width = image.shape[:2]
    ev = _between(severity, 0.7, 4.5)
    fall_off = float(rng.uniform(0, 0.6)) * ev  # EV between the best and the worst lit corner
    field = smooth_field(height, width, rng)
    darker_ev = ev - fall_off / 2 + fall_off * (0.5 - field)
    light = srgb_to_linear(image) * np.exp2(-darker_ev)[..., None].astype(np.float32)
    gain = float(rng.uniform(0.2, 1)) * _between(severity, 0.3, 1)
    return linear_to_srgb(sensor_noise(light, 4e-4 * gain, 1.5e-3 * gain, rng))


def glaring(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Over-exposed by 0.6 to 2.6 EV and clipped; half the time a window's or lamp's glare is laid over."""
    height, width = image.shape[:2]
    local = bool(rng.random() < 0.5)
    light = srgb_to_linear(image)
    if local:
        # A veil of scattered light around one or two sources; the camera has exposed for the rest.
        light = light * np.float32(2 ** _between(severity, 0.4, 1.8))
        y, x = np.mgrid[:height, :width].astype(np.float32)
        for _ in range(int(rng.integers(1, 3))):
            centre_x, centre_y = rng.uniform(0.1, 0.9) * width, rng.uniform(0.05, 0.7) * height
            radius = rng.uniform(0.12, 0.35) * max(height, width)
            distance2 = ((x - centre_x) ** 2 + (y - centre_y) ** 2) / radius**2
            veil = _between(severity, 0.25, 1.6) * np.exp(-distance2)
            light = light + veil[..., None].astype(np.float32)
    else:
        light = light * np.float32(2 ** _between(severity, 0.6, 2.6))
    return linear_to_srgb(tone_curve(light, float(rng.choice([1.0, rng.uniform(0.6, 0.95)]))))


def low_contrast(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tones squeezed towards a grey level: the range falls to 0.85 down to 0.3 of what it was, colours with it.

    Done on codes, not in linear light: a flat picture style or a bad scan squeezes what is already encoded.
    """
    squeeze = _between(severity, 0.85, 0.3)
    encoded = image.astype(np.float32)
    pivot = _between(float(rng.random()), 0.8, 1.2) * float(encoded.mean())
    # The squeezed range has to fit: neither end may clip, or it would be another defect.
    pivot = min(max(pivot, 40.0), 200.0)
    grey = encoded.mean(axis=2, keepdims=True)
    flat = pivot + (encoded - pivot) * squeeze
    faded = float(rng.uniform(0, 0.5)) * (1 - squeeze)
    flat = flat + (pivot + (grey - pivot) * squeeze - flat) * faded
    return np.clip(np.rint(flat), 0, 255).astype(np.uint8)


def poor_white_balance(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Wrong colour temperature and tint, as gains in linear light; one time in four two lights are mixed."""
    light = srgb_to_linear(image)
    warm = float(rng.choice([-1, 1], p=[0.35, 0.65]))  # lamp light is the common case
    temperature = warm * _between(severity, 0.18, 0.75) * float(rng.uniform(0.8, 1.1))  # log2 of red over blue, halved
    tint = float(rng.normal(0, 0.25)) * _between(severity, 0.1, 0.5)

    def gains(scale: float) -> NDArray[np.float32]:
        rgb = np.exp2(np.array([temperature, tint, -temperature]) * scale)
        return (rgb / rgb.max() if warm > 0 else rgb / (rgb @ [0.2126, 0.7152, 0.0722])).astype(np.float32)

    if rng.random() < 0.25:
        height, width = image.shape[:2]
        mix = smooth_field(height, width, rng)[..., None]
        cast = light * (gains(1.0) * mix + gains(float(rng.uniform(0, 0.5))) * (1 - mix))
    else:
        cast = light * gains(1.0)
    # The camera's automatic exposure gives back what the gains took from the luminance.
    lost = float(luminance(light).mean()) / max(float(luminance(np.ascontiguousarray(cast)).mean()), 1e-6)
    return linear_to_srgb((cast * np.float32(min(lost, 1.5))).astype(np.float32))


def noisy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Sensor noise of a high ISO: signal-dependent, mostly demosaic-correlated, half the time compressed afterwards."""
    light = srgb_to_linear(image)
    level = _between(severity, 0.25, 1.0) ** 2
    shot = 0.012 * level * float(rng.uniform(0.5, 1.2))
    read = 0.016 * level * float(rng.uniform(0.5, 1.2))
    seen = linear_to_srgb(sensor_noise(light, shot, read, rng, demosaic=bool(rng.random() < 0.8)))
    return _recompress(seen, int(rng.integers(85, 97))) if rng.random() < 0.5 else seen


def hazy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A veil after Koschmieder: `I = J t + A (1 - t)` in linear light, with transmission falling towards the distance.

    Depth is unknown; it grows from the bottom of the photo upwards with a smooth random part (rooms and streets alike).
    A dirty or fogged lens gives a constant veil: one time in three.
    """
    height, width = image.shape[:2]
    light = srgb_to_linear(image)
    veil = _between(severity, 0.12, 0.72)  # 1 - mean transmission
    if rng.random() < 1 / 3:
        depth = np.ones((height, width), np.float32)
    else:
        upwards = np.linspace(1.25, 0.6, height, dtype=np.float32)[:, None]
        depth = upwards * (0.75 + 0.5 * smooth_field(height, width, rng, cells=4))
        depth = depth / max(float(depth.mean()), 1e-6)
    transmission = np.exp(np.log(1 - veil) * depth)[..., None].astype(np.float32)
    brightness = float(rng.uniform(0.45, 0.9))
    airlight = brightness * (1 + rng.normal(0, 0.025, 3)).astype(np.float32)
    return linear_to_srgb((light * transmission + airlight * (1 - transmission)).astype(np.float32))


def jpeg_artifacts(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """JPEG at quality 40 down to 8; one time in three a messenger has resized and compressed the photo before."""
    quality = int(np.clip(round(_between(severity, 40, 8) + float(rng.normal(0, 1.5))), 5, 45))
    height, width = image.shape[:2]
    if min(height, width) >= 32 and rng.random() < 1 / 3:
        scale = float(rng.uniform(0.7, 0.95))
        small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        small = _recompress(small, min(quality + 15, 60))
        image = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return _recompress(image, quality)


def blur(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Out of focus, shaken or soft, in linear light; the radius grows with the photo (same look at any size)."""
    # In pixels of a 1000 px photo; a screen shows about so many, and less than 1 px cannot be seen.
    size_px = _between(severity, 1.1, 5.0) * max(image.shape[:2]) / 1000
    light = srgb_to_linear(image)
    kind = int(rng.integers(3))
    if kind == 0:
        soft = cv2.GaussianBlur(light, (0, 0), max(size_px, 0.3), borderType=cv2.BORDER_REFLECT101)
    else:
        kernel = _disc(1.9 * size_px) if kind == 1 else _line(5.0 * size_px, float(rng.uniform(0, np.pi)))
        soft = cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REFLECT101)
    return linear_to_srgb(soft)


def rotation(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tilted by 1.5 to 10 degrees either way, cropped so that no corner is empty."""
    return tilt(image, float(rng.choice([-1, 1])) * _between(severity, 1.5, 10.0))


def tilt(image: Image, angle_deg: float) -> Image:
    """Return the photo with its scene leaning counter-clockwise by `angle_deg` (the sign of `Report.angle_deg`).

    The result is the largest upright rectangle of the same proportions inside the turned photo, same aspect ratio.
    """
    height, width = image.shape[:2]
    sine, cosine = abs(np.sin(np.radians(angle_deg))), np.cos(np.radians(angle_deg))
    scale = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    # BORDER_REPLICATE: OpenCV 5's warpAffine never returns with BORDER_REFLECT101 on a photo one pixel wide.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, 1.0)
    matrix[:, 2] -= (width - size[0]) / 2, (height - size[1]) / 2
    return cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _recompress(image: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None, "a JPEG just encoded can be decoded"
    return decoded


def _disc(radius_px: float) -> _Linear:
    """A filled circle with a soft rim, summing to 1: defocus."""
    reach = int(np.ceil(radius_px))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(x, y), 0, 1)
    return (disc / disc.sum()).astype(np.float32)


def _line(length_px: float, angle_rad: float) -> _Linear:
    """A straight stroke, summing to 1: camera shake."""
    reach = int(np.ceil(length_px / 2))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(angle_rad) + y * np.sin(angle_rad), y * np.cos(angle_rad) - x * np.sin(angle_rad)
    stroke = np.clip(length_px / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1)
    return (stroke / stroke.sum()).astype(np.float32)


DEGRADATIONS: dict[Defect, Degradation] = {
    Defect.BLUR: blur,
    Defect.LOW_LIGHT: low_light,
    Defect.LOW_CONTRAST: low_contrast,
    Defect.POOR_WHITE_BALANCE: poor_white_balance,
    Defect.NOISY: noisy,
    Defect.HAZY: hazy,
    Defect.JPEG_ARTIFACTS: jpeg_artifacts,
    Defect.GLARING: glaring,
    Defect.ROTATION: rotation,
}
"""The degradation that makes each defect."""
