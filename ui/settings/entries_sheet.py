"""Asks over the window for a few lines that are kept together or not at all: names, PINs, keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui.sheet import Choice, Sheet
from ui.widgets.buttons import Chip
from ui.widgets.entry import Entry, LineEntry
from ui.widgets.parts import Text
from ui.widgets.secret_edit import SecretEdit

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True)
class Asked:
    """A sheet's words, and its entries under the names their problems are told by; `go` leads on."""

    title: str
    words: str
    go: str
    entries: Mapping[str, Entry] = field(repr=False)


def pin_entry(name: str, label: str) -> LineEntry:
    """A masked line for digits."""
    edit = SecretEdit(name, label)
    edit.setInputMethodHints(edit.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly)
    return LineEntry(name, label, edit)


async def asked(
    host: QWidget,
    wanted: Asked,
    keep: Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]],
    clock: Callable[[], float],
) -> bool:
    """Ask for what is `wanted` until `keep` finds nothing wrong with it; False when somebody went away.

    `keep` gets what is entered and returns sentences, both by name; who goes away meanwhile does not stop it.
    """
    tries: asyncio.Queue[Mapping[str, str] | None] = asyncio.Queue()
    sheet = EntriesSheet(host, wanted, clock)

    def given_up(_key: str) -> None:
        tries.put_nowait(None)

    def tried() -> None:
        tries.put_nowait(sheet.values())

    sheet.given.connect(tried)
    sheet.closed.connect(given_up)
    try:
        while (typed := await tries.get()) is not None:
            if not (wrong := await keep(typed)):
                return True
            sheet.wrong(wrong)
    finally:
        sheet.close_with("")
    return False


class EntriesSheet(Sheet):
    """`given`: what is entered is to be kept; it stays until it is told that nothing is wrong with it."""

    given = Signal()

    def __init__(self, host: QWidget, wanted: Asked, clock: Callable[[], float]) -> None:
        body = QWidget()
        self._entries, self._go = dict(wanted.entries), wanted.go
        self._wrong = Text("entries_wrong", "danger", wrap=True)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(12)
        for entry in self._entries.values():
            column.addWidget(entry)
        column.addWidget(self._wrong)
        super().__init__(
            host,
            wanted.title,
            (wanted.words,),
            (Choice("go", wanted.go, primary=True), Choice("leave", _("Not now"))),
            body=body,
            clock=clock,
        )
        self._wrong.hide()
        # connections
        for name, entry in self._entries.items():
            if isinstance(entry, LineEntry):
                entry.edit.returnPressed.connect(partial(self._on_chosen, "go"))
            entry.changed.connect(partial(self._on_changed, name))
        self._take_focus()

    def values(self) -> dict[str, str]:
        """What is entered, by name."""
        return {name: entry.value() for name, entry in self._entries.items()}

    def wrong(self, told: Mapping[str, str]) -> None:
        """Say what is wrong, each beside its field, and go to the first.

        What is entered stays there, but for what nobody sees: a wrong PIN is not tried once more as it is.
        """
        if not self._open:
            # Somebody went away while it was looked at.
            return
        for name, entry in self._entries.items():
            words = told.get(name, "")
            if words and isinstance(entry, LineEntry) and isinstance(entry.edit, SecretEdit):
                entry.edit.clear()
            entry.wrong(words)
        self._wrong.say(" ".join(words for name, words in told.items() if name not in self._entries))
        self._buttons[0].say(self._go)
        self._buttons[0].setEnabled(True)
        self._take_focus()

    @override
    def bring_into_view(self, part: QWidget) -> None:
        """Scroll until `part` is seen, with what stands above and below it."""
        whole = (entry for entry in self._entries.values() if entry.isAncestorOf(part))
        super().bring_into_view(next(whole, part))

    def _take_focus(self) -> None:
        entries = list(self._entries.values())
        next((one for one in entries if one.is_wrong()), entries[0]).take_focus()

    def _on_changed(self, name: str) -> None:
        self._entries[name].wrong("")

    @override
    def close_with(self, key: str) -> None:
        if self._open:
            # Nothing of a PIN or a key stays in the window longer than it must.
            for entry in self._entries.values():
                if isinstance(entry, LineEntry):
                    entry.edit.clear()
        super().close_with(key)

    @override
    def _on_chosen(self, key: str) -> None:
        if key != "go":
            super()._on_chosen(key)
        elif self._buttons[0].isEnabled() and self.is_settled():
            self._buttons[0].setEnabled(False)
            self._buttons[0].say(_("One moment…"))
            self.given.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        # A field tells by itself that Enter was pressed there; a choice leaves it to whoever goes on.
        if event.key() in _ENTER and isinstance(self.focusWidget(), Chip):
            event.accept()
            if not event.isAutoRepeat():
                self._on_chosen("go")
            return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        # Enter that is held is pressed once.
        held = isinstance(event, QKeyEvent) and event.isAutoRepeat() and event.key() in _ENTER
        return held or super().eventFilter(watched, event)

    @override
    def stops(self) -> list[QWidget]:
        fields = [entry.stop() for entry in self._entries.values()]
        return [*fields, *(button for button in self._buttons if button.isEnabled())]
