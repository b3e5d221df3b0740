"""The process itself: its ready line, its end, and the ledger that outlives it."""

import json
import signal
import stat
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pos_app.sandbox.catalogue import products
from pos_app.sandbox.statefile import StateFile, StateFileError
from tests.sandbox_process import SandboxProcess, held_port

COMMAND = [sys.executable, "-m", "pos_app.sandbox"]


def catalogue(process: SandboxProcess) -> list[dict[str, Any]]:
    return process.admin.products()


def buy(process: SandboxProcess, item_code: str, quantity: int = 1) -> dict[str, Any]:
    with process.client() as client:
        answer = client.post(
            process.ready["cardpluspay"] + "/orders",
            json={"item_code": item_code, "quantity": quantity},
            headers={"X-API-Key": process.ready["api_key"]},
        )
    assert answer.status_code == 200
    return answer.json()["data"]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*COMMAND, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_ready_line_says_where_and_with_what(server: SandboxProcess) -> None:
    assert server.line.count("\n") == 1
    ready = json.loads(server.line)
    host, port = server.address
    assert host == "127.0.0.1"
    assert ready["cardpluspay"] == f"http://127.0.0.1:{port}/cardpluspay/v1"
    assert ready["levelup"] == f"http://127.0.0.1:{port}/levelup"
    assert ready["admin"] == f"http://127.0.0.1:{port}/admin"
    for name in ("api_key", "user_token", "merchant_token", "merchant_username", "merchant_password"):
        assert len(ready[name]) >= 10
    assert ready["user_token"] != ready["merchant_token"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_and_has_said_nothing_else(number: signal.Signals) -> None:
    with SandboxProcess() as process:
        buy(process, catalogue(process)[0]["item_code"])
        process.admin.fault("error_status")
        process.process.send_signal(number)
        out, err = process.process.communicate(timeout=60)
        assert process.process.returncode == 0
        assert out == b""
        assert err == b""


def test_it_ends_while_somebody_is_kept_waiting() -> None:
    with SandboxProcess() as process:
        process.admin.fault("silence", "cardpluspay.balance", commit=False)
        process.admin.fault("slow", "cardpluspay.list", delay_ms=600_000)
        failures: list[type[Exception]] = []

        def ask(path: str) -> None:
            with process.client() as client:
                try:
                    client.get(
                        process.ready["cardpluspay"] + path, headers={"X-API-Key": process.ready["api_key"]}
                    )
                except httpx.TransportError as error:
                    failures.append(type(error))

        asking = [threading.Thread(target=ask, args=(path,)) for path in ("/balance", "/orders")]
        for thread in asking:
            thread.start()
        end = time.monotonic() + 60
        while len(process.admin.ledger()["requests"]) < 2:
            assert time.monotonic() < end
        process.admin.close()
        process.process.terminate()
        assert process.process.wait(60) == 0
        for thread in asking:
            thread.join(60)
        assert failures == [httpx.RemoteProtocolError] * 2


def test_it_ends_with_its_standard_input() -> None:
    with SandboxProcess() as process:
        assert process.process.stdin is not None
        process.process.stdin.close()
        assert process.process.wait(60) == 0
        process.process.stdin = None


def test_without_the_option_it_does_not_mind_its_standard_input(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with out.open("wb") as file:
        process = subprocess.Popen([*COMMAND, "--port", "0"], stdin=subprocess.DEVNULL, stdout=file)
    try:
        end = time.monotonic() + 60
        while not out.read_bytes().endswith(b"\n"):
            assert process.poll() is None
            assert time.monotonic() < end
        address = json.loads(out.read_text())["admin"]
        assert httpx.get(address + "/ledger", trust_env=False).status_code == 200
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_a_port_in_use_is_said_in_one_sentence(server: SandboxProcess) -> None:
    port = server.address[1]
    ended = run("--port", str(port))
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert str(port) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_port_can_be_chosen() -> None:
    with held_port() as port, SandboxProcess(port=port) as process:
        assert process.address == ("127.0.0.1", port)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "70000"),
        ("--port", "x"),
        ("--latency", "-1"),
        ("--seed", "one"),
        ("--port", "²"),
        ("--products", "many"),
    ],
)
def test_nonsense_on_the_command_line_is_refused(arguments: tuple[str, str]) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""


def test_as_many_products_as_are_wanted_the_usual_ones_first() -> None:
    usual, many = list(products(1)), list(products(1, 20_000))
    assert len(many) == 20_000
    assert many[: len(usual)] == usual
    assert list(products(1, 10)) == usual[:10]
    with SandboxProcess(products=3) as process:
        assert [product["item_code"] for product in catalogue(process)] == usual[:3]


def test_a_seed_decides_the_catalogue_but_never_a_code(server: SandboxProcess) -> None:
    server.admin.reset()
    with SandboxProcess(seed=1) as same, SandboxProcess(seed=2) as other:
        assert catalogue(same) == catalogue(server)
        assert same.admin.merchants() == server.admin.merchants()
        assert catalogue(other) != catalogue(server)
        assert other.admin.merchants() != server.admin.merchants()
        item = catalogue(same)[0]["item_code"]
        first, second = (buy(process, item) for process in (server, same))
        assert first["codes"][0]["code"] != second["codes"][0]["code"]
        assert same.ready["api_key"] != server.ready["api_key"]


def test_latency_is_added_to_every_answer_of_a_provider() -> None:
    with SandboxProcess(latency_ms=150) as process, process.client() as client:
        before = time.monotonic()
        client.get(process.ready["cardpluspay"] + "/balance")
        assert time.monotonic() - before >= 0.15


# --- the state file ------------------------------------------------------------------------------


def test_a_killed_server_comes_back_with_its_ledger(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with SandboxProcess(state=state) as before:
        item = next(product["item_code"] for product in catalogue(before) if product["brand"] == "Dalton")
        before.admin.topup("100.00")
        before.admin.fault("late_codes", "cardpluspay.create", polls=1, first=1)
        first = buy(before, item, 2)
        before.admin.fault("price_moved", "cardpluspay.create")
        buy(before, item)
        with before.client() as client:
            client.post(
                before.ready["levelup"] + "/v15/users/gift_card_value_orders",
                headers={"Authorization": f"token {before.ready['user_token']}"},
                json={"gift_card_value_order": {"recipient_email": "a@mail.example", "value_amount": 1000}},
            )
        ledger, products = before.admin.ledger(), catalogue(before)
        before.kill()
        credentials = {name: value for name, value in before.ready.items() if not value.startswith("http")}
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [state]
    with SandboxProcess(state=state) as after:
        assert {**after.admin.ledger(), "requests": None} == {**ledger, "requests": None}
        assert catalogue(after) == products
        assert {name: after.ready[name] for name in credentials} == credentials
        with after.client() as client:
            url = f"{after.ready['cardpluspay']}/orders/{first['order_id']}"
            asked = [
                client.get(url, headers={"X-API-Key": after.ready["api_key"]}).json()["data"]
                for _ in range(2)
            ]
        assert [len(order["codes"]) for order in asked] == [1, 2]
        last = max(order["order_id"] for order in ledger["cardpluspay"]["orders"])
        assert buy(after, item)["order_id"] > last


def test_after_an_orderly_end_too_and_a_reset_is_kept(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with SandboxProcess(state=state) as process:
        item = catalogue(process)[0]["item_code"]
        first = buy(process, item)
    with SandboxProcess(state=state) as process:
        assert [order["order_id"] for order in process.admin.card_orders()] == [first["order_id"]]
        process.admin.reset()
    with SandboxProcess(state=state) as process:
        assert process.admin.card_orders() == []
        assert process.admin.ledger()["balance"] == "5000.00"
        assert buy(process, item)["order_id"] > first["order_id"]


def test_half_a_line_at_the_end_is_a_change_that_did_not_happen(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with SandboxProcess(state=state) as process:
        item = catalogue(process)[0]["item_code"]
        first = buy(process, item)
        buy(process, item)
    whole = state.read_bytes()
    state.write_bytes(whole[:-20])
    with SandboxProcess(state=state) as process:
        assert [order["order_id"] for order in process.admin.card_orders()] == [first["order_id"]]
        assert process.admin.ledger()["balance"] == str(Decimal("5000.00") - Decimal(first["amount"]))
        buy(process, item)
    with SandboxProcess(state=state) as process:
        assert len(process.admin.card_orders()) == 2


def test_a_change_that_can_not_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.begin({"first": 1})
    file.add({"second": 2})
    assert file.read() == [{"first": 1}, {"second": 2}]
    with pytest.raises(TypeError):
        file.add({"third": object()})
    assert file.read() == [{"first": 1}, {"second": 2}]
    file.path.unlink()
    with pytest.raises(StateFileError):
        file.add({"third": 3})
    with pytest.raises(TypeError):
        file.begin({"first": object()})
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_of_before_there_was_a_clock_is_still_read(tmp_path: Path) -> None:
    """Orders knew one moment then, and nobody wrote down who moved the balance."""
    state = tmp_path / "state.json"
    with SandboxProcess(state=state) as process:
        item = catalogue(process)[0]["item_code"]
        process.admin.fault("late_codes", "buy", polls=1)
        first = buy(process, item)
    lines = [json.loads(line) for line in state.read_text().splitlines()]
    for line in lines:
        for name in ("movements", "waiting", "clock_offset"):
            del line[name]
        for order in line["card_orders"]:
            for name in ("received", "committed", "by", "refunded", "told_status"):
                del order[name]
            for name in ("each", "never", "listed"):
                del order["hold"][name]
    state.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with SandboxProcess(state=state) as process:
        [order] = process.admin.card_orders()
        assert (order["order_id"], order["by"]) == (first["order_id"], "key")
        assert order["created"] == order["received"] == order["committed"]
        assert process.admin.ledger()["balance"] == str(Decimal("5000.00") - Decimal(first["amount"]))


NO_LEDGER = [b"", b"not json\n", b"[]\n", b"{}\n", b'{"format": 2}\n', b'{"format": 1}\n', b"{}", b"\xff\n"]


@pytest.mark.parametrize("content", NO_LEDGER)
def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path, content: bytes) -> None:
    state = tmp_path / "state.json"
    state.write_bytes(content)
    ended = run("--state", str(state))
    assert ended.returncode != 0
    assert (ended.stdout, ended.stderr.count("\n")) == ("", 1)
    assert "Traceback" not in ended.stderr
    assert state.read_bytes() == content


def test_a_place_that_can_not_be_written_is_said_at_once(tmp_path: Path) -> None:
    ended = run("--state", str(tmp_path / "nowhere" / "state.json"))
    assert ended.returncode != 0
    assert (ended.stdout, ended.stderr.count("\n")) == ("", 1)
