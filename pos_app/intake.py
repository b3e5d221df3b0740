"""Takes in what a provider said: keeps it raw, compares it with what was asked, seals, writes down.

Used when an order is sent and when a late answer or late codes are found; the same care both times.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence

from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.audit import Asked, Findings, audit
from pos_app.orders.cards import Card, SealedCard, masked
from pos_app.orders.entries import Answered, CodesArrived, Heard, Sent, WasNotTaken
from pos_app.orders.order import Order
from pos_app.providers.base import Purchase
from pos_app.seal import OrderKey, Sealer, normalised
from pos_app.store.journal import Journal

PURCHASE_PURPOSE = "recipient"
_REPLY_PURPOSE = "reply"
_CARD_PURPOSE = "card"


class Intake:
    """Writes replies and answers to the journal. Nothing of a card is ever in clear outside memory."""

    def __init__(self, journal: Journal, sealer: Sealer) -> None:
        self._journal = journal
        self._sealer = sealer

    async def hear(self, order: Order, key: OrderKey, reply: Reply, *, about: str, by: str) -> Order:
        """Keep `reply` sealed, before anybody has understood it. `about` is `buy` or `poll`."""
        sealed = key.seal(_REPLY_PURPOSE, _reply_text(reply))
        return await self._journal.add(
            order.id,
            lambda current: Heard(
                **self._journal.head(current, by),
                about="poll" if about == "poll" else "buy",
                status=reply.status,
                complete=reply.complete,
                reply=sealed,
            ),
        )

    def open_reply(self, order: Order, key: OrderKey) -> Reply | None:
        """The reply that was kept for the request still open, None when none came.

        Replies to earlier requests that were taken back are not it: believing one would free this request.
        """
        last_sent = max((entry.n for entry in order.entries if isinstance(entry, Sent)), default=-1)
        kept = [
            entry
            for entry in order.entries
            if isinstance(entry, Heard) and entry.about == "buy" and entry.n > last_sent
        ]
        return _reply(key.open(_REPLY_PURPOSE, kept[-1].reply)) if kept else None

    async def answer(self, order: Order, key: OrderKey, answer: Answer, by: str) -> Order:
        """Write down what `answer` says about the open request of `order`; an unclear one says nothing."""
        match answer:
            case Unclear():
                return order
            case NotTakenUp(reason):
                return await self.was_not_taken(order, reason, by)
            case Refused(reason, text):
                return await self._journal.add(
                    order.id,
                    lambda current: Answered(**self._journal.head(current, by), refusal=reason, text=text),
                )
            case Bought():
                return await self._bought(order, key, answer, by)

    async def was_not_taken(self, order: Order, reason: str, by: str) -> Order:
        """Write down the proof that the last open request of `order` was never taken up."""
        return await self._journal.add(
            order.id,
            lambda current: WasNotTaken(
                **self._journal.head(current, by), sent=current.unanswered[-1], reason=reason
            ),
        )

    async def codes(
        self, order: Order, key: OrderKey, bought: Bought, *, reply: Reply | None = None, by: str
    ) -> Order:
        """Write down codes that polling found, with the `reply` they came in; nothing new writes nothing."""
        fresh = tuple(card for card in bought.cards if self._is_news(order, card))
        if not fresh:
            return order
        if reply is not None:
            order = await self.hear(order, key, reply, about="poll", by=by)
        known = {card.id: card for card in order.cards}
        unknown = tuple(card for card in fresh if self._card_id(order, card) not in known)
        richer = tuple(card for card in fresh if self._card_id(order, card) in known)
        handed = len(order.handed_cards)
        findings = await self._audit(order, Bought(None, None, None, None, unknown), already=handed)
        cards = self._sealed(order, key, findings) + tuple(
            self._seal(order, key, card, parked=known[self._card_id(order, card)].parked) for card in richer
        )
        has_pins = await self._journal.carries_pins(order.placed.product.provider, order.placed.product.item)
        handed_now = {card.id: card for card in (*order.handed_cards, *cards) if not card.parked}
        pins_missing = has_pins and not all(card.has_pin for card in handed_now.values())
        flags = (*findings.flags, *(("pin_missing",) if pins_missing else ()))
        entry = CodesArrived(
            **self._journal.head(order, by),
            cards=cards,
            complete=findings.complete and not pins_missing,
            flags=tuple(flag for flag in flags if flag not in order.flags),
        )
        return await self._journal.append(order, entry)

    def open_card(self, key: OrderKey, card: SealedCard) -> Card:
        """`card` in clear. Whoever asks has written down why before."""
        secret = json.loads(key.open(_CARD_PURPOSE, card.sealed))
        return Card(
            code=secret["code"],
            pin=secret["pin"],
            extras=tuple((name, value) for name, value in secret["extras"]),
            face=card.face,
            cost=card.cost,
        )

    async def _bought(self, order: Order, key: OrderKey, bought: Bought, by: str) -> Order:
        findings = await self._audit(order, bought, already=0)
        flags = findings.flags
        if bought.provider_order_id is not None and await self._journal.claimed_by_another(
            order.placed.account, bought.provider_order_id, order.id
        ):
            flags = (*flags, "provider_order_seen_before")
        cards = self._sealed(order, key, findings)
        return await self._journal.add(
            order.id,
            lambda current: Answered(
                **self._journal.head(current, by),
                provider_order_id=bought.provider_order_id,
                provider_order_no=bought.provider_order_no,
                cost=bought.cost,
                cards=cards,
                complete=findings.complete,
                must_confirm=bought.must_confirm,
                flags=flags,
            ),
        )

    async def _audit(self, order: Order, bought: Bought, *, already: int) -> Findings:
        digests = [self._digest(order, card) for card in bought.cards]
        elsewhere = await self._journal.known_digests(digests, order.id)
        return audit(asked(order), bought, already, self._seen(order, elsewhere))

    def _seen(self, order: Order, elsewhere: frozenset[str]) -> Callable[[Card], bool]:
        here = set[str]()

        def seen(card: Card) -> bool:
            digest = self._digest(order, card)
            twice = digest in here or digest in elsewhere
            here.add(digest)
            return twice

        return seen

    def _is_news(self, order: Order, card: Card) -> bool:
        known = next((old for old in order.cards if old.id == self._card_id(order, card)), None)
        return known is None or (card.pin is not None and not known.has_pin)

    def _sealed(self, order: Order, key: OrderKey, findings: Findings) -> tuple[SealedCard, ...]:
        handed = [self._seal(order, key, card, parked=False) for card in findings.handed]
        parked = [self._seal(order, key, card, parked=True) for card in findings.parked]
        ids = {card.id for card in handed}
        # A code listed twice in one reply is one card: the second must not turn the first into a parked one.
        return (*handed, *{card.id: card for card in parked if card.id not in ids}.values())

    def _seal(self, order: Order, key: OrderKey, card: Card, *, parked: bool) -> SealedCard:
        secret = json.dumps({"code": card.code, "pin": card.pin, "extras": card.extras})
        return SealedCard(
            id=self._card_id(order, card),
            sealed=key.seal(_CARD_PURPOSE, secret),
            digest=self._digest(order, card),
            hint=masked(card.code),
            has_pin=card.pin is not None,
            face=card.face,
            cost=card.cost,
            parked=parked,
        )

    def _digest(self, order: Order, card: Card) -> str:
        return self._sealer.digest(order.placed.product.provider, normalised(card.code) or card.code)

    def _card_id(self, order: Order, card: Card) -> str:
        return self._digest(order, card)[:16]


def asked(order: Order) -> Asked:
    """What `order` asked for, as the answer audit wants it."""
    placed = order.placed
    return Asked(
        item=placed.product.item,
        quantity=placed.quantity,
        face=placed.face,
        cost=None if placed.quoted is None else placed.quoted * placed.quantity,
        by_email=order.codes_by_email,
    )


def purchase(order: Order, key: OrderKey) -> Purchase:
    """What is to be bought for `order`, with its recipient in clear."""
    from pos_app.orders.draft import Recipient

    placed = order.placed
    recipient = None
    if placed.recipient is not None:
        email, name, message = json.loads(key.open(PURCHASE_PURPOSE, placed.recipient))
        recipient = Recipient(email, name, message)
    return Purchase(placed.product.item, placed.quantity, placed.face, asked(order).cost, recipient)


def sealed_recipient(key: OrderKey, parts: Sequence[str]) -> str:
    """A recipient's address, name and message sealed under the order's key."""
    return key.seal(PURCHASE_PURPOSE, json.dumps(list(parts)))


def _reply_text(reply: Reply) -> str:
    return json.dumps(
        {
            "status": reply.status,
            "reason": reply.reason,
            "headers": reply.headers,
            "body": base64.b64encode(reply.body).decode(),
            "complete": reply.complete,
        }
    )


def _reply(text: str) -> Reply:
    kept = json.loads(text)
    return Reply(
        status=kept["status"],
        reason=kept["reason"],
        headers=tuple((name, value) for name, value in kept["headers"]),
        body=base64.b64decode(kept["body"]),
        complete=kept["complete"],
    )
