"""What must hold after every script, with the sandbox's books as the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pos_app.money import total
from pos_app.orders.cards import Card
from pos_app.orders.entries import Refunded
from pos_app.orders.order import Order, Phase
from pos_app.orders.verdicts import ForAPerson
from pos_app.register import Register
from pos_app.sandbox.orders import CardOrder, IssuedCode
from tests.faults.company import Charge

What = Literal["double", "loss", "wrong verdict", "late commit"]
"""`late commit`: carried out after a person's verdict, on an account that others may use too. That such a one
is seen is not promised, and it is only counted.
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """One claim that does not hold, and how it shows; never a code."""

    what: What
    how: str


@dataclass(frozen=True, slots=True)
class Held:
    """A card of an order, in clear: whether it is the customer's, the shop's own, or was given on."""

    card: Card
    handed: bool
    spare: bool
    gone: bool


@dataclass
class Account:
    """The journal and what the provider charged, side by side."""

    orders: dict[str, Order]
    cards: dict[str, list[Held]]
    waiting: frozenset[str]
    charges: dict[str, list[Charge]]
    verdicts: dict[str, float]
    exclusive: bool
    odd: frozenset[str]
    shown: frozenset[str]
    broken: list[Broken] = field(default_factory=list[Broken])

    def asks(self, order: Order) -> bool:
        """Whether somebody is asked to find out what became of `order`."""
        if order.phase is Phase.CODES_PENDING and order.taken_back:
            # The customer waits no more; they are still asked for, and claimed if they do not come.
            return True
        unclear = order.phase in {Phase.SENT, Phase.CODES_PENDING} or order.reopened
        return unclear and order.id in self.waiting

    def overtaken(self, order: Order) -> bool:
        """Whether everything was carried out after the verdict that it was not bought."""
        if order.settled is None or order.settled.verdict != "not_bought":
            return False
        return all(charge.at > self.verdicts[order.id] for charge in self.charges[order.id])

    def no(self, what: What, how: str) -> None:
        """This does not hold."""
        self.broken.append(Broken(what, how))


async def broken_claims(
    register: Register, charged: Sequence[Charge], placed: Sequence[str], verdicts: dict[str, float]
) -> list[Broken]:
    """Every claim that does not hold for the orders `placed`.

    `charged` is what the provider charged for them, `verdicts` when each was decided about.
    """
    orders = {order_id: await register.sales.order(order_id) for order_id in placed}
    cards: dict[str, list[Held]] = {}
    for order in orders.values():
        cards[order.id] = []
        if order.purged is not None:
            # Nobody can read its codes any more, as somebody wanted.
            continue
        key = await register.journal.key(order.id)
        clear = register.sales._intake.open_card  # pyright: ignore[reportPrivateUsage]
        cards[order.id] = [
            Held(
                clear(key, card),
                handed=card in order.handed_cards,
                spare=card.id in order.spare,
                gone=card.id in order.gone,
            )
            for card in order.cards
        ]
    waiting = frozenset(found.order.id for found in await register.settling.waiting())
    charges: defaultdict[str, list[Charge]] = defaultdict(list)
    for charge in charged:
        charges[charge.order_id].append(charge)
    exclusive = (await register.accounts.account("cardpluspay")).exclusive
    odd = frozenset(order.id for order in await register.journal.odd())
    shown = _shown(register, waiting, charged)
    account = Account(orders, cards, waiting, charges, verdicts, exclusive, odd, shown)
    for order in orders.values():
        _bought_once(account, order)
        _charged_as_written(account, order)
        if order.purged is None:
            _codes_are_here(account, order)
        _verdict_is_right(account, order)
        _refunded_once(account, order)
    _handed_once(account)
    for order_id in charges.keys() - orders.keys():
        account.no("double", f"something was bought for {order_id or 'nobody'}")
    if (await register.journal.verify()).broken is not None:
        account.no("loss", "the journal's chain is broken")
    return account.broken


async def unknown_papers(register: Register, folder: Path, placed: Sequence[str]) -> list[Broken]:
    """That no code of the orders `placed` lies on paper in `folder` of which the journal says nobody saw it.

    Such a one would be paid back as if it were whole, and sold to the next customer.
    """
    papers = _on_paper(folder)
    broken: list[Broken] = []
    for order_id in placed:
        order = await register.sales.order(order_id)
        if order.purged is not None:
            continue
        key = await register.journal.key(order_id)
        clear = register.sales._intake.open_card  # pyright: ignore[reportPrivateUsage]
        for card in order.handed_cards:
            code = _plain(clear(key, card).code)
            if card.id not in order.seen_cards() and any(code in paper for paper in papers):
                broken.append(Broken("double", "a code is on paper, and could be sold to the next one"))
    return broken


def _on_paper(folder: Path) -> list[str]:
    return [_plain(path.read_text("utf-8", errors="replace")) for path in folder.glob("*.txt*")]


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _bought_once(account: Account, order: Order) -> None:
    requests = {charge.request for charge in account.charges[order.id]}
    if len(requests) > 1:
        account.no("double", f"{len(requests)} requests were carried out for one order")


def _charged_as_written(account: Account, order: Order) -> None:
    charges = account.charges[order.id]
    if not order.was_bought:
        if charges and not account.asks(order) and not account.overtaken(order):
            what: What = "wrong verdict" if order.settled is not None else "loss"
            account.no(what, f"charged, the journal says {order.phase}, and nobody is asked to look")
        return
    if not charges:
        if _supplied(order):
            return
        account.no("wrong verdict" if order.settled else "loss", f"{order.phase}, and nothing was charged")
        return
    number = order.provider_order_id
    mine = next((charge for charge in charges if number in {None, charge.number}), None)
    if mine is None:
        account.no("wrong verdict" if order.settled else "loss", "another order of the provider's")
        return
    for written in (order.answer and order.answer.cost, order.settled and order.settled.cost):
        if written is not None and written.minor != mine.minor and "other_cost" not in order.flags:
            account.no("loss", f"the journal says {written}, charged were {mine.minor}")


def _codes_are_here(account: Account, order: Order) -> None:
    # What turned up against a verdict is parked until somebody has seen to it, whosever it is.
    here = {held.card.code: held.card for held in account.cards[order.id] if held.handed or held.spare}
    everywhere = {held.card.code for cards in account.cards.values() for held in cards if not held.gone}
    issued: dict[str, str | None] = {}
    bought = account.charges if _supplied(order) else (order.id,)
    for charge in (charge for order_id in bought for charge in account.charges[order_id]):
        if isinstance(charge.order, CardOrder):
            issued.update({code.code: code.pin for code in charge.order.codes})
            shown = _ever_shown(charge.order) if order.id in account.odd else charge.order.codes
            lost = [code for code in shown if code.code not in everywhere]
            known = charge.order_id != order.id or _is_their_double(account, order, charge) or _typed(order)
            if lost and not known and not account.asks(order) and not account.overtaken(order):
                asked = "and were charged for" if order.id in account.odd else "and nobody is asked to look"
                account.no("loss", f"{len(lost)} codes are not in the journal, {asked}")
    for code, card in here.items():
        if code not in issued:
            account.no("wrong verdict" if order.settled else "loss", "a code that was not issued for it")
        elif card.pin not in {None, issued[code]}:
            account.no("loss", "another PIN than was issued")
    handed = [held for held in account.cards[order.id] if held.handed]
    if order.phase is Phase.FULFILLED and not order.taken_back and len(handed) != order.cards_sold:
        account.no("loss", f"{len(handed)} cards handed over of {order.cards_sold}")


def _shown(register: Register, waiting: Iterable[str], charged: Sequence[Charge]) -> frozenset[str]:
    """The provider's numbers of the orders that a person is shown beside one that waits."""
    found: set[str] = set()
    for order_id in waiting:
        standing = register.resolver.standing(order_id)
        if standing is None or not isinstance(standing.judgement, ForAPerson):
            continue
        if (row := standing.judgement.row) is not None:
            found.add(row.provider_order_id)
        elif "several_rows" in standing.judgement.reasons:
            # All that the books show and nobody claims.
            found |= {charge.number for charge in charged if charge.number is not None}
    return frozenset(found)


def _ever_shown(order: CardOrder) -> Sequence[IssuedCode]:
    """The codes that the company shows at last. What it charged for and never shows a person claims back."""
    hold = order.hold
    return order.codes[: hold.first] if hold is not None and hold.never else order.codes


def _supplied(order: Order) -> bool:
    return any(entry.kind == "supplied" for entry in order.entries)


def _typed(order: Order) -> bool:
    """Whether somebody typed the codes in: what the company's page showed beside them nobody here knows."""
    settled = order.settled
    return settled is not None and settled.how == "by_hand" and order.provider_order_id is None


def _is_their_double(account: Account, order: Order, charge: Charge) -> bool:
    """Whether the provider carried one request out twice, and this is not the one it told us of."""
    twins = [other for other in account.charges[order.id] if other.request == charge.request]
    told_of = [other for other in twins if other.number == order.provider_order_id]
    return charge is not (told_of or twins)[0]


def _handed_once(account: Account) -> None:
    everything = [held for cards in account.cards.values() for held in cards]
    own = Counter(held.card.code for held in everything if held.handed or (held.spare and not held.gone))
    for times in own.values():
        if times > 1:
            account.no("double", "one code is two customers', or a customer's and spare")


def _verdict_is_right(account: Account, order: Order) -> None:
    if order.settled is None or order.settled.verdict != "not_bought":
        return
    for charge in account.charges[order.id]:
        if charge.at <= account.verdicts[order.id]:
            account.no("wrong verdict", "judged not bought, and it had been")
        elif charge.number in account.shown:
            # Another order was sent that it may be as well: a person is shown it, and asked whose it is.
            continue
        elif not any(entry.kind == "turned_up" for entry in order.entries):
            seen = account.exclusive or order.settled.how == "by_look"
            account.no(
                "wrong verdict" if seen else "late commit", "carried out after it, and never turned up"
            )


def _refunded_once(account: Account, order: Order) -> None:
    refunds = [entry.amount for entry in order.entries if isinstance(entry, Refunded)]
    head = order.placed.sale
    paid = total([tender.received for tender in head.tenders], head.due.currency)
    if refunds and total(refunds, paid.currency).minor > min(order.paid.minor, paid.minor):
        account.no("loss", "more was given back than was paid")
    lost = any(isinstance(entry, Refunded) and entry.loss for entry in order.entries)
    if not lost and not order.codes_by_email and len(order.handed_cards) > order.customers:
        account.no("loss", "the money was given back, and the card handed over")
