"""Compression of the second family: several encoders, chroma samplings and tables; enlarged, shifted, WebP before."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import PIL.Image
import simplejpeg

from imaging.image import Image
from imaging.measures.blockiness import IJG_CHROMA_TABLE, IJG_LUMA_TABLE
from training.degradations.camera import between

MIN_RESIZED_PX = 32
"""Shortest side of a photo that is resized between two compressions."""

SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")
SUBSAMPLING_ODDS = (0.2, 0.2, 0.6)
"""Most files of phones and messengers keep chroma at half the size both ways."""


def jpeg_artifacts(image: Image, severity: float, rng: np.random.Generator) -> Image:
    """JPEG at quality 42 down to 7 by one of three encoders, half the time of a photo that was compressed before.

    Before it was compressed as a JPEG of another grid or of another size, or as a WebP.
    """
    quality = int(np.clip(round(between(severity, 42, 9) * float(rng.uniform(0.8, 1.2))), 4, 60))
    draw = rng.random()
    if draw < 0.15:
        image = as_webp(image, min(80, quality + int(rng.integers(30))))
    elif draw < 0.3:
        image = _off_the_grid(image, quality, rng)
    elif draw < 0.5 and min(image.shape[:2]) >= MIN_RESIZED_PX:
        image = _through_another_size(image, min(70, quality + int(rng.integers(30))), rng)
    return as_jpeg(image, quality, rng)


def as_jpeg(image: Image, quality: int, rng: np.random.Generator) -> Image:
    """Return the photo after a JPEG of about that quality (IJG scale) by a random encoder with random options."""
    sampling = SUBSAMPLINGS[int(rng.choice(3, p=SUBSAMPLING_ODDS))]
    encoder = rng.random()
    if encoder < 0.2:
        encoded = simplejpeg.encode_jpeg(
            np.ascontiguousarray(image),
            quality=quality,
            colorspace="RGB",
            colorsubsampling=sampling.replace(":", ""),
            fastdct=bool(rng.random() < 0.5),
        )
    elif encoder < 0.4:
        # OpenCV gives chroma a quality of its own.
        chroma_quality = int(np.clip(quality + rng.integers(-10, 11), 2, 100))
        options = [
            cv2.IMWRITE_JPEG_LUMA_QUALITY,
            quality,
            cv2.IMWRITE_JPEG_CHROMA_QUALITY,
            chroma_quality,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            _OPENCV_SAMPLINGS[sampling],
        ]
        encoded = cv2.imencode(".jpg", image[..., ::-1], options)[1].tobytes()
    else:
        file = BytesIO()
        photo = PIL.Image.fromarray(image)
        if encoder < 0.7:
            photo.save(file, "JPEG", quality=quality, subsampling=sampling)
        else:
            photo.save(file, "JPEG", qtables=_tables(quality, rng), subsampling=sampling)
        encoded = file.getvalue()
    return decoded(encoded)


def as_webp(image: Image, quality: int) -> Image:
    """Return the photo after a lossy WebP of that quality."""
    file = BytesIO()
    PIL.Image.fromarray(image).save(file, "WEBP", quality=quality, method=2)
    return decoded(file.getvalue())


def decoded(encoded: bytes) -> Image:
    """Return the photo in a file that was just encoded."""
    with PIL.Image.open(BytesIO(encoded)) as photo:
        return np.array(photo.convert("RGB"))


_OPENCV_SAMPLINGS = {
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
}


def _tables(quality: int, rng: np.random.Generator) -> list[list[int]]:
    """Quantisation tables as cameras have them: between the standard's and a flat one, chroma coarser or as fine."""
    scale = 50 / quality if quality < 50 else 2 - quality / 50
    flatness, chroma = float(rng.uniform(0, 1)), float(rng.uniform(0.5, 1.2))
    luma = IJG_LUMA_TABLE ** (1 - flatness) * np.float32(24) ** flatness
    # The standard's chroma, or that of encoders which quantise all planes alike.
    colour = IJG_CHROMA_TABLE * chroma if rng.random() < 0.6 else luma * (1 + chroma)
    return [np.clip(np.rint(table * scale), 1, 255).astype(int).ravel().tolist() for table in (luma, colour)]


def _off_the_grid(image: Image, quality: int, rng: np.random.Generator) -> Image:
    """A photo that was cropped after an earlier JPEG, so that its old blocks lie across the new ones."""
    down, right = (int(n) for n in rng.integers(0, 8, 2))
    padded = cv2.copyMakeBorder(image, down, 0, right, 0, cv2.BORDER_REPLICATE)
    return as_jpeg(padded, min(80, quality + int(rng.integers(30))), rng)[down:, right:]


def _through_another_size(image: Image, quality: int, rng: np.random.Generator) -> Image:
    """A photo that was compressed at another size, smaller or larger."""
    height, width = image.shape[:2]
    scale = float(rng.uniform(0.5, 1.8))
    size = max(16, round(width * scale)), max(16, round(height * scale))
    ways = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
    there, back = (ways[int(n)] for n in rng.integers(3, size=2))
    other = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 0.7 else there)
    return cv2.resize(as_jpeg(other, quality, rng), (width, height), interpolation=back)
