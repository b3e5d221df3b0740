"""A shop that sells for real on this computer, whose keyring is one for all folders that are copied on it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pos_app.errors import Misconfigured
from pos_app.register import DATABASE, SET_UP, Parts, Register, open_register
from pos_app.settings import TRAINING_SHOP, Settings
from tests.played_provider import PlayedProvider
from tests.store.shelf import BOUND
from tests.world import _SPEC, HandClock, World  # pyright: ignore[reportPrivateUsage]

T = TypeVar("T")


class Keyring:
    """A vault for real: one for the whole computer, whatever folders are copied on it."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.trouble: Misconfigured | None = None

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    async def put(self, name: str, secret: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.kept[name] = secret

    async def remove(self, name: str) -> None:
        self.kept.pop(name, None)

    @property
    def home(self) -> dict[str, object]:
        """What it says about the home of the only store."""
        (told,) = (text for name, text in self.kept.items() if name.startswith("store-home-"))
        return json.loads(told)


class Shop:
    """Opens stores for real sales, whose provider and clock are played."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.keyring = Keyring()
        self.provider = PlayedProvider()
        self.clock = HandClock()

    def parts(self, folder: Path) -> Parts:
        return Parts(
            folder=folder,
            settings=Settings(shop=TRAINING_SHOP, register_id="03"),
            vault=self.keyring,
            providers={"played": self.provider},
            specs=(_SPEC,),
            printer=None,
            training=False,
            now=self.clock,
            seconds=self.clock.seconds,
            new_id=self.world.new_id,
            holder="a process",
        )

    async def open(self, folder: Path, stack: AsyncExitStack, *, moved: bool = False) -> Register:
        register = await self.open_alone(folder, moved=moved)
        stack.push_async_callback(register.close, 0)
        return register

    async def open_alone(self, folder: Path, *, moved: bool = False) -> Register:
        """Open the till; whoever asks closes it."""
        register = await open_register(replace(self.parts(folder), moved=moved))
        self.world._register = register  # pyright: ignore[reportPrivateUsage]
        return register

    async def visit(self, folder: Path, act: Callable[[Register], Awaitable[T]], *, moved: bool = False) -> T:
        """Open the till, do something there, close it."""
        async with AsyncExitStack() as stack:
            return await act(await self.open(folder, stack, moved=moved))

    async def look_in(self, folder: Path) -> Register:
        """Open the till and close it again."""

        async def nothing(register: Register) -> Register:
            return register

        looked = await self.visit(folder, nothing)
        with closing(sqlite3.connect(folder / DATABASE)) as database:
            # Nothing real is sold before the first start is finished.
            database.execute("INSERT OR IGNORE INTO fact (name, value) VALUES (?, 'typed back')", (SET_UP,))
            database.commit()
        return looked


def bounded(scene: Awaitable[T]) -> T:
    async def run() -> T:
        return await asyncio.wait_for(scene, BOUND)

    return asyncio.run(run())
