"""The page for people: who sells at this register, and the managers, who decide what a cashier may not."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.entered import problems_with_cashier
from pos_app.i18n import _, date_and_time
from pos_app.messages import problem
from pos_app.orders.rules import Problem
from pos_app.people import (
    FEWEST_DIGITS,
    MOST_DIGITS,
    Manager,
    problems_with_manager,
    problems_with_pin,
    tidied,
)
from pos_app.setting_words import sentence
from ui.approval import why_not
from ui.borders import Managing, Preferring, Recording
from ui.dialogs import ask
from ui.screen import Clock
from ui.settings.entries_sheet import Asked, asked, pin_entry
from ui.settings.page import Page, sentences
from ui.sheet import Choice
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import LineEntry
from ui.widgets.parts import Text, empty, named, rule

_OWN: Final = "own"
_SHOWN: Final = 40
"""How many changes are shown; `countercard journal changes` has all."""


class PeoplePage(Page):
    """`by` is the manager who came in; each change of a manager asks for that one's PIN once more.

    A till that practises has no managers: `people` is None there.
    """

    def __init__(
        self,
        preferences: Preferring,
        people: Managing | None,
        record: Recording,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(
            "people_page",
            _("People"),
            _("Who sells at this register, and who decides what a cashier may not."),
            clock,
        )
        self.by = ""
        self._preferences, self._people, self._record = preferences, people, record
        self._known: tuple[Manager, ...] = ()
        # parts
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._more = ActionButton("people_add", _("Add a manager…"), role="beside")
        self._changed = ActionButton("people_record", _("Who changed what…"), role="beside")
        # layout
        cashier = self.add("cashier", LineEntry("set_cashier", _("Who sells here")))
        cashier.hint(_("A first name is enough. It stands on receipts."))
        self.body.addWidget(cashier)
        self.body.addWidget(rule())
        self.body.addWidget(Text("people_title_managers", "strong", _("Managers"), wrap=True))
        about = (
            _("In training nobody is asked for a PIN, and there are no managers.")
            if people is None
            else _("They decide with a PIN of their own, at every register of the store.")
        )
        self.body.addWidget(Text("people_about", "small", about, wrap=True))
        self.body.addLayout(self._rows)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._more.setVisible(people is not None)
        self.body.addWidget(rule())
        self.body.addWidget(self._changed, 0, Qt.AlignmentFlag.AlignLeft)
        # connections
        self._more.clicked.connect(self._on_add)
        self._changed.clicked.connect(self._on_record)
        for button in (self._more, self._changed):
            button.installEventFilter(self)

    # --- from outside -------------------------------------------------------------------------------

    @override
    def opened(self) -> None:
        super().opened()
        if (people := self._people) is not None:
            self.tasks.start("managers", self._read(people), when_busy="replace")

    # --- who sells ----------------------------------------------------------------------------------

    @override
    def kept_values(self) -> dict[str, str]:
        return {"cashier": self._preferences.settings.cashier}

    @override
    def wrong(self) -> Mapping[str, str]:
        return sentences(problems_with_cashier(self.values()["cashier"].strip()))

    @override
    async def keep(self) -> Mapping[str, str]:
        return sentences(await self._preferences.keep_cashier(self.values()["cashier"], self.by))

    @override
    def saved_words(self) -> str:
        return _("Saved. The next sale is sold under this name.")

    # --- the record ---------------------------------------------------------------------------------

    def _on_record(self) -> None:
        self.tasks.start("record", self._show_record(), when_busy="refuse")

    async def _show_record(self) -> None:
        """Who changed what under Settings, at every register, newest first."""
        zone = self._preferences.settings.shop.zone
        lines = [
            _("{at} · {what}").format(at=date_and_time(note.at, zone), what=sentence(note))
            for note in await self._record.log(_SHOWN)
        ]
        nothing = _("Nothing was changed under Settings yet.")
        close = [Choice("close", _("Close"), primary=True)]
        await ask(self.window(), _("Who changed what"), lines or [nothing], close, clock=self.clock)

    # --- the managers -------------------------------------------------------------------------------

    async def _read(self, people: Managing) -> None:
        self._known = await people.known()
        empty(self._rows)
        for number, one in enumerate(self._known):
            self._rows.addWidget(self._row(number, one))

    def _row(self, number: int, one: Manager) -> QWidget:
        box = named(QWidget(), f"manager_row_{number}")
        name = BreakingText(f"manager_name_{number}", "strong")
        name.setText(one.name)
        since = BreakingText(f"manager_since_{number}", "small")
        zone = self._preferences.settings.shop.zone
        since.setText(_("Manager since {date}").format(date=date_and_time(one.since, zone)))
        pin = ActionButton(f"manager_pin_{number}", _("New PIN…"), role="quiet")
        pin.setAccessibleName(_("New PIN for {name}").format(name=one.name))
        pin.clicked.connect(partial(self._on_pin, one.name))
        retire = ActionButton(f"manager_retire_{number}", _("Retire…"), role="quiet")
        retire.setAccessibleName(_("Retire {name}").format(name=one.name))
        retire.clicked.connect(partial(self._on_retire, one.name))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(since)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 6, 0, 6)
        row.addLayout(words, 1)
        row.addWidget(pin)
        row.addWidget(retire)
        return box

    def _on_add(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        if (people := self._people) is not None:
            self.act("people", self._add(people))

    def _on_pin(self, name: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        if (people := self._people) is not None:
            self.act("people", self._change_pin(people, name))

    def _on_retire(self, name: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        if (people := self._people) is None:
            return
        if len(self._known) == 1:
            self.say(problem(Problem("manager", "last")), "danger")
        elif name == self.by:
            self.say(_("You came in as {name}: another manager retires you.").format(name=name), "danger")
        else:
            self.act("people", self._retire(people, name))

    async def _add(self, people: Managing) -> None:
        # Who is quick may press before the list is there, and is asked for the own PIN all the same.
        await self._read(people)
        name = LineEntry("person_name", _("Manager's name"), QLineEdit())
        wanted = Asked(
            _("Add a manager"),
            _("Whoever is a manager gives money back, decides about orders and opens these settings."),
            _("Add"),
            {"manager": name, **_new_pin(), **self._own_pin()},
        )

        added = ""

        async def keep(typed: Mapping[str, str]) -> Mapping[str, str]:
            nonlocal added
            # Another register may add somebody meanwhile: who it was is known from here alone.
            added = tidied(typed["manager"])
            new = typed["manager"], typed["pin"], typed["again"]
            found = problems_with_manager(*new)
            return await self._kept(people, typed, found, partial(people.add_manager, *new, by=self.by))

        is_first = not self._known
        if await asked(self.window(), wanted, keep, self.clock):
            await self._read(people)
            if is_first:
                # From now on there is somebody to be asked for.
                self.by = added
            self._tell(_("{name} is a manager now.").format(name=added))

    async def _change_pin(self, people: Managing, name: str) -> None:
        own, new = self._own_pin(is_changed=name == self.by), _new_pin()
        wanted = Asked(
            _("New PIN for {name}").format(name=name),
            _("The PIN until now is not right any more. A pause after wrong PINs is over."),
            _("Keep the new PIN"),
            {**own, **new} if name == self.by else {**new, **own},
        )

        async def keep(typed: Mapping[str, str]) -> Mapping[str, str]:
            pins = typed["pin"], typed["again"]
            act = partial(people.change_pin, name, *pins, by=self.by)
            return await self._kept(people, typed, problems_with_pin(*pins), act)

        if await asked(self.window(), wanted, keep, self.clock):
            self._tell(_("{name} has a new PIN.").format(name=name))

    async def _retire(self, people: Managing, name: str) -> None:
        wanted = Asked(
            _("Retire {name}?").format(name=name),
            _("{name} decides nothing any more. What {name} decided stays written.").format(name=name),
            _("Retire"),
            self._own_pin(),
        )

        async def keep(typed: Mapping[str, str]) -> Mapping[str, str]:
            return await self._kept(people, typed, (), partial(people.retire, name, by=self.by))

        if await asked(self.window(), wanted, keep, self.clock):
            await self._read(people)
            self._tell(_("{name} is no manager any more.").format(name=name))

    def _own_pin(self, *, is_changed: bool = False) -> dict[str, LineEntry]:
        """The PIN of whoever came in, who may have left the till since; of nobody where there is none yet."""
        if not self._known:
            return {}
        label = _("PIN until now") if is_changed else _("Your own PIN, {name}").format(name=self.by)
        return {_OWN: pin_entry("person_own_pin", label)}

    async def _kept(
        self,
        people: Managing,
        typed: Mapping[str, str],
        found: tuple[Problem, ...],
        act: Callable[[], Awaitable[tuple[Problem, ...]]],
    ) -> Mapping[str, str]:
        """Do `act` if nothing was `found` wrong and whoever came in says so; returns what is wrong."""
        wrong = sentences(found)
        if _OWN in typed and not typed[_OWN]:
            wrong[_OWN] = _("Enter your PIN.")
        if not wrong and _OWN in typed and (why := await why_not(people, self.by, typed[_OWN])):
            wrong[_OWN] = why
        return wrong or sentences(await act())

    def _tell(self, words: str) -> None:
        self.say(words, "ok")
        self._more.setFocus(Qt.FocusReason.OtherFocusReason)


def _new_pin() -> dict[str, LineEntry]:
    pin = pin_entry("person_pin", _("New PIN"))
    pin.hint(
        _("{least} to {most} digits, not in a row like 1234, no digit or pair repeated.").format(
            least=FEWEST_DIGITS, most=MOST_DIGITS
        )
    )
    return {"pin": pin, "again": pin_entry("person_pin_again", _("The same PIN again"))}
