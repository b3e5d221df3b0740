"""The panel of the chosen brand: its values, an open amount, how many, and for a card by e-mail to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.catalog import Brand
from pos_app.clock import NewId
from pos_app.i18n import _, as_it_is, money, money_short
from pos_app.messages import problem as words_of
from pos_app.money import Money
from pos_app.orders.draft import Line, Recipient
from pos_app.orders.product import Product
from pos_app.orders.rules import (
    LONGEST_MESSAGE,
    LONGEST_NAME,
    MOST_CARDS,
    Problem,
    problem_with_amount,
    problem_with_quantity,
    problems_with_recipient,
)
from pos_app.shelf_words import region_words
from ui.widgets.address_lines import AddressText
from ui.widgets.buttons import ActionButton, ValueButton
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.money_field import MoneyField, read_amount
from ui.widgets.parts import OneLine, Text, named
from ui.widgets.readable import keep_readable
from ui.widgets.stepper import Stepper

_USUAL_VALUES = 9
# What is too long is said, not cut off in silence: a field takes more than may stand in it.
_ROOM = 10
_FIELDS = ("amount", "email", "name", "message")


@dataclass(frozen=True)
class State:
    """What is chosen so far. `line_id` is set while a line of the basket is being changed.

    `left` are the fields the cashier has been at: only beside those something may be said to be wrong.
    """

    brand: Brand | None = None
    products: tuple[Product, ...] = ()
    product: Product | None = None
    quantity: int = 1
    line_id: str = ""
    left: frozenset[str] = field(default_factory=frozenset[str])


class ChosenBrand(QFrame):
    """Makes one line of the basket."""

    line_ready = Signal(object)
    closed = Signal()

    def __init__(self, currency: str, new_id: NewId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "chosen")
        self.setProperty("role", "card")
        self._currency, self._new_id = currency, new_id
        self._state = State()
        self._values: list[tuple[Product, ValueButton]] = []
        self._buttons: list[ValueButton] = []
        self._typed = ""
        # parts
        self._name = OneLine("chosen_name", "title")
        self._about = OneLine("chosen_about", "muted")
        self._where = AddressText("chosen_where", "muted")
        self._stepper = Stepper("quantity", _("Quantity"), _("One card less"), _("One card more"), MOST_CARDS)
        self._quantity_wrong = Text("quantity_sentence", "danger")
        self._row = FlowRow(8)
        self._add = ActionButton("add", _("Add"), role="second", key="Enter")
        self._amount = MoneyField("amount", _("Amount"), currency)
        self._email = named(QLineEdit(), "email", _("E-mail of the recipient"))
        self._email.setMaxLength(254)
        self._email.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
        self._person = named(QLineEdit(), "name", _("Name of the recipient"))
        self._person.setMaxLength(LONGEST_NAME * _ROOM)
        self._message = named(QLineEdit(), "message", _("Message"))
        self._message.setMaxLength(LONGEST_MESSAGE * _ROOM)
        self._fields = {
            "amount": Field(_("Amount"), self._amount),
            "email": Field(_("E-mail of the recipient"), self._email),
            "name": Field(_("Name, if there is one"), self._person),
            "message": Field(_("Message, if there is one"), self._message),
        }
        # layout
        self._lay_out()
        # connections
        self._stepper.changed.connect(self._on_quantity)
        self._add.clicked.connect(self.add)
        for edit in (self._person, self._message):
            keep_readable(edit)
        for edit in (self._amount, self._email, self._person, self._message):
            edit.textEdited.connect(self._on_edited)
            edit.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        # The name comes first; what is said about it takes what room is left.
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        named_so = QHBoxLayout()
        named_so.setSpacing(8)
        named_so.addWidget(self._name)
        named_so.addWidget(self._about, 1)
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addLayout(named_so)
        who.addWidget(self._where)
        head.addLayout(who, 1)
        head.addWidget(self._quantity_wrong)
        head.addWidget(self._stepper)
        self._grid_box = QWidget()
        self._grid = QGridLayout(self._grid_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        foot = self._foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self._row, 1)
        foot.addWidget(self._grid_box, 1)
        # Beside fields the button stands level with them, not with the sentences below.
        self._below = QWidget()
        self._below.setFixedHeight(18)
        doing = QVBoxLayout()
        doing.setSpacing(0)
        doing.addStretch(1)
        doing.addWidget(self._add)
        doing.addWidget(self._below)
        foot.addLayout(doing)
        self._head, self._doing = head, doing
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(foot)

    # --- from outside -------------------------------------------------------------------------------

    def get_ready(self) -> Iterator[None]:
        """Make, a few in a step, the values that most brands have."""
        for number in range(_USUAL_VALUES):
            self._button(number)
            if number % 3 == 2:  # noqa: PLR2004  a millisecond
                yield

    def choose(self, brand: Brand, products: tuple[Product, ...], searched: str = "") -> None:
        """Begin with `brand`; the focus goes to its first value or its amount.

        An amount among the words `searched` for is what somebody wants: that value, or that open amount.
        """
        product = products[0] if products else None
        wanted = self._wanted(products, searched)
        if wanted is not None and product is not None and product.face is not None:
            product = next(one for one in products if one.face == wanted)
        self._open(State(brand=brand, products=products, product=product))
        if wanted is not None and product is not None and product.face is None:
            self._amount.put(wanted)
            self._render()
        self._take_focus()

    def _wanted(self, products: tuple[Product, ...], searched: str) -> Money | None:
        amounts = [read_amount(word, self._currency) for word in searched.split()]
        faces = {product.face for product in products}
        open_one = products[0] if products and products[0].face is None else None
        for amount in (one for one in reversed(amounts) if one is not None):
            if open_one is None and amount in faces:
                return amount
            if open_one is not None and problem_with_amount(open_one, amount) is None:
                return amount
        return None

    def type_value(self, digit: str) -> bool:
        """One more digit of the value somebody wants; False where there are none to choose from.

        The value of just these digits comes before one that only begins with them.
        """
        if not self._values:
            return False
        # An Arabic keyboard has digits of its own.
        digit = str(int(digit))
        for typed in (self._typed + digit, digit):
            written = [(f"{face.major:f}", one) for one, _b in self._values if (face := one.face) is not None]
            fits = [one for text, one in written if text.split(".")[0] == typed]
            fits += [one for text, one in written if text.startswith(typed)]
            if fits:
                self._typed = typed
                self._on_value(fits[0])
                self._take_focus()
                break
        return True

    def change(self, brand: Brand, products: tuple[Product, ...], line: Line) -> None:
        """Change `line` of the basket."""
        product = next((one for one in products if one.key == line.product.key), line.product)
        self._open(
            State(brand=brand, products=products, product=product, quantity=line.quantity, line_id=line.id)
        )
        if product.face is None:
            self._amount.put(line.face)
        if line.recipient is not None:
            self._email.setText(line.recipient.email)
            self._person.setText(line.recipient.name)
            self._message.setText(line.recipient.message)
        self._render()
        self._take_focus()

    def close_panel(self) -> None:
        """Nothing is chosen any more."""
        self._state = State()
        self.hide()
        self.closed.emit()

    def brand(self) -> Brand | None:
        """The brand chosen, None when none is."""
        return self._state.brand

    def is_form(self) -> bool:
        """Whether the panel is a form that needs room: a card by e-mail."""
        return self._state.brand is not None and self._state.brand.delivery == "email"

    def changes_line(self, line_id: str) -> bool:
        """Whether this line is being changed here."""
        return self._state.line_id == line_id and bool(line_id)

    def step_value(self, by: int) -> None:
        """Choose the value beside the chosen one."""
        faces = [product for product, _button in self._values]
        if self._state.product in faces:
            at = min(len(faces) - 1, max(0, faces.index(self._state.product) + by))
            self._on_value(faces[at])
            self._values[at][1].setFocus(Qt.FocusReason.TabFocusReason)

    def step_quantity(self, by: int) -> None:
        """One card more or less."""
        if not self.is_form():
            self._stepper.step(by)

    def add(self) -> None:
        """Put the line into the basket; what is still wrong is said beside its field instead."""
        if self._state.brand is None:
            return
        self._state = replace(self._state, left=frozenset((*_FIELDS, "quantity")))
        self._render()
        line = self._line()
        problems = self._problems()
        if line is None or problems:
            self._go_to(problems[0].field if problems else "amount")
            return
        self.line_ready.emit(line)
        self.close_panel()

    # --- slots --------------------------------------------------------------------------------------

    def _on_edited(self, _text: str) -> None:
        self._render()

    def _on_value(self, product: Product) -> None:
        self._state = replace(self._state, product=product)
        self._render()

    def _on_quantity(self, number: int) -> None:
        self._state = replace(self._state, quantity=number, left=self._state.left | {"quantity"})
        self._render()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.FocusOut and isinstance(watched, QLineEdit) and watched.text():
            self._state = replace(self._state, left=self._state.left | {watched.objectName()})
            self._render()
        return False

    # --- what it amounts to -------------------------------------------------------------------------

    def _face(self) -> Money | None:
        product = self._state.product
        if product is None:
            return None
        return product.face if product.face is not None else self._amount.amount()

    def _recipient(self) -> Recipient | None:
        if not self.is_form():
            return None
        return Recipient(
            self._email.text().strip(), self._person.text().strip(), self._message.text().strip()
        )

    def _problems(self) -> list[Problem]:
        product = self._state.product
        if product is None:
            return [Problem("amount", "missing")]
        found = [self._problem_with_amount(product), problem_with_quantity(self._state.quantity)]
        if (recipient := self._recipient()) is not None:
            found += problems_with_recipient(recipient.email, recipient.name, recipient.message)
        return [one for one in found if one is not None]

    def _problem_with_amount(self, product: Product) -> Problem | None:
        face = self._face()
        if face is None and self._amount.text().strip():
            return Problem("amount", "unreadable")
        return problem_with_amount(product, face)

    def _line(self) -> Line | None:
        product, face = self._state.product, self._face()
        if product is None or face is None:
            return None
        return Line(
            id=self._state.line_id or self._new_id(),
            product=product,
            quantity=self._state.quantity,
            face=face,
            price=face,
            recipient=self._recipient(),
        )

    # --- drawing ------------------------------------------------------------------------------------

    def _open(self, state: State) -> None:
        self._state = state
        for edit in (self._amount, self._email, self._person, self._message):
            edit.clear()
        self._stepper.put(state.quantity)
        self._values, self._typed = [], ""
        for product in state.products:
            if product.face is None:
                continue
            button = self._button(len(self._values))
            button.say(money_short(product.face))
            button.setAccessibleName(_("Card worth {amount}").format(amount=money(product.face)))
            self._values.append((product, button))
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(self._values))
            button.setChecked(False)
        self._arrange()
        self._render()
        self.show()

    def _button(self, number: int) -> ValueButton:
        """The value at this place. It stays for the next brand: making ten takes longer than all the rest."""
        if number == len(self._buttons):
            button = ValueButton(f"value_{number}", _("Amount"))
            button.clicked.connect(lambda: self._on_value(self._values[number][0]))
            self._row.flow.addWidget(button)
            self._buttons.append(button)
        return self._buttons[number]

    def _arrange(self) -> None:
        form, fixed = self.is_form(), bool(self._values)
        self._row.setVisible(fixed)
        self._grid_box.setVisible(not fixed)
        self._below.setVisible(not fixed)
        # A form needs the whole width; its button stands where the quantity would. Values need it too: the
        # button stands behind the last of them.
        for layout in (self._head, self._doing, self._row.flow):
            layout.removeWidget(self._add)
        self._foot.setSpacing(0 if form or fixed else 16)
        if form:
            self._head.addWidget(self._add)
        elif fixed:
            self._row.flow.put_behind(self._add)
        else:
            self._doing.insertWidget(1, self._add)
        self._stepper.setVisible(not form)
        for part in self._fields.values():
            self._grid.removeWidget(part)
            part.hide()
        shown = _FIELDS if form else () if fixed else ("amount",)
        for place, key in enumerate(shown):
            part = self._fields[key]
            self._grid.addWidget(part, place // 2, place % 2)
            part.show()
        self._grid.setColumnStretch(0, 1 if not form else 2)
        self._grid.setColumnStretch(1, 1 if not form else 3)

    def _render(self) -> None:
        state = self._state
        brand = state.brand
        if brand is None:
            return
        self._name.setText(brand.name)
        self._about.setText(_about(brand))
        self._where.say(brand.address)
        for product, button in self._values:
            button.setChecked(product is state.product or product == state.product)
        self._stepper.put(state.quantity) if state.quantity else None
        problems = self._problems()
        for key, part in self._fields.items():
            found = next((one for one in problems if one.field == key), None)
            part.wrong(words_of(found) if found is not None and key in state.left else "")
        if state.product is not None and state.product.face is None:
            self._fields["amount"].hint(_limits(state.product))
        self._fields["email"].hint(self._email_hint())
        bad_number = next((one for one in problems if one.field == "quantity"), None)
        said = words_of(bad_number) if bad_number is not None and "quantity" in state.left else ""
        self._quantity_wrong.say(said)
        self._about.setVisible(not said)
        self._add.say(self._add_words(problems))

    def _email_hint(self) -> str:
        from pos_app.orders.domains import meant_instead

        if "email" in self._state.left and (meant := meant_instead(self._email.text())):
            return _("Ask the customer: is {domain} meant?").format(domain=meant)
        return _("The card company sends the card to this address.")

    def _add_words(self, problems: list[Problem]) -> str:
        # "Change" is what is given back of the money: in other languages another word.
        verb: Callable[[], str] = lambda: _("Save") if self._state.line_id else _("Add")  # noqa: E731
        line = self._line()
        if line is None or any(one.field in {"amount", "quantity"} for one in problems):
            return verb()
        return f"{verb()} {money_short(line.total)}"

    def _take_focus(self) -> None:
        chosen = next((button for _product, button in self._values if button.isChecked()), None)
        target: QWidget = chosen if chosen is not None else self._amount
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to(self, name: str) -> None:
        part = self._fields.get(name)
        if part is not None and part.isVisible():
            part.edit.setFocus(Qt.FocusReason.OtherFocusReason)


def _about(brand: Brand) -> str:
    how = _("by e-mail") if brand.delivery == "email" else _("code on paper")
    region = "" if brand.address else region_words(brand.region)
    return "".join(f" · {part}" for part in (how, as_it_is(region)) if part).strip()


def _limits(product: Product) -> str:
    least, most = product.least, product.most
    if least is not None and most is not None:
        return _("{least} to {most}").format(least=money(least), most=money(most))
    if least is not None:
        return _("{least} or more").format(least=money(least))
    if most is not None:
        return _("Up to {most}").format(most=money(most))
    return ""
