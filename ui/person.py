"""A person at the window: types, presses, clicks, reads. For the demonstration and for tests.

Keys and clicks go the way real ones do, through the focus and the place on the screen; nothing is called
behind the widgets' back. No nested loop runs: waiting is done by the asyncio loop, with an end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from ui.widgets.brand_grid import BrandGrid
from ui.widgets.buttons import ActionButton, RailButton
from ui.widgets.light import LightButton

PATIENCE: Final = 60.0
"""Seconds a person waits for something to appear before giving up."""

_APART_MS: Final = 200
"""Between two keys of somebody who looks for each."""

_KEYS: Final = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "Space": Qt.Key.Key_Space,
    "Backspace": Qt.Key.Key_Backspace,
    "Delete": Qt.Key.Key_Delete,
    "+": Qt.Key.Key_Plus,
    "-": Qt.Key.Key_Minus,
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)},
}


class NotSeen(AssertionError):
    """What the person waited for did not appear; the message tells what was there instead."""


class Person:
    """Somebody in front of `window`."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._held_at = 0

    def type(self, text: str) -> None:
        """Type `text` wherever the focus is, in whatever letters."""
        _type(self._focus(), text)

    def press(self, key: str) -> None:
        """Press a key by its name, such as `Enter`, `F12` or `Down`."""
        QTest.keyClick(self._focus(), _KEYS[key])

    def hold(self, key: str, times: int) -> None:
        """Hold a key down: after the press come `times` repeats, then the release."""
        focus, code = self._focus(), _KEYS[key]
        none = Qt.KeyboardModifier.NoModifier
        for number in range(times + 1):
            repeat = number > 0
            QApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyPress, code, none, "", repeat))
        QApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyRelease, code, none, ""))

    def hold_unmarked(self, key: str, times: int) -> None:
        """Hold a key as X11 may tell it: each repeat a release and a press of one moment, neither marked."""
        # Long after anything held before, so that this press is one of its own.
        self._held_at += 1000
        self._tell_window(QEvent.Type.KeyPress, key)
        for _repeat in range(times):
            self.repeat_unmarked(key)
        self._held_at += 33
        self._tell_window(QEvent.Type.KeyRelease, key)

    def repeat_unmarked(self, key: str) -> None:
        """One more such repeat of a key that is held down."""
        self._held_at += 33
        self._tell_window(QEvent.Type.KeyRelease, key)
        self._tell_window(QEvent.Type.KeyPress, key)

    def strike(self, key: str) -> None:
        """Strike a key, a letter or one by its name, where the window system tells it: at the window."""
        letter, ends = (key, ()) if len(key) == 1 and key not in _KEYS else ("", (key,))
        self.keys_at(letter, _APART_MS, *ends)

    def scan(self, text: str, end: str = "Enter") -> None:
        """Have a scanner read `text` off a paper: one burst of keys, whatever has the focus."""
        self.keys_at(text, 4, end)

    def keys_at(self, text: str, apart: int, *ends: str) -> None:
        """Type `text` at the window, a key every `apart` milliseconds, and the keys `ends` behind it."""
        self._held_at += 1000
        none = Qt.KeyboardModifier.NoModifier
        keys = [(Qt.Key(ord(letter.upper())), letter) for letter in text]
        for code, letter in [*keys, *((_KEYS[end], "\r" if end == "Enter" else "") for end in ends)]:
            self._held_at += apart
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, code, none, letter)
                event.setTimestamp(self._held_at)
                QApplication.sendEvent(self._window.windowHandle(), event)

    def click(self, name: str) -> None:
        """Press the control with the object name `name` in its middle. Raises NotSeen."""
        widget = self.find(name)
        if not widget.isEnabled():
            raise NotSeen(f"{name} can not be pressed")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())

    def click_brand(self, key: str) -> None:
        """Press a brand's tile by its key. Raises NotSeen."""
        for grid in self._window.findChildren(BrandGrid):
            if grid.isVisible() and key in grid.shown_keys():
                middle = grid.middle_of(key).center().toPoint()
                QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
                return
        raise NotSeen(f"no tile {key!r}; {self.texts()}")

    def write(self, name: str, text: str) -> None:
        """Go to the field `name`, clear it, type `text`. Raises NotSeen."""
        self.click(name)
        field = self.find(name)
        if isinstance(field, QLineEdit):
            field.selectAll()
            QTest.keyClick(field, Qt.Key.Key_Delete)
        _type(field, text)

    def find(self, name: str) -> QWidget:
        """The visible control with the object name `name`. Raises NotSeen."""
        for widget in self._window.findChildren(QWidget, name):
            if widget.isVisible():
                return widget
        raise NotSeen(f"no {name!r} to be seen; {self.texts()}")

    def sees(self, name: str) -> bool:
        """Whether the control `name` is there to be seen."""
        return any(widget.isVisible() for widget in self._window.findChildren(QWidget, name))

    def can_press(self, name: str) -> bool:
        """Whether the control `name` is there and can be pressed."""
        return self.sees(name) and self.find(name).isEnabled()

    def texts(self) -> tuple[str, ...]:
        """Every text one can read, from top to bottom."""
        found: list[tuple[int, int, str]] = []
        for widget in self._window.findChildren(QWidget):
            words = _words_on(widget)
            if words and widget.isVisible() and _on_screen(widget, self._window):
                place = widget.mapTo(self._window, QPoint(0, 0))
                found.append((place.y(), place.x(), words))
        # A place where a long word may break is nothing one sees.
        return tuple(words.replace("\u200b", "") for _y, _x, words in sorted(found))

    def reads(self, words: str) -> bool:
        """Whether `words` stand somewhere."""
        return any(words in text for text in self.texts())

    async def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait until `condition` holds. Raises NotSeen after `seconds`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        # A few rounds of the loop first: what was begun by the last key gets its turn.
        await asyncio.sleep(0.01)
        while not condition():
            if loop.time() > end:
                raise NotSeen(f"waited {seconds:g} s for {what}; {self.texts()}")
            await asyncio.sleep(0.01)

    async def see(self, words: str, seconds: float = PATIENCE) -> None:
        """Wait until `words` can be read. Raises NotSeen after `seconds`."""
        await self.until(lambda: self.reads(words), repr(words), seconds)

    async def see_enabled(self, name: str, seconds: float = PATIENCE) -> None:
        """Wait until the control `name` can be pressed. Raises NotSeen after `seconds`."""
        await self.until(lambda: self.can_press(name), f"{name} to become pressable", seconds)

    def _tell_window(self, kind: QEvent.Type, key: str) -> None:
        """Send a key where the window system does: to the window itself, with the time in milliseconds."""
        event = QKeyEvent(kind, _KEYS[key], Qt.KeyboardModifier.NoModifier, "")
        event.setTimestamp(self._held_at)
        QApplication.sendEvent(self._window.windowHandle(), event)

    def _focus(self) -> QWidget:
        # Offscreen windows are not always active; the window's own focus is where keys would go.
        return self._window.focusWidget() or self._window


def _type(focus: QWidget, text: str) -> None:
    for letter in text:
        if letter.isascii():
            QTest.keyClicks(focus, letter)
            continue
        # Qt's own way to type knows no key for it.
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(focus, event)


def _words_on(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QLineEdit):
        return widget.text()
    if isinstance(widget, ActionButton):
        return widget.words()
    if isinstance(widget, LightButton | RailButton):
        return widget.accessibleName()
    if isinstance(widget, BrandGrid):
        return ", ".join(tile.name for tile in widget.tiles())
    if isinstance(widget, QAbstractButton):
        return widget.text().replace("&&", "&")
    return ""


def _on_screen(widget: QWidget, window: QWidget) -> bool:
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return window.rect().intersects(place)
