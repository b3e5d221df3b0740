"""How commands speak: sentences for people, one line of JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

from pos_app.errors import PosError
from pos_app.messages import explain
from pos_app.money import Money


def say(text: str) -> None:
    """One line for a person, on standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def warn(text: str) -> None:
    """One line for a person, on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def emit(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """One JSON object, or a list of them, on a line of standard output."""
    say(json.dumps(value, ensure_ascii=False))


def amount(money: Money) -> dict[str, str]:
    """Money for programs: plain decimal text of major units, and the currency."""
    return {"amount": f"{money.major:f}", "currency": money.currency}


def tell(error: PosError, *, as_json: bool) -> None:
    """`error` in words on standard error, and as an object on standard output where JSON is asked for."""
    message = explain(error)
    if as_json:
        emit({"error": facts_of(error)})
    warn(" ".join(part for part in (f"{message.title}.", message.what, message.advice) if part))


def facts_of(error: PosError) -> dict[str, str]:
    """`error` for programs: its reason from a closed list, its title, what happened, and what to do."""
    message = explain(error)
    return {"reason": error.reason, "title": message.title, "what": message.what, "advice": message.advice}
