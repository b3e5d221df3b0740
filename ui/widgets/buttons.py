"""Buttons: with an icon and the key that does the same, with a value, as a chip, as an icon alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from ui import icons, keys, theme
from ui.widgets.mirror import draw, placed, write
from ui.widgets.parts import named, plain

_INK: Final = {"primary": "on_accent", "second": "on_strong"}
_GAP: Final = 12
_SIDE: Final = 20
SMALLEST: Final = 14
"""Pixels of a button's words where they have little room."""


class Pressable(QPushButton):
    """A button Enter presses too, once per press of the key: holding it down does not repeat it."""

    def __init__(self, name: str, words: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self.setProperty("role", role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # A press by hand leaves the focus where typing goes on; the keyboard reaches it by Tab.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @override
    def keyPressEvent(self, arg__1: QKeyEvent, /) -> None:
        if arg__1.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not arg__1.isAutoRepeat():
                self.click()
            arg__1.accept()
            return
        if arg__1.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right}:
            # Qt would move the focus to whatever lies that way; the screen decides.
            arg__1.ignore()
            return
        super().keyPressEvent(arg__1)


class ActionButton(Pressable):
    """What to do, with an icon before it and the key that does the same behind it.

    `key` is one that never changes, such as Enter; `does` an action whose key can be set (see `ui.keys`).
    """

    def __init__(
        self,
        name: str,
        words: str,
        *,
        role: str = "plain",
        key: str = "",
        does: str = "",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, words, role, parent)
        self._words, self._does, self._icon = words, does, icon
        self._key = keys.told(does) if does else key

    def say(self, words: str) -> None:
        """Show other words; a screen reader says them too."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.updateGeometry()
            self.update()

    def tell_key(self, key: str) -> None:
        """Show the key that does the same now; none for an empty one."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    def retell_key(self) -> None:
        """Show the key of what it does, as it is set now."""
        if self._does:
            self.tell_key(keys.told(self._does))

    def words(self) -> str:
        """The words on the button."""
        return self._words

    def has_icon(self) -> bool:
        """Whether there is an icon before the words."""
        return bool(self._icon)

    def key(self) -> str:
        """The key that is shown."""
        return self._key

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = QFontMetricsF(self.font())
        wide = metrics.horizontalAdvance(self._words) + 2 * _SIDE + 4
        if self._icon:
            wide += 24 + (_GAP - 4 if self._words else 0)
        if self._key:
            wide += self._cap_width() + _GAP
        return QSize(int(wide) + 1, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(48, super().sizeHint().height())

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        # The button itself has no text, so that Qt draws its body only.
        super().paintEvent(arg__1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._ink()
        if self.hasFocus() and self.property("role") in _INK:
            painter.setPen(QPen(ink, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(5, 5, -5, -5), 10, 10)
        self._paint_words(painter, ink)
        painter.end()

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return theme.colour("on_disabled")
        if self.property("tone") == "danger":
            return theme.colour("danger")
        return theme.colour(_INK.get(str(self.property("role")), "text"))

    def _paint_words(self, painter: QPainter, ink: QColor) -> None:
        metrics = QFontMetricsF(self.font())
        before = (24 + (_GAP - 4 if self._words else 0)) if self._icon else 0
        behind = self._cap_width() + _GAP if self._key else 0
        room = self.width() - 2 * 12 - before - behind
        if room < metrics.horizontalAdvance(self._words) and behind:
            # In a narrow place the words matter more than the reminder of the key.
            behind, room = 0, room + behind
        face = fitting(self.font(), self._words, room)
        painter.setFont(face)
        metrics = QFontMetricsF(face)
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, max(0.0, room))
        wide = metrics.horizontalAdvance(words)
        left = (self.width() - before - wide - behind) / 2
        if self._icon:
            sign = QRectF(left, self.height() / 2 - 12, 24, 24)
            draw(painter, self, self._icon, placed(self, sign), ink)
        painter.setPen(ink)
        write(painter, self, placed(self, QRectF(left + before, 0, wide + 2, self.height())), words)
        if behind:
            cap = QRectF(left + before + wide + _GAP, 0, self._cap_width(), self.height())
            paint_cap(painter, placed(self, cap), self._key, ink)

    def _cap_width(self) -> float:
        return cap_width(self._key)


def fitting(font: QFont, words: str, room: float) -> QFont:
    """`font`, smaller where `words` would not fit into `room` otherwise, but never too small to be read."""
    wide = QFontMetricsF(font).horizontalAdvance(words)
    if wide <= room:
        return font
    size = QFontInfo(font).pixelSize()
    made = QFont(font)
    made.setPixelSize(min(size, max(SMALLEST, int(size * room / wide))))
    return made


def cap_width(key: str) -> float:
    """How wide the hint of a key is, in pixels."""
    return max(28.0, QFontMetricsF(theme.font(12)).horizontalAdvance(key) + 16)


def paint_cap(painter: QPainter, rect: QRectF, key: str, ink: QColor) -> None:
    """Draw the hint of a key into the middle of `rect`."""
    cap = QRectF(rect.x(), rect.center().y() - 10.5, rect.width(), 21)
    pen = QPen(ink, 1)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setFont(theme.font(12))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)


class ValueButton(Pressable):
    """One of several values; the chosen one is filled."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(name, words, "value", parent)
        self.setCheckable(True)
        self.say(words)

    def say(self, words: str) -> None:
        """Show another value."""
        self.setText(plain(words))

    @override
    def keyPressEvent(self, arg__1: QKeyEvent, /) -> None:
        super().keyPressEvent(arg__1)
        if arg__1.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            # Choosing is half of what Enter means here; the screen goes on with what is chosen.
            arg__1.ignore()


class Chip(Pressable):
    """One of several filters. Its place to press is as high as every other, the pill itself is lower."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(name, words, "chip", parent)
        self.setText(plain(words))
        self.setCheckable(True)

    @override
    def hitButton(self, pos: QPoint, /) -> bool:
        return self.rect().contains(pos)


class IconButton(Pressable):
    """An icon alone; its words are for the screen reader and the tool tip."""

    def __init__(
        self, name: str, words: str, icon: str, *, role: str = "icon", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, words, role, parent)
        self._icon = icon
        self.setToolTip(words)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        role = "on_disabled" if not self.isEnabled() else "text"
        if self.property("role") == "icon" and self.isEnabled() and not self.underMouse():
            role = "muted"
        place = QRectF(self.rect()).adjusted(13, 13, -13, -13)
        draw(painter, self, self._icon, place, theme.colour(role))
        painter.end()


class RailButton(Pressable):
    """A screen's door in the rail: icon above its name, and how many things wait there."""

    def __init__(self, name: str, words: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(name, words, "rail", parent)
        self._words, self._icon, self._waiting = words, icon, 0
        self.setCheckable(True)

    def say(self, words: str) -> None:
        """Show other words."""
        self._words = words
        self._describe(words)
        self.update()

    def set_waiting(self, number: int, spoken: str) -> None:
        """Show `number` in red, nothing for 0; `spoken` is what the screen reader says then."""
        self._waiting = number
        self._describe(spoken if number else self._words)
        self.update()

    def waiting(self) -> int:
        """The number shown."""
        return self._waiting

    def _describe(self, words: str) -> None:
        self.setAccessibleName(words)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = theme.colour("on_rail" if self.isChecked() or self.underMouse() else "rail_text")
        middle = self.width() / 2
        icons.paint(painter, self._icon, QRectF(middle - 12, 10, 24, 24), ink)
        painter.setPen(ink)
        painter.setFont(theme.font(12))
        painter.drawText(QRectF(0, 38, self.width(), 18), Qt.AlignmentFlag.AlignCenter, self._words)
        if self._waiting:
            words = str(self._waiting) if self._waiting < 100 else "99+"  # noqa: PLR2004  two digits fit
            face = theme.font(11)
            face.setBold(True)
            wide = max(18.0, QFontMetricsF(face).horizontalAdvance(words) + 10)
            badge = QRectF(middle + 4, 5, wide, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor("#d92d20"))
            painter.drawRoundedRect(badge, 9, 9)
            painter.setPen(QColor("#ffffff"))
            painter.setFont(face)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
