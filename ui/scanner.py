"""Bursts of keys as only a scanner types them, taken out so that none types or presses anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

GAP_MS: Final = 35
"""The longest time between two keys of one burst. Fingers that type a word are slower."""

FEWEST: Final = 6
"""So many characters make a burst that its end key makes a scan; a person's rolled fingers are fewer."""

END_MS: Final = 120
"""The longest time between a burst and its end key; scanners take a breath before it, or amid."""

SLOW_GAP_MS: Final = 60
SLOW_FEWEST: Final = 8
"""A slow scanner: so many keys and more, each within `SLOW_GAP_MS` of the one before, are no fingers' either.

Into a field they are typed as they come, since a person could not wait for them, and are taken out again at
the end key. Elsewhere they are held: what a key pressed there can not be taken back.
"""

_TAKES: Final = "takes_scans"

_LATE_MS: Final = 15
"""A timer later than this was kept waiting, and so may be the keys behind it."""

_ENDS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_SHIFTING: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
    }
)
_SEPARATORS: Final = frozenset("[\\]^_")
"""What stands on the keys that, with Ctrl, separate the parts of one code."""

_CHORDS: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True)
class _Before:
    """A field as it was before the first character of what may be a scan was typed into it.

    What stands in it is not copied, but for what was `selected` and would be replaced: it may be a PIN.
    """

    into: QLineEdit | QPlainTextEdit
    length: int
    selected: str = field(repr=False)
    start: int
    cursor: int


class Scanner(QObject):
    """Filters a window's events: `scanned` has what a scanner read.

    The first character of a burst goes into a field at once, since a person waits for it, and is taken out
    again if it was a scanner's; anywhere else, where it might press something, it is held back like all that
    follow. What turns out to be a person's is passed on in its order: `GAP_MS` behind the last key at most,
    `SLOW_GAP_MS` outside a field, `END_MS` where it came so fast that only the end key is missing. A key
    somebody leans on meanwhile changes nothing.
    """

    scanned = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._text = ""
        self._is_slow = False
        self._last_at = 0
        self._held: list[QKeyEvent] = []
        self._held_back = 0
        self._is_mark = self._with_ctrl = False
        self._before: _Before | None = None
        self._run = ""
        self._before_run: _Before | None = None
        self._chords = ""
        self._chord_at = 0
        self._ahead = ""
        self._ended_by = 0
        self._ended_at = 0
        self._passing_on = False
        self._waited = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_time)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if self._passing_on or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        if event.type() == QEvent.Type.KeyRelease:
            return self._released(event)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        at = event.timestamp()
        if event.isAutoRepeat() and self._text and 0 <= at - self._last_at <= self._longest_gap():
            # Somebody leans on a key while it is scanned.
            return True
        # Events made by programs carry no time: nothing can be said about their speed.
        if not at or event.isAutoRepeat():
            self._let_go()
            if not at:
                self._drop_run()
            return False
        if event.key() in _SHIFTING:
            return False
        if event.modifiers() & _CHORDS:
            return self._chord(event, at)
        ahead, self._chords = self._chords_before(at), ""
        if _is_end(event):
            return self._ends_chords(event, at, ahead) or self._end(event, at)
        gap = at - self._last_at
        goes_on = bool(self._text) and 0 <= gap <= self._longest_gap()
        if not goes_on or not _is_character(event):
            self._let_go()
        if not _is_character(event):
            self._drop_run()
            return False
        before = None if goes_on else _before(self._window.focusWidget())
        if not goes_on and not (self._run and 0 <= gap <= SLOW_GAP_MS):
            self._run, self._before_run = "", before
            self._ahead = "" if len(ahead) == 1 and _is_mark(ahead) else ahead
        if self._is_mark and self._text[-1] in _SEPARATORS:
            # One key with Ctrl amid the others; a letter is one for which a hand came upon Ctrl.
            self._text, self._run, self._held_back = self._text[:-1], self._run[:-1], self._held_back - 1
        self._is_mark = self._with_ctrl = False
        self._before = before or self._before
        self._add(event.text(), at)
        if before is not None:
            return False
        self._hold(event)
        return True

    def _add(self, character: str, at: int) -> None:
        """One character more of what may be a scan."""
        self._is_slow = self._is_slow or (0 < len(self._text) < FEWEST and at - self._last_at > GAP_MS)
        self._last_at = at
        self._text += character
        self._run += character
        self._wait()

    def _hold(self, event: QKeyEvent) -> None:
        self._held.append(event.clone())
        self._held_back += 1

    def _chord(self, event: QKeyEvent, at: int) -> bool:
        """A key with Ctrl or Alt held.

        It is a shortcut, a scanner's mark before, amid or behind its burst or the end of it, or part of a
        burst while a hand rests on Ctrl.
        """
        before = self._chords_before(at)
        if _is_end(event):
            return self._ends_chords(event, at, before) or self._end(event, at)
        cap = _key_cap(event)
        if cap and self._text and 0 <= at - self._last_at <= self._longest_gap():
            # The first letter or bracket with Ctrl may be a mark; digits and signs never are.
            self._is_mark = not self._with_ctrl and _is_mark(cap)
            self._with_ctrl = True
            self._add(cap, at)
            self._hold(event)
            return True
        if len(self._text) >= FEWEST and 0 <= at - self._last_at <= GAP_MS:
            self._last_at = at
            return True
        self._let_go()
        self._chords, self._chord_at = before + cap, at
        # The first one may be a shortcut; nobody presses a second one so soon.
        return bool(before)

    def _chords_before(self, at: int) -> str:
        """What came with Ctrl held right before `at`, as a burst would go on or end behind it."""
        longest = END_MS if len(self._chords) >= FEWEST else GAP_MS
        return self._chords if 0 <= at - self._chord_at <= longest else ""

    def _ends_chords(self, event: QKeyEvent, at: int, chords: str) -> bool:
        """Whether it is the end key of a burst that came whole while a hand rested on Ctrl."""
        if len(chords) < FEWEST:
            return False
        self._let_go()
        self._drop_run()
        self._ended_by, self._ended_at = event.key(), at
        self.scanned.emit(chords)
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if event.key() == self._ended_by:
            # The press it belongs to was taken out; a button must not hear half a key.
            self._ended_by = 0
            return True
        if any(one.key() == event.key() and one.type() == QEvent.Type.KeyPress for one in self._held):
            self._held.append(event.clone())
            return True
        return False

    def _end(self, event: QKeyEvent, at: int) -> bool:
        if not self._text and self._ended_at and 0 <= at - self._ended_at <= END_MS:
            # Carriage return and line feed: two end keys of one scan.
            self._ended_by, self._ended_at = event.key(), at
            return True
        marks = 1 if self._is_mark else 0
        # What came before Ctrl was let go belongs to all of the run.
        ahead = self._ahead if self._text == self._run else ""
        is_slow = len(self._ahead + self._run) - marks >= SLOW_FEWEST
        is_fast = len(ahead + self._text) - marks >= self._fewest()
        if not (is_slow or is_fast) or not 0 <= at - self._last_at <= END_MS:
            self._let_go()
            self._drop_run()
            return False
        text, before = (self._run, self._before_run) if is_slow else (self._text, self._before)
        ahead = self._ahead if is_slow else ahead
        typed = text[: len(text) - self._held_back]
        self._forget()
        self._drop_run()
        self._ended_by, self._ended_at = event.key(), at
        if before is not None:
            _take_back(before, self._window.focusWidget(), typed)
        self.scanned.emit(ahead + text[: len(text) - marks])
        return True

    def _longest_gap(self) -> int:
        """How long the next key of the burst may take: behind so many that came so fast it is waited for."""
        if len(self._ahead + self._text) >= self._fewest():
            return END_MS
        # Into a field the first one was typed already, and a slow scanner's burst is told by `_run`.
        return SLOW_GAP_MS if self._before is None else GAP_MS

    def _fewest(self) -> int:
        return SLOW_FEWEST if self._is_slow else FEWEST

    def _wait(self) -> None:
        self._waited.start()
        self._timer.start(self._longest_gap())

    def _on_time(self) -> None:
        if self._waited.elapsed() > self._timer.interval() + _LATE_MS:
            # The window stood still: what was scanned meanwhile may wait behind this timer.
            self._waited.start()
            self._timer.start()
        elif self._text:
            self._let_go()
        else:
            self._drop_run()

    def _let_go(self) -> None:
        """It was a person: pass on what was held back."""
        held = self._held
        self._forget()
        if self._run:
            # A slow scanner may go on. What it may have typed is not kept longer: it may be a person's PIN.
            self._waited.start()
            self._timer.start(END_MS)
        self._passing_on = True
        try:
            for event in held:
                # A window that was taken apart meanwhile has none.
                if self._window.internalWinId():
                    QApplication.sendEvent(self._window.windowHandle(), event)
        finally:
            self._passing_on = False

    def _forget(self) -> None:
        self._timer.stop()
        self._text, self._held, self._before, self._ended_by = "", [], None, 0
        self._chords, self._is_slow, self._held_back = "", False, 0
        self._is_mark = self._with_ctrl = False

    def _drop_run(self) -> None:
        self._run, self._before_run, self._ahead = "", None, ""
        if not self._text:
            self._timer.stop()


def takes_scans(field: QLineEdit | QPlainTextEdit) -> None:
    """Have `field` take what is scanned while it has the focus, as if it were typed."""
    field.setProperty(_TAKES, True)


def take_scan(field: QWidget | None, text: str) -> bool:
    """Type `text` into `field` if it takes scans; a field of several lines goes on to the next."""
    if field is None or not field.property(_TAKES):
        return False
    if isinstance(field, QLineEdit):
        field.insert(text)
    elif isinstance(field, QPlainTextEdit):
        field.insertPlainText(f"{text}\n")
    return True


def _is_end(event: QKeyEvent) -> bool:
    return event.key() in _ENDS or event.text() in {"\r", "\n", "\t"}


def _is_character(event: QKeyEvent) -> bool:
    return len(event.text()) == 1 and event.text().isprintable()


def _before(widget: QWidget | None) -> _Before | None:
    """The field somebody types into, as it is; None where a key is no text."""
    if isinstance(widget, QLineEdit) and not widget.isReadOnly():
        start = widget.selectionStart() if widget.hasSelectedText() else widget.cursorPosition()
        return _Before(widget, len(widget.text()), widget.selectedText(), start, widget.cursorPosition())
    if isinstance(widget, QPlainTextEdit) and not widget.isReadOnly():
        cursor = widget.textCursor()
        chosen = cursor.selection().toPlainText()
        return _Before(widget, len(widget.toPlainText()), chosen, cursor.selectionStart(), cursor.position())
    return None


def _is_mark(cap: str) -> bool:
    """Whether a key with Ctrl is a sign that scanners send around a burst; digits and signs never are."""
    return "@" <= cap <= "_"


def _key_cap(event: QKeyEvent) -> str:
    """What stands on the key, whatever is held with it; empty for one without a character."""
    return chr(event.key()) if 0x20 < event.key() < 0x7F else ""  # noqa: PLR2004  what ASCII prints


def _take_back(before: _Before, focus: QWidget | None, typed: str) -> None:
    """Have the field as it was, as if a person had undone what was typed."""
    field = before.into
    if field is not focus:
        return
    kept = before.length - len(before.selected)
    if isinstance(field, QLineEdit):
        # A field takes no more than it has room for.
        typed = typed[: field.maxLength() - kept]
    end = before.start + len(typed)
    now = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
    is_typed = bool(typed) and len(now) == kept + len(typed) and now[before.start : end] == typed
    if isinstance(field, QLineEdit):
        if is_typed:
            field.setSelection(before.start, len(typed))
            # Edited, not set: whoever listens to what is typed hears of it.
            field.insert(before.selected)
        if len(field.text()) == before.length and before.selected:
            field.setSelection(before.start, len(before.selected))
        elif len(field.text()) == before.length:
            field.setCursorPosition(before.cursor)
        return
    if is_typed:
        cursor = field.textCursor()
        cursor.setPosition(before.start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(before.selected)
        cursor.setPosition(before.start)
        cursor.setPosition(before.start + len(before.selected), QTextCursor.MoveMode.KeepAnchor)
        field.setTextCursor(cursor)
