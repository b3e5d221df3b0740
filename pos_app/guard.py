"""The scam guard: which of its rules a sale runs into, after what the shop sold before.

Pure: the rules are data (`resources/guard/rules.toml`), what was sold is handed in. Amounts are what the
customer pays, and only amounts of one currency are ever compared. Imported by the first sale of a day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pos_app.limits import BEYOND, NAMES, OFF, PATTERNS, Chosen, LimitName, beyond, has_patterns, limit_of
from pos_app.money import Money, total

Asks = Literal["ask", "approve", "refuse"]
"""What a rule wants: the cashier's answer, a manager's approval, or nothing will do."""

SAME: Final = timedelta(days=1)
"""How far back anything is looked at: no rule looks beyond the shop's day and the longest repetition."""


@dataclass(frozen=True, slots=True)
class Wished:
    """One line that is to be sold: `quantity` cards at `price` each. `recipient` is a digest, empty for none.

    `highest`: no card of this brand is worth more.
    """

    brand: str
    quantity: int
    price: Money
    recipient: str = ""
    highest: bool = False

    @property
    def total(self) -> Money:
        """What the line costs."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Wish:
    """The sale that is to be made: when (UTC), by whom, at which register. All lines have one currency."""

    at: datetime
    by: str
    register: str
    lines: tuple[Wished, ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """One order that was placed and not given up: as it is kept, with the digest of its recipient."""

    at: datetime
    by: str
    register: str
    brand: str
    quantity: int
    total: Money
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a sale runs into; `what` it is about, and how often in how many `minutes`."""

    rule: str
    kind: str
    asks: Asks
    what: str = ""
    limit: Money | None = None
    reached: Money | None = None
    times: int = 0
    minutes: int = 0


def _amounts(by_currency: dict[str, str]) -> dict[str, str]:
    for currency, text in by_currency.items():
        Money.of(text, currency)
    return by_currency


_Amounts = Annotated[dict[str, str], AfterValidator(_amounts)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern="^[a-z_]+$")]
    asks: Asks = "ask"
    least: _Amounts = Field(default_factory=dict[str, str])

    def floor(self, currency: str) -> Money | None:
        """The amount below which the rule is silent; None: it is always silent in this currency."""
        return Money.of(self.least[currency], currency) if currency in self.least else None


class Highest(_Rule):
    """Several cards of the highest value of their brand, each worth `least` or more."""

    kind: Literal["highest"]
    cards: Annotated[int, Field(ge=1)]


class Hour(_Rule):
    """A sale of `least` or more between two hours of the shop's clock; they may lie around midnight."""

    kind: Literal["hour"]
    from_hour: Annotated[int, Field(ge=0, le=23, alias="from")]
    until: Annotated[int, Field(ge=0, le=23)]


class Repetition(_Rule):
    """The same card (brand and price) or recipient `times` within `minutes`, each card of `least` or more."""

    kind: Literal["repetition"]
    same: Literal["card", "recipient"]
    times: Annotated[int, Field(ge=2)]
    minutes: Annotated[int, Field(ge=1, le=1440)]


class Split(_Rule):
    """One brand that comes to `whole` within `minutes` at one register, over several sales.

    Cards that are worth less than `least` do not count.
    """

    kind: Literal["split"]
    whole: _Amounts
    minutes: Annotated[int, Field(ge=1, le=1440)]

    @model_validator(mode="after")
    def _same_currencies(self) -> Self:
        if self.least.keys() != self.whole.keys():
            raise ValueError("an amount without the other")
        return self


class WrongPin(_Rule):
    """A sale of `least` or more within `minutes` of a wrong PIN that no right one followed."""

    kind: Literal["wrong_pin"]
    minutes: Annotated[int, Field(ge=1, le=1440)]


AnyRule = Annotated[Highest | Hour | Repetition | Split | WrongPin, Field(discriminator="kind")]


class Question(BaseModel):
    """How long an answer does not count yet, in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: Annotated[int, Field(ge=0)]
    each_further: Annotated[int, Field(ge=0)]
    most: Annotated[int, Field(ge=0)]


class Rules(BaseModel):
    """All rules, as they are shipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Question
    shipped: dict[LimitName, _Amounts]
    rule: tuple[AnyRule, ...]

    def shipped_amount(self, name: LimitName, currency: str) -> str:
        """The limit a shop has that chose none: an amount as text, or `off`."""
        return self.shipped.get(name, {}).get(currency, OFF)


def in_force(chosen: Chosen, currency: str) -> dict[str, str]:
    """The limits in `currency` by name, each an amount as text or `off`, and the choices beside them."""
    own, book = chosen.get(currency, {}), rules()
    amounts = {name: own.get(name, book.shipped_amount(name, currency)) for name in NAMES}
    signs = "on" if has_patterns(chosen, currency) else OFF
    return {**amounts, BEYOND: beyond(chosen, currency), PATTERNS: signs}


@cache
def rules() -> Rules:
    """The rules this program came with."""
    file = resources.files("resources").joinpath("guard", "rules.toml")
    return Rules.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def seconds(hits: Sequence[Hit], question: Question) -> int:
    """How long an answer to these hits does not count yet: longer, the more of them there are."""
    if not any(hit.asks == "ask" for hit in hits):
        return 0
    return min(question.most, question.seconds + question.each_further * (len(hits) - 1))


def day_began(at: datetime, zone: str) -> datetime:
    """When the shop's day of `at` began."""
    return at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def looks_back(wish: Wish, chosen: Chosen, book: Rules) -> bool:
    """Whether any rule compares `wish` with what was sold before: most sales are too small for that."""
    if not wish.lines:
        return False
    currency = wish.lines[0].price.currency
    if any(
        name.endswith("_day") and limit_of(chosen, name, currency, book.shipped_amount(name, currency))
        for name in NAMES
    ):
        return True
    floors = [rule.floor(currency) for rule in book.rule if isinstance(rule, Repetition | Split)]
    return any(floor is not None and line.price >= floor for floor in floors for line in wish.lines)


def may_be_highest(price: Money, book: Rules) -> bool:
    """Whether it matters for a card of this price that its brand has none that is worth more."""
    floors = [rule.floor(price.currency) for rule in book.rule if isinstance(rule, Highest)]
    return any(floor is not None and price >= floor for floor in floors)


def looks_back_to(wish: Wish, zone: str) -> datetime:
    """The time since which sales count for one rule or another."""
    return min(day_began(wish.at, zone), wish.at - SAME)


def weigh(
    wish: Wish, sold: Iterable[Sold], wrong_pins: Iterable[datetime], chosen: Chosen, zone: str, book: Rules
) -> tuple[Hit, ...]:
    """The rules that `wish` runs into, after what was `sold` since `looks_back_to`.

    `wrong_pins`: when a PIN was wrong that no right one followed. `chosen` are the shop's own limits.
    """
    if not wish.lines:
        return ()
    currency = wish.lines[0].price.currency
    same_money = [one for one in sold if one.total.currency == currency]
    hits = list(_limits(wish, same_money, chosen, zone, book))
    if has_patterns(chosen, currency):
        for rule in book.rule:
            if (floor := rule.floor(currency)) is not None:
                hits += _pattern(rule, floor, wish, same_money, wrong_pins, zone)
    return tuple(hits)


def _limits(wish: Wish, sold: Sequence[Sold], chosen: Chosen, zone: str, book: Rules) -> Iterator[Hit]:
    currency = wish.lines[0].price.currency
    began = day_began(wish.at, zone)
    today = [one for one in sold if one.at >= began]
    for name in NAMES:
        limit = limit_of(chosen, name, currency, book.shipped_amount(name, currency))
        if limit is None:
            continue
        if name == "question":
            whole = total([line.total for line in wish.lines], currency)
            if whole >= limit:
                yield Hit(name, "limit", "ask", limit=limit, reached=whole)
            continue
        for what, reached in _reached(name, wish, today, currency):
            if reached > limit:
                yield Hit(name, "limit", beyond(chosen, currency), what, limit, reached)
                break


def _reached(
    name: LimitName, wish: Wish, today: Sequence[Sold], currency: str
) -> Iterator[tuple[str, Money]]:
    """What the amounts limited by `name` would come to, and whose they are."""
    lines = wish.lines

    def with_before(mine: Iterable[Wished], before: Iterable[Sold]) -> Money:
        return total([*(line.total for line in mine), *(one.total for one in before)], currency)

    match name:
        case "card":
            yield from ((line.brand, line.price) for line in lines)
        case "sale":
            yield "", with_before(lines, ())
        case "cashier_day":
            yield wish.by, with_before(lines, (one for one in today if _same(one.by, wish.by)))
        case "register_day":
            yield wish.register, with_before(lines, (one for one in today if one.register == wish.register))
        case "brand_day":
            for brand in dict.fromkeys(line.brand for line in lines):
                yield (
                    brand,
                    with_before(
                        (line for line in lines if _same(line.brand, brand)),
                        (one for one in today if _same(one.brand, brand)),
                    ),
                )
        case "recipient_day":
            for digest in dict.fromkeys(line.recipient for line in lines if line.recipient):
                yield (
                    "",
                    with_before(
                        (line for line in lines if line.recipient == digest),
                        (one for one in today if one.recipient == digest),
                    ),
                )
        case _:
            yield "", with_before(lines, today)


def _pattern(
    rule: AnyRule,
    floor: Money,
    wish: Wish,
    sold: Sequence[Sold],
    wrong_pins: Iterable[datetime],
    zone: str,
) -> Iterator[Hit]:
    whole = total([line.total for line in wish.lines], floor.currency)
    match rule:
        case Highest():
            high = [line for line in wish.lines if line.highest and line.price >= floor]
            if (times := sum(line.quantity for line in high)) >= rule.cards:
                yield Hit(rule.name, rule.kind, rule.asks, high[0].brand, times=times)
        case Hour():
            hour = wish.at.astimezone(ZoneInfo(zone)).hour
            if whole >= floor and _between(hour, rule.from_hour, rule.until):
                yield Hit(rule.name, rule.kind, rule.asks, limit=floor, reached=whole)
        case Repetition():
            since = wish.at - timedelta(minutes=rule.minutes)
            yield from _repeated(rule, floor, wish, [one for one in sold if one.at >= since])
        case Split():
            since = wish.at - timedelta(minutes=rule.minutes)
            yield from _split(rule, floor, wish, [one for one in sold if one.at >= since])
        case _:
            since = wish.at - timedelta(minutes=rule.minutes)
            if whole >= floor and any(since <= at for at in wrong_pins):
                yield Hit(rule.name, rule.kind, rule.asks, reached=whole, minutes=rule.minutes)


def _repeated(rule: Repetition, floor: Money, wish: Wish, sold: Sequence[Sold]) -> Iterator[Hit]:
    """The first card, or recipient, that comes too often; cards of one line are one customer's wish."""
    for line in wish.lines:
        if line.price < floor:
            continue
        if rule.same == "card":
            mine = [one for one in wish.lines if _same(one.brand, line.brand) and one.price == line.price]
            before = [
                one for one in sold if _same(one.brand, line.brand) and one.total == line.price * one.quantity
            ]
        elif line.recipient:
            mine = [one for one in wish.lines if one.recipient == line.recipient]
            before = [one for one in sold if one.recipient == line.recipient]
        else:
            continue
        if (times := len(mine) + len(before)) >= rule.times and before:
            yield Hit(
                rule.name,
                rule.same,
                rule.asks,
                line.brand,
                reached=line.price,
                times=times,
                minutes=rule.minutes,
            )
            return


def _split(rule: Split, floor: Money, wish: Wish, sold: Sequence[Sold]) -> Iterator[Hit]:
    """The first brand of which a large sale is made in parts."""
    whole = Money.of(rule.whole[floor.currency], floor.currency)
    lines = [line for line in wish.lines if line.price >= floor]
    for brand in dict.fromkeys(line.brand for line in lines):
        before = [
            one.total
            for one in sold
            if one.register == wish.register and _same(one.brand, brand) and one.total >= floor * one.quantity
        ]
        mine = [line.total for line in lines if _same(line.brand, brand)]
        reached = total([*mine, *before], floor.currency)
        if before and reached >= whole:
            yield Hit(
                rule.name, rule.kind, rule.asks, brand, limit=whole, reached=reached, minutes=rule.minutes
            )
            return


def _between(hour: int, begins: int, ends: int) -> bool:
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
