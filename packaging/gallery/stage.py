"""What states are played on: shops with real registers, one sandbox, and a cashier in front of the window."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import keyring

from pos_app.clock import new_id
from pos_app.errors import PosError
from pos_app.first_start import FirstStart, open_first_start
from pos_app.first_start.later import Suppliers
from pos_app.first_start.pages import PaperEntries, ShopEntries
from pos_app.limits import NAMES, OFF, PATTERNS
from pos_app.money import Money
from pos_app.opening import Options, open_till
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.order import Order
from pos_app.orders.sale import Tender
from pos_app.printing.document import Document, Secret
from pos_app.register import Register
from pos_app.settings import FILE_NAME, Paper, Settings, save
from tests.cashier import Cashier, cashier_at
from tests.keyrings import Ring
from tests.sandbox_process import SandboxProcess
from ui.borders import Till
from ui.main_window import MainWindow
from ui.person import Person
from ui.printing.qt_printer import render_pages, render_raster

CASHIER: Final = "Mia 07"
MANAGER: Final = "Ana"
PIN: Final = "8264"
ADDRESS: Final = "kim@mail.example"

_SHOP: Final = ShopEntries(
    "Harbour News & Gifts", "14 Quay Street, Albany NY 12207", "518-555-0100", "USD", "America/New_York"
)
_NOBODY_LISTENS: Final = 9
_PAPERS: Final = {
    "unplugged": Paper(printer="network", host="127.0.0.1", port=_NOBODY_LISTENS),
    "paperless": Paper(printer="screen"),
}
"""How the shops that do not print into a folder do it, by the shop's name."""

_LIMITS: Final = {
    "guarded": {"USD": {"question": "20", "sale": "50"}},
    "strict": {"USD": {"question": "20", "sale": "50", "beyond": "refuse"}},
}
"""What the scam guard lets pass, by the shop's name; in all others nothing is asked."""

_NO_LIMITS: Final = {"USD": {**dict.fromkeys(NAMES, OFF), PATTERNS: OFF}}

_PATIENCE: Final = 30.0

_LONG_AGO: Final = 700
"""Seconds the sandbox's clock is turned by, so that an answer that was held back comes."""


@dataclass(frozen=True)
class Wanted:
    """One order for a shop's history: of which brand, its value's place, and what goes wrong with it."""

    brand: str
    value: int = 0
    quantity: int = 1
    fault: str = ""
    bought: bool = True
    amount: str = ""
    recipient: str = ""


_OFFICE: Final = (
    Wanted("acme games", 1, 2),
    Wanted("boreal"),
    Wanted("lumen", amount="30", recipient=ADDRESS),
    Wanted("acme games", fault="out_of_stock"),
    Wanted("boreal", 1, fault="two_codes_three_charges"),
    Wanted("acme games", 2, fault="late_codes"),
    Wanted("acme games", 3, fault="lost_reply"),
    Wanted("boreal", bought=False),
)
"""What was sold in the shop whose office one looks into."""


class Stage:
    """Everything a state needs. What a state opens is closed behind it; registers stay open for the next."""

    def __init__(self, folder: Path, sandbox: SandboxProcess, language: str, size: tuple[int, int]) -> None:
        self.language, self.size = language, size
        self.admin = sandbox.admin
        self.ready = dict(sandbox.ready)
        self.folder = folder
        self._ready = folder / "ready.json"
        self._ready.write_text(sandbox.line, encoding="utf-8")
        self.mails = 0
        self._seconds = 0.0
        self._registers: dict[str, Register] = {}
        self._real = folder
        self._state = AsyncExitStack()
        self._cashier: Cashier | None = None
        self._window: MainWindow | None = None

    def seconds(self) -> float:
        """The window's clock, turned by hand."""
        return self._seconds

    def wait(self, seconds: float = 1.0) -> None:
        """Let time pass on the window's clock: after half a second a new screen takes Enter."""
        self._seconds += seconds

    # --- shops --------------------------------------------------------------------------------------

    async def shop(self, name: str = "counter", *, stocked: bool = True) -> Register:
        """The register of the practising shop `name`; `stocked`: with the companies' products."""
        if name not in self._registers:
            folder = self.folder / name
            paper = _PAPERS.get(name, Paper())
            settings = Settings(
                register_id="03",
                cashier=CASHIER,
                language=self.language,
                paper=paper,
                limits=_LIMITS.get(name, _NO_LIMITS),
            )
            save(settings, folder / FILE_NAME)
            register = await open_till(Options(str(folder), self._ready), render_pages, render_raster)
            self._registers[name] = register
            await register.connections.look()
            if not stocked:
                return register
            await register.catalog.refresh()
            if (await register.accounts.account("cardpluspay")).declared:
                # What nobody answered for stays so until a person decides: that is to be seen.
                await register.accounts.declare("cardpluspay", exclusive=False, by=MANAGER)
            await register.people.add_manager(MANAGER, PIN, PIN)
            register.watch()
            if name == "office":
                for wanted in _OFFICE:
                    await self.buy(register, wanted)
        return self._registers[name]

    async def row_of(self, shop: str, status: str) -> int:
        """How far down the list of orders of `shop` the first of `status` stands, counted from 1."""
        register = await self.shop(shop)
        rows = await register.sales.orders(limit=len(_OFFICE))
        return [row.status.value for row in rows].index(status) + 1

    async def buy(self, register: Register, wanted: Wanted) -> Order:
        """Make one order of a shop's history."""
        line = self._line(register, wanted)
        draft = Draft(new_id(), "USD").with_line(line)
        sale = await register.sales.place(draft, (Tender("cash", draft.total),), CASHIER)
        if wanted.bought:
            if wanted.fault:
                call = "levelup.create" if wanted.recipient else "cardpluspay.create"
                more = {"never": True} if wanted.fault == "late_codes" else {}
                self.admin.fault(wanted.fault, call, times=1, **more)
            with contextlib.suppress(PosError):
                # What went wrong is what it is here for.
                await register.sales.perform(line.id)
            await register.printouts.print_sale(sale.head.id, CASHIER)
        return await register.sales.order(line.id)

    def _line(self, register: Register, wanted: Wanted) -> Line:
        brand = register.catalog.brands(wanted.brand)[0]
        product = register.catalog.products_of(brand)[wanted.value]
        face = product.face
        if face is None:
            face = Money.of(wanted.amount, product.currency)
        to = Recipient(wanted.recipient, "Kim", "Happy birthday!") if wanted.recipient else None
        return Line(new_id(), product, wanted.quantity, face, face, to)

    async def first_start(self, done: int) -> FirstStart:
        """The first start of a shop nobody has set up yet, with its first `done` pages filled in."""
        keyring.set_keyring(Ring())
        place = self.folder / new_id()
        papers = self.folder / f"{place.name}-papers"
        save(Settings(language=self.language), place / FILE_NAME)
        self._set_up_last = place
        options = Options(str(place), live=True)
        start = await open_first_start(options, render_pages, render_raster=render_raster)
        self._state.push_async_callback(start.close)
        address = {"base_url": self.ready["cardpluspay"]}
        secrets = {"api_key": self.ready["api_key"]}
        pages: tuple[Callable[[], Awaitable[object]], ...] = (
            lambda: start.keep_shop(_SHOP),
            lambda: start.keep_register("03", CASHIER),
            lambda: start.keep_supplier("cardpluspay", address, secrets),
            lambda: start.keep_printer(PaperEntries(folder=str(papers))),
            lambda: start.keep_manager(MANAGER, PIN, PIN),
        )
        for keep in pages[:done]:
            await keep()
        return start

    async def real_shop(self) -> Register:
        """A shop that was set up and sells real cards, as far as anything is real here."""
        if "real" not in self._registers:
            start = await self.first_start(5)
            folder = self._set_up_last
            groups = _groups_on((await start.print_recovery_sheet()).document)
            await start.check_recovery({place: groups[place - 1] for place in start.recovery_places()})
            await start.close()
            register = await open_till(Options(str(folder), live=True), render_pages, render_raster)
            self._registers["real"], self._real = register, folder
            await register.catalog.refresh()
            await register.connections.look()
            register.watch()
        return self._registers["real"]

    # --- the window ---------------------------------------------------------------------------------

    async def at(self, shop: str = "counter") -> Cashier:
        """A cashier in front of the window of `shop`."""
        return await self.at_register(await self.shop(shop))

    async def at_register(self, register: Register) -> Cashier:
        """A cashier in front of a window over `register`, with nobody's money in its drawer."""
        # A picture is left in the middle of a sale: the next window would ask for what was taken in it.
        await register.held_money.hold("", ())
        opened = cashier_at(register, clock=self.seconds, size=self.size)
        self._cashier = await self._state.enter_async_context(opened)
        self._window = self._cashier.window
        if register is self._registers.get("real"):
            self._window.supplying_of = partial(_supplying, self._real)
        return self._cashier

    def cashier(self) -> Cashier:
        """Who is in front of the window."""
        assert self._cashier is not None
        return self._cashier

    def window(self) -> MainWindow:
        """The window one sees."""
        assert self._window is not None
        return self._window

    async def bare(self) -> Person:
        """Somebody in front of a window without a till."""
        person, self._window = await self._state.enter_async_context(_bare(self.seconds, self.size))
        return person

    async def clear(self) -> None:
        """Close what the state opened, and let the companies be as they were."""
        self.admin.clear_faults()
        state, self._state = self._state, AsyncExitStack()
        await state.aclose()

    def afterwards(self, act: Callable[[], Awaitable[object]]) -> None:
        """Have `act` done when the picture was taken."""
        self._state.push_async_callback(act)

    async def let_answers_come(self) -> None:
        """Turn the companies' clock past everything they keep somebody waiting with, and back."""
        self.admin.advance(_LONG_AGO)
        for register in self._registers.values():
            await register.work.drain(_PATIENCE)
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.post(f"{self.ready['admin']}/clock", json={"set": None})).raise_for_status()

    async def close(self) -> None:
        """Close all shops."""
        for register in self._registers.values():
            await register.close()


@asynccontextmanager
async def _bare(
    clock: Callable[[], float], size: tuple[int, int]
) -> AsyncGenerator[tuple[Person, MainWindow]]:
    window = MainWindow(clock=clock)
    window.resize(*size)
    window.show()
    window.activateWindow()
    try:
        yield Person(window), window
    finally:
        await window.end_first_start()
        await window.finish()
        window.close()
        window.deleteLater()


def _supplying(folder: Path, till: Till) -> Suppliers:
    preferences = till.preferences
    options = Options(str(folder), live=True)
    return Suppliers(
        options,
        lambda: preferences.settings,
        preferences.keep_company,
        till.changeover.change,
        till.setting_log.write,
    )


def _groups_on(document: Document) -> tuple[str, ...]:
    found = (block.value for block in document.blocks if isinstance(block, Secret))
    return tuple(" ".join(found).split())
