"""What holds for every test: no network but this computer, no real keyring, no surprises in the logs."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from typing_extensions import override

from pos_app.logs import LogFile

# Set before anything is imported that reads them; child processes inherit them.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


# How long an example takes says more of the machine than of the program.
hypothesis.settings.register_profile("countercard", deadline=None)
hypothesis.settings.load_profile("countercard")

_tests_ended = [0]
_TESTS_TO_A_FULL_LOOK = 100
_LONGEST = 300
"""Seconds until a test is taken for hung: more than any wait within one lasts, on however slow a machine."""


def pytest_sessionstart() -> None:
    """Garbage is collected between tests and by this thread: a worker thread must not end Qt objects."""
    gc.disable()


def pytest_runtest_logfinish() -> None:
    _tests_ended[0] += 1
    gc.collect(2 if _tests_ended[0] % _TESTS_TO_A_FULL_LOOK == 0 else 1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs: this test is about something the program is to log")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_LONGEST))


@pytest.fixture(autouse=True, scope="session")
def nobodys_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Stores named by a plain name land in a folder of the test run."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Connections leave for this computer only; anything else fails the test that tried."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
            raise AssertionError("a test tried to leave this computer")
        connect(self, address)

    patch.setattr(socket.socket, "connect", only_here)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a test sets up for the program's own log does not stay for the next one."""
    names = ("", "pos_app", "ui", "httpx", "httpcore", "asyncio", "keyring", "qasync")
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = list(logging.getLogger().handlers)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    for handler in list(logging.getLogger().handlers):
        if isinstance(handler, LogFile) and handler not in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()


class _Surprises(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_surprises_in_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning nobody expected fails the test; tests about warnings carry the mark `logs`."""
    handler = _Surprises()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    expected = request.node.get_closest_marker("logs") or "caplog" in request.fixturenames
    surprises = [f"{record.name}: {record.getMessage()}" for record in handler.records]
    assert expected or not surprises, surprises


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
