"""Replies the journal could not take when they came: each in a file of its own at once, until it can.

A file holds what the journal would: the reply sealed under its order's key. It is named by the order and by
the id its entry will have, so that taking it up twice writes it once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

_log = logging.getLogger(__name__)

_ENDING: Final = ".reply"
_MOST_BYTES: Final = 64 * 1024 * 1024
"""More than any reply that is taken in; a file beyond it is none of ours."""


class Kept(BaseModel):
    """A reply as its entry will hold it, and what the entry will say. Nothing of it is in clear.

    `id` is the entry's, `sent` that of the request it answers (empty: none of ours). `proof` is sealed too,
    and says that all of this belongs together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1)]
    store: str
    order_id: Annotated[str, Field(min_length=1)]
    sent: str
    about: Literal["buy", "poll", "look"]
    at: AwareDatetime
    by: str
    status: int
    complete: bool
    reply: str
    proof: str = ""

    def statement(self) -> str:
        """What `proof` speaks for: everything but itself."""
        return self.model_dump_json(exclude={"proof"})


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in the files: replies that wait for the journal, and how many files nobody can read."""

    waiting: tuple[Kept, ...]
    unreadable: tuple[Path, ...]


class Spill:
    """The files of the store `store`. `places` are tried in turn; the first lies beside the database.

    A place that several stores share, as the user's own folders, has a folder for each. Nothing is ever
    removed but what the journal has.
    """

    def __init__(self, beside: Path | None, elsewhere: Sequence[Path], store: str) -> None:
        own = (beside,) if beside is not None else ()
        self._places = (*own, *(place / quote(store, safe="") for place in elsewhere))
        self._store = store
        self._left: dict[str, Kept] = {}

    @property
    def store(self) -> str:
        """The id of the store whose replies these are."""
        return self._store

    async def put(self, kept: Kept) -> bool:
        """Have `kept` in a file, safe from a power cut; False when no place takes one.

        What is in a file already is not written again.
        """
        if kept.id in self._left:
            return True
        if not await asyncio.to_thread(self._write, kept):
            _log.error("order %s: its reply is in memory alone: no place takes a file", kept.order_id)
            return False
        self._left[kept.id] = kept
        _log.info("order %s: its reply waits in a file until the journal takes it", kept.order_id)
        return True

    async def remove(self, kept: Kept) -> None:
        """Remove the file of `kept`, which the journal has by now. Without one nothing is done."""
        if self._left.pop(kept.id, None) is not None:
            await asyncio.to_thread(self._unlink, kept)

    async def look(self) -> Lying:
        """Read every file; those that wait are known to `left` from here on."""
        lying = await asyncio.to_thread(self._read)
        self._left.update({kept.id: kept for kept in lying.waiting})
        return lying

    def left(self) -> tuple[Kept, ...]:
        """What is known to lie in files and may still be taken up."""
        return tuple(self._left.values())

    def leave(self, kept: Kept) -> None:
        """Try no more to take up `kept`; its file stays where it is."""
        self._left.pop(kept.id, None)

    def _write(self, kept: Kept) -> bool:
        data = kept.model_dump_json().encode()
        return any(_written(place, _name(kept), data) for place in self._places)

    def _unlink(self, kept: Kept) -> None:
        for place in self._places:
            # A file that stays is taken up once more, and written no second time.
            with contextlib.suppress(OSError):
                (place / _name(kept)).unlink(missing_ok=True)

    def _read(self) -> Lying:
        waiting: dict[str, Kept] = {}
        unreadable: list[Path] = []
        for place in self._places:
            for path in _files(place):
                kept = self._kept(path)
                if kept is None:
                    unreadable.append(path)
                else:
                    waiting[kept.id] = kept
        return Lying(tuple(sorted(waiting.values(), key=lambda kept: kept.at)), tuple(unreadable))

    def _kept(self, path: Path) -> Kept | None:
        try:
            with path.open("rb") as file:
                kept = Kept.model_validate_json(file.read(_MOST_BYTES))
        except (OSError, ValidationError):
            return None
        return kept if kept.store == self._store and path.name == _name(kept) else None


def _name(kept: Kept) -> str:
    return f"{quote(kept.order_id, safe='')}-{quote(kept.id, safe='')}{_ENDING}"


def _files(place: Path) -> list[Path]:
    try:
        return sorted(path for path in place.iterdir() if path.name.endswith(_ENDING))
    except OSError:
        return []


def _written(place: Path, name: str, data: bytes) -> bool:
    """Whether `data` lies under `name` in `place` now, down to the disk. Nothing torn is left behind."""
    path = place / name
    made = False
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Torn by an earlier try, or whole and of the same reply: either way it is this one's name.
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        made = True
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _log.info("no reply can be kept in %s: %s", place.name, type(error).__name__)
        if made:
            with contextlib.suppress(OSError):
                path.unlink()
        return False
    with contextlib.suppress(OSError):
        # The folder's own entry; some systems give no handle to one.
        folder = os.open(place, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return True
