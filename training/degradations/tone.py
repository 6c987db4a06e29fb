"""Degradations of exposure, contrast, colour and clarity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.color import linear_to_srgb, luminance, srgb_to_linear
from imaging.image import Image
from training.degradations.camera import between, sensor_noise, smooth_field, tone_curve


def low_light(image: Image, severity: float, rng: np.random.Generator, *, noise: float = 1.0) -> Image:
    """Under-exposed by 0.7 to 4.5 EV with uneven light, and the noise that short exposures bring.

    `noise` scales that noise, for thumbnails, which average it away.
    """
    height, width = image.shape[:2]
    ev = between(severity, 0.7, 4.5)
    fall_off = float(rng.uniform(0, 0.6)) * ev  # EV between the best and the worst lit corner
    field = smooth_field(height, width, rng)
    darker_ev = ev - fall_off / 2 + fall_off * (0.5 - field)
    light = srgb_to_linear(image) * np.exp2(-darker_ev)[..., None].astype(np.float32)
    gain = float(rng.uniform(0.2, 1)) * between(severity, 0.3, 1)
    return linear_to_srgb(sensor_noise(light, 4e-4 * gain * noise**2, 1.5e-3 * gain * noise, rng))


def glaring(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Over-exposed by 0.6 to 2.6 EV and clipped; half the time a window's or lamp's glare is laid over."""
    height, width = image.shape[:2]
    local = bool(rng.random() < 0.5)
    light = srgb_to_linear(image)
    if local:
        # A veil of scattered light around one or two sources; the camera has exposed for the rest.
        light = light * np.float32(2 ** between(severity, 0.4, 1.8))
        y, x = np.mgrid[:height, :width].astype(np.float32)
        for _ in range(int(rng.integers(1, 3))):
            centre_x, centre_y = rng.uniform(0.1, 0.9) * width, rng.uniform(0.05, 0.7) * height
            radius = rng.uniform(0.12, 0.35) * max(height, width)
            distance2 = ((x - centre_x) ** 2 + (y - centre_y) ** 2) / radius**2
            veil = between(severity, 0.25, 1.6) * np.exp(-distance2)
            light = light + veil[..., None].astype(np.float32)
    else:
        light = light * np.float32(2 ** between(severity, 0.6, 2.6))
    return linear_to_srgb(tone_curve(light, float(rng.choice([1.0, rng.uniform(0.6, 0.95)]))))


def low_contrast(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """Tones squeezed towards a grey level: the range falls to 0.85 down to 0.3 of what it was, colours with it.

    Done on codes, not in linear light: a flat picture style or a bad scan squeezes what is already encoded.
    """
    squeeze = between(severity, 0.85, 0.3)
    encoded = image.astype(np.float32)
    pivot = between(float(rng.random()), 0.8, 1.2) * float(encoded.mean())
    # The squeezed range has to fit: neither end may clip, or it would be another defect.
    pivot = min(max(pivot, 40.0), 200.0)
    grey = encoded.mean(axis=2, keepdims=True)
    flat = pivot + (encoded - pivot) * squeeze
    faded = float(rng.uniform(0, 0.5)) * (1 - squeeze)
    flat = flat + (pivot + (grey - pivot) * squeeze - flat) * faded
    return np.clip(np.rint(flat), 0, 255).astype(np.uint8)


def poor_white_balance(image: Image, severity: float, rng: np.random.Generator, *, mixed: float = 0.25) -> Image:
    """Wrong colour temperature and tint, as gains in linear light; in a share `mixed` of all cases two lights mix."""
    light = srgb_to_linear(image)
    warm = float(rng.choice([-1, 1], p=[0.35, 0.65]))  # lamp light is the common case
    temperature = warm * between(severity, 0.18, 0.75) * float(rng.uniform(0.8, 1.1))  # log2 of red over blue, halved
    tint = float(rng.normal(0, 0.25)) * between(severity, 0.1, 0.5)

    def gains(scale: float) -> NDArray[np.float32]:
        rgb = np.exp2(np.array([temperature, tint, -temperature]) * scale)
        return (rgb / rgb.max() if warm > 0 else rgb / (rgb @ [0.2126, 0.7152, 0.0722])).astype(np.float32)

    if rng.random() < mixed:
        height, width = image.shape[:2]
        mix = smooth_field(height, width, rng)[..., None]
        cast = light * (gains(1.0) * mix + gains(float(rng.uniform(0, 0.5))) * (1 - mix))
    else:
        cast = light * gains(1.0)
    # The camera's automatic exposure gives back what the gains took from the luminance.
    lost = float(luminance(light).mean()) / max(float(luminance(np.ascontiguousarray(cast)).mean()), 1e-6)
    return linear_to_srgb((cast * np.float32(min(lost, 1.5))).astype(np.float32))


def hazy(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """A veil after Koschmieder: `I = J t + A (1 - t)` in linear light, with transmission falling towards the distance.

    Depth is unknown; it grows from the bottom of the photo upwards with a smooth random part (rooms and streets alike).
    A dirty or fogged lens gives a constant veil: one time in three.
    """
    height, width = image.shape[:2]
    light = srgb_to_linear(image)
    veil = between(severity, 0.12, 0.72)  # 1 - mean transmission
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
