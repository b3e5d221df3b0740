"""What paper says about scams: the notice on a slip, and the card a customer reads before paying."""

from __future__ import annotations

from pos_app.guard_words import card_lines, card_title
from pos_app.i18n import _
from pos_app.printing.document import Banner, Block, Cut, Document, Feed, Rule, Text
from pos_app.printing.parts import foot, shop_name
from pos_app.scam_notices import notice_for
from pos_app.settings import Shop


def slip_notice(shop: Shop) -> Banner:
    """The notice on the slip a victim is about to read out, in the words of the shop's state."""
    notice = notice_for(shop)
    return Banner((stop(),), "double", notice.words if notice is not None and notice.slip else general())


def customer_card(shop: Shop) -> Document:
    """The card for the customer, in plain language and large: to read, to keep, to take home."""
    notice = notice_for(shop)
    blocks: list[Block] = [
        shop_name(shop),
        Banner((stop(),), "double"),
        Text(card_title(), align="center", bold=True, size="large"),
        Feed(),
    ]
    for line in card_lines():
        blocks += [Text(line, size="large"), Feed()]
    blocks.append(Rule())
    if notice is not None:
        blocks.append(Text(notice.words))
    else:
        blocks.append(Text(_("Help in the United States: reportfraud.ftc.gov")))
    blocks += [*foot(shop), Cut()]
    return Document("sheet", _("Card for the customer"), tuple(blocks))


def stop() -> str:
    """What stands above every warning."""
    return _("STOP - IS THIS A SCAM?")


def general() -> str:
    """The notice where no state wants another one."""
    return _(
        "Gift cards are for gifts. Anyone who tells you to PAY a bill, fine, tax, bail or debt with one is a "
        "scammer. Never read or photograph this code for a caller. Been asked? Tell the cashier, or "
        "reportfraud.ftc.gov"
    )
