"""The page for barcodes: scan one, choose the card it stands for; and all that are mapped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.barcodes import Labelled
from pos_app.catalog import Brand
from pos_app.i18n import _, money, money_short, ngettext
from pos_app.messages import problem as words_of
from pos_app.orders.barcode import is_own_label, problem_with_barcode
from pos_app.orders.product import Product
from pos_app.orders.rules import Problem
from ui.borders import Brands, Labelling
from ui.screen import Clock
from ui.settings.page import Page
from ui.settings.row import row
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import LineEntry
from ui.widgets.parts import Text, empty, rule
from ui.widgets.pick_list import Pick, PickList

_MOST_BRANDS: Final = 40
_MOST_SHOWN: Final = 50
_WHOLE, _UPC_A, _EAN_8 = 14, 12, 8


class BarcodesPage(Page):
    """What the barcodes on the shop's shelf stand for; `by` maps them."""

    def __init__(self, barcodes: Labelling, catalog: Brands, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "barcodes_page",
            _("Barcodes"),
            _("A card whose barcode is known here is sold by scanning it at Sell. All registers know it."),
            clock,
        )
        self.by = ""
        self._barcodes, self._catalog = barcodes, catalog
        self._products: dict[str, Product] = {}
        self._mapped: tuple[Labelled, ...] = ()
        self._known = ""
        # parts
        self._cards = PickList("map_card", _("The card it stands for"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._count = Text("mapped_count", "strong", wrap=True)
        # layout
        barcode = self.add("barcode", LineEntry("map_barcode", _("Barcode")))
        barcode.hint(_scan_it())
        self.body.addWidget(barcode)
        card = self.add("card", LineEntry("map_card", _("The card it stands for"), self._cards))
        card.hint(_("Type a brand, a value or both."))
        self.body.addWidget(card)
        self.body.addWidget(rule())
        self.body.addWidget(self._count)
        self.body.addLayout(self._rows)
        # connections
        self._cards.textEdited.connect(self._offer_cards)

    # --- from outside -------------------------------------------------------------------------------

    @override
    def opened(self) -> None:
        super().opened()
        if not self._products:
            self._offer_cards("")
        self.tasks.start("mapped", self._read(), when_busy="replace")

    def scanned(self, text: str) -> None:
        """A barcode was scanned: the one to be mapped, in the place of any other."""
        entry = self.entries["barcode"]
        entry.show_value(text)
        entry.changed.emit()
        entry.left.emit()
        self.entries["card"].take_focus()

    # --- values -------------------------------------------------------------------------------------

    @override
    def kept_values(self) -> dict[str, str]:
        return {"barcode": "", "card": ""}

    @override
    def wrong(self) -> Mapping[str, str]:
        values, found = self.values(), dict[str, str]()
        if (wrong := problem_with_barcode(values["barcode"])) is not None:
            found["barcode"] = words_of(wrong)
        elif self._known:
            found["barcode"] = self._known
        if values["card"] not in self._products:
            found["card"] = _("Choose a card from the list.")
        return found

    @override
    async def keep(self) -> Mapping[str, str]:
        values = self.values()
        if values["card"] not in self._products or problem_with_barcode(values["barcode"]) is not None:
            return self.wrong()
        said = await self._barcodes.map(values["barcode"], self._products[values["card"]], self.by)
        if isinstance(said, Problem):
            return {"barcode": words_of(said)}
        if said is not None:
            return {"barcode": _known_words(said)}
        await self._read()
        self.entries["barcode"].take_focus()
        return {}

    @override
    def saved_words(self) -> str:
        return _("Saved. From now on it is sold by scanning it at Sell.")

    @override
    def on_changed(self, key: str) -> None:
        if key == "barcode":
            self._known = ""
            text = self.entries["barcode"].value()
            right = text.strip() and problem_with_barcode(text) is None
            own = right and is_own_label(text)
            self.entries["barcode"].hint(_own_label() if own else _scan_it())
            if right:
                self.tasks.start("known", self._look_up(text), when_busy="replace")

    # --- what is looked up --------------------------------------------------------------------------

    async def _look_up(self, text: str) -> None:
        found = await self._barcodes.find(text)
        if found is not None and self.entries["barcode"].value() == text:
            self._known = _known_words(found)
            self.draw()

    async def _read(self) -> None:
        self._mapped = await self._barcodes.all()
        self._show_mapped()

    def _offer_cards(self, text: str) -> None:
        """Offer the cards that `text` finds; a long catalogue has tens of thousands."""
        picks: list[Pick] = []
        self._products = {}
        for brand in self._catalog.brands(text, limit=_MOST_BRANDS):
            for product in self._catalog.products_of(brand):
                key = "\0".join(product.key)
                self._products[key] = product
                picks.append(Pick(key, _card_words(brand, product)))
        wanted = text.casefold().split()
        if not any(pick.matches(wanted) for pick in picks):
            # The catalogue finds more than the letters on the list, as names without their accents.
            picks = [Pick(f"{pick.key}\0{text}", pick.words) for pick in picks]
            self._products = {f"{key}\0{text}": product for key, product in self._products.items()}
        self._cards.offer(picks)

    # --- the list -----------------------------------------------------------------------------------

    def _show_mapped(self) -> None:
        empty(self._rows)
        total = len(self._mapped)
        words = ngettext("{n} barcode is mapped.", "{n} barcodes are mapped.", total).format(n=total)
        if total > _MOST_SHOWN:
            newest = _("The newest {n} are below.").format(n=_MOST_SHOWN)
            words = f"{words} {newest}"
        self._count.say(words if total else _("No barcode is mapped yet."))
        for number, one in enumerate(self._mapped[:_MOST_SHOWN]):
            self._rows.addWidget(self._row(number, one))

    def _row(self, number: int, one: Labelled) -> QWidget:
        code = BreakingText(f"mapped_code_{number}", "strong")
        code.setText(_shown(one.number))
        card = BreakingText(f"mapped_card_{number}", "small")
        sold = one.product is not None
        card.setText(_labelled(one) if sold else _("{card}: not sold any more").format(card=_labelled(one)))
        remove = ActionButton(f"mapped_remove_{number}", _("Remove"), role="quiet")
        remove.setAccessibleName(_("Remove {line}").format(line=f"{_shown(one.number)} {_labelled(one)}"))
        remove.clicked.connect(partial(self._on_remove, one))
        return row(f"mapped_{number}", code, card, remove)

    def _on_remove(self, one: Labelled, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self.act("remove", self._remove(one))

    async def _remove(self, one: Labelled) -> None:
        await self._barcodes.remove(one.number)
        self._known = ""
        await self._read()
        self.entries["barcode"].take_focus()
        self.say(_("Taken out: {barcode}.").format(barcode=_shown(one.number)), "ok")


def _scan_it() -> str:
    return _("Scan it now, wherever you are on this page, or type the number below its bars.")


def _own_label() -> str:
    return _("No EAN or UPC: a label of your own, found exactly as it is written here.")


def _known_words(known: Labelled) -> str:
    return _("It stands for {card} already. Take it out of the list below first.").format(
        card=_labelled(known)
    )


def _labelled(one: Labelled) -> str:
    value = _("any amount") if one.face is None else money(one.face)
    return f"{one.name} · {value}"


def _shown(code: str) -> str:
    """A number as it stands under the bars: the zeros that make all of one length are left out."""
    if len(code) != _WHOLE or not code.isdecimal():
        return code
    number = code.lstrip("0")
    return number.zfill(_EAN_8 if len(number) <= _EAN_8 else _UPC_A)


def _card_words(brand: Brand, product: Product) -> str:
    value = _("any amount") if product.face is None else money_short(product.face)
    where = product.address if product.delivery == "email" else product.region.upper()
    return " · ".join(part for part in (brand.name, value, where) if part)
