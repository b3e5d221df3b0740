"""The page for the keys: what each does, and another one for whoever wants it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout
from typing_extensions import override

from pos_app.i18n import _
from ui import keys
from ui.borders import Preferring
from ui.screen import Clock
from ui.settings.page import Page
from ui.sheet import KeyRows
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import Entry
from ui.widgets.parts import Text, rule

_HOLDS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
    }
)
"""They are held beside another key."""


class KeyButton(ActionButton):
    """Shows a key; once pressed it waits for the next key, and tells which it was."""

    taken = Signal(str)

    def __init__(self, name: str, words: str) -> None:
        # Qt asks for events while the button is being made.
        self._spoken, self._waits, self._shown = words, False, ""
        super().__init__(name, words, role="beside")
        self.clicked.connect(self._on_clicked)

    def show_key(self, key: str) -> None:
        """Show `key` and wait for none."""
        self._waits, self._shown = False, key
        self.say(key)
        self.setAccessibleName(f"{self._spoken}: {key}")

    def _on_clicked(self) -> None:
        self._waits = True
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.say(_("Press the new key…"))

    @override
    def event(self, e: QEvent, /) -> bool:
        # Before Tab moves the focus and before the window hears of it.
        if self._waits and isinstance(e, QKeyEvent) and e.type() == QEvent.Type.KeyPress:
            if e.isAutoRepeat() or e.key() in _HOLDS:
                return True
            self.show_key(self._shown)
            if e.key() != Qt.Key.Key_Escape:
                self.taken.emit(keys.pressed(e))
            return True
        return super().event(e)

    @override
    def focusOutEvent(self, arg__1: QFocusEvent, /) -> None:
        self.show_key(self._shown)
        super().focusOutEvent(arg__1)


class KeyEntry(Entry):
    """One action and its key. `refused`: the key that was pressed can not be its key, and why."""

    refused = Signal(str)

    def __init__(self, action: str) -> None:
        words = keys.WORDS[action]()
        self._button = KeyButton(f"set_key_{action}", words)
        super().__init__(words, self._button)
        self._key = ""
        self._button.installEventFilter(self)
        self._button.taken.connect(self._on_taken)

    @override
    def value(self) -> str:
        return self._key

    @override
    def show_value(self, value: str) -> None:
        self._key = value
        self._button.show_key(keys.written(value))

    def _on_taken(self, key: str) -> None:
        if words := keys.refusal(key):
            self.refused.emit(words)
            return
        self.show_value(key)
        self.changed.emit()


class KeysPage(Page):
    """Every action of the window with its key at this register."""

    def __init__(self, preferences: Preferring, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "keys_page",
            _("Keys"),
            _("What each key does at this register. Press one here, then the key you want."),
            clock,
        )
        self._preferences = preferences
        self._refused: dict[str, str] = {}
        # layout
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for place, action in enumerate(keys.SHIPPED):
            entry = KeyEntry(action)
            self.add(action, entry)
            entry.refused.connect(partial(self._on_refused, action))
            grid.addWidget(entry, place // 2, place % 2)
        self.body.addLayout(grid)
        self._shipped = ActionButton("keys_shipped", _("Back to the usual keys"), icon="refresh")
        self.body.addWidget(self._shipped, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(rule())
        self.body.addWidget(Text("keys_fixed", "strong", _("These always stay as they are:"), wrap=True))
        self.body.addWidget(KeyRows(_fixed()))
        # connections
        self._shipped.clicked.connect(self._on_shipped)

    # --- values -------------------------------------------------------------------------------------

    @override
    def kept_values(self) -> dict[str, str]:
        return keys.in_force()

    @override
    def wrong(self) -> Mapping[str, str]:
        found, values = dict(self._refused), self.values()
        for action, key in values.items():
            other = next((one for one in values if one != action and values[one] == key), "")
            # Said beside the one that was changed; beside both where both were.
            if other and key != keys.in_force().get(action):
                found[action] = _("{key} is taken already: {action}.").format(
                    key=keys.written(key), action=keys.WORDS[other]()
                )
        return found

    @override
    async def keep(self) -> Mapping[str, str]:
        values = self.values()
        if len(set(values.values())) != len(values):
            return self.wrong()
        await self._preferences.keep_keys(
            {action: key for action, key in values.items() if key != keys.SHIPPED[action]}
        )
        keys.use(self._preferences.settings.keys)
        return {}

    @override
    def saved_words(self) -> str:
        return _("Saved. The buttons show the new keys.")

    @override
    def fill(self) -> None:
        self._refused = {}
        super().fill()

    @override
    def on_changed(self, key: str) -> None:
        self._refused = {}
        self.seen(key)

    # --- slots --------------------------------------------------------------------------------------

    def _on_refused(self, action: str, words: str) -> None:
        self._refused = {action: words}
        self.seen(action)
        self.draw()

    def _on_shipped(self) -> None:
        self._refused = {}
        for action, entry in self.entries.items():
            entry.show_value(keys.SHIPPED[action])
        self.draw()
        self.entered.emit()


def _fixed() -> tuple[tuple[str, str], ...]:
    return (
        (_("Letters"), _("Search, wherever you are")),
        (_("Digits"), _("Choose the value; the amount received")),
        (_("Arrows"), _("Choose a brand, a value, a line or an order")),
        (_("Enter"), _("Take it; add it; go on")),
        ("+  -", _("One card more or less")),
        (_("Delete"), _("Take the line out of the basket")),
        ("Tab", _("To the next field or button")),
        ("Esc", _("One step back")),
    )
