"""What LevelUp's cards hold: value that was put on them and taken off again, per merchant, in whole cents."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pos_app.sandbox import levelup_codes
from pos_app.sandbox.levelup_codes import Card


@dataclass(frozen=True)
class Load:
    """A wish to put value on a card; the fields below `value_amount` are kept as they were said."""

    merchant_id: int
    card: str = field(repr=False)
    value_amount: int
    location_id: int | None = None
    order_uuid: str | None = None
    tender_types: tuple[str, ...] | None = None
    type: str | None = None
    identifier_from_merchant: str | None = None
    external_identifier: str | None = None

    def same_as(self, other: "Load") -> bool:
        """Whether the same money goes onto the same card for the same merchant."""
        mine = (self.merchant_id, self.card, self.value_amount)
        return mine == (other.merchant_id, other.card, other.value_amount)


@dataclass
class Addition:
    """Value that was put on a card. `asked` counts how often the same identifier came for it.

    `created` is Unix time by the sandbox's clock.
    """

    uuid: str
    load: Load
    old_amount: int
    new_amount: int
    created: float
    asked: int = 1
    reply: str = "sent"
    reply_lost: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Everything, as the state file and the admin side show it."""
        return {**vars(self.load), **{name: value for name, value in vars(self).items() if name != "load"}}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> "Addition":
        """The addition `as_dict` wrote. Raises `KeyError` or `TypeError` for others."""
        names = Load.__dataclass_fields__
        load = Load(**{name: value for name, value in found.items() if name in names})
        types = None if load.tender_types is None else tuple(load.tender_types)
        rest = {name: value for name, value in found.items() if name not in names}
        return cls(load=replace(load, tender_types=types), **rest)


@dataclass
class Removal:
    """Value that was taken off a card. `reverses` is the uuid of the addition that was undone, if one was."""

    number: int
    merchant_id: int
    card: str = field(repr=False)
    value_amount: int
    old_amount: int
    new_amount: int
    reverses: str | None
    created: float
    asked: int = 1
    reply: str = "sent"
    reply_lost: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Everything, as the state file and the admin side show it."""
        return dict(vars(self))


class TooMuch(Exception):
    """There is less on the card: `amount` cents. Nothing has changed."""

    def __init__(self, amount: int) -> None:
        super().__init__(amount)
        self.amount = amount


class ValueBook:
    """The cards there are and every movement of value. What a card holds is the sum of its movements."""

    def __init__(self) -> None:
        self._cards = {card.token: card for card in levelup_codes.fresh()}
        self.begin()

    def begin(self) -> None:
        """Back to the start: all cards are empty. Their texts stay, for they are printed."""
        self.additions: dict[str, Addition] = {}
        self.removals: dict[int, Removal] = {}
        # What follows from the movements, kept beside them so that a long day's book stays quick.
        self._held: Counter[tuple[str, int]] = Counter()
        self._first: dict[str, str] = {}
        self._undone: dict[str, int] = {}

    def card(self, text: str) -> Card | None:
        """The card with this QR text, whatever preferences it carries."""
        token = levelup_codes.token_of(text)
        return None if token is None else self._cards.get(token)

    def amount(self, card: str, merchant_id: int) -> int:
        """What the card with this token is worth at this merchant, in cents."""
        return self._held[card, merchant_id]

    def known(self, external_identifier: str | None) -> Addition | None:
        """The first addition under this identifier; one identifier is one addition."""
        first = None if external_identifier is None else self._first.get(external_identifier)
        return None if first is None else self.additions[first]

    def add(self, load: Load, now: float) -> Addition:
        """Puts value on a card, whether the identifier is known or not. `now` is Unix time."""
        before = self.amount(load.card, load.merchant_id)
        addition = Addition(
            uuid=secrets.token_hex(16),
            load=load,
            old_amount=before,
            new_amount=before + load.value_amount,
            created=now,
        )
        self._put_on(addition)
        return addition

    def reversal(self, addition_uuid: str) -> Removal | None:
        """The removal that undid this addition, if there was one."""
        number = self._undone.get(addition_uuid)
        return None if number is None else self.removals[number]

    def remove(
        self, card: str, merchant_id: int, value_amount: int, now: float, *, reverses: str | None = None
    ) -> Removal:
        """Takes value off a card. `now` is Unix time. Raises `TooMuch`."""
        before = self.amount(card, merchant_id)
        if value_amount > before:
            raise TooMuch(before)
        removal = Removal(
            number=len(self.removals) + 1,
            merchant_id=merchant_id,
            card=card,
            value_amount=value_amount,
            old_amount=before,
            new_amount=before - value_amount,
            reverses=reverses,
            created=now,
        )
        self._take_off(removal)
        return removal

    def shown(self) -> dict[str, Any]:
        """Cards and movements, oldest first, as the admin side shows them."""
        cards = [
            {**vars(card), "payment_token_data": card.data, "amounts": self._amounts(card.token)}
            for card in self._cards.values()
        ]
        return {"cards": cards, **self._movements()}

    def totals(self) -> dict[str, int]:
        """How much went on and off, in cents, and how many answers to it were lost."""
        movements = (*self.additions.values(), *self.removals.values())
        return {
            "added_amount": sum(addition.load.value_amount for addition in self.additions.values()),
            "removed_amount": sum(removal.value_amount for removal in self.removals.values()),
            "value_replies_lost": sum(movement.reply_lost for movement in movements),
        }

    def whole(self) -> dict[str, Any]:
        """Everything, as a state file begins with it."""
        return {"cards": [dict(vars(card)) for card in self._cards.values()], **self._movements()}

    def restore(self, line: Mapping[str, Any]) -> None:
        """Takes up what `whole` or a movement's `as_dict` wrote; what a line does not mention stays.

        Raises `KeyError` or `TypeError` for what is neither.
        """
        if "cards" in line:
            self._cards = {card["token"]: Card(**card) for card in line["cards"]}
        for addition in map(Addition.from_dict, line.get("additions", ())):
            self._put_on(addition)
        for removal in line.get("removals", ()):
            self._take_off(Removal(**removal))

    def _movements(self) -> dict[str, Any]:
        return {
            "additions": [addition.as_dict() for addition in self.additions.values()],
            "removals": [removal.as_dict() for removal in self.removals.values()],
        }

    def _amounts(self, card: str) -> dict[str, int]:
        return {str(merchant): amount for (of, merchant), amount in sorted(self._held.items()) if of == card}

    def _put_on(self, addition: Addition) -> None:
        # A state file tells of one movement once more whenever something about it changes.
        if addition.uuid not in self.additions:
            self._held[addition.load.card, addition.load.merchant_id] += addition.load.value_amount
        self.additions[addition.uuid] = addition
        if addition.load.external_identifier is not None:
            self._first.setdefault(addition.load.external_identifier, addition.uuid)

    def _take_off(self, removal: Removal) -> None:
        if removal.number not in self.removals:
            self._held[removal.card, removal.merchant_id] -= removal.value_amount
        self.removals[removal.number] = removal
        if removal.reverses is not None:
            self._undone[removal.reverses] = removal.number
