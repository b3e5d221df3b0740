"""Copies of a store: known as such where that is possible, and never sold from as if they were the one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

from pos_app import messages
from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.orders.notes import STORE, Restored
from pos_app.orders.order import Phase
from pos_app.register import DATABASE, Register, lock_file, open_register
from pos_app.store.home import Kept, Own, Place, place_of, standing
from tests.store.shop import Keyring, Shop, bounded
from tests.world import World

T = TypeVar("T")
HERE = Place(machine="this", path="/shop", inode=7, device=1)
COPY = Place(machine="this", path="/copy", inode=8, device=1)
OTHER_VOLUME = Place(machine="this", path="/stick", inode=7, device=2)
OF_BEFORE = HERE.model_copy(update={"device": 0})
RENAMED = HERE.model_copy(update={"path": "/renamed"})
REPLACED = HERE.model_copy(update={"inode": 9})
OTHER_MACHINE = HERE.model_copy(update={"machine": "other"})
NAMELESS = HERE.model_copy(update={"machine": ""})


def own(*incarnations: str, place: Place = HERE) -> Own:
    return Own(incarnations=incarnations, place=place)


def kept(incarnation: str, place: Place = HERE) -> Kept:
    return Kept(incarnation=incarnation, place=place)


@pytest.mark.parametrize(
    ("says", "keyring", "here", "stands"),
    [
        (None, None, HERE, "new"),
        (own("a"), kept("a"), HERE, "home"),
        (own("a"), kept("a"), RENAMED, "home"),
        (own("a"), kept("a"), REPLACED, "home"),
        (own("a"), kept("a"), COPY, "elsewhere"),
        (own("a"), kept("a"), OTHER_MACHINE, "elsewhere"),
        # The roots of two volumes often have one number.
        (own("a"), kept("a"), OTHER_VOLUME, "elsewhere"),
        (own("a"), None, OTHER_VOLUME, "elsewhere"),
        # Kept before volumes were told apart: the path alone says something.
        (own("a"), kept("a", OF_BEFORE), HERE, "home"),
        (own("a"), kept("a", OF_BEFORE), RENAMED, "elsewhere"),
        # The copy has gone on since: the original is not the living one any more, wherever it lies.
        (own("a"), kept("b", COPY), HERE, "elsewhere"),
        (own("a", "b", place=COPY), kept("b", COPY), COPY, "home"),
        # Another user of this computer had it moved; this one's keyring has an earlier life of it.
        (own("a", "b"), kept("a"), HERE, "home"),
        # From before it was asked at all.
        (None, kept("a"), HERE, "elsewhere"),
        # A keyring that knows only the key: another user here, or another computer.
        (own("a"), None, HERE, "home"),
        (own("a"), None, COPY, "elsewhere"),
        (own("a"), None, OTHER_MACHINE, "elsewhere"),
        # Where no computer says which it is, the keyring has to.
        (own("a", place=NAMELESS), None, NAMELESS, "elsewhere"),
        (own("a", place=NAMELESS), kept("a", NAMELESS), NAMELESS, "home"),
    ],
)
def test_where_a_store_stands(says: Own | None, keyring: Kept | None, here: Place, stands: str) -> None:
    assert standing(says, keyring, here) == stands


def test_a_computer_is_known_by_a_digest_of_what_it_says_of_itself(tmp_path: Path) -> None:
    says, empty = tmp_path / "machine-id", tmp_path / "empty"
    says.write_text("0123456789abcdef\n", encoding="ascii")
    empty.write_text("\n", encoding="ascii")
    torn = tmp_path / "torn"
    torn.write_bytes(b"\xff\xfe")
    ids = (tmp_path / "none", torn, empty, says)
    place = place_of(tmp_path, "store", ids)
    assert len(place.machine) == 32
    assert "0123456789" not in place.machine
    assert place_of(tmp_path, "store", ids) == place
    assert place_of(tmp_path, "other store", ids).machine != place.machine
    assert place_of(tmp_path, "store", ids[:3]).machine == ""


def test_a_folder_is_known_by_where_it_really_is(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    assert place_of(link, "store") == place_of(real, "store")


# --- a till that is opened ---------------------------------------------------------------------------


async def reason(opening: Awaitable[object]) -> StoreProblem:
    with pytest.raises(StoreProblem) as caught:
        await opening
    return caught.value


def test_a_renamed_folder_is_at_home(tmp_path: Path) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        assert (await shop.look_in(tmp_path / "shop")).begun is None
        first = shop.keyring.home
        (tmp_path / "shop").rename(tmp_path / "renamed")
        await shop.look_in(tmp_path / "renamed")
        then = shop.keyring.home
        assert then["incarnation"] == first["incarnation"]
        assert then["place"] != first["place"]
        # What took its old place meanwhile is no home.
        shutil.copytree(tmp_path / "renamed", tmp_path / "shop")
        assert (await reason(shop.look_in(tmp_path / "shop"))).reason == "elsewhere"

    bounded(scene())


def test_a_copy_beside_the_original_is_asked_about_and_leaves_its_open_orders_to_a_person(
    tmp_path: Path,
) -> None:
    original, copy = tmp_path / "shop", tmp_path / "copy"

    async def scene() -> None:
        shop = Shop(original)

        async def begin(_register: Register) -> None:
            await shop.world.sell()
            shop.provider.plays.append("lost")
            sale = await shop.world.place()
            with pytest.raises(Exception, match="cut"):
                await shop.world.register.sales.perform(sale.orders[0].id)
            await shop.world.place(shop.world.line(), shop.world.line())

        await shop.look_in(original)
        await shop.visit(original, begin)
        shutil.copytree(original, copy)
        asked = await reason(shop.look_in(copy))
        assert asked.reason == "elsewhere"
        said = messages.explain(asked)
        assert str(copy) in said.what
        assert "moved-here" in said.advice

        async def go_on(register: Register) -> None:
            assert register.begun is not None
            assert register.begun.left == 3
            (note,) = await register.journal.notes(STORE)
            assert isinstance(note, Restored)
            assert (note.how, note.at) == ("moved", shop.clock.at)
            open_ones = await register.journal.in_phase(Phase.TO_DO, Phase.SENT)
            assert [order.left_because for order in open_ones] == ["moved"] * 3
            assert (await register.journal.verify()).broken is None
            sale = await shop.world.place()
            assert sale.head.number == "03-001004"

        await shop.visit(copy, go_on, moved=True)
        # From now on this is the one, and the original is not.
        assert (await shop.look_in(copy)).begun is None
        assert (await reason(shop.look_in(original))).reason == "elsewhere"

        async def back(register: Register) -> None:
            assert register.begun is not None
            assert register.begun.left == 3

        await shop.visit(original, back, moved=True)
        assert (await reason(shop.look_in(copy))).reason == "elsewhere"

    bounded(scene())


def test_a_store_that_is_sold_from_where_it_was_is_not_taken_as_moved(tmp_path: Path) -> None:
    original, copy = tmp_path / "shop", tmp_path / "copy"

    async def scene() -> None:
        shop = Shop(original)
        await shop.look_in(original)
        shutil.copytree(original, copy)
        with FileLock(lock_file(original), timeout=0):
            refused = await reason(shop.visit(copy, _nothing, moved=True))
        assert (refused.reason, refused.facts["path"]) == ("in_use", str(original))
        # A lock nobody can look at keeps nobody waiting.
        lock_file(original).unlink()
        lock_file(original).mkdir()
        begun = await shop.visit(copy, _begun, moved=True)
        assert begun

    bounded(scene())


async def _nothing(_register: Register) -> None:
    """Opening is all."""


async def _begun(register: Register) -> bool:
    return register.begun is not None


@pytest.mark.parametrize("gone", ["folder", "lock"])
def test_a_store_that_was_really_moved_is_at_home_where_it_is(tmp_path: Path, gone: str) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        await shop.look_in(tmp_path / "shop")
        shutil.copytree(tmp_path / "shop", tmp_path / "new")
        if gone == "folder":
            shutil.rmtree(tmp_path / "shop")
        else:
            lock_file(tmp_path / "shop").unlink()
        assert await shop.visit(tmp_path / "new", _begun, moved=True)
        assert not await shop.visit(tmp_path / "new", _begun, moved=True)

    bounded(scene())


def test_on_another_computer_the_key_alone_makes_no_home(tmp_path: Path) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        await shop.look_in(tmp_path / "shop")
        keyring = shop.keyring
        # Its keyring has what the recovery sheet gives, and the store says that it lies on another one.
        shop.keyring = other = Keyring()
        other.kept = {name: key for name, key in keyring.kept.items() if name.startswith("store-key-")}
        with closing(sqlite3.connect(tmp_path / "shop" / DATABASE)) as database:
            (told,) = database.execute("SELECT value FROM fact WHERE name = 'home'").fetchone()
            elsewhere = json.loads(told)
            elsewhere["place"]["machine"] = "another"
            database.execute("UPDATE fact SET value = ? WHERE name = 'home'", (json.dumps(elsewhere),))
            database.commit()
        assert (await reason(shop.look_in(tmp_path / "shop"))).reason == "elsewhere"
        assert await shop.visit(tmp_path / "shop", _begun, moved=True)
        # At the old one, whose keyring has the old life, it is known as well: the store tells of both.
        assert other.home["incarnation"] != keyring.home["incarnation"]

    bounded(scene())


def test_another_user_of_the_computer_is_at_home_too(tmp_path: Path) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        await shop.look_in(tmp_path / "shop")
        first = shop.keyring
        shop.keyring = second = Keyring()
        second.kept = {name: key for name, key in first.kept.items() if name.startswith("store-key-")}
        if place_of(tmp_path, "store").machine:
            assert (await shop.look_in(tmp_path / "shop")).begun is None
            assert second.home == first.home

    bounded(scene())


def test_a_keyring_that_keeps_nothing_new_begins_no_life(tmp_path: Path) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        await shop.look_in(tmp_path / "shop")
        shutil.copytree(tmp_path / "shop", tmp_path / "copy")
        keyring = shop.keyring
        keyring.trouble = Misconfigured("keyring_locked")
        with pytest.raises(Misconfigured):
            await shop.visit(tmp_path / "copy", _nothing, moved=True)
        keyring.trouble = None
        assert (await reason(shop.look_in(tmp_path / "copy"))).reason == "elsewhere"
        (name,) = (name for name in keyring.kept if name.startswith("store-home-"))
        keyring.kept[name] = "torn"
        with pytest.raises(Misconfigured) as caught:
            await shop.look_in(tmp_path / "shop")
        assert caught.value.reason == "keyring_lies"

    bounded(scene())


def test_who_only_looks_is_not_asked_and_makes_no_home(tmp_path: Path) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        await shop.look_in(tmp_path / "shop")
        shutil.copytree(tmp_path / "shop", tmp_path / "copy")
        keyring = shop.keyring
        before = dict(keyring.kept)
        register = await open_register(replace(shop.parts(tmp_path / "copy"), exclusive=False))
        assert register.looking
        await register.close(0)
        assert keyring.kept == before
        assert (await reason(shop.look_in(tmp_path / "copy"))).reason == "elsewhere"

    bounded(scene())


def test_a_copy_of_practice_is_another_place_to_practise(tmp_path: Path) -> None:
    async def scene() -> None:
        world = World(tmp_path / "practice")
        await world.open()
        sale = await world.place()
        await world.close()
        shutil.copytree(tmp_path / "practice", tmp_path / "copy")
        world.folder = tmp_path / "copy"
        register = await world.open()
        assert register.begun is not None
        assert (await register.sales.order(sale.orders[0].id)).left_because == "moved"
        await world.close()
        # Both go on: they have a vault each.
        world.folder = tmp_path / "practice"
        assert (await world.open()).begun is None
        await world.close()

    bounded(scene())


def test_the_longer_ago_the_last_sale_the_further_numbers_jump(tmp_path: Path) -> None:
    async def scene() -> str:
        world = World(tmp_path / "practice")
        await world.open()
        await world.place()
        await world.close()
        shutil.copytree(tmp_path / "practice", tmp_path / "copy")
        world.folder = tmp_path / "copy"
        world.clock.turn(days=2, hours=3)
        await world.open()
        number = (await world.place()).head.number
        await world.close()
        return number

    assert bounded(scene()) == "03-003002"


def test_a_copy_that_is_only_looked_at_is_not_written_into(tmp_path: Path) -> None:
    async def scene() -> None:
        shop = Shop(tmp_path / "shop")
        await shop.look_in(tmp_path / "shop")
        to_do = (await shop.visit(tmp_path / "shop", lambda _register: shop.world.place())).orders[0].id
        shutil.copytree(tmp_path / "shop", tmp_path / "copy")
        before = (tmp_path / "copy" / DATABASE).read_bytes()
        looks = replace(shop.parts(tmp_path / "copy"), exclusive=False, only_looks=True)
        register = await open_register(looks)
        register.watch()
        assert register.looking
        assert [row.order_id for row in await register.sales.orders()] == [to_do]
        with pytest.raises(NotAllowed) as caught:
            await register.sales.perform(to_do)
        assert caught.value.reason == "only_looking"
        assert shop.provider.sends == 0
        await register.close()
        assert (tmp_path / "copy" / DATABASE).read_bytes() == before

        def far_away(_folder: Path) -> str:
            return "nfs4"

        far = replace(looks, drive=far_away)
        assert (await reason(open_register(far))).reason == "network_drive"

    bounded(scene())
