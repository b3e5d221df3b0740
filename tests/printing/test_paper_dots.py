"""Papers drawn block by block: what they share is drawn once, and nothing of a code is kept for the next."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Final

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from pos_app.printing.document import QR, Block, Cut, Document, Row, Secret, Text
from pos_app.printing.symbols import chosen
from tests.printing.golden import picture_of
from tests.printing.papers import PAPERS, duplicate_slip, french_training_slip, slip
from ui.printing import dots, turns
from ui.printing.layout import lay_out
from ui.printing.pieces import Piece, Stack
from ui.printing.qt_printer import render_raster

pytestmark = pytest.mark.usefixtures("qapp")

PATIENCE_OF_A_DOT: Final = 0.02
"""Of all black dots: what a block that begins at a whole dot may have otherwise than one that does not."""


@pytest.fixture
def set_in_type(monkeypatch: pytest.MonkeyPatch) -> list[Block]:
    """The blocks that were set in type, in their order."""
    found: list[Block] = []
    real = dots.pieces_of

    def watched(block: Block, width: float, dot: float, *, mirrored: bool) -> Sequence[Piece]:
        found.append(block)
        return real(block, width, dot, mirrored=mirrored)

    monkeypatch.setattr(dots, "pieces_of", watched)
    return found


def test_of_a_second_slip_only_what_is_its_own_is_drawn(set_in_type: list[Block]) -> None:
    first = render_raster(slip(), 576)
    set_in_type.clear()
    assert render_raster(slip(), 576) == first
    assert {type(block) for block in set_in_type} == {Secret, QR}


def test_a_sentence_about_a_card_is_not_kept(set_in_type: list[Block]) -> None:
    told = Document("slip", "x", (Text("Ask at the counter: TEST-4MHD", private=True), Text("Bought"), Cut()))
    for _time in range(2):
        set_in_type.clear()
        render_raster(told, 384)
    assert set_in_type == [told.blocks[0]]
    assert "4MHD" not in repr(told)


def test_papers_of_other_widths_and_directions_are_drawn_for_themselves() -> None:
    name = Row("Name", "1")
    alone = Document("slip", "x", (name, Cut()))
    among = Document("slip", "x", (name, *(Row("تاريخ", "1"),) * 3, Cut()))
    narrow = render_raster(alone, 384)
    assert render_raster(alone, 576).width == 576
    turned = render_raster(among, 384)
    assert turned.bits[: len(narrow.bits)] != narrow.bits
    assert render_raster(alone, 384) == narrow


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_block_by_block_it_looks_as_if_it_was_drawn_at_once(name: str) -> None:
    document = chosen(PAPERS[name](), "qr", 384)
    by_blocks = picture_of(render_raster(document, 384))
    width = (384 - 8) * dots.DOT
    at_once = picture_of(dots.in_dots(Stack(lay_out(document, width, dots.DOT)), width, 4 * dots.DOT))
    assert abs(by_blocks.height - at_once.height) <= len(document.blocks)
    black = by_blocks.convert("L").histogram()[0], at_once.convert("L").histogram()[0]
    assert abs(black[0] - black[1]) <= PATIENCE_OF_A_DOT * max(black)


def test_a_block_that_reaches_into_another_is_drawn_together_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """No font of ours does it at every place; a piece that paints above itself does."""
    real = dots.pieces_of

    def higher(block: Block, width: float, dot: float, *, mirrored: bool) -> Sequence[Piece]:
        pieces = real(block, width, dot, mirrored=mirrored)
        return [_Higher(piece) for piece in pieces] if isinstance(block, Secret) else pieces

    document = Document("slip", "x", (Text("Above"), Secret("CODE", "TEST-4MHD"), Cut()))
    width = (384 - 8) * dots.DOT
    at_once = dots.in_dots(Stack(lay_out(document, width, dots.DOT)), width, 4 * dots.DOT)
    monkeypatch.setattr(dots, "pieces_of", higher)
    assert render_raster(document, 384) == at_once


class _Higher:
    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self.height = piece.height

    def paint(self, painter: QPainter, at: QPointF) -> None:
        self._piece.paint(painter, at - QPointF(0, 40))


def test_no_strip_of_another_paper_is_taken() -> None:
    pictures = [
        picture_of(render_raster(maker(), 384)) for maker in (slip, duplicate_slip, french_training_slip)
    ]
    assert len({picture.tobytes() for picture in pictures}) == 3
    other = replace(slip(), blocks=slip().blocks[:-2])
    assert picture_of(render_raster(other, 384)).height < pictures[0].height


def test_a_page_that_is_drawn_beside_the_window_leaves_it_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(turns, "time", SimpleNamespace(sleep=pauses.append))
    paper = slip()
    pieces = lay_out(paper, 7200, 1)
    assert not pauses, "the window's own thread waits for nobody"
    with ThreadPoolExecutor(1) as worker:
        beside = worker.submit(lay_out, paper, 7200, 1).result()
    assert len(pauses) == len(paper.blocks)
    assert 0 < max(pauses) < 0.001
    assert [piece.height for piece in beside] == [piece.height for piece in pieces]
