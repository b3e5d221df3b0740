"""Papers that belong to no sale: the recovery sheet and the page that tries a printer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pos_app.i18n import _
from pos_app.printing.document import (
    QR,
    Banner,
    Barcode,
    Block,
    Cut,
    Document,
    Feed,
    Row,
    Rule,
    Ruler,
    Secret,
    Text,
)
from pos_app.printing.parts import foot, shop_head
from pos_app.settings import Shop

_IN_A_ROW = 3
_SAMPLE_CODE: Final = "TEST-2468-0OI1-WXYZ"
_SAMPLE_BARS: Final = "TEST-2468"
_LETTERS: Final[tuple[tuple[Callable[[], str], str], ...]] = (
    (lambda: _("Money"), "$ € £ ¥ ¢"),
    (lambda: _("Western"), "ÀÉÎÑÖÜ àéîñöü ß ø ç"),
    (lambda: _("Central"), "ČŁŘŠŽ čłřšž ő ű"),
    (lambda: _("Greek"), "ΑΒΓΔΩ αβγδω"),
    (lambda: _("Cyrillic"), "АБВГЯ абвгя"),
)


def recovery_sheet(shop: Shop, store_id: str, groups: Sequence[str], at: datetime) -> Document:
    """The sheet that opens a store's codes on another computer.

    `groups` are those of the store key (`recovery.groups`); they stand in blocks that show nothing in a
    `repr`. `store_id` is shortened to what tells one store from another.
    """
    blocks: list[Block] = [
        Text(shop.name, align="center", bold=True, size="large"),
        Banner((_("RECOVERY SHEET"), _("KEEP IT LIKE CASH")), "double"),
        Row(_("Store"), store_number(store_id)),
        Row(_("Printed"), _local(at, shop)),
        Text(
            _(
                "This sheet is the key to every gift card code kept in this store. If the computer is lost "
                "or replaced, only this sheet and a copy of the store's folder open them again."
            )
        ),
        Feed(),
        *_keys(groups),
        Text(_("0 is zero, 1 is one. The letters I, L, O and U do not occur."), size="small"),
        Rule(),
        Text(_("How to keep it"), bold=True),
        Text(_("1. Lock it away, not beside the till and not beside the backups.")),
        Text(_("2. Never photograph it, scan it, or send it to anybody. Nobody will ever ask you for it.")),
        Text(_("3. If it was written to a file, print the file and delete it.")),
        Text(_("How to use it"), bold=True),
        Text(_("1. Install Countercard and copy the store's folder to the new computer.")),
        Text(_("2. Run: countercard recover. It asks for the groups and says which one is mistyped.")),
        Cut(),
    ]
    title = _("Recovery sheet, store {store}").format(store=store_number(store_id))
    return Document("sheet", title, tuple(blocks))


def test_page(shop: Shop, register_id: str, at: datetime) -> Document:
    """A page without anything secret, with what tells whether a slip comes out well.

    The ruler shows how many columns there are; the letters, what becomes of those a code page may lack.
    """
    blocks: list[Block] = [
        *shop_head(shop),
        Banner((_("TEST PAGE"), _("NO VALUE")), "star"),
        Row(_("Register {register}").format(register=register_id), _local(at, shop)),
        Text(_("Both ends of this line are to be seen:")),
        Ruler(),
        Text("0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        Text("abcdefghijklmnopqrstuvwxyz .,:;!?/@#%&+*()"),
        *(Row(name(), letters) for name, letters in _LETTERS),
        Feed(),
        Secret(_("CODE"), _SAMPLE_CODE),
        Feed(),
        QR(_SAMPLE_CODE, _("the code above")),
        Feed(),
        Barcode(_SAMPLE_BARS, _("a sample")),
        Feed(),
        Text(_("If you can read this and nothing is cut off, the printer is ready."), bold=True),
        *foot(shop),
        Cut(),
    ]
    return Document("sheet", _("Test page"), tuple(blocks))


def store_number(store_id: str) -> str:
    """The first eight digits of a store's id, by which people tell stores apart."""
    short = store_id[:8].upper()
    return f"{short[:4]}-{short[4:]}"


def _keys(groups: Sequence[str]) -> Iterator[Block]:
    for start in range(0, len(groups), _IN_A_ROW):
        row = groups[start : start + _IN_A_ROW]
        first, last = start + 1, start + len(row)
        label = (
            _("GROUP {number}").format(number=first)
            if first == last
            else _("GROUPS {first} TO {last}").format(first=first, last=last)
        )
        yield Secret(label, " ".join(row))


def _local(at: datetime, shop: Shop) -> str:
    return at.astimezone(ZoneInfo(shop.zone)).strftime("%Y-%m-%d %H:%M %Z")
