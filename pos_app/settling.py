"""What a person decides about an order nobody answered for, with the evidence and the name.

Reads from providers only. Nothing here sends a purchase, and an order that was settled can not be sent.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pos_app.books import Books, first_fence, is_worth_as_much, that_order
from pos_app.changes import Changes
from pos_app.errors import Misconfigured, NotAllowed, PosError
from pos_app.intake import Intake, asked, refuse_secrets
from pos_app.orders.answers import Bought, Fence, Look, Row
from pos_app.orders.cards import Card, bare, same_card
from pos_app.orders.entries import (
    Deferred,
    Heard,
    LeftToAPerson,
    Printed,
    PrintFailed,
    Revealed,
    Sent,
    Settled,
)
from pos_app.orders.order import Order, Phase, Status
from pos_app.orders.verdicts import instant
from pos_app.providers.base import Provider
from pos_app.sales import Sales
from pos_app.seal import OrderKey, normalised
from pos_app.store.journal import Journal
from pos_app.work import Work

MOST_WAITING: Final = 200
"""How many waiting orders are shown at once; the oldest come first, so the rest move up."""

SETTLES_DOWN: Final = timedelta(minutes=30)
"""How long after it was sent an order may still come up in a provider's books."""

LIST_SECONDS: Final = 15.0
"""How long somebody who decides waits for the provider's list."""

Confirmed = Literal["item_not_told", "others_open", "other_amount", "too_early", "list_not_read", "no_pin"]
"""What a person says to have looked at, each by the reason it would be refused for otherwise.

`no_pin`: the card has none; otherwise a card looked up without PIN waits for one to be typed.
"""

_APART: Final = timedelta(minutes=1)
_NOT_FOUND: Final = 404
_LONGEST_CODE: Final = 300
_GROUPS: Final = (3, 4, 5)
_PIN_BEHIND: Final = re.compile(r"\s*[\t,;]\s*|\s+PIN\b[ :=]*", re.IGNORECASE)
_CUSTODY = (Printed, PrintFailed, Revealed, LeftToAPerson)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for somebody, where it stands, and since when it stands there (UTC)."""

    order: Order
    status: Status
    since: datetime


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What can be seen without asking anybody: the provider's books before the order was sent, and now.

    `fence` and `look` are None for a provider that shows none. `unclaimed` are the orders it has got since
    that no order here is known to be, newest first. `reply_kept`: some answer came, and says neither yes nor
    no. `rivals`: how many other orders of ours are open on this account, any of which one of them may be.
    `waited`: how long ago the order was sent, by the provider's clock where it tells the time. `empty_looks`:
    how often in a row, at least a minute apart, the books showed nothing new, this time counted.
    """

    fence: Fence | None = None
    look: Look | None = None
    unclaimed: tuple[Row, ...] = ()
    reply_kept: bool = False
    rivals: int = 0
    waited: timedelta | None = None
    empty_looks: int = 0

    @property
    def usable(self) -> bool:
        """Whether anything can be concluded from the look."""
        return self.fence is not None and self.look is not None and self.look.doubt(self.fence) is None

    @property
    def shows_nothing(self) -> bool:
        """Whether neither the list nor the balance knows of anything new that is not ours."""
        if self.fence is None or self.look is None or self.unclaimed:
            return False
        residue = self.look.residue(self.fence)
        return residue is not None and not residue


class Settling:
    """Verdicts by hand. `by` is the name of somebody who may decide: who that is was asked before.

    Every verdict raises NotAllowed: "in_flight" while somebody works on the order, "moved_on" when somebody
    was quicker (or a kept answer has just told what happened), "nothing_to_settle" where there is nothing to
    decide, "needs_evidence" and "not_a_manager" for an empty reason or name, "code_in_evidence" for one with
    a code in it.
    """

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        sales: Sales,
        providers: Mapping[str, Provider],
        work: Work,
        changes: Changes,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._books = Books(journal, intake)
        self._sales = sales
        self._providers = providers
        self._work = work
        self._changes = changes
        self._numbers = itertools.count(1)
        self._empty_looks: dict[str, tuple[int, datetime]] = {}

    async def waiting(self, limit: int = MOST_WAITING) -> tuple[Waiting, ...]:
        """The orders that wait for a person, oldest first; those being worked on at this moment do not."""
        orders = await self._journal.waiting(limit)
        leased = await self._journal.leased()
        shown: list[Waiting] = []
        for order in orders:
            if self._sales.in_flight(order.id) or order.id in leased:
                continue
            shown.append(Waiting(order, order.status(in_flight=False), _since(order)))
        return tuple(shown)

    async def witnesses(self, order_id: str) -> Witnesses:
        """What speaks for and against a purchase. Raises NotTaken or Misconfigured: it could not be read."""
        order = await self._journal.order(order_id)
        sent = [entry for entry in order.entries if isinstance(entry, Sent)]
        if not sent:
            return Witnesses()
        fence, look = sent[-1].fence, await self._look_since(order, sent[-1])
        kept = any(isinstance(entry, Heard) and entry.n > sent[-1].n for entry in order.entries)
        if look is None:
            return Witnesses(fence, reply_kept=kept)
        ids = [row.provider_order_id for row in look.rows]
        claimed = await self._journal.claimed(order.placed.account, ids)
        rivals = await self._rivals(order)
        now = self._journal.head(order, "")["at"]
        found = Witnesses(
            fence, look, look.unclaimed(claimed), kept, len(rivals), _waited(sent[-1], look, now)
        )
        return replace(found, empty_looks=self._count_empty(order_id, found, now))

    async def bought_by_number(
        self, order_id: str, number: str, evidence: str, by: str, *, confirmed: Collection[Confirmed] = ()
    ) -> Order:
        """It was bought: the provider's order `number` is this one. Its codes are fetched, audited, sealed.

        Raises NotAllowed besides: "no_such_provider_order", "already_claimed", "older_provider_order",
        "age_not_told" (the list does not reach back to the fence), "account_busy" (another order of the
        account is on its way), "other_provider_order" (it is for another item), "code_seen_before",
        "other_account"; unless `confirmed`, "others_open" (another order of ours may be that one),
        "other_amount" (it cost more or less, or has another number of cards) and "item_not_told" (the
        provider does not say which card it is); NotTaken or Misconfigured when the provider could not be
        asked.
        """
        return await self._keep(
            order_id, lambda: self._by_number(order_id, number.strip(), evidence, by, frozenset(confirmed))
        )

    async def bought_by_codes(
        self,
        order_id: str,
        cards: tuple[Card, ...],
        evidence: str,
        by: str,
        *,
        confirmed: Collection[Confirmed] = (),
    ) -> Order:
        """It was bought: `cards` are what the provider's own page shows for it (see `read_cards`).

        Cards that wait for a PIN are complete with it, or with `no_pin` confirmed. Fewer than are missing
        leave the order *codes pending*. Raises NotAllowed besides: "code_seen_before", "code_twice",
        "too_many_codes", "code_in_evidence".
        """
        return await self._keep(
            order_id, lambda: self._by_codes(order_id, cards, evidence, by, frozenset(confirmed))
        )

    async def sent_by_email(self, order_id: str, evidence: str, by: str) -> Order:
        """It was bought: the sender has the provider's word that the card went out by e-mail."""
        return await self._keep(order_id, lambda: self._by_email(order_id, evidence, by))

    async def not_bought(
        self, order_id: str, evidence: str, by: str, *, confirmed: Collection[Confirmed] = ()
    ) -> Order:
        """It was not bought: the money is owed back. An answer that comes all the same is still kept.

        Raises NotAllowed("too_early") besides, unless `confirmed`, within `SETTLES_DOWN` after it was sent:
        by the provider's clock, which is asked for, or by ours where that can not be had. And, unless
        `confirmed`, "list_not_read": what its list shows could not be asked for within `LIST_SECONDS`, or
        takes another key. That stays on the order as a flag.
        """
        return await self._keep(
            order_id, lambda: self._not_bought(order_id, evidence, by, frozenset(confirmed))
        )

    async def seen(self, order_id: str, evidence: str, by: str) -> Order:
        """What turned up against the verdict has been looked at; the verdict stays."""
        return await self._keep(order_id, lambda: self._seen(order_id, evidence, by))

    async def wait(self, order_id: str, evidence: str, by: str) -> Order:
        """Somebody who may decide has looked and waits; the order stays as it is, and so does the watch.

        Raises NotAllowed("code_in_evidence") besides.
        """
        return await self._keep(order_id, lambda: self._wait(order_id, evidence, by))

    async def _keep(self, order_id: str, act: Callable[[], Coroutine[Any, Any, Order]]) -> Order:
        """Run to the end, whoever waits. Each is its own task: two people never share a verdict."""
        order = await self._work.keep(f"settle {order_id} {next(self._numbers)}", act)
        self._changes.announce("orders")
        return order

    async def _by_number(
        self, order_id: str, number: str, evidence: str, by: str, confirmed: frozenset[Confirmed]
    ) -> Order:
        order = await self._open(order_id, evidence, by, Phase.SENT, Phase.CODES_PENDING)
        if not number or order.provider_order_id not in {None, number}:
            raise NotAllowed("nothing_to_settle")
        provider = self._provider(order)
        if await self._journal.claimed_by_another(order.placed.account, number, order.id):
            raise NotAllowed("already_claimed")
        fence = first_fence(order)
        if fence is not None and number in fence.ids:
            raise NotAllowed("older_provider_order")
        reply = await provider.fetch(number)
        if reply is None:
            raise NotAllowed("no_such_provider_order")
        key = await self._journal.key(order_id)
        bought = that_order(order, key, provider, reply, number, any_amount=True)
        flags: list[str] = []
        if order.provider_order_id is None:
            await _check_is_newer(provider, fence, number)
            # After the look: whatever is sent from now on can not be the row that was seen.
            fits = is_worth_as_much(bought, order)
            if not fits:
                flags.append("other_amount")
            if await self._others_that_fit(order, whatever_the_cost=not fits):
                flags.append("others_open")
            if not _tells_item(bought, order):
                flags.append("item_not_told")
            if (doubt := next((flag for flag in flags if flag not in confirmed), None)) is not None:
                raise NotAllowed(doubt)
        return await self._books.take_over(
            order,
            key,
            reply,
            bought,
            number,
            by=by,
            evidence=evidence,
            how="by_hand",
            flags=flags,
            no_pin="no_pin" in confirmed,
            check=lambda heard: self._check_evidence(heard, key, evidence, bought.cards),
        )

    async def _by_codes(
        self,
        order_id: str,
        cards: tuple[Card, ...],
        evidence: str,
        by: str,
        confirmed: frozenset[Confirmed],
    ) -> Order:
        order = await self._open(order_id, evidence, by, Phase.SENT, Phase.CODES_PENDING)
        if not cards or order.codes_by_email:
            raise NotAllowed("nothing_to_settle")
        if any(same_card(card, other) for card, other in itertools.combinations(cards, 2)):
            raise NotAllowed("code_twice")
        key = await self._journal.key(order_id)
        self._check_evidence(order, key, evidence, cards)
        cards = self._spelled_as_known(order, key, cards)
        taken = await self._intake.taken(order, key, cards)
        if "code_seen_before" in taken.flags or await self._books.known_elsewhere(order, key, cards):
            raise NotAllowed("code_seen_before")
        if "more_cards" in taken.flags:
            raise NotAllowed("too_many_codes")
        if "pin_missing" in order.flags:
            taken = await self._books.with_pins_told(order, taken, no_pin="no_pin" in confirmed)
        if not taken.cards and not taken.richer and not ("no_pin" in confirmed and taken.complete):
            raise NotAllowed("code_twice")
        return await self._journal.append(
            order,
            Settled(
                **self._journal.head(order, by),
                verdict="bought",
                evidence=evidence.strip(),
                cards=(*taken.cards, *taken.richer),
                complete=taken.complete,
                flags=tuple(flag for flag in taken.flags if flag not in order.flags),
            ),
        )

    async def _by_email(self, order_id: str, evidence: str, by: str) -> Order:
        order = await self._open(order_id, evidence, by, Phase.SENT)
        if not order.codes_by_email:
            raise NotAllowed("nothing_to_settle")
        head = self._journal.head(order, by)
        entry = Settled(**head, verdict="bought", evidence=evidence.strip(), complete=True)
        return await self._journal.append(order, entry)

    async def _not_bought(
        self, order_id: str, evidence: str, by: str, confirmed: frozenset[Confirmed]
    ) -> Order:
        order = await self._open(order_id, evidence, by, Phase.SENT)
        sent = next(entry for entry in reversed(order.entries) if isinstance(entry, Sent))
        flags: tuple[str, ...] = ()
        look, now = None, self._journal.now()
        try:
            async with asyncio.timeout(LIST_SECONDS):
                if sent.fence is not None:
                    # There are books: those of another account, unread, do not show nothing.
                    self._provider(order)
                look = await self._look_since(order, sent)
        except (PosError, TimeoutError):
            if "list_not_read" not in confirmed:
                raise NotAllowed("list_not_read") from None
            flags = ("list_not_read",)
        waited = now - sent.at if look is None else _waited(sent, look, now)
        if "too_early" not in confirmed and waited < SETTLES_DOWN:
            raise NotAllowed("too_early")
        head = self._journal.head(order, by)
        verdict = Settled(**head, verdict="not_bought", evidence=evidence.strip(), flags=flags)
        return await self._journal.append(order, verdict)

    async def _look_since(self, order: Order, sent: Sent) -> Look | None:
        """What the books of the order's account show since `sent`; None where there are none to be read.

        Raises NotTaken or Misconfigured: they could not be read.
        """
        fence, provider = sent.fence, self._providers.get(order.placed.product.provider)
        if fence is None or provider is None or provider.account != order.placed.account:
            return None
        return await provider.rows(frozenset(fence.ids))

    async def _seen(self, order_id: str, evidence: str, by: str) -> Order:
        order = await self._journal.order(order_id)
        await self._intake.check_evidence(order, evidence, by)
        if not order.reopened:
            raise NotAllowed("nothing_to_settle")
        # Without a verdict it was bought: a card went out by e-mail though its money was given back.
        verdict = "bought" if order.settled is None else order.settled.verdict
        head = self._journal.head(order, by)
        return await self._journal.append(order, Settled(**head, verdict=verdict, evidence=evidence.strip()))

    async def _wait(self, order_id: str, evidence: str, by: str) -> Order:
        order = await self._open(order_id, evidence, by, Phase.SENT, Phase.CODES_PENDING)
        await self._intake.check_evidence(order, evidence, by)
        return await self._journal.append(
            order, Deferred(**self._journal.head(order, by), evidence=evidence.strip())
        )

    async def _open(self, order_id: str, evidence: str, by: str, *phases: Phase) -> Order:
        """The order, if there is something to decide about it. What was kept unread is understood first."""
        self._check_words(evidence, by)
        await self._intake.refuse_codes(by, evidence)
        seen = await self._journal.order(order_id)
        # What no disk took when it came may tell what a person is about to guess.
        await self._sales.keep_what_was_heard()
        order = await self._journal.order(order_id)
        if order.n != seen.n:
            raise NotAllowed("moved_on")
        if self._sales.in_flight(order_id) or order_id in await self._journal.perhaps_leased():
            raise NotAllowed("in_flight")
        provider = self._providers.get(order.placed.product.provider)
        if order.phase is Phase.SENT and provider is not None:
            known = await self._understood(order, provider, by)
            if known.n != order.n:
                self._changes.announce("orders")
                raise NotAllowed("moved_on")
        if order.phase not in phases or order.reopened:
            raise NotAllowed("nothing_to_settle")
        return order

    async def _understood(self, order: Order, provider: Provider, by: str) -> Order:
        try:
            key = await self._journal.key(order.id)
        except NotAllowed:
            # It was purged behind the copy this store was put back from: what was kept nobody can read.
            return order
        return await self._intake.understand(order, key, provider, by)

    def _spelled_as_known(self, order: Order, key: OrderKey, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        """Typed `cards`, each that this order has in another spelling in that one: a person typed it."""
        known = [self._intake.open_card(key, card).code for card in order.cards]

        def spelled(card: Card) -> Card:
            if any(bare(code) == bare(card.code) for code in known):
                return card
            wanted = normalised(card.code)
            return replace(card, code=next((code for code in known if normalised(code) == wanted), card.code))

        return tuple(spelled(card) for card in cards)

    def _check_evidence(self, order: Order, key: OrderKey, evidence: str, cards: tuple[Card, ...]) -> None:
        """Raise NotAllowed("code_in_evidence") for evidence with a code or PIN in it: it is kept in clear."""
        refuse_secrets(evidence, (*cards, *(self._intake.open_card(key, card) for card in order.cards)))

    async def _rivals(self, order: Order) -> tuple[Order, ...]:
        """The other orders of the account that may be in the provider's books without our knowing which."""
        found = await self._journal.in_phase(Phase.SENT, Phase.CODES_PENDING)
        return tuple(
            one
            for one in found
            if one.id != order.id
            and one.placed.account == order.placed.account
            and one.provider_order_id is None
        )

    async def _others_that_fit(self, order: Order, *, whatever_the_cost: bool) -> bool:
        """Whether another order may be the same row.

        Raises NotAllowed("account_busy") while one is on its way.
        """
        rivals = await self._rivals(order)
        leased = await self._journal.perhaps_leased()
        if any(
            one.phase is Phase.SENT and (one.id in leased or self._sales.in_flight(one.id)) for one in rivals
        ):
            raise NotAllowed("account_busy")
        if await self._journal.unreadable(order.placed.account, Phase.SENT, Phase.CODES_PENDING):
            # What a damaged one asked for nobody knows.
            return True
        cost = None if whatever_the_cost else asked(order).cost
        return any(cost is None or asked(one).cost in {None, cost} for one in rivals)

    def _count_empty(self, order_id: str, found: Witnesses, now: datetime) -> int:
        """How often in a row the books were seen to show nothing."""
        if not (found.usable and found.shows_nothing):
            self._empty_looks.pop(order_id, None)
            return 0
        count, last = self._empty_looks.get(order_id, (0, now - _APART))
        if now - last >= _APART:
            count, last = count + 1, now
        self._empty_looks[order_id] = (count, last)
        return count

    def _check_words(self, evidence: str, by: str) -> None:
        if not by.strip():
            raise NotAllowed("not_a_manager")
        if not evidence.strip():
            raise NotAllowed("needs_evidence")

    def _provider(self, order: Order) -> Provider:
        name = order.placed.product.provider
        provider = self._providers.get(name)
        if provider is None:
            raise Misconfigured("unknown_provider", provider=name)
        if provider.account != order.placed.account:
            raise NotAllowed("other_account")
        return provider


def read_cards(text: str) -> tuple[Card, ...]:
    """Cards as a person copies them: one on a line, the code, then its PIN behind a tab, `,`, `;` or "PIN".

    A blank tells nothing: many codes are shown in groups. Raises NotAllowed("codes_unreadable") for a line
    with a blank and no such sign, for one that is no code and PIN, or has characters nobody sees.
    """
    cards: list[Card] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        code, *rest = _PIN_BEHIND.split(line.strip())
        pin = "".join(rest)
        grouped = len(code.split()) > 1 and not rest
        if grouped or len(rest) > 1 or not code or (rest and not pin) or len(pin.split()) > 1:
            raise NotAllowed("codes_unreadable")
        if not all(word.isprintable() and len(word) <= _LONGEST_CODE for word in (code, pin)):
            raise NotAllowed("codes_unreadable")
        cards.append(Card(code, pin or None))
    return tuple(cards)


async def _check_is_newer(provider: Provider, fence: Fence | None, number: str) -> None:
    """Raise NotAllowed unless the provider's list proves that `number` came after `fence`.

    That the first page before it was sent does not show it proves nothing: it may be older than that page.
    """
    look = None if fence is None else await provider.rows(frozenset(fence.ids))
    if look is None or not look.reached:
        raise NotAllowed("age_not_told")
    if number not in {row.provider_order_id for row in look.rows}:
        raise NotAllowed("older_provider_order")


def _tells_item(bought: Bought, order: Order) -> bool:
    """Whether the provider itself says which item its order is for."""
    return bool(bought.cards) and all(card.item == order.placed.product.item for card in bought.cards)


def _waited(sent: Sent, look: Look, now: datetime) -> timedelta:
    """How long ago it was sent: between two readings of the provider's clock, else by ours."""
    before, after = instant(sent.fence and sent.fence.provider_date), instant(look.provider_date)
    return now - sent.at if before is None or after is None else after - before


def _since(order: Order) -> datetime:
    """When the order came to where it stands: papers and looks at codes change nothing about that."""
    told = [entry for entry in order.entries if not isinstance(entry, _CUSTODY)]
    return told[-1].at
