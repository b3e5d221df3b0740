"""What a command asks for: typed at a terminal, or lines piped in. A key or PIN is never an argument."""

from __future__ import annotations

import contextlib
import getpass
import signal
import sys
from collections.abc import Generator

from pos_app.commands.output import visible


def is_a_person() -> bool:
    """Whether somebody sits at a terminal and can be asked again."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask(question: str, offered: str = "") -> str:
    """What a person types, without blanks around it; `offered` when that is nothing."""
    shown = f"{question} [{visible(offered)}]: " if offered else f"{question}: "
    with _ctrl_c_at_once():
        return input(shown).strip() or offered


def ask_secret(question: str) -> str:
    """What a person types unseen or, without a terminal, the next line of standard input."""
    if not is_a_person():
        return next_line()
    with _ctrl_c_at_once():
        return getpass.getpass(f"{question}: ").strip()


def next_line() -> str:
    """The next line of standard input, without blanks around it; empty when there is none."""
    return sys.stdin.readline().strip() if sys.stdin is not None else ""


def all_lines() -> str:
    """Everything that is still to come on standard input."""
    return sys.stdin.read() if sys.stdin is not None else ""


@contextlib.contextmanager
def _ctrl_c_at_once() -> Generator[None]:
    """The event loop would wait for the answer before it heeds Ctrl-C."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
