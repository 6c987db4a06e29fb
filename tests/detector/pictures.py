"""Pictures that are to be left alone, made at random: graphics, toned photos, night and dusk."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.image import Image, Plane
from tests.photos import clean_photos

WHITE = (255, 255, 255)


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(20, 240, 3))
    return red, green, blue


def logo(rng: np.random.Generator) -> tuple[Image, Plane]:
    """Flat shapes on a transparent ground, with soft edges."""
    image, alpha = np.zeros((300, 400, 3), np.uint8), np.zeros((300, 400), np.uint8)
    for _ in range(int(rng.integers(2, 6))):
        corners = rng.integers((20, 20), (380, 280), (int(rng.integers(3, 7)), 2)).astype(np.int32)
        cv2.fillPoly(image, [corners], _colour(rng))
        cv2.fillPoly(alpha, [corners], 255)
    return image, cv2.GaussianBlur(alpha, (3, 3), 0)


def screenshot(rng: np.random.Generator) -> Image:
    """Panels, buttons and lines of text, light or dark."""
    dark = rng.random() < 0.5
    ground, ink = ((32, 33, 36), (220, 220, 220)) if dark else ((250, 250, 252), (40, 42, 46))
    image = np.full((720, 960, 3), ground, np.uint8)
    cv2.rectangle(image, (0, 0), (960, 48), _colour(rng), -1)
    panel = tuple(int(np.clip(code + (14 if dark else -14), 0, 255)) for code in ground)
    cv2.rectangle(image, (0, 48), (int(rng.integers(150, 300)), 720), panel, -1)
    for row in range(80, 700, int(rng.integers(24, 40))):
        words = "".join(rng.choice(list("abcdefgh ijklmnop qrst"), int(rng.integers(10, 50))))
        cv2.putText(image, words, (int(rng.integers(10, 340)), row), 0, 0.5, ink, 1, cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 6))):
        x, y = (int(value) for value in rng.integers((300, 80), (800, 650)))
        cv2.rectangle(image, (x, y), (x + 110, y + 34), _colour(rng), -1)
    return image


def floor_plan(rng: np.random.Generator) -> Image:
    """Black walls, doors and sizes on white, scanned: with a grey strip and grain at the lines."""
    image = np.full((600, 700, 3), 255, np.uint8)
    for _ in range(int(rng.integers(6, 12))):
        x, y, w, h = (int(value) for value in rng.integers((40, 40, 80, 80), (400, 350, 260, 220)))
        cv2.rectangle(image, (x, y), (x + w, y + h), (0, 0, 0), int(rng.integers(2, 9)))
        cv2.putText(image, f"{w} x {h}", (x + 12, y + 40), 0, 0.5, (20, 20, 20), 1, cv2.LINE_AA)
        cv2.ellipse(image, (x, y + h), (40, 40), 0, 270, 360, (60, 60, 60), 1, cv2.LINE_AA)
    image[-int(rng.integers(1, 20)) :] = 225
    return cv2.GaussianBlur(image, (3, 3), 0)


def gradient(rng: np.random.Generator) -> Image:
    """A smooth course from one colour to another, along a line or around a point."""
    y, x = np.mgrid[:480, :640].astype(np.float64)
    if rng.random() < 0.5:
        angle = rng.uniform(0, 2 * np.pi)
        course = x * np.cos(angle) + y * np.sin(angle)
    else:
        course = np.hypot(x - rng.uniform(0, 640), y - rng.uniform(0, 480))
    share = ((course - course.min()) / np.ptp(course))[..., None]
    first, second = np.array(_colour(rng)), np.array(_colour(rng))
    return np.rint(first * (1 - share) + second * share).astype(np.uint8)


def sepia(rng: np.random.Generator) -> Image:
    """A photo toned brown or another hue, more or less strongly."""
    photos = clean_photos()
    photo = photos[int(rng.integers(len(photos)))]
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] / 255
    tone = np.array([1.0, 0.8, 0.55]) if rng.random() < 0.7 else np.array([0.6, 0.75, 1.0])
    tone = 1 + float(rng.uniform(0.6, 1.2)) * (tone - 1)
    return np.rint(255 * np.clip(grey ** (1 / np.maximum(tone, 0.2)), 0, 1)).astype(np.uint8)


def gallery(photo: Image, rng: np.random.Generator) -> Image:
    """A photo as a phone's gallery shows it: between bars with the time, icons and buttons."""
    height, width = photo.shape[:2]
    code = int(rng.choice([0, 18, 255]))
    ink = (255 - code,) * 3
    top, bottom = (int(value) for value in rng.integers(height // 3, height, 2))
    bars = [np.full((rows, width, 3), code, np.uint8) for rows in (top, bottom)]
    cv2.putText(bars[0], "12:41", (10, 22), 0, 0.5, ink, 1, cv2.LINE_AA)
    for column in range(30, width - 30, max(40, width // 5)):
        cv2.circle(bars[1], (column, bottom // 2), 10, ink, 2, cv2.LINE_AA)
    return np.vstack([bars[0], photo, bars[1]])


def cut_out(rng: np.random.Generator) -> Image:
    """A piece of a photo on white."""
    photos = clean_photos()
    photo = cv2.resize(photos[int(rng.integers(len(photos)))], (480, 360), interpolation=cv2.INTER_AREA)
    mask = np.zeros(photo.shape[:2], np.uint8)
    centre = (int(rng.integers(180, 300)), int(rng.integers(140, 220)))
    cv2.ellipse(mask, centre, (int(rng.integers(60, 150)), int(rng.integers(50, 120))), 0, 0, 360, 255, -1)
    return np.where(mask[..., None] > 0, photo, np.uint8(255)).astype(np.uint8)


def night_street(rng: np.random.Generator) -> Image:
    """Lamps that light what is near them, and windows no larger than lamps."""
    height, width = 480, 640
    y, x = np.mgrid[:height, :width].astype(np.float32)
    light = np.full((height, width, 3), 0.002, np.float32)
    lamp = np.array([1.0, 0.62, 0.28], np.float32) * np.float32(rng.uniform(0.8, 1.2))
    texture = 0.5 + rng.random((height // 8, width // 8, 1), np.float32)
    facade = cv2.resize(texture, (width, height), interpolation=cv2.INTER_NEAREST)[..., None]
    for _ in range(int(rng.integers(2, 7))):
        centre_x, centre_y = rng.uniform(0.05, 0.95) * width, rng.uniform(0.2, 0.6) * height
        distance2 = (x - centre_x) ** 2 + (y - centre_y) ** 2
        light += (0.05 * np.exp(-distance2 / (2 * 45.0**2)))[..., None] * lamp * facade
        light += (2.5 * np.exp(-distance2 / (2 * 6.0**2)))[..., None] * lamp
    light += rng.normal(0, 0.001, light.shape).astype(np.float32)
    return np.rint(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def sunset(rng: np.random.Generator) -> Image:
    """A sky from orange to violet behind the black shapes of houses."""
    height, width = 400, 640
    horizon = int(rng.integers(200, 260))
    share = np.linspace(0, 1, horizon)[:, None, None]
    sky = np.array([90, 60, 120]) * (1 - share) + np.array([250, 140, 40]) * share
    image = np.empty((height, width, 3))
    image[:horizon] = sky
    image[horizon:] = (18, 12, 10)
    for column in range(0, width, 40):
        image[horizon - int(rng.integers(0, 60)) : horizon, column : column + int(rng.integers(20, 40))] = (18, 12, 10)
    return np.clip(np.rint(image + rng.normal(0, 1.5, image.shape)), 0, 255).astype(np.uint8)


def sea(rng: np.random.Generator) -> Image:
    """A yellow sky over a blue-green sea with small waves."""
    height, width = 400, 640
    horizon = int(rng.integers(110, 180))
    image = np.empty((height, width, 3))
    image[:horizon] = np.linspace(np.array([190, 190, 170]), np.array([250, 220, 140]), horizon)[:, None]
    image[horizon:] = np.linspace(np.array([70, 150, 160]), np.array([10, 80, 110]), height - horizon)[:, None]
    waves = cv2.GaussianBlur(rng.normal(0, 40, (height, width)).astype(np.float32), (0, 0), 2.0)[..., None]
    image[horizon:] += waves[horizon:]
    return np.clip(np.rint(image + rng.normal(0, 1, image.shape)), 0, 255).astype(np.uint8)
