"""Start and end of the window: painted first, opened behind it, closed when everything is finished."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

# isort: off
import ui.plain_import  # noqa: F401  # pyright: ignore[reportUnusedImport]  before all of PySide6

# isort: on
import qasync
from PySide6.QtWidgets import QApplication

from pos_app.i18n import set_language
from ui import theme
from ui.garbage import Garbage
from ui.main_window import MainWindow
from ui.options import WindowOptions
from ui.workers import Workers

if TYPE_CHECKING:
    from pos_app.opening import Options
    from pos_app.printing.document import Document
    from pos_app.printing.raster import Bitmap
    from ui.borders import Supplying, Till

Visitor = Callable[[MainWindow, "Till"], Coroutine[Any, Any, None]]
"""Somebody the program plays at its own window."""

_FIRST_START = ("pos_app.first_start", "ui.first_start.screen", "ui.printing.qt_printer")
_TURN = 0.0005
"""Seconds a worker keeps the interpreter when the window wants it.

The window's thread lets go of it at each call into Qt. At the usual 5 ms a turn, forty such calls of one
repaint stand behind the printer library's import for a fifth of a second.
"""
_HEAVY = (
    "pos_app.opening",
    "pos_app.messages",
    "ui.screens.sell",
    "ui.window.open_till",
)


def run(options: WindowOptions, visitor: Visitor | None = None) -> int:
    """Show the window until it is closed; returns the exit code.

    A `visitor` is a person played by the program: it is let to the open till once, and the window closes
    behind it. What it raises ends the program with its error.
    """
    sys.setswitchinterval(_TURN)
    if options.language:
        set_language(options.language)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        # The style by argument: naming it later would cost every start the classes of all styles.
        app = QApplication([*sys.argv[:1], "-style", "fusion"])
    app.setApplicationName("Countercard")
    app.setQuitOnLastWindowClosed(False)
    # A cursor that blinks would paint twice a second for nobody; the focus ring shows where one types.
    app.setCursorFlashTime(0)
    theme.apply(app, options.theme or "light")
    theme.follow_language(app)
    with asyncio.Runner(loop_factory=lambda: _loop(app)) as runner:
        return runner.run(_life(app, options, visitor))


def _loop(app: QApplication) -> asyncio.AbstractEventLoop:
    loop = cast("asyncio.AbstractEventLoop", qasync.QEventLoop(app))
    # Typeshed asks for Python's own pool, qasync for anything that takes work like one.
    loop.set_default_executor(cast("Any", Workers()))
    return loop


async def _life(app: QApplication, options: WindowOptions, visitor: Visitor | None) -> int:
    garbage = Garbage(app)
    window = MainWindow()
    garbage.wait_while(window.pressing.is_on)
    closing = asyncio.Event()
    again = asyncio.Event()
    painted = asyncio.Event()
    window.closing.connect(closing.set)
    window.opening_wanted.connect(again.set)
    window.skeleton.painted.connect(painted.set)
    stop_catching = window.notices.catch_everything(asyncio.get_running_loop())
    if app.platformName() == "offscreen":
        # The screen there is invented; the window is drawn at the size it was made for.
        window.show()
    else:
        show_within_screen(window)
    visit_failed: BaseException | None = None
    async with asyncio.TaskGroup() as group:
        opening = group.create_task(
            _open(app, window, options, (painted, again, closing), garbage, patient=visitor is None)
        )
        if visitor is not None:
            visit_failed = await _visit(visitor, window, opening)
            # Not as a person does: nobody is there to say what became of the money.
            window.end()
        await closing.wait()
        # What is being opened is let finish, so that it can be closed: half a till would stay behind.
        again.set()
        till = await opening
    await window.finish()
    if till is not None:
        await till.close()
    window.close()
    stop_catching()
    garbage.stop()
    if visit_failed is not None:
        raise visit_failed
    return 0


def show_within_screen(window: MainWindow) -> None:
    """Show the window at its own size, or over the whole screen where the screen is smaller."""
    room = window.screen().availableGeometry()
    if room.width() >= window.width() and room.height() >= window.height():
        window.show()
        return
    # Where nobody manages windows, being maximised alone changes nothing.
    window.resize(window.size().boundedTo(room.size()))
    window.move(room.topLeft())
    window.showMaximized()


async def _visit(
    visitor: Visitor, window: MainWindow, opening: asyncio.Task[Till | None]
) -> BaseException | None:
    """Let the visitor to the till once it is open; returns what it raised."""
    till = await asyncio.shield(opening)
    if till is None:
        return None
    try:
        await visitor(window, till)
    except Exception as error:  # noqa: BLE001  raised again once the till is closed in good order
        return error
    return None


async def _open(
    app: QApplication,
    window: MainWindow,
    options: WindowOptions,
    events: tuple[asyncio.Event, asyncio.Event, asyncio.Event],
    garbage: Garbage,
    *,
    patient: bool,
) -> Till | None:
    """The open register, or None when the person gave up on a till that does not open.

    `events`: the window was painted; opening it again is wanted; the window was closed.
    When nobody is there to read what is wrong (`patient` is False), what is wrong is raised.
    """
    painted, again, closing = events
    await painted.wait()
    while not closing.is_set():
        try:
            # In a thread: a till with 30 modules to import would not answer to the mouse meanwhile.
            await asyncio.to_thread(_import_all, _HEAVY)
            chosen = await _training_or_live(app, window, options, closing)
            if chosen is None:
                return None
            till = await _open_till(chosen)
        except Exception as error:  # said across the whole window; nothing is hidden
            if not patient:
                raise
            again.clear()
            if not closing.is_set():
                window.tell_trouble(error)
                await again.wait()
                way = window.way_on
                options = replace(options, moved=way == "moved", only_looks=way == "look")
            continue
        garbage.keep()
        if not closing.is_set():
            set_language(options.language or till.settings.language, till.settings.shop.currency)
            theme.follow_language(app)
            if not options.theme:
                theme.apply(app, till.settings.theme)
            if chosen.live and not chosen.only_looks:
                window.supplying_of = partial(_supplying, chosen)
            window.join(till)
        return till
    return None


async def _training_or_live(
    app: QApplication, window: MainWindow, options: WindowOptions, closing: asyncio.Event
) -> WindowOptions | None:
    """`options`, decided: training, or live in a shop that is set up. None when the window was closed."""
    if options.practises:
        return options
    from pos_app.first_start import first_start_needed
    from pos_app.opening import Options, store_folder

    live = replace(options, live=True)
    wanted = Options(live.store, live=True)
    if not await first_start_needed(store_folder(wanted)):
        return live
    match await _set_up(app, window, wanted, options, closing):
        case "live":
            return live
        case "training":
            # The shop's own store is for real sales only.
            return WindowOptions(training=True, language=options.language, theme=options.theme)
        case _:
            return None


async def _set_up(
    app: QApplication, window: MainWindow, wanted: Options, options: WindowOptions, closing: asyncio.Event
) -> str:
    """Show the first start until somebody wants `live` or `training`; empty when the window was closed."""
    await asyncio.to_thread(_import_all, _FIRST_START)
    from pos_app.first_start import open_first_start

    service = await open_first_start(wanted, _render_pdf, render_raster=_render_raster)
    try:
        if options.language:
            set_language(options.language, service.settings().shop.currency)
        theme.follow_language(app)
        progress = await service.progress()
        if closing.is_set():
            return ""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def decide(way: str) -> None:
            if not answer.done():
                answer.set_result(way)

        window.closing.connect(partial(decide, ""))
        screen = window.begin_first_start(service, progress, welcome=not options.live)
        screen.ready.connect(partial(decide, "live"))
        screen.practise_wanted.connect(partial(decide, "training"))
        return await answer
    finally:
        await window.end_first_start()
        await service.close()


def _supplying(options: WindowOptions, till: Till) -> Supplying:
    from pos_app.first_start.later import Suppliers
    from pos_app.opening import Options

    preferences = till.preferences
    return Suppliers(
        Options(options.store, live=True),
        lambda: preferences.settings,
        preferences.keep_company,
        till.changeover.change,
        till.setting_log.write,
    )


async def _open_till(options: WindowOptions) -> Till:
    from pathlib import Path

    from pos_app.opening import Options, open_till

    sandbox = Path(options.sandbox) if options.sandbox else None
    wanted = Options(options.store, sandbox, options.live, moved=options.moved, only_looks=options.only_looks)
    register = await open_till(wanted, _render_pdf, _render_raster)
    register.watch()
    return register


def _import_all(names: Sequence[str]) -> None:
    for name in names:
        importlib.import_module(name)


def _render_pdf(document: Document, sheet: str) -> bytes:
    """Drawn on a worker thread, where what draws it is imported with the first paper."""
    from ui.printing.qt_printer import render_pages

    return render_pages(document, sheet)


def _render_raster(document: Document, dots: int) -> Bitmap:
    from ui.printing.qt_printer import render_raster

    return render_raster(document, dots)
