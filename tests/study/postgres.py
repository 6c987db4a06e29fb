"""A throwaway PostgreSQL server, started from the binaries of this machine or named by BELVEDERE_TEST_POSTGRES."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_USER = "postgres"
"""Who runs the server when the tests run as root, which PostgreSQL refuses; Debian's package makes this user."""


def binaries() -> Path | None:
    """Return the folder of the server's programs, newest version first; None where there is none."""
    on_path = shutil.which("pg_ctl")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    found = [Path(on_path)] if on_path else installed[::-1]
    return found[0].resolve().parent if found else None


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Run a server on a Unix socket only; yield its URL."""
    user = SERVER_USER if os.geteuid() == 0 else None
    # Short: the path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        if user is not None:
            shutil.chown(folder, user)

        def run(program: str, *arguments: str) -> None:
            # Not a pipe: the server would inherit it, and reading it would never end.
            log = Path(folder) / "log"
            command = [str(programs / program), "-D", f"{folder}/data", *arguments]
            with log.open("ab") as output:
                done = subprocess.run(
                    command, stdout=output, stderr=output, user=user, cwd=folder, check=False, timeout=60
                )
            assert done.returncode == 0, log.read_text()

        run("initdb", "--username=belvedere", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8")
        run("pg_ctl", "start", "--wait", "-o", f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200")
        try:
            yield f"postgresql+psycopg://belvedere@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "--wait", "-m", "immediate")
