"""A till that sleeps with an order on its way, or whose clock is set: the screen tells what is true now."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pos_app import clock
from tests.journeys.conftest import Counter

_NOW = clock.now


@pytest.mark.parametrize("hours", [2, 24, -24])
async def test_waking_up_with_an_order_on_its_way(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    jump = [timedelta(0)]

    def now() -> datetime:
        return _NOW() + jump[0]

    monkeypatch.setattr(clock, "now", now)
    bought = len(counter.admin.card_orders())
    counter.admin.fault("silence", "cardpluspay.create", times=1)
    async with counter.open() as cashier:
        register = counter.register
        assert register is not None
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.until(lambda: len(counter.admin.card_orders()) > bought, "the purchase")
        # The lid is closed, and opened in a network that asks for a sign-in.
        counter.admin.fault("html_200", "cardpluspay.balance", share=1)
        jump[0] = timedelta(hours=hours)
        await register.look_at_clock()
        await cashier.see("CardPlusPay : A web page came back")
        (row,) = await register.sales.orders()
        assert row.status == "in_progress"
        counter.wait_a_moment(20)
        await cashier.see("Still waiting. You can serve the next customer")
        assert cashier.can_press("new_sale")
        counter.admin.clear_faults()
        # The connection did not outlive the night: nobody will ever answer.
        counter.admin.advance(700)
        await cashier.see("Not confirmed. Hand over the pending slip")
        assert cashier.reads("Do not sell it again")
        counter.wait_a_moment()
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("search"), "the next customer")
        await cashier.take("boreal")
        await counter.pay_exact(cashier)
        await cashier.see("Done. Hand over 1 slip")
        numbers = [row.sale_number for row in await register.sales.orders()]
        assert sorted(numbers) == ["01-000001", "01-000002"]
        assert (await register.journal.verify()).broken is None
    assert len(counter.admin.card_orders()) == bought + 2
