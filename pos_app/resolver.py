"""Finds out what became of orders that are not finished: unread replies, late codes, and no answer at all.

It only reads from providers and from the journal; nothing here ever sends a purchase.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from pos_app.accounts import Accounts, found_as
from pos_app.books import Books, first_sent, that_order
from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import Misconfigured, NotAllowed, PosError
from pos_app.intake import Intake, asked, last_sent, purchase
from pos_app.money import Money
from pos_app.orders.account import Account
from pos_app.orders.answers import Fence, Look, Reply, Row
from pos_app.orders.entries import Sent, Settled
from pos_app.orders.lane import charged
from pos_app.orders.order import Order, Phase
from pos_app.orders.verdicts import (
    APART,
    SETTLES_DOWN,
    WATCH,
    Case,
    EmptyLook,
    ForAPerson,
    FoundRow,
    Judgement,
    NotBought,
    foreign,
    instant,
    judge,
    turned_up,
)
from pos_app.providers.base import Provider
from pos_app.sales import Sales
from pos_app.store.journal import Journal
from pos_app.work import Work

_log = logging.getLogger(__name__)
_SELF = "countercard"

LOOK_SECONDS: Final = 2.0
"""How often the resolver wakes to see whether an order is due."""

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE_FOR_MORE = timedelta(hours=1)
"""Between two looks for cards that nobody asked for."""
_LOOK_PAUSES: Final = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
    *(timedelta(minutes=15) for _ in range(96)),
    timedelta(hours=1),
)
"""Between two looks into the books for an order nobody answered for: a day long often, then hourly."""
_WATCH_PAUSES: Final = (*(timedelta(hours=1) for _ in range(24)), timedelta(hours=6))
"""Between two looks for an order judged not bought."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the last look said about an order, at this machine's time `at`, and when the next one is due.

    `refused`: it was found in the books, and what they tell about it does not fit, for this reason (see
    `NotAllowed`).
    """

    judgement: Judgement
    at: datetime
    next_look: datetime | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Turn:
    """When an order is looked for next, and how often it was."""

    due: datetime
    looks: int = 0


@dataclass(frozen=True, slots=True)
class _Books:
    """One look at an account, with all that our side knows about it at that moment."""

    provider: Provider
    look: Look
    account: Account
    claimed: frozenset[str]
    there: tuple[Order, ...]
    busy: frozenset[str]
    unreadable: bool
    kept: Mapping[str, int]
    now: datetime
    empty_looks: Mapping[str, tuple[datetime, ...]]
    replies: Mapping[str, Reply] = field(default_factory=dict[str, Reply])

    def case(self, order: Order, sent: Sent) -> Case:
        """What is known about one order."""
        others = [one for one in self.there if one.id != order.id]
        return Case(
            fence=sent.fence,
            sent_at=sent.at,
            cost=asked(order).cost,
            account=self.account,
            claimed=self.claimed,
            others=(*(asked(one).cost for one in others), *((None,) if self.unreadable else ())),
            alike=tuple(asked(one).cost for one in others if _worth(one) == _worth(order)),
            busy=bool(self.busy - {order.id}),
            # What was sent before the store's present life is for a person, and for the rest of its watch.
            left=bool(order.left_because) or sent.n < self.kept.get(order.id, 0),
            empty_looks=self.empty_looks.get(order.id, ()),
            waited=self.now - sent.at,
        )

    def without(self, order: Order, number: str | None = None) -> _Books:
        """The same, once `order` is decided about; `number` is the provider's id it turned out to be."""
        return replace(
            self,
            there=tuple(one for one in self.there if one.id != order.id),
            claimed=self.claimed if number is None else self.claimed | {number},
        )


def _worth(order: Order) -> Money:
    """What the cards of `order` are worth together."""
    return order.placed.face * order.placed.quantity


def _more_may_come(order: Order, now: datetime) -> bool:
    """Whether the company says it sold more than was asked, and may still show it: those cards are ours.

    Its last word on worth and debit has to say so, and fewer cards are here than it was paid for.
    """
    debited, each = charged(order), order.placed.quoted
    if order.phase is not Phase.FULFILLED or "other_face_value" not in order.flags or debited is None:
        return False
    if each is None or each.currency != debited.currency or now - order.placed.at > WATCH:
        return False
    # A code that is listed twice is one card.
    here = len({card.digest for card in order.cards})
    return order.purged is None and debited.minor > each.minor * here


class Resolver:
    """Works by itself at start and while anything is open, each order less and less often."""

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        sales: Sales,
        accounts: Accounts,
        providers: Mapping[str, Provider],
        work: Work,
        changes: Changes,
        now: Now,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._books = Books(journal, intake)
        self._sales = sales
        self._accounts = accounts
        self._looks = accounts.looks
        self._providers = providers
        self._work = work
        self._changes = changes
        self._now = now
        self._due: dict[str, tuple[datetime, timedelta]] = {}
        self._turns: dict[str, _Turn] = {}
        self._standings: dict[str, Standing] = {}
        self._looked_at_step = -1

    async def reread(self) -> None:
        """Understand replies that were kept but not understood before the program stopped."""
        settled = await self._journal.settled_and_waiting()
        late = tuple(order for order in settled if order.unread)
        for order in (*await self._journal.in_phase(Phase.SENT), *late):
            if self._sales.in_flight(order.id):
                continue
            try:
                await self._reread(order)
            except PosError as error:
                _log.warning("order %s: not read again: %s", order.id, error.reason)

    async def look(self) -> None:
        """Do what is due: ask for late codes, and look into the books for what nobody answered for."""
        step, now = self._changes.step("orders"), self._now()
        if step == self._looked_at_step and not self._due and not self._is_due(self._turns, now):
            # Nothing was pending and nothing moved since: an idle till does not wake its disk.
            return
        self._looked_at_step = step
        try:
            await self._look()
        except Exception:
            # What was not looked at is looked at once more, though nothing moved.
            self._looked_at_step = -1
            raise

    async def _look(self) -> None:
        # What lies in a file says more than any look, and first.
        await self._sales.keep_what_was_heard()
        orders = await self._journal.in_phase(Phase.CODES_PENDING, Phase.SENT)
        late = [order for order in orders if order.phase is Phase.CODES_PENDING]
        now = self._now()
        odd = [order for order in await self._journal.odd(now - WATCH) if _more_may_come(order, now)]
        await self._look_for_codes([*late, *odd])
        await self._accounts.see_fences()
        await self._look_into_books([order for order in orders if order.phase is Phase.SENT])

    def ask_anew(self) -> None:
        """Forget how long to wait for which order: those times are of a clock that was set, or slept."""
        self._due.clear()
        self._turns.clear()
        self._looked_at_step = -1

    async def ask_again(self, order_id: str) -> Order:
        """Look for one order now, whatever its turn; returns it with whatever was found out.

        Raises NotAllowed ("in_flight", "other_account"), NotTaken or Misconfigured when it could not be
        asked. What the look said is in `standing`. It goes on to its end, whoever waits for it.
        """
        return await self._work.keep(f"ask {order_id}", lambda: self._ask_again(order_id))

    async def _ask_again(self, order_id: str) -> Order:
        await self._sales.keep_what_was_heard()
        order = await self._journal.order(order_id)
        if self._sales.in_flight(order_id) or order_id in await self._journal.perhaps_leased():
            raise NotAllowed("in_flight")
        if order.phase is Phase.CODES_PENDING:
            return await self.ask_for_codes(order_id)
        if order.phase in {Phase.SENT, Phase.NOT_BOUGHT}:
            provider = self._provider(order)
            if order.phase is Phase.SENT:
                order = await self._understood(order, provider)
            if order.phase in {Phase.SENT, Phase.NOT_BOUGHT}:
                await self._accounts.see_fences()
                sent = [one for one in await self._journal.in_phase(Phase.SENT) if not one.left_because]
                await self._look_at_account(provider, [order, *_on(provider, sent)], anew=True)
        return await self._journal.order(order_id)

    def standing(self, order_id: str) -> Standing | None:
        """What the last look of this program's run said about the order; None where there was none."""
        found = self._standings.get(order_id)
        turn = self._turns.get(order_id)
        return None if found is None else replace(found, next_look=None if turn is None else turn.due)

    async def judged(self, order_id: str, look: Look) -> Judgement | None:
        """What `look` proves about an order nobody answered for, or why a person has to decide.

        For whoever looks beside it, such as `Settling.witnesses`; nothing is asked or written. None for an
        order that was never sent, or whose company is not connected.
        """
        order = await self._journal.order(order_id)
        sent = first_sent(order)
        provider = self._providers.get(order.placed.product.provider)
        if sent is None or provider is None or order.phase is not Phase.SENT:
            return None
        return judge((await self._gathered(provider, look, sent.at)).case(order, sent), look)

    async def ask_for_codes(self, order_id: str) -> Order:
        """Ask the provider for the codes of a bought order; returns the order with whatever has come.

        Raises NotTaken, OutcomeUnknown or Misconfigured when it could not be asked.
        """
        order = await self._journal.order(order_id)
        provider = self._providers.get(order.placed.product.provider)
        waits = order.phase is Phase.CODES_PENDING or _more_may_come(order, self._now())
        if not waits or order.provider_order_id is None or provider is None:
            return order
        if provider.account != order.placed.account:
            raise NotAllowed("other_account")
        reply = await provider.fetch(order.provider_order_id)
        if reply is None:
            return order
        key = await self._journal.key(order_id)
        bought = provider.read_order(reply, purchase(order, key))
        if bought is None:
            return await self._intake.keep_unread_poll(order, key, reply, by=_SELF)
        if bought.provider_order_id not in {None, order.provider_order_id}:
            return order
        after = await self._intake.codes(order, key, bought, reply=reply, by=_SELF)
        self._announce(order, after)
        return after

    async def _look_for_codes(self, orders: Sequence[Order]) -> None:
        self._due = {order.id: self._due[order.id] for order in orders if order.id in self._due}
        for order in orders:
            due, pause = self._due.get(order.id, (self._now(), _FIRST_PAUSE))
            # A due time further off than the longest pause is left over from before the clock was set back.
            longest = _LONGEST_PAUSE_FOR_MORE if order.phase is Phase.FULFILLED else _LONGEST_PAUSE
            if self._now() < due <= self._now() + longest:
                continue
            self._due[order.id] = (self._now() + pause, min(pause * 2, longest))
            try:
                await self.ask_for_codes(order.id)
            except PosError as error:
                _log.info("order %s: codes not asked for: %s", order.id, error.reason)

    async def _look_into_books(self, sent: Sequence[Order]) -> None:
        """One look at each account on which an order is due; it serves all of them."""
        leased = await self._journal.perhaps_leased() if sent else frozenset[str]()
        on_their_way = {order.id for order in sent if order.id in leased or self._sales.in_flight(order.id)}
        wanted = [order for order in sent if order.id not in on_their_way and not order.left_because]
        wanted += [order for order in await self._accounts.watched() if not _is_all_here(order)]
        now = self._now()
        turns: dict[str, _Turn] = {}
        # A key may be replaced while one is looked at: each order goes with the account it was placed on.
        by_provider = [(provider, _on(provider, wanted)) for provider in self._providers.values()]
        for order in (order for _provider, orders in by_provider for order in orders):
            turns[order.id] = self._turns.get(order.id, _Turn(now))
        self._turns = turns
        for provider, orders in by_provider:
            due = [order for order in orders if self._is_due({order.id: turns[order.id]}, now)]
            if due:
                unanswered = [order for order in orders if order.phase is Phase.SENT]
                await self._take_turns(provider, due, [*unanswered, *due])

    async def _take_turns(self, provider: Provider, due: Sequence[Order], back_to: Sequence[Order]) -> None:
        rest = timedelta()
        try:
            await self._look_at_account(provider, back_to)
        except PosError as error:
            _log.info("%s: not looked into its books: %s", provider.name, error.reason)
            seconds = error.facts.get("retry_after")
            rest = timedelta(seconds=seconds) if isinstance(seconds, int) else rest
        except Exception as error:  # noqa: BLE001  a bug about one account must not cost the others their look
            _log.warning("%s: its books: %s", provider.name, type(error).__name__)
        for order in due:
            if (turn := self._turns.get(order.id)) is None:
                # The clock jumped meanwhile: it is its turn anew.
                continue
            pauses = _LOOK_PAUSES if order.phase is Phase.SENT else _WATCH_PAUSES
            pause = pauses[min(turn.looks, len(pauses) - 1)]
            if order.phase is Phase.SENT:
                pause = min(pause, self._to_the_next_proof(order))
            self._turns[order.id] = _Turn(self._now() + max(pause, rest), turn.looks + 1)

    def _is_due(self, turns: Mapping[str, _Turn], now: datetime) -> bool:
        """Whether one of them is; one later than the longest pause is left from a clock that was set."""
        longest = _WATCH_PAUSES[-1]
        return any(not now < turn.due <= now + longest for turn in turns.values())

    def _to_the_next_proof(self, order: Order) -> timedelta:
        """How long until a look that shows nothing would count."""
        found = self._standings.get(order.id)
        fence = _fence(order)
        sent = None if fence is None else instant(fence.provider_date)
        if found is None or sent is None or not isinstance(found.judgement, EmptyLook):
            return _LOOK_PAUSES[-1]
        return APART if found.judgement.counts else SETTLES_DOWN - (found.judgement.at - sent)

    async def _look_at_account(
        self, provider: Provider, orders: Sequence[Order], *, anew: bool = False
    ) -> None:
        """Look back to the oldest of `orders`; two that want it at once share the look.

        Not with `anew`: a look that is under way may have begun before the order was sent, or not go back to
        it. There is one at a time all the same.
        """
        sent = [one for one in map(first_sent, orders) if one is not None and one.fence is not None]
        oldest = min(sent, key=lambda one: one.at, default=None)
        if oldest is None:
            return
        name = f"look {provider.account}"

        async def look() -> None:
            await self._look_back_to(provider, oldest)

        # What keeps one that is under way from looking is told by the one behind it, if it meets it too.
        await (self._work.keep_next if anew else self._work.keep)(name, look)

    async def _look_back_to(self, provider: Provider, sent: Sent) -> None:
        fence = sent.fence
        look = None if fence is None else await provider.rows(frozenset(fence.ids))
        if look is None:
            return
        # All that follows was so after the look: whatever is sent from now on can not be in it.
        books = await self._gathered(provider, look, sent.at)
        if not books.busy:
            books = await self._watch(await self._decide(books))
            await self._tell_foreign(books)

    async def _gathered(self, provider: Provider, look: Look, since: datetime) -> _Books:
        journal, account = self._journal, provider.account
        there = await self._accounts.may_be_there(account, since)
        leased = await journal.perhaps_leased()
        sent = [order.id for order in there if order.phase is Phase.SENT]
        return _Books(
            provider=provider,
            look=look,
            account=await self._accounts.known(account),
            claimed=await journal.claimed(account, [row.provider_order_id for row in look.rows]),
            there=there,
            busy=frozenset(key for key in sent if key in leased or self._sales.in_flight(key)),
            unreadable=await journal.unreadable(account, Phase.SENT, Phase.CODES_PENDING) > 0,
            kept=await journal.before_this_life([order.id for order in there]),
            empty_looks=await self._looks.empty(sent),
            now=self._now(),
        )

    async def _decide(self, books: _Books) -> _Books:
        """Write every verdict the look gives; what is left to know comes back.

        Purchases come first, and once one is found the others are judged anew: what was a row too many may
        be known by then.
        """
        refused: dict[str, str] = {}
        undecided: list[tuple[Order, Sent, Judgement]] = []
        again = True
        while again:
            again, undecided = False, []
            for order in books.there:
                sent = first_sent(order) if order.phase is Phase.SENT else None
                if sent is None:
                    continue
                books, judgement = await self._judged(books, order, sent)
                if isinstance(judgement, FoundRow) and order.id not in refused:
                    refused[order.id] = await self._bought(books, order, sent, judgement.row)
                    if not refused[order.id]:
                        books, again = books.without(order, judgement.row.provider_order_id), True
                        continue
                undecided.append((order, sent, judgement))
        empty: dict[str, datetime] = {}
        shown: list[str] = []
        for order, sent, judgement in undecided:
            self._standings[order.id] = Standing(judgement, self._now(), refused=refused.get(order.id, ""))
            match judgement:
                case NotBought():
                    if await self._not_bought(books, order, sent, judgement):
                        shown.append(order.id)
                case EmptyLook(at=at, counts=True):
                    empty[order.id] = at
                case FoundRow() | ForAPerson():
                    shown.append(order.id)
                case _:
                    pass
        await self._looks.forget_empty([key for key in shown if key in books.empty_looks])
        await self._looks.keep_empty(empty)
        return books

    async def _judged(self, books: _Books, order: Order, sent: Sent) -> tuple[_Books, Judgement]:
        """What the look says; where a list shows no times, the order that may be it is asked for its own."""
        judgement = judge(books.case(order, sent), books.look)
        if not isinstance(judgement, ForAPerson) or judgement.reasons != ("time_not_told",):
            return books, judgement
        row = judgement.row
        if row is None or row.created_at is not None or row.provider_order_id in books.replies:
            return books, judgement
        books = await self._dated(books, order, row.provider_order_id)
        return books, judge(books.case(order, sent), books.look)

    async def _dated(self, books: _Books, order: Order, number: str) -> _Books:
        try:
            reply = await books.provider.fetch(number)
            key = await self._journal.key(order.id)
        except PosError as error:
            _log.info("order %s: not asked when it came to be: %s", order.id, error.reason)
            return books
        if reply is None:
            return books
        found = books.provider.read_order(reply, purchase(order, key))
        at = None if found is None else found.created_at
        rows = tuple(
            replace(row, created_at=at) if row.provider_order_id == number else row for row in books.look.rows
        )
        return replace(books, look=replace(books.look, rows=rows), replies={**books.replies, number: reply})

    async def _bought(self, books: _Books, order: Order, sent: Sent, row: Row) -> str:
        """Take the row over as what was bought; returns why not, empty when it was."""
        try:
            before = await self._understood(order, books.provider)
            if before.n != order.n:
                raise NotAllowed("moved_on")
            told = books.replies.get(row.provider_order_id)
            reply = told or await books.provider.fetch(row.provider_order_id)
            if reply is None:
                raise NotAllowed("no_such_provider_order")
            key = await self._journal.key(order.id)
            found = that_order(order, key, books.provider, reply, row.provider_order_id)
            after = await self._books.take_over(
                order,
                key,
                reply,
                found,
                row.provider_order_id,
                by=_SELF,
                evidence=f"{_numbers(sent.fence, books)} {_row_in_words(row)}",
                how="by_look",
            )
        except PosError as error:
            _log.info("order %s: found in the books, not taken over: %s", order.id, error.reason)
            return error.reason
        self._standings.pop(order.id, None)
        self._announce(order, after)
        return ""

    async def _not_bought(self, books: _Books, order: Order, sent: Sent, found: NotBought) -> bool:
        try:
            before = await self._understood(order, books.provider)
            evidence = (
                f"{_numbers(sent.fence, books)} Nothing new that is not known to be another order's, and no"
                f" money missing, {_time(found.first)} and again {_time(found.at)}."
            )
            head = self._journal.head(order, _SELF)
            if before.n == order.n:
                verdict = Settled(**head, verdict="not_bought", how="by_look", evidence=evidence)
                self._announce(order, await self._journal.append(order, verdict))
                self._standings.pop(order.id, None)
        except PosError as error:
            _log.info("order %s: no verdict written: %s", order.id, error.reason)
            return False
        return True

    async def _watch(self, books: _Books) -> _Books:
        """Look whether anything judged not bought is there after all, and take its cards in, parked."""
        watched = [order for order in await self._accounts.watched() if not _is_all_here(order)]
        for order in _on(books.provider, watched):
            try:
                number = found_as(order)
                sent = first_sent(order)
                if number is None and sent is not None:
                    # Others judged not bought may cost the same: the alarm is raised for one of them.
                    open_ones = tuple(one for one in books.there if one.phase is not Phase.NOT_BOUGHT)
                    row = turned_up(replace(books, there=open_ones).case(order, sent), books.look)
                    number = None if row is None else row.provider_order_id
                if number is not None and await self._late(books, order, number):
                    books = books.without(order, number)
            except PosError as error:
                _log.info("order %s: not watched: %s", order.id, error.reason)
        return books

    async def _late(self, books: _Books, order: Order, number: str) -> bool:
        """Take in what turned up as the provider's order `number`; whether it is this order's."""
        reply = await books.provider.fetch(number)
        if reply is None:
            return False
        key = await self._journal.key(order.id)
        found = that_order(order, key, books.provider, reply, number)
        taken = await self._intake.taken(order, key, found.cards)
        known = number == found_as(order) and not taken.cards
        if known or {"code_seen_before", "other_card"} & set(taken.flags):
            return False
        heard = await self._intake.hear(order, key, reply, about="look", by=_SELF)
        told = replace(found, provider_order_id=number)
        after = await self._intake.answer(heard, key, told, _SELF, sent=last_sent(heard))
        self._announce(order, after)
        return True

    async def _tell_foreign(self, books: _Books) -> None:
        """Write down what the list shows that nobody here can have ordered."""
        if not books.account.declared or not books.look.reached or books.look.nameless:
            return
        known = books.claimed | books.account.explained | frozenset(books.account.strangers)
        ours: tuple[Money | None, ...] = tuple(asked(order).cost for order in books.there)
        if rows := foreign(books.look, known, ours):
            await self._accounts.see_foreign(books.provider.account, rows)

    async def _understood(self, order: Order, provider: Provider) -> Order:
        """The order, after a reply that was kept and not understood yet has been."""
        key = await self._journal.key(order.id)
        after = await self._intake.understand(order, key, provider, _SELF)
        if after.n != order.n:
            self._changes.announce("orders")
        return after

    async def _reread(self, order: Order) -> None:
        provider = self._providers.get(order.placed.product.provider)
        if provider is not None:
            await self._understood(order, provider)

    def _announce(self, before: Order, after: Order) -> None:
        if after.n != before.n:
            self._changes.announce("orders")
        if after.handed_cards != before.handed_cards:
            self._changes.announce("late")

    def _provider(self, order: Order) -> Provider:
        name = order.placed.product.provider
        provider = self._providers.get(name)
        if provider is None:
            raise Misconfigured("unknown_provider", provider=name)
        if provider.account != order.placed.account:
            raise NotAllowed("other_account")
        return provider


def _on(provider: Provider, orders: Iterable[Order]) -> list[Order]:
    """Those of `orders` that the books of `provider` may tell about: they were placed on its account."""
    return [
        order
        for order in orders
        if order.placed.product.provider == provider.name
        and order.placed.account == provider.account
        and _fence(order) is not None
    ]


def _is_all_here(order: Order) -> bool:
    """Whether an order judged not bought turned up with everything that can be taken in of it."""
    return found_as(order) is not None and len(order.cards) >= order.placed.quantity


def _fence(order: Order) -> Fence | None:
    sent = first_sent(order)
    return None if sent is None else sent.fence


def _numbers(fence: Fence | None, books: _Books) -> str:
    """What the books showed before and what they show now, for the record."""
    look = books.look
    before = "" if fence is None else f"{fence.total} orders, {fence.balance}, {fence.provider_date}"
    return f"Before it was sent: {before}. Now: {look.total} orders, {look.balance}, {look.provider_date}."


def _row_in_words(row: Row) -> str:
    at = "" if row.created_at is None else f", {_time(row.created_at)}"
    return f"New, of this amount and nobody else's: order {row.provider_order_id}, {row.amount}{at}."


def _time(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds")
