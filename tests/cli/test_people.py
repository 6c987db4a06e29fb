"""`belvedere feedback` and `belvedere study`, against a database and with real repairs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest

from cli.main import main
from cli.variants import MAX_SIDE_PX, parse_variant
from enhancers.base import CHECKPOINTS
from imaging.codec import EncodeOptions, Photo, decode, encode
from imaging.color import linear_to_srgb, srgb_to_linear
from imaging.defects import Defect
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits
from imaging.metadata import Metadata
from study.store import Store
from tests.cli.files import make_files
from tests.photos import enlarged, shipped
from tests.study.samples import decision, make_study


def jpeg(image: Image) -> bytes:
    return encode(Photo(image, None, ImageFormat.JPEG, Metadata()), EncodeOptions(quality=95))


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "people.sqlite")


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with closing(Store(database)) as store:
        yield store


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dark = linear_to_srgb(srgb_to_linear(shipped("coffee")) * np.float32(0.06))
    files = {
        "house/dark.jpg": jpeg(dark),
        "large.jpg": jpeg(enlarged(dark, MAX_SIDE_PX + 400, 1200)),
        "torn.jpg": jpeg(dark)[:2000],
    }
    return make_files(tmp_path_factory.mktemp("album"), files)


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_feedback_report(store: Store, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(10):
        store.decide(decision(number, kept=number < 8))
    assert main(["feedback", "report", "--database", database, "--csv", str(tmp_path / "out.csv")]) == 0
    printed = words(capsys.readouterr().out)
    assert "low_light 10 8 80% 49% … 94%" in printed
    assert "2026-W07 anything done 10 8 80% 49% … 94%" in printed
    assert len(list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))) == 10
    assert main(["feedback", "report", "--database", database, "--since", "2026-02-11"]) == 0
    assert "low_light" not in capsys.readouterr().out


def test_a_study_is_made_of_repairs_and_of_files_made_elsewhere(
    album: Path, store: Store, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    by_another = jpeg(shipped("coffee"))
    make_files(elsewhere, {"house/dark.jpg": by_another, "large.jpg": by_another})
    command = ["study", "create", "kitchens", str(album), "--title", "Küchen", "--database", database]
    variants = ["--variants", "original", "first", "all", "low_light:0.5", "--variant", f"other={elsewhere}"]
    assert main([*command, *variants]) == 1  # one photo is torn
    printed = capsys.readouterr()
    assert f"{album}/torn.jpg: left out: " in printed.err
    assert printed.out.startswith("2 photos, ")

    [entry] = store.studies()
    assert (entry.name, entry.title, entry.photos) == ("kitchens", "Küchen", 2)
    me, _ = store.join("kitchens")
    brightness = {}
    for pair in store.ask("kitchens", me, 10)[0]:
        for image in (pair.left, pair.right):
            photo = decode(store.image("kitchens", image), Limits())
            assert max(photo.image.shape) <= MAX_SIDE_PX
            assert photo.metadata == Metadata()
            brightness[image] = photo.image.mean()
    assert max(brightness.values()) > 2 * min(brightness.values())
    assert "low_light" in store.study("kitchens").found["house/dark.jpg"]


def test_the_list_and_the_report(
    store: Store, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_study(store, photos=4, variants=("original", "all"))
    for _ in range(3):
        me, _progress = store.join("study")
        for pair in store.ask("study", me, 10)[0]:
            better = "left" if store.image("study", pair.left).endswith(b"all") else "right"
            store.choose("study", me, pair.id, better, 1500)  # type: ignore[arg-type]
    assert main(["study", "list", "--database", database]) == 0
    assert "study Study 4 4" in words(capsys.readouterr().out)
    out = ["--csv", str(tmp_path / "out.csv"), "--plot", str(tmp_path / "out.png")]
    assert main(["study", "report", "study", "--database", database, *out]) == 0
    printed = words(capsys.readouterr().out)
    assert printed[0] == "Study (choices: 12, participants: 3)"
    assert any(line.startswith("all 1 +") and line.endswith(" 12 12") for line in printed)
    assert any(line.startswith("hazy all 1 +") and line.endswith(" 6 6") for line in printed)
    assert any(line.startswith("0.jpg all 1 +") and line.endswith(" 3 3") for line in printed)
    assert "all 12" in printed
    assert "Two participants agree on 100% of 4 pairs; by chance on 50%." in printed
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert {row[row["choice"]] for row in rows} == {"all"}
    assert decode((tmp_path / "out.png").read_bytes(), Limits()).format is ImageFormat.PNG


def test_a_study_without_choices_has_a_report(
    store: Store, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_study(store, photos=1)
    assert main(["study", "report", "study", "--database", database, "--plot", str(tmp_path / "out.png")]) == 0
    assert "choices: 0, participants: 0" in capsys.readouterr().out


def test_variants_are_named_as_they_are_asked_for(tmp_path: Path) -> None:
    checkpoint = copyfile(CHECKPOINTS / "noisy.safetensors", tmp_path / "mine.safetensors")
    variant = parse_variant(f"all:0.5@noisy={checkpoint}")
    assert (variant.name, variant.strength) == ("all:0.5@noisy=mine", 0.5)
    assert variant.checkpoints == {Defect.NOISY: checkpoint}
    assert parse_variant("original").what is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--variants", "original"], "two variants"),
        (["--variants", "original", "all", "all"], "each named once"),
        (["--variants", "original", "best"], "no variant 'best'"),
        (["--variants", "original", "all:2"], "from 0 to 1"),
        (["--variants", "original", "all:nan"], "from 0 to 1"),
        (["--variants", "original", "all@noisy=missing.safetensors"], "no file"),
        (["--variants", "original", "--variant", "other=missing"], "NAME=FOLDER"),
        (["--variants", "original", "rotation:0"], "nothing to compare"),
    ],
)
def test_a_study_that_cannot_be_made(
    arguments: list[str], says: str, album: Path, store: Store, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "create", "study", str(album), "--database", database, *arguments]) == 2
    assert says in capsys.readouterr().err
    assert store.studies() == []


def test_a_name_that_is_taken_costs_no_repair(
    album: Path, store: Store, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_study(store, photos=1)
    command = ["study", "create", "study", str(album), "--variants", "original", "all", "--database", database]
    assert main(command) == 2
    assert "already" in capsys.readouterr().err


def test_a_study_that_is_not_there(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "report", "none", "--database", database]) == 1
    assert capsys.readouterr().err == "belvedere: there is no such study\n"


@pytest.mark.parametrize("action", [["feedback", "report"], ["study", "list"]])
def test_a_database_that_does_not_answer(action: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*action, "--database", "postgresql+psycopg://me:s3cret@127.0.0.1:1/belvedere"]) == 1
    printed = capsys.readouterr().err
    assert "does not answer" in printed
    assert "s3cret" not in printed
    assert main([*action, "--database", "mysql://me:s3cret@127.0.0.1/belvedere"]) == 2
    assert "s3cret" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "Küche", "a/b", "-a", "a" * 65])
def test_a_study_has_a_name_that_an_address_can_hold(name: str, database: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["study", "create", "--database", database, "--variants", "original", "all", "--", name, "album"])
    assert caught.value.code == 2
