"""What is imported when: the contracts of import-linter, and how much a command or a start drags in."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from pos_app.providers import SPECS
from tests.environment import unwatched

ROOT: Final = Path(__file__).resolve().parent.parent
_SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
_HEAVY: Final = {
    "PySide6",
    "babel",
    "cryptography",
    "escpos",
    "httpx",
    "keyring",
    "qasync",
    "segno",
    "starlette",
    "uvicorn",
}


def test_the_contracts_are_kept() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_provider_is_kept_apart_from_the_others() -> None:
    apart = next(one for one in _SETTINGS["contracts"] if one["name"] == "Providers do not know each other")
    modules = {f"pos_app.providers.{spec.name}" for spec in SPECS}
    assert set(apart["modules"]) == modules


def _loaded(code: str) -> set[str]:
    """The top names of everything that is imported after `code` ran in a program of its own."""
    printed = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sorted(sys.modules), sep='\\n')"],
        cwd=ROOT,
        env=unwatched(),
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in printed.stdout.splitlines()}


def test_the_till_opens_without_qt_and_without_what_is_needed_later() -> None:
    assert not _HEAVY & _loaded("import pos_app.opening, pos_app.messages, pos_app.commands.sell")


def test_the_command_line_is_told_apart_before_qt_is_imported() -> None:
    code = (
        "import contextlib, io, ui.__main__\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    ui.__main__.main(['sell', '--help'])"
    )
    assert not _HEAVY & _loaded(code)


def test_the_window_is_painted_before_the_services_are_imported() -> None:
    loaded = _loaded("import ui.start")
    assert {"PySide6", "qasync"} <= loaded
    assert not {"babel", "cryptography", "escpos", "httpx", "keyring", "pydantic", "sqlite3"} & loaded


def test_a_request_comes_without_the_libraries_of_a_command_line() -> None:
    code = "import asyncio, pos_app.providers.http as http; asyncio.run(http._load())"
    loaded = _loaded(f"{code}\nimport sys; assert 'click' not in sys.modules")
    assert {"httpx", "httpcore"} <= loaded
    assert not {"click", "rich", "pygments"} & loaded
    assert "click" in _loaded(f"{code}\nimport click")


@pytest.mark.parametrize("package", ["httpx", "starlette"])
def test_the_measure_measures(package: str) -> None:
    assert package in _loaded(f"import {package}")
