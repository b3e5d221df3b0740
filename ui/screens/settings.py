"""What the shop has chosen: pages at the left, a form, and beside it the paper as it will come out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui.borders import Accounting, Brands, Guards, Labelling, Managing, Preferring, Recording, Supplying
from ui.notices import Notices
from ui.screen import Clock, Screen
from ui.settings.barcodes import BarcodesPage
from ui.settings.companies import CompaniesPage
from ui.settings.keys import KeysPage
from ui.settings.limits import LimitsPage
from ui.settings.look import LookPage
from ui.settings.page import Page
from ui.settings.pane import PreviewPane, Wanted
from ui.settings.paper import PaperPage
from ui.settings.people import PeoplePage
from ui.settings.shop import ShopPage
from ui.tasks import Tasks
from ui.widgets.buttons import Pressable
from ui.widgets.parts import named, plain, set_trait

_PAGES: Final = ("paper", "shop", "people", "companies", "limits", "barcodes", "keys", "look")
_WITH_PAPER: Final = frozenset({"paper", "shop"})
_ROOM: Final = 900
_NARROW: Final = 800
_SIDE: Final = 208
_ANY: Final = 16777215
_STEPS: Final[dict[int, int]] = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
}


@dataclass(frozen=True)
class State:
    """`at` is the page one sees."""

    at: str = "paper"


class _AllTasks:
    """What the pages and the paper beside them look up, to be ended together."""

    def __init__(self, parts: Sequence[Tasks]) -> None:
        self._parts = parts

    def cancel(self) -> None:
        """End all of them."""
        for one in self._parts:
            one.cancel()

    async def settle(self) -> None:
        """Wait until all of them have ended."""
        for one in self._parts:
            await one.settle()


class SettingsScreen(Screen):
    """Paper and printer, the shop, its people, the looks. What is entered stays until it is saved or undone.

    `people` and `supplying` are None where everybody may decide, and no card is real: in training.
    """

    def __init__(  # noqa: PLR0913  the parts are joined in the window only
        self,
        preferences: Preferring,
        accounts: Accounting,
        barcodes: Labelling,
        catalog: Brands,
        people: Managing | None,
        supplying: Supplying | None,
        notices: Notices,
        now: Callable[[], datetime],
        *,
        guarding: Guards,
        record: Recording,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("settings", clock, parent)
        self._preferences, self._notices = preferences, notices
        self._state = State()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # parts
        titles = {
            "paper": _("Paper & printer"),
            "shop": _("Shop"),
            "people": _("People"),
            "companies": _("Card companies"),
            "limits": _("Limits"),
            "barcodes": _("Barcodes"),
            "keys": _("Keys"),
            "look": _("Look"),
        }
        self._doors = {key: _door(key, titles[key]) for key in _PAGES}
        self._side = named(QFrame(), "settings_pages", _("Pages of the settings"))
        self._paper = PaperPage(preferences, clock)
        self._shop = ShopPage(preferences, clock)
        self._people = PeoplePage(preferences, people, record, clock)
        self._companies = CompaniesPage(accounts, supplying, people, clock)
        self._limits = LimitsPage(preferences, guarding, clock)
        self._barcodes = BarcodesPage(barcodes, catalog, clock)
        self._pages: dict[str, Page] = {
            "paper": self._paper,
            "shop": self._shop,
            "people": self._people,
            "companies": self._companies,
            "limits": self._limits,
            "barcodes": self._barcodes,
            "keys": KeysPage(preferences, clock),
            "look": LookPage(preferences, clock),
        }
        self._stack = QStackedWidget()
        self._pane = PreviewPane(now)
        self.tasks = _AllTasks([self._pane.tasks, *(page.tasks for page in self._pages.values())])
        # layout
        self._lay_out()
        # connections
        for key, door in self._doors.items():
            door.clicked.connect(partial(self._on_door, key))
            door.installEventFilter(self)
        for page in self._pages.values():
            page.entered.connect(self._on_entered)
            page.crashed.connect(notices.show)
        self._pane.crashed.connect(notices.show)

    def _lay_out(self) -> None:
        self._side.setProperty("role", "side")
        self._door_row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._side)
        self._door_row.setSpacing(4)
        for door in self._doors.values():
            self._door_row.addWidget(door)
        self._door_row.addStretch(1)
        sheet = QFrame()
        sheet.setProperty("role", "sheet")
        inside = QVBoxLayout(sheet)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._stack)
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._main = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._main.setContentsMargins(0, 0, 0, 0)
        self._main.setSpacing(0)
        self._main.addWidget(self._side)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(sheet, 1)
        beside.addWidget(self._pane)
        self._main.addLayout(beside, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._main, 1)

    # --- from outside -------------------------------------------------------------------------------

    @override
    def opened(self) -> None:
        super().opened()
        self._go(self._state.at)

    def let_in(self, by: str) -> None:
        """Whoever changes something from here on is `by`."""
        self._people.by = self._companies.by = self._barcodes.by = self._limits.by = by

    def hide_codes(self) -> None:
        """There are none here but invented ones."""

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return (
            (_("Enter"), _("Save")),
            ("Tab", _("To the next field or button")),
            ("← →", _("Choose one of a row")),
            ("Esc", _("Back to selling; what is not saved stays here")),
        )

    @override
    def take_scanned(self, text: str) -> bool:
        if self._state.at != "barcodes":
            return False
        self._barcodes.scanned(text)
        return True

    @override
    def no_scan(self) -> str:
        return _("Leave the settings first, with Esc.")

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.settled():
                self._pages[self._state.at].press_save()
            return True
        return False

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(event.key(), 0)
            if step:
                at = _PAGES.index(self._state.at) + step
                key = _PAGES[min(len(_PAGES) - 1, max(0, at))]
                self._go(key)
                self._doors[key].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    # --- slots --------------------------------------------------------------------------------------

    def _on_door(self, key: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._go(key)

    def _on_entered(self) -> None:
        settings = self._preferences.settings
        wanted = Wanted(settings, self._shop.shop(), self._paper.paper(), self._shop.picture)
        self._pane.show_soon(wanted)
        self._render()

    # --- drawing ------------------------------------------------------------------------------------

    def _go(self, key: str) -> None:
        self._state = replace(self._state, at=key)
        page = self._pages[key]
        self._stack.setCurrentWidget(page)
        self._render()
        page.opened()
        self._on_entered()

    def _render(self) -> None:
        for key, door in self._doors.items():
            page = self._pages[key]
            door.setChecked(key == self._state.at)
            door.setFocusPolicy(Qt.FocusPolicy.TabFocus if key == self._state.at else Qt.FocusPolicy.NoFocus)
            title = door.property("title")
            door.setText(plain(f"{title} •" if page.is_changed() else str(title)))
            door.setAccessibleName(
                _("{page}, not saved yet").format(page=title) if page.is_changed() else title
            )
        self._pane.setVisible(self._state.at in _WITH_PAPER)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        room = self.width() >= _ROOM
        down, along = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._main.setDirection(along if room else down)
        self._door_row.setDirection(down if room else along)
        set_trait(self._side, "along", "false" if room else "true")
        for door in self._doors.values():
            set_trait(door, "tight", "false" if room else "true")
        tight = self.width() < _NARROW
        self._door_row.setSpacing(0 if tight else 4)
        edge = 12 if room else 4 if tight else 8
        self._door_row.setContentsMargins(edge, 16 if room else 6, edge, 16 if room else 6)
        self._side.setFixedWidth(_SIDE if room else _ANY)
        self._side.setMinimumWidth(_SIDE if room else 0)
        self._side.setMaximumHeight(_ANY if room else 64)
        self._pane.setFixedWidth(min(420, max(300 if tight else 376, self.width() * 2 // 5)))


def _door(key: str, title: str) -> Pressable:
    door = Pressable(f"page_{key}", title, "door")
    door.setProperty("title", title)
    door.setCheckable(True)
    return door
