"""What is always there: the rail, the status line, the ribbon, the banner, and a place for one screen.

Light on purpose: it is imported before the first paint, so it knows neither the register nor a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _, ngettext
from ui.widgets.banner import Banner
from ui.widgets.buttons import RailButton
from ui.widgets.light import LightButton, LightState
from ui.widgets.parts import Text, named
from ui.widgets.ribbon import Ribbon


@dataclass(frozen=True, slots=True)
class LightFacts:
    """One light of the status line: `amount` is money as text, `why` a sentence for whoever presses it."""

    name: str
    title: str
    state: LightState
    why: str
    amount: str = ""


class Frame(QWidget):
    """The frame around one screen at a time."""

    sell_wanted = Signal()
    orders_wanted = Signal()
    attention_wanted = Signal()
    settings_wanted = Signal()
    lessons_wanted = Signal()
    keys_wanted = Signal()
    light_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frame")
        self._facts: dict[str, LightFacts] = {}
        self._lessons: RailButton | None = None
        self._lights: dict[str, LightButton] = {}
        # parts
        self._rail = QFrame(self)
        self._rail.setProperty("role", "rail")
        self._rail.setFixedWidth(84)
        self._sell = RailButton("rail_sell", _("Sell"), "sell")
        self._orders = RailButton("rail_orders", _("Orders"), "orders")
        self._attention = RailButton("rail_attention", _("Attention"), "warn")
        self._settings = RailButton("rail_settings", _("Settings"), "settings")
        self._keys = RailButton("rail_keys", _("Keys"), "keys")
        self._keys.setCheckable(False)
        self._ribbon = Ribbon(_("TRAINING · NO VALUE"))
        self._ribbon.hide()
        self._status = QFrame(self)
        self._status.setProperty("role", "status")
        self._status.setFixedHeight(49)
        self._register = Text("register", "strong", _("Countercard"))
        self._cashier = Text("cashier", "muted")
        self._clock = Text("clock", "strong")
        self.stack = QStackedWidget(self)
        named(self.stack, "page")
        self.banner = Banner(self)
        # layout
        self._lay_out()
        # connections
        self._sell.clicked.connect(self.sell_wanted)
        self._orders.clicked.connect(self.orders_wanted)
        self._attention.clicked.connect(self.attention_wanted)
        self._settings.clicked.connect(self.settings_wanted)
        self._keys.clicked.connect(self.keys_wanted)
        self.set_open(False)

    def _lay_out(self) -> None:
        rail = self._doors = QVBoxLayout(self._rail)
        rail.setContentsMargins(8, 16, 8, 16)
        rail.setSpacing(8)
        rail.addWidget(self._sell)
        rail.addWidget(self._orders)
        rail.addWidget(self._attention)
        rail.addStretch(1)
        rail.addWidget(self._settings)
        rail.addWidget(self._keys)
        line = self._line = QHBoxLayout(self._status)
        line.setContentsMargins(24, 0, 24, 0)
        line.setSpacing(24)
        line.addWidget(self._register)
        line.addWidget(self._cashier)
        line.addStretch(1)
        self._light_row = QHBoxLayout()
        self._light_row.setSpacing(4)
        line.addLayout(self._light_row)
        line.addWidget(self._clock)
        column = self._column = QVBoxLayout()
        column.setSpacing(0)
        for part in (self._ribbon, self._status, self.stack, self.banner):
            column.addWidget(part, 1 if part is self.stack else 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addLayout(column, 1)

    def set_open(self, ready: bool) -> None:  # noqa: FBT001  the state itself
        """Whether the till is open: before that the rail leads nowhere."""
        for button in (self._sell, self._orders, self._attention, self._settings, self._keys, self._lessons):
            if button is not None:
                button.setEnabled(ready)

    def set_bare(self, bare: bool) -> None:  # noqa: FBT001  the state itself
        """Leave the whole window to the page: there is no till yet."""
        self._rail.setVisible(not bare)
        self._status.setVisible(not bare)

    def retell(self) -> None:
        """Say every fixed text in the language in force."""
        self._sell.say(_("Sell"))
        self._orders.say(_("Orders"))
        self._attention.say(_("Attention"))
        self._settings.say(_("Settings"))
        self._keys.say(_("Keys"))
        if self._lessons is not None:
            self._lessons.say(_("Lessons"))
        self._ribbon.say(_("TRAINING · NO VALUE"))

    def choose(self, door: str) -> None:
        """Show in the rail which screen one is at: `sell`, `orders`, `attention`, `settings` or `lessons`."""
        self._sell.setChecked(door == "sell")
        self._orders.setChecked(door == "orders")
        self._attention.setChecked(door == "attention")
        self._settings.setChecked(door == "settings")
        if self._lessons is not None:
            self._lessons.setChecked(door == "lessons")

    def tell(self, *, register: str, cashier: str, training: bool) -> None:
        """Which register this is, who sells, and whether it is only practice."""
        self._register.setText(register)
        self._cashier.setText(cashier)
        self._ribbon.setVisible(training)
        if training and self._lessons is None:
            # A till that sells real cards has no such door.
            self._lessons = RailButton("rail_lessons", _("Lessons"), "lessons")
            self._lessons.clicked.connect(self.lessons_wanted)
            self._doors.insertWidget(self._doors.indexOf(self._settings), self._lessons)
            QWidget.setTabOrder(self._attention, self._lessons)

    def put_below_status(self, part: QWidget) -> None:
        """Give `part` a place of its own above the screen, which has less room then."""
        self._column.insertWidget(self._column.indexOf(self.stack), part)

    def tell_time(self, words: str) -> None:
        """The time of day, as people here write it."""
        self._clock.setText(words)

    def tell_waiting(self, number: int) -> None:
        """How many orders wait for a person."""
        spoken = ngettext("Attention, {n} waits for you", "Attention, {n} wait for you", number)
        self._attention.set_waiting(number, spoken.format(n=number))

    def tell_lights(self, lights: Sequence[LightFacts]) -> None:
        """What the lights show; a light that is not among them goes."""
        self._facts = {facts.name: facts for facts in lights}
        for name in [name for name in self._lights if name not in self._facts]:
            self._lights.pop(name).deleteLater()
        for facts in lights:
            light = self._lights.get(facts.name)
            if light is None:
                light = self._lights[facts.name] = LightButton(facts.name)
                light.clicked.connect(lambda _checked=False, name=facts.name: self.light_pressed.emit(name))
                self._light_row.addWidget(light)
            light.tell(facts.title, facts.amount, facts.state, f"{facts.title} {facts.amount}: {facts.why}")

    def light(self, name: str) -> tuple[LightFacts, LightButton]:
        """What the light `name` shows, and where it is. Raises KeyError when there is none."""
        return self._facts[name], self._lights[name]

    def set_compact(self, compact: bool) -> None:  # noqa: FBT001  the state itself
        """In a narrow window the status line leaves out the cashier's name."""
        self._cashier.setVisible(not compact)
        self._line.setSpacing(12 if compact else 24)
        self._line.setContentsMargins(*((16, 0, 16, 0) if compact else (24, 0, 24, 0)))
