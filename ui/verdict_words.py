"""What can be said to somebody who has to decide: what is known, what to do next, what each verdict needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_app.i18n import _, money, ngettext
from pos_app.orders.answers import Row
from pos_app.orders.money_back import MoneyBack
from pos_app.orders.order import Order, Status
from pos_app.settling import SETTLES_DOWN, Confirmed, Witnesses

Verdict = Literal["number", "codes", "email", "not_bought", "seen", "sell_now", "money", "wait"]
"""What a person can say about a waiting order, or have done about it."""

_MOST_ROWS = 4
_LOOKS = 2
"""How often the books have to show nothing before that says something."""


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


def verdicts(order: Order, status: Status) -> tuple[Verdict, ...]:
    """What can be decided about `order`, the likeliest first."""
    if order.reopened:
        return ("seen",)
    money: tuple[Verdict, ...] = ("money",) if order.money_left else ()
    match status:
        case Status.NOT_CONFIRMED if order.codes_by_email:
            return ("email", "not_bought", *money, "wait")
        case Status.NOT_CONFIRMED:
            return ("number", "codes", "not_bought", *money, "wait")
        case Status.CODES_PENDING if order.provider_order_id is not None:
            return ("codes", *money, "wait")
        case Status.CODES_PENDING:
            return ("number", "codes", *money, "wait")
        case Status.TO_DO if order.left_because:
            return ("sell_now", *money)
        case Status.FULFILLED:
            return money
        case _:
            return ()


def recommended(order: Order, status: Status, witnesses: Witnesses | None) -> Verdict | None:
    """The verdict the witnesses speak for; None where they do not."""
    if order.reopened:
        return "seen"
    if status is not Status.NOT_CONFIRMED or witnesses is None or not witnesses.usable:
        return None
    # A row that costs the same may be another buyer's: no list and no balance ever speaks for an id.
    if not witnesses.shows_nothing:
        return None
    return "not_bought" if _had_its_time(witnesses) else "wait"


def suggested(order: Order, witnesses: Witnesses | None) -> str:
    """The id of the only order there that nobody here has, if it costs what this one does; else empty.

    While other orders of ours are open it may be theirs. With more rows than one somebody else buys on the
    account, and it may be theirs as well. Then nothing is suggested.
    """
    if witnesses is None or witnesses.rivals or order.placed.quoted is None or len(witnesses.unclaimed) != 1:
        return ""
    (row,) = witnesses.unclaimed
    return row.provider_order_id if row.amount == order.placed.quoted * order.placed.quantity else ""


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


def money_form(order: Order, back: MoneyBack) -> VerdictForm:
    """What to ask for before money goes back that is not simply owed."""
    amount = money(back.amount)
    words = [_("Give it back the way it came, then say so here.")]
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
                    _("{amount} is then owed back to the customer.").format(amount=money(order.price)),
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
    }
    return words[tick]


def advice(order: Order, status: Status, witnesses: Witnesses | None) -> str:
    """The one next step."""
    if order.reopened:
        return _("Ask the card company about its answer and claim the cards back. Then say that you saw it.")
    if order.money_owed is not None:
        return _("Give {amount} back to the customer, then say so.").format(amount=money(order.money_owed))
    match status:
        case Status.NOT_CONFIRMED if order.codes_by_email:
            return _("There are no books to look at. Ask the sender whether the confirmation came by e-mail.")
        case Status.NOT_CONFIRMED:
            return _by_the_books(order, witnesses)
        case Status.TO_DO if order.left_because:
            return _(
                "This store was copied or put back since it was paid. Look in the company's portal whether "
                "it was bought. If not, buy it now or give the money back."
            )
        case Status.TO_DO:
            return _("Nothing was sent. Sell it now if the customer still wants it, or give the money back.")
        case Status.CODES_PENDING if "pin_not_told" in order.flags:
            return _(
                "PIN not shown by the company: look in its portal whether the card has one. Enter the code "
                "once more with its PIN, or say that it has none."
            )
        case Status.CODES_PENDING:
            return _(
                "The codes are asked for by themselves. If they do not come, copy them from the company."
            )
        case _:
            return _("Print the slip, or show the code to the customer.")


def _by_the_books(order: Order, witnesses: Witnesses | None) -> str:
    if witnesses is None or witnesses.look is None:
        return _("Look for the order on the card company's page: newest first, same card, same amount.")
    if not witnesses.usable:
        return _(
            "The books move or can not be read to the end, so they prove nothing. Look again in a moment."
        )
    if number := suggested(order, witnesses):
        return _(
            "The card company has an order that nobody here has and that costs what this one does: {number}. "
            "It may be ours; compare brand and value in the portal."
        ).format(number=number)
    if witnesses.shows_nothing and not _had_its_time(witnesses):
        return _(
            "Wait. The card company has no new order, but it may still come: look again when half an hour "
            "has passed since it was sent, and twice."
        )
    if witnesses.shows_nothing:
        return _(
            "After half an hour and several looks the card company has no new order, and nothing is missing "
            "from the balance: it was probably not bought."
        )
    if witnesses.unclaimed and witnesses.rivals:
        return _(
            "More than one order of ours is open: look on the card company's page which one became which."
        )
    if witnesses.unclaimed:
        return _("Orders there belong to nobody here. Look on the card company's page which one is this.")
    return _("Money is missing from the balance, or came in, and no order explains it. Look again later.")


def _is_early(witnesses: Witnesses | None) -> bool:
    return witnesses is not None and witnesses.waited is not None and witnesses.waited < SETTLES_DOWN


def _had_its_time(witnesses: Witnesses) -> bool:
    """Whether the books had the time to show the order, and were looked at more than once."""
    waited = witnesses.waited
    return waited is not None and waited >= SETTLES_DOWN and witnesses.empty_looks >= _LOOKS


def known(order: Order, witnesses: Witnesses | None) -> tuple[tuple[str, str], ...]:
    """The witnesses side by side: what each is called, and what it says."""
    told: list[tuple[str, str]] = []
    if order.placed.quoted is not None and not order.codes_by_email:
        cost = order.placed.quoted * order.placed.quantity
        told.append((_("It would have cost us"), money(cost)))
    if witnesses is None:
        return tuple(told)
    fence, look = witnesses.fence, witnesses.look
    if fence is not None:
        told.append((_("Balance before it was sent"), money(fence.balance)))
    if look is not None:
        told.append((_("Balance now"), money(look.balance_after)))
        rows = [_row(row) for row in witnesses.unclaimed[:_MOST_ROWS]]
        more = len(witnesses.unclaimed) - len(rows)
        if more:
            rows.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
        told.append((_("New orders nobody here has"), ", ".join(rows) or _("none")))
    if witnesses.reply_kept:
        told.append((_("Answer"), _("one came; it says neither yes nor no")))
    return tuple(told)


def _row(row: Row) -> str:
    if row.amount is None:
        return row.provider_order_id
    return _("{number} for {amount}").format(number=row.provider_order_id, amount=money(row.amount))
