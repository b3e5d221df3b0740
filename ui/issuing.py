"""Buying what was paid for: one order after the other, to the end, whether or not somebody looks on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from pos_app.errors import PosError
from pos_app.orders.order import Status
from pos_app.printouts import PrintResult
from ui.screen import Clock

if TYPE_CHECKING:
    from pos_app.papers import PaperKey
    from pos_app.printing.ways import Way
    from pos_app.settings import Paper
    from ui.borders import Keeping, Papers, Selling


class Issuing:
    """Performs the orders of a sale in their order, then prints; remembers what was in the way.

    Everything runs in the register's keeping: a screen that goes away stops nothing.
    """

    def __init__(self, sales: Selling, papers: Papers, work: Keeping, by: str, clock: Clock) -> None:
        self._sales, self._papers, self._work = sales, papers, work
        self._by, self._clock = by, clock
        self._began: dict[str, float] = {}
        self._troubles: dict[str, PosError] = {}
        self._printed: dict[str, PrintResult] = {}
        self._busy: set[str] = set()
        self._prints_nothing = False

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    async def issue(self, sale_id: str) -> None:
        """Buy everything in the sale that is still to do and was not tried yet, then print its papers."""
        await self._work.keep(f"sale {sale_id}", lambda: self._issue(sale_id))

    async def try_again(self, sale_id: str, order_id: str, *, anyway: bool = False) -> None:
        """Buy one order that is still to do, then print what came of it.

        `anyway`: though another one of its cost is not confirmed, which is left to a person then.
        """
        await self._work.keep(f"sale {sale_id}", lambda: self._issue(sale_id, only=order_id, anyway=anyway))

    async def print_papers(
        self, sale_id: str, *, again: bool = False, through: Paper | None = None
    ) -> PrintResult:
        """Print what is new of the sale's papers; with `again`, a person's wish, also what may be out.

        `through`: on another printer than the shop's.
        """
        self._printed[sale_id] = result = await self._papers.print_sale(
            sale_id, self._by, again=again, through=through
        )
        if through is None:
            self._prints_nothing = result.on_screen
        return result

    async def other_ways(self) -> tuple[Way, ...]:
        """How papers can be had besides the shop's printer; looks for printers, for some seconds at most."""
        return await self._papers.other_ways()

    async def reprint(
        self,
        sale_id: str,
        by: str,
        *,
        full: bool,
        large: bool,
        reason: str,
        through: Paper | None = None,
        but_for: Collection[PaperKey] = (),
    ) -> PrintResult:
        """Print what is out already once more: the receipt or, `full` and allowed by `by`, every card.

        `through`: on another printer than the shop's; `but_for`: without what came out at a try before.
        """
        return await self._papers.reprint(
            sale_id, by, full=full, large=large, reason=reason, through=through, but_for=but_for
        )

    def busy(self, sale_id: str) -> bool:
        """Whether the sale is being worked on."""
        return sale_id in self._busy

    def seconds(self, order_id: str) -> float | None:
        """How long ago the order was begun, None when it was not."""
        began = self._began.get(order_id)
        return None if began is None else self._clock() - began

    def trouble(self, order_id: str) -> PosError | None:
        """Why the order was not bought at the last try."""
        return self._troubles.get(order_id)

    def printed(self, sale_id: str) -> PrintResult | None:
        """What became of the sale's papers, None before they were printed."""
        return self._printed.get(sale_id)

    def prints_nothing(self) -> bool:
        """Whether the shop, not somebody for one sale, shows codes on the screen, as it last printed."""
        return self._prints_nothing

    def waits(self, order_id: str) -> bool:
        """Whether the order waits until another one of its cost is cleared up."""
        return self._sales.lane_wait(order_id) is not None

    async def _issue(self, sale_id: str, only: str = "", *, anyway: bool = False) -> None:
        self._busy.add(sale_id)
        try:
            sale = await self._sales.sale(sale_id)
            for order in sale.orders:
                if only not in {"", order.id} or self._sales.status(order) is not Status.TO_DO:
                    continue
                await self._buy(order.id, anyway=anyway)
            await self.print_papers(sale_id)
        finally:
            self._busy.discard(sale_id)

    async def _buy(self, order_id: str, *, anyway: bool) -> None:
        self._troubles.pop(order_id, None)
        self._began[order_id] = self._clock()
        try:
            await self._sales.perform(order_id, sell_anyway=anyway, by=self._by)
        except PosError as error:
            self._troubles[order_id] = error
