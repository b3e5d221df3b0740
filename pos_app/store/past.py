"""What the shop sold before, as the scam guard looks at it, inside the transaction that places a sale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pos_app.errors import Misconfigured
from pos_app.money import Money
from pos_app.orders.entries import Placed, read_entry
from pos_app.orders.notes import AnyNote
from pos_app.orders.order import Phase
from pos_app.seal import OrderKey, Sealer
from pos_app.store.database import Tx

if TYPE_CHECKING:
    from pos_app.guard import Sold

EmailOf = Callable[[OrderKey, str], str]
"""Opens a sealed recipient's address with its order's key."""

_NO_POINTS: Final = frozenset({"gmail.com", "googlemail.com"})
"""Where points before the @ mean nothing: https://support.google.com/mail/answer/7436150."""

_WENT_NOWHERE: Final = (str(Phase.REFUSED), str(Phase.NOT_BOUGHT), str(Phase.WITHDRAWN))


class Past:
    """The store as it is in one transaction: nobody sells meanwhile."""

    def __init__(self, tx: Tx, sealer: Sealer, notes: Sequence[AnyNote] = ()) -> None:
        self._tx, self._sealer = tx, sealer
        self.notes = tuple(notes)
        """What the journal says about the sale that is to be placed."""

    def digest(self, email: str) -> str:
        """What an address is compared by; it is kept nowhere. Two ways to write one mailbox are the same."""
        return self._sealer.digest("recipient", _mailbox(email))

    def sold_since(self, since: datetime, email_of: EmailOf | None = None) -> tuple[Sold, ...]:
        """The orders of all registers placed at `since` or later that did not come to nothing.

        With `email_of` each has the digest of its address; empty where there is none, where its key was
        purged, and where it can not be read.
        """
        from pos_app.guard import Sold

        rows = self._tx.rows(
            "SELECT order_id, at, by_whom, register, brand, quantity, price_minor, currency, recipient_hint"
            " FROM order_row WHERE at >= ? AND phase NOT IN (?, ?, ?)",
            (since.astimezone(UTC).isoformat(timespec="microseconds"), *_WENT_NOWHERE),
        )
        return tuple(
            Sold(
                datetime.fromisoformat(at),
                str(by),
                str(register),
                str(brand),
                int(quantity),
                Money(int(minor), str(currency)),
                self._recipient(str(order_id), email_of) if email_of is not None and hint else "",
            )
            for order_id, at, by, register, brand, quantity, minor, currency, hint in rows
        )

    def wrong_pins(self) -> tuple[datetime, ...]:
        """When a manager's PIN was last wrong, of each for whom no right one followed."""
        rows = self._tx.rows("SELECT last_try FROM manager WHERE wrong > 0 AND last_try <> ''")
        return tuple(datetime.fromisoformat(at) for (at,) in rows)

    def _recipient(self, order_id: str, email_of: EmailOf) -> str:
        row = self._tx.one(
            "SELECT CAST(entry.body AS BLOB), order_key.wrapped FROM entry JOIN order_key USING (order_id)"
            " WHERE order_id = ? AND n = 0",
            (order_id,),
        )
        if row is None:
            return ""
        body, wrapped = row
        try:
            placed = read_entry(body)
            if not isinstance(placed, Placed) or placed.recipient is None:
                return ""
            return self.digest(
                email_of(self._sealer.open_order_key(order_id, str(wrapped)), placed.recipient)
            )
        except (ValueError, Misconfigured):
            # One order's damage keeps nobody from selling.
            return ""


def _mailbox(email: str) -> str:
    """`email` without what makes no other mailbox of it: case, a tag behind `+`, points that mean nothing."""
    name, _at, host = email.strip().casefold().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '')}@gmail.com" if host in _NO_POINTS else f"{name}@{host}"
