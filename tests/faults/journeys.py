"""What a till does until it is killed, over real HTTP, and how it is taken up again afterwards."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pos_app import clock
from pos_app.errors import PosError
from pos_app.money import Money
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.order import Order
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.printing.devices import FilePrinter
from pos_app.providers.base import Provider
from pos_app.providers.cardpluspay import SPEC as CARDPLUSPAY
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from pos_app.providers.http import Http, Timing
from pos_app.providers.levelup import SPEC as LEVELUP
from pos_app.providers.levelup import LevelUp
from pos_app.register import DATABASE, Parts, Register, open_register
from pos_app.sandbox.orders import CardOrder, GiftCardOrder
from pos_app.settings import TRAINING_SHOP, Settings
from pos_app.vault import TrainingVault
from tests.faults.claims import Broken, broken_claims
from tests.faults.company import Charge
from tests.faults.shop import CASHIER, MANAGER

_TIMING: Final = Timing(connect=10.0, reading=10.0, listening=10.0, pause=0.01, longest_pause=0.1)
_PATIENCE = 3.0


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
                settings=Settings(shop=TRAINING_SHOP, register_id="03"),
                vault=TrainingVault(self.folder / "vault.json"),
                providers=self._providers(),
                specs=(CARDPLUSPAY, LEVELUP),
                printer=FilePrinter(self.folder / "paper", columns, "default"),
                training=True,
                now=self.now,
                new_id=clock.new_id,
                holder=clock.new_id(),
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


Journey = Callable[[Place], Awaitable[None]]


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


JOURNEYS: Final[dict[str, tuple[Journey, tuple[dict[str, Any], ...]]]] = {
    "selling": (
        selling,
        ({"call": "buy", "fault": "none"}, {"call": "buy", "fault": "late_codes", "polls": 1, "first": 1}),
    ),
    "deciding": (
        deciding,
        ({"call": "buy", "fault": "lost_reply"}, {"call": "buy", "fault": "out_of_stock"}),
    ),
}
"""What a till does, and which faults it meets on the way."""


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
        return await broken_claims(register, charged(ledger, orders), placed, verdicts)
    finally:
        await register.close(_PATIENCE)


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
