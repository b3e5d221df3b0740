"""Colours by role, the shipped font and the one stylesheet. The only file that calls setStyleSheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from pos_app.i18n import right_to_left

NAMES: Final = ("light", "dark", "contrast")
FAMILY: Final = "Inter"
MONO: Final = "JetBrains Mono"
ARABIC: Final = "Noto Sans Arabic UI"
"""Behind the first one, for the letters that one lacks."""

_PALETTE: Final = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "strong",
    QPalette.ColorRole.ToolTipText: "on_strong",
}


@dataclass(frozen=True, slots=True)
class Theme:
    """One look: what colour each role has, as `#rrggbb`."""

    name: str
    dark: bool
    colours: Mapping[str, str]


class _InForce:
    """The look in force; one for the program, like the language."""

    def __init__(self) -> None:
        self.theme: Theme | None = None
        self.families = [FAMILY]


_in_force = _InForce()


def load(name: str) -> Theme:
    """The theme called `name`; the light one for a name that is none of `NAMES`."""
    known = name if name in NAMES else "light"
    # Line by line: importing a TOML reader would cost every start more than reading the whole theme.
    pairs = [line.split(" = ") for line in _read(f"theme/{known}.toml").splitlines() if " = " in line]
    values = {key: value.strip('"') for key, value in pairs}
    return Theme(known, values.pop("dark") == "true", values)


def apply(app: QApplication, name: str) -> None:
    """Show everything in the theme called `name`, now and from now on."""
    theme = load(name)
    if _in_force.theme is not None and _in_force.theme.name == theme.name:
        return
    first = _in_force.theme is None
    _in_force.theme = theme
    if first:
        for file in ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf"):
            _add_font(file)
        app.setFont(_tabular(_plain()))
    palette = QPalette()
    for role, colour_name in _PALETTE.items():
        palette.setColor(role, QColor(theme.colours[colour_name]))
    app.setPalette(palette)
    app.setStyleSheet(Template(_read("theme/window.qss")).substitute(theme.colours))


def follow_language(app: QApplication) -> None:
    """Have the window read the way the language in force is, with its letters at hand.

    Screens that are there already turn round; what a widget paints by itself has to ask for its direction.
    """
    turned = right_to_left()
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if turned else Qt.LayoutDirection.LeftToRight)
    # Only who reads them waits for these letters; elsewhere a name in them is left to the system's own fonts.
    if turned:
        have_letters(app)


def have_letters(app: QApplication) -> None:
    """Have the letters at hand of what is read from right to left."""
    if ARABIC not in _in_force.families:
        for file in ("NotoSansArabicUI-Regular.ttf", "NotoSansArabicUI-Bold.ttf"):
            _add_font(file)
        _in_force.families.append(ARABIC)
        app.setFont(_tabular(_plain()))


def name() -> str:
    """The name of the theme in force."""
    return _theme().name


def colour(role: str) -> QColor:
    """The colour of `role` in the theme in force. Raises KeyError for a role no theme has."""
    return QColor(_theme().colours[role])


def font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The shipped font with digits of one width, `pixels` high, for widgets that paint themselves."""
    made = _tabular(_plain())
    made.setPixelSize(pixels)
    made.setWeight(weight)
    return made


def mono(pixels: int) -> QFont:
    """The font of codes: every character of one width, zero told from the letter O."""
    if MONO not in QFontDatabase.families():
        _add_font("JetBrainsMono-Medium.ttf")
    made = QFont(MONO)
    made.setFeature(QFont.Tag("zero"), 1)
    # Ligatures would draw two characters of a code as one.
    made.setFeature(QFont.Tag("calt"), 0)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.Medium)
    return made


def _plain() -> QFont:
    return QFont(_in_force.families)


def _tabular(made: QFont) -> QFont:
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setPixelSize(15)
    return made


def _theme() -> Theme:
    if _in_force.theme is None:
        _in_force.theme = load("light")
    return _in_force.theme


def _add_font(file: str) -> None:
    with resources.as_file(resources.files("resources").joinpath("fonts", file)) as path:
        QFontDatabase.addApplicationFont(str(path))


def _read(path: str) -> str:
    return resources.files("resources").joinpath(*path.split("/")).read_text(encoding="utf-8")
