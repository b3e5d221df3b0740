"""Small things every screen needs: names, texts by role, cards, rules."""

from __future__ import annotations

import re
from typing import Final, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QWidget,
)
from typing_extensions import override

from ui.unbroken import as_said, unbroken_on_screen
from ui.widgets import mirror

Part = TypeVar("Part", bound=QWidget)


def named(widget: Part, name: str, words: str = "") -> Part:
    """`widget` under its object name and, in `words`, the name a screen reader says."""
    widget.setObjectName(name)
    if words:
        widget.setAccessibleName(words)
    return widget


def set_role(widget: QWidget, role: str) -> None:
    """Dress `widget` as `role`; does nothing when it is dressed so."""
    set_trait(widget, "role", role)


def set_trait(widget: QWidget, trait: str, value: str) -> None:
    """Set a property the stylesheet asks for, and have the widget dressed anew when it changed."""
    if widget.property(trait) == value:
        return
    widget.setProperty(trait, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


_BLANK: Final = re.compile(r"[^\S\u00a0]|(?<=/)")
_JOINT: Final = re.compile(r"\s|(?<=[/-])")
"""Where a line may end, and where it may within what is kept whole."""


class Text(QLabel):
    """A text by role. Plain always: names come from providers and are never read as markup."""

    def __init__(
        self, name: str, role: str = "", words: str = "", *, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setWordWrap(wrap)
        if mirror.turned(self):
            self.setAlignment(self.alignment())
        if role:
            self.setProperty("role", role)
        self.setText(words)

    @override
    def setAlignment(self, arg__1: Qt.AlignmentFlag, /) -> None:
        """At a side as one reads: a name in other letters begins where the words around it do."""
        super().setAlignment(mirror.side(self, arg__1) if mirror.turned(self) else arg__1)

    @override
    def setText(self, arg__1: str, /) -> None:
        """Show other words; the widget is left alone when they are the same."""
        if arg__1 != self.text():
            super().setText(arg__1)
            self._keep_whole()

    @override
    def text(self) -> str:
        return as_said(super().text())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._keep_whole()

    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        words = self.text()
        if self.wordWrap() and words != super().text():
            # What is kept whole where there is room for it makes nothing wider.
            around = self.width() - self.contentsRect().width() + 2 * self.margin()
            hint.setWidth(min(hint.width(), self._widest(words, _JOINT) + around))
        return hint

    def _keep_whole(self) -> None:
        """Have no line end within an address or a code, as long as a line has room for it."""
        words = self.text()
        kept = unbroken_on_screen(words) if self.wordWrap() else words
        if kept != words and self._widest(kept, _BLANK) > self.contentsRect().width() - 2 * self.margin():
            kept = words
        if kept != super().text():
            super().setText(kept)

    def _widest(self, words: str, parted: re.Pattern[str]) -> int:
        return max(self.fontMetrics().horizontalAdvance(one) for one in parted.split(words))

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        if not (self.wordWrap() and mirror.turned(self)):
            super().paintEvent(arg__1)
            return
        painter = QPainter(self)
        self.drawFrame(painter)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        mirror.write_lines(painter, self, QRectF(self.contentsRect()), super().text(), self.alignment())
        painter.end()

    def say(self, words: str, role: str | None = None) -> None:
        """Show `words`, hide for none, optionally in another role."""
        if role is not None:
            set_role(self, role)
        self.setText(words)
        self.setVisible(bool(words))


class OneLine(Text):
    """A text that is cut with a mark where there is no room for all of it."""

    def __init__(self, name: str, role: str = "", words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, role, words, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(self.rect(), int(self.alignment()), words)
        painter.end()


class Figure(Text):
    """An amount in large type, smaller where it has no room for all of it: no digit is ever cut off."""

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def fitting(self) -> QFont:
        """The font in which all of it can be seen."""
        font = QFont(self.font())
        wide = QFontMetricsF(font).horizontalAdvance(self.text())
        if wide > self.width():
            font.setPixelSize(max(1, int(QFontInfo(font).pixelSize() * self.width() / wide)))
        return font

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setFont(self.fitting())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(self.rect(), int(self.alignment()), self.text())
        painter.end()


def card(name: str, parent: QWidget | None = None, role: str = "card") -> QFrame:
    """A raised surface."""
    frame = QFrame(parent)
    frame.setObjectName(name)
    frame.setProperty("role", role)
    return frame


def rule(parent: QWidget | None = None) -> QFrame:
    """A thin line between things."""
    frame = QFrame(parent)
    frame.setProperty("role", "rule")
    return frame


def give_viewport(area: QAbstractScrollArea) -> QWidget:
    """A see-through viewport for `area`, in the place of the one it has made for itself.

    Asked for that one, which Python has never seen, the binding makes the classes of all widgets there are
    to find out which one it is: some 3 MB, and time in which the window does not answer.
    """
    viewport = QWidget()
    viewport.setObjectName("qt_scrollarea_viewport")
    viewport.setProperty("role", "clear")
    area.setViewport(viewport)
    return viewport


class Scroll(QScrollArea):
    """A column of things that may be longer than its place; no frame, never sideways."""

    def __init__(self, name: str, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside.setProperty("role", "clear")
        give_viewport(self)
        self.setWidget(inside)


def empty(layout: QLayout) -> None:
    """Take everything out of `layout` and let go of it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def plain(words: str) -> str:
    """`words` for a button's text, where an ampersand would otherwise underline the next letter."""
    return words.replace("&", "&&")
