"""What is claimed back from the providers: what could be, what is, and the file that goes to them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import NotAllowed
from pos_app.i18n import _
from pos_app.intake import Intake
from pos_app.money import Money
from pos_app.orders.entries import Answered, ClaimClosed, Claimed, Settled, TurnedUp
from pos_app.orders.lane import charged, last_sent, total_cost
from pos_app.orders.order import Order, Phase
from pos_app.store.journal import Journal

Why = Literal["spare_card", "parked_card", "missing_card", "wrong_charge", "turned_up"]
Outcome = Literal["credited", "replaced", "refused"]

MISSING_AFTER: Final = timedelta(days=2)
"""How long after an order was placed a card that has not come may be claimed."""

_DANGEROUS: Final = "=+-@\t\r"
"""What makes a spreadsheet take a text for a formula."""

COLUMNS: Final = (
    "claim",
    "state",
    "why",
    "our_order",
    "our_order_id",
    "provider",
    "provider_order_id",
    "provider_order_number",
    "sent_utc",
    "answered_utc",
    "item",
    "quantity",
    "quoted",
    "charged",
    "currency",
    "claimed",
    "claimed_currency",
    "cards",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, open unless `closed`, with the order it is about."""

    order: Order
    opened: Claimed
    closed: ClaimClosed | None = None

    @property
    def number(self) -> str:
        """What the provider is told to name it by, such as C-03-0007."""
        return self.opened.claim


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that could be claimed and is not yet; `amount` is what it cost us, None if nobody knows."""

    order: Order
    why: Why
    cards: tuple[str, ...]
    amount: Money | None


class Claims:
    """Claims against providers. `by` is a manager's name: who that is was asked before."""

    def __init__(self, journal: Journal, intake: Intake, changes: Changes, now: Now) -> None:
        self._journal = journal
        self._intake = intake
        self._changes = changes
        self._now = now

    async def open(
        self,
        order_id: str,
        why: Why,
        *,
        by: str,
        evidence: str,
        cards: Sequence[str] = (),
        amount: Money | None = None,
    ) -> str:
        """Claim something about `order_id` and return the claim's number. Its cards are sold to nobody.

        What is no single card's is claimed once for an order, unless the company refused it. Raises
        NotAllowed: "not_claimable" (the cards are the customer's, gone or claimed before, or the order was
        never answered), "claimed_before" (facts `claim`), "not_a_manager", "needs_evidence",
        "code_in_evidence".
        """
        wanted = tuple(dict.fromkeys(cards))
        await self._intake.check_evidence(await self._journal.order(order_id), evidence, by)

        def build(order: Order, number: str) -> Claimed:
            if not _may_claim(order, why, wanted):
                raise NotAllowed("not_claimable")
            if (before := _claimed_before(order, why)) is not None:
                raise NotAllowed("claimed_before", claim=before.claim)
            return Claimed(
                **self._journal.head(order, by.strip()),
                claim=number,
                why=why,
                cards=wanted,
                amount=amount,
                evidence=evidence.strip(),
            )

        order = await self._journal.claim(order_id, build)
        self._changes.announce("orders")
        return order.claims[-1].claim

    async def close(
        self, number: str, outcome: Outcome, *, by: str, evidence: str, amount: Money | None = None
    ) -> Order:
        """Write down what came of the claim `number`. Raises NotAllowed like `open`, and "unknown_claim"."""
        order_id = await self._journal.claimed_in(number.strip().upper())
        if order_id is None:
            raise NotAllowed("unknown_claim")
        await self._intake.check_evidence(await self._journal.order(order_id), evidence, by)

        def build(current: Order) -> ClaimClosed:
            if all(claim.claim != number.strip().upper() for claim in current.claims):
                # Somebody closed it meanwhile.
                raise NotAllowed("unknown_claim")
            return ClaimClosed(
                **self._journal.head(current, by.strip()),
                claim=number.strip().upper(),
                outcome=outcome,
                amount=amount,
                evidence=evidence.strip(),
            )

        order = await self._journal.add(order_id, build)
        self._changes.announce("orders")
        return order

    async def list(self, *, closed: bool = False) -> tuple[Claim, ...]:
        """All open claims by number, or with `closed` all there ever were."""
        orders = await self._journal.with_claims(closed=closed)
        found = [claim for order in orders for claim in _claims(order) if closed or claim.closed is None]
        return tuple(sorted(found, key=lambda claim: claim.number))

    async def proposals(self) -> tuple[Proposal, ...]:
        """What could be claimed and is not yet, of the oldest orders first."""
        late = self._now() - MISSING_AFTER
        orders = {
            order.id: order
            for order in (
                *await self._journal.with_cards("parked", "spare"),
                *await self._journal.odd(),
                *await self._journal.in_phase(Phase.CODES_PENDING),
            )
        }
        oldest = sorted(orders.values(), key=lambda order: (order.placed.at, order.id))
        return tuple(proposal for order in oldest for proposal in _proposals(order, late))


def claim_table(claims: Iterable[Claim]) -> str:
    """The file for the provider as CSV (RFC 4180), one claim a line; no code, PIN or address stands in it."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for claim in claims:
        table.writerow([_harmless(value) for value in _row(claim)])
    return text.getvalue()


def claim_letter(claims: Iterable[Claim]) -> str:
    """The same for people: one paragraph a claim, as many as there are."""
    parts: list[str] = []
    for claim in claims:
        told: dict[str, str] = dict(zip(COLUMNS, _row(claim), strict=True))
        lines = [f"{claim.number}  {_WORDS[claim.opened.why]()}"]
        lines += [f"  {label()}: {told[name]}" for name, label in _LABELS.items() if told[name]]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n" if parts else ""


def why_words(why: Why) -> str:
    """Why something is claimed, in a few words."""
    return _WORDS[why]()


_WORDS: Final[dict[Why, Callable[[], str]]] = {
    "spare_card": lambda: _("A card we paid for and did not sell"),
    "parked_card": lambda: _("A card we did not order"),
    "missing_card": lambda: _("A card that never came"),
    "wrong_charge": lambda: _("Charged otherwise than quoted"),
    "turned_up": lambda: _("Delivered after it had been cancelled here"),
}

_LABELS: Final[dict[str, Callable[[], str]]] = {
    "our_order": lambda: _("our order"),
    "provider_order_id": lambda: _("your order"),
    "provider_order_number": lambda: _("your order number"),
    "sent_utc": lambda: _("sent (UTC)"),
    "answered_utc": lambda: _("answered (UTC)"),
    "item": lambda: _("item"),
    "quantity": lambda: _("cards ordered"),
    "quoted": lambda: _("quoted"),
    "charged": lambda: _("charged"),
    "currency": lambda: _("currency"),
    "claimed": lambda: _("claimed"),
    "claimed_currency": lambda: _("currency of the claim"),
    "cards": lambda: _("cards"),
}


def _may_claim(order: Order, why: Why, cards: tuple[str, ...]) -> bool:
    claimed = {card for claim in order.claims for card in claim.cards}
    spare = {card.id for card in order.cards if card.id in order.spare} - claimed
    parked = {card.id for card in order.parked_cards} - claimed
    lie = {"spare_card": spare, "parked_card": parked}
    if not set(cards) <= lie.get(why, spare | parked):
        return False
    return order.phase in _CLAIMABLE and (bool(cards) or why not in lie)


def _claimed_before(order: Order, why: Why) -> Claimed | None:
    """The claim about the whole order that asks for the same money, unless it was refused; None for none."""
    same = next((group for group in _ONCE if why in group), frozenset[Why]())
    closed = [entry for entry in order.entries if isinstance(entry, ClaimClosed)]
    refused = {entry.claim for entry in closed if entry.outcome == "refused"}
    claims = [entry for entry in order.entries if isinstance(entry, Claimed) and entry.why in same]
    return next((entry for entry in claims if entry.claim not in refused), None)


_ONCE: Final[tuple[frozenset[Why], ...]] = (
    frozenset(("wrong_charge", "turned_up")),
    frozenset(("missing_card",)),
)
"""What is claimed once for an order: what it was charged; and the cards that never came."""

_CLAIMABLE: Final = frozenset({Phase.CODES_PENDING, Phase.TO_BE_CONFIRMED, Phase.FULFILLED, Phase.NOT_BOUGHT})


def _claims(order: Order) -> list[Claim]:
    closed = {entry.claim: entry for entry in order.entries if isinstance(entry, ClaimClosed)}
    opened = [entry for entry in order.entries if isinstance(entry, Claimed)]
    return [Claim(order, entry, closed.get(entry.claim)) for entry in opened]


def _proposals(order: Order, late: datetime) -> list[Proposal]:
    each = order.placed.quoted
    claimed = {card for claim in order.claims for card in claim.cards}
    ever = {entry.why for entry in order.entries if isinstance(entry, Claimed)}
    found = [Proposal(order, "spare_card", (card.id,), card.cost or each) for card in order.spare_cards]
    parked = [card for card in order.parked_cards if card.id not in claimed]
    found += [Proposal(order, "parked_card", (card.id,), card.cost or each) for card in parked]
    missing = order.placed.quantity - sum(1 for card in order.cards if not card.parked)
    if (
        order.phase is Phase.CODES_PENDING
        and missing > 0
        and order.placed.at <= late
        and "missing_card" not in ever
    ):
        found.append(Proposal(order, "missing_card", (), None if each is None else each * missing))
    if ever & {"wrong_charge", "turned_up"}:
        return found
    told = [entry for entry in order.entries if isinstance(entry, Answered | Settled | TurnedUp)]
    flags = {flag for entry in told for flag in entry.flags}
    cost = charged(order)
    if order.phase is Phase.NOT_BOUGHT and any(
        isinstance(entry, TurnedUp) and entry.word == "yes" for entry in told
    ):
        found.append(Proposal(order, "turned_up", (), cost or total_cost(order)))
    elif flags & {"other_cost", "costs_do_not_add_up", "provider_order_seen_before"}:
        found.append(Proposal(order, "wrong_charge", (), _too_much(cost, total_cost(order))))
    return found


def _too_much(debited: Money | None, quoted: Money | None) -> Money | None:
    """What was charged beyond what was quoted, None where that is nothing or not known."""
    if debited is None or quoted is None or debited.currency != quoted.currency or debited <= quoted:
        return None
    return debited - quoted


def _row(claim: Claim) -> list[str]:
    order, opened = claim.order, claim.opened
    sent = last_sent(order)
    answered = next(
        (entry for entry in order.entries if isinstance(entry, Answered | Settled | TurnedUp)), None
    )
    quoted, debited = total_cost(order), charged(order)
    currency = (debited or quoted or order.price).currency if debited or quoted else ""
    named = [card for card in order.cards if card.id in opened.cards]
    return [
        opened.claim,
        "open" if claim.closed is None else claim.closed.outcome,
        opened.why,
        order.placed.sale.number,
        order.id,
        order.placed.product.provider,
        order.provider_order_id or _late(order, "provider_order_id"),
        order.provider_order_no or _late(order, "provider_order_no"),
        "" if sent is None else _time(sent.at),
        "" if answered is None else _time(answered.at),
        order.placed.product.item,
        str(order.placed.quantity),
        _amount(quoted),
        _amount(debited),
        currency,
        _amount(opened.amount),
        "" if opened.amount is None else opened.amount.currency,
        " ".join(card.hint for card in named),
    ]


def _late(order: Order, name: str) -> str:
    """What turned up behind a verdict says about itself."""
    told = [str(getattr(entry, name) or "") for entry in order.entries if isinstance(entry, TurnedUp)]
    return next((one for one in reversed(told) if one), "")


def _amount(money: Money | None) -> str:
    return "" if money is None else f"{money.major:f}"


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _harmless(value: str) -> str:
    """`value` as no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in _DANGEROUS and value else value
