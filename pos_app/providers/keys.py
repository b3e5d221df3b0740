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
    if not is_a_key(key, one_word=True):
        raise Misconfigured("key_refused", provider=provider, secret=name)
    return key


def is_a_key(text: str, *, one_word: bool) -> bool:
    """Whether `text` can be a key at all; `one_word`: one that travels in a header.

    A key of several lines, such as a PEM text, has blanks and ends of lines too. Nothing outside ASCII is in
    either, least of all the halves of characters a terminal makes of bytes it can not read.
    """
    if one_word:
        return text.isascii() and text.isprintable() and not set(text) & set(' "\\')
    return text.isascii() and "".join(text.split()).isprintable()


def account_name(provider: str, key: str) -> str:
    """A short name of the account behind `key`: always the same for it, and no way back to it."""
    # What can be no key is refused where it is used, and has a name until then.
    named = f"countercard account\0{provider}\0{key.strip()}".encode(errors="surrogatepass")
    digest = hashlib.sha256(named).hexdigest()
    return digest[:_ACCOUNT_DIGITS]
