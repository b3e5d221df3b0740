"""One script from its beginning to its end, and what does not hold then."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.faults.claims import Broken, broken_claims
from tests.faults.company import Company
from tests.faults.script import Script, Step
from tests.faults.shop import Shop, VirtualTime, get_ready, memory
from tests.faults.virtual import VirtualLoop

_TOLD = frozenset({"turned_up", "refunded", "supplied"})
# Longer than any answer is held back.
_AFTERWARDS = 660
_MOST_CARDS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one script: claims that do not hold, or the error in which it ended.

    `happened` names what was written about its orders, each as often as it was.
    """

    script: str
    broken: tuple[Broken, ...] = ()
    error: str = ""
    said: tuple[str, ...] = ()
    happened: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything is as promised."""
        return not self.error and all(one.what == "late commit" for one in self.broken)


def play(script: Script) -> Outcome:
    """Play `script` where no time passes, in a folder of its own."""
    get_ready()
    folder = Path(tempfile.mkdtemp(prefix="countercard-faults-", dir=memory()))
    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(_play(script, folder / "store"))
    except Exception as error:  # noqa: BLE001  a script in which the till fails is what is looked for
        return ended_by(script, error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ended_by(script: Script, error: Exception) -> Outcome:
    """A script that ended in an error no person could be told of."""
    return Outcome(str(script), error="".join(traceback.format_exception(error, limit=-6)))


async def _play(script: Script, folder: Path) -> Outcome:
    time = VirtualTime()
    company = Company(time.unix)
    shop = Shop(folder, company, time, script.kind, company)
    await shop.open(script.registers)
    try:
        return await to_the_end(script, shop)
    finally:
        await shop.close()


async def to_the_end(script: Script, shop: Shop) -> Outcome:
    """Play, let everything happen that is still to come, and see what does not hold."""
    await shop.play(script)
    shop.have_room()
    broken = await _claims(shop)
    await afterwards(shop)
    broken += await _claims(shop, at_last=True)
    happened = await _happened(shop)
    return Outcome(str(script), tuple(dict.fromkeys(broken)), said=tuple(shop.said), happened=happened)


async def _happened(shop: Shop) -> tuple[str, ...]:
    """What the till came to know of its orders, in the words of `Tally.story`."""
    told: list[str] = []
    for order_id in shop.placed:
        order = await shop.registers[0].sales.order(order_id)
        told += ["placed", str(order.phase), *{entry.kind for entry in order.entries} & _TOLD]
        if order.settled is not None:
            told.append(order.settled.how)
    return tuple(told)


async def afterwards(shop: Shop) -> None:
    """Nothing goes wrong any more; what was put off happens; the till is restarted and looks."""
    shop.company.heal()
    shop.have_room()
    await shop.take(Step("join"))
    await shop.time.turn(max(0.0, shop.company.still_to_come()) + _AFTERWARDS)
    shop.company.catch_up()
    await shop.take(Step("restart"))
    await shop.take(Step("poll"))
    await shop.take(Step("resolve"))
    await shop.take(Step("resolve"))
    for _ in range(_MOST_CARDS):
        # What a company sold beyond what was asked may come one by one.
        if not await shop.registers[0].journal.odd():
            break
        await shop.take(Step("resolve"))


async def _claims(shop: Shop, *, at_last: bool = False) -> list[Broken]:
    shop.company.catch_up()
    [register, *_] = shop.registers
    found = await broken_claims(register, shop.company.books.charges, shop.placed, shop.verdicts)
    # What was carried out behind a verdict may still turn up, and what was sold beyond what was asked come.
    still = ("never turned up", "and were charged for")
    return [one for one in found if at_last or not one.how.endswith(still)]
