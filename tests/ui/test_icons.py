"""Icons, drawn without Qt's library for SVG, look as that library draws them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from ui import icons
from ui.strokes import lines_of

FILES = sorted((Path(__file__).parent.parent.parent / "resources" / "icons").glob("*.svg"))


def read(shape: str) -> str:
    return f'<svg viewBox="0 0 24 24" stroke-width="2">{shape}</svg>'


def ink(image: QImage) -> list[int]:
    return [image.pixelColor(x, y).alpha() for y in range(image.height()) for x in range(image.width())]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize(("size", "ratio"), [(20, 1.0), (24, 2.0)])
def test_an_icon_is_what_its_file_says(qtbot: QtBot, file: Path, size: int, ratio: float) -> None:
    mine = icons.pixmap(file.stem, QColor("#000000"), size, ratio).toImage()
    theirs = QImage(mine.size(), QImage.Format.Format_ARGB32_Premultiplied)
    theirs.fill(Qt.GlobalColor.transparent)
    painter = QPainter(theirs)
    QSvgRenderer(str(file)).render(painter)
    painter.end()
    assert mine.width() == round(size * ratio)
    apart = sum(abs(one - other) for one, other in zip(ink(mine), ink(theirs), strict=True))
    # Two ways of rounding an edge and of bending a line; one that is missing or turned is some tenths.
    assert apart < 0.08 * sum(ink(theirs))


def test_an_icon_takes_the_colour_asked_for(qtbot: QtBot) -> None:
    image = icons.pixmap("minus", QColor("#c02040"), 48, 1.0).toImage()
    assert image.pixelColor(24, 24) == QColor("#c02040")
    assert image.pixelColor(24, 4).alpha() == 0


def test_every_command_goes_where_svg_says() -> None:
    # Points behind a moving command are lines; small letters count from where the pen is.
    path, wide = lines_of(read('<path d="M1 2 3 2m1 1 2 0h2v3H1V1L.5-1z"/>'))
    found = [(path.elementAt(at).x, path.elementAt(at).y) for at in range(path.elementCount())]
    assert found == [(1, 2), (3, 2), (4, 3), (6, 3), (8, 3), (8, 6), (1, 6), (1, 1), (0.5, -1), (4, 3)]
    assert wide == 2


def test_a_smooth_curve_mirrors_the_one_before() -> None:
    path, _wide = lines_of(read('<path d="M0 0C0 2 2 4 4 4S8 6 8 8s1 2 3 3M0 0S1 2 3 4"/>'))
    handles = [path.elementAt(at) for at in range(path.elementCount())]
    assert (handles[4].x, handles[4].y) == (6, 4)
    assert (handles[7].x, handles[7].y) == (8, 10)
    assert (handles[11].x, handles[11].y) == (0, 0)


@pytest.mark.parametrize(
    ("flags", "through"),
    [("0 1", (5.0, -5.0)), ("0 0", (5.0, 5.0))],
    ids=["with the clock", "against it"],
)
def test_half_a_circle_goes_the_way_round_it_says(flags: str, through: tuple[float, float]) -> None:
    path, _wide = lines_of(read(f'<path d="M0 0A5 5 0 {flags} 10 0"/>'))
    middle = path.pointAtPercent(0.5)
    assert (middle - QPointF(*through)).manhattanLength() < 0.01
    assert (path.currentPosition() - QPointF(10, 0)).manhattanLength() < 0.01


def test_the_long_way_round_is_three_quarters() -> None:
    long, _wide = lines_of(read('<path d="M5 0a5 5 0 1 0-5 5"/>'))
    short, _wide = lines_of(read('<path d="M5 0a5 5 0 0 1-5 5"/>'))
    assert long.length() == pytest.approx(3 * short.length(), rel=0.01)


@pytest.mark.parametrize(
    "shape",
    [
        '<polygon points="1,2 3,4"/>',
        '<path d="M0 0Q1 1 2 2"/>',
        '<path d="M0 0L1"/>',
        '<path d="M0 0A1 2 0 0 0 4 4"/>',
        '<path d="M0 0Z1"/>',
    ],
)
def test_what_no_shipped_drawing_has_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        lines_of(read(shape))
