"""How the study page looks on a phone and on a desk, light and dark, in both languages; pictures are kept of each."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from tests.web.browser import DESKTOP, PHONE
from tests.web.study_page import StudyPage
from tests.web.test_looks import SMALL_TARGETS, UNLABELLED

SIDEWAYS = (844, 390)
PHOTOS = """
return [...document.querySelectorAll(".version img")].map((photo) => {
    const {left, top, right, bottom} = photo.getBoundingClientRect();
    return [left, top, right, bottom];
});
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, SIDEWAYS, DESKTOP], ids=["phone", "sideways", "desktop"])
def test_a_pair_fits_the_screen(study_page: StudyPage, size: tuple[int, int], dark: bool) -> None:
    touch = size != DESKTOP
    study_page.open(size=size, touch=touch, dark=dark)
    kind = f"{ {PHONE: 'phone', SIDEWAYS: 'sideways', DESKTOP: 'desktop'}[size] }-{'dark' if dark else 'light'}"
    study_page.visit("/study")
    study_page.wait(lambda: study_page.all("#study-list a"))
    study_page.screenshot(f"study-list-{kind}")
    study_page.visit("/study/rooms")
    study_page.wait(lambda: study_page.view == "welcome")
    study_page.screenshot(f"study-welcome-{kind}")
    study_page.click("#begin")
    study_page.wait_for_pair(1)
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait_for_pair(2)
    study_page.wait(lambda: study_page.one("#agreement").text)
    study_page.screenshot(f"study-pair-{kind}")

    width, height = size
    assert study_page.run("return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        width,
        height,
    ]
    first, second = study_page.run(PHOTOS)
    assert all(
        0 <= left < right <= width and 0 <= top < bottom <= height for left, top, right, bottom in (first, second)
    )
    if size == PHONE:
        assert first[3] <= second[1]
        assert first[2] - first[0] > 0.9 * width
    else:
        assert first[2] <= second[0]
    assert study_page.run(UNLABELLED) == []
    if touch:
        assert study_page.run(SMALL_TARGETS) == []


def test_a_tap_chooses_on_a_phone(study_page: StudyPage) -> None:
    study_page.open(size=PHONE, touch=True)
    study_page.begin()
    assert study_page.version("left").accessible_name == "The upper photo is better"
    study_page.version("right").click()
    study_page.wait_for_pair(2)


def test_it_speaks_russian(study_page: StudyPage) -> None:
    study_page.open(size=PHONE, touch=True, language="ru-RU")
    study_page.visit("/study")
    study_page.wait(lambda: study_page.all("#study-list a"))
    assert "4 фотографии · 12 пар" in study_page.one("#study-list").text
    study_page.begin()
    study_page.screenshot("study-pair-phone-russian")
    assert study_page.one("#position").text == "Пара 1 из 12"
    assert study_page.version("left").accessible_name == "Лучше верхний снимок"
    study_page.click(".language [lang=en]")
    assert study_page.one("#position").text == "Pair 1 of 12"
    assert study_page.version("left").accessible_name == "The upper photo is better"


def test_both_languages_say_the_same_things(study_page: StudyPage) -> None:
    study_page.visit("/study")
    script = """
        const done = arguments[0];
        import("/web/study-texts.js").then(({texts}) => done([texts.en, texts.ru].map(Object.keys)));
    """
    english, russian = study_page.chrome.execute_async_script(script)
    assert english == russian
    marked = study_page.run(
        "return [...document.querySelectorAll('[data-i18n], [data-i18n-label]')]"
        ".map(({dataset}) => dataset.i18n ?? dataset.i18nLabel)"
    )
    assert set(marked) <= set(english)


def test_what_changes_is_said_to_those_who_do_not_see_it(study_page: StudyPage) -> None:
    study_page.begin()
    pair = study_page.one("#pair")
    assert (pair.aria_role, pair.accessible_name) == ("group", "Which one looks better?")
    assert study_page.chrome.switch_to.active_element == pair
    assert study_page.one("#position").aria_role == study_page.one("#agreement").aria_role == "status"
    study_page.press(Keys.TAB)
    focused = study_page.chrome.switch_to.active_element
    assert focused.accessible_name == "The left photo is better"
    assert focused.value_of_css_property("outline-style") == "solid"


def test_nothing_moves_for_those_who_want_it_still(study_page: StudyPage) -> None:
    still = {"name": "prefers-reduced-motion", "value": "reduce"}
    study_page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [still]})
    study_page.begin()
    duration = study_page.one(".version img").value_of_css_property("animation-duration")
    assert float(duration.removesuffix("s")) < 0.001
