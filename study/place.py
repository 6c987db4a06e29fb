"""Where the database is. Apart from `study.database`, whose import costs half a second."""

from __future__ import annotations

POSTGRESQL = "postgresql+psycopg://"

DEFAULT_DATABASE = "~/.local/share/belvedere/people.sqlite"
"""The user's data directory of the XDG Base Directory Specification."""


def check_database(database: str) -> str:
    """Return `database` if it names one: a path, or a URL of PostgreSQL.

    Raises:
        ValueError: Another kind of URL. The message does not repeat it, since it may hold a password.
    """
    if "://" in database and not database.startswith(POSTGRESQL):
        raise ValueError(f"a database is the path of an SQLite file or a URL {POSTGRESQL}user@host/name")
    return database
