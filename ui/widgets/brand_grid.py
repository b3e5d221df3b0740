"""Brands as tiles: thousands cost no more than what one sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, TypeAlias, overload

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from pos_app.i18n import right_to_left
from ui import icons, theme
from ui.widgets import mirror
from ui.widgets.monogram import paint_monogram
from ui.widgets.parts import give_viewport, named, set_trait

Index = QModelIndex | QPersistentModelIndex

_HIGH: Final = 104
_GAP: Final = 12
_AT_ONCE: Final = 120
"""How many tiles the view hears of at first, and with each further part: several windows full."""
_LEAST_WIDE: Final = 168
_SIGN: Final = 48
_MAIL: Final = 22
"""How much room an envelope takes behind words."""
_BAR: Final = 10
GUTTER: Final = 16
"""How far the grid reaches beyond its tiles to the right, for the scroll bar."""


@dataclass(frozen=True, slots=True)
class Tile:
    """What one tile shows: `place` (an address) and `note` in a line each under the name.

    `mail`: the card goes out by e-mail; a small envelope says so.
    """

    key: str
    name: str
    note: str
    place: str = ""
    mail: bool = False
    spoken: str = ""


class LateTiles(Sequence[Tile]):
    """Tiles of which each is made when it is looked at: of thousands hardly one ever is."""

    def __init__(self, keys: Sequence[str], make: Callable[[int], Tile]) -> None:
        self.keys, self._make = keys, make

    @override
    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Tile: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Tile]: ...
    @override
    def __getitem__(self, index: int | slice) -> Tile | Sequence[Tile]:
        if isinstance(index, slice):
            return [self._make(row) for row in range(*index.indices(len(self.keys)))]
        # A sequence ends here for whoever goes through it.
        return self._make(range(len(self.keys))[index])


class _Tiles(QAbstractListModel):
    """Lets the view know of some rows only, and of more as they are scrolled to: it lays all of them out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tiles: Sequence[Tile] = ()
        self.keys: Sequence[str] = ()
        self.chosen = ""
        self._known = 0

    def put(self, tiles: Sequence[Tile]) -> None:
        self.beginResetModel()
        self.tiles = tiles
        self.keys = tiles.keys if isinstance(tiles, LateTiles) else [tile.key for tile in tiles]
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


class _Painter(QStyledItemDelegate):
    def __init__(self, model: _Tiles, view: BrandGrid) -> None:
        super().__init__(view)
        self._model, self._view = model, view

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index, /) -> QSize:
        return self._view.gridSize()

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, /) -> None:
        row = index.row()
        tile = self._model.tiles[row]
        look = self._view.look
        # Stubs leave the option's own fields out of the class.
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        top: int = option.rect.y()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        box = self._view.box(row, top)
        here = row == look.here
        chosen = tile.key == self._model.chosen
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        inside = look.soft if chosen else look.hover if hovered or here else look.surface
        marked = chosen or here
        ground = _ground(
            look.around,
            inside,
            look.accent if marked else look.line,
            2 if marked else 1,
            round(box.width()),
            look.ratio,
        )
        painter.drawPixmap(box.topLeft(), ground)
        beside = 12 + _SIGN + 10
        left, wide = box.x() + beside, box.width() - beside - 6
        sign = box.x() + 12
        if look.turned:
            left, sign = box.x() + 6, box.right() - 12 - _SIGN
        middle = box.center().y()
        paint_monogram(painter, QRectF(sign, middle - _SIGN / 2, _SIGN, _SIGN), tile.name, behind=inside)
        self._words(painter, tile, QRectF(left, box.y(), wide, box.height()), look)

    def _words(self, painter: QPainter, tile: Tile, room: QRectF, look: _Look) -> None:
        (name, down), notes, mail = _written(tile, round(room.width(), 2), look.turned)
        left, middle = room.x(), room.center().y()
        painter.setPen(look.text)
        name.draw(painter, QPointF(left, middle + down))
        painter.setPen(look.muted)
        for line, down in notes:
            line.draw(painter, QPointF(left, middle + down))
        if mail is not None:
            behind, down = mail
            beside = room.right() - behind if look.turned else left + behind - 16
            icons.paint(painter, "mail", QRectF(beside, middle + down, 16, 16), look.muted)


@dataclass(frozen=True, slots=True)
class _Look:
    """What all tiles of one drawing share: asked for once, not for each of them."""

    turned: bool
    ratio: float
    here: int
    text: QColor
    muted: QColor
    around: str
    surface: str
    hover: str
    soft: str
    line: str
    accent: str


_NAME: Final = 0
_NOTE: Final = 1
_NAME_HIGH: Final = 20
_LINE_END: Final = "\u2028"

_Placed: TypeAlias = "tuple[QTextLayout, float]"
"""Words that are laid out, and where they begin: so far below the middle of their tile."""


@lru_cache(maxsize=128)
def _written(
    tile: Tile,
    wide: float,
    turned: bool,  # noqa: FBT001  part of the key
) -> tuple[_Placed, list[_Placed], tuple[float, float] | None]:
    """What stands on a tile: name, notes, and where an envelope stands, if any: how far behind, and below.

    Most of what a tile costs, and a key brings twenty that were never drawn: so what is laid out is measured
    too, and not once more by itself. It is kept, because the next key may bring them back.
    """
    name = _name(tile.name, wide, turned)
    told = [note for note in (tile.place, tile.note) if note]
    # The envelope stands behind the amount. Where that is too long, it stands behind the place: of an
    # address a part is enough.
    signed = -1
    if tile.mail and told:
        fits = _note(told[-1], wide, wide, turned)[1] + _MAIL <= wide
        signed = len(told) - 1 if fits else 0
    tall = _NAME_HIGH * name.lineCount()
    top = -(tall + 4 + 17 * len(told)) / 2
    placed = name, round(top + 10 - name.lineAt(0).height() / 2)
    top += tall + 4
    notes: list[_Placed] = []
    mail: tuple[float, float] | None = None
    for number, note in enumerate(told):
        beside = _MAIL if number == signed else 0
        line, long = _note(note, wide - beside, wide, turned)
        notes.append((line, round(top + 8.5 - line.lineAt(0).height() / 2)))
        if beside:
            mail = long + beside, top + 0.5
        top += 17
    return placed, notes, mail


def _name(words: str, wide: float, turned: bool) -> QTextLayout:  # noqa: FBT001  as it is drawn
    """`words` in at most two lines of `wide` pixels, the last one cut with a mark."""
    laid, first, second = _in_lines(words, wide, turned)
    if first.naturalTextWidth() > wide:
        return _on_one_line(_cut(words, _NAME, wide), _NAME, wide, turned)[0]
    if not second.isValid():
        return laid
    # Qt counts in halves of what may take two of them.
    halves, at = words.encode("utf-16-le"), 2 * first.textLength()
    if second.naturalTextWidth() <= wide and 2 * second.textLength() == len(halves) - at:
        return laid
    rest = _cut(halves[at:].decode("utf-16-le"), _NAME, wide)
    both = f"{halves[:at].decode('utf-16-le').rstrip()}{_LINE_END}{rest}"
    return _in_lines(both, wide, turned, wrap=False)[0]


@lru_cache(maxsize=256)
def _note(words: str, room: float, wide: float, turned: bool) -> tuple[QTextLayout, float]:  # noqa: FBT001  part of the key
    """`words` on one line of `wide` pixels, cut with a mark where they are longer than `room`; how long."""
    laid, line = _on_one_line(words, _NOTE, wide, turned)
    if line.naturalTextWidth() > room:
        laid, line = _on_one_line(_cut(words, _NOTE, room), _NOTE, wide, turned)
    return laid, line.naturalTextWidth()


def _in_lines(
    words: str,
    wide: float,
    turned: bool,  # noqa: FBT001  as it is drawn
    *,
    wrap: bool = True,
) -> tuple[QTextLayout, QTextLine, QTextLine]:
    """A name in the first two of its lines; the second is not valid where one is enough."""
    laid = QTextLayout(words, _fonts()[_NAME])
    # Without it the letters would be looked up again with every drawing.
    laid.setCacheEnabled(True)
    laid.setTextOption(_option(turned, wrap))
    laid.beginLayout()
    first = laid.createLine()
    first.setLineWidth(wide)
    second = laid.createLine()
    if second.isValid():
        second.setLineWidth(wide)
        second.setPosition(QPointF(0, _NAME_HIGH))
    laid.endLayout()
    return laid, first, second


def _on_one_line(words: str, font: int, wide: float, turned: bool) -> tuple[QTextLayout, QTextLine]:  # noqa: FBT001  as it is drawn
    laid = QTextLayout(words, _fonts()[font])
    laid.setCacheEnabled(True)
    laid.setTextOption(_option(turned, False))
    laid.beginLayout()
    line = laid.createLine()
    line.setLineWidth(wide)
    laid.endLayout()
    return laid, line


@cache
def _option(turned: bool, wrap: bool) -> QTextOption:  # noqa: FBT001  as it is drawn
    side = Qt.AlignmentFlag.AlignRight if turned else Qt.AlignmentFlag.AlignLeft
    option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WordWrap if wrap else QTextOption.WrapMode.NoWrap)
    return option


def _cut(words: str, font: int, wide: float) -> str:
    return QFontMetricsF(_fonts()[font]).elidedText(words, Qt.TextElideMode.ElideRight, wide)


@lru_cache(maxsize=16)
def _ground(around: str, fill: str, edge: str, thick: int, wide: int, ratio: float) -> QPixmap:
    """A tile with nothing on it: its round corners take as long to draw as everything on it."""
    pixmap = QPixmap(QSize(round(wide * ratio), round(_HIGH * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    # Nothing to see through: that is drawn many times faster.
    pixmap.fill(QColor(around))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(edge), thick))
    half, corner = thick / 2, 15 - thick
    painter.drawRoundedRect(QRectF(0, 0, wide, _HIGH).adjusted(half, half, -half, -half), corner, corner)
    painter.end()
    return pixmap


def _fonts() -> tuple[QFont, QFont]:
    return _made_fonts(right_to_left())


@cache
def _made_fonts(_turned: bool) -> tuple[QFont, QFont]:  # noqa: FBT001  other letters are at hand then
    """The font of names and that of notes; making one takes longer than drawing a word with it."""
    return theme.font(16, QFont.Weight.DemiBold), theme.font(13)


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
        self.look = self._looks()
        give_viewport(self)
        self._tiles = _Tiles(self)
        self.setModel(self._tiles)
        self.setItemDelegate(_Painter(self._tiles, self))
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
        self.verticalScrollBar().setSingleStep(_HIGH // 2)
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
            for row, one in enumerate(self._tiles.keys[: self._tiles.rowCount()]):
                if one in changed:
                    self._paint_again(row)

    def tiles(self) -> tuple[Tile, ...]:
        """What is shown."""
        return tuple(self._tiles.tiles)

    def shown_keys(self) -> tuple[str, ...]:
        """The keys of what is shown."""
        return tuple(self._tiles.keys)

    def middle_of(self, key: str) -> QRectF:
        """Where the tile `key` is in the viewport, scrolled to if need be. Raises StopIteration for none."""
        row = next(row for row, one in enumerate(self._tiles.keys) if one == key)
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
        box = QRectF(round(left), top + 1, round(left + wide) - round(left), _HIGH)
        return mirror.placed(self.viewport(), box)

    def _paint_again(self, row: int) -> None:
        """One tile: all of them at once would keep a cashier's next key waiting."""
        cell = self.visualRect(self._tiles.index(row, 0))
        self.viewport().update(self.box(row, cell.y()).toAlignedRect().adjusted(-1, -1, 1, 1))

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._tiles.keys[index.row()])

    def _looks(self) -> _Look:
        here = self.currentIndex().row() if self.hasFocus() else -1
        return _Look(
            mirror.turned(self),
            self.devicePixelRatioF(),
            here,
            theme.colour("text"),
            theme.colour("muted"),
            *(
                theme.colour(role).name()
                for role in ("background", "surface", "hover", "accent_soft", "line", "accent")
            ),
        )

    @override
    def paintEvent(self, e: QPaintEvent, /) -> None:
        self.look = self._looks()
        super().paintEvent(e)

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
        page = self.columns * max(1, self.viewport().height() // (_HIGH + _GAP))
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
        self.setGridSize(QSize((wide - 2) // self.columns, _HIGH + _GAP))
        super().resizeEvent(e)

    def _on_range(self, _least: int, most: int) -> None:
        set_trait(self.verticalScrollBar(), "idle", "false" if most > 0 else "true")

    @override
    def event(self, e: QEvent, /) -> bool:
        if e.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut} and self.currentIndex().isValid():
            self._paint_again(self.currentIndex().row())
        return super().event(e)
