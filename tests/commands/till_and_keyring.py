"""An open till whose keyring dies under it and comes back. Prints one JSON object a line.

`python tests/commands/till_and_keyring.py STORE ORDER`, beside a keyring that is unlocked.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from typing import Any, cast

import jeepney
from jeepney import DBusAddress
from jeepney.io.blocking import open_dbus_connection

from pos_app.errors import Misconfigured
from pos_app.opening import Options, open_till
from pos_app.register import Register

_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_SECRETS = "org.freedesktop.secrets"


async def main(store: str, order_id: str) -> None:
    """Open the till, and tell what it does with its keyring there, gone, and back again."""
    register = await open_till(Options(store=store, live=True))
    try:
        await _tell(register, order_id)
        os.kill(_keyring(), signal.SIGKILL)
        await _tell(register, order_id)
        unlock = ["gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets"]
        await asyncio.to_thread(
            subprocess.run, unlock, input=b"pw\n", check=True, capture_output=True, timeout=60
        )
        await _tell(register, order_id)
    finally:
        await register.close()


def _keyring() -> int:
    """The process id of the keyring that answers on this bus."""
    call = cast("Any", jeepney).new_method_call(_BUS, "GetConnectionUnixProcessID", "s", (_SECRETS,))
    with cast("Any", open_dbus_connection("SESSION")) as bus:
        return int(bus.send_and_get_reply(call).body[0])


async def _tell(register: Register, order_id: str) -> None:
    await register.key_watch.look()
    why = ""
    try:
        register.key_watch.refuse_without()
    except Misconfigured as problem:
        why = problem.reason
    order = await register.sales.order(order_id)
    cards = await register.sales.reveal(order_id, order.cards[0].id, "Mia")
    told = {"why": why, "orders": len(await register.sales.orders()), "code": cards.code}
    sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
