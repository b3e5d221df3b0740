"""What is done with something scanned: it goes where it is asked for, into the basket, or opens a sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos_app.errors import PosError
from pos_app.i18n import _, money_short
from pos_app.orders.barcode import sale_number
from ui.screen import Screen

if TYPE_CHECKING:
    from pos_app.barcodes import Labelled
    from ui.borders import Till
    from ui.widgets.banner import Tone
    from ui.window.parts import Parts
    from ui.window.sale_flow import SaleFlow
    from ui.window.stage import Stage


class Scans:
    """Looks up what was scanned, one after the other.

    `show_found` opens an order by its id, or the orders of a sale by its number.
    """

    def __init__(
        self,
        parts: Parts,
        till: Till,
        stage: Stage,
        flow: SaleFlow,
        show_found: Callable[[str, str], None],
    ) -> None:
        self._till, self._stage, self._flow = till, stage, flow
        self._notices, self._banner, self._tasks = parts.notices, parts.frame.banner, parts.tasks
        self._show_found = show_found
        self._waiting: list[tuple[Screen, str]] = []
        self._said = ""

    def take(self, text: str) -> None:
        """Something was scanned, and no field has asked for it."""
        screen = self._stage.current()
        if not isinstance(screen, Screen):
            self._notices.say(_("Nothing can be scanned before the till is open."))
        elif self._stage.has_sheet():
            self._notices.say(_("Nothing was done with what was scanned: there is a question open."))
        elif screen.take_scanned(text):
            self._notices.put_away()
        elif words := screen.no_scan():
            self._notices.say(_("Nothing was done with what was scanned."), words)
        else:
            self._waiting.append((screen, text))
            self._tasks.start("scan", self._find_all(), when_busy="refuse")

    async def _find_all(self) -> None:
        """One after the other: what is scanned while another is still looked up is looked up behind it."""
        try:
            while self._waiting:
                try:
                    await self._find(*self._waiting.pop(0))
                except PosError as error:
                    # The cards behind it were scanned as well, and are in nobody's hand any more.
                    self._notices.show(error)
        finally:
            self._waiting.clear()

    async def _find(self, asked_at: Screen, text: str) -> None:
        """Open what a number off one of our papers names. What was scanned may be a code: never shown."""
        labelled = await self._till.barcodes.find(text)
        if labelled is not None:
            self._take_labelled(asked_at, labelled)
            return
        found = await self._till.sales.orders(limit=2, search=sale_number(text))
        if not found and asked_at is self._flow.sell:
            self._say(
                _("This barcode is not known: map it in Settings."),
                _("Or scan the sale number on a receipt or slip."),
            )
        elif not found:
            self._notices.say(
                _("Nothing here has the number that was scanned."),
                _("Scan the sale number on a receipt or slip."),
                "warn",
            )
        elif self._stage.current() is asked_at:
            # Otherwise somebody went on to the money meanwhile.
            first, *others = found
            self._show_found(first.sale_number if others else "", first.order_id)

    def _take_labelled(self, asked_at: Screen, labelled: Labelled) -> None:
        """A card off the shelf was scanned while one was `asked_at`."""
        brand, product = labelled.brand, labelled.product
        if self._stage.current() is not asked_at or self._flow.is_asking() or self._stage.has_sheet():
            # Somebody went on meanwhile: what is in the basket is what the money was asked for.
            self._say(_("Nothing was done with what was scanned."), _("Scan it again at Sell."))
        elif asked_at is not self._flow.sell:
            self._say(
                _("This is the barcode of {what}.").format(what=_labelled_words(labelled)),
                _("To sell it, go to Sell and scan it there."),
                "info",
            )
        elif brand is None and self._till.catalog.loading:
            self._say(_("What can be sold is still being read."), _("Scan it again in a moment."))
        elif brand is None or product is None:
            self._say(
                _("This card is not sold any more: {what}.").format(what=_labelled_words(labelled)),
                _("Sell another one. A manager maps the barcode anew in the Settings."),
            )
        elif why_not := self._flow.sell.take_card(brand, product):
            self._say(_("Nothing was done with what was scanned."), why_not)
        elif self._said and self._banner.accessibleName() == self._said:
            self._notices.put_away()

    def _say(self, what: str, advice: str, tone: Tone = "warn") -> None:
        """Say what became of a scan, until the next one goes well."""
        self._notices.say(what, advice, tone)
        self._said = self._banner.accessibleName()


def _labelled_words(labelled: Labelled) -> str:
    return labelled.name if labelled.face is None else f"{labelled.name} {money_short(labelled.face)}"
