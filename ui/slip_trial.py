"""A slip that tries a printer before it is kept: the button, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.messages import explain
from ui.printer_place import printed_words
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import Text, rule, set_role
from ui.widgets.tone_sign import ROLES, SignTone, ToneSign

if TYPE_CHECKING:
    from pos_app.orders.rules import Problem
    from pos_app.preferences import TestSlip


@dataclass(frozen=True)
class Said:
    """A sentence and how it is meant; no words: none."""

    words: str = ""
    tone: SignTone = "muted"


class SlipTrial(QWidget):
    """`wanted`: a slip is to be tried. `told`: something about it is said; it should be seen."""

    wanted = Signal()
    told = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._said = Said()
        # parts
        self._press = ActionButton("set_test", _("Print a test slip"), icon="printer")
        self._sign = ToneSign()
        self._words = Text("set_test_outcome", "muted", wrap=True)
        self.row = QWidget()
        # layout
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(rule())
        column.addWidget(self._press, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.row)
        # connections
        self._press.clicked.connect(self.wanted)
        self.forget()

    def forget(self) -> None:
        """What was said was about another printer."""
        self._say(Said())

    def let_press(self, *, may: bool) -> None:
        """Whether a slip can be tried now."""
        self._press.setEnabled(may)

    async def try_slip(
        self,
        values: Mapping[str, str],
        print_test: Callable[[], Awaitable[TestSlip]],
        still: Callable[[], bool],
    ) -> tuple[Problem, ...]:
        """Have the slip printed and say what became of it; what is wrong with what is entered is returned.

        `values` are what the printer was entered as, and `still` tells whether they are what is entered now.
        """
        self._say(Said(_("Printing…")))
        self.told.emit()
        outcome = Said()
        try:
            slip = await print_test()
            if slip.problems:
                return slip.problems
            outcome = Said(printed_words(values, slip.where), "ok")
            if slip.warning is not None:
                message = explain(slip.warning)
                outcome = Said(f"{outcome.words} {message.what} {message.advice}", "warn")
        except DeviceProblem as error:
            message = explain(error)
            outcome = Said(f"{message.title}. {message.what} {message.advice}".strip(), "danger")
        finally:
            # Whoever changed the form meanwhile does not take this for the new printer's answer.
            self._say(outcome if still() else Said())
            self.told.emit()
        return ()

    def _say(self, said: Said) -> None:
        self._said = said
        self.row.setVisible(bool(said.words))
        self._sign.tell(said.tone)
        self._words.setText(said.words)
        set_role(self._words, ROLES[said.tone])
