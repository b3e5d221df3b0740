"""The keys of the till: which key does what, as it is set at this register. The one place where they stand.

Enter, Esc, Tab, the arrows, letters and digits always mean what they mean; everything else can be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from pos_app.i18n import _

SHIPPED: Final[Mapping[str, str]] = {
    "keys": "F1",
    "basket": "F2",
    "orders": "F3",
    "attention": "F4",
    "region": "F6",
    "lessons": "F7",
    "print": "F8",
    "settings": "F10",
    "charge": "F12",
}
"""Each action of the window and the key it has until somebody sets another, in Qt's portable writing."""

WORDS: Final[Mapping[str, Callable[[], str]]] = {
    "keys": lambda: _("These keys"),
    "basket": lambda: _("Basket"),
    "orders": lambda: _("Orders"),
    "attention": lambda: _("Attention"),
    "region": lambda: _("The next region"),
    "lessons": lambda: _("Lessons"),
    "print": lambda: _("Print again"),
    "settings": lambda: _("Settings"),
    "charge": lambda: _("Charge"),
}

_FIRST, _LAST = int(Qt.Key.Key_F1), int(Qt.Key.Key_F24)
_HELD: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_SCANNED: Final = frozenset({Qt.Key.Key_I, Qt.Key.Key_J, Qt.Key.Key_M})
"""With Ctrl they are the tab and line ends that a scanner may send behind what it read."""

_EDITING: Final = (
    "Undo", "Redo", "Cut", "Copy", "Paste", "SelectAll", "Deselect", "Delete", "Backspace",
    "DeleteStartOfWord", "DeleteEndOfWord", "DeleteEndOfLine", "DeleteCompleteLine",
    "MoveToStartOfLine", "MoveToEndOfLine", "MoveToNextChar", "MoveToPreviousChar",
    "MoveToNextWord", "MoveToPreviousWord", "MoveToNextLine", "MoveToPreviousLine",
)  # fmt: skip


class _InForce:
    """The keys as they are set now, by action."""

    keys: Mapping[str, str] = SHIPPED


def use(chosen: Mapping[str, str]) -> None:
    """Have the keys `chosen`, by action, in force. What can not be is left as it is shipped."""
    changed = {action: key for action, key in chosen.items() if action in SHIPPED and not refusal(key)}
    keys = {**SHIPPED, **changed}
    # Two actions on one key, by a file written by hand: none of the changes counts.
    _InForce.keys = keys if len(set(keys.values())) == len(keys) else SHIPPED


def in_force() -> dict[str, str]:
    """The key of each action, in Qt's portable writing."""
    return dict(_InForce.keys)


def told(action: str) -> str:
    """The key of `action` as it stands on this machine's keyboards."""
    return written(_InForce.keys[action])


def written(key: str) -> str:
    """`key`, in Qt's portable writing, as people read it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def action_of(event: QKeyEvent) -> str:
    """What the key of `event` does; empty for one that does nothing of its own."""
    key = pressed(event)
    return next((action for action, one in _InForce.keys.items() if one == key), "")


def pressed(event: QKeyEvent) -> str:
    """The key of `event` with what is held beside it, in Qt's portable writing."""
    held = event.modifiers() & _HELD
    return QKeySequence(QKeyCombination(held, Qt.Key(event.key()))).toString(
        QKeySequence.SequenceFormat.PortableText
    )


def refusal(key: str) -> str:
    """Why `key` can be nobody's, in a sentence; empty when it can."""
    sequence = QKeySequence(key)
    if sequence.count() != 1 or sequence.toString(QKeySequence.SequenceFormat.PortableText) != key:
        return _("Choose one key: F1 to F24, or a letter or digit with Ctrl.")
    # The stubs do not know that a sequence has members.
    one = cast("QKeyCombination", cast("Any", sequence)[0])
    code, held = one.key(), one.keyboardModifiers()
    if code in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
        return _("Enter and Tab end what is typed or scanned.")
    if code == Qt.Key.Key_Escape:
        return _("Esc goes one step back, always.")
    if held & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return _("Keys with Alt belong to the system.")
    if _FIRST <= code <= _LAST:
        return ""
    if not held & Qt.KeyboardModifier.ControlModifier:
        return _("Letters, digits and signs are typed: choose F1 to F24, or add Ctrl.")
    if code in _SCANNED:
        return _("A scanner may send this key behind what it read.")
    if _edits(sequence):
        return _("This key edits what stands in a field.")
    if Qt.Key.Key_A <= code <= Qt.Key.Key_Z or Qt.Key.Key_0 <= code <= Qt.Key.Key_9:
        return ""
    return _("Choose one key: F1 to F24, or a letter or digit with Ctrl.")


def _edits(sequence: QKeySequence) -> bool:
    return any(sequence in QKeySequence.keyBindings(QKeySequence.StandardKey[name]) for name in _EDITING)
