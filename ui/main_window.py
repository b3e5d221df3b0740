"""The window: the only place where screens are joined, and the only one that hears of changes.

Imports no screen and no service before the till is opened, so that it can be painted at once.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import keys
from ui.frame import Frame, LightFacts
from ui.held_keys import HeldKeys
from ui.notices import Notices
from ui.pressing import Pressing
from ui.scanner import Scanner, take_scan
from ui.skeleton import Skeleton
from ui.tasks import Tasks
from ui.turns import give_way
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import named

if TYPE_CHECKING:
    from pos_app.barcodes import Labelled
    from pos_app.catalog import Reading
    from pos_app.changes import Topic
    from pos_app.clock import Now
    from pos_app.first_start import Progress
    from pos_app.lessons.lesson import Place
    from pos_app.orders.draft import Draft, Line
    from pos_app.orders.notes import NewLife
    from pos_app.printouts import PrinterState
    from pos_app.settings import Shop
    from ui.borders import FirstStart, Supplying, Till
    from ui.coaching import Coaching
    from ui.first_start.screen import FirstStartScreen
    from ui.left_behind import LeftBehind
    from ui.reprint import Reprinting
    from ui.screen import Screen
    from ui.screens.attention import AttentionScreen
    from ui.screens.charge import ChargeScreen
    from ui.screens.lessons import LessonsScreen
    from ui.screens.orders import OrdersScreen
    from ui.screens.result import ResultScreen
    from ui.screens.sell import SellScreen
    from ui.screens.settings import SettingsScreen
    from ui.widgets.banner import Tone
    from ui.widgets.notice_page import NoticePage

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
_NARROW = 1000
_BASKET_MS = 1500
_MOST_INTERRUPTED = 50
_AT_REST_SECONDS = 0.1
"""Until a screen that was just opened has been painted."""

_WHAT_FOLLOWS = (
    "pos_app.orders.quick_cash",
    "ui.sheet",
    "ui.dialogs",
    "ui.screens.charge",
    "pos_app.printing.system_queue",
    "pos_app.printing.spooling",
    "pos_app.printing.ways",
    "ui.another_printer",
    "ui.telling",
    "ui.widgets.code_field",
    "ui.order_view",
    "ui.widgets.pick_list",
    "ui.widgets.entry",
    "ui.manager_fields",
    "ui.reprint",
    "ui.screens.result",
)
"""What the two screens behind Sell consist of, in an order in which none of them brings many others along."""

_SOLD_BY = (
    "_issuing",
    "_charge",
    "_result",
    "_orders",
    "_attention",
    "_reprinting",
    "_lessons",
    "_coaching",
)
"""What writes down who sells; of a screen nobody has come to yet there is nothing."""

_QUIET_SECONDS = 1.0
"""How long nothing may move before waiting orders are counted: one on its way waits for nobody."""


class MainWindow(QWidget):
    """The till's window. Closing it sets `closing`; it goes for good once `finish` was called.

    `pressing` knows whether somebody is at the keys.
    """

    closing = Signal()
    opening_wanted = Signal()
    """Try to open the till again, by `way_on`."""
    supplying_of: Callable[[Till], Supplying] | None = None
    """Keeps the card companies' keys of the store that is open; None where nobody may."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, at: Now | None = None) -> None:
        super().__init__()
        named(self, "window", "Countercard")
        self.setWindowTitle("Countercard")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(800, 480))
        self.resize(1280, 800)
        self._clock, self._now = clock, at
        self._till: Till | None = None
        self._first_start: FirstStartScreen | None = None
        self._finished = False
        self._notice: NoticePage | None = None
        self._behind_notice: QWidget | None = None
        self.way_on = ""
        self._scan_said = self._zone = self._by = ""
        self._scans: list[tuple[Screen, str]] = []
        self._coaching: Coaching | None = None
        self._sold = self._emptied = ""
        self._interrupted = False
        self._screens: list[TillScreen] = []
        self._moved: set[Topic] = set()
        self._may_get_ready = asyncio.Event()
        self._may_get_ready.set()
        self._held_keys = HeldKeys(clock, self)
        self.pressing = Pressing(clock, self)
        self._scanner = Scanner(self)
        # parts
        self.frame = Frame(self)
        self.skeleton = Skeleton()
        self.notices = Notices(self.frame.banner, self._on_full_notice)
        self._tasks = Tasks(self, on_change=self._nothing, on_error=self.notices.show)
        self._minute_told: tuple[str, datetime] | None = None
        self._joined_at: datetime | None = None
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        # layout
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.frame)
        self.frame.stack.addWidget(self.skeleton)
        # connections
        self._second.timeout.connect(self._on_second)
        self._soon.timeout.connect(self._on_soon)
        self.frame.sell_wanted.connect(self.show_sell)
        self.frame.orders_wanted.connect(self.show_orders)
        self.frame.attention_wanted.connect(self.show_attention)
        self.frame.settings_wanted.connect(self.show_settings)
        self.frame.lessons_wanted.connect(self.show_lessons)
        self.frame.keys_wanted.connect(self.show_keys)
        self.frame.light_pressed.connect(self._on_light_pressed)
        self._scanner.scanned.connect(self._on_scanned)

    # --- from outside -------------------------------------------------------------------------------

    def join(self, till: Till) -> None:
        """The till is open: show Sell."""
        from pos_app.clock import now
        from ui.issuing import Issuing

        self._till = till
        keys.use(till.settings.keys)
        self._now = self._now or now
        self._joined_at = self._now()
        self._zone = till.settings.shop.zone
        self._by = till.settings.cashier
        self._issuing: Issuing = Issuing(till.sales, till.printouts, till.work, self._by, self._clock)
        till.changes.subscribe(self._on_change)
        self.frame.retell()
        self._tell_register()
        self.frame.set_open(True)
        self._on_second()
        self._second.start()
        self._show_lights()
        self._tasks.start("printer", self._ask_printer(), when_busy="replace")
        self._tasks.start("waiting", self._count_waiting(), when_busy="replace")
        self._tasks.start("interrupted", self._tell_interrupted(), when_busy="replace")
        self.show_sell()

    def begin_first_start(
        self, service: FirstStart, progress: Progress, *, welcome: bool
    ) -> FirstStartScreen:
        """The shop was not set up yet: show the pages that do it, until `end_first_start`."""
        from ui.first_start.screen import FirstStartScreen

        screen = self._first_start = FirstStartScreen(service, self.notices, clock=self._clock)
        self.frame.set_bare(True)
        self.frame.stack.addWidget(screen)
        self.frame.stack.setCurrentWidget(screen)
        screen.begin(progress, welcome=welcome)
        return screen

    async def end_first_start(self) -> None:
        """The pages go; the till can be opened in their place."""
        if (screen := self._first_start) is None:
            return
        self._first_start = None
        self.notices.put_away()
        self.frame.stack.setCurrentWidget(self.skeleton)
        self.frame.set_bare(False)
        await screen.finish()
        self.frame.stack.removeWidget(screen)
        screen.deleteLater()

    def tell_trouble(self, error: BaseException, *, can_retry: bool = True) -> None:
        """The till could not be opened: say why across the whole window."""
        from pos_app.errors import PosError
        from pos_app.messages import explain

        if isinstance(error, PosError):
            message = explain(error)
            self._full_notice(message.title, message.what, message.advice, can_retry=can_retry)
            if error.reason == "elsewhere" and self._notice is not None:
                self._notice.offer(
                    ("moved", _("It was moved: sell from here")), ("look", _("Only look at it"))
                )
        else:
            self.notices.crash(error)
            self._full_notice(
                _("The till could not be opened"),
                _("Something went wrong inside Countercard."),
                _("Try again. If it stays like this, give the number below to whoever looks after the till."),
                can_retry=can_retry,
            )

    async def finish(self) -> None:
        """Stop looking things up; the next close is for good."""
        self._second.stop()
        if self._till is not None:
            self._till.changes.unsubscribe()
        for tasks in (self._tasks, *(screen.tasks for screen in self._screens)):
            tasks.cancel()
            await tasks.settle()
        if self._coaching is not None:
            await self._coaching.finish()
        self._finished = True

    def end(self) -> None:
        """Begin to close, whatever lies on the screens."""
        self.frame.set_open(False)
        self.skeleton.say(_("Finishing what was begun…"))
        self.frame.stack.setCurrentWidget(self.skeleton)
        self.closing.emit()

    def current(self) -> QWidget | None:
        """The screen one sees."""
        return self.frame.stack.currentWidget()

    # --- the screens, each made when it is first wanted: a till that waits needs one ------------------

    @cached_property
    def _sell(self) -> SellScreen:
        from ui.screens.sell import SellScreen

        till = self._open_till()
        screen = SellScreen(
            till.catalog,
            till.sales,
            self.notices,
            till.settings.shop.currency,
            self._paused,
            clock=self._clock,
        )
        screen.show_region(till.settings.region)
        screen.region_chosen.connect(self._on_region_chosen)
        screen.charge_wanted.connect(self._on_charge_wanted)
        screen.begun.connect(self._on_begun)
        screen.basket_changed.connect(self._on_basket_changed)
        return self._added(screen)

    @cached_property
    def _charge(self) -> ChargeScreen:
        from ui.screens.charge import ChargeScreen

        till = self._open_till()
        screen = ChargeScreen(
            till.sales, self.notices, till.settings.cashier, may=self._may_take, clock=self._clock
        )
        screen.left_without_sale.connect(self.show_sell)
        screen.placed.connect(self._on_placed)
        screen.cash_taken.connect(self._on_cash_taken)
        return self._added(screen)

    @cached_property
    def _result(self) -> ResultScreen:
        from ui.screens.result import ResultScreen

        till = self._open_till()
        screen = ResultScreen(
            till.sales,
            self._issuing,
            self._reprinting,
            self.notices,
            till.settings.cashier,
            clock=self._clock,
        )
        screen.new_sale_wanted.connect(self._on_new_sale_wanted)
        screen.order_chosen.connect(self._on_order_chosen)
        screen.another_card_wanted.connect(self._on_another_card_wanted)
        screen.ended_behind.connect(self._on_ended_behind)
        return self._added(screen)

    @cached_property
    def _left_behind(self) -> LeftBehind:
        from ui.left_behind import LeftBehind

        return LeftBehind(self.frame.banner, self.show_orders)

    @cached_property
    def _reprinting(self) -> Reprinting:
        from ui.reprint import Reprinting

        till, settings = self._open_till(), self._open_till().settings
        return Reprinting(
            till.sales, self._issuing, till.people, settings.cashier, settings.shop.zone, self._clock
        )

    @cached_property
    def _orders(self) -> OrdersScreen:
        from ui.screens.orders import OrdersScreen

        till = self._open_till()
        screen = OrdersScreen(
            till.sales,
            self._reprinting,
            self._issuing,
            self.notices,
            till.settings.cashier,
            till.settings.shop.zone,
            clock=self._clock,
        )
        return self._added(screen)

    @cached_property
    def _attention(self) -> AttentionScreen:
        from ui.screens.attention import AttentionScreen, Office

        till = self._open_till()
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
            self.notices,
            till.settings.cashier,
            till.settings.shop.zone,
            clock=self._clock,
        )
        return self._added(screen)

    @cached_property
    def _settings(self) -> SettingsScreen:
        from ui.screens.settings import SettingsScreen

        till = self._open_till()
        assert self._now is not None  # noqa: S101  joined, or nobody could have asked for a screen
        return self._added(
            SettingsScreen(
                till.preferences,
                till.accounts,
                till.barcodes,
                till.catalog,
                None if till.training else till.people,
                None if self.supplying_of is None or till.training else self.supplying_of(till),
                self.notices,
                self._now,
                guarding=till.guarding,
                clock=self._clock,
            )
        )

    @cached_property
    def _lessons(self) -> LessonsScreen:
        from pos_app.lessons import LESSONS
        from ui.coaching import Coaching
        from ui.screens.lessons import LessonsScreen
        from ui.widgets.coach_strip import CoachStrip

        till = self._open_till()
        assert till.practice is not None  # noqa: S101  asked before anybody is let in
        by = till.settings.cashier
        strip = CoachStrip(self.frame)
        self.frame.put_below_status(strip)
        screen = LessonsScreen(till.practice, LESSONS, self.notices, by, clock=self._clock)
        coaching = Coaching(till.practice, till.sales, strip, self.notices, by, self._sight, self)
        screen.start_wanted.connect(coaching.begin)
        strip.lessons_wanted.connect(self.show_lessons)
        coaching.begun.connect(self.show_sell)
        coaching.ended.connect(screen.look)
        self._sell.basket_changed.connect(coaching.look)
        self._coaching = coaching
        return self._added(screen)

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
        screen = self.current()
        return known.get("" if screen is None else screen.objectName(), ""), self._sell.draft().lines

    def _open_till(self) -> Till:
        assert self._till is not None  # noqa: S101  joined, or nobody could have asked for a screen
        return self._till

    def _added(self, screen: S) -> S:
        # Of no size: the place of a new one is painted anew though it is hidden.
        screen.resize(0, 0)
        self.frame.stack.addWidget(screen)
        self._screens.append(screen)
        return screen

    # --- going somewhere ----------------------------------------------------------------------------

    def show_sell(self) -> None:
        """Go to Sell; the basket is as it was left, or empty if it was sold."""
        if self._till is not None:
            self._empty_sold_basket()
            self._go(self._sell, "sell")

    def show_orders(self) -> None:
        """Go to the list of orders."""
        if self._till is not None:
            self._look_at_ended()
            self._to_orders()

    def _to_orders(self) -> None:
        self._look_at_interrupted()
        self._orders.show_list()
        self._go(self._orders, "orders")

    def show_attention(self) -> None:
        """Go to what waits for a person."""
        if self._till is not None:
            self._look_at_interrupted()
            self._look_at_ended()
            self._go(self._attention, "attention")

    def show_settings(self) -> None:
        """Go to the settings: in practice everybody, in a real shop a manager with the PIN."""
        if self._till is not None and self.current() is not self.__dict__.get("_settings"):
            self._tasks.start("settings", self._open_settings(), when_busy="replace")

    def show_lessons(self) -> None:
        """In training go to the lessons; one that is on ends. Where real cards are sold there are none."""
        if self._till is None or not self._till.training:
            return
        if self._till.practice is None:
            self.notices.say(_("There are no lessons in a store that is only looked at."))
            return
        lessons = self._lessons
        if self._coaching is not None:
            self._coaching.leave()
        self._go(lessons, "lessons")

    async def _open_settings(self) -> None:
        from ui.settings.manager_sheet import let_in

        till = self._open_till()
        managers = () if till.training else await till.people.managers()
        asked_at = self.current()
        by: str | None = till.settings.cashier
        if managers:
            by = await let_in(self, till.people, managers, till.settings.cashier, self._clock)
        await asyncio.to_thread(importlib.import_module, "ui.screens.settings")
        if by is not None and self.current() is asked_at:
            self._settings.let_in(by)
            self._go(self._settings, "settings")

    def _use_settings(self) -> None:
        """Make screens anew that told times by the time zone the shop had before; tell keys anew."""
        keys.use(self._open_till().settings.keys)
        for button in self.findChildren(ActionButton):
            button.retell_key()
        self._use_cashier()
        zone = self._open_till().settings.shop.zone
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
                self._screens = [one for one in self._screens if one is not made]
                self.frame.stack.removeWidget(made)
                made.deleteLater()

    def _use_cashier(self) -> None:
        """Sell under the name the shop has now: a basket, and money taken for it, stay as they are."""
        by = self._open_till().settings.cashier
        if by == self._by:
            return
        self._by = by
        self._tell_register()
        for name in _SOLD_BY:
            made = self.__dict__.get(name)
            if made is not None:
                made.sold_by(by)

    def _tell_register(self) -> None:
        till = self._open_till()
        register = _("Register {number}").format(number=till.settings.register_id)
        self.frame.tell(register=register, cashier=till.settings.cashier, training=till.training)

    def show_keys(self) -> None:
        """Show what the keys do here."""
        from ui.screen import Screen
        from ui.sheet import Choice, KeySheet

        screen = self.current()
        if isinstance(screen, Screen):
            named = ("keys", "basket", "orders", "attention", "lessons", "settings")
            if self._till is not None and not self._till.training:
                named = tuple(one for one in named if one != "lessons")
            everywhere = (
                *((keys.told(one), keys.WORDS[one]()) for one in named),
                ("Esc", _("One step back")),
            )
            if self._till is None:
                everywhere = everywhere[:1]
            # What a key does on this screen is more than what it does everywhere.
            told = {key for key, _words in screen.key_help()}
            KeySheet(
                self,
                _("Keys on this screen"),
                (*screen.key_help(), *(row for row in everywhere if row[0] not in told)),
                Choice("close", _("Close"), primary=True),
            )

    def _go(self, screen: Screen, door: str) -> None:
        before = self.current()
        if before is not screen:
            from ui.screen import Screen as AnyScreen

            if isinstance(before, AnyScreen):
                before.left()
            self.frame.stack.setCurrentWidget(screen)
            self.frame.choose(door)
            screen.opened()
            if self._coaching is not None:
                self._coaching.look()

    # --- what screens said --------------------------------------------------------------------------

    def _on_region_chosen(self, region: str) -> None:
        keeping = self._open_till().preferences.keep_region(region)
        self._tasks.start("region", keeping, when_busy="replace")

    def _on_begun(self) -> None:
        self._tasks.start("get ready", self._get_ready(), when_busy="refuse")

    async def _get_ready(self) -> None:
        """Have what a day's first sale needs before it is needed, each thing in a turn of its own."""
        for _step in self._sell.get_ready():
            await give_way()
        for name in _WHAT_FOLLOWS:
            # One at a time: while a worker imports, the window has to wait for it again and again.
            await asyncio.to_thread(importlib.import_module, name)
            await give_way()
        # What is being typed is drawn first.
        await asyncio.sleep(_AT_REST_SECONDS)
        for name in ("_charge", "_result"):
            # A screen that is wanted meanwhile comes first.
            await self._may_get_ready.wait()
            screen: Screen = getattr(self, name)
            await give_way()
            for _step in screen.get_ready():
                await give_way()
                await self._may_get_ready.wait()
        await self._warm_up()

    async def _warm_up(self) -> None:
        """Have the printer's library before the first paper: its import takes turns with the window."""
        await asyncio.sleep(_AT_REST_SECONDS)
        await self.pressing.pause()
        await self._open_till().warm_up()

    def _on_basket_changed(self) -> None:
        """Whoever empties the basket gives back what was taken for it: asked once, and at the next Charge."""
        charge: ChargeScreen | None = self.__dict__.get("_charge")
        draft = self._sell.draft()
        if charge is None or draft.lines or draft.id == self._emptied:
            return
        # While it is being taken nobody knows yet whether there is anything to give back.
        if not charge.is_taking():
            self._emptied = draft.id
            if charge.holds_money(draft):
                self._tasks.start("give back", self._give_back(charge), when_busy="refuse")

    async def _give_back(self, charge: ChargeScreen) -> None:
        """Ask whether what was taken for a basket that is gone was given back."""
        if await charge.lets_go():
            self.notices.put_away()
        else:
            charge.remind()

    def _on_charge_wanted(self, draft: Draft) -> None:
        self._tasks.start("charge", self._open_charge(draft), when_busy="replace")

    async def _open_charge(self, draft: Draft) -> None:
        from ui.dialogs import ask
        from ui.sheet import Choice

        till = self._open_till()
        charge: ChargeScreen | None = self.__dict__.get("_charge")
        if charge is not None and charge.holds_money(draft):
            # For another basket: it pays nothing here, and is not forgotten either.
            if charge.is_taking():
                self._say_money_is_taken(_("Charge again when you see what became of it."))
                return
            await self._give_back(charge)
            if charge.holds_money():
                return
        state = await till.printouts.ready()
        self._show_lights(state)
        if not state.ok:
            answer = await ask(
                self,
                _("The printer is not ready"),
                (
                    _printer_words(state.problem),
                    _("You can go on: the codes then stay here and can be shown on the screen."),
                ),
                (
                    Choice("go_on", _("Go on without paper")),
                    Choice("back", _("Back to the basket"), primary=True),
                ),
            )
            if answer != "go_on":
                return
        if self.current() is not self._sell or not await self._may_sell(draft):
            return
        notice = await asyncio.to_thread(_notice_words, till.settings.shop)
        self.notices.put_away()
        # What is not ready yet, then filled, dressed and shown, each in turns of its own.
        self._may_get_ready.clear()
        try:
            for _step in self._charge.get_ready():
                await give_way()
            if self.current() is not self._sell:
                # It was sold meanwhile.
                return
            self._charge.begin(
                draft,
                paper=state.ok,
                on_screen=state.on_screen,
                notice=notice,
            )
            for _step in self._charge.get_ready():
                await give_way()
            if self.current() is not self._sell:
                self._charge.left()
                return
            self._go(self._charge, "sell")
            await give_way()
        finally:
            self._may_get_ready.set()
        self._tasks.start("warm up", self._warm_up(), when_busy="refuse")

    async def _may_sell(self, draft: Draft) -> bool:
        """Whether the scam guard lets the sale pass, whoever had to be asked for it."""
        # What the first sale of a day has loaded keeps nobody from typing meanwhile.
        await asyncio.to_thread(importlib.import_module, "ui.guard_sheet")
        from ui.guard_sheet import may_go_on

        till = self._open_till()
        return await may_go_on(self, till, draft, till.settings.cashier, self._clock)

    async def _may_take(self, draft: Draft) -> bool:
        """Like `_may_sell`, where somebody has said that the money is here: whoever stops gives it back."""
        may = await self._may_sell(draft)
        if not may:
            self.notices.say(
                _("The sale was stopped."),
                _("Nothing was bought. If you have taken money already, give it back, then go back."),
                "warn",
            )
        return may

    def _on_placed(self, sale_id: str) -> None:
        # First of all the order goes out; the next basket is made while the customer waits for the cards.
        self._sold = sale_id
        self._result.begin(sale_id)
        if self._coaching is not None:
            self._coaching.placed(sale_id)
        QTimer.singleShot(_BASKET_MS, self, self._empty_sold_basket)
        self._go(self._result, "sell")

    def _on_cash_taken(self, sale_id: str) -> None:
        self._tasks.start("drawer", self._open_drawer(sale_id), when_busy="replace")

    async def _open_drawer(self, sale_id: str) -> None:
        from pos_app.messages import explain

        problem = await self._open_till().printouts.open_drawer(sale_id)
        # Nothing more important is lost by it: whoever stands there sees that the drawer is shut.
        banner = self.frame.banner
        if problem is not None and (not banner.isVisible() or banner.shows_kept()):
            message = explain(problem)
            self.notices.say(message.what, message.advice, "warn")

    def _empty_sold_basket(self) -> None:
        sold, self._sold = self._sold, ""
        if sold:
            # Another basket, which was begun while this one was being sold, is the next customer's.
            if self._sell.draft().id == sold:
                self._sell.begin_new()
            catalog = self._open_till().catalog
            self._tasks.start("rank", catalog.follow_sales(self._sell.isVisible), when_busy="replace")

    def _on_new_sale_wanted(self) -> None:
        self.notices.put_away()
        self.show_sell()

    def _on_ended_behind(self, sale_id: str, order_id: str, tone: Tone, what: str) -> None:
        from ui.left_behind import News

        act = partial(self._show_found, "", order_id)
        advice = _("It ended while you were at something else.")
        self._left_behind.tell(sale_id, News(tone, what, advice, _("Open this order"), act))

    def _on_order_chosen(self, order_id: str) -> None:
        self._orders.open_order(order_id)
        self._go(self._orders, "orders")

    def _on_another_card_wanted(self, brand: str, amount: str) -> None:
        self.show_sell()
        self._sell.search_for(brand)
        self.notices.say(
            _("{amount} is written down as given back.").format(amount=amount),
            _("Choose the other card and take the money again for it."),
        )

    # --- what moved ---------------------------------------------------------------------------------

    def _on_change(self, topic: Topic) -> None:
        # Drawn after whatever moved it has finished its turn, and once for many moves.
        self._moved.add(topic)
        self._soon.start()

    def _on_soon(self) -> None:
        from ui.screen import Screen

        moved, self._moved = self._moved, set()
        screen = self.current()
        for topic in moved:
            if isinstance(screen, Screen):
                screen.refresh(topic)
        if "settings" in moved:
            self._use_settings()
        if "connections" in moved:
            self._show_lights()
        if "printer" in moved:
            self._tasks.start("printer", self._ask_printer(), when_busy="replace")
        if "orders" in moved and self._coaching is not None:
            self._coaching.look()
        if "orders" in moved:
            self._tasks.start("waiting", self._count_waiting(_QUIET_SECONDS), when_busy="replace")
        if "late" in moved:
            known = self._result.cards_here() if screen is self.__dict__.get("_result") else None
            self._tasks.start("late", self._tell_late(known), when_busy="replace")

    async def _print_last_again(self) -> None:
        """What was sold last is what somebody comes back with at once."""
        rows = await self._open_till().sales.orders(limit=1)
        if not rows:
            self.notices.say(_("Nothing was sold here yet."))
            return
        if self._issuing.busy(rows[0].sale_id):
            self.notices.say(
                _("Sale {number} is not finished yet.").format(number=rows[0].sale_number),
                _("Its slips print by themselves when the answer is here."),
            )
            return
        if papers := await self._reprinting.again(self, rows[0].sale_id, offer=True):
            from ui.telling import printed_words

            self.notices.say(printed_words(papers), "", "ok")
        result = self._issuing.printed(rows[0].sale_id)
        if result is not None and result.problem is not None:
            self.notices.show(result.problem)

    async def _ask_printer(self) -> None:
        if self._till is not None:
            state = await self._till.printouts.ready()
            self._show_lights(state)

    async def _count_waiting(self, after: float = 0.0) -> None:
        await asyncio.sleep(after)
        if self._till is not None:
            self.frame.tell_waiting(await self._till.sales.open_count())

    def _look_at_interrupted(self) -> None:
        """Whoever goes where orders are has heard that some were cut off."""
        if self._interrupted:
            self._interrupted = False
            self.notices.put_away()

    def _look_at_ended(self) -> None:
        """Whoever goes to the list of orders has heard that some have ended."""
        if "_left_behind" in self.__dict__:
            self._left_behind.heard()

    async def _tell_interrupted(self) -> None:
        """Say on opening what was cut off: the customer may still stand there, and a card be typed again."""
        from pos_app.orders.order import Status

        till = self._open_till()
        if till.new_life:
            self._tell_new_life(till.new_life)
            return
        rows = await till.sales.orders(limit=_MOST_INTERRUPTED, only_open=True)
        cut_off = [row for row in rows if row.status in {Status.NOT_CONFIRMED, Status.TO_DO}]
        if not cut_off:
            return
        self._interrupted = True
        first = cut_off[0]
        if len(cut_off) > 1:
            what = _("{n} orders were not finished before this till was opened.").format(n=len(cut_off))
        elif first.status is Status.TO_DO:
            what = _("Sale {number}: the money for {what} was taken, and nothing is bought yet.").format(
                number=first.sale_number, what=first.what
            )
        else:
            what = _("Sale {number}: nobody knows yet whether {what} was bought.").format(
                number=first.sale_number, what=first.what
            )
        advice = _("Do not sell them again. They wait under Attention.")
        if len(cut_off) == 1:
            advice = _("Do not sell it again. It waits under Attention.")
            advice = f"{advice} {await self._change_due(first.sale_id)}".strip()
        self.frame.banner.tell(what, advice, "warn", _("Attention"), self.show_attention)

    async def _change_due(self, sale_id: str) -> str:
        """That a sale that was cut off had change to give: nobody saw the screen that says so."""
        from pos_app.i18n import money

        head = (await self._open_till().sales.sale(sale_id)).head
        if not head.change or self._joined_at is None or head.at >= self._joined_at:
            return ""
        return _("{amount} change was due: ask whether it was given.").format(amount=money(head.change))

    def _tell_new_life(self, how: NewLife) -> None:
        """Say on opening that the store is not as it was left, and what that means."""
        words: dict[NewLife, str] = {
            "backup": _("This store was put back from a copy."),
            "moved": _("This store was moved to this computer."),
            "rolled_back": _("This store is older than it was when it was last open: it was put back."),
        }
        self._interrupted = True
        self.frame.banner.tell(
            words[how],
            _("Orders that may have been bought meanwhile wait for a manager, under Attention."),
            "warn",
            _("Attention"),
            self.show_attention,
        )

    async def _tell_late(self, known: tuple[str, int] | None) -> None:
        """Say that late codes are here; `known` are the sale one looks at and its cards before they came."""
        from pos_app.orders.order import Status
        from ui.left_behind import News

        assert self._till is not None  # noqa: S101  joined, or nothing moves
        if known is not None:
            sale = await self._till.sales.sale(known[0])
            if sum(len(order.handed_cards) for order in sale.orders) > known[1]:
                # They are this customer's, and go on paper by themselves.
                return
        waiting = await self._till.sales.orders(limit=_MOST_INTERRUPTED, only_open=True)
        here = [row for row in waiting if row.status is Status.FULFILLED]
        if len(here) != 1:
            news = News(
                "info",
                _("Codes that were late are here."),
                _("Print the slips under Orders."),
                _("Orders"),
                self.show_orders,
            )
            self._left_behind.tell("late", news)
            return
        (row,) = here
        what = _("Sale {number}: the code of {what} is here.").format(number=row.sale_number, what=row.what)
        to_print = _("Print the slip.")
        advice = f"{to_print} {await self._change_due(row.sale_id)}".strip()
        act = partial(self._show_found, "", row.order_id)
        self._left_behind.tell(row.sale_id, News("info", what, advice, _("Open this order"), act))

    def _show_lights(self, printer: PrinterState | None = None) -> None:
        from pos_app.i18n import money

        if self._till is None:
            return
        if printer is not None:
            self._printer = _printer_light(printer)
        elif not hasattr(self, "_printer"):
            self._printer = LightFacts("printer", _("Printer"), "unknown", _("Not asked yet."))
        lights = [
            LightFacts(
                light.name,
                light.title,
                light.state,
                light.detail,
                money(light.amount) if light.amount is not None else "",
            )
            for light in self._till.connections.lights()
        ]
        self.frame.tell_lights((*lights, self._printer))

    def _paused(self) -> tuple[str, str]:
        """Which companies do not answer since when, and why; two empty texts while all of them do."""
        from pos_app.i18n import clock_time

        till = self._open_till()
        silent = [light for light in till.connections.lights() if light.state == "trouble"]
        if not silent:
            return "", ""
        names = ", ".join(light.title for light in silent)
        since = min((light.since for light in silent if light.since is not None), default=None)
        if since is None:
            title = _("Paused: {names}").format(names=names)
        else:
            time_told = clock_time(since, till.settings.shop.zone)
            title = _("Paused since {time}: {names}").format(time=time_told, names=names)
        reasons = dict.fromkeys(light.detail for light in silent)
        return title, " ".join((*reasons, _("It goes on by itself.")))

    def _on_second(self) -> None:
        from pos_app import i18n

        if self._till is None or self._now is None:
            return
        now = self._now()
        # Writing a time in somebody's language costs more than looking whether it is still the same.
        minute = (i18n.language(), now.replace(second=0, microsecond=0))
        if minute != self._minute_told:
            self._minute_told = minute
            self.frame.tell_time(i18n.clock_time(now, self._till.settings.shop.zone))

    def _on_light_pressed(self, name: str) -> None:
        from ui.sheet import Choice, Sheet

        facts, _light = self.frame.light(name)
        words = [facts.why]
        if facts.amount:
            words.append(_("{amount} is left to buy cards with.").format(amount=facts.amount))
        choices = [Choice("close", _("Close"), primary=True)]
        catalog = self._open_till().catalog
        progress = catalog.progress
        if progress is not None and progress.provider == name:
            words.append(self._reading_words(progress))
            choices.append(Choice("stop", _("Stop reading")))
        elif progress is None and catalog.reads(name):
            choices.append(Choice("read", _("Read its products again")))
        Sheet(self, facts.title, words, choices).closed.connect(self._on_reading_chosen)

    def _reading_words(self, progress: Reading) -> str:
        from pos_app.i18n import clock_time, whole

        if progress.waits_until is not None:
            at = clock_time(progress.waits_until, self._open_till().settings.shop.zone)
            return _("It asked to wait. Reading its products goes on at {time}.").format(time=at)
        done = whole(progress.done)
        if progress.total is None:
            return _("Its products are being read: {n} so far.").format(n=done)
        total = whole(progress.total)
        return _("Its products are being read: {n} of {total} so far.").format(n=done, total=total)

    def _on_reading_chosen(self, key: str) -> None:
        catalog = self._open_till().catalog
        if key == "stop":
            catalog.stop()
        elif key == "read":
            self._tasks.start("read products", catalog.refresh(), when_busy="refuse")

    def _on_full_notice(self, title: str, what: str, advice: str) -> None:
        if self.current() is not self._notice:
            self._behind_notice = self.current()
        self._full_notice(title, what, advice, can_retry=self._behind_notice is not None)

    def _full_notice(self, title: str, what: str, advice: str, *, can_retry: bool) -> None:
        from ui.widgets.notice_page import NoticePage

        page = self._notice
        if page is None:
            page = self._notice = NoticePage()
            page.again_wanted.connect(self._on_again_wanted)
            page.way_chosen.connect(self._on_way_chosen)
            page.close_wanted.connect(self.close)
            self.frame.stack.addWidget(page)
        self.frame.set_open(False)
        self.frame.stack.setCurrentWidget(page)
        page.tell(title, what, advice, can_retry=can_retry)

    def _on_way_chosen(self, way: str) -> None:
        self.way_on = way
        self._open_again()

    def _on_again_wanted(self) -> None:
        self.way_on = ""
        self._open_again()

    def _open_again(self) -> None:
        from ui.screen import Screen

        self.notices.put_away()
        behind, self._behind_notice = self._behind_notice, None
        if isinstance(behind, Screen):
            # The till is open: whoever was at a screen goes on there, with everything that lay on it.
            self.frame.set_open(self._till is not None)
            self.frame.stack.setCurrentWidget(behind)
            behind.opened()
            behind.refresh("orders")
            return
        self.frame.stack.setCurrentWidget(self.skeleton)
        self.opening_wanted.emit()

    def _nothing(self) -> None:
        """The window draws nothing of its own tasks."""

    # --- keys, size, end ----------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if not self._take_key(event):
            super().keyPressEvent(event)

    def _take_key(self, event: QKeyEvent) -> bool:
        from ui.screen import Screen

        screen = self.current()
        if not isinstance(screen, Screen):
            return False
        if event.isAutoRepeat() and event.key() != Qt.Key.Key_Backspace:
            return True
        if self._till is None and event.key() != Qt.Key.Key_Escape and keys.action_of(event) != "keys":
            return screen.take_key(event)
        if event.key() == Qt.Key.Key_Escape:
            self._step_back(screen)
            return True
        match keys.action_of(event):
            case "keys":
                self.show_keys()
            case "basket":
                self.show_sell()
                self._sell.focus_basket()
            case "orders" | "attention" | "lessons" | "settings" as door:
                self._doors[door]()
            case "print" | "charge" | "region" as action if screen is self._sell:
                self._at_sell(action)
            case _:
                return screen.take_key(event)
        return True

    def _on_scanned(self, text: str) -> None:
        """Something was scanned: it goes into the field that asks for it, or a sale is looked up."""
        from pos_app.orders.barcode import as_read
        from ui.screen import Screen

        text = as_read(text)
        if take_scan(self.focusWidget(), text):
            return
        screen = self.current()
        if self._till is None or not isinstance(screen, Screen):
            self.notices.say(_("Nothing can be scanned before the till is open."))
        elif self._has_sheet():
            self.notices.say(_("Nothing was done with what was scanned: there is a question open."))
        elif screen.take_scanned(text):
            self.notices.put_away()
        elif words := screen.no_scan():
            self.notices.say(_("Nothing was done with what was scanned."), words)
        else:
            self._scans.append((screen, text))
            self._tasks.start("scan", self._find_all_scanned(), when_busy="refuse")

    async def _find_all_scanned(self) -> None:
        """One after the other: what is scanned while another is still looked up is looked up behind it."""
        from pos_app.errors import PosError

        try:
            while self._scans:
                try:
                    await self._find_scanned(*self._scans.pop(0))
                except PosError as error:
                    # The cards behind it were scanned as well, and are in nobody's hand any more.
                    self.notices.show(error)
        finally:
            self._scans.clear()

    async def _find_scanned(self, asked_at: Screen, text: str) -> None:
        """Open what a number off one of our papers names. What was scanned may be a code: never shown."""
        from pos_app.orders.barcode import sale_number

        labelled = await self._open_till().barcodes.find(text)
        if labelled is not None:
            self._take_labelled(asked_at, labelled)
            return
        found = await self._open_till().sales.orders(limit=2, search=sale_number(text))
        if not found and asked_at is self.__dict__.get("_sell"):
            self._say_of_scan(
                _("This barcode is not known: map it in Settings."),
                _("Or scan the sale number on a receipt or slip."),
            )
        elif not found:
            self.notices.say(
                _("Nothing here has the number that was scanned."),
                _("Scan the sale number on a receipt or slip."),
                "warn",
            )
        elif self.current() is asked_at:
            # Otherwise somebody went on to the money meanwhile.
            first, *others = found
            self._show_found(first.sale_number if others else "", first.order_id)

    def _take_labelled(self, asked_at: Screen, labelled: Labelled) -> None:
        """A card off the shelf was scanned while one was `asked_at`."""
        brand, product = labelled.brand, labelled.product
        if self.current() is not asked_at or self._tasks.busy("charge") or self._has_sheet():
            # Somebody went on meanwhile: what is in the basket is what the money was asked for.
            self._say_of_scan(_("Nothing was done with what was scanned."), _("Scan it again at Sell."))
        elif asked_at is not self._sell:
            self._say_of_scan(
                _("This is the barcode of {what}.").format(what=_labelled_words(labelled)),
                _("To sell it, go to Sell and scan it there."),
                "info",
            )
        elif brand is None and self._open_till().catalog.loading:
            self._say_of_scan(_("What can be sold is still being read."), _("Scan it again in a moment."))
        elif brand is None or product is None:
            self._say_of_scan(
                _("This card is not sold any more: {what}.").format(what=_labelled_words(labelled)),
                _("Sell another one. A manager maps the barcode anew in the Settings."),
            )
        elif why_not := self._sell.take_card(brand, product):
            self._say_of_scan(_("Nothing was done with what was scanned."), why_not)
        elif self._scan_said and self.frame.banner.accessibleName() == self._scan_said:
            self.notices.put_away()

    def _say_of_scan(self, what: str, advice: str, tone: Tone = "warn") -> None:
        """Say what became of a scan, until the next one goes well."""
        self.notices.say(what, advice, tone)
        self._scan_said = self.frame.banner.accessibleName()

    def _has_sheet(self) -> bool:
        return any(sheet.isVisible() for sheet in self.findChildren(QWidget, "sheet"))

    def _show_found(self, number: str, order_id: str) -> None:
        self._to_orders()
        self._orders.show_found(number, order_id)

    @property
    def _doors(self) -> dict[str, Callable[[], None]]:
        return {
            "orders": self.show_orders,
            "attention": self.show_attention,
            "lessons": self.show_lessons,
            "settings": self.show_settings,
        }

    def _at_sell(self, action: str) -> None:
        if action == "charge":
            self._sell.charge()
        elif action == "region":
            self._sell.next_region()
        else:
            self._tasks.start("reprint", self._print_last_again(), when_busy="refuse")

    def _step_back(self, screen: Screen) -> None:
        if self.frame.banner.isVisible():
            # Whatever is said, Esc covers a code at once.
            for one in self._screens:
                one.hide_codes()
            self.notices.dismiss()
        elif self._coaching is not None and self._coaching.is_over():
            for one in self._screens:
                one.hide_codes()
            self._coaching.leave()
        elif screen.step_back():
            pass
        elif screen.objectName() in {"orders", "attention", "settings", "lessons"}:
            self.show_sell()
        elif self._coaching is not None:
            self._coaching.leave()

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """The window has the focus between two screens. Qt would paint all of it for that."""

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Nothing shows that the window itself had the focus."""

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        # There every key comes by before any widget hears of it; installed twice it still is there once.
        self.windowHandle().installEventFilter(self._scanner)
        self.windowHandle().installEventFilter(self._held_keys)
        # The one installed last is asked first, and hears of what the others take as well.
        self.windowHandle().installEventFilter(self.pressing)

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        # A window that is taken apart must not be listened to any more.
        if self.internalWinId():
            self.windowHandle().removeEventFilter(self.pressing)
            self.windowHandle().removeEventFilter(self._held_keys)
            self.windowHandle().removeEventFilter(self._scanner)
        super().hideEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self.frame.set_compact(event.size().width() < _NARROW)
        super().resizeEvent(event)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            for screen in self._screens:
                screen.hide_codes()
            if self._first_start is not None:
                self._first_start.hide_codes()
        super().changeEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent, /) -> None:
        if self._finished:
            event.accept()
            return
        event.ignore()
        charge: ChargeScreen | None = self.__dict__.get("_charge")
        if charge is None or not (charge.is_taking() or charge.holds_money()):
            self.end()
        elif charge.is_taking():
            self._say_money_is_taken(_("Close the window when you see what became of it."))
        elif self._has_sheet():
            self.notices.say(_("There is a question open."), _("Answer it, then close the window."), "warn")
        else:
            self._tasks.start("close", self._close_without_money(charge), when_busy="refuse")

    def _say_money_is_taken(self, advice: str) -> None:
        self.notices.say(_("The money for a sale is just being taken."), advice, "warn")

    async def _close_without_money(self, charge: ChargeScreen) -> None:
        """Close once nobody's money is held here: what was taken in part would be forgotten."""
        if await charge.lets_go():
            self.end()


def _printer_light(state: PrinterState) -> LightFacts:
    from pos_app.messages import explain

    if state.on_screen:
        why = _("This shop prints nothing: codes are handed over on the screen.")
        return LightFacts("printer", _("Codes on the screen"), "ok", why)
    if not state.ok:
        return LightFacts("printer", _("Printer"), "trouble", _printer_words(state.problem))
    if state.warning is not None:
        return LightFacts("printer", explain(state.warning).title, "unknown", _printer_words(state.warning))
    return LightFacts("printer", _("Printer ready"), "ok", _("Slips can be printed."))


def _labelled_words(labelled: Labelled) -> str:
    from pos_app.i18n import money_short

    return labelled.name if labelled.face is None else f"{labelled.name} {money_short(labelled.face)}"


def _notice_words(shop: Shop) -> str:
    """What the shop's state wants said where cards are sold; loads the notices the first time."""
    from pos_app.scam_notices import notice_for

    notice = notice_for(shop)
    return "" if notice is None else notice.words


def _printer_words(problem: BaseException | None) -> str:
    from pos_app.errors import PosError
    from pos_app.messages import explain

    if not isinstance(problem, PosError):
        return _("The printer did not say what is wrong.")
    message = explain(problem)
    return f"{message.what} {message.advice}".strip()
