"""A cashier at the whole program: the real window, the real register, a sandbox over real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from pos_app.opening import Options, open_till
from pos_app.register import Register
from tests.cashier import Cashier, cashier_at
from tests.sandbox_process import SandboxProcess

# The loop and the way to run asynchronous tests on it are the window tests' own.
from tests.ui.conftest import light, pytest_pyfunc_call, qloop
from ui.printing.qt_printer import render_pages, render_raster

__all__ = ["light", "pytest_pyfunc_call", "qloop"]


class Counter:
    """A shop's counter: opens the till over one store, as often as a journey closes it."""

    def __init__(self, store: Path, ready: Path, sandbox: SandboxProcess) -> None:
        self.admin = sandbox.admin
        self.paper = store / "paper"
        self.register: Register | None = None
        self._store = store
        self._ready = ready
        self._seconds = 0.0

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Cashier]:
        """Open the till and put a cashier in front of it; close it in good order afterwards."""
        register = await open_till(Options(str(self._store), self._ready), render_pages, render_raster)
        self.register = register
        if not register.catalog.count:
            await register.catalog.refresh()
        await register.connections.look()
        if (await register.accounts.account("cardpluspay")).declared:
            # What nobody answered for stays so until a person decides: nothing is found out behind a cashier.
            await register.accounts.declare("cardpluspay", exclusive=False, by="Ana")
        register.watch()
        try:
            async with cashier_at(register, clock=self.seconds) as cashier:
                yield cashier
        finally:
            await register.close()

    def ready(self) -> Mapping[str, str]:
        """What the till knows of the sandbox: addresses and credentials."""
        return json.loads(self._ready.read_text(encoding="utf-8"))

    def write_ready(self, ready: Mapping[str, str]) -> None:
        """Have the next till that is opened know something else."""
        self._ready.write_text(json.dumps(dict(ready)), encoding="utf-8")

    def seconds(self) -> float:
        """The window's clock: it is turned by the journey alone, however long the machine takes."""
        return self._seconds

    def wait_a_moment(self, seconds: float = 0.5) -> None:
        """Let time pass on the window's clock: after half a second a new screen takes Enter."""
        self._seconds += seconds

    async def pay_exact(self, cashier: Cashier) -> None:
        """From the basket to *Money received*, in cash, exactly."""
        await cashier.charge()
        self.wait_a_moment()
        cashier.press("Enter")


@pytest.fixture(autouse=True)
def a_loop_that_outlives_the_window(qapp: QApplication) -> Iterator[None]:
    """As in the program: closing the window does not stop what the register still has to finish."""
    qapp.setQuitOnLastWindowClosed(False)
    yield
    qapp.setQuitOnLastWindowClosed(True)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def counter(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Counter]:
    ready = tmp_path / "ready.json"
    ready.write_text(sandbox.line, encoding="utf-8")
    yield Counter(tmp_path / "store", ready, sandbox)
    sandbox.admin.clear_faults()
