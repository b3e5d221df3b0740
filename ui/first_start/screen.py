"""The first start as a whole: which page one is at, what is done, and where Back and Next lead."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import PosError
from pos_app.first_start import Progress
from pos_app.i18n import _
from ui.borders import FirstStart
from ui.first_start.manager import ManagerPage
from ui.first_start.page import Page
from ui.first_start.printer import PrinterPage
from ui.first_start.ready import ReadyPage
from ui.first_start.recovery import RecoveryPage
from ui.first_start.register import RegisterPage
from ui.first_start.shop import ShopPage
from ui.first_start.side import Side
from ui.first_start.supplier import SupplierPage
from ui.first_start.trouble import TroublePage
from ui.first_start.welcome import WelcomePage
from ui.notices import Notices
from ui.screen import Clock, Screen

STEPS: Final = ("shop", "register", "supplier", "printer", "manager", "recovery")
_WIDE: Final = 1120

_Maker = Callable[..., Page]
_MAKERS: Final[dict[str, _Maker]] = {
    "shop": ShopPage,
    "register": RegisterPage,
    "supplier": SupplierPage,
    "printer": PrinterPage,
    "manager": ManagerPage,
    "recovery": RecoveryPage,
}


@dataclass(frozen=True)
class State:
    """`at` is a step, or `welcome`, `keyring` or `ready`. `keyring` is what is the matter with it."""

    at: str = "welcome"
    done: frozenset[str] = frozenset()
    keyring: PosError | None = None

    @property
    def first_open(self) -> str:
        """The first step that is not done."""
        return next((step for step in STEPS if step not in self.done), "ready")


class FirstStartScreen(Screen):
    """`ready`: real cards can be sold. `practise_wanted`: training, now."""

    ready = Signal()
    practise_wanted = Signal()

    def __init__(
        self,
        service: FirstStart,
        notices: Notices,
        *,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("first_start", clock, parent)
        self._service, self._notices = service, notices
        self._state = State()
        # Beside the fields a press by hand leads here, so that Tab goes on in the page's order.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # parts
        self._side = Side(
            (
                _("Your shop"),
                _("This register"),
                _("Card companies"),
                _("Printer"),
                _("First manager"),
                _("Recovery sheet"),
            )
        )
        self._welcome = WelcomePage(clock)
        self._trouble = TroublePage(clock)
        self._ready = ReadyPage(clock)
        self._pages: dict[str, Page] = {}
        self._stack = QStackedWidget()
        # layout
        self._main = QFrame()
        self._main.setProperty("role", "sheet")
        inside = QVBoxLayout(self._main)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._stack)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main, 1)
        row.insertWidget(0, self._side)
        # connections
        self._side.practise_wanted.connect(self.practise_wanted)
        for name, page in (("welcome", self._welcome), ("keyring", self._trouble), ("ready", self._ready)):
            self._add(name, page)
        self._welcome.kept.connect(self._set_up)
        self._ready.kept.connect(self.ready)
        self._trouble.again_wanted.connect(self._on_again)
        for page in (self._welcome, self._trouble):
            page.other_wanted.connect(self.practise_wanted)

    def _add(self, name: str, page: Page) -> None:
        self._pages[name] = page
        self._stack.addWidget(page)
        page.keyring_failed.connect(self._on_keyring_failed)
        page.crashed.connect(self._notices.show)

    # --- from outside -------------------------------------------------------------------------------

    def begin(self, progress: Progress, *, welcome: bool) -> None:
        """Begin where it was left; with `welcome`, greet who comes for the first time."""
        self._take(progress)
        if welcome and not self._state.done:
            self._go("welcome")
        else:
            self._set_up()

    async def finish(self) -> None:
        """Stop looking things up."""
        for page in self._pages.values():
            page.tasks.cancel()
            await page.tasks.settle()

    def hide_codes(self) -> None:
        """The window is no longer in front: keys are masked, and no recovery sheet is left to be read."""
        for page in self._pages.values():
            page.hide_secrets()

    @override
    def step_back(self) -> bool:
        self._pages[self._state.at].step_back()
        return True

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return (
            (_("Enter"), _("To the next field, then to the next page")),
            ("Tab", _("To the next field or button")),
            ("Esc", _("One page back")),
        )

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._pages[self._state.at].take_enter()
            return True
        return False

    @override
    def focusNextPrevChild(self, forward: bool, /) -> bool:
        stops = [*self._pages[self._state.at].stops(), *self._side.stops()]
        if not stops:
            # Qt asks too while everything is being hidden.
            return False
        here = next((at for at, one in enumerate(stops) if one.hasFocus()), -1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(here + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    # --- from page to page --------------------------------------------------------------------------

    def _set_up(self) -> None:
        self._go("keyring" if self._state.keyring is not None else self._state.first_open)

    def _on_kept(self, step: str) -> None:
        self._state = replace(self._state, done=self._state.done | {step})
        place = STEPS.index(step) + 1
        self._go(STEPS[place] if place < len(STEPS) else "ready")

    def _on_back(self, step: str) -> None:
        place = STEPS.index(step) - 1
        self._go(STEPS[place] if place >= 0 else "welcome")

    def _on_again(self) -> None:
        self._trouble.act(self._look_again())

    async def _look_again(self) -> None:
        self._take(await self._service.progress())
        self._set_up()

    def _on_keyring_failed(self, error: PosError) -> None:
        self._state = replace(self._state, keyring=error)
        self._go("keyring")

    def _take(self, progress: Progress) -> None:
        done = frozenset(step for step in STEPS if getattr(progress, step))
        self._state = replace(self._state, done=done, keyring=progress.keyring)

    # --- drawing ------------------------------------------------------------------------------------

    def _go(self, name: str) -> None:
        self._state = replace(self._state, at=name)
        page = self._pages.get(name)
        if page is None:
            page = _MAKERS[name](self._service, done=name in self._state.done, clock=self.clock)
            page.kept.connect(partial(self._on_kept, name))
            page.other_wanted.connect(partial(self._on_back, name))
            self._add(name, page)
        self._render()
        # What had the focus goes out of sight: nothing behind it is to get it in between.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._stack.setCurrentWidget(page)
        page.opened()

    def _render(self) -> None:
        state = self._state
        done = [STEPS.index(step) for step in state.done]
        here = STEPS.index(state.at) if state.at in STEPS else -1
        self._side.tell(here, done, can_practise=state.at in STEPS)
        if state.keyring is not None:
            self._trouble.tell(state.keyring)
        if state.at == "ready":
            self._ready.tell(self._summary())

    def _summary(self) -> tuple[tuple[str, str], ...]:
        settings = self._service.settings()
        printer = {
            "network": settings.paper.host,
            "device": settings.paper.device,
            "serial": settings.paper.device,
            "queue": settings.paper.queue,
            "folder": settings.paper.folder,
            "screen": _("No paper"),
        }
        return (
            (_("Shop"), settings.shop.name),
            (_("Register"), f"{settings.register_id} · {settings.cashier}"),
            (_("Card companies"), ", ".join(one.title for one in self._service.suppliers() if one.kept)),
            (_("Printer"), printer[settings.paper.printer]),
        )

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._side.set_wide(self.width() >= _WIDE)
