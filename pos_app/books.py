"""An order of the provider's that was found to be one of ours: fetched, compared, and taken over.

The same care whoever found it: a person with the provider's page open, or the program by the provider's list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal

from pos_app.errors import NotAllowed
from pos_app.intake import Intake, Taken, asked, purchase
from pos_app.orders.answers import Bought, Fence, Reply
from pos_app.orders.cards import Card, bare
from pos_app.orders.entries import Sent, Settled, WasNotTaken
from pos_app.orders.order import Order, merged
from pos_app.providers.base import Provider, no_answer
from pos_app.seal import OrderKey
from pos_app.store.journal import Journal

_NOT_FOUND: Final = 404
_GROUPS: Final = (3, 4, 5)


class Books:
    """Takes an order of the provider's over as what was bought for one of ours."""

    def __init__(self, journal: Journal, intake: Intake) -> None:
        self._journal = journal
        self._intake = intake

    async def take_over(  # noqa: PLR0913  everything a verdict is made of
        self,
        order: Order,
        key: OrderKey,
        reply: Reply,
        found: Bought,
        number: str,
        *,
        by: str,
        evidence: str,
        how: Literal["by_hand", "by_look"],
        flags: Sequence[str] = (),
        no_pin: bool = False,
        check: Callable[[Order], None] = lambda _order: None,
    ) -> Order:
        """Write down that `found`, out of `reply`, is what was bought for `order`, with its codes.

        `number` is the provider's id of it. The reply is kept before; `check` is given the order then, and
        may refuse. Raises NotAllowed: "moved_on", "already_claimed", "code_seen_before",
        "other_provider_order", or what `Journal.append` refuses.
        """
        heard = await self._intake.hear(order, key, reply, about="look", by=by)
        if heard.n != order.n + 1:
            raise NotAllowed("moved_on")
        check(heard)
        taken = await self._intake.taken(heard, key, found.cards)
        if "code_seen_before" in taken.flags or await self.known_elsewhere(heard, key, found.cards):
            # Where the whole order went to another in this very moment, that is what has to be told.
            gone = await self._journal.claimed_by_another(order.placed.account, number, order.id)
            raise NotAllowed("already_claimed" if gone else "code_seen_before")
        if "other_card" in taken.flags:
            raise NotAllowed("other_provider_order")
        taken = await self.with_pins_told(heard, taken, no_pin=no_pin)
        return await self._journal.append(
            heard,
            Settled(
                **self._journal.head(heard, by),
                verdict="bought",
                how=how,
                evidence=evidence.strip(),
                provider_order_id=number,
                provider_order_no=found.provider_order_no,
                cost=found.cost,
                cards=(*taken.cards, *taken.richer),
                complete=taken.complete,
                flags=tuple(flag for flag in (*taken.flags, *flags) if flag not in heard.flags),
            ),
        )

    async def known_elsewhere(self, order: Order, key: OrderKey, cards: tuple[Card, ...]) -> bool:
        """Whether another order has one of `cards` in a spelling that somebody may have used.

        What is known of others' codes is digests, to the letter: only spellings that are tried are found.
        """
        spelled = [replace(card, code=code) for card in cards for code in spellings(card.code)]
        return await self._intake.seen_elsewhere(order, key, spelled)

    async def with_pins_told(self, order: Order, taken: Taken, *, no_pin: bool) -> Taken:
        """`taken` as a look-up's: one shows no PIN, so that a card without may have one all the same.

        `no_pin`: somebody says that it has none.
        """
        cards = merged(order.cards, (*taken.cards, *taken.richer))
        handed = [card for card in cards if not card.parked]
        if all(card.has_pin for card in handed):
            return taken
        if no_pin:
            told = tuple(flag for flag in taken.flags if flag != "pin_missing")
            enough = len(handed) >= order.placed.quantity
            return replace(taken, complete=enough, flags=(*told, "pin_not_told"))
        product = order.placed.product
        if "pin_missing" in taken.flags or await self._journal.beside(
            order.id, lambda elsewhere: elsewhere.comes_without_pins(product.provider, product.item)
        ):
            return taken
        return replace(taken, complete=False, flags=(*taken.flags, "pin_missing", "pin_not_told"))


def that_order(
    order: Order, key: OrderKey, provider: Provider, reply: Reply, number: str, *, any_amount: bool = False
) -> Bought:
    """What `reply` says about the provider's order `number`. Raises NotAllowed when it is not ours.

    With `any_amount` what it cost and how many cards it has are for a person to judge (`is_worth_as_much`).
    """
    wanted = purchase(order, key)
    bought = provider.read_order(reply, wanted)
    if bought is None and reply.status == _NOT_FOUND:
        raise NotAllowed("no_such_provider_order")
    if bought is None:
        raise no_answer(provider.name, "unexpected", status=reply.status)
    is_it = bought.provider_order_id in {None, number}
    if not (is_it and (any_amount or is_worth_as_much(bought, order))):
        raise NotAllowed("other_provider_order")
    return bought


def is_worth_as_much(bought: Bought, order: Order) -> bool:
    """Whether nothing the provider says about cost, face value and number of cards speaks against it."""
    ask = asked(order)
    return (
        bought.cost in {None, ask.cost if ask.cost is not None else bought.cost}
        and bought.face in {None, ask.face * ask.quantity}
        and len(bought.cards) <= ask.quantity
    )


def first_sent(order: Order) -> Sent | None:
    """The first request that may have been carried out: what came after its fence may be its answer."""
    taken_back = {entry.sent for entry in order.entries if isinstance(entry, WasNotTaken)}
    return next(
        (entry for entry in order.entries if isinstance(entry, Sent) and entry.id not in taken_back), None
    )


def first_fence(order: Order) -> Fence | None:
    """What the provider's books showed before the first request that may have been carried out."""
    sent = first_sent(order)
    return None if sent is None else sent.fence


def spellings(code: str) -> tuple[str, ...]:
    """The ways in which `code` may have been written down: bare or in groups, as it is or in capitals."""
    plain = bare(code)
    found = [code.strip()]
    for text in (plain, plain.upper(), plain.lower()):
        found.append(text)
        for size in _GROUPS:
            groups = [text[at : at + size] for at in range(0, len(text), size)]
            found.extend(sign.join(groups) for sign in "- ")
    found.extend((code.strip().upper(), code.strip().lower()))
    return tuple(dict.fromkeys(found))
