"""The two ways out against a server that misbehaves, over real sockets."""

import asyncio
import errno
import gzip
import logging
import socket
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pos_app.errors import Misconfigured, NotTaken, OutcomeUnknown, PosError
from pos_app.orders.answers import Reply
from pos_app.providers import wire
from pos_app.providers.http import TRIES, Http, Timing
from tests import quiet_time
from tests.providers.badserver import BadServer, Manner, answers, goes_on, resets, says

PATIENT = Timing(connect=60, reading=60, listening=60, pause=0.0, longest_pause=0.05)
BRIEF = replace(PATIENT, reading=0.2, listening=0.3)
"""For silences; time is counted only while nothing comes (`quiet_time`)."""
SECRET = {"X-API-Key": "TESTKEY-7c2d"}
ORDER = {"item_code": "ACME", "note": "TESTNOTE kim@mail.example"}


def send(base_url: str, timing: Timing = PATIENT) -> Reply:
    """A buy sent to an address."""

    async def sending() -> Reply:
        http = Http("acme", base_url, timing)
        try:
            return await http.send_once("/orders", SECRET, ORDER)
        finally:
            await http.close()

    return quiet_time.run(sending())


def read(base_url: str, timing: Timing = PATIENT) -> Reply:
    """A read of an address."""

    async def reading() -> Reply:
        http = Http("acme", base_url, timing)
        try:
            return await http.read("GET", "/catalog", SECRET, query={"page": "1"})
        finally:
            await http.close()

    return quiet_time.run(reading())


async def served(
    manner: Manner, *more: Manner, call: Callable[[Http], Awaitable[Reply]], timing: Timing = BRIEF
) -> tuple[Any, list[bytes]]:
    """What came of a call to a bad server (reply or error), and the requests the server saw."""
    async with BadServer(manner, *more) as server:
        http = Http("acme", server.url, timing)
        try:
            return await call(http), server.requests
        except PosError as error:
            return error, server.requests
        finally:
            await http.close()


def bought(*manners: Manner, timing: Timing = BRIEF) -> tuple[Any, list[bytes]]:
    return quiet_time.run(
        served(*manners, call=lambda http: http.send_once("/orders", SECRET, ORDER), timing=timing)
    )


def asked(*manners: Manner) -> tuple[Any, list[bytes]]:
    return quiet_time.run(served(*manners, call=lambda http: http.read("GET", "/catalog", SECRET)))


@pytest.fixture(scope="module")
def deaf_port() -> Iterator[int]:
    """A port at which nobody listens, held so that nobody begins to."""
    with socket.socket() as held:
        held.bind(("", 0))
        yield held.getsockname()[1]


# --- a buy ------------------------------------------------------------


def test_a_buy_keeps_the_reply_as_it_came() -> None:
    manner = answers(b'{"a": 1}', b"201 Made up", b"Date: Mon, 02 Mar 2026 10:00:00 GMT", b"Set-Cookie: no=1")
    reply, _requests = bought(manner)
    assert reply == Reply(
        201, "Made up", (("date", "Mon, 02 Mar 2026 10:00:00 GMT"),), b'{"a": 1}', complete=True
    )


def test_a_buy_has_a_connection_of_its_own_and_spells_the_header_as_documented() -> None:
    _reply, requests = bought(answers(b"{}"))
    head, body = requests[0].split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /orders HTTP/1.1\r\n")
    assert b"X-API-Key: TESTKEY-7c2d" in head
    assert b"Connection: close" in head
    assert b"Accept-Encoding: identity" in head
    assert b"User-Agent: Countercard/" in head
    assert b"Cookie" not in head
    assert b'"item_code": "ACME"' in body


@pytest.mark.parametrize(
    ("manner", "body"),
    [
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"), b""),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b'{"order_id": 47'), b'{"order_id": 47'),
        (says(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n'), b'{"a":'),
        (goes_on(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"half"), b"half"),
    ],
    ids=["head only", "half a body", "half the chunks", "half a body, then silence"],
)
def test_bytes_that_came_before_a_cut_are_kept(manner: Manner, body: bytes) -> None:
    reply, requests = bought(manner)
    assert (reply.status, reply.body, reply.complete) == (200, body, False)
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        (resets, "cut"),
        (says(), "cut"),
        (says(b"HTTP/1.1 20"), "cut"),
        (says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "cut"),
        (goes_on(), "silence"),
        (goes_on(b"HTTP/1.1 200 OK\r\n"), "silence"),
    ],
    ids=["reset", "closed", "half a status line", "not HTTP", "silence", "half the headers"],
)
def test_a_buy_without_an_answer_is_unknown_and_never_repeated(manner: Manner, reason: str) -> None:
    error, requests = bought(manner)
    assert isinstance(error, OutcomeUnknown)
    assert error.reason == reason
    assert len(requests) == 1


@pytest.mark.parametrize("status", [b"301 Moved", b"307 Again", b"429 Slow", b"500 No", b"503 Busy"])
def test_a_buy_follows_and_repeats_nothing(status: bytes) -> None:
    reply, requests = bought(answers(b"", status, b"Location: /orders", b"Retry-After: 0"))
    assert reply.status == int(status[:3])
    assert len(requests) == 1


def test_a_body_without_end_is_kept_up_to_a_limit() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (2 * wire.MOST_BYTES)
    reply, _requests = bought(goes_on(head, b"x" * (wire.MOST_BYTES + 1)), timing=PATIENT)
    assert not reply.complete
    assert wire.MOST_BYTES < len(reply.body) < 2 * wire.MOST_BYTES


def test_a_packed_body_is_kept_as_it_came_and_read_unpacked() -> None:
    packed = gzip.compress(b'{"order_id": 4711}')
    reply, _requests = bought(answers(packed, b"200 OK", b"Content-Encoding: gzip"))
    assert reply.body == packed
    assert wire.document(reply) == {"order_id": 4711}


def test_cancelling_a_buy_cancels_it() -> None:
    async def cancelled() -> None:
        async with BadServer(goes_on(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"half")) as server:
            http = Http("acme", server.url)
            task = asyncio.ensure_future(http.send_once("/orders", SECRET, ORDER))
            await server.met.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(server.requests) == 1

    quiet_time.run(cancelled())


# --- reads ------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        resets,
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"half"),
        goes_on(),
        answers(b"", b"502 Bad"),
        answers(b"", b"503 Busy"),
        answers(b"", b"504 Late"),
        answers(b"", b"429 Slow", b"Retry-After: 0"),
    ],
    ids=["reset", "cut", "silence", "502", "503", "504", "429"],
)
def test_a_read_is_tried_again(bad: Manner) -> None:
    reply, requests = asked(bad, bad, answers(b"[]"))
    assert (reply.status, reply.body, reply.complete) == (200, b"[]", True)
    assert len(requests) == TRIES


@pytest.mark.parametrize(
    ("manner", "reason"), [(resets, "cut"), (says(b"HTTP/1.1 200 OK\r\n"), "cut"), (goes_on(), "silence")]
)
def test_a_read_gives_up_after_three_tries(manner: Manner, reason: str) -> None:
    error, requests = asked(manner)
    assert isinstance(error, NotTaken)
    assert (error.reason, error.facts["because"]) == ("no_answer", reason)
    assert len(requests) == TRIES


@pytest.mark.parametrize("status", [b"200 OK", b"302 Found", b"400 Bad", b"401 Who", b"404 None", b"500 No"])
def test_other_statuses_are_not_tried_again(status: bytes) -> None:
    reply, requests = asked(answers(b"", status, b"Location: http://evil.example/"))
    assert reply.status == int(status[:3])
    assert len(requests) == 1


def test_a_provider_that_wants_a_long_pause_is_left_alone() -> None:
    reply, requests = asked(answers(b"", b"429 Slow", b"Retry-After: 3600"))
    assert reply.header("retry-after") == "3600"
    assert len(requests) == 1


def test_too_long_a_body_is_no_answer_to_a_read() -> None:
    error, requests = asked(answers(b"x" * (wire.MOST_BYTES + 1)))
    assert isinstance(error, NotTaken)
    assert (error.reason, error.facts["because"]) == ("no_answer", "unexpected")
    assert len(requests) == 1


def test_reads_share_a_connection() -> None:
    async def twice() -> list[bytes]:
        async def two(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        async with BadServer(two) as server:
            http = Http("acme", server.url, BRIEF)
            first, second = await http.read("GET", "/a", {}), await http.read("GET", "/b", {})
            await http.close()
            assert (first.body, second.body) == (b"[]", b"{}")
            return server.requests

    assert len(quiet_time.run(twice())) == 1


def test_headers_may_be_made_anew_for_every_try() -> None:
    made: list[str] = []

    async def headers() -> dict[str, str]:
        made.append(f"TEST-{len(made)}")
        return {"X-API-Challenge": made[-1]}

    bad = answers(b"", b"503 Busy")
    reply, requests = quiet_time.run(
        served(bad, bad, answers(b"[]"), call=lambda http: http.read("GET", "/catalog", headers))
    )
    assert reply.status == 200
    assert len(requests) == TRIES
    for one, request in zip(made, requests, strict=True):
        assert b"X-API-Challenge: " + one.encode() in request


def test_headers_that_can_not_be_made_end_it() -> None:
    async def headers() -> dict[str, str]:
        raise NotTaken("no_challenge")

    error, requests = quiet_time.run(
        served(answers(b"[]"), call=lambda http: http.read("GET", "/catalog", headers))
    )
    assert isinstance(error, NotTaken)
    assert error.reason == "no_challenge"
    assert requests == []


# --- a list that goes on ------------------------------------------------------------


async def led_on(link: str) -> tuple[Any, list[bytes]]:
    """What comes of following a link (`{port}` is the server's own), and what the server saw."""
    async with BadServer(answers(b"[]")) as server:
        http = Http("acme", f"{server.url}/api", BRIEF)
        try:
            followed = await http.read_on(link.format(port=server.url.rpartition(":")[2]), SECRET)
        except PosError as error:
            return error, server.requests
        else:
            return followed, server.requests
        finally:
            await http.close()


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("http://127.0.0.1:{port}/v15/locations?page=2", b"GET /v15/locations?page=2 "),
        ("HTTP://127.0.0.1:{port}/x", b"GET /x "),
        ("//127.0.0.1:{port}/x", b"GET /x "),
        ("/x?since=1&last_id=2", b"GET /x?since=1&last_id=2 "),
        ("?page=2", b"GET /api/?page=2 "),
        ("http://127.0.0.1:{port}/x#part", b"GET /x "),
    ],
)
def test_a_link_to_our_own_address_is_followed(link: str, path: bytes) -> None:
    reply, requests = quiet_time.run(led_on(link))
    assert reply.status == 200
    assert requests[0].startswith(path)
    assert b"X-API-Key: TESTKEY" in requests[0]


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.example/x",
        "//evil.example/x",
        "https://127.0.0.1:{port}/x",
        "http://127.0.0.2:{port}/x",
        "http://localhost:{port}/x",
        "http://127.0.0.1.evil.example:{port}/x",
        "http://127.0.0.1:9/x",
        "http://127.0.0.1/x",
        "http://TESTNAME:TESTWORD@127.0.0.1:{port}/x",
        "http://TESTNAME@127.0.0.1:{port}/x",
        "http://127.0.0.1:{port}@evil.example/x",
        "ftp://127.0.0.1:{port}/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[",
        "http://127.0.0.1:port/",
        "\x00",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    error, requests = quiet_time.run(led_on(link))
    assert isinstance(error, NotTaken)
    assert error.reason == "led_elsewhere"
    assert requests == []
    assert "TEST" not in f"{error} {error.facts}"
    assert error.__context__ is None


# --- proof that nothing left ------------------------------------------------------------


@pytest.mark.parametrize("call", [send, read])
def test_a_refused_connection_proves_that_nothing_was_sent(
    deaf_port: int, call: Callable[[str], Reply]
) -> None:
    with pytest.raises(NotTaken) as caught:
        call(f"http://127.0.0.1:{deaf_port}")
    assert caught.value.reason == "connection_refused"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no name"), "name_not_found"),
        (socket.gaierror(socket.EAI_AGAIN, "no name server"), "offline"),
        (OSError(errno.ENETUNREACH, "no network"), "offline"),
        (OSError(errno.EHOSTUNREACH, "no way there"), "offline"),
        (PermissionError(errno.EACCES, "a firewall"), "connection_refused"),
    ],
)
def test_the_way_a_connection_fails_is_told(
    failure: OSError, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(NotTaken) as caught:
        send("http://localhost:9")
    assert caught.value.reason == reason
    assert caught.value.facts == {"provider": "acme", "host": "localhost"}


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [(["127.0.0.1", "127.0.0.2"], "connection_refused"), (["127.0.0.1"], "connection_refused")],
)
def test_a_name_with_several_addresses_is_refused_at_all_of_them(
    deaf_port: int, addresses: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = deaf_port

    def finds(*_args: object, **_more: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", finds)
    with pytest.raises(NotTaken) as caught:
        send(f"http://localhost:{port}")
    assert caught.value.reason == reason


def test_nobody_who_takes_the_connection_in_time_is_proof_too() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        # Fill the queue of a listener that never accepts, so that further connections stand in line.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        try:
            with pytest.raises(NotTaken) as caught:
                send(f"http://127.0.0.1:{address[1]}", Timing(connect=0.2, listening=60))
        finally:
            for one in waiting:
                one.close()
    assert caught.value.reason == "connection_refused"


def test_a_read_that_finds_no_free_connection_was_not_taken() -> None:
    async def crowd() -> list[Any]:
        async with BadServer(goes_on()) as server:
            http = Http("acme", server.url, Timing(connect=0.1, reading=0.6, pause=0))
            many = [http.read("GET", "/catalog", {}) for _ in range(9)]
            try:
                tasks = [asyncio.ensure_future(one) for one in many]
                done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in waiting:
                    task.cancel()
                await asyncio.wait(waiting)
                return [task.exception() for task in done]
            finally:
                await http.close()

    (error,) = quiet_time.run(crowd())
    assert isinstance(error, NotTaken)
    assert error.reason == "no_free_connection"


# --- TLS ------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Iterator[Path]:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key in the same file."""
    from ipaddress import ip_address

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return iter([path])


def over_tls(certificate: Path, host: str = "127.0.0.1") -> tuple[Any, list[bytes]]:
    async def calling() -> tuple[Any, list[bytes]]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        async with BadServer(answers(b"{}"), tls=context) as server:
            asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
            http = Http("acme", server.url.replace("127.0.0.1", host), Timing(listening=60))
            try:
                return await http.send_once("/orders", SECRET, ORDER), server.requests
            except PosError as error:
                return error, server.requests

    return quiet_time.run(calling())


def test_an_unknown_certificate_ends_it_before_anything_is_sent(certificate: Iterator[Path]) -> None:
    error, requests = over_tls(next(certificate))
    assert isinstance(error, NotTaken)
    assert error.reason == "tls_failed"
    assert requests == []


def test_a_certificate_that_this_machine_trusts_is_enough(
    certificate: Iterator[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    reply, requests = over_tls(path)
    assert reply.status == 200
    assert len(requests) == 1


def test_a_server_that_speaks_no_tls_ends_it_before_anything_is_sent() -> None:
    async def calling() -> None:
        async def deaf(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(deaf, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        http = Http("acme", f"https://127.0.0.1:{port}", Timing(listening=60))
        with pytest.raises(NotTaken) as caught:
            await http.send_once("/orders", SECRET, ORDER)
        server.close()
        await server.wait_closed()
        assert caught.value.reason == "tls_failed"

    quiet_time.run(calling())


# --- where nothing goes ------------------------------------------------------------


@pytest.mark.parametrize("call", [send, read])
@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.cardpluspay.com/v1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://localhost%2eevil.example",
        "http://192.168.1.7:8080",
        "http://10.0.0.1",
        "http://127.1",
        "http://0.0.0.0:9",
        "http://[2001:db8::1]",
    ],
)
def test_plain_http_leaves_for_no_other_machine(base_url: str, call: Callable[[str], Reply]) -> None:
    with pytest.raises(Misconfigured) as caught:
        call(base_url)
    assert caught.value.reason == "plain_http"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.cardpluspay.com/v1",
        "ftp://127.0.0.1/",
        "http://",
        "http://127.0.0.1:port",
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1\\@evil.example",
        "https://key:word@api.cardpluspay.com",
        "https://api.cardpluspay.com/v1?x=",
        "https://api.cardpluspay.com/v1?x=1",
        "https://api.cardpluspay.com/v1#part",
    ],
)
def test_an_address_with_two_meanings_is_none(base_url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        send(base_url)
    assert caught.value.reason == "settings_unreadable"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "localhost", "LOCALHOST", "[::1]"])
def test_plain_http_may_stay_on_this_machine(deaf_port: int, host: str) -> None:
    with pytest.raises(NotTaken):
        send(f"http://{host}:{deaf_port}")


def test_the_environment_does_not_say_where_things_go(
    deaf_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{deaf_port}")
    assert bought(answers(b"{}"))[0].status == 200
    assert asked(answers(b"{}"))[0].status == 200


# --- when it is loaded ------------------------------------------------------------


@pytest.mark.parametrize("before", ["", "import click", "import httpx, httpcore"])
def test_httpx_is_loaded_with_the_first_request_and_leaves_other_imports_as_they_were(
    deaf_port: int, before: str
) -> None:
    script = f"""if True:
        import asyncio, sys
        {before}
        had_click = "click" in sys.modules
        from pos_app.errors import NotTaken
        from pos_app.providers.http import Http, Timing
        had_httpx = "httpx" in sys.modules
        try:
            http = Http("acme", "http://127.0.0.1:{deaf_port}", Timing(pause=0))
            asyncio.run(http.read("GET", "/", {{}}))
        except NotTaken as error:
            print(error.reason, had_httpx, "httpx" in sys.modules, had_click == ("click" in sys.modules))
    """
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, timeout=120, capture_output=True, text=True
    )
    assert done.stdout.split() == ["connection_refused", str("httpx" in before), "True", "True"]


# --- secrets ------------------------------------------------------------


@pytest.mark.parametrize(
    "manner", [answers(b'{"code": "TESTCODE-1"}'), resets, goes_on()], ids=["yes", "reset", "silence"]
)
def test_no_log_and_no_error_tells_a_secret(manner: Manner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes = [bought(manner)[0], asked(manner)[0]]
    told = caplog.text + "".join(everything(outcome) for outcome in outcomes)
    assert caplog.records
    for secret in ("TESTKEY", "TESTNOTE", "mail.example", "TESTCODE"):
        assert secret not in told


def everything(outcome: object) -> str:
    """What a person or a crash report could see of a reply or an error."""
    if not isinstance(outcome, PosError):
        return repr(outcome)
    assert outcome.__context__ is None, "the cause carries the request with its headers"
    assert outcome.__cause__ is None
    return f"{outcome!r} {outcome} {outcome.facts} {outcome.args}"
