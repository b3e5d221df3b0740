"""What lessons may do to a till that practises: have things go wrong for a while, and put them right.

A till that sells real cards has none: it is made where training's sandbox is, and asks the store before it
acts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from pos_app.catalog import Catalog
from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import Misconfigured, PosError
from pos_app.lessons.lesson import Lesson, Wanted
from pos_app.lessons.lesson import Mood as LessonMood
from pos_app.money import Money
from pos_app.preferences import Preferences
from pos_app.printing.dead import DeadPrinter
from pos_app.printing.devices import Printer
from pos_app.printouts import Printouts
from pos_app.resolver import Resolver
from pos_app.settings import Paper
from pos_app.store.facts import Facts
from pos_app.training import Mood, Sandbox

_VALUE: Final = "25"
_NAMES: Final = ("kim", "sam", "noa", "lou", "max", "ida", "tom", "eva", "ben", "zoe")
_DOMAIN: Final = "mail.example"


@dataclass(frozen=True)
class Tools:
    """The parts of an open till that lessons need."""

    facts: Facts
    catalog: Catalog
    printouts: Printouts
    preferences: Preferences
    printer_of: Callable[[Paper], Printer | None]
    resolver: Resolver
    changes: Changes
    now: Now


class Practice:
    """One till's lessons: which were done today, and what goes wrong in the one that is on."""

    def __init__(self, sandbox: Sandbox, tools: Tools) -> None:
        self._tools = tools
        self._mood = Mood(sandbox)
        self._dead_printer = False

    async def done_today(self, lessons: Iterable[Lesson], by: str) -> frozenset[str]:
        """The names of those of `lessons` that `by` has done today, where the shop is."""
        today = self._today()
        facts = self._tools.facts
        return frozenset(
            [lesson.name for lesson in lessons if await facts.get(_fact(lesson.name, by)) == today]
        )

    async def keep_done(self, lesson: Lesson, by: str) -> None:
        """Write down that `by` has done `lesson` today."""
        await self._tools.facts.put(_fact(lesson.name, by), self._today())

    def wanted(self, lesson: Lesson) -> Wanted | None:
        """What the customer of `lesson` asks for; None while nothing of the kind is to be had."""
        catalog = self._tools.catalog
        currency = self._tools.preferences.settings.shop.currency
        known = [*catalog.brands(lesson.brand), *catalog.brands(limit=500)]
        for brand in known:
            if brand.delivery != lesson.delivery:
                continue
            if lesson.delivery == "email":
                least = brand.least or Money.of(_VALUE, currency)
                # Another address each time, or the till asks whether the same card is meant once more.
                name = _NAMES[int(self._tools.now().timestamp()) % len(_NAMES)]
                return Wanted(brand.name, least + least, f"{name}@{_DOMAIN}")
            if brand.values:
                usual = [face for face in brand.values if face == Money.of(_VALUE, currency)]
                return Wanted(brand.name, (usual or list(brand.values))[0])
        return None

    async def begin(self, mood: LessonMood) -> None:
        """Have go wrong what `mood` says, from the next sale on, until `put_right`.

        Raises Misconfigured: "wrong_store_kind" where real cards are sold, "sandbox_unreadable" when the
        sandbox does not take it; and StoreProblem.
        """
        if await self._tools.facts.get("kind") != "training":
            raise Misconfigured("wrong_store_kind", kind="training")
        await self.put_right()
        if mood.faults:
            await self._mood.hold(mood.faults)
        if mood.dead_printer:
            self._dead_printer = True
            paper = self._tools.preferences.settings.paper
            shop = self._tools.preferences.settings.shop
            # As in a shop whose printer is no folder: files are another way then.
            self._tools.printouts.others_by(self._tools.printer_of, lambda: self._elsewhere(paper))
            self._tools.printouts.use(DeadPrinter(), shop)
            self._tools.changes.announce("printer")

    async def put_right(self) -> None:
        """Have nothing go wrong any more. Never raises."""
        if self._dead_printer:
            # Before anything is waited for: a lesson that begins meanwhile has a printer of its own.
            self._dead_printer = False
            tools = self._tools
            settings = tools.preferences.settings
            tools.printouts.others_by(tools.printer_of, lambda: tools.preferences.settings.paper)
            on_screen = settings.paper.printer == "screen"
            tools.printouts.use(tools.printer_of(settings.paper), settings.shop, on_screen=on_screen)
            tools.changes.announce("printer")
        await self._mood.put_right()

    async def find_out(self, order_id: str) -> None:
        """Ask now what became of an order: nothing that a lesson left open keeps the next sale waiting."""
        with suppress(PosError):
            await self._tools.resolver.ask_again(order_id)

    def _elsewhere(self, paper: Paper) -> Paper:
        """`paper` of a shop that prints over the network, with its files in training's own folder."""
        if paper.printer not in {"folder", "screen"}:
            return paper
        files = self._tools.printer_of(paper.model_copy(update={"printer": "folder"}))
        folder = paper.folder if files is None else files.name
        return paper.model_copy(update={"printer": "network", "host": "", "folder": folder})

    def _today(self) -> str:
        zone = ZoneInfo(self._tools.preferences.settings.shop.zone)
        return self._tools.now().astimezone(zone).date().isoformat()


def _fact(lesson: str, by: str) -> str:
    return f"lesson {lesson} by {by}"
