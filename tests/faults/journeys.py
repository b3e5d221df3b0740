"""What a till does until it is killed, over real HTTP, and how it is taken up again afterwards."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pos_app import clock
from pos_app.copies import back_up, restoring
from pos_app.errors import PosError
from pos_app.money import Money
from pos_app.opening import SETTINGS, Options, rebuild_rows
from pos_app.orders.answers import Reply
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.order import Order
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.printing.devices import FilePrinter
from pos_app.providers.base import Provider, Purchase
from pos_app.providers.cardpluspay import SPEC as CARDPLUSPAY
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from pos_app.providers.http import Http, Timing
from pos_app.providers.levelup import SPEC as LEVELUP
from pos_app.providers.levelup import LevelUp
from pos_app.register import DATABASE, Parts, Register, open_register
from pos_app.sandbox.orders import CardOrder, GiftCardOrder
from pos_app.settings import TRAINING_SHOP, Paper, Settings
from pos_app.vault import TrainingVault
from tests.faults.claims import Broken, broken_claims, unknown_papers
from tests.faults.company import Charge
from tests.faults.shop import CASHIER, MANAGER, Disk, empty_store
from tests.store.keep_schema import SCHEMAS

_TIMING: Final = Timing(connect=10.0, reading=10.0, listening=10.0, pause=0.01, longest_pause=0.1)
_PATIENCE: Final = 3.0
REGISTER: Final = "03"
VAULT: Final = "vault.json"
PAPERS: Final = "paper"


@dataclass
class Place:
    """Where a journey takes place: the store, the sandbox, and three products nobody else buys meanwhile."""

    folder: Path
    ready: Mapping[str, str]
    products: Mapping[str, Product]
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The till's clock, which can be turned on."""
        return clock.now() + self.ahead

    async def open(self) -> Register:
        """Open the till."""
        columns = 42
        return await open_register(
            Parts(
                folder=self.folder,
                settings=Settings(shop=TRAINING_SHOP, register_id=REGISTER),
                vault=TrainingVault(self.folder / VAULT),
                providers=self._providers(),
                specs=(CARDPLUSPAY, LEVELUP),
                printer=FilePrinter(self.folder / PAPERS, Paper(columns=columns)),
                training=True,
                now=self.now,
                new_id=clock.new_id,
                holder=clock.new_id(),
                spills=(self.folder.with_name("spill"),),
            )
        )

    def _providers(self) -> dict[str, Provider]:
        ready = self.ready
        return {
            "cardpluspay": CardPlusPay(
                CardPlusPaySettings(base_url=ready["cardpluspay"]),
                {"api_key": ready["api_key"]},
                Http("cardpluspay", ready["cardpluspay"], _TIMING),
            ),
            "levelup": LevelUp(
                {name: ready[name] for name in ("user_token", "merchant_token")},
                Http("levelup", ready["levelup"], _TIMING),
            ),
        }


Act = Callable[[Place], Coroutine[Any, Any, None]]


async def selling(place: Place) -> None:
    """Two sales with paper, a card looked at, codes that come late."""
    register = await place.open()
    await _sell(register, place.products["single"], 1)
    several = await _sell(register, place.products["several"], 2)
    for _ in range(2):
        place.ahead += timedelta(seconds=10)
        await register.resolver.look()
    if several is not None:
        order = await register.sales.order(several.id)
        for card in order.handed_cards[:1]:
            await register.sales.reveal(order.id, card.id, CASHIER)
        with contextlib.suppress(PosError):
            await register.printouts.print_sale(order.placed.sale.id, CASHIER)
    await register.close(_PATIENCE)


async def deciding(place: Place) -> None:
    """A lost reply and a refusal; a manager decides, money goes back, a mail goes out."""
    register = await place.open()
    lost = await _sell(register, place.products["single"], 1)
    refused = await _sell(register, place.products["several"], 1)
    await _sell(register, place.products["email"], 1)
    place.ahead += timedelta(minutes=31)
    await register.resolver.look()
    for order in (lost, refused):
        if order is not None:
            with contextlib.suppress(PosError):
                await register.sales.refund(order.id, CASHIER)
    if lost is not None:
        with contextlib.suppress(PosError):
            found = await register.settling.witnesses(lost.id)
            for row in found.unclaimed:
                await register.settling.bought_by_number(
                    lost.id,
                    row.provider_order_id,
                    "Seen in the portal",
                    MANAGER,
                    confirmed=("item_not_told", "others_open", "no_pin"),
                )
    await register.close(_PATIENCE)


async def cramped(place: Place) -> None:
    """The disk is full in the moment the answer comes: the reply is laid aside until there is room."""
    register = await place.open()
    disk = Disk()
    disk.stand_below(register)
    provider = register.sales._provider("cardpluspay")  # pyright: ignore[reportPrivateUsage]
    send = provider.send

    async def into_a_full_disk(purchase: Purchase) -> Reply:
        reply = await send(purchase)
        disk.take_nothing("full=2")
        return reply

    setattr(provider, "send", into_a_full_disk)  # noqa: B010
    await _sell(register, place.products["single"], 1)
    await register.sales.keep_what_was_heard()
    await register.close(_PATIENCE)


async def purging(place: Place) -> None:
    """Three months later the codes of what was sold are deleted, so that nobody can ever read them."""
    place.ahead += timedelta(days=100)
    register = await place.open()
    await register.backup.look()
    for order_id in _placed(place.folder):
        with contextlib.suppress(PosError):
            await register.purging.by_hand(order_id, MANAGER, "The customer asked for it")
    await register.purging.look()
    await register.close(_PATIENCE)


async def keeping(place: Place) -> None:
    """A copy is taken, the rows are made anew, and the store is put back from the copy."""
    options = Options(store=str(place.folder))
    vault = TrainingVault(place.folder / VAULT)
    copy = await back_up(options)
    await rebuild_rows(options, vault)
    async with restoring(options, copy, vault, place.now) as prepared:
        await prepared.carry_out()
    await (await place.open()).close(_PATIENCE)


async def opening(place: Place) -> None:
    """A store of an older version is backed up and brought up to date, and looked at."""
    register = await place.open()
    await register.resolver.look()
    await register.close(_PATIENCE)


def _nothing_yet(folder: Path) -> None:
    shutil.copytree(empty_store(), folder)
    (folder / SETTINGS).write_text(f'register_id = "{REGISTER}"\n', encoding="utf-8")


def _an_older_one(folder: Path) -> None:
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript((SCHEMAS / "1.sql").read_text(encoding="utf-8"))
    shutil.copyfile(SCHEMAS / "1.vault.json", folder / VAULT)


async def take_up_again(place: Place, ledger: Mapping[str, Any]) -> list[Broken]:
    """Open what the killed till left behind, let it find out what it can, and see what does not hold."""
    register = await place.open()
    try:
        for _ in range(3):
            place.ahead += timedelta(minutes=11)
            await register.resolver.look()
        placed = _placed(place.folder)
        orders = [await register.sales.order(order_id) for order_id in placed]
        verdicts = {order.id: order.settled.at.timestamp() for order in orders if order.settled is not None}
        broken = await broken_claims(register, charged(ledger, orders), placed, verdicts)
        return [*broken, *await unknown_papers(register, place.folder / PAPERS, placed)]
    finally:
        await register.close(_PATIENCE)


async def nothing_is_missing(place: Place, _ledger: Mapping[str, Any]) -> list[Broken]:
    """Open a store of an older version: every line it had is there, every order can be read."""
    register = await place.open()
    try:
        walked = await register.journal.verify()
        before = (SCHEMAS / "1.sql").read_text(encoding="utf-8").count('INSERT INTO "entry"')
        for order_id in _placed(place.folder):
            await register.sales.order(order_id)
        sound = walked.broken is None and walked.entries >= before > 0
        return [] if sound else [Broken("loss", f"{walked.entries} lines of {before}")]
    finally:
        await register.close(_PATIENCE)


@dataclass(frozen=True, slots=True)
class Journey:
    """What a till does until it is killed, what was done before, its faults, and what is seen then."""

    act: Act
    faults: tuple[dict[str, Any], ...] = ()
    before: Act | None = None
    lay_out: Callable[[Path], None] = _nothing_yet
    see: Callable[[Place, Mapping[str, Any]], Coroutine[Any, Any, list[Broken]]] = take_up_again


_LATE: Final = (
    {"call": "buy", "fault": "none"},
    {"call": "buy", "fault": "late_codes", "polls": 1, "first": 1},
)
_LOST: Final = ({"call": "buy", "fault": "lost_reply"}, {"call": "buy", "fault": "out_of_stock"})

JOURNEYS: Final[dict[str, Journey]] = {
    "selling": Journey(selling, _LATE),
    "deciding": Journey(deciding, _LOST),
    "cramped": Journey(cramped),
    "purging": Journey(purging, _LATE, before=selling),
    "keeping": Journey(keeping, _LATE, before=selling),
    "opening": Journey(opening, lay_out=_an_older_one, see=nothing_is_missing),
}
"""By name."""


def charged(ledger: Mapping[str, Any], orders: Sequence[Order]) -> list[Charge]:
    """What the sandbox charged, each for the order of ours that sold the same item: no item is sold twice."""
    ours = {order.placed.product.item: order.id for order in orders}
    numbers = itertools.count(1)
    charges: list[Charge] = []
    for found in ledger["cardpluspay"]["orders"]:
        told = {name: value for name, value in found.items() if name not in {"status", "codes_shown"}}
        order = CardOrder.from_dict(told)
        minor = int(order.amount * 100)
        ours_for = ours.get(order.item_code, "")
        charges.append(Charge(ours_for, next(numbers), minor, order.committed, str(order.order_id), order))
    for found in ledger["levelup"]["orders"]:
        gift = GiftCardOrder(**{name: value for name, value in found.items() if name != "merchant_name"})
        ours_for = ours.get(str(gift.merchant_id), "")
        charges.append(Charge(ours_for, next(numbers), gift.value_amount, gift.created, None, gift))
    return charges


async def _sell(register: Register, product: Product, quantity: int) -> Order | None:
    worth = product.face or Money(2500, "USD")
    recipient = Recipient("kim@mail.example", "Kim", "Enjoy") if product.delivery == "email" else None
    line = Line(clock.new_id(), product, quantity, worth, worth, recipient)
    draft = Draft(clock.new_id(), "USD", (line,))
    with contextlib.suppress(PosError):
        await register.sales.check(line)
    sale = await register.sales.place(draft, (Tender("cash", draft.total),), CASHIER)
    [order] = sale.orders
    with contextlib.suppress(PosError):
        await register.sales.perform(order.id)
    with contextlib.suppress(PosError):
        await register.printouts.print_sale(sale.head.id, CASHIER)
    return await register.sales.order(order.id)


def _placed(folder: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection:
        return [str(order_id) for (order_id,) in connection.execute("SELECT order_id FROM order_row")]
