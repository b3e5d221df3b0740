"""Sell: find a brand, choose what it is worth, fill the basket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from pos_app.catalog import Brand, Reading
from pos_app.changes import Topic
from pos_app.clock import NewId, new_id
from pos_app.errors import PosError
from pos_app.i18n import _, money, ngettext, whole
from pos_app.messages import explain
from pos_app.messages import problem as words_of
from pos_app.orders.draft import Draft, Line
from pos_app.orders.product import Product
from pos_app.orders.rules import problem_with_quantity
from pos_app.sales import LineCheck
from pos_app.shelf_words import in_order, region_words
from ui import keys
from ui.choosing import ChosenBrand
from ui.notices import Notices
from ui.screen import Clock, Screen
from ui.sell.line_words import Checks, basket_row, why_not
from ui.sell.nothing import NoTiles
from ui.sell.search_field import SearchField
from ui.sell.tiles import BrandTiles
from ui.skeleton import basket_width
from ui.tasks import Tasks
from ui.turns import give_way
from ui.widgets import mirror
from ui.widgets.basket import Basket
from ui.widgets.brand_grid import GUTTER, BrandGrid
from ui.widgets.buttons import Chip
from ui.widgets.chip_strip import ChipStrip
from ui.widgets.note import Note
from ui.widgets.parts import plain

if TYPE_CHECKING:
    from ui.borders import Brands, Selling

EMAIL = "email"
_MOST_BRANDS = 5000
_LOW = 620


@dataclass(frozen=True)
class State:
    """What is looked for, what is in the basket, and what the providers said about it.

    `charging`: the cashier wants to charge as soon as the line just added was checked.
    `checks` has an answer or the trouble of asking for each line asked about; a line without one is being
    asked about.
    """

    draft: Draft
    text: str = ""
    category: str = ""
    region: str = ""
    charging: bool = False
    checks: Checks = field(default_factory=dict[str, LineCheck | PosError])


class SellScreen(Screen):
    """The cashier's first screen."""

    charge_wanted = Signal(object)
    region_chosen = Signal(str)
    basket_changed = Signal()
    """Something was put in or taken out, or is known about it now."""
    begun = Signal()
    """Somebody looks for a card, for the first time since the till opened: there will be money to take."""

    def __init__(
        self,
        catalog: Brands,
        sales: Selling,
        notices: Notices,
        currency: str,
        paused: Callable[[], tuple[str, str]],
        *,
        clock: Clock = time.monotonic,
        new_id: NewId = new_id,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("sell", clock, parent)
        self._catalog, self._sales, self._notices = catalog, sales, notices
        self._currency, self._new_id, self._paused = currency, new_id, paused
        self._state = State(Draft(new_id(), currency))
        self._brands: tuple[Brand, ...] = ()
        self._on_tiles: tuple[Brand, ...] = ()
        self._has_begun = False
        self._tiles = BrandTiles()
        self._doubles: frozenset[tuple[str, str]] = frozenset()
        self._to_draw = False
        self._categories: tuple[str, ...] | None = None
        self._chips: dict[str, Chip] = {}
        self.tasks = Tasks(self, on_change=self._on_tasks, on_error=notices.show)
        # parts
        self._search = SearchField(_("Search for a brand or a value"))
        self._chip_row = ChipStrip("chips", _("Categories"), _("More categories"))
        self._region = Chip("region", "")
        self._filters = QWidget()
        self._grid = BrandGrid("brands", _("Brands"))
        self._nothing = NoTiles()
        self._middle = QStackedWidget()
        self._middle.addWidget(self._grid)
        self._middle.addWidget(self._nothing)
        # The panel below gets the height it needs; the tiles take what is left.
        self._middle.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._chosen = ChosenBrand(currency, new_id)
        self._paused_note = Note("paused")
        self._basket = Basket()
        self._lay_out()
        # connections
        self._search.textEdited.connect(self._on_search)
        self._search.down.connect(self._on_down)
        self._search.entered.connect(self._on_search_entered)
        self._grid.chosen.connect(self._on_brand)
        self._grid.left_upwards.connect(self._search.setFocus)
        self._chosen.line_ready.connect(self._on_line)
        self._chosen.closed.connect(self._on_chosen_closed)
        self._basket.edit_wanted.connect(self._on_edit)
        self._basket.remove_wanted.connect(self._on_remove)
        self._basket.ask_wanted.connect(self._on_ask_again)
        self._basket.charge_wanted.connect(self.charge)
        self._region.clicked.connect(self.next_region)
        self._nothing.again_wanted.connect(self._on_refresh)
        self._find()
        self._render_basket()

    def _lay_out(self) -> None:
        filters = QHBoxLayout(self._filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(8)
        filters.addWidget(self._chip_row, 1)
        filters.addWidget(self._region)
        left = QVBoxLayout()
        left.setSpacing(12)
        # Everything but the grid stays clear of the gutter for its scroll bar.
        for part in (self._search, self._paused_note, self._filters, self._middle, self._chosen):
            row = QHBoxLayout()
            row.setContentsMargins(*mirror.margins(self, 0, 0, 0 if part is self._middle else GUTTER, 0))
            row.addWidget(part)
            left.addLayout(row, 1 if part is self._middle else 0)
        left.addStretch(0)
        self._left = left
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 24, 24, 24)
        self._row.setSpacing(24 - GUTTER)
        self._row.addLayout(left, 1)
        self._row.addWidget(self._basket)

    # --- from outside -------------------------------------------------------------------------------

    @override
    def get_ready(self) -> Iterator[None]:
        yield from self._chosen.get_ready()
        yield from super().get_ready()

    @override
    def opened(self) -> None:
        super().opened()
        self._find()
        self._render_paused()
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def refresh(self, topic: Topic) -> None:
        if topic == "products":
            self._find()
            self._show(self._state)
        elif topic == "reading":
            self._say_count()
        elif topic == "connections":
            self._render_paused()
            for line in self._state.draft.lines:
                if isinstance(self._state.checks.get(line.id), PosError):
                    self._ask(line)

    @override
    def left(self) -> None:
        self._state = replace(self._state, charging=False)

    @override
    def step_back(self) -> bool:
        self._state = replace(self._state, charging=False)
        moved = not self._search.hasFocus()
        if self._chosen.brand() is not None:
            self._chosen.close_panel()
        elif self._state.text or self._state.category:
            moved = True
            self._search.clear()
            self._state = replace(self._state, text="", category="")
            self._find()
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        return moved

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return (
            (_("Letters"), _("Search, wherever you are")),
            (_("Arrows"), _("Choose a brand or a value; in the basket, a line")),
            (_("Digits"), _("Choose the value")),
            (_("Enter"), _("Take it; add it to the basket")),
            ("+  -", _("One card more or less")),
            (_("Delete"), _("In the basket: take the line out")),
            *(((keys.told("region"), keys.WORDS["region"]()),) if len(self._catalog.regions()) > 1 else ()),
            (keys.told("print"), _("Print the last sale again")),
            (keys.told("charge"), _("Charge")),
        )

    def begin_new(self) -> None:
        """An empty basket for the next customer."""
        self.tasks.cancel()
        self._to_draw = False
        self._search.clear()
        if self._chosen.brand() is not None:
            self._chosen.close_panel()
        self._state = State(Draft(self._new_id(), self._currency), region=self._state.region)
        self._find()
        self._render_basket()

    def show_region(self, region: str) -> None:
        """Show the cards of `region` only; empty for all."""
        self._state = replace(self._state, region=region)
        self._find()

    def next_region(self) -> None:
        """Show the cards of the next region, behind the last one those of all; where there are several."""
        regions = self._catalog.regions()
        if len(regions) > 1:
            all_of_them = ("", *regions)
            region = all_of_them[(all_of_them.index(self._shown_region()) + 1) % len(all_of_them)]
            self.show_region(region)
            self.region_chosen.emit(region)

    def search_for(self, text: str) -> None:
        """Look for `text`."""
        self._search.setText(text)
        self._on_search(text)
        self._search.selectAll()

    def take_card(self, brand: Brand, product: Product) -> str:
        """A card was scanned: into the basket with it, or to its amount. Returns why not, empty if it was.

        What is typed or open on the screen stays as it is.
        """
        open_one = _("Add the card that is open first, or leave it with Esc.")
        if product.face is None or product.delivery == EMAIL:
            if self._chosen.brand() is not None:
                return open_one
            self._choose(brand, "")
            return ""
        same = (one for one in self._state.draft.lines if one.product == product and one.recipient is None)
        line = next(same, None)
        if line is None:
            line = Line(self._new_id(), product, 1, product.face, product.face)
        elif self._chosen.changes_line(line.id):
            return open_one
        else:
            line = replace(line, quantity=line.quantity + 1)
        if (wrong := problem_with_quantity(line.quantity)) is not None:
            return words_of(wrong)
        self._state = replace(self._state, charging=False)
        self._put(line)
        return ""

    def draft(self) -> Draft:
        """The basket as it is now."""
        return self._state.draft

    def focus_basket(self) -> None:
        """Go to the basket."""
        self._basket.focus()

    def hide_codes(self) -> None:
        """No codes are ever shown here."""

    def charge(self) -> None:
        """Go on to the money, if every line can be sold; what is chosen is added first."""
        if self._chosen.brand() is not None:
            self._chosen.add()
            # What is wrong with it stands beside its field now.
            adding = self._chosen.brand() is None
            self._state = replace(self._state, charging=adding)
            return
        if self._can_charge():
            self.charge_wanted.emit(self._state.draft)

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        key, choosing = event.key(), self._chosen.brand() is not None
        if choosing and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._chosen.add()
        elif choosing and key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._chosen.step_value(1 if mirror.key(self, key) == Qt.Key.Key_Right else -1)
        elif choosing and key in {Qt.Key.Key_Plus, Qt.Key.Key_Minus}:
            self._chosen.step_quantity(1 if key == Qt.Key.Key_Plus else -1)
        elif key == Qt.Key.Key_Down and not choosing:
            self._on_down()
        elif choosing and event.text().isdecimal() and self._chosen.type_value(event.text()):
            pass
        elif event.text().isprintable() and event.text().strip() and not _with_control(event):
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
            # Whoever has chosen a card and types on is looking for another one.
            self._search.setText(("" if choosing else self._search.text()) + event.text())
            self._on_search(self._search.text())
        else:
            return False
        return True

    # --- slots --------------------------------------------------------------------------------------

    def _on_search(self, text: str) -> None:
        # Somebody who looks for more does not charge yet.
        self._state = replace(self._state, text=text, charging=False)
        self._find()
        self._begin()

    def _on_down(self) -> None:
        if self._brands:
            self._grid.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_search_entered(self) -> None:
        if self._brands and (self._state.text.strip() or self._state.category):
            self._on_brand(self._brands[0].key)

    def _on_category(self, category: str) -> None:
        self._state = replace(self._state, category=category)
        self._find()

    def _on_brand(self, key: str) -> None:
        brand = next((one for one in self._brands if one.key == key), None)
        if brand is not None:
            self._choose(brand, self._state.text)

    def _choose(self, brand: Brand, searched: str) -> None:
        self._state = replace(self._state, charging=False)
        self._chosen.choose(brand, self._catalog.products_of(brand), searched)
        self._arrange()
        self._render_brands()
        self._begin()

    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.begun.emit()

    def _on_chosen_closed(self) -> None:
        self._arrange()
        self._render_brands()
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_line(self, line: Line) -> None:
        self._state = replace(self._state, text="")
        self._search.clear()
        self._put(line)

    def _put(self, line: Line) -> None:
        """Put `line` into the basket and have it checked."""
        checks = {key: check for key, check in self._state.checks.items() if key != line.id}
        self._state = replace(self._state, draft=self._state.draft.with_line(line), checks=checks)
        self._begin()
        self._look()
        # Nothing can be charged from here on, whatever is drawn: the new line has not been checked.
        self._to_draw = True
        self.tasks.start("draw", self._draw(), when_busy="replace")
        self.tasks.start(f"check {line.id}", self._check(line), when_busy="replace")

    def _on_edit(self, line_id: str) -> None:
        line = self._line(line_id)
        if line is None:
            return
        self._state = replace(self._state, charging=False)
        brand = self._catalog.brand_of(line.product)
        # A card that is no longer sold can only be taken out.
        if brand is not None:
            self._chosen.change(brand, self._catalog.products_of(brand), line)
            self._arrange()
            self._render_brands()

    def _on_remove(self, line_id: str) -> None:
        self.tasks.stop(f"check {line_id}")
        if self._chosen.changes_line(line_id):
            self._chosen.close_panel()
        checks = {key: check for key, check in self._state.checks.items() if key != line_id}
        draft = self._state.draft.without_line(line_id)
        if not draft.lines:
            # What comes next may be another customer's: nothing that was paid for this basket pays for that.
            draft = Draft(self._new_id(), self._currency)
        self._show(replace(self._state, draft=draft, checks=checks, charging=False))
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_ask_again(self, line_id: str) -> None:
        if (line := self._line(line_id)) is not None:
            self._ask(line)

    def _on_tasks(self) -> None:
        # Where there are tiles nothing tells that they are being read again.
        if not self._brands:
            self._render_brands()

    def _on_refresh(self) -> None:
        self.tasks.start("refresh", self._catalog.refresh(), when_busy="refuse")

    # --- tasks --------------------------------------------------------------------------------------

    def _ask(self, line: Line) -> None:
        checks = {key: check for key, check in self._state.checks.items() if key != line.id}
        self._show(replace(self._state, checks=checks))
        self.tasks.start(f"check {line.id}", self._check(line), when_busy="replace")

    async def _draw(self) -> None:
        """Draw what a new line changes, each part in a turn of its own: the next key comes between."""
        # The row comes last: whoever sees it finds the tiles there too.
        try:
            await asyncio.sleep(0)
            self._find()
            await give_way()
        finally:
            self._to_draw = False
        self._render_basket()

    async def _check(self, line: Line) -> None:
        answer: LineCheck | PosError
        try:
            answer = await self._sales.check(line)
        except PosError as error:
            answer = error
        if self._line(line.id) == line:
            self._show(replace(self._state, checks={**self._state.checks, line.id: answer}))
            self._charge_if_wanted()

    def _charge_if_wanted(self) -> None:
        draft, checks = self._state.draft, self._state.checks
        if self._state.charging and all(line.id in checks for line in draft.lines):
            self._state = replace(self._state, charging=False)
            if self._chosen.brand() is None:
                self.charge()

    # --- drawing ------------------------------------------------------------------------------------

    def _line(self, line_id: str) -> Line | None:
        return next((line for line in self._state.draft.lines if line.id == line_id), None)

    def _is_gone(self, line: Line) -> bool:
        """Whether the list that was read since does not have what `line` is about."""
        return self._catalog.brand_of(line.product) is None

    def _can_charge(self) -> bool:
        return not self._state.draft.problems and not self._why_not()

    def _why_not(self) -> str:
        lines = self._state.draft.lines
        return why_not(lines, self._state.checks, [line for line in lines if self._is_gone(line)])

    def _show(self, state: State) -> None:
        self._state = state
        # A new line is about to be drawn, with all that is known by then.
        if not self._to_draw:
            self._render_basket()

    def _render_paused(self) -> None:
        """What can not be bought now, since when and why; nothing while everything can."""
        self._paused_note.tell(*self._paused())

    def _shown_region(self) -> str:
        """The region that was chosen, as long as there are cards of it and of another; empty for all."""
        regions = self._catalog.regions()
        return self._state.region if len(regions) > 1 and self._state.region in regions else ""

    def _look(self) -> None:
        text, category, region = self._state.text, self._state.category, self._shown_region()
        self._brands = self._catalog.brands(text, category, region=region, limit=_MOST_BRANDS)

    def _find(self) -> None:
        self._look()
        # Brands found again are the same objects and compared in no time; making their tiles takes longer.
        doubles = self._catalog.doubles()
        # A twin that comes or goes moves the place of a tile whose own brand is what it was.
        if self._brands != self._on_tiles or doubles != self._doubles:
            self._on_tiles, self._doubles = self._brands, doubles
            self._grid.put(self._tiles.of(self._brands, doubles))
        categories = self._catalog.categories()
        if categories != self._categories:
            self._categories = categories
            self._make_chips(categories)
        self._render_brands()

    def _make_chips(self, categories: tuple[str, ...]) -> None:
        self._chips = {}
        # E-mail first: it is another way to sell, not one more kind of shop.
        names = [("", _("All")), (EMAIL, _("By e-mail"))]
        for key, words in (*names, *in_order(categories)):
            chip = Chip(f"chip_{key or 'all'}", words)
            chip.clicked.connect(lambda _checked=False, key=key: self._on_category(key))
            self._chips[key] = chip
        self._chip_row.put(list(self._chips.values()))

    def _render_brands(self) -> None:
        for key, chip in self._chips.items():
            chip.setChecked(key == self._state.category)
        self._render_region()
        self._say_count()
        chosen = self._chosen.brand()
        self._grid.choose(chosen.key if chosen is not None else "")
        self._middle.setCurrentWidget(self._grid if self._brands else self._nothing)
        if not self._brands:
            title, words, can_retry = self._nothing_words()
            self._nothing.tell(title, words, can_retry=can_retry)

    def _render_region(self) -> None:
        region = self._shown_region()
        self._region.setVisible(len(self._catalog.regions()) > 1)
        self._region.setChecked(bool(region))
        words = region_words(region) if region else _("All regions")
        self._region.setText(plain(words))
        self._region.setAccessibleName(_("Region: {region}. Press for the next one.").format(region=words))

    def _say_count(self) -> None:
        if self._state.text or self._state.category or self._shown_region():
            found = len(self._brands)
            words = ngettext("{n} found", "{n} found", found).format(n=whole(found))
        elif (progress := self._catalog.progress) is not None and progress.done:
            words = _reading_words(progress)
        else:
            count = self._catalog.count
            # That there is none yet, and why, stands where they will be.
            words = ngettext("{n} product", "{n} products", count).format(n=whole(count)) if count else ""
        self._search.tell_count(words)

    def _render_basket(self) -> None:
        draft = self._state.draft
        rows = [
            basket_row(line, draft.lines, self._state.checks, is_gone=self._is_gone(line))
            for line in draft.lines
        ]
        self._basket.tell(rows, money(draft.total), self._why_not(), can_charge=self._can_charge())
        self.basket_changed.emit()

    def _nothing_words(self) -> tuple[str, str, bool]:
        if self._shown_region():
            return (_("Nothing found"), _("Try fewer letters, another category or another region."), False)
        if self._state.text or self._state.category:
            return (_("Nothing found"), _("Try fewer letters, or another category."), False)
        if self._catalog.loading or self.tasks.busy("refresh"):
            return (_("Reading what can be sold…"), _("This takes a few seconds the first time."), False)
        if (failure := self._catalog.failure) is not None:
            message = explain(failure)
            return (message.title, f"{message.what} {message.advice}".strip(), True)
        return (_("No products yet"), _("Nothing in the shop's currency was read so far."), True)

    def _arrange(self) -> None:
        # Where there is no room for tiles and a form, the form gets it.
        crowded = self.height() < _LOW and self._chosen.is_form()
        self._middle.setVisible(not crowded)
        # All room there is then lies below the form, none between it and the search.
        self._left.setStretch(self._left.count() - 3, 0 if crowded else 1)
        self._left.setStretch(self._left.count() - 1, 1 if crowded else 0)
        self._filters.setVisible(self.height() >= _LOW or self._chosen.brand() is None)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._basket.setFixedWidth(basket_width(self.width()))
        edge = 24 if self.width() >= 1000 and self.height() >= _LOW else 12  # noqa: PLR2004  a small screen
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(max(0, edge - GUTTER))
        self._arrange()


def _reading_words(progress: Reading) -> str:
    done = whole(progress.done)
    if progress.total is None:
        return _("Reading: {n}").format(n=done)
    return _("Reading: {n} of {total}").format(n=done, total=whole(progress.total))


def _with_control(event: QKeyEvent) -> bool:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return bool(event.modifiers() & (held | Qt.KeyboardModifier.MetaModifier))
