"""Replies the journal could not take when they came: each in a file of its own at once, until it can.

A file holds what the journal would: the reply sealed under its order's key. It is named by the order and by
the id its entry will have, so that taking it up twice writes it once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import stat
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

    A place that several stores share, as the user's own folders, has a folder for each; one that somebody
    else may change is none (see `_is_ours`). Nothing is ever removed but what the journal has.
    """

    def __init__(self, beside: Path | None, elsewhere: Sequence[Path], store: str) -> None:
        own = (beside,) if beside is not None else ()
        self._own = own
        self._elsewhere = tuple(place / quote(store, safe="") for place in elsewhere)
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

    def _places(self) -> tuple[Path, ...]:
        """The folders that may be read; the store's own stands or falls with the store."""
        return (*self._own, *(place for place in self._elsewhere if _is_ours(place)))

    def _write(self, kept: Kept) -> bool:
        data = kept.model_dump_json().encode()
        return any(_written(place, _name(kept), data) for place in self._own) or any(
            _made(place) and _is_ours(place) and _written(place, _name(kept), data)
            for place in self._elsewhere
        )

    def _unlink(self, kept: Kept) -> None:
        for place in self._places():
            # A file that stays is taken up once more, and written no second time.
            with contextlib.suppress(OSError):
                (place / _name(kept)).unlink(missing_ok=True)

    def _read(self) -> Lying:
        waiting: dict[str, Kept] = {}
        unreadable: list[Path] = []
        for place in self._places():
            for path in _files(place):
                kept = self._kept(path)
                if kept is None:
                    unreadable.append(path)
                else:
                    waiting[kept.id] = kept
        return Lying(tuple(sorted(waiting.values(), key=lambda kept: kept.at)), tuple(unreadable))

    def _kept(self, path: Path) -> Kept | None:
        try:
            kept = Kept.model_validate_json(_read(path))
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


def _read(path: Path) -> bytes:
    """What stands in the file `path`. Raises OSError for a link, a pipe, and whatever else is no file.

    A pipe would keep whoever opens it waiting for as long as nobody writes.
    """
    flags = os.O_RDONLY | _flag("O_NONBLOCK") | _flag("O_NOFOLLOW") | _flag("O_BINARY")
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "no file")
        return file.read(_MOST_BYTES)


def _flag(name: str) -> int:
    """A flag for opening files, none where the system has no such flag."""
    return int(getattr(os, name, 0))


def _made(place: Path) -> bool:
    """Whether `place` is a folder now; what is made on the way to it is closed to others."""
    try:
        for folder in reversed((place, *place.parents)):
            folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        _log.info("no reply can be kept in %s: %s", place.name, type(error).__name__)
        return False
    return True


def _is_ours(place: Path) -> bool:
    """Whether nobody else can change what lies in `place`, a folder under a name that can be foreseen.

    It is ours and closed to others; each folder above it belongs to us or to the system, and lets nobody
    else rename what is in it. Windows keeps a user's folders to the user.
    """
    if not hasattr(os, "geteuid"):
        return True
    try:
        own = place.lstat()
        above = [path.lstat() for path in {*place.parents, *place.resolve().parents}]
    except OSError:
        return False
    mine = os.geteuid()
    closed = stat.S_ISDIR(own.st_mode) and own.st_uid == mine and not stat.S_IMODE(own.st_mode) & 0o077
    return closed and all(one.st_uid in {0, mine} and not _is_open(one.st_mode) for one in above)


def _is_open(mode: int) -> bool:
    """Whether everybody may rename what lies in a folder of this mode; a link has none of its own."""
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX and not stat.S_ISLNK(mode)


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
