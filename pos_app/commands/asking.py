"""What a command asks for: typed at a terminal, or lines piped in. A key or PIN is never an argument."""

from __future__ import annotations

import contextlib
import getpass
import io
import os
import select
import signal
import sys
from collections.abc import Generator
from typing import Final

from pos_app.commands.output import visible

_LOOK_SECONDS: Final = 0.2


def is_a_person() -> bool:
    """Whether somebody sits at a terminal and can be asked again."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_any_bytes() -> None:
    """Have bytes that are no text come in as halves of characters, which every entry refuses in words."""
    stream: object = sys.stdin
    if isinstance(stream, io.TextIOWrapper):
        # A recipient that was piped in was read before: what is read already is read.
        with contextlib.suppress(io.UnsupportedOperation):
            stream.reconfigure(errors="surrogateescape")


def ask(question: str, offered: str = "") -> str:
    """What a person types, without blanks around it; `offered` when that is nothing.

    Raises KeyboardInterrupt at Ctrl-C, and when the terminal is closed.
    """
    shown = f"{question} [{visible(offered)}]: " if offered else f"{question}: "
    return typed(shown).strip() or offered


def ask_secret(question: str) -> str:
    """What a person types unseen or, without a terminal, the next line of standard input."""
    return typed(f"{question}: ", hidden=True).strip() if is_a_person() else next_line()


def next_line() -> str:
    """The next line of standard input, without blanks around it; empty when there is none."""
    return sys.stdin.readline().strip() if sys.stdin is not None else ""


def all_lines() -> str:
    """Everything that is still to come on standard input."""
    return sys.stdin.read() if sys.stdin is not None else ""


def typed(shown: str, *, hidden: bool = False) -> str:
    """A line off the terminal, asked for on standard error; `hidden` when nobody may see it there."""
    if hidden and os.name != "posix":
        return getpass.getpass(shown)
    with _ctrl_c_at_once(), _unseen() if hidden else contextlib.nullcontext():
        sys.stderr.write(shown)
        sys.stderr.flush()
        # Looked at in turns: a Ctrl-C that another thread was handed does not wake a read.
        while os.name == "posix" and not select.select([sys.stdin], [], [], _LOOK_SECONDS)[0]:
            pass
        line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line


@contextlib.contextmanager
def _ctrl_c_at_once() -> Generator[None]:
    """The event loop would wait for the answer before it heeds Ctrl-C."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _unseen() -> Generator[None]:
    """Let the terminal show nothing of what is typed."""
    import termios

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(number, termios.TCSAFLUSH, silent)
    try:
        yield
    finally:
        termios.tcsetattr(number, termios.TCSAFLUSH, before)
        sys.stderr.write("\n")
