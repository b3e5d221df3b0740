"""The lines of the journal: written once, never changed. What an order is, is folded from them.

What happens beside orders, to the account or the store, is in `pos_app.orders.notes`. A new field
must have a default, so that entries written by older programs can be read for ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pos_app.money import Money
from pos_app.orders.answers import Fence, RefusalReason
from pos_app.orders.cards import SealedCard
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, TenderKind, Way

Verdict = Literal["bought", "not_bought"]
"""What can be decided about an order nobody answered for."""


class _Plain(type(BaseModel)):
    """Kinds of entry are told apart as plain classes are, in a fifth of the time.

    The model's own way allows for classes that only say that they are one; a fold asks many times a line.
    """

    __instancecheck__ = type.__instancecheck__


class Entry(BaseModel, metaclass=_Plain):
    """What every line has: its own id, the order it is about, its place `n` there (from 0), when, by whom.

    `by` is a person's name or the program's part that acted; `at` is UTC by this machine's clock.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    order_id: str
    n: int
    at: datetime
    by: str


class Head(TypedDict):
    """The fields every entry begins with, to be spread into one: `Sent(**head, fence=...)`."""

    id: str
    order_id: str
    n: int
    at: datetime
    by: str


class Placed(Entry):
    """Money was received for this order: what was sold, for how much, to be bought from whom.

    `quoted` is the provider's price for one card when stock was checked; it is None where none was told.
    `recipient` is sealed under the order's key; `recipient_hint` is the masked address. `rounding` is what
    rounding the cash has put on the price of this order, as it was paid; None for nothing.
    """

    kind: Literal["placed"] = "placed"
    sale: SaleHead
    account: str
    product: Product
    quantity: int
    face: Money
    price: Money
    quoted: Money | None = None
    recipient: str | None = None
    recipient_hint: str = ""
    rounding: Money | None = None


class Sent(Entry):
    """The order is about to leave this machine. From here on it may have been bought."""

    kind: Literal["sent"] = "sent"
    fence: Fence | None = None


class Heard(Entry):
    """What came back, sealed and unread, so that no reply is ever lost to a misunderstanding.

    `about` is `buy`, `poll`, or `look`: an order of the provider's that a person named as the one.
    """

    kind: Literal["heard"] = "heard"
    about: Literal["buy", "poll", "look"] = "buy"
    status: int
    complete: bool
    reply: str


class Answered(Entry):
    """The provider said yes or no, in words this program understood.

    `sent` is the id of the request it answers; older programs did not tell. A yes has `refusal` None.
    `complete` is True when every card asked for is here; `flags` name what the answer audit found odd;
    `must_confirm`: the sender has to confirm by e-mail first.
    """

    kind: Literal["answered"] = "answered"
    sent: str = ""
    refusal: RefusalReason | None = None
    text: str = ""
    provider_order_id: str | None = None
    provider_order_no: str | None = None
    cost: Money | None = None
    cards: tuple[SealedCard, ...] = ()
    complete: bool = False
    must_confirm: bool = False
    flags: tuple[str, ...] = ()


class WasNotTaken(Entry):
    """Proof that the provider never took up the request of the entry `sent`; takes back that one only."""

    kind: Literal["was_not_taken"] = "was_not_taken"
    sent: str
    reason: str


class CodesArrived(Entry):
    """Polling found (more) codes: cards that are new, or richer than the one of the same id known so far."""

    kind: Literal["codes_arrived"] = "codes_arrived"
    cards: tuple[SealedCard, ...]
    complete: bool
    flags: tuple[str, ...] = ()


class Settled(Entry):
    """What became of an order nobody answered for was decided, on `evidence` in words.

    `how` tells by whom: a person (`by_hand`), or the program by the provider's books (`by_look`). A verdict
    `bought` has the cards that are known; `complete` is True when every card asked for is here, or sent by
    e-mail. It is also how a person adds codes that never came by themselves. After `not_bought` the money is
    owed back. A verdict on what `TurnedUp` against an earlier one repeats that one: it has been seen.
    """

    kind: Literal["settled"] = "settled"
    verdict: Verdict
    how: Literal["by_hand", "by_look"] = "by_hand"
    evidence: str = ""
    provider_order_id: str | None = None
    provider_order_no: str | None = None
    cost: Money | None = None
    cards: tuple[SealedCard, ...] = ()
    complete: bool = False
    flags: tuple[str, ...] = ()


class TurnedUp(Entry):
    """The answer to the request came after all, behind a verdict; `word` is what it said.

    `cards` are those it brought that are nobody's here: all parked, never handed over on this sale.
    """

    kind: Literal["turned_up"] = "turned_up"
    word: Literal["yes", "no", "not_taken", "unclear"]
    text: str = ""
    provider_order_id: str | None = None
    provider_order_no: str | None = None
    cost: Money | None = None
    cards: tuple[SealedCard, ...] = ()
    flags: tuple[str, ...] = ()


class Withdrawn(Entry):
    """Given up before anything was sent."""

    kind: Literal["withdrawn"] = "withdrawn"
    reason: str = ""


class Refunded(Entry):
    """Money was given back for this order: all of it that was left, or that for `cards` of its cards.

    Without `loss` those cards are the customer's no more: what has not been seen of them, or comes later, is
    spare. With it they stay the customer's (their codes are out), and the shop bears it. `evidence` is why a
    manager gave back what was not simply owed. `ways` says by which tenders it went, in sum `amount`, the
    first of them by `tender`; older programs told that one alone.
    """

    kind: Literal["refunded"] = "refunded"
    amount: Money
    tender: TenderKind
    cards: int | None = None
    loss: bool = False
    evidence: str = ""
    ways: tuple[Way, ...] = ()

    @property
    def given(self) -> tuple[Way, ...]:
        """By which tenders the money went, as far as it was told."""
        return self.ways or (Way(self.tender, self.amount),)


class Supplied(Entry):
    """Spare cards were taken for this order instead of buying any; sealed anew under this order's key.

    `sources` says where each of `cards` lay: order id and card id, in the same order.
    """

    kind: Literal["supplied"] = "supplied"
    cards: tuple[SealedCard, ...]
    sources: tuple[tuple[str, str], ...]


class GivenOn(Entry):
    """A spare card of this order was taken for the order `to`."""

    kind: Literal["given_on"] = "given_on"
    card: str
    to: str


class MadeSpare(Entry):
    """A manager found that parked cards are the shop's own: they may be sold, or claimed back."""

    kind: Literal["made_spare"] = "made_spare"
    cards: tuple[str, ...]
    evidence: str


class Claimed(Entry):
    """Something about this order is claimed from the provider, under the number `claim`.

    `cards` are the ids of cards it is about, which nobody sells meanwhile; `amount` is what is asked for.
    """

    kind: Literal["claimed"] = "claimed"
    claim: str
    why: Literal["spare_card", "parked_card", "missing_card", "wrong_charge", "turned_up"]
    cards: tuple[str, ...] = ()
    amount: Money | None = None
    evidence: str = ""


class ClaimClosed(Entry):
    """What came of a claim. Credited or replaced, its cards are gone; refused, they are what they were."""

    kind: Literal["claim_closed"] = "claim_closed"
    claim: str
    outcome: Literal["credited", "replaced", "refused"]
    amount: Money | None = None
    evidence: str = ""


class Deferred(Entry):
    """A manager looked at an open order and decided to wait."""

    kind: Literal["deferred"] = "deferred"
    evidence: str


class LeftToAPerson(Entry):
    """The program decides nothing about this order by itself any more, nor sends it, until a manager has.

    `sold_on`: another of the same cost was sold while it was not confirmed. `restored`, `moved`: what other
    copies of this store did with it nobody here knows.
    """

    kind: Literal["left_to_a_person"] = "left_to_a_person"
    reason: Literal["sold_on", "restored", "moved"]


class Approved(Entry):
    """A manager allowed what the program would not have done by itself: to buy this order now."""

    kind: Literal["approved"] = "approved"
    what: Literal["sell_now"] = "sell_now"
    evidence: str = ""


class HandedOver(Entry):
    """Somebody said that the customer has these cards."""

    kind: Literal["handed_over"] = "handed_over"
    cards: tuple[str, ...]
    evidence: str = ""


class Purged(Entry):
    """The order's key was deleted: codes, replies and the recipient can never be read again."""

    kind: Literal["purged"] = "purged"
    reason: Literal["policy", "by_hand"]
    evidence: str = ""


class Printed(Entry):
    """A document about this order went to `printer`; `cards` are the ids of the cards whose code it shows.

    `document` is `receipt`, `slip`, `pending`, `failure` (the one that sends the cashier to give money back),
    or `refund`, `refund-2` and so on for each time it was given. `copy_no` is 0 for the original, then counts
    duplicates. `evidence` is why somebody wanted it once more.
    """

    kind: Literal["printed"] = "printed"
    document: str
    printer: str
    cards: tuple[str, ...] = ()
    copy_no: int = 0
    evidence: str = ""


class PrintFailed(Entry):
    """A document about this order did not reach `printer`; nothing of it counts as handed over.

    `maybe`: it may be on paper all the same, whole or in part. Whatever is printed after it is a duplicate.
    """

    kind: Literal["print_failed"] = "print_failed"
    document: str
    printer: str
    cards: tuple[str, ...] = ()
    reason: str = ""
    maybe: bool = False
    evidence: str = ""


class Revealed(Entry):
    """Somebody looked at a card's code on the screen (or had it written out by a command)."""

    kind: Literal["revealed"] = "revealed"
    card: str
    where: str = "screen"


AnyEntry = Annotated[
    Placed
    | Sent
    | Heard
    | Answered
    | WasNotTaken
    | CodesArrived
    | Settled
    | TurnedUp
    | Withdrawn
    | Refunded
    | Supplied
    | GivenOn
    | MadeSpare
    | Claimed
    | ClaimClosed
    | Deferred
    | LeftToAPerson
    | Approved
    | HandedOver
    | Purged
    | Printed
    | PrintFailed
    | Revealed,
    Field(discriminator="kind"),
]

_READER: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)


def read_entry(body: str | bytes) -> AnyEntry:
    """The entry written as JSON `body`. Raises ValidationError for one this program does not know."""
    return _READER.validate_json(body)


def write_entry(entry: AnyEntry) -> str:
    """`entry` as JSON, the form the journal keeps."""
    return _READER.dump_json(entry).decode()
