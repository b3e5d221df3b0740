"""Which papers a sale has at this moment: to hand over, perhaps out already, or wanted once more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pos_app.clock import Now
from pos_app.errors import NotAllowed
from pos_app.intake import Intake
from pos_app.orders.entries import AnyEntry, Printed, PrintFailed, Refunded
from pos_app.orders.order import Order, Phase, Sale
from pos_app.printing.document import Document
from pos_app.settings import Shop
from pos_app.store.journal import Journal

if TYPE_CHECKING:
    from pos_app.printing.parts import Copy

# A till that waits has no paper: what they are made of is imported where one is made.

ASK_AFTER: Final = timedelta(minutes=30)
"""How long after *not confirmed* the customer is asked to come back; the first look may decide then."""

MOST_PERHAPS: Final = 3
"""How many of a card's slips may be out, or not, before the next one needs a manager."""


PaperKey = tuple[str, tuple[str, ...], tuple[str, ...]]
"""What tells one paper of a sale from the others: its name, the ids of its orders and of its cards."""


@dataclass(frozen=True)
class Paper:
    """One paper of a sale: `name` is what the journal calls it, `stem` what it is called in a folder.

    `cards` are those whose code it shows. `certain`: it is out already, so that it is no loss when it is not
    printed now. `evidence` is why somebody wanted it again.
    """

    document: Document
    stem: str
    name: str
    orders: tuple[str, ...]
    cards: tuple[str, ...] = ()
    copy_no: int = 0
    certain: bool = False
    evidence: str = ""

    @property
    def key(self) -> PaperKey:
        """The same for every print of this paper, whatever copy it is."""
        return self.name, self.orders, self.cards


class SalePapers:
    """Makes the papers of a sale; prints none."""

    def __init__(self, journal: Journal, intake: Intake, now: Now) -> None:
        self._journal = journal
        self._intake = intake
        self._now = now

    async def due(self, sale: Sale, shop: Shop, by: str, *, again: bool) -> list[Paper]:
        """What is to be handed over and is not out yet; with `again`, also what may be out and may be not.

        A receipt, a slip for each card that is here, a pending slip for each order not confirmed, one that
        sends the cashier to give money back, one for each time it was given; the receipt once more when an
        order was answered since. What is out for certain is never among it, nor a card's slip that may be
        out `MOST_PERHAPS` times.
        """
        papers = [paper for order in sale.orders for paper in await self._of_order(sale, order, shop, by)]
        papers += self._failures(sale, shop, by)
        receipt = self._receipt(sale, shop, by)

        def is_due(paper: Paper) -> bool:
            # What may be out is never printed a second time by itself, not even as a duplicate; and a code
            # that may be out so many times already is one for a manager.
            enough = bool(paper.cards) and paper.copy_no >= MOST_PERHAPS
            return paper.copy_no == 0 or (again and not paper.certain and not enough)

        due = [paper for paper in papers if is_due(paper)]
        if is_due(receipt) or _answered_since_receipt(sale):
            due.insert(0, receipt)
        return due

    def masked(self, sale: Sale, shop: Shop, by: str, reason: str) -> list[Paper]:
        """The sale's receipt on little paper, without a code; and the pending slips that still hold."""
        receipt = self._receipt(sale, shop, by)
        if receipt.copy_no:
            from pos_app.printing.parts import Copy
            from pos_app.printing.reprints import masked_reprint

            copy = Copy(receipt.copy_no, self._now(), by, reason)

            receipt = replace(receipt, document=masked_reprint(sale, shop, copy))
        waiting = [order for order in sale.orders if order.phase is Phase.SENT]
        pending = [self._pending_slip(sale, order, shop, by, reason) for order in waiting]
        return [replace(paper, evidence=reason) for paper in (receipt, *pending)]

    async def whole(self, sale: Sale, shop: Shop, by: str, reason: str) -> list[Paper]:
        """Every card's slip once more, codes and all.

        Raises NotAllowed: "purged" or "no_codes" where there is none that could be printed.
        """
        papers = [
            paper for order in sale.orders for paper in await self._slips(sale, order, shop, by, reason)
        ]
        if papers:
            return [replace(paper, evidence=reason) for paper in papers]
        purged = min((order.purged.at for order in sale.orders if order.purged is not None), default=None)
        raise NotAllowed("no_codes") if purged is None else NotAllowed("purged", at=purged)

    def _receipt(self, sale: Sale, shop: Shop, by: str) -> Paper:
        from pos_app.printing.receipts import sale_receipt

        copy_no = max(order.copies("receipt") for order in sale.orders)
        return Paper(
            sale_receipt(sale, shop, copy=self._copy(copy_no, by)),
            _stem(sale, "receipt", copy_no),
            "receipt",
            tuple(order.id for order in sale.orders),
            copy_no=copy_no,
            certain=any(order.is_printed("receipt") for order in sale.orders),
        )

    async def _of_order(self, sale: Sale, order: Order, shop: Shop, by: str) -> list[Paper]:
        pending = [self._pending_slip(sale, order, shop, by)] if order.phase is Phase.SENT else []
        slips = [] if pending else await self._slips(sale, order, shop, by)
        return [*pending, *slips, *self._refunds(sale, order, shop, by)]

    async def _slips(self, sale: Sale, order: Order, shop: Shop, by: str, reason: str = "") -> list[Paper]:
        if order.phase is Phase.SENT or not order.handed_cards or order.purged is not None:
            return []
        from pos_app.printing.receipts import card_slip

        key = await self._journal.key(order.id)
        # Counted by what was sold, not by what has come: a slip keeps its number when another order is late.
        before = sum(other.cards_sold for other in sale.orders[: sale.orders.index(order)])
        printed = order.printed_cards()
        # A life of the store that was lost may have printed them: that paper would be the original.
        kept = (await self._journal.before_this_life([order.id])).get(order.id, 0)
        perhaps = order.perhaps_out(kept)
        papers: list[Paper] = []
        for number, sealed in enumerate(order.handed_cards, before + 1):
            # A hundred cards are opened and set in words here: others have their turns in between.
            await asyncio.sleep(0)
            if order.lacks_pin(sealed):
                # A slip without its PIN would go out as a whole card; it prints when the PIN has come.
                continue
            copy_no = order.slips_of(sealed.id) + (sealed.id in perhaps)
            document = card_slip(
                sale,
                order,
                sealed,
                self._intake.open_card(key, sealed),
                number=number,
                of=sum(other.cards_sold for other in sale.orders),
                shop=shop,
                copy=self._copy(copy_no, by, reason),
            )
            certain = sealed.id in printed
            stem = _stem(sale, f"slip-{number}", copy_no)
            papers.append(Paper(document, stem, "slip", (order.id,), (sealed.id,), copy_no, certain))
        return papers

    def _pending_slip(self, sale: Sale, order: Order, shop: Shop, by: str, reason: str = "") -> Paper:
        from pos_app.printing.receipts import pending_slip

        copy_no = order.copies("pending")
        copy = self._copy(copy_no, by, reason)
        document = pending_slip(sale, order, shop, ask_after=sale.head.at + ASK_AFTER, copy=copy)
        stem = _stem(sale, f"pending-{sale.orders.index(order) + 1}", copy_no)
        certain = order.is_printed("pending")
        return Paper(document, stem, "pending", (order.id,), (), copy_no, certain)

    def _failures(self, sale: Sale, shop: Shop, by: str) -> list[Paper]:
        """One slip for all orders whose money is owed since, one for those whose slip may be out."""
        owed = [order for order in sale.orders if order.money_owed is not None]
        new = [order for order in owed if not order.copies("failure")]
        perhaps = [order for order in owed if order.copies("failure") and not order.is_printed("failure")]
        return [self._failure(sale, orders, shop, by) for orders in (new, perhaps) if orders]

    def _failure(self, sale: Sale, orders: list[Order], shop: Shop, by: str) -> Paper:
        copy_no = max(order.copies("failure") for order in orders)
        from pos_app.printing.money_papers import failure_slip

        document = failure_slip(sale, orders, shop, copy=self._copy(copy_no, by))
        stem = _stem(sale, f"not-bought-{sale.orders.index(orders[0]) + 1}", copy_no)
        return Paper(document, stem, "failure", tuple(order.id for order in orders), (), copy_no)

    def _refunds(self, sale: Sale, order: Order, shop: Shop, by: str) -> list[Paper]:
        given = [entry for entry in order.entries if isinstance(entry, Refunded)]
        place = sale.orders.index(order) + 1
        papers: list[Paper] = []
        for number, entry in enumerate(given, 1):
            from pos_app.printing.money_papers import refund_slip

            name = "refund" if number == 1 else f"refund-{number}"
            copy_no = order.copies(name)
            document = refund_slip(sale, order, entry, shop, copy=self._copy(copy_no, by))
            stem = _stem(sale, f"refund-{place}-{number}", copy_no)
            papers.append(Paper(document, stem, name, (order.id,), (), copy_no, order.is_printed(name)))
        return papers

    def _copy(self, number: int, by: str, reason: str = "") -> Copy | None:
        from pos_app.printing.parts import Copy

        return Copy(number, self._now(), by, reason) if number else None


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
