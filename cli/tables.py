"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_table(columns: Iterable[str], numbers: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table, and an empty line below it.

    Args:
        columns: Heads of the columns with words, on the left.
        numbers: Heads of the columns with numbers, on the right.
        rows: The cells of each row; never read as markup.
    """
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for column in numbers:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(soft_wrap=True)
    console.print(table)
    console.print()
