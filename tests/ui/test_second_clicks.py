"""A double click is meant for what lay there when it began."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from ui.second_clicks import SecondClicks

_PLACE = QPointF(40, 40)


class Counter:
    """A window where a tile makes room for a button, and a mouse as the window system tells of it."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.window = QWidget()
        self.window.resize(200, 200)
        self.tile, self.add = QPushButton("tile", self.window), QPushButton("add", self.window)
        for button in (self.tile, self.add):
            button.setGeometry(0, 0, 100, 100)
        self.add.hide()
        self.tile.clicked.connect(lambda: self.pressed.append("tile"))
        self.add.clicked.connect(lambda: self.pressed.append("add"))
        self.window.show()
        self.filter = SecondClicks(self.window)
        self.window.windowHandle().installEventFilter(self.filter)
        self._at = 5000

    def make_room(self) -> None:
        self.tile.hide()
        self.add.show()

    def click(self) -> None:
        self._at += 2000
        self._tell(QEvent.Type.MouseButtonPress)
        self._tell(QEvent.Type.MouseButtonRelease)

    def click_again(self, *, told_as_press: bool = True) -> None:
        """The second click of a double click, as Qt tells of it: the press to filters alone."""
        self._at += 120
        if told_as_press:
            self.filter.eventFilter(self.window, self._event(QEvent.Type.MouseButtonPress))
        double = self._event(QEvent.Type.MouseButtonDblClick)
        under = self.add if self.add.isVisible() else self.tile
        if not self.filter.eventFilter(self.window, double):
            QApplication.sendEvent(under, double)
        QApplication.sendEvent(under, self._event(QEvent.Type.MouseButtonRelease))

    def _tell(self, kind: QEvent.Type) -> None:
        QApplication.sendEvent(self.window.windowHandle(), self._event(kind))

    def _event(self, kind: QEvent.Type) -> QMouseEvent:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        held = none if kind == QEvent.Type.MouseButtonRelease else left
        everywhere = QPointF(self.window.mapToGlobal(_PLACE.toPoint()))
        event = QMouseEvent(kind, _PLACE, _PLACE, everywhere, left, held, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(self._at)
        return event


@pytest.fixture
def counter(qapp: QApplication) -> Iterator[Counter]:
    counter = Counter()
    yield counter
    counter.window.close()


@pytest.mark.parametrize("told_as_press", [True, False])
def test_a_second_click_presses_nothing_that_came_between(counter: Counter, *, told_as_press: bool) -> None:
    counter.tile.clicked.connect(counter.make_room)
    counter.click()
    counter.click_again(told_as_press=told_as_press)
    assert counter.pressed == ["tile"]
    counter.click()
    assert counter.pressed == ["tile", "add"], "a click of its own does it"


@pytest.mark.parametrize("told_as_press", [True, False])
def test_what_stays_hears_every_click(counter: Counter, *, told_as_press: bool) -> None:
    counter.click()
    counter.click_again(told_as_press=told_as_press)
    counter.click()
    assert counter.pressed == ["tile", "tile", "tile"]


def test_what_was_clicked_long_before_counts_for_nothing(counter: Counter) -> None:
    counter.make_room()
    counter.click()
    counter.add.hide()
    counter.tile.show()
    counter.click()
    counter.make_room()
    counter.click_again()
    assert counter.pressed == ["add", "tile"]
