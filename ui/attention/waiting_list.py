"""The list of orders that wait for a person, oldest first, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, date_and_time, ngettext
from pos_app.settling import Waiting
from ui.issuing import Issuing
from ui.telling import tell, title
from ui.widgets import mirror
from ui.widgets.parts import Scroll, Text, empty
from ui.widgets.wait_row import WaitRow


class WaitingList(QFrame):
    """One row for each order. `chosen` has the id of the one to look at; `entered`: on to what can be done.

    `zone`, an IANA name, is where the times are told.
    """

    chosen = Signal(str)
    entered = Signal()

    def __init__(self, issuing: Issuing, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attention_list_card")
        self.setProperty("role", "card")
        self._issuing, self._zone = issuing, zone
        self._rows: dict[str, WaitRow] = {}
        self._looked_at = ""
        # parts
        self._count = Text("attention_count", "title")
        self._inside = QWidget()
        self._scroll = Scroll("attention_list", self._inside)
        # layout
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        self._column.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(*mirror.margins(self, 16, 0, 0, 0))
        head.addWidget(self._count)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*mirror.margins(self, 12, 18, 8, 12))
        outer.setSpacing(10)
        outer.addLayout(head)
        outer.addWidget(self._scroll, 1)
        # connections
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_length)

    def tell(self, waiting: Sequence[Waiting], looked_at: str) -> None:
        """Show these; `looked_at` is the id of the one that is chosen, empty for none."""
        self._looked_at = looked_at
        n = len(waiting)
        self._count.setText(
            ngettext("{n} waits for you", "{n} wait for you", n).format(n=n) if waiting else ""
        )
        if list(self._rows) != [one.order.id for one in waiting]:
            self._make_rows(waiting)
        for one in waiting:
            telling = tell(one.order, one.status, None, self._issuing.trouble(one.order.id), busy=False)
            since = _("since {when}").format(when=date_and_time(one.since, self._zone))
            row = self._rows[one.order.id]
            row.tell(
                title(one.order), telling.state, f"{one.order.placed.sale.number} · {since}", telling.tone
            )
            row.setChecked(one.order.id == looked_at)

    def show_count(self, *, shown: bool) -> None:
        """In a low window the rows have the room: how many wait is told elsewhere, too."""
        self._count.setVisible(shown)

    def focus(self) -> None:
        """Go to the row of the order looked at, where there is one."""
        if (row := self._rows.get(self._looked_at)) is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(row)

    def has_focused(self) -> bool:
        """Whether the keyboard is at the order looked at."""
        row = self._rows.get(self._looked_at)
        return row is not None and row.hasFocus()

    def has_chosen(self) -> bool:
        """Whether an order of the list is looked at."""
        return self._looked_at in self._rows

    def step(self, by: int) -> None:
        """Look at the order that many places further down."""
        ids = list(self._rows)
        if ids:
            here = ids.index(self._looked_at) if self._looked_at in ids else 0
            self.chosen.emit(ids[min(len(ids) - 1, max(0, here + by))])

    def _make_rows(self, waiting: Sequence[Waiting]) -> None:
        was_here = any(row.hasFocus() for row in self._rows.values())
        empty(self._column)
        self._rows = {}
        for one in waiting:
            row = WaitRow(f"wait_{one.order.id}")
            row.clicked.connect(lambda _checked=False, order_id=one.order.id: self.chosen.emit(order_id))
            row.stepped.connect(self.step)
            row.entered.connect(self.entered)
            self._rows[one.order.id] = row
            self._column.addWidget(row)
        self._column.addStretch(1)
        if was_here and (row := self._rows.get(self._looked_at)) is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_length(self, _least: int, _most: int) -> None:
        """Rows that became higher push the chosen one out of view: follow it once each has its place."""

        def follow() -> None:
            if self.has_focused():
                self.focus()

        QTimer.singleShot(0, self, follow)
