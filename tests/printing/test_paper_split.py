"""A receipt of a sale paid in parts, with cash that was rounded: each part, the rounding and the change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_app.money import Money
from pos_app.orders.cash_rounding import Rounding
from pos_app.orders.order import Sale
from pos_app.orders.sale import Tender
from pos_app.printing import text
from pos_app.printing.receipts import check_value, sale_receipt
from tests.sales_made_up import SHOP, Plan, sale

TENDERS = (
    Tender("terminal", Money(2000, "USD"), "T-554120"),
    Tender("other", Money(500, "USD"), "90017"),
    Tender("cash", Money(3000, "USD")),
)


def split_sale() -> Sale:
    """$50.02: $20 by card, $5 on the main till, the rest in cash, which is rounded to $25.00."""
    sold = sale(Plan(quantity=2), tenders=TENDERS)
    rounding = Rounding(Money(-2, "USD"), Money(5, "USD"))
    return replace(sold, head=replace(sold.head, due=Money(5002, "USD"), rounding=rounding))


@pytest.mark.parametrize("columns", [32, 48])
def test_each_part_the_rounding_and_the_change_stand_there(columns: int) -> None:
    lines = text.render(sale_receipt(split_sale(), SHOP), columns).splitlines()
    found = [tuple(line.split("  ", 1)) for line in map(str.strip, lines)]
    rows = {row[0]: row[1].strip() for row in found if len(row) > 1}
    assert rows["TOTAL USD"] == "$50.02"
    assert rows["Cash rounding"] == "-$0.02"
    assert rows["Card terminal"] == "$20.00"
    assert rows["Terminal reference"] == "T-554120"
    assert rows["Rung on the main till"] == "$5.00"
    assert rows["Reference"] == "90017"
    assert rows["Cash"] == "$30.00"
    assert rows["Change"] == "$5.00"
    names = list(rows)
    assert names.index("TOTAL USD") < names.index("Cash rounding") < names.index("Cash")


def test_where_nothing_was_rounded_nothing_is_said_of_it() -> None:
    sold = sale(Plan(quantity=2), tenders=TENDERS)
    exact = replace(sold.head, rounding=Rounding(Money(0, "USD"), Money(5, "USD")))
    assert "rounding" not in text.render(sale_receipt(replace(sold, head=exact), SHOP), 42)
    assert check_value(replace(sold, head=exact)) != check_value(split_sale())
