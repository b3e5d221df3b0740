"""The program and the computer it runs on: nothing here needs a store."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from importlib import resources
from pathlib import Path
from typing import Final

from pos_app import __version__, i18n
from pos_app.doctor.case import Case
from pos_app.doctor.findings import Said, local
from pos_app.i18n import _
from pos_app.opening import SETTINGS
from pos_app.settings import load, unknown
from pos_app.store.drive import drive_of, is_in_memory, is_remote

_OLDEST: Final = (3, 11)
_BEHIND_NEWEST: Final = (3, 14)
_LIBRARIES: Final = (
    "babel",
    "cryptography",
    "escpos",
    "filelock",
    "httpx",
    "keyring",
    "segno",
    "starlette",
    "tomli_w",
    "truststore",
    "uvicorn",
)
PARTS: Final = (
    ("resources", "fonts/Inter-Regular.otf"),
    ("resources", "theme/window.qss"),
    ("resources", "icons/printer.svg"),
    ("resources", "locale/en/formats.json"),
    ("pos_app.store", "migrations/0001_journal.sql"),
    ("pos_app.store", "migrations/0002_people.sql"),
)
"""What the program can not do without, by package and name."""

_MEGABYTE: Final = 1_000_000
_TOO_LITTLE: Final = 20 * _MEGABYTE
_LITTLE: Final = 250 * _MEGABYTE


async def program(_case: Case) -> Said:
    """Which Countercard on which Python, and whether everything it is made of is there."""
    what = _("Countercard {version}, Python {python}, {system}.").format(
        version=__version__, python=platform.python_version(), system=f"{sys.platform} {platform.machine()}"
    )
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        return Said(
            "fail",
            _("{what} Missing: {libraries}.").format(what=what, libraries=", ".join(missing)),
            _("Install Countercard again."),
        )
    if not _OLDEST <= sys.version_info[:2] < _BEHIND_NEWEST:
        return Said("warn", what, _("Countercard is made for Python 3.11 to 3.13."))
    return Said("ok", what)


async def window(_case: Case) -> Said:
    """Whether Qt is there; it is not loaded."""
    if importlib.util.find_spec("PySide6") is None:
        return Said(
            "warn",
            _("Qt is not installed: the window can not open. Commands work."),
            _("Install Countercard again to have its window."),
        )
    try:
        version = importlib.metadata.version("PySide6-Essentials")
    except importlib.metadata.PackageNotFoundError:
        # A packaged program brings Qt and not the notes about it.
        version = ""
    return Said("ok", _("Qt {version} is installed.").format(version=version or "6"))


async def parts(_case: Case) -> Said:
    """Fonts, themes, icons, formats, the database's tables; translations but for English may be missing."""
    missing = [
        name for package, name in PARTS if not resources.files(package).joinpath(*name.split("/")).is_file()
    ]
    if missing:
        return Said(
            "fail",
            _("Parts of the program are missing: {names}.").format(names=", ".join(missing)),
            _("Install Countercard again."),
        )
    return Said(
        "ok",
        _("Everything is there. Languages: {languages}.").format(languages=", ".join(i18n.languages())),
    )


async def settings(case: Case) -> Said:
    """The settings file; the language it names is spoken from here on."""
    path = case.folder / SETTINGS
    case.settings = await asyncio.to_thread(load, path)
    i18n.set_language(case.settings.language, case.settings.shop.currency)
    if names := unknown(case.settings):
        return Said(
            "warn",
            _("The settings file has names nobody knows here: {names}. They have no effect.").format(
                names=", ".join(names)
            ),
            _("Correct them in {path}, or take them out.").format(path=path),
        )
    if await asyncio.to_thread(path.exists):
        return Said("ok", _("The settings can be read."))
    return Said("ok", _("Nothing was chosen yet: everything is as it comes."))


async def zone(case: Case) -> Said:
    """The shop's time zone, and what time it is there by this computer's clock."""
    name = case.settings.shop.zone
    return Said(
        "ok",
        _("In the shop's time zone {zone} it is {time} by this computer's clock.").format(
            zone=name, time=local(case.now(), name)
        ),
    )


async def folder(case: Case) -> Said:
    """Whether the store's folder can be written, or made. Nothing is written or made to find out."""
    known = await asyncio.to_thread(_nearest, case.folder)
    exists = known == case.folder
    if not await asyncio.to_thread(_takes_files, known):
        return Said(
            "fail",
            _("The folder {path} can not be written to.").format(path=known),
            _("Check the folder's rights and the disk. Until then nothing can be sold."),
        )
    if exists:
        return Said("ok", _("The folder {path} can be written to.").format(path=case.folder))
    return Said("ok", _("The folder {path} is not there yet and can be made.").format(path=case.folder))


async def drive(case: Case) -> Said:
    """Whether the folder lies on a drive of this computer."""
    return about_drive(await asyncio.to_thread(drive_of, case.folder))


def about_drive(kind: str) -> Said:
    """Whether a file system called `kind` is one for a store; empty where nothing is known about it."""
    if is_remote(kind):
        return Said(
            "fail",
            _("The store lies on a network drive ({kind}). It can be damaged there, and orders lost.").format(
                kind=kind
            ),
            _("Move the store's folder to a drive of this computer."),
        )
    if is_in_memory(kind):
        return Said(
            "warn",
            _("The store lies in memory ({kind}): it is gone when the computer is switched off.").format(
                kind=kind
            ),
            _("Move the store's folder to a disk before anything real is sold."),
        )
    if not kind:
        return Said("ok", _("Nothing speaks for a network drive."))
    return Said("ok", _("The store lies on a drive of this computer ({kind}).").format(kind=kind))


async def disk(case: Case) -> Said:
    """How much room is left where the store lies."""
    free = await asyncio.to_thread(lambda: shutil.disk_usage(_nearest(case.folder)).free)
    what = _("{free} MB are free.").format(free=free // _MEGABYTE)
    if free < _TOO_LITTLE:
        return Said("fail", what, _("Free some space at once: a full disk stops all selling."))
    if free < _LITTLE:
        return Said("warn", what, _("Free some space soon: a full disk stops all selling."))
    return Said("ok", what)


def takes_files(folder: Path) -> bool:
    """Whether `folder`, or the nearest above it that is there, takes new files."""
    return _takes_files(_nearest(folder))


def _takes_files(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _nearest(folder: Path) -> Path:
    """`folder`, or the nearest above it that is there."""
    return next((path for path in (folder, *folder.parents) if path.exists()), folder)
