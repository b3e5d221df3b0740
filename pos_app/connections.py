"""The lights of the status line: whether each provider answers, and what is left to buy with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pos_app.changes import Changes
from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.providers.base import Provider, ProviderSpec


@dataclass(frozen=True, slots=True)
class Light:
    """One light: `state` is its colour, `detail` the sentence that says why, `amount` our balance there."""

    name: str
    title: str
    state: Literal["ok", "trouble", "unknown"]
    detail: str
    amount: Money | None = None


class Connections:
    """Asks every provider now and then and remembers what it said."""

    def __init__(
        self, providers: Mapping[str, Provider], specs: Mapping[str, ProviderSpec], changes: Changes
    ) -> None:
        self._providers = providers
        self._changes = changes
        self._lights: dict[str, Light] = {
            name: Light(name, specs[name].title, "unknown", _("Not asked yet.")) for name in providers
        }

    def lights(self) -> tuple[Light, ...]:
        """One light for each provider, in the order they are set up."""
        return tuple(self._lights.values())

    async def ask(self) -> None:
        """Ask all providers for the balance; announces `connections` when a light changed."""
        before = self.lights()
        await asyncio.gather(*(self._ask(name, provider) for name, provider in self._providers.items()))
        if self.lights() != before:
            self._changes.announce("connections")

    async def _ask(self, name: str, provider: Provider) -> None:
        title = self._lights[name].title
        try:
            amount = await provider.balance()
        except PosError as error:
            message = explain(error)
            detail = f"{message.what} {message.advice}".strip()
            self._lights[name] = Light(name, title, "trouble", detail)
        else:
            self._lights[name] = Light(name, title, "ok", _("Connected."), amount)
