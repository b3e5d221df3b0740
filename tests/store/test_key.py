"""The store's key: made once, found again, and never taken for another one's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, PosError, StoreProblem
from pos_app.seal import KEY_BYTES, Sealer
from pos_app.store.facts import Facts
from pos_app.store.key import key_to_write_down, open_seal, put_back, store_id
from tests.store.shelf import Shelves, play


@dataclass
class Drawer:
    """A vault in memory."""

    kept: dict[str, str] = field(default_factory=dict[str, str])

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    async def put(self, name: str, secret: str) -> None:
        self.kept[name] = secret

    async def remove(self, name: str) -> None:
        self.kept.pop(name, None)


def new_id() -> str:
    return "store-1"


async def facts_of(shelves: Shelves) -> Facts:
    return Facts((await shelves.open()).database)


def test_the_key_that_was_made_opens_the_store_again(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        facts, drawer = await facts_of(shelves), Drawer()
        sealed = (await open_seal(drawer, facts, new_id)).digest("code")
        assert len(drawer.kept) == 1
        again = await open_seal(drawer, facts, lambda: "another id", exclusive=False)
        assert again.digest("code") == sealed
        written = await key_to_write_down(drawer, facts)
        assert (len(written), Sealer(written).digest("code")) == (KEY_BYTES, sealed)
        assert await store_id(facts) == "store-1"

    play(path, scene)


def test_a_store_that_was_never_sealed_has_no_key_to_write_down_or_put_back(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        facts, drawer = await facts_of(shelves), Drawer()
        for act in (
            store_id(facts),
            key_to_write_down(drawer, facts),
            put_back(drawer, facts, bytes(KEY_BYTES)),
            open_seal(drawer, facts, new_id, exclusive=False),
        ):
            with pytest.raises(StoreProblem) as caught:
                await act
            assert caught.value.reason == "unavailable"
        assert drawer.kept == {}

    play(path, scene)


def test_of_two_who_begin_a_store_with_keyrings_of_their_own_one_is_told(path: Path) -> None:
    """What the other sealed later could be opened by nobody."""

    async def scene(shelves: Shelves) -> None:
        # One connection for both: what they ask for comes by turns.
        facts, drawers = await facts_of(shelves), (Drawer(), Drawer())
        begun = await asyncio.gather(
            *(open_seal(drawer, facts, new_id) for drawer in drawers), return_exceptions=True
        )
        told = [error.reason for error in begun if isinstance(error, PosError)]
        assert told == ["store_key_wrong"]
        (sealer,) = [sealer for sealer in begun if isinstance(sealer, Sealer)]
        winner = drawers[begun.index(sealer)]
        assert (await open_seal(winner, facts, new_id)).digest("code") == sealer.digest("code")

    play(path, scene)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (None, "store_key_missing"),
        ("TEST not base64!", "store_key_wrong"),
        ("VEVTVA==", "store_key_wrong"),
        ("VEVTVFRFU1RURVNUVEVTVFRFU1RURVNUVEVTVFRFU1Q=", "store_key_wrong"),
    ],
    ids=["gone", "torn", "short", "another"],
)
def test_a_key_that_can_not_be_it_opens_nothing(path: Path, secret: str | None, reason: str) -> None:
    async def scene(shelves: Shelves) -> None:
        facts, drawer = await facts_of(shelves), Drawer()
        sealed = await open_seal(drawer, facts, new_id)
        key = await key_to_write_down(drawer, facts)
        (name,) = drawer.kept
        drawer.kept = {} if secret is None else {name: secret}
        with pytest.raises(Misconfigured) as caught:
            await open_seal(drawer, facts, new_id)
        assert caught.value.reason == reason
        assert "TEST" not in repr(caught.value)
        # The sheet brings it back; another store's sheet does not.
        with pytest.raises(Misconfigured, match="sheet_wrong"):
            await put_back(drawer, facts, bytes(KEY_BYTES))
        await put_back(drawer, facts, key)
        assert (await open_seal(drawer, facts, new_id)).digest("code") == sealed.digest("code")

    play(path, scene)
