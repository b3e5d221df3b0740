"""Brands as tiles: thousands cost no more than what one sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, overload

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QHoverEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets import mirror
from ui.widgets.parts import give_viewport, named, set_trait
from ui.widgets.tile_painting import HIGH, Look, Place, Tile, paint_tiles

Index = QModelIndex | QPersistentModelIndex

_GAP: Final = 12
_STEP: Final = HIGH + _GAP
_AT_ONCE: Final = 120
"""How many tiles the view hears of at first, and with each further part: several windows full."""
_LEAST_WIDE: Final = 168
_BAR: Final = 10
GUTTER: Final = 16
"""How far the grid reaches beyond its tiles to the right, for the scroll bar."""


class LateTiles(Sequence[Tile]):
    """`count` tiles of which each is made when it is looked at: of thousands hardly one ever is."""

    def __init__(self, count: int, make: Callable[[int], Tile]) -> None:
        self._count, self._make = count, make

    @override
    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Tile: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Tile]: ...
    @override
    def __getitem__(self, index: int | slice) -> Tile | Sequence[Tile]:
        if isinstance(index, slice):
            return [self._make(row) for row in range(*index.indices(self._count))]
        # A sequence ends here for whoever goes through it.
        return self._make(range(self._count)[index])


class _Tiles(QAbstractListModel):
    """Lets the view know of some rows only, and of more as they are scrolled to: it lays all of them out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tiles: Sequence[Tile] = ()
        self.chosen = ""
        self._known = 0

    def put(self, tiles: Sequence[Tile]) -> None:
        self.beginResetModel()
        self.tiles = tiles
        self._known = min(len(tiles), _AT_ONCE)
        self.endResetModel()

    def reach(self, row: int) -> QModelIndex:
        """The index of `row`, which the view knows of from now on."""
        while row >= self._known and self.canFetchMore():
            self.fetchMore()
        return self.index(row, 0)

    @override
    def canFetchMore(self, parent: Index = QModelIndex(), /) -> bool:  # noqa: B008  Qt's own signature
        return not parent.isValid() and self._known < len(self.tiles)

    @override
    def fetchMore(self, parent: Index = QModelIndex(), /) -> None:  # noqa: B008  Qt's own signature
        more = min(len(self.tiles), self._known + _AT_ONCE)
        self.beginInsertRows(QModelIndex(), self._known, more - 1)
        self._known = more
        self.endInsertRows()

    @override
    def rowCount(self, parent: Index = QModelIndex(), /) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else self._known

    @override
    def data(self, index: Index, /, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.tiles):
            return None
        tile = self.tiles[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return tile.name
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return ", ".join(part for part in (tile.name, tile.place, tile.spoken or tile.note) if part)
        return None


class _Cells(QStyledItemDelegate):
    """Tells how large each tile is; the grid draws all of them itself."""

    def __init__(self, grid: BrandGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index, /) -> QSize:
        return self._grid.gridSize()


class BrandGrid(QListView):
    """A grid of tiles. Enter or a press chooses one; letters go to whoever searches."""

    chosen = Signal(str)
    """Carries the tile's key."""
    left_upwards = Signal()

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self.setProperty("role", "brands")
        self.columns = 1
        self._under = -1
        give_viewport(self)
        self._tiles = _Tiles(self)
        self.setModel(self._tiles)
        self.setItemDelegate(_Cells(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.verticalScrollBar().setSingleStep(HIGH // 2)
        self.clicked.connect(self._on_clicked)
        # Always there, so that tiles do not move when it is needed; unseen while it is not.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(*mirror.margins(self, 0, 0, GUTTER - _BAR, 0))
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._on_range(0, 0)

    def put(self, tiles: Sequence[Tile]) -> None:
        """Show these tiles, from the first."""
        self._tiles.put(tiles)
        self.scrollToTop()
        if tiles:
            self.setCurrentIndex(self._tiles.index(0, 0))

    def choose(self, key: str) -> None:
        """Mark the tile `key` as the chosen one; empty for none."""
        if key != self._tiles.chosen:
            changed = {key, self._tiles.chosen}
            self._tiles.chosen = key
            for row in self._rows(self.viewport().rect()):
                if self._tiles.tiles[row].key in changed:
                    self._paint_again(row)

    def tiles(self) -> tuple[Tile, ...]:
        """What is shown."""
        return tuple(self._tiles.tiles)

    def shown_keys(self) -> tuple[str, ...]:
        """The keys of what is shown."""
        return tuple(tile.key for tile in self._tiles.tiles)

    def middle_of(self, key: str) -> QRectF:
        """Where the tile `key` is in the viewport, scrolled to if need be. Raises StopIteration for none."""
        row = next(row for row, tile in enumerate(self._tiles.tiles) if tile.key == key)
        index = self._tiles.reach(row)
        self.scrollTo(index)
        return QRectF(self.visualRect(index))

    def box(self, row: int, top: float) -> QRectF:
        """Where the tile `row` is, in whole pixels, in the cell that begins at `top`.

        The first tile of a row begins and the last ends where the view does.
        """
        whole = self.viewport().width()
        wide = (whole - _GAP * (self.columns - 1)) / self.columns
        left = (row % self.columns) * (wide + _GAP)
        box = QRectF(round(left), top + 1, round(left + wide) - round(left), HIGH)
        return mirror.placed(self.viewport(), box)

    def _paint_again(self, row: int) -> None:
        """One tile: all of them at once would keep a cashier's next key waiting."""
        cell = self.visualRect(self._tiles.index(row, 0))
        self.viewport().update(self.box(row, cell.y()).toAlignedRect().adjusted(-1, -1, 1, 1))

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._tiles.tiles[index.row()].key)

    def _rows(self, area: QRect) -> range:
        """The tiles that may reach into `area` of the viewport."""
        above = self.verticalOffset()
        first = max(0, above + area.top()) // _STEP
        behind = max(0, above + area.bottom()) // _STEP + 1
        return range(first * self.columns, min(self._tiles.rowCount(), behind * self.columns))

    @override
    def paintEvent(self, e: QPaintEvent, /) -> None:
        # Qt would ask for each tile by itself, which takes as long as half of what stands on it.
        here = self.currentIndex().row() if self.hasFocus() else -1
        chosen, region, above = self._tiles.chosen, e.region(), self.verticalOffset()
        names = ("surface", "hover", "accent_soft", "background", "line", "accent")
        surface, hover, soft, around, line, accent = (theme.colour(name).name() for name in names)
        places: list[Place] = []
        for row in self._rows(region.boundingRect()):
            box = self.box(row, row // self.columns * _STEP - above)
            if region.intersects(box.toAlignedRect()):
                tile = self._tiles.tiles[row]
                is_chosen = tile.key == chosen
                inside = soft if is_chosen else hover if row in {here, self._under} else surface
                places.append(Place(tile, box, inside, is_chosen or row == here))
        text, muted = theme.colour("text"), theme.colour("muted")
        look = Look(mirror.turned(self), self.devicePixelRatioF(), text, muted, around, line, accent)
        painter = QPainter(self.viewport())
        paint_tiles(painter, places, look)
        painter.end()

    @override
    def viewportEvent(self, event: QEvent, /) -> bool:
        # Qt itself has drawn again what the pointer came to and what it left, and does so after this.
        if isinstance(event, QHoverEvent):
            self._under = self.indexAt(event.position().toPoint()).row()
        return super().viewportEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        key, here = event.key(), self.currentIndex()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if here.isValid() and not event.isAutoRepeat():
                self._on_clicked(here)
        elif key == Qt.Key.Key_Up and (not here.isValid() or here.row() < self.columns):
            self.left_upwards.emit()
        elif key in {
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
        }:
            self._move(key)
        else:
            event.ignore()

    def _move(self, key: int) -> None:
        rows = len(self._tiles.tiles)
        if not rows:
            return
        page = self.columns * max(1, self.viewport().height() // (_STEP))
        steps: dict[int, int] = {
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -rows,
            Qt.Key.Key_End: rows,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        before = self.currentIndex().row()
        to = min(rows - 1, max(0, before + steps[mirror.key(self, key)]))
        self.setCurrentIndex(self._tiles.reach(to))
        for row in {max(0, before), to}:
            self._paint_again(row)

    @override
    def resizeEvent(self, e: QResizeEvent, /) -> None:
        wide = self.viewport().width()
        self.columns = max(1, (wide + _GAP) // (_LEAST_WIDE + _GAP))
        # Two pixels less than the place: Qt begins a new row when cells fill it exactly.
        self.setGridSize(QSize((wide - 2) // self.columns, _STEP))
        super().resizeEvent(e)

    def _on_range(self, _least: int, most: int) -> None:
        set_trait(self.verticalScrollBar(), "idle", "false" if most > 0 else "true")

    @override
    def event(self, e: QEvent, /) -> bool:
        if e.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut} and self.currentIndex().isValid():
            self._paint_again(self.currentIndex().row())
        return super().event(e)
