"""The way of a sale through the window: Sell, the money, the result, and the next one."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app.i18n import _
from ui.turns import give_way
from ui.window.lights import printer_words

if TYPE_CHECKING:
    from pos_app.orders.draft import Draft
    from pos_app.printouts import PrinterState
    from pos_app.settings import Shop
    from ui.borders import Till
    from ui.issuing import Issuing
    from ui.reprint import Reprinting
    from ui.screens.charge import ChargeScreen
    from ui.screens.result import ResultScreen
    from ui.screens.sell import SellScreen
    from ui.window.lights import Lights
    from ui.window.parts import Parts
    from ui.window.readiness import Readiness
    from ui.window.stage import Stage

_BASKET_MS = 1500


class SaleFlow(QObject):
    """Leads from one screen of a sale to the next; each is made when it is first wanted.

    `placed` has a sale's id once it is written down. `order_wanted` has the id of an order somebody wants to
    look at. `ended_behind` is `ResultScreen.ended_behind`.
    """

    placed = Signal(str)
    order_wanted = Signal(str)
    ended_behind = Signal(str, str, str, str)

    def __init__(
        self,
        parts: Parts,
        till: Till,
        stage: Stage,
        lights: Lights,
        issuing: Issuing,
        reprinting: Callable[[], Reprinting],
    ) -> None:
        super().__init__(parts.window)
        self._window, self._notices, self._banner = parts.window, parts.notices, parts.frame.banner
        self._tasks, self._clock = parts.tasks, parts.clock
        self._till, self._stage, self._lights = till, stage, lights
        self._issuing, self._reprinting = issuing, reprinting
        self._pressing = parts.pressing
        self._sold = self._emptied = ""

    @cached_property
    def _ready(self) -> Readiness:
        from ui.window.readiness import Readiness

        return Readiness(self, self._till, self._pressing)

    # --- the screens ----------------------------------------------------------------------------------

    @cached_property
    def sell(self) -> SellScreen:
        """What is sold, and the basket."""
        from ui.screens.sell import SellScreen

        screen = SellScreen(
            self._till.catalog,
            self._till.sales,
            self._notices,
            self._till.settings.shop.currency,
            self._lights.paused,
            clock=self._clock,
        )
        screen.show_region(self._till.settings.region)
        screen.region_chosen.connect(self._on_region_chosen)
        screen.charge_wanted.connect(self._on_charge_wanted)
        screen.begun.connect(self._on_begun)
        screen.basket_changed.connect(self._on_basket_changed)
        return self._stage.add(screen)

    @cached_property
    def charge(self) -> ChargeScreen:
        """The money."""
        from ui.screens.charge import ChargeScreen

        screen = ChargeScreen(
            self._till.sales,
            self._notices,
            self._till.settings.cashier,
            may=self._may_take,
            hold=self._till.held_money.hold,
            clock=self._clock,
        )
        screen.left_without_sale.connect(self.show_sell)
        screen.placed.connect(self._on_placed)
        screen.cash_taken.connect(self._on_cash_taken)
        return self._stage.add(screen)

    @cached_property
    def result(self) -> ResultScreen:
        """What became of it."""
        from ui.screens.result import ResultScreen

        screen = ResultScreen(
            self._till.sales,
            self._issuing,
            self._reprinting(),
            self._notices,
            self._till.settings.cashier,
            clock=self._clock,
        )
        screen.new_sale_wanted.connect(self._on_new_sale_wanted)
        screen.order_chosen.connect(self.order_wanted)
        screen.another_card_wanted.connect(self._on_another_card_wanted)
        screen.ended_behind.connect(self.ended_behind)
        return self._stage.add(screen)

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`; of a screen nobody has come to yet there is nothing."""
        if (charge := self._charge_if_made()) is not None:
            charge.sold_by(by)
        if "result" in self.__dict__:
            self.result.sold_by(by)

    def cards_in_sight(self) -> tuple[str, int] | None:
        """The sale whose result one looks at, and how many of its cards are here; None at another screen."""
        if "result" not in self.__dict__ or self._stage.current() is not self.result:
            return None
        return self.result.cards_here()

    # --- going on -------------------------------------------------------------------------------------

    def show_sell(self) -> None:
        """Go to Sell; the basket is as it was left, or empty if it was sold."""
        self._empty_sold_basket()
        self._stage.go(self.sell, "sell")

    async def ask_back(self) -> None:
        """Ask for what a till that died before the sale was written down had taken; returns when answered."""
        held_money = self._till.held_money
        if self._till.new_life in {"backup", "rolled_back"}:
            # What the lost life held was paid with, or given back, in that; being moved loses none.
            await held_money.hold("", ())
        elif (held := await held_money.left()) is not None:
            # Asked here, and not once more because the basket is empty.
            self._emptied = self.sell.draft().id
            self.charge.take_over(held.sale_id, held.parts)
            self.charge.remind()
            await self._give_back(self.charge)

    def is_asking(self) -> bool:
        """Whether somebody is on the way from the basket to the money."""
        return self._tasks.busy("charge")

    def let_close(self, close: Callable[[], None]) -> None:
        """Call `close` once nobody's money is held here: what was taken in part would be forgotten."""
        charge = self._charge_if_made()
        if charge is None or not (charge.is_taking() or charge.holds_money()):
            close()
        elif charge.is_taking():
            self._say_money_is_taken(_("Close the window when you see what became of it."))
        elif self._stage.has_sheet():
            self._notices.say(_("There is a question open."), _("Answer it, then close the window."), "warn")
        else:
            self._tasks.start("close", self._close_without_money(charge, close), when_busy="refuse")

    async def _close_without_money(self, charge: ChargeScreen, close: Callable[[], None]) -> None:
        if await charge.lets_go():
            close()

    def _charge_if_made(self) -> ChargeScreen | None:
        return self.charge if "charge" in self.__dict__ else None

    def _on_region_chosen(self, region: str) -> None:
        keeping = self._till.preferences.keep_region(region)
        self._tasks.start("region", keeping, when_busy="replace")

    def _on_begun(self) -> None:
        self._tasks.start("get ready", self._ready.begin(), when_busy="refuse")

    def _on_basket_changed(self) -> None:
        """Whoever empties the basket gives back what was taken for it: asked once, and at the next Charge."""
        charge, draft = self._charge_if_made(), self.sell.draft()
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
            self._notices.put_away()
        else:
            charge.remind()

    # --- to the money ---------------------------------------------------------------------------------

    def _on_charge_wanted(self, draft: Draft) -> None:
        self._tasks.start("charge", self._open_charge(draft), when_busy="replace")

    async def _open_charge(self, draft: Draft) -> None:
        charge = self._charge_if_made()
        if charge is not None and charge.holds_money(draft):
            # For another basket: it pays nothing here, and is not forgotten either.
            if charge.is_taking():
                self._say_money_is_taken(_("Charge again when you see what became of it."))
                return
            await self._give_back(charge)
            if charge.holds_money():
                return
        state = await self._till.printouts.ready()
        self._lights.show(state)
        if not state.ok and not await self._goes_on_without_paper(state):
            return
        if self._stage.current() is not self.sell or not await self._may_sell(draft):
            return
        notice = await asyncio.to_thread(_notice_words, self._till.settings.shop)
        self._notices.put_away()
        with self._ready.wait():
            await self._show_charge(draft, state, notice)
        self._tasks.start("warm up", self._ready.warm_up(), when_busy="refuse")

    async def _show_charge(self, draft: Draft, state: PrinterState, notice: str) -> None:
        """What is not ready yet, then filled, dressed and shown, each in turns of its own."""
        for _step in self.charge.get_ready():
            await give_way()
        if self._stage.current() is not self.sell or self.charge.holds_money(draft):
            # It was sold meanwhile; or what the till before had taken is being asked for, and not forgotten.
            return
        self.charge.begin(draft, paper=state.ok, on_screen=state.on_screen, notice=notice)
        for _step in self.charge.get_ready():
            await give_way()
        if self._stage.current() is not self.sell:
            self.charge.left()
            return
        self._stage.go(self.charge, "sell")
        await give_way()

    async def _goes_on_without_paper(self, state: PrinterState) -> bool:
        from ui.dialogs import ask
        from ui.sheet import Choice

        answer = await ask(
            self._window,
            _("The printer is not ready"),
            (
                printer_words(state.problem),
                _("You can go on: the codes then stay here and can be shown on the screen."),
            ),
            (
                Choice("go_on", _("Go on without paper")),
                Choice("back", _("Back to the basket"), primary=True),
            ),
        )
        return answer == "go_on"

    async def _may_sell(self, draft: Draft) -> bool:
        """Whether the scam guard lets the sale pass, whoever had to be asked for it."""
        # What the first sale of a day has loaded keeps nobody from typing meanwhile.
        await asyncio.to_thread(importlib.import_module, "ui.guard_sheet")
        from ui.guard_sheet import may_go_on

        return await may_go_on(self._window, self._till, draft, self._till.settings.cashier, self._clock)

    async def _may_take(self, draft: Draft) -> bool:
        """Like `_may_sell`, where somebody has said that the money is here: whoever stops gives it back."""
        may = await self._may_sell(draft)
        if not may:
            self._notices.say(
                _("The sale was stopped."),
                _("Nothing was bought. If you have taken money already, give it back, then go back."),
                "warn",
            )
        return may

    def _say_money_is_taken(self, advice: str) -> None:
        self._notices.say(_("The money for a sale is just being taken."), advice, "warn")

    # --- behind the money -----------------------------------------------------------------------------

    def _on_placed(self, sale_id: str) -> None:
        # First of all the order goes out; the next basket is made while the customer waits for the cards.
        self._sold = sale_id
        self.result.begin(sale_id)
        self.placed.emit(sale_id)
        QTimer.singleShot(_BASKET_MS, self, self._empty_sold_basket)
        self._stage.go(self.result, "sell")

    def _on_cash_taken(self, sale_id: str) -> None:
        self._tasks.start("drawer", self._open_drawer(sale_id), when_busy="replace")

    async def _open_drawer(self, sale_id: str) -> None:
        from pos_app.messages import explain

        problem = await self._till.printouts.open_drawer(sale_id)
        # Nothing more important is lost by it: whoever stands there sees that the drawer is shut.
        if problem is not None and (not self._banner.isVisible() or self._banner.shows_kept()):
            message = explain(problem)
            self._notices.say(message.what, message.advice, "warn")

    def _empty_sold_basket(self) -> None:
        sold, self._sold = self._sold, ""
        if sold:
            # Another basket, which was begun while this one was being sold, is the next customer's.
            if self.sell.draft().id == sold:
                self.sell.begin_new()
            following = self._till.catalog.follow_sales(self.sell.isVisible)
            self._tasks.start("rank", following, when_busy="replace")

    def _on_new_sale_wanted(self) -> None:
        self._notices.put_away()
        self.show_sell()

    def _on_another_card_wanted(self, brand: str, amount: str) -> None:
        self.show_sell()
        self.sell.search_for(brand)
        self._notices.say(
            _("{amount} is written down as given back.").format(amount=amount),
            _("Choose the other card and take the money again for it."),
        )


def _notice_words(shop: Shop) -> str:
    """What the shop's state wants said where cards are sold; loads the notices the first time."""
    from pos_app.scam_notices import notice_for

    notice = notice_for(shop)
    return "" if notice is None else notice.words
