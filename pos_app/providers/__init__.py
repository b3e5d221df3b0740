"""The companies whose APIs sell cards: one file each, and one line each in `SPECS`."""

from __future__ import annotations

from typing import Final

from pos_app.providers import cardpluspay, levelup
from pos_app.providers.base import ProviderSpec

SPECS: Final[tuple[ProviderSpec, ...]] = (
    cardpluspay.SPEC,
    levelup.SPEC,
)
"""Every provider the till knows. A new one is a file and a line here; see `docs/providers.md`."""
