"""The window while the till is open: its screens, who goes where, and what is drawn when something moved."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from pos_app import i18n
from pos_app.i18n import _
from ui import keys
from ui.issuing import Issuing
from ui.screen import Screen
from ui.widgets.buttons import ActionButton
from ui.window.lights import Lights
from ui.window.news import News
from ui.window.sale_flow import SaleFlow
from ui.window.stage import Stage

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from pos_app.changes import Topic
    from pos_app.clock import Now
    from pos_app.lessons.lesson import Place
    from pos_app.orders.draft import Line
    from ui.borders import Supplying, Till
    from ui.coaching import Coaching
    from ui.reprint import Reprinting
    from ui.screens.attention import AttentionScreen
    from ui.screens.lessons import LessonsScreen
    from ui.screens.orders import OrdersScreen
    from ui.screens.settings import SettingsScreen
    from ui.window.parts import Parts
    from ui.window.scans import Scans

_SOLD_BY = ("_issuing", "_flow", "_orders", "_attention", "_reprinting", "_lessons", "_coaching")
"""What writes down who sells; of a screen nobody has come to yet there is nothing."""


class OpenTill(QObject):
    """Joins `till` with the window of `parts`. `supplying` gives who keeps companies' keys, if one may."""

    def __init__(self, parts: Parts, till: Till, now: Now, supplying: Callable[[], Supplying | None]) -> None:
        super().__init__(parts.window)
        self._window, self._frame, self._notices = parts.window, parts.frame, parts.notices
        self._tasks, self._clock = parts.tasks, parts.clock
        self._till, self._now, self._supplying = till, now, supplying
        self._coaching: Coaching | None = None
        self._moved: set[Topic] = set()
        self._minute_told: tuple[str, datetime] | None = None
        self._zone, self._by = till.settings.shop.zone, till.settings.cashier
        # parts
        self.stage = Stage(self._frame)
        self._issuing = Issuing(till.sales, till.printouts, till.work, self._by, self._clock)
        self._lights = Lights(parts, till)
        self._flow = SaleFlow(parts, till, self.stage, self._lights, self._issuing, lambda: self._reprinting)
        self._news = News(parts, till, now(), self._show_order, self._flow.ask_back)
        self._parts = parts
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        # connections
        self._second.timeout.connect(self._on_second)
        self._soon.timeout.connect(self._on_soon)
        self._frame.sell_wanted.connect(self.show_sell)
        self._frame.orders_wanted.connect(self.show_orders)
        self._frame.attention_wanted.connect(self.show_attention)
        self._frame.settings_wanted.connect(self.show_settings)
        self._frame.lessons_wanted.connect(self.show_lessons)
        self.stage.came.connect(self._look_at_lesson)
        self._flow.placed.connect(self._on_placed)
        self._flow.order_wanted.connect(self._on_order_wanted)
        self._flow.ended_behind.connect(self._news.sale_ended)

    # --- from outside -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Show Sell, and draw from now on what moves."""
        keys.use(self._till.settings.keys)
        self._till.changes.subscribe(self._on_change)
        self._frame.retell()
        self._tell_register()
        self._frame.set_open(True)
        self._on_second()
        self._second.start()
        self._lights.show()
        self._lights.ask_printer()
        self._news.begin()
        self.show_sell()

    def stop(self) -> None:
        """Draw nothing more of what moves."""
        self._second.stop()
        self._till.changes.unsubscribe()

    async def finish(self) -> None:
        """What was looked up for the screens ends; meant after `stop`."""
        for screen in self.stage.screens:
            screen.tasks.cancel()
            await screen.tasks.settle()
        if self._coaching is not None:
            await self._coaching.finish()

    def let_close(self, close: Callable[[], None]) -> None:
        """See `SaleFlow.let_close`."""
        self._flow.let_close(close)

    def take_scanned(self, text: str) -> None:
        """See `Scans.take`."""
        self._scans.take(text)

    def help_keys(self) -> tuple[tuple[str, str], ...]:
        """What the keys do on every screen."""
        named = ("keys", "basket", "orders", "attention", "lessons", "settings")
        if not self._till.training:
            named = tuple(one for one in named if one != "lessons")
        return (
            *((keys.told(one), keys.WORDS[one]()) for one in named),
            ("Esc", _("One step back")),
        )

    def take_key(self, event: QKeyEvent, screen: Screen) -> bool:
        """A key nobody on `screen`, where one is, wanted; True when it meant something."""
        match keys.action_of(event):
            case "basket":
                self.show_sell()
                self._flow.sell.focus_basket()
            case "orders":
                self.show_orders()
            case "attention":
                self.show_attention()
            case "lessons":
                self.show_lessons()
            case "settings":
                self.show_settings()
            case "charge" if screen is self._flow.sell:
                self._flow.sell.charge()
            case "region" if screen is self._flow.sell:
                self._flow.sell.next_region()
            case "print" if screen is self._flow.sell:
                self._tasks.start("reprint", self._print_last_again(), when_busy="refuse")
            case _:
                return screen.take_key(event)
        return True

    def step_back(self, screen: Screen) -> None:
        """One step back from `screen`, where one is. Whatever is said, codes are covered at once."""
        if self._frame.banner.isVisible():
            self.stage.hide_codes()
            self._notices.dismiss()
        elif self._coaching is not None and self._coaching.is_over():
            self.stage.hide_codes()
            self._coaching.leave()
        elif screen.step_back():
            pass
        elif screen.objectName() in {"orders", "attention", "settings", "lessons"}:
            self.show_sell()
        elif self._coaching is not None:
            self._coaching.leave()

    # --- the screens, each made when it is first wanted: a till that waits needs one ------------------

    @cached_property
    def _scans(self) -> Scans:
        from ui.window.scans import Scans

        return Scans(self._parts, self._till, self.stage, self._flow, self._show_found)

    @cached_property
    def _reprinting(self) -> Reprinting:
        from ui.reprint import Reprinting

        till = self._till
        return Reprinting(till.sales, self._issuing, till.people, self._by, self._zone, self._clock)

    @cached_property
    def _orders(self) -> OrdersScreen:
        from ui.screens.orders import OrdersScreen

        till = self._till
        screen = OrdersScreen(
            till.sales,
            self._reprinting,
            self._issuing,
            self._notices,
            self._by,
            self._zone,
            clock=self._clock,
        )
        return self.stage.add(screen)

    @cached_property
    def _attention(self) -> AttentionScreen:
        from ui.attention.desk import Office
        from ui.screens.attention import AttentionScreen

        till = self._till
        screen = AttentionScreen(
            till.sales,
            Office(
                till.settling,
                till.resolver,
                till.refunds,
                till.spares,
                till.claims,
                till.aftermath,
                till.people,
            ),
            self._issuing,
            self._notices,
            self._by,
            self._zone,
            clock=self._clock,
        )
        return self.stage.add(screen)

    @cached_property
    def _settings(self) -> SettingsScreen:
        from ui.screens.settings import SettingsScreen

        till = self._till
        return self.stage.add(
            SettingsScreen(
                till.preferences,
                till.accounts,
                till.barcodes,
                till.catalog,
                None if till.training else till.people,
                self._supplying(),
                self._notices,
                self._now,
                guarding=till.guarding,
                record=till.setting_log,
                clock=self._clock,
            )
        )

    @cached_property
    def _lessons(self) -> LessonsScreen:
        from pos_app.lessons import LESSONS
        from ui.coaching import Coaching
        from ui.screens.lessons import LessonsScreen
        from ui.widgets.coach_strip import CoachStrip

        till = self._till
        assert till.practice is not None  # noqa: S101  asked before anybody is let in
        strip = CoachStrip(self._frame)
        self._frame.put_below_status(strip)
        screen = LessonsScreen(till.practice, LESSONS, self._notices, self._by, clock=self._clock)
        coaching = Coaching(till.practice, till.sales, strip, self._notices, self._by, self._sight, self)
        screen.start_wanted.connect(coaching.begin)
        strip.lessons_wanted.connect(self.show_lessons)
        coaching.begun.connect(self.show_sell)
        coaching.ended.connect(screen.look)
        self._flow.sell.basket_changed.connect(coaching.look)
        self._coaching = coaching
        return self.stage.add(screen)

    def _sight(self) -> tuple[Place, tuple[Line, ...]]:
        """The screen one is at and what is in the basket, for a lesson."""
        known: dict[str, Place] = {
            "sell": "sell",
            "charge_screen": "charge_screen",
            "result": "result",
            "orders": "orders",
            "attention": "attention",
            "settings": "settings",
            "lessons": "lessons",
        }
        screen = self.stage.current()
        return known.get("" if screen is None else screen.objectName(), ""), self._flow.sell.draft().lines

    # --- going somewhere ----------------------------------------------------------------------------

    def show_sell(self) -> None:
        """Go to Sell; the basket is as it was left, or empty if it was sold."""
        self._flow.show_sell()

    def show_orders(self) -> None:
        """Go to the list of orders."""
        self._news.heard_of_ended()
        self._to_orders()

    def _to_orders(self) -> None:
        self._news.heard_of_interrupted()
        self._orders.show_list()
        self.stage.go(self._orders, "orders")

    def show_attention(self) -> None:
        """Go to what waits for a person."""
        self._news.heard_of_interrupted()
        self._news.heard_of_ended()
        self.stage.go(self._attention, "attention")

    def show_settings(self) -> None:
        """Go to the settings: in practice everybody, in a real shop a manager with the PIN."""
        if self.stage.current() is not self.__dict__.get("_settings"):
            self._tasks.start("settings", self._open_settings(), when_busy="replace")

    def show_lessons(self) -> None:
        """In training go to the lessons; one that is on ends. Where real cards are sold there are none."""
        if not self._till.training:
            return
        if self._till.practice is None:
            self._notices.say(_("There are no lessons in a store that is only looked at."))
            return
        lessons = self._lessons
        if self._coaching is not None:
            self._coaching.leave()
        self.stage.go(lessons, "lessons")

    async def _open_settings(self) -> None:
        from ui.settings.manager_sheet import let_in

        people = self._till.people
        managers = () if self._till.training else await people.managers()
        asked_at = self.stage.current()
        by: str | None = self._by
        if managers:
            by = await let_in(self._window, people, managers, self._by, self._clock)
        await asyncio.to_thread(importlib.import_module, "ui.screens.settings")
        if by is not None and self.stage.current() is asked_at:
            self._settings.let_in(by)
            self.stage.go(self._settings, "settings")

    def _show_found(self, number: str, order_id: str) -> None:
        self._to_orders()
        self._orders.show_found(number, order_id)

    def _show_order(self, order_id: str) -> None:
        self._show_found("", order_id)

    def _on_order_wanted(self, order_id: str) -> None:
        self._orders.open_order(order_id)
        self.stage.go(self._orders, "orders")

    def _on_placed(self, sale_id: str) -> None:
        if self._coaching is not None:
            self._coaching.placed(sale_id)

    def _look_at_lesson(self) -> None:
        if self._coaching is not None:
            self._coaching.look()

    async def _print_last_again(self) -> None:
        """What was sold last is what somebody comes back with at once."""
        rows = await self._till.sales.orders(limit=1)
        if not rows:
            self._notices.say(_("Nothing was sold here yet."))
            return
        if self._issuing.busy(rows[0].sale_id):
            self._notices.say(
                _("Sale {number} is not finished yet.").format(number=rows[0].sale_number),
                _("Its slips print by themselves when the answer is here."),
            )
            return
        if papers := await self._reprinting.again(self._window, rows[0].sale_id, offer=True):
            from ui.telling import printed_words

            self._notices.say(printed_words(papers), "", "ok")
        result = self._issuing.printed(rows[0].sale_id)
        if result is not None and result.problem is not None:
            self._notices.show(result.problem)

    # --- what moved ---------------------------------------------------------------------------------

    def _on_change(self, topic: Topic) -> None:
        # Drawn after whatever moved it has finished its turn, and once for many moves.
        self._moved.add(topic)
        self._soon.start()

    def _on_soon(self) -> None:
        moved, self._moved = self._moved, set()
        screen = self.stage.current()
        for topic in moved:
            if isinstance(screen, Screen):
                screen.refresh(topic)
        if "settings" in moved:
            self._use_settings()
        if "connections" in moved:
            self._lights.show()
        if "printer" in moved:
            self._lights.ask_printer()
        if "orders" in moved:
            self._look_at_lesson()
            self._news.orders_moved()
        if "late" in moved:
            self._news.codes_came(self._flow.cards_in_sight())

    def _use_settings(self) -> None:
        """Make screens anew that told times by the time zone the shop had before; tell keys anew."""
        keys.use(self._till.settings.keys)
        for button in self._window.findChildren(ActionButton):
            button.retell_key()
        self._use_cashier()
        zone = self._till.settings.shop.zone
        if zone == self._zone:
            return
        self._zone, self._minute_told = zone, None
        self._on_second()
        # Whoever prints once more has it for good.
        if "_reprinting" in self.__dict__:
            self._reprinting.told_in(zone)
        for name in ("_orders", "_attention"):
            made = self.__dict__.pop(name, None)
            if isinstance(made, QWidget):
                self.stage.drop(made)

    def _use_cashier(self) -> None:
        """Sell under the name the shop has now: a basket, and money taken for it, stay as they are."""
        by = self._till.settings.cashier
        if by == self._by:
            return
        self._by = by
        self._tell_register()
        for name in _SOLD_BY:
            made = self.__dict__.get(name)
            if made is not None:
                made.sold_by(by)

    def _tell_register(self) -> None:
        register = _("Register {number}").format(number=self._till.settings.register_id)
        self._frame.tell(register=register, cashier=self._till.settings.cashier, training=self._till.training)

    def _on_second(self) -> None:
        now = self._now()
        # Writing a time in somebody's language costs more than looking whether it is still the same.
        minute = (i18n.language(), now.replace(second=0, microsecond=0))
        if minute != self._minute_told:
            self._minute_told = minute
            self._frame.tell_time(i18n.clock_time(now, self._till.settings.shop.zone))
