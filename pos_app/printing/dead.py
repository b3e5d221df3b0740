"""A printer that is dead and does not know it yet: for practice only."""

from __future__ import annotations

from typing import Final

from pos_app.errors import DeviceProblem
from pos_app.printing.document import Document

_NAME: Final = "TRAINING"


class DeadPrinter:
    """Says that it would print, and prints nothing; from then on it says so too."""

    def __init__(self) -> None:
        self._tried = False

    @property
    def name(self) -> str:
        """Names it for people and in the journal."""
        return _NAME

    async def state(self) -> DeviceProblem | None:
        """Nothing is known before the first try, as with one whose cable is pulled at that moment."""
        return self._problem() if self._tried else None

    async def print(self, document: Document, stem: str) -> None:
        """Raises DeviceProblem("printer_silent"): nothing is on paper."""
        del document, stem
        self._tried = True
        raise self._problem()

    def _problem(self) -> DeviceProblem:
        return DeviceProblem("printer_silent", printer=_NAME)
