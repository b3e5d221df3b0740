"""Signed requests, as an account can ask for them: a challenge that works once, and its signature.

Documented are the two headers, RSA with SHA-256 over the challenge alone, that a challenge works once and
expires. Where it is fetched, how it looks and which padding is meant is not: `Rules` says what is assumed
here, and all of it but the padding (PKCS #1 v1.5) can be chosen.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pos_app.sandbox.clock import Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

CHALLENGE, SIGNATURE = "x-api-challenge", "x-api-signature"
_KEPT = 10_000


@dataclass(frozen=True)
class Rules:
    """Where a challenge is fetched, how the answer names it, and for how many seconds it is good."""

    challenge_path: str = "/v1/challenge"
    challenge_method: str = "GET"
    challenge_field: str = "challenge"
    lifetime_seconds: int = 300


class Signing:
    """Whether requests must be signed, the registered key, and the challenges that were handed out."""

    def __init__(self, clock: Clock, *, required: bool = False) -> None:
        self._clock = clock
        self._from_the_start = required
        self.reset()

    def reset(self) -> None:
        """As at the start: no key, no challenge, and signing only if it was asked for on the command line."""
        self.required = self._from_the_start
        self.rules = Rules()
        self._key: RSAPublicKey | None = None
        self._expiry: dict[str, float] = {}

    def register(self, pem: str) -> None:
        """From now on signatures are checked with this key. Raises `ValueError` unless it is an RSA key."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        try:
            key = load_pem_public_key(pem.encode("utf-8"))
        except UnsupportedAlgorithm as error:
            raise ValueError("no known key") from error
        if not isinstance(key, rsa.RSAPublicKey):
            raise ValueError("no RSA key")  # noqa: TRY004  (a wrong text, not a wrong type)
        self._key = key

    def challenge(self) -> str:
        """A fresh challenge."""
        now = self._clock.now()
        if len(self._expiry) >= _KEPT:
            self._expiry = {text: expiry for text, expiry in self._expiry.items() if expiry > now}
        text = secrets.token_urlsafe(32)
        self._expiry[text] = now + self.rules.lifetime_seconds
        return text

    def objection(self, headers: Mapping[str, str]) -> str | None:
        """What is wrong with a request's signature, or None. Its challenge is used up either way."""
        challenge, signature = headers.get(CHALLENGE), headers.get(SIGNATURE)
        expiry = self._expiry.pop(challenge, None) if challenge is not None else None
        if not self.required:
            return None
        if not challenge or not signature:
            return "Request signing is on: the X-API-Challenge or X-API-Signature header is missing."
        if expiry is None:
            return "Signature verification failed: the challenge is unknown or was used before."
        if self._clock.now() >= expiry:
            return "Signature verification failed: the challenge has expired."
        return None if self._fits(challenge, signature) else "Signature verification failed."

    def as_dict(self) -> dict[str, Any]:
        """What the admin side tells."""
        return {"required": self.required, "registered": self._key is not None, **asdict(self.rules)}

    def _fits(self, challenge: str, signature: str) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        if self._key is None:
            return False
        try:
            signed = base64.b64decode(signature, validate=True)
            self._key.verify(signed, challenge.encode("utf-8"), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True
