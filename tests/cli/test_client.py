from __future__ import annotations

import socket
import threading
from itertools import chain, repeat

import pytest

from cli import client
from cli.client import ServiceClient
from cli.engine import Answer, EngineDownError, EngineError, Options
from imaging.defects import Defect
from imaging.formats import ImageFormat
from tests.cli.fake_service import REPORT, Reply, Request, fake_service, full, good, photo, problem
from tests.cli.files import JPEG, REPAIRED


def enhance(*replies: Reply | None, options: Options | None = None) -> tuple[Answer, list[Request]]:
    """Enhance one photo; the replies are given in turn, the last one for ever."""
    coming = chain(replies, repeat(replies[-1]))
    with fake_service(lambda request: next(coming)) as service:
        return ServiceClient(service.url, options).enhance(JPEG, ImageFormat.JPEG), service.requests


def test_a_repaired_photo() -> None:
    answer, requests = enhance(photo())
    assert answer == Answer(("low_light", "noisy"), ("low_light",), REPAIRED, ImageFormat.JPEG)
    assert requests == [Request("/enhance_image", {}, "image/jpeg", JPEG)]


def test_a_good_photo() -> None:
    assert enhance(good())[0] == Answer()
    assert enhance(good("blur"))[0] == Answer(found=("blur",))


def test_the_answers_own_format_counts() -> None:
    assert enhance(photo(media_type="image/webp; q=1"))[0].format is ImageFormat.WEBP


def test_all_options_are_sent() -> None:
    options = Options(
        (Defect.BLUR, Defect.NOISY), "first", "eager", 0.5, ImageFormat.WEBP, 80, 1000, keep_metadata=False
    )
    assert enhance(photo(), options=options)[1][0].query == {
        "defects": ["blur", "noisy"],
        "strategy": ["first"],
        "sensitivity": ["eager"],
        "strength": ["0.5"],
        "format": ["webp"],
        "quality": ["80"],
        "max_side": ["1000"],
        "keep_metadata": ["false"],
    }


def test_a_full_service_is_asked_again() -> None:
    answer, requests = enhance(full("Thu, 01 Jan 1970 00:00:00 GMT"), photo(), options=Options())
    assert answer.fixed == ("low_light",)
    assert len(requests) == 2


def test_a_service_that_stays_full_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_WAIT_S", 0.001)
    with fake_service(lambda request: full("3600")) as service, pytest.raises(EngineError, match="queue is full"):
        ServiceClient(service.url).enhance(JPEG, ImageFormat.JPEG)
    assert len(service.requests) == client.MAX_TRIES


def test_no_waiting_after_an_interrupt() -> None:
    stop = threading.Event()
    stop.set()
    with fake_service(lambda request: full("30")) as service, pytest.raises(EngineError, match="queue is full"):
        ServiceClient(service.url, stop=stop).enhance(JPEG, ImageFormat.JPEG)
    assert len(service.requests) == 1


def test_a_connection_that_breaks_off_is_tried_once_more() -> None:
    assert enhance(None, photo())[0].fixed == ("low_light",)
    with pytest.raises(EngineError, match="broke the connection off"):
        enhance(None)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (problem(400, "the photo breaks off"), r"the photo breaks off \(400\)"),
        (problem(413, "over 50 megapixels"), r"over 50 megapixels \(413\)"),
        (Reply(500, b"Internal Server Error"), "answered 500"),
        (Reply(400, b"[]"), "answered 400"),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), "text/html instead of a photo"),
        (photo(body=b""), "instead of a photo"),
    ],
)
def test_an_error_is_told_in_plain_words(reply: Reply, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        enhance(reply)


def test_no_service_is_told_with_its_url_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(EngineDownError, match=f"{url}.*`belvedere serve`"):
        ServiceClient(url).enhance(JPEG, ImageFormat.JPEG)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert enhance(good())[0] == Answer()


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://host", "http://", ""])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no URL"):
        ServiceClient(url)


def test_a_report() -> None:
    with fake_service() as service:
        assert ServiceClient(service.url + "/").inspect(JPEG, ImageFormat.JPEG) == REPORT


@pytest.mark.parametrize("body", [b"[]", b"<html>"])
def test_something_else_than_a_report(body: bytes) -> None:
    with fake_service(lambda request: Reply(200, body)) as service, pytest.raises(EngineError, match="than a report"):
        ServiceClient(service.url).inspect(JPEG, ImageFormat.JPEG)
