"""What the cashier sees when the scam guard holds a sale up: why, the question, and what leads on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app import i18n
from pos_app.errors import DeviceProblem
from pos_app.guard_words import card_lines, card_title, question, sentence
from pos_app.guarding import Weighed
from pos_app.i18n import _, ngettext
from pos_app.messages import explain
from pos_app.orders.draft import Draft
from ui import theme
from ui.approval import why_not
from ui.borders import Till
from ui.manager_fields import ManagerFields
from ui.sheet import Choice, Sheet
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton, Chip
from ui.widgets.even_text import EvenText
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Text, card, named, set_role

_TICK_MS: Final = 200
_STEPS: Final[dict[int, int]] = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_WIDE: Final = 560
_LOW: Final = 620


async def may_go_on(host: QWidget, till: Till, draft: Draft, by: str, clock: Callable[[], float]) -> bool:
    """Whether the scam guard lets `draft` pass, after everybody was asked whom it wants asked.

    Over `host` nothing is seen when no rule fired. What comes up while a question stands there, because
    others sell meanwhile, is asked behind it.
    """
    weighed = await till.guarding.weigh(draft, by)
    while weighed.asks is not None:
        if not await _is_let_through(host, till, draft, by, weighed, clock):
            return False
        weighed = await till.guarding.weigh(draft, by)
    return True


async def _is_let_through(
    host: QWidget, till: Till, draft: Draft, by: str, weighed: Weighed, clock: Callable[[], float]
) -> bool:
    """Whether whoever is asked about what was `weighed` answers so that the sale goes on."""
    guarding = till.guarding
    await guarding.asked(draft, by, weighed)
    managers = await till.people.managers() if weighed.asks == "approve" else ()
    tries: asyncio.Queue[str] = asyncio.Queue()
    sheet = GuardSheet(host, weighed, managers, by, clock)
    sheet.pressed.connect(tries.put_nowait)

    def given_up(_key: str) -> None:
        tries.put_nowait("stop")

    sheet.closed.connect(given_up)
    try:
        while (key := await tries.get()) != "stop":
            if key == "print":
                await _print(till, sheet)
            elif weighed.asks == "ask":
                await guarding.answer(draft, by, weighed)
                return True
            elif not (why := await _why_no_manager(till, managers, sheet)):
                await guarding.approve(draft, by, sheet.manager(), weighed)
                return True
            else:
                sheet.wrong(why)
    finally:
        sheet.close_with("")
    if weighed.asks == "refuse":
        await guarding.held_back(draft, by)
    else:
        await guarding.drop(draft, by)
    return False


async def _why_no_manager(till: Till, managers: Sequence[str], sheet: GuardSheet) -> str:
    return await why_not(till.people, sheet.manager(), sheet.pin()) if managers else ""


async def _print(till: Till, sheet: GuardSheet) -> None:
    try:
        with i18n.speaking(sheet.spoken):
            await till.printouts.print_customer_card()
    except DeviceProblem as error:
        said = explain(error)
        sheet.wrong(f"{said.title}. {said.advice}")
    else:
        sheet.tell(_("The card for the customer is printed."))


class GuardSheet(Sheet):
    """`pressed` tells what was chosen: `go`, `print`; going away from it is `stop`.

    For some seconds nothing leads on: whoever is hurried by a caller has time to think. Nothing is chosen by
    itself, so that an Enter meant for what lay there before does nothing.
    """

    pressed = Signal(str)

    def __init__(
        self,
        host: QWidget,
        weighed: Weighed,
        managers: Sequence[str],
        by: str,
        clock: Callable[[], float],
    ) -> None:
        self._asks = weighed.asks
        self._until = clock() + weighed.seconds
        self._at = clock
        self._busy = False
        self.spoken = i18n.language()
        """What the customer reads, as it was chosen on the card."""
        # parts
        body = QWidget()
        self._question = EvenText("guard_question", "headline", question())
        self._who = (
            ManagerFields("guard", managers, "" if managers else by) if self._asks == "approve" else None
        )
        self._said = Text("guard_said", "danger", wrap=True)
        # layout
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if self._asks != "refuse":
            column.addWidget(self._question)
        else:
            refused = _("The shop's settings do not allow it. Nobody can approve it at the till.")
            column.addWidget(Text("guard_refused", "strong", refused, wrap=True))
        if self._who is not None:
            asked = _("A manager has to approve it.")
            column.addWidget(Text("guard_approve", "strong", asked, wrap=True))
            column.addWidget(self._who)
        column.addWidget(self._said)
        super().__init__(
            host,
            _("Stop for a moment"),
            [sentence(hit) for hit in weighed.hits],
            _choices(weighed),
            body=body,
            clock=clock,
        )
        self._card.setFixedWidth(min(_WIDE, max(280, host.width() - 32)))
        self._by_key = {button.objectName().removeprefix("sheet_"): button for button in self._buttons}
        self._put_side_by_side("show", "print")
        if host.height() < _LOW:
            self._put_side_by_side("go", "stop")
        self._fit()
        self._said.hide()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        # connections
        self._tick.timeout.connect(self._render)
        if self._who is not None:
            self._who.entered.connect(lambda: self._on_chosen("go"))
            self._who.take_focus()
        self._render()
        if not self._is_time():
            self._tick.start()

    # --- from outside -------------------------------------------------------------------------------

    def manager(self) -> str:
        """Who approves it."""
        return "" if self._who is None else self._who.name()

    def pin(self) -> str:
        """The manager's PIN."""
        return "" if self._who is None else self._who.pin()

    def wrong(self, words: str) -> None:
        """Say why it does not go on; a PIN is to be typed again."""
        if self._who is not None:
            self._who.forget()
        self._say(words, "danger")
        if self._who is not None:
            self._who.take_focus()

    def tell(self, words: str) -> None:
        """Say what was done."""
        self._say(words, "muted")

    # --- slots --------------------------------------------------------------------------------------

    @override
    def _on_chosen(self, key: str) -> None:
        if not self.is_settled() or self._busy:
            return
        if key == "stop":
            self.close_with("stop")
        elif key == "show":
            CustomerCard(self._host, self)
        elif key == "print":
            self._press(key)
        elif self._is_time():
            if self._who is not None and (lacks := self._who.lacks()):
                self.wrong(lacks)
                return
            self._press(key)

    def _press(self, key: str) -> None:
        self._busy = True
        self._render()
        self.pressed.emit(key)

    # --- drawing ------------------------------------------------------------------------------------

    def _put_side_by_side(self, *keys: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        pair = [self._by_key[key] for key in keys if key in self._by_key]
        place = self._ways_out.indexOf(pair[0])
        for button in pair:
            self._ways_out.removeWidget(button)
            row.addWidget(button, 1)
        self._ways_out.insertLayout(place, row)

    def _say(self, words: str, role: str) -> None:
        self._busy = False
        set_role(self._said, role)
        self._said.say(words)
        self._render()

    def _is_time(self) -> bool:
        return self._at() >= self._until

    def _render(self) -> None:
        left = max(0, round(self._until - self._at() + 0.49))
        go = self._by_key.get("go")
        if go is not None:
            words = _go_words(self._asks)
            wait = ngettext("{words} (in {n} second)", "{words} (in {n} seconds)", left)
            go.say(words if self._is_time() else wait.format(words=words, n=left))
            go.setEnabled(self._is_time() and not self._busy)
        if self._is_time():
            self._tick.stop()

    @override
    def close_with(self, key: str) -> None:
        if self._open:
            self._tick.stop()
            if self._who is not None:
                self._who.forget()
        super().close_with(key)

    @override
    def stops(self) -> list[QWidget]:
        fields = [] if self._who is None else self._who.stops()
        return [*fields, *(button for button in self._buttons if button.isEnabled())]


def _spoken() -> tuple[str, ...]:
    """All languages, the till's own first."""
    own = i18n.language()
    return (own, *(name for name in i18n.languages() if name != own))


def _go_words(asks: str | None) -> str:
    return _("Approve the sale") if asks == "approve" else _("No, nobody does. Go on")


def _choices(weighed: Weighed) -> list[Choice]:
    choices = [
        Choice("show", _("Show the customer's card")),
        Choice("print", _("Print it")),
        Choice("stop", _("Stop the sale")),
    ]
    return choices if weighed.asks == "refuse" else [Choice("go", _go_words(weighed.asks)), *choices]


class CustomerCard(QWidget):
    """The customer's card over the whole window, large and plain: any key or press puts it away.

    It speaks every language the program does: the arrows choose, and what was chosen is printed too.
    """

    def __init__(self, host: QWidget, below: GuardSheet) -> None:
        super().__init__(host)
        self._host, self._below = host, below
        low = host.height() < _LOW
        # parts
        self._sheet = card("customer_card", self, "overlay")
        self._title = EvenText("customer_card_title", "page" if low else "huge")
        role = "line" if low else "email"
        self._lines = [EvenText(f"customer_card_{n}", role) for n in range(len(card_lines()))]
        self._languages = {name: Chip(f"customer_card_{name}", i18n.own_name(name)) for name in _spoken()}
        back = ActionButton("customer_card_back", _("Back"), key="Esc")
        # layout
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(24 if low else 48, 16 if low else 32, 24 if low else 48, 16 if low else 24)
        column.setSpacing(8 if low else 18)
        column.addStretch(1)
        column.addWidget(self._title)
        for line in self._lines:
            column.addWidget(line)
        column.addStretch(1)
        languages = named(FlowRow(6), "customer_card_languages", _("Language"))
        for name, chip in self._languages.items():
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(partial(self._say_in, name))
            languages.flow.addWidget(chip)
        if len(self._languages) > 1:
            column.addWidget(languages)
        column.addWidget(back)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._sheet)
        # connections
        back.clicked.connect(self.put_away)
        host.installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._say_in(below.spoken)
        self.setGeometry(host.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _say_in(self, language: str) -> None:
        """Speak `language`, the way it is read."""
        self._below.spoken = language
        with i18n.speaking(language):
            title, lines, turned = card_title(), card_lines(), i18n.right_to_left()
        app = QApplication.instance()
        if turned and isinstance(app, QApplication):
            theme.have_letters(app)
        direction = Qt.LayoutDirection.RightToLeft if turned else Qt.LayoutDirection.LeftToRight
        for part, words in zip([self._title, *self._lines], [title, *lines], strict=True):
            part.setLayoutDirection(direction)
            part.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            part.setText(words)
        for name, chip in self._languages.items():
            chip.setChecked(name == language)

    def _next(self, step: int) -> None:
        names = list(self._languages)
        here = names.index(self._below.spoken) if self._below.spoken in names else -1
        self._say_in(names[(here + step) % len(names)])

    def put_away(self) -> None:
        """Back to the question."""
        self._host.removeEventFilter(self)
        self.hide()
        if self._below.isVisible():
            self._below.setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        event.accept()
        if not event.isAutoRepeat() and event.key() in {
            Qt.Key.Key_Escape,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
        }:
            self.put_away()
        elif step := _STEPS.get(mirror.key(self, event.key())):
            self._next(step)

    @override
    def focusNextPrevChild(self, next: bool, /) -> bool:
        # There is one way out, and it is at hand.
        return True

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        event.accept()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False
