"""The store key as a person can read, copy and type it: groups of letters and digits that check themselves.

A key of 32 bytes is written as 13 groups of five characters of Crockford's base 32, which has no I, L, O and
U. The first four of a group carry 20 bits (four bits say which form this is, then the key); the fifth is the
check over them and the group's place. It is a sum over the field of 32 elements with different weights, so
that a wrong character, two that changed places and two groups that did are found, and it is known where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GROUPS: Final = 13
GROUP_LENGTH: Final = 5
KEY_BYTES: Final = 32

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
# What these are taken for when somebody reads them off paper. U is not among the characters; V looks like it.
_MISREAD: Final = str.maketrans("OILU", "011V")
_BITS: Final = 5
_DATA: Final = GROUP_LENGTH - 1
_FORM: Final = 1
_KEY_BITS: Final = 8 * KEY_BYTES
# x^5 + x^2 + 1, by which products in the field of 32 elements are reduced.
_REDUCE: Final = 0b100101
_CARRY: Final = 0b100000


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What was typed is no key. `groups`, counted from 1, can not be right.

    None are named when each group holds by itself and all together are none of ours.
    """

    groups: tuple[int, ...]


def groups(key: bytes) -> tuple[str, ...]:
    """The groups that stand for `key`, in their order. Raises ValueError unless it has 32 bytes."""
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    number = _FORM << _KEY_BITS | int.from_bytes(key, "big")
    digits = [number >> _BITS * place & _CARRY - 1 for place in reversed(range(GROUPS * _DATA))]
    pieces = [digits[start : start + _DATA] for start in range(0, len(digits), _DATA)]
    return tuple(
        "".join(_ALPHABET[digit] for digit in (*piece, _check(piece, place)))
        for place, piece in enumerate(pieces, 1)
    )


def read(text: str) -> bytes | Mistyped:
    """The key whose groups stand in `text`, or which groups are wrong.

    Groups stand apart by blanks, hyphens or line ends, or all run together. Small letters, O for 0, I and L
    for 1 and U for V are let through.
    """
    pieces = text.replace("-", " ").split()
    if len(pieces) != GROUPS:
        whole = "".join(pieces)
        pieces = [whole[start : start + GROUP_LENGTH] for start in range(0, len(whole), GROUP_LENGTH)]
    pieces += [""] * (GROUPS - len(pieces))
    digits = [_digits(piece) for piece in pieces]
    wrong = [place for place, found in enumerate(digits, 1) if not _holds(found, place)]
    if wrong:
        # What stands behind the last group belongs to it.
        return Mistyped(tuple(sorted({min(place, GROUPS) for place in wrong})))
    number = 0
    for found in digits:
        for digit in found[:_DATA]:
            number = number << _BITS | digit
    if number >> _KEY_BITS != _FORM:
        return Mistyped(())
    return (number - (_FORM << _KEY_BITS)).to_bytes(KEY_BYTES, "big")


def same(group: str, typed: str) -> bool:
    """Whether `typed` is what a person may write for `group`."""
    found = _digits(_together(typed))
    return bool(found) and found == _digits(group)


def holds(typed: str, place: int) -> bool:
    """Whether `typed` can be the group at `place`, counted from 1: its check says so."""
    return _holds(_digits(_together(typed)), place)


def _together(typed: str) -> str:
    return "".join(typed.replace("-", " ").split())


def _digits(piece: str) -> list[int]:
    """The values of the characters; empty when one of them is none of ours."""
    values = [_VALUES.get(character, -1) for character in piece.upper().translate(_MISREAD)]
    return [] if -1 in values else values


def _holds(digits: Sequence[int], place: int) -> bool:
    return len(digits) == GROUP_LENGTH and _check(digits[:_DATA], place) == digits[_DATA]


def _check(digits: Sequence[int], place: int) -> int:
    """The fifth character's value: the sum of the others and the place, each times another weight but 1."""
    total = 0
    for weight, digit in enumerate((*digits, place), 2):
        total ^= _times(weight, digit)
    return total


def _times(one: int, other: int) -> int:
    """The product in the field of 32 elements."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & _CARRY:
            one ^= _REDUCE
        other >>= 1
    return product
