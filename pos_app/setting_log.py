"""Who changed what under Settings: kept in the journal, in the breath in which it is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from pos_app.errors import StoreProblem
from pos_app.orders.entries import Head
from pos_app.orders.notes import Moved, SettingChanged, SettingWhat
from pos_app.store.database import Tx
from pos_app.store.journal import Journal

_SELF = "countercard"


class SettingLog:
    """Writes and reads the notes about the settings. `refuse_codes` is asked about what somebody typed."""

    def __init__(self, journal: Journal, refuse_codes: Callable[..., Awaitable[None]]) -> None:
        self._journal = journal
        self._refuse_codes = refuse_codes

    async def noted(
        self, what: SettingWhat, by: str, about: str = "", parts: Sequence[Moved] = ()
    ) -> Callable[[Tx], None]:
        """What writes it down in the transaction that changes it; `by` is empty where a program does it.

        Raises NotAllowed("code_in_evidence"): what is typed there is kept in clear.
        """
        typed = [text for part in parts for text in (part.before, part.after)]
        await self._refuse_codes(by, about, *typed)

        def build(head: Head, till: str) -> SettingChanged:
            return SettingChanged(**head, what=what, till=till, about=about, parts=tuple(parts))

        return self._journal.noting(by.strip() or _SELF, build)

    async def changing(
        self, what: SettingWhat, by: str, parts: Sequence[Moved], change: Callable[[], Awaitable[None]]
    ) -> None:
        """Write it down, then `change` what no transaction reaches: nothing is changed without a line.

        A change that fails is written back, and raises; so does a line that can not be written, and then
        nothing is changed.
        """
        await self._journal.write_noted(await self.noted(what, by, parts=parts))
        try:
            await change()
        except BaseException:
            back = [Moved(name=part.name, before=part.after, after=part.before) for part in parts]
            with suppress(StoreProblem):
                await self._journal.write_noted(await self.noted(what, "", parts=back))
            raise

    async def write(self, what: SettingWhat, by: str, about: str, parts: Sequence[Moved]) -> None:
        """Write down what is changed already. Raises like `noted`."""
        await self._journal.write_noted(await self.noted(what, by, about, parts))

    async def log(self, limit: int = 200) -> tuple[SettingChanged, ...]:
        """What was changed, newest first."""
        return await self._journal.settings_changed(limit)
