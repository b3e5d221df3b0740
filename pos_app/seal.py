"""What makes codes worthless to whoever copies the disk: sealing, finding by digest, chaining.

AES-256-GCM under one key per order; the order's key is wrapped by a key that, like those for digests and for
the journal's chain, is derived from the store key (HKDF-SHA256). Purging a code is deleting its order's key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pos_app.errors import Misconfigured

if TYPE_CHECKING:
    from hashlib import _Hash  # pyright: ignore[reportPrivateUsage]  it has no public name

KEY_BYTES: Final = 32
_NONCE_BYTES = 12
_BLOCK_BYTES = 64


@dataclass(frozen=True, slots=True)
class OrderKey:
    """The key under which everything secret about one order is sealed."""

    order_id: str
    _key: bytes = field(repr=False)

    def seal(self, purpose: str, text: str) -> str:
        """`text` sealed for `purpose`; only the same order and purpose can open it."""
        return _encrypt(self._key, text.encode(), f"{self.order_id}/{purpose}")

    def open(self, purpose: str, sealed: str) -> str:
        """What was sealed. Raises Misconfigured("store_key_wrong") when it was not sealed by this key."""
        return _decrypt(self._key, sealed, f"{self.order_id}/{purpose}").decode()


class Sealer:
    """Everything the store key is good for. The key itself never leaves this object."""

    def __init__(self, store_key: bytes) -> None:
        if len(store_key) != KEY_BYTES:
            raise Misconfigured("store_key_wrong")
        self._wrap = _derived(store_key, b"wrap order keys")
        self._digest = _derived(store_key, b"find codes")
        self._inner, self._outer = _hmac_begun(_derived(store_key, b"chain the journal"))

    def new_order_key(self, order_id: str) -> tuple[OrderKey, str]:
        """A fresh key for `order_id`, and the same key wrapped, for the store."""
        key = os.urandom(KEY_BYTES)
        return OrderKey(order_id, key), _encrypt(self._wrap, base64.b64encode(key), f"{order_id}/key")

    def open_order_key(self, order_id: str, wrapped: str) -> OrderKey:
        """The key that was wrapped. Raises Misconfigured("store_key_wrong") under another store key."""
        return OrderKey(order_id, base64.b64decode(_decrypt(self._wrap, wrapped, f"{order_id}/key")))

    def digest(self, *parts: str) -> str:
        """A keyed fingerprint of `parts`: equal parts give equal fingerprints, and nothing else is told.

        A part may hold halves of characters, as a terminal makes them of bytes it can not read.
        """
        data = b"\0".join(part.encode(errors="surrogatepass") for part in parts)
        return hmac.digest(self._digest, data, "sha256").hex()

    def link(self, previous: str, line: str) -> str:
        """The chain's next link: a MAC (HMAC-SHA256) over the link before and this line."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{previous}\n{line}".encode())
        outer.update(inner.digest())
        return outer.hexdigest()


def new_store_key() -> bytes:
    """A fresh random store key of 32 bytes."""
    return os.urandom(KEY_BYTES)


def load() -> None:
    """Have the cipher imported, which is otherwise done with the first order."""
    import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401  # pyright: ignore[reportUnusedImport]


def normalised(code: str) -> str:
    """`code` as it is compared: without blanks and hyphens, in capitals."""
    return "".join(character for character in code if character.isalnum()).upper()


def _derived(store_key: bytes, purpose: bytes) -> bytes:
    """HKDF-SHA256 without salt for one block of output (RFC 5869): two MACs."""
    extracted = hmac.new(bytes(KEY_BYTES), store_key, hashlib.sha256).digest()
    return hmac.new(extracted, b"countercard/1/" + purpose + b"\1", hashlib.sha256).digest()


def _hmac_begun(key: bytes) -> tuple[_Hash, _Hash]:
    """Both hashes of HMAC-SHA256 (RFC 2104) as they stand behind the key, to be copied for each message.

    A journal has a million links: begun anew for each, the key alone takes longer than the line.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


# The cipher is imported with the first order: a till that waits for its customers needs none, and 6 MB less.
def _encrypt(key: bytes, data: bytes, context: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, data, context.encode())).decode()


def _decrypt(key: bytes, sealed: str, context: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        data = base64.b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError):
        raise Misconfigured("store_key_wrong") from None
