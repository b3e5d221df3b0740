"""A demonstration: somebody at the window sells a card by code and one by e-mail, and pictures are taken."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Final

from pos_app.settings import Paper, Settings, save
from pos_app.training import start_sandbox
from ui.borders import Till
from ui.main_window import MainWindow
from ui.options import WindowOptions
from ui.person import NotSeen, Person
from ui.start import run

_SLOW: Final = 60.0
"""Seconds a provider and a slow machine are given for a whole sale."""

_SETTLING: Final = 0.5
_VALUES_BEFORE_25: Final = 4
_ADDRESS: Final = "kim@mail.example"


def demonstrate(out: Path) -> int:
    """Open the window on a shop and a sandbox of its own, play there, and return the exit code.

    Everything it shows is left in `out`; the shop is thrown away. Raises what `play` raises, and
    Misconfigured when the sandbox does not come up.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="countercard-") as name:
        folder = Path(name)
        store = folder / "store"
        store.mkdir(mode=0o700)
        paper = Paper(folder=str(out.resolve()))
        save(Settings(register_id="03", cashier="Mia 07", paper=paper), store / "settings.toml")
        sandbox = asyncio.run(start_sandbox(folder / "sandbox.json"))
        try:
            ready = folder / "ready.json"
            ready.write_text(json.dumps(dict(sandbox.ready)), encoding="utf-8")
            return run(
                WindowOptions(store=str(store), sandbox=str(ready)),
                lambda window, till: play(window, till, sandbox.ready["admin"], out),
            )
        finally:
            asyncio.run(sandbox.close())


async def play(window: MainWindow, register: Till, admin_url: str, out: Path) -> None:
    """Sell two cards at `window`; leave pictures, the papers and the provider's books in `out`.

    `admin_url` is the sandbox's own side of the counter. Raises NotSeen when a step does not show what it
    should, and whatever went wrong otherwise.
    """
    pictures = _Pictures(window, out)
    person = Person(window)
    await person.until(lambda: register.catalog.count > 0 and not register.catalog.loading, "products", _SLOW)
    await person.until(lambda: register.connections.lights()[0].state == "ok", "the lights", _SLOW)
    await pictures.take("sell")
    await _sell_by_code(person, pictures)
    await _sell_by_email(person, pictures)
    await _look_at_orders(person, pictures)
    await asyncio.to_thread(_keep_papers, register.settings.paper.folder, out)
    ledger = await asyncio.to_thread(_read, f"{admin_url}/ledger")
    (out / "ledger.json").write_text(json.dumps(ledger, indent=2, ensure_ascii=False), encoding="utf-8")
    for name, sold in ledger["totals"].items():
        if sold["orders"] != 1:
            raise NotSeen(f"{name}'s books show {sold['orders']} orders instead of one")


async def _sell_by_code(person: Person, pictures: _Pictures) -> None:
    """Two cards for cash, with change."""
    person.type("acme games")
    await pictures.take("search")
    person.press("Enter")
    for _value in range(_VALUES_BEFORE_25):
        person.press("Right")
    person.press("+")
    await pictures.take("values")
    person.press("Enter")
    await person.see("in stock", _SLOW)
    await pictures.take("basket")
    person.press("F12")
    await person.see("Read back", _SLOW)
    # Enter does nothing in the first moment of a screen: a person would not be that quick either.
    await asyncio.sleep(_SETTLING)
    person.type("60")
    await pictures.take("cash")
    person.press("Enter")
    await person.see("Done. Hand over 2 slips", _SLOW)
    await pictures.take("done")
    await asyncio.sleep(_SETTLING)
    person.press("Enter")
    await person.see("Basket")


async def _sell_by_email(person: Person, pictures: _Pictures) -> None:
    """One card by e-mail, paid at the card terminal."""
    person.click("chip_email")
    await pictures.take("merchants")
    person.press("Down")
    person.press("Enter")
    person.write("amount", "30")
    person.write("email", _ADDRESS)
    person.write("name", "Kim")
    person.write("message", "Happy birthday!")
    await pictures.take("recipient")
    person.press("Enter")
    await person.see("address looks right", _SLOW)
    person.press("F12")
    await person.see("Read back", _SLOW)
    await asyncio.sleep(_SETTLING)
    person.click("pay_terminal")
    person.write("reference", "TERM-004711")
    await pictures.take("terminal")
    person.press("Enter")
    await person.see("Done. Sent by e-mail", _SLOW)
    await person.see_enabled("new_sale", _SLOW)
    await pictures.take("sent")


async def _look_at_orders(person: Person, pictures: _Pictures) -> None:
    person.press("F3")
    await person.until(lambda: person.sees("orders_table"), "the list of orders")
    await pictures.take("orders")
    person.press("Down")
    person.press("Down")
    person.press("Enter")
    await person.see("What happened")
    await person.until(lambda: person.sees("step_0"), "the story of an order")
    await pictures.take("order")


class _Pictures:
    """Numbered pictures of the window."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self._window, self._out, self._number = window, out, 0

    async def take(self, name: str) -> None:
        """Save what one sees now as `NN-name.png`. Raises OSError when it can not be written."""
        # One round of the loop paints what has just changed.
        await asyncio.sleep(0.05)
        self._number += 1
        path = self._out / f"{self._number:02}-{name}.png"
        if not self._window.grab().save(str(path)):
            raise OSError(f"{path.name} can not be written")


def _keep_papers(folder: str, out: Path) -> None:
    if folder and Path(folder).resolve() != out.resolve():
        shutil.copytree(folder, out, dirs_exist_ok=True)


def _read(url: str) -> dict[str, Any]:
    # The sandbox's own address on this machine, never one from outside.
    with urllib.request.urlopen(url, timeout=30) as reply:  # noqa: S310
        return json.loads(reply.read())
