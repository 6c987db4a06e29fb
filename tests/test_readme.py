"""The commands of the README, run word for word against the service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from imaging.codec import EncodeOptions, Photo, encode, read_header
from imaging.formats import ImageFormat
from imaging.limits import Limits
from imaging.metadata import Metadata
from tests.photos import room

README = Path(__file__).parent.parent / "README.md"
MARK = "<!-- run by tests/test_readme.py -->\n```sh\n"


def snippets() -> list[str]:
    return [part.partition("```")[0] for part in README.read_text().split(MARK)[1:]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the README's reader has it: a photo, and a folder of photos."""
    dark = (room() // 5).astype("uint8")
    photo = encode(Photo(dark, None, ImageFormat.JPEG, Metadata(None, None)), EncodeOptions(quality=90))
    (tmp_path / "photos" / "flat 1").mkdir(parents=True)
    (tmp_path / "photo.jpg").write_bytes(photo)
    (tmp_path / "photos" / "flat 1" / "kitchen.jpg").write_bytes(photo)
    return tmp_path


def run(snippet: str, folder: Path, url: str) -> None:
    script = snippet.replace("http://127.0.0.1:8000", url).replace("curl ", "curl --silent --show-error --fail ")
    script = re.sub(r"belvedere (enhance|inspect)", rf"belvedere \1 --url {url}", script)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_commands_do_what_it_says(folder: Path, url: str) -> None:
    for snippet in snippets():
        run(snippet, folder, url)
    formats = {
        "better.jpg": ImageFormat.JPEG,
        "better.webp": ImageFormat.WEBP,
        "brighter.jpg": ImageFormat.JPEG,
        "adjusted.jpg": ImageFormat.JPEG,
        "better/flat 1/kitchen.jpg": ImageFormat.JPEG,
    }
    for name, expected in formats.items():
        assert read_header((folder / name).read_bytes(), Limits()).format is expected, name


def test_the_first_screen_has_what_a_newcomer_needs() -> None:
    first_screen = "\n".join(README.read_text().splitlines()[:30])
    assert "make serve" in first_screen
    assert "make test" in first_screen
    assert "curl -F image=@photo.jpg" in first_screen
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README.read_text()):
        assert (README.parent / picture).stat().st_size > 10_000
