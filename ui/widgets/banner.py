"""What happened and what to do now, in one line at the bottom of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, Signal
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


@dataclass(frozen=True)
class _Message:
    what: str
    advice: str
    tone: Tone
    action: str
    act: Callable[[], None] | None


class Banner(QFrame):
    """One message at a time; the newest wins. It stays until it is put away or something better is said.

    One that is kept comes back behind whatever is said meanwhile, until a person has put it away.
    """

    kept_put_away = Signal()
    """A person has put away the message that was kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("role", "banner")
        self._tone: Tone = "info"
        self._act: Callable[[], None] | None = None
        self._kept: _Message | None = None
        self._is_kept = False
        # parts
        self._what = Text("banner_what", "strong", wrap=True)
        self._advice = Text("banner_advice", "muted", wrap=True)
        self._button = ActionButton("banner_action", _("Try again"))
        self._close = IconButton("banner_close", _("Put this message away"), "cross")
        # layout
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self._what)
        words.addWidget(self._advice)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(12)
        row.addSpacing(40)
        row.addLayout(words, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        # connections
        self._button.clicked.connect(self._on_pressed)
        self._close.clicked.connect(self.dismiss)
        self.hide()

    def tell(
        self, what: str, advice: str, tone: Tone, action: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Say `what` happened and, in `advice`, what to do; a button does `act`."""
        self._is_kept = False
        self._show(_Message(what, advice, tone, action, act))

    def keep(self, what: str, advice: str, tone: Tone, action: str, act: Callable[[], None]) -> None:
        """Say what nobody may miss: it stands there until a person puts it away.

        A warning that stands there is said only once, this one is not lost: it comes up behind it.
        """
        self._kept = _Message(what, advice, tone, action, act)
        if self.isHidden() or self._is_kept or self._tone not in {"warn", "danger"}:
            self._is_kept = True
            self._show(self._kept)

    def shows_kept(self) -> bool:
        """Whether what stands here is what is kept, which comes back behind whatever is said over it."""
        return self._is_kept and not self.isHidden()

    def put_away(self) -> None:
        """Nothing to say any more, but for what is kept."""
        if self._kept is None:
            self._act = None
            self.hide()
        elif not self._is_kept:
            self._is_kept = True
            self._show(self._kept)

    def dismiss(self) -> None:
        """A person has read what stands here."""
        if self._is_kept:
            self.forget_kept()
        else:
            self.put_away()

    def forget_kept(self) -> None:
        """What is kept has been heard, wherever that was."""
        self._kept = None
        self.kept_put_away.emit()
        if self._is_kept:
            self._is_kept = False
            self.put_away()

    def _show(self, message: _Message) -> None:
        self._tone, self._act = message.tone, message.act
        set_trait(self, "tone", message.tone)
        self._what.setText(message.what)
        self._advice.say(message.advice)
        self._button.say(message.action)
        self._button.setVisible(bool(message.action))
        self.setAccessibleName(f"{message.what} {message.advice}".strip())
        self.show()
        self.update()

    def _on_pressed(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        place = placed(self, QRectF(28, self.height() / 2 - 12, 24, 24))
        icons.paint(painter, _ICONS[self._tone], place, theme.colour(_INKS[self._tone]))
        painter.end()
