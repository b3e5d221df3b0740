"""What each verdict is called on its button, and what it asks of whoever gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.advice import Verdict, suggested
from pos_app.i18n import _, money, ngettext
from pos_app.orders.money_back import MoneyBack
from pos_app.orders.order import Order, Status
from pos_app.orders.sale import Way
from pos_app.settling import SETTLES_DOWN, Confirmed, Witnesses
from ui.give_back import words_of


@dataclass(frozen=True, slots=True)
class VerdictForm:
    """How a verdict is asked for: `entry` names what is to be typed, empty where nothing is.

    `suggested` is what may have to be typed; `ticks` is what somebody has to say to have looked at,
    `choices` what they may.
    """

    title: str
    words: tuple[str, ...]
    entry: str
    entry_hint: str
    evidence_hint: str
    decide: str
    suggested: str = ""
    ticks: tuple[Confirmed, ...] = ()
    choices: tuple[Confirmed, ...] = ()


def button(verdict: Verdict, status: Status) -> str:
    """What stands on the button of a verdict."""
    if verdict == "codes" and status is Status.CODES_PENDING:
        return _("Enter its codes")
    if verdict == "number" and status is Status.CODES_PENDING:
        return _("Enter its order id")
    words = {
        "number": _("It was bought: order id"),
        "codes": _("It was bought: codes"),
        "email": _("It was sent by e-mail"),
        "not_bought": _("It was not bought"),
        "seen": _("I have seen it"),
        "sell_now": _("Buy it now"),
        "money": _("Money back…"),
        "wait": _("Wait"),
    }
    return words[verdict]


def money_form(order: Order, back: MoneyBack, ways: Sequence[Way]) -> VerdictForm:
    """What to ask for before money goes back by `ways` that is not simply owed."""
    amount = money(back.amount)
    words = [_("Give it back the way it came, then say so here.")]
    if len(ways) > 1:
        words = list(words_of(ways))
    if back.needs == "manager_as_loss":
        words.append(_("Its code is out: the customer keeps the card, and the shop bears the loss."))
    elif order.left_because and not order.unanswered:
        words = [_("Another copy of this store may have bought it: look in the portal first."), *words]
    elif order.was_bought:
        words.append(_("The card is the shop's then: it is kept sealed for the next customer."))
    else:
        words.append(_("Whatever comes after that is the shop's: not printed, not shown on this sale."))
    if back.cards is not None:
        n = back.cards
        words.append(
            ngettext("This is the money for {n} card.", "This is the money for {n} cards.", n).format(n=n)
        )
    return VerdictForm(
        _("Give back {amount}").format(amount=amount),
        tuple(words),
        "",
        "",
        _("Why it is given back"),
        _("{amount} given back").format(amount=amount),
    )


def form(verdict: Verdict, order: Order, witnesses: Witnesses | None) -> VerdictForm:
    """What to ask for before `verdict` is written down; for money back see `money_form`."""
    match verdict:
        case "number":
            return VerdictForm(
                _("It was bought"),
                (
                    _(
                        "The company does not tell which card this is: check brand and value in its portal, "
                        "and whether it has a PIN."
                    ),
                ),
                _("Order id"),
                _("As the card company's page shows it"),
                _("Where you found it"),
                _("Fetch and settle"),
                suggested(order, witnesses),
                ticks=("item_not_told",),
                choices=("no_pin",),
            )
        case "codes":
            n = max(0, order.placed.quantity - len(order.handed_cards))
            hint = ngettext("{n} card is missing", "{n} cards are missing", n).format(n=n)
            if not n:
                hint = _("Each code once more, with the PIN that is missing")
            return VerdictForm(
                _("Enter the codes"),
                (_("One card on a line, its PIN behind a comma. Each is compared with all known codes."),),
                _("Codes and PINs"),
                hint,
                _("Where you copied them from; never a code"),
                _("Keep the codes"),
                choices=("no_pin",) if "pin_not_told" in order.flags else (),
            )
        case "email":
            return VerdictForm(
                _("It was sent by e-mail"),
                (_("Only if the sender has the confirmation, or the card company says so."),),
                "",
                "",
                _("Who said so, and when"),
                _("It was sent"),
            )
        case "not_bought":
            return VerdictForm(
                _("It was not bought"),
                (
                    *(
                        (_("It was sent less than half an hour ago and may still come."),)
                        if _is_early(witnesses)
                        else ()
                    ),
                    _("{amount} is then owed back to the customer.").format(amount=money(order.money_left)),
                    _("Should an answer come all the same, its cards are the shop's and you are told."),
                ),
                "",
                "",
                _("Where you looked, and what the balance was"),
                _("It was not bought"),
                ticks=("too_early",) if _is_early(witnesses) else (),
            )
        case "seen":
            return VerdictForm(
                _("What turned up was seen"),
                (_("The verdict stays. Cards that came are kept sealed; claim them back from the company."),),
                "",
                "",
                _("What you did about it"),
                _("I have seen it"),
            )
        case "sell_now":
            return VerdictForm(
                _("Buy it now"),
                (
                    _("Another copy of this store may have bought it already: look in the portal first."),
                    _("Bought now, it is bought for certain, and perhaps for the second time."),
                ),
                "",
                "",
                _("Where you looked"),
                _("Buy it now"),
            )
        case _:
            return VerdictForm(
                _("Wait"),
                (_("Nothing changes: the order stays here, and is looked for by itself."),),
                "",
                "",
                _("What you are waiting for"),
                _("Wait"),
            )


def tick_words(tick: Confirmed) -> str:
    """What somebody says who ticks it."""
    words = {
        "item_not_told": _("I compared brand and value in its portal"),
        "other_amount": _("It is this sale's, though amount or number of cards differ"),
        "others_open": _("I made sure that it is not another order's"),
        "no_pin": _("I looked: the card has no PIN"),
        "too_early": _("I know that it will not come any more"),
        "list_not_read": _("I looked in its portal, or asked the company"),
    }
    return words[tick]


def _is_early(witnesses: Witnesses | None) -> bool:
    return witnesses is not None and witnesses.waited is not None and witnesses.waited < SETTLES_DOWN
