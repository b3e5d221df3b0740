"""What may be seen of a card: its shape and its last four, and never enough to use it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.orders.cards import MASK, Card, SealedCard, masked, masked_email

CODES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=MASK), max_size=40)


def last_four(code: str) -> str:
    return SealedCard("c", "sealed", "digest", masked(code), has_pin=False).last_four


@pytest.mark.parametrize(
    ("code", "hint", "tail"),
    [
        ("TEST-4MHD-9PTR-2WZA", "••••-••••-••••-2WZA", "2WZA"),
        ("TEST4MHD9PTR2WZA", "••••••••••••2WZA", "2WZA"),
        ("TEST 4MHD 9PTR 2WZA", "•••• •••• •••• 2WZA", "2WZA"),
        ("TESTTEST-12-34", "••••••••-12-34", "1234"),
        ("TESTTEST-2WZA=", "••••••••-2WZA•", "2WZA"),
        ("https://gift.example/r/TESTabcd", "•" * 27 + "abcd", "abcd"),
        ("12345678", "••••5678", "5678"),
        ("1234567", "••••••7", "7"),
        ("1234", "•••4", "4"),
        ("123", "•••", ""),
        ("-", "-", ""),
        ("", "", ""),
        ("!!!!", "••••", ""),
    ],
)
def test_what_is_shown(code: str, hint: str, tail: str) -> None:
    assert masked(code) == hint
    assert last_four(code) == tail


@given(CODES)
def test_never_more_than_four_characters_nor_half_of_them_are_shown(code: str) -> None:
    letters = [character for character in code if character.isalnum()]
    hint, tail = masked(code), last_four(code)
    shown = [character for character in hint if character not in f"{MASK}- "]
    assert len(hint) == len(code)
    assert len(shown) <= min(4, len(letters) // 2)
    assert "".join(shown) == tail
    assert tail == "".join(letters)[len(letters) - len(tail) :]
    if len(letters) >= 8:
        assert len(tail) == 4


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("kim@mail.example", "k•••@mail.example"),
        ("k@mail.example", "k•••@mail.example"),
        ("@mail.example", "•••@mail.example"),
        ("a@b@mail.example", "a•••@mail.example"),
        ("no address", "••••"),
        ("", "••••"),
    ],
)
def test_an_address_shows_its_first_letter(email: str, shown: str) -> None:
    assert masked_email(email) == shown


def test_nothing_secret_is_in_a_card_s_repr() -> None:
    shown = repr(Card("TEST-4MHD-9PTR-2WZA", "7694", (("Serial", "S-118"),)))
    for secret in ("TEST", "2WZA", "7694", "S-118"):
        assert secret not in shown
