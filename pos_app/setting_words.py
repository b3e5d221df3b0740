"""What was changed under Settings, in words: one sentence a note, who did it and what it was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pos_app.guard_words import limit_label
from pos_app.i18n import _
from pos_app.limits import BEYOND, NAMES, OFF, PATTERNS
from pos_app.orders.notes import Moved, SettingChanged


def sentence(note: SettingChanged) -> str:
    """What `note` tells."""
    if note.what in _CHANGED:
        return _CHANGED[note.what](note)
    title = {"limits": _("Limits"), "company": note.about}.get(note.what, note.what)
    parts = "; ".join(_part(note.what, part) for part in note.parts)
    return _("{by} changed {what}. {parts}").format(by=note.by, what=title, parts=parts).strip()


def _part(what: str, part: Moved) -> str:
    if not part.before and not part.after:
        # A key: what it is, and was, nobody is told.
        return _("Another key: {name}").format(name=part.name)
    is_limit = what == "limits"
    before, after = (_value(part.name, text) if is_limit else text for text in (part.before, part.after))
    name = _label(part.name) if is_limit else part.name
    return _("{name}: {before} → {after}").format(name=name, before=before or "–", after=after or "–")


def _label(name: str) -> str:
    own = {BEYOND: _("A sale beyond a limit"), PATTERNS: _("Ask at signs of a scam")}
    return {**own, **{known: limit_label(known) for known in NAMES}}.get(name, name)


def _value(name: str, text: str) -> str:
    choices = {
        (BEYOND, "approve"): _("A manager approves it"),
        (BEYOND, "refuse"): _("It is refused"),
        (PATTERNS, "on"): _("Yes"),
        (PATTERNS, OFF): _("No"),
    }
    return choices.get((name, text), _("no limit") if text == OFF else text)


def _pin(note: SettingChanged) -> str:
    if note.by == note.about:
        return _("{by} chose a new PIN.").format(by=note.by)
    return _("{by} gave {name} a new PIN.").format(by=note.by, name=note.about)


def _cashier(note: SettingChanged) -> str:
    before, after = next(((part.before, part.after) for part in note.parts), ("", ""))
    return _("{by} had {after} sell at register {till}. Before: {before}.").format(
        by=note.by, after=after, till=note.till, before=before
    )


_CHANGED: Final[Mapping[str, Callable[[SettingChanged], str]]] = {
    "manager_added": lambda note: _("{by} made {name} a manager.").format(by=note.by, name=note.about),
    "manager_retired": lambda note: _("{by} retired {name}.").format(by=note.by, name=note.about),
    "pin_changed": _pin,
    "cashier": _cashier,
}
