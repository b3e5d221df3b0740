"""Whatever a card, a product or a person is called: what any printer is sent says it, and can be scanned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.errors import DeviceProblem
from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.printing import encode, escpos
from pos_app.printing.document import QR, Barcode, Document, Secret
from pos_app.printing.parts import Copy
from pos_app.printing.receipts import card_slip, pending_slip, sale_receipt
from pos_app.printing.reprints import masked_reprint
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import DrawerOpened, Event, Picture, PrintedLine, scanned
from tests.sales_made_up import SHOP, SOLD_AT, Plan, product, sale
from ui.printing.qt_printer import render_raster

pytestmark = pytest.mark.usefixtures("qapp")

Kind = Literal["slip", "receipt", "masked", "pending"]

OWN_PAGES: Final = {
    "TM-T20II": escpos_reader.EPSON,
    "TM-T88V": escpos_reader.EPSON,
    "POS-5890": escpos_reader.ZJIANG,
}
"""What the makers say of these; of all others the library's word is taken for their code pages."""
EXAMPLES: Final = 30


@dataclass(frozen=True)
class Wish:
    """One paper, and the printer it goes to."""

    kind: Kind
    brand: str
    person: str
    card: Card
    large: bool
    again: bool
    printer: Paper

    def document(self) -> Document:
        who = self.person.strip() or "MIA"
        shop = SHOP.model_copy(update={"name": self.brand or "x", "large_print": self.large})
        copy = Copy(2, SOLD_AT + timedelta(days=1), who, self.person) if self.again else None
        card = replace(product(self.brand, self.brand or "x"), region=self.person[:10])
        emailed = Plan(product(self.brand, by_email=True), (), "to_be_confirmed", recipient_hint=self.person)
        match self.kind:
            case "slip":
                sold = sale(Plan(card, (self.card,)))
                order = sold.orders[0]
                return card_slip(sold, order, order.cards[0], self.card, 1, 1, shop, copy=copy)
            case "pending":
                sold = sale(Plan(card, cards=(), ending="unanswered"))
                return pending_slip(sold, sold.orders[0], shop, SOLD_AT, copy=copy)
            case "masked":
                return masked_reprint(
                    sale(Plan(card, (self.card,)), emailed), shop, copy or Copy(1, SOLD_AT, who)
                )
            case "receipt":
                return sale_receipt(sale(Plan(card, (self.card,)), emailed), shop, copy=copy)


STRANGE_NAMES: Final = (
    "\U0001f381" * 60,
    "e\u0301\u0302\u0303" * 100,
    "\u0301" * 40,
    "a \u0301" * 30,
    "x" * 300,
    "\u0645" * 300,
    "a " * 150,
    "\u202e\u2066abc",
    "\u0e01\u0e47" * 50,
    "1-800-" * 50,
)
"""Emoji; letters with many marks, marks without letters; words longer than any line, from either side."""
STRANGE_CODES: Final = (
    ("lowercaseonlycode", "0001"),
    ("https://x.example/" + "a" * 300, "0" * 30),
    ("a" * 200, "000000000000"),
    ("-" * 40, "00-00"),
    ("lll1IIIl0O0oO", None),
    ("AB  CD", "0000"),
    ("0001-0002-0003", "0012"),
)

ODD_PRINTERS: Final = (
    Paper(columns=30, dots=384, profile="simple"),
    Paper(columns=31, dots=384, profile="POS-5890"),
    Paper(columns=44, dots=512, profile="TM-T20II"),
)

names = st.one_of(st.text(max_size=40), st.sampled_from(STRANGE_NAMES))
letters = st.characters(categories=["L", "N", "P", "S"])
codes = st.one_of(
    st.from_regex(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){1,6}", fullmatch=True),
    st.from_regex(r"[a-z]{8,40}", fullmatch=True),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60),
    st.text(letters, min_size=1, max_size=24),
    st.from_regex(r"https://[a-z]{3,12}\.example/[a-z]{1,12}\?c=[A-Za-z0-9%]{4,60}", fullmatch=True),
)
cards = st.builds(
    Card,
    codes,
    st.one_of(
        st.none(), st.from_regex(r"[0-9]{3,8}", fullmatch=True), st.text(letters, min_size=1, max_size=9)
    ),
    st.sampled_from(
        [(), (("serial", "TEST-000123"),), (("note", "Ask for it at the counter, and show this."),)]
    ),
    face=st.just(Money(2500, "USD")),
)
printers = st.builds(
    Paper,
    columns=st.sampled_from([30, 31, 32, 42, 44, 46, 48]),
    dots=st.sampled_from([384, 512, 576]),
    form=st.sampled_from(["auto", "text", "picture"]),
    symbol=st.sampled_from(["qr", "code128"]),
    profile=st.deferred(lambda: st.sampled_from([name for name, _title in escpos.profiles()])),
)
wishes = st.builds(
    Wish, st.sampled_from(get_args(Kind)), names, names, cards, st.booleans(), st.booleans(), printers
)


@settings(max_examples=EXAMPLES)
@given(wishes)
def test_whatever_is_sent_says_what_it_should_on_every_printer(wish: Wish) -> None:
    is_said_as_it_should(wish)


@pytest.mark.parametrize("form", ["text", "picture"])
@pytest.mark.parametrize("place", range(len(STRANGE_NAMES)))
def test_no_name_and_no_code_is_too_strange(place: int, form: Literal["text", "picture"]) -> None:
    name = STRANGE_NAMES[place]
    code, pin = STRANGE_CODES[place % len(STRANGE_CODES)]
    printer = ODD_PRINTERS[place % 3].model_copy(update={"form": form})
    card = Card(code, pin, face=Money(2500, "USD"))
    kinds: tuple[Kind, ...] = ("slip", "receipt", "masked", "pending")
    for kind in ("slip", kinds[1 + place % 3]):
        is_said_as_it_should(Wish(kind, name, name, card, place % 2 > 0, form != "text", printer))


def is_said_as_it_should(wish: Wish) -> None:
    paper, document = wish.printer, wish.document()
    try:
        job = encode.prepared(document, paper, render_raster)
    except DeviceProblem as problem:
        if problem.reason != "can_not_render" or all(secret.isascii() for secret in secrets(document)):
            raise
        # A code with a letter that neither the printer nor a font of this computer has.
        return
    pages = OWN_PAGES.get(paper.profile) or escpos.code_pages(paper.profile)
    events = escpos_reader.read(job, pages)
    assert not any(isinstance(event, DrawerOpened) for event in events)
    draws = escpos.draws(paper.profile)
    assert scanned(events) == (payloads(document) if draws else [])
    lines = [event for event in events if isinstance(event, PrintedLine)]
    pictures = [event for event in events if isinstance(event, Picture)]
    assert all(line.columns <= paper.columns for line in lines)
    assert all(picture.width <= paper.dots for picture in pictures)
    if any(picture.width == paper.dots for picture in pictures):
        assert not any(line.text.strip() for line in lines), "a paper is drawn wholly or not at all"
        assert all(touches_no_edge(picture) for picture in pictures)
    else:
        said(lines, document)


def secrets(document: Document) -> list[str]:
    return [block.value for block in document.blocks if isinstance(block, Secret)]


def payloads(document: Document) -> list[str]:
    return [block.payload for block in document.blocks if isinstance(block, QR | Barcode)]


def touches_no_edge(picture: Picture) -> bool:
    return all(row[0] == 255 and row[-1] == 255 for row in picture.rows)


def said(lines: list[PrintedLine], document: Document) -> None:
    """Every secret stands there to the letter, one behind the other; a duplicate says that it is one."""
    whole = "".join("".join(line.text.split()) for line in lines)
    place = 0
    for secret in secrets(document):
        wanted = "".join(secret.split())
        place = whole.index(wanted, place) + len(wanted)
    for block in document.blocks:
        if "DUPLICATE" in str(getattr(block, "lines", "")):
            assert "DUPLICATENo." in whole


def test_a_reader_of_any_printer_is_not_blind() -> None:
    """It would see a drawer's pulse, a clipped line and a code that is another one's."""
    wish = Wish("slip", "Acme", "MIA", Card("TEST-4MHD", "1234"), large=False, again=True, printer=Paper())
    job = encode.prepared(wish.document(), wish.printer)
    events: list[Event] = escpos_reader.read(job + b"\x1bp\x00\x19\xfa", escpos_reader.EPSON)
    assert any(isinstance(event, DrawerOpened) for event in events)
    lines = [event for event in events if isinstance(event, PrintedLine)]
    said(lines, wish.document())
    with pytest.raises(ValueError, match="substring"):
        said([line for line in lines if "4MHD" not in line.text], wish.document())
