"""Another key of a card company while the till is open: in force at once, when nothing is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from pos_app.catalog import Catalog
from pos_app.changes import Changes
from pos_app.connections import Connections
from pos_app.errors import NotAllowed
from pos_app.providers.base import Provider
from pos_app.sales import Sales
from pos_app.store.looks import Looks
from pos_app.work import Work


class Changeover:
    """Puts a provider in the place of the one until now, in `providers`, which all services look into.

    What was begun with the one until now, a look or the reading of a list, is finished with it: it is let go
    of with `closing`, when the till is closed.
    """

    def __init__(
        self,
        providers: dict[str, Provider],
        looks: Looks,
        sales: Sales,
        catalog: Catalog,
        connections: Connections,
        work: Work,
        changes: Changes,
        closing: AsyncExitStack,
    ) -> None:
        self._providers = providers
        self._looks = looks
        self._sales = sales
        self._catalog = catalog
        self._connections = connections
        self._work = work
        self._changes = changes
        self._closing = closing

    async def change(self, provider: Provider, keep: Callable[[], Awaitable[None]]) -> None:
        """Have `keep` keep the key, and buy with `provider` from then on: both, or neither.

        From the look at what is open until the key is in force nothing is placed with that company, and
        nothing is sent. It goes on to its end, whoever asked. `provider` is closed if it is not put in
        force. Raises NotAllowed: "orders_on_their_way"; "orders_open" (fact `n`) where it is of another
        account than the one that has open orders: only its key gets their codes; and what `keep` raises.
        """

        # Of two at once the second one waits: it must not find the account that the first one leaves.
        async def act() -> None:
            await self._change(provider, keep)

        await self._work.keep_next("company key", act)

    async def _change(self, provider: Provider, keep: Callable[[], Awaitable[None]]) -> None:
        name = provider.name
        async with AsyncExitStack() as refused:
            refused.push_async_callback(provider.close)
            with self._sales.resting(name):
                before = self._providers.get(name)
                if before is not None and before.account != provider.account:
                    # Asked of the store that is open: it has done by then what was asked of it before.
                    n = await self._looks.still_open(before.account)
                    if n:
                        raise NotAllowed("orders_open", n=n)
                await keep()
                self._providers[name] = provider
            self._closing.push_async_exit(refused.pop_all())
        self._connections.begin_anew(name)
        self._catalog.begin_anew(name)
        self._changes.announce("orders")
