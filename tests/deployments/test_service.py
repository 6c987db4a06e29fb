"""The real service on a real cluster, over HTTP, through its whole surface; and what happens when parts of it die."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np
import psutil
import pytest
import requests
from PIL import Image as PillowImage

from deployments.pipeline import INLINE_BYTES
from imaging.codec import EncodeOptions, Photo, decode, encode
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits
from imaging.metadata import Metadata
from tests.deployments.lethal import LETHAL_SHAPE
from tests.deployments.service import children
from tests.photos import clean_photos

JPEG = {"content-type": "image/jpeg"}


def jpeg(image: Image) -> bytes:
    return encode(Photo(image, None, ImageFormat.JPEG, Metadata(None, None)), EncodeOptions(quality=95))


def darkened(image: Image) -> Image:
    return linear_to_srgb(srgb_to_linear(image) * 0.06)


@pytest.fixture(scope="module")
def clean() -> Image:
    return clean_photos()[0]


@pytest.fixture(scope="module")
def dark(clean: Image) -> bytes:
    return jpeg(darkened(clean))


def psnr(a: Image, b: Image) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2)))


def test_a_dark_photo_comes_back_better(url: str, dark: bytes, clean: Image) -> None:
    answer = requests.post(f"{url}/enhance_image", files={"image": dark}, timeout=30)
    assert answer.status_code == 200
    assert "low_light" in answer.headers["X-Defects-Fixed"]
    assert "encode" in answer.headers["Server-Timing"]
    better = decode(answer.content, Limits()).image
    assert psnr(better, clean) > psnr(darkened(clean), clean) + 6


def test_inspecting_agrees_with_enhancing(url: str, dark: bytes, clean: Image) -> None:
    report = requests.post(f"{url}/inspect_image", data=dark, headers=JPEG, timeout=30).json()
    estimates = {finding["defect"]: finding["estimate"] for finding in report["findings"]}
    assert all(estimates.values()), "every repair says what it would undo"
    assert estimates["low_light"]["exposure_ev"] > 0.5
    assert (report["height"], report["width"]) == clean.shape[:2]
    assert [finding["defect"] for finding in report["findings"]] == list(Defect)
    found = [finding["defect"] for finding in report["findings"] if finding["found"]]
    assert requests.post(f"{url}/detect_problems", files={"image": dark}, timeout=30).json() == found
    assert {step["defect"] for step in report["plan"]} == set(found)
    answer = requests.post(f"{url}/enhance_image", data=dark, headers=JPEG, timeout=30)
    assert answer.headers["X-Defects-Found"] == ", ".join(found)


def test_a_good_photo_costs_one_detection(url: str, clean: Image) -> None:
    answer = requests.post(f"{url}/enhance_image", files={"image": jpeg(clean)}, timeout=30)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "decode" not in answer.headers["Server-Timing"]


@pytest.mark.parametrize("defect", list(Defect))
def test_every_enhancer_answers(url: str, dark: bytes, defect: Defect) -> None:
    answer = requests.post(f"{url}/fix_defect", files={"image": dark}, data={"defect_to_fix": defect}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Defects-Fixed"] == defect
    assert decode(answer.content, Limits()).format is ImageFormat.JPEG


def test_pixels_pass_from_enhancer_to_enhancer(url: str, dark: bytes) -> None:
    answer = requests.post(
        f"{url}/enhance_image", files={"image": dark}, data={"defects": ["rotation", "low_light", "noisy"]}, timeout=60
    )
    assert answer.headers["X-Defects-Fixed"] == "noisy, low_light, rotation"
    stages = [stage.partition(";")[0] for stage in answer.headers["Server-Timing"].split(", ")]
    assert stages == ["decode", "noisy", "low_light", "rotation", "encode"]


def test_adjusting_by_hand(url: str, dark: bytes, clean: Image) -> None:
    options = {"exposure": "2", "format": "png", "max_side": "64"}
    answer = requests.post(f"{url}/adjust_image", files={"image": dark}, data=options, timeout=30)
    assert answer.headers["Content-Type"] == "image/png"
    brighter = decode(answer.content, Limits()).image
    assert max(brighter.shape) == 64
    assert brighter.mean() > darkened(clean).mean() * 1.5


def test_a_large_photo_goes_by_reference(url: str, clean: Image) -> None:
    tiles = np.tile(darkened(clean), (6, 6, 1))
    noisy = np.clip(tiles + np.random.default_rng(0).normal(0, 9, tiles.shape), 0, 255).astype(np.uint8)
    upload = jpeg(noisy)
    assert len(upload) > INLINE_BYTES
    options = {"defect_to_fix": "low_light"}
    answer = requests.post(f"{url}/fix_defect", params=options, data=upload, headers=JPEG, timeout=60)
    assert answer.status_code == 200
    assert decode(answer.content, Limits()).image.shape == noisy.shape


def png(width: int, height: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def gif() -> bytes:
    file = io.BytesIO()
    PillowImage.new("RGB", (8, 8)).save(file, "GIF")
    return file.getvalue()


def test_bad_photos_are_named_and_kill_nothing(url: str, dark: bytes) -> None:
    bomb = png(100, 100, zlib.compress(bytes(200_000_000)))
    cases = {
        "truncated": (dark[: len(dark) // 2], 400),
        "text": (b"this is a poem", 400),
        "no bytes": (b"", 400),
        "huge header": (png(60_000, 60_000, b""), 413),
        "bomb": (bomb, (204, 400)),
        "unsupported": (gif(), 415),
        "mislabelled": (png(1, 1, zlib.compress(b"\0\1\2\3")), 204),
        "wide": (jpeg(np.full((10, 20_000, 3), 128, np.uint8)), (200, 204)),
    }
    for name, (upload, expected) in cases.items():
        answer = requests.post(f"{url}/enhance_image", files={"image": ("photo.jpg", upload)}, timeout=60)
        statuses = expected if isinstance(expected, tuple) else (expected,)
        assert answer.status_code in statuses, (name, answer.status_code, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert "Traceback" not in answer.text
            assert "/" not in answer.json()["detail"].replace("image/*", "").replace("multipart/form-data", "")
    assert requests.post(f"{url}/enhance_image", files={"image": dark}, timeout=30).status_code == 200


def test_wrong_requests(url: str, dark: bytes) -> None:
    assert requests.get(f"{url}/enhance_image", timeout=30).status_code == 405
    assert requests.head(f"{url}/fix_defect", timeout=30).status_code == 405
    two = requests.post(f"{url}/enhance_image", files=[("image", dark), ("image", dark)], timeout=30)
    unknown = requests.post(f"{url}/fix_defect?defect_to_fix=mould", files={"image": dark}, timeout=30)
    range_ = requests.post(f"{url}/enhance_image?strength=2", files={"image": dark}, timeout=30)
    assert (two.status_code, unknown.status_code, range_.status_code) == (400, 400, 422)
    too_large = requests.post(f"{url}/enhance_image", data=bytes(31_000_000), headers=JPEG, timeout=30)
    assert too_large.status_code == 413


def test_replicas_killed_under_load_are_never_seen(service: tuple[psutil.Process, str], dark: bytes) -> None:
    root, url = service

    def enhance(_: int) -> int:
        return requests.post(f"{url}/enhance_image", data=dark, headers=JPEG, timeout=60).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(enhance, range(60))
        assert next(answers) == 200
        for name in ("Enhancer-low_light", "Detector"):
            for replica in children(root, name):
                replica.kill()
        assert set(answers) == {200}


def test_a_photo_that_kills_replicas_is_stopped(service: tuple[psutil.Process, str], dark: bytes) -> None:
    root, url = service
    poison = jpeg(np.full(LETHAL_SHAPE, 20, np.uint8))

    def fix(upload: bytes) -> requests.Response:
        return requests.post(f"{url}/fix_defect?defect_to_fix=low_light", data=upload, headers=JPEG, timeout=60)

    first = fix(poison)
    assert first.status_code == 422, first.text
    assert "refused" in first.json()["detail"]
    assert fix(dark).status_code == 200
    before = {replica.pid for replica in children(root, "Enhancer-low_light")}
    assert fix(poison).status_code == 422
    assert {replica.pid for replica in children(root, "Enhancer-low_light")} >= before


def test_decisions_and_choices_outlive_the_store(service: tuple[psutil.Process, str], dark: bytes) -> None:
    root, url = service
    decision = {
        "photo": sha256(dark).hexdigest(),
        "found": ["low_light"],
        "repaired": [{"defect": "low_light", "strength": 1}],
        "decision": "kept",
    }
    answer = requests.post(f"{url}/feedback", json=decision, timeout=30)
    assert (answer.status_code, answer.json()["replaced"]) == (201, False)
    [replica] = children(root, ":Store")
    replica.kill()
    report = requests.get(f"{url}/feedback/report", timeout=60).json()
    assert (report["all"]["decisions"], report["all"]["kept"]) == (1, 1)
    again = requests.post(f"{url}/feedback", json=decision | {"decision": "discarded"}, timeout=30)
    assert (again.status_code, again.json()["replaced"]) == (201, True)
    assert requests.get(f"{url}/studies", timeout=30).json() == []
    assert requests.post(f"{url}/studies/none/participants", timeout=30).status_code == 404
