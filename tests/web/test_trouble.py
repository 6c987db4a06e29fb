"""What the page does when things go wrong, and when there is much to do."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import cv2
import pytest
from selenium.webdriver.common.keys import Keys

from imaging.defects import Defect
from imaging.errors import OverloadedError, PoisonedPhotoError, TooManyPixelsError
from tests.photos import room
from tests.web.browser import LAN_HOST, Page
from tests.web.conftest import jpeg
from tests.web.scripted import ScriptedService


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("a secret"), "Something went wrong in the service"),
        (PoisonedPhotoError("two workers died"), "could not get through this photo"),
        (TooManyPixelsError("60 megapixels"), "too large for the service"),
    ],
)
def test_an_error_is_said_in_plain_words_and_retried(
    scripted_page: Page, scripted: ScriptedService, photos: dict[str, Path], error: Exception, words: str
) -> None:
    scripted_page.excused = r"inspect_image.* (413|422|500) "
    scripted.errors = [error]
    (card,) = scripted_page.add(photos["good"])
    assert words in scripted_page.one(".problem", card).text
    assert words not in scripted_page.one(".state", card).text
    scripted_page.click("[data-do=retry]", card)
    scripted_page.settled()
    assert scripted_page.state(card) == "Repaired: too dark"
    assert not scripted_page.one(".problem", card).is_displayed()


def test_a_full_service_is_asked_again_when_it_says(
    scripted_page: Page, scripted: ScriptedService, photos: dict[str, Path]
) -> None:
    scripted_page.excused = r"inspect_image.* 503 "
    scripted.errors = [OverloadedError("full")]
    (card,) = scripted_page.add(photos["good"])
    assert scripted_page.state(card) == "Repaired: too dark"


def test_a_failed_repair_leaves_what_was_there(
    scripted_page: Page, scripted: ScriptedService, photos: dict[str, Path]
) -> None:
    scripted_page.excused = r"enhance_image.* 500 "
    (card,) = scripted_page.add(photos["good"])
    scripted.errors = [RuntimeError()]
    scripted_page.click("summary", card)
    scripted_page.click("input[value=hazy]", card)
    scripted_page.click(".repairs [type=submit]", card)
    scripted_page.wait(lambda: scripted_page.one(".problem", card).is_displayed())
    assert scripted_page.one("[data-do=keep]", card).is_enabled()
    scripted_page.click("[data-do=retry]", card)
    scripted_page.wait(lambda: scripted_page.state(card) == "Repaired: hazy, too dark")


def test_a_decision_that_was_not_stored_is_said_and_sent_again(
    scripted_page: Page, scripted: ScriptedService, photos: dict[str, Path]
) -> None:
    scripted_page.excused = r"feedback.* 500 "
    (card,) = scripted_page.add(photos["good"])
    scripted.store_fails = True
    scripted_page.click("[data-do=keep]", card)
    scripted_page.wait(lambda: scripted_page.one(".unrecorded", card).is_displayed())
    scripted.store_fails = False
    scripted_page.click("[data-do=record]", card)
    scripted_page.wait(lambda: scripted.decisions)
    assert scripted.decisions[0].kept
    assert scripted.decisions[0].repaired == {Defect.LOW_LIGHT: 1.0}
    assert not scripted_page.one(".unrecorded", card).is_displayed()


def test_a_page_that_is_not_secure_tells_the_same_digest(
    scripted_page: Page, scripted: ScriptedService, photos: dict[str, Path]
) -> None:
    scripted_page.url = scripted_page.url.replace("127.0.0.1", LAN_HOST)
    scripted_page.open()
    assert not scripted_page.run("return isSecureContext")
    (card,) = scripted_page.add(photos["good"])
    scripted_page.click("[data-do=keep]", card)
    scripted_page.wait(lambda: scripted.decisions)
    assert scripted.decisions[0].photo == sha256(photos["good"].read_bytes()).hexdigest()


def test_sliders_are_followed_by_few_previews_and_the_newest_wins(
    scripted_page: Page, scripted: ScriptedService, photos: dict[str, Path]
) -> None:
    (card,) = scripted_page.add(photos["good"])
    scripted.takes_s = 0.3
    scripted_page.click("[data-do=adjust]", card)
    scripted_page.wait(lambda: scripted_page.one("dialog img.after").get_attribute("src"))
    scripted.most_at_once = 0
    scripted_page.press(*[Keys.ARROW_RIGHT] * 40)
    scripted_page.wait(lambda: scripted.adjusted and scripted.adjusted[-1].exposure == 2.0)
    assert len(scripted.adjusted) < 40
    assert scripted.most_at_once == 1


def test_a_new_picture_takes_the_place_of_the_old_one(scripted_page: Page, photos: dict[str, Path]) -> None:
    (card,) = scripted_page.add(photos["good"])
    # The button opens the phone's camera, which no driver can press: its input gets the file directly.
    scripted_page.run(
        "HTMLInputElement.prototype.click = function () {}; arguments[0].querySelector('[data-do=retake]').click()",
        card,
    )
    scripted_page.one(".camera").send_keys(str(photos["tilted"]))
    scripted_page.wait(lambda: scripted_page.one(".name", card).text == "tilted.jpg")
    scripted_page.settled()
    assert len(scripted_page.all(".photo")) == 1


def test_fifty_photos_of_12_megapixels_do_not_freeze_the_tab(
    scripted_page: Page, scripted: ScriptedService, tmp_path: Path
) -> None:
    page = scripted_page
    large = jpeg(cv2.resize(room(1), (4000, 3000), interpolation=cv2.INTER_LINEAR))
    files = [tmp_path / f"{i:02}.jpg" for i in range(50)]
    for i, file in enumerate(files):
        file.write_bytes(large + bytes([i]))  # what follows the end of a JPEG is not looked at
    scripted.takes_s = 0.05
    page.run("""
        const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
        window.urls = new Set();
        URL.createObjectURL = (blob) => { const url = make.call(URL, blob); window.urls.add(url); return url; };
        URL.revokeObjectURL = (url) => { window.urls.delete(url); revoke.call(URL, url); };
    """)
    cards = page.add(*files)
    assert "50 of 50 ready" in page.one(".totals").text
    assert 1 < scripted.most_at_once <= 3
    for card in cards[::7]:
        page.brightness(card, "after")
    # Only the photos near the screen are held as pictures, and small ones.
    assert page.run("return window.urls.size") < 16
    assert page.run("return Math.max(...[...document.images].map((image) => image.naturalWidth))") <= 1280
    page.click("[data-do=keep-all]")
    page.wait(lambda: len(scripted.decisions) == 50)
    assert len({decision.photo for decision in scripted.decisions}) == 50
