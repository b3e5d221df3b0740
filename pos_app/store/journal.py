"""The journal: every entry, in order, chained. The truth; everything else can be made again from it."""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from pos_app import clock
from pos_app.clock import NewId, Now, Seconds
from pos_app.errors import NotAllowed, StoreProblem
from pos_app.money import Money
from pos_app.orders.account import fold_account
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    AnyEntry,
    GivenOn,
    Head,
    LeftToAPerson,
    Placed,
    Purged,
    Refunded,
    Sent,
    Settled,
    Supplied,
    read_entry,
    write_entry,
)
from pos_app.orders.lane import PAUSES_AT, in_the_lane, not_confirmed, open_cost, sent_at
from pos_app.orders.notes import (
    MARK,
    SETTINGS,
    STORE,
    AnyNote,
    Guarded,
    Restored,
    SettingChanged,
    about,
    guarded,
    read_note,
    write_note,
)
from pos_app.orders.order import IllegalStep, Order, Phase, Sale, fold
from pos_app.seal import OrderKey, Sealer
from pos_app.store.database import Database, Tx
from pos_app.store.elsewhere import Elsewhere
from pos_app.store.heads import JournalEnd, ends
from pos_app.store.leases import Leases
from pos_app.store.papers_begun import PapersBegun
from pos_app.store.past import Past
from pos_app.store.rows import write_rows
from pos_app.store.verify import Verification, chained_line, verify

T = TypeVar("T")
N = TypeVar("N", Guarded, SettingChanged)
_log = logging.getLogger(__name__)

_IN_MIND: Final = 32
"""How many orders a process remembers as it wrote them: those that are being sold."""


@dataclass(frozen=True, slots=True)
class Spare:
    """A card that is the shop's own, where it lies: in `order`, under its `key`."""

    order: Order
    key: OrderKey
    card: SealedCard


class Journal:
    """The entries of all orders in one store, written by one register under its number."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        register: str,
        holder: str,
        now: Now,
        new_id: NewId,
        seconds: Seconds = clock.seconds,
    ) -> None:
        self._new_id = new_id
        self._left_out = set[str]()
        self._written: OrderedDict[str, Order] = OrderedDict()
        self._database = database
        self.papers_begun = PapersBegun(database)
        self._sealer = sealer
        self._register = register
        self._leases = Leases(holder, now, seconds)
        self._now = now

    def head(self, order: Order, by: str, *, ahead: int = 0) -> Head:
        """The head of the entry that follows what `order` has seen, `ahead` places further on."""
        return Head(id=self._new_id(), order_id=order.id, n=order.n + ahead, at=self._now(), by=by)

    def new_entry_id(self) -> str:
        """The id of an entry that is told of before it is written."""
        return self._new_id()

    async def place(
        self,
        build: Callable[[str, dict[str, OrderKey]], Sequence[Placed]],
        sale_id: str,
        order_ids: Sequence[str],
        guard: Callable[[Past, str], Sequence[Guarded]] | None = None,
    ) -> Sale:
        """Write the placing of a whole sale in one transaction and return the sale.

        `build` is given the sale's number and a key for each order, and makes the entries. If the sale is
        there already, nothing is written and it is returned: pressing twice places once.

        `guard` looks at what all registers sold until this moment, knows the sale's number, and raises what
        keeps it from being placed, or tells what is to be written beside it.
        """

        def act(tx: Tx) -> Sale:
            known = _orders_of_sale(tx, sale_id)
            if known:
                return Sale(known[0].placed.sale, known)
            number = f"{self._register}-{_next(tx, f'sale {self._register}'):06d}"
            if guard is not None:
                for note in guard(self._past(tx, sale_id), number):
                    self._chain(tx, note, write_note(note))
            keys: dict[str, OrderKey] = {}
            for order_id in order_ids:
                keys[order_id], wrapped = self._sealer.new_order_key(order_id)
                tx.execute("INSERT INTO order_key (order_id, wrapped) VALUES (?, ?)", (order_id, wrapped))
            entries = build(number, keys)
            orders = tuple(self._write(tx, None, entry) for entry in entries)
            return Sale(orders[0].placed.sale, orders)

        return await self._database.run(act)

    async def weigh(self, sale_id: str, look: Callable[[Past], T]) -> T:
        """What `look` makes of everything that was sold until this moment; for a sale that may be placed."""
        return await self._database.run(lambda tx: look(self._past(tx, sale_id)))

    async def guarded(self, limit: int) -> tuple[Guarded, ...]:
        """The newest `limit` lines about what the scam guard found, newest first; broken ones left out."""
        sql = (
            "SELECT CAST(body AS BLOB) FROM entry WHERE order_id >= ? AND order_id < ? AND kind = 'guarded'"
            " ORDER BY rowid DESC LIMIT ?"
        )
        first = guarded("")
        rows = await self._database.run(lambda tx: tx.rows(sql, (first, f"{MARK}guard!", limit)))
        return _readable(Guarded, rows)

    async def guarded_in(self, sale_id: str) -> tuple[Guarded, ...]:
        """What the scam guard found about one sale, first things first; broken lines left out."""
        sql = "SELECT CAST(body AS BLOB) FROM entry WHERE order_id = ? ORDER BY n"
        return _readable(Guarded, await self._database.run(lambda tx: tx.rows(sql, (guarded(sale_id),))))

    async def append(self, order: Order, *entries: AnyEntry, sold_on_by: str = "") -> Order:
        """Write `entries` behind what `order` has seen, all or none, and return the order after them.

        A `Sent` takes the order's lease for this process, and its lane, in the same transaction; what decides
        about the order, or pays it back unanswered, is refused while anybody has it, and a `Settled` takes
        what it names for this order alone. With `sold_on_by`, a name, whoever has the lane is left to a
        person. Raises NotAllowed: "moved_on" when somebody else wrote first, "in_flight" when somebody is
        working on it, "lane_taken" (facts `order` and `since`) and "account_paused" (`orders`, `since`),
        "already_claimed" or "code_seen_before" when another order has it; IllegalStep for an entry that can
        not follow.
        """

        def act(tx: Tx) -> Order:
            current = self._current(tx, order.id)
            if current.n != order.n:
                raise NotAllowed("moved_on")
            for entry in entries:
                if isinstance(entry, Sent):
                    self._take_lane(tx, current, entry, sold_on_by)
                    self._leases.take(tx, order.id)
                if isinstance(entry, Settled) or (
                    isinstance(entry, Refunded) and current.phase is Phase.SENT
                ):
                    self._leases.refuse(tx, order.id)
                if isinstance(entry, Settled):
                    _refuse_what_another_has(tx, current, entry)
                current = self._write(tx, current, entry)
            return current

        return await self._database.run(act)

    async def add(self, order_id: str, build: Callable[[Order], AnyEntry]) -> Order:
        """Write the entry that `build` makes from the order as it is at this moment.

        For what happened whatever else was written meanwhile: a reply must not be refused because a slip
        was printed while it was under way. Raises IllegalStep for an entry that can not follow.
        """

        def act(tx: Tx) -> Order:
            current = self._current(tx, order_id)
            return self._write(tx, current, build(current))

        return await self._database.run(act)

    async def add_once(self, order_id: str, entry_id: str, build: Callable[[Order], AnyEntry]) -> Order:
        """Like `add`, unless the entry `entry_id` is there already: then nothing is written.

        For what may have been written by a commit nobody heard of.
        """

        def act(tx: Tx) -> Order:
            current = self._current(tx, order_id)
            if tx.one("SELECT 1 FROM entry WHERE id = ?", (entry_id,)):
                return current
            return self._write(tx, current, build(current))

        return await self._database.run(act)

    async def note(
        self, subject: str, build: Callable[[tuple[AnyNote, ...]], Sequence[AnyNote]]
    ) -> tuple[AnyNote, ...]:
        """Write the notes that `build` makes from those about `subject`, and return them all.

        In one transaction: two that see the same note it once.
        """

        def act(tx: Tx) -> tuple[AnyNote, ...]:
            known = _notes(tx, subject)
            more = build(known)
            for note in more:
                self._chain(tx, note, write_note(note))
            return (*known, *more)

        return await self._database.run(act)

    async def notes(self, subject: str) -> tuple[AnyNote, ...]:
        """What the journal says about `subject` (see `pos_app.orders.notes`), in its order."""
        return await self._database.run(lambda tx: _notes(tx, subject))

    def noting(self, by: str, build: Callable[[Head, str], SettingChanged]) -> Callable[[Tx], None]:
        """What writes the note that `build` makes, in the transaction of what it tells.

        `build` is given its head and this register's number. A damaged line among the earlier ones keeps
        none from being written.
        """

        def act(tx: Tx) -> None:
            ((last,),) = tx.rows("SELECT COALESCE(MAX(n), -1) FROM entry WHERE order_id = ?", (SETTINGS,))
            head = Head(id=self._new_id(), order_id=SETTINGS, n=int(last) + 1, at=self._now(), by=by)
            note = build(head, self._register)
            self._chain(tx, note, write_note(note))

        return act

    async def write_noted(self, noted: Callable[[Tx], None]) -> None:
        """Write what `noting` made, in a transaction of its own."""
        await self._database.run(noted)

    async def settings_changed(self, limit: int) -> tuple[SettingChanged, ...]:
        """The newest `limit` notes about the settings, newest first; broken ones left out."""
        sql = "SELECT CAST(body AS BLOB) FROM entry WHERE order_id = ? ORDER BY n DESC LIMIT ?"
        return _readable(SettingChanged, await self._database.run(lambda tx: tx.rows(sql, (SETTINGS, limit))))

    async def begin_life(
        self, build: Callable[[Head], Restored], beside: Callable[[Tx, Restored, str], None], by: str
    ) -> tuple[Restored, int]:
        """Write that the store began a new life, and leave to a person what a copy of it may have done.

        `beside` writes what belongs to it in the same transaction; it is given the note and the name of this
        register's counter of sales. Returns the note, and how many orders are left to a person by it.
        """

        def act(tx: Tx) -> tuple[Restored, int]:
            note = build(self.note_head(STORE, _notes(tx, STORE), by))
            self._chain(tx, note, write_note(note))
            sql = "SELECT order_id FROM order_row WHERE phase IN (?, ?) ORDER BY at, position"
            open_ones = self._readable(tx, tx.rows(sql, (str(Phase.TO_DO), str(Phase.SENT))))
            left = [order for order in open_ones if not order.left_because]
            reason = "moved" if note.how == "moved" else "restored"
            for order in left:
                self._write(tx, order, LeftToAPerson(**self.head(order, by), reason=reason))
            beside(tx, note, f"sale {self._register}")
            return note, len(left)

        return await self._database.run(act)

    def note_head(self, subject: str, known: Sequence[AnyNote], by: str, *, ahead: int = 0) -> Head:
        """The head of the note that follows the `known` ones of `subject`, `ahead` places further on."""
        return Head(id=self._new_id(), order_id=subject, n=len(known) + ahead, at=self._now(), by=by)

    async def take_in(self, order_id: str, build: Callable[[Order, Elsewhere], Sequence[AnyEntry]]) -> Order:
        """Write the entries that `build` makes from the order and from what others have at this moment.

        For what brings cards: asked in one transaction and written in another, one code would be two
        customers'. All entries are written or none; none at all is fine. Raises IllegalStep like `add`.
        """

        def act(tx: Tx) -> Order:
            current = self._current(tx, order_id)
            for entry in build(current, Elsewhere(tx, order_id)):
                current = self._write(tx, current, entry)
            return current

        return await self._database.run(act)

    async def lane_holder(self, order: Order) -> Order | None:
        """The order that keeps `order`, not sent yet, from being sent; None when its lane is free."""

        def act(tx: Tx) -> Order | None:
            taken = in_the_lane(order, self._sent_on(tx, order.placed.account))
            return taken[0] if taken else None

        return await self._database.run(act)

    async def not_confirmed(self, account: str) -> tuple[Order, ...]:
        """The orders of `account` over which selling pauses when they are `PAUSES_AT`, oldest first."""
        return await self._database.run(lambda tx: self._not_confirmed(tx, account))

    async def open_cost(self, account: str, currency: str) -> Money:
        """What orders of `account` that are to do or have no answer may still debit, in `currency`."""
        sql = "SELECT order_id FROM order_row WHERE account = ? AND phase IN (?, ?)"
        phases = [str(Phase.TO_DO), str(Phase.SENT)]
        return await self._database.run(
            lambda tx: open_cost(self._readable(tx, tx.rows(sql, [account, *phases])), currency)
        )

    async def placed_since(self, since: datetime, provider: str, item: str) -> tuple[Order, ...]:
        """The orders of this item placed at `since` (UTC) or later, oldest first."""
        sql = (
            "SELECT order_id FROM order_row WHERE at >= ? AND provider = ? AND item = ? ORDER BY at, position"
        )
        at = since.isoformat(timespec="microseconds")
        return await self._database.run(lambda tx: self._readable(tx, tx.rows(sql, [at, provider, item])))

    async def pay_back(
        self, order_id: str, build: Callable[[Order, tuple[Order, ...]], Sequence[AnyEntry]]
    ) -> Order:
        """Write the entries that `build` makes from the order and from all orders of its sale.

        In one transaction, so that two of them are not paid out of the same tender. Raises
        NotAllowed("in_flight") while somebody works on the order.
        """

        def act(tx: Tx) -> Order:
            current = self._current(tx, order_id)
            if current.phase is Phase.SENT:
                self._leases.refuse(tx, order_id)
            for entry in build(current, _orders_of_sale(tx, current.placed.sale.id)):
                current = self._write(tx, current, entry)
            return current

        return await self._database.run(act)

    async def supply(
        self, order_id: str, build: Callable[[Order, Sequence[Spare]], Supplied]
    ) -> Order | None:
        """Take spare cards for the whole order `order_id` and return it; None when there are not enough.

        `build` seals them anew. One transaction writes all entries: no card is taken twice. Raises
        NotAllowed("already_sent") for an order that is not to do any more.
        """

        def act(tx: Tx) -> Order | None:
            current = self._current(tx, order_id)
            if current.phase is not Phase.TO_DO:
                raise NotAllowed("already_sent")
            found = self._spares(tx, current)[: current.placed.quantity]
            if len(found) < current.placed.quantity:
                return None
            entry = build(current, found)
            after = self._write(tx, current, entry)
            sources: dict[str, Order] = {}
            for one in found:
                source = sources.get(one.order.id, one.order)
                given = GivenOn(**self.head(source, entry.by), card=one.card.id, to=order_id)
                sources[source.id] = self._write(tx, source, given)
            return after

        return await self._database.run(act)

    async def with_cards(self, *standings: str) -> tuple[Order, ...]:
        """The orders with a card of one of these standings (`pos_app/store/rows.py`), oldest first."""
        marks = ", ".join("?" for _ in standings)
        sql = (
            "SELECT order_id FROM order_row WHERE order_id IN (SELECT order_id FROM card_row"  # noqa: S608
            f" WHERE standing IN ({marks})) ORDER BY at, order_id"
        )
        return await self._database.run(lambda tx: self._readable(tx, tx.rows(sql, standings)))

    async def before_this_life(self, order_ids: Collection[str]) -> Mapping[str, int]:
        """How many entries of each order are from before the store's present life; none: not in it."""
        return await self._database.run(lambda tx: _before_this_life(tx, order_ids))

    async def claim(self, order_id: str, build: Callable[[Order, str], AnyEntry]) -> Order:
        """Write the entry that `build` makes from the order and the next free claim number."""

        def act(tx: Tx) -> Order:
            number = f"C-{self._register}-{_next(tx, f'claim {self._register}'):04d}"
            current = self._current(tx, order_id)
            return self._write(tx, current, build(current, number))

        return await self._database.run(act)

    async def claimed_in(self, number: str) -> str | None:
        """The order that the open claim `number` is about, None when there is none."""
        sql = "SELECT order_id FROM claimed_row WHERE number = ? AND closed = 0"
        row = await self._database.run(lambda tx: tx.one(sql, (number,)))
        return None if row is None else str(row[0])

    async def with_claims(self, *, closed: bool) -> tuple[Order, ...]:
        """The orders about which something is claimed; with `closed` also those where it is over."""
        sql = "SELECT DISTINCT order_id FROM claimed_row WHERE closed <= ? ORDER BY order_id"
        return await self._database.run(lambda tx: self._readable(tx, tx.rows(sql, (int(closed),))))

    async def odd(self, since: datetime | None = None) -> tuple[Order, ...]:
        """The orders with something to claim that none of their cards tells of, oldest first.

        With `since` (UTC) those only that were placed then or later.
        """
        sql = "SELECT order_id FROM order_row WHERE odd = 1 AND at >= ? ORDER BY at, order_id"
        at = "" if since is None else since.isoformat(timespec="microseconds")
        return await self._database.run(lambda tx: self._readable(tx, tx.rows(sql, [at])))

    async def beside(self, order_id: str, look: Callable[[Elsewhere], T]) -> T:
        """What `look` finds out about all orders but `order_id`; the next moment it may be otherwise."""
        return await self._database.run(lambda tx: look(Elsewhere(tx, order_id)))

    def new_id(self) -> str:
        """An id for an entry that is made before its place is known."""
        return self._new_id()

    def now(self) -> datetime:
        """This moment, as entries are dated."""
        return self._now()

    async def order(self, order_id: str) -> Order:
        """The order `order_id`. Raises NotAllowed("unknown_order")."""
        return await self._database.run(lambda tx: _order(tx, order_id))

    async def sale(self, sale_id: str) -> Sale | None:
        """The sale `sale_id` with all its orders, None when there is none."""
        orders = await self._database.run(lambda tx: _orders_of_sale(tx, sale_id))
        return Sale(orders[0].placed.sale, orders) if orders else None

    async def in_phase(self, *phases: Phase) -> tuple[Order, ...]:
        """All orders in one of `phases`, oldest first; those that can not be read are left out."""
        marks = ", ".join("?" for _ in phases)

        def act(tx: Tx) -> tuple[Order, ...]:
            found = tx.rows(
                f"SELECT order_id FROM order_row WHERE phase IN ({marks}) ORDER BY at, position",  # noqa: S608
                [str(phase) for phase in phases],
            )
            return self._readable(tx, found)

        return await self._database.run(act)

    async def unreadable(self, account: str, *phases: Phase) -> int:
        """How many orders of `account` in one of `phases` are left out of lists, for they can not be read."""
        marks = ", ".join("?" for _ in phases)
        sql = f"SELECT order_id FROM order_row WHERE account = ? AND phase IN ({marks})"  # noqa: S608

        def act(tx: Tx) -> int:
            found = tx.rows(sql, [account, *(str(phase) for phase in phases)])
            return len(found) - len(self._readable(tx, found))

        return await self._database.run(act)

    async def settled_and_waiting(self) -> tuple[Order, ...]:
        """The orders somebody decided about that wait again, oldest first; unreadable ones are left out."""
        sql = (
            "SELECT order_id FROM order_row WHERE waits = 1 AND EXISTS (SELECT 1 FROM entry"
            " WHERE entry.order_id = order_row.order_id AND entry.kind = 'settled') ORDER BY at, position"
        )
        return await self._database.run(lambda tx: self._readable(tx, tx.rows(sql)))

    async def with_replies(self) -> tuple[Order, ...]:
        """The orders with kept replies that may say more than is known, oldest first; unreadable left out."""
        sql = (
            "SELECT order_id FROM order_row WHERE EXISTS (SELECT 1 FROM entry"
            " WHERE entry.order_id = order_row.order_id AND entry.kind = 'heard')"
            " AND (phase IN ('sent', 'codes_pending') OR EXISTS (SELECT 1 FROM entry"
            " WHERE entry.order_id = order_row.order_id AND entry.kind = 'settled')) ORDER BY at, position"
        )
        return await self._database.run(lambda tx: self._readable(tx, tx.rows(sql)))

    async def waiting(self, limit: int) -> tuple[Order, ...]:
        """The readable ones of the `limit` orders that have waited longest for somebody, oldest first."""

        def act(tx: Tx) -> tuple[Order, ...]:
            found = tx.rows(
                "SELECT order_id FROM order_row WHERE waits = 1 ORDER BY at, order_id LIMIT ?", (limit,)
            )
            return self._readable(tx, found)

        return await self._database.run(act)

    async def key(self, order_id: str) -> OrderKey:
        """The key that opens what is sealed about `order_id`.

        Raises NotAllowed: "purged" once it was (`at` says when), "no_codes" where there is none.
        """

        def act(tx: Tx) -> OrderKey:
            row = tx.one("SELECT wrapped FROM order_key WHERE order_id = ?", (order_id,))
            if row is None:
                if tx.one("SELECT 1 FROM entry WHERE order_id = ? AND kind = 'purged'", (order_id,)):
                    purged = self._current(tx, order_id).purged
                    raise NotAllowed("purged", at=purged and purged.at)
                raise NotAllowed("no_codes")
            # Here, off the event loop: the first key of a day has the cipher imported.
            return self._sealer.open_order_key(order_id, str(row[0]))

        return await self._database.run(act)

    async def claimed_by_another(self, account: str, provider_order_id: str, order_id: str) -> bool:
        """Whether this order of the provider is already the answer to another order of ours."""
        return await self.beside(order_id, lambda elsewhere: elsewhere.claims(account, provider_order_id))

    async def claimed(self, account: str, provider_order_ids: Collection[str]) -> frozenset[str]:
        """Which of these orders of the provider's are already the answer to an order of ours."""
        if not provider_order_ids:
            return frozenset()
        marks = ", ".join("?" for _ in provider_order_ids)
        sql = f"SELECT provider_order_id FROM claim WHERE account = ? AND provider_order_id IN ({marks})"  # noqa: S608
        rows = await self._database.run(lambda tx: tx.rows(sql, [account, *provider_order_ids]))
        return frozenset(str(number) for (number,) in rows)

    async def renew_lease(self, order_id: str) -> None:
        """Say that this process still works on `order_id`."""
        await self._database.run(lambda tx: self._leases.renew(tx, order_id))

    async def release_lease(self, order_id: str) -> None:
        """Say that this process no longer works on `order_id`."""
        await self._database.run(lambda tx: self._leases.release(tx, order_id))

    async def forget_leases(self) -> None:
        """Drop the leases of this register's earlier processes. Only for who holds the store's lock."""
        await self._database.run(lambda tx: tx.execute("DELETE FROM lease"))

    async def leased(self) -> frozenset[str]:
        """The orders some process is working on at this moment, as far as the clock tells."""
        return await self._database.run(self._leases.held)

    async def perhaps_leased(self) -> frozenset[str]:
        """The orders some process may be working on, though its lease ran out: for whoever decides."""
        return await self._database.run(self._leases.perhaps_held)

    async def verify(self, known: Collection[JournalEnd] = (), *, stories: bool = True) -> Verification:
        """Walk the whole journal, some lines at a time: the chain, every line's place, and the orders.

        Without `stories` the chain and the places alone.

        `known` are ends of the chain it must have come past, as they are known from elsewhere.
        """
        return await verify(self._database, self._sealer, self._register, known, stories=stories)

    async def ends(self) -> tuple[JournalEnd, ...]:
        """Where the chain of each register ends at this moment."""
        return await self._database.run(ends)

    def _readable(self, tx: Tx, order_ids: Sequence[tuple[str]]) -> tuple[Order, ...]:
        """The orders that can be read: a damaged one keeps none of the others from being looked at."""
        orders: list[Order] = []
        for (order_id,) in order_ids:
            try:
                orders.append(_order(tx, order_id))
            except StoreProblem as error:
                # Asked every few seconds: told once.
                if order_id not in self._left_out:
                    self._left_out.add(order_id)
                    _log.warning("order %s: left out: %s", order_id, error.reason)
        return tuple(orders)

    def _write(self, tx: Tx, order: Order | None, entry: AnyEntry) -> Order:
        after = fold([entry]) if order is None else order.step(entry)
        self._chain(tx, entry, write_entry(entry))
        write_rows(tx, after, entry, order)
        if isinstance(entry, Purged):
            tx.execute("DELETE FROM order_key WHERE order_id = ?", (entry.order_id,))
        self._written[after.id] = after
        self._written.move_to_end(after.id)
        if len(self._written) > _IN_MIND:
            self._written.popitem(last=False)
        return after

    def _current(self, tx: Tx, order_id: str) -> Order:
        """The order as it is in this transaction: read again unless this process wrote its last line.

        What was undone, or written by another process since, has another last line.
        """
        known = self._written.get(order_id)
        if known is not None:
            sql = "SELECT n, id FROM entry WHERE order_id = ? ORDER BY n DESC LIMIT 1"
            if tx.one(sql, (order_id,)) == (known.n - 1, known.entries[-1].id):
                return known
        return _order(tx, order_id)

    def _chain(self, tx: Tx, entry: AnyEntry | AnyNote, body: str) -> None:
        """Write a line behind all others of this register."""
        last = tx.one(
            "SELECT seq, link FROM entry WHERE register = ? ORDER BY seq DESC LIMIT 1", (self._register,)
        )
        seq, previous = (int(last[0]) + 1, str(last[1])) if last else (1, "")
        link = self._sealer.link(
            previous, chained_line(self._register, seq, entry.order_id, entry.n, entry.kind, body)
        )
        tx.execute(
            "INSERT INTO entry (register, seq, id, order_id, n, kind, body, link)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._register, seq, entry.id, entry.order_id, entry.n, entry.kind, body, link),
        )

    def _past(self, tx: Tx, sale_id: str) -> Past:
        return Past(tx, self._sealer, _notes(tx, guarded(sale_id)))

    def _take_lane(self, tx: Tx, order: Order, sent: Sent, sold_on_by: str) -> None:
        """Have `order` alone in its lane, or refuse it; refuse it too where selling pauses."""
        account = order.placed.account
        if not self._sent_on(tx, account):
            # As most often: nobody is in the lane, and nothing is not confirmed.
            return
        if len(open_ones := self._not_confirmed(tx, account)) >= PAUSES_AT:
            raise NotAllowed(
                "account_paused",
                provider=order.placed.product.provider,
                orders=[one.id for one in open_ones],
                since=sent_at(open_ones[-1]),
            )
        if sent.fence is None:
            # No books, and nothing in them to be taken for another.
            return
        for one in in_the_lane(order, self._sent_on(tx, account)):
            if not sold_on_by:
                raise NotAllowed("lane_taken", order=one.id, since=sent_at(one))
            self._write(tx, one, LeftToAPerson(**self.head(one, sold_on_by), reason="sold_on"))

    def _sent_on(self, tx: Tx, account: str) -> tuple[Order, ...]:
        sql = "SELECT order_id FROM order_row WHERE account = ? AND phase = ? ORDER BY at, position"
        return self._readable(tx, tx.rows(sql, (account, str(Phase.SENT))))

    def _not_confirmed(self, tx: Tx, account: str) -> tuple[Order, ...]:
        went_on = fold_account(_notes(tx, about(account))).went_on
        return not_confirmed(self._sent_on(tx, account), self._leases.held(tx), went_on)

    def _spares(self, tx: Tx, order: Order) -> list[Spare]:
        """The shop's own cards that are what `order` asks for, oldest first; purged ones are none."""
        product = order.placed.product
        sql = (
            "SELECT DISTINCT order_row.order_id, at FROM order_row JOIN card_row"
            " ON order_row.order_id = card_row.order_id WHERE standing = 'spare'"
            " AND card_row.provider = ? AND card_row.item = ? ORDER BY at, order_row.order_id"
        )
        rows = tx.rows(sql, (product.provider, product.item))
        kept = _before_this_life(tx, [str(order_id) for order_id, _at in rows])
        found: list[Spare] = []
        for source in self._readable(tx, [(str(order_id),) for order_id, _at in rows]):
            wrapped = tx.one("SELECT wrapped FROM order_key WHERE order_id = ?", (source.id,))
            if wrapped is None:
                continue
            key = self._sealer.open_order_key(source.id, str(wrapped[0]))
            found += [
                Spare(source, key, card)
                for card in source.sellable_cards(kept.get(source.id, 0))
                if (card.face or source.placed.face) == order.placed.face
            ]
        return found


def _refuse_what_another_has(tx: Tx, order: Order, entry: Settled) -> None:
    """Refuse a verdict that takes an order of the provider's, or a code, that another order of ours has.

    Asked in the transaction of the entry: two people may name the same one at the same moment.
    """
    elsewhere = Elsewhere(tx, order.id)
    number = entry.provider_order_id
    if number is not None and elsewhere.claims(order.placed.account, number):
        raise NotAllowed("already_claimed")
    for card in entry.cards:
        if not card.parked and elsewhere.has(card.digest, card.rest_digest, card.plain_digest):
            raise NotAllowed("code_seen_before")


def _order(tx: Tx, order_id: str) -> Order:
    # As bytes: what is no UTF-8 any more is one order's trouble, not the whole query's.
    rows = tx.rows("SELECT CAST(body AS BLOB) FROM entry WHERE order_id = ? ORDER BY n", (order_id,))
    if not rows:
        if tx.one("SELECT 1 FROM order_row WHERE order_id = ?", (order_id,)):
            raise StoreProblem("broken_journal", order=order_id)
        raise NotAllowed("unknown_order")
    try:
        return fold(read_entry(body) for (body,) in rows)
    except (ValueError, IllegalStep):
        raise StoreProblem("broken_journal", order=order_id) from None


def _readable(kind: type[N], rows: Iterable[tuple[Any, ...]]) -> tuple[N, ...]:
    found: list[N] = []
    for (body,) in rows:
        with contextlib.suppress(ValueError):
            found.append(kind.model_validate_json(body))
    return tuple(found)


def _notes(tx: Tx, subject: str) -> tuple[AnyNote, ...]:
    rows = tx.rows("SELECT CAST(body AS BLOB) FROM entry WHERE order_id = ? ORDER BY n", (subject,))
    try:
        return tuple(read_note(body) for (body,) in rows)
    except ValueError:
        raise StoreProblem("broken_journal", order=subject) from None


def _before_this_life(tx: Tx, order_ids: Collection[str]) -> dict[str, int]:
    """By the places of their lines, not by their times: the clock of a machine may have been behind.

    Nor by what the line of that life says: a damaged one must not keep every order from being paid back.
    Where another register wrote beside it nobody knows the order, and what it wrote counts as before.
    """
    began = tx.one("SELECT id FROM entry WHERE order_id = ? AND kind = 'restored' ORDER BY n DESC", (STORE,))
    if began is None or not order_ids:
        return {}
    sql = (
        "SELECT COUNT(*) FROM entry JOIN entry AS mark ON mark.id = ? WHERE entry.order_id = ?"
        " AND (entry.register <> mark.register OR entry.seq < mark.seq)"
    )
    counted = {order_id: tx.one(sql, (began[0], order_id)) for order_id in order_ids}
    return {order_id: int(row[0]) for order_id, row in counted.items() if row is not None}


def _orders_of_sale(tx: Tx, sale_id: str) -> tuple[Order, ...]:
    rows = tx.rows("SELECT order_id FROM order_row WHERE sale_id = ? ORDER BY position", (sale_id,))
    return tuple(_order(tx, order_id) for (order_id,) in rows)


def _next(tx: Tx, name: str) -> int:
    tx.execute("INSERT INTO counter (name, value) VALUES (?, 0) ON CONFLICT (name) DO NOTHING", (name,))
    tx.execute("UPDATE counter SET value = value + 1 WHERE name = ?", (name,))
    row = tx.one("SELECT value FROM counter WHERE name = ?", (name,))
    return int(row[0]) if row else 1
