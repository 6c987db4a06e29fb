"""The database of a command, and what is said when it does not answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing

from imaging.errors import BelvedereError
from study.store import Store


def on_store(database: str, run: Callable[[Store], int]) -> int:
    """Return the exit status of `run(store)`: 1 when it failed, 2 when what was asked for makes no sense."""
    try:
        with closing(Store(database)) as store:
            return run(store)
    except ValueError as error:
        print(f"belvedere: {error}", file=sys.stderr)
        return 2
    except (BelvedereError, OSError) as error:
        print(f"belvedere: {error}", file=sys.stderr)
        return 1
