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
