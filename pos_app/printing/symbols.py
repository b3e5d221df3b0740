"""QR codes and bars: which of them a paper has room for, and their modules."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeVar

from pos_app.i18n import _
from pos_app.printing import code128
from pos_app.printing.document import QR, Barcode, Document, Text
from pos_app.printing.raster import Bitmap, from_rows, stacked

Symbol = Literal["qr", "code128"]

DOTS_A_MM: Final = 8
"""What receipt printers print: 203 dpi."""

MARGIN: Final = 8
"""Dots of a line that stay white, at both edges together."""

SMALLEST_MODULE: Final = 4
"""Dots of the smallest QR module a telephone reads at arm's length: half a millimetre."""
SMALLEST_BAR: Final = 2
"""Dots of the thinnest bar that survives a thermal head: a quarter of a millimetre."""

_LARGEST_MODULE: Final = 6
_LARGEST_BAR: Final = 3
_BAR_HEIGHT: Final = 12 * DOTS_A_MM
_BARS_ABOVE: Final = 16
_QR_QUIET: Final = 4
_BARS_QUIET: Final = 10
_NARROW: Final = 420
"""Paper of fewer dots is 58 mm wide: bars are for the wider one."""

_Other = TypeVar("_Other")


def chosen(document: Document, symbol: Symbol, dots: int) -> Document:
    """`document` with the symbols the shop has chosen, where paper of `dots` dots has room for them.

    Bars that have no room, or can not hold a code's characters, are a QR code again; where not even that
    fits, a line says that there is none.
    """
    room = dots - MARGIN

    def decided(block: _Other | QR | Barcode) -> _Other | QR | Barcode | Text:
        if not isinstance(block, QR | Barcode):
            return block
        wants_bars = isinstance(block, Barcode) or symbol == "code128"
        if wants_bars and dots > _NARROW and bars(block.payload, room // SMALLEST_BAR) is not None:
            return Barcode(block.payload, block.says)
        made = made_of(block if isinstance(block, QR) else QR(block.payload, block.says))
        if made.modules and len(made.modules) <= room // SMALLEST_MODULE:
            return made
        return Text(_("QR: {says}").format(says=_("can not be printed here")), align="center")

    return replace(document, blocks=tuple(decided(block) for block in document.blocks))


def made(document: Document) -> Document:
    """`document` with the modules of its QR codes: whoever makes several forms of it has them made once."""
    return replace(
        document,
        blocks=tuple(made_of(block) if isinstance(block, QR) else block for block in document.blocks),
    )


def made_of(block: QR) -> QR:
    """The QR code with its modules, quiet zone included; without any if it is longer than one can be."""
    import segno

    if block.modules:
        return block
    # What is not ASCII says of itself that it is UTF-8: no reader has to guess. Without its mode the library
    # may take two of its bytes for a Japanese character.
    other = not block.payload.isascii()
    mode, encoding = ("byte", "utf-8") if other else (None, None)
    try:
        code = segno.make(
            block.payload, error="m", mode=mode, encoding=encoding, eci=other, micro=False, boost_error=False
        )
    except (segno.DataOverflowError, ValueError):
        return block
    quiet = bytes(_QR_QUIET)
    rows = [quiet + bytes(row) + quiet for row in code.matrix]
    edge = (bytes(len(rows[0])),) * _QR_QUIET
    return replace(block, modules=(*edge, *rows, *edge))


def bars(payload: str, most: int) -> bytes | None:
    """The modules of `payload` as Code 128 with its quiet zones; None if over `most`, or impossible."""
    if len(payload) > most:
        return None
    row = code128.modules(payload)
    if row is None or len(row) + 2 * _BARS_QUIET > most:
        return None
    return bytes(_BARS_QUIET) + row + bytes(_BARS_QUIET)


def picture(block: QR | Barcode, dots: int) -> Bitmap | None:
    """The symbol as large as it should be on paper of `dots` dots; None where there is no room for it."""
    if isinstance(block, Barcode):
        row = bars(block.payload, dots // SMALLEST_BAR)
        if row is None:
            return None
        module = min(_LARGEST_BAR, dots // len(row))
        above = from_rows([bytes(len(row))], module, _BARS_ABOVE)
        return stacked((above, from_rows([row], module, _BAR_HEIGHT), above))
    rows = made_of(block).modules
    if not rows or len(rows) > dots // SMALLEST_MODULE:
        return None
    return from_rows(rows, min(_LARGEST_MODULE, dots // len(rows)))
