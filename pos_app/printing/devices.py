"""Where papers go. A printer does its whole work or says why not, and whether a part may be out."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from pos_app.errors import DeviceProblem
from pos_app.printing import encode, escpos, symbols
from pos_app.printing.ahead import Ahead, own_thread
from pos_app.printing.document import Document
from pos_app.settings import Paper

_STEM = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_OURS = re.compile(
    r"(?P<hidden>\.)?[0-9]{2}-[0-9]{6,}-"
    r"(receipt|(slip|pending|not-bought)-[0-9]+|refund-[0-9]+-[0-9]+)(-copy-[0-9]+)?(-[0-9]+)?"
    r"\.(txt|escpos|pdf)(?P<part>\.part)?"
)
"""The names papers of a sale have in the folder, and their drafts."""

_LONG_WRITTEN: Final = 60
"""After how many seconds a half written paper is nobody's any more."""

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_MOST_OF_ONE_NAME: Final = 10_000


class Printer(Protocol):
    """Something that puts documents where people can take them."""

    @property
    def name(self) -> str:
        """Names the printer for people and in the journal."""
        ...

    async def state(self) -> DeviceProblem | None:
        """What keeps it from printing just now; None when nothing is known to.

        It may also be a problem that does not hinder (`DeviceProblem.hinders`): something to be seen to.
        """
        ...

    async def print(self, document: Document, stem: str) -> None:
        """Print `document`. `stem` names the paper, such as `03-000418-slip-1`: letters, digits, - and _.

        Raises DeviceProblem when it is not, or not wholly, on paper; its `maybe_printed` is True where nobody
        can say whether it is.
        """
        ...


class FilePrinter:
    """Writes each paper into a folder: as text, as bytes for a receipt printer and, if it can, as PDF.

    `paper` says how they look. Everything happens on worker threads, `render_pdf` and `render_raster` too: a
    page takes as long to draw as the window may not stand still. What is in the folder is never written over
    or taken away, whoever put it there: a paper whose name is taken gets the next free one. Only what a power
    cut left of our own papers half written is cleared away.
    """

    def __init__(
        self,
        folder: Path,
        paper: Paper,
        render_pdf: Callable[[Document], bytes] | None = None,
        render_raster: encode.RenderRaster | None = None,
    ) -> None:
        self._folder = folder
        self._paper = paper
        self._render_pdf = render_pdf
        self._render_raster = render_raster
        self._ahead = Ahead(self._made)
        self._pages = own_thread()
        self._is_tidy = False

    @property
    def name(self) -> str:
        """Names the printer for people and in the journal: the folder."""
        return str(self._folder)

    async def state(self) -> DeviceProblem | None:
        """Whether the folder is there, or can be made, and takes files, and the receipt printer is known."""
        return await asyncio.to_thread(self._state)

    async def print(self, document: Document, stem: str) -> None:
        """Write `<stem>.txt`, `<stem>.escpos` and, with a PDF renderer, `<stem>.pdf`: all or none.

        If one of them is there already, all are called `<stem>-2`, `<stem>-3` and so on. Files are for
        their owner only. Raises DeviceProblem: "can_not_render", "would_misprint", "can_not_write" or
        "no_printer" (the receipt printer is not known); and ValueError for a stem that is no plain file name.
        """
        if not _STEM.fullmatch(stem):
            raise ValueError("not a plain file name")
        forms = await self._ahead.made(document)
        await asyncio.to_thread(self._write, stem, forms)

    def expect(self, document: Document | None) -> None:
        """See `MakesAhead`."""
        self._ahead.expect(document)

    async def warm_up(self) -> None:
        """See `MakesAhead`."""
        await self._ahead.warm_up()

    def _state(self) -> DeviceProblem | None:
        try:
            self._make_folder()
        except OSError as error:
            return self._refusal(error)
        if not os.access(self._folder, os.W_OK | os.X_OK):
            return DeviceProblem("can_not_write", folder=str(self._folder))
        try:
            escpos.check_profile(self._paper.profile)
        except DeviceProblem as problem:
            return problem
        return None

    def _made(self, document: Document) -> dict[str, bytes]:
        document = symbols.made(document)
        page: Future[bytes] | None = None
        if self._render_pdf is not None:
            # A page takes longer than everything else, most of it outside Python: the one beside the other.
            page = self._pages.submit(self._render_pdf, encode.for_a_page(document, self._paper))
        forms = {
            "txt": encode.prepared_text(document, self._paper),
            "escpos": encode.prepared(document, self._paper, self._render_raster),
        }
        return forms if page is None else {**forms, "pdf": page.result()}

    def _write(self, stem: str, forms: Mapping[str, bytes]) -> None:
        paths: list[Path] = []
        drafts: list[Path] = []
        try:
            self._make_folder()
            paths = _claimed(self._folder, stem, forms)
            drafts = [path.with_name(f".{path.name}.part") for path in paths]
            for draft, content in zip(drafts, forms.values(), strict=True):
                _write_through(draft, content)
            for draft, path in zip(drafts, paths, strict=True):
                draft.replace(path)
            _make_last(self._folder)
        except OSError as error:
            _remove([*drafts, *paths])
            raise self._refusal(error) from None

    def _make_folder(self) -> None:
        # Codes lie here: a folder we make is ours alone; one the shop has chosen is left as it is.
        self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        if not self._is_tidy:
            self._is_tidy = True
            _tidy(self._folder)

    def _refusal(self, error: OSError) -> DeviceProblem:
        return DeviceProblem("can_not_write", folder=str(self._folder), error=type(error).__name__)


def _tidy(folder: Path) -> None:
    """Remove what a killed program left of its papers: drafts with codes in clear, names without text.

    Only plain files with the name of a sale's paper that are this user's own, and so old that no till is
    writing them at this moment. A file that can not be removed is left.
    """
    latest = time.time() - _LONG_WRITTEN
    with suppress(OSError):
        for path in folder.iterdir():
            if match := _OURS.fullmatch(path.name):
                with suppress(OSError):
                    if _is_given_up(path, latest, is_draft=_is_draft(match)):
                        path.unlink()


def _is_draft(name: re.Match[str]) -> bool | None:
    """Whether `name` is a draft's or a paper's; None for what has the one half of a draft's name only."""
    hidden, part = bool(name["hidden"]), bool(name["part"])
    return hidden if hidden == part else None


def _is_given_up(path: Path, latest: float, *, is_draft: bool | None) -> bool:
    about = path.lstat()
    return (
        is_draft is not None
        and (is_draft or about.st_size == 0)
        and stat.S_ISREG(about.st_mode)
        and about.st_mtime < latest
        and (os.name != "posix" or about.st_uid == os.geteuid())
    )


def _claimed(folder: Path, stem: str, endings: Iterable[str]) -> list[Path]:
    """Names in `folder` that nobody else has, one an ending, as empty files of ours."""
    for number in range(1, _MOST_OF_ONE_NAME):
        name = stem if number == 1 else f"{stem}-{number}"
        mine: list[Path] = []
        try:
            for ending in endings:
                path = folder / f"{name}.{ending}"
                os.close(os.open(path, _NEW_FILE, _FILE_MODE))
                mine.append(path)
        except FileExistsError:
            # Another store's paper, or an older one: two tills may print into one folder at one moment.
            _remove(mine)
        except OSError:
            _remove(mine)
            raise
        else:
            return mine
    raise FileExistsError


def _write_through(path: Path, content: bytes) -> None:
    """`content` on the disk at `path`, readable by its owner only from the first moment on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, _NEW_FILE, _FILE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make_last(folder: Path) -> None:
    """Write the folder's names to the disk, where a folder can be opened for that (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
