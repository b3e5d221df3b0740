"""Page 1: the shop, as it stands at the head of every paper, its currency and its time zone."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtWidgets import QGridLayout, QLineEdit
from typing_extensions import override

from pos_app.first_start import ShopEntries
from pos_app.first_start.entries import problems_with_shop
from pos_app.i18n import _
from ui.borders import FirstStart
from ui.first_start.choices import currencies, zones
from ui.first_start.form import FormPage, sentences
from ui.screen import Clock
from ui.widgets.parts import named
from ui.widgets.pick_list import PickList


class ShopPage(FormPage):
    """Where one sells."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "shop_page",
            _("Your shop"),
            _("Name, address and phone stand at the head of every receipt."),
            clock=clock,
        )
        self._service = service
        # parts
        self._name = named(QLineEdit(), "shop_name")
        self._address = named(QLineEdit(), "shop_address")
        self._phone = named(QLineEdit(), "shop_phone")
        self._currency = PickList("shop_currency", _("Currency"))
        self._zone = PickList("shop_zone", _("Time zone"))
        name = self.add_field("shop_name", _("Name of the shop"), self._name)
        address = self.add_field("address", _("Address, if it should be on the receipt"), self._address)
        phone = self.add_field("phone", _("Phone, if it should be on the receipt"), self._phone)
        currency = self.add_field(
            "currency", _("Currency"), self._currency, _("Only cards in this currency are sold.")
        )
        zone = self.add_field("zone", _("Time zone"), self._zone)
        # layout
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(name, 0, 0, 1, 2)
        grid.addWidget(address, 1, 0)
        grid.addWidget(phone, 1, 1)
        grid.addWidget(currency, 2, 0)
        grid.addWidget(zone, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self._fill(done=done)

    def _fill(self, *, done: bool) -> None:
        shop, here = self._service.settings().shop, self._service.zone()
        self._currency.offer(currencies())
        self._zone.offer(zones(self._service.zones(), here))
        self._currency.choose(shop.currency)
        self._zone.choose(shop.zone if done else here)
        if done:
            self._name.setText(shop.name)
            self._address.setText(shop.address)
            self._phone.setText(shop.phone)
        if here:
            self.fields["zone"].hint(_("This computer's: {zone}").format(zone=here.replace("_", " ")))

    def _entries(self) -> ShopEntries:
        return ShopEntries(
            name=self._name.text(),
            address=self._address.text(),
            phone=self._phone.text(),
            currency=self._currency.chosen(),
            zone=self._zone.chosen(),
        )

    @override
    def wrong(self) -> Mapping[str, str]:
        return sentences(problems_with_shop(self._entries()))

    @override
    async def keep(self) -> Mapping[str, str]:
        return sentences(await self._service.keep_shop(self._entries()))
