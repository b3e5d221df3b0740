"""Work that would hold up the window is done elsewhere, by no more threads than there is work for."""

from __future__ import annotations

import threading

from ui.workers import Workers


def _names() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("worker")]


def test_there_is_nobody_before_there_is_work_and_nobody_after_the_end() -> None:
    workers = Workers()
    assert _names() == []
    assert workers.submit(threading.get_ident).result(60) != threading.get_ident()
    assert workers.submit(divmod, 7, 2).result(60) == (3, 1)
    assert len(_names()) >= 1
    workers.shutdown()
    assert _names() == []


def test_what_waits_keeps_nobody_else_waiting() -> None:
    workers, gate = Workers(), threading.Event()
    waiting = workers.submit(gate.wait, 60)
    assert workers.submit(divmod, 7, 2).result(60) == (3, 1)
    gate.set()
    assert waiting.result(60)
    workers.shutdown()


def test_nobody_was_needed() -> None:
    Workers().shutdown()
    assert _names() == []
