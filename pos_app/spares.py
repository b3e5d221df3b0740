"""Cards that are the shop's own: sold first, listed with the parked ones, and made so by a manager."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pos_app.changes import Changes
from pos_app.errors import Misconfigured, NotAllowed
from pos_app.intake import Intake
from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import AnyEntry, MadeSpare, Supplied
from pos_app.orders.order import Order
from pos_app.store.elsewhere import Elsewhere
from pos_app.store.journal import Journal, Spare
from pos_app.store.rows import standing

_log = logging.getLogger(__name__)

Standing = Literal["parked", "spare", "claimed"]
STANDINGS: Final[tuple[Standing, ...]] = ("spare", "parked", "claimed")


@dataclass(frozen=True, slots=True)
class Lying:
    """A card that is no customer's, masked: where it lies, what it is, and how it came there.

    `sellable`: it is spare, readable, has all it needs, and nobody has seen it, nor may have sold it in a
    life of the store that was lost; it is given to the next customer for its item.
    `claim` is the number under which it is claimed back. `at` is when its order was placed (UTC). `flags`
    are those of its order.
    """

    order_id: str
    sale_number: str
    card_id: str
    masked: str
    provider: str
    item: str
    brand: str
    face: Money
    standing: Standing
    sellable: bool
    claim: str
    at: datetime
    flags: tuple[str, ...]
    provider_order_no: str


class Spares:
    """The cards nobody has a claim to but the shop, or perhaps somebody else."""

    def __init__(self, journal: Journal, intake: Intake, changes: Changes) -> None:
        self._journal = journal
        self._intake = intake
        self._changes = changes

    async def list(self) -> tuple[Lying, ...]:
        """All parked, spare and claimed cards, those of the oldest orders first."""
        orders = await self._journal.with_cards(*STANDINGS)
        kept = await self._journal.before_this_life([order.id for order in orders])
        return tuple(lying for order in orders for lying in _lying(order, kept.get(order.id, 0)))

    async def supply(self, order: Order) -> Order | None:
        """Take spare cards for the whole of `order` instead of buying.

        Returns None when there are not enough, or one of them can not be opened. Raises
        NotAllowed("already_sent") when somebody was quicker.
        """
        if order.codes_by_email:
            return None
        key = await self._journal.key(order.id)

        def build(current: Order, spares: Sequence[Spare]) -> Supplied:
            return Supplied(
                **self._journal.head(current, current.placed.sale.by),
                cards=tuple(
                    self._intake.resealed(current, key, spare, str(place))
                    for place, spare in enumerate(spares, start=1)
                ),
                sources=tuple((spare.order.id, spare.card.id) for spare in spares),
            )

        try:
            return await self._journal.supply(order.id, build)
        except Misconfigured as error:
            # One that is damaged must not keep the shop from selling its item.
            _log.warning("order %s: no spare cards taken: %s", order.id, error.reason)
            return None

    async def make_spare(self, order_id: str, cards: Sequence[str], by: str, evidence: str) -> Order:
        """A manager found that parked `cards` of `order_id` are the shop's own: bought, and nobody else's.

        Raises NotAllowed: "not_parked", "money_owed" while the customer has not got the money for the order
        back, "code_seen_before" when another order has the same card (or this one has it twice),
        "not_a_manager", "needs_evidence", "code_in_evidence".
        """
        wanted = tuple(dict.fromkeys(cards))
        await self._intake.check_evidence(await self._journal.order(order_id), evidence, by)
        key = await self._journal.key(order_id)

        def build(order: Order, elsewhere: Elsewhere) -> list[AnyEntry]:
            parked = {card.id: card for card in order.parked_cards}
            if not wanted or not set(wanted) <= set(parked):
                raise NotAllowed("not_parked")
            if order.money_owed is not None:
                raise NotAllowed("money_owed")
            for card_id in wanted:
                card = parked[card_id]
                twice = any(_same(card, other) for other in order.cards if other.id != card_id)
                if twice or self._intake.is_elsewhere(order, key, card, elsewhere):
                    raise NotAllowed("code_seen_before")
            return [
                MadeSpare(**self._journal.head(order, by.strip()), cards=wanted, evidence=evidence.strip())
            ]

        after = await self._journal.take_in(order_id, build)
        self._changes.announce("orders")
        return after


def _same(one: SealedCard, other: SealedCard) -> bool:
    """Whether two cards of an order are one: what neither digest tells apart."""
    codes = one.digest == other.digest or (one.plain_digest and one.plain_digest == other.plain_digest)
    rests = not one.rest_digest or not other.rest_digest or one.rest_digest == other.rest_digest
    return bool(codes) and rests


def _lying(order: Order, kept: int) -> list[Lying]:
    sellable = {card.id for card in order.sellable_cards(kept)}
    claims = {card: claim.claim for claim in order.claims for card in claim.cards}
    placed = order.placed
    found: list[Lying] = []
    for card in order.cards:
        where = standing(order, card)
        if where not in STANDINGS:
            continue
        found.append(
            Lying(
                order_id=order.id,
                sale_number=placed.sale.number,
                card_id=card.id,
                masked=card.hint,
                provider=placed.product.provider,
                item=placed.product.item,
                brand=placed.product.brand,
                face=card.face or placed.face,
                standing=where,
                sellable=card.id in sellable,
                claim=claims.get(card.id, ""),
                at=placed.at,
                flags=order.flags,
                provider_order_no=order.provider_order_no or order.provider_order_id or "",
            )
        )
    return found
