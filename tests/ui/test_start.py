"""Start-up: what is imported before the first paint, and which arguments are the window's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import unwatched
from ui.options import WindowOptions, read

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = """
import os, sys
import ui.skeleton
paint = ui.skeleton.Skeleton.paintEvent
def painted(self, event):
    paint(self, event)
    print(*sorted(name.partition(".")[0] for name in sys.modules), flush=True)
    os._exit(0)
ui.skeleton.Skeleton.paintEvent = painted
from ui.__main__ import main
main(["--store", sys.argv[1]])
"""

_IN_ARABIC = """
import asyncio, sys
from pathlib import Path
from pos_app.settings import Settings, save
from ui.options import WindowOptions
from ui.person import Person
from ui.start import run
from PySide6.QtWidgets import QApplication
async def look(window, till):
    person = Person(window)
    await person.until(lambda: person.sees("search"), "the first screen")
    print(QApplication.layoutDirection().name, person.find("rail_sell").accessibleName())
store = Path(sys.argv[1])
store.mkdir(mode=0o700)
save(Settings(language=sys.argv[2]), store / "settings.toml")
sys.exit(run(WindowOptions(store=str(store), training=True, language=sys.argv[3]), look))
"""


@pytest.mark.parametrize(("chosen", "asked_for"), [("ar", ""), ("en", "ar")])
def test_the_window_turns_round_for_the_language_of_the_shop_or_of_who_asks(
    tmp_path: Path, chosen: str, asked_for: str
) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _IN_ARABIC, str(tmp_path / "store"), chosen, asked_for],
        cwd=_ROOT,
        env={**unwatched(), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=240,
    )
    assert told.stdout.split() == ["RightToLeft", "البيع"]


def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "store")],
        cwd=_ROOT,
        env=unwatched(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()
    heavy = {"pydantic", "httpx", "cryptography", "babel", "keyring", "sqlite3", "escpos", "platformdirs"}
    assert "qasync" in printed
    assert not heavy & set(printed)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], WindowOptions()),
        (["--store", "shop", "--live"], WindowOptions(store="shop", live=True)),
        (["--theme=dark", "--language=es"], WindowOptions(theme="dark", language="es")),
        (["--sandbox", "ready.json"], WindowOptions(sandbox="ready.json")),
        (["--training"], WindowOptions(training=True)),
        (["--training", "--store", "play"], WindowOptions(store="play", training=True)),
        (["--training", "--live"], None),
        (["--live", "--sandbox", "ready.json"], None),
        (["sell"], None),
        (["--help"], None),
        (["--store", "shop", "orders"], None),
        (["--store"], None),
        (["--live=yes"], None),
    ],
)
def test_which_arguments_are_the_windows(arguments: list[str], options: WindowOptions | None) -> None:
    assert read(arguments) == options


@pytest.mark.parametrize(
    ("arguments", "practises"),
    [
        ([], False),
        (["--theme", "dark"], False),
        (["--training"], True),
        (["--store", "shop"], True),
        (["--sandbox", "ready.json"], True),
        (["--live"], False),
        (["--live", "--store", "shop"], False),
    ],
)
def test_what_can_only_be_training(arguments: list[str], practises: bool) -> None:
    options = read(arguments)
    assert options is not None
    assert options.practises is practises
