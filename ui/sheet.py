"""Panels that lie over the window: a question that waits for an answer, a note that explains something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets.buttons import ActionButton, cap_width, paint_cap
from ui.widgets.mirror import placed, write
from ui.widgets.parts import Text, card, named

_WIDE = 480
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
        column = QVBoxLayout(self._card)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(Text("sheet_title", "title", title, wrap=True))
        for number, sentence in enumerate(words):
            column.addWidget(Text(f"sheet_words_{number}", "", sentence, wrap=True))
        if body is not None:
            column.addWidget(body)
        column.addSpacing(8)
        self._buttons: list[ActionButton] = []
        for choice in choices:
            button = ActionButton(
                f"sheet_{choice.key}", choice.words, role="primary" if choice.primary else "plain"
            )
            button.clicked.connect(lambda _checked=False, key=choice.key: self._on_chosen(key))
            column.addWidget(button)
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
        self.setGeometry(host.rect())
        self.show()
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
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit(key)
        self.deleteLater()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

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
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Right}:
            self.focusNextPrevChild(True)
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Left}:
            self.focusNextPrevChild(False)

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

    def __init__(self, host: QWidget, title: str, keys: Sequence[tuple[str, str]], choice: Choice) -> None:
        super().__init__(host, title, (), (choice,), body=KeyRows(keys))


class KeyRows(QWidget):
    """Rows of a key's cap and what it does."""

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        named(self, "key_rows", ". ".join(f"{key}: {words}" for key, words in keys))
        self._keys = tuple(keys)
        self.setFixedHeight(34 * len(self._keys))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column = max(cap_width(key) for key, _words in self._keys)
        for row, (key, words) in enumerate(self._keys):
            top = 34.0 * row
            cap = placed(self, QRectF(0, top, cap_width(key), 34))
            paint_cap(painter, cap, key, theme.colour("text"))
            painter.setFont(theme.font(15))
            place = QRectF(column + 16, top, self.width() - column - 16, 34)
            write(painter, self, placed(self, place), words)
        painter.end()
