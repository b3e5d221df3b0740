"""Panels that lie over the window: a question that waits for an answer, a note that explains something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid
from typing_extensions import override

from pos_app.i18n import _
from ui import keys, theme
from ui.widgets.buttons import ActionButton, cap_width, paint_cap
from ui.widgets.mirror import margins, placed, write
from ui.widgets.parts import Scroll, Text, card, named

_WIDE = 480
_EDGE, _AIR = 24, 8
_LEAST = 72
"""How high the middle of a sheet is at least: a field and its label."""

_A_PAIR = 2
_ROW, _BESIDE = 34, 12
_AROUND = 32
_SETTLING_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Choice:
    """One way out of a question; `key` is what the answer is called. Enter takes the primary one."""

    key: str
    words: str
    primary: bool = False


class Sheet(QWidget):
    """A card on a darkened window. Nothing under it can be pressed; Esc leaves without consequence."""

    closed = Signal(str)

    def __init__(
        self,
        host: QWidget,
        title: str,
        words: Sequence[str],
        choices: Sequence[Choice],
        body: QWidget | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(host)
        named(self, "sheet", title)
        self._host, self._open = host, True
        self._clock = clock
        self._opened_at = clock() if clock is not None else 0.0
        self._before: QWidget | None = host.window().focusWidget()
        # parts
        self._card = card("sheet_card", self, "overlay")
        self._card.setFixedWidth(min(_WIDE, max(280, host.width() - 32)))
        # layout
        self._inside = QWidget()
        inside = self._within = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        for number, sentence in enumerate(words):
            inside.addWidget(Text(f"sheet_words_{number}", "", sentence, wrap=True))
        if body is not None:
            inside.addWidget(body)
        self._scroll = Scroll("sheet_scroll", self._inside)
        self._looked_at: QWidget | None = None
        column = self._column = QVBoxLayout(self._card)
        column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        column.setSpacing(12)
        column.addWidget(Text("sheet_title", "title", title, wrap=True))
        column.addWidget(self._scroll)
        column.addSpacing(8)
        self._buttons: list[ActionButton] = []
        self._ways_out = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._ways_out.setSpacing(12)
        column.addLayout(self._ways_out)
        for choice in choices:
            button = ActionButton(
                f"sheet_{choice.key}", choice.words, role="primary" if choice.primary else "plain"
            )
            button.clicked.connect(lambda _checked=False, key=choice.key: self._on_chosen(key))
            self._ways_out.addWidget(button)
            self._buttons.append(button)
        outer = QVBoxLayout(self)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        # connections
        host.installEventFilter(self)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._look)
        self._inside.installEventFilter(self)
        for part in self._inside.findChildren(QWidget):
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus:
                part.installEventFilter(self)
        self.setGeometry(host.rect())
        self.show()
        self._fit()
        self.raise_()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        next(
            (button for button, choice in zip(self._buttons, choices, strict=True) if choice.primary), self
        ).setFocus(Qt.FocusReason.PopupFocusReason)

    def is_settled(self) -> bool:
        """Whether the first moment is over, in which presses were meant for what lay there before."""
        return self._clock is None or self._clock() - self._opened_at >= _SETTLING_SECONDS

    def _on_chosen(self, key: str) -> None:
        if self.is_settled():
            self.close_with(key)

    def close_with(self, key: str) -> None:
        """Go away; `key` is the answer, empty for none."""
        if not self._open:
            return
        self._open = False
        self._host.removeEventFilter(self)
        self.hide()
        # What had the focus may have been drawn anew meanwhile: the answer is heard all the same.
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit(key)
        self.deleteLater()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
            self._fit()
        elif watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        elif event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.bring_into_view(watched)
        return False

    def bring_into_view(self, part: QWidget) -> None:
        """Scroll until `part` is seen, now and when everything has found its place: it may be new there."""
        self._looked_at = part
        self._look()

    def _look(self) -> None:
        if self._looked_at is not None and self._looked_at.isVisible():
            self._scroll.ensureWidgetVisible(self._looked_at, 0, _AROUND)

    def _fit(self) -> None:
        """Make the middle as high as what is in it or, in a low window, as there is room."""
        wide = self._card.width() - 2 * _EDGE
        has_one = self._within.hasHeightForWidth()
        whole = self._within.totalHeightForWidth(wide) if has_one else self._within.totalSizeHint().height()
        self._scroll.setFixedHeight(whole)
        over = self._over(QBoxLayout.Direction.TopToBottom)
        # In a low window two buttons share a line, the first where one goes on, and leave room for the rest.
        if over > 0 and len(self._buttons) == _A_PAIR:
            side_by_side = sum(one.sizeHint().width() for one in self._buttons) + self._ways_out.spacing()
            if side_by_side <= wide:
                over = self._over(QBoxLayout.Direction.RightToLeft)
        # A bar beside words that just fit would break them anew, and then be needed.
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if over > 0 else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._scroll.setVerticalScrollBarPolicy(bar)
        # Fields do not touch it.
        self._within.setContentsMargins(*margins(self, 0, 0, 6 if over > 0 else 0, 0))
        if over > 0:
            self._scroll.setFixedHeight(max(_LEAST, whole - over))

    def _over(self, buttons: QBoxLayout.Direction) -> int:
        """Put the `buttons` so; returns how much higher than its room the card would be."""
        self._ways_out.setDirection(buttons)
        self._column.invalidate()
        return self._column.totalHeightForWidth(self._card.width()) - (self.height() - 2 * _AIR)

    def stops(self) -> list[QWidget]:
        """Everything the focus goes through, round and round."""
        return list(self._buttons)

    @override
    def focusNextPrevChild(self, forward: bool, /) -> bool:
        stops = self.stops()
        here = next((at for at, stop in enumerate(stops) if stop.hasFocus()), -1)
        stops[(here + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        # Everything stops here: no key reaches what lies under the sheet.
        event.accept()
        if event.key() == Qt.Key.Key_Escape:
            self.close_with("")
        elif step := self._scrolls(event.key()):
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + step)
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Right}:
            self.focusNextPrevChild(True)
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Left}:
            self.focusNextPrevChild(False)
        elif keys.action_of(event) == "keys" and not event.isAutoRepeat():
            self._show_keys()

    def _scrolls(self, key: int) -> int:
        """How far `key` moves what has no room to be seen whole; the arrows do where they choose nothing."""
        page, line = self._scroll.viewport().height(), _ROW
        ways = {Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        if len(self.stops()) == 1:
            ways |= {Qt.Key.Key_Down: line, Qt.Key.Key_Up: -line}
        return ways.get(Qt.Key(key), 0)

    def _show_keys(self) -> None:
        """What the keys do while there is a question: the screen's own do nothing then."""
        told = (
            (_("Arrows"), _("From button to button")),
            ("Tab", _("To the next field or button")),
            (_("Enter"), _("Take it; add it; go on")),
            ("Esc", _("One step back")),
        )
        close = Choice("close", _("Close"), primary=True)
        KeySheet(self._host, _("Keys on this screen"), told, close)

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        veil = QColor("#05070a")
        veil.setAlphaF(0.62 if theme.name() == "dark" else 0.44)
        painter.fillRect(self.rect(), veil)
        painter.end()


class KeySheet(Sheet):
    """What the keys do, one in a row."""

    def __init__(self, host: QWidget, title: str, told: Sequence[tuple[str, str]], choice: Choice) -> None:
        super().__init__(host, title, (), (choice,), body=KeyRows(told))

    @override
    def _show_keys(self) -> None:
        """They are shown."""


class KeyRows(QWidget):
    """Rows of a key's cap and what it does."""

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        named(self, "key_rows", ". ".join(f"{key}: {words}" for key, words in keys))
        self._keys = tuple(keys)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, arg__1: int, /) -> int:
        return sum(self._heights(arg__1))

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, _ROW * len(self._keys))

    def _heights(self, width: int) -> list[int]:
        """Of each row: words too long for a line go on in the next."""
        metrics, place = (
            QFontMetrics(theme.font(15)),
            QRect(0, 0, max(1, width - self._column() - _BESIDE), 1000),
        )
        wrap = Qt.TextFlag.TextWordWrap
        return [
            max(_ROW, metrics.boundingRect(place, wrap, words).height() + _ROW // 3)
            for _key, words in self._keys
        ]

    def _column(self) -> int:
        return ceil(max(cap_width(key) for key, _words in self._keys))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column, top = self._column(), 0.0
        for (key, words), high in zip(self._keys, self._heights(self.width()), strict=True):
            cap = placed(self, QRectF(0, top, cap_width(key), high))
            paint_cap(painter, cap, key, theme.colour("text"))
            painter.setFont(theme.font(15))
            place = QRectF(column + _BESIDE, top, self.width() - column - _BESIDE, high)
            write(painter, self, placed(self, place), words, wrap=True)
            top += high
        painter.end()
