"""What SQLite raises, in our words."""

from __future__ import annotations

import sqlite3
from typing import Final

from pos_app.errors import StoreProblem

_REASONS: Final = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}


def store_problem(error: sqlite3.Error) -> StoreProblem:
    """What went wrong with the file, in our words. A broken constraint is our bug and is raised as it is."""
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        raise error
    # The primary result code is the low byte of the extended one.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return StoreProblem(_REASONS.get(code, "unavailable"), error=type(error).__name__)
