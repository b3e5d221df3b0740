"""Managers and their PINs: none is kept, none is found by trying, and a copied disk answers nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

import pytest

from pos_app.messages import problem
from pos_app.orders.rules import Problem
from pos_app.people import People, PinCheck
from pos_app.seal import Sealer
from pos_app.store.database import open_database
from tests.world import HandClock

PIN: Final = "4711"
SEALER: Final = Sealer(bytes(range(32)))
T = TypeVar("T")

Scene = Callable[[People], Awaitable[T]]


def play(folder: Path, scene: Scene[T], clock: HandClock | None = None, sealer: Sealer = SEALER) -> T:
    """Let `scene` happen in the store in `folder`, opened and closed around it."""

    async def run() -> T:
        database = await open_database(folder / "countercard.db")
        try:
            hand = clock or HandClock()
            return await scene(People(database, sealer, hand, hand.seconds))
        finally:
            await database.close()

    return asyncio.run(asyncio.wait_for(run(), 120))


def reasons(folder: Path, name: str, pin: str, again: str) -> list[tuple[str, str]]:
    found = play(folder, lambda people: people.add_manager(name, pin, again))
    assert all(map(problem, found))
    return [(one.field, one.reason) for one in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with the manager Kim."""
    assert reasons(tmp_path, " Kim ", PIN, PIN) == []
    return tmp_path


def test_a_manager_is_known_by_name_and_pin(folder: Path) -> None:
    async def scene(people: People) -> list[PinCheck]:
        assert await people.managers() == ("Kim",)
        return [await people.verify("KIM ", PIN), await people.verify("Kim", "4712")]

    right, wrong = play(folder, scene)
    assert right == PinCheck(right=True)
    assert wrong == PinCheck(right=False)


def test_a_pin_is_the_same_on_every_keyboard(folder: Path) -> None:
    arabic, wide = "\u0668\u0663\u0665\u0661", "\uff18\uff13\uff15\uff11"

    async def scene(people: People) -> list[PinCheck]:
        assert await people.add_manager("Noor", arabic, wide) == ()
        return [await people.verify("Noor", typed) for typed in ("8351", arabic, wide, "8352")]

    assert [check.right for check in play(folder, scene)] == [True, True, True, False]
    assert reasons(folder, "Omar", "\u0661\u0662\u0663\u0664", "1234") == [("pin", "too_easy")]


def test_somebody_unknown_is_nobody(folder: Path) -> None:
    assert play(folder, lambda people: people.verify("Mia", PIN)) == PinCheck(right=False)


def test_halves_of_characters_are_a_wrong_pin_and_nobody_s_name(folder: Path) -> None:
    half = "\udcff"
    assert play(folder, lambda people: people.verify("Kim", half)) == PinCheck(right=False)
    assert play(folder, lambda people: people.verify("Kim", PIN + half)) == PinCheck(right=False)
    assert play(folder, lambda people: people.verify(half, PIN)) == PinCheck(right=False)
    assert reasons(folder, half, "9305" + half, "9305") == [
        ("manager", "not_printable"),
        ("pin", "not_digits"),
        ("again", "different"),
    ]


def test_managers_are_listed_as_they_came(folder: Path) -> None:
    clock = HandClock()
    clock.turn(minutes=1)

    async def scene(people: People) -> tuple[str, ...]:
        assert await people.add_manager("Ada", "9305", "9305") == ()
        return await people.managers()

    assert play(folder, scene, clock) == ("Kim", "Ada")


def test_a_name_is_taken_however_it_is_written(folder: Path) -> None:
    assert reasons(folder, "kIM", "9305", "9305") == [("manager", "taken")]
    assert play(folder, lambda people: people.verify("Kim", PIN)).right


def test_a_first_manager_takes_the_place_of_an_earlier_one(folder: Path) -> None:
    async def scene(people: People) -> tuple[str, ...]:
        assert await people.add_manager("Ada", "9305", "9305", alone=True) == ()
        assert not (await people.verify("Kim", PIN)).right
        assert (await people.verify("Ada", "9305")).right
        return await people.managers()

    assert play(folder, scene) == ("Ada",)


@pytest.mark.parametrize("name", ["ana  josé", " Ana Jose\u0301 "])
def test_two_names_that_look_alike_are_one(tmp_path: Path, name: str) -> None:
    assert reasons(tmp_path, " Ana   José", PIN, PIN) == []
    assert play(tmp_path, lambda people: people.managers()) == ("Ana José",)
    assert reasons(tmp_path, name, "9305", "9305") == [("manager", "taken")]


def test_who_is_a_manager_since_when(folder: Path) -> None:
    clock = HandClock()
    (kim,) = play(folder, lambda people: people.known())
    assert (kim.name, kim.since) == ("Kim", clock.at)


# --- another PIN, and going -------------------------------------------------------------------------


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    assert all(map(problem, problems))
    return [(one.field, one.reason) for one in problems]


def test_another_pin_is_the_only_one_from_then_on(folder: Path) -> None:
    async def scene(people: People) -> list[PinCheck]:
        assert await people.change_pin("Kim", "9305", "9305") == ()
        assert await people.managers() == ("Kim",)
        return [await people.verify("Kim", PIN), await people.verify("Kim", "9305")]

    old, new = play(folder, scene)
    assert old == PinCheck(right=False)
    assert new == PinCheck(right=True)


def test_another_pin_ends_the_pause_after_wrong_ones_of_the_old(folder: Path) -> None:
    async def scene(people: People) -> PinCheck:
        for wrong in range(4):
            assert not (await people.verify("Kim", f"90{wrong}1")).right
        assert (await people.verify("Kim", PIN)).wait > timedelta(0)
        assert await people.change_pin("kim", "9305", "9305") == ()
        return await people.verify("Kim", "9305")

    assert play(folder, scene).right
    assert play(folder, lambda people: people.verify("Kim", "9305")).right, "opened anew as well"


@pytest.mark.parametrize(
    ("pin", "again", "wrong"),
    [
        ("47", "47", [("pin", "not_digits")]),
        ("1234", "1234", [("pin", "too_easy")]),
        ("9305", "9306", [("again", "different")]),
    ],
)
def test_a_pin_that_can_not_be_changes_nothing(
    folder: Path, pin: str, again: str, wrong: list[tuple[str, str]]
) -> None:
    assert told(play(folder, lambda people: people.change_pin("Kim", pin, again))) == wrong
    assert play(folder, lambda people: people.verify("Kim", PIN)).right


def test_whoever_is_retired_decides_no_more_and_may_come_back(folder: Path) -> None:
    async def scene(people: People) -> None:
        assert await people.add_manager("Ada", "9305", "9305") == ()
        assert not (await people.verify("Kim", "9305")).right
        assert await people.retire("KIM") == ()
        assert await people.managers() == ("Ada",)
        assert not (await people.verify("Kim", PIN)).right
        assert await people.add_manager("Kim", "8264", "8264") == ()
        assert (await people.verify("Kim", "8264")).right

    play(folder, scene)


def test_the_last_manager_stays(folder: Path) -> None:
    async def scene(people: People) -> tuple[Problem, ...]:
        return await people.retire("Kim")

    assert told(play(folder, scene)) == [("manager", "last")]
    assert play(folder, lambda people: people.verify("Kim", PIN)).right


def test_of_the_last_two_who_retire_each_other_one_stays(folder: Path) -> None:
    async def scene(people: People) -> None:
        assert await people.add_manager("Ada", "9305", "9305") == ()
        one, other = await asyncio.gather(people.retire("Kim"), people.retire("Ada"))
        assert sorted([*told(one), *told(other)]) == [("manager", "last")]
        assert len(await people.managers()) == 1

    play(folder, scene)


@pytest.mark.parametrize("name", ["Mia", "\udcff"])
def test_nobody_is_changed_who_is_no_manager(folder: Path, name: str) -> None:
    async def scene(people: People) -> tuple[Problem, ...]:
        assert told(await people.change_pin(name, "9305", "9305")) == [("manager", "unknown")]
        return await people.retire(name)

    assert told(play(folder, scene)) == [("manager", "unknown")]
    assert play(folder, lambda people: people.managers()) == ("Kim",)


def test_no_name_and_no_pin_is_in_the_log(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(people: People) -> None:
        assert await people.add_manager("Ada", "93051746", "93051746") == ()
        assert await people.change_pin("Ada", "82641937", "82641937") == ()
        assert await people.retire("Ada") == ()

    with caplog.at_level("DEBUG", "pos_app"):
        play(folder, scene)
    assert [one.getMessage() for one in caplog.records if one.name == "pos_app.people"] == [
        "a manager was added",
        "a manager's PIN was changed",
        "a manager was retired",
    ]
    assert not [word for word in ("Ada", "9305", "8264") if word in caplog.text]


# --- what is no manager -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("\u200b", "missing"),
        ("K" * 41, "too_long"),
        ("Kim\n07", "not_printable"),
    ],
)
def test_a_name_that_can_not_be(tmp_path: Path, name: str, reason: str) -> None:
    assert reasons(tmp_path, name, PIN, PIN) == [("manager", reason)]
    assert play(tmp_path, lambda people: people.managers()) == ()


@pytest.mark.parametrize(
    "pin",
    ["", "471", "471147114", "47a1", "47 11", "\u0664\u0667\u0661", "-471", "\u0664\u0667 \u0661\u0661"],
)
def test_a_pin_has_four_to_eight_digits(tmp_path: Path, pin: str) -> None:
    assert reasons(tmp_path, "Kim", pin, pin) == [("pin", "not_digits")]


@pytest.mark.parametrize(
    "pin",
    [
        "0000",
        "7777777",
        "1234",
        "0123",
        "4321",
        "7890",
        "8901",
        "2109",
        "13579",
        "8642",
        "1212",
        "12121",
        "474747",
    ],
)
def test_a_pin_anybody_tries_first_is_refused(tmp_path: Path, pin: str) -> None:
    assert reasons(tmp_path, "Kim", pin, pin) == [("pin", "too_easy")]


@pytest.mark.parametrize("pin", ["4711", "1243", "1122", "10293847"])
def test_other_pins_are_taken(tmp_path: Path, pin: str) -> None:
    assert reasons(tmp_path, "Kim", pin, pin) == []


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert reasons(tmp_path, "", "12", "13") == [
        ("manager", "missing"),
        ("pin", "not_digits"),
        ("again", "different"),
    ]


# --- trying -----------------------------------------------------------------------------------------


def guess(folder: Path, clock: HandClock, pin: str = "4712") -> PinCheck:
    """One try, in a till that was started for it."""
    return play(folder, lambda people: people.verify("Kim", pin), clock)


def test_after_three_wrong_pins_each_costs_twice_the_time_of_the_one_before(folder: Path) -> None:
    clock = HandClock()
    pauses: list[float] = []
    for _ in range(13):
        found = guess(folder, clock)
        assert not found.right
        pauses.append(found.wait.total_seconds())
        clock.at += found.wait
    assert pauses == [0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert guess(folder, clock, PIN).right, "the right PIN is still right"
    assert [guess(folder, clock).wait.total_seconds() for _ in range(3)] == [0, 0, 5]


def test_within_the_pause_not_even_the_right_pin_is_compared(folder: Path) -> None:
    clock = HandClock()
    for _ in range(4):
        clock.at += guess(folder, clock).wait
    assert guess(folder, clock).wait == timedelta(seconds=20)
    clock.turn(seconds=19)
    assert guess(folder, clock, PIN) == PinCheck(right=False, wait=timedelta(seconds=1))
    assert guess(folder, clock) == PinCheck(right=False, wait=timedelta(seconds=1)), (
        "it does not grow by asking"
    )
    clock.turn(seconds=1)
    assert guess(folder, clock, PIN).right


def test_turning_the_clock_back_neither_helps_nor_locks_out(folder: Path) -> None:
    clock = HandClock()
    for _ in range(4):
        clock.at += guess(folder, clock).wait
    guess(folder, clock)
    clock.turn(days=-3)
    assert guess(folder, clock).wait == timedelta(seconds=20)
    clock.turn(seconds=20)
    assert guess(folder, clock, PIN).right


def test_turning_the_clock_forward_gives_no_further_tries_at_a_till_that_stays_open(folder: Path) -> None:
    clock = HandClock()

    async def scene(people: People) -> list[PinCheck]:
        for pin in ("4712", "4713", "4714"):
            assert not (await people.verify("Kim", pin)).right
        found: list[PinCheck] = []
        for pin in ("4715", PIN):
            clock.jump(hours=1)
            found.append(await people.verify("kim", pin))
        clock.turn(seconds=5)
        return [*found, await people.verify("Kim", PIN), await people.verify("Kim", "4716")]

    *held, right, wrong = play(folder, scene, clock)
    assert held == [PinCheck(right=False, wait=timedelta(seconds=5))] * 2
    assert right == PinCheck(right=True)
    assert wrong == PinCheck(right=False), "the count began anew"


def test_many_tries_at_once_are_not_more_tries(folder: Path) -> None:
    async def scene(people: People) -> list[PinCheck]:
        return await asyncio.gather(*(people.verify("Kim", f"{n:04d}") for n in range(8)))

    found = play(folder, scene)
    assert sum(check.wait > timedelta(0) for check in found) == 6
    assert guess(folder, HandClock(), PIN).wait > timedelta(0)


def test_a_try_that_was_cut_off_counts(folder: Path) -> None:
    async def scene(people: People) -> None:
        tries = [asyncio.ensure_future(people.verify("Kim", "4712")) for _ in range(3)]
        while not (await people.verify("Kim", "4712")).wait:
            pass
        for one in tries:
            one.cancel()
        await asyncio.gather(*tries, return_exceptions=True)

    play(folder, scene)
    assert guess(folder, HandClock(), PIN).wait > timedelta(0)


# --- what lies on the disk --------------------------------------------------------------------------


def test_no_pin_lies_on_the_disk_and_two_equal_ones_look_different(tmp_path: Path) -> None:
    pin = "90214735"

    async def scene(people: People) -> None:
        assert await people.add_manager("Kim", pin, pin) == ()
        assert await people.add_manager("Ada", pin, pin) == ()

    play(tmp_path, scene)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Kim" in kept
    assert pin.encode() not in kept

    with closing(sqlite3.connect(tmp_path / "countercard.db")) as connection:
        rows = connection.execute("SELECT salt, hash FROM manager").fetchall()
    assert len({salt for salt, _ in rows}) == len({digest for _, digest in rows}) == 2


def test_without_the_store_key_a_copied_disk_answers_nothing(folder: Path) -> None:
    other = Sealer(bytes(32))
    assert not play(folder, lambda people: people.verify("Kim", PIN), sealer=other).right
