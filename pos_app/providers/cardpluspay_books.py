"""CardPlusPay's order list, read back to what is known, without believing what it says about its pages."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from pos_app.money import Money
from pos_app.orders.answers import Look, Row
from pos_app.providers import wire

_LONGEST_STATUS: Final = 300


class Walk:
    """One reading of the order list, page by page, back to what is known."""

    def __init__(self, known: AbstractSet[str], currency: str) -> None:
        self._known = known
        self._currency = currency
        self._met: set[str] = set()
        self._rows: list[Row] = []
        self._nameless = 0
        # Newer than what is known only if something known comes after them.
        self._waiting: list[Row] = []
        self._waiting_nameless = 0
        self._reached = False
        self.totals: set[int | None] = set()
        self.date: str | None = None

    def goes_on(self, found: list[object], paging: dict[str, object], page: int) -> bool:
        """Take a page in; False when there is no reason to ask for another."""
        total = wire.whole(paging.get("total"))
        self.totals.add(total)
        if page > 1 and wire.whole(paging.get("current_page")) not in (None, page):
            return False
        before = len(self._met)
        for entry in found:
            self._take(wire.table(entry))
        if self._reached:
            return False
        if not found or (total is not None and len(self._met) >= total):
            # The end of the list: where nothing was known, all there is was seen.
            self._reached = not self._known
            return False
        return len(self._met) > before

    def look(self, before: Money, after: Money) -> Look:
        """What was seen. Below the last known order rows are old, unless nothing known was met at all."""
        all_new = not (self._reached and self._known)
        return Look(
            rows=(*self._rows, *(self._waiting if all_new else ())),
            nameless=self._nameless + (self._waiting_nameless if all_new else 0),
            reached=self._reached,
            total=next(iter(self.totals)) if len(self.totals) == 1 else None,
            balance=before,
            balance_after=after,
            provider_date=self.date,
        )

    def _take(self, entry: dict[str, object]) -> None:
        order_id = wire.text(entry.get("order_id"))
        if not order_id:
            self._waiting_nameless += 1
        elif order_id in self._known:
            self._met.add(order_id)
            self._reached = True
            self._rows += self._waiting
            self._nameless += self._waiting_nameless
            self._waiting, self._waiting_nameless = [], 0
        elif order_id not in self._met:
            self._met.add(order_id)
            self._waiting.append(
                Row(
                    order_id,
                    wire.paid(entry.get("amount"), self._currency),
                    wire.moment(entry.get("created_at")),
                    wire.text(entry.get("status"), _LONGEST_STATUS),
                )
            )
