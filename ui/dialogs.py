"""Ask a person and wait for the answer, without a nested loop: open, and await a future."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from ui.sheet import Choice, Sheet


async def ask(
    host: QWidget,
    title: str,
    words: Sequence[str],
    choices: Sequence[Choice],
    clock: Callable[[], float] | None = None,
) -> str:
    """The key of the choice a person made over `host`; empty when they went away from the question.

    With a `clock` the first moment's presses are not heard: they were meant for what lay there before.
    """
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    sheet = Sheet(host, title, words, choices, clock=clock)

    def closed(key: str) -> None:
        if not answer.done():
            answer.set_result(key)

    sheet.closed.connect(closed)
    try:
        return await answer
    except asyncio.CancelledError:
        sheet.close_with("")
        raise
