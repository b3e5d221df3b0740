"""The look of a long table: high rows, a pill for the status column, Enter or a press opens a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.widgets.parts import named

Index = QModelIndex | QPersistentModelIndex
PillTone = Literal["ok", "warn", "danger", "muted"]


class PillPainter(QStyledItemDelegate):
    """Draws a status as a pill in the colours of its tone; the words say the same."""

    def __init__(self, tone_of: Callable[[Index], PillTone], parent: QWidget) -> None:
        super().__init__(parent)
        self._tone_of = tone_of

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, /) -> None:
        words = str(index.data() or "")
        super().paint(painter, option, index)
        # Stubs leave the option's own fields out of the class.
        cell = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
        tone = self._tone_of(index)
        face = theme.font(13, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(face)
        room = cell.width() - 40
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        wide = metrics.horizontalAdvance(words) + 20
        turned = option.direction == Qt.LayoutDirection.RightToLeft  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        left = cell.right() - 12 - wide if turned else cell.x() + 12
        pill = QRectF(left, cell.center().y() - 13, wide, 26).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("tint_edge"))
        painter.setBrush(theme.colour("hover" if tone == "muted" else f"{tone}_soft"))
        painter.drawRoundedRect(pill, 13, 13)
        painter.setPen(theme.colour(tone))
        painter.setFont(face)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()

    @override
    def displayText(self, value: object, locale: object, /) -> str:
        return ""


class OrderTable(QTableView):
    """Rows to choose from."""

    opened = Signal(QModelIndex)
    left_upwards = Signal()

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        # Every row has one height: a million rows are not measured.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(52)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCornerButtonEnabled(False)
        self.clicked.connect(self.opened)

    def set_widths(self, widths: Mapping[int, int], stretched: int) -> None:
        """The width of each column in pixels; one takes the rest."""
        header = self.horizontalHeader()
        for column, width in widths.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        here = self.currentIndex()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if here.isValid() and not event.isAutoRepeat():
                self.opened.emit(here)
        elif event.key() == Qt.Key.Key_Up and (not here.isValid() or here.row() == 0):
            self.left_upwards.emit()
        elif event.text().strip():
            # Letters search; the table would jump to a row that begins with them.
            event.ignore()
        else:
            super().keyPressEvent(event)
