"""The store's key: made once, kept in the vault, and proven to fit before anything relies on it."""

from __future__ import annotations

import base64
from typing import Final

from pos_app.clock import NewId
from pos_app.errors import Misconfigured, StoreProblem
from pos_app.seal import Sealer, new_store_key
from pos_app.store.facts import Facts
from pos_app.vault import Vault

_ID: Final = "id"
_PROOF: Final = "key check"


async def open_seal(vault: Vault, facts: Facts, new_id: NewId, *, exclusive: bool = True) -> Sealer:
    """The seal for the store of `facts`, whose key lies in `vault`; a new store is given one.

    A process that only looks (not `exclusive`) makes nothing: a key of its own, put in the place of the one
    the selling process has just made, would lock away everything that is sold. Raises Misconfigured when
    the key is missing, does not fit, or the vault can not be used.
    """
    store_id, proof = await facts.get(_ID), await facts.get(_PROOF)
    if store_id is None or proof is None:
        if not exclusive:
            raise StoreProblem("unavailable")
        return await _begin(vault, facts, new_id)
    sealer = Sealer(await _key(vault, store_id))
    if sealer.digest(_PROOF) != proof:
        raise Misconfigured("store_key_wrong")
    return sealer


async def key_fits(vault: Vault, facts: Facts, sealer: Sealer) -> None:
    """Raise Misconfigured unless `vault` gives, at this moment, the key that `sealer` works with."""
    if Sealer(await _key(vault, await store_id(facts))).digest(_PROOF) != sealer.digest(_PROOF):
        raise Misconfigured("store_key_wrong")


async def is_sealed(facts: Facts) -> bool:
    """Whether the store of `facts` has a key, and the proof that tells whether a key fits."""
    return None not in (await facts.get(_ID), await facts.get(_PROOF))


async def known_id(facts: Facts) -> str | None:
    """The store's id; None while it was never sealed."""
    return await facts.get(_ID)


async def store_id(facts: Facts) -> str:
    """The store's id. Raises StoreProblem("unavailable") for a store that was never sealed."""
    found = await facts.get(_ID)
    if found is None:
        raise StoreProblem("unavailable")
    return found


async def key_to_write_down(vault: Vault, facts: Facts) -> bytes:
    """The key itself, for the recovery sheet and nothing else. The seal must have been opened before."""
    return await _key(vault, await store_id(facts))


async def put_back(vault: Vault, facts: Facts, key: bytes) -> None:
    """Keep `key`, which a person typed off a recovery sheet, as the key of the store of `facts`.

    Raises Misconfigured("sheet_wrong") when it is another store's; nothing is kept then.
    """
    found, proof = await store_id(facts), await facts.get(_PROOF)
    if Sealer(key).digest(_PROOF) != proof:
        raise Misconfigured("sheet_wrong")
    await vault.put(_name(found), _written(key))


async def _begin(vault: Vault, facts: Facts, new_id: NewId) -> Sealer:
    """A new store gets its key: into the vault, back out of it, and only then relied on."""
    own_id = await facts.first(_ID, new_id())
    if await vault.get(_name(own_id)) is None:
        await vault.put(_name(own_id), _written(new_store_key()))
    sealer = Sealer(await _key(vault, own_id))
    if await facts.first(_PROOF, sealer.digest(_PROOF)) != sealer.digest(_PROOF):
        raise Misconfigured("store_key_wrong")
    return sealer


async def _key(vault: Vault, own_id: str) -> bytes:
    secret = await vault.get(_name(own_id))
    if secret is None:
        raise Misconfigured("store_key_missing")
    try:
        return base64.b64decode(secret, validate=True)
    except ValueError:
        raise Misconfigured("store_key_wrong") from None


def _name(own_id: str) -> str:
    return f"store-key-{own_id}"


def _written(key: bytes) -> str:
    return base64.b64encode(key).decode()
