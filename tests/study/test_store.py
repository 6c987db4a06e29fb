"""The store, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import LargeBinary, inspect

from imaging.defects import Defect
from imaging.errors import NotFoundError, UnavailableError
from study import schema
from study.database import open_database
from study.results import PhotoVersions, Side
from study.store import Store
from tests.study.samples import WHEN, decision, make_study, versions

ROOT = Path(__file__).resolve().parents[2]


def test_a_decision_comes_back_as_it_was(store: Store) -> None:
    assert store.decide(decision()) is False
    assert store.decisions() == [decision()]


def test_a_later_decision_on_the_same_result_replaces_the_earlier(store: Store) -> None:
    changed = decision(kept=False, decided_at=WHEN + timedelta(hours=1))
    assert store.decide(decision()) is False
    assert store.decide(changed) is True
    assert store.decisions() == [changed]


def test_another_repair_of_the_same_photo_is_another_result(store: Store) -> None:
    others = [
        decision(repaired={Defect.LOW_LIGHT: 0.5}),
        decision(repaired={}),
        decision(adjustments={}),
        decision("bath"),
    ]
    assert [store.decide(each) for each in (decision(), *others)] == [False] * 5
    assert len(store.decisions()) == 5


def test_the_order_in_which_repairs_are_named_does_not_matter() -> None:
    repairs = {Defect.LOW_LIGHT: 1.0, Defect.NOISY: 0.5}
    assert decision(repaired=repairs).id == decision(repaired=dict(reversed(repairs.items()))).id


def test_decisions_since_a_day(store: Store) -> None:
    for days in range(3):
        store.decide(decision(days, decided_at=WHEN + timedelta(days=days)))
    assert [each.decided_at.day for each in store.decisions(date(2026, 2, 11))] == [11, 12]


def test_many_at_once_decide_on_one_result_once(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        replaced = list(pool.map(store.decide, [decision(kept=bool(i % 2)) for i in range(40)]))
    assert replaced.count(False) == 1
    assert len(store.decisions()) == 1


def test_each_pair_is_asked_at_most_once_with_twenty_threads_for_one_participant(store: Store, database: str) -> None:
    make_study(store, photos=4)
    me, progress = store.join("study")
    start = threading.Barrier(20)

    def click_through(mine: Store) -> list[tuple[str, bool]]:
        start.wait()
        chosen = []
        while pairs := mine.ask("study", me, 2)[0]:
            for pair in pairs:
                chosen.append((pair.id, mine.choose("study", me, pair.id, "left", 1000).first_time))
        return chosen

    with closing(Store(database)) as another_replica, ThreadPoolExecutor(20) as pool:
        chosen = [each for clicks in pool.map(click_through, [store, another_replica] * 10) for each in clicks]
    counted = Counter(pair for pair, first_time in chosen if first_time)
    assert len(counted) == progress.total == 12
    assert set(counted.values()) == {1}
    assert len(store.study("study").choices) == progress.total
    assert store.ask("study", me, 1)[1].done == progress.total


def test_twenty_participants_at_once_are_each_asked_everything_once(store: Store) -> None:
    make_study(store, photos=2)

    def take_part(_: int) -> int:
        me, _progress = store.join("study")
        asked = 0
        while pairs := store.ask("study", me, 2)[0]:
            assert store.choose("study", me, pairs[0].id, "same", 1000).first_time
            asked += 1
        return asked

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(take_part, range(20))) == [6] * 20
    choices = store.study("study").choices
    assert len({(choice.participant, choice.pair) for choice in choices}) == len(choices) == 120


def test_the_first_choice_stands(store: Store) -> None:
    make_study(store, photos=1)
    me, _ = store.join("study")
    [pair] = store.ask("study", me, 1)[0]
    assert store.choose("study", me, pair.id, "left", 900).first_time
    again = store.choose("study", me, pair.id, "right", 5)
    assert (again.first_time, again.progress.done) == (False, 1)
    [choice] = store.study("study").choices
    assert (choice.side, choice.response_ms) == ("left", 900)


def test_a_choice_means_the_version_that_was_shown(store: Store) -> None:
    make_study(store, photos=6, variants=("a", "b"))
    me, _ = store.join("study")
    for pair in store.ask("study", me, 6)[0]:
        side: Side = "left" if store.image("study", pair.left).endswith(b"a") else "right"
        store.choose("study", me, pair.id, side, 1000)
    for choice in store.study("study").choices:
        assert (choice.first if choice.answer == "first" else choice.second) == ("a",)


def test_variants_that_look_alike_are_never_asked_about(store: Store) -> None:
    photos = [
        versions("same.jpg", {"a": "x", "b": "x", "c": "x"}),
        versions("two.jpg", {"a": "x", "b": "x", "c": "y"}),
        versions("all.jpg", {"a": "x", "b": "y", "c": "z"}),
    ]
    store.create_study("study", "Study", ("a", "b", "c"), photos)
    me, progress = store.join("study")
    pairs = store.ask("study", me, 10)[0]
    assert len(pairs) == progress.total == 1 + 3
    assert all(store.image("study", pair.left) != store.image("study", pair.right) for pair in pairs)
    for pair in pairs:
        store.choose("study", me, pair.id, "left", 1000)
    [choice] = [choice for choice in store.study("study").choices if choice.photo == "two.jpg"]
    assert {choice.first, choice.second} == {("a", "b"), ("c",)}


def test_a_study_is_made_whole_or_not_at_all(store: Store) -> None:
    def broken() -> Iterator[PhotoVersions]:
        yield versions("1.jpg", {"a": "x", "b": "y"})
        raise OSError("the disk went away")

    with pytest.raises(UnavailableError):
        store.create_study("study", "Study", ("a", "b"), broken())
    with pytest.raises(ValueError, match="nothing to compare"):
        store.create_study("study", "Study", ("a", "b"), [versions("1.jpg", {"a": "x", "b": "x"})])
    assert store.studies() == []
    make_study(store, photos=1)
    with pytest.raises(ValueError, match="already"):
        make_study(store, photos=2)
    assert [entry.photos for entry in store.studies()] == [1]


def test_one_study_does_not_open_another(store: Store) -> None:
    make_study(store, photos=1, name="one")
    make_study(store, photos=1, name="two")
    me, _ = store.join("one")
    [pair] = store.ask("one", me, 1)[0]
    for ask in (
        lambda: store.ask("two", me, 1),
        lambda: store.choose("two", me, pair.id, "left", 1),
        lambda: store.image("two", pair.left),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_the_migrations_make_the_schema_and_may_run_again(database: str) -> None:
    for _ in range(2):
        engine = open_database(database)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, schema.metadata) == []
            assert context.get_current_revision() is not None
        engine.dispose()
    for _ in range(2):
        with closing(Store(database)) as store:
            store.decide(decision())
            assert store.decisions() == [decision()]


def test_processes_that_start_at_once_migrate_once(database: str) -> None:
    program = "import sys; from study.database import open_database; sys.stdin.read(); open_database(sys.argv[1])"
    command = [sys.executable, "-c", program, database]
    starting = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for process in starting:
        assert process.stdin is not None
        process.stdin.close()
    for process in starting:
        with process:
            assert process.wait(60) == 0, process.stderr and process.stderr.read()
    with closing(Store(database)) as store:
        assert store.decisions() == []


DECIDER = """
import sys
from study.store import Store
from tests.study.samples import decision
store = Store(sys.argv[1])
for number in range(1_000_000):
    store.decide(decision(number))
    print(number, flush=True)  # the answer 201
"""


def test_what_was_answered_survives_kill_9(database: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", DECIDER, database], cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    answered = [int(process.stdout.readline()) for _ in range(25)]
    process.kill()
    answered += [int(line) for line in process.stdout]
    process.wait()
    process.stdout.close()
    with closing(Store(database)) as store:
        kept = {each.photo for each in store.decisions()}
    assert {decision(number).photo for number in answered} <= kept


def test_feedback_has_no_place_for_a_photo(store: Store, database: str) -> None:
    store.decide(decision())
    engine = open_database(database)
    columns = inspect(engine).get_columns("decisions")
    engine.dispose()
    assert not any(isinstance(column["type"], LargeBinary) for column in columns)


def test_the_file_is_private_and_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "data" / "people.sqlite"
    with closing(Store(str(path))) as store:
        store.decide(decision())
        files = [path.parent, *path.parent.iterdir()]
        assert len(files) == 4  # the folder, the database, its log and the log's index
        assert not any(stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files)
    engine = open_database(str(path))
    with engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert pragmas == ["wal", 2, 1]


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with closing(Store("~/people.sqlite")) as store:
        store.open()
    with closing(sqlite3.connect(tmp_path / "people.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (0,)


def test_a_password_is_never_told(caplog: pytest.LogCaptureFixture) -> None:
    store = Store("postgresql+psycopg://belvedere:s3cret@127.0.0.1:1/belvedere")
    with pytest.raises(UnavailableError) as caught:
        store.open()
    with pytest.raises(ValueError, match="postgresql") as refused:
        Store("mysql://belvedere:s3cret@127.0.0.1/belvedere").open()
    assert "s3cret" not in str(caught.value) + str(refused.value) + caplog.text
    assert "refused" in caplog.text
