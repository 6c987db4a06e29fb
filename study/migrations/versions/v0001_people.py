"""Decisions on results, and pairwise studies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("photo", sa.String(64), nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
        sa.Column("repaired", sa.JSON, nullable=False),
        sa.Column("adjustments", sa.JSON, nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("decided_at", moment, nullable=False, index=True),
        sa.Column("version", sa.String(40), nullable=False),
    )
    op.create_table(
        "studies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("variants", sa.JSON, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
        sa.UniqueConstraint("study_id", "name"),
    )
    op.create_table(
        "images",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("photo_id", sa.Integer, sa.ForeignKey("photos.id"), nullable=False),
        sa.Column("variants", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("jpeg", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("photo_id", "digest"),
    )
    op.create_table(
        "pairs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False, index=True),
        sa.Column("first_id", sa.String(32), sa.ForeignKey("images.id"), nullable=False),
        sa.Column("second_id", sa.String(32), sa.ForeignKey("images.id"), nullable=False),
        sa.UniqueConstraint("first_id", "second_id"),
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("joined_at", moment, nullable=False),
    )
    op.create_table(
        "asked",
        sa.Column("participant_id", sa.Integer, sa.ForeignKey("participants.id"), primary_key=True),
        sa.Column("pair_id", sa.String(32), sa.ForeignKey("pairs.id"), primary_key=True, index=True),
        sa.Column("first_on_left", sa.Boolean, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.String(6), sa.CheckConstraint("answer IN ('first', 'second', 'same')"), nullable=True),
        sa.Column("response_ms", sa.Integer, nullable=True),
        sa.Column("chosen_at", moment, nullable=True),
    )
