"""Domains of e-mail that were very likely mistyped are told from those that only look like it."""

from __future__ import annotations

import pytest

from pos_app.orders.domains import meant_instead


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),  # two changed about
        ("GMAIL.CON", "gmail.com"),  # another letter
        ("gmai.com", "gmail.com"),  # one less
        ("gmail.co", "gmail.com"),
        ("gmaill.com", "gmail.com"),  # one more
        ("hotmail.comm", "hotmail.com"),
        ("ahoo.com", "yahoo.com"),
        ("otulook.com", "outlook.com"),
    ],
)
def test_one_slip_of_the_fingers_is_asked_about(domain: str, meant: str) -> None:
    assert meant_instead(f"kim@{domain}") == meant


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "Gmail.Com", "mail.com", "ymail.com", "mail.example", "yahoo.es", "hotmail.com.mx"),
        *("gmlai.com", "gmail.com.example", "g.com", "com", ""),
    ],
)
def test_what_is_somebody_s_own_or_no_slip_is_not(domain: str) -> None:
    assert meant_instead(f"kim@{domain}") == ""
