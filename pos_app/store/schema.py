"""Brings a database's tables up to date, one numbered step after another, each in one transaction."""

from __future__ import annotations

import sqlite3
from importlib import resources
from typing import Final

from pos_app.errors import StoreProblem

LATEST: Final = 7
"""The newest step this program knows; a database beyond it was written by a newer program."""

_STEPS: Final = {
    1: "0001_journal",
    2: "0002_people",
    3: "0003_spares",
    4: "0004_claims",
    5: "0005_barcodes",
    6: "0006_catalogue",
    7: "0007_settings",
}


def behind(connection: sqlite3.Connection) -> bool:
    """Whether there are tables, and a step that they lack."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_step'").fetchone() is None:
        return False
    (done,) = connection.execute("SELECT COALESCE(MAX(step), 0) FROM schema_step").fetchone()
    return 0 < done < LATEST


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps that `connection` lacks. Raises StoreProblem("newer") for a newer database."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS schema_step (step BIGINT PRIMARY KEY)")
        (done,) = connection.execute("SELECT COALESCE(MAX(step), 0) FROM schema_step").fetchone()
        if done > LATEST:
            raise StoreProblem("newer", found=done, known=LATEST)  # noqa: TRY301  the transaction must end
        for step in range(done + 1, LATEST + 1):
            for statement in _statements(_STEPS[step]):
                connection.execute(statement)
            connection.execute("INSERT INTO schema_step (step) VALUES (?)", (step,))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _statements(name: str) -> list[str]:
    """The statements of a step: those for both engines, then SQLite's own where it has some."""
    folder = resources.files("pos_app.store").joinpath("migrations")
    text = folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
    extra = folder.joinpath(f"{name}.sqlite")
    own = extra.read_text(encoding="utf-8") if extra.is_file() else ""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    shared = [statement.strip() for statement in "\n".join(lines).split(";")]
    # A trigger holds semicolons of its own, so SQLite's own statements stand one on a line.
    return [statement for statement in shared if statement] + [
        line.strip() for line in own.splitlines() if line.strip()
    ]
