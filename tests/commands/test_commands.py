"""The second front end as a script meets it: real processes, a real server, exit codes and JSON."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import CommandLine

_PATIENCE = 120.0


def last_order(countercard: CommandLine) -> dict[str, Any]:
    return countercard("orders", "--limit", "1", "--json").objects[0]


def test_a_sale_by_code_hides_its_codes_until_asked(countercard: CommandLine) -> None:
    told = countercard.sell(quantity=2, cash="60")
    assert told.code == 0, told.err
    assert told.object["status"] == "fulfilled"
    assert told.object["change"] == {"amount": "10.00", "currency": "USD"}
    issued = [code["code"] for code in countercard.admin.card_orders()[-1]["codes"]]
    assert len(issued) == 2
    assert not any(code in told.out + told.err for code in issued)
    shown = countercard("order", told.object["order_id"], "--show-codes", "--json").object
    assert [card["code"] for card in shown["cards"]] == issued
    assert [entry["kind"] for entry in shown["entries"]][-2:] == ["revealed", "revealed"]


def test_pins_come_with_the_codes(countercard: CommandLine) -> None:
    item = countercard.item(pins=True)
    told = countercard(
        "sell", "--provider", "cardpluspay", "--item", item, "--cash", "25", "--json", "--show-codes"
    )
    assert told.code == 0, told.err
    issued = countercard.admin.card_orders()[-1]["codes"][0]
    assert told.object["cards"][0]["pin"] == issued["pin"]
    assert told.object["cards"][0]["code"] == issued["code"]


def test_a_sale_by_email(countercard: CommandLine) -> None:
    merchant = next(one for one in countercard.admin.merchants() if not one["delays_gift_cards"])
    words = [
        "sell",
        "--provider",
        "levelup",
        "--merchant",
        str(merchant["id"]),
        "--email",
        "kim@mail.example",
    ]
    words += ["--name", "Kim", "--message", "Enjoy", "--terminal", "T-4711", "--json"]
    told = countercard(*words, "--amount", "30")
    assert told.code == 0, told.err
    assert told.object["status"] == "fulfilled"
    assert told.object["recipient"] == "k•••@mail.example"
    sold = countercard.admin.gift_orders()[-1]
    assert sold["merchant_id"] == merchant["id"]
    before = len(countercard.admin.gift_orders())
    told = countercard(*words, "--amount", "9.99")
    assert told.code == 3
    assert "$10.00" in told.err
    assert len(countercard.admin.gift_orders()) == before


def test_a_delayed_email_card_says_so(countercard: CommandLine) -> None:
    merchant = next(one for one in countercard.admin.merchants() if one["delays_gift_cards"])
    words = [
        "sell",
        "--provider",
        "levelup",
        "--merchant",
        str(merchant["id"]),
        "--email",
        "kim@mail.example",
    ]
    told = countercard(*words, "--amount", "10", "--cash", "10", "--json")
    assert (told.code, told.object["status"]) == (0, "to_be_confirmed")


def test_a_recipient_in_a_file_is_seen_by_nobody_else(countercard: CommandLine, tmp_path: Path) -> None:
    merchant = next(one for one in countercard.admin.merchants() if not one["delays_gift_cards"])
    file = tmp_path / "recipient.txt"
    file.write_text("ann@mail.example\nAnn Poe\nHappy birthday\n\n", encoding="utf-8")
    words = ["sell", "--provider", "levelup", "--merchant", str(merchant["id"]), "--recipient", str(file)]
    told = countercard(*words, "--amount", "10", "--cash", "10", "--json")
    assert told.code == 0, told.err
    assert told.object["recipient"] == "a•••@mail.example"
    sold = countercard.admin.gift_orders()[-1]
    assert "Ann Poe" in str(sold)
    assert "Happy birthday" in str(sold)


def test_a_recipient_may_be_piped_in(countercard: CommandLine) -> None:
    merchant = next(one for one in countercard.admin.merchants() if not one["delays_gift_cards"])
    words = ["sell", "--provider", "levelup", "--merchant", str(merchant["id"]), "--recipient", "-"]
    done = subprocess.run(
        countercard.arguments(*words, "--amount", "11", "--cash", "11", "--json"),
        input=b"ben@mail.example\nBen Roe\nAll the best\n",
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Ben Roe" in str(countercard.admin.gift_orders()[-1])


def test_two_merchants_of_one_name_are_told_apart(countercard: CommandLine) -> None:
    names = [merchant["name"] for merchant in countercard.admin.merchants()]
    double = next(name for name in names if names.count(name) > 1)
    words = ["sell", "--provider", "levelup", "--merchant", double, "--email", "kim@mail.example"]
    told = countercard(*words, "--amount", "10", "--cash", "10", "--json")
    assert told.code == 3
    assert told.err.count(double) >= 2


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--quantity", "0"], "1 to 100"),
        (["--quantity", "101"], "1 to 100"),
        (["--cash", "24.99"], "still missing"),
        (["--cash", "lots"], "not an amount"),
        (["--cash", "-5"], "more than zero"),
        (["--amount", "26"], "no other amount"),
    ],
)
def test_wrong_entries_are_refused_in_words_and_nothing_is_bought(
    countercard: CommandLine, more: list[str], sentence: str
) -> None:
    before = len(countercard.admin.card_orders())
    # argparse takes a lone -5 for an option.
    words = [word.replace("-5", "-5.00") for word in more]
    glued = [f"{words[0]}={words[1]}"]
    told = countercard.sell(*glued)
    assert told.code == 3, told
    assert sentence in told.err
    assert len(countercard.admin.card_orders()) == before


@pytest.mark.parametrize(
    ("fault", "options", "code", "status"),
    [
        ("lost_reply", {}, 5, "not_confirmed"),
        ("reset_before_read", {}, 5, "not_confirmed"),
        ("reset_after_read", {}, 5, "not_confirmed"),
        ("truncated", {}, 5, "not_confirmed"),
        ("error_status", {"status": 500}, 5, "not_confirmed"),
        ("error_status", {"status": 500, "commit": True}, 5, "not_confirmed"),
        ("success_false", {"commit": True}, 5, "not_confirmed"),
        ("html_200", {}, 5, "not_confirmed"),
        ("unauthorized", {}, 8, "to_do"),
        ("too_many_requests", {}, 6, "to_do"),
        ("invalid_item", {}, 4, "refused"),
        ("insufficient_balance", {}, 4, "refused"),
        ("out_of_stock", {}, 4, "refused"),
        ("unprocessable", {}, 4, "refused"),
    ],
)
def test_each_fault_ends_in_its_state_and_is_never_bought_twice(
    countercard: CommandLine, fault: str, options: dict[str, object], code: int, status: str
) -> None:
    admin = countercard.admin
    before = len(admin.card_orders())
    admin.fault(fault, "cardpluspay.create", times=1, **options)
    told = countercard.sell()
    assert (told.code, told.object["status"]) == (code, status), told
    bought = len(admin.card_orders()) - before
    assert bought in {0, 1}
    again = countercard("order", told.object["order_id"], "--sell-now", "--json")
    if status == "to_do":
        assert again.object["status"] == "fulfilled"
        assert len(admin.card_orders()) - before == 1
    else:
        assert again.object["status"] == status
        assert "never sent twice" in again.err
        assert len(admin.card_orders()) - before == bought


def test_late_codes_come_with_a_later_command(countercard: CommandLine) -> None:
    countercard.admin.fault("late_codes", "cardpluspay.create", times=1, polls=2)
    told = countercard.sell(quantity=2)
    assert (told.code, told.object["status"]) == (7, "codes_pending")
    codes = [countercard("order", told.object["order_id"], "--json").code for _ in range(3)]
    assert codes[-1] == 0
    assert last_order(countercard)["status"] == "fulfilled"


def test_the_providers_own_incoherent_example_hands_over_one_card(countercard: CommandLine) -> None:
    countercard.admin.fault("two_codes_three_charges", "cardpluspay.create", times=1)
    told = countercard.sell()
    assert told.code == 0
    assert len(told.object["cards"]) == 1
    assert {"more_cards", "other_cost"} <= set(told.object["flags"])


def test_kill_while_the_order_is_under_way_then_start_again(countercard: CommandLine) -> None:
    admin = countercard.admin
    before = len(admin.card_orders())
    admin.fault("silence", "cardpluspay.create", times=1)
    selling = countercard.start(*countercard.sale())
    countercard.until(lambda: len(admin.card_orders()) > before, selling)
    busy = countercard("orders", "--limit", "1", "--json")
    assert busy.objects[0]["status"] == "in_progress"
    refused = countercard.sell()
    assert refused.code == 9
    assert "open in another" in refused.err
    selling.send_signal(signal.SIGKILL)
    selling.communicate(timeout=_PATIENCE)
    order = last_order(countercard)
    assert order["status"] == "not_confirmed"
    assert countercard("order", order["order_id"], "--sell-now", "--json").code == 5
    assert countercard("order", order["order_id"], "--money-back", "--json").code == 3
    assert len(admin.card_orders()) == before + 1
    assert countercard("journal", "verify").code == 0


def test_paper_is_written_where_it_was_asked_for(countercard: CommandLine, tmp_path: Path) -> None:
    told = countercard.sell("--paper", str(tmp_path / "paper"))
    assert told.code == 0, told.err
    code = countercard.admin.card_orders()[-1]["codes"][0]["code"]
    slips = list((tmp_path / "paper").glob("*slip-1.txt"))
    assert len(slips) == 1
    assert code in slips[0].read_text(encoding="utf-8")
    assert oct(slips[0].stat().st_mode & 0o777) == "0o600"
    receipt = next((tmp_path / "paper").glob("*receipt.txt")).read_text(encoding="utf-8")
    assert code not in receipt
    assert code[-4:] in receipt
    assert {path.suffix for path in (tmp_path / "paper").iterdir()} == {".txt", ".escpos"}


def test_what_can_not_be_printed_is_not_bought(countercard: CommandLine, tmp_path: Path) -> None:
    before = len(countercard.admin.card_orders())
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    told = countercard.sell("--paper", str(tmp_path / "file"))
    assert (told.code, told.object["error"]["reason"]) == (11, "can_not_write")
    assert len(countercard.admin.card_orders()) == before


def test_nothing_the_till_wrote_tells_a_code_a_key_or_an_address(countercard: CommandLine) -> None:
    """After sales of each kind, one of them cut off in the middle of its reply."""
    assert countercard.sell("--show-codes", quantity=3).code == 0
    countercard.admin.fault("truncated", "cardpluspay.create", times=1, keep_percent=90)
    assert countercard.sell(quantity=2).code == 5
    merchant = str(countercard.admin.merchants()[0]["id"])
    words = ["sell", "--provider", "levelup", "--merchant", merchant, "--email", "kim@mail.example"]
    assert countercard(*words, "--amount", "10", "--cash", "10").code == 0
    secrets = [code["code"] for order in countercard.admin.card_orders() for code in order["codes"]]
    secrets += [
        code["pin"] for order in countercard.admin.card_orders() for code in order["codes"] if code["pin"]
    ]
    secrets += [value for name, value in countercard.secrets.items() if "key" in name or "token" in name]
    secrets += ["kim@mail.example"]
    assert len(secrets) >= 10
    for path in countercard.store.rglob("*"):
        if not path.is_file():
            continue
        written = path.read_bytes()
        for secret in secrets:
            forms = (
                secret.encode(),
                secret.encode("utf-16-le"),
                base64.b64encode(secret.encode()).rstrip(b"="),
            )
            # Four digits may stand anywhere by chance; such a PIN proves nothing.
            assert len(secret) < 6 or not any(form in written for form in forms), path.name


def test_what_is_not_there_is_said_in_words(countercard: CommandLine, tmp_path: Path) -> None:
    assert countercard("order", "nonesuch", "--json").code == 3
    unknown = countercard("sell", "--provider", "cardpluspay", "--item", "NO-SUCH", "--cash", "10")
    assert unknown.code == 3
    assert "not in the catalogue" in unknown.err
    nowhere = subprocess.run(
        [sys.executable, "-m", "pos_app", "orders", "--store", str(tmp_path / "none")],
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert nowhere.returncode == 9
    assert not (tmp_path / "none").exists()
    torn = tmp_path / "torn.json"
    torn.write_text("not a line", encoding="utf-8")
    wrong = subprocess.run(
        [*countercard.arguments("orders")[:-1], str(torn)],
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert wrong.returncode == 8
    assert b"Traceback" not in nowhere.stderr + wrong.stderr


def test_training_refuses_any_address_but_this_computer(countercard: CommandLine, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(
        '{"cardpluspay": "https://api.cardpluspay.com/v1", "levelup": "https://api.thelevelup.com",'
        ' "api_key": "k", "user_token": "u", "merchant_token": "m"}',
        encoding="utf-8",
    )
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "pos_app",
            *countercard.sale(),
            "--store",
            str(tmp_path / "s"),
            "--sandbox",
            str(ready),
        ],
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert told.returncode == 3
    assert b"Training" in told.stderr


def test_a_real_till_without_a_keyring_does_not_sell(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    words = ["sell", "--provider", "cardpluspay", "--item", "X", "--cash", "10", "--live"]
    told = subprocess.run(
        [sys.executable, "-m", "pos_app", *words, "--store", str(tmp_path / "s")],
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
        env=environment,
    )
    assert told.returncode == 8
    assert b"keyring" in told.stderr
    assert not (tmp_path / "s" / "countercard.db").exists()


def test_no_command_imports_qt() -> None:
    looked = (
        "import sys, pkgutil, importlib, pos_app\n"
        "for module in pkgutil.walk_packages(pos_app.__path__, 'pos_app.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "import ui.__main__\n"
        "print([name for name in sys.modules if name.startswith(('PySide6', 'qasync', 'shiboken'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", looked], capture_output=True, check=True, timeout=_PATIENCE)
    assert done.stdout.strip() == b"[]"
