"""A sale whose company does not answer for now."""

from __future__ import annotations

from tests.cashier import Cashier
from tests.ui.fakes import FakeTill, Plan


async def sell_to_a_slow_company(till: FakeTill, cashier: Cashier) -> Plan:
    """Sell a card; after 20 seconds there is no answer. Returns what has it answered: `go`."""
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    await cashier.take("acme")
    await cashier.charge()
    till.seconds += 1
    cashier.press("Enter")
    await cashier.until(lambda: bool(till.sales.bought), "the order on its way")
    till.seconds += 20
    return plan
