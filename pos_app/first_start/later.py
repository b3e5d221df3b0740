"""Keys of the card companies once the first start is over: tried as they were then, and kept for the store.

The till that is open goes on with the keys it has; the new ones are its own when it is opened next.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from pos_app.first_start.companies import Entries, as_supplier, filled, spec_of, tried, unlike_default
from pos_app.first_start.pages import Supplier, SupplierTest
from pos_app.opening import Options, enter_keys, store_folder, store_keys
from pos_app.providers import SPECS
from pos_app.providers.base import ProviderSpec
from pos_app.settings import Settings
from pos_app.store.provider_keys import ProviderKeys
from pos_app.vault import KeyringVault, Vault

_log = logging.getLogger(__name__)


class Suppliers:
    """The card companies of the real store `options` name, which may be open meanwhile.

    `settings` are those in force, `keep` keeps a company's own among them. Every method may raise
    StoreProblem and Misconfigured("keyring_…").
    """

    def __init__(
        self,
        options: Options,
        settings: Callable[[], Settings],
        keep: Callable[[str, Mapping[str, str]], Awaitable[None]],
        vault: Vault | None = None,
    ) -> None:
        self._options = options
        self._settings = settings
        self._keep = keep
        self._vault = vault or KeyringVault()

    async def suppliers(self) -> tuple[Supplier, ...]:
        """Whom there is; `kept`: all keys the company needs are kept."""
        keys = await self._keys()
        chosen = self._settings().providers
        return tuple(
            [as_supplier(spec, chosen.get(spec.name, {}), kept=await _is_kept(keys, spec)) for spec in SPECS]
        )

    async def keep_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        """Ask the company whether it takes the keys; keep them in the keyring, and `fields`, if it does.

        An empty secret stands for the one that is kept. Fields of the problems: secret, setting; which one is
        meant stands in their facts as `name`. Raises NotTaken (not reached), Misconfigured("key_refused") and
        NotAllowed("not_set_up").
        """
        spec, entries = spec_of(name), Entries(filled(fields), filled(secrets))
        entry = await enter_keys(self._options, spec, self._vault)
        keys = await self._keys()
        test = await tried(spec, entries, {key: await keys.get(name, key) or "" for key in spec.secrets})
        if test.passed:
            # What this version does not know stays: another one may.
            before = self._settings().providers.get(name, {})
            rest = {key: text for key, text in before.items() if key not in spec.settings.model_fields}
            await self._keep(name, rest | unlike_default(spec, entries.fields))
            # The keys come last: without them the company is as it was.
            for secret_name, secret in entries.secrets.items():
                await entry.keep(secret_name, secret)
            if entries.secrets:
                _log.info("%s: its keys were changed", name)
        return test

    async def _keys(self) -> ProviderKeys:
        return await store_keys(store_folder(self._options), self._vault)


async def _is_kept(keys: ProviderKeys, spec: ProviderSpec) -> bool:
    return all([await keys.get(spec.name, name) for name in spec.secrets if name not in spec.optional])
