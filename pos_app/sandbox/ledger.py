"""The one truth of the stand-in: money, stock, orders and codes. Nothing here knows HTTP."""

import time
from collections import Counter
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from pos_app.sandbox import codes, credentials
from pos_app.sandbox.catalogue import Product
from pos_app.sandbox.credentials import Credentials
from pos_app.sandbox.levelup_book import Addition, Removal, ValueBook
from pos_app.sandbox.orders import CardOrder, GiftCardOrder, Hold, IssuedCode
from pos_app.sandbox.statefile import StateFile, StateFileError

CURRENCY = "USD"
"""The currency both accounts are kept in."""

START_BALANCE = Decimal("5000.00")
START_CREDIT = 2_000_000
"""What the shop's LevelUp account can still be charged at the start, in cents."""

_CENT = Decimal("0.01")
_FIRST_ORDER = 4711
_FORMAT = 1

Booked = CardOrder | GiftCardOrder | Addition | Removal
"""What a call can change that lasts: the answer to it may get lost."""

Reason = Literal["invalid_item", "out_of_stock", "insufficient_balance", "no_credit"]


class Refused(Exception):
    """The ledger does not sell this, for `reason`. Nothing has changed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Ledger:
    """Balance, stock, prices, orders and credentials; every change is on disk before anybody is told of it.

    `epoch` counts the resets, so that a purchase which was put off can see that its world is gone.
    """

    def __init__(self, seed: int, products: Mapping[str, Product], file: StateFile | None = None) -> None:
        self.seed = seed
        self.products = products
        self.epoch = 0
        self.requests: Counter[str] = Counter()
        self.revoked: set[str] = set()
        self._file = file
        self._next_order = _FIRST_ORDER
        self._next_number = 1
        self._issued: set[str] = set()
        self.credentials: Credentials = credentials.fresh()
        self.value = ValueBook()
        self._begin()
        if file is not None:
            self._restore(file.read())
            file.begin(self._whole())

    # --- CardPlusPay ------------------------------------------------------------

    def price(self, product: Product) -> Decimal:
        """What one card costs the account at this moment, in US dollars."""
        return self.prices.get(product.item_code, product.price)

    def left(self, product: Product) -> int:
        """How many cards of this product can still be bought."""
        return max(0, product.stock - self.sold.get(product.item_code, 0))

    def buy(
        self,
        item_code: str,
        quantity: int,
        email: str | None,
        *,
        hold: Hold | None = None,
        incoherent: bool = False,
    ) -> CardOrder:
        """Sells `quantity` cards and debits the account. Raises `Refused`.

        `hold` keeps the codes back for a while. `incoherent` sells as in the documentation's example, where
        one card was asked for, two codes are listed and three were charged.
        """
        product = self.products.get(item_code)
        if product is None:
            raise Refused("invalid_item")
        listed, charged = (quantity + 1, quantity + 2) if incoherent else (quantity, quantity)
        if listed > self.left(product):
            raise Refused("out_of_stock")
        price = self.price(product)
        if price * charged > self.balance:
            raise Refused("insufficient_balance")
        order = CardOrder(
            order_id=self._next_order,
            order_no=f"ORD-{time.gmtime().tm_year}-{self._next_number:04d}",
            item_code=item_code,
            quantity=quantity,
            currency=product.currency,
            value=product.value,
            charged_amount=price,
            amount=price * charged,
            total_denomination=product.value * charged,
            email=email,
            created=time.time(),
            codes=[self._issue(product, number) for number in range(listed)],
            hold=hold,
        )
        # Ids are the provider's, not the account's: others buy in between, and no till may count on the next.
        self._next_order += 1 + (self.seed + self._next_number * 7) % 5
        self._next_number += 1
        self.balance -= order.amount
        self.sold[item_code] = self.sold.get(item_code, 0) + listed
        self.card_orders[order.order_id] = order
        self.save(order)
        return order

    def move_price(self, item_code: str, percent: Decimal) -> None:
        """From now on a card of this item costs that many percent more; unknown items are left alone."""
        product = self.products.get(item_code)
        if product is not None:
            moved = (self.price(product) * (1 + percent / 100)).quantize(_CENT, ROUND_HALF_UP)
            self.prices[item_code] = max(_CENT, moved)
            self.save(product)

    def sell_out(self, item_code: str) -> None:
        """From now on there are no more cards of this item."""
        product = self.products.get(item_code)
        if product is not None:
            self.sold[item_code] = product.stock
            self.save(product)

    def _issue(self, product: Product, number: int) -> IssuedCode:
        text = codes.code(product.code_pattern)
        while text in self._issued:
            text = codes.code(product.code_pattern)
        self._issued.add(text)
        has_pin = product.pins == "always" or (product.pins == "sometimes" and number % 2 == 1)
        return IssuedCode(text, codes.pin(product.pin_digits) if has_pin else None)

    # --- LevelUp ------------------------------------------------------------

    def give(
        self,
        merchant_id: int | None,
        value_amount: int,
        recipient: tuple[str, str | None, str | None],
        *,
        delayed: bool,
    ) -> GiftCardOrder:
        """Charges the shop's LevelUp account `value_amount` cents for a card.

        `recipient` is e-mail, name and message. Raises `Refused`.
        """
        if value_amount > self.credit:
            raise Refused("no_credit")
        email, name, message = recipient
        order = GiftCardOrder(
            number=len(self.gift_orders) + 1,
            merchant_id=merchant_id,
            value_amount=value_amount,
            recipient_email=email,
            recipient_name=name,
            recipient_message=message,
            delayed=delayed,
            created=time.time(),
        )
        self.credit -= value_amount
        self.gift_orders.append(order)
        self.save(order)
        return order

    # --- both ------------------------------------------------------------

    def top_up(self, amount: Decimal) -> None:
        """Adds `amount` US dollars to the CardPlusPay balance."""
        self.balance += amount
        self.topped_up += amount
        self.save()

    def top_up_levelup(self, cents: int) -> None:
        """Lets the shop's LevelUp account be charged that many cents more."""
        self.credit += cents
        self.save()

    def reset(self) -> None:
        """Back to the start. Credentials stay, and order numbers go on: no provider uses an id twice."""
        self.epoch += 1
        self._begin()
        self.requests.clear()
        self.revoked.clear()
        if self._file is not None:
            self._file.begin(self._whole())

    def save(self, changed: Booked | Product | None = None) -> None:
        """Puts the accounts and what has changed on disk, if there is a file. Raises `StateFileError`."""
        if self._file is not None:
            item = getattr(changed, "item_code", None)
            change = self._accounts()
            change["prices"] = {item: str(self.prices[item])} if item in self.prices else {}
            change["sold"] = {item: self.sold[item]} if item in self.sold else {}
            change["card_orders"] = [changed.as_dict()] if isinstance(changed, CardOrder) else []
            change["gift_orders"] = [changed.as_dict()] if isinstance(changed, GiftCardOrder) else []
            change["value"] = _movement(changed)
            self._file.add(change)

    def _begin(self) -> None:
        self.balance = START_BALANCE
        self.topped_up = Decimal("0.00")
        self.credit = START_CREDIT
        self.prices: dict[str, Decimal] = {}
        self.sold: dict[str, int] = {}
        self.card_orders: dict[int, CardOrder] = {}
        self.gift_orders: list[GiftCardOrder] = []
        self.value.begin()

    def _accounts(self) -> dict[str, Any]:
        return {
            "next_order": self._next_order,
            "next_number": self._next_number,
            "balance": str(self.balance),
            "topped_up": str(self.topped_up),
            "credit": self.credit,
        }

    def _whole(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "credentials": self.credentials.as_dict(),
            **self._accounts(),
            "prices": {item: str(price) for item, price in self.prices.items()},
            "sold": self.sold,
            "card_orders": [order.as_dict() for order in self.card_orders.values()],
            "gift_orders": [order.as_dict() for order in self.gift_orders],
            "value": self.value.whole(),
        }

    def _restore(self, lines: list[dict[str, Any]]) -> None:
        gifts: dict[int, GiftCardOrder] = {}
        try:
            for whole in lines[:1]:
                if whole["format"] != _FORMAT:
                    raise StateFileError("The state file was written by another version of this program.")
                self.credentials = Credentials(**whole["credentials"])
            for line in lines:
                self._next_order, self._next_number = int(line["next_order"]), int(line["next_number"])
                self.balance, self.topped_up = Decimal(line["balance"]), Decimal(line["topped_up"])
                self.credit = int(line["credit"])
                self.prices.update({item: Decimal(price) for item, price in line["prices"].items()})
                self.sold.update(line["sold"])
                for order in map(CardOrder.from_dict, line["card_orders"]):
                    self.card_orders[order.order_id] = order
                gifts.update({order["number"]: GiftCardOrder(**order) for order in line["gift_orders"]})
                self.value.restore(line.get("value", {}))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise StateFileError("The state file does not hold a ledger this program can read.") from error
        self.gift_orders = list(gifts.values())
        self._issued = {code.code for order in self.card_orders.values() for code in order.codes}


def _movement(changed: Booked | Product | None) -> dict[str, Any]:
    if isinstance(changed, Addition):
        return {"additions": [changed.as_dict()]}
    return {"removals": [changed.as_dict()]} if isinstance(changed, Removal) else {}
