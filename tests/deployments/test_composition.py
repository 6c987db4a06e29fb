"""The whole composition in one process: real handles, real codec, scripted detector and enhancers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import cv2
import httpx2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from ray.exceptions import ActorDiedError

import deployments.detector
import deployments.enhancer
import deployments.pipeline
from enhancers import CATALOGUE
from enhancers.base import Enhancer, EnhancerSpec
from enhancers.plan import ORDER
from imaging.codec import EncodeOptions, Photo, decode, encode
from imaging.defects import Defect, Finding, Report, Sensitivity
from imaging.formats import ImageFormat
from imaging.image import Image, Plane
from imaging.limits import Limits
from imaging.metadata import Metadata
from imaging.view import View
from tests.deployments.conftest import RunLocally
from tests.enhancers.no_estimate import NoEstimate
from tests.photos import shipped

BRIGHTER = 8
JPEG = {"content-type": "image/jpeg"}

# Serve pickles what it binds, so that an enhancer cannot be handed a list to write to; it finds this one by its module.
ran: list[Defect] = []
deaths: list[Exception] = []


class Brighten(Enhancer[NoEstimate]):
    """Adds to every pixel, so that each step that ran shows in the result."""

    def __init__(self, defect: Defect, by: int, device: str, weights: Path | None = None) -> None:
        self.defect = defect  # type: ignore[misc]
        self._by = by

    def estimate(self, view: View) -> NoEstimate:
        return NoEstimate()

    def apply(self, image: Image, estimate: NoEstimate, strength: float) -> Image:
        ran.append(self.defect)
        if deaths:
            raise deaths.pop()
        return cv2.add(image, (strength * self._by,) * 3)


def catalogue(by: Callable[[Defect], int] = lambda defect: BRIGHTER) -> list[EnhancerSpec]:
    return [replace(spec, build=partial(Brighten, spec.defect, by(spec.defect))) for spec in CATALOGUE]


def darkness(defect: Defect, image: Image, alpha: Plane | None) -> float:
    return 1 - float(image.mean()) / 255


def photo(image: Image, format: ImageFormat = ImageFormat.PNG) -> bytes:
    return encode(Photo(image, None, format, Metadata(None, None)), EncodeOptions(format))


def pixels(answer: httpx2.Response) -> Image:
    return decode(answer.content, Limits()).image


def stages(answer: httpx2.Response) -> list[str]:
    return [entry.partition(";")[0] for entry in answer.headers["Server-Timing"].split(", ")]


@pytest.fixture
def image() -> Image:
    return shipped("coffee") // 4 * 2  # dark enough that nine steps clip nothing


@pytest.fixture
def start(run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    """Give `start(*found)`: the application around a detector that finds these defects, and `Brighten` for each."""

    def start(*found: Defect, specs: list[EnhancerSpec] | None = None, **args: object) -> TestClient:
        def detect(
            *, width: int, height: int, format: str, view: View, sensitivity: Sensitivity = Sensitivity.NORMAL
        ) -> Report:
            findings = tuple(Finding(defect, 0.9 if defect in found else 0.1, 0.5) for defect in Defect)
            return Report(width, height, format, 0.0, findings)

        monkeypatch.setattr(deployments.detector, "detect", detect)
        monkeypatch.setattr(deployments.enhancer, "severity_of", darkness)
        client = run_locally(specs or catalogue(), **args)
        ran.clear()  # the warm-up
        deaths.clear()
        return client

    return start


def test_a_clean_photo_costs_one_detection(start: Callable[..., TestClient], image: Image) -> None:
    answer = start().post("/enhance_image", files={"image": photo(image)})
    assert answer.status_code == 204
    assert answer.content == b""
    assert ran == []
    assert stages(answer) == ["view", "detect"]


def test_steps_run_in_the_order_of_the_plan(start: Callable[..., TestClient], image: Image) -> None:
    answer = start(*Defect).post("/enhance_image", files={"image": photo(image)})
    assert answer.status_code == 200
    assert ran == list(ORDER)
    assert answer.headers["X-Defects-Fixed"] == ", ".join(ORDER)
    # Decoded once, encoded once, and nothing lossy between: the sum of the steps is exact.
    assert stages(answer) == ["view", "detect", "decode", *ORDER, "encode"]
    np.testing.assert_array_equal(pixels(answer), image + 9 * BRIGHTER)


def test_named_defects_skip_the_detector(start: Callable[..., TestClient], image: Image) -> None:
    form = {"defects": ["low_contrast", "noisy"], "strength": "0.5"}
    answer = start().post("/enhance_image", files={"image": photo(image)}, data=form)
    assert answer.headers["X-Defects-Fixed"] == "noisy, low_contrast"
    assert stages(answer) == ["decode", "noisy", "low_contrast", "encode"]
    np.testing.assert_array_equal(pixels(answer), image + BRIGHTER)


@pytest.mark.parametrize("defects", [["hazy"], ["hazy", "noisy"]])
def test_by_value_or_by_reference_is_the_same(
    start: Callable[..., TestClient], image: Image, monkeypatch: pytest.MonkeyPatch, defects: list[str]
) -> None:
    client = start()
    stored: list[object] = []

    def put(value: object) -> object:
        stored.append(value)
        return value

    monkeypatch.setattr(deployments.pipeline, "ray", SimpleNamespace(put=put))

    def answer() -> httpx2.Response:
        return client.post("/enhance_image", files={"image": photo(image)}, data={"defects": defects})

    small = answer()
    assert stored == []
    monkeypatch.setattr(deployments.pipeline, "INLINE_BYTES", 0)
    large = answer()
    assert len(stored) == 1
    assert small.status_code == large.status_code == 200
    assert small.content == large.content


def test_a_repair_that_makes_it_worse_is_not_returned(start: Callable[..., TestClient], image: Image) -> None:
    client = start(Defect.NOISY, specs=catalogue(lambda defect: 0))
    answer = client.post("/enhance_image", files={"image": photo(image)})
    assert ran == [Defect.NOISY]
    assert answer.status_code == 204
    assert answer.headers["X-Defects-Found"] == "noisy"
    assert answer.headers["X-Defects-Fixed"] == ""
    assert "encode" not in stages(answer)


def test_a_step_that_makes_it_worse_leaves_the_others(start: Callable[..., TestClient], image: Image) -> None:
    specs = catalogue(lambda defect: 0 if defect is Defect.NOISY else BRIGHTER)
    answer = start(Defect.NOISY, Defect.HAZY, specs=specs).post("/enhance_image", files={"image": photo(image)})
    assert answer.headers["X-Defects-Fixed"] == "hazy"
    np.testing.assert_array_equal(pixels(answer), image + BRIGHTER)


def test_what_a_person_asks_for_is_returned_unjudged(start: Callable[..., TestClient], image: Image) -> None:
    client = start(specs=catalogue(lambda defect: 0))
    answer = client.post("/fix_defect", files={"image": photo(image)}, data={"defect_to_fix": "noisy"})
    assert answer.status_code == 200
    assert answer.headers["X-Defects-Fixed"] == "noisy"


def test_the_result_is_written_as_asked(start: Callable[..., TestClient], image: Image) -> None:
    form = {"format": "webp", "max_side": "100"}
    answer = start(Defect.HAZY).post("/enhance_image", files={"image": photo(image)}, data=form)
    assert answer.headers["content-type"] == "image/webp"
    assert max(pixels(answer).shape) == 100


def test_manual_settings_go_to_the_adjuster(start: Callable[..., TestClient], image: Image) -> None:
    answer = start().post("/adjust_image", files={"image": photo(image)}, data={"exposure": "1"})
    assert answer.status_code == 200
    assert stages(answer) == ["decode", "adjust", "encode"]
    assert pixels(answer).mean() > image.mean()


def test_repairs_and_manual_settings_are_one_step(start: Callable[..., TestClient], image: Image) -> None:
    wish = {"exposure": "0.5", "angle": "2", "defects": ["rotation", "low_light"]}
    answer = start().post("/adjust_image", files={"image": photo(image)}, data=wish)
    assert stages(answer) == ["decode", "low_light", "rotation", "adjust", "encode"]
    assert answer.headers["X-Defects-Fixed"] == "low_light, rotation"


@pytest.mark.parametrize(
    ("content", "args", "status"),
    [
        (b"\xff\xd8 a poem", {}, 400),
        (b"GIF89a" + bytes(40), {}, 415),
        (photo(np.zeros((200, 200, 3), np.uint8)), {"max_megapixels": 0.01}, 413),
    ],
)
@pytest.mark.parametrize("route", ["/inspect_image", "/enhance_image", "/fix_defect?defect_to_fix=blur"])
def test_what_a_replica_refuses_is_answered_as_a_problem(
    start: Callable[..., TestClient], route: str, content: bytes, args: dict[str, float], status: int
) -> None:
    answer = start(**args).post(route, content=content, headers=JPEG)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text


def test_a_bug_in_an_enhancer_shows_a_client_nothing(start: Callable[..., TestClient], image: Image) -> None:
    client = start(Defect.BLUR)
    deaths[:] = [ZeroDivisionError("division by zero in /home/somebody/blur.py")]
    answer = client.post("/enhance_image", files={"image": photo(image)})
    assert answer.status_code == 500
    assert "division" not in answer.text


def test_one_death_is_never_seen(start: Callable[..., TestClient], image: Image) -> None:
    client = start(Defect.BLUR)
    deaths[:] = [ActorDiedError()]
    answer = client.post("/enhance_image", files={"image": photo(image)})
    assert answer.status_code == 200
    assert ran == [Defect.BLUR, Defect.BLUR]
    np.testing.assert_array_equal(pixels(answer), image + BRIGHTER)


def test_a_photo_that_kills_twice_is_refused(start: Callable[..., TestClient], image: Image) -> None:
    client = start(Defect.BLUR)
    deaths[:] = [ActorDiedError(), ActorDiedError()]
    lethal = {"image": photo(image)}
    assert client.post("/enhance_image", files=lethal).status_code == 422
    assert client.post("/inspect_image", files=lethal).status_code == 422
    assert len(ran) == 2
    assert client.post("/enhance_image", files={"image": photo(image[::-1])}).status_code == 200


def test_the_real_parts_fit_together(run_locally: RunLocally) -> None:
    clean, dark = shipped("coffee"), shipped("coffee") // 8
    client = run_locally()
    assert client.post("/fix_defect?defect_to_fix=blur&strength=0", content=photo(clean), headers=JPEG).is_success
    answer = client.post("/enhance_image", content=photo(dark), headers=JPEG)
    assert answer.status_code == 200
    assert "low_light" in answer.headers["X-Defects-Fixed"].split(", ")
    assert abs(pixels(answer).mean() - clean.mean()) < abs(dark.mean() - clean.mean())
