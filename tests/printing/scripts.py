"""Papers in other scripts and in a language nobody speaks, for what must not depend on English."""

from __future__ import annotations

import gettext
import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from typing_extensions import override

from pos_app import i18n
from pos_app.money import Money
from pos_app.orders.order import Sale
from pos_app.printing.document import QR, Banner, Cut, Document, Face, Row, Secret, Text
from pos_app.printing.receipts import card_slip, pending_slip, sale_receipt
from tests.sales_made_up import CARD, OTHER_CARD, SHOP, SOLD_AT, Plan, product, sale

ARABIC_SHOP = SHOP.model_copy(update={"name": "مكتبة الميناء", "footer": "شكراً لزيارتكم"})
ARABIC_CARD = product("متجر الألعاب", "بطاقة هدايا متجر الألعاب", Money(2500, "USD"))

_FIELD = re.compile(r"(\{[^}]*\})")
_LONGER = str.maketrans({"a": "àa", "e": "éé", "i": "ï", "o": "öo", "u": "ü", "A": "Å", "E": "É", "O": "Ø"})


class _Pseudo(gettext.NullTranslations):
    """A third longer than English, and accented throughout."""

    @override
    def gettext(self, message: str) -> str:
        return "".join(
            part if _FIELD.fullmatch(part) else part.translate(_LONGER) for part in _FIELD.split(message)
        )

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _speak_pseudo(*_place: object, **_named: object) -> _Pseudo:
    return _Pseudo()


@contextmanager
def pseudo_language() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gettext, "translation", _speak_pseudo)
        i18n.set_language("en")
    try:
        yield
    finally:
        i18n.set_language("en")


def arabic_names() -> Sale:
    return sale(Plan(ARABIC_CARD, (CARD, OTHER_CARD)))


def arabic_slip() -> Document:
    sold = arabic_names()
    return card_slip(sold, sold.orders[0], sold.orders[0].cards[0], CARD, 1, 2, ARABIC_SHOP)


def arabic_receipt() -> Document:
    return sale_receipt(arabic_names(), ARABIC_SHOP)


def arabic_pending() -> Document:
    sold = sale(Plan(ARABIC_CARD, cards=(), ending="unanswered"), number="03-000419")
    return pending_slip(sold, sold.orders[0], ARABIC_SHOP, SOLD_AT)


def wholly_arabic() -> Document:
    """As a translation would make it: every word of it is read from right to left."""
    return Document(
        "slip",
        "A paper",
        (
            Text("مكتبة الميناء", align="center", bold=True),
            Face("متجر الألعاب", "USD 25.00"),
            Secret("الرمز", CARD.code),
            Secret("الرقم السري", CARD.pin or ""),
            QR(CARD.code, "الرمز"),
            Row("تاريخ الشراء", "2026-11-21"),
            Row("المساعدة", "1-800-555-0199"),
            Text("احتفظ بهذه الورقة: فهي البطاقة نفسها."),
            Banner(("احتيال؟ توقف!",), "double", "لا تدفع فاتورة ببطاقة هدايا. اتصل بالرقم 1-800-555-0199."),
            Cut(),
        ),
    )
