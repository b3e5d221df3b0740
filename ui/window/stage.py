"""The place in the window where one screen at a time stands, and all screens that were made so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ui.frame import Frame
    from ui.screens.attention import AttentionScreen
    from ui.screens.charge import ChargeScreen
    from ui.screens.lessons import LessonsScreen
    from ui.screens.orders import OrdersScreen
    from ui.screens.result import ResultScreen
    from ui.screens.sell import SellScreen
    from ui.screens.settings import SettingsScreen

    TillScreen: TypeAlias = (
        SellScreen
        | ChargeScreen
        | ResultScreen
        | OrdersScreen
        | AttentionScreen
        | SettingsScreen
        | LessonsScreen
    )

S = TypeVar("S", bound="TillScreen")


class Stage(QObject):
    """Screens come and go here. `came`: somebody has just come to another one."""

    came = Signal()

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._frame = frame
        self._screens: list[TillScreen] = []

    @property
    def screens(self) -> tuple[TillScreen, ...]:
        """All that were made, in the order in which they were wanted first."""
        return tuple(self._screens)

    def current(self) -> QWidget | None:
        """What one sees: a screen of the till, or a page that stands before it."""
        return self._frame.stack.currentWidget()

    def add(self, screen: S) -> S:
        """Have a place for `screen`, out of sight."""
        # Of no size: the place of a new one is painted anew though it is hidden.
        screen.resize(0, 0)
        self._frame.stack.addWidget(screen)
        self._screens.append(screen)
        return screen

    def drop(self, screen: QWidget) -> None:
        """`screen` goes for good; the next time it is wanted it is made anew."""
        self._screens = [one for one in self._screens if one is not screen]
        self._frame.stack.removeWidget(screen)
        screen.deleteLater()

    def go(self, screen: TillScreen, door: str) -> None:
        """Come to `screen`; `door` is the button of the rail that leads there."""
        before = self.current()
        if before is screen:
            return
        from ui.screen import Screen

        if isinstance(before, Screen):
            before.left()
        self._frame.stack.setCurrentWidget(screen)
        self._frame.choose(door)
        screen.opened()
        self.came.emit()

    def hide_codes(self) -> None:
        """Cover every code that can be read anywhere."""
        for screen in self._screens:
            screen.hide_codes()

    def has_sheet(self) -> bool:
        """Whether a question lies over the window."""
        return any(sheet.isVisible() for sheet in self._frame.window().findChildren(QWidget, "sheet"))
