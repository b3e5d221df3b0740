"""How many keys a sale takes, from an idle till to its slip; and that pressing again buys nothing again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from tests.cashier import Cashier, cashier_at
from tests.journeys.conftest import Counter

_APART = 150
"""Milliseconds between two keys: a person, and no scanner."""


class Hand:
    """A hand at a keyboard: each key goes to the window as the window system tells it, and is counted."""

    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier
        self.pressed: list[str] = []

    def type(self, text: str) -> None:
        """Type a brand, an amount, an address: what is typed is what it is, and not counted."""
        self._cashier.keys_at(text, _APART)

    async def press(self, key: str, shows: Callable[[], bool]) -> None:
        """Press one key and wait until the window `shows` what it did."""
        self.pressed.append(key)
        if len(key) == 1:
            self._cashier.keys_at(key, _APART)
        else:
            self._cashier.keys_at("", _APART, key)
        await self._cashier.until(shows, f"what {key} does; {self.pressed}")


async def test_a_card_takes_six_keys_at_most_and_one_by_email_eight(counter: Counter) -> None:
    merchant = next(one["name"] for one in counter.admin.merchants() if not one["delays_gift_cards"])
    async with counter.open() as cashier:
        code, mail = Hand(cashier), Hand(cashier)
        assert cashier.find("search").hasFocus()
        code.type("acme games")
        await cashier.until(lambda: cashier.reads("1 found"), "the brand")
        await code.press("Enter", lambda: cashier.sees("value_0"))
        await code.press("2", lambda: cashier.chosen_value().startswith("$2"))
        await code.press("5", lambda: cashier.chosen_value() == "$25")
        await code.press("F12", lambda: cashier.reads("Read back"))
        counter.wait_a_moment()
        await code.press("Enter", lambda: any(counter.paper.glob("*-000001-slip-1.pdf")))
        assert len(code.pressed) <= 6, code.pressed
        await cashier.see("Done. Hand over 1 slip")
        counter.wait_a_moment()
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("basket_empty"), "the next customer's basket")
        mail.type(merchant)
        await mail.press("Enter", lambda: cashier.sees("amount") and cashier.find("amount").hasFocus())
        mail.type("30")
        await mail.press("Tab", lambda: cashier.find("email").hasFocus())
        mail.type("kim@mail.example")
        await mail.press("F12", lambda: cashier.reads("Read back"))
        counter.wait_a_moment()
        await mail.press("Enter", lambda: any(counter.paper.glob("*-000002-*.pdf")))
        assert len(mail.pressed) <= 8, mail.pressed
        assert (len(code.pressed), len(mail.pressed)) == (5, 4), (code.pressed, mail.pressed)


async def test_a_double_click_and_a_scanner_s_enter_buy_once_or_nothing(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        # Both clicks on Charge: the second one falls where Money received will be, and is not heard there.
        await cashier.see_enabled("charge")
        _click_twice(cashier, "charge")
        await cashier.see("Read back")
        cashier.click("issue")
        assert cashier.reads("Read back"), "what has just appeared hears no press"
        counter.wait_a_moment()
        cashier.scan("4006381333931")
        cashier.scan("9780201379624", end="Tab")
        await cashier.see("Take the money first, or go back with Esc.")
        assert len(counter.admin.card_orders()) == before
        _click_twice(cashier, "issue")
        await cashier.see("Done. Hand over 1 slip")
    assert len(counter.admin.card_orders()) == before + 1


async def test_two_windows_over_one_sale_buy_it_once(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    counter.admin.fault("too_many_requests", "cardpluspay.create", times=1, retry_after=0)
    async with counter.open() as one:
        await one.take("acme games", "$10")
        await counter.pay_exact(one)
        await one.see("Nothing was bought")
        counter.wait_a_moment()
        assert counter.register is not None
        (row,) = await counter.register.sales.orders()
        again = f"again_{row.order_id}"
        async with cashier_at(counter.register, clock=counter.seconds) as other:
            other.scan(row.sale_number)
            await other.see_enabled(again)
            await one.see_enabled(again)
            # In one moment, before either has begun.
            one.click(again)
            other.click(again)
            _click_twice(other, again) if other.can_press(again) else None
            await other.see("Done")
    assert len(counter.admin.card_orders()) == before + 1


def _click_twice(cashier: Cashier, name: str) -> None:
    """A double click as the window system tells it: the second press is a double click of its own."""
    button = cashier.find(name)
    kinds = (
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseButtonRelease,
    )
    middle = QPointF(button.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in kinds:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
        event = QMouseEvent(kind, middle, QPointF(button.mapToGlobal(middle)), left, held, none)
        QApplication.sendEvent(button, event)
