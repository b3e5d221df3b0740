"""What a connection can do to an answer, byte by byte, and what the ledger knows of it."""

import gzip
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox import raw
from tests.sandbox_process import SandboxProcess

ORDERS = "/cardpluspay/v1/orders"
BALANCE = "/cardpluspay/v1/balance"

Send = Callable[[], raw.Seen]


@pytest.fixture
def headers(sandbox: SandboxProcess) -> dict[str, str]:
    return {"X-API-Key": sandbox.ready["api_key"]}


@pytest.fixture
def send(sandbox: SandboxProcess, acme: dict[str, Any], headers: dict[str, str]) -> Send:
    """An order on a bare socket, which the other side closes."""
    wish = {"item_code": acme["item_code"]}
    sent = raw.request("POST", ORDERS, {**headers, "Connection": "close"}, wish)
    return lambda: raw.exchange(sandbox.address, sent)


def replies(sandbox: SandboxProcess) -> list[tuple[str, bool]]:
    return [(order["reply"], order["reply_lost"]) for order in sandbox.admin.card_orders()]


# --- cut -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reset", "end"), [(False, "closed"), (True, "reset")])
@pytest.mark.parametrize("percent", [1, 50, 99])
def test_a_head_is_cut(sandbox: SandboxProcess, send: Send, percent: int, end: str, *, reset: bool) -> None:
    sandbox.admin.fault("cut_head", "buy", keep_percent=percent, reset=reset)
    seen = send()
    assert "HTTP/1.1 200 OK\r\n".startswith(seen.head[:17])
    assert 0 < len(seen.head) < 150
    assert (seen.body, seen.end) == (b"", end)
    assert replies(sandbox) == [("cut_head", True)]


def test_a_cut_head_need_not_mean_an_order(sandbox: SandboxProcess, send: Send) -> None:
    sandbox.admin.fault("cut_head", "buy", commit=False, keep_percent=99)
    assert send().head.startswith("HTTP/1.1 500")
    assert replies(sandbox) == []


@pytest.mark.parametrize(("reset", "end"), [(False, "closed"), (True, "reset")])
def test_a_body_is_cut_by_a_reset_too(sandbox: SandboxProcess, send: Send, end: str, *, reset: bool) -> None:
    sandbox.admin.fault("truncated", "buy", reset=reset)
    seen = send()
    assert 0 < len(seen.body) == seen.promised // 2
    assert seen.end == end
    assert replies(sandbox) == [("truncated", True)]


def test_chunks_end_without_the_last(sandbox: SandboxProcess, send: Send) -> None:
    sandbox.admin.fault("truncated", "buy", framing="chunked", keep_percent=60)
    seen = send()
    assert "Transfer-Encoding: chunked" in seen.head
    assert seen.promised == -1
    size, _, rest = seen.body.partition(b"\r\n")
    assert len(rest) == int(size, 16) + 2
    assert not seen.body.endswith(b"0\r\n\r\n")
    assert replies(sandbox) == [("truncated", True)]


def test_a_cut_may_be_one_no_client_can_see(sandbox: SandboxProcess, cpp: httpx.Client, send: Send) -> None:
    sandbox.admin.fault("truncated", framing="close", keep_percent=60, times=2)
    assert "Connection: close" in send().head
    answer = cpp.get("/balance")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("by", [25, -25])
def test_a_length_is_wrong(sandbox: SandboxProcess, send: Send, by: int) -> None:
    sandbox.admin.fault("wrong_length", "buy", by=by)
    seen = send()
    assert seen.promised == len(seen.body) + by
    assert json.loads(seen.body)["success"] is True
    assert replies(sandbox) == [("wrong_length", True)]


def test_a_connection_that_is_never_read(sandbox: SandboxProcess, send: Send) -> None:
    sandbox.admin.fault("never_read", "buy", seconds=0.05)
    assert send() == raw.Seen("", b"", "closed")
    assert replies(sandbox) == []


# --- no HTTP, or too much of it ------------------------------------------------------------------


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize(
    ("what", "start"),
    [
        ("binary", b"\x80\x81"),
        ("tls", b"\x15\x03"),
        ("bad_status", b"HTTP/1.1 OK"),
        ("mail", b"220 "),
        ("page", b"<!DOCTYPE"),
    ],
)
def test_what_comes_back_is_no_http(
    sandbox: SandboxProcess,
    headers: dict[str, str],
    acme: dict[str, Any],
    what: str,
    start: bytes,
    *,
    commit: bool,
) -> None:
    sandbox.admin.fault("garbage", "buy", what=what, commit=commit)
    with socket.create_connection(sandbox.address, timeout=60) as sock:
        sock.sendall(raw.request("POST", ORDERS, headers, {"item_code": acme["item_code"]}))
        received, end = raw.listen(sock)
    assert received.startswith(start)
    assert end == "closed"
    assert replies(sandbox) == ([("garbage", True)] if commit else [])


def test_a_client_calls_it_a_protocol_error(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.fault("garbage", "balance")
    with pytest.raises(httpx.RemoteProtocolError):
        cpp.get("/balance")
    assert cpp.get("/balance").status_code == 200


@pytest.mark.parametrize(("status", "phrase"), [(100, "Continue"), (102, "Processing"), (103, "Early Hints")])
def test_interim_answers_nobody_asked_for(
    sandbox: SandboxProcess, cpp: httpx.Client, send: Send, status: int, phrase: str
) -> None:
    sandbox.admin.fault("interim", status=status, count=2, times=2)
    seen = send()
    assert seen.head == f"HTTP/1.1 {status} {phrase}"
    assert seen.body.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 200" in seen.body
    assert cpp.get("/balance").json()["data"]["balance"] == "4990.40"
    assert replies(sandbox) == [("sent", False)]


def test_an_interim_answer_may_be_all_there_is(sandbox: SandboxProcess, send: Send) -> None:
    sandbox.admin.fault("interim_only", "buy")
    assert send() == raw.Seen("HTTP/1.1 100 Continue", b"", "closed")
    assert replies(sandbox) == [("interim_only", True)]


# --- slowly, and not for ever --------------------------------------------------------------------


def test_an_answer_drips(sandbox: SandboxProcess, headers: dict[str, str]) -> None:
    """The pieces come as the sandbox's clock is turned, and not before."""
    sandbox.admin.fault("drip", "balance", pieces=3, pause_ms=600_000)
    with socket.create_connection(sandbox.address, timeout=60) as sock:
        sock.sendall(raw.request("GET", BALANCE, {**headers, "Connection": "close"}))
        received = b""
        while b"\r\n\r\n" not in received:
            received += sock.recv(65536)
        turns = 0
        while not received.endswith(b"}}"):
            sandbox.admin.advance(600)
            turns += 1
            received += sock.recv(65536)
        sandbox.admin.advance(600)
        assert raw.listen(sock) == (b"", "closed")
    assert 2 <= turns <= 3
    assert json.loads(received.partition(b"\r\n\r\n")[2])["data"]["balance"] == "5000.00"


def test_a_dripping_answer_is_whole_at_last(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.fault("drip", "balance", pieces=1000, pause_ms=0)
    assert cpp.get("/balance").json()["data"]["balance"] == "5000.00"


def test_a_client_that_leaves_a_dripping_answer_was_not_told(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    sandbox.admin.fault("drip", "buy", pieces=1000, pause_ms=20)
    with cpp.stream("POST", "/orders", json={"item_code": acme["item_code"]}) as answer:
        assert answer.status_code == 200
        assert replies(sandbox) == [("sent", False)]
    end = time.monotonic() + 60
    while replies(sandbox) != [("client_gone", True)]:
        assert time.monotonic() < end


@pytest.mark.parametrize(("reset", "end"), [(False, "closed"), (True, "reset")])
@pytest.mark.parametrize("when", ["at_once", "next_request"])
def test_an_idle_connection_ends_under_the_client(
    sandbox: SandboxProcess,
    headers: dict[str, str],
    acme: dict[str, Any],
    when: str,
    end: str,
    *,
    reset: bool,
) -> None:
    """The second request, a purchase, is never read: it is not counted and buys nothing."""
    sandbox.admin.fault("idle_close", "balance", when=when, reset=reset)
    with socket.create_connection(sandbox.address, timeout=60) as sock:
        sock.sendall(raw.request("GET", BALANCE, headers))
        first = raw.one_answer(sock)
        assert first.startswith(b"HTTP/1.1 200")
        assert b"connection: close" not in first.lower()
        if when == "next_request":
            sock.sendall(raw.request("POST", ORDERS, headers, {"item_code": acme["item_code"]}))
        assert raw.listen(sock) == (b"", end)
    assert replies(sandbox) == []
    assert "cardpluspay.create" not in sandbox.admin.ledger()["requests"]


# --- bodies --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["bom", "utf16", "gzip", "text_type"])
def test_a_body_a_careful_reader_can_read(sandbox: SandboxProcess, send: Send, how: str) -> None:
    sandbox.admin.fault("odd_body", "buy", how=how)
    seen = send()
    assert len(seen.body) == seen.promised
    plain = gzip.decompress(seen.body) if how == "gzip" else seen.body
    told = json.loads(plain.decode("utf-16" if how == "utf16" else "utf-8-sig"))
    assert told["data"]["order_id"] == sandbox.admin.card_orders()[0]["order_id"]
    assert ("text/html" in seen.head) is (how == "text_type")
    assert replies(sandbox) == [("sent", False)]


@pytest.mark.parametrize("how", ["cut_json", "twice", "broken_gzip"])
def test_a_body_nobody_can_read_is_whole_for_http(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any], how: str
) -> None:
    sandbox.admin.fault("broken_body", "buy", how=how)
    with pytest.raises((json.JSONDecodeError, httpx.DecodingError)):
        cpp.post("/orders", json={"item_code": acme["item_code"]}).json()
    assert replies(sandbox) == [("broken_body", True)]


@pytest.mark.parametrize(("body", "content_type"), [("bare", "application/json"), ("text", "text/plain")])
def test_an_error_without_the_envelope(
    sandbox: SandboxProcess, cpp: httpx.Client, body: str, content_type: str
) -> None:
    sandbox.admin.fault("error_status", "balance", status=502, body=body)
    answer = cpp.get("/balance")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, content_type)
    assert b"success" not in answer.content


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_whoever_follows_a_redirect_may_buy_twice(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any], status: int
) -> None:
    sandbox.admin.fault("redirect", "buy", status=status, commit=True)
    wish = {"item_code": acme["item_code"]}
    answer = cpp.post("/orders", json=wish)
    assert (answer.status_code, answer.headers["Location"]) == (status, ORDERS)
    assert replies(sandbox) == [("redirect", True)]
    sandbox.admin.fault("redirect", "buy", status=status, commit=True)
    assert cpp.post("/orders", json=wish, follow_redirects=True).status_code == 200
    assert len(replies(sandbox)) == (3 if status in {307, 308} else 2)


def test_a_date_may_be_of_no_use(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.fault("odd_date", "balance")
    sandbox.admin.fault("odd_date", "balance", how="garbage")
    dates = [cpp.get("/balance").headers.get("Date") for _ in range(2)]
    assert dates == [None, "yesterday, about noon"]


def test_the_page_of_a_gateway_after_the_order(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    sandbox.admin.fault("error_status", "buy", status=403, body="html", commit=True)
    answer = cpp.post("/orders", json={"item_code": acme["item_code"]})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html")
    assert replies(sandbox) == [("error_status", True)]


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("never_read", {"seconds": 600}),
        ("silence", {"seconds": 600}),
        ("drip", {"pause_ms": 600_000}),
        ("slow", {"delay_ms": 600_000, "commit_first": True}),
    ],
)
def test_the_server_ends_in_order_whatever_it_holds_back(fault: str, options: dict[str, object]) -> None:
    with SandboxProcess() as process:
        process.admin.fault(fault, "balance", **options)
        with socket.create_connection(process.address, timeout=60) as sock:
            sock.sendall(raw.request("GET", BALANCE, {"X-API-Key": process.ready["api_key"]}))
            while not process.admin.ledger()["requests"]:
                pass
            process.admin.close()
            process.process.terminate()
            assert raw.listen(sock)[1] == "closed"
        _, said = process.process.communicate(timeout=60)
        assert (process.process.returncode, said) == (0, b"")
