"""The scam guard at work: what holds a sale up, who answered or approved, and the record of both.

The rules are weighed in the transaction that places the sale, over what all registers of the store sold, so
that two registers can not both slip under a limit. Nothing here asks the network.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from pos_app import guard
from pos_app.clock import Now
from pos_app.errors import NotAllowed
from pos_app.guard import Hit, Wish, Wished
from pos_app.intake import PURCHASE_PURPOSE
from pos_app.orders.draft import Draft, Line
from pos_app.orders.notes import AnyNote, Guarded, guarded
from pos_app.orders.product import Product
from pos_app.seal import OrderKey
from pos_app.settings import Settings
from pos_app.store.journal import Journal
from pos_app.store.past import Past

Became = Literal["asked", "answered", "approved", "unasked", "held_back", "dropped"]

_IN_MIND: Final = 8
"""How many sales a process remembers that somebody answered for and that are not placed yet."""

_HOLDS_FOR: Final = timedelta(minutes=15)
"""How long an answer or an approval counts: the customer who was asked has gone, and more was sold since."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What still holds a sale up, and for how many `seconds` an answer does not count."""

    hits: tuple[Hit, ...] = ()
    seconds: int = 0

    @property
    def asks(self) -> guard.Asks | None:
        """The most that is wanted; None when nothing holds the sale up."""
        found = {hit.asks for hit in self.hits}
        return next((one for one in ("refuse", "approve", "ask") if one in found), None)


@dataclass
class _Passed:
    """The basket that was answered for, who sells it, and for each rule what it became, by whom and when."""

    draft: Draft
    by: str
    rules: dict[str, tuple[Became, str, datetime]] = field(
        default_factory=dict[str, tuple[Became, str, datetime]]
    )


class Guarding:
    """Weighs sales before they are placed.

    What was answered counts for the basket as it was then, for who sells it, and for a quarter of an hour.
    """

    def __init__(
        self,
        journal: Journal,
        of_brand: Callable[[Product], Iterable[Product]],
        settings: Callable[[], Settings],
        register: str,
        now: Now,
    ) -> None:
        self._journal = journal
        self._of_brand = of_brand
        self._settings = settings
        self._register = register
        self._now = now
        self._passed: OrderedDict[str, _Passed] = OrderedDict()

    async def weigh(self, draft: Draft, by: str) -> Weighed:
        """What holds `draft` up at this moment, if `by` sells it; what was answered is left out."""
        wanted = self._unmet(draft, by, await self._hits(draft, by))
        return Weighed(wanted, guard.seconds(wanted, guard.rules().question))

    async def asked(self, draft: Draft, by: str, seen: Weighed) -> None:
        """Write down that the cashier `by` is asked about `draft`: what is `seen`, and nothing else."""
        await self._write(draft, by, "asked", seen.hits)

    async def answer(self, draft: Draft, by: str, seen: Weighed) -> None:
        """The cashier `by` has asked the customer, and nobody tells them to buy.

        What came up behind `seen` is not answered by it.
        """
        self._meet(draft, by, seen.hits, {"ask"}, "answered", by)

    async def unasked(self, draft: Draft, by: str) -> None:
        """A command sells `draft` for `by`, and nobody is there whom the question could be put to."""
        self._meet(draft, by, await self._hits(draft, by), {"ask"}, "unasked", by)

    async def approve(self, draft: Draft, by: str, manager: str, seen: Weighed) -> None:
        """`manager`, whose PIN held, allows `draft` with what was `seen`.

        What came up behind it is not allowed by it. Raises NotAllowed("not_a_manager") without a name.
        """
        if not manager.strip():
            raise NotAllowed("not_a_manager")
        self._meet(draft, by, seen.hits, {"ask", "approve"}, "approved", manager.strip())

    async def drop(self, draft: Draft, by: str) -> None:
        """Write down that the cashier `by` gave `draft` up."""
        await self._write(draft, by, "dropped", await self._hits(draft, by))
        self._passed.pop(draft.id, None)

    async def held_back(self, draft: Draft, by: str) -> None:
        """Write down that `draft` was not placed because of what holds it up."""
        await self._write(draft, by, "held_back", await self._hits(draft, by))

    async def log(self, limit: int = 200) -> tuple[Guarded, ...]:
        """What was found and what came of it, newest first."""
        return await self._journal.guarded(limit)

    def in_force(self, draft: Draft, by: str) -> Callable[[Past, str], Sequence[Guarded]]:
        """What is asked in the transaction that places `draft`: raises NotAllowed("guarded"), or tells."""

        def look(past: Past, number: str) -> Sequence[Guarded]:
            hits = self._hits_in(past, draft, by)
            if unmet := self._unmet(draft, by, hits):
                raise NotAllowed(
                    "guarded", rules=[hit.rule for hit in unmet], hits=unmet, asks=Weighed(unmet).asks
                )
            return self._notes(past.notes, draft, by, hits, sale=number)

        return look

    async def _hits(self, draft: Draft, by: str) -> tuple[Hit, ...]:
        return await self._journal.weigh(draft.id, lambda past: self._hits_in(past, draft, by))

    def _hits_in(self, past: Past, draft: Draft, by: str) -> tuple[Hit, ...]:
        settings, book = self._settings(), guard.rules()
        zone, chosen = settings.shop.zone, settings.limits
        lines = tuple(self._wished(line, past) for line in draft.lines)
        wish = Wish(self._now(), by, self._register, lines)
        if not guard.looks_back(wish, chosen, book):
            return guard.weigh(wish, (), past.wrong_pins(), chosen, zone, book)
        email_of = _email_of if any(line.recipient for line in lines) else None
        sold = past.sold_since(guard.looks_back_to(wish, zone), email_of)
        return guard.weigh(wish, sold, past.wrong_pins(), chosen, zone, book)

    def _wished(self, line: Line, past: Past) -> Wished:
        # What else the brand has is looked up for cards that are worth it only.
        highest = guard.may_be_highest(line.price, guard.rules()) and all(
            worth <= line.face
            for product in (line.product, *self._of_brand(line.product))
            for worth in (product.face, product.most)
            if worth is not None and worth.currency == line.face.currency
        )
        digest = "" if line.recipient is None else past.digest(line.recipient.email)
        return Wished(line.product.brand or line.product.name, line.quantity, line.price, digest, highest)

    def _met(self, draft: Draft, by: str) -> dict[str, tuple[Became, str, datetime]]:
        passed = self._passed.get(draft.id)
        if passed is None or passed.draft != draft or passed.by != by:
            return {}
        now = self._now()
        return {rule: met for rule, met in passed.rules.items() if abs(now - met[2]) <= _HOLDS_FOR}

    def _unmet(self, draft: Draft, by: str, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        met = self._met(draft, by)
        return tuple(hit for hit in hits if hit.asks == "refuse" or hit.rule not in met)

    def _meet(
        self,
        draft: Draft,
        by: str,
        hits: Iterable[Hit],
        asks: set[guard.Asks],
        became: Became,
        who: str,
    ) -> None:
        now = self._now()
        rules: dict[str, tuple[Became, str, datetime]] = {
            hit.rule: (became, who, now) for hit in hits if hit.asks in asks
        }
        # What was answered before stays answered by whoever did, and no longer.
        self._passed[draft.id] = _Passed(draft, by, rules | self._met(draft, by))
        self._passed.move_to_end(draft.id)
        if len(self._passed) > _IN_MIND:
            self._passed.popitem(last=False)

    async def _write(self, draft: Draft, by: str, became: Became, found: Iterable[Hit]) -> None:
        hits = self._unmet(draft, by, found)

        def build(known: tuple[AnyNote, ...]) -> Sequence[AnyNote]:
            return self._notes(known, draft, by, hits, became=became)

        await self._journal.note(guarded(draft.id), build)

    def _notes(
        self,
        known: Sequence[AnyNote],
        draft: Draft,
        by: str,
        hits: Sequence[Hit],
        *,
        became: Became = "answered",
        sale: str = "",
    ) -> list[Guarded]:
        """A line for each of `hits`: as it was met where it was, otherwise as `became`."""
        met = self._met(draft, by)
        notes: list[Guarded] = []
        for place, hit in enumerate(hits):
            what, who, _at = met.get(hit.rule, (became, by, None))
            head = self._journal.note_head(guarded(draft.id), known, who, ahead=place)
            notes.append(
                Guarded(
                    **head,
                    rule=hit.rule,
                    asks=hit.asks,
                    became=what,
                    till=self._register,
                    cashier=by,
                    total=draft.total,
                    sale=sale,
                    limit=hit.limit,
                    reached=hit.reached,
                )
            )
        return notes


def _email_of(key: OrderKey, sealed: str) -> str:
    return str(json.loads(key.open(PURCHASE_PURPOSE, sealed))[0])
