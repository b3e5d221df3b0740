"""A disk that has no room left for some kinds of entries."""

from __future__ import annotations

import pytest

from pos_app.errors import StoreProblem
from pos_app.orders.entries import AnyEntry
from pos_app.orders.order import Order
from pos_app.store.database import Tx
from pos_app.store.journal import Journal


class FullDisk:
    """Takes no entry of the kinds in `refuses`; `refused` counts them. Nobody waits before a new try."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refuses = frozenset[str]()
        self.refused = 0
        write = Journal._write  # pyright: ignore[reportPrivateUsage]

        def full(journal: Journal, tx: Tx, order: Order | None, entry: AnyEntry) -> Order:
            if entry.kind in self.refuses:
                self.refused += 1
                raise StoreProblem("full")
            return write(journal, tx, order, entry)

        monkeypatch.setattr(Journal, "_write", full)
        monkeypatch.setattr("pos_app.sales._KEEP_PAUSES", (0.0, 0.0))
