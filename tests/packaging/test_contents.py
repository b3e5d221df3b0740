"""What is let into the packaged program, and what is found to have strayed in."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("Qt/lib/libQt6Widgets.so.6", True),
        ("Qt/lib/libQt6Network.so.6", False),
        ("Qt/lib/libicudata.so.73", True),
        ("QtCore.abi3.so", True),
        ("QtNetwork.abi3.so", False),
        ("Qt6Gui.dll", True),
        ("Qt6Quick.dll", False),
        ("libpyside6.abi3.so.6.11", True),
        ("Qt/plugins/platforms/libqxcb.so", True),
        ("Qt/plugins/platforms/libqoffscreen.so", True),
        ("plugins/platforms/qwindows.dll", True),
        ("Qt/plugins/platforms/libqvnc.so", False),
        ("Qt/plugins/platformthemes/libqgtk3.so", False),
        ("Qt/plugins/tls/libqopensslbackend.so", False),
        ("Qt/translations/qtbase_de.qm", False),
    ],
)
def test_of_qt_only_what_is_used(contents: ModuleType, file: str, wanted: bool) -> None:
    assert contents.qt_file_wanted(PurePosixPath(file)) is wanted


def test_every_country_of_a_language_the_till_speaks(contents: ModuleType) -> None:
    wanted = [
        name
        for name in ("root.dat", "en.dat", "en_GB.dat", "eno.dat", "es_MX.dat", "pt_BR.dat", "fr.dat")
        if contents.locale_wanted(name, ["en", "es", "pt-BR"])
    ]
    assert wanted == ["root.dat", "en.dat", "en_GB.dat", "es_MX.dat", "pt_BR.dat"]


def test_a_stray_module_is_found(contents: ModuleType) -> None:
    modules = [
        "pos_app.sales",
        "json.decoder",
        "httpx",
        "pyimod02_importers",
        "_pyi_rth_utils.qt",
        "__main__",
    ]
    assert contents.strays(modules, {"httpx"}) == []
    assert contents.strays([*modules, "pytest", "rich.table"], {"httpx", "pytest"}) == ["pytest", "rich"]
    assert contents.strays(["tkinter.ttk"], {"httpx"}) == ["tkinter"]


def test_a_stray_file_is_found(contents: ModuleType, tmp_path: Path) -> None:
    good = ("resources/locale/es/LC_MESSAGES/pos.mo", "PySide6/Qt/lib/libQt6Gui.so.6", "countercard")
    stray = ("resources/locale/pos.pot", "PySide6/Qt/lib/libQt6Qml.so.6", "pos_app/sales.py")
    for name in (*good, *stray):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    assert sorted(contents.stray_files(tmp_path)) == sorted(stray)
    assert contents.size(tmp_path) == len(good) + len(stray)


def test_what_the_program_is_made_of_is_allowed(contents: ModuleType) -> None:
    allowed = contents.allowed(ROOT / "requirements.txt")
    assert {"PySide6", "httpx", "escpos", "yaml", "PIL", "dns"} <= allowed
    assert not {"pytest", "hypothesis", "PyInstaller", "polib"} & allowed


def test_the_workshop_is_not_let_in_by_its_name(contents: ModuleType) -> None:
    assert not contents.DEVELOPMENT & set(contents.OWN)
    assert contents.strays(sorted(contents.DEVELOPMENT), contents.DEVELOPMENT) == sorted(contents.DEVELOPMENT)


def test_no_module_of_qt_that_is_used_is_left_out(contents: ModuleType) -> None:
    used = {
        name
        for path in (ROOT / "ui").rglob("*.py")
        for name in re.findall(r"^\s*(?:from|import) PySide6\.(\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {"QtCore", "QtGui", "QtWidgets"} <= used
    assert {name.removeprefix("Qt") for name in used} <= contents.QT_MODULES
    assert not {f"PySide6.{name}" for name in used} & set(contents.UNWANTED)


def test_no_package_the_program_needs_is_left_out(contents: ModuleType) -> None:
    tops = {module for module in contents.UNWANTED if "." not in module}
    used = {
        name
        for folder in contents.OWN
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {"PySide6", "httpx", "segno"} <= used
    assert not tops & used
