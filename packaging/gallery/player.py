"""One process of the gallery: one language at one scale, all states, each in every theme and size."""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

# isort: off
import ui.plain_import  # noqa: F401  # pyright: ignore[reportUnusedImport]  before all of PySide6

# isort: on
import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from pos_app.i18n import set_language
from tests.sandbox_process import SandboxProcess
from tests.ui.flaws import flaws
from ui import theme
from ui.person import Person
from ui.settings.pane import PreviewPane
from ui.workers import Workers

from .stage import Stage
from .states import STATES, State

# The files whose states there are.
for _file in sorted(Path(__file__).parent.glob("at_*.py")):
    importlib.import_module(f"{__package__}.{_file.stem}")

SIZES: Final = {1: ((1024, 768), (1280, 800)), 2: ((960, 540),)}
"""Widths and heights of the window by the scale of the screen: 960 x 540 at 200 % is 1920 x 1080."""

_THUMB: Final = 320
_LONGEST: Final = 180.0
_AT_REST: Final = 0.02
_TURNS: Final = 3
_PACKED: Final = 85
"""How little a picture is packed, of 100: it is written in a fraction of the time, and a little larger."""


def main(arguments: Sequence[str]) -> int:
    """Play and leave the pictures, with a list of them, in `--out`; returns 0 if none is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--language", required=True)
    parser.add_argument("--scale", type=int, required=True)
    parser.add_argument("--themes", nargs="*", default=list(theme.NAMES))
    parser.add_argument("--states", nargs="*", default=[])
    args = parser.parse_args(arguments)
    states = [one for one in STATES if not args.states or any(part in one.name for part in args.states)]
    # Left to itself Python would end a closed window in the store's thread, and the process with it.
    gc.disable()
    app = QApplication(["countercard", "-style", "fusion"])
    app.setQuitOnLastWindowClosed(False)
    app.setCursorFlashTime(0)
    theme.apply(app, args.themes[0])
    # The shops in the pictures take dollars.
    set_language(args.language, "USD")
    theme.follow_language(app)
    with tempfile.TemporaryDirectory(prefix="countercard-") as folder, SandboxProcess() as sandbox:
        os.environ["XDG_DATA_HOME"] = str(Path(folder) / "data")
        player = _Player(app, args.out, args.language, args.scale, args.themes)
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(player.play(states, Path(folder), sandbox))
    (args.out / f"{args.language}-{args.scale}.json").write_text(json.dumps(player.made), encoding="utf-8")
    (args.out / f"{args.language}-{args.scale}.txt").write_text(
        "".join(f"{one}\n" for one in player.flaws), "utf-8"
    )
    return 1 if player.failed else 0


def _loop() -> asyncio.AbstractEventLoop:
    loop = cast("asyncio.AbstractEventLoop", qasync.QEventLoop(QApplication.instance()))
    loop.set_default_executor(cast("Any", Workers()))
    return loop


class _Player:
    def __init__(
        self, app: QApplication, out: Path, language: str, scale: int, themes: Sequence[str]
    ) -> None:
        self._app, self._out, self._language, self._scale = app, out, language, scale
        self._themes = themes
        self.made: list[dict[str, str]] = []
        self.flaws: list[str] = []
        self.failed = False

    async def play(self, states: Sequence[State], folder: Path, sandbox: SandboxProcess) -> None:
        """Take the pictures of all states; one that can not be made does not keep the others from it."""
        stage = Stage(folder, sandbox, self._language, SIZES[self._scale][-1])
        for state in states:
            try:
                async with asyncio.timeout(_LONGEST):
                    await state.play(stage)
                    await self._take(state, stage.window())
            except Exception:  # noqa: BLE001  told, and counted in the exit code
                self.failed = True
                print(f"{state.name} ({self._language}, {self._scale}): could not be made", file=sys.stderr)
                traceback.print_exc(limit=6)
            await stage.clear()
            gc.collect()
        await stage.close()

    async def _take(self, state: State, window: QWidget) -> None:
        # To dress the window anew takes longer than a picture: it begins with the look it has.
        themes = sorted(self._themes, key=lambda name: name != theme.name())
        for name in themes:
            theme.apply(self._app, name)
            for wide, high in SIZES[self._scale]:
                window.resize(wide, high)
                # What is laid out anew asks for more of it, once or twice.
                for _turn in range(_TURNS):
                    await asyncio.sleep(_AT_REST)
                await self._previews(window)
                if name == themes[0]:
                    self._look_for_flaws(state, window, wide)
                self._save(state, window, name, (wide * self._scale, high * self._scale))

    async def _previews(self, window: QWidget) -> None:
        """Wait for papers beside a form: for another width one is drawn anew, and not at once."""
        person = Person(window)
        panes = window.findChildren(PreviewPane)
        await person.until(lambda: not any(pane.busy() for pane in panes), "the papers")

    def _look_for_flaws(self, state: State, window: QWidget, wide: int) -> None:
        self.flaws += [f"{state.name} ({self._language}, {wide}): {one}" for one in flaws(window)]

    def _save(self, state: State, window: QWidget, theme_name: str, size: tuple[int, int]) -> None:
        place = Path(self._language, theme_name, f"{size[0]}x{size[1]}", f"{state.name}.png")
        picture = window.grab()
        small = picture.scaledToWidth(_THUMB, Qt.TransformationMode.SmoothTransformation)
        for image, path in ((picture, self._out / place), (small, self._out / "small" / place)):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not image.save(str(path), "PNG", _PACKED):
                raise OSError(f"{path} can not be written")
        facts = {"state": state.name, "screen": state.screen, "words": state.words, "path": place.as_posix()}
        facts |= {"language": self._language, "theme": theme_name, "size": f"{size[0]}x{size[1]}"}
        self.made.append(facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
