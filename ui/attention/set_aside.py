"""Cards that are no customer's: the shop's own, those nobody asked for, and those claimed back."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.aftermath import Unclaimed
from pos_app.i18n import _, as_it_is, as_one_reads, money, ngettext
from pos_app.spares import Lying
from ui.attention.verdict_words import VerdictForm
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import Scroll, Text, card, empty

_MOST_STRAYS = 8

AsideAct = Literal["spare", "claim", "credited", "refused"]
"""What a manager can do about such a card."""


class SetAside(QWidget):
    """A list of them with what can be done about each. `wanted` names the act and the card."""

    wanted = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._told: tuple[Lying, ...] | None = None
        # parts
        self._count = Text("aside_count", "title")
        words = Text(
            "aside_words",
            "muted",
            _(
                "They are kept sealed. The shop's own are sold to the next customer for the same card; the "
                "others are nobody's until somebody has asked the card company."
            ),
            wrap=True,
        )
        self._strays = Text("aside_strays", "notetext", wrap=True)
        self._strays.hide()
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        self._column.setSpacing(8)
        # layout
        frame = card("aside_card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(*mirror.margins(self, 20, 18, 14, 16))
        inside.setSpacing(8)
        inside.addWidget(self._count)
        inside.addWidget(words)
        inside.addWidget(self._strays)
        inside.addWidget(Scroll("aside_list", self._list), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)

    def tell(self, aside: tuple[Lying, ...]) -> None:
        """Show these cards; the same again draws nothing."""
        if aside == self._told:
            return
        self._told = aside
        n = len(aside)
        self._count.setText(ngettext("{n} card set aside", "{n} cards set aside", n).format(n=n))
        empty(self._column)
        for place, one in enumerate(aside):
            self._column.addWidget(self._row(place, one))
        self._column.addStretch(1)

    def tell_strays(self, strays: tuple[Unclaimed, ...]) -> None:
        """Show what the companies have that nobody here has, since the store was put back or moved."""
        said = [stray_words(one) for one in strays]
        self._strays.say("\n".join(said))

    def _row(self, place: int, one: Lying) -> QWidget:
        row = card(f"aside_{place}", role="paper")
        line = QHBoxLayout(row)
        line.setContentsMargins(14, 10, 12, 10)
        line.setSpacing(10)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(Text(f"aside_title_{place}", "strong", _title(one)))
        told.addWidget(Text(f"aside_state_{place}", "muted", _standing(one), wrap=True))
        line.addLayout(told, 1)
        for act in acts(one):
            press = ActionButton(f"aside_{act}_{place}", act_words(act), role="small")
            press.clicked.connect(
                lambda _checked=False, wanted=act, about=one: self.wanted.emit(wanted, about)
            )
            line.addWidget(press, 0, Qt.AlignmentFlag.AlignVCenter)
        return row


def stray_words(one: Unclaimed) -> str:
    """Which orders of one company's list nobody here has."""
    if not one.asked:
        return _("{company} could not be asked what it sold in the time this store has lost.").format(
            company=one.provider
        )
    rows = [
        row.provider_order_id
        if row.amount is None
        else _("{number} for {amount}").format(number=row.provider_order_id, amount=money(row.amount))
        for row in one.rows[:_MOST_STRAYS]
    ]
    n = len(one.rows) + one.nameless
    if n > len(rows):
        more = n - len(rows)
        rows.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
    told = ngettext(
        "{company} has {n} order from before this store was put back or moved that nobody here has: {rows}.",
        "{company} has {n} orders from before this store was put back or moved that nobody here has: {rows}.",
        n,
    ).format(company=one.provider, n=n, rows=", ".join(rows))
    return told if one.reached else _("{told} There may be more.").format(told=told)


def acts(one: Lying) -> tuple[AsideAct, ...]:
    """What can be done about a card that lies there."""
    match one.standing:
        case "parked":
            return ("spare", "claim")
        case "spare":
            return ("claim",)
        case "claimed":
            return ("credited", "refused")


def act_words(act: AsideAct) -> str:
    """What stands on the button."""
    words = {
        "spare": _("It is ours"),
        "claim": _("Claim back"),
        "credited": _("Credited"),
        "refused": _("Claim refused"),
    }
    return words[act]


def act_form(act: AsideAct, one: Lying) -> VerdictForm:
    """What a manager is asked for before it is written down."""
    words = {
        "spare": _("The company said that this card was bought by this shop and is nobody else's."),
        "claim": _("It is sold to nobody meanwhile. The claim gets a number to name to the company."),
        "credited": _("The company took the card back or paid for it: it is gone."),
        "refused": _("The card stays what it was before the claim."),
    }
    hints = {
        "spare": _("Who said so, and when"),
        "claim": _("Why it is claimed; never a code"),
        "credited": _("Where the credit was seen"),
        "refused": _("What the company said"),
    }
    return VerdictForm(_title(one), (words[act],), "", "", hints[act], act_words(act))


def _title(one: Lying) -> str:
    return as_one_reads(f"{as_it_is(one.brand)} {money(one.face)}  {as_it_is(one.masked)}")


def _standing(one: Lying) -> str:
    words = {
        "parked": _("Came unasked with sale {number}"),
        "spare": _("The shop's own, from sale {number}"),
        "claimed": _("Claimed back as {claim}, from sale {number}"),
    }
    told = words[one.standing].format(number=one.sale_number, claim=one.claim)
    if one.standing == "spare" and not one.sellable:
        return _("{told}. It lacks its PIN and is not sold").format(told=told)
    return told
