"""Keys of the card companies once the first start is over: tried as they were then, and kept for the store.

The till that is open buys with them at once, or they are not kept.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

from pos_app.errors import NotAllowed, PosError
from pos_app.first_start.companies import (
    Entries,
    as_supplier,
    filled,
    not_typed,
    opened_with,
    problems_with_secrets,
    provider_settings,
    spec_of,
    tried,
    unlike_default,
)
from pos_app.first_start.pages import Supplier, SupplierTest
from pos_app.opening import KeyEntry, Options, enter_keys, open_orders, store_folder, store_keys
from pos_app.orders.notes import Moved, SettingWhat
from pos_app.orders.rules import Problem
from pos_app.providers import SPECS
from pos_app.providers.base import Provider, ProviderSpec
from pos_app.settings import Settings
from pos_app.store.provider_keys import ProviderKeys
from pos_app.vault import KeyringVault, Vault

_log = logging.getLogger(__name__)

Change: TypeAlias = Callable[[Provider, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Has something keep a key, and the open till buy with it: see `pos_app.changeover.Changeover.change`."""

Write: TypeAlias = Callable[[SettingWhat, str, str, Sequence[Moved]], Awaitable[None]]
"""Writes into the journal what was changed: see `pos_app.setting_log.SettingLog.write`."""


class Suppliers:
    """The card companies of the real store `options` name, which is open.

    `settings` are those in force, `keep` keeps a company's own among them, `change` puts a key in force,
    `write` writes down who had it done.
    Every method may raise StoreProblem and Misconfigured("keyring_…").
    """

    def __init__(
        self,
        options: Options,
        settings: Callable[[], Settings],
        keep: Callable[[str, Mapping[str, str]], Awaitable[None]],
        change: Change,
        write: Write,
        vault: Vault | None = None,
    ) -> None:
        self._options = options
        self._settings = settings
        self._keep = keep
        self._change = change
        self._write = write
        self._vault = vault or KeyringVault()

    async def suppliers(self) -> tuple[Supplier, ...]:
        """Whom there is; `kept`: all keys the company needs are kept."""
        keys = await self._keys()
        chosen = self._settings().providers
        return tuple(
            [as_supplier(spec, chosen.get(spec.name, {}), kept=await _is_kept(keys, spec)) for spec in SPECS]
        )

    async def keep_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str], by: str = ""
    ) -> SupplierTest:
        """Ask the company whether it takes the keys; keep them and `fields` if it does, in force at once.

        An empty secret stands for the one that is kept, which never goes anywhere but where it goes already.
        Another account is refused while orders of the one until now are open: it alone knows their codes.
        So is any key while an order is on its way. What is kept is written down as done by `by`.
        Fields of the problems: secret, setting, account; which one is meant stands in their facts as `name`.
        Raises NotTaken (not reached), Misconfigured("key_refused") and NotAllowed("not_set_up").
        """
        spec, entries = spec_of(name), Entries(filled(fields), filled(secrets))
        entry = await enter_keys(self._options, spec, self._vault)
        keys = await self._keys()
        # A key of no signs is none: versions before left such where keeping one had failed.
        kept = {key: await keys.get(name, key) or None for key in spec.secrets}
        known = {key: secret or "" for key, secret in kept.items()}
        before = self._settings().providers.get(name, {})
        problems = not_typed(spec, before, entries, known) or await self._orphans(
            spec, before, entries, known
        )
        if problems:
            return SupplierTest(name, problems=problems)
        test = await tried(spec, entries, known)
        if not test.passed:
            return test
        provider = spec.open(*opened_with(spec, entries, known))

        async def keep() -> None:
            # What this version does not know stays: another one may.
            rest = {key: text for key, text in before.items() if key not in spec.settings.model_fields}
            chosen = unlike_default(spec, entries.fields)
            await self._keep(name, rest | chosen)
            try:
                for secret_name, secret in entries.secrets.items():
                    await entry.keep(secret_name, secret)
                if moved := _moved(spec, before, chosen, entries):
                    await self._write("company", by, spec.title, moved)
            except BaseException:
                # The key until now and the new address never meet, and neither do two halves of two keys.
                await self._put_back(name, before, entry, {key: kept[key] for key in entries.secrets})
                raise

        try:
            await self._change(provider, keep)
        except NotAllowed as error:
            if error.reason == "orders_on_their_way":
                return SupplierTest(name, problems=(Problem("account", "orders_on_their_way"),))
            if error.reason == "orders_open":
                return SupplierTest(name, problems=(Problem("account", "orders_open", dict(error.facts)),))
            raise
        if entries.secrets:
            _log.info("%s: its keys were changed", name)
        return test

    async def _orphans(
        self, spec: ProviderSpec, before: Mapping[str, str], entries: Entries, kept: Mapping[str, str]
    ) -> tuple[Problem, ...]:
        """What is wrong with another key while orders of the account of the one that is kept are open."""
        account = await _account(spec, before, kept)
        if not account or await _account(spec, entries.fields, {**kept, **entries.secrets}) in {account, ""}:
            return ()
        open_ones = await open_orders(self._options, account)
        return (Problem("account", "orders_open", {"n": open_ones}),) if open_ones else ()

    async def _put_back(
        self, name: str, before: Mapping[str, str], entry: KeyEntry, kept: Mapping[str, str | None]
    ) -> None:
        """Have settings and keys as they were, each as far as it can be: what failed is told by its error."""
        for secret_name, secret in kept.items():
            with suppress(PosError):
                await entry.put_back(secret_name, secret)
        with suppress(PosError):
            await self._keep(name, before)

    async def _keys(self) -> ProviderKeys:
        return await store_keys(store_folder(self._options), self._vault)


def _moved(
    spec: ProviderSpec, before: Mapping[str, str], chosen: Mapping[str, str], entries: Entries
) -> tuple[Moved, ...]:
    """What is another now: settings with what they were, keys by their names alone."""
    settings = [
        Moved(name=name, before=before.get(name, about.default), after=chosen.get(name, about.default))
        for name, about in spec.settings.model_fields.items()
        if before.get(name, about.default) != chosen.get(name, about.default)
    ]
    return (*settings, *(Moved(name=name) for name in entries.secrets))


async def _is_kept(keys: ProviderKeys, spec: ProviderSpec) -> bool:
    return all([await keys.get(spec.name, name) for name in spec.secrets if name not in spec.optional])


async def _account(spec: ProviderSpec, fields: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    """The account `secrets` lead to; empty where they can be no keys. Nobody is asked."""
    own, _ = provider_settings(spec, fields)
    if own is None or problems_with_secrets(spec, secrets):
        return ""
    provider = spec.open(own, filled(secrets))
    try:
        return provider.account
    finally:
        await provider.close()
