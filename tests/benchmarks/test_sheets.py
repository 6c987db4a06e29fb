from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from benchmarks import sheets
from imaging.defects import Defect
from tests.photos import room


def test_real_photos_of_a_defect_come_first_and_listings_by_severity_otherwise(tmp_path: Path) -> None:
    for folder, name, image in (
        ("real/haze_unpaired", "fog.png", room(0) // 2 + 120),
        ("listings", "dark.png", room(1) // 6),
        ("listings", "sharp.png", room(2)),
        ("listings", "soft.png", cv2.GaussianBlur(room(2), (0, 0), 4)),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / folder / name), image[..., ::-1])
    (hazy,) = sheets.real_photos(tmp_path, Defect.HAZY)
    assert hazy.min() >= 120
    blurred = next(sheets.real_photos(tmp_path, Defect.BLUR))
    assert cv2.Laplacian(blurred, cv2.CV_32F).var() < cv2.Laplacian(room(2), cv2.CV_32F).var()


def test_the_command_writes_a_sheet_for_every_defect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SHOWN", 1)
    monkeypatch.setattr(sheets, "ALONE", sheets.ALONE[:1])
    (tmp_path / "listings").mkdir()
    cv2.imwrite(str(tmp_path / "listings" / "room.png"), room(0)[..., ::-1])
    sheets.main(["--photos", str(tmp_path), "--out", str(tmp_path / "out")])
    written = {path.stem for path in (tmp_path / "out").iterdir()}
    assert written == {*Defect, "left_alone"}
    sheet = cv2.imread(str(tmp_path / "out" / "blur.png"))
    assert sheet is not None
    assert sheet.shape == (sheets.TILE_PX[1], 3 * sheets.TILE_PX[0], 3)
