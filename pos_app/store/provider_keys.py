"""The card companies' keys of one store: two shops of one user never buy from each other's account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pos_app.errors import NotAllowed
from pos_app.vault import Vault

_TAKEN_OVER: Final = "keys-of-all-stores"
"""Under the store's id: that it has taken over what it will ever take over."""


class ProviderKeys:
    """Where one store keeps the keys of the companies it buys from: in the vault, under the store's id.

    Keys were once kept for all stores of a user together, under names without an id. A store that was set up
    then finds them there until it has taken them over; one that was set up later never looks there. They stay
    where they were: another store may be about to take them over.
    """

    def __init__(self, vault: Vault, own_id: str | None, *, set_up: bool) -> None:
        self._vault = vault
        self._own_id = own_id
        self.set_up = set_up and own_id is not None
        """Whether the store's first start is finished."""
        self._looks_there: bool | None = None if self.set_up else False

    async def get(self, provider: str, name: str) -> str | None:
        """The key `name` of a company, None when this store has none. Raises what the vault raises."""
        if self._own_id is None:
            return None
        own = await self._vault.get(self._name(provider, name))
        if own is None and await self._finds_old_ones():
            return await self._vault.get(_of_all_stores(provider, name))
        return own

    async def put(self, provider: str, name: str, secret: str) -> None:
        """Keep a key of this store. Raises NotAllowed("not_set_up") without one; what the vault raises."""
        await self._vault.put(self._name(provider, name), secret)

    async def put_back(self, provider: str, name: str, secret: str | None) -> None:
        """Have the key `name` be as it was before `put`, None for one there was none of. Raises like it."""
        if secret is None:
            await self._vault.remove(self._name(provider, name))
        else:
            await self.put(provider, name, secret)

    async def take_over(self, names: Iterable[tuple[str, str]]) -> None:
        """Once: keep under the store's id what it used of the keys of all stores; its own ones stay.

        `names` are all pairs of company and key there are. Raises what the vault raises; what was cut off is
        begun again the next time.
        """
        if not await self._finds_old_ones():
            return
        for provider, name in names:
            own = await self._vault.get(self._name(provider, name))
            old = await self._vault.get(_of_all_stores(provider, name)) if own is None else None
            if old:
                await self._vault.put(self._name(provider, name), old)
        await self.stand_alone()

    async def stand_alone(self) -> None:
        """Have this store never look for keys of all stores again."""
        await self._vault.put(self._name(_TAKEN_OVER, "done"), "yes")
        self._looks_there = False

    async def _finds_old_ones(self) -> bool:
        if self._looks_there is None:
            self._looks_there = await self._vault.get(self._name(_TAKEN_OVER, "done")) is None
        return self._looks_there

    def _name(self, provider: str, name: str) -> str:
        if self._own_id is None:
            raise NotAllowed("not_set_up")
        return f"{self._own_id}:{provider}:{name}"


def _of_all_stores(provider: str, name: str) -> str:
    return f"{provider}:{name}"
