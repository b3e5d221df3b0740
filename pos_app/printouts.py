"""Receipts and slips on their way to paper, and the record of each. Printer trouble never fails a sale."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import DeviceProblem, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.entries import AnyEntry, Head, Printed, PrintFailed
from pos_app.orders.order import Order, Phase, Sale
from pos_app.printing import escpos, receipts
from pos_app.printing.devices import Printer
from pos_app.printing.document import Document
from pos_app.settings import Shop
from pos_app.store.journal import Journal
from pos_app.work import Work

ASK_AFTER: Final = timedelta(minutes=30)
"""How long after *not confirmed* the customer is asked to come back; the first look may decide then."""


@dataclass(frozen=True, slots=True)
class PrinterState:
    """Whether one can sell as the shop hands codes over; `problem` says why not.

    `warning` is what should be seen to although it prints. `on_screen`: the shop has chosen to print nothing
    and to show codes on the screen, so no paper is missed.
    """

    ok: bool
    name: str
    problem: DeviceProblem | None = None
    warning: DeviceProblem | None = None
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class PrintResult:
    """`printed` papers went to `where`; `problem` is what stopped the rest.

    `on_screen`: nothing was to be printed, the shop shows codes on the screen.
    """

    printed: int
    where: str
    problem: DeviceProblem | None = None
    on_screen: bool = False


@dataclass(frozen=True)
class _Paper:
    printer: str
    document: Document
    stem: str
    name: str
    orders: tuple[str, ...]
    cards: tuple[str, ...] = ()
    copy_no: int = 0
    certain: bool = False
    """Whether this paper is out already, so that it is no loss when it is not printed now."""


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """What the journal is still to be told about a paper: `build` makes the entry of the order `order_id`."""

    order_id: str
    build: Callable[[Order], AnyEntry]


class Printouts:
    """Makes the papers of a sale, sends them, and writes into the journal what became of each.

    Without a `printer` and with `on_screen` nothing is printed, by the shop's own choice.
    """

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        printer: Printer | None,
        shop: Shop,
        work: Work,
        changes: Changes,
        now: Now,
        *,
        on_screen: bool = False,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._printer = printer
        self._shop = shop
        self._work = work
        self._changes = changes
        self._now = now
        self._on_screen = on_screen and printer is None
        self._unwritten: deque[_Unwritten] = deque()
        self._under_way = set[str]()
        self._wanted: tuple[Printer | None, Shop, bool] | None = None

    @property
    def _name(self) -> str:
        return self._printer.name if self._printer else ""

    def is_printing(self, order: Order) -> bool:
        """Whether a code of `order` is on its way to paper, or may be out without that being written yet."""
        if not order.handed_cards:
            return False
        unwritten = tuple(self._unwritten)
        return order.placed.sale.id in self._under_way or any(one.order_id == order.id for one in unwritten)

    def use(self, printer: Printer | None, shop: Shop, *, on_screen: bool = False) -> None:
        """Print `shop`'s papers with `printer` from now on.

        A sale whose papers are under way is finished first, as it was begun.
        """
        self._wanted = printer, shop, on_screen and printer is None
        self._change_over()

    def _change_over(self) -> None:
        if self._wanted is not None and not self._under_way:
            self._printer, self._shop, self._on_screen = self._wanted
            self._wanted = None

    async def warm_up(self) -> None:
        """Have loaded what the first paper of a day would wait for."""
        if self._printer is not None:
            await asyncio.to_thread(escpos.load)

    async def ready(self) -> PrinterState:
        """Ask the printer whether it would print; called before money is taken."""
        if self._on_screen:
            return PrinterState(ok=True, name="", on_screen=True)
        with suppress(StoreProblem):
            await self._catch_up()
        if self._printer is None:
            return PrinterState(ok=False, name="", problem=DeviceProblem("no_printer"))
        said = await self._printer.state()
        if said is not None and said.hinders:
            return PrinterState(ok=False, name=self._printer.name, problem=said)
        return PrinterState(ok=True, name=self._printer.name, warning=said)

    async def print_sale(self, sale_id: str, by: str, *, again: bool = False) -> PrintResult:
        """Print what this sale has to hand over and was not printed yet.

        A receipt, a slip for each card that is here, a pending slip for each order not confirmed; the
        receipt once more when an order was answered since. With `again`, asked for by a person, also what may
        be on paper and may be not, as a duplicate; and everything, as duplicates, when there is nothing else.
        Never raises for a printer's trouble. Raises StoreProblem when nothing can be written: before a
        paper, which is then not begun; or behind it, and then none is printed until it is written what became
        of that one, be it another sale's.
        """
        return await self._work.keep(f"print {sale_id}", lambda: self._print_sale(sale_id, by, again=again))

    async def _print_sale(self, sale_id: str, by: str, *, again: bool) -> PrintResult:
        # Before the sale is read: what is paid back from here on would be on paper all the same.
        self._under_way.add(sale_id)
        try:
            return await self._print_papers(sale_id, by, again=again)
        finally:
            self._under_way.discard(sale_id)
            self._change_over()

    async def _print_papers(self, sale_id: str, by: str, *, again: bool) -> PrintResult:
        # While it can not be written down what became of a paper, none follows it. Done before the sale is
        # read: what was out already counts.
        await self._catch_up()
        sale = await self._journal.sale(sale_id)
        if sale is None:
            return PrintResult(0, "")
        if self._on_screen:
            return PrintResult(0, "", on_screen=True)
        if self._printer is None:
            return PrintResult(0, "", DeviceProblem("no_printer"))
        printed = 0
        first: DeviceProblem | None = None
        for paper in await self._papers(sale, by, again=again):
            # A paper nobody could write down is not begun.
            await self._journal.check_room()
            try:
                await self._printer.print(paper.document, paper.stem)
            except DeviceProblem as problem:
                await self._record(self._failures(paper, problem, by))
                first = first or problem
                if problem.reason not in DeviceProblem.OF_ONE_PAPER:
                    break
                # What is wrong with this paper need not be wrong with the next one.
                continue
            except (Exception, asyncio.CancelledError):
                # The till is being closed while the journal is still open, or the printer has a fault nobody
                # thought of: the paper may be out, and nobody will know better later on.
                with suppress(StoreProblem):
                    await self._record(self._failures(paper, DeviceProblem("print_interrupted"), by))
                raise
            await self._record(self._printings(paper, by))
            printed += 1
        return PrintResult(printed, self._printer.name, first)

    async def _papers(self, sale: Sale, by: str, *, again: bool) -> list[_Paper]:
        slips = [paper for order in sale.orders for paper in await self._slips(sale, order, by)]
        receipt = self._receipt(sale, by)

        def is_due(paper: _Paper) -> bool:
            # What may be out is never printed a second time by itself, not even as a duplicate.
            return paper.copy_no == 0 or (again and not paper.certain)

        due = [paper for paper in slips if is_due(paper)]
        if is_due(receipt) or _answered_since_receipt(sale):
            due.insert(0, receipt)
        return due or ([receipt, *slips] if again else [])

    def _receipt(self, sale: Sale, by: str) -> _Paper:
        copy_no = max(order.copies("receipt") for order in sale.orders)
        document = receipts.sale_receipt(sale, self._shop, copy=self._copy(copy_no, by))
        stem = _stem(sale, "receipt", copy_no)
        ids = tuple(order.id for order in sale.orders)
        certain = any(order.is_printed("receipt") for order in sale.orders)
        return _Paper(self._name, document, stem, "receipt", ids, (), copy_no, certain)

    async def _slips(self, sale: Sale, order: Order, by: str) -> list[_Paper]:
        if order.phase is Phase.SENT:
            return [self._pending_slip(sale, order, by)]
        if not order.handed_cards or order.purged is not None:
            return []
        key = await self._journal.key(order.id)
        # Counted by what was sold, not by what has come: a slip keeps its number when another order is late.
        before = sum(other.cards_sold for other in sale.orders[: sale.orders.index(order)])
        papers: list[_Paper] = []
        for number, sealed in enumerate(order.handed_cards, before + 1):
            if order.lacks_pin(sealed):
                # A slip without its PIN would go out as a whole card; it prints when the PIN has come.
                continue
            copy_no = order.slips_of(sealed.id)
            document = receipts.card_slip(
                sale,
                order,
                sealed,
                self._intake.open_card(key, sealed),
                number=number,
                of=sum(other.cards_sold for other in sale.orders),
                shop=self._shop,
                copy=self._copy(copy_no, by),
            )
            stem = _stem(sale, f"slip-{number}", copy_no)
            certain = sealed.id in order.printed_cards()
            papers.append(
                _Paper(self._name, document, stem, "slip", (order.id,), (sealed.id,), copy_no, certain)
            )
        return papers

    def _pending_slip(self, sale: Sale, order: Order, by: str) -> _Paper:
        copy_no = order.copies("pending")
        document = receipts.pending_slip(
            sale, order, self._shop, ask_after=sale.head.at + ASK_AFTER, copy=self._copy(copy_no, by)
        )
        place = sale.orders.index(order) + 1
        stem = _stem(sale, f"pending-{place}", copy_no)
        certain = order.is_printed("pending")
        return _Paper(self._name, document, stem, "pending", (order.id,), (), copy_no, certain)

    def _copy(self, number: int, by: str) -> receipts.Copy | None:
        return receipts.Copy(number, self._now(), by) if number else None

    def _printings(self, paper: _Paper, by: str) -> list[_Unwritten]:
        at = self._now()

        def printed(order: Order) -> AnyEntry:
            return Printed(
                **_head_at(self._journal.head(order, by), at),
                document=paper.name,
                printer=paper.printer,
                cards=paper.cards,
                copy_no=paper.copy_no,
            )

        return [_Unwritten(order_id, printed) for order_id in paper.orders]

    def _failures(self, paper: _Paper, problem: DeviceProblem, by: str) -> list[_Unwritten]:
        at = self._now()

        def failed(order: Order) -> AnyEntry:
            return PrintFailed(
                **_head_at(self._journal.head(order, by), at),
                document=paper.name,
                printer=paper.printer,
                cards=paper.cards,
                reason=problem.reason,
                maybe=problem.maybe_printed,
            )

        return [_Unwritten(order_id, failed) for order_id in paper.orders]

    async def _record(self, entries: list[_Unwritten]) -> None:
        self._unwritten.extend(entries)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Write what became of papers, first things first. Raises StoreProblem; what is left stays known."""
        await self._work.keep("unwritten papers", self._write_down)
        while self._unwritten:
            # Somebody else's were being written, and had been when these came.
            await self._work.keep("unwritten papers", self._write_down)

    async def _write_down(self) -> None:
        written = bool(self._unwritten)
        while self._unwritten:
            # Taken out first: the journal goes on writing it when who waits here is cancelled.
            entry = self._unwritten.popleft()
            try:
                await self._journal.add(entry.order_id, entry.build)
            except StoreProblem:
                self._unwritten.appendleft(entry)
                raise
        if written:
            self._changes.announce("orders")


def _head_at(head: Head, at: datetime) -> Head:
    """`head` at the moment it is about, which may be long before it could be written."""
    return {**head, "at": at}


def _answered_since_receipt(sale: Sale) -> bool:
    """Whether the last receipt says of some order what is no longer so."""
    for order in sale.orders:
        kinds = [_what_it_tells(entry) for entry in order.entries]
        last = max((place for place, kind in enumerate(kinds) if kind == "receipt"), default=-1)
        if {"answered", "settled"} & set(kinds[last + 1 :]):
            return True
    return False


def _what_it_tells(entry: AnyEntry) -> str:
    """The entry's kind; for a paper that is out, or may be, what paper it is."""
    match entry:
        case Printed(document=document) | PrintFailed(document=document, maybe=True):
            return document
        case _:
            return entry.kind


def _stem(sale: Sale, name: str, copy_no: int) -> str:
    copy = f"-copy-{copy_no}" if copy_no else ""
    return f"{sale.head.number}-{name}{copy}"
