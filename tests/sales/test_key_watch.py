"""A keyring that vanishes mid-day stops selling, and nothing else, until it is back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pos_app.changes import Changes
from pos_app.errors import Misconfigured, StoreProblem
from pos_app.key_watch import KeyWatch
from pos_app.orders.order import Phase
from pos_app.seal import Sealer
from pos_app.store.database import Database, open_database
from pos_app.store.facts import Facts
from pos_app.store.key import open_seal
from tests.world import CASHIER, HandClock, World


class Vault:
    """A keyring in memory; `trouble` is raised, and with `hangs` it never answers."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.hangs = False

    async def get(self, name: str) -> str | None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        return self.kept.get(name)

    async def put(self, name: str, secret: str) -> None:
        self.kept[name] = secret

    async def remove(self, name: str) -> None:
        self.kept.pop(name, None)


async def opened(path: Path, vault: Vault) -> tuple[Database, Facts, Sealer]:
    database = await open_database(path / "countercard.db")
    facts = Facts(database)
    return database, facts, await open_seal(vault, facts, lambda: "store-1")


def reason(watch: KeyWatch) -> str:
    with pytest.raises(Misconfigured) as caught:
        watch.refuse_without()
    assert caught.value.facts["since"] == watch.since
    return caught.value.reason


def test_it_is_noticed_however_the_keyring_goes_and_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        vault, clock, changes = Vault(), HandClock(), Changes()
        database, facts, sealer = await opened(tmp_path, vault)
        watch = KeyWatch(vault, facts, sealer, changes, clock, patience=0.2)
        await watch.look()
        watch.refuse_without()
        step = changes.step("connections")
        vault.trouble = Misconfigured("keyring_locked")
        await watch.look()
        gone_at = clock()
        assert (reason(watch), watch.since) == ("keyring_locked", gone_at)
        clock.turn(minutes=5)
        await watch.look()
        assert watch.since == gone_at
        vault.trouble = StoreProblem("unavailable")
        await watch.look()
        assert reason(watch) == "keyring_locked", "nothing new is known"
        vault.trouble, vault.hangs = None, True
        await watch.look()
        assert reason(watch) == "keyring_locked"
        vault.hangs, kept = False, dict(vault.kept)
        vault.kept.clear()
        await watch.look()
        assert reason(watch) == "store_key_missing"
        vault.kept = dict.fromkeys(kept, "A" * 43 + "=")
        await watch.look()
        assert reason(watch) == "store_key_wrong"
        vault.kept = kept
        await watch.look()
        watch.refuse_without()
        assert (watch.why, watch.since, changes.step("connections")) == (None, None, step + 2)
        await database.close()

    asyncio.run(scene())


def test_while_it_is_gone_nothing_is_sold_and_what_is_there_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            register, vault = world.register, Vault()
            await register.key_watch.look()
            sold = await world.sell()
            paid = (await world.place()).orders[0]
            database, facts, sealer = await opened(tmp_path / "another", vault)
            watch = KeyWatch(vault, facts, sealer, register.changes, world.clock)
            register.sales.needs(watch.refuse_without)
            vault.trouble = Misconfigured("keyring_locked")
            await watch.look()
            with pytest.raises(Misconfigured, match="keyring_locked"):
                await world.place()
            with pytest.raises(Misconfigured, match="keyring_locked"):
                await register.sales.perform(paid.id)
            assert world.provider.sends == 1
            assert (await register.sales.order(paid.id)).phase is Phase.TO_DO
            assert len(await register.sales.orders()) == 2
            assert (await register.printouts.print_sale(sold.placed.sale.id, CASHIER)).printed == 2
            vault.trouble = None
            await watch.look()
            assert (await register.sales.perform(paid.id)).phase is Phase.FULFILLED
            await database.close()

    (tmp_path / "another").mkdir()
    asyncio.run(scene())
