"""Ask a person and wait for the answer, without a nested loop: open, and await a future."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from ui.sheet import Choice, Sheet


async def ask(host: QWidget, title: str, words: Sequence[str], choices: Sequence[Choice]) -> str:
    """The key of the choice a person made over `host`; empty when they went away from the question."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    sheet = Sheet(host, title, words, choices)

    def closed(key: str) -> None:
        if not answer.done():
            answer.set_result(key)

    sheet.closed.connect(closed)
    try:
        return await answer
    except asyncio.CancelledError:
        sheet.close_with("")
        raise
