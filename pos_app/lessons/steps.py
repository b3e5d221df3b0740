"""The steps every lesson begins with: choose, charge, take the money, wait."""

from __future__ import annotations

from pos_app.i18n import _, money
from pos_app.lessons.lesson import Seen, Step, Wanted
from pos_app.orders.order import Status


def choosing() -> Step:
    """Find the card; there is no sale yet."""
    return Step(lambda _seen: True, _choose, lambda seen: _wrong_basket(seen) or _wrong_place(seen))


def charging() -> Step:
    """The card is in the basket."""
    return Step(_has_line, lambda _seen: _("Good. Now go on to the money: press Charge."), _wrong_basket)


def taking_cash() -> Step:
    """At the money."""
    return Step(is_at_money, _take_cash, _wrong_basket)


def waiting() -> Step:
    """The money is in: nothing to do while the card is bought and its slip printed."""
    return Step(is_placed, lambda _seen: _("The till buys the card now. Wait a moment."), _not_sent)


def selling_for_cash() -> tuple[Step, ...]:
    """From an empty basket to a card that is being bought."""
    return choosing(), charging(), taking_cash(), waiting()


def is_placed(seen: Seen) -> bool:
    """Whether the money was taken."""
    return seen.order is not None


def is_at_money(seen: Seen) -> bool:
    """Whether somebody stands at the money, with the card."""
    return _has_line(seen) and seen.place == "charge_screen"


def is_away(seen: Seen) -> bool:
    """Whether the result of the sale is not what one looks at."""
    return seen.place not in {"result", ""}


def is_bought(seen: Seen) -> bool:
    """Whether the card was bought and its code is here."""
    return seen.status is Status.FULFILLED


def _has_line(seen: Seen) -> bool:
    return seen.order is None and any(seen.wanted.is_met_by(line) for line in seen.lines)


def _choose(seen: Seen) -> str:
    wanted = seen.wanted
    if wanted.email:
        return _("Find {brand}, by e-mail: {amount} to {email}.").format(
            brand=wanted.brand, amount=money(wanted.face), email=wanted.email
        )
    return _("Find {brand} and choose {amount}.").format(brand=wanted.brand, amount=money(wanted.face))


def _take_cash(seen: Seen) -> str:
    return _("Read the sale back, take {amount} in cash, then press Money received.").format(
        amount=money(seen.wanted.face)
    )


def _wrong_place(seen: Seen) -> str:
    if seen.place in {"orders", "attention", "settings", "lessons"}:
        return _("Press Sell to come back.")
    if seen.place == "result":
        harmless = _("It does no harm here: press New sale and try again.")
        return f"{_not_that(seen.wanted)} {harmless}"
    return ""


def _not_that(wanted: Wanted) -> str:
    if wanted.email:
        return _("That was something else. The customer asked for {brand}, {amount} to {email}.").format(
            brand=wanted.brand, amount=money(wanted.face), email=wanted.email
        )
    return _("That was something else. The customer asked for {brand}, {amount}.").format(
        brand=wanted.brand, amount=money(wanted.face)
    )


def _wrong_basket(seen: Seen) -> str:
    wanted = seen.wanted
    if all(wanted.is_met_by(line) for line in seen.lines):
        return _wrong_place(seen)
    if any(line.recipient is not None and line.recipient.email != wanted.email for line in seen.lines):
        if wanted.email:
            return _("The customer said {email}. Change the line before you take any money.").format(
                email=wanted.email
            )
        return _("This time it is a card on paper. Take the other line out of the basket.")
    if all(wanted.is_kind_of(line) for line in seen.lines):
        return _("The customer asked for one card. Change the line, or take out what is too much.")
    return _("The customer asked for {brand}, {amount}. Take the other line out of the basket.").format(
        brand=wanted.brand, amount=money(wanted.face)
    )


def _not_sent(seen: Seen) -> str:
    if seen.status is Status.TO_DO and seen.place == "result":
        return _("If it says that nothing was bought, press Try again.")
    if is_bought(seen) and seen.paper_failed:
        return _("The printer failed: press Another printer…")
    return ""
