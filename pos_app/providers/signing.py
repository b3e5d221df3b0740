"""Signed requests: a challenge of the provider, signed with the shop's own private key.

The only kind there is here: RSASSA-PKCS1-v1_5 with SHA-256 over the challenge's UTF-8 bytes, in base64.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from typing import TYPE_CHECKING

from typing_extensions import override

from pos_app.errors import Misconfigured

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_PEM = re.compile(r"-----BEGIN ((?:RSA )?PRIVATE KEY)-----(.+?)-----END \1-----", re.DOTALL)


class Signer:
    r"""Signs with the RSA key in a PEM text, PKCS #8 or PKCS #1, without a password.

    Line breaks in the text may be missing, blanks, or written as `\n`: a key that was typed or piped in has
    often become a single line. It is read with the first signature, on a thread.
    """

    def __init__(self, provider: str, pem: str) -> None:
        self._provider = provider
        self._pem = pem
        self._key: RSAPrivateKey | None = None

    @override
    def __repr__(self) -> str:
        return f"Signer({self._provider!r})"

    async def sign(self, challenge: str) -> str:
        """The signature of `challenge` in base64. Raises Misconfigured("signing_key_unreadable")."""
        return await asyncio.to_thread(self._sign, challenge)

    def _sign(self, challenge: str) -> str:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        if self._key is None:
            self._key = _read(self._pem)
        if self._key is None:
            # Raised out here, it does not carry what the reader says about the key's text.
            raise Misconfigured("signing_key_unreadable", provider=self._provider)
        return base64.b64encode(self._key.sign(challenge.encode(), PKCS1v15(), SHA256())).decode()


def _read(pem: str) -> RSAPrivateKey | None:
    """The key in `pem`; None when there is none that signs without a password."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    found = _PEM.search(pem.replace("\\r", "").replace("\\n", "\n"))
    if found is None:
        return None
    try:
        der = base64.b64decode("".join(found[2].split()), validate=True)
        key = load_der_private_key(der, password=None)
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPrivateKey) else None
