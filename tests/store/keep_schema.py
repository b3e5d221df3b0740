"""Writes a small store of today's schema into `tests/store/schemas`, to be opened for ever.

`python -m tests.store.keep_schema`, once for each new schema, by the version that is released with it. What
is kept there is never made anew by a later version: it would prove nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from pos_app.errors import PosError
from pos_app.orders.draft import Line
from pos_app.orders.order import Order
from pos_app.store.schema import LATEST
from tests.played_provider import Play
from tests.world import CASHIER, World

SCHEMAS: Final = Path(__file__).parent / "schemas"
MANAGER: Final = "Ada"
PIN: Final = "468213"
BARCODE: Final = "4006381333931"


async def main(folder: Path) -> None:
    """Sell something of everything into a store in `folder`, and keep it."""
    world = World(folder)
    await world.open()
    await world.register.people.add_manager(MANAGER, PIN, PIN)
    await world.register.preferences.keep_cashier("Noor", MANAGER)
    await world.register.barcodes.map(BARCODE, world.line().product, MANAGER)
    bought = await _tried(world, "yes", world.line(quantity=2))
    await world.register.printouts.print_sale(bought.placed.sale.id, CASHIER)
    with_pin = await _tried(world, "with_pins", world.line())
    await world.register.sales.reveal(with_pin.id, with_pin.handed_cards[0].id, CASHIER)
    for play in ("late", "doubled", "turned_away", "lost", "cut"):
        await _tried(world, play, world.line())
    await _tried(world, "part", world.line(quantity=3))
    refused = await _tried(world, "refused", world.line())
    await world.register.sales.refund(refused.id, CASHIER)
    await _tried(world, "yes", world.email_line())
    await _tried(world, "confirm", world.email_line("nur@mail.example"))
    lost = await _tried(world, "lost", world.line())
    world.clock.turn(minutes=50)
    await world.register.settling.not_bought(
        lost.id, "not in the portal", MANAGER, confirmed=["others_open", "too_early"]
    )
    await world.place(world.line(), world.line(quantity=2))
    await world.close()
    with contextlib.closing(sqlite3.connect(folder / "countercard.db")) as database:
        dump = "\n".join(database.iterdump())
    vault = (folder / "vault.json").read_text("utf-8")
    (SCHEMAS / f"{LATEST}.sql").write_text(f"{_nowhere(dump, folder)}\n", encoding="utf-8")
    (SCHEMAS / f"{LATEST}.vault.json").write_text(_nowhere(vault, folder), encoding="utf-8")


def _nowhere(text: str, folder: Path) -> str:
    """`text` without the computer and the folder it was made on."""
    told = re.sub(r'(machine\\*":\\*")[0-9a-f]+', r"\g<1>0", text)
    return told.replace(str(folder.resolve()), "/var/shop")


async def _tried(world: World, play: Play, line: Line) -> Order:
    world.provider.plays.append(play)
    world.clock.turn(minutes=7)
    sale = await world.place(line)
    with contextlib.suppress(PosError):
        await world.register.sales.perform(sale.orders[0].id, sell_anyway=True)
    return await world.register.sales.order(sale.orders[0].id)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as new:
        asyncio.run(main(Path(new)))
