"""Start and end of the window: painted first, opened behind it, closed when everything is finished."""

from __future__ import annotations

import asyncio
import importlib
import sys
from typing import TYPE_CHECKING

# isort: off
import ui.plain_import  # noqa: F401  # pyright: ignore[reportUnusedImport]  before all of PySide6

# isort: on
import qasync
from PySide6.QtWidgets import QApplication

from pos_app.i18n import set_language
from ui import theme
from ui.main_window import MainWindow
from ui.options import WindowOptions

if TYPE_CHECKING:
    from ui.borders import Till

_HEAVY = (
    "pos_app.opening",
    "pos_app.messages",
    "ui.screens.sell",
    "ui.screens.charge",
    "ui.screens.result",
    "ui.screens.orders",
)


def run(options: WindowOptions) -> int:
    """Show the window until it is closed; returns the exit code."""
    if options.language:
        set_language(options.language)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Countercard")
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, options.theme or "light")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_life(app, options))


async def _life(app: QApplication, options: WindowOptions) -> int:
    window = MainWindow()
    closing = asyncio.Event()
    again = asyncio.Event()
    painted = asyncio.Event()
    window.closing.connect(closing.set)
    window.opening_wanted.connect(again.set)
    window.skeleton.painted.connect(painted.set)
    stop_catching = window.notices.catch_everything(asyncio.get_running_loop())
    window.show()
    async with asyncio.TaskGroup() as group:
        opening = group.create_task(_open(app, window, options, painted, again))
        await closing.wait()
        # What is being opened is let finish, so that it can be closed: half a till would stay behind.
        again.set()
        till = await opening
    await window.finish()
    if till is not None:
        await till.close()
    window.close()
    stop_catching()
    return 0


async def _open(
    app: QApplication,
    window: MainWindow,
    options: WindowOptions,
    painted: asyncio.Event,
    again: asyncio.Event,
) -> Till | None:
    """The open register, or None when the person gave up on a till that does not open."""
    await painted.wait()
    closing = False

    def gave_up() -> None:
        nonlocal closing
        closing = True

    window.closing.connect(gave_up)
    while not closing:
        try:
            # In a thread: a till with 30 modules to import would not answer to the mouse meanwhile.
            await asyncio.to_thread(_import_heavy)
            till = await _open_till(options)
        except Exception as error:  # noqa: BLE001  said across the whole window; nothing is hidden
            again.clear()
            if not closing:
                window.tell_trouble(error)
                await again.wait()
            continue
        if not closing:
            if not options.language:
                set_language(till.settings.language)
            if not options.theme:
                theme.apply(app, till.settings.theme)
            window.join(till)
        return till
    return None


async def _open_till(options: WindowOptions) -> Till:
    from pathlib import Path

    from pos_app.opening import Options, open_till
    from ui.printing.qt_printer import render_pdf

    sandbox = Path(options.sandbox) if options.sandbox else None
    register = await open_till(Options(options.store, sandbox, options.live), render_pdf)
    register.watch()
    return register


def _import_heavy() -> None:
    for name in _HEAVY:
        importlib.import_module(name)
