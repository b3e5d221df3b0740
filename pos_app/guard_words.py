"""What the scam guard says: to the cashier about each rule, and to the customer in plain language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pos_app.guard import Hit
from pos_app.i18n import _, money, ngettext
from pos_app.limits import LimitName
from pos_app.money import Money
from pos_app.orders.notes import Guarded


def sentence(hit: Hit) -> str:
    """Why the sale is held up, in a sentence."""
    if hit.kind == "limit":
        return _LIMITS[hit.rule](hit)
    return _PATTERNS[hit.kind](hit)


def rule_label(rule: str) -> str:
    """What a rule is called in the record; its own name where this program does not know it."""
    known = _LABELS | _SIGNS
    return known[rule]() if rule in known else rule


def became(note: Guarded) -> str:
    """What came of a sale that ran into a rule, and by whose doing."""
    return _BECAME[note.became](note)


def question() -> str:
    """What the cashier is to find out."""
    return _("Is anyone on the phone telling you to do this?")


def card_title() -> str:
    """The heading of the customer's card."""
    return _("Please read this first")


def card_lines() -> tuple[str, ...]:
    """What the customer reads, a few short sentences."""
    return (
        _("Gift cards are for gifts."),
        _("Did somebody call, write or text you, and ask for gift cards? Then it is a scam."),
        _("No office, police, bank, company or family member in trouble is ever paid with gift cards."),
        _("Whoever gets the numbers has the money. Nobody can get it back for you."),
        _("Hang up. Take your time. Tell the cashier: nobody will be angry with you."),
    )


def limit_label(name: LimitName) -> str:
    """What a limit is called in the settings."""
    return _LABELS[name]()


def _amount(value: Money | None) -> str:
    return "" if value is None else money(value)


def _with_reached(text: str, hit: Hit) -> str:
    return text.format(limit=_amount(hit.limit), reached=_amount(hit.reached), what=hit.what)


_LIMITS: Final[dict[str, Callable[[Hit], str]]] = {
    "question": lambda hit: _with_reached(
        _("This sale comes to {reached}. From {limit} on, the customer is asked first."), hit
    ),
    "card": lambda hit: _with_reached(
        _("One card of {what} is {reached}. The shop's limit for one card is {limit}."), hit
    ),
    "sale": lambda hit: _with_reached(
        _("This sale comes to {reached}. The shop's limit for one sale is {limit}."), hit
    ),
    "cashier_day": lambda hit: _with_reached(
        _("With this sale {what} would have sold {reached} today. The limit is {limit}."), hit
    ),
    "register_day": lambda hit: _with_reached(
        _("With this sale register {what} would have sold {reached} today. The limit is {limit}."), hit
    ),
    "brand_day": lambda hit: _with_reached(
        _("With this sale the shop would have sold {reached} of {what} today. The limit is {limit}."), hit
    ),
    "recipient_day": lambda hit: _with_reached(
        _("With this sale {reached} would go to the same e-mail address today. The limit is {limit}."), hit
    ),
    "shop_day": lambda hit: _with_reached(
        _("With this sale the shop would have sold {reached} today. The limit is {limit}."), hit
    ),
}
_PATTERNS: Final[dict[str, Callable[[Hit], str]]] = {
    "highest": lambda hit: ngettext(
        "{n} card of the highest value there is of {brand}.",
        "{n} cards of the highest value there is of {brand}.",
        hit.times,
    ).format(n=hit.times, brand=hit.what),
    "hour": lambda hit: _("{reached} at an unusual hour.").format(reached=_amount(hit.reached)),
    "card": lambda hit: ngettext(
        "{brand} for {amount}: {times} times within {n} minute.",
        "{brand} for {amount}: {times} times within {n} minutes.",
        hit.minutes,
    ).format(brand=hit.what, amount=_amount(hit.reached), times=hit.times, n=hit.minutes),
    "recipient": lambda hit: ngettext(
        "Cards for the same e-mail address: {times} times within {n} minute.",
        "Cards for the same e-mail address: {times} times within {n} minutes.",
        hit.minutes,
    ).format(times=hit.times, n=hit.minutes),
    "split": lambda hit: ngettext(
        "{brand} for {reached} at this register within {n} minute, in several sales.",
        "{brand} for {reached} at this register within {n} minutes, in several sales.",
        hit.minutes,
    ).format(brand=hit.what, reached=_amount(hit.reached), n=hit.minutes),
    "wrong_pin": lambda hit: ngettext(
        "A wrong PIN was entered at this till within the last {n} minute.",
        "A wrong PIN was entered at this till within the last {n} minutes.",
        hit.minutes,
    ).format(n=hit.minutes),
}
_LABELS: Final[dict[str, Callable[[], str]]] = {
    "question": lambda: _("Ask about a scam from this sale on"),
    "card": lambda: _("Most on one card"),
    "sale": lambda: _("Most in one sale"),
    "cashier_day": lambda: _("Most a cashier sells in a day"),
    "register_day": lambda: _("Most this register sells in a day"),
    "brand_day": lambda: _("Most of one brand in a day"),
    "recipient_day": lambda: _("Most to one e-mail address in a day"),
    "shop_day": lambda: _("Most the shop sells in a day"),
}
_SIGNS: Final[dict[str, Callable[[], str]]] = {
    "question": lambda: _("A large sale"),
    "several_of_highest": lambda: _("Cards of the highest value"),
    "odd_hour": lambda: _("An unusual hour"),
    "same_card_again": lambda: _("The same card again"),
    "sold_in_parts": lambda: _("A large sale in parts"),
    "same_recipient_again": lambda: _("The same e-mail address again"),
    "after_wrong_pin": lambda: _("A wrong PIN just before"),
}
_BECAME: Final[dict[str, Callable[[Guarded], str]]] = {
    "asked": lambda note: _("{name} was asked").format(name=note.by),
    "answered": lambda note: _("{name} said that nobody tells the customer to buy").format(name=note.by),
    "approved": lambda note: _("approved by {name}").format(name=note.by),
    "unasked": lambda note: _("sold by a command for {name}, nobody was asked").format(name=note.by),
    "held_back": lambda note: _("held back, {name} sold nothing").format(name=note.by),
    "dropped": lambda note: _("stopped by {name}").format(name=note.by),
}
