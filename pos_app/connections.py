"""The lights of the status line: whether each provider answers, and what is left to buy with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import why_not_reached
from pos_app.money import Money
from pos_app.providers.base import Provider, ProviderSpec

LOOK_SECONDS: Final = 2.0
"""How often the lights are looked at; providers are asked far less often."""

_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Light:
    """One light: `state` is its colour, `detail` the sentence that says why, `amount` our balance there.

    `since` (UTC): when a trouble was seen first, as far as that is known.
    """

    name: str
    title: str
    state: Literal["ok", "trouble", "unknown"]
    detail: str
    amount: Money | None = None
    since: datetime | None = None


class Connections:
    """Asks every provider now and then and remembers what it said."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        specs: Mapping[str, ProviderSpec],
        changes: Changes,
        now: Now,
    ) -> None:
        self._providers = providers
        self._specs = specs
        self._changes = changes
        self._now = now
        self._also: Callable[[], tuple[Light, ...]] = tuple
        self._asked_at: datetime | None = None
        self._asked_at_step = 0
        self._lights = {name: self._not_asked(name) for name in providers}

    def lights(self) -> tuple[Light, ...]:
        """One light for each provider, in the order they are set up, and what is in trouble besides."""
        return (*self._lights.values(), *self._also())

    def begin_anew(self, name: str) -> None:
        """What the provider `name` said was said of another account, or there was none: it is asked anew."""
        self._lights[name] = self._not_asked(name)
        self._asked_at = None
        self._changes.announce("connections")

    def tell_also(self, troubles: Callable[[], tuple[Light, ...]]) -> None:
        """Show the lights `troubles` makes, too; none while there is nothing wrong."""
        self._also = troubles

    async def look(self) -> None:
        """Ask when it is time again, or when an order moved since: a balance on show has to be of now."""
        step = self._changes.step("orders")
        due = self._asked_at is None or abs(self._now() - self._asked_at) >= _PAUSE
        if due or step != self._asked_at_step:
            self._asked_at, self._asked_at_step = self._now(), step
            await self.ask()

    async def look_anew(self) -> None:
        """Ask whatever was asked before: what a machine knew before it slept is not known."""
        self._asked_at = None
        await self.look()

    async def ask(self) -> None:
        """Ask all providers for the balance; announces `connections` when a light changed."""
        before = self.lights()
        await asyncio.gather(*[self._ask(name, provider) for name, provider in self._providers.items()])
        if self.lights() != before:
            self._changes.announce("connections")

    def _not_asked(self, name: str) -> Light:
        return Light(name, self._specs[name].title, "unknown", _("Not asked yet."))

    async def _ask(self, name: str, provider: Provider) -> None:
        before = self._lights[name]
        title = before.title
        try:
            amount = await provider.balance()
        except PosError as error:
            detail = why_not_reached(error)
            since = before.since or self._now()
            told = Light(name, title, "trouble", detail, since=since)
        else:
            told = Light(name, title, "ok", _("Connected."), amount)
        if self._providers.get(name) is provider:
            # Not what was said of an account the till does not buy on any more.
            self._lights[name] = told
