"""`countercard settle ID` without a verdict: the books are asked, and what speaks for which is told."""

from __future__ import annotations

from pos_app.advice import advice, known, looked, recommended
from pos_app.commands.exits import Exit, for_order
from pos_app.commands.output import amount, emit, say
from pos_app.commands.shown import entry_objects, order_lines, order_object, story_lines
from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.orders.order import Order, Phase, Status
from pos_app.orders.verdicts import ForAPerson
from pos_app.register import Register
from pos_app.resolver import Standing
from pos_app.settling import Witnesses


async def weigh(register: Register, order: Order, *, as_json: bool) -> Exit:
    """Have the program look now, which may decide it, and tell what is left to a person.

    A company that can not be asked ends nothing: what is known without it is told all the same.
    """
    witnesses, unread = None, None
    try:
        order = await register.resolver.ask_again(order.id)
        if order.phase is Phase.SENT:
            witnesses = await register.settling.witnesses(order.id)
    except PosError as error:
        unread = error
        order = await register.sales.order(order.id)
    status = register.sales.status(order)
    own = register.resolver.standing(order.id) if order.phase is Phase.SENT else None
    if as_json:
        told = {**order_object(order, status, {}), "entries": entry_objects(order)}
        emit({**told, **_object(order, status, witnesses, own, unread)})
        return for_order(order)
    for line in (*order_lines(order, status, {}), *story_lines(order)):
        say(line)
    if status is Status.NOT_CONFIRMED:
        for name, value in known(order, witnesses):
            say(f"  {name}: {value}")
    if unread is not None:
        say("  " + _("The card company's books: {why}").format(why=explain(unread).title))
    if own is not None:
        say("  " + looked(own, register.settings.shop.zone))
    say(_("What to do now") + ": " + advice(order, status, witnesses))
    return for_order(order)


def _object(
    order: Order, status: Status, witnesses: Witnesses | None, own: Standing | None, unread: PosError | None
) -> dict[str, object]:
    return {
        "witnesses": None if witnesses is None else _witnesses(witnesses),
        "own_look": None if own is None else _own_look(own),
        "books_unread": None if unread is None else unread.reason,
        "recommended": recommended(order, status, witnesses),
        "advice": advice(order, status, witnesses),
    }


def _witnesses(witnesses: Witnesses) -> dict[str, object]:
    fence, look, waited = witnesses.fence, witnesses.look, witnesses.waited
    return {
        "balance_before": None if fence is None else amount(fence.balance),
        "balance_now": None if look is None else amount(look.balance_after),
        "new_orders": [
            {"provider_order_id": row.provider_order_id, "amount": amount(row.amount) if row.amount else None}
            for row in witnesses.unclaimed
        ],
        "answer_kept": witnesses.reply_kept,
        "other_open_orders": witnesses.rivals,
        "seconds_since_sent": None if waited is None else int(waited.total_seconds()),
        "empty_looks": witnesses.empty_looks,
    }


def _own_look(own: Standing) -> dict[str, object]:
    judgement = own.judgement
    return {
        "judgement": type(judgement).__name__,
        "reasons": list(judgement.reasons) if isinstance(judgement, ForAPerson) else [],
        "refused": own.refused or None,
        "at": own.at.isoformat(),
        "next_look": None if own.next_look is None else own.next_look.isoformat(),
    }
