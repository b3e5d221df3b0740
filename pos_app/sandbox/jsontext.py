"""JSON in and out with money kept exact: a `Decimal` is written as the number it is, digit by digit."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast


class Literally(str):
    """A piece of JSON that is written as it stands, such as a number no program would write."""

    __slots__ = ()


def dumps(value: object) -> bytes:
    """`value` as JSON text; `Decimal("19.20")` becomes the number `19.20`, which no float could promise."""
    return _text(value).encode("ascii")


def _text(value: object) -> str:
    if isinstance(value, Literally):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return "{" + ",".join(f"{json.dumps(key)}:{_text(item)}" for key, item in pairs.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = cast("Sequence[object]", value)
        return "[" + ",".join(_text(item) for item in items) + "]"
    return json.dumps(value, allow_nan=False)


def loads(body: bytes) -> Any:
    """What a request body says, with every fraction as a `Decimal`.

    Raises `ValueError` for anything that is not JSON, `NaN` and bottomless nesting included.
    """

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        return json.loads(body, parse_float=Decimal, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
