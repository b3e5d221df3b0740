"""Ctrl-C at every moment: before a sale nothing happened, in its middle the record is told."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.commands.conftest import CommandLine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a Unix signal")

_PATIENCE = 120.0


def stopped_in_the_middle(countercard: CommandLine, then: float = 0) -> tuple[int, str, str]:
    """Sell, press Ctrl-C once the order has reached the provider, and turn its clock by `then` seconds."""
    before = len(countercard.admin.card_orders())
    selling = countercard.start(*countercard.sale())
    countercard.until(lambda: len(countercard.admin.card_orders()) > before, selling)
    selling.send_signal(signal.SIGINT)
    countercard.admin.advance(then)
    out, err = selling.communicate(timeout=_PATIENCE)
    countercard.admin.advance(-then)
    assert len(countercard.admin.card_orders()) == before + 1
    return selling.returncode, out.decode(), err.decode()


def test_an_answer_that_comes_after_ctrl_c_is_told_as_always(countercard: CommandLine) -> None:
    countercard.admin.fault("slow", "cardpluspay.create", times=1, delay_ms=600_000, commit_first=True)
    code, out, err = stopped_in_the_middle(countercard, 601)
    assert (code, json.loads(out)["status"]) == (0, "fulfilled"), err
    assert "Traceback" not in err


def test_an_order_without_an_answer_is_named_after_ctrl_c(countercard: CommandLine) -> None:
    # Nothing is to be found out by itself between the key and the look.
    countercard("account", "cardpluspay", "--exclusive", "no", "--by", "Ana")
    countercard.admin.fault("silence", "cardpluspay.create", times=1)
    code, out, err = stopped_in_the_middle(countercard)
    order = countercard("orders", "--limit", "1", "--json").objects[0]
    assert (code, order["status"]) == (5, "not_confirmed")
    assert json.loads(out)["order_id"] == order["order_id"]
    assert order["order_id"] in err
    assert "Traceback" not in err


def test_ctrl_c_before_anything_was_begun(countercard: CommandLine) -> None:
    before = len(countercard.admin.card_orders())
    countercard.admin.fault("silence", "cardpluspay.check", times=3, seconds=20)
    asked = countercard.admin.ledger()["requests"].get("cardpluspay.check", 0)
    selling = countercard.start(*countercard.sale())
    countercard.until(
        lambda: countercard.admin.ledger()["requests"].get("cardpluspay.check", 0) > asked, selling
    )
    selling.send_signal(signal.SIGINT)
    _out, err = selling.communicate(timeout=_PATIENCE)
    assert (selling.returncode, err) == (130, b"")
    assert len(countercard.admin.card_orders()) == before
