"""A document as the bytes a receipt printer understands (ESC/POS). Made in memory: nothing is sent here."""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Final

from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.printing import symbols
from pos_app.printing.document import QR, Barcode, Block, Cut, Document, Secret, plain
from pos_app.printing.raster import Bitmap, stacked, tear_line
from pos_app.printing.text import Line, Spell, centred, lay_out, mark

if TYPE_CHECKING:
    from collections.abc import Generator

    from pos_app.printing.escpos_library import Job

DEFAULT: Final = "default"
"""The profile of a printer nothing is known about; every version of the library has it."""

_SCRATCH_SETTING: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_LATIN = re.compile(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) ([A-Z]{1,2})\b")
_FEED_BEFORE_TEARING: Final = 6
_DOTS_A_COLUMN: Final = 12
_PICTURES: Final = "bitImageRaster"
# What has no letter in its Unicode name. Each is told from the others: an amount stays an amount.
_SPELLED: Final = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR", "₺": "TRY", "₽": "RUB", "₪": "ILS",
    "₫": "VND", "₴": "UAH", "₱": "PHP", "₦": "NGN", "₡": "CRC", "฿": "THB", "¢": "c",
    "\u2018": "'", "\u2019": "'", "\u201a": ",", "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u00ab": '"', "\u00bb": '"', "\u2039": "<", "\u203a": ">", "\u2010": "-", "\u2011": "-",
    "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "*", "\u00b7": "-",
    "\u00d7": "x", "\u2026": "...", "\u00a9": "(c)", "\u00ae": "(R)", "\u00df": "ss",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


def render(document: Document, *, profile: str, columns: int, dots: int | None = None) -> bytes:
    """`document` as text for a printer of `profile` (a name python-escpos knows) with `columns` columns.

    Its symbols are pictures on paper of `dots` dots; without `dots`, of as many as the columns take. Letters
    the printer has no code page for are spelled with others, or with a `?` where there is nothing like them.
    Codes are never spelled: raises DeviceProblem("can_not_render") for one that can not be printed as it is,
    and DeviceProblem("no_printer") for an unknown profile. No drawer pulse is in it. Blocks for up to a
    second when it is called first (the library is slow to import): call it on a worker thread.
    """
    job = _job(profile)
    for block in document.blocks:
        _check(block, job)
    look = _undressed(job)
    for part in lay_out(document, columns, spell=lambda text: _spelled(text, job), double=True):
        match part:
            case Line():
                wanted = (part.bold, part.tall, part.wide)
                if wanted != look and part.text:
                    look = wanted
                    job.dress(bold=part.bold, tall=part.tall, wide=part.wide)
                job.write(f"{part.text.rstrip()}\n")
            case QR() | Barcode():
                look = _undressed(job)
                _draw(part, job, columns, dots or columns * _DOTS_A_COLUMN)
            case Cut():
                look = _undressed(job)
                _cut(job, columns)
    return job.output


def render_pictures(pictures: Sequence[Bitmap], *, profile: str) -> bytes:
    """Papers that are pictures, for a printer of `profile` that `draws`, each cut from the next one."""
    job = _job(profile)
    for picture in pictures:
        if job.supports("paperPartCut") or job.supports("paperFullCut"):
            job.print_picture(picture)
            job.cut()
        else:
            job.print_picture(stacked((picture, tear_line(picture.width))))
            job.feed(_FEED_BEFORE_TEARING)
    return job.output


def draws(profile: str) -> bool:
    """Whether a printer of `profile` prints pictures."""
    return _job(profile).supports(_PICTURES)


def has_letters_for(document: Document, *, profile: str, columns: int) -> bool:
    """Whether `document` can be printed as text without a letter of it being lost or taken for another.

    A sign that is spelled (a euro as EUR, a curly quotation mark as a straight one) is not lost.
    """
    job = _job(profile)
    complete = True

    def spell(text: str) -> str:
        nonlocal complete
        complete = complete and (
            text.isascii() or all(_is_kept(character, job) for character in _normal(text))
        )
        return _spelled(text, job)

    for part in lay_out(document, columns, spell=spell, double=True):
        # Laid out for what it spells; codes do not go through it.
        del part
    codes = "".join(block.value for block in document.blocks if isinstance(block, Secret))
    return complete and all(job.page_of(character) for character in codes)


def code_pages(profile: str) -> Mapping[int, str]:
    """The code pages that are used with a printer of `profile`: its number of each, and Python's name."""
    return _job(profile).numbered_pages


def check_profile(profile: str) -> None:
    """Raise DeviceProblem("no_printer") if there is no printer of `profile`.

    As slow as `render`, but for `default`: that one is always there, and a till that only waits for its
    first sale needs none of the library's 15 MB.
    """
    if profile != DEFAULT:
        _job(profile)


def speller(profile: str) -> Spell:
    """What puts a text into the letters the printer `profile` has. Raises DeviceProblem("no_printer")."""
    job = _job(profile)
    return lambda text: _spelled(text, job)


def profiles() -> tuple[tuple[str, str], ...]:
    """Each profile's name, and what maker and printer are called; `default` first. As slow as `load`."""
    found = sorted(
        _library().profile_titles().items(), key=lambda one: (one[0] != DEFAULT, one[1].casefold())
    )
    return tuple(found)


def load() -> None:
    """Have the library loaded; takes up to a second, so call it on a worker thread."""
    _library()


def _job(profile: str) -> Job:
    library = _library()
    try:
        return library.Job(profile)
    except library.UnknownProfile:
        raise DeviceProblem("no_printer", profile=profile) from None


def _check(block: Block, job: Job) -> None:
    """Raises DeviceProblem for a code with a character the printer does not have."""
    if isinstance(block, Secret) and any(job.page_of(character) is None for character in block.value):
        raise DeviceProblem("can_not_render")


def _undressed(job: Job) -> tuple[bool, bool, bool]:
    job.dress(bold=False, tall=False, wide=False)
    return (False, False, False)


def _draw(symbol: QR | Barcode, job: Job, columns: int, dots: int) -> None:
    picture = symbols.picture(symbol, dots) if job.supports(_PICTURES) else None
    if picture is not None:
        job.draw(picture)
        return
    # The same line as in a text file: whoever expects a symbol sees that there is none.
    says = _("QR: {says}") if isinstance(symbol, QR) else _("Bars: {says}")
    for line in centred(_spelled(says.format(says=_("can not be printed here")), job), columns):
        job.write(f"{line}\n")


def _cut(job: Job, columns: int) -> None:
    if job.supports("paperPartCut") or job.supports("paperFullCut"):
        job.cut()
        return
    for line in centred(_spelled(mark(_("cut here")), job), columns):
        job.write(f"{line}\n")
    job.feed(_FEED_BEFORE_TEARING)


def _spelled(text: str, job: Job) -> str:
    """`text` in characters the printer has."""
    if text.isascii():
        return plain(text)
    return "".join(
        character if job.page_of(character) else _replacement(character, job) for character in _normal(text)
    )


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", plain(text))


def _is_kept(character: str, job: Job) -> bool:
    """Whether `character` is printed, spelled as a sign, or nothing to be seen."""
    if job.page_of(character) or character in _SPELLED or unicodedata.category(character) in {"Cf", "Zs"}:
        return True
    simple = unicodedata.normalize("NFKD", character)
    return simple != character and all(job.page_of(part) for part in simple)


def _replacement(character: str, job: Job) -> str:
    if character in _SPELLED:
        return _SPELLED[character]
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return ""
    simple = unicodedata.normalize("NFKD", character)
    kept = "".join(part for part in simple if job.page_of(part))
    if simple != character and kept:
        return kept
    name = unicodedata.name(character, "")
    latin = _LATIN.match(name)
    if latin:
        letters = latin[2]
        return letters if latin[1] == "CAPITAL" else letters.lower()
    if unicodedata.category(character) == "Zs":
        return " "
    return "?"


@cache
def _library() -> ModuleType:
    """The library's part, imported without what it does to its surroundings."""
    with _contained_import():
        from pos_app.printing import escpos_library
    shutil.rmtree(escpos_library.SCRATCH, ignore_errors=True)
    return escpos_library


@contextmanager
def _contained_import() -> Generator[None]:
    """python-escpos configures the root logger and makes a temporary folder when it is imported.

    With a handler in place the former does nothing. The latter it makes in any case, but only without this
    setting it tells where. And it has its printers' data, which is JSON, read by a YAML reader written in
    Python: a third of a second in which the window gets the processor late, for two milliseconds' work.
    """
    root, nothing = logging.getLogger(), logging.NullHandler()
    root.addHandler(nothing)
    elsewhere = os.environ.pop(_SCRATCH_SETTING, None)
    yaml = importlib.import_module("yaml")
    slow = yaml.safe_load
    setattr(yaml, "safe_load", json.load)  # noqa: B010  no attribute of ours
    try:
        yield
    finally:
        setattr(yaml, "safe_load", slow)  # noqa: B010
        root.removeHandler(nothing)
        if elsewhere is not None:
            os.environ[_SCRATCH_SETTING] = elsewhere
