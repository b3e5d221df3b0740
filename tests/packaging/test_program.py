"""The packaged program in out/package, where there is one: nothing strayed in, and it sells.

`make package` builds it; an older one than the sources' version is not looked at.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pos_app import __version__
from pos_app.settings import FILE_NAME
from tests.printer_simulator import PrinterSimulator

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "out" / "package"
PROGRAM = OUT / "countercard" / "countercard"
CONTENTS = OUT / "contents.txt"
_MOST_BYTES = 160_000_000
_PATIENCE = 120


def _is_current() -> bool:
    version = ROOT / "pos_app" / "__init__.py"
    return CONTENTS.exists() and CONTENTS.stat().st_mtime >= version.stat().st_mtime


pytestmark = pytest.mark.skipif(not _is_current(), reason="no packaged program; `make package` builds one")


def _run(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [PROGRAM, *arguments],
        env={**environment, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def _field(made: Path, name: str) -> str:
    """What the Debian package `made` says in its field `name`."""
    command = ("dpkg-deb", "-f", str(made), name)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_nothing_strayed_in(contents: ModuleType) -> None:
    modules = CONTENTS.read_text(encoding="utf-8").split()
    assert {"pos_app.register", "ui.screens.sell", "resources", "keyring.backends.SecretService"} <= set(
        modules
    )
    assert contents.strays(modules, contents.allowed(ROOT / "requirements.txt")) == []
    assert contents.stray_files(PROGRAM.parent) == []
    assert contents.size(PROGRAM.parent) < _MOST_BYTES


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere Qt is told where it lies, before the first line"
)
def test_no_command_waits_for_qt() -> None:
    assert "pyi_rth_pyside6" not in CONTENTS.read_text(encoding="utf-8").split()


def test_the_licence_of_every_part_is_beside_it() -> None:
    licences = PROGRAM.parent / "licences"
    told = (licences / "overview.txt").read_text(encoding="utf-8")
    assert "pyside6-essentials" in told
    assert {"Countercard.txt", "cryptography.txt", "pillow.txt"} <= {path.name for path in licences.iterdir()}


def test_program_and_package_are_of_this_version(tmp_path: Path) -> None:
    assert _run("--version", home=tmp_path).stdout.strip() == f"countercard {__version__}"
    if shutil.which("dpkg-deb"):
        (made,) = OUT.glob(f"countercard_{__version__}_*.deb")
        assert _field(made, "Version") == __version__


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="Debian packages are made on Debian")
def test_the_package_depends_on_every_library_of_qt(qt_libraries: ModuleType) -> None:
    (made,) = OUT.glob(f"countercard_{__version__}_*.deb")
    packages = {part.split()[0] for part in _field(made, "Depends").split(",")}
    # The packages whose names grew a suffix later provide the old names, too.
    known = {name.removesuffix("t64") for name in packages}
    assert {*qt_libraries._OFFSCREEN.values(), *qt_libraries._WINDOW.values()} <= known


def test_it_sells_in_training_with_a_sandbox_of_its_own(tmp_path: Path) -> None:
    recipient = ("--email", "kim@mail.example", "--amount", "30")
    sold = _run(
        *("sell", "--provider", "levelup", "--merchant", "805", *recipient, "--cash", "40"),
        *("--paper", tmp_path / "paper", "--json"),
        home=tmp_path,
    )
    assert sold.returncode == 0, sold.stderr
    order: dict[str, Any] = json.loads(sold.stdout)
    assert order["training"] is True
    assert order["status"] == "fulfilled"
    assert order["change"] == {"amount": "10.00", "currency": "USD"}
    assert "TRAINING, NO VALUE" in (tmp_path / "paper" / "01-000001-receipt.txt").read_text(encoding="utf-8")
    (row,) = json.loads(_run("orders", "--json", home=tmp_path).stdout)
    assert row["order_id"] == order["order_id"]
    held = json.loads(_run("journal", "verify", "--json", home=tmp_path).stdout)
    assert held["broken"] is None


def _sold_and_printed_on(paper: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A sale in training, whose receipt is then printed once more on the printer that `paper` names."""
    recipient = ("--email", "kim@mail.example", "--amount", "30")
    sold = _run("sell", "--provider", "levelup", "--merchant", "805", *recipient, "--cash", "40", home=home)
    assert sold.returncode == 0, sold.stderr
    settings = home / "data" / "countercard" / "training" / FILE_NAME
    settings.write_text(f"[paper]\n{paper}\n", encoding="utf-8")
    return _run("reprint", "01-000001", home=home)


def test_it_prints_in_the_network(tmp_path: Path) -> None:
    """What makes a printer's bytes, and what reads them back before they are sent, is packaged."""

    async def printed() -> tuple[subprocess.CompletedProcess[str], PrinterSimulator]:
        async with PrinterSimulator() as printer:
            paper = f'printer = "network"\nhost = "127.0.0.1"\nport = {printer.port}'
            return await asyncio.to_thread(_sold_and_printed_on, paper, tmp_path), printer

    done, printer = asyncio.run(printed())
    assert done.returncode == 0, done.stderr
    assert len(printer.papers) == 1


def test_it_knows_serial_ports(tmp_path: Path) -> None:
    done = _sold_and_printed_on(f'printer = "serial"\ndevice = "{tmp_path}/COM9"', tmp_path)
    assert done.returncode == 11, done.stderr
    assert "COM9" in done.stderr


def test_it_has_what_reads_codes_back() -> None:
    assert "zxingcpp" in {name.partition(".")[0] for name in CONTENTS.read_text(encoding="utf-8").split()}
