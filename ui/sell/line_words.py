"""What a line of the basket says: what it is, what it costs, and what the companies say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pos_app.errors import PosError
from pos_app.i18n import _, as_it_is, money, money_short
from pos_app.messages import explain
from pos_app.messages import problem as words_of
from pos_app.orders.draft import Line
from pos_app.sales import LineCheck
from ui.widgets.basket import BasketRow
from ui.widgets.tone_sign import SignTone

Checks = Mapping[str, LineCheck | PosError]
"""By a line's id what its company said, or the trouble of asking; a line without one is being asked about."""


def basket_row(line: Line, lines: Sequence[Line], checks: Checks, *, is_gone: bool) -> BasketRow:
    """`line` of the basket `lines`; `is_gone`: what it is about is not sold any more."""
    check, tone = _check_words(line, lines, checks, is_gone=is_gone)
    detail = ""
    if line.recipient is not None:
        parts = (as_it_is(line.product.address), _("to {email}").format(email=line.recipient.email))
        detail = " · ".join(part for part in parts if part)
    return BasketRow(
        line_id=line.id,
        title=_title(line),
        total=money(line.total),
        detail=detail,
        check=check,
        tone=tone,
        can_ask_again=isinstance(checks.get(line.id), PosError),
    )


def why_not(lines: Sequence[Line], checks: Checks, gone: Sequence[Line]) -> str:
    """Why *Charge* waits, in a sentence; empty when it does not. `gone` are lines nobody sells any more."""
    if not lines:
        return ""
    if any(line.id not in checks for line in lines):
        return _("Checking stock and price…")
    if gone:
        return _("One line can not be sold. Change it or take it out.")
    answers = [checks[line.id] for line in lines]
    if any(isinstance(answer, PosError) for answer in answers):
        return _("One line could not be checked yet.")
    if not all(isinstance(answer, LineCheck) and answer.ok for answer in answers):
        return _("One line can not be sold. Change it or take it out.")
    return ""


def _title(line: Line) -> str:
    face = money_short(line.face)
    if line.recipient is not None:
        return _("{brand}, by e-mail").format(brand=line.product.brand)
    return _("{n} × {brand} {face}").format(n=line.quantity, brand=line.product.brand, face=face)


def _check_words(line: Line, lines: Sequence[Line], checks: Checks, *, is_gone: bool) -> tuple[str, SignTone]:
    check = checks.get(line.id)
    if is_gone:
        return _("The company does not sell this card any more."), "danger"
    if check is None:
        return _("checking…"), "muted"
    if isinstance(check, PosError):
        message = explain(check)
        return f"{message.what} {message.advice}".strip(), "warn"
    if check.problem is not None:
        return words_of(check.problem), "danger"
    if _is_there_twice(line, lines):
        return _("Twice in this basket: the same card for the same address."), "warn"
    if line.recipient is None:
        return _("in stock"), "ok"
    from pos_app.orders.domains import meant_instead

    if meant := meant_instead(line.recipient.email):
        return _("Ask the customer: is {domain} meant?").format(domain=meant), "warn"
    return _("address looks right"), "ok"


def _is_there_twice(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line before has the same card by e-mail, of the same amount, for the same address."""
    return line.recipient is not None and any(
        one.recipient is not None
        and (one.product.key, one.face) == (line.product.key, line.face)
        and one.recipient.email.casefold() == line.recipient.email.casefold()
        for one in lines[: lines.index(line)]
    )
