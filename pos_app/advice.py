"""What can be said to whoever has to decide about an order: what is known, what to do next, and why."""

from __future__ import annotations

from typing import Literal

from pos_app.errors import NotAllowed
from pos_app.i18n import _, clock_time, money, ngettext
from pos_app.messages import explain, why_a_person
from pos_app.orders.answers import Row
from pos_app.orders.order import Order, Status
from pos_app.orders.verdicts import EmptyLook, ForAPerson, FoundRow, NotBought
from pos_app.resolver import Standing
from pos_app.settling import SETTLES_DOWN, Witnesses

Verdict = Literal["number", "codes", "email", "not_bought", "seen", "sell_now", "money", "wait"]
"""What a person can say about a waiting order, or have done about it."""

_MOST_ROWS = 4
_LOOKS = 2
"""How often the books have to show nothing before that says something."""


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
            return _over(order, status)


def _over(order: Order, status: Status) -> str:
    """What is left of an order that nobody has to decide about, and whose money is where it belongs."""
    if order.purged is not None and order.cards:
        return _("The codes of this order were deleted for good.")
    if status is Status.FULFILLED and order.not_handed_over:
        return _("Print the slip, or show the code to the customer.")
    if status is Status.TO_BE_CONFIRMED:
        return _("Bought. The sender has to confirm by e-mail")
    if status is Status.IN_PROGRESS:
        return _("Asking the card company…")
    return _("Nothing is left to do.")


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


def looked(standing: Standing, zone: str) -> str:
    """What the program's own look into the books came to, and when it looks again by itself."""
    if standing.refused:
        why = explain(NotAllowed(standing.refused)).title
        words = [_("It is in the company's books, and was not taken over: {why}.").format(why=why)]
    else:
        words = [_found(standing)]
    words.append(_("Looked at {time}.").format(time=clock_time(standing.at, zone)))
    if standing.next_look is not None:
        words.append(_("Looks again by itself at {time}.").format(time=clock_time(standing.next_look, zone)))
    return " ".join(words)


def _found(standing: Standing) -> str:
    match standing.judgement:
        case ForAPerson(reasons=reasons):
            why = " ".join(why_a_person(reason) for reason in reasons)
            return _("The program does not decide it by itself.") + f" {why}"
        case EmptyLook(counts=True):
            return _("Nothing new in the books. A second look, ten minutes after the first, decides it.")
        case EmptyLook():
            return _("Nothing new in the books. That counts once half an hour has passed since it was sent.")
        case FoundRow(row=row):
            return _("It is the company's order {number}.").format(number=row.provider_order_id)
        case NotBought():
            return _("It was not bought.")
        case _:
            return _("The books moved or could not be read to the end. Another look may tell more.")


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


def _had_its_time(witnesses: Witnesses) -> bool:
    """Whether the books had the time to show the order, and were looked at more than once."""
    waited = witnesses.waited
    return waited is not None and waited >= SETTLES_DOWN and witnesses.empty_looks >= _LOOKS


def _row(row: Row) -> str:
    if row.amount is None:
        return row.provider_order_id
    return _("{number} for {amount}").format(number=row.provider_order_id, amount=money(row.amount))
