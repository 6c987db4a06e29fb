"""The HTTP surface in front of a service that only remembers what it was asked."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from configs.settings import AppArgs
from deployments.messages import Inspection, Output, Result, Stages, Upload
from deployments.routes import create_api
from enhancers.adjust import Adjustments
from enhancers.estimates import Described
from enhancers.plan import Step
from imaging.defects import Defect, Finding, Report, Sensitivity
from imaging.errors import NotAPhotoError, OverloadedError
from imaging.formats import ImageFormat

PHOTO = b"\xff\xd8 a photo, as far as this service can tell"
JPEG = {"content-type": "image/jpeg"}


class RecordingService:
    """Finds `found` in every photo and keeps what it was asked for."""

    def __init__(self, *found: Defect) -> None:
        self.found = found
        self.error: Exception | None = None
        self.keeps_repairs = True
        self.sensitivity: Sensitivity | None = None
        self.steps: Sequence[Step] | None = None
        self.output: Output | None = None
        self.verify: bool | None = None
        self.adjustments: Adjustments | None = None

    async def inspect(self, upload: Upload, sensitivity: Sensitivity, estimates: bool = False) -> Inspection:
        if self.error is not None:
            raise self.error
        assert upload.tobytes() == PHOTO
        self.sensitivity = sensitivity
        findings = tuple(Finding(defect, 0.9 if defect in self.found else 0.1, 0.5) for defect in Defect)
        described: Described = {defect: {"exposure_ev": 1.23456} for defect in Defect} if estimates else {}
        return Inspection(Report(640, 480, "jpeg", 1.234, findings), Stages([("view", 1.0)]), described)

    async def repair(self, upload: Upload, steps: Sequence[Step], output: Output, verify: bool) -> Result:
        assert upload.tobytes() == PHOTO
        self.steps, self.output, self.verify = steps, output, verify
        if not self.keeps_repairs:
            return Result(None, ImageFormat.JPEG, (), Stages())
        fixed = tuple(step.defect for step in steps)
        return Result(np.frombuffer(b"better", np.uint8), ImageFormat.WEBP, fixed, Stages([("encode", 2.0)]))

    async def adjust(self, upload: Upload, steps: Sequence[Step], adjustments: Adjustments, output: Output) -> Result:
        self.steps, self.adjustments, self.output = list(steps), adjustments, output
        return Result(np.frombuffer(b"adjusted", np.uint8), ImageFormat.PNG, (), Stages())


@pytest.fixture
def service() -> RecordingService:
    return RecordingService(Defect.LOW_LIGHT, Defect.NOISY)


@pytest.fixture
def client(service: RecordingService) -> TestClient:
    nobody: Any = None  # tests/deployments/test_people_routes.py has the store
    api = create_api(service, AppArgs(max_megabytes=0.01), nobody)

    async def through_a_proxy(scope: Scope, receive: Receive, send: Send) -> None:
        """Serve's own proxy gets every message of the answer pickled."""

        async def send_pickled(message: Message) -> None:
            await send(pickle.loads(pickle.dumps(message)))

        await api(scope, receive, send_pickled)

    return TestClient(through_a_proxy, raise_server_exceptions=False)


def test_form_and_raw_body_are_the_same_photo(client: TestClient) -> None:
    form = client.post("/detect_problems", files={"image": PHOTO})
    raw = client.post("/get_defects", content=PHOTO, headers=JPEG)
    assert form.status_code == raw.status_code == 200
    assert form.json() == raw.json() == ["low_light", "noisy"]


def test_inspection_is_the_whole_report(client: TestClient) -> None:
    report = client.post("/inspect_image", files={"image": PHOTO}).json()
    assert {key: report[key] for key in ("width", "height", "format", "angle_deg")} == {
        "width": 640,
        "height": 480,
        "format": "jpeg",
        "angle_deg": 1.23,
    }
    assert [finding["defect"] for finding in report["findings"]] == list(Defect)
    assert report["findings"][1] == {
        "defect": "low_light",
        "severity": 0.9,
        "threshold": 0.5,
        "found": True,
        "estimate": {"exposure_ev": 1.2346},
    }
    # Noise is removed before light is added, which would amplify it.
    assert report["plan"] == [{"defect": "noisy", "strength": 1.0}, {"defect": "low_light", "strength": 1.0}]


def test_enhancing_repairs_what_is_found_and_says_so(client: TestClient, service: RecordingService) -> None:
    answer = client.post("/enhance_image", files={"image": PHOTO})
    assert answer.status_code == 200
    assert answer.content == b"better"
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-defects-found"] == "low_light, noisy"
    assert answer.headers["x-defects-fixed"] == "noisy, low_light"
    assert answer.headers["server-timing"] == "view;dur=1.0, encode;dur=2.0"
    assert service.verify is True


def test_a_good_photo_gets_204(client: TestClient, service: RecordingService) -> None:
    service.found = ()
    answer = client.post("/enhance_image", files={"image": PHOTO})
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["x-defects-found"] == ""
    assert service.steps is None


def test_a_photo_that_no_repair_improved_gets_204(client: TestClient, service: RecordingService) -> None:
    service.keeps_repairs = False
    answer = client.post("/enhance_image", files={"image": PHOTO})
    assert answer.status_code == 204
    assert answer.headers["x-defects-found"] == "low_light, noisy"
    assert answer.headers["x-defects-fixed"] == ""


def test_the_first_strategy_repairs_one_defect(client: TestClient, service: RecordingService) -> None:
    client.post("/enhance_image?strategy=first&strength=0.5", content=PHOTO, headers=JPEG)
    assert service.steps is not None
    assert [step.strength for step in service.steps] == [0.5]


@pytest.mark.parametrize("route", ["/detect_problems", "/get_defects", "/inspect_image", "/enhance_image"])
def test_a_request_may_say_how_readily_defects_are_found(route: str, service: RecordingService) -> None:
    nobody: Any = None
    client = TestClient(create_api(service, AppArgs(sensitivity=Sensitivity.CAREFUL), nobody))
    asked: list[Sensitivity | None] = []
    for query in ("", "?sensitivity=eager"):
        client.post(f"{route}{query}", content=PHOTO, headers=JPEG)
        asked.append(service.sensitivity)
    assert asked == [Sensitivity.CAREFUL, Sensitivity.EAGER]


def test_named_defects_skip_detection(client: TestClient, service: RecordingService) -> None:
    service.error = AssertionError("the detector was asked")
    answer = client.post("/enhance_image", files={"image": PHOTO}, data={"defects": ["rotation", "hazy"]})
    assert answer.headers["x-defects-fixed"] == "hazy, rotation"
    assert service.verify is False


def test_output_options_reach_the_codec(client: TestClient, service: RecordingService) -> None:
    options = {"format": "avif", "quality": "70", "max_side": "800", "keep_metadata": "false"}
    client.post("/fix_defect", files={"image": PHOTO}, data=options | {"defect_to_fix": "blur"})
    assert service.steps == (Step(Defect.BLUR, 1.0),)
    assert service.output is not None
    assert (service.output.encode.format, service.output.encode.quality) == (ImageFormat.AVIF, 70)
    assert (service.output.max_side, service.output.encode.keep_metadata) == (800, False)


def test_adjustments_come_with_output_options(client: TestClient, service: RecordingService) -> None:
    answer = client.post("/adjust_image?exposure=1.5", files={"image": PHOTO}, data={"angle": "-2", "format": "png"})
    assert answer.content == b"adjusted"
    assert service.adjustments == Adjustments(exposure=1.5, angle=-2)


def test_adjustments_follow_the_repairs_that_are_named(client: TestClient, service: RecordingService) -> None:
    client.post("/adjust_image?exposure=1", files={"image": PHOTO}, data={"defects": ["noisy"], "strength": "0.5"})
    assert service.steps == [Step(Defect.NOISY, 0.5)]
    client.post("/adjust_image?exposure=1", files={"image": PHOTO})
    assert service.steps == []


def test_the_catalogue_names_all_nine(client: TestClient) -> None:
    catalogue = client.get("/defects").json()
    assert [entry["defect"] for entry in catalogue] == list(Defect)
    assert all(entry["method"] and entry["title"] for entry in catalogue)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/fix_defect?defect_to_fix=mould", 400, "blur, low_light"),
        ("/enhance_image?defects=mould", 400, "mould"),
        ("/fix_defect", 422, "defect_to_fix"),
        ("/enhance_image?strength=1.5", 422, "strength"),
        ("/enhance_image?strength=nan", 422, "strength"),
        ("/enhance_image?strenght=1", 422, "strenght"),
        ("/enhance_image?strength=1&strength=0", 422, "2 times"),
        ("/enhance_image?format=heic", 422, "format"),
        ("/enhance_image?quality=0", 422, "quality"),
        ("/enhance_image?max_side=0", 422, "max_side"),
        ("/inspect_image?strength=1", 422, "no option"),
        ("/inspect_image?sensitivity=keen", 422, "careful"),
        ("/adjust_image?exposure=bright", 422, "exposure"),
        ("/adjust_image?exposure=99", 422, "exposure"),
        ("/adjust_image?brightness=1", 422, "brightness"),
    ],
)
def test_a_wrong_option_is_named(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.post(path, files={"image": PHOTO})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert says in problem["detail"]


def test_wrong_uploads(client: TestClient) -> None:
    two = client.post("/detect_problems", files=[("image", PHOTO), ("image", PHOTO)])
    none = client.post("/detect_problems", files={"image": b""})
    missing = client.post("/detect_problems", files={"photo": PHOTO})
    no_file = client.post("/detect_problems", data={"image": "a string"}, files={})
    empty_body = client.post("/detect_problems", content=b"", headers=JPEG)
    broken = client.post("/detect_problems", content=b"x", headers={"content-type": "multipart/form-data; boundary=y"})
    assert [answer.status_code for answer in (two, none, missing, empty_body, broken)] == [400] * 5
    assert "has 2" in two.json()["detail"]
    assert "'image'" in missing.json()["detail"]
    assert no_file.status_code == 415


def test_too_many_bytes_get_413(client: TestClient) -> None:
    big = b"x" * 200_000
    for answer in (
        client.post("/detect_problems", content=big, headers=JPEG),
        client.post("/detect_problems", content=iter([big, big]), headers=JPEG),
        client.post("/detect_problems", files={"image": big}),
        client.post("/detect_problems", files={"image": big[:20_000]}),
    ):
        assert answer.status_code == 413
        assert "0.01 MB" in answer.json()["detail"]


def test_a_body_that_is_no_picture_gets_415(client: TestClient) -> None:
    answer = client.post("/detect_problems", content=PHOTO, headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert "image" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/detect_problems", "/inspect_image", "/enhance_image", "/fix_defect", "/adjust_image"]
)
def test_a_wrong_method_gets_405(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_errors_of_the_service_keep_their_status(client: TestClient, service: RecordingService) -> None:
    service.error = NotAPhotoError("this is a poem")
    poem = client.post("/detect_problems", files={"image": PHOTO})
    assert (poem.status_code, poem.json()["detail"]) == (400, "this is a poem")

    service.error = OverloadedError("later")
    busy = client.post("/detect_problems", files={"image": PHOTO})
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")


def test_an_unexpected_error_tells_nothing(client: TestClient, service: RecordingService) -> None:
    service.error = RuntimeError("secret at /home/somebody")
    answer = client.post("/detect_problems", files={"image": PHOTO})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_documentation_describes_body_and_options(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    enhance = paths["/enhance_image"]["post"]
    form = enhance["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["image"]
    assert {"image", "defects", "strategy", "strength", "format", "quality"} <= set(form["properties"])
    assert "exposure" in {parameter["name"] for parameter in paths["/adjust_image"]["post"]["parameters"]}
    assert client.get("/docs").status_code == 200
