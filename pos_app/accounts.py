"""What is known about a provider's account beside its orders: who else buys on it, and what was paid in.

Only where nobody else buys do a provider's books prove anything about an order of ours.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.money import Money
from pos_app.orders.account import Account, fold_account
from pos_app.orders.answers import Fence
from pos_app.orders.entries import Answered, Head, Sent, Settled, TurnedUp
from pos_app.orders.notes import AnyNote, Declared, Explained, ForeignSeen, ToppedUp, about
from pos_app.orders.order import Order, Phase
from pos_app.orders.verdicts import WATCH, instant
from pos_app.providers.base import Provider
from pos_app.store.journal import Journal
from pos_app.store.looks import Looks

_SELF = "countercard"


class Accounts:
    """The accounts this store buys on. `ours_alone`: nobody else can reach them, as in training.

    `looks` is what looks into the books have shown. `refuse_codes` is asked about what somebody typed before
    it is kept, and raises NotAllowed.
    """

    def __init__(
        self,
        journal: Journal,
        looks: Looks,
        providers: Mapping[str, Provider],
        changes: Changes,
        now: Now,
        refuse_codes: Callable[..., Awaitable[None]],
        *,
        ours_alone: bool = False,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self._journal = journal
        self.looks: Final = looks
        self._providers = providers
        self._changes = changes
        self._now = now
        self._ours_alone = ours_alone
        self.titles: Final = dict(titles or {})
        """The companies whose books can be looked at, by name, as people call them."""
        self._fences: dict[str, Sent] = {}
        self._compared = frozenset[str]()
        self._suspects: dict[str, frozenset[str]] = {}
        self._watched: dict[str, Order] = {}
        self._refuse_codes = refuse_codes

    async def account(self, provider: str) -> Account:
        """What is known about the account of `provider`. Raises Misconfigured("unknown_provider")."""
        return await self.known(self._account_of(provider))

    async def known(self, account: str) -> Account:
        """What is known about the account of this name (see `Provider.account`)."""
        return self._folded(await self._journal.notes(about(account)))

    async def currency(self, provider: str) -> str | None:
        """In which currency the account is kept, None where its company does not tell. Raises NotTaken."""
        self._account_of(provider)
        balance = await self._providers[provider].balance()
        return None if balance is None else balance.currency

    async def declare(self, provider: str, *, exclusive: bool, by: str, evidence: str = "") -> Account:
        """A manager says whether only this store buys on the account. Raises "code_in_evidence" as all do."""
        return await self._note(
            provider,
            by,
            evidence,
            lambda head, _known: Declared(**head, exclusive=exclusive, evidence=evidence.strip()),
        )

    async def explain(self, provider: str, *, by: str, evidence: str) -> Account:
        """A manager knows where foreign orders came from, and that it is over.

        Raises NotAllowed: "nothing_to_settle" where there are none, "needs_evidence", "not_a_manager".
        """
        if not evidence.strip():
            raise NotAllowed("needs_evidence")

        def build(head: Head, known: Account) -> Explained:
            if not known.strangers and not known.unnamed:
                raise NotAllowed("nothing_to_settle")
            return Explained(**head, evidence=evidence.strip())

        return await self._note(provider, by, evidence, build)

    async def top_up(self, provider: str, amount: Money, *, by: str, evidence: str = "") -> Account:
        """Money was paid into the account, or with a negative `amount` taken out of it."""
        return await self._note(
            provider,
            by,
            evidence,
            lambda head, _known: ToppedUp(**head, amount=amount, evidence=evidence.strip()),
        )

    async def see_fences(self) -> None:
        """Compare what the books showed before each request with what they showed before the last one.

        What is new there and can not be an order of ours is written down, once. To be called before
        anything is decided by the books: the fences stand in the journal, so none is missed.
        """
        told = await self.looks.last_sent()
        for account, sent in told:
            if sent.fence is None or sent.id in self._compared:
                continue
            before = self._fences.get(account)
            if before is not None and before.fence is not None:
                await self._compare(account, before, before.fence, sent, sent.fence)
            # Only now: what a full disk kept from being written down is found once more.
            self._fences[account] = sent
            self._compared |= {sent.id}
        self._compared = frozenset(sent.id for _account, sent in told)

    async def _compare(self, account: str, before: Sent, then: Fence, sent: Sent, now: Fence) -> None:
        new = self._suspects.get(account, frozenset[str]()) | frozenset(_newer(now, then))
        new -= await self._journal.claimed(account, new)
        known = await self.known(account) if new else Account()
        new -= known.explained | frozenset(known.strangers)
        if new and known.declared:
            there = await self.may_be_there(account, before.at)
            if len(new) > sum(order.id != sent.order_id for order in there):
                await self.see_foreign(account, sorted(new))
                new = frozenset[str]()
        self._suspects[account] = new

    async def see_foreign(self, account: str, rows: Collection[str]) -> None:
        """Write down that the provider's list shows orders that nobody here placed, each once."""
        subject = about(account)

        def build(notes: tuple[AnyNote, ...]) -> list[AnyNote]:
            known = fold_account(notes)
            new = tuple(row for row in rows if row not in known.explained and row not in known.strangers)
            return [ForeignSeen(**self._journal.note_head(subject, notes, _SELF), rows=new)] if new else []

        await self._journal.note(subject, build)
        self._changes.announce("orders")

    async def may_be_there(self, account: str, since: datetime) -> tuple[Order, ...]:
        """The orders that may be in the books without our knowing as which.

        Those nobody answered for; those bought without a number, unless that was known before `since` (UTC,
        our clock); and those judged not bought, while they are watched.
        """
        found = [
            order for order in await self._journal.in_phase(Phase.SENT) if order.placed.account == account
        ]
        for order in await self._readable(await self.looks.bought_without_number(account)):
            told = [entry.at for entry in order.entries if isinstance(entry, Answered | Settled)]
            # One that was supplied from spare cards bought nothing, and nobody told of it.
            if told and order.provider_order_id is None and told[-1] >= since:
                found.append(order)
        watched = [order for order in await self.watched() if found_as(order) is None]
        return (*found, *(order for order in watched if order.placed.account == account))

    async def watched(self) -> tuple[Order, ...]:
        """The orders that were judged not bought within the time of the watch."""
        there = await self.looks.not_bought()
        # One that could not be read is asked for at each look: it may be another's row in the books.
        known = {key: order.n for key, order in self._watched.items()}
        changed = [key for key, n in there.items() if n != known.get(key)]
        self._watched |= {order.id: order for order in await self._readable(changed)}
        self._watched = {key: order for key, order in self._watched.items() if key in there}
        until = self._now() - WATCH
        return tuple(order for order in self._watched.values() if _decided_at(order, self._now()) > until)

    async def _readable(self, order_ids: Collection[str]) -> tuple[Order, ...]:
        found: list[Order] = []
        for order_id in order_ids:
            with contextlib.suppress(StoreProblem):
                # A damaged order is said to be so where it is asked for.
                found.append(await self._journal.order(order_id))
        return tuple(found)

    async def _note(
        self, provider: str, by: str, evidence: str, make: Callable[[Head, Account], AnyNote]
    ) -> Account:
        if not by.strip():
            raise NotAllowed("not_a_manager")
        await self._refuse_codes(by, evidence)
        subject = about(self._account_of(provider))
        notes = await self._journal.note(
            subject,
            lambda known: [make(self._journal.note_head(subject, known, by), self._folded(known))],
        )
        self._changes.announce("orders")
        return self._folded(notes)

    def _folded(self, notes: tuple[AnyNote, ...]) -> Account:
        known = fold_account(notes)
        said = any(isinstance(note, Declared) for note in notes)
        return replace(known, declared=True) if self._ours_alone and not said else known

    def _account_of(self, provider: str) -> str:
        found = self._providers.get(provider)
        if found is None:
            raise Misconfigured("unknown_provider", provider=provider)
        return found.account


def found_as(order: Order) -> str | None:
    """The provider's id under which an order judged not bought turned up after all."""
    told = (entry for entry in order.entries if isinstance(entry, TurnedUp) and entry.word == "yes")
    return next((entry.provider_order_id for entry in told), None)


def _decided_at(order: Order, now: datetime) -> datetime:
    """When it was decided about, not before it was sent by the company's clock: ours may have been behind."""
    at = [entry.at for entry in order.entries if isinstance(entry, Settled)]
    fences = [entry.fence for entry in order.entries if isinstance(entry, Sent)]
    dates = [instant(fence.provider_date) for fence in fences if fence is not None]
    return max((*at, *(date for date in dates if date is not None and date <= now)))


def _newer(fence: Fence, before: Fence) -> tuple[str, ...]:
    """The ids on the page that were not on the earlier one and stand above what was."""
    known = frozenset(before.ids)
    places = [place for place, number in enumerate(fence.ids) if number in known]
    until = places[-1] if places else len(fence.ids)
    return tuple(number for number in fence.ids[:until] if number not in known)
