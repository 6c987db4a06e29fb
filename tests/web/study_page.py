"""Drives the study page in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver.remote.webelement import WebElement

from tests.web.browser import Page

LOADED = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
ENLARGED = """
return [...document.querySelectorAll(".zoomed .version img")].map((photo) => {
    const {transform, transformOrigin} = getComputedStyle(photo);
    return [transformOrigin.split(" ").map(parseFloat), new DOMMatrix(transform).a];
});
"""


class StudyPage(Page):
    """The study page in a browser, as a participant sees it."""

    def visit(self, path: str) -> None:
        self.chrome.get(f"{self.url}{path}")

    @property
    def view(self) -> str:
        return str(self.run("return document.body.dataset.view"))

    def begin(self, study: str = "rooms") -> None:
        """Take part in a study, up to the first pair."""
        self.visit(f"/study/{study}")
        self.wait(lambda: self.view == "welcome")
        self.run("window.begunAt = performance.now()")
        self.click("#begin")
        self.wait_for_pair(1)

    def wait_for_pair(self, number: int) -> None:
        """Wait until the pair of that number takes a choice."""
        self.wait(lambda: self.position == number and self.all("#pair[aria-busy=false] .version img"))

    @property
    def position(self) -> int:
        found = re.search(r"\d+", self.one("#position").text)
        return int(found[0]) if found else 0

    def version(self, side: str) -> WebElement:
        return self.one(f".version[data-choice={side}]")

    def shown(self) -> list[str]:
        """Return the addresses of the photos on screen, the left one first."""
        found: list[str] = self.run("return [...document.querySelectorAll('.version img')].map((photo) => photo.src)")
        return found

    def enlarged(self) -> list[tuple[list[float], float]]:
        """Return for each photo the place that is enlarged, in pixels, and the scale; none if they are whole."""
        found: list[tuple[list[float], float]] = self.run(ENLARGED)
        return found

    def wait_loaded_ahead(self) -> None:
        """Wait until two pairs beside the one on screen have been loaded, in a study that shows every photo once."""
        self.wait(lambda: len([name for name in self.run(LOADED) if "/images/" in name]) == 6)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Cut the browser off."""
        self.excused = "ERR_INTERNET_DISCONNECTED"
        self.chrome.set_network_conditions(offline=True, latency=0, throughput=0)
        yield
        self.chrome.delete_network_conditions()
