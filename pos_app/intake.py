"""Takes in what a provider said: keeps it raw, compares it with what was asked, seals, writes down.

Used when an order is sent and when a late answer or late codes are found; the same care both times.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.audit import Asked, Findings, audit
from pos_app.orders.cards import Card, SealedCard, bare, masked, same_card
from pos_app.orders.draft import Recipient
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    CodesArrived,
    Heard,
    LeftToAPerson,
    Sent,
    TurnedUp,
    WasNotTaken,
)
from pos_app.orders.lane import total_cost
from pos_app.orders.order import IllegalStep, Order, Phase, merged
from pos_app.orders.without_people import without_people
from pos_app.providers.base import Provider, Purchase
from pos_app.seal import OrderKey, Sealer, normalised
from pos_app.store.elsewhere import Elsewhere
from pos_app.store.journal import Journal, Spare
from pos_app.store.spill import Kept, Spill
from pos_app.store.views import FoundCard

PURCHASE_PURPOSE = "recipient"
_REPLY_PURPOSE = "reply"
_PROOF_PURPOSE = "kept reply"
_CARD_PURPOSE = "card"
_SHORTEST_CODE = 6
_SHORTEST_PIN = 3
_LONGEST_CODE = 64
_SHORTEST_TO_FIND = 8
_LAST = 4
_MOST_UNREAD_POLLS = 20
"""Of an order nobody can read anything about; the company can be asked again."""

_OK = range(200, 300)
_SENDABLE: Final = frozenset({Phase.TO_DO, Phase.SENT})
"""Phases in which an order may be sent, now or when its open request was taken back."""

About = Literal["buy", "poll", "look"]


@dataclass(frozen=True, slots=True)
class Taken:
    """Cards as they would be written: `cards` new to the order, `richer` ones for those it has."""

    cards: tuple[SealedCard, ...]
    richer: tuple[SealedCard, ...]
    complete: bool
    flags: tuple[str, ...]


class Intake:
    """Writes replies and answers to the journal. Nothing of a card is ever in clear outside memory."""

    def __init__(self, journal: Journal, sealer: Sealer, spill: Spill | None = None) -> None:
        self._journal = journal
        self._sealer = sealer
        self.spill: Final = spill or Spill(None, (), "")

    async def hear(self, order: Order, key: OrderKey, reply: Reply, *, about: About, by: str) -> Order:
        """Keep `reply` sealed, before anybody has understood it."""
        return await self.write_down(self.keep(order, key, reply, about=about, by=by))

    def keep(self, order: Order, key: OrderKey, reply: Reply, *, about: About, by: str) -> Kept:
        """`reply` sealed, as the journal will hold it. Needs nothing but memory."""
        text = _reply_text(reply)
        kept = Kept(
            id=self._poll_id(order, reply) if about == "poll" else self._journal.new_id(),
            store=self.spill.store,
            order_id=order.id,
            sent=order.unanswered[-1] if about == "buy" and order.unanswered else "",
            about=about,
            at=self._journal.now(),
            by=by,
            status=reply.status,
            complete=reply.complete,
            reply=key.seal(_REPLY_PURPOSE, text),
        )
        return kept.model_copy(update={"proof": key.seal(_PROOF_PURPOSE, _digest(kept))})

    async def write_down(self, kept: Kept) -> Order:
        """Write `kept` to the journal, once, however often it is asked.

        What the journal does not take lies in a file before this raises: StoreProblem, or IllegalStep for
        the reply to a request that is over. What was only looked up can be again, and has no file then:
        NotAllowed("moved_on").
        """
        try:
            order = await self._journal.add_once(
                kept.order_id, kept.id, lambda current: _heard_again(current, kept)
            )
        except IllegalStep:
            if kept.about != "buy":
                raise NotAllowed("moved_on") from None
            await self.spill.put(kept)
            raise
        except Exception:
            await self.spill.put(kept)
            raise
        await self.spill.remove(kept)
        return order

    async def leave_to_a_person(self, kept: Kept, by: str) -> Order:
        """Have a person decide about the order of `kept`, a reply to a request the journal does not know.

        It may have been bought in a life of this store that was lost. Once for each reply: who then allows it
        to be bought has been told.
        """
        entry_id = f"{kept.id}-left"

        def build(current: Order, _elsewhere: Elsewhere) -> list[AnyEntry]:
            if current.phase not in _SENDABLE or any(entry.id == entry_id for entry in current.entries):
                return []
            head = self._journal.head(current, by)
            head["id"] = entry_id
            return [LeftToAPerson(**head, reason="restored")]

        return await self._journal.take_in(kept.order_id, build)

    async def keep_unread_poll(self, order: Order, key: OrderKey, reply: Reply, *, by: str) -> Order:
        """Keep a reply about late codes in which nobody found any word: a later program may.

        The same one again is not kept twice, nor more than some of them, nor what is plainly no answer.
        """
        unread = sum(isinstance(entry, Heard) and entry.about == "poll" for entry in order.entries)
        if reply.status not in _OK or unread >= _MOST_UNREAD_POLLS:
            return order
        return await self.hear(order, key, reply, about="poll", by=by)

    def is_whole(self, key: OrderKey, kept: Kept) -> bool:
        """Whether `kept`, read from a file, is what was once written there by this program."""
        try:
            key.open(_REPLY_PURPOSE, kept.reply)
            return key.open(_PROOF_PURPOSE, kept.proof) == _digest(kept)
        except Misconfigured:
            return False

    def _poll_id(self, order: Order, reply: Reply) -> str:
        """One id for one content: whoever asks again and hears the same has nothing new to keep."""
        body = hashlib.sha256(reply.body).hexdigest()
        return self._sealer.digest("poll", order.id, str(reply.status), str(reply.complete), body)[:32]

    def open_reply(self, order: Order, key: OrderKey) -> Reply | None:
        """The reply that was kept for the request still open, None when none came.

        Replies to earlier requests that were taken back are not it: believing one would free this request.
        """
        sent = max((entry.n for entry in order.entries if isinstance(entry, Sent)), default=-1)
        kept = [
            entry
            for entry in order.entries
            if isinstance(entry, Heard) and entry.about == "buy" and entry.n > sent
        ]
        return _reply(key.open(_REPLY_PURPOSE, kept[-1].reply)) if kept else None

    async def understand(self, order: Order, key: OrderKey, provider: Provider, by: str) -> Order:
        """Read the reply that was kept for `order` once more and write down what it says.

        The order comes back as it was when no reply was kept, or none that can be relied on.
        """
        reply = self.open_reply(order, key)
        if reply is None:
            return order
        answer = provider.read(reply, purchase(order, key))
        return await self.answer(order, key, answer, by, sent=last_sent(order))

    async def understand_again(self, order: Order, key: OrderKey, provider: Provider, by: str) -> Order:
        """Like `understand`, also behind a verdict that was given while nobody could read the reply.

        What still says nothing is not written down as that a second time.
        """
        said = any(isinstance(entry, TurnedUp) and entry.word != "unclear" for entry in order.entries)
        reply = self.open_reply(order, key)
        if reply is None or order.answer is not None or (said and not order.unread):
            return order
        answer = provider.read(reply, purchase(order, key))
        if isinstance(answer, Unclear) and not order.unread:
            return order
        return await self.answer(order, key, answer, by, sent=last_sent(order))

    async def find_codes_again(self, order: Order, key: OrderKey, provider: Provider, by: str) -> Order:
        """Look for late codes in every reply that was kept for a bought order."""
        wanted = purchase(order, key)
        for entry in order.entries:
            if not isinstance(entry, Heard):
                continue
            reply = _reply(key.open(_REPLY_PURPOSE, entry.reply))
            found = (
                provider.read(reply, wanted) if entry.about == "buy" else provider.read_order(reply, wanted)
            )
            # A person may have named another order of the company's before this one.
            ours = {order.provider_order_id} if entry.about == "look" else {order.provider_order_id, None}
            if isinstance(found, Bought) and found.provider_order_id in ours:
                order = await self.codes(order, key, found, by=by)
        return order

    async def answer(self, order: Order, key: OrderKey, answer: Answer, by: str, *, sent: str) -> Order:
        """Write down what `answer` says about the request `sent` of `order`; an unclear one says nothing.

        Nor is anything written about a request that is not open any more: another reader was quicker, and the
        order may be on its way once more. If somebody decided meanwhile, the verdict stands, and what the
        answer says is written behind it. Which of two orders a code belongs to is decided in the transaction
        that writes it.
        """

        def build(current: Order, elsewhere: Elsewhere) -> list[AnyEntry]:
            if last_sent(current) != sent:
                return []
            if current.settled is not None:
                return _unless_said(order, current, self._late_answer(current, key, answer, by, elsewhere))
            if sent not in current.unanswered:
                return []
            return self._answered(current, key, answer, by, elsewhere)

        return await self._journal.take_in(order.id, build)

    async def was_not_taken(self, order: Order, reason: str, by: str, *, sent: str) -> Order:
        """Write down the proof that the request `sent` of `order` was never taken up, if it is open still."""

        def build(current: Order, _elsewhere: Elsewhere) -> list[AnyEntry]:
            if last_sent(current) != sent:
                return []
            if current.settled is not None:
                return [self._late_word(current, "not_taken", reason, by)]
            return [self._taken_back(current, reason, by)] if sent in current.unanswered else []

        return await self._journal.take_in(order.id, build)

    def _taken_back(self, order: Order, reason: str, by: str) -> WasNotTaken:
        return WasNotTaken(**self._journal.head(order, by), sent=order.unanswered[-1], reason=reason)

    def _answered(
        self, order: Order, key: OrderKey, answer: Answer, by: str, elsewhere: Elsewhere
    ) -> list[AnyEntry]:
        match answer:
            case Unclear():
                return []
            case NotTakenUp(reason):
                return [self._taken_back(order, reason, by)]
            case Refused(reason, text):
                told = without_people(text, purchase(order, key).recipient)
                head = self._journal.head(order, by)
                return [Answered(**head, sent=order.unanswered[-1], refusal=reason, text=told)]
            case _:
                return [self._bought(order, key, answer, by, elsewhere)]

    def _late_answer(
        self, order: Order, key: OrderKey, answer: Answer, by: str, elsewhere: Elsewhere
    ) -> list[AnyEntry]:
        match answer:
            case Unclear(reason):
                return [self._late_word(order, "unclear", reason, by)]
            case NotTakenUp(reason):
                return [self._late_word(order, "not_taken", reason, by)]
            case Refused(_reason, text):
                told = without_people(text, purchase(order, key).recipient)
                return [self._late_word(order, "no", told, by)]
            case _:
                return self._late_yes(order, key, answer, by, elsewhere)

    def _late_word(
        self, order: Order, word: Literal["no", "not_taken", "unclear"], text: str, by: str
    ) -> TurnedUp:
        return TurnedUp(**self._journal.head(order, by), word=word, text=text)

    def _late_yes(
        self, order: Order, key: OrderKey, bought: Bought, by: str, elsewhere: Elsewhere
    ) -> list[AnyEntry]:
        """What a yes behind a verdict brings: a bought order's own cards, and those to be parked."""
        taken = self._taken(order, key, bought.cards, elsewhere)
        claimed = _is_another_orders(order, bought, elsewhere)
        known = order.provider_order_id
        other = known is not None and bought.provider_order_id not in {None, known}
        strange = not order.was_bought or other or claimed
        own = () if strange else (*(card for card in taken.cards if not card.parked), *taken.richer)
        flags = (
            *(("provider_order_seen_before",) if claimed else ()),
            *(("other_order",) if other else ()),
            *(flag for flag in taken.flags if flag != "pin_missing" or not order.was_bought),
        )
        entries: list[AnyEntry] = []
        if own:
            arrived = CodesArrived(
                **self._journal.head(order, by), cards=own, complete=taken.complete, flags=()
            )
            entries.append(arrived)
        parked = tuple(replace(card, parked=True) for card in taken.cards if strange or card.parked)
        entries.append(
            TurnedUp(
                **self._journal.head(order, by, ahead=len(entries)),
                word="yes",
                provider_order_id=bought.provider_order_id,
                provider_order_no=bought.provider_order_no,
                cost=bought.cost,
                cards=parked,
                flags=flags,
            )
        )
        return entries

    async def taken(self, order: Order, key: OrderKey, cards: Sequence[Card]) -> Taken:
        """`cards` as they would be written behind what `order` has; nothing is written yet.

        Another order may take them meanwhile, so `Journal.append` asks once more.
        """
        return await self._journal.beside(
            order.id, lambda elsewhere: self._taken(order, key, cards, elsewhere)
        )

    async def seen_elsewhere(self, order: Order, key: OrderKey, cards: Sequence[Card]) -> bool:
        """Whether another order has one of `cards`; all are asked for at once, but those `order` has."""
        known = [self.open_card(key, card) for card in order.cards]
        new = [card for card in cards if not any(same_card(old, card) for old in known)]
        return await self._journal.beside(
            order.id, lambda elsewhere: any(self._is_elsewhere(order, card, elsewhere) for card in new)
        )

    def _taken(self, order: Order, key: OrderKey, cards: Sequence[Card], elsewhere: Elsewhere) -> Taken:
        known = [(card, self.open_card(key, card)) for card in order.cards]
        unknown: list[Card] = []
        richer: list[SealedCard] = []
        for card in cards:
            old = next((sealed for sealed, clear in known if same_card(clear, card)), None)
            if old is None:
                unknown.append(card)
            elif card.pin is not None and not old.has_pin:
                richer.append(self._seal(order, key, card, old.id, parked=old.parked))
        found = Bought(None, None, None, None, tuple(unknown))
        # Cards that became spare, or were given on, are of those asked for all the same.
        ours = sum(not card.parked for card in order.cards)
        findings = self._audit(order, found, ours, elsewhere)
        new = self._sealed(order, key, findings)
        pins_missing = _pins_missing(order, (*new, *richer), elsewhere)
        flags = (*findings.flags, *(("pin_missing",) if pins_missing else ()))
        return Taken(new, tuple(richer), findings.complete and not pins_missing, flags)

    async def codes(
        self, order: Order, key: OrderKey, bought: Bought, *, by: str, reply: Reply | None = None
    ) -> Order:
        """Write down codes that polling found, with the `reply` they came in; nothing new writes nothing.

        Without a `reply` they were found in one that was kept before.
        """
        kept = None if reply is None else self.keep(order, key, reply, about="poll", by=by)

        def build(current: Order, elsewhere: Elsewhere) -> list[AnyEntry]:
            if not _takes_codes(current):
                return []
            taken = self._taken(current, key, bought.cards, elsewhere)
            if not taken.cards and not taken.richer:
                return []
            heard = [] if kept is None or _has(current, kept) else [_heard_again(current, kept)]
            return [
                *heard,
                CodesArrived(
                    **self._journal.head(current, by, ahead=len(heard)),
                    cards=(*taken.cards, *taken.richer),
                    complete=taken.complete,
                    flags=tuple(flag for flag in taken.flags if flag not in current.flags),
                ),
            ]

        try:
            after = await self._journal.take_in(order.id, build)
        except StoreProblem:
            if kept is not None:
                await self.spill.put(kept)
            raise
        if kept is not None:
            await self.spill.remove(kept)
        return after

    def resealed(self, order: Order, key: OrderKey, spare: Spare, card_id: str) -> SealedCard:
        """A spare card as `order` will have it under its own `key`, by the id `card_id`."""
        return self._seal(order, key, self.open_card(spare.key, spare.card), card_id, parked=False)

    async def check_evidence(self, order: Order, evidence: str, by: str) -> None:
        """What a manager decides is kept with name and reason, in clear.

        Raises NotAllowed: "not_a_manager" without a name, "needs_evidence" without a reason, and
        "code_in_evidence" for one with a code or PIN of `order` in it, also of one that was purged, or with
        any code of this store's.
        """
        if not by.strip():
            raise NotAllowed("not_a_manager")
        if not evidence.strip():
            raise NotAllowed("needs_evidence")
        await self.refuse_codes(by, evidence)
        if not order.cards:
            return
        try:
            key = await self._journal.key(order.id)
        except NotAllowed:
            # Nobody can read them any more, and whoever has the paper can still type them.
            if any(self._tells(evidence, order, card) for card in order.cards):
                raise NotAllowed("code_in_evidence") from None
        else:
            refuse_secrets(evidence, [self.open_card(key, card) for card in order.cards])

    async def refuse_codes(self, *texts: str) -> None:
        """Raise NotAllowed("code_in_evidence") where the code of a card of this store's stands in `texts`.

        To be asked before anything that somebody typed, or scanned, is kept in clear. Codes of fewer than
        eight letters and digits are not looked for: any number could be one.
        """
        asked = [text for text in texts if len(normalised(text)) >= _SHORTEST_TO_FIND]
        if asked and await self._journal.beside("", lambda all_of: self._any_is_told(asked, all_of)):
            raise NotAllowed("code_in_evidence")

    def _any_is_told(self, texts: Sequence[str], all_of: Elsewhere) -> bool:
        plain = [normalised(text) for text in texts]
        tails = {text[end - _LAST : end] for text in plain for end in range(_SHORTEST_TO_FIND, len(text) + 1)}
        said = {one for text in texts for one in _spelled(text)}
        return any(
            digests & self._digests_of(provider, item, part)
            for (last_four, provider, item), digests in all_of.digests_ending_on(sorted(tails)).items()
            for text in said
            for part in _parts(text, last_four)
        )

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

    def _bought(self, order: Order, key: OrderKey, bought: Bought, by: str, elsewhere: Elsewhere) -> Answered:
        findings = self._audit(order, bought, 0, elsewhere)
        claimed = _is_another_orders(order, bought, elsewhere)
        return Answered(
            **self._journal.head(order, by),
            sent=order.unanswered[-1],
            provider_order_id=bought.provider_order_id,
            provider_order_no=bought.provider_order_no,
            cost=bought.cost,
            cards=self._sealed(order, key, findings),
            complete=findings.complete,
            must_confirm=bought.must_confirm,
            flags=(*findings.flags, *(("provider_order_seen_before",) if claimed else ())),
        )

    def _audit(self, order: Order, bought: Bought, already: int, elsewhere: Elsewhere) -> Findings:
        return audit(asked(order), bought, already, self._seen(order, elsewhere))

    def _seen(self, order: Order, elsewhere: Elsewhere) -> Callable[[Card], bool]:
        here: list[Card] = []

        def seen(card: Card) -> bool:
            twice = self._is_elsewhere(order, card, elsewhere) or any(same_card(old, card) for old in here)
            here.append(card)
            return twice

        return seen

    def is_elsewhere(self, order: Order, key: OrderKey, card: SealedCard, elsewhere: Elsewhere) -> bool:
        """Whether another order has `card` of `order` too, be it as another item of the provider's."""
        return elsewhere.has(card.digest, card.rest_digest, card.plain_digest) or self._is_elsewhere(
            order, self.open_card(key, card), elsewhere
        )

    def _is_elsewhere(self, order: Order, card: Card, elsewhere: Elsewhere) -> bool:
        """Whether another order has `card`, under the same item or under another one of the provider."""
        product = order.placed.product
        digest, rest = self._digests(order, card)
        plain = self._plain_digest(order, card)
        return elsewhere.has(digest, rest, plain) or elsewhere.has_under_another_item(
            product.provider,
            product.item,
            normalised(masked(card.code)),
            rest,
            self._known_by(product.provider, card.code),
        )

    def _sealed(self, order: Order, key: OrderKey, findings: Findings) -> tuple[SealedCard, ...]:
        """Every card that came, also one listed twice: what is not handed over is parked, never dropped."""
        first = len(order.cards) + 1
        handed = len(findings.handed)
        return tuple(
            self._seal(order, key, card, str(first + place), parked=place >= handed)
            for place, card in enumerate((*findings.handed, *findings.parked))
        )

    def _seal(self, order: Order, key: OrderKey, card: Card, card_id: str, *, parked: bool) -> SealedCard:
        secret = json.dumps({"code": card.code, "pin": card.pin, "extras": card.extras})
        digest, rest_digest = self._digests(order, card)
        return SealedCard(
            id=card_id,
            sealed=key.seal(_CARD_PURPOSE, secret),
            digest=digest,
            hint=masked(card.code),
            has_pin=card.pin is not None,
            face=card.face,
            cost=card.cost,
            parked=parked,
            rest_digest=rest_digest,
            plain_digest=self._plain_digest(order, card),
        )

    def is_card(self, found: FoundCard, code: str) -> bool:
        """Whether `code`, however it is grouped, is that card's."""
        return self._is_code_of(found, found.provider, found.item, code)

    def _is_code_of(self, card: FoundCard | SealedCard, provider: str, item: str, code: str) -> bool:
        plain = self._plain(provider, item, code)
        # Cards sealed by an early version are known to the letter only.
        return card.plain_digest == plain or card.digest == self._code_digest(provider, item, code)

    def _tells(self, evidence: str, order: Order, card: SealedCard) -> bool:
        """Whether `evidence` has the code of `card` in it, or a PIN that came without further fields."""
        product, text = order.placed.product, bare(evidence)
        codes = {code for said in (evidence, text, text.upper()) for code in _endings(said, card.last_four)}
        pins = set(re.findall(r"\w+", evidence))
        return any(self._is_code_of(card, product.provider, product.item, code) for code in codes) or any(
            self._sealer.digest("rest", pin, "[]") == card.rest_digest for pin in pins
        )

    def _digests(self, order: Order, card: Card) -> tuple[str, str]:
        """What finds a card again: by its item and code to the letter, and by PIN and further fields."""
        product = order.placed.product
        code = self._code_digest(product.provider, product.item, card.code)
        if card.pin is None and not card.extras:
            return code, ""
        return code, self._sealer.digest("rest", card.pin or "", json.dumps(card.extras))

    def _plain_digest(self, order: Order, card: Card) -> str:
        """What finds a card again by its item and code, however the code is grouped (see `same_card`)."""
        product = order.placed.product
        return self._plain(product.provider, product.item, card.code)

    def _plain(self, provider: str, item: str, code: str) -> str:
        return self._sealer.digest("plain code", provider, item, bare(code))

    def _digests_of(self, provider: str, item: str, code: str) -> frozenset[str]:
        """The digests a code has as one of `item`: to the letter, and however it is grouped."""
        return frozenset((self._code_digest(provider, item, code), self._plain(provider, item, code)))

    def _known_by(self, provider: str, code: str) -> Callable[[str, str, str], bool]:
        """Tells by the two digests of a card of some item whether it is `code`, however it is grouped."""
        plain, digest = bare(code), self._sealer.digest

        def is_it(item: str, to_the_letter: str, grouped: str) -> bool:
            if grouped:
                return grouped == digest("plain code", provider, item, plain)
            # Sealed by an early version: known to the letter only.
            return to_the_letter == self._code_digest(provider, item, code)

        return is_it

    def _code_digest(self, provider: str, item: str, code: str) -> str:
        return self._sealer.digest("code", provider, item, code.strip())


def last_sent(order: Order) -> str:
    """The id of the last request that left for `order`: a reply kept behind it answers that one. Or empty."""
    return next((entry.id for entry in reversed(order.entries) if isinstance(entry, Sent)), "")


def _unless_said(before: Order, order: Order, entries: list[AnyEntry]) -> list[AnyEntry]:
    """`entries`, or none where they say what was written behind the verdict since `before`.

    Two may read one kept reply at one moment; what was seen must not turn up a second time.
    """
    since = {
        (entry.word, entry.text, entry.provider_order_id)
        for entry in order.entries[before.n :]
        if isinstance(entry, TurnedUp)
    }
    match entries:
        case [TurnedUp(cards=(), word=word, text=text, provider_order_id=number)]:
            return [] if (word, text, number) in since else entries
        case _:
            return entries


def _takes_codes(order: Order) -> bool:
    """Whether what polling finds belongs to `order`: it waits for codes, or has all that it asked for.

    To the second come, as parked cards, those a company sold beyond what was asked. Nothing comes to an
    order whose codes were deleted.
    """
    if order.phase is Phase.FULFILLED:
        has_all = sum(not card.parked for card in order.cards) >= order.placed.quantity
        return order.purged is None and has_all
    return order.phase is Phase.CODES_PENDING


def _heard_again(order: Order, kept: Kept) -> Heard:
    """The entry of `kept` behind what `order` has. Raises IllegalStep where it would be misread.

    The reply to a request that was taken back must not be believed about the next one.
    """
    if kept.about == "buy" and order.settled is None and kept.sent not in order.unanswered[-1:]:
        raise IllegalStep("the reply to a request that is over")
    return Heard(
        id=kept.id,
        order_id=order.id,
        n=order.n,
        at=kept.at,
        by=kept.by,
        about=kept.about,
        status=kept.status,
        complete=kept.complete,
        reply=kept.reply,
    )


def _has(order: Order, kept: Kept) -> bool:
    return any(entry.id == kept.id for entry in order.entries)


def _digest(kept: Kept) -> str:
    return hashlib.sha256(kept.statement().encode()).hexdigest()


def _endings(text: str, tail: str) -> set[str]:
    """All parts of `text` that end with `tail` and are no longer than a code."""
    ends = (place + len(tail) for place in range(len(text)) if text.startswith(tail, place))
    return {text[start:end] for end in ends for start in range(max(0, end - _LONGEST_CODE), end)}


def _spelled(text: str) -> tuple[str, ...]:
    """`text` with the codes in it as they may have come: to the letter, bare, in capitals and in small."""
    return text, bare(text), bare(text).upper(), bare(text).lower(), normalised(text)


def _parts(text: str, last_four: str) -> Iterator[str]:
    """All parts of `text` that end on `last_four` and are long enough for a code, and not too long."""
    letters = ""
    for end, mark in enumerate(text, 1):
        letters = (letters + normalised(mark))[-_LAST:]
        if mark.isalnum() and letters == last_four:
            for start in range(max(0, end - _LONGEST_CODE), end - _SHORTEST_TO_FIND + 1):
                yield text[start:end]


def refuse_secrets(evidence: str, cards: Iterable[Card]) -> None:
    """Raise NotAllowed("code_in_evidence") for evidence with a code or PIN of `cards` in it."""
    words = set(re.findall(r"\w+", evidence))
    text = normalised(evidence)
    for card in cards:
        code = normalised(card.code)
        secrets = (card.pin or "", *(value for _name, value in card.extras))
        if (len(code) >= _SHORTEST_CODE and code in text) or card.code.strip() in words:
            raise NotAllowed("code_in_evidence")
        if any(
            secret in words or (" " not in secret and "/" in secret and secret in evidence)
            for secret in secrets
            if len(secret) >= _SHORTEST_PIN
        ):
            raise NotAllowed("code_in_evidence")


def asked(order: Order) -> Asked:
    """What `order` asked for, as the answer audit wants it."""
    placed = order.placed
    return Asked(
        item=placed.product.item,
        quantity=placed.quantity,
        face=placed.face,
        cost=total_cost(order),
        by_email=order.codes_by_email,
    )


def _is_another_orders(order: Order, bought: Bought, elsewhere: Elsewhere) -> bool:
    number = bought.provider_order_id
    return number is not None and elsewhere.claims(order.placed.account, number)


def _pins_missing(order: Order, more: tuple[SealedCard, ...], elsewhere: Elsewhere) -> bool:
    """Whether a look found cards without the PIN that cards of this item always have.

    A look shows less than the answer to the order does (CardPlusPay, order details: no `metadata`).
    """
    product = order.placed.product
    if not elsewhere.always_carries_pins(product.provider, product.item):
        return False
    return any(not card.has_pin and not card.parked for card in merged(order.cards, more))


def purchase(order: Order, key: OrderKey) -> Purchase:
    """What is to be bought for `order`, with its recipient in clear."""
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
