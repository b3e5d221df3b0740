"""From a document to the bytes that are sent, proven first: what can not be read back is not printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from pos_app.errors import DeviceProblem
from pos_app.printing import escpos, proof, symbols, text
from pos_app.printing.document import Block, Cut, Document, Logo
from pos_app.printing.raster import Bitmap
from pos_app.settings import Paper

RenderRaster = Callable[[Document, int], Bitmap]
"""Draws a document in so many dots a line. Raises DeviceProblem("can_not_render")."""

_DOTS_OF_A_PAGE = 576
"""What a page of a PDF has room for, in a receipt printer's dots."""


def load() -> None:
    """Have loaded what the first paper would wait for: up to a second, so call it on a worker thread."""
    escpos.load()
    proof.load()


def prepared(document: Document, paper: Paper, render_raster: RenderRaster | None = None) -> bytes:
    """`document` as the bytes for the receipt printer that `paper` describes, proven to say what it should.

    As characters or as a picture of the whole paper, as `paper.form` says; by itself as a picture where the
    shop's own picture is on it, the printer lacks a letter, or what its characters would say can not be
    proven. Without `render_raster`, and for a printer that prints no pictures, always as characters; what
    letters it lacks are spelled then.
    Raises DeviceProblem: "can_not_render", "would_misprint" or "no_printer". Blocks, at first for a second:
    call it on a worker thread.
    """
    draws = escpos.draws(paper.profile)
    document = symbols.chosen(document, paper.symbol, paper.dots if draws else 0)
    raster = render_raster if draws and paper.form != "text" else None
    if raster is None:
        return _as_text(document, paper)
    if paper.form == "auto" and _is_all_letters(document, paper):
        with suppress(DeviceProblem):
            return _as_text(document, paper)
    return _as_pictures(document, paper, raster)


def _is_all_letters(document: Document, paper: Paper) -> bool:
    if any(isinstance(block, Logo) for block in document.blocks):
        return False
    return escpos.has_letters_for(document, profile=paper.profile, columns=paper.columns)


def prepared_text(document: Document, paper: Paper) -> bytes:
    """`document` as a text file of lines, proven. Raises DeviceProblem as `prepared`."""
    lines = text.render(symbols.chosen(document, paper.symbol, paper.dots), paper.columns)
    proof.check_lines(lines.splitlines(), document, paper.columns)
    return lines.encode()


def for_a_page(document: Document, paper: Paper) -> Document:
    """`document` with the symbols the shop has chosen, as they fit on the page of a PDF."""
    return symbols.chosen(document, paper.symbol, _DOTS_OF_A_PAGE)


def _as_text(document: Document, paper: Paper) -> bytes:
    job = escpos.render(document, profile=paper.profile, columns=paper.columns, dots=paper.dots)
    proof.check_text(job, document, columns=paper.columns, pages=escpos.code_pages(paper.profile))
    return job


def _as_pictures(document: Document, paper: Paper, render_raster: RenderRaster) -> bytes:
    parts = list(_cut_apart(document))
    pictures = [render_raster(part, paper.dots) for part in parts]
    job = escpos.render_pictures(pictures, profile=paper.profile)
    proof.check_pictures(job, parts, dots=paper.dots)
    return job


def _cut_apart(document: Document) -> Iterator[Document]:
    """Each piece of paper by itself: a picture has no knife in it."""
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Cut):
            yield replace(document, blocks=tuple(blocks))
            blocks = []
        else:
            blocks.append(block)
    if blocks:
        yield replace(document, blocks=tuple(blocks))
