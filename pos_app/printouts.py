"""Receipts and slips on their way to paper, and the record of each. Printer trouble never fails a sale."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import DeviceProblem, NotAllowed, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.entries import AnyEntry, Head, Printed, PrintFailed
from pos_app.orders.order import IllegalStep, Order
from pos_app.papers import Paper, PaperKey, SalePapers
from pos_app.printing import encode
from pos_app.printing.ahead import MakesAhead
from pos_app.printing.devices import Printer
from pos_app.printing.drawer import HasDrawer
from pos_app.printing.logo import headed, read
from pos_app.settings import Paper as PrinterChoice
from pos_app.settings import Shop
from pos_app.store.journal import Journal
from pos_app.store.papers_begun import PaperBegun
from pos_app.work import Work

if TYPE_CHECKING:
    from pos_app.printing.ways import Way

_INTERRUPTED: Final = "print_interrupted"


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

    `on_screen`: nothing was to be printed, the shop shows codes on the screen. `out` names the papers that
    are out for certain (`papers.Paper.key`).
    """

    printed: int
    where: str
    problem: DeviceProblem | None = None
    on_screen: bool = False
    out: frozenset[PaperKey] = field(default=frozenset[PaperKey](), compare=False)


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """What the journal is still to be told about a paper: `build` makes the order's entry."""

    order_id: str
    entry_id: str
    build: Callable[[Order], AnyEntry]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is wanted once more."""

    full: bool
    large: bool
    reason: str
    but_for: frozenset[PaperKey]


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
        self._papers = SalePapers(journal, intake, now)
        self._folder: Path | None = None
        self._printer = printer
        self._shop = shop
        self._work = work
        self._changes = changes
        self._now = now
        self._on_screen = on_screen and printer is None
        self._unwritten: deque[_Unwritten] = deque()
        self._under_way = set[str]()
        self._wanted: tuple[Printer | None, Shop, bool] | None = None
        self._printer_of: Callable[[PrinterChoice], Printer | None] = _no_printer
        self._chosen: Callable[[], PrinterChoice] = PrinterChoice
        self._drawer_opened_for = ""
        self._failed = False
        self._left = False

    def is_printing(self, order: Order) -> bool:
        """Whether a code of `order` is on its way to paper, or may be out without that being written yet."""
        if not order.handed_cards:
            return False
        unwritten = tuple(self._unwritten)
        under_way = self._left or order.placed.sale.id in self._under_way
        return under_way or any(one.order_id == order.id for one in unwritten)

    def pictures_in(self, folder: Path) -> None:
        """Look for the shop's picture in `folder`, the store's."""
        self._folder = folder

    def others_by(
        self,
        printer_of: Callable[[PrinterChoice], Printer | None],
        chosen: Callable[[], PrinterChoice],
    ) -> None:
        """Make with `printer_of` what a sale is printed through for once, besides the one `chosen`."""
        self._printer_of = printer_of
        self._chosen = chosen

    async def other_ways(self) -> tuple[Way, ...]:
        """How a sale's papers can be had besides the shop's printer; printers are looked for, for seconds."""
        from pos_app.printing.spooling import list_printers
        from pos_app.printing.ways import other_ways

        return other_ways(self._chosen(), await list_printers())

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
        printer = self._printer
        if printer is not None:
            await asyncio.to_thread(encode.load)
        if isinstance(printer, MakesAhead):
            await printer.warm_up()

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

    async def open_drawer(self, sale_id: str) -> DeviceProblem | None:
        """Open the cash drawer for the cash of this sale, once; None where there is no drawer.

        The pulse is a job of its own: no paper waits for it, and none holds it. What kept the drawer shut
        hinders nothing, and is returned to be told.
        """
        printer = self._printer
        if self._drawer_opened_for == sale_id or not isinstance(printer, HasDrawer):
            return None
        self._drawer_opened_for = sale_id
        try:
            await self._work.keep(f"drawer {sale_id}", printer.open_drawer)
        except DeviceProblem:
            return DeviceProblem("drawer_not_opened", printer=printer.name)
        return None

    async def print_customer_card(self) -> None:
        """Print the card that warns a customer of scams; it belongs to no sale, and nothing records it.

        Raises DeviceProblem when there is no printer, or it does not print.
        """
        from pos_app.printing.warning_papers import customer_card

        printer = self._printer
        if printer is None:
            raise DeviceProblem("no_printer")
        page = customer_card(self._shop)
        stem = f"warning-{self._now():%Y%m%d-%H%M%S-%f}"
        await self._work.keep("customer's card", lambda: printer.print(page, stem))

    async def print_sale(
        self, sale_id: str, by: str, *, again: bool = False, through: PrinterChoice | None = None
    ) -> PrintResult:
        """Print what this sale has to hand over and is not out yet.

        With `again`, asked for by a person, also what may be on paper and may be not, as a duplicate; what
        is out for certain is printed by `reprint` only. `through` names another printer than the shop's, for
        this once. Never raises for a printer's trouble. Raises StoreProblem when nothing can be written:
        before a paper, which is then not begun; or behind it, and then none is printed until it is written
        what became of that one, be it another sale's.
        """

        def in_turn() -> Coroutine[Any, Any, PrintResult]:
            return self._work.keep_next(
                f"print {sale_id}", lambda: self._print_sale(sale_id, by, again=again, through=through)
            )

        # The same wish of the same person, as a key pressed twice, is one. All others have theirs printed.
        return await self._work.keep(f"papers {sale_id} {again} {by} {through!r}", in_turn)

    async def reprint(
        self,
        sale_id: str,
        by: str,
        *,
        full: bool = False,
        large: bool = False,
        reason: str = "",
        through: PrinterChoice | None = None,
        but_for: Collection[PaperKey] = (),
    ) -> PrintResult:
        """Print once more, as duplicates, what of this sale is out already.

        Its receipt with the last four of each code or, `full`, every card's slip: for those `by` is a manager
        (who asks has checked that) and gives a `reason`. `large`: slips in type for weak eyes. `through`:
        another printer than the shop's, for this once. `but_for`: papers that came out when this was tried
        before (`PrintResult.out`), and of which no further duplicate is wanted. Raises NotAllowed:
        "unknown_order"; "not_a_manager", "needs_evidence", "code_in_evidence"; "purged" and "no_codes",
        where no card could be printed. StoreProblem and printer's trouble as `print_sale`.
        """
        wish = _Wish(full, large, reason.strip(), frozenset(but_for))
        return await self._work.keep_next(
            f"print {sale_id}", lambda: self._reprint(sale_id, by, wish, through)
        )

    async def _print_sale(
        self, sale_id: str, by: str, *, again: bool, through: PrinterChoice | None = None
    ) -> PrintResult:
        # Before the sale is read: what is paid back from here on would be on paper all the same.
        self._under_way.add(sale_id)
        try:
            # While it can not be written down what became of a paper, none follows it. Done before the sale
            # is read: what was out already counts.
            await self._catch_up()
            sale = await self._journal.sale(sale_id)
            if sale is None:
                return PrintResult(0, "")
            return await self._print(
                sale_id, lambda shop: self._papers.due(sale, shop, by, again=again), by, through
            )
        finally:
            self._under_way.discard(sale_id)
            self._change_over()

    async def _reprint(
        self, sale_id: str, by: str, wish: _Wish, through: PrinterChoice | None
    ) -> PrintResult:
        self._under_way.add(sale_id)
        try:
            await self._catch_up()
            sale = await self._journal.sale(sale_id)
            if sale is None:
                raise NotAllowed("unknown_order")
            await self._intake.refuse_codes(by)
            if wish.full or wish.reason:
                for order in sale.orders:
                    await self._intake.check_evidence(order, wish.reason, by)

            async def papers(shop: Shop) -> list[Paper]:
                size = {"large_print": wish.large or shop.large_print}
                wanted = (
                    await self._papers.whole(sale, shop.model_copy(update=size), by, wish.reason)
                    if wish.full
                    else self._papers.masked(sale, shop, by, wish.reason)
                )
                return [paper for paper in wanted if paper.key not in wish.but_for]

            return await self._print(sale_id, papers, by, through)
        finally:
            self._under_way.discard(sale_id)
            self._change_over()

    async def _print(
        self,
        sale_id: str,
        papers: Callable[[Shop], Coroutine[Any, Any, list[Paper]]],
        by: str,
        through: PrinterChoice | None = None,
    ) -> PrintResult:
        """Print what `papers` makes, one after the other, and write down what became of each."""
        if self._on_screen if through is None else through.printer == "screen":
            return PrintResult(0, "", on_screen=True)
        printer = self._printer if through is None else self._printer_of(through)
        if printer is None:
            return PrintResult(0, "", DeviceProblem("no_printer"))
        picture = await self._picture()
        due = [replace(paper, document=headed(paper.document, picture)) for paper in await papers(self._shop)]
        ahead = printer if isinstance(printer, MakesAhead) else None
        try:
            result = await self._print_each(sale_id, due, printer, ahead, by)
        finally:
            if ahead is not None:
                # Codes of a paper that is not printed after all are not kept at hand.
                ahead.expect(None)
        if printer is self._printer and (result.printed or result.problem is not None):
            self._tell_how_it_is(failed=result.problem is not None)
        return result

    async def _print_each(
        self, sale_id: str, papers: Sequence[Paper], printer: Printer, ahead: MakesAhead | None, by: str
    ) -> PrintResult:
        out: list[PaperKey] = []
        first: DeviceProblem | None = None
        for paper, following in zip_longest(papers, papers[1:]):
            # A paper nobody could write down is not begun; and should the till die now, the next one knows.
            begun = self._begun(paper, by, printer.name)
            await self._journal.papers_begun.begin(sale_id, begun)
            if ahead is not None and following is not None:
                ahead.expect(following.document)
            try:
                await printer.print(paper.document, paper.stem)
            except DeviceProblem as problem:
                await self._record(self._failures(begun, problem, self._now()))
                first = first or problem
                if problem.reason != "can_not_render":
                    break
                # What is wrong with this paper need not be wrong with the next one.
                continue
            except (Exception, asyncio.CancelledError):
                # The till is being closed while the journal is still open, or the printer has a fault nobody
                # thought of: the paper may be out, and nobody will know better later on.
                with suppress(StoreProblem):
                    await self._record(self._failures(begun, DeviceProblem(_INTERRUPTED), self._now()))
                raise
            await self._record(self._printings(begun, paper.copy_no))
            out.append(paper.key)
        with suppress(StoreProblem):
            await self._journal.papers_begun.end(sale_id)
        return PrintResult(len(out), printer.name, first, out=frozenset(out))

    async def look_back(self) -> None:
        """Write down what was under way when the till before ended without a word: it may be out.

        Raises StoreProblem; it is tried again before the next paper, and with each look at the printer.
        """
        self._left = True
        await self._catch_up()

    async def _look_back(self) -> None:
        for sale_id, papers in (await self._journal.papers_begun.left()).items():
            over = True
            for entry in self._failures(papers, DeviceProblem(_INTERRUPTED), papers[0].at):
                # What is no order here any more misses no entry.
                with suppress(NotAllowed):
                    over &= await self._tell_once(entry)
            if over:
                await self._journal.papers_begun.end(sale_id)
            self._changes.announce("orders")
        self._left = False

    async def _tell_once(self, entry: _Unwritten) -> bool:
        """False for an order whose lines are damaged or missing: it is told when the till opens without that.

        Until then it keeps no other one's papers from being printed.
        """
        try:
            await self._journal.add_once(entry.order_id, entry.entry_id, entry.build)
        except IllegalStep:
            return False
        except StoreProblem as problem:
            if problem.reason != "broken_journal":
                raise
            return False
        return True

    def _tell_how_it_is(self, *, failed: bool) -> None:
        """The shop's printer prints no more, or does again: whoever shows how it is asks it anew."""
        if failed != self._failed:
            self._failed = failed
            self._changes.announce("printer")

    async def _picture(self) -> bytes:
        if self._folder is None or not self._shop.logo:
            return b""
        return await asyncio.to_thread(read, self._folder / self._shop.logo)

    def _begun(self, paper: Paper, by: str, printer: str) -> tuple[PaperBegun, ...]:
        return tuple(
            PaperBegun(
                order_id=order_id,
                entry_id=self._journal.new_entry_id(),
                at=self._now(),
                by=by,
                document=paper.name,
                printer=printer,
                cards=paper.cards,
                evidence=paper.evidence,
            )
            for order_id in paper.orders
        )

    def _printings(self, begun: Iterable[PaperBegun], copy_no: int) -> list[_Unwritten]:
        at = self._now()

        def printed(order: Order, *, paper: PaperBegun) -> AnyEntry:
            return Printed(**self._head(order, paper, at), **_about(paper), copy_no=copy_no)

        return [_Unwritten(paper.order_id, paper.entry_id, partial(printed, paper=paper)) for paper in begun]

    def _failures(
        self, begun: Iterable[PaperBegun], problem: DeviceProblem, at: datetime
    ) -> list[_Unwritten]:
        def failed(order: Order, *, paper: PaperBegun) -> AnyEntry:
            return PrintFailed(
                **self._head(order, paper, at),
                **_about(paper),
                reason=problem.reason,
                maybe=problem.maybe_printed,
            )

        return [_Unwritten(paper.order_id, paper.entry_id, partial(failed, paper=paper)) for paper in begun]

    def _head(self, order: Order, paper: PaperBegun, at: datetime) -> Head:
        """At the moment it is about, which may be long before it could be written."""
        return {**self._journal.head(order, paper.by), "id": paper.entry_id, "at": at}

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
        if self._left:
            await self._look_back()
        written = bool(self._unwritten)
        while self._unwritten:
            # Taken out first: the journal goes on writing it when who waits here is cancelled.
            entry = self._unwritten.popleft()
            try:
                await self._journal.add_once(entry.order_id, entry.entry_id, entry.build)
            except StoreProblem:
                self._unwritten.appendleft(entry)
                raise
        if written:
            self._changes.announce("orders")


def _no_printer(_way: PrinterChoice) -> Printer | None:
    return None


class _About(TypedDict):
    document: str
    printer: str
    cards: tuple[str, ...]
    evidence: str


def _about(paper: PaperBegun) -> _About:
    return _About(document=paper.document, printer=paper.printer, cards=paper.cards, evidence=paper.evidence)
