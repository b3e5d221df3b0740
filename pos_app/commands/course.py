"""How far a command has come: what was begun goes on to its end, and is told even when it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pos_app.commands.exits import Exit, for_order, worst
from pos_app.commands.output import emit, say, warn
from pos_app.commands.shown import order_lines, order_object
from pos_app.errors import NotAllowed, PosError
from pos_app.i18n import _
from pos_app.register import Register

_STOP_SECONDS: Final = 10.0
"""How long an answer is still waited for after Ctrl-C."""


@dataclass
class Course:
    """`begun` are the orders something may be happening to; `ended` says how the command ended."""

    begun: list[str] = field(default_factory=list[str])
    ended: Exit | None = None


def stopped(course: Course) -> Exit:
    """The code for a command that ends at once, and the orders it leaves behind on standard error."""
    if course.ended is not None:
        return course.ended
    if not course.begun:
        return Exit.INTERRUPTED
    words = _("Stopped. An order that was sent stays open until its outcome is known.")
    warn(f"{words} {' '.join(course.begun)}")
    return Exit.NOT_CONFIRMED


async def to_the_end(
    register: Register,
    course: Course,
    order_ids: Sequence[str],
    act: Callable[[], Coroutine[Any, Any, Exit]],
    *,
    as_json: bool,
) -> Exit:
    """Let `act` work on the orders to its end. After Ctrl-C it has some seconds; then the record is told."""
    ended: list[Exit] = []

    async def acting() -> None:
        ended.append(await act())

    course.begun.extend(order_ids)
    try:
        await register.work.keep("command", acting)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or not task.cancelling():
            raise
        task.uncancel()
        await register.work.drain(_STOP_SECONDS)
        await register.work.close(0)
        if not ended:
            ended.append(await _as_recorded(register, course, as_json=as_json))
    course.begun.clear()
    return ended[0]


async def _as_recorded(register: Register, course: Course, *, as_json: bool) -> Exit:
    codes: list[Exit] = []
    shown: list[dict[str, object]] = []
    for order_id in course.begun:
        try:
            order = await register.sales.order(order_id)
        except NotAllowed:
            # It was never written down, so nothing was bought.
            codes.append(Exit.INTERRUPTED)
            continue
        except PosError:
            codes.append(Exit.NOT_CONFIRMED)
            continue
        codes.append(for_order(order))
        status = register.sales.status(order)
        if as_json:
            shown.append(order_object(order, status, {}))
        else:
            for line in order_lines(order, status, {}):
                say(line)
    if shown:
        emit(shown[0] if len(shown) == 1 else shown)
    code = worst(codes)
    return stopped(course) if code is Exit.NOT_CONFIRMED else code
