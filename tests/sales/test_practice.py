"""What lessons may do: in training alone, for a while, and never to a register that sells real cards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, NotAllowed, PosError
from pos_app.lessons import LESSONS
from pos_app.lessons.lesson import Mood as LessonMood
from pos_app.lessons.lesson import Wanted
from pos_app.orders.order import Status
from pos_app.practice import Practice, Tools
from pos_app.register import Parts, open_register
from pos_app.settings import Settings
from pos_app.store.facts import Facts
from pos_app.training import Mood, Sandbox
from pos_app.vault import TrainingVault
from tests.world import World

NOWHERE = Sandbox({"cardpluspay": "", "levelup": "", "admin": "http://127.0.0.1:9/admin"})
DEAD = LessonMood(dead_printer=True)


def practice_of(world: World) -> Practice:
    practice = replace(world.register, sandbox=NOWHERE).practice
    assert practice is not None
    return practice


def test_a_register_that_sells_real_cards_has_no_practice(tmp_path: Path) -> None:
    async def main() -> None:
        world = World(tmp_path / "training")
        parts = Parts(
            folder=tmp_path / "shop",
            settings=Settings(register_id="03"),
            vault=TrainingVault(tmp_path / "vault.json"),
            providers={},
            specs=(),
            printer=None,
            training=False,
            now=world.clock,
            seconds=world.clock.seconds,
            new_id=world.new_id,
            holder="till",
            sandbox=NOWHERE,
        )
        real = await open_register(parts)
        try:
            assert real.practice is None
            # Not even one that somebody made by force gets to act.
            forced = Practice(
                NOWHERE,
                Tools(
                    Facts(real.database),
                    real.catalog,
                    real.printouts,
                    real.preferences,
                    parts.printer_of,
                    real.resolver,
                    real.changes,
                    real.now,
                ),
            )
            for lesson in LESSONS:
                with pytest.raises(Misconfigured) as refused:
                    await forced.begin(lesson.mood)
                assert refused.value.reason == "wrong_store_kind"
            problem = (await real.printouts.ready()).problem
            assert problem is not None
            assert problem.reason == "no_printer"
        finally:
            await real.close()

    asyncio.run(main())


def test_there_is_none_without_a_sandbox_or_to_look_only(tmp_path: Path) -> None:
    async def main() -> None:
        async with World(tmp_path) as world:
            assert world.register.practice is None
            assert replace(world.register, sandbox=NOWHERE, looking=True).practice is None

    asyncio.run(main())


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://api.cards.example/admin", NotAllowed),
        ("http://127.0.0.1:9/admin", Misconfigured),
        ("", NotAllowed),
    ],
)
def test_a_mood_reaches_this_machine_only(address: str, kind: type[PosError]) -> None:
    async def main() -> None:
        mood = Mood(Sandbox({"admin": address}))
        with pytest.raises(kind):
            await mood.hold([])
        await mood.put_right()

    asyncio.run(main())


def test_a_dead_printer_fails_once_it_is_needed_and_is_put_right(tmp_path: Path) -> None:
    async def main() -> None:
        async with World(tmp_path) as world:
            practice = practice_of(world)
            await practice.begin(DEAD)
            printouts = world.register.printouts
            assert (await printouts.ready()).ok, "nobody knows before the first paper"
            order = await world.sell()
            result = await printouts.print_sale(order.placed.sale.id, "Mia 07")
            assert result.problem is not None
            assert not result.problem.maybe_printed
            assert not (await printouts.ready()).ok
            assert (await world.register.sales.order(order.id)).not_handed_over
            files, *_others = await printouts.other_ways()
            assert files.paper.printer == "folder"
            assert files.paper.folder == world.printer.name
            assert (await printouts.print_sale(order.placed.sale.id, "Mia 07", through=files.paper)).printed
            await practice.put_right()
            await practice.put_right()
            assert (await printouts.ready()).ok
            again = await world.sell()
            assert (await printouts.print_sale(again.placed.sale.id, "Mia 07")).problem is None

    asyncio.run(main())


def test_in_a_shop_that_prints_elsewhere_its_own_ways_are_offered(tmp_path: Path) -> None:
    async def main() -> None:
        async with World(tmp_path) as world:
            await world.register.preferences.keep_paper({"printer": "network", "host": "10.0.0.9"})
            practice = practice_of(world)
            await practice.begin(DEAD)
            ways = await world.register.printouts.other_ways()
            assert [way.paper.printer for way in ways if way.paper.host != "10.0.0.9"] == []
            assert {"folder", "screen"} <= {way.paper.printer for way in ways}
            await practice.put_right()
            assert (await world.register.printouts.ready()).name == "10.0.0.9"

    asyncio.run(main())


def test_what_was_done_counts_for_who_did_it_and_for_that_day(tmp_path: Path) -> None:
    async def main() -> None:
        async with World(tmp_path) as world:
            practice = practice_of(world)
            await practice.keep_done(LESSONS[2], "Mia 07")
            assert await practice.done_today(LESSONS, "Mia 07") == {LESSONS[2].name}
            assert not await practice.done_today(LESSONS, "Jo 11")
            world.clock.turn(days=1)
            assert not await practice.done_today(LESSONS, "Mia 07")

    asyncio.run(main())


def test_what_the_customer_asks_for_is_to_be_had(tmp_path: Path) -> None:
    async def main() -> None:
        async with World(tmp_path) as world:
            practice = practice_of(world)
            first, by_email = LESSONS[0], LESSONS[-1]
            assert practice.wanted(first) is None
            await world.register.catalog.refresh()
            card, gift = practice.wanted(first), practice.wanted(by_email)
            assert isinstance(card, Wanted)
            assert card.is_met_by(world.line())
            assert gift is not None
            assert gift.email.endswith("@mail.example")
            assert gift.email not in repr(gift)
            assert gift.face.minor > 0

    asyncio.run(main())


def test_what_a_lesson_left_open_is_asked_for(tmp_path: Path) -> None:
    async def main() -> None:
        async with World(tmp_path) as world:
            practice = practice_of(world)
            # Of an order nobody knows, or one that is finished, nothing comes; nobody is troubled by it.
            await practice.find_out("unknown")
            order = await world.sell()
            await practice.find_out(order.id)
            assert world.register.sales.status(await world.register.sales.order(order.id)) is Status.FULFILLED

    asyncio.run(main())


def test_the_mood_of_every_lesson_is_one_the_sandbox_knows() -> None:
    from pos_app.sandbox.faults import Faults

    for lesson in LESSONS:
        for fault in lesson.mood.faults:
            assert Faults(1).order(dict(fault)).as_dict()
