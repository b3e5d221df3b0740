"""One store with its registers, the people at them, and what they do step by step."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from pos_app.errors import NotAllowed, PosError, StoreProblem
from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.entries import Sent
from pos_app.orders.order import Order, Phase, Sale
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.providers.base import Provider
from pos_app.providers.cardpluspay import SPEC as CARDPLUSPAY
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from pos_app.providers.http import Timing
from pos_app.providers.levelup import SPEC as LEVELUP
from pos_app.providers.levelup import LevelUp
from pos_app.register import DATABASE, Parts, Register, open_register
from pos_app.sandbox.orders import CardOrder
from pos_app.settings import TRAINING_SHOP, Settings
from pos_app.settling import SETTLES_DOWN, Confirmed, Settling
from pos_app.vault import TrainingVault
from tests.faults.company import Charge, Company
from tests.faults.script import Kind, Script, Step
from tests.faults.virtual import VirtualLoop
from tests.faults.wire import Application, HttpThere, Trouble
from tests.world import KeepingPrinter

CASHIER: Final = "Mia 07"
MANAGER: Final = "Ana"
BEGIN: Final = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
"""When every script begins."""

_QUANTITY: Final[dict[Kind, int]] = {"single": 1, "several": 3, "pins": 2, "email": 1}
_BRANDS: Final[dict[Kind, tuple[str, int]]] = {
    "single": ("Acme Games", 2500),
    "several": ("Boreal", 1000),
    "pins": ("Dalton", 2000),
}
_LOOKED_AT: Final[frozenset[Confirmed]] = frozenset({"item_not_told", "others_open", "no_pin"})
_APART: Final = 61
_MAY_DECIDE: Final = frozenset({"poll", "resolve", "settle", "restart", "exclusive"})


class Time(Protocol):
    """The clock on the wall, of the till and of the providers."""

    def now(self) -> datetime:
        """What the till's clock shows."""
        ...

    def seconds(self) -> float:
        """Seconds that only grow."""
        ...

    async def turn(self, seconds: float) -> None:
        """Let so much time pass, and whoever waited for it go on."""
        ...

    def skew(self, seconds: float) -> None:
        """Set the till's clock wrong by so much."""
        ...


class VirtualTime:
    """The time of the virtual loop that runs."""

    def __init__(self) -> None:
        self._skew = timedelta()

    def now(self) -> datetime:
        """What the till's clock shows."""
        return BEGIN + timedelta(seconds=self.seconds()) + self._skew

    def seconds(self) -> float:
        """Since the script began."""
        return asyncio.get_running_loop().time()

    def unix(self) -> float:
        """What the providers' clock shows."""
        return BEGIN.timestamp() + self.seconds()

    async def turn(self, seconds: float) -> None:
        """Let so much time pass."""
        await asyncio.sleep(seconds)

    def skew(self, seconds: float) -> None:
        """Set the till's clock wrong."""
        self._skew += timedelta(seconds=seconds)


@dataclass
class Till:
    """One register, and the sale its cashier is at."""

    register: Register | None = None
    sale: Sale | None = None
    line: Line | None = None
    printer: KeepingPrinter = field(default_factory=KeepingPrinter)

    @property
    def open(self) -> Register:
        """The register as it is open now."""
        assert self.register is not None, "the till is closed"
        return self.register


class Shop:
    """Plays the steps of a script. `application` is None where the sandbox is reached over sockets at `root`.

    `said` is what was refused or failed on the way, by step. `verdicts` is when each order was decided about,
    on the providers' clock.
    """

    def __init__(
        self,
        folder: Path,
        company: Company,
        time: Time,
        kind: Kind,
        application: Application | None = None,
        root: str = "http://127.0.0.1:9",
        timing: Timing | None = None,
        first_id: int = 1,
    ) -> None:
        self.folder = folder
        self.company = company
        self.time = time
        self.kind: Kind = kind
        self.said: list[str] = []
        self.verdicts: dict[str, float] = {}
        self.placed: list[str] = []
        self._application = application
        self._ready = company.reached_at(root)
        self._timing = timing
        self._troubles: list[Trouble] = []
        self._disk = Disk()
        self._tills: dict[int, Till] = {}
        self._ids = itertools.count(first_id)
        self._begun: list[asyncio.Task[None]] = []

    @property
    def registers(self) -> tuple[Register, ...]:
        """Those that are open."""
        return tuple(till.open for till in self._tills.values() if till.register is not None)

    async def open(self, count: int) -> None:
        """Open so many registers over the store."""
        shutil.copytree(empty_store(), self.folder)
        for number in range(1, count + 1):
            self._tills[number] = Till()
            await self._open(number)

    async def begin_store(self) -> None:
        """Open the first register over a folder that has never been a store."""
        self._tills[1] = Till()
        await self._open(1)

    def have_room(self) -> None:
        """Whatever the disk did not take, it does now."""
        self._disk.take_everything()

    async def close(self) -> None:
        """Close all registers in good order; a script that failed is not held up by them."""
        for till in self._tills.values():
            if till.register is not None:
                register, till.register = till.register, None
                await register.close(0)
        await asyncio.gather(*self._begun, return_exceptions=True)

    async def play(self, script: Script) -> None:
        """Take all steps, one after the other. What people can be told of is tolerated, nothing else."""
        for step in script.steps:
            await self.take(step)

    async def take(self, step: Step) -> None:
        """Take one step."""
        till = self._tills[min(step.register, len(self._tills))]
        match step.name:
            case "fault":
                self.company.order(*step.faults)
            case "line":
                self._troubles.append(step.argument)  # pyright: ignore[reportArgumentType]
            case "event":
                self._event(json.loads(step.argument))
            case "turn":
                await self.time.turn(float(step.argument))
            case "skew":
                self.time.skew(float(step.argument))
            case "disk":
                self._disk.take_nothing(step.argument)
            case "join":
                await asyncio.gather(*self._begun)
                self._begun.clear()
            case "restart":
                await self._restart(min(step.register, len(self._tills)))
            case "begin":
                self._begun.append(asyncio.get_running_loop().create_task(self._perform(till)))
                await asyncio.sleep(0)
            case _:
                await self._act(step, till)
        if step.name in _MAY_DECIDE:
            with self._disk.well():
                await self._note_verdicts()

    async def _act(self, step: Step, till: Till) -> None:
        register = till.open
        match step.name:
            case "catalog":
                await self._tolerate(step, register.catalog.refresh())
            case "check":
                till.line = self._line()
                await self._tolerate(step, register.sales.check(till.line))
            case "place":
                await self._tolerate(step, self._place(till))
            case "perform" | "anyway":
                await self._perform(till, anyway=step.name == "anyway")
            case "print":
                if till.sale is not None:
                    await self._tolerate(step, register.printouts.print_sale(till.sale.head.id, CASHIER))
            case "poll" | "resolve":
                await self.time.turn(3 if step.name == "poll" else 601)
                await self._tolerate(step, register.resolver.look())
            case "settle":
                await self._tolerate(step, Manager(self, register).settle())
            case "refund" | "reveal" | "back" | "loss" | "spare":
                for order_id in self.placed:
                    await self._tolerate(step, self._to_order(step, register, order_id))
            case _:
                await self._tolerate(step, self._tell_of_account(step, register))

    async def _to_order(self, step: Step, register: Register, order_id: str) -> None:
        """What is done to each order that lets it be done."""
        order = await register.sales.order(order_id)
        match step.name:
            case "reveal":
                for card in order.handed_cards[:1]:
                    await register.sales.reveal(order_id, card.id, CASHIER)
            case "spare":
                parked = [card.id for card in order.parked_cards]
                if parked:
                    await register.spares.make_spare(order_id, parked, MANAGER, "They are ours: we paid")
            case "refund":
                await register.sales.refund(order_id, CASHIER)
            case _:
                await register.refunds.give_back(
                    order_id, MANAGER, loss=step.name == "loss", evidence="The customer could not wait"
                )

    async def _tell_of_account(self, step: Step, register: Register) -> None:
        """A manager says that nobody else uses the account's key, pays something in, or has selling go on."""
        if step.name == "goon":
            await self._tolerate(
                step, register.sales.go_on("cardpluspay", MANAGER, "Asked them: all is well")
            )
        elif step.name == "exclusive":
            await register.accounts.declare("cardpluspay", exclusive=True, by=MANAGER)
        elif step.name == "topup":
            self.company.books.top_up(Decimal(step.argument))
            amount = Money.of(step.argument, "USD")
            await register.accounts.top_up("cardpluspay", amount, by=MANAGER)
        else:
            raise AssertionError(f"nobody knows how to {step.name}")

    # --- the cashier ------------------------------------------------------------

    async def _place(self, till: Till) -> None:
        line = till.line or self._line()
        till.line = None
        draft = Draft(self._id(), "USD", (line,))
        till.sale = await till.open.sales.place(draft, (Tender("cash", draft.total),), CASHIER)
        self.placed += [order.id for order in till.sale.orders]

    async def _perform(self, till: Till, *, anyway: bool = False) -> None:
        if till.sale is None or till.register is None:
            return
        register = till.register
        for order in till.sale.orders:
            await self._tolerate("perform", register.sales.perform(order.id, sell_anyway=anyway))

    def _line(self) -> Line:
        product = sold(self.kind)
        worth = product.face or Money(2500, "USD")
        recipient = Recipient("kim@mail.example", "Kim", "Enjoy") if self.kind == "email" else None
        return Line(self._id(), product, _QUANTITY[self.kind], worth, worth, recipient)

    # --- what happens around ------------------------------------------------------------

    def _event(self, wish: dict[str, Any]) -> None:
        from pos_app.sandbox.faults import KINDS, options

        name = wish.pop("event")
        item = None if self.kind == "email" else sold(self.kind).item
        self.company.desk.later.let(name, options(name, KINDS[name], wish), item)

    async def _restart(self, number: int) -> None:
        till = self._tills[number]
        register, till.register = till.open, None
        await register.close(0)
        await asyncio.gather(*self._begun, return_exceptions=True)
        self._begun.clear()
        await self._open(number)

    async def _open(self, number: int) -> None:
        till = self._tills[number]
        self._disk.take_everything()
        till.register = await open_register(
            Parts(
                folder=self.folder,
                settings=Settings(shop=TRAINING_SHOP, register_id="03"),
                vault=TrainingVault(self.folder / "vault.json"),
                providers=self._providers(),
                specs=(CARDPLUSPAY, LEVELUP),
                printer=till.printer,
                training=True,
                now=self.time.now,
                seconds=self.time.seconds,
                new_id=self._id,
                holder=f"process-{next(self._ids)}",
                exclusive=number == 1,
                spills=(self.folder.with_name("spill"),),
            )
        )
        self._disk.stand_below(till.register)

    def _providers(self) -> dict[str, Provider]:
        return providers(self._ready, self._timing, self._application, self._troubles)

    def _id(self) -> str:
        return f"{next(self._ids):032x}"

    async def _tolerate(self, step: Step | str, act: Awaitable[Any]) -> None:
        try:
            await act
        except PosError as error:
            self.said.append(f"{step}: {error.reason}")
        except asyncio.CancelledError:
            # A register that is closed lets go of what it was doing.
            self.said.append(f"{step}: let go of")

    async def _note_verdicts(self) -> None:
        register = next(iter(self.registers))
        for order_id in self.placed:
            if order_id not in self.verdicts:
                order = await register.sales.order(order_id)
                if order.settled is not None:
                    self.verdicts[order_id] = self.company.books.clock.now()


class Disk:
    """The store's disk, which may be full for some transactions, or write and say that it did not."""

    def __init__(self) -> None:
        self._full = 0
        self._lying = 0
        self._is_well = False

    def take_nothing(self, how: str) -> None:
        """`full=3`: the next three transactions fail; `lying=1`: the next that is written is said to have."""
        word, _, count = how.partition("=")
        if word == "full":
            self._full = int(count)
        else:
            self._lying = int(count)

    def take_everything(self) -> None:
        """All is well again."""
        self._full = self._lying = 0

    @contextlib.contextmanager
    def well(self) -> Generator[None]:
        """All is well meanwhile: for what this test looks at, and no till does."""
        self._is_well = True
        try:
            yield
        finally:
            self._is_well = False

    def stand_below(self, register: Register) -> None:
        """Every transaction of this register goes through here."""
        database = register.journal._database  # pyright: ignore[reportPrivateUsage]
        real: Callable[..., Any] = database._transact  # pyright: ignore[reportPrivateUsage]

        def transact(act: Callable[..., Any]) -> Any:
            if self._full and not self._is_well:
                self._full -= 1
                raise StoreProblem("full")
            before = database._connection.total_changes  # pyright: ignore[reportPrivateUsage]
            result = real(act)
            if self._lying and not self._is_well and database._connection.total_changes > before:  # pyright: ignore[reportPrivateUsage]
                self._lying -= 1
                raise StoreProblem("unavailable")
            return result

        setattr(database, "_transact", transact)  # noqa: B010


class Manager:
    """Somebody who decides as the product recommends, with the provider's own page beside the till."""

    def __init__(self, shop: Shop, register: Register) -> None:
        self._shop = shop
        self._settling: Settling = register.settling

    async def settle(self) -> None:
        """Look at everything that waits, once."""
        for waiting in await self._settling.waiting():
            with contextlib.suppress(PosError):
                await self._decide(waiting.order)

    async def _decide(self, order: Order) -> None:
        if order.reopened:
            await self._settling.seen(order.id, "Looked at it with the provider", MANAGER)
        elif order.phase is Phase.CODES_PENDING:
            await self._bought(order, self._page(order))
        elif order.phase is Phase.SENT:
            page = self._page(order)
            if page:
                await self._bought(order, page)
            else:
                await self._not_bought(order)

    def _page(self, order: Order) -> list[Charge]:
        """What the provider's own page shows for `order` at this moment."""
        self._shop.company.catch_up()
        return [charge for charge in self._shop.company.books.charges if charge.order_id == order.id]

    async def _bought(self, order: Order, page: list[Charge]) -> None:
        if order.codes_by_email:
            await self._settling.sent_by_email(order.id, "The provider says it was sent", MANAGER)
            return
        for charge in page:
            if order.provider_order_id not in {None, charge.number}:
                continue
            try:
                await self._settling.bought_by_number(
                    order.id, charge.number or "", "Seen in the portal", MANAGER, confirmed=_LOOKED_AT
                )
            except NotAllowed:
                await self._by_codes(order, charge)
            return

    async def _by_codes(self, order: Order, charge: Charge) -> None:
        assert isinstance(charge.order, CardOrder)
        shown = charge.order.shown(self._shop.company.books.clock.now())[: order.placed.quantity]
        cards = tuple(Card(code.code, code.pin) for code in shown)
        await self._settling.bought_by_codes(order.id, cards, "Copied from the portal", MANAGER)

    async def _not_bought(self, order: Order) -> None:
        sent = max(entry.at for entry in order.entries if isinstance(entry, Sent))
        if self._shop.time.now() - sent < SETTLES_DOWN:
            return
        if not order.codes_by_email:
            for _ in range(2):
                found = await self._settling.witnesses(order.id)
                if not (found.usable and found.shows_nothing):
                    return
                await self._shop.time.turn(_APART)
            if self._page(order):
                return
        elif self._page(order) or self._shop.company.still_to_come():
            # Nothing shows whether a card went out but the company itself, which can be asked.
            return
        await self._settling.not_bought(order.id, "Their list shows nothing new", MANAGER)


def providers(
    ready: Any, timing: Timing | None, application: Application | None, troubles: list[Trouble]
) -> dict[str, Provider]:
    """The till's own providers, on the way to the sandbox that `ready` names."""

    def http(name: str) -> HttpThere:
        return HttpThere(name, ready[name], timing, application, troubles)

    secrets = {name: ready[name] for name in ("user_token", "merchant_token")}
    return {
        "cardpluspay": CardPlusPay(
            CardPlusPaySettings(base_url=ready["cardpluspay"]),
            {"api_key": ready["api_key"]},
            http("cardpluspay"),
        ),
        "levelup": LevelUp(secrets, http("levelup")),
    }


def sold(kind: Kind) -> Product:
    """What is sold in a script about this kind of order."""
    return _assortment()[kind]


@cache
def _assortment() -> dict[Kind, Product]:
    """The products as the till reads them from the sandbox, once in a process."""
    found: dict[Kind, Product] = {}

    async def read() -> None:
        company = Company(lambda: 0.0)
        opened = providers(company.ready, None, company, [])
        products = [product async for page in opened["cardpluspay"].products() for product in page]
        for kind, (brand, face) in _BRANDS.items():
            found[kind] = next(
                one for one in products if (one.brand, one.face) == (brand, Money(face, "USD"))
            )
        merchants = [product async for page in opened["levelup"].products() for product in page]
        found["email"] = merchants[0]

    run_at_once(read())
    return found


@cache
def empty_store() -> Path:
    """A store in which nothing has happened, to be copied."""
    import atexit
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="countercard-empty-", dir=memory()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = folder / "store"

    async def make() -> None:
        shop = Shop(store, Company(lambda: 0.0), VirtualTime(), "single")
        await shop.begin_store()
        await shop.close()

    run_at_once(make())
    _homeless(store)
    return store


def _homeless(store: Path) -> None:
    """Let the store not know where it is at home: each copy is at home where it is opened first."""
    with contextlib.closing(sqlite3.connect(store / DATABASE)) as connection:
        connection.execute("DELETE FROM fact WHERE name = 'home'")
        connection.commit()
    vault = store / "vault.json"
    kept = json.loads(vault.read_bytes())
    vault.write_text(json.dumps({name: text for name, text in kept.items() if "home" not in name}))


def get_ready() -> None:
    """Make once, before any loop runs, what every script begins with."""
    empty_store()
    _assortment()


def memory() -> Path | None:
    """A folder that is no disk, where there is one."""
    found = Path("/dev/shm")  # noqa: S108
    return found if found.is_dir() else None


def run_at_once(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a loop of its own, on which no time passes."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(coroutine)
