"""The papers the golden files hold, by name: one of each kind, and the ones in which most can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.orders.entries import Refunded
from pos_app.orders.order import Sale
from pos_app.orders.sale import Tender
from pos_app.printing.document import Document
from pos_app.printing.money_papers import failure_slip, refund_slip
from pos_app.printing.parts import Copy
from pos_app.printing.receipts import card_slip, pending_slip, sale_receipt
from pos_app.printing.reprints import masked_reprint
from pos_app.printing.sheets import recovery_sheet
from pos_app.printing.sheets import test_page as page_to_try
from pos_app.printing.warning_papers import customer_card
from tests.sales_made_up import CARD, OTHER_CARD, SHOP, SOLD_AT, Plan, product, sale

NUMBER_CARD: Final = Card(
    "6034932100001230",
    "0012",
    (
        ("serial", "TEST-000123"),
        ("link", "https://redeem.acme.example/card?number=TEST-1234567890&check=abcdefghij"),
    ),
    face=Money(5000, "EUR"),
)
FRENCH_SHOP: Final = SHOP.model_copy(
    update={
        "name": "Épicerie Ñandú & Söhne",
        "address": "12, rue de l'Œuvre\n75011 Paris",
        "zone": "Europe/Paris",
        "footer": "Merci et à bientôt",
    }
)
FRENCH_CARD: Final = product(
    "Café Société Générale d'Épicerie",
    "Café Société Générale d'Épicerie – carte cadeau 50 €",
    Money(5000, "EUR"),
    region="FR",
    cost=Money(4711, "EUR"),
)


def receipt() -> Document:
    return sale_receipt(_two_cards(), SHOP)


def slip() -> Document:
    sold = _two_cards()
    order = sold.orders[0]
    return card_slip(sold, order, order.cards[0], CARD, 1, 2, SHOP)


def pending() -> Document:
    sold = sale(Plan(cards=(), ending="unanswered"), number="03-000419")
    return pending_slip(sold, sold.orders[0], SHOP, SOLD_AT + timedelta(minutes=30))


def duplicate() -> Document:
    return sale_receipt(_two_cards(), SHOP, copy=_copy())


def duplicate_slip() -> Document:
    sold = _two_cards()
    order = sold.orders[0]
    return card_slip(sold, order, order.cards[1], OTHER_CARD, 2, 2, SHOP, copy=_copy())


def french_training_slip() -> Document:
    tenders = (Tender("terminal", Money(5000, "EUR"), "A-77120"),)
    sold = sale(Plan(FRENCH_CARD, (NUMBER_CARD,)), training=True, tenders=tenders)
    order = sold.orders[0]
    return card_slip(sold, order, order.cards[0], NUMBER_CARD, 1, 1, FRENCH_SHOP)


def french_training_receipt() -> Document:
    tenders = (Tender("terminal", Money(5000, "EUR"), "A-77120"),)
    sold = sale(Plan(FRENCH_CARD, (NUMBER_CARD,)), training=True, tenders=tenders)
    return sale_receipt(sold, FRENCH_SHOP)


def mixed_receipt() -> Document:
    coffee = product("Harbor Coffee", "Harbor Coffee gift card", by_email=True)
    sold = sale(
        Plan(),
        Plan(coffee, (), "to_be_confirmed", recipient_hint="k•••@mail.example", provider_order_no=None),
        Plan(cards=(), ending="refused"),
        Plan(cards=(), ending="unanswered"),
        Plan(cards=(OTHER_CARD,), quantity=2, ending="codes_pending"),
        Plan(cards=(), ending="refunded"),
        tenders=(Tender("terminal", Money(10000, "USD"), "T-554120"), Tender("cash", Money(8000, "USD"))),
    )
    return sale_receipt(sold, SHOP)


def masked() -> Document:
    return masked_reprint(_two_cards(), SHOP, _copy())


def failure() -> Document:
    tenders = (Tender("terminal", Money(5000, "USD"), "T-554120"), Tender("cash", Money(4000, "USD")))
    sold = sale(Plan(), Plan(cards=(), ending="refused", quantity=2), tenders=tenders, number="03-000420")
    return failure_slip(sold, sold.orders[1:], SHOP)


def refund() -> Document:
    sold = sale(Plan(cards=(), ending="refunded"), number="03-000421")
    order = sold.orders[0]
    given = next(entry for entry in order.entries if isinstance(entry, Refunded))
    return refund_slip(sold, order, given, SHOP)


def large_slip() -> Document:
    sold = _two_cards()
    order = sold.orders[0]
    shop = SHOP.model_copy(update={"large_print": True})
    return card_slip(sold, order, order.cards[0], CARD, 1, 2, shop)


def own_words() -> Document:
    shop = SHOP.model_copy(
        update={
            "header": "Open 7-22, Sunday 9-18\nharbournews.example",
            "tax": "No sales tax on gift cards.\nTax ID TEST-14-0077",
            "terms": "All cards are sold as they are.",
            "footer": "Thank you!\nCome again",
        }
    )
    return sale_receipt(sale(), shop)


def page() -> Document:
    return page_to_try(SHOP, "03", SOLD_AT)


def recovery() -> Document:
    return recovery_sheet(SHOP, "7c1e5a90-test", [f"TEST{place:X}" for place in range(1, 12)], SOLD_AT)


def pending_again() -> Document:
    sold = sale(Plan(cards=(), ending="unanswered", quantity=3), number="03-000419")
    return pending_slip(sold, sold.orders[0], SHOP, SOLD_AT + timedelta(hours=20), copy=_copy())


def failure_again() -> Document:
    sold = sale(Plan(cards=(), ending="refused", quantity=2), number="03-000420")
    return failure_slip(sold, sold.orders, SHOP, copy=_copy())


def refund_again() -> Document:
    sold = sale(Plan(cards=(), ending="refunded"), number="03-000421")
    order = sold.orders[0]
    given = next(entry for entry in order.entries if isinstance(entry, Refunded))
    return refund_slip(sold, order, given, SHOP, copy=_copy())


def large_duplicate_slip() -> Document:
    sold = sale(Plan(FRENCH_CARD, (NUMBER_CARD,)))
    order = sold.orders[0]
    shop = FRENCH_SHOP.model_copy(update={"large_print": True})
    return card_slip(sold, order, order.cards[0], NUMBER_CARD, 1, 1, shop, copy=_copy())


def scam_card() -> Document:
    return customer_card(SHOP)


def state_slip() -> Document:
    """The words a state wants, on the slip itself."""
    sold = _two_cards()
    order = sold.orders[0]
    shop = SHOP.model_copy(update={"address": "1 Shore Road, Ocean City MD 21842"})
    return card_slip(sold, order, order.cards[0], CARD, 1, 2, shop)


def _two_cards() -> Sale:
    return sale(Plan(cards=(CARD, OTHER_CARD)), tenders=(Tender("cash", Money(6000, "USD")),))


def _copy() -> Copy:
    return Copy(1, SOLD_AT + timedelta(hours=17), "ANA (mgr)", "lost receipt")


PAPERS: Final[dict[str, Callable[[], Document]]] = {
    maker.__name__: maker
    for maker in (
        receipt,
        slip,
        pending,
        duplicate,
        duplicate_slip,
        french_training_slip,
        french_training_receipt,
        mixed_receipt,
        masked,
        failure,
        refund,
        large_slip,
        own_words,
        page,
        recovery,
        pending_again,
        failure_again,
        refund_again,
        large_duplicate_slip,
        scam_card,
        state_slip,
    )
}
