"""What was taken for a sale that is not written down yet: what is left of this when a till dies is owed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pos_app.orders.sale import Tender
from pos_app.store.database import Database, Tx
from pos_app.store.facts import write_fact

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_NAME: Final = "money held at register "


@dataclass(frozen=True, slots=True)
class Held:
    """The parts, one at least, that were taken for the basket `sale_id`."""

    sale_id: str
    parts: tuple[Tender, ...]


@cache
def _held() -> TypeAdapter[Held]:
    # Made when money is held: a till that waits has none.
    from pydantic import TypeAdapter

    return TypeAdapter(Held)


class HeldParts:
    """What one register holds, which is for one basket at most. Every method raises StoreProblem."""

    def __init__(self, database: Database, register: str) -> None:
        self._database = database
        self._name = _NAME + register

    async def put(self, held: Held) -> None:
        """`held` is what the register holds now; no parts: nothing."""
        said = _held().dump_json(held).decode()

        def act(tx: Tx) -> None:
            if held.parts:
                write_fact(tx, self._name, said)
            else:
                tx.execute("DELETE FROM fact WHERE name = ?", (self._name,))

        await self._database.run(act)

    async def left(self) -> Held | None:
        """What is held; None where it is nothing, or paid for a sale that was written down after all."""

        def look(tx: Tx) -> Held | None:
            row = tx.one("SELECT value FROM fact WHERE name = ?", (self._name,))
            if row is None:
                return None
            from pydantic import ValidationError

            try:
                held = _held().validate_json(row[0])
            except ValidationError:
                # Of another version of this program, or damaged: nobody can say what it was.
                return None
            placed = tx.one("SELECT 1 FROM order_row WHERE sale_id = ?", (held.sale_id,))
            return held if placed is None and held.parts else None

        return await self._database.run(look)
