"""The exit codes of all commands. Scripts rely on them: a number is never given a new meaning."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from pos_app.errors import (
    DeviceProblem,
    Misconfigured,
    NotAllowed,
    NotTaken,
    OutcomeUnknown,
    PosError,
    StoreProblem,
)
from pos_app.orders.order import Order, Status


class Exit(IntEnum):
    """What a command says when it ends."""

    DONE = 0
    """All done; for a sale: every card is here, or on its way by e-mail."""
    BUG = 1
    """Something nobody foresaw."""
    USAGE = 2
    """The command's words are wrong (argparse's own number)."""
    NOT_ALLOWED = 3
    """A rule forbids it: wrong amount, bad address, money not complete. Nothing was bought."""
    REFUSED = 4
    """The card company said no. Nothing was bought; the money is to be given back."""
    NOT_CONFIRMED = 5
    """The order was sent and there is no answer to rely on. It must not be sold again."""
    NOT_TAKEN = 6
    """Proof that nothing was bought: the card company was not reached or turned the request away."""
    CODES_PENDING = 7
    """Bought; codes are still to come."""
    MISCONFIGURED = 8
    """A key, an address, the keyring or the settings are missing or wrong."""
    STORE = 9
    """The store can not be opened, read or written."""
    JOURNAL_BROKEN = 10
    """`journal verify` found a line that does not hold."""
    DEVICE = 11
    """The sale is done, but the paper was not written; or it can not be written, and nothing was bought."""
    UNWELL = 12
    """`doctor` found something that has to be put right."""
    INTERRUPTED = 130
    """Stopped with Ctrl-C before anything was begun."""


_BY_ERROR: dict[type[PosError], Exit] = {
    NotTaken: Exit.NOT_TAKEN,
    OutcomeUnknown: Exit.NOT_CONFIRMED,
    NotAllowed: Exit.NOT_ALLOWED,
    Misconfigured: Exit.MISCONFIGURED,
    DeviceProblem: Exit.DEVICE,
    StoreProblem: Exit.STORE,
}

_BY_STATUS: dict[Status, Exit] = {
    Status.TO_DO: Exit.NOT_TAKEN,
    Status.IN_PROGRESS: Exit.NOT_CONFIRMED,
    Status.NOT_CONFIRMED: Exit.NOT_CONFIRMED,
    Status.CODES_PENDING: Exit.CODES_PENDING,
    Status.TO_BE_CONFIRMED: Exit.DONE,
    Status.FULFILLED: Exit.DONE,
    Status.REFUSED: Exit.REFUSED,
    Status.NOT_BOUGHT: Exit.REFUSED,
    Status.WITHDRAWN: Exit.REFUSED,
}


def for_error(error: PosError) -> Exit:
    """The code for an error that ended a command."""
    return _BY_ERROR[type(error)]


_GRAVEST_FIRST: Final = (
    Exit.NOT_CONFIRMED,
    Exit.STORE,
    Exit.NOT_TAKEN,
    Exit.CODES_PENDING,
    Exit.REFUSED,
    Exit.DEVICE,
    Exit.INTERRUPTED,
    Exit.DONE,
)
"""Of several orders: first what must not be sold again, then what a customer still waits for."""


def worst(codes: Iterable[Exit]) -> Exit:
    """The code that stands for all of `codes`: the gravest one; done where there are none."""
    return min(codes, key=_GRAVEST_FIRST.index, default=Exit.DONE)


def for_order(order: Order) -> Exit:
    """The code for where an order nobody is working on stands."""
    return _BY_STATUS[order.status(in_flight=False)]
