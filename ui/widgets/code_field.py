"""A card's code: masked, shown for a moment when asked for, never selectable and never in the clipboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, ngettext
from ui import theme
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton
from ui.widgets.code_text import CodeText
from ui.widgets.parts import Text, named
from ui.widgets.tone_sign import ToneSign

SHOWN_SECONDS: Final = 20


class CodeField(QWidget):
    """The masked code, a mark whether it is on paper, and *Show*.

    *Show* asks for the code (`wanted`); whoever answers calls `reveal`. It is masked again after 20 s and
    whenever `hide_code` is called; the secret is let go of then.
    """

    wanted = Signal(str)

    def __init__(
        self,
        name: str,
        card_id: str,
        hint: str,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, name)
        self._card_id, self._hint, self._clock = card_id, hint, clock
        self._until: float | None = None
        # parts
        self._code = CodeText(f"{name}_code")
        self._code.setFont(theme.mono(22))
        self._code.setMinimumHeight(30)
        self._pin = BreakingText(f"{name}_pin", "pin")
        self._pin.setFont(theme.mono(17))
        self._mark = Text(f"{name}_mark", "ok")
        self._marked = ""
        self._tick_sign = ToneSign()
        self._tick_sign.tell("ok")
        self._button = ActionButton(f"{name}_show", _("Show"), role="small")
        self._button.setAccessibleName(_("Show the code that ends in {last}").format(last=hint[-4:]))
        self._tick = QTimer(self)
        self._tick.setInterval(200)
        # layout
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._code)
        words.addWidget(self._pin)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addLayout(words, 1)
        row.addWidget(self._tick_sign)
        row.addWidget(self._mark)
        row.addSpacing(10)
        row.addWidget(self._button)
        # connections
        self._button.clicked.connect(self._on_pressed)
        self._tick.timeout.connect(self._on_tick)
        self._render("", "")

    def mark(self, words: str) -> None:
        """What became of the card, such as *printed*."""
        self._marked = words
        self._show_mark()

    def reveal(self, code: str, rest: str) -> None:
        """Show `code` and `rest` (PIN and what else is secret; empty for none) for 20 seconds."""
        self._until = self._clock() + SHOWN_SECONDS
        self._render(code, rest)
        self._tick.start()

    def hide_code(self) -> None:
        """Mask it again; nothing of it is kept."""
        if self._until is not None:
            self._until = None
            self._tick.stop()
            self._render("", "")

    def is_shown(self) -> bool:
        """Whether the code can be read now."""
        return self._until is not None

    def _show_mark(self) -> None:
        # A code that is being read has its room: on one line nobody reads half of it.
        words = "" if self.is_shown() else self._marked
        self._mark.say(words)
        self._tick_sign.setVisible(bool(words))

    def _on_pressed(self) -> None:
        if self.is_shown():
            self.hide_code()
        else:
            self.wanted.emit(self._card_id)

    def _on_tick(self) -> None:
        left = 0.0 if self._until is None else self._until - self._clock()
        if left <= 0:
            self.hide_code()
        else:
            self._count_down(left)

    def _count_down(self, left: float) -> None:
        seconds = int(left) + 1 if left > int(left) else int(left)
        words = ngettext("Hide · {n} s", "Hide · {n} s", seconds).format(n=seconds)
        self._button.say(words)

    def _render(self, code: str, rest: str) -> None:
        self._code.put(code or self._hint, masked=not code)
        self._code.setAccessibleName(_("Code") if code else _("Code, hidden"))
        self._pin.say(rest)
        self._show_mark()
        if self._until is None:
            self._button.say(_("Show"))
            last = self._hint.rsplit("•", 1)[-1].lstrip("- ")
            self._button.setAccessibleName(_("Show the code that ends in {last}").format(last=last))
        else:
            self._count_down(self._until - self._clock())
