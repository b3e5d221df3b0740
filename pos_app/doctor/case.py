"""What is examined, and what the first checks learned about it for the later ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from pos_app.clock import Now
from pos_app.opening import Options
from pos_app.register import DATABASE
from pos_app.seal import Sealer
from pos_app.settings import Settings
from pos_app.store.database import Database, look_into_database
from pos_app.training import Sandbox
from pos_app.vault import Vault

CLOSING_SECONDS: Final = 5.0


@dataclass
class Company:
    """A card company as this store would open it; `reached`: it has answered as itself."""

    own: BaseModel
    secrets: dict[str, str] = field(repr=False)
    reached: bool = False


@dataclass
class Case:
    """One till: where it lies, and what is known about it so far."""

    options: Options
    folder: Path
    vault: Vault
    now: Now
    settings: Settings = field(default_factory=Settings)
    sandbox: Sandbox | None = None
    sealer: Sealer | None = field(default=None, repr=False)
    companies: dict[str, Company] = field(default_factory=dict[str, Company])

    @asynccontextmanager
    async def looking(self) -> AsyncGenerator[Database]:
        """The store's database, to read only. What runs too long is ended with the check."""
        database = await look_into_database(self.folder / DATABASE)
        try:
            yield database
        except BaseException:
            database.interrupt()
            raise
        finally:
            # On a drive that does not answer it would be waited for without an end.
            async with asyncio.timeout(CLOSING_SECONDS):
                await database.close()
