"""A key as it comes out of the vault: checked before it travels, and named without being told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from pos_app.errors import Misconfigured

_ACCOUNT_DIGITS: Final = 16


def usable_key(provider: str, secrets: Mapping[str, str], name: str) -> str:
    """The secret called `name`, without blanks around it.

    Raises Misconfigured when it is missing, or holds what no header can carry; the error does not tell it.
    """
    key = secrets.get(name, "").strip()
    if not key:
        raise Misconfigured("no_key", provider=provider, secret=name)
    if not key.isascii() or not key.isprintable() or set(key) & set(' "\\'):
        raise Misconfigured("key_refused", provider=provider, secret=name)
    return key


def account_name(provider: str, key: str) -> str:
    """A short name of the account behind `key`: always the same for it, and no way back to it."""
    digest = hashlib.sha256(f"countercard account\0{provider}\0{key.strip()}".encode()).hexdigest()
    return digest[:_ACCOUNT_DIGITS]
