"""A piece of paper to look at, as wide as it is in the hand, or so small that all of it is seen."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets.parts import named

Zoom = Literal["true", "fit"]

_MM_AN_INCH: Final = 25.4
_LIKELY: Final = (60.0, 320.0)
"""Points an inch that a screen may have; what is told beyond that is no measure."""
_AROUND: Final = 8


def points_a_mm(told: float, supposed: float) -> float:
    """Points of the screen to a millimetre: as `told` by the screen or, if that can not be, as `supposed`."""
    least, most = _LIKELY
    return (told if least <= told <= most else supposed) / _MM_AN_INCH


class PaperPreview(QScrollArea):
    """Shows one picture of paper. It can be scrolled by the keyboard; nothing on it can be selected."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self._sheet = _Sheet()
        self._zoom: Zoom = "true"
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.viewport().setProperty("role", "clear")
        self.setWidget(self._sheet)

    def show_paper(self, image: QImage, mm: float, words: str) -> None:
        """Show `image`, a paper `mm` wide; `words` are what stands on it, for who can not see it."""
        self._sheet.image, self._sheet.mm = image, mm
        self.setAccessibleDescription(words)
        self._arrange()

    def zoom(self, zoom: Zoom) -> None:
        """`true`: as wide as the paper is. `fit`: all of it at once."""
        self._zoom = zoom
        self._arrange()

    def shown(self) -> QImage | None:
        """The picture one sees."""
        return self._sheet.image

    def shown_size(self) -> QSize:
        """How large the paper is on the screen."""
        return self._sheet.size() - QSize(2 * _AROUND, 2 * _AROUND)

    @override
    def resizeEvent(self, arg__1: QResizeEvent, /) -> None:
        super().resizeEvent(arg__1)
        self._arrange()

    def _arrange(self) -> None:
        image = self._sheet.image
        if image is None or not image.width():
            return
        screen = self.screen()
        wide = self._sheet.mm * points_a_mm(screen.physicalDotsPerInchX(), screen.logicalDotsPerInchX())
        if self._zoom == "fit":
            room = self.maximumViewportSize() - QSize(2 * _AROUND, 2 * _AROUND)
            wide = min(wide, room.width(), room.height() * image.width() / image.height())
        high = wide * image.height() / image.width()
        self._sheet.resize(round(wide) + 2 * _AROUND, round(high) + 2 * _AROUND)
        self._sheet.update()


class _Sheet(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.mm = 80.0
        self.setObjectName("paper_sheet")
        self.setProperty("role", "clear")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        if self.image is None:
            return
        painter = QPainter(self)
        place = QRectF(self.rect()).adjusted(_AROUND, _AROUND, -_AROUND, -_AROUND)
        shade = QColor("#000000")
        for step in range(1, 5):
            shade.setAlphaF(0.05)
            painter.fillRect(place.adjusted(-step, -step + 2, step, step + 2), shade)
        # Scaled once for the screen's own pixels: a painter alone would leave out lines of a large picture.
        ratio = self.devicePixelRatioF()
        sharp = self.image.scaled(
            round(place.width() * ratio),
            round(place.height() * ratio),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.fillRect(place, Qt.GlobalColor.white)
        painter.drawImage(place, sharp)
        painter.setPen(theme.colour("line"))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()
