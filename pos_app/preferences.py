"""What the shop has chosen, changed while the till is open: kept whole or not at all, in force at once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.entered import limits_of, paper_of, problems_with_cashier, shop_of, wrong_outside
from pos_app.errors import DeviceProblem, NotAllowed, StoreProblem
from pos_app.orders.notes import Moved, SettingWhat
from pos_app.orders.rules import Problem
from pos_app.printing import escpos
from pos_app.printing.devices import Printer
from pos_app.printouts import Printouts
from pos_app.setting_log import SettingLog
from pos_app.settings import Paper, Settings, Shop, load, save
from pos_app.work import Work

if TYPE_CHECKING:
    from pos_app.printing.spooling import Found

T = TypeVar("T")
_LOGO: Final = "logo-"


def no_printer(_paper: Paper) -> Printer | None:
    """Where no printer can be made, nothing is printed."""
    return None


@dataclass(frozen=True, slots=True)
class TestSlip:
    """What became of a slip that tries a printer: it went to `where`, or `problems` kept it from being made.

    `warning` is what the printer says should be seen to although it prints.
    """

    where: str = ""
    problems: tuple[Problem, ...] = ()
    warning: DeviceProblem | None = None


class Preferences:
    """The settings of one open till.

    `keep_…` return what is wrong, nothing being kept then. They raise StoreProblem when the disk does not
    take it, Misconfigured when the file can not be read any more, and NotAllowed("only_looking") in a store
    that is only looked at.
    """

    def __init__(  # noqa: PLR0913  the parts are joined in the register only
        self,
        settings: Settings,
        path: Path,
        printer_of: Callable[[Paper], Printer | None],
        printouts: Printouts,
        work: Work,
        changes: Changes,
        now: Now,
        log: SettingLog,
        *,
        training: bool,
        looking: bool,
    ) -> None:
        self._settings = settings
        self._path = path
        self._printer_of = printer_of
        self._printouts = printouts
        self._work = work
        self._changes = changes
        self._now = now
        self._log = log
        self._training = training
        self._looking = looking

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._settings

    async def keep_shop(self, typed: Mapping[str, str], picture: bytes | None = None) -> tuple[Problem, ...]:
        """Keep what was `typed` about the shop, by field of `Shop`, and `picture` (a PNG) as its logo.

        Without a `picture` the logo stays, or goes where `typed` has an empty `logo`.
        """
        shop, problems = shop_of(typed, self._settings.shop)
        if not problems:
            await self._acting(lambda: self._keep_shop(shop, picture))
        return problems

    async def keep_paper(self, typed: Mapping[str, str]) -> tuple[Problem, ...]:
        """Keep what was `typed` about paper and printer, by field of `Paper`."""
        paper, problems = await self._paper(typed)
        if not problems:
            await self._acting(lambda: self._change(paper=paper))
        return problems

    async def keep_limits(self, typed: Mapping[str, str], by: str = "") -> tuple[Problem, ...]:
        """Keep what was `typed` about limits in the shop's currency, by name; what it names not stays.

        Written down with who did it (`by`).
        """
        currency = self._settings.shop.currency
        kept, problems = limits_of(typed, currency)
        if not problems:
            from pos_app.guard import in_force

            before = self._settings.limits
            limits = {**before, currency: {**before.get(currency, {}), **kept}}
            parts = _moved(in_force(before, currency), in_force(limits, currency))
            await self._acting(lambda: self._noted("limits", by, parts, limits=limits))
        return problems

    async def keep_cashier(self, name: str, by: str = "") -> tuple[Problem, ...]:
        """Keep who sells at this register: the name that stands on papers and in the journal.

        Written down with who did it (`by`).
        """
        name = name.strip()
        problems = problems_with_cashier(name)
        if not problems:
            parts = _moved({"cashier": self._settings.cashier}, {"cashier": name})
            await self._acting(lambda: self._noted("cashier", by, parts, cashier=name))
        return problems

    async def keep_company(self, name: str, chosen: Mapping[str, str]) -> None:
        """Keep a card company's own settings. In force they are with its key: see `Changeover`."""
        await self._acting(lambda: self._keep_company(name, dict(chosen)))

    async def keep_look(self, language: str, theme: str) -> None:
        """Keep the window's language and theme."""
        await self._acting(lambda: self._change(language=language, theme=theme))

    async def keep_keys(self, keys: Mapping[str, str]) -> None:
        """Keep the keys that are not as they are shipped, by action."""
        await self._acting(lambda: self._change(keys=dict(keys)))

    async def keep_region(self, region: str) -> None:
        """Keep of which region cards are shown at Sell; empty for all."""
        await self._acting(lambda: self._change(region=region))

    async def print_test(self, typed: Mapping[str, str]) -> TestSlip:
        """Print the test page through what was `typed` about the printer; nothing is kept.

        The printer is asked first. Raises DeviceProblem when it would not print, or did not.
        """
        paper, problems = await self._paper(typed)
        if problems:
            return TestSlip(problems=problems)
        printer = self._printer_of(paper)
        if printer is None:
            raise DeviceProblem("no_printer")
        said = await ask_to_print(printer)
        from pos_app.printing.sheets import test_page

        page = test_page(self._settings.shop, self._settings.register_id, self._now())
        stem = f"test-{self._settings.register_id}"
        await self._work.keep("test slip", lambda: printer.print(page, stem))
        return TestSlip(printer.name, warning=said)

    async def profiles(self) -> tuple[tuple[str, str], ...]:
        """The receipt printers that are known: name and maker's name, for people. Slow the first time."""
        return await asyncio.to_thread(escpos.profiles)

    async def printers(self) -> tuple[Found, ...]:
        """The printers and ports of this computer, as far as they answer within a few seconds."""
        from pos_app.printing.spooling import list_printers

        return await list_printers()

    async def picture(self) -> bytes | None:
        """The shop's logo, a PNG; None where there is none, or it can not be read."""
        name = self._settings.shop.logo
        if not name:
            return None
        with suppress(OSError):
            return await asyncio.to_thread((self._path.parent / name).read_bytes)
        return None

    async def _paper(self, typed: Mapping[str, str]) -> tuple[Paper, tuple[Problem, ...]]:
        paper, problems = paper_of(typed, self._settings.paper)
        if problems:
            return paper, problems
        outside = await asyncio.to_thread(
            wrong_outside, paper, self._path.parent, needs_folder=not self._training
        )
        return paper, outside

    async def _keep_shop(self, shop: Shop, picture: bytes | None) -> None:
        if picture is not None:
            name = await asyncio.to_thread(_laid_down, picture, self._path.parent)
            shop = shop.model_copy(update={"logo": name})
        await self._change(shop=shop)
        await asyncio.to_thread(_clear_old_pictures, self._path.parent, shop.logo)

    async def _keep_company(self, name: str, chosen: dict[str, str]) -> None:
        def write() -> None:
            # The others as the file has them now: another program may have changed one meanwhile.
            now = load(self._path)
            save(now.model_copy(update={"providers": {**now.providers, name: chosen}}), self._path)

        await asyncio.to_thread(write)
        companies = {**self._settings.providers, name: chosen}
        self._settings = self._settings.model_copy(update={"providers": companies})
        self._changes.announce("settings")

    async def _noted(self, what: SettingWhat, by: str, parts: Sequence[Moved], **changed: object) -> None:
        """Change it, with a line in the journal if it is another then."""
        if parts:
            await self._log.changing(what, by, parts, lambda: self._change(**changed))
        else:
            await self._change(**changed)

    async def _change(self, **changed: object) -> None:
        def write() -> None:
            # What the file says, not what is in force: practice has a shop nobody has chosen, and another
            # command may have changed what is no business of this page.
            save(load(self._path).model_copy(update=changed), self._path)

        await asyncio.to_thread(write)
        settings = self._settings = self._settings.model_copy(update=changed)
        if changed.keys() & {"shop", "paper"}:
            printer = self._printer_of(settings.paper)
            on_screen = settings.paper.printer == "screen"
            self._printouts.use(printer, settings.shop, on_screen=on_screen)
            self._changes.announce("printer")
        self._changes.announce("settings")

    async def _acting(self, fn: Callable[[], Awaitable[T]]) -> T:
        if self._looking:
            raise NotAllowed("only_looking")

        async def act() -> T:
            return await fn()

        # Two changes at once: the second one waits, and joins none.
        return await self._work.keep_next("settings", act)


async def ask_to_print(printer: Printer) -> DeviceProblem | None:
    """What `printer` says should be seen to although it prints. Raises what keeps it from printing."""
    said = await printer.state()
    if said is not None and said.hinders:
        raise said
    return said


def _moved(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Moved, ...]:
    return tuple(
        Moved(name=name, before=before.get(name, ""), after=text)
        for name, text in after.items()
        if text != before.get(name, "")
    )


def _laid_down(picture: bytes, folder: Path) -> str:
    """Write `picture` into `folder` under a name of its own; returns the name. Raises StoreProblem."""
    name = f"{_LOGO}{hashlib.sha256(picture).hexdigest()[:12]}.png"
    fresh: Path | None = None
    try:
        handle, draft = tempfile.mkstemp(dir=folder, prefix=_LOGO)
        fresh = Path(draft)
        with os.fdopen(handle, "wb") as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / name)
    except OSError as error:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
        raise StoreProblem("read_only", path=str(folder), error=type(error).__name__) from None
    return name


def _clear_old_pictures(folder: Path, kept: str) -> None:
    for old in folder.glob(f"{_LOGO}*.png"):
        if old.name != kept:
            with suppress(OSError):
                old.unlink()
