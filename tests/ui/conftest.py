"""Asynchronous tests run on the window's own loop; nothing in them waits by time."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from pos_app import i18n
from tests.cashier import Cashier, cashier_at
from tests.ui.fakes import NOON, FakeTill
from ui import theme

_LONGEST = 240
"""Seconds a whole test may take; how long it does take says more of the machine than of the program."""


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


@pytest.fixture
def arabic(qapp: QApplication) -> Iterator[None]:
    """From right to left, as everything is then."""
    i18n.set_language("ar")
    theme.follow_language(qapp)
    yield
    i18n.set_language("en")
    theme.follow_language(qapp)


@pytest.fixture(autouse=True)
def a_loop_that_outlives_the_window(qapp: QApplication) -> Iterator[None]:
    """As in the program, which ends by itself: closing the window leaves what is still to be finished."""
    qapp.setQuitOnLastWindowClosed(False)
    yield
    qapp.setQuitOnLastWindowClosed(True)


def _run(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any]) -> None:
    loop.run_until_complete(coro)


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    pending = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in pending:
        task.cancel()
    if pending:
        _run(loop, asyncio.wait(pending, timeout=60))
    _run(loop, loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    # pytest has no public way to ask for one more fixture here.
    request: pytest.FixtureRequest = pyfuncitem._request  # pyright: ignore[reportPrivateUsage]
    loop: asyncio.AbstractEventLoop = request.getfixturevalue("qloop")
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in wanted}
    _run(loop, asyncio.wait_for(pyfuncitem.obj(**arguments), _LONGEST))
    return True


Opener = Callable[..., AbstractAsyncContextManager[Cashier]]


@pytest.fixture
def at_window(till: FakeTill) -> Opener:
    """Opens a window over `till`, whose clock is turned by hand."""

    def opener(size: tuple[int, int] = (1280, 800)) -> AbstractAsyncContextManager[Cashier]:
        return cashier_at(till, clock=till.clock, at=lambda: NOON, size=size)

    return opener


@pytest.fixture
def till() -> FakeTill:
    return FakeTill()
