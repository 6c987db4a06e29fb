"""Drives the page in a real Chromium."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

LAN_HOST = "belvedere.test"
"""A name of the loopback that is not: its pages are not secure ones, as those of a machine on the local network."""

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    f"--host-resolver-rules=MAP {LAN_HOST} 127.0.0.1",
)
DESKTOP = (1400, 900)
PHONE = (390, 844)
WAIT_S = 60

MEAN = """
const canvas = new OffscreenCanvas(32, 32);
const context = canvas.getContext("2d");
context.drawImage(arguments[0], 0, 0, 32, 32);
const colours = context.getImageData(0, 0, 32, 32).data.filter((_, i) => i % 4 < 3);
return colours.reduce((sum, each) => sum + each, 0) / colours.length;
"""

T = TypeVar("T")


def start(chromium: str, driver: str, profile: Path) -> Chrome:
    """Start a browser of its own profile; both binaries are named, so that nothing is looked for or downloaded."""
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return Chrome(options, ChromeService(driver))


class Page:
    """The main page in a browser, as a person sees it.

    Attributes:
        excused: What an error on the browser's console may match; by default none may be there.
    """

    def __init__(self, chrome: Chrome, url: str, downloads: Path, screenshots: Path) -> None:
        self.chrome = chrome
        self.url = url
        self.downloads = downloads
        self.excused = ""
        self._screenshots = screenshots

    def open(
        self, *, size: tuple[int, int] = DESKTOP, touch: bool = False, dark: bool = False, language: str = "en"
    ) -> None:
        """Open the page anew, on a screen and in a browser of that kind."""
        chrome = self.chrome
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        chrome.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        agent = {"userAgent": self.run("return navigator.userAgent"), "acceptLanguage": language}
        chrome.execute_cdp_cmd("Emulation.setUserAgentOverride", agent)
        behaviour = {"behavior": "allow", "downloadPath": str(self.downloads)}
        chrome.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
        chrome.get(f"{self.url}/")
        self.run("localStorage.clear()")
        chrome.get(f"{self.url}/")
        self.wait(lambda: self.all(".language button"))

    def run(self, script: str, *args: object) -> Any:
        """Run a script in the page."""
        return self.chrome.execute_script(script, *args)

    def all(self, selector: str, within: WebElement | None = None) -> list[WebElement]:
        return (within or self.chrome).find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str, within: WebElement | None = None) -> WebElement:
        """Return the first element of that selector."""
        return (within or self.chrome).find_element(By.CSS_SELECTOR, selector)

    def click(self, selector: str, within: WebElement | None = None) -> None:
        element = self.one(selector, within)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        ActionChains(self.chrome).send_keys(*keys).perform()

    def wait(self, condition: Callable[[], T], seconds: float = WAIT_S) -> T:
        """Return what `condition` gives, once it is true."""
        deadline = time.monotonic() + seconds
        while True:
            with suppress(StaleElementReferenceException):
                if value := condition():
                    return value
            assert time.monotonic() < deadline, f"waited {seconds} s in vain; the page says: {self.one('main').text}"
            time.sleep(0.05)

    def add(self, *files: Path) -> list[WebElement]:
        """Choose files and return the cards of all photos once none of them is under way."""
        before = len(self.all(".photo"))
        self.one(".chooser").send_keys("\n".join(map(str, files)))
        self.wait(lambda: len(self.all(".photo")) == before + len(files))
        return self.settled()

    def settled(self) -> list[WebElement]:
        """Return the cards once no photo is under way."""
        self.wait(lambda: not self.all(".photo[aria-busy=true]"))
        return self.all(".photo")

    def state(self, card: WebElement) -> str:
        return self.one(".state", card).text

    def brightness(self, card: WebElement, which: str) -> float:
        """Return the mean of a picture shown in a card, in [0, 255]; `which` is "before" or "after"."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", card)
        image = self.one(f"img.{which}", card)
        self.wait(lambda: self.run("return arguments[0].complete && arguments[0].naturalWidth > 0", image))
        return float(self.run(MEAN, image))

    def downloaded(self, name: str) -> bytes:
        """Return a downloaded file once all of it is there."""
        path = self.downloads / name
        self.wait(path.exists)
        return path.read_bytes()

    def screenshot(self, name: str) -> None:
        """Keep a picture of the window with the artefacts of the run."""
        self._screenshots.mkdir(parents=True, exist_ok=True)
        pictures = "[...document.images].filter((image) => image.hasAttribute('src'))"
        self.wait(lambda: self.run(f"return {pictures}.every((image) => image.complete)"))
        self.chrome.save_screenshot(str(self._screenshots / f"{name}.png"))

    def complaints(self) -> Sequence[str]:
        """Return the errors on the browser's console that are not excused, and the requests to other hosts."""
        errors = [
            entry["message"]
            for entry in self.chrome.execute("getLog", {"type": "browser"})["value"]
            if entry["level"] == "SEVERE"
        ]
        if self.excused:
            errors = [error for error in errors if not re.search(self.excused, error)]
        asked = self.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        own = (f"{self.url}/", f"blob:{self.url}/")
        return [*errors, *(name for name in asked if not name.startswith(own))]
