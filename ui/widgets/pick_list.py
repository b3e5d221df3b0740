"""A field that takes one of many things: typing narrows a list under it, arrows and Enter choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QWidget
from typing_extensions import override

from ui.widgets.parts import named

_ROW: Final = 44
_MOST_ROWS: Final = 6


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing to choose: `key` is what it is called inside, `words` what one reads and searches."""

    key: str
    words: str

    def matches(self, wanted: Sequence[str]) -> bool:
        """Whether every word in `wanted` (in small letters) is found in it."""
        text = f"{self.words} {self.key}".casefold()
        return all(word in text for word in wanted)


class PickList(QLineEdit):
    """The field. What is written and is no choice stays as it is, and `chosen` is empty then."""

    picked = Signal(str)

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self._picks: tuple[Pick, ...] = ()
        self._found: tuple[Pick, ...] = ()
        self._before = ""
        self._list: QListView | None = None
        self._model = QStringListModel(self)
        self._words = words
        self.textEdited.connect(self._on_edited)

    # --- from outside -------------------------------------------------------------------------------

    def offer(self, picks: Sequence[Pick]) -> None:
        """What there is to choose from, best first; a person who types already sees what fits."""
        self._picks = tuple(picks)
        if self.hasFocus() and self.text() != self._before:
            self._open(self.text())

    def choose(self, key: str) -> None:
        """Show the choice `key`; nothing when there is no such thing."""
        pick = next((one for one in self._picks if one.key == key), None)
        self.setText(pick.words if pick is not None else "")
        self._before = self.text()
        self.setCursorPosition(0)

    def chosen(self) -> str:
        """The key of what is written there; empty when it is none of the choices."""
        wanted = self.text().strip().casefold()
        return next(
            (
                one.key
                for one in self._picks
                if wanted and wanted in {one.words.casefold(), one.key.casefold()}
            ),
            "",
        )

    def is_open(self) -> bool:
        """Whether the list is to be seen."""
        return self._list is not None and self._list.isVisible()

    # --- keys and hands -----------------------------------------------------------------------------

    @override
    def keyPressEvent(self, arg__1: QKeyEvent, /) -> None:
        key = arg__1.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif self.is_open() and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not arg__1.isAutoRepeat():
                self._take_current()
        elif self.is_open() and key == Qt.Key.Key_Escape:
            self._close()
            self.setText(self._before)
            self.picked.emit(self.chosen())
        else:
            super().keyPressEvent(arg__1)

    @override
    def mousePressEvent(self, arg__1: QMouseEvent, /) -> None:
        super().mousePressEvent(arg__1)
        if not self.is_open():
            self.selectAll()
            self._open("")

    @override
    def focusInEvent(self, arg__1: QFocusEvent, /) -> None:
        super().focusInEvent(arg__1)
        self._before = self.text()

    @override
    def focusOutEvent(self, arg__1: QFocusEvent, /) -> None:
        if self.text() != self._before and not self.chosen() and len(self._found) == 1:
            # There was one thing left it could be.
            self._take(self._found[0])
        self._close()
        super().focusOutEvent(arg__1)

    @override
    def hideEvent(self, arg__1: QHideEvent, /) -> None:
        self._close()
        super().hideEvent(arg__1)

    @override
    def eventFilter(self, arg__1: QObject, arg__2: QEvent, /) -> bool:
        # The list lies over the window, at the place the field had.
        if arg__2.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self._close()
        return False

    def _on_edited(self, text: str) -> None:
        # A scanner's first character comes and is taken out again: nobody asked for the list.
        if text == self._before:
            self._close()
        else:
            self._open(text)
        self.picked.emit(self.chosen())

    def _step(self, by: int) -> None:
        if not self.is_open():
            self._open("")
            return
        view = self._list
        if view is not None and self._found:
            row = max(0, min(len(self._found) - 1, view.currentIndex().row() + by))
            view.setCurrentIndex(self._model.index(row, 0))

    def _take_current(self) -> None:
        row = self._list.currentIndex().row() if self._list is not None else -1
        if 0 <= row < len(self._found):
            self._take(self._found[row])

    def _take(self, pick: Pick) -> None:
        self.setText(pick.words)
        self.setCursorPosition(0)
        self._before = pick.words
        self._close()
        self.picked.emit(pick.key)

    # --- the list -----------------------------------------------------------------------------------

    def _open(self, text: str) -> None:
        wanted = text.casefold().split()
        self._found = tuple(pick for pick in self._picks if pick.matches(wanted))
        if not self._found:
            self._close()
            return
        view = self._list if self._list is not None else self._make_list()
        self._model.setStringList([pick.words for pick in self._found])
        now = self.chosen()
        row = next((at for at, pick in enumerate(self._found) if pick.key == now), 0)
        view.setGeometry(self._place(min(len(self._found), _MOST_ROWS)))
        view.show()
        view.raise_()
        view.setCurrentIndex(self._model.index(row, 0))

    def _make_list(self) -> QListView:
        view = named(QListView(self.window()), f"{self.objectName()}_list", self._words)
        view.setProperty("role", "picks")
        view.setModel(self._model)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setUniformItemSizes(True)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Typing goes on in the field while the list is open.
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.clicked.connect(self._take_current)
        self.window().installEventFilter(self)
        self.destroyed.connect(view.deleteLater)
        self._list = view
        return view

    def _place(self, rows: int) -> QRect:
        top = self.mapTo(self.window(), QPoint(0, 0))
        high = rows * _ROW + 10
        below = top.y() + self.height() + 4
        room = self.window().height() - below - 8
        y = below if room >= high or room >= top.y() else max(8, top.y() - 4 - high)
        return QRect(top.x(), y, self.width(), min(high, max(room, _ROW + 10)) if y == below else high)

    def _close(self) -> None:
        if self._list is not None:
            self._list.hide()
