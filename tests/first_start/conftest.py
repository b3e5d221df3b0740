"""A shop's folder, a keyring in memory and one sandbox that stands in for both card companies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import keyring
import keyring.core
import pytest

from pos_app import recovery
from pos_app.first_start import FirstStart, PaperEntries, ShopEntries, open_first_start
from pos_app.opening import Options
from pos_app.printing.document import Document, Secret
from tests.keyrings import Ring
from tests.sandbox_process import SandboxProcess

T = TypeVar("T")
SECONDS: Final = 120
SHOP: Final = ShopEntries("Corner Kiosk", "1 Main Street\nAlbany NY", "555-0100", "usd", "America/New_York")


@dataclass(frozen=True)
class Kiosk:
    """A real store that is being set up, and what its owner types."""

    folder: Path
    papers: Path
    ready: dict[str, str]

    @property
    def options(self) -> Options:
        return Options(store=str(self.folder), live=True)

    @property
    def paper(self) -> PaperEntries:
        return PaperEntries("folder", str(self.papers))

    def play(self, scene: Callable[[FirstStart], Awaitable[T]]) -> T:
        """Let `scene` happen in a program that is started for it and ends behind it."""

        async def run() -> T:
            start = await open_first_start(self.options)
            try:
                return await scene(start)
            finally:
                await start.close()

        return asyncio.run(asyncio.wait_for(run(), SECONDS))

    def address(self, name: str) -> dict[str, str]:
        """The entries that lead to the sandbox instead of the company."""
        return {"base_url": self.ready[name]}

    async def to_page(self, start: FirstStart, page: int) -> None:
        """Fill in the pages before `page` as they should be."""
        if page > 1:
            assert await start.keep_shop(SHOP) == ()
        if page > 2:
            assert await start.keep_register("03", "Mia 07") == ()
        if page > 3:
            secrets = {"api_key": self.ready["api_key"]}
            assert (await start.keep_supplier("cardpluspay", self.address("cardpluspay"), secrets)).passed
        if page > 4:
            assert await start.keep_printer(self.paper) == ()
        if page > 5:
            assert await start.keep_manager("Kim", "4711", "4711") == ()

    async def finish(self, start: FirstStart) -> None:
        """All six pages."""
        await self.to_page(start, 6)
        sheet = groups_on((await start.print_recovery_sheet()).document)
        typed = {place: sheet[place - 1] for place in start.recovery_places()}
        assert await start.check_recovery(typed) == ()


def groups_on(document: Document) -> tuple[str, ...]:
    """The groups a person reads off a recovery sheet."""
    found = " ".join(block.value for block in document.blocks if isinstance(block, Secret)).split()
    assert isinstance(recovery.read(" ".join(found)), bytes)
    return tuple(found)


@pytest.fixture(autouse=True)
def ring() -> Iterator[Ring]:
    """The operating system's keyring for this test."""
    before = keyring.core._keyring_backend  # pyright: ignore[reportPrivateUsage]
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.core._keyring_backend = before  # pyright: ignore[reportPrivateUsage]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def kiosk(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Kiosk]:
    sandbox.admin.clear_faults()
    yield Kiosk(tmp_path / "shop", tmp_path / "papers", dict(sandbox.ready))
    sandbox.admin.clear_faults()
