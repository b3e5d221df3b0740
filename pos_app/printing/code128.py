"""Code 128 (ISO/IEC 15417): a text of plain characters as bars, in as few of them as can be."""

from __future__ import annotations

from typing import Final

# Widths of bars and gaps in turn, for each value; the last three begin a symbol in set A, B or C.
_WIDTHS: Final = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
]
_STOP: Final = "2331112"
_TO_C, _TO_B, _START_B, _START_C = 99, 100, 104, 105
_MODULUS: Final = 103
_FIRST, _LAST = " ", "~"


def modules(text: str) -> bytes | None:
    """The bars of `text` without quiet zones, a byte for each module (1 is black); None if it has none.

    Only characters from blank to tilde can be in it, and at least one.
    """
    if not text or not all(_FIRST <= character <= _LAST for character in text):
        return None
    values = _values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % _MODULUS
    widths = "".join(_WIDTHS[value] for value in (*values, check)) + _STOP
    return b"".join(bytes([1 - place % 2]) * int(width) for place, width in enumerate(widths))


def _values(text: str) -> list[int]:
    """Start and characters, the shortest way: pairs of digits take half as much in set C."""
    in_b: list[int] = []
    in_c: list[int] = []
    behind_c: list[int] = []
    start: list[int] = []
    for place in range(len(text) - 1, -1, -1):
        as_b = [ord(text[place]) - ord(_FIRST), *in_b]
        pair = text[place : place + 2]
        as_c = [int(pair), *behind_c] if len(pair) > 1 and pair.isdigit() else None
        behind_c = in_c
        if as_c is None:
            in_b, in_c, start = as_b, [_TO_B, *as_b], [_START_B, *as_b]
        else:
            in_b = min(as_b, [_TO_C, *as_c], key=len)
            in_c = min(as_c, [_TO_B, *as_b], key=len)
            start = min([_START_C, *as_c], [_START_B, *as_b], key=len)
    return start
