"""The type papers are set in: the program's own fonts, in hundredths of a millimetre."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QTextCharFormat, QTextLayout

from pos_app.printing.document import Size

MM: Final = 100
"""Papers are laid out in hundredths of a millimetre."""

_SANS: Final = "Inter"
_MONO: Final = "JetBrains Mono"
_ARABIC: Final = "Noto Sans Arabic UI"
"""Behind both, for the letters they lack."""
_SIZES: Final[dict[Size, float]] = {"small": 2.7, "normal": 3.1, "large": 4.2, "headline": 4.9}
_DIGITS: Final = frozenset("0123456789")
_LAST_OF_ONE: Final = "\uffff"
_RUNS_AS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069")
_UNSEEN: Final = frozenset({"Cf", "Zs"})
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})
_LEFT_OUT: Final = _MARKS | {"So", "Sk"}
"""Emoji, and marks at letters there are no shapes for. Never a currency's sign: it is part of an amount."""
_HOLDS_NONE: Final = frozenset({"Zs", "Cc"})
_MOST_LETTERS: Final = 4096


def sans(size: Size, *, bold: bool = False, firm: bool = False) -> QFont:
    """Running text; `firm` with strokes thick enough for coarse dots."""
    return font_of(_SIZES[size] * MM, 700 if bold else weight(firm=firm))


def weight(*, firm: bool) -> int:
    """Of what is not bold. A page of a PDF takes 3 ms for each weight that is on it: there are two."""
    return 500 if firm else 400


def label_font() -> QFont:
    """The name of a field, over it."""
    font = font_of(2.5 * MM, 700)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 108)
    return font


def mono(size: float) -> QFont:
    """Codes: every character of the same width, and none taken for another."""
    return _font(_MONO, round(size), 700)


def font_of(size: float, weight: int) -> QFont:
    """The sans serif in a size of its own, in hundredths of a millimetre."""
    return _font(_SANS, round(size), weight)


def tabular(text: str, font: QFont) -> list[QTextLayout.FormatRange]:
    """Spacing that gives every digit of `text` a cell of the same width, so that amounts stand in columns."""
    if _DIGITS.isdisjoint(text):
        return []
    widths = _digit_widths(font.family(), font.pixelSize(), font.weight())
    cell = max(widths.values())

    def half(place: int) -> float:
        width = widths.get(text[place : place + 1])
        return 0.0 if width is None else (cell - width) / 2

    formats: list[QTextLayout.FormatRange] = []
    beyond = 0
    for place, character in enumerate(text):
        spacing = half(place) + half(place + 1)
        if spacing:
            spaced = QTextCharFormat()
            spaced.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
            spaced.setFontLetterSpacing(spacing)
            cell_of = QTextLayout.FormatRange()
            # Qt counts an emoji as two.
            length = 1 + (character > _LAST_OF_ONE)
            cell_of.start, cell_of.length, cell_of.format = place + beyond, length, spaced
            formats.append(cell_of)
        beyond += character > _LAST_OF_ONE
    return formats


def unseen(text: str, font: QFont) -> list[QTextLayout.FormatRange]:
    """Marks in `text` that only say how it runs, set in the font around them, which has no shape for them.

    Qt would take whatever font of this computer has one, and make the line as high as that.
    """
    if text.isascii():
        return []
    formats: list[QTextLayout.FormatRange] = []
    beyond = 0
    for place, character in enumerate(text):
        if character in _RUNS_AS:
            kept = QTextCharFormat()
            kept.setFontFamilies([font.family()])
            kept.setFontStyleStrategy(QFont.StyleStrategy.NoFontMerging)
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = place + beyond, 1, kept
            formats.append(mark)
        beyond += character > _LAST_OF_ONE
    return formats


def with_shapes(text: str, font: QFont) -> str:
    """`text` with nothing no font of this computer has a shape for: a sign is left out, a letter is a `?`.

    Nor with a mark that is at no letter.
    """
    if text.isascii():
        return text
    family, weight = font.family(), int(font.weight())
    return "".join(
        character if character.isascii() or _has_shape(character, family, weight) else _instead(character)
        for character in _without_loose_marks(text)
    )


def _without_loose_marks(text: str) -> str:
    """`text` without marks that are at no letter: where a line begins, one would reach off the paper."""
    kept = ""
    is_held = False
    for character in text:
        kind = unicodedata.category(character)
        if kind in _MARKS and not is_held:
            continue
        is_held = is_held if kind == "Cf" else kind not in _HOLDS_NONE
        kept += character
    return kept


def _instead(character: str) -> str:
    return "" if unicodedata.category(character) in _LEFT_OUT else "?"


@lru_cache(_MOST_LETTERS)
def _has_shape(character: str, family: str, weight: int) -> bool:
    if unicodedata.category(character) in _UNSEEN:
        return True
    layout = QTextLayout(character, _font(family, MM, weight))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return not any(0 in run.glyphIndexes() for run in layout.glyphRuns())


@cache
def _digit_widths(family: str, size: int, weight: int) -> dict[str, float]:
    metrics = QFontMetricsF(_font(family, size, weight))
    return {digit: metrics.horizontalAdvance(digit) for digit in _DIGITS}


@cache
def load_fonts() -> None:
    """Make the fonts that come with the program known to Qt, once."""
    fonts = resources.files("resources").joinpath("fonts")
    for entry in fonts.iterdir():
        if entry.name.endswith((".otf", ".ttf")):
            QFontDatabase.addApplicationFontFromData(QByteArray(entry.read_bytes()))


def _font(family: str, size: int, weight: int) -> QFont:
    # Never from a bare QFont: that one has the features of the window's own font.
    font = QFont([family, _ARABIC])
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # A PDF of Qt's gives the wrong characters for glyphs that a font feature has put in the place of
    # others: whoever copies the code would get another code. So there are no ligatures, no contextual
    # forms, and neither `tnum` nor `zero`; both fonts tell zero from O without it.
    for feature in ("calt", "liga", "clig"):
        font.setFeature(QFont.Tag(feature), 0)
    return font
