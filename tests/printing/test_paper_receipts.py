from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pos_app import i18n
from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.orders.entries import AnyEntry, Purged, Refunded
from pos_app.orders.order import Order, Sale
from pos_app.orders.sale import Tender, Way
from pos_app.printing import escpos, text
from pos_app.printing.document import QR, Banner, Cut, Document, Face, Secret, Text
from pos_app.printing.money_papers import failure_slip, refund_slip
from pos_app.printing.parts import Copy
from pos_app.printing.receipts import card_slip, check_value, pending_slip, sale_receipt
from pos_app.printing.reprints import masked_reprint
from tests.printing.papers import FRENCH_CARD, NUMBER_CARD
from tests.sales_made_up import (
    CARD,
    OTHER_CARD,
    SHOP,
    SOLD_AT,
    Ending,
    Plan,
    product,
    sale,
)

COPY = Copy(1, SOLD_AT + timedelta(hours=17), "ANA", "lost receipt")


def paid_back(order: Order, amount: Money | None = None, **more: object) -> Refunded:
    """The next entry of `order`: its money, or `amount` of it, given back."""
    fields = {"amount": amount or order.price, "tender": "cash", **_next(order), **more}
    return Refunded.model_validate(fields)


def _next(order: Order) -> dict[str, object]:
    at = SOLD_AT + timedelta(hours=1)
    return {"id": f"next-{order.n}", "order_id": order.id, "n": order.n, "at": at, "by": "ANA"}


def after(sold: Sale, entry: AnyEntry) -> Sale:
    """`sold` after `entry` was written to its first order."""
    return replace(sold, orders=(sold.orders[0].step(entry), *sold.orders[1:]))


def read(document: Document, columns: int = 48) -> str:
    """The paper as running text, so that a line's end is no part of what is looked for."""
    return " ".join(text.render(document, columns).split())


def slip_for(card: Card, plan: Plan | None = None) -> Document:
    sold = sale(plan or Plan(cards=(card,)))
    order = sold.orders[0]
    return card_slip(sold, order, order.cards[0], card, 1, 1, SHOP)


def test_a_receipt_shows_the_last_four_characters_and_nothing_else_of_a_code() -> None:
    shown = read(sale_receipt(sale(Plan(cards=(CARD, OTHER_CARD))), SHOP))
    assert "...2WZA" in shown
    assert "...7LQE" in shown
    assert not any(secret in shown for secret in ("TEST", "4MHD", "9PTR", "7694269", "0050118"))


def test_cost_is_on_no_paper() -> None:
    cost = Money(2222, "USD")
    card = replace(CARD, cost=cost)
    sold = sale(Plan(product(cost=cost), (card,)))
    order = sold.orders[0]
    papers = [
        sale_receipt(sold, SHOP),
        card_slip(sold, order, order.cards[0], card, 1, 1, SHOP),
        pending_slip(sold, order, SHOP, SOLD_AT),
        masked_reprint(sold, SHOP, COPY),
        failure_slip(sold, [order], SHOP),
        refund_slip(sold, order, paid_back(order), SHOP),
    ]
    assert not any("22.22" in read(paper) for paper in papers)


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("to_do", "paid, not ordered yet: ask at the counter"),
        ("unanswered", "paid, not confirmed by the card company yet: keep your pending slip"),
        ("codes_pending", "1 code has not arrived yet: ask at the counter"),
        ("refused", "refused by the card company: no card, your money is owed back"),
        ("refunded", "refused by the card company: no card, money given back"),
        ("withdrawn", "not bought: no card, your money is owed back"),
        ("to_be_confirmed", "to be confirmed by the sender"),
    ],
)
def test_a_receipt_says_what_became_of_each_order(ending: Ending, said: str) -> None:
    shown = read(sale_receipt(sale(Plan(cards=(), ending=ending)), SHOP))
    assert said in shown
    assert "..." not in shown


def test_an_order_somebody_works_on_reads_like_one_that_is_not_confirmed() -> None:
    sold = sale(Plan(cards=(), ending="unanswered"))
    shown = read(sale_receipt(sold, SHOP, in_flight={"order-0"}))
    assert "paid, not confirmed by the card company yet" in shown


def test_codes_that_came_late_are_on_the_receipt() -> None:
    shown = read(sale_receipt(sale(Plan(ending="arrived_late")), SHOP))
    assert "...2WZA" in shown
    assert "not arrived" not in shown


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("fulfilled", "sent by e-mail to k•••@mail.example"),
        ("to_be_confirmed", "by e-mail to k•••@mail.example: to be confirmed by the sender"),
    ],
)
def test_an_e_mail_card_names_its_masked_recipient(ending: Ending, said: str) -> None:
    plan = Plan(product(by_email=True), (), ending, recipient_hint="k•••@mail.example")
    assert said in read(sale_receipt(sale(plan), SHOP))


def test_money_owed_and_money_given_back_are_added_up() -> None:
    plans = [Plan(cards=(), ending=ending) for ending in ("refused", "withdrawn", "refunded")]
    shown = read(sale_receipt(sale(Plan(), *plans), SHOP))
    assert "TOTAL USD $100.00" in shown
    assert "Owed back to you $50.00" in shown
    assert "Given back $25.00" in shown


def test_every_tender_stands_with_its_reference() -> None:
    tenders = (
        Tender("terminal", Money(1000, "USD"), "T-554120"),
        Tender("other", Money(500, "USD"), "R-9"),
        Tender("cash", Money(2000, "USD")),
    )
    shown = read(sale_receipt(sale(Plan(), tenders=tenders), SHOP))
    assert "Card terminal $10.00 Terminal reference T-554120" in shown
    assert "Rung on the main till $5.00 Reference R-9" in shown
    assert "Cash $20.00 Change $10.00" in shown


def test_there_is_no_change_and_no_tax_line_without_need() -> None:
    shown = read(sale_receipt(sale(), SHOP))
    assert "Change" not in shown
    assert "tax" not in shown.casefold()


def test_the_shops_own_words_replace_ours() -> None:
    shop = SHOP.model_copy(update={"terms": "All sales final.\nVAT 19%: none.", "footer": "Come again!"})
    shown = read(sale_receipt(sale(), shop))
    assert "All sales final. VAT 19%: none." in shown
    assert "not refundable" not in shown
    assert "Come again!" in shown


@pytest.mark.parametrize(
    ("amount", "language", "shown"),
    [
        (Money(2500, "USD"), "en", "$25.00"),
        (Money(2500, "EUR"), "en", "€25.00"),
        (Money(500, "JPY"), "en", "¥500"),
        (Money(2500, "EUR"), "de", "25,00 €"),
        (Money(1500, "BHD"), "en", "1.500"),
        (Money(2500, "EGP"), "ar_EG", "25"),
    ],
)
def test_prices_are_written_as_people_write_them(amount: Money, language: str, shown: str) -> None:
    before = i18n.language()
    i18n.set_language(language)
    try:
        paper = read(sale_receipt(sale(Plan(product(face=amount))), SHOP))
    finally:
        i18n.set_language(before)
    assert shown in paper
    assert paper.isascii() or not any("\u0660" <= character <= "\u0669" for character in paper)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(Money(2500, "USD"), "USD 25.00"), (Money(500, "JPY"), "JPY 500"), (Money(1500, "BHD"), "BHD 1.500")],
)
def test_a_slip_shows_the_face_value_with_its_currency(amount: Money, shown: str) -> None:
    card = replace(CARD, face=amount)
    assert f"Acme Games {shown}" in read(slip_for(card, Plan(product(face=amount), (card,))))


def test_a_slip_shows_what_the_provider_said_a_card_is_worth() -> None:
    assert "USD 20.00" in read(slip_for(replace(CARD, face=Money(2000, "USD"))))
    unsaid = replace(CARD, face=None)
    assert "USD 25.00" in read(slip_for(unsaid))


def test_a_slip_holds_every_secret_field_and_the_bare_code_as_qr() -> None:
    slip = slip_for(NUMBER_CARD, Plan(FRENCH_CARD, (NUMBER_CARD,)))
    secrets = [(block.label, block.value) for block in slip.blocks if isinstance(block, Secret)]
    assert secrets == [
        ("CODE", "6034932100001230"),
        ("PIN", "0012"),
        ("SERIAL NUMBER", "TEST-000123"),
        ("LINK", "https://redeem.acme.example/card?number=TEST-1234567890&check=abcdefghij"),
    ]
    assert [block.payload for block in slip.blocks if isinstance(block, QR)] == ["6034932100001230"]


@pytest.mark.parametrize("field", ["batch", "Serial", "expiry"])
def test_a_field_nobody_foresaw_is_still_printed(field: str) -> None:
    slip = slip_for(Card("TEST-2222-3333", extras=((field, "TEST value"),)))
    assert (
        Secret({"batch": "BATCH", "Serial": "SERIAL NUMBER", "expiry": "EXPIRY"}[field], "TEST value")
        in slip.blocks
    )


@pytest.mark.parametrize("code", ["TEST-4MHD", "TEST-0MHD", "TESTlMHD"])
def test_every_slip_says_how_to_tell_zero_from_o(code: str) -> None:
    assert "0 = zero O = letter 1 = one" in read(slip_for(Card(code)))


@pytest.mark.parametrize("pin", [None, ""])
def test_a_card_without_a_pin_has_no_line_for_one(pin: str | None) -> None:
    assert not any(
        isinstance(block, Secret) and block.label == "PIN" for block in slip_for(Card("TEST-2222")).blocks
    )


def test_blanks_that_are_not_part_of_a_code_are_explained() -> None:
    assert "Blanks only help to read" in read(slip_for(NUMBER_CARD))
    assert "Blanks only help to read" not in read(slip_for(CARD))


def test_the_region_is_printed_where_the_catalogue_names_one() -> None:
    assert "Region FR" in read(slip_for(NUMBER_CARD, Plan(FRENCH_CARD, (NUMBER_CARD,))))
    assert "Region" not in read(slip_for(CARD))


def test_training_stands_at_both_ends_of_every_paper() -> None:
    sold = sale(training=True)
    order = sold.orders[0]
    warning = Banner(("TRAINING, NO VALUE",), "star")
    for paper in (
        sale_receipt(sold, SHOP),
        card_slip(sold, order, order.cards[0], CARD, 1, 1, SHOP),
        pending_slip(sold, order, SHOP, SOLD_AT),
        masked_reprint(sold, SHOP, COPY),
        failure_slip(sold, [order], SHOP),
        refund_slip(sold, order, paid_back(order), SHOP),
    ):
        assert (paper.blocks[0], paper.blocks[-2], paper.blocks[-1]) == (warning, warning, Cut())
    assert "TRAINING" not in read(sale_receipt(sale(), SHOP))


def test_times_are_the_shops_and_name_their_zone() -> None:
    summer = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
    assert "2026-06-30 23:30 EDT" in read(sale_receipt(sale(at=summer), SHOP))
    tokyo = SHOP.model_copy(update={"zone": "Asia/Tokyo"})
    assert "2026-07-01 12:30 JST" in read(sale_receipt(sale(at=summer), tokyo))


def test_a_pending_slip_says_when_and_for_what_to_ask() -> None:
    sold = sale(Plan(cards=(), ending="unanswered", quantity=3))
    slip = pending_slip(sold, sold.orders[0], SHOP, SOLD_AT + timedelta(minutes=30))
    shown = read(slip)
    assert "NOT A GIFT CARD - PENDING" in shown
    assert "3 x Acme Games $25.00 PAID CASH" in shown
    assert "has not confirmed these cards yet. You have paid." in shown
    assert "Ask here after 17:12: card or money back." in shown
    assert [block.payload for block in slip.blocks if isinstance(block, QR)] == ["03-000418"]


def test_a_pending_slip_names_the_day_when_it_is_another_one() -> None:
    sold = sale(Plan(cards=(), ending="unanswered"))
    shown = read(pending_slip(sold, sold.orders[0], SHOP, SOLD_AT + timedelta(hours=12)))
    assert "Sale 03-000418 2026-11-21 16:42 EST" in shown
    assert "Ask here after 2026-11-22 04:42: card or money back." in shown


def test_a_pending_slip_counts_only_what_is_missing() -> None:
    sold = sale(Plan(quantity=2, ending="codes_pending"))
    shown = read(pending_slip(sold, sold.orders[0], SHOP, SOLD_AT))
    assert "has sold this card but has not sent its code yet" in shown
    assert " x " not in shown
    waiting = sale(Plan(cards=(), ending="to_do"))
    assert "has not been ordered yet" in read(pending_slip(waiting, waiting.orders[0], SHOP, SOLD_AT))


@pytest.mark.parametrize(
    ("kinds", "said"),
    [(("cash",), "PAID CASH"), (("terminal",), "PAID BY CARD"), (("cash", "terminal"), "PAID")],
)
def test_a_pending_slip_says_how_it_was_paid(kinds: tuple[str, ...], said: str) -> None:
    tenders = tuple(
        Tender("cash" if kind == "cash" else "terminal", Money(2500, "USD"), "T-1") for kind in kinds
    )
    sold = sale(Plan(cards=(), ending="unanswered"), tenders=tenders)
    assert f"$25.00 {said} ---" in read(pending_slip(sold, sold.orders[0], SHOP, SOLD_AT))


def test_a_duplicate_says_who_made_it_when_and_why() -> None:
    copy = Copy(2, SOLD_AT + timedelta(days=1), "ANA", "lost")
    shown = read(sale_receipt(sale(), SHOP, copy=copy))
    assert "DUPLICATE No. 2 CODES NOT SHOWN" in shown
    assert "Reprinted 2026-11-22 16:42 EST By ANA Reason lost" in shown
    assert "ORIGINAL" not in shown
    silent = read(sale_receipt(sale(), SHOP, copy=replace(copy, reason="")))
    assert "Reason" not in silent
    sold = sale(Plan(cards=(), ending="unanswered"))
    assert "DUPLICATE No. 2" in read(pending_slip(sold, sold.orders[0], SHOP, SOLD_AT, copy=copy))


def test_the_check_value_changes_with_every_fact_and_with_nothing_else() -> None:
    changed = [
        sale(),
        sale(number="03-000419"),
        sale(by="ANA"),
        sale(at=SOLD_AT + timedelta(seconds=1)),
        sale(Plan(cards=(OTHER_CARD,))),
        sale(Plan(cards=(), ending="refused")),
        sale(Plan(cards=(), ending="refunded")),
        sale(Plan(provider_order_no="ORD-2026-002")),
        sale(tenders=(Tender("terminal", Money(2500, "USD"), "T-1"),)),
        sale(tenders=(Tender("terminal", Money(2500, "USD"), "T-2"),)),
    ]
    assert len({check_value(sold) for sold in changed}) == len(changed)
    original, copy = sale_receipt(sale(), SHOP), sale_receipt(sale(), SHOP, copy=Copy(1, SOLD_AT, "ANA"))
    check = f"check {check_value(sale())}"
    assert check in read(original)
    assert check in read(copy)


def test_titles_hold_no_code(paper: Document) -> None:
    assert "03-0004" in paper.title or paper.kind == "sheet"
    assert not any(secret in paper.title for secret in ("TEST", "2WZA", "6034"))


def test_names_are_put_together_only_where_they_do_not_repeat_each_other() -> None:
    def line(brand: str, name: str) -> str:
        return read(sale_receipt(sale(Plan(product(brand, name))), SHOP))

    assert "Acme Wallet 25 ...2WZA" in line("Acme", "Wallet 25")
    assert " Acme 25 USD ...2WZA" in line("Acme", "Acme 25 USD")
    assert " Wallet ...2WZA" in line("", "Wallet")
    assert " Acme ...2WZA" in line("Acme", "")


def test_a_sentence_beside_a_code_is_written_as_one_and_keeps_no_slip_from_being_printed() -> None:
    steps = "Go to redeem.example and sign in.\nThen → type the code."
    slip = slip_for(Card("TEST-2222-3333", extras=(("steps", steps), ("batch", "TEST\u2028A"))))
    assert [block.value for block in slip.blocks if isinstance(block, Secret)] == ["TEST-2222-3333"]
    said = [block.text for block in slip.blocks if isinstance(block, Text)]
    assert "STEPS: Go to redeem.example and sign in. Then → type the code." in said
    assert "BATCH: TEST A" in said
    assert b"Then" in escpos.render(slip, profile="default", columns=42)


# --- later on: reprints, money back ----------------------------------------------------------------


def test_a_masked_reprint_says_who_wanted_it_why_and_holds_no_code() -> None:
    reprint = masked_reprint(sale(Plan(cards=(CARD, OTHER_CARD))), SHOP, COPY)
    shown = read(reprint)
    assert "DUPLICATE No. 1 CODES NOT SHOWN" in shown
    assert "Reprinted 2026-11-22 09:42 EST By ANA Reason lost receipt" in shown
    assert "...2WZA" in shown
    assert not any(secret in shown for secret in ("TEST", "4MHD", "7694269"))
    assert [block.payload for block in reprint.blocks if isinstance(block, QR)] == ["03-000418"]


def test_a_masked_reprint_tells_how_each_order_stands() -> None:
    sold = sale(Plan(cards=(), ending="unanswered"), Plan(cards=(), ending="refused"))
    shown = read(masked_reprint(sold, SHOP, COPY, in_flight={"order-0"}))
    assert "paid, not confirmed by the card company yet" in shown
    assert "refused by the card company: no card, your money is owed back" in shown
    assert "Owed back to you $25.00" in shown


def test_a_reprint_says_since_when_codes_can_not_be_printed_any_more() -> None:
    sold = sale()
    purged = after(sold, Purged.model_validate({"reason": "policy", **_next(sold.orders[0])}))
    assert "code purged on 2026-11-21: it can not be printed any more" in read(
        masked_reprint(purged, SHOP, COPY)
    )
    assert "purged" not in read(masked_reprint(sold, SHOP, COPY))


def test_the_sales_number_can_be_scanned_off_its_receipt() -> None:
    receipt = sale_receipt(sale(), SHOP)
    assert [block.payload for block in receipt.blocks if isinstance(block, QR)] == ["03-000418"]


def test_a_failure_slip_says_how_much_to_give_back_and_by_which_tender() -> None:
    tenders = (Tender("terminal", Money(5000, "USD"), "T-9"), Tender("cash", Money(3000, "USD")))
    sold = sale(
        Plan(),
        Plan(cards=(), ending="refused"),
        Plan(cards=(), ending="withdrawn"),
        tenders=tenders,
    )
    shown = read(failure_slip(sold, sold.orders[1:], SHOP))
    assert "NOT BOUGHT GIVE THE MONEY BACK" in shown
    assert "Sale 03-000418" in shown
    assert "The card company has none left." in shown
    assert "It was not bought." in shown
    assert "GIVE BACK USD $50.00 Card terminal $50.00 Terminal reference T-9" in shown
    assert "DUPLICATE" not in shown
    assert "DUPLICATE No. 1" in read(failure_slip(sold, sold.orders[1:], SHOP, copy=COPY))


def test_what_went_back_before_is_not_asked_for_once_more() -> None:
    tenders = (Tender("cash", Money(2500, "USD")), Tender("terminal", Money(2500, "USD"), "T-9"))
    sold = sale(Plan(cards=(), ending="refused"), Plan(cards=(), ending="refused"), tenders=tenders)
    first = after(sold, paid_back(sold.orders[0]))
    assert "GIVE BACK USD $25.00 Card terminal $25.00" in read(failure_slip(first, first.orders[1:], SHOP))


def test_a_refund_slip_says_what_went_back_by_whom_and_why_and_is_signed() -> None:
    sold = sale(Plan(cards=(CARD, OTHER_CARD)), tenders=(Tender("terminal", Money(5000, "USD"), "T-9"),))
    back = paid_back(
        sold.orders[0],
        Money(2500, "USD"),
        cards=1,
        evidence="wrong card",
        ways=(Way("terminal", Money(2500, "USD"), "T-9"),),
    )
    order = sold.orders[0].step(back)
    shown = read(refund_slip(sold, order, back, SHOP))
    assert "MONEY GIVEN BACK" in shown
    assert "Given back 2026-11-21 17:42 EST Given by ANA" in shown
    assert "GIVEN BACK USD $25.00 Card terminal $25.00 Terminal reference T-9" in shown
    assert "Why wrong card" in shown
    assert "Signature ____" in shown
    assert "...7LQE" in shown, "the card the customer has no claim to any more"
    assert "...2WZA" not in shown
    assert "DUPLICATE No. 1" in read(refund_slip(sold, order, back, SHOP, copy=COPY))


def test_a_refund_of_what_never_came_says_why_it_did_not() -> None:
    sold = sale(Plan(cards=(), ending="refunded"))
    given = next(entry for entry in sold.orders[0].entries if isinstance(entry, Refunded))
    shown = read(refund_slip(sold, sold.orders[0], given, SHOP))
    assert "Acme Games gift card GIVEN BACK USD $25.00 Cash $25.00 Why refused by the card company" in shown


def test_goodwill_names_the_cards_the_customer_keeps() -> None:
    sold = sale()
    back = paid_back(sold.orders[0], loss=True, evidence="angry")
    shown = read(refund_slip(sold, sold.orders[0].step(back), back, SHOP))
    assert "...2WZA as goodwill: the customer keeps the card" in shown


def test_money_given_back_before_it_is_known_what_became_of_it_gives_no_reason_of_its_own() -> None:
    sold = sale(Plan(cards=(), ending="unanswered"))
    back = paid_back(sold.orders[0])
    assert "Why" not in read(refund_slip(sold, sold.orders[0].step(back), back, SHOP))


def test_a_tax_line_and_further_lines_of_the_head_stand_only_where_the_shop_wrote_them() -> None:
    shop = SHOP.model_copy(update={"tax": "No tax on gift cards", "header": "Open 7-22"})
    for paper in (sale_receipt(sale(), shop), masked_reprint(sale(), shop, COPY)):
        assert "Tel 518-555-0100 Open 7-22" in read(paper)
        assert "USD $25.00 No tax on gift cards" in read(paper)
    assert "tax" not in read(masked_reprint(sale(), SHOP, COPY)).casefold()


def test_in_large_print_value_and_codes_are_in_the_largest_type() -> None:
    sold = sale(Plan(FRENCH_CARD, (NUMBER_CARD,)))
    order = sold.orders[0]
    shop = SHOP.model_copy(update={"large_print": True})
    slip = card_slip(sold, order, order.cards[0], NUMBER_CARD, 1, 1, shop)
    assert all(block.large for block in slip.blocks if isinstance(block, Secret | Face))
    plain = slip_for(NUMBER_CARD, Plan(FRENCH_CARD, (NUMBER_CARD,)))
    assert not any(block.large for block in plain.blocks if isinstance(block, Secret | Face))
    lines = [part for part in text.lay_out(slip, 32, double=True) if isinstance(part, text.Line)]
    shown = [line.text.strip() for line in lines if line.wide]
    assert shown[shown.index("6034 9321 0000") + 1] == "1230"
    assert "EUR 50.00" in shown
