"""Selling: money received is written down, each order is bought once, and what came of it is told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import Misconfigured, NotAllowed, NotTaken, OutcomeUnknown, StoreProblem
from pos_app.intake import Intake, last_sent, purchase, sealed_recipient
from pos_app.lane import Lane, LaneWait, Paused
from pos_app.money import Money
from pos_app.orders.answers import Answer, NotTakenUp, Unclear
from pos_app.orders.cards import Card, masked_email
from pos_app.orders.cash_rounding import roundings
from pos_app.orders.draft import Draft, Line
from pos_app.orders.entries import Approved, Placed, Revealed, Sent, Withdrawn
from pos_app.orders.notes import Guarded
from pos_app.orders.order import IllegalStep, Order, Phase, Sale, Status
from pos_app.orders.rules import Problem
from pos_app.orders.sale import SaleHead, Tender, Way, as_compared, cash_rounding, problem_with_tenders
from pos_app.providers.base import Provider, Purchase
from pos_app.refunds import Refunds
from pos_app.repeats import earlier_order
from pos_app.seal import OrderKey
from pos_app.spares import Spares
from pos_app.store.journal import Journal
from pos_app.store.past import Past
from pos_app.store.spill import Kept
from pos_app.store.views import Views
from pos_app.work import Work

_log = logging.getLogger(__name__)

RENEW_SECONDS: Final = 10.0
"""How often leases are to be renewed; a third of how long they last."""

_A_DAY_OPEN: Final = timedelta(hours=16)
"""How long a shop's day is at most: terminals begin to count anew between two of them."""

_SELF = "countercard"
_KEEP_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries to write a reply down, a quarter of a minute in all."""


@dataclass(frozen=True, slots=True)
class Till:
    """Which register sells, whether it only plays, and whether its first start is finished."""

    register_id: str
    training: bool
    set_up: bool


@dataclass(frozen=True, slots=True)
class LineCheck:
    """Whether a line can be sold now: `problem` says why not; `quoted` is what one card would cost us."""

    ok: bool
    problem: Problem | None = None
    quoted: Money | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order for a list; `key` asks for the page behind it."""

    key: tuple[str, str]
    order_id: str
    sale_id: str
    sale_number: str
    at: datetime
    what: str
    quantity: int
    price: Money
    status: Status
    waits: bool
    by: str
    provider: str
    provider_order_no: str
    recipient_hint: str


class Guard(Protocol):
    """What looks at a sale before it is placed."""

    def in_force(self, draft: Draft, by: str) -> Callable[[Past, str], Sequence[Guarded]]:
        """What the journal asks in the placing transaction."""
        ...

    async def held_back(self, draft: Draft, by: str) -> None:
        """Write down that the sale was not placed."""
        ...


def _no_guard() -> Guard:
    raise AssertionError("a till without a guard sells nothing")


class Sales:
    """Everything that can happen to a sale. Whoever asks may go away; what was begun goes on to its end."""

    def __init__(
        self,
        journal: Journal,
        views: Views,
        intake: Intake,
        providers: Mapping[str, Provider],
        work: Work,
        changes: Changes,
        till: Till,
        now: Now,
    ) -> None:
        self._journal = journal
        self._views = views
        self._intake = intake
        self._providers = providers
        self._work = work
        self._changes = changes
        self._till = till
        self._now = now
        self._quotes: dict[str, Money | None] = {}
        self._performing = set[str]()
        self._resting = set[str]()
        self.lane: Final = Lane(journal, providers)
        self.refunds: Final = Refunds(journal, intake, changes, self.in_flight)
        self.spares: Final = Spares(journal, intake, changes)
        self._refuse_unready: Callable[[], None] = lambda: None
        self._have_step_aside: Callable[[bool], None] = lambda _selling: None
        self._guard: Callable[[], Guard] = _no_guard
        self._coin: Callable[[str], Money | None] = lambda _currency: None
        self._sending = set[str]()
        self._unkept: dict[str, tuple[OrderKey, Provider, Kept | None]] = {}

    def needs(self, refuse: Callable[[], None]) -> None:
        """Have `refuse` asked before money is taken and before anything is sent; it raises Misconfigured."""
        self._refuse_unready = refuse

    def guarded_by(self, guard: Callable[[], Guard]) -> None:
        """Have `guard` look at every sale before it is placed; it is made when the first one is."""
        self._guard = guard

    def rounds_cash(self, coin: Callable[[str], Money | None]) -> None:
        """Have `coin` say which coin cash of a currency is rounded to, None for not at all."""
        self._coin = coin

    def smallest_coin(self, currency: str) -> Money | None:
        """The coin that cash of `currency` is rounded to now, None for no rounding."""
        return self._coin(currency)

    async def refuse_codes(self, *texts: str) -> None:
        """Raise NotAllowed("code_in_evidence") for the code of a card among `texts`: what pays in part."""
        await self._intake.refuse_codes(*texts)

    def goes_before(self, step_aside: Callable[[bool], None]) -> None:
        """Have `step_aside` told when orders are on their way, and when none is any more."""
        self._have_step_aside = step_aside

    async def check(self, line: Line) -> LineCheck:
        """Ask the provider whether `line` can be had now; remembers the cost it quoted.

        Raises NotTaken, OutcomeUnknown or Misconfigured when the provider could not be asked, and
        NotAllowed("account_paused") when it is not to be.
        """
        if line.problems:
            return LineCheck(ok=False, problem=line.problems[0])
        await self.lane.refuse_paused({line.product.provider})
        quote = await self._provider(line.product.provider).quote(line.product, line.quantity, line.face)
        if not quote.available:
            return LineCheck(ok=False, problem=Problem("stock", "not_available", {"quantity": line.quantity}))
        cost = quote.cost or line.product.cost
        if cost is not None and await self._is_beyond_the_balance(line, cost):
            return LineCheck(ok=False, problem=Problem("stock", "balance_too_low"), quoted=cost)
        self._quotes[line.id] = cost
        return LineCheck(ok=True, quoted=self._quotes[line.id])

    async def place(self, draft: Draft, tenders: tuple[Tender, ...], by: str) -> Sale:
        """Write down that the money for `draft` was received. Nothing is bought yet.

        The same draft again returns the sale that is there. Raises NotAllowed before anything is written:
        "not_set_up", "invalid_draft", "money_incomplete", "code_in_evidence" (in a name or in a tender's
        reference), "account_paused", "key_changes" (`provider`: see `resting`); and "guarded" (`hits`,
        `asks`) while a rule of the scam guard has not what it asks for: that alone is then written down.
        """
        if not self._till.set_up:
            raise NotAllowed("not_set_up")
        self._refuse_unready()
        if draft.problems:
            raise NotAllowed("invalid_draft", problem=draft.problems[0])
        coin = self.smallest_coin(draft.currency)
        if (problem := problem_with_tenders(draft.total, tenders, coin)) is not None:
            raise NotAllowed("money_incomplete", problem=problem)
        rounding = cash_rounding(draft.total, tenders, coin)
        # A scanner types into whatever field has the focus.
        await self._intake.refuse_codes(by, *(tender.reference for tender in tenders))
        await self.lane.refuse_paused({line.product.provider for line in draft.lines})
        at = self._now()

        def build(number: str, keys: dict[str, OrderKey]) -> list[Placed]:
            head = SaleHead(
                id=draft.id,
                number=number,
                at=at,
                register=self._till.register_id,
                by=by,
                due=draft.total,
                tenders=tenders,
                order_ids=tuple(line.id for line in draft.lines),
                training=self._till.training,
                rounding=rounding,
            )
            prices = [line.total for line in draft.lines]
            shares = [None for _line in prices] if rounding is None else roundings(prices, rounding)
            return [
                self._placed(line, head, keys[line.id], share or None)
                for line, share in zip(draft.lines, shares, strict=True)
            ]

        guard, order_ids = self._guard(), [line.id for line in draft.lines]
        try:
            sale = await self._journal.place(build, draft.id, order_ids, guard.in_force(draft, by))
        except NotAllowed as error:
            if error.reason == "guarded":
                await guard.held_back(draft, by)
            raise
        for line in draft.lines:
            self._quotes.pop(line.id, None)
        self._changes.announce("orders")
        return sale

    async def perform(self, order_id: str, *, sell_anyway: bool = False, by: str = "") -> Order:
        """Supply `order_id`, from spare cards or by buying it once. A second caller joins the first.

        An order that was sent is never sent again. One that could be taken for another without an answer
        waits for it first, `pos_app.lane.WAITS_SECONDS` at most: see `lane_wait` and `stop_waiting`. With
        `sell_anyway` it is sent all the same, also when it waits already, and the other one is left to a
        person by `by`, or by whoever took the money.

        Returns the order once something is known about it. Raises NotTaken (nothing happened, the order is
        still to do), OutcomeUnknown (it stays not confirmed), Misconfigured and NotAllowed: "already_sent",
        "other_account", "lane_taken" (facts `order`, the other one's id, and `since`), "account_paused"
        (`provider`, `orders`, `since`), "key_changes" and "needs_a_manager" (see `approve`); after each of
        these it is as it was.
        """
        if sell_anyway:
            await self._intake.refuse_codes(by)
            self.lane.sell_anyway(order_id, by or (await self._journal.order(order_id)).placed.sale.by)
        return await self._work.keep(f"order {order_id}", lambda: self._perform(order_id))

    @contextlib.contextmanager
    def resting(self, provider: str) -> Generator[None]:
        """Within, nothing is placed with `provider` and nothing is sent: its key is being replaced.

        Raises NotAllowed("orders_on_their_way") while any order is.
        """
        if self._performing:
            raise NotAllowed("orders_on_their_way")
        self._resting.add(provider)
        try:
            yield
        finally:
            self._resting.discard(provider)
            # What was asked on one account says nothing of another.
            self._quotes.clear()

    def lane_wait(self, order_id: str) -> LaneWait | None:
        """Whom `order_id` waits for at this moment before it is sent, None when it does not wait."""
        return self.lane.waiting(order_id)

    def stop_waiting(self, order_id: str) -> None:
        """Have `order_id` wait no more: whoever performs it is told "lane_taken", and it stays to do."""
        self.lane.give_up(order_id)

    async def paused(self) -> tuple[Paused, ...]:
        """The providers that selling pauses from: too many orders there are not confirmed."""
        return await self.lane.paused()

    async def go_on(self, provider: str, by: str, evidence: str) -> tuple[str, ...]:
        """A manager has selling from `provider` go on. Raises like `pos_app.lane.Lane.go_on`.

        And NotAllowed("code_in_evidence").
        """
        await self._intake.refuse_codes(by, evidence)
        orders = await self.lane.go_on(provider, by, evidence)
        self._changes.announce("orders")
        return orders

    async def repeats(self, line: Line) -> Order | None:
        """The order of the last 24 hours with merchant, recipient and amount of `line`, if there is one."""
        return await earlier_order(self._journal, line, self._now)

    async def paid_before(self, sale_id: str, reference: str) -> SaleHead | None:
        """The newest sale of this register's day, other than `sale_id`, that `reference` of a terminal paid.

        Of this register's alone: the terminal beside another one counts its own payments.
        """
        wanted = as_compared(reference)
        for head in await self._views.paid_at_terminal(self._till.register_id, self._now() - _A_DAY_OPEN):
            paid = {as_compared(tender.reference) for tender in head.tenders if tender.kind == "terminal"}
            if head.id != sale_id and wanted in paid:
                return head
        return None

    async def approve(self, order_id: str, by: str, evidence: str) -> Order:
        """A manager allows what was left to a person to be bought: another copy of the store did not.

        Raises NotAllowed: "nothing_to_settle" for an order that waits for no such word, "not_a_manager",
        "needs_evidence".
        """
        order = await self._journal.order(order_id)
        if order.phase is not Phase.TO_DO or not order.left_because:
            raise NotAllowed("nothing_to_settle")
        await self._intake.check_evidence(order, evidence, by)
        head = self._journal.head(order, by.strip())
        order = await self._journal.append(order, Approved(**head, evidence=evidence.strip()))
        self._changes.announce("orders")
        return order

    def in_flight(self, order_id: str) -> bool:
        """Whether this process is working on `order_id` at this moment."""
        return order_id in self._performing

    def status(self, order: Order) -> Status:
        """What a person is told about `order` at this moment."""
        return order.status(in_flight=self.in_flight(order.id))

    async def status_anywhere(self, order: Order) -> Status:
        """Like `status`, asking the store whether another process is working on `order`."""
        leased = await self._journal.leased()
        return order.status(in_flight=self.in_flight(order.id) or order.id in leased)

    async def order(self, order_id: str) -> Order:
        """The order `order_id`. Raises NotAllowed("unknown_order")."""
        return await self._journal.order(order_id)

    async def approvals(self, sale_id: str) -> tuple[Guarded, ...]:
        """What held the sale up and was approved by a manager, first things first."""
        found = await self._journal.guarded_in(sale_id)
        return tuple(note for note in found if note.became == "approved")

    async def sale(self, sale_id: str) -> Sale:
        """The sale `sale_id` with its orders. Raises NotAllowed("unknown_order")."""
        sale = await self._journal.sale(sale_id)
        if sale is None:
            raise NotAllowed("unknown_order")
        return sale

    async def withdraw(self, order_id: str, by: str) -> Order:
        """Give up an order that was never sent; its money is then owed to the customer."""
        await self._intake.refuse_codes(by)
        order = await self._journal.order(order_id)
        self._refuse_while_in_flight(order)
        if order.phase is not Phase.TO_DO:
            raise NotAllowed("already_sent")
        order = await self._journal.append(order, Withdrawn(**self._journal.head(order, by)))
        self._changes.announce("orders")
        return order

    async def ways_back(self, order_id: str) -> tuple[Way, ...]:
        """By which tenders the money for `order_id` is to go back. Empty where none may."""
        return await self.refunds.ways(order_id)

    async def refund(self, order_id: str, by: str) -> Order:
        """Record that the customer got the money for `order_id` back, the way it came.

        An order that was never sent is withdrawn in the same breath. Raises NotAllowed("nothing_to_refund")
        for one that was bought, may have been bought, or was paid back already: `refunds` gives back what
        a manager may.
        """
        try:
            return await self.refunds.give_back(order_id, by)
        except NotAllowed as error:
            if error.reason == "needs_a_manager":
                raise NotAllowed("nothing_to_refund") from None
            raise

    async def reveal(self, order_id: str, card_id: str, by: str, where: str = "screen") -> Card:
        """A card in clear, written down as looked at before it is handed out.

        Raises NotAllowed("no_codes") for a card this order does not have, a parked one, or a purged one.
        """
        await self._intake.refuse_codes(by, where)
        order = await self._journal.order(order_id)
        sealed = next((card for card in order.handed_cards if card.id == card_id), None)
        if sealed is None:
            raise NotAllowed("no_codes")
        key = await self._journal.key(order_id)
        await self._journal.append(
            order, Revealed(**self._journal.head(order, by), card=card_id, where=where)
        )
        self._changes.announce("orders")
        return self._intake.open_card(key, sealed)

    async def orders(
        self,
        *,
        before: tuple[str, str] | None = None,
        limit: int = 50,
        search: str = "",
        only_open: bool = False,
    ) -> tuple[OrderRow, ...]:
        """At most `limit` orders, newest first, behind the row whose `key` is `before`.

        `search` finds by what `Views.orders` does, and by a whole code, which is written down nowhere.
        """
        cards = await self._views.cards_ending_like(search)
        also = {card.order_id for card in cards if self._intake.is_card(card, search)}
        lines = await self._views.orders(
            before=before, limit=limit, search=search, also=also, only_waiting=only_open
        )
        leased = (
            await self._journal.leased()
            if any(line.phase == Phase.SENT for line in lines)
            else frozenset[str]()
        )
        rows: list[OrderRow] = []
        for line in lines:
            in_flight = self.in_flight(line.order_id) or line.order_id in leased
            if line.phase == Phase.SENT:
                status = Status.IN_PROGRESS if in_flight else Status.NOT_CONFIRMED
            else:
                status = Status(line.phase)
            rows.append(
                OrderRow(
                    key=(line.at.isoformat(timespec="microseconds"), line.order_id),
                    order_id=line.order_id,
                    sale_id=line.sale_id,
                    sale_number=line.sale_number,
                    at=line.at,
                    what=line.brand,
                    quantity=line.quantity,
                    price=line.price,
                    status=status,
                    waits=line.waits,
                    by=line.by,
                    provider=line.provider,
                    provider_order_no=line.provider_order_no,
                    recipient_hint=line.recipient_hint,
                )
            )
        return tuple(rows)

    async def open_count(self) -> int:
        """How many orders wait for a person; those being worked on at this moment do not."""
        return max(0, await self._views.waiting() - len(self._performing))

    async def _perform(self, order_id: str) -> Order:
        self._performing.add(order_id)
        self._have_step_aside(True)
        try:
            return await self._buy(order_id)
        finally:
            self._performing.discard(order_id)
            self._have_step_aside(bool(self._performing))
            self.lane.done_with(order_id)
            self._changes.announce("orders")

    async def _buy(self, order_id: str) -> Order:
        for kept in self._intake.spill.left():
            if kept.order_id == order_id:
                # It may prove that it was bought, and there was no room for it until now.
                await self._take_up(kept)
        order = await self._journal.order(order_id)
        if order.phase is not Phase.TO_DO:
            raise NotAllowed("already_sent")
        if order.left_because:
            raise NotAllowed("needs_a_manager")
        self._refuse_unready()
        if (supplied := await self.spares.supply(order)) is not None:
            return supplied
        provider = self._provider(order.placed.product.provider)
        self._refuse_resting(provider.name)
        if provider.account != order.placed.account:
            raise NotAllowed("other_account")
        # Everything sealing the reply will need is made ready before anything leaves.
        key = await self._journal.key(order_id)
        request = purchase(order, key)
        order = await self._sent(order, provider)
        self._changes.announce("orders")
        self._sending.add(order_id)
        try:
            order, answer = await self._send_and_hear(order, key, request, provider)
            # The customer waits for this; letting go of the lease can come behind it.
            self._changes.announce("orders")
        finally:
            self._sending.discard(order_id)
            # A store that can not be written now must not hide what happened; the lease runs out by itself.
            with contextlib.suppress(StoreProblem):
                await self._journal.release_lease(order_id)
        match answer:
            case Unclear(reason):
                raise OutcomeUnknown(reason)
            case NotTakenUp(reason, retry_after=seconds):
                if reason == "unauthorized":
                    raise Misconfigured("key_refused", provider=provider.name)
                raise NotTaken(reason, provider=provider.name, retry_after=seconds)
            case _:
                return order

    async def _sent(self, order: Order, provider: Provider) -> Order:
        """`order` with its `Sent`, once nothing is in its way and behind what the books show then."""
        while True:
            await self.lane.free(order)
            fence = await provider.fence()
            sent = Sent(**self._journal.head(order, order.placed.sale.by), fence=fence)
            try:
                return await self._journal.append(order, sent, sold_on_by=self.lane.sold_on_by(order.id))
            except NotAllowed as error:
                # Somebody was quicker while the books were read: behind them, or no more.
                if error.reason != "lane_taken":
                    raise

    async def _is_beyond_the_balance(self, line: Line, cost: Money) -> bool:
        """Whether our account can not pay for `line` beside what is open; not known is not beyond."""
        provider = self._provider(line.product.provider)
        balance = await provider.balance()
        if balance is None or balance.currency != cost.currency:
            return False
        return balance < cost * line.quantity + await self._journal.open_cost(provider.account, cost.currency)

    async def renew_leases(self) -> None:
        """Say that this process still works on what it has sent; called while the register is open."""
        for order_id in tuple(self._sending):
            await self._journal.renew_lease(order_id)

    async def _send_and_hear(
        self, order: Order, key: OrderKey, request: Purchase, provider: Provider
    ) -> tuple[Order, Answer]:
        try:
            reply = await provider.send(request)
        except (NotTaken, Misconfigured) as error:
            # A provider that finds itself set up wrongly says so before it sends anything.
            await self._intake.was_not_taken(order, error.reason, _SELF, sent=last_sent(order))
            raise
        kept = self._intake.keep(order, key, reply, about="buy", by=_SELF)
        self._unkept[order.id] = key, provider, kept
        try:
            order = await self._hear(kept)
        except IllegalStep:
            # Who wrote that it was over while it was under way had no right to; it lies in a file.
            del self._unkept[order.id]
            with contextlib.suppress(StoreProblem):
                await self._leave(kept)
            raise OutcomeUnknown("not_kept") from None
        self._unkept[order.id] = key, provider, None
        answer = provider.read(reply, request)
        try:
            order = await self._intake.answer(order, key, answer, _SELF, sent=kept.sent)
        except StoreProblem:
            # The reply is kept; what it means is written down when there is room, or at the next start.
            raise OutcomeUnknown("not_kept") from None
        del self._unkept[order.id]
        return order, answer

    async def keep_what_was_heard(self) -> None:
        """Write down the replies that the disk did not take when they came; called while the till is open.

        Until then they lie in files, of this process or of one before, or where no disk took one in memory
        alone, and their orders are not confirmed. What is wrong with one keeps none of the others from being
        written. A file that holds what can be no reply to its order stays where it is; the doctor tells. If
        it answers a request the journal knows nothing of, its order is left to a person.
        """
        # The till's own round, the resolver and a person's verdict all ask for this, and may at one time. One
        # that is under way may have passed by what came since.
        await self._work.keep_next("unkept", self._keep_all)

    async def _keep_all(self) -> None:
        for order_id in tuple(self._unkept):
            await self._keep(order_id)
        await self._take_up_files()

    async def _keep(self, order_id: str) -> None:
        # Read only now: whoever performs it may have done with it while another was written down.
        if self.in_flight(order_id) or (unkept := self._unkept.get(order_id)) is None:
            return
        key, provider, kept = unkept
        with self._each_for_itself(order_id):
            order = (
                await self._journal.order(order_id) if kept is None else await self._intake.write_down(kept)
            )
            self._unkept[order_id] = key, provider, None
            await self._intake.understand(order, key, provider, _SELF)
            del self._unkept[order_id]
            self._changes.announce("orders")
            self._changes.announce("late")

    async def _take_up_files(self) -> None:
        for kept in self._intake.spill.left():
            if self.in_flight(kept.order_id) or kept.order_id in self._unkept:
                continue
            with self._each_for_itself(kept.order_id):
                await self._take_up(kept)

    async def _take_up(self, kept: Kept) -> None:
        try:
            order = await self._journal.order(kept.order_id)
            key = await self._journal.key(kept.order_id)
            if not self._intake.is_whole(key, kept):
                raise Misconfigured("store_key_wrong")  # noqa: TRY301  told like a key that does not fit
            order = await self._intake.write_down(kept)
        except (NotAllowed, Misconfigured) as error:
            self._passed_by(kept, error)
            return
        except IllegalStep as error:
            await self._leave(kept)
            self._passed_by(kept, error)
            return
        self._changes.announce("orders")
        provider = self._providers.get(order.placed.product.provider)
        # Its process may have died behind the commit, and even behind what it made of the reply.
        is_open = order.phase is Phase.SENT or order.unread
        if kept.about == "buy" and is_open and provider is not None:
            await self._intake.understand(order, key, provider, _SELF)
            self._changes.announce("orders")
            self._changes.announce("late")

    def _passed_by(self, kept: Kept, error: Exception) -> None:
        _log.error("order %s: the reply in its file can not be written: %s", kept.order_id, error)
        self._intake.spill.leave(kept)

    async def _leave(self, kept: Kept) -> None:
        """It answers what the journal does not know: nothing more is sent for its order without a person."""
        await self._intake.leave_to_a_person(kept, _SELF)
        self._changes.announce("orders")

    @contextlib.contextmanager
    def _each_for_itself(self, order_id: str) -> Generator[None]:
        try:
            yield
        except StoreProblem:
            # There is still no room; it is tried again.
            pass
        except Exception as error:  # noqa: BLE001  a bug about one reply must not cost the others
            _log.warning("order %s: what was heard is not written: %s", order_id, type(error).__name__)

    async def _hear(self, kept: Kept) -> Order:
        """Keep a reply; a disk that is full now may have room in a moment, and the reply is all there is.

        From the first refusal on it lies in a file besides, where any disk takes one.
        """
        for pause in _KEEP_PAUSES:
            try:
                return await self._intake.write_down(kept)
            except StoreProblem:
                await asyncio.sleep(pause)
        try:
            return await self._intake.write_down(kept)
        except StoreProblem:
            raise OutcomeUnknown("not_kept") from None

    def _placed(self, line: Line, head: SaleHead, key: OrderKey, rounding: Money | None) -> Placed:
        # In the transaction that places it: what looks for open orders behind it has this one before it.
        self._refuse_resting(line.product.provider)
        recipient = line.recipient
        return Placed(
            id=f"{line.id}-0",
            order_id=line.id,
            n=0,
            at=head.at,
            by=head.by,
            sale=head,
            account=self._provider(line.product.provider).account,
            product=line.product,
            quantity=line.quantity,
            face=line.face,
            price=line.price,
            quoted=self._quotes.get(line.id, line.product.cost),
            recipient=None
            if recipient is None
            else sealed_recipient(key, (recipient.email, recipient.name, recipient.message)),
            recipient_hint="" if recipient is None else masked_email(recipient.email),
            rounding=rounding,
        )

    def _provider(self, name: str) -> Provider:
        provider = self._providers.get(name)
        if provider is None:
            raise Misconfigured("unknown_provider", provider=name)
        return provider

    def _refuse_resting(self, provider: str) -> None:
        if provider in self._resting:
            raise NotAllowed("key_changes", provider=provider)

    def _refuse_while_in_flight(self, order: Order) -> None:
        if self.in_flight(order.id):
            raise NotAllowed("in_flight")
