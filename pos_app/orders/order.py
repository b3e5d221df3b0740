"""One purchase from one provider, folded from its entries. Status is computed here and stored nowhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.cash_rounding import in_coins
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    Approved,
    ClaimClosed,
    Claimed,
    CodesArrived,
    Deferred,
    GivenOn,
    HandedOver,
    Heard,
    LeftToAPerson,
    MadeSpare,
    Placed,
    Printed,
    PrintFailed,
    Purged,
    Refunded,
    Revealed,
    Sent,
    Settled,
    Supplied,
    TurnedUp,
    Verdict,
    WasNotTaken,
    Withdrawn,
)
from pos_app.orders.sale import SaleHead


class IllegalStep(AssertionError):
    """An entry that can not follow what is there: a bug, or two of us at the same order."""


class Phase(StrEnum):
    """Where an order stands by its entries alone."""

    TO_DO = "to_do"
    SENT = "sent"
    CODES_PENDING = "codes_pending"
    TO_BE_CONFIRMED = "to_be_confirmed"
    FULFILLED = "fulfilled"
    REFUSED = "refused"
    NOT_BOUGHT = "not_bought"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """What a person is told. A sent order without an answer is in progress only while somebody is on it."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    NOT_CONFIRMED = "not_confirmed"
    CODES_PENDING = "codes_pending"
    TO_BE_CONFIRMED = "to_be_confirmed"
    FULFILLED = "fulfilled"
    REFUSED = "refused"
    NOT_BOUGHT = "not_bought"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset(
    {Status.TO_DO, Status.NOT_CONFIRMED, Status.CODES_PENDING, Status.REFUSED, Status.NOT_BOUGHT}
)
"""Statuses that wait for somebody, unless the money has been given back."""

_CUSTODY: Final = frozenset({"printed", "print_failed"})
_SEEING: Final = frozenset({"revealed", "handed_over"})
_SPARE: Final = frozenset({"given_on", "made_spare", "claimed", "claim_closed"})
_BOUGHT: Final = frozenset({Phase.CODES_PENDING, Phase.TO_BE_CONFIRMED, Phase.FULFILLED})
_OWED: Final = frozenset({Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN})

STEPS: Final[dict[Phase, frozenset[str]]] = {
    Phase.TO_DO: frozenset({"sent", "withdrawn", "supplied", "left_to_a_person", "approved"}) | _CUSTODY,
    Phase.SENT: frozenset(
        {"heard", "answered", "was_not_taken", "settled", "refunded", "deferred", "left_to_a_person"}
    )
    | _CUSTODY,
    Phase.CODES_PENDING: frozenset({"heard", "codes_arrived", "settled", "refunded", "deferred"})
    | _SEEING
    | _SPARE
    | _CUSTODY,
    Phase.TO_BE_CONFIRMED: frozenset({"refunded", "claimed", "claim_closed", "purged"}) | _CUSTODY,
    # A reply that asked for late codes may be kept only when others have brought them. A company that
    # charged for more than was asked may show the rest behind the last card that was.
    Phase.FULFILLED: frozenset({"heard", "codes_arrived", "refunded", "purged"})
    | _SEEING
    | _SPARE
    | _CUSTODY,
    Phase.REFUSED: frozenset({"refunded", "purged"}) | _CUSTODY,
    Phase.NOT_BOUGHT: frozenset({"refunded", "purged"}) | _SPARE | _CUSTODY,
    Phase.WITHDRAWN: frozenset({"refunded", "purged"}) | _CUSTODY,
}
"""Which kinds of entry may follow in each phase. `placed` begins an order and is never a step."""

AFTER_A_VERDICT: Final[dict[Verdict, frozenset[str]]] = {
    "bought": frozenset({"heard", "turned_up", "codes_arrived"}),
    "not_bought": frozenset({"heard", "turned_up"}),
}
"""What may follow besides, once the order was settled: an answer may come at any time, and is never lost."""


@dataclass(frozen=True)
class Order:
    """An order as its entries tell it. Compare `n` when appending: it is the number of entries seen.

    `settled` is the last verdict on it. `reopened`: something turned up since that speaks against it (or a
    card went out by e-mail after its money was given back), and nobody has said yet that it was seen.
    `unread`: an answer came after the verdict and is not yet understood. `refunded` is all money given back,
    `taken_back` for how many cards of it the customer has no claim any more. `spare` are ids
    of the shop's own cards, `gone` of those sold in another order or taken back by the company; `claims` are
    those still open. `left_because`: why a person has to decide.
    """

    placed: Placed
    phase: Phase = Phase.TO_DO
    n: int = 1
    entries: tuple[AnyEntry, ...] = field(default=(), repr=False)
    unanswered: tuple[str, ...] = ()
    answer: Answered | None = None
    settled: Settled | None = None
    reopened: bool = False
    unread: bool = False
    provider_order_id: str | None = None
    provider_order_no: str | None = None
    cards: tuple[SealedCard, ...] = ()
    flags: tuple[str, ...] = ()
    refunded: Money | None = None
    taken_back: int = 0
    spare: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    claims: tuple[Claimed, ...] = ()
    left_because: str = ""
    purged: Purged | None = None

    @property
    def id(self) -> str:
        """The order's own id, made before anything was sent."""
        return self.placed.order_id

    @property
    def price(self) -> Money:
        """What the customer pays for the whole order."""
        return self.placed.price * self.placed.quantity

    @property
    def paid(self) -> Money:
        """What the customer has paid for it: its price, but for what rounding the cash did to it."""
        return self.price if self.placed.rounding is None else self.price + self.placed.rounding

    @property
    def handed_cards(self) -> tuple[SealedCard, ...]:
        """The cards that are the customer's: parked and spare ones, and those given on, are left out."""
        return tuple(card for card in self.cards if self._is_the_customers(card))

    @property
    def parked_cards(self) -> tuple[SealedCard, ...]:
        """Cards nobody asked for, about which nobody has decided yet."""
        gone = self.spare | self.gone
        return tuple(card for card in self.cards if card.parked and card.id not in gone)

    @property
    def spare_cards(self) -> tuple[SealedCard, ...]:
        """The shop's own cards that may be sold: not claimed back, not given on, not purged."""
        claimed = {card for claim in self.claims for card in claim.cards}
        if self.purged is not None:
            return ()
        return tuple(card for card in self.cards if card.id in self.spare and card.id not in claimed)

    def sellable_cards(self, kept: int = 0) -> tuple[SealedCard, ...]:
        """The spare cards that the next customer may have: nobody has seen them, and none lacks its PIN.

        What an earlier life of the store may have given away is not among them: a manager has to name it
        first, in a claim or as spare. `kept`: so many of the order's entries are from before the present one.
        """
        out = self.seen_cards() | self.perhaps_out(kept)
        return tuple(card for card in self.spare_cards if card.id not in out and not self.lacks_pin(card))

    def perhaps_out(self, kept: int) -> frozenset[str]:
        """The ids of the cards that a life of the store that was lost may have handed over, or sold.

        Those that were here when the present life began, `kept` entries after the order did: their place says
        that, and no clock. And those that came since, if they were asked for before: another life asked too.
        """
        before = self.entries[:kept]
        if not before:
            return frozenset()
        taken_back = {entry.sent for entry in self.entries if isinstance(entry, WasNotTaken)}
        asked_for = any(isinstance(entry, Sent) and entry.id not in taken_back for entry in before)
        out = {card.id for card in (self.cards if asked_for else fold(before).cards)}
        for entry in self.entries[kept:]:
            if isinstance(entry, Claimed | MadeSpare):
                out.difference_update(entry.cards)
        return frozenset(out)

    @property
    def customers(self) -> int:
        """How many cards the customer has a claim to: those asked for less those whose money was returned."""
        return self.placed.quantity - self.taken_back

    @property
    def cards_sold(self) -> int:
        """How many cards on paper the customer paid for in this order, whether they have come or not."""
        return 0 if self.codes_by_email else self.placed.quantity

    @property
    def codes_by_email(self) -> bool:
        """Whether the provider itself sends the card to the recipient."""
        return self.placed.product.delivery == "email"

    @property
    def not_handed_over(self) -> bool:
        """Whether a card that is here is neither on paper nor was ever looked at."""
        seen = self._looked_at() | self.printed_cards()
        return any(card.id not in seen for card in self.handed_cards)

    def seen_cards(self) -> frozenset[str]:
        """The ids of the cards whose code somebody has seen, or may have: on screen or on paper."""
        return self._looked_at() | frozenset(card for entry in self._papers_out() for card in entry.cards)

    def _looked_at(self) -> frozenset[str]:
        seen = {entry.card for entry in self.entries if isinstance(entry, Revealed)}
        for entry in self.entries:
            if isinstance(entry, HandedOver):
                seen.update(entry.cards)
        return frozenset(seen)

    def _is_the_customers(self, card: SealedCard) -> bool:
        return not card.parked and card.id not in self.spare and card.id not in self.gone

    def lacks_pin(self, card: SealedCard) -> bool:
        """Whether `card` came without the PIN that cards of its item always have."""
        # Of parked ones nobody was asked when the order's own were found to be complete.
        waited_for = card.parked or self.phase in {Phase.CODES_PENDING, Phase.NOT_BOUGHT}
        return waited_for and "pin_missing" in self.flags and not card.has_pin

    @property
    def was_bought(self) -> bool:
        """Whether the provider said yes, or it was settled so, whatever is still missing."""
        return self.phase in _BOUGHT

    @property
    def money_left(self) -> Money:
        """What of what was paid was not given back."""
        return self.paid if self.refunded is None else self.paid - self.refunded

    def money_for(self, cards: int) -> Money:
        """What goes back for `cards` of the customer's cards: for all of them whatever is left.

        For fewer it is their price, where cash was rounded as many whole coins as there are in it.
        """
        if cards == self.customers:
            return self.money_left
        price, rounding = self.placed.price * cards, self.placed.sale.rounding
        return price if rounding is None else in_coins(price, rounding.coin)

    @property
    def money_owed(self) -> Money | None:
        """What has to be given back to the customer and was not yet; None when nothing is owed."""
        return self.money_left if self.phase in _OWED and self.money_left else None

    def status(self, *, in_flight: bool) -> Status:
        """What a person is told, given whether somebody is working on the order at this moment."""
        if self.phase is Phase.SENT:
            return Status.IN_PROGRESS if in_flight else Status.NOT_CONFIRMED
        return Status(self.phase.value)

    def copies(self, document: str) -> int:
        """How many papers of the kind `document` about this order are out, or may be."""
        return sum(1 for entry in self._papers_out() if entry.document == document)

    def slips_of(self, card_id: str) -> int:
        """How many papers with this card's code are out, or may be."""
        return sum(1 for entry in self._papers_out() if card_id in entry.cards)

    def is_printed(self, document: str) -> bool:
        """Whether a paper of the kind `document` about this order is out for certain."""
        return any(isinstance(entry, Printed) and entry.document == document for entry in self.entries)

    def printed_cards(self) -> frozenset[str]:
        """The ids of the cards whose code is on paper for certain."""
        return frozenset(card for entry in self.entries if isinstance(entry, Printed) for card in entry.cards)

    def perhaps_printed_cards(self) -> frozenset[str]:
        """The ids of the cards of which nobody can say whether their code is on paper."""
        cards = frozenset(card for entry in self._papers_out() for card in entry.cards)
        return cards - self.printed_cards()

    def _papers_out(self) -> Iterator[Printed | PrintFailed]:
        for entry in self.entries:
            if isinstance(entry, Printed) or (isinstance(entry, PrintFailed) and entry.maybe):
                yield entry

    def step(self, entry: AnyEntry) -> Order:
        """This order after `entry`. Raises IllegalStep for an entry that can not follow."""
        if entry.order_id != self.id or entry.n != self.n:
            raise IllegalStep(f"entry {entry.n} does not follow {self.n - 1}")
        if entry.kind not in self._possible():
            raise IllegalStep(f"{entry.kind} can not follow in {self.phase}")
        changed = self._changed(entry)
        return replace(changed, n=self.n + 1, entries=(*self.entries, entry))

    def _possible(self) -> frozenset[str]:
        possible = STEPS[self.phase]
        if self.settled is not None:
            possible |= AFTER_A_VERDICT[self.settled.verdict]
        return possible | {"settled"} if self.reopened else possible

    def _changed(self, entry: AnyEntry) -> Order:
        match entry:
            case Sent() | WasNotTaken() | Heard() | Answered() | Settled() | TurnedUp() | CodesArrived():
                return self._bought_or_not(entry)
            case Printed() | PrintFailed() | HandedOver():
                self._check_cards(entry.cards)
                return self
            case Revealed():
                self._check_cards((entry.card,))
                return self
            case Withdrawn() | Refunded() | Supplied():
                return self._otherwise(entry)
            case GivenOn() | MadeSpare() | Claimed() | ClaimClosed():
                return self._about_spares(entry)
            case _:
                return self._decided(entry)

    def _bought_or_not(
        self, entry: Sent | WasNotTaken | Heard | Answered | Settled | TurnedUp | CodesArrived
    ) -> Order:
        match entry:
            case Settled() | TurnedUp() | Heard():
                return self._after_a_verdict(entry)
            case Sent():
                if self.left_because:
                    raise IllegalStep("a manager has to decide first")
                return replace(self, phase=Phase.SENT, unanswered=(*self.unanswered, entry.id))
            case WasNotTaken():
                return self._taken_up_by_nobody(entry)
            case Answered():
                return self._answered(entry)
            case _:
                return self._arrived(entry)

    def _arrived(self, entry: CodesArrived) -> Order:
        whole = self.phase is Phase.FULFILLED
        known = {card.id for card in self.cards}
        if (
            whole
            and self.settled is None
            and any(not card.parked for card in entry.cards if card.id not in known)
        ):
            raise IllegalStep("what comes behind the last card is handed over to nobody")
        return self._with_cards(
            entry.cards,
            phase=Phase.FULFILLED if entry.complete or whole else Phase.CODES_PENDING,
            flags=(*self.flags, *entry.flags),
        )

    def _otherwise(self, entry: Withdrawn | Refunded | Supplied) -> Order:
        match entry:
            case Withdrawn():
                return replace(self, phase=Phase.WITHDRAWN)
            case Refunded():
                return self._refunded(entry)
            case _:
                if len(entry.cards) != self.placed.quantity or len(entry.sources) != len(entry.cards):
                    raise IllegalStep("spare cards are taken for all cards of an order or for none")
                return replace(self, phase=Phase.FULFILLED, cards=merged((), entry.cards), left_because="")

    def _decided(self, entry: AnyEntry) -> Order:
        match entry:
            case LeftToAPerson(reason=reason):
                return replace(self, left_because=reason)
            case Approved():
                return replace(self, left_because="")
            case Purged():
                return replace(self, purged=entry)
            case Deferred():
                return self
            case _:
                raise AssertionError("no phase has it among its steps")

    def _taken_up_by_nobody(self, entry: WasNotTaken) -> Order:
        if entry.sent not in self.unanswered:
            raise IllegalStep("takes back a request that is not open")
        left = tuple(sent for sent in self.unanswered if sent != entry.sent)
        # What was paid back, in part even, is never sent again.
        again = Phase.TO_DO if self.refunded is None else Phase.WITHDRAWN
        # Who was sold on from is in nobody's way any more: nothing of it is in the books.
        because = "" if self.left_because == "sold_on" and not left else self.left_because
        return replace(self, phase=Phase.SENT if left else again, unanswered=left, left_because=because)

    def _answered(self, entry: Answered) -> Order:
        if entry.sent and entry.sent not in self.unanswered:
            raise IllegalStep("answers a request that is not open")
        if entry.refusal is not None:
            phase = Phase.REFUSED
        elif entry.must_confirm:
            phase = Phase.TO_BE_CONFIRMED
        else:
            phase = Phase.FULFILLED if entry.complete else Phase.CODES_PENDING
        return self._with_cards(
            entry.cards,
            phase=phase,
            answer=entry,
            provider_order_id=entry.provider_order_id,
            provider_order_no=entry.provider_order_no,
            flags=(*self.flags, *entry.flags),
            unanswered=(),
            # What became of it is known; nobody has to find it out any more.
            left_because="" if self.left_because == "sold_on" else self.left_because,
            reopened=self._goes_out_though_paid_back(phase),
        )

    def _goes_out_though_paid_back(self, phase: Phase) -> bool:
        """Whether the company sends a card by e-mail whose money the customer has back."""
        return self.codes_by_email and phase in _BOUGHT and self.refunded is not None

    def _with_cards(self, cards: tuple[SealedCard, ...], **changes: Any) -> Order:
        """With `cards` besides; those beyond what the customer still has a claim to are spare."""
        after = replace(self, cards=merged(self.cards, cards), **changes)
        if not after.taken_back:
            return after
        seen = after.seen_cards()
        own = sorted(after.handed_cards, key=lambda card: card.id not in seen)
        more = [card.id for card in own[after.customers :] if card.id not in seen]
        return replace(after, spare=after.spare | frozenset(more))

    def _after_a_verdict(self, entry: Settled | TurnedUp | Heard) -> Order:
        match entry:
            case Settled():
                return self._settled(entry)
            case TurnedUp():
                return self._turned_up(entry)
            case _:
                late = self.settled is not None and entry.about == "buy"
                return replace(self, unread=True) if late else self

    def _settled(self, entry: Settled) -> Order:
        if self.reopened:
            verdict = "bought" if self.settled is None else self.settled.verdict
            if entry.verdict != verdict or entry.cards:
                raise IllegalStep("what turned up is seen; the verdict stays")
            return replace(self, settled=entry, reopened=False)
        if entry.verdict == "not_bought":
            if self.phase is not Phase.SENT or entry.cards:
                raise IllegalStep("a bought card is not decided away")
            phase = Phase.NOT_BOUGHT
        else:
            phase = Phase.FULFILLED if entry.complete else Phase.CODES_PENDING
        return self._with_cards(
            entry.cards,
            phase=phase,
            settled=entry,
            provider_order_id=entry.provider_order_id or self.provider_order_id,
            provider_order_no=entry.provider_order_no or self.provider_order_no,
            flags=(*self.flags, *entry.flags),
            unanswered=(),
            left_because="",
        )

    def _turned_up(self, entry: TurnedUp) -> Order:
        if any(not card.parked for card in entry.cards):
            raise IllegalStep("what turns up behind a verdict is handed over to nobody")
        against = self._speaks_against_the_verdict(entry)
        same = replace(self, cards=merged(self.cards, entry.cards), unread=False)
        if against:
            return replace(same, reopened=True, flags=(*self.flags, *entry.flags))
        return replace(
            same,
            provider_order_id=self.provider_order_id or entry.provider_order_id,
            provider_order_no=self.provider_order_no or entry.provider_order_no,
        )

    def _speaks_against_the_verdict(self, entry: TurnedUp) -> bool:
        if entry.word == "unclear":
            return False
        if self.settled is not None and self.settled.verdict == "not_bought":
            return entry.word == "yes"
        return entry.word != "yes" or bool(entry.cards or entry.flags)

    def _refunded(self, entry: Refunded) -> Order:
        if (
            entry.amount.currency != self.price.currency
            or not 0 < entry.amount.minor <= self.money_left.minor
        ):
            raise IllegalStep("never more than was paid")
        if self.phase in _OWED:
            if entry.amount != self.money_left or entry.loss:
                raise IllegalStep("all that is owed is given back at once")
            return replace(self, refunded=self.paid)
        cards = self.customers if entry.cards is None else entry.cards
        if not 1 <= cards <= self.customers or entry.amount != self.money_for(cards):
            raise IllegalStep("the money for whole cards is given back")
        refunded = self.paid - self.money_left + entry.amount
        if entry.loss:
            return replace(self, refunded=refunded)
        own = frozenset(card.id for card in self.handed_cards)
        out = self.customers if self.codes_by_email and self.was_bought else len(own & self.seen_cards())
        if cards > self.customers - out:
            raise IllegalStep("what the customer may have is not taken back without a loss")
        return self._with_cards((), refunded=refunded, taken_back=self.taken_back + cards)

    def _about_spares(self, entry: GivenOn | MadeSpare | Claimed | ClaimClosed) -> Order:
        match entry:
            case GivenOn(card=card):
                if card not in {one.id for one in self.spare_cards}:
                    raise IllegalStep("only a spare card is given on")
                return replace(self, spare=self.spare - {card}, gone=self.gone | {card})
            case MadeSpare(cards=cards):
                if not cards or not set(cards) <= {card.id for card in self.parked_cards}:
                    raise IllegalStep("only parked cards are made spare")
                return replace(self, spare=self.spare | frozenset(cards))
            case Claimed():
                free = {card.id for card in (*self.parked_cards, *self.spare_cards)} - {
                    card for claim in self.claims for card in claim.cards
                }
                if any(claim.claim == entry.claim for claim in self.claims) or not set(entry.cards) <= free:
                    raise IllegalStep("what is claimed back is nobody's, and claimed once")
                return replace(self, claims=(*self.claims, entry))
            case _:
                number, outcome = entry.claim, entry.outcome
                claim = next((one for one in self.claims if one.claim == number), None)
                if claim is None:
                    raise IllegalStep("no such claim is open")
                left = tuple(one for one in self.claims if one.claim != number)
                if outcome == "refused":
                    return replace(self, claims=left)
                gone = frozenset(claim.cards)
                return replace(self, claims=left, spare=self.spare - gone, gone=self.gone | gone)

    def _check_cards(self, ids: tuple[str, ...]) -> None:
        if not set(ids) <= {card.id for card in self.cards}:
            raise IllegalStep("no such card in this order")


@dataclass(frozen=True, slots=True)
class Sale:
    """What one customer does at the counter: the money and the orders, in the basket's order."""

    head: SaleHead
    orders: tuple[Order, ...]


def merged(known: tuple[SealedCard, ...], more: tuple[SealedCard, ...]) -> tuple[SealedCard, ...]:
    """`known` with `more` merged in by card id; a card with a PIN is never replaced by one without.

    Whose a card is does not change by a richer reading: it stays parked, or the customer's.
    """
    cards = {card.id: card for card in known}
    for card in more:
        old = cards.get(card.id)
        if old is None:
            cards[card.id] = card
        elif card.has_pin or not old.has_pin:
            cards[card.id] = dataclasses.replace(card, parked=old.parked)
    return tuple(cards.values())


def replace(order: Order, /, **changes: Any) -> Order:
    """`order` with `changes`, as `dataclasses.replace` makes it, in a tenth of the time.

    A step is taken for every line of a journal, of which there are a million. Raises TypeError for a field
    an order does not have.
    """
    after = object.__new__(Order)
    after.__dict__.update(order.__dict__, **changes)
    if len(after.__dict__) != len(order.__dict__):
        raise TypeError("an order has no such field")
    return after


def fold(entries: Iterable[AnyEntry]) -> Order:
    """The order that `entries`, all of one order and in their order, tell of. Raises IllegalStep."""
    order: Order | None = None
    for entry in entries:
        if order is None:
            if not isinstance(entry, Placed) or entry.n != 0:
                raise IllegalStep("an order begins with its placing")
            order = Order(entry, entries=(entry,))
        else:
            order = order.step(entry)
    if order is None:
        raise IllegalStep("no entries")
    return order
