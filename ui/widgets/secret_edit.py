"""A field for a key or PIN: masked, shown on request, without the blanks that come along when one pastes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui.widgets.buttons import IconButton
from ui.widgets.mirror import margins, placed
from ui.widgets.parts import named

_EYE = 48


class SecretEdit(QLineEdit):
    """The field with the eye at its end. It is masked again when it goes out of sight."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self._words = words
        self.setEchoMode(QLineEdit.EchoMode.Password)
        # What is typed is neither guessed nor learned by the keyboard on a touch screen.
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.setTextMargins(*margins(self, 0, 0, _EYE - 14, 0))
        self._eye = IconButton(f"{name}_show", _("Show {what}").format(what=words), "eye", parent=self)
        self._eye.setCheckable(True)
        self.textEdited.connect(self._on_edited)
        self._eye.clicked.connect(self._on_eye)

    def is_shown(self) -> bool:
        """Whether what is written can be read."""
        return self.echoMode() == QLineEdit.EchoMode.Normal

    def hide_text(self) -> None:
        """What is written can not be read any more."""
        self._show(shown=False)

    def _on_edited(self, text: str) -> None:
        # A private key's head and foot have words in them; no other key holds a blank.
        clean = (" " if text.lstrip().startswith("-----BEGIN") else "").join(text.split())
        if clean != text:
            self.setText(clean)

    def _on_eye(self) -> None:
        self._show(shown=not self.is_shown())

    def _show(self, *, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setChecked(shown)
        words = (_("Hide {what}") if shown else _("Show {what}")).format(what=self._words)
        self._eye.setAccessibleName(words)
        self._eye.setToolTip(words)

    @override
    def resizeEvent(self, arg__1: QResizeEvent, /) -> None:
        super().resizeEvent(arg__1)
        eye = QRectF(self.width() - _EYE, (self.height() - _EYE) // 2, _EYE, _EYE)
        self._eye.setGeometry(placed(self, eye).toRect())

    @override
    def hideEvent(self, arg__1: QHideEvent, /) -> None:
        self.hide_text()
        super().hideEvent(arg__1)

    @override
    def focusInEvent(self, arg__1: QFocusEvent, /) -> None:
        super().focusInEvent(arg__1)
        self.setCursorPosition(len(self.text()))
