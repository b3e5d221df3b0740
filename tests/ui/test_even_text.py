"""Lines of headlines and of what stands in the middle: none is left with one word."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QRegion
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.widgets.even_text import EvenText, even_width
from ui.widgets.parts import Text

QUESTION = "Is anyone on the phone telling you to do this?"
TOGETHER = "Is anyone on the phone\ntelling you to do this?"
WIDE, HIGH = 300, 80


def picture(shown: QWidget) -> QImage:
    shown.resize(WIDE, HIGH)
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    shown.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image


@pytest.mark.usefixtures("qapp")
def test_two_lines_are_about_as_long() -> None:
    even = EvenText("one", words=QUESTION)
    assert picture(even) == picture(Text("two", words=TOGETHER, wrap=True))
    assert even.heightForWidth(WIDE) == Text("two", words=QUESTION, wrap=True).heightForWidth(WIDE)


@pytest.mark.usefixtures("qapp")
def test_also_in_the_middle() -> None:
    even, other = EvenText("one", words=QUESTION), Text("two", words=TOGETHER, wrap=True)
    for text in (even, other):
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    assert picture(even) == picture(other)


@pytest.mark.usefixtures("arabic")
def test_also_from_right_to_left() -> None:
    words = ("هل هناك من يقول لك على الهاتف", "أن تفعل هذا الآن من فضلك")
    even, other = EvenText("one", words=" ".join(words)), Text("two", words="\n".join(words), wrap=True)
    assert picture(even) == picture(other)


@pytest.mark.usefixtures("qapp")
def test_one_line_and_a_word_too_long_stay_as_they_are() -> None:
    font = theme.font(24)
    assert even_width("Done", font, WIDE) == WIDE
    assert even_width("Wareneingangsbestaetigungsnummern and more", font, 100) == 100


@pytest.mark.usefixtures("arabic")
def test_words_of_other_letters_are_measured_in_the_font_they_are_drawn_in() -> None:
    """What fits on one line stays there: broken, its second line would lie over what stands below."""
    words, font = "هل يطلب منك أحد على الهاتف أن تفعل هذا؟", theme.font(24, QFont.Weight.Bold)
    wide = QFontMetrics(font).horizontalAdvance(words) + 3
    assert even_width(words, font, wide) == wide
    shown = EvenText("one", words=words)
    shown.setFont(font)
    assert shown.heightForWidth(wide) < 2 * QFontMetrics(font).height()
