"""The collector runs in the window's thread only, and is given back as it was found."""

from __future__ import annotations

import gc
import linecache
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.garbage import Garbage


@pytest.fixture(autouse=True)
def collector_as_it_was() -> Iterator[None]:
    before = gc.isenabled()
    yield
    if before:
        gc.enable()
    else:
        gc.disable()


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_given_back_as_it_was_found(qtbot: QtBot, *, on: bool) -> None:
    del qtbot  # an application has to be there for the timer
    if on:
        gc.enable()
    else:
        gc.disable()
    garbage = Garbage()
    assert not gc.isenabled(), "a worker thread would end Qt objects"
    garbage.stop()
    # One window of several in a process: the others still are.
    assert gc.isenabled() is on


def test_what_the_start_alone_needed_is_given_back(qtbot: QtBot) -> None:
    del qtbot
    linecache.getlines(__file__)
    assert __file__ in linecache.cache
    garbage = Garbage()
    try:
        for _ in range(2):
            garbage.look()
        assert not linecache.cache
    finally:
        garbage.stop()


def test_what_is_kept_is_passed_by_until_the_end(qtbot: QtBot) -> None:
    del qtbot
    garbage = Garbage()
    try:
        garbage.keep()
        assert gc.get_freeze_count() > 1_000
    finally:
        garbage.stop()
    assert gc.get_freeze_count() == 0
