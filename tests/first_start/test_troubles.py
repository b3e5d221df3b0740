"""What goes wrong around a first start: the keyring, the disk, a second program; and when it is needed."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from pos_app.errors import Misconfigured, NotAllowed, PosError, StoreProblem
from pos_app.first_start import FirstStart, first_start_needed, open_first_start
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.opening import Options, open_till
from pos_app.orders.draft import Draft, Line
from pos_app.orders.order import Sale
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.register import Register
from tests.first_start.conftest import SECONDS, SHOP, Kiosk, groups_on
from tests.keyrings import Ring, Weak

FACE = Money(2500, "USD")
CARD = Product("cardpluspay", "ACME-25", "Acme Games", "Acme card", "USD", "codes", face=FACE)


# --- the keyring ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("backend", "reason"), [(NoKeyring, "keyring_missing"), (Weak, "keyring_weak")])
def test_a_keyring_that_is_not_safe_is_told_until_there_is_another(
    kiosk: Kiosk, ring: Ring, backend: type[KeyringBackend], reason: str
) -> None:
    async def scene(start: FirstStart) -> None:
        keyring.set_keyring(backend())
        for _ in range(2):
            done = await start.progress()
            assert done.keyring is not None
            assert done.keyring.reason == reason
            assert explain(done.keyring).advice
            assert not done.finished
        assert await start.keep_shop(SHOP) == (), "what needs no keyring can be done meanwhile"
        for act in (start.keep_manager("Kim", "4711", "4711"), start.print_recovery_sheet()):
            with pytest.raises(Misconfigured):
                await act
        keyring.set_keyring(ring)
        assert (await start.progress()).keyring is None

    kiosk.play(scene)


def test_a_locked_keyring_is_tried_again(kiosk: Kiosk, ring: Ring) -> None:
    async def scene(start: FirstStart) -> None:
        ring.trouble = KeyringLocked()
        done = await start.progress()
        assert done.keyring is not None
        assert done.keyring.reason == "keyring_locked"
        ring.trouble = None
        await kiosk.to_page(start, 6)
        # It may also be locked later, while somebody fills the pages in.
        ring.trouble = KeyringLocked()
        done = await start.progress()
        assert done.keyring is not None
        assert (done.shop, done.supplier) == (True, False)
        with pytest.raises(Misconfigured):
            await start.check_recovery({})
        ring.trouble = None
        assert not (await start.progress()).recovery
        groups = groups_on((await start.print_recovery_sheet()).document)
        assert await start.check_recovery(dict(enumerate(groups, 1))) == ()

    kiosk.play(scene)


def test_a_keyring_that_forgets_is_found_out(kiosk: Kiosk, ring: Ring) -> None:
    ring.forgets = True

    async def scene(start: FirstStart) -> None:
        done = await start.progress()
        assert done.keyring is not None
        assert done.keyring.reason == "keyring_lies"

    kiosk.play(scene)


def test_a_key_the_keyring_does_not_take_is_not_there(kiosk: Kiosk, ring: Ring) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 3)
        entries = kiosk.address("cardpluspay"), {"api_key": kiosk.ready["api_key"]}
        assert (await start.test_supplier("cardpluspay", *entries)).passed
        ring.forgets = True
        with pytest.raises(Misconfigured):
            await start.keep_supplier("cardpluspay", *entries)
        ring.forgets = False
        assert not (await start.progress()).supplier
        assert (await start.keep_supplier("cardpluspay", *entries)).passed
        assert (await start.progress()).supplier

    kiosk.play(scene)


def test_a_store_that_was_copied_without_its_key_says_so(kiosk: Kiosk, ring: Ring) -> None:
    async def look(start: FirstStart) -> str:
        done = await start.progress()
        assert done.keyring is not None
        return done.keyring.reason

    async def begin(start: FirstStart) -> None:
        await kiosk.to_page(start, 3)

    kiosk.play(begin)
    kiosk.play(lambda start: start.progress())
    ring.kept.clear()
    assert kiosk.play(look) == "store_key_missing"


# --- the disk ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_disk_that_takes_nothing_keeps_what_was_there(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 2)
        before = (kiosk.folder / "settings.toml").read_bytes()

        def fails(_handle: int) -> None:
            raise OSError(trouble, "no")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fails)
            for act in (start.keep_shop(replace(SHOP, name="Other")), start.keep_register("04", "Ada")):
                with pytest.raises(StoreProblem):
                    await act
        assert (kiosk.folder / "settings.toml").read_bytes() == before
        assert start.settings().shop.name == "Corner Kiosk"
        assert not (await start.progress()).register
        assert await start.keep_register("04", "Ada") == ()

    kiosk.play(scene)


def reason_of_opening(options: Options) -> str:
    async def run() -> None:
        await (await open_first_start(options)).close()

    with pytest.raises(PosError) as caught:
        asyncio.run(run())
    return caught.value.reason


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert reason_of_opening(Options(store=str(tmp_path / "file" / "shop"))) == "settings_unreadable"


def test_settings_that_can_not_be_read(kiosk: Kiosk) -> None:
    kiosk.folder.mkdir()
    (kiosk.folder / "settings.toml").write_text("[shop", encoding="utf-8")
    assert reason_of_opening(kiosk.options) == "settings_unreadable"


def test_settings_that_were_written_by_hand_are_begun_with(kiosk: Kiosk) -> None:
    kiosk.folder.mkdir()
    (kiosk.folder / "settings.toml").write_text(
        'theme = "dark"\n[shop]\nterms = "No refunds."\n', encoding="utf-8"
    )

    async def scene(start: FirstStart) -> None:
        assert not (await start.progress()).shop
        await kiosk.to_page(start, 2)
        assert (start.settings().theme, start.settings().shop.terms) == ("dark", "No refunds.")

    kiosk.play(scene)


# --- who has the store ------------------------------------------------------------------------------


def test_one_program_at_a_time(kiosk: Kiosk) -> None:
    async def scene(_start: FirstStart) -> list[str]:
        reasons: list[str] = []
        for opening in (open_first_start(kiosk.options), open_till(kiosk.options)):
            with pytest.raises(PosError) as caught:
                await opening
            reasons.append(caught.value.reason)
        return reasons

    assert kiosk.play(scene)[0] == "in_use"


def test_a_start_that_was_cut_off_before_the_lock_leaves_no_trap(kiosk: Kiosk) -> None:
    kiosk.play(lambda start: start.progress())
    (kiosk.folder / "lock").unlink()
    kiosk.play(kiosk.finish)


# --- when it is needed, and what is sold before -----------------------------------------------------


def needed(folder: Path) -> bool:
    return asyncio.run(first_start_needed(folder))


def test_a_first_start_is_needed_until_it_is_finished(kiosk: Kiosk) -> None:
    assert needed(kiosk.folder)
    assert not kiosk.folder.exists(), "asking makes nothing"

    async def begin(start: FirstStart) -> None:
        await kiosk.to_page(start, 6)

    kiosk.play(begin)
    assert needed(kiosk.folder)
    kiosk.play(kiosk.finish)
    assert not needed(kiosk.folder)


def test_a_store_that_is_gone_is_not_begun_anew(kiosk: Kiosk) -> None:
    kiosk.play(kiosk.finish)
    for path in kiosk.folder.glob("countercard.db*"):
        path.unlink()
    assert not needed(kiosk.folder)
    assert reason_of_opening(kiosk.options) == "gone"


def test_a_damaged_store_is_told(kiosk: Kiosk) -> None:
    kiosk.folder.mkdir()
    (kiosk.folder / "countercard.db").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreProblem) as caught:
        needed(kiosk.folder)
    assert caught.value.reason == "damaged"


def sell(kiosk: Kiosk) -> Sale:
    async def run() -> Sale:
        register: Register = await open_till(kiosk.options)
        try:
            draft = Draft("sale", "USD", (Line("order", CARD, 1, FACE, FACE, None),))
            return await register.sales.place(draft, (Tender("cash", FACE),), "Mia 07")
        finally:
            await register.close(0)

    return asyncio.run(asyncio.wait_for(run(), SECONDS))


def test_nothing_real_is_sold_before_the_sheet_was_checked(kiosk: Kiosk) -> None:
    async def almost(start: FirstStart) -> None:
        await kiosk.to_page(start, 6)
        await start.print_recovery_sheet()

    kiosk.play(almost)
    with pytest.raises(NotAllowed) as caught:
        sell(kiosk)
    assert caught.value.reason == "not_set_up"
    kiosk.play(kiosk.finish)
    assert sell(kiosk).head.number == "03-000001"


def test_nothing_secret_lies_in_the_store_or_its_log(kiosk: Kiosk, ring: Ring) -> None:
    kiosk.play(kiosk.finish)
    sheet = next(kiosk.papers.glob("recovery-*.txt")).read_text("utf-8")
    secrets = [line for before, line in pairwise(sheet.splitlines()) if before.startswith("GROUP")]
    kept_keys = [secret for (_, name), secret in ring.kept.items() if ":keys-" not in name]
    wanted = [secret.encode() for secret in (*" ".join(secrets).split(), *kept_keys)]
    assert len(wanted) == 13 + 2
    for path in kiosk.folder.rglob("*"):
        kept = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in wanted if secret in kept], path


def test_a_copy_of_the_store_alone_opens_nothing(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.play(kiosk.finish)
    shutil.copytree(kiosk.folder, tmp_path / "copy")
    keyring.set_keyring(Ring())
    with pytest.raises(Misconfigured) as caught, contextlib.closing(asyncio.Runner()) as runner:
        runner.run(open_till(Options(store=str(tmp_path / "copy"), live=True, selling=False)))
    assert caught.value.reason == "store_key_missing"
