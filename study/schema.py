"""The tables of both stores: what became of results, and which of two versions people preferred.

Feedback never stores a photo, only its digest. A study does store its photos, as JPEG files in the database, so that
every node of a cluster serves them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time. SQLite keeps no zone, so that both databases are given UTC and hand it back as such."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

decisions = Table(
    "decisions",
    metadata,
    Column("id", String(64), primary_key=True),  # digest of photo, repairs and adjustments: one row for each result
    Column("photo", String(64), nullable=False),
    Column("found", JSON, nullable=False),
    Column("repaired", JSON, nullable=False),
    Column("adjustments", JSON, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False, index=True),
    Column("version", String(40), nullable=False),
)

studies = Table(
    "studies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("variants", JSON, nullable=False),  # their names, in the order the editor gave
    Column("created_at", UtcDateTime, nullable=False),
)

photos = Table(
    "photos",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("found", JSON, nullable=False),
    UniqueConstraint("study_id", "name"),
)

# Variants that left a photo alike share its image: they cannot be told apart and are never asked about.
images = Table(
    "images",
    metadata,
    Column("id", String(32), primary_key=True),  # random: the address of an image tells nothing
    Column("photo_id", ForeignKey("photos.id"), nullable=False),
    Column("variants", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("jpeg", LargeBinary, nullable=False),  # last, so that SQLite reads the others without it
    UniqueConstraint("photo_id", "digest"),
)

pairs = Table(
    "pairs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False, index=True),
    Column("first_id", ForeignKey("images.id"), nullable=False),
    Column("second_id", ForeignKey("images.id"), nullable=False),
    UniqueConstraint("first_id", "second_id"),
)

participants = Table(
    "participants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("joined_at", UtcDateTime, nullable=False),
)

# A pair handed out to a participant, and what they chose. The primary key is what makes it once and never twice.
asked = Table(
    "asked",
    metadata,
    Column("participant_id", ForeignKey("participants.id"), primary_key=True),
    Column("pair_id", ForeignKey("pairs.id"), primary_key=True, index=True),
    Column("first_on_left", Boolean, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answer", String(6), CheckConstraint("answer IN ('first', 'second', 'same')"), nullable=True),
    Column("response_ms", Integer, nullable=True),
    Column("chosen_at", UtcDateTime, nullable=True),
)
