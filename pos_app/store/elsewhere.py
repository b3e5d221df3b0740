"""What other orders have: codes, and orders of the provider's. Asked in the transaction that takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pos_app.store.database import Tx

_AT_ONCE: Final = 500


class Elsewhere:
    """All orders but `order_id`, as they are in this transaction. Not to be kept beyond it."""

    def __init__(self, tx: Tx, order_id: str) -> None:
        self._tx = tx
        self._order_id = order_id

    def has(self, digest: str, rest: str, plain: str = "") -> bool:
        """Whether another order has this card, to the letter or grouped otherwise.

        One known without PIN, or met without one, is told by its code alone. `digest` is of its item and
        code, `plain` of its item and the code without blanks and hyphens, `rest` of its PIN and further
        fields (the last two empty where there are none).
        """
        sql = (
            "SELECT rest_digest FROM card_row WHERE digest = ? AND order_id <> ? UNION ALL"
            " SELECT rest_digest FROM card_row WHERE plain_digest = ?"
            " AND plain_digest <> '' AND order_id <> ?"
        )
        rows = self._tx.rows(sql, (digest, self._order_id, plain, self._order_id))
        return any(not rest or not other or other == rest for (other,) in rows)

    def has_under_another_item(
        self,
        provider: str,
        item: str,
        last_four: str,
        rest: str,
        is_it: Callable[[str, str, str], bool],
    ) -> bool:
        """Whether a card of another item of `provider` has this very code, and the very same besides.

        `is_it` tells by a card's item and its two digests whether it has the code. Asked of are those cards
        that end on `last_four` like this one.
        """
        sql = (
            "SELECT DISTINCT item, digest, plain_digest FROM card_row WHERE last_four = ? AND provider = ?"
            " AND item <> ? AND rest_digest = ? AND order_id <> ?"
        )
        rows = self._tx.rows(sql, (last_four, provider, item, rest, self._order_id))
        return any(is_it(str(other), str(digest), str(plain)) for other, digest, plain in rows)

    def claims(self, account: str, provider_order_id: str) -> bool:
        """Whether this order of the provider's is already the answer to another order of ours."""
        sql = "SELECT order_id FROM claim WHERE account = ? AND provider_order_id = ?"
        row = self._tx.one(sql, (account, provider_order_id))
        return row is not None and row[0] != self._order_id

    def digests_ending_on(self, tails: Sequence[str]) -> dict[tuple[str, str, str], frozenset[str]]:
        """The digests of the codes that end on one of `tails`, four characters each; by that and item."""
        found: dict[tuple[str, str, str], frozenset[str]] = {}
        for start in range(0, len(tails), _AT_ONCE):
            some = tails[start : start + _AT_ONCE]
            marks = ", ".join("?" for _ in some)
            sql = (
                "SELECT last_four, provider, item, digest, plain_digest FROM card_row"  # noqa: S608
                f" WHERE last_four IN ({marks}) AND order_id <> ?"
            )
            for last_four, provider, item, *digests in self._tx.rows(sql, [*some, self._order_id]):
                key = str(last_four), str(provider), str(item)
                found[key] = found.get(key, frozenset()) | {str(digest) for digest in digests}
        return found

    def comes_without_pins(self, provider: str, item: str) -> bool:
        """Whether cards of this item came in answers to other orders, and none of them had a PIN.

        What was looked up or typed tells nothing: a look-up shows less than the answer does.
        """
        sql = (
            "SELECT COUNT(*), COALESCE(SUM(has_pin), 0) FROM card_row"
            " WHERE provider = ? AND item = ? AND order_id <> ? AND EXISTS (SELECT 1 FROM entry"
            " WHERE entry.order_id = card_row.order_id AND entry.kind = 'answered')"
        )
        row = self._tx.one(sql, (provider, item, self._order_id))
        return row is not None and int(row[0]) > 0 and int(row[1]) == 0

    def always_carries_pins(self, provider: str, item: str) -> bool:
        """Whether every card of this item that ever came, on another order, had a PIN.

        One whose PIN is waited for, or that a look alone has shown, tells nothing: it must not cost the next
        one its PIN too.
        """
        sql = (
            "SELECT COUNT(*), COALESCE(SUM(has_pin), 0) FROM card_row"
            " WHERE provider = ? AND item = ? AND order_id <> ? AND NOT EXISTS (SELECT 1 FROM order_row"
            " WHERE order_row.order_id = card_row.order_id AND phase IN ('codes_pending', 'not_bought'))"
        )
        row = self._tx.one(sql, (provider, item, self._order_id))
        return row is not None and int(row[0]) > 0 and int(row[0]) == int(row[1])
