"""What print services are asked and answer: messages of the Internet Printing Protocol (RFC 8010), as bytes.

Only the few kinds of values a till needs are understood; what else an answer holds is passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Value: TypeAlias = str | int | bool | None
Kind: TypeAlias = Literal["uri", "name", "keyword", "mime", "number", "flag"]

CREATE_JOB: Final = 0x0005
SEND_DOCUMENT: Final = 0x0006
CANCEL_JOB: Final = 0x0008
JOB: Final = 0x0009
PRINTER: Final = 0x000B
PRINTERS: Final = 0x4002
"""Which printers there are: CUPS's own operation."""

NOT_ALLOWED: Final = 0x0403
MISSING: Final = 0x0406
NOT_ACCEPTING: Final = 0x0506

_END: Final = 0x03
_OF_OPERATION: Final = 0x01
_OF_JOB: Final = 0x02
_OF_PRINTER: Final = 0x04
_LAST_DELIMITER: Final = 0x0F
_LAST_OUT_OF_BAND: Final = 0x1F
_FIRST_SUCCESS, _LAST_SUCCESS = 0x0000, 0x00FF
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_TEXTS: Final = frozenset({0x41, 0x42, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49})
_TAGS: Final[dict[Kind, int]] = {
    "uri": 0x45,
    "name": 0x42,
    "keyword": 0x44,
    "mime": 0x49,
    "number": _INTEGER,
    "flag": _BOOLEAN,
}


class Unreadable(ValueError):
    """What came is no answer of a print service."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status, and what it says of each printer or job, one after the other."""

    status: int
    printers: tuple[Mapping[str, tuple[Value, ...]], ...] = ()
    jobs: tuple[Mapping[str, tuple[Value, ...]], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return _FIRST_SUCCESS <= self.status <= _LAST_SUCCESS


Fact: TypeAlias = tuple[str, Kind, str | int | bool | Sequence[str]]
"""Name, kind and value, or several values."""


def asked(
    operation: int, facts: Sequence[Fact], document: bytes = b"", *, of_job: Sequence[Fact] = ()
) -> bytes:
    """A request with `facts` in the protocol's own order, `of_job` about the job, and the `document`."""
    message = struct.pack(">BBHIB", 2, 0, operation, 1, _OF_OPERATION)
    message += _attribute(0x47, "attributes-charset", b"utf-8")
    message += _attribute(0x48, "attributes-natural-language", b"en")
    message += _spelled(facts)
    if of_job:
        message += bytes([_OF_JOB]) + _spelled(of_job)
    return message + bytes([_END]) + document


def read(message: bytes) -> Said:
    """The answer in `message`. Raises Unreadable."""
    try:
        return _read(message)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise Unreadable from None


def _read(message: bytes) -> Said:
    (status,) = struct.unpack_from(">H", message, 2)
    groups: list[tuple[int, dict[str, tuple[Value, ...]]]] = []
    at, name = 8, ""
    while (tag := message[at]) != _END:
        at += 1
        if tag <= _LAST_DELIMITER:
            groups.append((tag, {}))
            continue
        if not groups:
            raise Unreadable
        said, at = _piece(message, at)
        value, at = _piece(message, at)
        name = said.decode() or name
        found = groups[-1][1]
        found[name] = (*found.get(name, ()), _value(tag, value))
    of = {kind: tuple(found for tag, found in groups if tag == kind) for kind in (_OF_PRINTER, _OF_JOB)}
    return Said(status, of[_OF_PRINTER], of[_OF_JOB])


def _piece(message: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", message, at)
    end = at + 2 + length
    if end > len(message):
        raise Unreadable
    return message[at + 2 : end], end


def _value(tag: int, data: bytes) -> Value:
    if tag in {_INTEGER, _ENUM}:
        return int(struct.unpack(">i", data)[0])
    if tag == _BOOLEAN:
        return data != b"\0"
    return data.decode() if tag in _TEXTS else None


def _spelled(facts: Sequence[Fact]) -> bytes:
    spelled = b""
    for name, kind, value in facts:
        values = [value] if isinstance(value, str | int) else value
        for place, one in enumerate(values):
            spelled += _attribute(_TAGS[kind], "" if place else name, _packed(one))
    return spelled


def _packed(value: str | int) -> bytes:
    match value:
        case bool():
            return b"\1" if value else b"\0"
        case int():
            return struct.pack(">i", value)
        case str():
            return value.encode()


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    spelled = name.encode()
    return bytes([tag]) + struct.pack(">H", len(spelled)) + spelled + struct.pack(">H", len(value)) + value
