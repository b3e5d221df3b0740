"""A store put back from a copy: nothing that happened since is done twice, or given out twice."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock
from typing_extensions import override

from pos_app.copies import PutBack, Restoring, back_up, list_backups, restoring, zone_of
from pos_app.errors import Misconfigured, NotAllowed, PosError, StoreProblem
from pos_app.opening import SETTINGS, Options
from pos_app.orders.notes import STORE, Restored
from pos_app.orders.order import Phase
from pos_app.register import DATABASE, Register, lock_file, was_a_store
from pos_app.store.backup import FOLDER, backups, keep_aside, remove
from tests.store.shop import Keyring, Shop, bounded

T = TypeVar("T")


class Till:
    """One shop with a store that is backed up, sold from, and put back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shop = Shop(folder)
        self.world = self.shop.world
        self.provider = self.shop.provider
        self.options = Options(store=str(folder), live=True)

    async def begin(self) -> None:
        """Let it be a store with a sale in it."""
        await self.shop.look_in(self.folder)
        (self.folder / SETTINGS).write_text('register_id = "03"\n', encoding="utf-8")
        await self.at(lambda _register: self.world.sell())

    async def at(self, act: Callable[[Register], Awaitable[T]], *, moved: bool = False) -> T:
        """Open the till, do something, close it in good order."""
        register = await self.shop.open_alone(self.folder, moved=moved)
        try:
            return await act(register)
        finally:
            await register.close()

    async def restore(self, source: Path, vault: Keyring | None = None) -> PutBack:
        """Put the store back from `source`."""
        async with self.looked_at(source, vault) as prepared:
            return await prepared.carry_out()

    def looked_at(
        self, source: Path, vault: Keyring | None = None
    ) -> contextlib.AbstractAsyncContextManager[Restoring]:
        shop = self.shop
        return restoring(self.options, source, vault or shop.keyring, shop.clock, self.world.new_id)


async def refused(act: Awaitable[object]) -> PosError:
    with pytest.raises(PosError) as caught:
        await act
    return caught.value


def test_what_was_sold_since_is_gone_its_numbers_are_not_and_open_orders_are_a_person_s(
    tmp_path: Path,
) -> None:
    till = Till(tmp_path / "shop")

    async def since(_register: Register) -> str:
        # Bought after the copy was taken, and so not known to be any more.
        await till.world.register.sales.perform(to_do)
        return (await till.world.place()).head.number

    async def after(register: Register) -> None:
        assert register.begun is None
        (note,) = await register.journal.notes(STORE)
        assert isinstance(note, Restored)
        assert (note.how, note.by) == ("backup", "countercard")
        order = await register.sales.order(to_do)
        assert (order.phase, order.left_because) == (Phase.TO_DO, "restored")
        sends = till.provider.sends
        with pytest.raises((NotAllowed, AssertionError)):
            await register.sales.perform(to_do)
        assert till.provider.sends == sends
        number = (await till.world.place()).head.number
        assert int(number.partition("-")[2]) > int(given.partition("-")[2]) + 999
        assert (await register.journal.verify()).broken is None

    async def scene() -> None:
        nonlocal to_do, given
        await till.begin()
        to_do = (await till.at(lambda _register: till.world.place())).orders[0].id
        copy = await back_up(till.options)
        assert [one.path for one in await list_backups(till.options)] == [copy]
        given = await till.at(since)
        done = await till.restore(copy)
        assert done.left == 1
        assert done.kept is not None
        assert done.kept.replaced
        await till.at(after)
        # What was there before can be had again; then it is the one.
        again = await till.restore(Path(done.kept.path.name))
        assert again.left == 1
        orders = await till.at(lambda register: register.sales.orders())
        assert given in {order.sale_number for order in orders}

    to_do, given = "", ""
    bounded(scene())


def test_the_store_is_looked_at_before_it_is_put_back_and_stays_when_somebody_says_no(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        await till.at(lambda _register: till.world.sell())
        before = (till.folder / DATABASE).read_bytes()
        async with till.looked_at(copy) as prepared:
            assert (prepared.copy.orders, prepared.copy.newest) == (1, till.shop.clock.at)
            assert prepared.present is not None
            assert prepared.present.orders == 2
            assert await zone_of(till.options) == "America/New_York"
        assert (till.folder / DATABASE).read_bytes() == before
        assert sorted(path.name for path in till.folder.iterdir() if path.is_dir()) == [FOLDER]

    bounded(scene())


def test_a_store_that_is_sold_from_is_not_put_back(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        with FileLock(lock_file(till.folder), timeout=0):
            assert (await refused(till.restore(copy))).reason == "in_use"

    bounded(scene())


def test_a_copy_comes_to_an_empty_place_with_the_key_and_leaves_no_trap_without(tmp_path: Path) -> None:
    till, new = Till(tmp_path / "shop"), tmp_path / "new"

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options, tmp_path / "copy.db")
        till.folder, till.options = new, Options(store=str(new), live=True)
        assert (await refused(till.restore(copy, Keyring()))).reason == "store_key_missing"
        assert not new.exists()
        done = await till.restore(copy)
        assert (done.kept, done.left) == (None, 0)
        assert was_a_store(new)
        assert stat.S_IMODE((new / DATABASE).stat().st_mode) == 0o600
        assert len(await till.at(lambda register: register.sales.orders())) == 1

    bounded(scene())


def test_a_damaged_store_is_kept_as_it_is_and_put_back(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        path = till.folder / DATABASE
        path.write_bytes(b"torn" * 4096)
        log = path.with_name(f"{path.name}-wal")
        log.write_bytes(b"a log that would be read into whatever comes")
        done = await till.restore(copy)
        assert done.kept is not None
        assert done.kept.path.read_bytes() == b"torn" * 4096
        assert not log.exists()
        # Who is to mend it gets everything that was there.
        kept = done.kept.path
        assert kept.with_name(f"{kept.name}-wal").read_bytes().startswith(b"a log that would")
        assert backups(till.folder)[0].size > 4 * 4096
        remove([done.kept])
        assert [path.name for path in (till.folder / FOLDER).iterdir()] == [copy.name]
        assert len(await till.at(lambda register: register.sales.orders())) == 1

    bounded(scene())


@pytest.mark.parametrize("present", [b"", None])
def test_a_store_whose_file_is_gone_is_put_back(tmp_path: Path, present: bytes | None) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        (till.folder / DATABASE).unlink()
        if present is not None:
            (till.folder / DATABASE).write_bytes(present)
        await till.restore(copy)
        assert len(await till.at(lambda register: register.sales.orders())) == 1

    bounded(scene())


def test_what_is_no_copy_of_this_store_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    till, other = Till(tmp_path / "shop"), Till(tmp_path / "other")
    # As anywhere: ids nobody else has.
    other.world._ids = itertools.count(10**6)  # pyright: ignore[reportPrivateUsage]
    letter, foreign, empty = (tmp_path / name for name in ("letter.db", "foreign.db", "empty.db"))
    letter.write_text("Dear customer" * 1000, encoding="utf-8")
    empty.write_bytes(b"")
    with contextlib.closing(sqlite3.connect(foreign)) as database:
        database.execute("CREATE TABLE song (name TEXT)")

    async def scene() -> None:
        await till.begin()
        await till.at(lambda _register: till.world.place())
        other.shop.keyring = till.shop.keyring
        await other.begin()
        theirs = await back_up(other.options, tmp_path / "theirs.db")
        ours = await back_up(till.options, tmp_path / "ours.db")
        newer, unsealed = tmp_path / "newer.db", tmp_path / "unsealed.db"
        shutil.copyfile(ours, newer)
        shutil.copyfile(ours, unsealed)
        with contextlib.closing(sqlite3.connect(newer)) as database:
            database.execute("INSERT INTO schema_step VALUES (99)")
            database.commit()
        with contextlib.closing(sqlite3.connect(unsealed)) as database:
            database.execute("DELETE FROM fact WHERE name = 'id'")
            database.commit()
        before = (till.folder / DATABASE).read_bytes()
        said = {
            source.name: (await refused(till.restore(source))).reason
            for source in (letter, foreign, empty, theirs, newer, unsealed, tmp_path / "none.db")
        }
        assert said == {
            "letter.db": "not_a_backup",
            "foreign.db": "not_a_backup",
            "empty.db": "not_a_backup",
            "theirs.db": "other_store",
            "newer.db": "newer",
            "unsealed.db": "not_a_backup",
            "none.db": "missing",
        }
        wrong = Keyring()
        wrong.kept = dict.fromkeys(till.shop.keyring.kept, "A" * 44)
        assert isinstance(await refused(till.restore(ours, wrong)), Misconfigured)
        till.options = Options(store=str(till.folder))
        assert (await refused(till.restore(ours))).reason == "wrong_store_kind"
        assert (till.folder / DATABASE).read_bytes() == before
        assert not (till.folder / FOLDER).exists()

    bounded(scene())


@pytest.mark.logs
def test_a_keyring_that_takes_nothing_is_told_when_the_store_is_opened(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        await till.at(lambda _register: till.world.sell())
        before = till.shop.keyring.home
        till.shop.keyring.trouble = Misconfigured("keyring_locked")
        await till.restore(copy)
        till.shop.keyring.trouble = None
        assert till.shop.keyring.home == before
        # Found shorter than it was known to be, it begins a further life: one too many does no harm.
        assert await till.at(_begun)
        assert not await till.at(_begun)
        assert till.shop.keyring.home["place"] == before["place"]
        assert till.shop.keyring.home != before

    bounded(scene())


async def _begun(register: Register) -> bool:
    return register.begun is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        till.folder.chmod(0o500)
        try:
            assert (await refused(till.restore(copy))).reason == "read_only"
        finally:
            till.folder.chmod(0o700)

    bounded(scene())


def test_a_file_where_the_workshop_would_be_is_said(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        (till.folder / "restoring").write_text("in the way", encoding="utf-8")
        assert (await refused(till.restore(copy))).reason == "read_only"

    bounded(scene())


def test_a_disk_that_knows_one_name_for_a_file_keeps_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(tmp_path / "shop")

    def no_link(_source: object, _target: object) -> None:
        raise OSError("this disk has no second names")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        whole = (till.folder / DATABASE).read_bytes()
        monkeypatch.setattr(os, "link", no_link)
        done = await till.restore(copy)
        assert done.kept is not None
        assert done.kept.path.read_bytes() == whole
        assert stat.S_IMODE(done.kept.path.stat().st_mode) == 0o600

    bounded(scene())


def test_a_start_that_was_cut_off_leaves_a_second_name_that_is_no_copy(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        # Killed before the copy took its place: the store has two names.
        aside = keep_aside(till.folder / DATABASE, till.shop.clock())
        assert aside is not None
        assert aside.path.samefile(till.folder / DATABASE)
        assert [one.path for one in backups(till.folder)] == [copy]
        till.shop.clock.turn(minutes=1)
        done = await till.restore(copy)
        assert done.kept is not None
        assert {one.path for one in backups(till.folder)} == {copy, done.kept.path}
        assert keep_aside(tmp_path / "nowhere" / DATABASE, till.shop.clock()) is None

    bounded(scene())


# --- put back by hand --------------------------------------------------------------------------------


def test_a_store_that_somebody_put_back_by_hand_is_found_out_and_goes_on_as_a_restored_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    till = Till(tmp_path / "shop")

    async def after(register: Register) -> None:
        assert register.begun is not None
        assert (register.begun.note.how, register.begun.left) == ("rolled_back", 1)
        (note,) = await register.journal.notes(STORE)
        assert note == register.begun.note
        assert (await register.sales.order(to_do)).left_because == "restored"
        assert register.high_water.rolled_back is None

    async def scene() -> None:
        nonlocal to_do
        await till.begin()
        to_do = (await till.at(lambda _register: till.world.place())).orders[0].id
        shutil.copyfile(till.folder / DATABASE, tmp_path / "by hand.db")
        await till.at(lambda register: register.sales.perform(to_do))
        shutil.copyfile(tmp_path / "by hand.db", till.folder / DATABASE)
        await till.at(after)
        # Once: from now on this journal is the one.
        assert await till.at(_begun) is False

    to_do = ""
    bounded(scene())
    assert "is known to have had" in caplog.text


def test_of_two_lives_from_one_copy_none_gives_the_other_s_numbers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    till = Till(tmp_path / "shop")

    async def number(_register: Register) -> str:
        return (await till.world.place()).head.number

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        await till.restore(copy)
        assert await till.at(number) == "03-001002"
        shutil.copyfile(copy, till.folder / DATABASE)
        # It is from before a life that began since: somebody is asked.
        assert await till.at(number, moved=True) == "03-002002"
        shutil.copyfile(copy, till.folder / DATABASE)
        assert await till.at(number, moved=True) == "03-003002"

    bounded(scene())
    assert "is known to have had" in caplog.text


def test_a_claim_never_has_a_number_the_company_was_told_in_the_life_that_is_lost(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def claimed(register: Register) -> str:
        order = await till.world.sell()
        return await register.claims.open(order.id, "wrong_charge", by="Ana", evidence="too much")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        assert await till.at(claimed) == "C-03-0001"
        await till.restore(copy)
        assert await till.at(claimed) == "C-03-1002"

    bounded(scene())


def test_an_older_copy_put_beside_is_asked_about_and_begins_one_life_not_two(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        shutil.copytree(till.folder, tmp_path / "copy")
        await till.at(lambda _register: till.world.sell())
        till.folder = tmp_path / "copy"

        async def notes(register: Register) -> list[str]:
            return [note.how for note in await register.journal.notes(STORE) if isinstance(note, Restored)]

        assert await till.at(notes, moved=True) == ["moved"]
        assert await till.at(notes) == ["moved"]

    bounded(scene())
    assert "is known to have had" in caplog.text


def test_a_closed_till_s_keyring_that_hangs_keeps_nobody(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    class Hanging(Keyring):
        @override
        async def put(self, name: str, secret: str) -> None:
            if name.startswith("high-water"):
                raise TimeoutError
            await super().put(name, secret)

    async def scene() -> None:
        till.shop.keyring = Hanging()
        await till.begin()
        assert not [name for name in till.shop.keyring.kept if name.startswith("high-water")]
        with pytest.raises(StoreProblem):
            await back_up(Options(store=str(tmp_path / "nowhere"), live=True))

    asyncio.run(asyncio.wait_for(scene(), 60))
