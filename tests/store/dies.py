"""A till that is killed: between `Sent` and the answer, or in the middle of writing. Run as a process.

`python -m tests.store.dies PATH {sent,writing}` says where it stands on its standard output and stays there.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pos_app.store.database import Tx
from tests.store.shelf import Shelves


async def main(path: Path, where: str) -> None:
    """Place and send an order; then stand still, inside a transaction or after it."""
    shelf = await Shelves(path).open(holder="the one that dies")
    order = await shelf.to_do("sale")
    if where == "sent":
        await shelf.send(order)
        stand("sent")

    def stand_inside(tx: Tx) -> None:
        tx.execute("DELETE FROM order_key")
        tx.execute("UPDATE order_row SET phase = 'fulfilled'")
        stand("writing")

    await shelf.database.run(stand_inside)


def stand(where: str) -> None:
    """Say `where`, and wait for an end that comes from outside."""
    sys.stdout.write(f"{where}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
