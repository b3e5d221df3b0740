"""The shop's picture at the head of what customers keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from pos_app.printing.document import Document, Logo

LARGEST: Final = 1_000_000
"""Bytes a picture may have: it is drawn anew for each paper."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_ON: Final = frozenset({"receipt", "slip"})


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
