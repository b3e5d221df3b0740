"""A till without a network, a disk or a printer: one fake per border of the window.

Orders are folded from entries like real ones, so that a screen sees nothing the journal could not tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pos_app.aftermath import Unclaimed
from pos_app.barcodes import Labelled
from pos_app.catalog import Brand, Reading
from pos_app.changes import Changes
from pos_app.claims import Outcome, Why
from pos_app.connections import Light
from pos_app.entered import limits_of, paper_of, problems_with_cashier, shop_of
from pos_app.errors import DeviceProblem, Misconfigured, NotAllowed, PosError
from pos_app.first_start import (
    PaperEntries,
    Progress,
    SecretField,
    SettingField,
    Sheet,
    ShopEntries,
    Supplier,
    SupplierTest,
)
from pos_app.first_start.entries import problems_with_register, problems_with_shop
from pos_app.guarding import Weighed
from pos_app.held_money import Held
from pos_app.lane import LaneWait
from pos_app.money import Money
from pos_app.orders.account import Account
from pos_app.orders.answers import Fence, Look, RefusalReason
from pos_app.orders.answers import Row as BookRow
from pos_app.orders.barcode import code_of as barcode_code
from pos_app.orders.barcode import problem_with_barcode
from pos_app.orders.cards import Card, SealedCard, masked, masked_email
from pos_app.orders.cash_rounding import roundings
from pos_app.orders.draft import Draft, Line
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    Approved,
    CodesArrived,
    Deferred,
    Heard,
    Placed,
    Printed,
    PrintFailed,
    Refunded,
    Revealed,
    Sent,
    Settled,
    TurnedUp,
    Verdict,
    WasNotTaken,
    Withdrawn,
)
from pos_app.orders.money_back import MoneyBack, money_back, ways_back
from pos_app.orders.notes import Guarded, Moved, NewLife, SettingChanged, SettingWhat
from pos_app.orders.order import Order, Sale, Status, fold
from pos_app.orders.product import Product
from pos_app.orders.rules import Problem
from pos_app.orders.sale import SaleHead, Tender, cash_rounding
from pos_app.orders.sale import Way as TenderWay
from pos_app.orders.shelves import doubles
from pos_app.papers import PaperKey
from pos_app.people import Manager, PinCheck, problems_with_manager, problems_with_pin
from pos_app.preferences import TestSlip
from pos_app.printing.document import Document, Secret
from pos_app.printing.spooling import Found
from pos_app.printing.ways import Way
from pos_app.printouts import PrinterState, PrintResult
from pos_app.providers.base import Provider
from pos_app.resolver import Standing as OwnLook
from pos_app.sales import LineCheck, OrderRow
from pos_app.settings import Paper, Settings, Shop
from pos_app.settling import Confirmed, Waiting, Witnesses
from pos_app.spares import Lying, Standing
from pos_app.store.rows import waits
from pos_app.work import Work

NOON = datetime(2026, 3, 2, 17, 42, tzinfo=UTC)
PRINTER = "FILE"
GROUPS = tuple(f"TES{number:02}" for number in range(1, 14))
"""The recovery sheet of a shop that is being set up, and which of its groups are asked for."""
ASKED = (3, 7, 12)
BEFORE_RECOVERY = 5
GOOD_KEYS = {"api_key": "TEST-KEY", "user_token": "TEST-USER", "merchant_token": "TEST-MERCHANT"}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def codes_brand(
    name: str, category: str, *values: str, region: str = "us"
) -> tuple[Brand, tuple[Product, ...]]:
    products = tuple(
        Product(
            provider="cardpluspay",
            item=f"{name}-{value}",
            brand=name,
            name=f"{name} {value}",
            currency="USD",
            delivery="codes",
            category=category,
            region=region,
            face=usd(value),
            cost=usd(value),
        )
        for value in values
    )
    faces = tuple(usd(value) for value in values)
    return Brand(f"c/{name}", name, "codes", category, region, "", None, None, faces), products


def merchant(
    name: str, address: str, least: str | None = "10", most: str | None = "500"
) -> tuple[Brand, tuple[Product, ...]]:
    low, high = (None if amount is None else usd(amount) for amount in (least, most))
    product = Product(
        provider="levelup",
        item=f"{name}@{address}",
        brand=name,
        name=name,
        currency="USD",
        delivery="email",
        least=low,
        most=high,
        address=address,
    )
    return Brand(f"e/{name}@{address}", name, "email", "", "", address, low, high, ()), (product,)


SHELF = (
    codes_brand("Acme Games", "games", "10", "25", "50", "100"),
    codes_brand("Boreal", "music", "5", "15", "50"),
    merchant("Café Lumen", "14 Quay Street"),
    merchant("Café Lumen", "2 Mill Lane"),
    codes_brand("Dalton", "stores", "25", "50"),
    codes_brand("Ebbe Music", "music", "10", "30", "60"),
    codes_brand("Farrow & Co", "stores", "20", "100", "200"),
    codes_brand("Glasswing", "food", "15", "75", "150"),
    codes_brand("Harbour Air", "travel", "50", "100", "250", "500"),
    codes_brand(
        "Ivory Coast Trading Company of the North", "stores", "10", "20", "25", "30", "50", "75", "100", "150"
    ),
    codes_brand("Juno", "games", "20", "40"),
)


@dataclass
class FakeCatalog:
    shelf: tuple[tuple[Brand, tuple[Product, ...]], ...] = SHELF
    loading: bool = False
    failure: PosError | None = None
    progress: Reading | None = None
    refreshed: int = 0
    followed: list[bool] = field(default_factory=list[bool])

    @property
    def count(self) -> int:
        return sum(len(products) for _brand, products in self.shelf)

    def brands(
        self, text: str = "", category: str = "", *, region: str = "", limit: int = 60
    ) -> tuple[Brand, ...]:
        # What an amount among the words finds is the catalogue's own business.
        plain = " ".join(word for word in text.split() if not word[-1].isdecimal())
        found = self._found(text, category) or self._found(plain, category)
        return tuple([brand for brand in found if not region or brand.region in {region, ""}][:limit])

    def regions(self) -> tuple[str, ...]:
        return tuple(sorted({brand.region for brand, _products in self.shelf} - {""}))

    def _found(self, text: str, category: str) -> list[Brand]:
        return [
            brand
            for brand, _products in self.shelf
            if text.casefold() in f"{brand.name} {brand.address}".casefold()
            and (not category or category == ("email" if brand.delivery == "email" else brand.category))
        ]

    def categories(self) -> tuple[str, ...]:
        return tuple(sorted({brand.category for brand, _products in self.shelf if brand.category}))

    def doubles(self) -> frozenset[tuple[str, str]]:
        return doubles(brand for brand, _products in self.shelf)

    def products_of(self, brand: Brand) -> tuple[Product, ...]:
        return next((products for one, products in self.shelf if one.key == brand.key), ())

    def brand_of(self, product: Product) -> Brand | None:
        return next((brand for brand, some in self.shelf if product.key in {one.key for one in some}), None)

    def reads(self, provider: str) -> bool:
        return provider == "cardpluspay"

    def stop(self) -> None:
        self.progress = None

    async def refresh(self) -> None:
        self.refreshed += 1

    async def follow_sales(self, seen: Callable[[], bool]) -> None:
        self.followed.append(seen())


@dataclass
class Plan:
    """What the provider will do with one brand: a word, or an error to raise.

    `yes`, `no`, `silent` (waits until `go` is set, then OutcomeUnknown), `slow` (waits, then yes), `pending`,
    `behind` (waits for another order until `go` is set, then for a person, who may sell it anyway).
    """

    does: str = "yes"
    error: PosError | None = None
    refusal: RefusalReason = "out_of_stock"
    go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class FakeSales:
    changes: Changes
    plans: dict[str, Plan] = field(default_factory=dict[str, Plan])
    checks: dict[str, LineCheck | PosError] = field(default_factory=dict[str, LineCheck | PosError])
    check_gate: asyncio.Event | None = None
    entries: dict[str, list[AnyEntry]] = field(default_factory=dict[str, list[AnyEntry]])
    sales: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    placed: list[Draft] = field(default_factory=list[Draft])
    tenders: list[tuple[Tender, ...]] = field(default_factory=list[tuple[Tender, ...]])
    bought: list[str] = field(default_factory=list[str])
    checked: list[Line] = field(default_factory=list[Line])
    pages: list[tuple[str, str] | None] = field(default_factory=list[tuple[str, str] | None])
    flying: set[str] = field(default_factory=set[str])
    behind: set[str] = field(default_factory=set[str])
    anyway: list[str] = field(default_factory=list[str])
    repeated: Order | None = None
    earlier: dict[str, SaleHead] = field(default_factory=dict[str, SaleHead])
    """Sales of the day, by the card terminal's number."""
    asked_about: list[str] = field(default_factory=list[str])
    coin: Money | None = None
    codes: frozenset[str] = frozenset()
    """What is the code of a card, and no number of anything."""
    code_gate: asyncio.Event | None = None
    code_problem: PosError | None = None
    place_gate: asyncio.Event | None = None
    place_problem: PosError | None = None
    approved: dict[str, tuple[Guarded, ...]] = field(default_factory=dict[str, tuple[Guarded, ...]])
    at: datetime = NOON

    def head(self, order_id: str, by: str) -> dict[str, Any]:
        n = len(self.entries[order_id])
        self.at += timedelta(seconds=1)
        return {"id": f"{order_id}-{n}", "order_id": order_id, "n": n, "at": self.at, "by": by}

    def append(self, entry: AnyEntry) -> None:
        entries = [*self.entries[entry.order_id], entry]
        fold(entries)
        self.entries[entry.order_id] = entries
        self.changes.announce("orders")

    async def check(self, line: Line) -> LineCheck:
        self.checked.append(line)
        if self.check_gate is not None:
            await self.check_gate.wait()
        answer = self.checks.get(line.product.brand, LineCheck(ok=True, quoted=line.face))
        if isinstance(answer, PosError):
            raise answer
        return answer

    def smallest_coin(self, currency: str) -> Money | None:
        return self.coin

    async def refuse_codes(self, *texts: str) -> None:
        if self.code_gate is not None:
            await self.code_gate.wait()
        if self.code_problem is not None:
            raise self.code_problem
        if self.codes & {*texts}:
            raise NotAllowed("code_in_evidence")

    async def place(self, draft: Draft, tenders: tuple[Tender, ...], by: str) -> Sale:
        if self.place_gate is not None:
            await self.place_gate.wait()
        if self.place_problem is not None:
            raise self.place_problem
        await self.refuse_codes(*(tender.reference for tender in tenders))
        self.placed.append(draft)
        self.tenders.append(tenders)
        head = SaleHead(
            id=draft.id,
            number=f"01-{417 + len(self.placed):06}",
            at=self.at,
            register="01",
            by=by,
            due=draft.total,
            tenders=tenders,
            rounding=cash_rounding(draft.total, tenders, self.coin),
            order_ids=tuple(line.id for line in draft.lines),
            training=True,
        )
        prices = [line.total for line in draft.lines]
        shares = roundings(prices, head.rounding) if head.rounding else [None for _price in prices]
        for line, share in zip(draft.lines, shares, strict=True):
            self.entries[line.id] = [
                Placed(
                    rounding=share,
                    id=f"{line.id}-0",
                    order_id=line.id,
                    n=0,
                    at=self.at,
                    by=by,
                    sale=head,
                    account="a",
                    product=line.product,
                    quantity=line.quantity,
                    face=line.face,
                    price=line.price,
                    quoted=line.product.cost,
                    recipient_hint=masked_email(line.recipient.email) if line.recipient else "",
                )
            ]
        self.sales[draft.id] = head.order_ids
        return await self.sale(draft.id)

    def lane_wait(self, order_id: str) -> LaneWait | None:
        return LaneWait("another", self.at, 1.0) if order_id in self.behind else None

    async def repeats(self, line: Line) -> Order | None:
        return self.repeated if line.recipient is not None else None

    async def paid_before(self, sale_id: str, reference: str) -> SaleHead | None:
        self.asked_about.append(reference)
        return self.earlier.get(reference)

    async def perform(self, order_id: str, *, sell_anyway: bool = False, by: str = "") -> Order:
        order = fold(self.entries[order_id])
        plan = self.plans.get(order.placed.product.brand, Plan())
        if plan.does == "behind" and not sell_anyway:
            self.behind.add(order_id)
            self.changes.announce("orders")
            await plan.go.wait()
            self.behind.discard(order_id)
            raise NotAllowed("lane_taken", order="another", since=self.at)
        if sell_anyway:
            self.anyway.append(by)
        self.bought.append(order_id)
        self.flying.add(order_id)
        sent = Sent(**self.head(order_id, "Mia"))
        self.append(sent)
        try:
            if plan.does in {"slow", "silent"}:
                await plan.go.wait()
            if plan.error is not None:
                if plan.does == "not_taken":
                    taken_back = WasNotTaken(
                        **self.head(order_id, "countercard"), sent=sent.id, reason=plan.error.reason
                    )
                    self.append(taken_back)
                raise plan.error
            self.append(
                Heard(**self.head(order_id, "countercard"), status=200, complete=True, reply="sealed")
            )
            self.append(self._answer(order, plan))
        finally:
            self.flying.discard(order_id)
            self.changes.announce("orders")
        return fold(self.entries[order_id])

    def _answer(self, order: Order, plan: Plan) -> Answered:
        head = self.head(order.id, "countercard")
        if plan.does == "no":
            return Answered(**head, refusal=plan.refusal, text="Out of stock")
        number = f"ORD-2026-{40 + len(self.bought):04}"
        if order.codes_by_email:
            return Answered(**head, provider_order_no="", complete=True)
        if plan.does == "pending":
            return Answered(**head, provider_order_no=number)
        cards = fake_cards(order.id, order.placed.quantity, order.placed.face)
        return Answered(**head, provider_order_no=number, cards=cards, complete=True)

    def come(self, order_id: str) -> None:
        """The codes that were late."""
        placed = fold(self.entries[order_id]).placed
        cards = fake_cards(order_id, placed.quantity, placed.face)
        self.append(CodesArrived(**self.head(order_id, "countercard"), cards=cards, complete=True))

    def status(self, order: Order) -> Status:
        return order.status(in_flight=order.id in self.flying)

    async def sale(self, sale_id: str) -> Sale:
        orders = tuple(fold(self.entries[order_id]) for order_id in self.sales[sale_id])
        return Sale(orders[0].placed.sale, orders)

    async def order(self, order_id: str) -> Order:
        if order_id not in self.entries:
            raise NotAllowed("unknown_order")
        return fold(self.entries[order_id])

    def given(self, order_id: str) -> tuple[TenderWay, ...]:
        """By which tenders the money of an order went back."""
        gone = [entry for entry in self.entries[order_id] if isinstance(entry, Refunded)]
        return tuple(way for entry in gone for way in entry.given)

    async def ways_back(self, order_id: str) -> tuple[TenderWay, ...]:
        return await self.ways_for(order_id, fold(self.entries[order_id]).money_left)

    async def ways_for(self, order_id: str, amount: Money) -> tuple[TenderWay, ...]:
        order = fold(self.entries[order_id])
        sale = await self.sale(order.placed.sale.id)
        gone = [entry for one in sale.orders for entry in one.entries if isinstance(entry, Refunded)]
        return ways_back(sale.head, gone, amount) if amount else ()

    async def refund(self, order_id: str, by: str) -> Order:
        order = fold(self.entries[order_id])
        if order.money_owed is None:
            self.append(Withdrawn(**self.head(order_id, by)))
        ways = await self.ways_back(order_id)
        self.append(
            Refunded(**self.head(order_id, by), amount=order.money_left, tender=ways[0].kind, ways=ways)
        )
        return await self.order(order_id)

    async def approvals(self, sale_id: str) -> tuple[Guarded, ...]:
        return self.approved.get(sale_id, ())

    async def approve(self, order_id: str, by: str, evidence: str) -> Order:
        self.append(Approved(**self.head(order_id, by), evidence=evidence))
        return await self.order(order_id)

    async def reveal(self, order_id: str, card_id: str, by: str) -> Card:
        self.append(Revealed(**self.head(order_id, by), card=card_id))
        return Card(code=code_of(order_id, int(card_id)), pin="4711")

    async def orders(
        self,
        *,
        before: tuple[str, str] | None = None,
        limit: int = 50,
        search: str = "",
        only_open: bool = False,
    ) -> tuple[OrderRow, ...]:
        self.pages.append(before)
        rows = sorted(map(self._row, self.entries), key=lambda row: row.key, reverse=True)
        rows = [row for row in rows if before is None or row.key < before]
        # One on its way is among those that wait, as in the store.
        rows = [row for row in rows if row.waits or row.order_id in self.flying or not only_open]
        rows = [row for row in rows if search in row.sale_number]
        return tuple(rows[:limit])

    def _row(self, order_id: str) -> OrderRow:
        order = fold(self.entries[order_id])
        placed = order.placed
        return OrderRow(
            key=(placed.at.isoformat(timespec="microseconds"), order_id),
            order_id=order_id,
            sale_id=placed.sale.id,
            sale_number=placed.sale.number,
            at=placed.at,
            what=placed.product.brand,
            quantity=placed.quantity,
            price=order.price,
            status=self.status(order),
            waits=waits(order) and order_id not in self.flying,
            by=placed.by,
            provider=placed.product.provider,
            provider_order_no="",
            recipient_hint=placed.recipient_hint,
        )

    async def open_count(self) -> int:
        return sum(1 for order_id in self.entries if self._row(order_id).waits)


def fake_cards(order_id: str, quantity: int, face: Money) -> tuple[SealedCard, ...]:
    return tuple(
        SealedCard(
            id=str(place),
            sealed="s",
            digest=f"{order_id}{place}",
            hint=masked(code_of(order_id, place)),
            has_pin=True,
            face=face,
        )
        for place in range(quantity)
    )


def code_of(order_id: str, place: int) -> str:
    return f"TEST-4MHD-9PTR-{(order_id[-2:] + 'WZ')[:3].upper()}{place}"


@dataclass
class FakePrintouts:
    sales: FakeSales
    problem: DeviceProblem | None = None
    asked: int = 0
    printed: list[str] = field(default_factory=list[str])
    warning: DeviceProblem | None = None
    on_screen: bool = False
    wished: list[bool] = field(default_factory=list[bool])
    """Of each printing, whether somebody asked for it."""
    wrong: PosError | None = None
    """Why nothing is printed again."""
    ways: tuple[Way, ...] = ()
    through: list[Paper | None] = field(default_factory=list["Paper | None"])
    """Of each printing, the other printer that was chosen."""
    reprint_gate: asyncio.Event | None = None
    out: frozenset[PaperKey] = frozenset()
    """Which papers came out although printing again failed."""
    but_for: list[frozenset[PaperKey]] = field(default_factory=list["frozenset[PaperKey]"])
    """Of each printing again, what was not wanted once more."""
    drawer: list[str] = field(default_factory=list[str])
    """For which sales the drawer was opened."""
    drawer_gate: asyncio.Event | None = None
    stuck: DeviceProblem | None = None
    warnings: int = 0
    """How many cards that warn of scams were printed."""
    reprinted: list[tuple[str, str, bool, bool, str]] = field(
        default_factory=list[tuple[str, str, bool, bool, str]]
    )

    async def ready(self) -> PrinterState:
        self.asked += 1
        if self.on_screen:
            return PrinterState(ok=True, name="", on_screen=True)
        return PrinterState(self.problem is None, PRINTER, self.problem, self.warning)

    async def open_drawer(self, sale_id: str) -> DeviceProblem | None:
        self.drawer.append(sale_id)
        if self.drawer_gate is not None:
            await self.drawer_gate.wait()
        return self.stuck

    async def other_ways(self) -> tuple[Way, ...]:
        return self.ways

    async def print_sale(
        self, sale_id: str, by: str, *, again: bool = False, through: Paper | None = None
    ) -> PrintResult:
        self.printed.append(sale_id)
        self.wished.append(again)
        self.through.append(through)
        if self.on_screen or (through is not None and through.printer == "screen"):
            return PrintResult(0, "", on_screen=True)
        if through is not None:
            self.problem = None
        papers = 0
        for order_id in self.sales.sales[sale_id]:
            order = fold(self.sales.entries[order_id])
            if order.money_owed is not None and not order.copies("failure") and self.problem is None:
                head = self.sales.head(order_id, by)
                self.sales.append(Printed(**head, document="failure", printer=PRINTER))
                papers += 1
            on_paper = order.printed_cards()
            for card in order.handed_cards:
                if card.id in on_paper or (card.id in order.perhaps_printed_cards() and not again):
                    continue
                head = self.sales.head(order_id, by)
                if self.problem is not None:
                    self.sales.append(
                        PrintFailed(
                            **head,
                            document="slip",
                            printer=PRINTER,
                            cards=(card.id,),
                            reason=self.problem.reason,
                            maybe=self.problem.maybe_printed,
                        )
                    )
                    return PrintResult(papers, PRINTER, self.problem)
                copy_no = order.slips_of(card.id)
                self.sales.append(
                    Printed(**head, document="slip", printer=PRINTER, cards=(card.id,), copy_no=copy_no)
                )
                papers += 1
        return PrintResult(papers, PRINTER, self.problem)

    async def print_customer_card(self) -> None:
        if self.problem is not None:
            raise self.problem
        self.warnings += 1

    async def reprint(
        self,
        sale_id: str,
        by: str,
        *,
        full: bool = False,
        large: bool = False,
        reason: str = "",
        through: Paper | None = None,
        but_for: Collection[PaperKey] = (),
    ) -> PrintResult:
        self.reprinted.append((sale_id, by, full, large, reason))
        self.through.append(through)
        self.but_for.append(frozenset(but_for))
        if self.reprint_gate is not None:
            await self.reprint_gate.wait()
        if self.wrong is not None:
            raise self.wrong
        if self.problem is not None and through is None:
            return PrintResult(len(self.out), PRINTER, self.problem, out=self.out)
        papers = 0
        for order_id in self.sales.sales[sale_id]:
            order = fold(self.sales.entries[order_id])
            shown: list[tuple[str, ...]] = [(card.id,) for card in order.handed_cards] if full else [()]
            for cards in shown:
                document = "slip" if full else "receipt"
                copies = [order.slips_of(card) for card in cards] or [order.copies("receipt"), 1]
                copy_no = max(copies)
                head = self.sales.head(order_id, by)
                self.sales.append(
                    Printed(
                        **head,
                        document=document,
                        printer=PRINTER,
                        cards=cards,
                        copy_no=copy_no,
                        evidence=reason,
                    )
                )
                papers += 1
        return PrintResult(papers, PRINTER)


@dataclass
class FakeConnections:
    shown: tuple[Light, ...] = (
        Light("cardpluspay", "CardPlusPay", "ok", "Connected.", usd("412.60")),
        Light("levelup", "LevelUp", "ok", "Connected."),
    )

    def lights(self) -> tuple[Light, ...]:
        return self.shown


@dataclass
class FakeSettling:
    """Verdicts over the fake journal. `wrong` is raised by the next one; `given` keeps what was said."""

    sales: FakeSales
    wrong: PosError | None = None
    books: PosError | None = None
    balance: Money | None = None
    rows: tuple[BookRow, ...] = ()
    rivals: int = 0
    waited: timedelta | None = None
    empty_looks: int = 0
    confirmed: list[set[str]] = field(default_factory=list[set[str]])
    given: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])

    async def waiting(self, limit: int = 200) -> tuple[Waiting, ...]:
        rows = await self.sales.orders(limit=limit, only_open=True)
        orders = [fold(self.sales.entries[row.order_id]) for row in reversed(rows)]
        return tuple(
            Waiting(order, self.sales.status(order), order.entries[-1].at)
            for order in orders
            if order.id not in self.sales.flying
        )

    async def witnesses(self, order_id: str) -> Witnesses:
        if self.books is not None:
            raise self.books
        if fold(self.sales.entries[order_id]).codes_by_email:
            return Witnesses()
        left = usd("412.60")
        fence = Fence(("4711",), 1, left, None)
        for row in self.rows:
            left -= row.amount or usd("0")
        now = self.balance or left
        look = Look(
            self.rows,
            0,
            reached=True,
            total=1 + len(self.rows),
            balance=now,
            balance_after=now,
            provider_date=None,
        )
        return Witnesses(
            fence, look, self.rows, rivals=self.rivals, waited=self.waited, empty_looks=self.empty_looks
        )

    async def bought_by_number(
        self, order_id: str, number: str, evidence: str, by: str, *, confirmed: Collection[Confirmed] = ()
    ) -> Order:
        self.confirmed.append({*confirmed})
        placed = fold(self.sales.entries[order_id]).placed
        cards = fake_cards(order_id, placed.quantity, placed.face)
        return await self._settle(order_id, ("number", number, evidence, by), "bought", cards)

    async def bought_by_codes(
        self,
        order_id: str,
        cards: tuple[Card, ...],
        evidence: str,
        by: str,
        *,
        confirmed: Collection[Confirmed] = (),
    ) -> Order:
        self.confirmed.append({*confirmed})
        face = fold(self.sales.entries[order_id]).placed.face
        words = " ".join(card.code for card in cards)
        return await self._settle(
            order_id, ("codes", words, evidence, by), "bought", fake_cards(order_id, len(cards), face)
        )

    async def sent_by_email(self, order_id: str, evidence: str, by: str) -> Order:
        return await self._settle(order_id, ("email", "", evidence, by), "bought")

    async def not_bought(
        self, order_id: str, evidence: str, by: str, *, confirmed: Collection[Confirmed] = ()
    ) -> Order:
        self.confirmed.append({*confirmed})
        return await self._settle(order_id, ("not_bought", "", evidence, by), "not_bought")

    async def seen(self, order_id: str, evidence: str, by: str) -> Order:
        return await self._settle(order_id, ("seen", "", evidence, by), "not_bought")

    async def wait(self, order_id: str, evidence: str, by: str) -> Order:
        self.given.append(("wait", "", evidence, by))
        self.sales.append(Deferred(**self.sales.head(order_id, by), evidence=evidence))
        return fold(self.sales.entries[order_id])

    def turn_up(self, order_id: str) -> None:
        """An answer comes behind the verdict: it was bought."""
        self.sales.append(TurnedUp(**self.sales.head(order_id, "countercard"), word="yes"))

    async def _settle(
        self,
        order_id: str,
        said: tuple[str, str, str, str],
        verdict: Verdict,
        cards: tuple[SealedCard, ...] = (),
    ) -> Order:
        if (wrong := self.wrong) is not None:
            self.wrong = None
            raise wrong
        self.given.append(said)
        head = self.sales.head(order_id, said[3])
        order = fold(self.sales.entries[order_id])
        complete = order.codes_by_email or len(cards) >= order.placed.quantity
        self.sales.append(Settled(**head, verdict=verdict, evidence=said[2], cards=cards, complete=complete))
        return fold(self.sales.entries[order_id])


@dataclass
class FakeRefunds:
    """Money back over the fake journal, by the program's own rule; `wrong` is raised by the next one."""

    sales: FakeSales
    wrong: PosError | None = None

    async def asked(self, order_id: str, *, cards: int | None = None, loss: bool = False) -> MoneyBack:
        order = fold(self.sales.entries[order_id])
        return money_back(order, in_flight=order_id in self.sales.flying, cards=cards, loss=loss)

    async def ways(self, order_id: str, *, cards: int | None = None) -> tuple[TenderWay, ...]:
        back = await self.asked(order_id, cards=cards)
        return await self.sales.ways_for(order_id, back.amount)

    async def give_back(
        self, order_id: str, by: str, *, cards: int | None = None, loss: bool = False, evidence: str = ""
    ) -> Order:
        if (wrong := self.wrong) is not None:
            self.wrong = None
            raise wrong
        back = await self.asked(order_id, cards=cards, loss=loss)
        ways = await self.ways(order_id, cards=cards)
        self.sales.append(
            Refunded(
                **self.sales.head(order_id, by),
                amount=back.amount,
                tender=ways[0].kind,
                ways=ways,
                cards=back.cards,
                loss=loss,
                evidence=evidence,
            )
        )
        return fold(self.sales.entries[order_id])


@dataclass
class FakeAside:
    """Cards set aside; `done` keeps what was said about them."""

    sales: FakeSales
    cards: list[Lying] = field(default_factory=list[Lying])
    done: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    async def list(self) -> tuple[Lying, ...]:
        return tuple(self.cards)

    async def make_spare(self, order_id: str, cards: Sequence[str], by: str, evidence: str) -> Order:
        assert len(cards) == 1
        self.done.append(("spare", by, evidence))
        self._stand(order_id, "spare", "")
        return fold(self.sales.entries[order_id])

    async def open(
        self,
        order_id: str,
        why: Why,
        *,
        by: str,
        evidence: str,
        cards: Sequence[str] = (),
        amount: Money | None = None,
    ) -> str:
        assert amount is None
        assert len(cards) == 1
        self.done.append((why, by, evidence))
        self._stand(order_id, "claimed", "C-01-0001")
        return "C-01-0001"

    async def close(
        self, number: str, outcome: Outcome, *, by: str, evidence: str, amount: Money | None = None
    ) -> Order:
        assert amount is None
        self.done.append((outcome, by, evidence))
        (one,) = (one for one in self.cards if one.claim == number)
        self.cards.remove(one)
        return fold(self.sales.entries[one.order_id])

    def _stand(self, order_id: str, standing: Standing, claim: str) -> None:
        self.cards = [
            replace(one, standing=standing, claim=claim) if one.order_id == order_id else one
            for one in self.cards
        ]


@dataclass
class FakeAftermath:
    """What the companies have that nobody here has."""

    strays: tuple[Unclaimed, ...] = ()

    async def unclaimed_since_restore(self) -> tuple[Unclaimed, ...]:
        return self.strays


@dataclass
class FakePeople:
    """Managers and their PINs; after a wrong one `wait` is what is to be waited."""

    pins: dict[str, str] = field(default_factory=dict[str, str])
    wait: timedelta = timedelta(0)
    done: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """What was changed, of whom, by whom."""

    async def managers(self) -> tuple[str, ...]:
        return tuple(self.pins)

    async def verify(self, name: str, pin: str) -> PinCheck:
        right = self.pins.get(name) == pin
        return PinCheck(right, timedelta(0) if right else self.wait)

    async def known(self) -> tuple[Manager, ...]:
        return tuple(Manager(name, NOON) for name in self.pins)

    async def add_manager(self, name: str, pin: str, again: str, *, by: str) -> tuple[Problem, ...]:
        problems = problems_with_manager(name, pin, again)
        if problems:
            return problems
        if name.strip().casefold() in map(str.casefold, self.pins):
            return (Problem("manager", "taken"),)
        self.pins[name.strip()] = pin
        self.done.append(("added", name.strip(), by))
        return ()

    async def change_pin(self, name: str, pin: str, again: str, *, by: str) -> tuple[Problem, ...]:
        problems = problems_with_pin(pin, again)
        if not problems:
            self.pins[name] = pin
            self.done.append(("pin", name, by))
        return problems

    async def retire(self, name: str, *, by: str) -> tuple[Problem, ...]:
        if len(self.pins) == 1:
            return (Problem("manager", "last"),)
        del self.pins[name]
        self.done.append(("retired", name, by))
        return ()


@dataclass
class FakeAccounts:
    """Who buys on the accounts, as far as somebody said; the rules are the real ones."""

    titles: dict[str, str] = field(default_factory=lambda: {"cardpluspay": "CardPlusPay"})
    known: dict[str, Account] = field(default_factory=dict[str, Account])
    said: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])

    async def account(self, provider: str) -> Account:
        return self.known.get(provider, Account())

    async def declare(self, provider: str, *, exclusive: bool, by: str, evidence: str = "") -> Account:
        self.said.append((provider, "alone" if exclusive else "shared", by, evidence))
        self.known[provider] = replace(await self.account(provider), declared=exclusive)
        return self.known[provider]

    async def explain(self, provider: str, *, by: str, evidence: str) -> Account:
        self.said.append((provider, "explained", by, evidence))
        self.known[provider] = replace(await self.account(provider), strangers=(), unnamed=False)
        return self.known[provider]


@dataclass
class FakePreferences:
    """What the shop has chosen, in memory; the rules are the real ones.

    What is to go wrong is put into `fails`, by the method's name; with a `gate` printing and listing wait.
    """

    settings: Settings
    changes: Changes
    fails: dict[str, PosError] = field(default_factory=dict[str, PosError])
    gate: asyncio.Event | None = None
    found: tuple[Found, ...] = ()
    tested: list[Paper] = field(default_factory=list[Paper])
    warning: DeviceProblem | None = None
    logo: bytes | None = None
    looked: int = 0
    kept_by: list[str] = field(default_factory=list[str])

    async def _begin(self, what: str, *, waits: bool = False) -> None:
        if waits and self.gate is not None:
            await self.gate.wait()
        if (error := self.fails.get(what)) is not None:
            raise error

    async def keep_shop(self, typed: Mapping[str, str], picture: bytes | None = None) -> tuple[Problem, ...]:
        await self._begin("keep_shop")
        shop, problems = shop_of(typed, self.settings.shop)
        if not problems:
            self.logo = picture
            if picture is not None:
                shop = shop.model_copy(update={"logo": "logo-TEST.png"})
            self.settings = self.settings.model_copy(update={"shop": shop})
            self.changes.announce("settings")
        return problems

    async def keep_paper(self, typed: Mapping[str, str]) -> tuple[Problem, ...]:
        await self._begin("keep_paper")
        paper, problems = paper_of(typed, self.settings.paper)
        if not problems:
            self.settings = self.settings.model_copy(update={"paper": paper})
            self.changes.announce("settings")
        return problems

    async def keep_limits(self, typed: Mapping[str, str], by: str) -> tuple[Problem, ...]:
        await self._begin("keep_limits")
        self.kept_by.append(by)
        currency = self.settings.shop.currency
        kept, problems = limits_of(typed, currency)
        if not problems:
            self.settings = self.settings.model_copy(update={"limits": {currency: kept}})
        return problems

    async def keep_cashier(self, name: str, by: str) -> tuple[Problem, ...]:
        await self._begin("keep_cashier")
        self.kept_by.append(by)
        problems = problems_with_cashier(name.strip())
        if not problems:
            self.settings = self.settings.model_copy(update={"cashier": name.strip()})
            self.changes.announce("settings")
        return problems

    async def keep_company(self, name: str, chosen: Mapping[str, str]) -> None:
        await self._begin("keep_company")
        companies = {**self.settings.providers, name: dict(chosen)}
        self.settings = self.settings.model_copy(update={"providers": companies})

    async def keep_look(self, language: str, theme: str) -> None:
        await self._begin("keep_look")
        self.settings = self.settings.model_copy(update={"language": language, "theme": theme})

    async def keep_keys(self, keys: Mapping[str, str]) -> None:
        await self._begin("keep_keys")
        self.settings = self.settings.model_copy(update={"keys": dict(keys)})
        self.changes.announce("settings")

    async def keep_region(self, region: str) -> None:
        await self._begin("keep_region")
        self.settings = self.settings.model_copy(update={"region": region})

    async def print_test(self, typed: Mapping[str, str]) -> TestSlip:
        await self._begin("print_test", waits=True)
        paper, problems = paper_of(typed, self.settings.paper)
        if problems:
            return TestSlip(problems=problems)
        self.tested.append(paper)
        return TestSlip(paper.host or paper.queue or paper.device or "folder", warning=self.warning)

    async def profiles(self) -> tuple[tuple[str, str], ...]:
        return (("default", "Generic Default"), ("TM-T88V", "Epson TM-T88V"))

    async def printers(self) -> tuple[Found, ...]:
        self.looked += 1
        await self._begin("printers", waits=True)
        return self.found

    async def picture(self) -> bytes | None:
        return self.logo


@dataclass
class FakeBarcodes:
    """Mapped barcodes in memory; which texts are one is the real rule."""

    catalog: FakeCatalog
    mapped: dict[str, Product] = field(default_factory=dict[str, Product])
    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def find(self, scanned: str) -> Labelled | None:
        code = barcode_code(scanned)
        return self._labelled(code) if code in self.mapped else None

    async def all(self) -> tuple[Labelled, ...]:
        return tuple(self._labelled(code) for code in reversed(self.mapped))

    async def map(self, scanned: str, product: Product, by: str) -> Labelled | Problem | None:
        if (wrong := problem_with_barcode(scanned)) is not None:
            return wrong
        if (known := await self.find(scanned)) is not None:
            return known
        self.said.append((scanned, by))
        self.mapped[barcode_code(scanned)] = product
        return None

    async def remove(self, code: str) -> None:
        del self.mapped[code]

    def _labelled(self, code: str) -> Labelled:
        product = self.mapped[code]
        for brand, products in self.catalog.shelf:
            if product in products:
                return Labelled(code, product.brand, product.face, brand, product)
        return Labelled(code, product.brand, product.face)


@dataclass
class FakeAsking:
    """The program's own looks. `finds` is what the next one settles an order as; `stands` what it says."""

    settling: FakeSettling
    finds: Literal["bought", "not_bought"] | None = None
    stands: OwnLook | None = None
    wrong: PosError | None = None
    asked: list[str] = field(default_factory=list[str])

    async def ask_again(self, order_id: str) -> Order:
        self.asked.append(order_id)
        if self.wrong is not None:
            raise self.wrong
        match self.finds:
            case "bought":
                await self.settling.bought_by_number(order_id, "4715", "in the books", "countercard")
            case "not_bought":
                await self.settling.not_bought(order_id, "not in the books", "countercard")
            case None:
                pass
        return fold(self.settling.sales.entries[order_id])

    def standing(self, order_id: str) -> OwnLook | None:
        return self.stands if order_id in self.asked else None


@dataclass
class FakeGuarding:
    """Holds up what it is told to; keeps who was asked, and what became of it."""

    weighed: Weighed = field(default_factory=Weighed)
    comes_up: Weighed = field(default_factory=Weighed)
    """What holds the sale up behind an answer or an approval."""
    told: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    written: tuple[Guarded, ...] = ()

    async def weigh(self, draft: Draft, by: str) -> Weighed:
        return self.weighed

    async def asked(self, draft: Draft, by: str, seen: Weighed) -> None:
        assert seen == self.weighed
        self.told.append(("asked", by))

    async def answer(self, draft: Draft, by: str, seen: Weighed) -> None:
        assert seen == self.weighed
        self.told.append(("answered", by))
        self.weighed, self.comes_up = self.comes_up, Weighed()

    async def approve(self, draft: Draft, by: str, manager: str, seen: Weighed) -> None:
        assert seen == self.weighed
        self.told.append(("approved", by, manager))
        self.weighed, self.comes_up = self.comes_up, Weighed()

    async def drop(self, draft: Draft, by: str) -> None:
        self.told.append(("dropped", by))

    async def held_back(self, draft: Draft, by: str) -> None:
        self.told.append(("held_back", by))

    async def log(self, limit: int = 200) -> tuple[Guarded, ...]:
        return self.written[:limit]


@dataclass
class FakeSettingLog:
    """What was changed under Settings, newest first."""

    written: tuple[SettingChanged, ...] = ()

    async def log(self, limit: int = 200) -> tuple[SettingChanged, ...]:
        return self.written[:limit]

    async def write(self, what: SettingWhat, by: str, about: str, parts: Sequence[Moved]) -> None:
        raise AssertionError("no company is kept here")


class FakeChangeover:
    """Keeps a key as if it were in force."""

    async def change(self, provider: Provider, keep: Callable[[], Awaitable[None]]) -> None:
        await keep()
        await provider.close()


@dataclass
class FakeHeldMoney:
    """Keeps what is held; `before` is what a till that died has left."""

    told: list[Held] = field(default_factory=list[Held])
    before: Held | None = None

    @property
    def held(self) -> Held:
        return self.told[-1] if self.told else Held("", ())

    async def hold(self, sale_id: str, parts: tuple[Tender, ...]) -> None:
        self.told.append(Held(sale_id, parts))

    async def left(self) -> Held | None:
        return self.before


@dataclass
class FakeTill:
    """The whole till; `clock` is turned by hand."""

    chosen: Settings = field(
        default_factory=lambda: Settings(shop=Shop(zone="America/New_York"), cashier="Mia")
    )
    training: bool = True
    practice: None = None
    changes: Changes = field(default_factory=Changes)
    work: Work = field(default_factory=Work)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    guarding: FakeGuarding = field(default_factory=FakeGuarding)
    held_money: FakeHeldMoney = field(default_factory=FakeHeldMoney)
    connections: FakeConnections = field(default_factory=FakeConnections)
    people: FakePeople = field(default_factory=FakePeople)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    changeover: FakeChangeover = field(default_factory=FakeChangeover)
    setting_log: FakeSettingLog = field(default_factory=FakeSettingLog)
    seconds: float = 1000.0
    aftermath: FakeAftermath = field(default_factory=FakeAftermath)
    new_life: NewLife = ""
    warm: bool = False
    closed: bool = False

    def __post_init__(self) -> None:
        self.preferences = FakePreferences(self.chosen, self.changes)
        self.barcodes = FakeBarcodes(self.catalog)
        self.sales = FakeSales(self.changes)
        self.printouts = FakePrintouts(self.sales)
        self.settling = FakeSettling(self.sales)
        self.resolver = FakeAsking(self.settling)
        self.refunds = FakeRefunds(self.sales)
        self.spares = self.claims = FakeAside(self.sales)

    @property
    def settings(self) -> Settings:
        return self.preferences.settings

    def clock(self) -> float:
        return self.seconds

    async def warm_up(self) -> None:
        self.warm = True

    async def close(self) -> None:
        self.closed = True


SIGNED = (("no", "No"), ("yes", "Yes"))
"""What a company's requests can be."""


@dataclass
class FakeFirstStart:
    """A shop being set up, in memory. What is to go wrong is put into `fails`, by the method's name."""

    done: set[str] = field(default_factory=set[str])
    keyring: PosError | None = None
    chosen: Settings = field(default_factory=Settings)
    here: str = "America/New_York"
    fails: dict[str, PosError] = field(default_factory=dict[str, PosError])
    gate: asyncio.Event | None = None
    kept: set[str] = field(default_factory=set[str])
    tested: list[str] = field(default_factory=list[str])
    signed: list[str] = field(default_factory=list[str])
    """What was chosen about signed requests at each test that wanted to know."""
    slips: list[PaperEntries] = field(default_factory=list[PaperEntries])
    found: tuple[Found, ...] = ()
    listing: asyncio.Event | None = None
    """What looking for printers waits for."""
    sheets: int = 0
    managers: list[str] = field(default_factory=list[str])
    closed: bool = False

    async def _begin(self, what: str) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if (error := self.fails.get(what)) is not None:
            raise error
        if self.keyring is not None and what in {"keep_supplier", "keep_manager", "print_recovery_sheet"}:
            raise self.keyring

    def _choose(self, page: str, **parts: object) -> tuple[Problem, ...]:
        if "recovery" in self.done:
            raise NotAllowed("set_up_before")
        self.chosen = self.chosen.model_copy(update=parts)
        self.done.add(page)
        return ()

    async def progress(self) -> Progress:
        await self._begin("progress")
        return Progress(
            keyring=self.keyring,
            shop="shop" in self.done,
            register="register" in self.done,
            supplier="supplier" in self.done,
            printer="printer" in self.done,
            manager="manager" in self.done,
            recovery="recovery" in self.done,
        )

    def settings(self) -> Settings:
        return self.chosen

    def zone(self) -> str:
        return self.here

    def zones(self) -> tuple[str, ...]:
        return ("America/Chicago", "America/New_York", "Etc/UTC", "Europe/Berlin", "Europe/Lisbon", "UTC")

    def folder(self) -> str:
        return "/invented/slips"

    async def keep_shop(self, entries: ShopEntries) -> tuple[Problem, ...]:
        await self._begin("keep_shop")
        if problems := problems_with_shop(entries):
            return problems
        shop = Shop(
            name=entries.name,
            address=entries.address,
            phone=entries.phone,
            currency=entries.currency,
            zone=entries.zone,
        )
        return self._choose("shop", shop=shop)

    async def keep_register(self, register_id: str, cashier: str) -> tuple[Problem, ...]:
        await self._begin("keep_register")
        if problems := problems_with_register(register_id, cashier):
            return problems
        return self._choose("register", register_id=register_id, cashier=cashier)

    def suppliers(self) -> tuple[Supplier, ...]:
        address = SettingField("base_url", "Address", "Where it answers", "https://cards.example/v1")
        return (
            Supplier(
                "cardpluspay",
                "CardPlusPay",
                "codes",
                (SecretField("api_key", "API key"),),
                (
                    address,
                    SettingField("currency", "Account currency", "Three letters", "USD"),
                    SettingField("signing", "Signed requests", "Yes, if", "no", SIGNED),
                ),
                "cardpluspay" in self.kept,
            ),
            Supplier(
                "levelup",
                "LevelUp",
                "email",
                (
                    SecretField("user_token", "User token"),
                    SecretField("merchant_token", "Merchant token"),
                    SecretField("app_id", "App number", optional=True),
                ),
                (address,),
                "levelup" in self.kept,
            ),
        )

    async def test_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        self.tested.append(name)
        self.signed += [fields["signing"]] if "signing" in fields else []
        await self._begin(f"test_{name}")
        wanted = [] if name in self.kept else [key for key in secrets if key in GOOD_KEYS]
        missing = tuple(Problem("secret", "missing", {"name": key}) for key in wanted if not secrets[key])
        if not fields["base_url"].startswith("https://"):
            missing = (*missing, Problem("setting", "not_an_address", {"name": "base_url"}))
        if missing:
            return SupplierTest(name, problems=missing)
        if any(value and value != GOOD_KEYS.get(key, value) for key, value in secrets.items()):
            raise Misconfigured("key_refused", provider=name)
        if name == "levelup":
            merchants = tuple(f"Merchant {number}" for number in range(31))
            return SupplierTest(name, merchants=merchants, untested=("user_token",))
        return SupplierTest(name, balance=usd("412.60"))

    async def keep_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        await self._begin("keep_supplier")
        test = await self.test_supplier(name, fields, secrets)
        if test.passed:
            self.kept.add(name)
            self.done.add("supplier")
        return test

    async def printers(self) -> tuple[Found, ...]:
        if self.listing is not None:
            await self.listing.wait()
        return self.found

    async def test_printer(self, entries: PaperEntries) -> TestSlip:
        await self._begin("test_printer")
        if " " in entries.host:
            return TestSlip(problems=(Problem("host", "unreadable"),))
        self.slips.append(entries)
        return TestSlip(entries.host or entries.queue or entries.device or entries.folder)

    async def keep_printer(self, entries: PaperEntries) -> tuple[Problem, ...]:
        await self._begin("keep_printer")
        if entries.folder and not entries.folder.startswith("/"):
            return (Problem("folder", "not_whole"),)
        return self._choose("printer", paper=Paper.model_validate(asdict(entries)))

    async def keep_manager(self, name: str, pin: str, again: str) -> tuple[Problem, ...]:
        await self._begin("keep_manager")
        if problems := problems_with_manager(name, pin, again):
            return problems
        self.managers.append(name)
        return self._choose("manager")

    async def print_recovery_sheet(self) -> Sheet:
        await self._begin("print_recovery_sheet")
        self.sheets += 1
        blocks = tuple(Secret(f"GROUP {place}", group) for place, group in enumerate(GROUPS, 1))
        paper = "" if self.chosen.paper.printer == "screen" else PRINTER
        return Sheet(Document("pending", "Recovery sheet", blocks), paper)

    async def sheet_was_printed(self) -> bool:
        return self.sheets > 0

    def recovery_groups(self) -> int:
        return len(GROUPS)

    def recovery_places(self) -> tuple[int, ...]:
        return ASKED

    async def check_recovery(self, typed: Mapping[int, str]) -> tuple[int, ...]:
        await self._begin("check_recovery")
        if len(self.done) < BEFORE_RECOVERY or not self.sheets:
            raise NotAllowed("not_set_up")
        wrong = tuple(place for place in ASKED if typed[place].strip().upper() != GROUPS[place - 1])
        if not wrong:
            self.done.add("recovery")
        return wrong

    async def close(self) -> None:
        self.closed = True
