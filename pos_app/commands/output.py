"""How commands speak: sentences for people, one line of JSON for programs."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from pos_app.errors import PosError
from pos_app.messages import explain
from pos_app.money import Money


def set_up() -> None:
    """Make this process's output unable to end a command: what was bought is told by the exit code at least.

    A character the terminal does not have is written as an escape; a log that can not be written is silent.
    """
    logging.raiseExceptions = False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """One line for a person, on standard output."""
    _write(sys.stdout, text)


def warn(text: str) -> None:
    """One line for a person, on standard error."""
    _write(sys.stderr, text)


def emit(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """One JSON object, or a list of them, on a line of standard output."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    say(json.dumps(value, ensure_ascii=encoding != "utf8"))


def visible(text: str) -> str:
    """`text` with an escape for each character that can not be seen: none of them commands a terminal."""
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode("ascii") for mark in text
    )


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except (OSError, ValueError):
        # Whoever read has gone, or the disk behind it is full. The command goes on to its end all the same.
        _let_go(stream)


def _let_go(stream: TextIO) -> None:
    """Send what is still in `stream` nowhere, or it fails once more when the program ends."""
    with contextlib.suppress(OSError, ValueError):
        number = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def amount(money: Money) -> dict[str, str]:
    """Money for programs: plain decimal text of major units, and the currency."""
    return {"amount": f"{money.major:f}", "currency": money.currency}


def tell(error: PosError, *, as_json: bool) -> None:
    """`error` in words on standard error, and as an object on standard output where JSON is asked for."""
    message = explain(error)
    if as_json:
        emit({"error": facts_of(error)})
    warn(" ".join(part for part in (f"{message.title}.", message.what, message.advice) if part))


def facts_of(error: PosError) -> dict[str, object]:
    """`error` for programs: its reason from a closed list, its title, what happened, and what to do.

    `orders` are the ids of those it is about, where there are several to choose from.
    """
    message = explain(error)
    told: dict[str, object] = {
        "reason": error.reason,
        "title": message.title,
        "what": message.what,
        "advice": message.advice,
    }
    return told | ({"orders": error.facts["orders"]} if "orders" in error.facts else {})
