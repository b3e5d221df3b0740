"""A lesson while it is on: sees what happens on the till, says the next step, does nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson, Place, Seen, Wanted
from pos_app.orders.draft import Line
from pos_app.orders.order import Order, Status
from ui.borders import Practising, Selling
from ui.notices import Notices
from ui.tasks import Tasks
from ui.widgets.coach_strip import CoachStrip

_OPEN = {Status.NOT_CONFIRMED, Status.CODES_PENDING}
"""What a lesson may leave behind: found out when it ends, so that it keeps no later sale waiting."""


@dataclass
class _Going:
    """The lesson that is on. `order_id`: of its sale, if placed; `is_right`: nothing goes wrong any more.

    `others`: orders of what its customer did not ask for. What was to go wrong may have, with them.
    """

    lesson: Lesson
    wanted: Wanted
    order_id: str = ""
    others: tuple[str, ...] = ()
    is_right: bool = False
    is_over: bool = False


class Coaching(QObject):
    """Begins lessons, leads through them and puts everything right behind them."""

    begun = Signal()
    ended = Signal()
    """It was done, or somebody left it."""

    def __init__(
        self,
        practice: Practising,
        sales: Selling,
        strip: CoachStrip,
        notices: Notices,
        by: str,
        sight: Callable[[], tuple[Place, tuple[Line, ...]]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._practice, self._sales, self._strip = practice, sales, strip
        self._notices, self._by, self._sight = notices, by, sight
        self._going: _Going | None = None
        self._is_left = False
        self.tasks = Tasks(self, on_change=self._nothing, on_error=notices.show)
        strip.close_wanted.connect(self.leave)

    def sold_by(self, by: str) -> None:
        """Whoever practises from here on is `by`."""
        self._by = by

    def is_over(self) -> bool:
        """Whether a lesson was done and its last sentence still stands there."""
        return self._going is not None and self._going.is_over

    def begin(self, lesson: Lesson) -> None:
        """Begin `lesson`; one that is on is left."""
        self.leave()
        self._is_left = False
        self.tasks.start("begin", self._begin(lesson), when_busy="refuse")

    def leave(self) -> None:
        """End the lesson, wherever it is, and put everything right."""
        self._is_left = True
        going, self._going = self._going, None
        if going is None:
            return
        self._strip.hide()
        if not going.is_over:
            self.tasks.start(f"right {going.order_id}", self._put_right(going), when_busy="replace")
        self.ended.emit()

    def placed(self, sale_id: str) -> None:
        """A sale was placed: it may be the lesson's."""
        if self._going is not None:
            _place, lines = self._sight()
            self.tasks.start("placed", self._placed(self._going, sale_id, lines), when_busy="replace")

    def look(self) -> None:
        """Something has moved: see what is to be done now."""
        if self._going is not None and not self._going.is_over:
            self.tasks.start("look", self._look(self._going), when_busy="replace")

    async def finish(self) -> None:
        """The window closes: put everything right first."""
        self._going = None
        self.tasks.cancel()
        await self.tasks.settle()
        await self._practice.put_right()

    async def _begin(self, lesson: Lesson) -> None:
        wanted = self._practice.wanted(lesson)
        if wanted is None:
            self._notices.say(
                _("There is nothing to practise with yet."),
                _("Wait until the cards are read, then try again."),
            )
            return
        # Never cut off in the middle: what was broken by then would have nobody who knows of it.
        await self._practice.begin(lesson.mood)
        if self._is_left:
            await self._practice.put_right()
            return
        self._going = _Going(lesson, wanted)
        self.begun.emit()
        self.look()

    async def _placed(self, going: _Going, sale_id: str, lines: tuple[Line, ...]) -> None:
        """Take the sale for the lesson's, if it is what was asked for; `lines` were in the basket."""
        orders = (await self._sales.sale(sale_id)).orders
        if not going.order_id and len(orders) == 1 and _is_met(going.wanted, orders[0], lines):
            going.order_id = orders[0].id
        elif not going.order_id:
            going.others += tuple(order.id for order in orders)
        if going is self._going:
            self.look()

    async def _look(self, going: _Going) -> None:
        order = await self._sales.order(going.order_id) if going.order_id else None
        if going is not self._going or going.is_over:
            return
        lesson, seen = going.lesson, self._seen(going, order)
        if order is None and going.others and seen.place not in {"result", ""}:
            self.tasks.start("anew", self._begin_anew(going), when_busy="refuse")
        if order is not None and not going.is_right and lesson.puts_right(seen):
            going.is_right = True
            self.tasks.start(f"right {order.id}", self._put_right(going), when_busy="replace")
        if lesson.is_over(seen):
            going.is_over = True
            self.tasks.start("over", self._over(going), when_busy="refuse")
            return
        at = lesson.step(seen)
        step = lesson.steps[at]
        self._strip.tell(lesson.title(), at + 1, len(lesson.steps), step.say(seen), step.hint(seen))

    def _seen(self, going: _Going, order: Order | None) -> Seen:
        place, lines = self._sight()
        status = None if order is None else self._sales.status(order)
        return Seen(place, going.wanted, lines, order, status)

    async def _begin_anew(self, going: _Going) -> None:
        """Something else was sold: have go wrong once more what the lesson is about, for what comes now."""
        orders = [await self._sales.order(order_id) for order_id in going.others]
        if any(self._sales.status(order) is Status.IN_PROGRESS for order in orders):
            # It is looked again when they have moved.
            return
        await self._put_right(going)
        going.others = going.others[len(orders) :]
        if going is self._going and not going.order_id:
            await self._practice.begin(going.lesson.mood)
            if self._going is None:
                await self._practice.put_right()

    async def _over(self, going: _Going) -> None:
        self._strip.tell_over(going.lesson.title(), going.lesson.remember())
        await self._practice.put_right()
        await self._practice.keep_done(going.lesson, self._by)
        self.ended.emit()

    async def _put_right(self, going: _Going) -> None:
        await self._practice.put_right()
        for order_id in (going.order_id, *going.others):
            if order_id and self._sales.status(await self._sales.order(order_id)) in _OPEN:
                await self._practice.find_out(order_id)

    def _nothing(self) -> None:
        """The strip shows steps, not who is busy."""


def _is_met(wanted: Wanted, order: Order, lines: tuple[Line, ...]) -> bool:
    """Whether `order` is what was `wanted`; its line, where it is there yet, tells the whole address."""
    line = next((line for line in lines if line.id == order.id), None)
    return wanted.was_met_by(order.placed) if line is None else wanted.is_met_by(line)
