"""Who works on which order at this moment: a lease in the database that its holder renews."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pos_app.clock import Now, Seconds
from pos_app.errors import NotAllowed
from pos_app.store.database import Tx

LEASE: Final = timedelta(seconds=30)
"""How long an order counts as being worked on after its worker was last heard of."""


class Leases:
    """The leases as the process `holder` sees them.

    A machine that slept, or whose clock was set, ends the lease of whoever still works, for everybody who
    wakes with it. So what is decided beside another process waits until this one has itself run for the time
    of a lease since it met it as run out: whoever works has renewed it by then.
    """

    def __init__(self, holder: str, now: Now, seconds: Seconds) -> None:
        self._holder = holder
        self._now, self._seconds = now, seconds
        # Of each order of another process: which lease was met as run out, and when, in seconds.
        self._met: dict[str, tuple[str, float]] = {}

    def take(self, tx: Tx, order_id: str) -> None:
        """Have the order's lease for this process. Raises NotAllowed("in_flight"): it may be another's."""
        until = self._until()
        taken = tx.execute(
            "INSERT INTO lease (order_id, holder, until) VALUES (?, ?, ?) ON CONFLICT (order_id) DO UPDATE"
            " SET until = excluded.until WHERE lease.holder = excluded.holder",
            (order_id, self._holder, until),
        )
        if not taken:
            self.refuse(tx, order_id)
            tx.execute(
                "UPDATE lease SET holder = ?, until = ? WHERE order_id = ?", (self._holder, until, order_id)
            )

    def renew(self, tx: Tx, order_id: str) -> None:
        """Say that this process still works on the order, if it has its lease."""
        sql = "UPDATE lease SET until = ? WHERE order_id = ? AND holder = ?"
        tx.execute(sql, (self._until(), order_id, self._holder))

    def release(self, tx: Tx, order_id: str) -> None:
        """Say that this process no longer works on the order."""
        tx.execute("DELETE FROM lease WHERE order_id = ? AND holder = ?", (order_id, self._holder))

    def refuse(self, tx: Tx, order_id: str) -> None:
        """Raise NotAllowed("in_flight") while somebody may be working on the order."""
        row = tx.one("SELECT holder, until FROM lease WHERE order_id = ?", (order_id,))
        if row is not None and self._may_be_held(order_id, *row):
            raise NotAllowed("in_flight")

    def held(self, tx: Tx) -> frozenset[str]:
        """The orders somebody works on, by the clock: for whoever only tells it."""
        rows = tx.rows("SELECT order_id FROM lease WHERE until > ?", (_written(self._now()),))
        return frozenset(str(order_id) for (order_id,) in rows)

    def perhaps_held(self, tx: Tx) -> frozenset[str]:
        """The orders somebody may be working on: for whoever decides."""
        rows = tx.rows("SELECT order_id, holder, until FROM lease")
        return frozenset(str(order_id) for order_id, *lease in rows if self._may_be_held(order_id, *lease))

    def _may_be_held(self, order_id: str, holder: str, until: str) -> bool:
        if self._is_ahead(until):
            return True
        if holder == self._holder:
            # What this process does it knows without.
            return False
        seconds = self._seconds()
        told, met = self._met.get(order_id, ("", seconds))
        if told != until:
            self._met[order_id] = until, seconds
            return True
        return seconds - met < LEASE.total_seconds()

    def _is_ahead(self, until: str) -> bool:
        return datetime.fromisoformat(until) > self._now()

    def _until(self) -> str:
        return _written(self._now() + LEASE)


def _written(moment: datetime) -> str:
    """`moment` (UTC) so that what is later is also later in the alphabet."""
    return moment.isoformat(timespec="microseconds")
