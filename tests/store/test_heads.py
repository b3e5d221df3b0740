"""An end of the journal, printed and typed in again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.store.heads import JournalEnd, from_paper

LINK = "7f3a92c10b4d55e0" + "9" * 48


def test_an_end_is_short_enough_for_paper() -> None:
    end = JournalEnd("01", 1234, LINK)
    assert end.on_paper() == "01 #1234 7F3A-92C1-0B4D-55E0"
    assert len(JournalEnd("01", 10_000_000, LINK).on_paper()) <= 32


@pytest.mark.parametrize(
    "typed",
    [
        "01 #1234 7F3A-92C1-0B4D-55E0",
        "  01  #1234  7f3a 92c1 0b4d 55e0 \n",
        "01 # 1234 7F3A92C10B4D55E0",
    ],
)
def test_what_is_typed_off_a_paper_is_known(typed: str) -> None:
    assert from_paper(typed) == JournalEnd("01", 1234, LINK[:16])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "01 #1234",
        "01 1234 7F3A-92C1-0B4D-55E0",
        "01 #0 7F3A-92C1-0B4D-55E0",
        "01 #-1 7F3A-92C1-0B4D-55E0",
        "01 #1234 7F3A-92C1-0B4D-55E",
        "01 #1234 7F3A-92C1-0B4D-55EG",
        "01 #1٢34 7F3A-92C1-0B4D-55E0",
        "#1234 7F3A-92C1-0B4D-55E0",
        "01 #1234 7F3A-92C1-0B4D-55E0 and more",
    ],
)
def test_what_is_no_end_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a head"):
        from_paper(typed)


@given(
    st.from_regex(r"[0-9]{2}", fullmatch=True),
    st.integers(1, 10**9),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)
def test_every_end_comes_back_from_paper(register: str, count: int, link: str) -> None:
    end = JournalEnd(register, count, link)
    again = from_paper(end.on_paper())
    assert (again.register, again.count) == (register, count)
    assert link.startswith(again.link)
