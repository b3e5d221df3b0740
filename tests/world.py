"""A whole register against a provider in memory, with a clock to turn and a power cord to pull."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import BaseModel
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.limits import NAMES, OFF, PATTERNS
from pos_app.money import Money
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.order import Order, Sale
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.printing.document import Document
from pos_app.providers.base import ProviderSpec
from pos_app.register import Parts, Register, open_register
from pos_app.settings import TRAINING_SHOP, Paper, Settings
from pos_app.vault import TrainingVault
from tests.played_provider import CARD, MERCHANT, PlayedProvider

CASHIER = "Mia 07"


@dataclass
class HandClock:
    """A clock that stands still until it is turned."""

    at: datetime = datetime(2026, 11, 21, 21, 42, tzinfo=UTC)
    passed: float = 1000.0

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        """What the monotonic clock says."""
        return self.passed

    def turn(self, **by: float) -> None:
        """Let time pass: `turn(minutes=30)`."""
        self.at += timedelta(**by)
        self.passed += timedelta(**by).total_seconds()

    def jump(self, **by: float) -> None:
        """Set the clock, or let the machine sleep: the monotonic clock does not know of it."""
        self.at += timedelta(**by)


@dataclass
class KeepingPrinter:
    """A printer that keeps every document; `trouble` makes the next ones fail."""

    name: str = "kept"
    trouble: DeviceProblem | None = None
    papers: dict[str, Document] = field(default_factory=dict[str, Document])

    async def state(self) -> DeviceProblem | None:
        return self.trouble

    async def print(self, document: Document, stem: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        assert stem not in self.papers, "a paper never takes another one's name"
        self.papers[stem] = document


@dataclass
class SlowPrinter(KeepingPrinter):
    """Tells when it has begun a paper, and finishes none before it may."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    async def print(self, document: Document, stem: str) -> None:
        self.begun.set()
        await self.may.wait()
        await super().print(document, stem)


UNLIMITED: Final = {"USD": {**dict.fromkeys(NAMES, OFF), PATTERNS: OFF}}
"""The limits of a shop that has none."""


class World:
    """Opens a register over one folder and one provider, as often as a test pulls the plug."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = HandClock()
        self.provider = PlayedProvider()
        self.printer = KeepingPrinter()
        self.made: dict[str, KeepingPrinter] = {}
        """The network printers the shop chose while the till was open, by their address."""
        self.connected = True
        self.goes_on = True
        """Whether a manager has selling go on whenever it would pause over orders that are not confirmed."""
        self.limits: dict[str, dict[str, str]] = {}
        """Beyond which amounts a sale is looked at; as shipped where nothing stands."""
        self._ids = itertools.count(1)
        self._processes = itertools.count(1)
        self._register: Register | None = None

    @property
    def register(self) -> Register:
        """The register as it is open now."""
        assert self._register is not None, "the till is closed"
        return self._register

    async def open(self, *, exclusive: bool = True) -> Register:
        """Open the till; a second one beside it when `exclusive` is False, which the caller closes."""
        register = await open_register(
            Parts(
                folder=self.folder,
                settings=Settings(shop=TRAINING_SHOP, register_id="03", limits=self.limits),
                vault=TrainingVault(self.folder / "vault.json"),
                # Not connected: the company was taken out of the settings, its orders are still there.
                providers={"played": self.provider} if self.connected else {},
                specs=(_SPEC,),
                printer=self.printer,
                training=True,
                now=self.clock,
                seconds=self.clock.seconds,
                new_id=self.new_id,
                holder=f"process-{next(self._processes)}",
                exclusive=exclusive,
                printer_of=self._made,
            )
        )
        if exclusive:
            self._register = register
        return register

    async def close(self) -> None:
        """Close the till in good order."""
        register, self._register = self.register, None
        await register.close()

    async def pull_the_plug(self) -> None:
        """End the register as a power cut would: nothing more is sent, heard or written."""
        register, self._register = self.register, None
        await register.close(0)

    async def restart(self) -> Register:
        """Pull the plug and open again."""
        await self.pull_the_plug()
        return await self.open()

    def _made(self, paper: Paper) -> KeepingPrinter | None:
        if paper.printer == "network":
            return self.made.setdefault(paper.host, KeepingPrinter(paper.host))
        return self.printer if paper.printer == "folder" else None

    def new_id(self) -> str:
        """1, 2, 3, …"""
        return f"{next(self._ids):032x}"

    def line(
        self, product: Product = CARD, quantity: int = 1, *, face: Money | None = None, email: str = ""
    ) -> Line:
        """A line of the basket; a card by e-mail when `email` is given."""
        worth = face or product.face or Money(2500, "USD")
        recipient = Recipient(email, "Kim", "Enjoy") if product.delivery == "email" else None
        return Line(self.new_id(), product, quantity, worth, worth, recipient)

    def email_line(self, email: str = "kim@mail.example", amount: int = 3000) -> Line:
        """A card by e-mail from a merchant; `amount` in cents."""
        return self.line(MERCHANT, face=Money(amount, "USD"), email=email)

    async def place(self, *lines: Line, received: Money | None = None) -> Sale:
        """Take cash for `lines` (one card when none is given) and write it down."""
        if self.goes_on and await self.register.sales.paused():
            await self.register.sales.go_on("played", "Ana", "the tests go on")
        draft = Draft(self.new_id(), "USD", lines or (self.line(),))
        cash = received or draft.total
        return await self.register.sales.place(draft, (Tender("cash", cash),), CASHIER)

    async def sell(self, *lines: Line) -> Order:
        """Place and perform the first of `lines`, whatever else is open."""
        sale = await self.place(*lines)
        return await self.register.sales.perform(sale.orders[0].id, sell_anyway=True)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._register is not None:
            await self._register.close(0)


class _NoSettings(BaseModel):
    """The played provider needs none."""


_SPEC = ProviderSpec(
    name="played",
    title="Played",
    delivery="codes",
    settings=_NoSettings,
    secrets=(),
    open=lambda _settings, _secrets: PlayedProvider(),
    sandbox=lambda _ready: (_NoSettings(), {}),
)


async def until(condition: object, *, turns: int = 60_000) -> None:
    """Let the loop run until `condition()` holds; fails after a bounded number of turns."""
    assert callable(condition)
    for _ in range(turns):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not come to that")
