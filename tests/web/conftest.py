from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from selenium.webdriver import Chrome

from imaging.codec import EncodeOptions, Photo, encode
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.metadata import Metadata
from tests.photos import room, shipped
from tests.web.browser import Page, start
from tests.web.scripted import ScriptedService, running
from tests.web.studies import Studies
from tests.web.study_page import StudyPage

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser, started once. Without one the tests are skipped, but never in CI."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        reason = "needs Chromium and its driver: apt-get install chromium chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    chrome = start(chromium, driver, tmp_path_factory.mktemp("profile"))
    yield chrome
    chrome.quit()


@pytest.fixture
def page(chrome: Chrome, url: str, tmp_path: Path) -> Iterator[Page]:
    """The page of the real service; at the end of each test no error and no other host may have shown up."""
    page = Page(chrome, url, tmp_path, SCREENSHOTS)
    page.open()
    yield page
    assert page.complaints() == []


@pytest.fixture
def scripted() -> ScriptedService:
    return ScriptedService()


@pytest.fixture
def scripted_page(chrome: Chrome, scripted: ScriptedService, tmp_path: Path) -> Iterator[Page]:
    """The page of a service that does what a test tells it."""
    with running(scripted) as url:
        page = Page(chrome, url, tmp_path, SCREENSHOTS)
        page.open()
        yield page
        assert page.complaints() == []
        chrome.get("about:blank")


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files to choose: "dark", "tilted", "good", and "broken", which is none."""
    folder = tmp_path_factory.mktemp("photos")
    scene = cv2.resize(room(2, 960, 720), (960, 720))
    turn = cv2.getRotationMatrix2D((480, 360), 5, 1.2)
    images = {
        "dark": linear_to_srgb(srgb_to_linear(scene) * 0.05),
        "tilted": cv2.warpAffine(scene, turn, (960, 720), flags=cv2.INTER_CUBIC),
        "good": shipped("coffee"),
    }
    files = {name: folder / f"{name}.jpg" for name in images}
    for name, image in images.items():
        files[name].write_bytes(jpeg(image))
    files["broken"] = folder / "broken.jpg"
    files["broken"].write_bytes(b"\xff\xd8\xff this is no photo")
    return files


def jpeg(image: Image) -> bytes:
    return encode(Photo(image, None, ImageFormat.JPEG, Metadata(None, None)), EncodeOptions(quality=92))


@pytest.fixture
def studies(tmp_path: Path) -> Studies:
    studies = Studies(tmp_path / "people.sqlite")
    studies.create("rooms", "Living rooms", photos=4, variants=3)
    studies.create("single", "One pair each", photos=5)
    return studies


@pytest.fixture
def study_page(chrome: Chrome, studies: Studies, tmp_path: Path) -> Iterator[StudyPage]:
    """The study page of a service with two studies: "rooms" of 12 pairs, and "single" that shows every photo once."""
    with running(studies) as url:
        page = StudyPage(chrome, url, tmp_path, SCREENSHOTS)
        page.open()
        yield page
        assert page.complaints() == []
        chrome.get("about:blank")
