"""What can be got to at a window without a name, which neither a test nor a screen reader could tell of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QWidget


def unnamed(window: QWidget, *, seen: bool = False) -> list[str]:
    """Controls one can get to without a name to be found or spoken by; with `seen`, only those one sees."""
    kinds = (QAbstractButton, QLineEdit, QAbstractItemView)
    controls = [one for one in window.findChildren(QWidget) if isinstance(one, kinds)]
    return [
        f"{type(one).__name__} {one.objectName()!r} {one.accessibleName()!r}"
        for one in controls
        if (one.isVisible() or not seen)
        and one.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (one.objectName() and one.accessibleName())
        and not one.objectName().startswith("qt_")
    ]
