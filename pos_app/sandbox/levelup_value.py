"""LevelUp's calls about a card at hand: put value on it, take it off, what is it worth, what is it.

Only putting value on is protected against repeats, by `external_identifier`; taking off is, if it names the
`uuid` of what was put on. Where the documentation knows no text for a refusal, the text here is our own.
"""

from collections.abc import Mapping
from typing import Any

from pos_app.sandbox import levelup_codes
from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.levelup_book import Addition, Load, Removal, TooMuch
from pos_app.sandbox.levelup_orders import MINIMUM, NOT_POSITIVE, TOO_LITTLE
from pos_app.sandbox.levelup_replies import (
    enveloped,
    error,
    errors,
    is_whole,
    not_found,
    number,
    said,
    text,
    unauthorized,
)
from pos_app.sandbox.levelup_rights import Rights
from pos_app.sandbox.merchants import Merchant

ADDITION = "gift_card_value_addition"
REMOVAL = "gift_card_value_removal"
NOTHING_TO_REMOVE = "You must remove a positive value."
ADDER = "gift_cards/value_adder"
"""What errors about amounts are about, in both directions."""

_CREDIT = "merchant_funded_gift_card_credit"
_VALIDATION = "qr_code_validation"
_QR = "payment_token_data"
_Entry = dict[str, dict[str, str]]


def balance(cents: int) -> str:
    """The refusal that tells what a card is worth."""
    return f"This giftcard has a balance of ${cents // 100}.{cents % 100:02d}. Please retry with that amount."


class Value:
    """The calls that need the card's QR text."""

    def __init__(self, ledger: Ledger, merchants: Mapping[int, Merchant], rights: Rights) -> None:
        self._ledger = ledger
        self._rights = rights
        self._merchants = merchants
        self._merchant_of = {
            location.id: merchant.id for merchant in merchants.values() for location in merchant.locations
        }

    def add(self, request: Request) -> Reply:
        """Puts value on a card, once per identifier."""
        merchant = self._merchant(request)
        if merchant is None:
            return unauthorized()
        wish = enveloped(request, ADDITION)
        wrong = [*_wrong_qr(wish, ADDITION), *_wrong_amount(wish), *_wrong_fields(wish)]
        if wrong:
            return errors(wrong)
        card = self._ledger.value.card(wish[_QR])
        if card is None:
            return not_found()
        location_id = wish.get("location_id") or None
        if location_id is not None and self._merchant_of.get(location_id) != merchant:
            return unauthorized()
        return self._load(_as_said(wish, merchant, card.token), request)

    def remove(self, request: Request) -> Reply:
        """Takes value off a card: an amount each time it is asked for, or one addition once and for all."""
        merchant = self._merchant(request)
        if merchant is None:
            return unauthorized()
        wish = enveloped(request, REMOVAL)
        undo, said_amount = text(wish.get("uuid")), wish.get("value_amount")
        amount = said_amount if is_whole(said_amount) else 0
        wrong = _wrong_qr(wish, REMOVAL)
        if undo is None and amount <= 0:
            wrong.append(error(NOTHING_TO_REMOVE, ADDER, "base"))
        if wrong:
            return errors(wrong)
        card = self._ledger.value.card(wish[_QR])
        if card is None:
            return not_found()
        try:
            if undo is None:
                now = self._ledger.clock.now()
                return self._removed(self._ledger.value.remove(card.token, merchant, amount, now))
            return self._reverse(undo.replace("-", "").lower(), merchant, card.token)
        except TooMuch as there_is:
            return errors([error(balance(there_is.amount), ADDER, "base")])

    def amount(self, request: Request) -> Reply:
        """What a card is worth at the merchant of a location; nothing loaded is 0, not 404."""
        if not self._rights.may_manage(request.headers):
            return unauthorized()
        merchant = self._merchant_of.get(number(request.ident))
        if merchant is None:
            return unauthorized()
        # The answer's name is not the request's: the `get_` is gone.
        card = self._card(enveloped(request, f"get_{_CREDIT}"))
        if card is None:
            return not_found()
        return said({_CREDIT: {"total_amount": self._ledger.value.amount(card.token, merchant)}})

    def validate(self, request: Request) -> Reply:
        """What sort of card that is."""
        if not self._rights.may_manage(request.headers):
            return unauthorized()
        card = self._card(enveloped(request, _VALIDATION))
        if card is None:
            return not_found()
        return said({_VALIDATION: {"gift_card": card.gift_card, "linked_to_user": card.linked_to_user}})

    # --- parts ------------------------------------------------------------

    def _merchant(self, request: Request) -> int | None:
        """The merchant in the path, if whoever asks may act for it."""
        merchant = number(request.ident)
        allowed = merchant in self._merchants and self._rights.may_manage(request.headers)
        return merchant if allowed else None

    def _card(self, wish: dict[str, Any]) -> levelup_codes.Card | None:
        qr = text(wish.get(_QR))
        return None if qr is None else self._ledger.value.card(qr)

    def _load(self, load: Load, request: Request) -> Reply:
        book = self._ledger.value
        first = None if request.meets("identifier_ignored") else book.known(load.external_identifier)
        if first is None:
            addition = book.add(load, self._ledger.clock.now())
            self._ledger.save(addition)
            return _added(addition, request, new=True)
        if request.meets("identifier_refused") and not first.load.same_as(load):
            return errors([error("has already been used", ADDITION, "external_identifier")])
        # An identifier is one addition: whatever else is said now, the answer is the first one again.
        first.asked += 1
        self._ledger.save(first)
        return _added(first, request, new=False)

    def _reverse(self, addition_uuid: str, merchant: int, card: str) -> Reply:
        book = self._ledger.value
        addition = book.additions.get(addition_uuid)
        if addition is None or (addition.load.merchant_id, addition.load.card) != (merchant, card):
            return not_found()
        done = book.reversal(addition_uuid)
        if done is None:
            amount, now = addition.load.value_amount, self._ledger.clock.now()
            return self._removed(book.remove(card, merchant, amount, now, reverses=addition_uuid))
        done.asked += 1
        self._ledger.save(done)
        return said(_removal(done))

    def _removed(self, removal: Removal) -> Reply:
        self._ledger.save(removal)
        return said(_removal(removal), order=removal)


def _as_said(wish: dict[str, Any], merchant: int, card: str) -> Load:
    types = wish.get("tender_types") or None
    return Load(
        merchant_id=merchant,
        card=card,
        value_amount=wish["value_amount"],
        location_id=wish.get("location_id") or None,
        order_uuid=text(wish.get("order_uuid")),
        tender_types=None if types is None else tuple(types),
        type=text(wish.get("type")),
        identifier_from_merchant=text(wish.get("identifier_from_merchant")),
        external_identifier=text(wish.get("external_identifier")),
    )


def _added(addition: Addition, request: Request, *, new: bool) -> Reply:
    told: dict[str, object] = {
        "added_value_amount": addition.load.value_amount,
        "new_value_at_merchant_amount": addition.new_amount,
        "old_value_at_merchant_amount": addition.old_amount,
    }
    if not request.meets("no_uuid"):
        told["uuid"] = addition.uuid
    return said({ADDITION: told}, order=addition if new else None)


def _removal(removal: Removal) -> dict[str, object]:
    told = {
        "removed_value_amount": removal.value_amount,
        "new_value_at_merchant_amount": removal.new_amount,
        "old_value_at_merchant_amount": removal.old_amount,
    }
    return {REMOVAL: told}


def _wrong_qr(wish: dict[str, Any], about: str) -> list[_Entry]:
    qr = text(wish.get(_QR))
    if qr is None:
        return [error("cannot be blank", about, _QR)]
    # A text that is none of LevelUp's is 422; one that could be and is unknown is 404.
    return [] if levelup_codes.well_formed(qr) else [error("is invalid", about, _QR)]


def _wrong_amount(wish: dict[str, Any]) -> list[_Entry]:
    amount = wish.get("value_amount")
    if not is_whole(amount) or amount <= 0:
        return [error(NOT_POSITIVE, ADDER, "base")]
    return [error(TOO_LITTLE, ADDER, "base")] if amount < MINIMUM else []


def _wrong_fields(wish: dict[str, Any]) -> list[_Entry]:
    texts = ("order_uuid", "type", "identifier_from_merchant", "external_identifier")
    wrong = [name for name in texts if not isinstance(wish.get(name) or "", str)]
    if wish.get("location_id") and not is_whole(wish["location_id"]):
        wrong.append("location_id")
    types: Any = wish.get("tender_types") or []
    if not isinstance(types, list) or not all(isinstance(each, str) for each in types):  # pyright: ignore[reportUnknownVariableType]
        wrong.append("tender_types")
    return [error("is invalid", ADDITION, name) for name in wrong]
