"""Lines that end: never behind a hyphen of what is read, typed or told as a whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QRegion, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from pos_app import i18n
from pos_app.scam_notices import notices
from ui import theme
from ui.unbroken import as_said, unbroken, unbroken_on_screen
from ui.widgets.breaking_text import BreakingText
from ui.widgets.parts import Text

ADDRESS = "kim-lee@mail.example"
WHOLE = (
    "e-mail",
    "kim-lee@mail.example",
    "kim@mail-box.example",
    "help-me.example",
    "TEST-4MHD-9PTR-2WZA",
    "ORD-AB-7",
    "1-800-FLOWERS",
    "Wi-Fi-6",
    "--by-email",
)


def lines(text: str, wide: float, *, mode: QTextOption.WrapMode = QTextOption.WrapMode.WordWrap) -> list[str]:
    laid = QTextLayout(text, theme.font(15))
    option = QTextOption()
    option.setWrapMode(mode)
    laid.setTextOption(option)
    laid.beginLayout()
    found: list[str] = []
    while (line := laid.createLine()).isValid():
        line.setLineWidth(wide)
        found.append(text[line.textStart() : line.textStart() + line.textLength()])
    laid.endLayout()
    return found


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("whole", WHOLE)
def test_no_line_ends_within(whole: str) -> None:
    text = f"More is told at {whole} now, or at {whole}."
    for wide in range(60, 400, 7):
        for line in lines(unbroken(text), wide):
            assert not line.endswith(("-", "-\u2060")), (wide, line)


@pytest.mark.usefixtures("qapp")
def test_an_address_is_broken_when_left_to_itself_and_other_words_may_be() -> None:
    words = "New York help: 1-800-697-1220, dos.ny.gov/consumer-protection or a well-known shop"

    def ends(text: str) -> set[str]:
        return {line.split()[-1] for wide in range(150, 500, 5) for line in lines(text, wide) if line.split()}

    assert "dos.ny.gov/consumer-" in ends(words)
    kept = {word.replace("\u2060", "") for word in ends(unbroken(words))}
    assert "dos.ny.gov/consumer-" not in kept
    assert "dos.ny.gov/consumer-protection" in kept
    assert "well-" in kept


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", i18n.languages())
def test_what_the_states_want_said_has_room_in_a_narrow_window(language: str) -> None:
    """At its strokes an address is broken: kept whole it would push the words beside it out of sight."""
    i18n.set_language(language)
    try:
        for notice in notices():
            shown = Text("notice", "small", notice.text, wrap=True)
            shown.ensurePolished()
            assert shown.minimumSizeHint().width() <= 190, notice.region
    finally:
        i18n.set_language("en")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    "words",
    [
        "Done. Hand over 2 slips. 1 card sent by e-mail",
        "Listo. Entregue 2 comprobantes. 1 tarjeta enviada por correo",
        "انتهى. سلّم 12 قسيمة. أُرسلت 3 بطاقات بالبريد",
    ],
)
def test_no_number_is_left_at_the_end_of_a_line(words: str) -> None:
    def numbers_left(text: str) -> set[str]:
        found = (line.replace("\u2060", "").split() for wide in range(120, 500) for line in lines(text, wide))
        return {line[-1] for line in found if line and line[-1].isdecimal()}

    assert numbers_left(words), "such a width there is"
    assert not numbers_left(unbroken_on_screen(words))
    assert as_said(unbroken_on_screen(words)) == words


@pytest.mark.usefixtures("qapp")
def test_other_words_are_divided_as_ever() -> None:
    assert unbroken("a well-known brand – or none") == "a well-known brand – or none"


@pytest.mark.parametrize(
    "text", ["", "-", "a - b", "e-mail", "kim-lee@mail.example, A-1", "متجر A-1", "$5.00\u00a0a 2 b"]
)
def test_what_was_said_comes_back(text: str) -> None:
    assert as_said(unbroken(text)) == text
    assert as_said(unbroken_on_screen(text)) == text


def picture(shown: QWidget, wide: int) -> QImage:
    shown.resize(wide, 80)
    image = QImage(wide, 80, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    shown.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image


def is_kept(apart: Text, together: Text) -> bool:
    """Whether it looks as though the address stood in a line of its own."""
    return picture(apart, 170) == picture(together, 170)


@pytest.mark.usefixtures("qapp")
def test_what_a_screen_shows_is_kept_whole_and_told_as_it_is() -> None:
    shown = Text("one", words=f"Is sent to {ADDRESS}", wrap=True)
    assert is_kept(Text("other", words=f"Is sent to\n{ADDRESS}", wrap=True), shown)
    assert shown.text() == f"Is sent to {ADDRESS}"
    # Where a line has no room for all of it nothing of it is cut off.
    assert shown.minimumSizeHint().width() <= 135
    divided = Text("other", words=f"Is sent to {ADDRESS[:4]}\n{ADDRESS[4:]}", wrap=True)
    assert picture(shown, 135) == picture(divided, 135)
    assert shown.text() == f"Is sent to {ADDRESS}"
    assert picture(shown, 170) != picture(divided, 170), "whole again where there is room"
    breaking = BreakingText("one", words=f"Is sent to {ADDRESS}")
    assert is_kept(BreakingText("other", words=f"Is sent to\u2028{ADDRESS}"), breaking)


@pytest.mark.usefixtures("arabic")
def test_it_is_kept_whole_from_right_to_left_too() -> None:
    shown = Text("one", words=f"أُرسلت إلى {ADDRESS}", wrap=True)
    assert is_kept(Text("other", words=f"أُرسلت إلى\n{ADDRESS}", wrap=True), shown)
