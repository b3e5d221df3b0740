"""What a card company says is kept in clear, so nobody it names may be told by it, however it writes them."""

from __future__ import annotations

import pytest

from pos_app.orders.draft import Recipient
from pos_app.orders.without_people import without_people

KIM = Recipient("kim.doe@mail.example", "Kim Doe", "Happy birthday, old friend!")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Kim Doe is blocked", "••• is blocked"),
        ("KIM DOE is blocked", "••• is blocked"),
        ("kim  doe is blocked", "••• is blocked"),
        ("KimDoe is blocked", "••• is blocked"),
        ("Ms. Doe is blocked", "Ms. ••• is blocked"),
        ("no mailbox KIM.DOE at MAIL.EXAMPLE", "no mailbox ••• at •••"),
        ("KIM.DOE@MAIL.EXAMPLE is blocked", "••• is blocked"),
        ("kim.doe @ mail.example is blocked", "••• is blocked"),
        ("kim.doe (at) mail.example is blocked", "••• (at) ••• is blocked"),
        ("not sent: HAPPY BIRTHDAY,\nold friend!", "not sent: •••"),
        ("other@mail.example is blocked", "••• is blocked"),
        ("The daily limit is used up", "The daily limit is used up"),
    ],
)
def test_whoever_is_named_is_hidden_and_the_rest_can_be_read(text: str, told: str) -> None:
    assert without_people(text, KIM) == told


@pytest.mark.parametrize(
    "text",
    [
        "K-i-m D-o-e is blocked",
        "k_i_m_d_o_e is blocked",
        "Kím Döe is blocked",
        "\uff2b\uff49\uff4d is blocked",
        "the domain mail-example is blocked",
        "mail dot example is blocked",
        "birthday, old fri… is too long",
        "happy+birthday%2C+old+friend is too long",
    ],
)
def test_what_may_tell_somebody_in_another_form_is_hidden_as_a_whole(text: str) -> None:
    assert without_people(text, KIM) == "•••"


@pytest.mark.parametrize(
    ("recipient", "text", "told"),
    [
        (None, "kim@mail.example is blocked", "••• is blocked"),
        (Recipient("jo@mail.example", "Jo", ""), "a major job is to do", "a major job is to do"),
        (Recipient("jo@mail.example", "Jo", ""), "jo@mail.example has no box", "••• has no box"),
        (Recipient("ann@mail.example", "", "  "), "it can not be planned", "it can not be planned"),
        (Recipient("ann@mail.example", "", ""), "Ann can not be reached", "••• can not be reached"),
        (Recipient("", "", ""), "nothing is known", "nothing is known"),
    ],
)
def test_short_and_empty_entries_leave_words_readable(
    recipient: Recipient | None, text: str, told: str
) -> None:
    assert without_people(text, recipient) == told
