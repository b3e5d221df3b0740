"""Whom a till talks to over https: certificates of a made-up authority, trusted or not, right or wrong."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pos_app.errors import NotTaken, PosError
from pos_app.messages import explain
from pos_app.orders.answers import Reply
from pos_app.providers.http import Http, Timing
from tests.providers.badserver import BadServer, answers

KEY = {"X-API-Key": "TESTKEY-7c2d"}
ORDER = {"item_code": "TEST-ITEM"}
TIMING = Timing(connect=60, reading=60, listening=60, pause=0)
LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


@dataclass
class Authority:
    """Signs certificates; `root` is what a machine that trusts it has in its store."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        public = self._key.public_key()
        self._identifier = x509.SubjectKeyIdentifier.from_public_key(public)
        root = (
            self._builder(self._subject, public, LONG_AGO, FAR_OFF)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(self._identifier, critical=False)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.root = self.folder / f"{self.name}.pem"
        self.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def certificate(
        self, host: str = "127.0.0.1", start: datetime = LONG_AGO, end: datetime = FAR_OFF
    ) -> Path:
        """A certificate for `host` with its key, in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        try:
            alternative: x509.GeneralName = x509.IPAddress(ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        made = (
            self._builder(name, key.public_key(), start, end)
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._identifier),
                critical=False,
            )
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self.folder / f"{made.serial_number}.pem"
        path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        return path

    def _builder(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey, start: datetime, end: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
        )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority in this machine's store of trust."""
    authority = Authority(tmp_path, "TEST trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    return authority


async def buying(http: Http) -> Reply:
    return await http.send_once("/orders", KEY, ORDER)


async def reading(http: Http) -> Reply:
    return await http.read("GET", "/catalog", KEY)


both_ways = pytest.mark.parametrize("call", [buying, reading])


def over_tls(
    certificate: Path,
    call: Callable[[Http], Awaitable[Reply]],
    host: str = "127.0.0.1",
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> tuple[Any, list[bytes]]:
    """What comes of a call to a server with this certificate, and the requests it saw."""

    async def calling() -> tuple[Any, list[bytes]]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.maximum_version = newest
        async with BadServer(answers(b"{}"), tls=context) as server:
            # The server's side of a handshake that is refused.
            asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
            http = Http("acme", server.url.replace("127.0.0.1", host), TIMING)
            try:
                return await call(http), server.requests
            except PosError as error:
                return error, server.requests
            finally:
                await http.close()

    return asyncio.run(calling())


def assert_nothing_left(outcome: object, requests: list[bytes]) -> None:
    assert isinstance(outcome, NotTaken)
    assert outcome.reason == "tls_failed"
    assert outcome.__context__ is None
    assert requests == []
    said = explain(outcome)
    assert "Nothing was bought" in said.what
    assert "date and time" in said.advice


@both_ways
def test_a_certificate_of_an_authority_this_machine_trusts(
    trusted: Authority, call: Callable[[Http], Awaitable[Reply]]
) -> None:
    reply, requests = over_tls(trusted.certificate(), call)
    assert reply.status == 200
    assert len(requests) == 1


@both_ways
def test_a_name_is_compared_as_well_as_an_address(
    trusted: Authority, call: Callable[[Http], Awaitable[Reply]]
) -> None:
    reply, _requests = over_tls(trusted.certificate("localhost"), call, "localhost")
    assert reply.status == 200


@both_ways
def test_an_authority_nobody_here_trusts(
    tmp_path: Path, trusted: Authority, call: Callable[[Http], Awaitable[Reply]]
) -> None:
    other = Authority(tmp_path, "TEST other")
    assert trusted.root != other.root
    assert_nothing_left(*over_tls(other.certificate(), call))


@both_ways
def test_an_authority_of_the_same_name_is_another(
    tmp_path: Path, trusted: Authority, call: Callable[[Http], Awaitable[Reply]]
) -> None:
    (tmp_path / "again").mkdir()
    namesake = Authority(tmp_path / "again", trusted.name)
    assert_nothing_left(*over_tls(namesake.certificate(), call))


@both_ways
@pytest.mark.parametrize(
    ("named", "host"),
    [
        ("api.cardpluspay.com", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("localhost.evil.example", "localhost"),
    ],
)
def test_a_certificate_of_somebody_else(
    trusted: Authority, call: Callable[[Http], Awaitable[Reply]], named: str, host: str
) -> None:
    assert_nothing_left(*over_tls(trusted.certificate(named), call, host))


@both_ways
def test_a_certificate_that_has_run_out(trusted: Authority, call: Callable[[Http], Awaitable[Reply]]) -> None:
    old = trusted.certificate(start=LONG_AGO, end=LONG_AGO + timedelta(days=90))
    assert_nothing_left(*over_tls(old, call))


@both_ways
def test_a_certificate_of_the_future(trusted: Authority, call: Callable[[Http], Awaitable[Reply]]) -> None:
    early = trusted.certificate(start=FAR_OFF - timedelta(days=90), end=FAR_OFF)
    assert_nothing_left(*over_tls(early, call))


@both_ways
def test_tls_that_is_too_old(trusted: Authority, call: Callable[[Http], Awaitable[Reply]]) -> None:
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        outcome, requests = over_tls(trusted.certificate(), call, newest=ssl.TLSVersion.TLSv1_1)
    assert_nothing_left(outcome, requests)
