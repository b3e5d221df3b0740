"""A shop's picture made fit for its papers: grey, on white, no larger than a printer's line."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter

from pos_app.printing.logo import MOST_DOTS

_WIDEST: Final = 576
_HIGHEST: Final = 400


def read_logo(path: str) -> bytes | None:
    """The picture in the file `path` as a PNG; None where it can not be read, or is far too large."""
    reader = QImageReader(path)
    # By what is in it: a name proves nothing.
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MOST_DOTS:
        return None
    picture = reader.read()
    if picture.isNull():
        return None
    most = QSize(_WIDEST, _HIGHEST)
    if picture.width() > most.width() or picture.height() > most.height():
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        picture = picture.scaled(most, keep, smooth)
    page = QImage(picture.size(), QImage.Format.Format_RGB32)
    page.fill(Qt.GlobalColor.white)
    painter = QPainter(page)
    painter.drawImage(0, 0, picture)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(page.convertToFormat(QImage.Format.Format_Grayscale8))
    return bytes(buffer.data().data())
