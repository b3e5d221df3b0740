"""The keys, tokens and passwords this stand-in accepts. Made once per ledger, worth nothing."""

import secrets
from dataclasses import dataclass, fields

from typing_extensions import override


@dataclass(frozen=True)
class Credentials:
    """What a client needs to know. The ready line prints all of it, because nothing real is behind it."""

    api_key: str
    user_token: str
    merchant_token: str
    levelup_api_key: str
    merchant_username: str
    merchant_password: str
    user_username: str
    user_password: str

    @override
    def __repr__(self) -> str:
        return "Credentials(...)"

    def as_dict(self) -> dict[str, str]:
        """Every credential under its name."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}


def fresh() -> Credentials:
    """New credentials, written as the providers do: a LevelUp token is a number and some hex digits."""
    return Credentials(
        api_key=f"cpp_test_{secrets.token_hex(20)}",
        user_token=f"{secrets.randbelow(9000) + 1000}-{secrets.token_hex(24)}",
        merchant_token=f"{secrets.randbelow(9000) + 1000}-{secrets.token_hex(24)}",
        levelup_api_key=secrets.token_hex(20),
        merchant_username="owner@shop.example",
        merchant_password=secrets.token_urlsafe(12),
        user_username="payer@shop.example",
        user_password=secrets.token_urlsafe(12),
    )
