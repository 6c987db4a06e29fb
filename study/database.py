"""Opens the database and brings its schema up to date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url

from study.place import POSTGRESQL, check_database

WRITES = {"writes": True}
"""Execution options of a connection that will write."""

_BUSY_TIMEOUT_S = 30
_CONNECT_TIMEOUT_S = 5
_MIGRATION_LOCK = 0x42454C56
"""Key of the advisory lock that lets one process at a time migrate a PostgreSQL database: "BELV"."""


def open_database(database: str) -> Engine:
    """Open a database and migrate it; any number of processes may do so at once.

    Args:
        database: A path of an SQLite file (`~` is the home folder), which is made if it is not there, readable by this
            user alone; or a URL `postgresql+psycopg://…`.

    Raises:
        sqlalchemy.exc.DBAPIError: The database does not answer, or refuses.
        OSError: The file cannot be made.
    """
    if check_database(database).startswith(POSTGRESQL):
        engine = _engine(make_url(database), pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_TIMEOUT_S})
    else:
        engine = _sqlite(Path(database).expanduser())
    _migrate(engine)
    return engine


def _engine(url: URL, **options: Any) -> Engine:
    # Parameters are left out of errors: participants' tokens are among them.
    return create_engine(url, hide_parameters=True, **options)


def _sqlite(path: Path) -> Engine:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its log files the permissions of this one
    engine = _engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver sees fit
        # A write is on the disk when its commit returns, and readers do not wait for writers.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Who will write waits for the others at once: two readers that both turned writers would refuse each other.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "study:migrations")
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
