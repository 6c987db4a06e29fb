"""What the store asks the database, within a transaction that the store opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select

from imaging.errors import NotFoundError
from study import schema
from study.pairs import Tally
from study.results import Answer, AskedPair, Progress

AnyRow = Row[*tuple[Any, ...]]


def now() -> datetime:
    """Return the time that goes into rows."""
    return datetime.now(UTC)


def made(connection: Connection, table: Table, **values: object) -> int:
    """Insert a row and return its number."""
    return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def study_row(connection: Connection, name: str) -> AnyRow:
    """Return the row of a study.

    Raises:
        NotFoundError: There is none.
    """
    row = connection.execute(select(schema.studies).where(schema.studies.c.name == name)).one_or_none()
    if row is None:
        raise NotFoundError("there is no such study")
    return row


def participant_row(connection: Connection, study: str, token: str) -> AnyRow:
    """Return the row of a participant.

    Raises:
        NotFoundError: There is no such study, or nobody of that token in it.
    """
    study_id = study_row(connection, study).id
    table = schema.participants.c
    query = select(schema.participants).where(table.token == token, table.study_id == study_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("there is no such participant in this study")
    return row


def count_pairs(connection: Connection, study_id: int) -> int:
    """Return how many pairs a study has."""
    query = select(func.count()).select_from(schema.pairs).where(schema.pairs.c.study_id == study_id)
    return connection.execute(query).scalar_one()


def progress_of(connection: Connection, person: AnyRow) -> Progress:
    """Return how far a participant has come."""
    table = schema.asked.c
    done = select(func.count()).where(table.participant_id == person.id, table.answer.is_not(None))
    return Progress(connection.execute(done).scalar_one(), count_pairs(connection, person.study_id))


def waiting_pairs(connection: Connection, participant_id: int, count: int) -> list[AskedPair]:
    """Return the pairs handed out to a participant and not answered, oldest first."""
    table, pairs = schema.asked.c, schema.pairs.c
    query = (
        select(pairs.id, pairs.first_id, pairs.second_id, table.first_on_left)
        .join_from(schema.asked, schema.pairs)
        .where(table.participant_id == participant_id, table.answer.is_(None))
        .order_by(table.asked_at, pairs.id)
        .limit(count)
    )
    return [
        AskedPair(row.id, row.first_id, row.second_id)
        if row.first_on_left
        else AskedPair(row.id, row.second_id, row.first_id)
        for row in connection.execute(query)
    ]


def images_of(connection: Connection, study_id: int) -> dict[str, AnyRow]:
    """Return the id, the variants and the photo's name of each image of a study, by id."""
    images, photos = schema.images.c, schema.photos.c
    query = select(images.id, images.variants, photos.name).join_from(schema.images, schema.photos)
    return {row.id: row for row in connection.execute(query.where(photos.study_id == study_id))}


def pairs_of(connection: Connection, study_id: int) -> list[Tally]:
    """Return all pairs of a study, as if nobody had been asked."""
    pairs = schema.pairs.c
    images = images_of(connection, study_id)
    query = select(pairs.id, pairs.first_id, pairs.second_id).where(pairs.study_id == study_id)
    return [
        Tally(row.id, tuple(images[row.first_id].variants), tuple(images[row.second_id].variants), 0, 0.0, 0)
        for row in connection.execute(query)
    ]


def tallies_of(connection: Connection, study_id: int, pairs: Sequence[Tally]) -> list[Tally]:
    """Return the pairs of a study with what was answered so far."""
    table = schema.asked.c
    counts: dict[str, dict[Answer | None, int]] = defaultdict(dict)
    answers = (
        select(table.pair_id, table.answer, func.count().label("n"))
        .join_from(schema.asked, schema.pairs)
        .where(schema.pairs.c.study_id == study_id)
        .group_by(table.pair_id, table.answer)
    )
    for row in connection.execute(answers):
        counts[row.pair_id][row.answer] = row.n
    return [_counted(pair, counts[pair.pair]) if pair.pair in counts else pair for pair in pairs]


def _counted(pair: Tally, counts: dict[Answer | None, int]) -> Tally:
    handed_out = sum(counts.values())
    first_won = counts.get("first", 0) + counts.get("same", 0) / 2
    return replace(pair, handed_out=handed_out, first_won=first_won, answered=handed_out - counts.get(None, 0))
