"""Themes: the same roles in each, contrast by WCAG 2.2, one stylesheet that names known roles only."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton

from ui import theme
from ui.widgets.monogram import COLOURS, ground, letters
from ui.widgets.note import Note

_PAIRS = [
    *(
        (text, ground)
        for text in ("text", "muted", "ok", "warn", "danger", "accent")
        for ground in ("surface",)
    ),
    *((text, "background") for text in ("text", "muted")),
    *((text, "hover") for text in ("text", "muted")),
    *((text, "accent_soft") for text in ("text", "muted", "warn")),
    ("text", "pressed"),
    ("warn", "warn_soft"),
    ("danger", "danger_soft"),
    ("ok", "ok_soft"),
    ("text", "warn_soft"),
    ("text", "danger_soft"),
    ("text", "ok_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_strong", "strong"),
    ("on_ok", "ok"),
    ("on_danger", "danger"),
    ("on_disabled", "disabled"),
    ("on_disabled", "surface"),
    ("rail_text", "rail"),
    ("on_rail", "rail_chosen"),
    ("on_ribbon", "ribbon"),
]


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", theme.NAMES)
@pytest.mark.parametrize(("text", "ground"), _PAIRS)
def test_texts_can_be_read(name: str, text: str, ground: str) -> None:
    colours = theme.load(name).colours
    least = 7.0 if name == "contrast" else 4.5
    assert _contrast(colours[text], colours[ground]) >= least


@pytest.mark.parametrize("name", theme.NAMES)
def test_fields_and_focus_can_be_seen(name: str) -> None:
    colours = theme.load(name).colours
    assert _contrast(colours["edge"], colours["surface"]) >= 3
    assert _contrast(colours["edge"], colours["background"]) >= 3
    assert _contrast(colours["accent"], colours["surface"]) >= 3
    assert _contrast(colours["accent"], colours["background"]) >= 3


@pytest.mark.parametrize("name", theme.NAMES)
def test_what_is_only_tinted_has_an_edge_where_contrast_is_asked_for(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    note = Note("said")
    note.tell("What to do now", "Give it back.")
    chosen = QPushButton("People")
    chosen.setProperty("role", "door")
    chosen.setCheckable(True)
    chosen.setChecked(True)
    for shown, tint in ((note, "warn_soft"), (chosen, "accent_soft")):
        shown.resize(300, 60)
        differs = _contrast(shown.grab().toImage().pixelColor(0, 30).name(), theme.colour(tint).name())
        assert differs >= 3 if name == "contrast" else differs < 1.1
        shown.deleteLater()
    theme.apply(qapp, "light")


def test_every_theme_has_the_same_roles_and_is_read_as_toml_means_it() -> None:
    folder = resources.files("resources").joinpath("theme")
    roles = [set(theme.load(name).colours) for name in theme.NAMES]
    assert roles[0] == roles[1] == roles[2]
    for name in theme.NAMES:
        data = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        assert theme.load(name) == theme.Theme(name, data["dark"], data["colours"])
    assert theme.load("no such theme").name == "light"


def test_the_stylesheet_names_known_roles_only() -> None:
    text = resources.files("resources").joinpath("theme", "window.qss").read_text(encoding="utf-8")
    assert set(re.findall(r"\$(\w+)", text)) <= set(theme.load("light").colours)
    assert not re.search(r"#[0-9a-f]{3,8}\b", text), "colours come from roles"


@pytest.mark.parametrize("name", theme.NAMES)
def test_words_in_an_empty_field_are_as_strong_as_the_theme_says(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    for field in (QLineEdit(), QPlainTextEdit()):
        field.ensurePolished()
        shown = field.palette().color(QPalette.ColorRole.PlaceholderText)
        assert (shown.name(), shown.alpha()) == (theme.colour("muted").name(), 255)
        field.deleteLater()


def test_words_begin_at_one_place_in_a_field_of_one_line_and_of_several(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    line, lines = QLineEdit("llll"), QPlainTextEdit("llll")
    begins: list[int] = []
    for field in (line, lines):
        field.setFixedSize(200, 60)
        image = field.grab().toImage()
        inside = [x for x in range(4, 196) for y in range(8, 52) if image.pixelColor(x, y).lightness() < 128]
        begins.append(min(inside))
        field.deleteLater()
    assert abs(begins[0] - begins[1]) <= 1


def test_monograms_are_white_on_colours_that_carry_it() -> None:
    for colour in COLOURS:
        assert _contrast("#ffffff", colour) >= 4.5
    assert ground("Acme Games") == ground("ACME games")
    assert letters("Acme Games") == "Ac"
    assert letters("7-Days") == "7d"
    assert letters("…") == ""


def test_the_shipped_fonts_are_used() -> None:
    assert QFontInfo(theme.font(15)).family() == theme.FAMILY
    assert QFontInfo(theme.mono(20)).family() == theme.MONO
