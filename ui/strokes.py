"""The lines of a shipped drawing, read from its SVG file: as much of SVG as those files use, and no more.

Qt's own library for SVG reads everything there is, and takes two megabytes of a till that shows a few icons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import atan2, degrees, hypot, sqrt
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

_SHAPE = re.compile(r"<(?!/|svg\b)(\w+)([^>]*?)/?>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_TAKES: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "A": 7, "Z": 0}


def lines_of(svg: str) -> tuple[QPainterPath, float]:
    """Every line of the drawing as one path, in the drawing's own units, and how wide the lines are.

    Raises ValueError for what none of the shipped drawings has: other shapes, other commands, arcs of
    ellipses.
    """
    path = QPainterPath()
    for kind, written in _SHAPE.findall(svg):
        told: dict[str, str] = dict(_ATTRIBUTE.findall(written))
        match kind:
            case "path":
                _follow(path, told["d"])
            case "circle":
                radius = float(told["r"])
                path.addEllipse(QPointF(float(told["cx"]), float(told["cy"])), radius, radius)
            case "rect":
                sides = (float(told[name]) for name in ("x", "y", "width", "height"))
                corner = float(told.get("rx", "0"))
                path.addRoundedRect(QRectF(*sides), corner, corner)
            case _:
                raise ValueError(kind)
    return path, float(dict(_ATTRIBUTE.findall(svg))["stroke-width"])


def _follow(path: QPainterPath, commands: str) -> None:
    """Add what `commands`, a path's `d`, draw."""
    bend: QPointF | None = None
    for letter, numbers in _steps(commands):
        here = path.currentPosition()
        away = here if letter.islower() else QPointF()
        points = [away + QPointF(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=False)]
        before, bend = bend, None
        match letter.upper():
            case "M":
                path.moveTo(points[0])
            case "L":
                path.lineTo(points[0])
            case "H":
                path.lineTo(away.x() + numbers[0], here.y())
            case "V":
                path.lineTo(here.x(), away.y() + numbers[0])
            case "C":
                path.cubicTo(*points)
                bend = points[1]
            case "S":
                path.cubicTo(here if before is None else here * 2 - before, *points)
                bend = points[0]
            case "A":
                _bow(path, numbers, away + QPointF(*numbers[5:]))
            case _:
                path.closeSubpath()


def _steps(commands: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with the numbers one of its kind takes; those behind a moving one are lines."""
    for step in _STEP.finditer(commands):
        letter, written = step[1], step[2]
        numbers = [float(number) for number in _NUMBER.findall(written)]
        takes = _TAKES.get(letter.upper())
        if takes is None or (len(numbers) % takes if takes else numbers):
            raise ValueError(letter + written)
        if not takes:
            yield letter, []
        for at in range(0, len(numbers), takes or 1):
            following = {"M": "L", "m": "l"}.get(letter, letter)
            yield (following if at else letter), numbers[at : at + takes]


def _bow(path: QPainterPath, numbers: list[float], to: QPointF) -> None:
    """An arc from where `path` is: SVG names its ends, Qt its middle and its angles."""
    radius, other, _turned, large, clockwise = numbers[:5]
    if radius != other:
        raise ValueError(numbers)
    start = path.currentPosition()
    half = (to - start) / 2
    reach = hypot(half.x(), half.y())
    radius = max(radius, reach)
    # From the middle of the chord to that of the circle, across the chord.
    far = sqrt(radius * radius - reach * reach) / reach
    side = far if large == clockwise else -far
    middle = start + half + QPointF(half.y(), -half.x()) * side
    begins, ends = _angle(start - middle), _angle(to - middle)
    sweep = -((begins - ends) % 360) if clockwise else (ends - begins) % 360
    path.arcTo(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius), begins, sweep)


def _angle(from_middle: QPointF) -> float:
    """Degrees from three o'clock, against the clock."""
    return degrees(atan2(-from_middle.y(), from_middle.x()))
