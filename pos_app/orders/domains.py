"""Domains of e-mail that were very likely mistyped: a card sent there is lost, or somebody else's."""

from __future__ import annotations

from typing import Final

_USUAL: Final = (
    "gmail.com",
    "hotmail.com",
    "yahoo.com",
    "outlook.com",
    "icloud.com",
    "live.com",
    "aol.com",
    "comcast.net",
    "verizon.net",
    "proton.me",
    "protonmail.com",
)
_ALIKE: Final = frozenset(
    {
        "mail.com",
        "email.com",
        "ymail.com",
        "aim.com",
        "aon.com",
        "love.com",
        "life.com",
        "five.com",
        "line.com",
    }
)
"""Domains of their own, one letter from a usual one."""


def meant_instead(email: str) -> str:
    """The usual domain that somebody who wrote `email` very likely meant; empty where there is none.

    One letter more, less or other, or two changed about: `gmial.com`, `hotmail.con`.
    """
    domain = email.rpartition("@")[2].strip().casefold()
    if domain in _USUAL or domain in _ALIKE:
        return ""
    return next((usual for usual in _USUAL if _is_one_slip(domain, usual)), "")


def _is_one_slip(one: str, other: str) -> bool:
    """Whether a single slip of the fingers makes one of two different texts of the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    changed_about = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or changed_about == long[at:]
