"""Each lesson at the real window, by the keyboard, against a live sandbox that is put into its mood."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pos_app.lessons import LESSONS
from pos_app.orders.order import Order, Status
from pos_app.register import Register
from tests.cashier import Cashier
from tests.journeys.conftest import Counter


class Pupil:
    """Somebody new at the counter, with the coach at the shoulder."""

    def __init__(self, counter: Counter, cashier: Cashier, register: Register) -> None:
        self.counter, self.cashier, self.register = counter, cashier, register

    def coach(self) -> str:
        """What the strip says, the hint included."""
        return self.cashier.find("coach").accessibleName()

    def done(self) -> set[str]:
        """The ticks in the list."""
        return {name for name in self.cashier.names() if name.startswith("lesson_done_")}

    async def told(self, words: str) -> None:
        """Wait until the coach says so."""
        await self.cashier.until(
            lambda: self.cashier.sees("coach") and words in self.coach(), f"the coach to say {words!r}"
        )

    async def begin(self, name: str) -> None:
        """F7, down to the lesson, Enter."""
        self.cashier.press("F7")
        start = f"lesson_start_{name}"
        await self.cashier.until(lambda: self.cashier.sees(start), "the lessons")
        for _lesson in LESSONS:
            if not self.cashier.find(start).hasFocus():
                self.cashier.press("Down")
        assert self.cashier.find(start).hasFocus()
        self.cashier.press("Enter")
        await self.told("step 1")

    async def sell(self, brand: str = "Acme Games") -> None:
        """What the coach asks for: a card for cash."""
        await self.told(f"Find {brand} and choose $25.00")
        await self.cashier.take(brand.lower(), "$25")
        await self.told("press Charge")
        await self.cashier.charge()
        await self.told("take $25.00 in cash")
        self.counter.wait_a_moment()
        self.cashier.press("Enter")

    async def new_sale(self) -> None:
        """Enter on the result, when its papers are out."""
        await self.cashier.see_enabled("print_again")
        await self.cashier.see_enabled("new_sale")
        self.counter.wait_a_moment()
        self.cashier.press("Enter")

    async def print_what_came(self) -> None:
        """Open the order the banner tells of, and print its papers."""
        await self.cashier.see("Open this order")
        self.cashier.click("banner_action")
        await self.cashier.see("Bought. Not on paper yet")
        await self.cashier.see_enabled("order_print")
        self.cashier.press("F8")

    async def newest(self) -> Order:
        """The order that was placed last."""
        (row,) = await self.register.sales.orders(limit=1)
        return await self.register.sales.order(row.order_id)

    async def faults(self) -> list[object]:
        """What still waits to go wrong."""
        return self.counter.admin.faults()["pending"]


@asynccontextmanager
async def pupil_at(counter: Counter) -> AsyncGenerator[Pupil]:
    async with counter.open() as cashier:
        assert counter.register is not None
        # In training nobody else buys on the account, and the till finds out by itself what came of an order.
        await counter.register.accounts.declare("cardpluspay", exclusive=True, by="Ana")
        yield Pupil(counter, cashier, counter.register)


async def test_a_first_sale_and_a_no(counter: Counter) -> None:
    async with pupil_at(counter) as pupil:
        cashier = pupil.cashier
        await pupil.begin("first_sale")
        assert cashier.sees("ribbon")
        await cashier.take("boreal")
        await pupil.told("The customer asked for Acme Games, $25.00")
        await pupil.told("step 1")
        cashier.press("F2")
        cashier.press("Delete")
        await cashier.until(lambda: "asked for" not in pupil.coach(), "the hint to go")
        await pupil.sell()
        await pupil.told("Hand over the slip")
        await pupil.new_sale()
        await pupil.told("as good as cash")
        cashier.press("Esc")
        assert not cashier.sees("coach")

        await pupil.begin("refusal")
        await pupil.sell()
        await pupil.told("Give $25.00 back")
        order = await pupil.newest()
        assert order.status(in_flight=False) is Status.REFUSED
        cashier.click(f"refund_{order.id}")
        await cashier.see("Take it out of the drawer")
        pupil.counter.wait_a_moment()
        cashier.press("Enter")
        await pupil.told("nothing was bought")
        await pupil.told("done")
        cashier.press("F7")
        await cashier.until(lambda: len(pupil.done()) > 1, "the second tick")
        assert pupil.done() == {"lesson_done_first_sale", "lesson_done_refusal"}


async def test_another_sale_passes_no_lesson_and_takes_nothing_from_it(counter: Counter) -> None:
    async with pupil_at(counter) as pupil:
        cashier = pupil.cashier
        await pupil.begin("refusal")
        await pupil.told("Find Acme Games and choose $25.00")
        await cashier.take("acme", "$50")
        await pupil.told("The customer asked for Acme Games, $25.00")
        await cashier.charge()
        pupil.counter.wait_a_moment()
        cashier.press("Enter")
        await pupil.told("That was something else. The customer asked for Acme Games, $25.00.")
        other = await pupil.newest()
        # What the lesson is about happened to the other card: its money goes back, and the lesson goes on.
        await cashier.see("Give back $50.00")
        await cashier.see_enabled(f"refund_{other.id}")
        cashier.click(f"refund_{other.id}")
        await cashier.see("Take it out of the drawer")
        pupil.counter.wait_a_moment()
        cashier.press("Enter")
        await cashier.see("Money given back")
        assert "done" not in pupil.coach()
        cashier.press("F2")
        await pupil.told("step 1")
        await pupil.sell()
        await pupil.told("Give $25.00 back")
        order = await pupil.newest()
        assert order.status(in_flight=False) is Status.REFUSED


async def test_late_codes_and_silence(counter: Counter) -> None:
    async with pupil_at(counter) as pupil:
        cashier = pupil.cashier
        await pupil.begin("late_codes")
        await pupil.sell()
        await pupil.told("the code comes later")
        await pupil.new_sale()
        await pupil.told("The code is here")
        await pupil.print_what_came()
        await pupil.told("never sell it again")
        assert not await pupil.faults()

        await pupil.begin("silence")
        await pupil.sell("Dalton")
        await pupil.told("Your money is safe")
        await pupil.new_sale()
        await pupil.told("open Attention")
        cashier.press("F4")
        await pupil.told("the code is here")
        await pupil.print_what_came()
        await pupil.told("Silence is not a no")
        assert not await pupil.faults()


async def test_a_lesson_that_is_left_leaves_nothing_behind(counter: Counter) -> None:
    async with pupil_at(counter) as pupil:
        cashier = pupil.cashier
        await pupil.begin("refusal")
        assert await pupil.faults()
        cashier.press("Esc")
        assert not cashier.sees("coach")
        await pupil.begin("silence")
        await pupil.sell("Dalton")
        await pupil.told("Your money is safe")
        cashier.press("F7")
        assert not cashier.sees("coach")
        # The order was found out and is in no later sale's way.
        await cashier.see("Open this order")
        assert (await pupil.newest()).status(in_flight=False) is Status.FULFILLED
        assert not await pupil.faults()
        assert not await pupil.register.sales.paused()
        assert not cashier.reads("done today")


async def test_a_dead_printer_and_a_card_by_email(counter: Counter) -> None:
    async with pupil_at(counter) as pupil:
        cashier = pupil.cashier
        await pupil.begin("dead_printer")
        await pupil.sell()
        await pupil.told("The printer failed")
        assert not any(counter.paper.glob("*slip*"))
        assert (await pupil.newest()).not_handed_over
        await cashier.see_enabled("print_elsewhere")
        cashier.click("print_elsewhere")
        await cashier.see("As files")
        pupil.counter.wait_a_moment()
        way = next(
            name
            for name in cashier.names()
            if name.startswith("sheet_way_") and "As files" in words(cashier, name)
        )
        cashier.click(way)
        await pupil.told("sealed until it comes out")
        assert any(counter.paper.glob("*slip-1.txt"))
        await cashier.until(lambda: cashier.reads("Printer ready"), "the printer to be well again")

        await pupil.begin("by_email")
        said = pupil.coach()
        email = next(word for word in said.split() if "@" in word).rstrip(".")
        brand = said.partition("Find ")[2].partition(", by e-mail")[0]
        amount = said.partition("by e-mail: $")[2].partition(" to ")[0]
        await cashier.take_by_email(brand, amount, "wrong@mail.example")
        await pupil.told(f"The customer said {email}")
        cashier.press("F2")
        cashier.press("Delete")
        await cashier.until(lambda: "customer said" not in pupil.coach(), "the hint to go")
        await cashier.take_by_email(brand, amount, email)
        await cashier.charge()
        await pupil.told(f"letter by letter: {email}")
        counter.wait_a_moment()
        cashier.press("Enter")
        await pupil.told("It is on its way")
        await pupil.new_sale()
        await pupil.told("read it back every time")


def words(cashier: Cashier, name: str) -> str:
    return cashier.find(name).accessibleName()
