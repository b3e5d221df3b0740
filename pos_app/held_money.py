"""Parts of a payment that were taken and pay nothing yet: known to the next till, should this one die."""

from __future__ import annotations

import logging
from typing import Final

from pos_app.errors import PosError
from pos_app.orders.sale import Tender
from pos_app.store.held_parts import Held, HeldParts
from pos_app.work import Work

__all__ = ["Held", "HeldMoney"]

_NAME: Final = "held money"
_log = logging.getLogger(__name__)


class HeldMoney:
    """What this register holds. A store that does not answer keeps nobody from taking or giving back.

    Where the store is only looked at (`looking`) nothing is held: what stands there is in other hands.
    """

    def __init__(self, kept: HeldParts, work: Work, *, looking: bool) -> None:
        self._kept = kept
        self._work = work
        self._looking = looking
        self._now = Held("", ())

    async def hold(self, sale_id: str, parts: tuple[Tender, ...]) -> None:
        """`parts` is all that is held, for the basket `sale_id`; none: nothing is held any more.

        Of a sale that is written down nothing has to be said: it holds nothing more.
        """
        self._now = Held(sale_id, parts)
        if not self._looking:
            await self._work.keep_next(_NAME, self._write)

    async def left(self) -> Held | None:
        """What the till before has left: money in the hand of nobody knows whom. Raises StoreProblem."""
        return None if self._looking else await self._kept.left()

    async def _write(self) -> None:
        try:
            await self._kept.put(self._now)
        except PosError as error:
            _log.warning("held money: %s", error.reason)
