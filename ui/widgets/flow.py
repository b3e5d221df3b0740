"""A row that goes on in the next line when it is full."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QStyle, QWidget
from typing_extensions import override


class Flow(QLayout):
    """Lays its parts out as one reads, line by line, `gap` pixels apart, the lines `down` or as much."""

    def __init__(self, gap: int, parent: QWidget | None = None, *, down: int | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.gap = gap
        self._down = gap if down is None else down
        self._behind: QWidget | None = None
        self._one_line = False
        # One change of a screen asks for the same sizes some fifty times.
        self._sizes: list[tuple[QLayoutItem, QSize]] | None = None
        self._heights: dict[int, int] = {}
        self.setContentsMargins(0, 0, 0, 0)

    def put_behind(self, part: QWidget) -> None:
        """Lay `part` out behind all others, at the far end of its line."""
        self.addWidget(part)
        self._behind = part

    def keep_one_line(self, *, on: bool) -> None:
        """Ask for the height of one line, however narrow the place: what does not fit in it is left out.

        Asked for a second line, a window too low for it would bring a scroll bar, and that the need for it.
        """
        if on != self._one_line:
            self._one_line = on
            self.invalidate()

    @override
    def addItem(self, arg__1: QLayoutItem, /) -> None:
        self._items.append(arg__1)
        self._forget()

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int, /) -> QLayoutItem | None:  # type: ignore[override]  # Qt: None past the end
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int, /) -> QLayoutItem | None:  # type: ignore[override]  # Qt: None past the end
        if not 0 <= index < len(self._items):
            return None
        self._forget()
        return self._items.pop(index)

    @override
    def invalidate(self) -> None:
        self._forget()
        super().invalidate()

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, arg__1: int, /) -> int:
        if self._one_line:
            return self.sizeHint().height()
        height = self._heights.get(arg__1)
        if height is None:
            height = self._heights[arg__1] = self._place(QRect(0, 0, arg__1, 0), move=False)
        return height

    @override
    def setGeometry(self, arg__1: QRect, /) -> None:
        super().setGeometry(arg__1)
        self._place(arg__1, move=True)

    @override
    def sizeHint(self) -> QSize:
        shown = [size for _item, size in self._shown()]
        width = sum(size.width() for size in shown) + self.gap * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    @override
    def minimumSize(self) -> QSize:
        size = QSize()
        for item, _size in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[tuple[QLayoutItem, QSize]]:
        if self._sizes is None:
            self._sizes = [(item, item.sizeHint()) for item in self._items if not item.isEmpty()]
        return self._sizes

    def _forget(self) -> None:
        self._sizes = None
        self._heights.clear()

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        place = self.parentWidget()
        way = Qt.LayoutDirection.LeftToRight if place is None else place.layoutDirection()
        for item, size in self._shown():
            if x > rect.x() and x + size.width() > rect.x() + rect.width():
                x, y, line = rect.x(), y + line + self._down, 0
            if item.widget() is self._behind:
                x = max(x, rect.x() + rect.width() - size.width())
            if move:
                item.setGeometry(QStyle.visualRect(way, rect, QRect(QPoint(x, y), size)))
            x += size.width() + self.gap
            line = max(line, size.height())
        return y + line - rect.y()


class FlowRow(QWidget):
    """A widget that holds a `Flow` and is as high as it needs."""

    def __init__(self, gap: int, parent: QWidget | None = None, *, down: int | None = None) -> None:
        super().__init__(parent)
        self.flow = Flow(gap, self, down=down)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._one_line = False

    def set_one_line(self, *, on: bool) -> None:
        """Whether what has no place in the first line is left out."""
        changed, self._one_line = on != self._one_line, on
        self.flow.keep_one_line(on=on)
        if on or changed:
            self._leave_out()

    def _leave_out(self) -> None:
        end = 0
        for place in range(self.flow.count()):
            item = self.flow.itemAt(place)
            part = item.widget() if item is not None else None
            if part is not None:
                end += part.sizeHint().width() + self.flow.gap
                part.setVisible(not self._one_line or end - self.flow.gap <= self.width())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        if self._one_line:
            self._leave_out()
