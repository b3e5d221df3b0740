"""The page for the shop: what stands at the head and foot of its papers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from typing_extensions import override

from pos_app.entered import shop_of, zones
from pos_app.i18n import _, money
from pos_app.messages import problem
from pos_app.money import Money
from pos_app.orders.cash_rounding import usual_coin
from pos_app.orders.rules import Problem
from pos_app.scam_notices import region_in
from pos_app.settings import Shop
from ui.borders import Preferring
from ui.first_start.choices import zones as zone_picks
from ui.screen import Clock
from ui.settings.page import Page, sentences
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import ChoiceEntry, LineEntry, LinesEntry
from ui.widgets.pick_list import Pick, PickList

_NAMES = {"shop_name": "name"}
_YES_NO = {"False": "no", "True": "yes"}
_COINS = (5, 10, 50, 100)
"""Which coins can be chosen as the smallest, in minor units."""


class ShopPage(Page):
    """Name, address and what else the shop says on paper."""

    def __init__(self, preferences: Preferring, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "shop_settings",
            _("Shop"),
            _("What stands at the head and the foot of every paper."),
            clock,
        )
        self._preferences = preferences
        self.picture = b""
        """The picture as it is entered, a PNG; empty for none."""
        self._zones: tuple[Pick, ...] = ()
        self._states = {"US-NY": _("New York"), "US-NJ": _("New Jersey"), "US-MD": _("Maryland")}
        # parts
        self._zone = PickList("set_zone", _("Time zone"))
        self._choose = ActionButton("choose_logo", _("Choose a file…"), role="beside")
        # layout
        body = self.body
        body.addWidget(self.add("shop_name", LineEntry("set_shop_name", _("Name of the shop"))))
        body.addWidget(self.add("address", LinesEntry("set_address", _("Address"), 2)))
        states = {
            "": _("As the address says"),
            **self._states,
            "elsewhere": _("Elsewhere"),
        }
        self._region = ChoiceEntry("set_region", _("State, for its scam notice"), states)
        body.addWidget(self.add("region", self._region))
        body.addWidget(self.add("phone", LineEntry("set_phone", _("Phone"))))
        body.addWidget(self.add("zone", LineEntry("set_zone", _("Time zone"), self._zone)))
        coin = self.add(
            "smallest_coin", ChoiceEntry("set_coin", _("Smallest coin"), _coins(preferences.settings.shop))
        )
        coin.hint(_("What is paid in cash is rounded to it. What is paid by card never is."))
        body.addWidget(coin)
        header = self.add("header", LinesEntry("set_header", _("Further lines of the head"), 2))
        header.hint(_("Opening hours, say, or a web address."))
        body.addWidget(header)
        logo = LineEntry("set_logo", _("Picture above the name"), beside=self._choose)
        logo.hint(_("A file. It is kept with the store, in black and white. Empty: no picture."))
        body.addWidget(self.add("logo", logo))
        terms = self.add("terms", LinesEntry("set_terms", _("What the receipt says about returns"), 3))
        terms.hint(_("Empty: that cards are not refundable except as the law requires."))
        body.addWidget(terms)
        tax = self.add("tax", LineEntry("set_tax", _("A line about tax, under the total")))
        tax.hint(_("Countercard computes no tax. Empty: no line."))
        body.addWidget(tax)
        body.addWidget(self.add("footer", LinesEntry("set_footer", _("Last lines of every paper"), 2)))
        sizes = {"no": _("Usual"), "yes": _("Large")}
        large = self.add("large_print", ChoiceEntry("set_large", _("Type on cards' slips"), sizes))
        large.hint(_("Large type is for weak eyes; slips are longer then."))
        body.addWidget(large)
        # connections
        self._choose.clicked.connect(self._on_choose)

    # --- values -------------------------------------------------------------------------------------

    @override
    def kept_values(self) -> dict[str, str]:
        shop = self._preferences.settings.shop
        kept = {key: str(getattr(shop, _NAMES.get(key, key))) for key in self.entries}
        return {**kept, "large_print": _YES_NO[kept["large_print"]]}

    def shop(self) -> Shop:
        """The shop as it is entered; as it is kept, while something is wrong with it."""
        return shop_of(self._typed(), self._preferences.settings.shop)[0]

    @override
    def wrong(self) -> Mapping[str, str]:
        return sentences(shop_of(self._typed(), self._preferences.settings.shop)[1])

    @override
    async def keep(self) -> Mapping[str, str]:
        path, typed = self._path(), self._typed()
        picture: bytes | None = None
        if path == "":
            typed["logo"] = ""
        elif path != self._preferences.settings.shop.logo:
            picture = await asyncio.to_thread(_read_picture, path)
            if picture is None:
                return {"logo": problem(Problem("logo", "unreadable"))}
        return sentences(await self._preferences.keep_shop(typed, picture))

    def _typed(self) -> dict[str, str]:
        """What is entered, by the shop's own fields; of the picture there is only a path yet."""
        return {_NAMES.get(key, key): value for key, value in self.values().items() if key != "logo"}

    # --- what is looked up --------------------------------------------------------------------------

    @override
    def opened(self) -> None:
        super().opened()
        self.tasks.start("zones", self._offer_zones(), when_busy="refuse")
        self._look_at_picture()

    @override
    def fill(self) -> None:
        zone = self._preferences.settings.shop.zone
        # Until all of them are known there is the one that is chosen.
        self._zone.offer(self._zones or zone_picks([zone], zone))
        super().fill()
        self._tell_state()

    async def _offer_zones(self) -> None:
        names = await asyncio.to_thread(zones)
        zone = self._zone.chosen()
        self._zones = zone_picks(names, "")
        self._zone.offer(self._zones)
        if zone and not self._zone.hasFocus():
            self.entries["zone"].show_value(zone)

    def _look_at_picture(self) -> None:
        self.tasks.start("picture", self._read_picture(self._path()), when_busy="replace")

    async def _read_picture(self, path: str) -> None:
        if path == self._preferences.settings.shop.logo:
            found = await self._preferences.picture()
        else:
            found = await asyncio.to_thread(_read_picture, path)
        self.picture = found or b""
        self.entered.emit()

    def _path(self) -> str:
        return self.entries["logo"].value().strip()

    # --- slots --------------------------------------------------------------------------------------

    @override
    def on_changed(self, key: str) -> None:
        if key == "logo":
            self._look_at_picture()
        elif key in {"address", "region"}:
            self._tell_state()

    def _tell_state(self) -> None:
        """Say which state was found: an address in which none is found looks no different."""
        words = _("Some states want words of their own where gift cards are sold.")
        if not self._region.value():
            found = self._states.get(region_in(self.entries["address"].value()))
            if found is None:
                words += " " + _("None of them is found in the address: if the shop is in one, choose it.")
            else:
                words += " " + _("The address says: {state}.").format(state=found)
        self._region.hint(words)

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, _("Choose a picture"))
        dialog.setObjectName("logo_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(_("Pictures") + " (*.png *.jpg *.jpeg *.bmp *.gif *.svg)")
        dialog.fileSelected.connect(self._on_file)
        # Shown beside the loop, never within one of its own.
        dialog.open()

    def _on_file(self, path: str) -> None:
        self.entries["logo"].show_value(path)
        self.entries["logo"].changed.emit()
        self.entries["logo"].take_focus()


def _coins(shop: Shop) -> dict[str, str]:
    """What cash can be rounded to, as the settings keep it, in words; what they have already among it."""
    usual = usual_coin(shop.currency)
    coins = {f"{coin.major:f}": coin for coin in (Money(minor, shop.currency) for minor in _COINS)}
    if shop.smallest_coin not in {"", "0", *coins}:
        coins[shop.smallest_coin] = Money.of(shop.smallest_coin, shop.currency)
    words = {chosen: money(coin) for chosen, coin in coins.items()}
    if usual is None:
        # That nothing is rounded is said once, as it is kept.
        return {"0" if shop.smallest_coin == "0" else "": _("No rounding"), **words}
    return {"": _("As usual: {coin}").format(coin=money(usual)), "0": _("No rounding"), **words}


def _read_picture(path: str) -> bytes | None:
    if not path:
        return None
    from ui.printing.logo import read_logo

    return read_logo(path)
