"""What a manager does with codes and replies that lie in the store, as a script does it."""

from __future__ import annotations

from tests.commands.conftest import CommandLine

_WHY = ("--by", "Ana", "--evidence", "the customer asked for it")


def test_a_finished_orders_codes_are_deleted_for_good(countercard: CommandLine) -> None:
    sold = countercard.sell("--show-codes", quantity=2)
    codes = [card["code"] for card in sold.object["cards"]]
    assert len(codes) == 2
    order_id = sold.object["order_id"]
    purged = countercard("purge", sold.object["sale_number"], *_WHY, "--json")
    assert purged.code == 0, purged.err
    assert purged.object["entries"][-1]["kind"] == "purged"
    seen = countercard("order", order_id, "--show-codes", "--json")
    assert [code for code in codes if code in seen.out + seen.err] == []
    assert [card["last_four"] for card in seen.object["cards"]] == [code[-4:] for code in codes]
    again = countercard("purge", order_id, *_WHY, "--json")
    assert (again.code, again.object["error"]["reason"]) == (3, "purged")
    words = countercard("order", order_id)
    assert "the customer asked for it" in words.out


def test_nothing_of_an_open_order_is_deleted_and_no_reason_holds_a_code(countercard: CommandLine) -> None:
    countercard.admin.fault("lost_reply", "cardpluspay.create", times=1)
    open_ = countercard.sell()
    refused = countercard("purge", open_.object["order_id"], *_WHY, "--json")
    assert (refused.code, refused.object["error"]["reason"]) == (3, "not_finished")
    sold = countercard.sell("--show-codes")
    code = sold.object["cards"][0]["code"]
    telling = countercard(
        "purge", sold.object["order_id"], "--by", "Ana", "--evidence", f"it was {code}", "--json"
    )
    assert (telling.code, telling.object["error"]["reason"]) == (3, "code_in_evidence")
    assert code in countercard("order", sold.object["order_id"], "--show-codes", "--json").out


def test_kept_replies_are_read_again(countercard: CommandLine) -> None:
    countercard.admin.fault("truncated", "cardpluspay.create", times=1, keep_percent=90)
    cut = countercard.sell()
    assert cut.code == 5
    told = countercard("journal", "reread", "--json")
    assert told.code == 0, told.err
    assert told.object["orders"] >= 1
    changed = [one["order_id"] for one in told.object["changed"]]
    assert cut.object["order_id"] not in changed, "a reply that was cut off says no more than it did"
    words = countercard("journal", "reread")
    assert "were read again; 0 say more now." in words.out or "was read again; 0 say more now." in words.out
