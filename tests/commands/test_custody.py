"""`countercard custody`: the way of each code, for people and for programs, and never the code."""

from __future__ import annotations

from tests.commands.conftest import CommandLine


def test_the_way_of_a_card_is_told_without_its_code(countercard: CommandLine) -> None:
    sold = countercard.sell("--show-codes").object
    code = sold["cards"][0]["code"]
    plain = countercard("custody", sold["order_id"])
    assert plain.code == 0, plain.err
    assert "came from the card company" in plain.out
    assert "shown: command" in plain.out
    told = countercard("custody", sold["sale_number"], "--json")
    (card,) = told.objects
    assert [line["what"] for line in card["custody"]][:2] == ["came", "shown"]
    assert card["masked"].endswith(code[-4:])
    assert code not in plain.out + told.out


def test_an_order_without_cards_has_nothing_to_tell(countercard: CommandLine) -> None:
    countercard.admin.fault("out_of_stock", "cardpluspay.create", times=1)
    sold = countercard.sell()
    told = countercard("custody", countercard("orders", "--limit", "1", "--json").objects[0]["order_id"])
    assert (told.code, told.out.strip()) == (0, "No cards yet."), sold.err
