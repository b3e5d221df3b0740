"""An order's entries as a story for people: placed, sent, heard, answered, printed, shown."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.i18n import _, date_and_time, money, ngettext
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    Approved,
    ClaimClosed,
    Claimed,
    CodesArrived,
    Deferred,
    GivenOn,
    HandedOver,
    Heard,
    LeftToAPerson,
    MadeSpare,
    Placed,
    Printed,
    PrintFailed,
    Purged,
    Refunded,
    Revealed,
    Sent,
    Settled,
    Supplied,
    TurnedUp,
    WasNotTaken,
    Withdrawn,
)
from pos_app.orders.notes import Guarded
from pos_app.orders.order import Order
from ui.widgets.timeline import Step
from ui.widgets.tone_sign import SignTone

_PROGRAM = "countercard"


def story(order: Order, zone: str, approvals: Sequence[Guarded] = ()) -> tuple[Step, ...]:
    """What happened to `order`, first things first, in the shop's time `zone`.

    `approvals`: what the scam guard held its sale up for, and who approved it before it was placed.
    """
    placed, *later = (_step(entry, order, zone) for entry in order.entries)
    # Several rules may have held the sale up; a manager approved it once.
    approved = {
        note.by: Step(date_and_time(note.at, zone), _("Held up by the scam guard, approved"), note.by, "ok")
        for note in approvals
    }
    return (placed, *approved.values(), *later)


def _step(entry: AnyEntry, order: Order, zone: str) -> Step:
    words, tone = _words(entry, order)
    by = _("Countercard") if entry.by == _PROGRAM else entry.by
    return Step(date_and_time(entry.at, zone), words, by, tone)


def _words(entry: AnyEntry, order: Order) -> tuple[str, SignTone]:
    match entry:
        case Placed():
            return _("{amount} received, order placed").format(amount=money(order.paid)), "ok"
        case Sent() | Heard() | Answered() | WasNotTaken() | CodesArrived():
            return _with_the_company(entry)
        case Settled() | TurnedUp():
            return _decided(entry)
        case Withdrawn():
            return _("Given up before it was sent"), "warn"
        case Refunded():
            return _("{amount} given back").format(amount=money(entry.amount)), "warn"
        case Printed() | PrintFailed():
            return _printed(entry)
        case Revealed():
            return _("Code {hint} shown").format(hint=_hint(order, entry.card)), "warn"
        case HandedOver() | Purged() | Approved() | Deferred() | LeftToAPerson():
            return _by_a_person(entry)
        case _:
            return _spare(entry, order)


def _by_a_person(entry: HandedOver | Purged | Approved | Deferred | LeftToAPerson) -> tuple[str, SignTone]:
    match entry:
        case HandedOver():
            n = len(entry.cards)
            return ngettext("{n} card handed over", "{n} cards handed over", n).format(n=n), "ok"
        case Purged():
            return _("Codes and recipient deleted for good"), "muted"
        case Approved():
            return _("A manager allowed to buy it now. “{evidence}”").format(evidence=entry.evidence), "ok"
        case Deferred():
            return _("Decided: wait. “{evidence}”").format(evidence=entry.evidence), "muted"
        case LeftToAPerson():
            reasons = {
                "sold_on": _("Left to a manager: another one of this cost was sold meanwhile"),
                "restored": _("Left to a manager: the store was put back from a backup"),
                "moved": _("Left to a manager: the store was moved to this computer"),
            }
            return reasons[entry.reason], "warn"


def _spare(
    entry: Supplied | GivenOn | MadeSpare | Claimed | ClaimClosed, order: Order
) -> tuple[str, SignTone]:
    match entry:
        case Supplied():
            n = len(entry.cards)
            return ngettext("{n} spare card used", "{n} spare cards used", n).format(n=n), "ok"
        case GivenOn():
            return _("Spare card {hint} sold in another order").format(hint=_hint(order, entry.card)), "muted"
        case MadeSpare():
            n = len(entry.cards)
            return ngettext("{n} card kept as spare", "{n} cards kept as spare", n).format(n=n), "muted"
        case Claimed():
            return _("Claimed from the card company, number {claim}").format(claim=entry.claim), "warn"
        case ClaimClosed():
            outcomes = {
                "credited": _("Claim {claim}: credited"),
                "replaced": _("Claim {claim}: replaced"),
                "refused": _("Claim {claim}: refused"),
            }
            return outcomes[entry.outcome].format(claim=entry.claim), "muted"


def _with_the_company(
    entry: Sent | Heard | Answered | WasNotTaken | CodesArrived,
) -> tuple[str, SignTone]:
    match entry:
        case Sent():
            return _("Sent to the card company"), "muted"
        case Heard(about="poll"):
            return _("Asked for late codes, answer kept"), "muted"
        case Heard(about="look"):
            return _("Looked up by its number, answer kept"), "muted"
        case Heard():
            return _("Answer received and kept"), "muted"
        case Answered():
            return _answered(entry)
        case WasNotTaken():
            return _("Not taken up: nothing was bought"), "warn"
        case CodesArrived():
            n = len(entry.cards)
            return ngettext("{n} code arrived", "{n} codes arrived", n).format(n=n), "ok"


def _answered(entry: Answered) -> tuple[str, SignTone]:
    if entry.refusal is not None:
        return _("The card company said no"), "danger"
    if entry.must_confirm:
        return _("Bought; the sender has to confirm by e-mail"), "warn"
    if not entry.complete:
        return _("Bought; codes are still to come"), "warn"
    return _("Bought"), "ok"


def _decided(entry: Settled | TurnedUp) -> tuple[str, SignTone]:
    if isinstance(entry, TurnedUp):
        words = {
            "yes": _("An answer came after the verdict: it was bought"),
            "no": _("An answer came after the verdict: it was refused"),
            "not_taken": _("It turned out after the verdict: never taken up"),
            "unclear": _("An answer came after the verdict; it says neither yes nor no"),
        }
        return words[entry.word], "muted" if entry.word == "unclear" else "warn"
    if entry.verdict == "bought":
        return _("Decided: it was bought. “{evidence}”").format(evidence=entry.evidence), "ok"
    return _("Decided: it was not bought. “{evidence}”").format(evidence=entry.evidence), "warn"


def _printed(entry: Printed | PrintFailed) -> tuple[str, SignTone]:
    names = {
        "receipt": _("Receipt"),
        "slip": _("Slip"),
        "pending": _("Pending slip"),
        "failure": _("Slip to give money back"),
        "refund": _("Slip about money back"),
    }
    name = names.get(entry.document.split("-")[0], entry.document)
    why = f". “{entry.evidence}”" if entry.evidence else ""
    if isinstance(entry, PrintFailed) and entry.maybe:
        return _("{paper} perhaps printed").format(paper=name) + why, "warn"
    if isinstance(entry, PrintFailed):
        return _("{paper} not printed").format(paper=name) + why, "danger"
    if entry.copy_no:
        words = _("{paper} printed again, duplicate {n}").format(paper=name, n=entry.copy_no)
        return words + why, "warn"
    return _("{paper} printed").format(paper=name) + why, "ok"


def _hint(order: Order, card_id: str) -> str:
    return next((card.hint for card in order.cards if card.id == card_id), "")
