"""The table of states. A new one is a function with `@state` in one of the files beside this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from .stage import Stage

Play = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True)
class State:
    """One picture's worth: on which `screen`, in a few words, its file's `name`, and how one gets there."""

    screen: str
    words: str
    name: str
    play: Play


STATES: Final[list[State]] = []

SCREENS: Final = (
    "First start",
    "Lessons",
    "Sell",
    "Scam guard",
    "Charge",
    "Result",
    "Orders",
    "Attention",
    "Settings",
    "Trouble",
)
"""In the order of the page; a screen that is not among them comes last."""


def state(screen: str) -> Callable[[Play], Play]:
    """Puts a function into the table; it leaves the window as its docstring says."""

    def into_table(play: Play) -> Play:
        words = (play.__doc__ or "").strip().rstrip(".")
        name = f"{screen}-{play.__name__}".lower().replace(" ", "-").replace("_", "-")
        if any(one.name == name for one in STATES):
            raise ValueError(f"two states are called {name}")
        STATES.append(State(screen, words, name, play))
        return play

    return into_table
