"""Who changed what under Settings: in the journal with the change, in its chain, without PINs."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.orders.notes import SettingChanged
from pos_app.setting_words import sentence
from pos_app.settings import FILE_NAME, load
from tests.world import World

BOUND = 60.0
PIN, ANOTHER = "4827", "7391"


def play(tmp_path: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            await scene(world)

    asyncio.run(asyncio.wait_for(run(), BOUND))


async def written(world: World) -> list[str]:
    return [sentence(note) for note in await world.register.setting_log.log()]


def test_managers_come_go_and_get_another_pin(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        people = world.register.people
        assert await people.add_manager(" Ana ", PIN, PIN) == ()
        assert await people.add_manager("Ben", ANOTHER, ANOTHER, by="Ana") == ()
        world.clock.turn(minutes=1)
        assert await people.change_pin("Ben", PIN, PIN, by="Ana") == ()
        assert await people.change_pin("Ana", ANOTHER, ANOTHER, by="Ana") == ()
        # What was not done is not written.
        assert await people.add_manager("Ben", PIN, PIN, by="Ana")
        assert await people.change_pin("Cem", PIN, PIN, by="Ana")
        assert await people.change_pin("Ben", "1234", "1234", by="Ana")
        assert await people.retire("Cem", by="Ana")
        assert await people.retire("Ben", by="Ana") == ()
        assert await people.retire("Ana", by="Ana"), "the last one stays"
        assert await written(world) == [
            "Ana retired Ben.",
            "Ana chose a new PIN.",
            "Ana gave Ben a new PIN.",
            "Ana made Ben a manager.",
            "countercard made Ana a manager.",
        ]
        (newest, *_rest) = await world.register.setting_log.log(1)
        assert (newest.at, newest.till) == (world.clock.at, "03")
        assert (await world.register.journal.verify(stories=True)).broken is None

    play(tmp_path, scene)
    for path in tmp_path.glob("countercard.db*"):
        assert PIN.encode() not in path.read_bytes()


def test_who_sells_and_limits_are_told_with_what_they_were(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        before = world.register.settings.cashier
        assert await preferences.keep_cashier("Noor", "Ana") == ()
        assert await preferences.keep_cashier("Noor", "Ana") == (), "it is that already"
        assert await preferences.keep_limits({"sale": "700", "card": ""}, "Ana") == ()
        assert await preferences.keep_limits({"sale": "", "beyond": "refuse"}, "Ben") == ()
        assert await preferences.keep_limits({"sale": "nothing"}, "Ben")
        assert await written(world) == [
            (
                "Ben changed Limits. Most in one sale: 700 → no limit;"
                " A sale beyond a limit: A manager approves it → It is refused"
            ),
            "Ana changed Limits. Most in one sale: no limit → 700",
            f"Ana had Noor sell at register 03. Before: {before}.",
        ]

    play(tmp_path, scene)


def test_a_change_that_fails_is_written_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        before = world.register.settings.cashier

        def refuses(*_asked: object) -> None:
            raise StoreProblem("full")

        monkeypatch.setattr("pos_app.preferences.save", refuses)
        with pytest.raises(StoreProblem):
            await world.register.preferences.keep_cashier("Noor", "Ana")
        assert world.register.settings.cashier == before
        assert await written(world) == [
            f"countercard had {before} sell at register 03. Before: Noor.",
            f"Ana had Noor sell at register 03. Before: {before}.",
        ]

    play(tmp_path, scene)


def test_what_can_not_be_written_down_is_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        register = world.register
        before = register.settings.cashier
        assert await register.people.add_manager("Ana", PIN, PIN) == ()

        def full(*_asked: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(register.journal, "_chain", full)
        with pytest.raises(StoreProblem):
            await register.preferences.keep_cashier("Noor", "Ana")
        for act in (
            lambda: register.people.add_manager("Ben", PIN, PIN, by="Ana"),
            lambda: register.people.change_pin("Ana", ANOTHER, ANOTHER, by="Ana"),
        ):
            with pytest.raises(StoreProblem):
                await act()
        assert not (tmp_path / FILE_NAME).exists() or load(tmp_path / FILE_NAME).cashier == before
        assert register.settings.cashier == before
        assert await register.people.managers() == ("Ana",)
        assert (await register.people.verify("Ana", PIN)).right

    play(tmp_path, scene)


def test_a_card_s_code_is_kept_in_no_name(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        (code,) = (card["code"] for order in world.provider.sold.values() for card in order.codes)
        for act in (
            lambda: world.register.people.add_manager(code, PIN, PIN, by="Ana"),
            lambda: world.register.preferences.keep_cashier(code, "Ana"),
        ):
            with pytest.raises(NotAllowed, match="code_in_evidence"):
                await act()
        assert await written(world) == []
        assert await world.register.people.managers() == ()

    play(tmp_path, scene)


def test_a_damaged_line_hides_no_other_and_keeps_none_from_being_written(tmp_path: Path) -> None:
    async def run() -> None:
        world = World(tmp_path)
        async with world:
            for name in ("Noor", "Kim"):
                await world.register.preferences.keep_cashier(name, "Ana")
        with contextlib.closing(sqlite3.connect(tmp_path / "countercard.db")) as database:
            database.execute("DROP TRIGGER entry_is_written_once")
            database.execute("UPDATE entry SET body = '{' WHERE kind = 'setting_changed' AND n = 0")
            database.commit()
        async with world:
            await world.register.preferences.keep_cashier("Lea", "Ana")
            assert [note.parts[0].after for note in await world.register.setting_log.log()] == ["Lea", "Kim"]

    asyncio.run(asyncio.wait_for(run(), BOUND))


def test_what_a_newer_program_wrote_is_told_by_its_name(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        def build(head: object, till: str) -> SettingChanged:
            assert isinstance(head, dict)
            return SettingChanged(**head, what="drawer", till=till)

        await world.register.journal.write_noted(world.register.journal.noting("Ana", build))
        assert await written(world) == ["Ana changed drawer."]

    play(tmp_path, scene)


def test_a_keyring_that_is_gone_is_told_and_written_back(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        async def fails() -> None:
            raise Misconfigured("keyring_locked")

        with pytest.raises(Misconfigured):
            await world.register.setting_log.changing("limits", "Ana", (), fails)
        assert [note.by for note in await world.register.setting_log.log()] == ["countercard", "Ana"]

    play(tmp_path, scene)
