"""Headlines in their frames: whole on a line, or each of the things they say on a line of its own."""

from __future__ import annotations

from typing import Final

import pytest

from pos_app import i18n
from pos_app.printing import text
from pos_app.printing.document import Banner, Document
from pos_app.printing.text import Line
from tests.printing.golden import spoken
from tests.printing.papers import PAPERS
from ui.printing.dots import DOT
from ui.printing.fonts import MM, font_of
from ui.printing.layout import is_mirrored, pieces_of
from ui.printing.pieces import Frame, Paragraph, Stack

pytestmark = pytest.mark.usefixtures("qapp")

LANGUAGES: Final = (*i18n.languages(), "pseudo")
DANGLING: Final = ("-", ",", "،", "–", "·")


def banners(document: Document) -> list[Banner]:
    return [block for block in document.blocks if isinstance(block, Banner)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_headline_is_broken_within_what_it_says(language: str) -> None:
    with spoken(language):
        for document in (make() for make in PAPERS.values()):
            mirrored = is_mirrored(document)
            for banner in banners(document):
                for dots in (384, 512, 576):
                    for words in drawn(banner, dots, mirrored=mirrored):
                        assert len(words.lines()) == 1, (document.title, dots)
                for columns in (30, 31, 32):
                    shown = printed(banner, columns)
                    assert len(shown) == len(banner.lines), (document.title, columns)
                    assert not [line for line in shown if line.endswith(DANGLING)]


def test_a_headline_too_long_for_its_line_is_broken_between_the_two_things_it_says() -> None:
    pending = Banner(("NOT A GIFT CARD - PENDING",), "bang")
    assert printed(pending, 24) == ["NOT A GIFT CARD", "PENDING"]
    assert printed(pending, 25) == ["NOT A GIFT CARD - PENDING"]
    assert printed(Banner(("TRAINING, NO VALUE",), "star"), 16) == ["TRAINING", "NO VALUE"]
    assert [len(words.lines()) for words in drawn(pending, 384)] == [1, 1]
    assert len(drawn(pending, 576)) == 1


def test_a_headline_that_says_one_thing_is_broken_in_the_middle() -> None:
    """So that no short word stands alone on the last of its lines."""
    words = "THIS IS WHAT THERE IS TO SAY OF IT ALL"
    (broken,) = drawn(Banner((words,), "star"), 384)
    greedy = Paragraph(words, font_of(4.4 * MM, 700), 4340)
    assert len(broken.lines()) == len(greedy.lines()) > 1
    assert broken.last_width > 1.2 * greedy.last_width


def drawn(banner: Banner, dots: int, *, mirrored: bool = False) -> list[Paragraph]:
    pieces = pieces_of(Banner(banner.lines, banner.border), (dots - 8) * DOT, DOT, mirrored=mirrored)
    (frame,) = (piece for piece in pieces if isinstance(piece, Frame))
    assert isinstance(frame.inside, Stack)
    return [piece for piece in frame.inside.pieces if isinstance(piece, Paragraph)]


def printed(banner: Banner, columns: int) -> list[str]:
    document = Document("slip", "", (Banner(banner.lines, banner.border),))
    lines = [part.text.strip() for part in text.lay_out(document, columns) if isinstance(part, Line)]
    return lines[1:-1]
