"""The commands of the README, run word for word against the service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import yaml

from configs.settings import AppArgs
from deployments.app import compose
from enhancers import CATALOGUE
from imaging.codec import EncodeOptions, Photo, encode, read_header
from imaging.formats import ImageFormat
from imaging.limits import Limits
from imaging.metadata import Metadata
from tests.configs.serve_yaml import unknown_keys
from tests.photos import room, rooms
from training.split import Part, part

README = Path(__file__).parent.parent / "README.md"


def snippets(done_with_it: str = "run", language: str = "sh") -> list[str]:
    mark = f"<!-- {done_with_it} by tests/test_readme.py -->\n```{language}\n"
    return [part.partition("```")[0] for part in README.read_text().split(mark)[1:]]


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
        env=os.environ | {"PATH": path, "HOME": str(folder)},
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
    assert (folder / "ranking.png").stat().st_size > 10_000
    for name, expected in formats.items():
        assert read_header((folder / name).read_bytes(), Limits()).format is expected, name


def test_a_network_is_trained_and_rolled_out_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for i, each in enumerate(rooms(8)):
        cv2.imwrite(str(tmp_path / "photos" / f"{i}.png"), each[..., ::-1])
    assert {part(str(i)) for i in range(8)} == set(Part)
    (command,) = snippets("trained")
    assert "--minutes 60" in command
    script = command.replace("--minutes 60", "--minutes 0.01").replace("python ", f"{sys.executable} ")
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(README.parent)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = yaml.safe_load(done.stdout[done.stdout.index("checkpoints:") :])["checkpoints"]
    (config,) = snippets("deployed", "yaml")
    (application,) = yaml.safe_load(config)["applications"]
    written = application["args"]["checkpoints"]
    assert {name: values.keys() for name, values in written.items()} == {
        name: values.keys() for name, values in printed.items()
    }
    application["args"]["checkpoints"] = printed
    assert unknown_keys({"applications": [application]}) == []
    assert compose(AppArgs.model_validate(application["args"]), "cpu", CATALOGUE)


def test_the_first_screen_has_what_a_newcomer_needs() -> None:
    first_screen = "\n".join(README.read_text().splitlines()[:30])
    assert "make serve" in first_screen
    assert "make test" in first_screen
    assert "curl -F image=@photo.jpg" in first_screen
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README.read_text()):
        assert (README.parent / picture).stat().st_size > 10_000
