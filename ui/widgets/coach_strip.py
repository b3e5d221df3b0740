"""One step of a lesson at a time, in a strip above the screen: it has room of its own and covers nothing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import icons, theme
from ui.widgets.buttons import ActionButton
from ui.widgets.mirror import placed
from ui.widgets.parts import Text, named

_SIGN = 24


class CoachStrip(QFrame):
    """Says what to do next and, kindly, what went another way."""

    lessons_wanted = Signal()
    """Away from this lesson, to all of them."""

    close_wanted = Signal()
    """What was to be remembered is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "coach")
        self.setProperty("role", "coach")
        self._icon = "lessons"
        # parts
        self._where = Text("coach_where", "small", wrap=True)
        self._words = Text("coach_words", "strong", wrap=True)
        self._hint = Text("coach_hint", "notetext", wrap=True)
        self._leave = ActionButton("coach_leave", _("Leave lesson"), role="small", does="lessons")
        self._close = ActionButton("coach_close", _("Close"), role="small", key="Esc")
        # layout
        said = QVBoxLayout()
        said.setSpacing(1)
        for part in (self._where, self._words, self._hint):
            said.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 6)
        row.setSpacing(12)
        row.addSpacing(_SIGN + 12)
        row.addLayout(said, 1)
        row.addWidget(self._leave)
        row.addWidget(self._close)
        # connections
        self._leave.clicked.connect(self.lessons_wanted)
        self._close.clicked.connect(self.close_wanted)
        self.hide()

    def tell(self, title: str, step: int, of: int, words: str, hint: str) -> None:
        """Step `step` of `of`, from 1 on, in `words`; `hint` says what is wrong, empty for nothing."""
        where = _("{lesson} · step {n} of {all}").format(lesson=title, n=step, all=of)
        self._say(where, words, hint, "warn" if hint else "lessons")
        self._leave.say(_("Leave lesson"))
        self._close.hide()

    def tell_over(self, title: str, remember: str) -> None:
        """The lesson is done; one sentence stays."""
        self._say(_("{lesson} · done").format(lesson=title), remember, "", "check")
        self._leave.say(_("Lessons"))
        self._close.show()

    def _say(self, where: str, words: str, hint: str, icon: str) -> None:
        self._where.setText(where)
        self._words.setText(words)
        self._hint.say(hint)
        self._icon = icon
        self.setAccessibleName(f"{where}. {words} {hint}".strip())
        self.show()
        self.update()

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        place = placed(self, QRectF(24, (self.height() - _SIGN) / 2, _SIGN, _SIGN))
        icons.paint(painter, self._icon, place, theme.colour("text"))
        painter.end()
