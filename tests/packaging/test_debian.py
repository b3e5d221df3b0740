"""The Debian package, made of a program as small as can be."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from pos_app import training
from tests.packaging.conftest import FOLDER
from ui import options

_TOOLS = ("dpkg-deb", "dpkg", "objdump")
_MOMENT = 1_700_000_000

debian_here = pytest.mark.skipif(
    not all(map(shutil.which, _TOOLS)) or not Path("/bin/true").exists(),
    reason="Debian packages are made on Debian, with binutils",
)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "countercard"
    (folder / "_internal").mkdir(parents=True)
    shutil.copy("/bin/true", folder / "countercard")
    (folder / "_internal" / "data.txt").write_text("there")
    (folder / "_internal" / "link").symlink_to("data.txt")
    return folder


def _said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@debian_here
def test_the_package_has_the_program_its_command_and_its_entry(
    debian: ModuleType, program: Path, tmp_path: Path
) -> None:
    made = debian.build(program, "1.2.3", tmp_path, _MOMENT)
    assert made.name.startswith("countercard_1.2.3_")
    fields = {name: _said("dpkg-deb", "-f", made, name).strip() for name in ("Package", "Version", "Depends")}
    assert fields["Package"] == "countercard"
    assert fields["Version"] == "1.2.3"
    assert {"ca-certificates", "tzdata"} <= set(fields["Depends"].split(", "))
    assert "libc6 (>= " in fields["Depends"]
    listed = _said("dpkg-deb", "-c", made).splitlines()
    assert all(line.split()[1] == "root/root" for line in listed)
    assert all("2023-11-14" in line for line in listed)
    unpacked = tmp_path / "unpacked"
    _said("dpkg-deb", "-x", made, unpacked)
    assert (unpacked / "usr/bin/countercard").readlink() == Path("/opt/countercard/countercard")
    assert (unpacked / "opt/countercard/_internal/link").read_text() == "there"
    for name in ("applications/countercard.desktop", "icons/hicolor/scalable/apps/countercard.svg"):
        assert (unpacked / "usr/share" / name).exists()
    assert (unpacked / "usr/share/doc/countercard/copyright").exists()


@debian_here
def test_the_same_program_makes_the_same_package(debian: ModuleType, program: Path, tmp_path: Path) -> None:
    first = debian.build(program, "1.2.3", tmp_path, _MOMENT).read_bytes()
    (program / "countercard").touch()
    assert debian.build(program, "1.2.3", tmp_path, _MOMENT).read_bytes() == first


@debian_here
def test_a_library_that_is_not_brought_along_is_asked_of_debian(debian: ModuleType, program: Path) -> None:
    assert "libc.so.6" in debian.needed_libraries(program)
    (program / "libc.so.6").write_bytes(b"")
    assert "libc.so.6" not in debian.needed_libraries(program)
    cache = _said("/sbin/ldconfig", "-p")
    assert debian.packages_of(["libc.so.6"], cache) == {"libc.so.6": "libc6"}
    with pytest.raises(SystemExit, match=r"libnowhere\.so"):
        debian.packages_of(["libnowhere.so"], cache)


def test_what_is_depended_on_is_sorted_and_said_once(debian: ModuleType) -> None:
    said = debian.depends(["libz1", "libc6", "libz1"], {"libc6": "2.36"})
    assert said == "ca-certificates, libc6 (>= 2.36), libz1, tzdata"


def test_the_entry_in_the_menu_starts_what_the_program_understands() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]  as configparser documents it
    entry.read(FOLDER / "debian" / "countercard.desktop", encoding="utf-8")
    started = [entry[section]["Exec"].split() for section in entry.sections()]
    assert [command[0] for command in started] == ["countercard", "countercard"]
    assert all(options.read(command[1:]) is not None for command in started)
    main = entry["Desktop Entry"]
    assert main["Actions"] == "practise;"
    assert "Desktop Action practise" in entry
    assert main["Icon"] == "countercard"


def test_the_icon_is_a_square_drawing() -> None:
    drawing = ET.parse(FOLDER / "debian" / "countercard.svg").getroot()  # noqa: S314  our own file
    assert drawing.get("width") == drawing.get("height")


def test_a_packaged_program_starts_its_sandbox_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert training._program()[1:] == ["-m", "pos_app.sandbox"]  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert training._program() == [sys.executable, "sandbox"]  # pyright: ignore[reportPrivateUsage]
