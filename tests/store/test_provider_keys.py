"""A store that is not there yet has no keys, and takes none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.store.provider_keys import ProviderKeys
from pos_app.vault import TrainingVault


def test_without_a_store_no_key_is_found_and_none_is_kept(tmp_path: Path) -> None:
    vault = TrainingVault(tmp_path / "vault.json")
    asyncio.run(vault.put("cardpluspay:api_key", "TEST-KEY-OF-ALL-STORES"))
    keys = ProviderKeys(vault, None, set_up=True)

    assert asyncio.run(keys.get("cardpluspay", "api_key")) is None
    with pytest.raises(NotAllowed, match="not_set_up"):
        asyncio.run(keys.put("cardpluspay", "api_key", "TEST-KEY"))
    asyncio.run(keys.take_over([("cardpluspay", "api_key")]))
    assert asyncio.run(vault.get("cardpluspay:api_key")) == "TEST-KEY-OF-ALL-STORES"
