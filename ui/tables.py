"""Long lists: frozen rows read page by page, each page asked for by the key of the row before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

_NONE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its head, what it shows of a row, and whether that stands at the right.

    Amounts do, also where people read from right to left: so their digits stand below one another.
    """

    title: str
    words: Callable[[Row], str]
    right: bool = False


class Rows(QAbstractTableModel, Generic[Row]):
    """A table over rows that are fetched as they are scrolled to.

    `want` is called with the last row there is (None for the first page) when more rows are needed; whoever
    answers calls `add`.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        want: Callable[[Row | None], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._want = want
        self._rows: list[Row] = []
        self._more = False
        self._asked = False

    def begin(self) -> None:
        """Forget all rows and ask for the first page."""
        self.beginResetModel()
        self._rows = []
        self._more, self._asked = True, False
        self.endResetModel()
        self.fetchMore(_NONE)

    def replace(self, rows: Sequence[Row], *, more: bool) -> None:
        """Show `rows` instead of those there are; `more`: there are further pages."""
        self._asked, self._more = False, more
        if list(rows) == self._rows:
            return
        if len(rows) == len(self._rows):
            self._rows = list(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def add(self, rows: Sequence[Row], *, more: bool) -> None:
        """Put a page behind the rows there are; `more`: another page follows."""
        self._asked, self._more = False, more
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def failed(self) -> None:
        """The page asked for did not come; scrolling asks again."""
        self._asked = False

    def row(self, index: Index) -> Row | None:
        """The row at `index`."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rows(self) -> tuple[Row, ...]:
        """All rows there are so far."""
        return tuple(self._rows)

    @override
    def rowCount(self, parent: Index = _NONE, /) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _NONE, /) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def canFetchMore(self, parent: Index, /) -> bool:
        return not parent.isValid() and self._more and not self._asked

    @override
    def fetchMore(self, parent: Index, /) -> None:
        if self.canFetchMore(parent):
            self._asked = True
            self._want(self._rows[-1] if self._rows else None)

    @override
    def data(self, index: Index, /, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.words(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {column.words(row)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _place(column)
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, /, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _place(self._columns[section])
        return None


def _place(column: Column[Row]) -> int:
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    return int((right if column.right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)
