"""How the page looks on a phone and on a desk, light and dark, in both languages; pictures are kept of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from enhancers.adjust import RANGES
from tests.web.browser import DESKTOP, PHONE, Page

UNLABELLED = """
return [...document.querySelectorAll("button, input:not([hidden]), summary, dialog")].filter((element) => {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join("");
    const named = document.getElementById(element.getAttribute("aria-labelledby"))?.textContent;
    return !(element.ariaLabel || labels || named || element.textContent).trim();
}).map((element) => element.outerHTML);
"""
SMALL_TARGETS = """
return [...document.querySelectorAll("button, summary, .repairs label")].filter((element) => {
    const {width, height} = element.getBoundingClientRect();
    return element.checkVisibility() && width > 0 && (width < 44 || height < 44);
}).map((element) => element.outerHTML);
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("size", "touch"), [(PHONE, True), (DESKTOP, False)], ids=["phone", "desktop"])
def test_it_fits_the_screen_and_the_scheme(
    page: Page, photos: dict[str, Path], size: tuple[int, int], touch: bool, dark: bool
) -> None:
    page.open(size=size, touch=touch, dark=dark)
    kind = f"{'phone' if touch else 'desktop'}-{'dark' if dark else 'light'}"
    page.screenshot(f"welcome-{kind}")
    cards = page.add(photos["dark"], photos["tilted"], photos["good"])
    page.brightness(cards[0], "after")
    page.run("scrollTo(0, 0)")
    page.screenshot(f"photos-{kind}")
    page.run("arguments[0].scrollIntoView()", page.one(".about", cards[0]))
    page.screenshot(f"about-{kind}")

    assert page.run("return document.documentElement.scrollWidth") <= size[0]
    assert page.run(UNLABELLED) == []
    if touch:
        assert page.run(SMALL_TARGETS) == []
    red, green, blue = page.run(
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (red + green + blue) / 3 < 60 if dark else (red + green + blue) / 3 > 200

    page.click("[data-do=adjust]", cards[0])
    page.wait(lambda: page.one("dialog img.after").get_attribute("src"))
    page.screenshot(f"adjust-{kind}")
    assert page.run("return document.querySelector('dialog').scrollWidth") <= size[0]


def test_it_speaks_russian(page: Page, photos: dict[str, Path]) -> None:
    page.open(size=PHONE, touch=True, language="ru-RU")
    assert page.run("return document.documentElement.lang") == "ru"
    cards = page.add(photos["dark"], photos["good"])
    assert "Слишком темно" in page.one(".found", cards[0]).text
    page.click("[data-do=keep-all]")
    assert "2 снимка оставлено" in page.one(".totals").text
    page.screenshot("photos-phone-russian")

    page.click(".language [lang=en]")
    assert "Too dark" in page.one(".found", cards[0]).text
    assert "2 kept" in page.one(".totals").text
    page.chrome.get(f"{page.url}/")
    page.wait(lambda: page.one("h1").text == "Your photos, seen at their best")


def test_russian_plurals(page: Page) -> None:
    script = """
        const done = arguments[0];
        Promise.all([import("/web/i18n.js"), import("/web/messages.js")]).then(([i18n]) => {
            i18n.setLanguage("ru");
            done([1, 2, 5, 11, 21, 50].map((count) => i18n.t("added", {count})));
        });
    """
    assert page.chrome.execute_async_script(script) == [
        "Добавлен 1 снимок.",
        "Добавлено 2 снимка.",
        "Добавлено 5 снимков.",
        "Добавлено 11 снимков.",
        "Добавлен 21 снимок.",
        "Добавлено 50 снимков.",
    ]


def test_both_languages_say_the_same_things(page: Page) -> None:
    script = """
        const done = arguments[0];
        import("/web/messages.js").then(({messages}) => done([messages.en, messages.ru].map(Object.keys)));
    """
    english, russian = page.chrome.execute_async_script(script)
    assert english == russian
    marked = page.run("return [...document.querySelectorAll('[data-i18n]')].map((element) => element.dataset.i18n)")
    assert set(marked) <= set(english)


def test_the_sliders_are_those_of_the_service(page: Page) -> None:
    script = "return [...arguments[0].querySelectorAll('[type=range][name]')].map((r) => [r.name, [+r.min, +r.max]])"
    sliders = page.run(script, page.one("dialog"))
    assert {name: tuple(bounds) for name, bounds in sliders} == dict(RANGES)


def test_nothing_foreign_runs_on_the_page(page: Page) -> None:
    page.excused = "Content Security Policy"
    blocked = """
        const done = arguments[0];
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
        document.head.append(Object.assign(document.createElement("script"), {textContent: "window.ran = true"}));
    """
    assert page.chrome.execute_async_script(blocked).startswith("script-src")
    assert page.run("return window.ran") is None
