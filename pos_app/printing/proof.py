"""Reads back what is about to be printed, and lets nothing go out that does not say what it should.

Blocks for some milliseconds, and for a moment when the reader of symbols is first imported: call it on a
worker thread.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pos_app.errors import DeviceProblem
from pos_app.printing.document import QR, Barcode, Document, Secret
from pos_app.printing.raster import Bitmap
from pos_app.printing.readback import PrintedLine, Unreadable, read
from pos_app.printing.text import width

if TYPE_CHECKING:
    from PIL.Image import Image


def load() -> None:
    """Have the reader of symbols loaded, which takes a moment."""
    importlib.import_module("zxingcpp")


def check_text(job: bytes, document: Document, *, columns: int, pages: Mapping[int, str]) -> None:
    """Whether `job` prints `document` in characters: raises DeviceProblem("would_misprint") if not.

    Every line fits into `columns`, every code, PIN and further secret stands whole on lines of its own, and
    every symbol of the document is there, in its order, and is read as what it should hold.
    """
    printed = _read(job, pages)
    lines = [item for item in printed if isinstance(item, PrintedLine)]
    _require(all(width(line.text) * (2 if line.wide else 1) <= columns for line in lines))
    check_lines([line.text for line in lines], document, columns)
    found = [_symbols_in(item) for item in printed if isinstance(item, Bitmap)]
    _require(found == [[payload] for payload in _payloads(document)])


def check_lines(lines: Sequence[str], document: Document, columns: int) -> None:
    """The same of `lines` as they stand in a text file, where symbols are only named."""
    _require(all(width(line) <= columns for line in lines))
    squeezed = ["".join(line.split()) for line in lines]
    start = 0
    for block in document.blocks:
        if isinstance(block, Secret):
            start = _end_of("".join(block.value.split()), squeezed, start)


def check_pictures(job: bytes, documents: Sequence[Document], *, dots: int) -> None:
    """Whether `job` prints `documents` as pictures of at most `dots` dots, and no character beside them."""
    printed = _read(job, {})
    pictures = [item for item in printed if isinstance(item, Bitmap)]
    _require(len(pictures) == len(printed) == len(documents))
    for picture, document in zip(pictures, documents, strict=True):
        _require(picture.width <= dots)
        check_picture(picture, document)


def check_picture(picture: Bitmap, document: Document) -> None:
    """Whether `picture` shows every symbol of `document`, and nothing in it leaves the paper at its sides."""
    _require(not _touches_an_edge(picture))
    wanted = _payloads(document)
    found = _symbols_in(picture) if wanted else []
    if sorted(found) != sorted(wanted):
        found = _symbols_in(picture, patiently=True)
    _require(sorted(found) == sorted(wanted))


def _require(so: bool) -> None:  # noqa: FBT001  it is all it takes
    if not so:
        raise DeviceProblem("would_misprint")


def _read(job: bytes, pages: Mapping[int, str]) -> list[PrintedLine | Bitmap]:
    try:
        return read(job, pages)
    except Unreadable:
        raise DeviceProblem("would_misprint") from None


def _payloads(document: Document) -> list[str]:
    return [block.payload for block in document.blocks if isinstance(block, QR | Barcode)]


def _end_of(code: str, lines: Sequence[str], start: int) -> int:
    """Behind the lines from `start` on that are `code` and nothing else. Raises DeviceProblem."""
    if not code:
        return start
    for first in range(start, len(lines)):
        rest = code
        for place in range(first, len(lines)):
            if not lines[place] or not rest.startswith(lines[place]):
                break
            rest = rest[len(lines[place]) :]
            if not rest:
                return place + 1
    raise DeviceProblem("would_misprint")


def _image(picture: Bitmap) -> Image:
    """Black on white, a byte for each dot."""
    from PIL import Image

    size = (picture.width, picture.height)
    return Image.frombytes("1", size, picture.bits, "raw", "1;I").convert("L")


def _touches_an_edge(picture: Bitmap) -> bool:
    last, dot = divmod(picture.width - 1, 8)
    first_dots, last_dots = picture.bits[:: picture.stride], picture.bits[last :: picture.stride]
    return _is_any_black(first_dots, 0) or _is_any_black(last_dots, dot)


def _is_any_black(column: bytes, dot: int) -> bool:
    """Whether some byte of `column` has its bit for the dot number `dot`, counted from the left."""
    black = 0x80 >> dot
    return any(byte & black for byte in column)


def _symbols_in(picture: Bitmap, *, patiently: bool = False) -> list[str]:
    """What a reader of symbols finds in `picture`; `patiently` it looks at every size, as a camera."""
    import zxingcpp

    return [
        symbol.text
        for symbol in zxingcpp.read_barcodes(
            _image(picture),
            formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128]),
            try_rotate=False,
            try_downscale=patiently,
            try_invert=False,
            text_mode=zxingcpp.TextMode.Plain,
            binarizer=zxingcpp.Binarizer.LocalAverage if patiently else zxingcpp.Binarizer.BoolCast,
        )
    ]
