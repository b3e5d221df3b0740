"""A picture of one bit a dot, and the bytes by which a receipt printer prints it (GS v 0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

_PRINT: Final = b"\x1dv0\x00"
_BAND: Final = 256
"""Rows sent at once. Printers keep a band in memory; one of 576 dots is 18 KB."""

_DASH: Final = 16


@dataclass(frozen=True, slots=True)
class Bitmap:
    """`height` rows of `width` dots. A row is `stride` bytes, its first dot the highest bit; 1 is black."""

    width: int
    height: int
    bits: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.bits) != self.stride * self.height:
            raise ValueError("not as many dots as rows and columns make")

    @property
    def stride(self) -> int:
        """Bytes in a row; the dots behind the last one are white."""
        return (self.width + 7) // 8


def from_rows(rows: Iterable[bytes | bytearray], scale: int = 1, tall: int | None = None) -> Bitmap:
    """A picture of `rows` with a byte for each dot (0 is white), made `scale` wide and as high, or `tall`."""
    lines: list[bytes] = []
    width = 0
    for row in rows:
        width = len(row) * scale
        dots = "".join(("1" if dot else "0") * scale for dot in row)
        dots += "0" * (-width % 8)
        lines += [int(dots, 2).to_bytes(len(dots) // 8)] * (scale if tall is None else tall)
    return Bitmap(width, len(lines), b"".join(lines))


def stacked(pictures: Iterable[Bitmap]) -> Bitmap:
    """Pictures of one width, one under the other."""
    all_of_them = list(pictures)
    (width,) = {picture.width for picture in all_of_them}
    height = sum(picture.height for picture in all_of_them)
    return Bitmap(width, height, b"".join(picture.bits for picture in all_of_them))


def printing(picture: Bitmap) -> bytes:
    """The bytes that print `picture`, in bands, at the place where the printer stands."""
    return b"".join(_bands(picture))


def tear_line(width: int) -> Bitmap:
    """A dashed line, `width` dots wide, where paper is to be cut by hand."""
    row = bytes(int(_DASH // 2 <= dot % (2 * _DASH) < _DASH + _DASH // 2) for dot in range(width))
    blank = bytes(width)
    return stacked((from_rows([blank], tall=_DASH), from_rows([row], tall=2), from_rows([blank], tall=_DASH)))


def _bands(picture: Bitmap) -> Iterator[bytes]:
    stride = picture.stride
    for top in range(0, picture.height, _BAND):
        rows = min(_BAND, picture.height - top)
        yield _PRINT + stride.to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield picture.bits[top * stride : (top + rows) * stride]
