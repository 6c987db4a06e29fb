from __future__ import annotations

import json
import socket
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from cli import batch
from cli.main import main
from tests.cli.fake_service import Reply, Request, by_content, fake_service, good, photo, problem
from tests.cli.files import HEIC, JPEG, PNG, REPAIRED, WEBP, make_files, tree


@pytest.fixture
def album(tmp_path: Path) -> Path:
    files = {
        "dark.jpg": JPEG + b"dark",
        "house/good.png": PNG + b"good",
        "house/torn.jpg": JPEG + b"broken",
        "house/notes.txt": b"hello",
    }
    return make_files(tmp_path / "album", files)


def run(*arguments: str | Path) -> int:
    return main(["enhance", *map(str, arguments)])


def summary(path: Path) -> dict[str, dict[str, Any]]:
    return {Path(photo["source"]).name: photo for photo in json.loads(path.read_text())["photos"]}


def test_a_folder(album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "better"
    with fake_service() as service:
        status = run(album, "--out", out, "--url", service.url, "--jobs", "3")
    assert status == 1
    assert tree(out) == {"dark.jpg": REPAIRED, "house/good.png": PNG + b"good"}
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert f"{album}/dark.jpg: repaired low_light (found noisy, too)" in printed.out
    assert f"{album}/house/good.png: nothing to repair, original kept" in printed.out
    assert f"{album}/house/torn.jpg: FAILED: the photo breaks off (400)" in lines
    assert lines[-1].startswith("3 photos: 1 repaired; 1 with nothing to repair, originals copied; 1 failed")
    assert lines[-1].endswith("1 other files left out")
    assert printed.err == ""


def test_the_originals_stay_as_they_are(album: Path, tmp_path: Path) -> None:
    before = tree(album)
    with fake_service() as service:
        run(album, "--out", tmp_path / "better", "--url", service.url)
    assert tree(album) == before


def test_a_second_run_does_only_what_is_missing(album: Path, tmp_path: Path) -> None:
    out = tmp_path / "better"
    with fake_service() as service:
        run(album, "--out", out, "--url", service.url)
        service.requests.clear()
        run(album, "--out", out, "--url", service.url, "--json", tmp_path / "summary.json")
        assert [request.body for request in service.requests] == [JPEG + b"broken"]
        assert summary(tmp_path / "summary.json")["dark.jpg"]["status"] == "skipped"
        service.requests.clear()
        run(album, "--out", out, "--url", service.url, "--overwrite")
        assert len(service.requests) == 3


def test_a_heic_with_nothing_to_repair_is_skipped_the_second_time(tmp_path: Path) -> None:
    make_files(tmp_path / "album", {"a.heic": HEIC})
    with fake_service(lambda request: good()) as service:
        for _ in range(2):
            assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url) == 0
    assert tree(tmp_path / "out") == {"a.heic": HEIC}
    assert len(service.requests) == 1


def test_the_summary_as_json(album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with fake_service() as service:
        assert run(album, "--out", tmp_path / "better", "--url", service.url, "--json", "-") == 1
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert "repaired low_light" in printed.err
    seconds = document["photos"][0].pop("seconds")
    assert 0 < seconds < 60
    assert document["photos"][0] == {
        "source": str(album / "dark.jpg"),
        "status": "repaired",
        "output": str(tmp_path / "better/dark.jpg"),
        "found": ["low_light", "noisy"],
        "fixed": ["low_light"],
        "error": None,
    }
    assert [photo["status"] for photo in document["photos"]] == ["repaired", "unchanged", "failed"]
    totals = document["totals"]
    assert (totals["photos"], totals["repaired"], totals["failed"], totals["other_files"]) == (3, 1, 1, 1)


def test_the_suffix_follows_the_answer(tmp_path: Path) -> None:
    make_files(tmp_path / "album", {"a.jpg": PNG, "b.heic": HEIC})
    with fake_service(lambda request: photo(b"webp", "image/webp")) as service:
        assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url) == 0
    assert tree(tmp_path / "out") == {"a.webp": b"webp", "b.webp": b"webp"}


def test_two_photos_never_share_an_output(tmp_path: Path) -> None:
    make_files(tmp_path / "album", {"a.heic": HEIC, "a.jpg": JPEG, "A.PNG": JPEG + b"another"})

    def answer(request: Request) -> Reply:
        return photo(request.body)

    with fake_service(answer) as service:
        assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url) == 0
    assert tree(tmp_path / "out") == {"a.jpg": JPEG, "A-2.jpg": JPEG + b"another", "a-3.jpg": HEIC}


def test_photos_are_sent_several_at_once(tmp_path: Path) -> None:
    make_files(tmp_path / "album", {f"{n}.jpg": JPEG for n in range(6)})
    meeting = threading.Barrier(3, timeout=10)

    def answer(request: Request) -> Reply:
        meeting.wait()
        return good()

    with fake_service(answer) as service:
        assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url, "--jobs", "3") == 0


def test_no_service_is_one_sentence(album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert run(album, "--out", tmp_path / "out", "--url", url) == 1
    printed = capsys.readouterr()
    assert printed.err == f"no service answers at {url}: start one with `belvedere serve`, or name another with --url\n"
    assert printed.out.startswith("3 photos: 3 not tried")


def test_a_file_that_cannot_be_written_costs_only_itself(album: Path, tmp_path: Path) -> None:
    out = make_files(tmp_path / "out", {"house": b"a file where a folder should be"})
    with fake_service() as service:
        assert run(album, "--out", out, "--url", service.url, "--json", tmp_path / "s.json") == 1
    assert tree(out)["dark.jpg"] == REPAIRED
    assert "house" in summary(tmp_path / "s.json")["good.png"]["error"]


def test_a_photo_that_vanishes_costs_only_itself(album: Path, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        (album / "house/good.png").unlink(missing_ok=True)
        return by_content(request)

    with fake_service(answer) as service:
        run(album, "--out", tmp_path / "out", "--url", service.url, "--jobs", "1", "--json", tmp_path / "s.json")
    assert summary(tmp_path / "s.json")["good.png"]["error"] == "No such file or directory"


def test_what_is_named_and_is_no_photo_is_told(album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with fake_service() as service:
        arguments = (album / "dark.jpg", album / "house/notes.txt", tmp_path / "missing.jpg")
        assert run(*arguments, "--out", tmp_path / "out", "--url", service.url) == 1
    printed = capsys.readouterr().out
    assert "notes.txt: FAILED: these bytes are no photo" in printed
    assert "missing.jpg: FAILED: does not exist" in printed
    assert tree(tmp_path / "out") == {"dark.jpg": REPAIRED}


@pytest.mark.parametrize("out", ["album", "album/../album", "album/dark.jpg"])
def test_a_result_is_never_written_over_an_original(album: Path, out: str) -> None:
    before = tree(album)
    assert run(album, "--out", album.parent / out, "--overwrite") == 2
    assert run(album / "dark.jpg", "--out", album.parent / out, "--overwrite") == 2
    assert tree(album) == before


def test_an_original_under_the_output_folder_is_safe(tmp_path: Path) -> None:
    make_files(tmp_path, {"one/a.jpg": JPEG, "two/a.jpg": JPEG})
    assert run(tmp_path / "one", tmp_path / "two", "--out", tmp_path, "--overwrite") == 2
    assert tree(tmp_path) == {"one/a.jpg": JPEG, "two/a.jpg": JPEG}


@pytest.mark.parametrize(
    "arguments",
    [
        ["enhance", "a.jpg"],
        ["enhance", "--out", "x"],
        ["enhance", "a.jpg", "--out", "x", "--strength", "1.5"],
        ["enhance", "a.jpg", "--out", "x", "--strength", "nan"],
        ["enhance", "a.jpg", "--out", "x", "--defects", "ugly"],
        ["enhance", "a.jpg", "--out", "x", "--format", "heic"],
        ["enhance", "a.jpg", "--out", "x", "--quality", "0"],
        ["enhance", "a.jpg", "--out", "x", "--max-side", "0"],
        ["enhance", "a.jpg", "--out", "x", "--jobs", "many"],
        ["improve", "a.jpg"],
        [],
    ],
)
def test_wrong_usage(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert tree(tmp_path) == {}


def test_a_wrong_url_is_wrong_usage(album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(album, "--out", tmp_path / "out", "--url", "localhost") == 2
    assert "no URL" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_options_reach_the_service(album: Path, tmp_path: Path) -> None:
    options = ["--defects", "blur", "noisy", "--strength", "0.5", "--format", "webp", "--quality", "80"]
    with fake_service() as service:
        run(
            album / "dark.jpg",
            "--out",
            tmp_path / "out",
            "--url",
            service.url,
            "--max-side",
            "900",
            "--strip-metadata",
            *options,
        )
    assert service.requests[0].query == {
        "defects": ["blur", "noisy"],
        "strength": ["0.5"],
        "format": ["webp"],
        "quality": ["80"],
        "max_side": ["900"],
        "keep_metadata": ["false"],
    }


def test_an_interrupt_stops_the_rest_and_tells_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files(tmp_path / "album", {f"{n:02}.jpg": JPEG for n in range(40)})

    def interrupted(futures: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "as_completed", interrupted)
    with fake_service() as service:
        assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url, "--jobs", "1") == 130
    assert len(service.requests) < 40
    assert "interrupted; the same command goes on" in capsys.readouterr().err
    assert all(not name.endswith(".part") for name in tree(tmp_path / "out"))


def test_results_are_readable_as_other_new_files_are(album: Path, tmp_path: Path) -> None:
    with fake_service() as service:
        run(album, "--out", tmp_path / "out", "--url", service.url)
    (tmp_path / "plain").write_bytes(b"")
    expected = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "out/dark.jpg").stat().st_mode) == expected


def test_names_of_odd_bytes_and_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(tmp_path / "album", {"[red]\udcff\x1b[31m.jpg": JPEG})
    with fake_service() as service:
        assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url, "--json", tmp_path / "s") == 0
    assert "[red]??[31m.jpg: repaired" in capsys.readouterr().out
    assert json.loads((tmp_path / "s").read_text())["photos"][0]["status"] == "repaired"


def test_a_fault_of_the_program_in_one_photo_costs_only_that(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cli.client import ServiceClient

    enhance = ServiceClient.enhance

    def faulty(self: ServiceClient, data: bytes, format_: Any) -> Any:
        if data == JPEG + b"dark":
            raise IndexError("out of range")
        return enhance(self, data, format_)

    monkeypatch.setattr(ServiceClient, "enhance", faulty)
    with fake_service() as service:
        run(album, "--out", tmp_path / "out", "--url", service.url, "--json", tmp_path / "s.json")
    photos = summary(tmp_path / "s.json")
    assert photos["dark.jpg"]["error"] == "internal error (IndexError: out of range)"
    assert photos["good.png"]["status"] == "unchanged"


def test_a_photo_that_no_repair_made_better(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(tmp_path / "album", {"a.webp": WEBP})
    with fake_service(lambda request: good("blur, noisy")) as service:
        assert run(tmp_path / "album", "--out", tmp_path / "out", "--url", service.url) == 0
    assert "no repair of blur, noisy made it better, original kept" in capsys.readouterr().out


def test_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "album").mkdir()
    assert run(tmp_path / "album", "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.startswith("0 photos")


def test_a_problem_document_without_details(album: Path, tmp_path: Path) -> None:
    with fake_service(lambda request: problem(422, "")) as service:
        run(album / "dark.jpg", "--out", tmp_path / "out", "--url", service.url, "--json", tmp_path / "s.json")
    assert summary(tmp_path / "s.json")["dark.jpg"]["error"] == "Problem (422)"
