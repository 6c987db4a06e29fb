from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.fake_service import REPORT, fake_service, problem
from tests.cli.files import JPEG, make_files


def test_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(tmp_path, {"[b]a.jpg": JPEG})
    with fake_service() as service:
        assert main(["inspect", str(tmp_path / "[b]a.jpg"), "--url", service.url]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == f"{tmp_path}/[b]a.jpg: 640 × 480 jpeg, tilt +2.5°"
    assert "low_light 0.80 0.30 yes step 1, strength 1" in lines
    assert "noisy 0.10 0.30 no" in lines


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(tmp_path, {"a.jpg": JPEG, "b.txt": b"hello"})
    with fake_service() as service:
        arguments = [str(tmp_path / "a.jpg"), str(tmp_path / "b.txt"), "--json"]
        assert main(["inspect", *arguments, "--url", service.url]) == 1
    reports = {Path(report.pop("source")).name: report for report in json.loads(capsys.readouterr().out)}
    assert reports["a.jpg"] == REPORT
    assert "no photo" in reports["b.txt"]["error"]


def test_the_sensitivity_is_sent(tmp_path: Path) -> None:
    make_files(tmp_path, {"a.jpg": JPEG})
    with fake_service() as service:
        assert main(["inspect", str(tmp_path), "--sensitivity", "careful", "--url", service.url]) == 0
    assert service.requests[0].query == {"sensitivity": ["careful"]}


def test_a_broken_photo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(tmp_path, {"a.jpg": JPEG})
    with fake_service(lambda request: problem(400, "the photo breaks off")) as service:
        assert main(["inspect", str(tmp_path), "--url", service.url]) == 1
    assert "a.jpg: the photo breaks off (400)" in capsys.readouterr().err


def test_no_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(tmp_path, {"a.jpg": JPEG})
    assert main(["inspect", str(tmp_path / "a.jpg"), "--url", "http://127.0.0.1:9"]) == 1
    assert "`belvedere serve`" in capsys.readouterr().err


def test_a_wrong_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "a.jpg", "--url", "localhost"]) == 2
    assert "no URL" in capsys.readouterr().err
