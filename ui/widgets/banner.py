"""What happened and what to do now, in one line at the bottom of the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import icons, theme
from ui.widgets.buttons import ActionButton, IconButton
from ui.widgets.mirror import placed
from ui.widgets.parts import Text, set_trait

Tone = Literal["info", "ok", "warn", "danger"]
_ICONS = {"info": "info", "ok": "check", "warn": "warn", "danger": "stop"}
_INKS = {"info": "accent", "ok": "ok", "warn": "warn", "danger": "danger"}


class Banner(QFrame):
    """One message at a time; the newest wins. It stays until it is put away or something better is said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("role", "banner")
        self._tone: Tone = "info"
        self._act: Callable[[], None] | None = None
        # parts
        self._what = Text("banner_what", "strong", wrap=True)
        self._advice = Text("banner_advice", "muted", wrap=True)
        self._button = ActionButton("banner_action", _("Try again"))
        self._close = IconButton("banner_close", _("Put this message away"), "cross")
        # layout
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(12)
        row.addSpacing(40)
        row.addLayout(words, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        # connections
        self._button.clicked.connect(self._on_pressed)
        self._close.clicked.connect(self.put_away)
        self.hide()

    def tell(
        self, what: str, advice: str, tone: Tone, action: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Say `what` happened and, in `advice`, what to do; a button does `act`."""
        self._tone, self._act = tone, act
        set_trait(self, "tone", tone)
        self._what.setText(what)
        self._advice.say(advice)
        self._button.say(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(f"{what} {advice}".strip())
        self.show()
        self.update()

    def put_away(self) -> None:
        """Nothing to say any more."""
        self._act = None
        self.hide()

    def _on_pressed(self) -> None:
        act = self._act
        self.put_away()
        if act is not None:
            act()

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        place = placed(self, QRectF(28, self.height() / 2 - 12, 24, 24))
        icons.paint(painter, _ICONS[self._tone], place, theme.colour(_INKS[self._tone]))
        painter.end()
