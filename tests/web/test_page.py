"""The page in a real browser, in front of the real service: from the upload to the download."""

from __future__ import annotations

import csv
import io
import zipfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import pillow_heif
import requests
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from imaging.codec import decode
from imaging.limits import Limits
from tests.photos import room
from tests.web.browser import Page


def chosen(page: Page, card: WebElement) -> list[str]:
    return [str(box.get_attribute("value")) for box in page.all(".repairs input:checked", card)]


def stored(url: str, photo: Path) -> list[str]:
    """Return what the service knows of decisions on a photo's results."""
    answer = requests.get(f"{url}/feedback/report", params={"format": "csv"}, timeout=10)
    digest = sha256(photo.read_bytes()).hexdigest()
    return [row["decision"] for row in csv.DictReader(io.StringIO(answer.text)) if row["photo"] == digest]


def test_a_dark_photo_is_found_repaired_and_shown_beside_its_original(page: Page, photos: dict[str, Path]) -> None:
    (card,) = page.add(photos["dark"])
    row = page.one(".found li", card).text
    assert "Too dark" in row
    assert any(word in row for word in ("slightly", "clearly", "strongly"))
    assert "EV short" in row
    assert "too dark" in page.state(card)
    assert "open the curtains" in page.one(".retake", card).text
    assert page.brightness(card, "after") > page.brightness(card, "before") + 30


def test_the_line_between_before_and_after_is_moved(page: Page, photos: dict[str, Path]) -> None:
    (card,) = page.add(photos["dark"])
    page.brightness(card, "after")
    slider = page.one("before-after", card)
    place = "return arguments[0].querySelector('input').valueAsNumber"
    ActionChains(page.chrome).move_to_element(slider).click_and_hold().move_by_offset(150, 0).release().perform()
    dragged = page.run(place, slider)
    assert dragged > 55
    page.run("arguments[0].querySelector('input').focus()", slider)
    page.press(Keys.ARROW_LEFT)
    assert page.run(place, slider) == round(dragged) - 1


def test_repairs_are_switched_off_added_and_weakened(page: Page, photos: dict[str, Path]) -> None:
    (card,) = page.add(photos["dark"])
    full = page.brightness(card, "after")
    assert not page.one(".repairs [type=submit]", card).is_enabled()

    page.run(
        "const r = arguments[0]; r.value = 0.5; r.dispatchEvent(new Event('input', {bubbles: true}))",
        page.one(".strength input", card),
    )
    page.click(".repairs [type=submit]", card)
    page.wait(lambda: page.all(".photo[aria-busy=true]") or page.brightness(card, "after") < full - 5)
    page.settled()
    page.wait(lambda: page.brightness(card, "before") + 5 < page.brightness(card, "after") < full - 5)

    page.click("summary", card)
    page.click("input[value=blur]", card)
    for box in page.all(".found input:checked", card):
        page.run("arguments[0].scrollIntoView({block: 'center'})", box)
        box.click()
    assert chosen(page, card) == ["blur"]
    page.click(".repairs [type=submit]", card)
    page.wait(lambda: page.state(card) == "Repaired: blurred")

    page.click("input[value=blur]", card)
    page.click(".repairs [type=submit]", card)
    page.wait(lambda: page.state(card) == "The original")


def test_manual_settings_are_previewed_and_applied_at_full_size(page: Page, photos: dict[str, Path]) -> None:
    (card,) = page.add(photos["dark"])
    repaired = page.brightness(card, "after")
    page.click("[data-do=adjust]", card)
    preview = page.wait(lambda: page.one("dialog[open] img.after"))
    page.wait(lambda: preview.get_attribute("src"))
    first = preview.get_attribute("src")
    page.press(*[Keys.ARROW_LEFT] * 30)
    assert page.one("dialog[open] [name=exposure]").get_attribute("aria-valuetext") == "-1.50 EV"
    page.wait(lambda: preview.get_attribute("src") != first)
    page.screenshot("adjust-desktop-light")
    page.click("dialog [type=submit]")
    page.wait(lambda: "Adjusted by hand" in page.state(card))
    page.wait(lambda: page.brightness(card, "after") < repaired - 10)

    page.click("[data-do=download]", card)
    result = decode(page.downloaded("dark.jpg"), Limits()).image
    assert result.shape == decode(photos["dark"].read_bytes(), Limits()).image.shape

    page.click("[data-do=undo]", card)
    page.wait(lambda: page.state(card) == "The original")
    assert not page.one("img.after", card).get_attribute("src")


def test_a_photo_that_browsers_cannot_show_is_shown_all_the_same(page: Page, tmp_path: Path) -> None:
    dark = (room(2) * 0.2).astype(np.uint8)
    pillow_heif.from_bytes("RGB", dark.shape[1::-1], dark.tobytes()).save(tmp_path / "phone.heic", quality=90)
    (card,) = page.add(tmp_path / "phone.heic")
    assert page.brightness(card, "after") > page.brightness(card, "before") + 20
    page.click("[data-do=download]", card)
    assert page.downloaded("phone.jpg").startswith(b"\xff\xd8")


def test_a_cancelled_dialog_changes_nothing(page: Page, photos: dict[str, Path]) -> None:
    (card,) = page.add(photos["dark"])
    said = page.state(card)
    page.click("[data-do=adjust]", card)
    page.press(Keys.ARROW_LEFT, Keys.ESCAPE)
    page.wait(lambda: not page.all("dialog[open]"))
    assert page.state(card) == said


def test_what_is_kept_is_stored_and_downloaded(page: Page, photos: dict[str, Path], url: str) -> None:
    cards = page.add(photos["dark"], photos["tilted"], photos["good"])
    assert page.state(cards[2]) == "Nothing to repair"
    assert not page.one("[data-do=discard]", cards[2]).is_enabled()

    page.click("[data-do=discard]", cards[1])
    page.click("[data-do=keep-all]")
    assert [page.one(".decision", card).text.split(" ")[0] for card in cards] == ["Kept", "Discarded", "Kept"]
    assert "2 kept" in page.one(".totals").text

    page.wait(lambda: stored(url, photos["tilted"]) == ["discarded"] and stored(url, photos["dark"]) == ["kept"])
    # The good photo has no result to decide on; keeping it only puts it into the zip.
    assert stored(url, photos["good"]) == []

    page.click("[data-do=download-kept]")
    with zipfile.ZipFile(io.BytesIO(page.downloaded("belvedere.zip"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["dark.jpg", "good.jpg"]
        assert archive.read("good.jpg") == photos["good"].read_bytes()
        brighter = decode(archive.read("dark.jpg"), Limits()).image
    assert brighter.mean() > decode(photos["dark"].read_bytes(), Limits()).image.mean() + 30

    page.click("[data-do=undo]", cards[0])
    page.wait(lambda: stored(url, photos["dark"]) == ["discarded"])


def test_a_refused_file_stays_and_says_why(page: Page, photos: dict[str, Path]) -> None:
    page.excused = r"inspect_image.* 400 "
    cards = page.add(photos["broken"], photos["good"])
    assert "not a photo, or it is damaged" in page.one(".problem", cards[0]).text
    assert page.state(cards[1]) == "Nothing to repair"
    page.click("[data-do=retry]", cards[0])
    page.settled()
    assert len(page.all(".photo")) == 2
    assert page.one(".problem", cards[0]).is_displayed()
    assert "1 of 2 ready" in page.one(".totals").text


def test_everything_is_done_without_a_mouse(page: Page, photos: dict[str, Path]) -> None:
    cards = page.add(photos["dark"], photos["tilted"])
    page.brightness(cards[0], "after")
    focused = "return document.activeElement"
    page.press(Keys.ARROW_RIGHT)
    assert page.run(focused) == cards[0]
    page.press("k")
    assert "Kept" in page.one(".decision", cards[0]).text
    assert page.one(".announcer").get_attribute("textContent") == "dark.jpg: kept."

    slider = page.one("before-after", cards[0])
    ActionChains(page.chrome).key_down(Keys.SPACE).perform()
    clip = "return getComputedStyle(arguments[0].querySelector('img.before')).clipPath"
    assert page.run(clip, slider) == "none"
    ActionChains(page.chrome).key_up(Keys.SPACE).perform()
    assert page.run(clip, slider) != "none"

    page.press(Keys.ARROW_DOWN)
    assert page.run(focused) == cards[1]
    page.press("d")
    assert "Discarded" in page.one(".decision", cards[1]).text
    page.press(Keys.ARROW_LEFT)
    assert page.run(focused) == cards[0]

    # By Tab alone one gets from a card through all that it offers, and what has the focus shows it.
    reached = []
    while (name := page.run("return document.activeElement.dataset.do ?? document.activeElement.type")) != "retake":
        page.press(Keys.TAB)
        reached.append(name)
        assert len(reached) < 20
        assert page.run("return document.activeElement.matches(':focus-visible')")
    assert {"range", "keep", "discard", "undo", "download", "checkbox", "adjust"} <= set(reached)
