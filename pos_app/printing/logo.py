"""The shop's picture at the head of what customers keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from pos_app.printing.document import Document, Logo

WIDEST: Final = 0.8
"""The part of a paper's width that a picture takes at most."""

HIGHEST_MM: Final = 22.0
"""And how high it is at most, in millimetres."""

MOST_DOTS: Final = 50_000_000
"""Dots of a picture that is still drawn; one with more would take a machine's memory."""

LARGEST: Final = 1_000_000
"""Bytes a picture may have: it is drawn anew for each paper."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_ON: Final = frozenset({"receipt", "slip"})


def size_of(png: bytes) -> tuple[int, int]:
    """How many dots wide and high `png` says it is; none of either for what is no PNG."""
    if not png.startswith(_PNG):
        return 0, 0
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def scale(width: float, height: float, room: float, mm: float) -> float:
    """What makes a picture as large as it is on paper with `room`, of which `mm` are a millimetre.

    It keeps its shape. A small one is made larger.
    """
    return min(room * WIDEST / width, HIGHEST_MM * mm / height)


def read(file: Path) -> bytes:
    """The picture in `file`; empty where there is none that could be drawn. No paper waits for a picture."""
    try:
        with file.open("rb") as opened:
            found = opened.read(LARGEST + 1)
    except OSError:
        return b""
    return found if found.startswith(_PNG) and len(found) <= LARGEST else b""


def headed(document: Document, png: bytes) -> Document:
    """`document` with the picture above everything, if it is a receipt or a card's slip and there is one."""
    if not png or document.kind not in _ON:
        return document
    return replace(document, blocks=(Logo(png), *document.blocks))
