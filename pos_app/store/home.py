"""Where a store is at home: one folder on one computer. A copy of it is known as one, as far as that can be.

A store has an id for ever, and an incarnation for each life it begins: restored, moved, found rolled back.
Which incarnation is the living one, and where, is kept in the store and in the keyring; a copy with an
earlier one, or in another place, is not at home. What nobody can know on one computer is what a copy does
on another.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pos_app.clock import NewId
from pos_app.errors import Misconfigured
from pos_app.orders.entries import Head
from pos_app.orders.notes import Restored
from pos_app.store.checkup import NUMBERS_GIVEN
from pos_app.store.database import Tx
from pos_app.store.facts import Facts, write_fact
from pos_app.store.journal import Journal
from pos_app.vault import Vault

How = Literal["backup", "moved", "rolled_back"]
Standing = Literal["new", "home", "elsewhere"]
"""`new`: nobody has asked this store before where it is at home."""

_FACT: Final = "home"
_MACHINE_IDS: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_NUMBERS_A_DAY: Final = 1000
_MOST_DAYS: Final = 30


class Place(BaseModel):
    """A folder on a computer. `machine` is empty where a computer does not say which one it is.

    `device` is the volume's number: numbers of folders tell them apart on one volume only. 0: not kept then.
    """

    model_config = ConfigDict(frozen=True)

    machine: str
    path: str
    inode: int
    device: int = 0

    def is_at(self, other: Place) -> bool:
        """Whether both are one folder, renamed perhaps, or the folder that stands in its place."""
        renamed = self.device != 0 and (self.device, self.inode) == (other.device, other.inode)
        return self.machine == other.machine and (self.path == other.path or renamed)


class Own(BaseModel):
    """What the store says: its incarnations, the living one last, and its home."""

    model_config = ConfigDict(frozen=True)

    incarnations: tuple[str, ...]
    place: Place


class Kept(BaseModel):
    """What the keyring says: the living incarnation, its home, and how many there were with it."""

    model_config = ConfigDict(frozen=True)

    incarnation: str
    place: Place
    lives: int = 1


def standing(own: Own | None, kept: Kept | None, here: Place) -> Standing:
    """Where a store that says `own` stands `here`, if the keyring says `kept`."""
    if kept is not None:
        if own is None or kept.incarnation not in own.incarnations:
            # It is from before a life that began since.
            return "elsewhere"
        return "home" if kept.place.is_at(here) else "elsewhere"
    if own is None:
        return "new"
    # Another user of this computer, whose keyring has only the store's key; or a copy on another computer.
    return "home" if here.machine and own.place.is_at(here) else "elsewhere"


def place_of(folder: Path, store_id: str, ids: tuple[Path, ...] = _MACHINE_IDS) -> Place:
    """The place of `folder`, which is there. The computer's own id is never kept, only a digest of it."""
    machine = ""
    for path in ids:
        try:
            told = path.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if told:
            machine = hmac.new(told.encode(), store_id.encode(), hashlib.sha256).hexdigest()[:32]
            break
    real = folder.resolve()
    found = real.stat()
    return Place(machine=machine, path=str(real), inode=found.st_ino, device=found.st_dev)


@dataclass(frozen=True)
class Begun:
    """A life that began: its note, how many orders it leaves to a person, and which of all lives it is."""

    note: Restored
    left: int
    lives: int


class Home:
    """Asks and says where the store `store_id` of `facts` is at home; it lies in `folder`."""

    def __init__(self, facts: Facts, vault: Vault, store_id: str, folder: Path, new_id: NewId) -> None:
        self._facts = facts
        self._vault = vault
        self._store_id = store_id
        self._folder = folder
        self._new_id = new_id

    async def standing(self) -> Standing:
        """Where the store stands. Raises Misconfigured when the vault can not be asked."""
        return standing(await self._own(), await self._kept(), await self._here())

    async def left_for(self) -> Path | None:
        """The other folder of this computer that the keyring has as the store's home; None for none."""
        kept, here = await self._kept(), await self._here()
        if kept is None or kept.place.machine != here.machine or kept.place.is_at(here):
            return None
        return Path(kept.place.path)

    async def stay(self) -> None:
        """Keep that the store is at home here, unless that is kept. Raises Misconfigured."""
        own, kept, here = await self._own(), await self._kept(), await self._here()
        if own is None:
            own = Own(incarnations=(self._new_id(),), place=here)
        fresh = Kept(incarnation=own.incarnations[-1], place=here, lives=_lives(own, kept))
        if kept != fresh:
            await self._vault.put(self._name, fresh.model_dump_json())
        at_home = own.model_copy(update={"place": here})
        if at_home != await self._own():
            await self._facts.put(_FACT, at_home.model_dump_json())

    async def keep(self, begun: Begun) -> None:
        """Keep in the vault that the life that was `begun` is the living one. Raises Misconfigured."""
        kept = Kept(incarnation=begun.note.incarnation, place=await self._here(), lives=begun.lives)
        await self._vault.put(self._name, kept.model_dump_json())

    async def move(self, journal: Journal, evidence: str, by: str) -> Begun:
        """Begin a new life here, for the store was moved. Raises Misconfigured."""
        incarnation = self._new_id()
        lives = _lives(await self._own(), await self._kept()) + 1
        kept = Kept(incarnation=incarnation, place=await self._here(), lives=lives)
        # The vault first: if all ends here, somebody is asked again, and the old place is no home any more.
        await self._vault.put(self._name, kept.model_dump_json())
        return await self.begin_life(journal, "moved", evidence, by, incarnation=incarnation, lives=lives)

    async def begin_life(
        self,
        journal: Journal,
        how: How,
        evidence: str,
        by: str,
        *,
        least: dict[str, int] | None = None,
        incarnation: str = "",
        lives: int = 0,
    ) -> Begun:
        """Begin a new incarnation here, in one transaction of the journal; `keep` tells the vault of it.

        What may have gone on in a copy is left to a person; leases are nobody's; sale numbers jump over those
        a copy may have given out, and beyond `least`, the highest known by counter.
        """
        own, here, new = await self._own(), await self._here(), incarnation or self._new_id()
        count = lives or _lives(own, await self._kept()) + 1
        known = () if own is None else own.incarnations
        after = Own(incarnations=(*known, new), place=here)

        def note(head: Head) -> Restored:
            return Restored(**head, how=how, incarnation=new, evidence=evidence)

        def beside(tx: Tx, restored: Restored, counter: str) -> None:
            write_fact(tx, _FACT, after.model_dump_json())
            tx.execute("DELETE FROM lease")
            _jump(tx, counter, restored.at, least or {}, count - 1)

        written, left = await journal.begin_life(note, beside, by)
        return Begun(written, left, count)

    @property
    def _name(self) -> str:
        return f"store-home-{self._store_id}"

    async def _here(self) -> Place:
        return await asyncio.to_thread(place_of, self._folder, self._store_id)

    async def _own(self) -> Own | None:
        told = await self._facts.get(_FACT)
        return None if told is None else Own.model_validate_json(told)

    async def _kept(self) -> Kept | None:
        told = await self._vault.get(self._name)
        if told is None:
            return None
        try:
            return Kept.model_validate_json(told)
        except ValidationError:
            raise Misconfigured("keyring_lies") from None


def _lives(own: Own | None, kept: Kept | None) -> int:
    """How many lives there were, as far as anybody here knows."""
    return max(1 if own is None else len(own.incarnations), 1 if kept is None else kept.lives)


def _jump(tx: Tx, counter: str, at: datetime, least: dict[str, int], lives_before: int) -> None:
    """Lift every counter of sales and claims, `counter` too where it is not yet, over what was given since.

    A claim's number has gone to the company: it must not mean two things there. Lives that began from one
    copy have a range of their own each.
    """
    row = tx.one("SELECT MAX(at) FROM order_row")
    newest = datetime.fromisoformat(str(row[0])) if row is not None and row[0] is not None else at
    days = min(max(at - newest, timedelta(0)).days, _MOST_DAYS)
    for name in (counter, counter.replace("sale", "claim", 1)):
        tx.execute("INSERT INTO counter (name, value) VALUES (?, 0) ON CONFLICT (name) DO NOTHING", (name,))
    for name, value in tx.rows(NUMBERS_GIVEN):
        after = max(int(value), least.get(str(name), 0)) + _NUMBERS_A_DAY * (lives_before + days)
        tx.execute("UPDATE counter SET value = ? WHERE name = ?", (after, name))
