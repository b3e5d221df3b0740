"""Which papers are under way: what is left of this when a till dies says which of them may be out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from pos_app.store.database import Database, Tx
from pos_app.store.facts import write_fact

_NAME: Final = "paper of "


class PaperBegun(BaseModel):
    """A paper as it is begun, for one of the orders it is about: `entry_id` is the entry's to come."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order_id: str
    entry_id: str
    at: datetime
    by: str
    document: str
    printer: str
    cards: tuple[str, ...] = ()
    evidence: str = ""


_MANY: Final = TypeAdapter(tuple[PaperBegun, ...])


class PapersBegun:
    """The paper each sale has under way, which is one at most. Every method raises StoreProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, sale_id: str, papers: tuple[PaperBegun, ...]) -> None:
        """The sale's next paper is begun, for each of its orders; the one before is over."""
        said = _MANY.dump_json(papers).decode()
        await self._database.run(lambda tx: write_fact(tx, _NAME + sale_id, said))

    async def end(self, sale_id: str) -> None:
        """The sale has no paper under way."""

        def act(tx: Tx) -> None:
            tx.execute("DELETE FROM fact WHERE name = ?", (_NAME + sale_id,))

        await self._database.run(act)

    async def left(self) -> dict[str, tuple[PaperBegun, ...]]:
        """What is under way, by sale: at the opening of a till, what the one before has left."""
        found = await self._database.run(
            lambda tx: tx.rows(
                "SELECT name, value FROM fact WHERE substr(name, 1, ?) = ?", (len(_NAME), _NAME)
            )
        )
        return {str(name).removeprefix(_NAME): _MANY.validate_json(value) for name, value in found}
