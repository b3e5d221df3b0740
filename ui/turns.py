"""Giving way: work that nobody waits for is done in pieces short enough for a key to come between."""

from __future__ import annotations

import asyncio


async def give_way() -> None:
    """Let what was changed be painted, and in a turn of their own those go on who wait for the loop."""
    # Painting comes at the beginning of the next turn; who goes on in that one works on top of it.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
