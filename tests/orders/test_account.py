"""What a store knows about an account beside its orders; and the notes it is folded from."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pos_app.money import Money
from pos_app.orders.account import Account, fold_account
from pos_app.orders.entries import Head
from pos_app.orders.notes import (
    MARK,
    STORE,
    AnyNote,
    Declared,
    Explained,
    ForeignSeen,
    Restored,
    ToppedUp,
    WentOn,
    about,
    read_line,
    read_note,
    write_note,
)
from tests.orders.stories import AT, entry

DOLLARS = Money(5000, "USD")


def head(n: int, hours: int = 0) -> Head:
    return Head(id=f"note-{n}", order_id=about("a"), n=n, at=AT + timedelta(hours=hours), by="Ada")


NOTES: tuple[AnyNote, ...] = (
    ToppedUp(**head(0), amount=DOLLARS, evidence="bank"),
    Declared(**head(1), exclusive=True),
    ForeignSeen(**head(2), rows=("7", "8")),
    Explained(**head(3), evidence="our own portal"),
    WentOn(**head(4), orders=("o", "p")),
    Restored(**head(5), how="backup", incarnation="second"),
)


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.kind)
def test_what_is_noted_is_read_again(note: AnyNote) -> None:
    body = write_note(note)
    assert read_note(body) == read_line(body) == note
    with pytest.raises(ValidationError):
        read_note(json.dumps(json.loads(body) | {"more": 1}))


def test_a_line_is_an_entry_or_a_note() -> None:
    sent: Any = entry("sent", 1)
    assert read_line(sent.model_dump_json()) == sent
    with pytest.raises(ValidationError):
        read_note(sent.model_dump_json())
    with pytest.raises(ValidationError):
        read_line('{"kind": "guessed"}')


def test_a_subject_is_never_an_orders_id() -> None:
    assert about("cardpluspay-1").startswith(MARK)
    assert STORE.startswith(MARK)


def test_it_is_exclusive_when_somebody_said_so_and_nothing_speaks_against_it() -> None:
    assert not Account().exclusive
    declared = fold_account([Declared(**head(0), exclusive=True)])
    assert declared.exclusive
    assert not declared.after(Declared(**head(1), exclusive=False)).exclusive


def test_a_stranger_is_one_until_somebody_explains_it() -> None:
    account = fold_account([Declared(**head(0), exclusive=True), ForeignSeen(**head(1), rows=("7",))])
    account = account.after(ForeignSeen(**head(2), rows=("7", "8")))
    assert (account.strangers, account.exclusive) == (("7", "8"), False)
    account = account.after(Explained(**head(3), evidence="the portal"))
    assert account.exclusive
    assert account.after(ForeignSeen(**head(4), rows=("7",))).exclusive, "it was explained"
    assert not account.after(ForeignSeen(**head(4), rows=("9",))).exclusive


def test_strangers_that_have_no_name_count_too() -> None:
    account = fold_account([Declared(**head(0), exclusive=True), ForeignSeen(**head(1), rows=())])
    assert (account.unnamed, account.exclusive) == (True, False)
    assert account.after(Explained(**head(2), evidence="the portal")).exclusive


def test_what_was_paid_in_counts_from_then_on_and_in_its_currency() -> None:
    account = fold_account(
        [
            ToppedUp(**head(0, hours=1), amount=DOLLARS),
            ToppedUp(**head(1, hours=3), amount=-Money(1000, "USD")),
            ToppedUp(**head(2, hours=3), amount=Money(900, "EUR")),
        ]
    )
    assert account.paid_in_since(AT, "USD") == Money(4000, "USD")
    assert account.paid_in_since(AT + timedelta(hours=2), "USD") == Money(-1000, "USD")
    assert account.paid_in_since(AT + timedelta(hours=3), "USD") == Money(0, "USD")


def test_selling_goes_on_over_the_orders_that_were_named() -> None:
    account = fold_account([WentOn(**head(0), orders=("o",)), WentOn(**head(1), orders=("p",))])
    assert account.went_on == {"o", "p"}
    assert account.after(Restored(**head(2), how="moved", incarnation="third")) == account
