"""The store of decisions and studies: every statement that is sent to the database."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from hashlib import sha256
from itertools import combinations
from operator import itemgetter
from random import SystemRandom
from secrets import token_urlsafe
from threading import Lock

from sqlalchemy import Connection, Engine, Insert, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from imaging.defects import Defect
from imaging.errors import NotFoundError, UnavailableError
from study import queries, schema
from study.database import WRITES, open_database
from study.decisions import Decision
from study.pairs import Tally, choose_pairs
from study.results import Answer, AskedPair, Choice, Chosen, PhotoVersions, Progress, Side, Study, StudyEntry

logger = logging.getLogger("ray.serve")

_UNAVAILABLE = "the store of decisions and studies does not answer; try again soon"


class Store:
    """Both stores in one database. May be used by many threads, and by many processes at once.

    Every method raises UnavailableError when the database does not answer; the next call tries it anew.
    """

    def __init__(self, database: str) -> None:
        """Make a store.

        Args:
            database: A path or URL, as `open_database` takes it. Opened by the first call.
        """
        self._database = database
        self._opening = Lock()
        self._opened: Engine | None = None
        self._random = SystemRandom()
        self._pairs: dict[int, Sequence[Tally]] = {}

    def open(self) -> None:
        """Open the database and bring its schema up to date, if that is not done yet."""
        with _answering():
            _ = self._engine

    def close(self) -> None:
        """Close the connections that are not in use; a later call opens the database again."""
        with self._opening:
            if self._opened is not None:
                self._opened.dispose()
                self._opened = None

    @property
    def _engine(self) -> Engine:
        with self._opening:
            if self._opened is None:
                self._opened = open_database(self._database)
            return self._opened

    def decide(self, decision: Decision) -> bool:
        """Keep a decision. Once this returns it is on the disk.

        Returns:
            Whether it replaced an earlier one on the same result.
        """
        row = {
            "photo": decision.photo,
            "found": list(decision.found),
            "repaired": dict(decision.repaired),
            "adjustments": dict(decision.adjustments),
            "kept": decision.kept,
            "decided_at": decision.decided_at,
            "version": decision.version,
        }
        with self._writing() as connection:
            insertion = self._insert_once(schema.decisions).values(id=decision.id, **row)
            if connection.scalar(insertion.returning(schema.decisions.c.id)) is not None:
                return False
            connection.execute(update(schema.decisions).where(schema.decisions.c.id == decision.id).values(**row))
            return True

    def decisions(self, since: date | None = None) -> list[Decision]:
        """Return the decisions made since the beginning of a day (UTC), oldest first."""
        table = schema.decisions.c
        query = select(schema.decisions).order_by(table.decided_at, table.id)
        if since is not None:
            query = query.where(table.decided_at >= datetime.combine(since, time(), UTC))
        with self._reading() as connection:
            return [
                Decision(
                    row.photo,
                    tuple(map(Defect, row.found)),
                    {Defect(name): strength for name, strength in row.repaired.items()},
                    row.adjustments,
                    row.kept,
                    row.decided_at,
                    row.version,
                )
                for row in connection.execute(query)
            ]

    def create_study(self, name: str, title: str, variants: Sequence[str], photos: Iterable[PhotoVersions]) -> None:
        """Make a study, whole or not at all.

        Raises:
            ValueError: There is a study of that name, or nothing to compare.
        """
        with self._writing() as connection:
            try:
                study_id = queries.made(
                    connection,
                    schema.studies,
                    name=name,
                    title=title,
                    variants=list(variants),
                    created_at=queries.now(),
                )
            except IntegrityError:
                raise ValueError(f"there is a study {name!r} already; choose another name") from None
            pairs = 0
            for photo in photos:
                images = self._add_images(connection, study_id, photo)
                for first, second in combinations(images, 2):
                    ids = {"first_id": first, "second_id": second}
                    connection.execute(insert(schema.pairs).values(id=token_urlsafe(12), study_id=study_id, **ids))
                    pairs += 1
            if not pairs:
                raise ValueError("the variants leave every photo alike: there is nothing to compare")

    def _add_images(self, connection: Connection, study_id: int, photo: PhotoVersions) -> list[str]:
        """Add a photo and its distinct versions, in random order; return their ids."""
        photo_id = queries.made(connection, schema.photos, study_id=study_id, name=photo.name, found=list(photo.found))
        alike: dict[bytes, list[str]] = defaultdict(list)
        for variant, jpeg in photo.jpegs.items():
            alike[jpeg].append(variant)
        images = [
            {
                "id": token_urlsafe(12),
                "photo_id": photo_id,
                "variants": names,
                "digest": sha256(jpeg).hexdigest(),
                "jpeg": jpeg,
            }
            for jpeg, names in alike.items()
        ]
        connection.execute(insert(schema.images), images)
        ids = [str(image["id"]) for image in images]
        self._random.shuffle(ids)
        return ids

    def studies(self) -> list[StudyEntry]:
        """Return all studies by name."""

        def count(table: Table) -> object:
            return (
                select(func.count()).select_from(table).where(table.c.study_id == schema.studies.c.id).scalar_subquery()
            )

        columns = (schema.studies.c.name, schema.studies.c.title, count(schema.photos), count(schema.pairs))
        with self._reading() as connection:
            rows = connection.execute(select(*columns).order_by(schema.studies.c.name))  # type: ignore[call-overload]
            return [StudyEntry(*row) for row in rows]

    def join(self, study: str) -> tuple[str, Progress]:
        """Let one more person take part; return the token they go by, and their progress.

        Raises:
            NotFoundError: There is no such study.
        """
        token = token_urlsafe(24)
        with self._writing() as connection:
            study_id = queries.study_row(connection, study).id
            queries.made(connection, schema.participants, study_id=study_id, token=token, joined_at=queries.now())
            return token, Progress(0, queries.count_pairs(connection, study_id))

    def ask(self, study: str, participant: str, count: int) -> tuple[list[AskedPair], Progress]:
        """Return up to `count` pairs for a participant, and their progress.

        Those handed out and not answered come first, on the sides they were. None when all are answered.

        Raises:
            NotFoundError: There is no such study or participant.
        """
        with self._reading() as connection:
            person = queries.participant_row(connection, study, participant)
            progress = queries.progress_of(connection, person)
            waiting = queries.waiting_pairs(connection, person.id, count)
            if len(waiting) >= count:
                return waiting, progress
            seen = select(schema.asked.c.pair_id).where(schema.asked.c.participant_id == person.id)
            tallies = queries.tallies_of(connection, person.study_id, self._pairs_of(connection, person.study_id))
            chosen = choose_pairs(tallies, set(connection.scalars(seen)), count - len(waiting), self._random)
        if not chosen:
            return waiting, progress
        with self._writing() as connection:
            rows = []
            for pair in chosen:
                sides = {"first_on_left": self._random.random() < 0.5, "asked_at": queries.now()}
                rows.append({"participant_id": person.id, "pair_id": pair, **sides})
            # In one order everywhere: two windows of a participant that each wait for what the other has inserted are
            # a deadlock.
            for row in sorted(rows, key=itemgetter("pair_id")):
                connection.execute(self._insert_once(schema.asked).values(**row))
            waiting = queries.waiting_pairs(connection, person.id, count)
        # None: another window of the same participant was handed these, and has answered them.
        return (waiting, progress) if waiting else self.ask(study, participant, count)

    def _pairs_of(self, connection: Connection, study_id: int) -> Sequence[Tally]:
        """The pairs of a study without their answers; a study never changes, so that they are read once."""
        if study_id not in self._pairs:
            self._pairs[study_id] = queries.pairs_of(connection, study_id)
        return self._pairs[study_id]

    def choose(self, study: str, participant: str, pair: str, side: Side, response_ms: int) -> Chosen:
        """Keep a participant's choice; if there is one already, that stands.

        Raises:
            NotFoundError: There is no such study or participant, or the pair was not handed out to them.
        """
        table = schema.asked.c
        with self._writing() as connection:
            person = queries.participant_row(connection, study, participant)
            this = (table.participant_id == person.id) & (table.pair_id == pair)
            first_on_left = connection.scalar(select(table.first_on_left).where(this))
            if first_on_left is None:
                raise NotFoundError("this participant was not asked about that pair")
            answer: Answer = "same" if side == "same" else "first" if (side == "left") == first_on_left else "second"
            change = update(schema.asked).where(this, table.answer.is_(None))
            changed = connection.execute(change.values(answer=answer, response_ms=response_ms, chosen_at=queries.now()))
            standing = connection.scalar(select(table.answer).where(this))
            others = select(table.answer).where(
                table.pair_id == pair, table.participant_id != person.id, table.answer.is_not(None)
            )
            answers = connection.scalars(others).all()
            progress = queries.progress_of(connection, person)
            return Chosen(changed.rowcount == 1, answers.count(standing), len(answers), progress)

    def image(self, study: str, image: str) -> bytes:
        """Return a JPEG file of a study.

        Raises:
            NotFoundError: There is no such study or image.
        """
        tables = schema.images.join(schema.photos).join(schema.studies)
        query = select(schema.images.c.jpeg).select_from(tables)
        query = query.where(schema.images.c.id == image, schema.studies.c.name == study)
        with self._reading() as connection:
            jpeg = connection.scalar(query)
        if jpeg is None:
            raise NotFoundError("there is no such image in this study")
        return bytes(jpeg)

    def study(self, name: str) -> Study:
        """Return a study with all its answers.

        Raises:
            NotFoundError: There is no such study.
        """
        table = schema.asked.c
        answers = (
            select(schema.asked, schema.pairs.c.first_id, schema.pairs.c.second_id)
            .join(schema.pairs)
            .where(table.answer.is_not(None))
            .order_by(table.chosen_at, table.participant_id, table.pair_id)
        )
        photos = select(schema.photos.c.name, schema.photos.c.found)
        with self._reading() as connection:
            study = queries.study_row(connection, name)
            images = queries.images_of(connection, study.id)
            choices = tuple(
                Choice(
                    row.participant_id,
                    row.pair_id,
                    images[row.first_id].name,
                    tuple(images[row.first_id].variants),
                    tuple(images[row.second_id].variants),
                    row.answer,
                    row.first_on_left,
                    row.response_ms,
                )
                for row in connection.execute(answers.where(schema.pairs.c.study_id == study.id))
            )
            rows = connection.execute(photos.where(schema.photos.c.study_id == study.id).order_by(schema.photos.c.name))
            found = {row.name: tuple(map(Defect, row.found)) for row in rows}
            return Study(study.name, study.title, tuple(study.variants), found, choices)

    def _insert_once(self, table: Table) -> Insert:
        """An INSERT that leaves a row alone which is there already: of two at once, the database decides."""
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        return sqlite.insert(table).on_conflict_do_nothing()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _answering(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction, committed to the disk at the end of the body."""
        with _answering(), self._engine.connect().execution_options(**WRITES) as connection, connection.begin():
            yield connection


@contextmanager
def _answering() -> Iterator[None]:
    """Raise UnavailableError when the database does not answer; the log says why, without what was sent to it."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
        logger.error("the database does not answer: %s", error)
        raise UnavailableError(_UNAVAILABLE) from None
