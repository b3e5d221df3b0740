"""The one truth of the stand-in: money, stock, orders and codes. Nothing here knows HTTP."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any, Literal

from pos_app.sandbox import codes, credentials
from pos_app.sandbox.catalogue import Product
from pos_app.sandbox.clock import Clock
from pos_app.sandbox.credentials import Credentials
from pos_app.sandbox.levelup_book import Addition, Removal, ValueBook
from pos_app.sandbox.movements import By, Movement, What, balance_at
from pos_app.sandbox.orders import CardOrder, GiftCardOrder, IssuedCode, Numbering, Terms
from pos_app.sandbox.statefile import StateFile, StateFileError
from pos_app.sandbox.waiting import Waiting

CURRENCY = "USD"
"""The currency both accounts are kept in."""

START_BALANCE = Decimal("5000.00")
START_CREDIT = 2_000_000
"""What the shop's LevelUp account can still be charged at the start, in cents."""

_CENT = Decimal("0.01")
_FIRST_ORDER = 4711
_HUGE = 2**53
_FORMAT = 1
_ORDINARY = Terms()

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

    `movements` is every change of the CardPlusPay balance; `waiting` is what will happen at its moment.
    """

    def __init__(
        self,
        seed: int,
        products: Mapping[str, Product],
        file: StateFile | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.seed = seed
        self.products = products
        self.clock = clock or Clock()
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

    def buy(self, item_code: str, quantity: int, email: str | None, terms: Terms = _ORDINARY) -> CardOrder:
        """Sells `quantity` cards and debits the account. Raises `Refused`."""
        product = self.products.get(item_code)
        if product is None:
            raise Refused("invalid_item")
        listed = quantity if terms.listed is None else terms.listed
        charged = quantity if terms.charged is None else terms.charged
        if listed > self.left(product):
            raise Refused("out_of_stock")
        price = self.price(product)
        if price * charged > self.balance:
            raise Refused("insufficient_balance")
        now = self.clock.now()
        received = now if terms.received is None else terms.received
        order = CardOrder(
            order_id=self._number(terms.numbering),
            order_no=f"ORD-{datetime.fromtimestamp(now, tz=UTC).year}-{self._next_number:04d}",
            item_code=item_code,
            quantity=quantity,
            currency=product.currency,
            value=product.value,
            charged_amount=price,
            amount=price * charged,
            total_denomination=product.value * charged,
            email=email,
            created=received if terms.dated_received else now,
            codes=self._codes(product, listed, repeats=terms.repeats),
            hold=terms.hold,
            reply="sent" if terms.by == "key" else "elsewhere",
            by=terms.by,
            received=received,
            committed=now,
        )
        # Ids are the provider's, not the account's: others buy in between, and no till may count on the next.
        self._next_order += 1 + (self.seed + self._next_number * 7) % 5
        self._next_number += 1
        self.sold[item_code] = self.sold.get(item_code, 0) + listed
        self.card_orders[order.order_id] = order
        self._move("order", terms.by, -order.amount, order.order_id)
        self.save(order)
        return order

    def refund(self, order_id: int | None, amount: Decimal | None, status: str | None) -> CardOrder | None:
        """Gives money back for an order (the newest without an id), whose status it may change.

        Without an amount it is what is left of the order's. Returns None if there is no such order.
        """
        order = (
            max(self.card_orders.values(), key=lambda order: order.committed, default=None)
            if order_id is None
            else self.card_orders.get(order_id)
        )
        if order is None:
            return None
        back = order.amount - order.refunded if amount is None else amount
        order.refunded += back
        order.told_status = status or order.told_status
        self._move("refund", "provider", back, order.order_id)
        self.save(order)
        return order

    def balance_at(self, moment: float) -> Decimal:
        """The balance as it was at that moment of the sandbox's clock."""
        return balance_at(self.balance, self.movements, moment)

    def _move(self, what: What, by: By, amount: Decimal, order_id: int | None = None) -> None:
        self.balance += amount
        self.movements.append(Movement(self.clock.now(), what, by, amount, self.balance, order_id))

    def _number(self, numbering: Numbering) -> int:
        number = self._next_number
        if numbering == "lower" and number < _FIRST_ORDER:
            return _FIRST_ORDER - number
        if numbering == "next":
            return self._next_order
        if numbering == "huge":
            return _HUGE + self._next_order
        # Each number is drawn once and from its own dice, so that a restart does not change what comes.
        return Random(f"order {self.seed} {number}").randrange(10**7, 10**9)

    def _codes(self, product: Product, count: int, *, repeats: bool) -> list[IssuedCode]:
        before = [code for order in self.card_orders.values() for code in order.codes] if repeats else []
        again = before[-count:] if count else []
        return again + [self._issue(product, number) for number in range(len(again), count)]

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
            created=self.clock.now(),
        )
        self.credit -= value_amount
        self.gift_orders.append(order)
        self.save(order)
        return order

    # --- both ------------------------------------------------------------

    def top_up(self, amount: Decimal) -> None:
        """Adds `amount` US dollars to the CardPlusPay balance."""
        self.topped_up += amount
        self._move("top_up", "provider", amount)
        self.save()

    def top_up_levelup(self, cents: int) -> None:
        """Lets the shop's LevelUp account be charged that many cents more."""
        self.credit += cents
        self.save()

    def reset(self) -> None:
        """Back to the start, the clock too. Credentials stay, and order numbers go on: none comes twice."""
        self.clock.right()
        self._begin()
        self.requests.clear()
        self.revoked.clear()
        if self._file is not None:
            self._file.begin(self._whole())

    def wait(self, waiting: Waiting) -> None:
        """Keeps what will happen later, or what became of it."""
        self.waiting[waiting.number] = waiting
        self._news.append(waiting)

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
            change["movements"] = [move.as_dict() for move in self.movements[self._moves_saved :]]
            change["waiting"] = [waiting.as_dict() for waiting in self._news]
            self._file.add(change)
        self._saved()

    def _saved(self) -> None:
        self._moves_saved = len(self.movements)
        self._news.clear()

    def _begin(self) -> None:
        self.balance = START_BALANCE
        self.topped_up = Decimal("0.00")
        self.credit = START_CREDIT
        self.prices: dict[str, Decimal] = {}
        self.sold: dict[str, int] = {}
        self.card_orders: dict[int, CardOrder] = {}
        self.gift_orders: list[GiftCardOrder] = []
        self.movements: list[Movement] = []
        self.waiting: dict[int, Waiting] = {}
        self._moves_saved = 0
        self._news: list[Waiting] = []
        self.value.begin()

    def _accounts(self) -> dict[str, Any]:
        return {
            "next_order": self._next_order,
            "next_number": self._next_number,
            "balance": str(self.balance),
            "topped_up": str(self.topped_up),
            "credit": self.credit,
            "clock_offset": self.clock.offset,
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
            "movements": [move.as_dict() for move in self.movements],
            "waiting": [waiting.as_dict() for waiting in self.waiting.values()],
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
                self.clock.offset = float(line.get("clock_offset", 0))
                self.prices.update({item: Decimal(price) for item, price in line["prices"].items()})
                self.sold.update(line["sold"])
                for order in map(CardOrder.from_dict, line["card_orders"]):
                    self.card_orders[order.order_id] = order
                gifts.update({order["number"]: GiftCardOrder(**order) for order in line["gift_orders"]})
                self.value.restore(line.get("value", {}))
                self.movements += map(Movement.from_dict, line.get("movements", []))
                self.waiting.update({found["number"]: Waiting(**found) for found in line.get("waiting", [])})
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise StateFileError("The state file does not hold a ledger this program can read.") from error
        self._saved()
        self.gift_orders = list(gifts.values())
        self._issued = {code.code for order in self.card_orders.values() for code in order.codes}


def _movement(changed: Booked | Product | None) -> dict[str, Any]:
    if isinstance(changed, Addition):
        return {"additions": [changed.as_dict()]}
    return {"removals": [changed.as_dict()]} if isinstance(changed, Removal) else {}
