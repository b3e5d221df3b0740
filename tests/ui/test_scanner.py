"""A scanner beside the keyboard: it types nowhere and presses nothing; what people type arrives whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from pos_app.barcodes import Labelled
from pos_app.errors import NotTaken
from pos_app.messages import explain
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import SHELF, FakeTill, Plan
from tests.ui.test_attention import go, lost, sell
from ui.scanner import END_MS, FEWEST, GAP_MS, SLOW_FEWEST, SLOW_GAP_MS, Scanner
from ui.widgets.secret_edit import SecretEdit

EAN = "4006381333931"
UNKNOWN = "This barcode is not known: map it in Settings."
ARABIC = {ord("0") + digit: 0x660 + digit for digit in range(10)}
CTRL = Qt.KeyboardModifier.ControlModifier
NOTHING_HELD = Qt.KeyboardModifier.NoModifier


class Wires:
    """Two keyboards at one computer: each key is told by itself, with its time."""

    def __init__(self, cashier: Cashier) -> None:
        self._window = cashier.window.windowHandle()
        self._at = 1_000_000

    def key(
        self,
        letter: str,
        after: int,
        held: Qt.KeyboardModifier = NOTHING_HELD,
        *,
        code: int = 0,
        repeat: bool = False,
    ) -> None:
        """One key, `after` so many milliseconds; `repeat`: somebody leans on it."""
        self._at += after
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code or ord(letter.upper()), held, letter, repeat)
            event.setTimestamp(self._at)
            QApplication.sendEvent(self._window, event)

    def type(self, text: str, apart: int | Sequence[int], held: Qt.KeyboardModifier = NOTHING_HELD) -> None:
        """Letters of `text` so many milliseconds apart, or each behind its own time."""
        gaps = [apart] * len(text) if isinstance(apart, int) else apart
        for letter, gap in zip(text, [1000, *gaps[1:]], strict=True):
            self.key(letter, gap, held)

    def enter(self, after: int = 4, held: Qt.KeyboardModifier = NOTHING_HELD) -> None:
        """The end key."""
        self.key("\r", after, held, code=Qt.Key.Key_Return)


def heard_at(cashier: Cashier) -> list[str]:
    """What is scanned at the window from now on; it grows."""
    heard: list[str] = []
    scanner = cashier.window.findChild(Scanner)
    assert scanner is not None
    scanner.scanned.connect(heard.append)
    return heard


def field(cashier: Cashier, name: str) -> str:
    found = cashier.find(name)
    assert isinstance(found, QLineEdit)
    return found.text()


async def test_a_sale_number_is_opened_from_sell_and_leaves_no_trace(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, Plan())
    async with at_window() as cashier:
        await cashier.take("acme")
        cashier.type("bor")
        cashier.scan("01-000418")
        await cashier.see("Answer received and kept")
        cashier.press("F2")
        assert field(cashier, "search") == "bor"
        assert cashier.lines() == 1


async def test_a_selection_that_the_first_character_replaced_is_there_again(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.type("boreal")
        search = cashier.find("search")
        assert isinstance(search, QLineEdit)
        search.setSelection(2, 3)
        cashier.scan("4006381333931")
        await cashier.see("This barcode is not known: map it in Settings.")
        assert (search.text(), search.selectedText()) == ("boreal", "rea")
        assert not cashier.reads("4006381333931")


async def test_of_several_orders_of_a_sale_the_list_shows_all(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, Plan())
    await sell(till, 2, Plan())
    async with at_window() as cashier:
        cashier.scan("01-0004")
        await cashier.until(lambda: cashier.sees("orders_search"), "the list")


async def test_while_money_is_taken_a_scan_is_no_amount_and_presses_nothing(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        before = field(cashier, "received")
        cashier.scan("4006381333931")
        await cashier.see("Take the money first, or go back with Esc.")
        assert field(cashier, "received") == before
        assert till.sales.placed == []
        cashier.click("pay_terminal")
        cashier.scan("A-7712345")
        assert field(cashier, "reference") == "A-7712345"
        assert till.sales.placed == []


async def test_codes_are_scanned_where_codes_are_asked_for_and_nowhere_else_in_a_question(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, lost())
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Wait. The card")
        cashier.click("verdict_codes")
        await cashier.until(lambda: cashier.sees("verdict_cards"), "the question")
        cashier.scan("TEST-AAAA-0001")
        cashier.scan("TEST-AAAA-0002", end="Tab")
        lines = cashier.find("verdict_cards")
        assert isinstance(lines, QPlainTextEdit)
        assert lines.toPlainText() == "TEST-AAAA-0001\nTEST-AAAA-0002\n"
        cashier.click("verdict_evidence")
        cashier.scan("TEST-AAAA-0003")
        assert cashier.reads("there is a question open")
        assert field(cashier, "verdict_evidence") == ""
        assert cashier.sees("sheet")


async def test_two_end_keys_are_of_one_scan(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, Plan())
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.keys_at("4006381333931", 4, "Enter", "Enter")
        await cashier.see("Take the money first, or go back with Esc.")
        assert len(till.sales.placed) == 1, "the one from before"
        assert not cashier.reads("This is far more")


@pytest.mark.parametrize("apart", [GAP_MS + 1, 80, 400])
async def test_what_a_person_types_arrives_whole(till: FakeTill, at_window: Opener, apart: int) -> None:
    async with at_window() as cashier:
        cashier.keys_at("boreal", apart)
        await cashier.until(lambda: field(cashier, "search") == "boreal", "the word")


async def test_fingers_that_roll_over_keys_lose_none_of_them(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        # Six keys in a moment, and no end key behind them: whoever rolls over the keyboard is no scanner.
        cashier.keys_at("boreal", 10)
        await cashier.until(lambda: field(cashier, "search") == "boreal", "the word")
        # Too short for a scan, though Enter follows at once.
        cashier.keys_at("x", 10, "Backspace")
        assert field(cashier, "search") == "boreal"


async def test_a_short_burst_with_enter_is_typed_and_entered(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.keys_at("acme", 10, "Enter")
        await cashier.until(lambda: cashier.sees("value_0") or cashier.reads("Add"), "the brand")


@pytest.mark.parametrize("at", [2, 4, FEWEST, 11])
async def test_a_scanner_that_takes_a_breath_is_one_scan_all_the_same(
    till: FakeTill, at_window: Opener, at: int
) -> None:
    breath = SLOW_GAP_MS if at < FEWEST else END_MS
    async with at_window() as cashier:
        cashier.type("bor")
        wires = Wires(cashier)
        wires.type(EAN, [breath if place == at else 8 for place in range(len(EAN))])
        wires.enter()
        await cashier.see(UNKNOWN)
        assert field(cashier, "search") == "bor"


@pytest.mark.parametrize("apart", [GAP_MS + 1, SLOW_GAP_MS])
async def test_a_slow_scanner_leaves_nothing_in_the_field_and_presses_nothing(
    till: FakeTill, at_window: Opener, apart: int
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.click("received")
        before = field(cashier, "received")
        wires = Wires(cashier)
        wires.type(EAN, apart)
        wires.enter(apart)
        await cashier.see("Take the money first, or go back with Esc.")
        assert field(cashier, "received") == before
        assert till.sales.placed == []


async def test_what_fingers_type_with_enter_behind_it_is_no_slow_scan(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        wires = Wires(cashier)
        # Quick, but for one key in the middle; then as many keys as fingers may be that quick with.
        for word, gaps in (
            ("acme games", [SLOW_GAP_MS] * 5 + [SLOW_GAP_MS + 1] + [SLOW_GAP_MS] * 4),
            ("acme games"[: SLOW_FEWEST - 1], [SLOW_GAP_MS] * (SLOW_FEWEST - 1)),
        ):
            wires.type(word, gaps)
            wires.enter(SLOW_GAP_MS)
            await cashier.until(lambda: cashier.sees("value_0"), "the brand")
            cashier.press("Esc")
            cashier.press("Esc")


async def test_a_key_somebody_leans_on_while_it_is_scanned_changes_nothing(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        wires = Wires(cashier)
        for place, letter in enumerate(EAN):
            wires.key(letter, 4 if place else 1000)
            if place in {3, 10}:
                wires.key("x", 1, repeat=True)
        wires.enter()
        await cashier.see(UNKNOWN)
        assert field(cashier, "search") == ""


async def test_a_hand_that_rests_on_ctrl_makes_no_scan_press_anything(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        before = field(cashier, "received")
        wires = Wires(cashier)
        wires.type(EAN, 4, CTRL)
        wires.enter(4, CTRL)
        await cashier.see("Take the money first, or go back with Esc.")
        assert field(cashier, "received") == before
        assert till.sales.placed == []
        # A shortcut is one, whatever was scanned before; so is Enter with Ctrl behind it.
        cashier.click("received")
        wires.type("a", 1000, CTRL)
        received = cashier.find("received")
        assert isinstance(received, QLineEdit)
        assert received.selectedText() == before


async def test_marks_before_and_behind_a_burst_are_none_of_it(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, Plan())
    async with at_window() as cashier:
        wires = Wires(cashier)
        wires.key("\x02", 1000, CTRL, code=Qt.Key.Key_B)
        for letter in "]C101-000418":
            wires.key(letter, 6)
        wires.key("", 6, CTRL, code=Qt.Key.Key_Control)
        wires.key("\x03", 6, CTRL, code=Qt.Key.Key_C)
        wires.enter()
        await cashier.see("Answer received and kept")


@pytest.mark.parametrize("typed", ["01'000418", "01-000418".translate(ARABIC)])
async def test_a_sale_number_is_found_whatever_keyboard_the_computer_has(
    till: FakeTill, at_window: Opener, typed: str
) -> None:
    await sell(till, 1, Plan())
    async with at_window() as cashier:
        wires = Wires(cashier)
        wires.type(typed, 6)
        wires.enter()
        await cashier.see("Answer received and kept")


@pytest.mark.parametrize("apart", [8, SLOW_GAP_MS])
async def test_a_scan_into_a_secret_leaves_it_as_it_was_and_keeps_no_copy(
    till: FakeTill, at_window: Opener, apart: int
) -> None:
    async with at_window() as cashier:
        secret = SecretEdit("secret_test", "Secret", cashier.window)
        secret.show()
        secret.setFocus()
        secret.setText("TEST5831")
        secret.setSelection(2, 3)
        scanner = cashier.window.findChild(Scanner)
        assert scanner is not None
        wires = Wires(cashier)
        wires.type(EAN[:4], apart)
        kept = repr(vars(scanner))
        assert EAN[:4] in kept, "the copy that is looked for"
        assert "T5831" not in kept
        assert "T58" not in kept
        assert "'ST5'" not in kept
        for letter in EAN[4:]:
            wires.key(letter, apart)
        wires.enter()
        await cashier.see(UNKNOWN)
        assert (secret.text(), secret.selectedText()) == ("TEST5831", "ST5")
        assert EAN not in repr(vars(scanner))


async def test_what_a_person_typed_is_not_kept(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        scanner = cashier.window.findChild(Scanner)
        assert scanner is not None
        wires = Wires(cashier)
        wires.type("5831", SLOW_GAP_MS)
        assert "5831" in repr(vars(scanner))
        await cashier.until(lambda: "5831" not in repr(vars(scanner)), "it to be forgotten")
        wires.type("5831", SLOW_GAP_MS)
        wires.key("", SLOW_GAP_MS, code=Qt.Key.Key_Left)
        assert "5831" not in repr(vars(scanner)), "no scan goes on behind another key"
        assert "_Before(" not in repr(vars(scanner))


async def test_a_slow_scan_outside_a_field_is_no_search(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.find("brands").setFocus()
        wires = Wires(cashier)
        for apart in (GAP_MS + 1, SLOW_GAP_MS):
            wires.type(EAN, apart)
            wires.enter(END_MS)
            await cashier.see(UNKNOWN)
            assert field(cashier, "search") == ""
            assert cashier.window.focusWidget() is cashier.find("brands")


async def test_a_slow_scan_changes_nothing_at_an_open_card(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        await cashier.until(lambda: bool(cashier.chosen_value()), "the values")
        cashier.press("Right")
        focus, value, quantity = cashier.window.focusWidget(), cashier.chosen_value(), "1"
        assert not isinstance(focus, QLineEdit)
        assert field(cashier, "quantity_number") == quantity
        wires = Wires(cashier)
        for code in ("5+5+5-100", "1000-2500", "2" * SLOW_FEWEST):
            wires.type(code, SLOW_GAP_MS)
            wires.enter(SLOW_GAP_MS)
            await cashier.see(UNKNOWN)
            assert (cashier.chosen_value(), field(cashier, "quantity_number")) == (value, quantity)
            assert cashier.window.focusWidget() is focus
        # A person's digits choose, each by itself.
        for digit in "100":
            wires.key(digit, SLOW_GAP_MS + 1)
        await cashier.until(lambda: cashier.chosen_value().startswith("$100"), "the value")


async def test_a_slow_scan_at_a_button_of_the_money_is_no_amount(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        before = field(cashier, "received")
        cashier.find("issue").setFocus()
        wires = Wires(cashier)
        wires.type(EAN, SLOW_GAP_MS)
        wires.enter(SLOW_GAP_MS)
        await cashier.see("Take the money first, or go back with Esc.")
        assert field(cashier, "received") == before
        assert till.sales.placed == []
        # Digits that a person types there are the amount.
        wires.type("1250", [0, SLOW_GAP_MS + 1, GAP_MS + 1, GAP_MS + 1])
        await cashier.until(lambda: field(cashier, "received") == "1250", "the amount")


@pytest.mark.parametrize("gaps", [[50] * 6, [10, 50, 10, 50, 61, 40], [61] * 6, [10, 10, 200, 10, 36, 10]])
async def test_what_a_person_types_outside_a_field_arrives_whole(
    till: FakeTill, at_window: Opener, gaps: list[int]
) -> None:
    async with at_window() as cashier:
        cashier.find("brands").setFocus()
        Wires(cashier).type("boreal", gaps)
        await cashier.until(lambda: field(cashier, "search") == "boreal", "the word")


async def test_quick_fingers_outside_a_field_with_enter_are_no_slow_scan(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.find("brands").setFocus()
        wires = Wires(cashier)
        # One slow key makes all of it slow.
        wires.type("acme games"[: SLOW_FEWEST - 1], [8, 8, 8, GAP_MS + 1, 8, 8, 8])
        wires.enter(8)
        await cashier.until(lambda: cashier.sees("value_0"), "the brand")


async def test_a_look_up_that_fails_takes_no_card_scanned_behind_it_along(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = next(
        one for _brand, products in SHELF for one in products if one.brand == "Acme Games" and one.face
    )
    till.barcodes.mapped = {EAN.zfill(14): acme}
    find = till.barcodes.find

    async def failing(scanned: str) -> Labelled | None:
        if scanned == "9780201379624":
            raise NotTaken("no_answer")
        return await find(scanned)

    monkeypatch.setattr(till.barcodes, "find", failing)
    async with at_window() as cashier:
        for number in (EAN, "9780201379624", EAN, EAN):
            cashier.scan(number)
        await cashier.see("3 × Acme Games")
        message = explain(NotTaken("no_answer"))
        assert cashier.reads(message.title), "what went wrong is still said"


@pytest.mark.parametrize("at", [1, 3, FEWEST, 11])
@pytest.mark.parametrize("focus", ["search", "brands"])
async def test_ctrl_pressed_amid_a_burst_lets_nothing_in_and_cuts_nothing(
    till: FakeTill, at_window: Opener, at: int, focus: str
) -> None:
    async with at_window() as cashier:
        cashier.find(focus).setFocus()
        heard = heard_at(cashier)
        wires = Wires(cashier)
        for code in (EAN, "TEST4AB7CD99X"):
            wires.type(code[:at], 4)
            wires.key("", 1, CTRL, code=Qt.Key.Key_Control)
            for letter in code[at:]:
                wires.key(letter, 4, CTRL)
            wires.enter(4, CTRL)
            await cashier.see(UNKNOWN)
            assert field(cashier, "search") == ""
            assert cashier.window.focusWidget() is cashier.find(focus)
        assert heard == [EAN, "TEST4AB7CD99X"]


@pytest.mark.parametrize("at", [1, 2, 5, FEWEST, len(EAN) - 2, len(EAN)])
@pytest.mark.parametrize("focus", ["search", "brands"])
@pytest.mark.parametrize("breath", [4, END_MS])
async def test_ctrl_let_go_amid_a_burst_cuts_nothing(
    till: FakeTill, at_window: Opener, at: int, focus: str, breath: int
) -> None:
    async with at_window() as cashier:
        cashier.find(focus).setFocus()
        heard = heard_at(cashier)
        wires = Wires(cashier)
        wires.type(EAN[:at], 4, CTRL)
        for letter in EAN[at:]:
            wires.key(letter, 4)
        wires.enter(breath)
        await cashier.see(UNKNOWN)
        assert field(cashier, "search") == ""
        assert cashier.window.focusWidget() is cashier.find(focus)
        assert heard == [EAN]


async def test_ctrl_held_for_one_letter_of_a_burst_cuts_nothing(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        heard = heard_at(cashier)
        wires = Wires(cashier)
        wires.type("TEST4AB7", 4)
        wires.key("C", 4, CTRL)
        for letter in "D99X":
            wires.key(letter, 4)
        wires.enter()
        await cashier.see(UNKNOWN)
        assert heard == ["TEST4AB7CD99X"]


@pytest.mark.parametrize(
    ("letter", "code"), [("\r", Qt.Key.Key_M), ("\n", Qt.Key.Key_J), ("\t", Qt.Key.Key_I)]
)
@pytest.mark.parametrize("apart", [4, SLOW_GAP_MS])
async def test_an_end_with_ctrl_is_an_end(
    till: FakeTill, at_window: Opener, letter: str, code: int, apart: int
) -> None:
    async with at_window() as cashier:
        cashier.type("bor")
        heard = heard_at(cashier)
        wires = Wires(cashier)
        wires.type(EAN, apart)
        wires.key(letter, apart, CTRL, code=code)
        await cashier.see(UNKNOWN)
        assert field(cashier, "search") == "bor"
        assert heard == [EAN]


async def test_a_mark_with_ctrl_amid_or_behind_a_burst_is_none_of_it(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        heard = heard_at(cashier)
        wires = Wires(cashier)
        wires.type(EAN[:5], 4)
        wires.key("\x1d", 4, CTRL, code=Qt.Key.Key_BracketRight)
        for letter in EAN[5:]:
            wires.key(letter, 4)
        wires.key("\x03", 4, CTRL, code=Qt.Key.Key_C)
        wires.key("\r", 4, CTRL, code=Qt.Key.Key_M)
        await cashier.see(UNKNOWN)
        assert field(cashier, "search") == ""
        assert heard == [EAN]


async def test_a_shortcut_right_behind_what_was_typed_is_done_behind_it(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        search = cashier.find("search")
        assert isinstance(search, QLineEdit)
        wires = Wires(cashier)
        wires.type("bor", 20)
        wires.key("\x01", 20, CTRL, code=Qt.Key.Key_A)
        await cashier.until(lambda: search.selectedText() == "bor", "all of it to be selected")
        assert search.text() == "bor"
