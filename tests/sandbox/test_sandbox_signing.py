"""Signed requests: challenges that work once and expire, and a 401 that says what is wrong."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.sandbox_process import SandboxProcess


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Account:
    """An account with signing, and what it sends."""

    def __init__(self, sandbox: SandboxProcess, key: rsa.RSAPrivateKey) -> None:
        self.sandbox = sandbox
        self.key = key
        self.http = httpx.Client(headers={"X-API-Key": sandbox.ready["api_key"]}, timeout=60, trust_env=False)

    def admin(self, method: str, **wish: object) -> httpx.Response:
        return self.http.request(method, self.sandbox.ready["admin"] + "/signing", json=wish or None)

    def challenge(self, path: str = "/v1/challenge", method: str = "GET", field: str = "challenge") -> str:
        root = self.sandbox.ready["cardpluspay"].removesuffix("/v1")
        answer = self.http.request(method, root + path)
        assert (answer.status_code, answer.json()["success"]) == (200, True)
        return answer.json()["data"][field]

    def sign(self, challenge: str, padded: padding.AsymmetricPadding | None = None) -> dict[str, str]:
        signature = self.key.sign(challenge.encode(), padded or padding.PKCS1v15(), hashes.SHA256())
        return {"X-API-Challenge": challenge, "X-API-Signature": base64.b64encode(signature).decode()}

    def balance(self, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.http.get(self.sandbox.ready["cardpluspay"] + "/balance", headers=headers)


@pytest.fixture
def account(sandbox: SandboxProcess, key: rsa.RSAPrivateKey) -> Iterator[Account]:
    found = Account(sandbox, key)
    assert found.admin("POST", public_key=pem(key)).json()["required"] is True
    yield found
    found.admin("DELETE")
    found.http.close()


def refused(answer: httpx.Response, word: str) -> None:
    assert (answer.status_code, answer.json()["success"]) == (401, False)
    assert "sign" in answer.json()["message"].lower()
    assert word in answer.json()["message"]


def test_a_signed_request_is_answered(account: Account) -> None:
    assert account.balance(account.sign(account.challenge())).status_code == 200


def test_every_call_wants_its_own_signature(account: Account, cpp: httpx.Client, acme_code: str) -> None:
    calls: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", "/catalog", None),
        ("POST", "/orders/check", {"item_id": acme_code}),
        ("POST", "/orders", {"item_code": acme_code}),
        ("GET", "/orders", None),
        ("GET", "/orders/4711", None),
        ("GET", "/balance", None),
    ]
    for method, path, wish in calls:
        refused(cpp.request(method, path, json=wish), "missing")
        signed = cpp.request(method, path, json=wish, headers=account.sign(account.challenge()))
        assert signed.status_code in {200, 404}
    assert len(account.sandbox.admin.card_orders()) == 1


@pytest.fixture
def acme_code(sandbox: SandboxProcess) -> str:
    return next(p["item_code"] for p in sandbox.admin.products() if p["brand"] == "Acme Games")


def test_half_a_signature_is_missing(account: Account) -> None:
    for name in ("X-API-Challenge", "X-API-Signature"):
        headers = account.sign(account.challenge())
        del headers[name]
        refused(account.balance(headers), "missing")


def test_a_challenge_works_once(account: Account) -> None:
    headers = account.sign(account.challenge())
    assert account.balance(headers).status_code == 200
    refused(account.balance(headers), "used before")


@pytest.mark.parametrize("fault", ["too_many_requests", "error_status", "lost_reply", "slow"])
def test_a_challenge_is_used_up_whatever_becomes_of_the_request(account: Account, fault: str) -> None:
    account.sandbox.admin.fault(fault, "balance", **({"delay_ms": 0} if fault == "slow" else {}))
    headers = account.sign(account.challenge())
    try:
        account.balance(headers)
    except httpx.RemoteProtocolError:
        assert fault == "lost_reply"
    refused(account.balance(headers), "used before")


def test_a_challenge_expires_by_the_sandboxs_clock(account: Account) -> None:
    early, late = account.challenge(), account.challenge()
    account.sandbox.admin.advance(290)
    assert account.balance(account.sign(early)).status_code == 200
    account.sandbox.admin.advance(61)
    refused(account.balance(account.sign(late)), "expired")


def test_a_challenge_nobody_handed_out(account: Account) -> None:
    refused(account.balance(account.sign("made-up")), "unknown")


@pytest.mark.parametrize("signature", ["", "not base64!", "AAAA", base64.b64encode(b"x" * 256).decode()])
def test_a_wrong_signature(account: Account, signature: str) -> None:
    headers = {**account.sign(account.challenge()), "X-API-Signature": signature}
    refused(account.balance(headers), "missing" if not signature else "verification failed")


def test_another_key_another_text_or_another_padding(account: Account, key: rsa.RSAPrivateKey) -> None:
    account.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(account.balance(account.sign(account.challenge())), "verification failed")
    account.key = key
    other = account.sign("another text")
    refused(account.balance({**other, "X-API-Challenge": account.challenge()}), "verification failed")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    refused(account.balance(account.sign(account.challenge(), pss)), "verification failed")


def test_the_key_is_asked_for_before_the_signature(account: Account) -> None:
    answer = account.balance({"X-API-Key": "wrong"})
    assert (answer.status_code, "key" in answer.json()["message"]) == (401, True)
    root = account.sandbox.ready["cardpluspay"]
    assert account.http.get(root + "/challenge", headers={"X-API-Key": "wrong"}).status_code == 401


def test_an_unsigned_purchase_is_not_put_off(account: Account, cpp: httpx.Client, acme_code: str) -> None:
    account.sandbox.admin.fault("lost_reply", "buy", commit_after=60, times=2)
    wish = {"item_code": acme_code}
    with pytest.raises(httpx.RemoteProtocolError):
        cpp.post("/orders", json=wish)
    with pytest.raises(httpx.RemoteProtocolError):
        cpp.post("/orders", json=wish, headers=account.sign(account.challenge()))
    account.sandbox.admin.advance(3600)
    assert [entry["outcome"] for entry in account.sandbox.admin.waiting()] == ["answered 401", "done"]
    assert len(account.sandbox.admin.card_orders()) == 1


def test_the_challenge_can_meet_faults_too(account: Account) -> None:
    account.sandbox.admin.fault("error_status", "challenge", status=503)
    root = account.sandbox.ready["cardpluspay"]
    assert account.http.get(root + "/challenge").status_code == 503
    assert account.http.get(root + "/challenge").status_code == 200
    assert account.sandbox.admin.ledger()["requests"]["cardpluspay.challenge"] == 2


def test_where_and_how_a_challenge_is_told_can_be_chosen(account: Account) -> None:
    changed = account.admin(
        "POST",
        challenge_path="/v1/security/nonce",
        challenge_method="POST",
        challenge_field="nonce",
        lifetime_seconds=60,
    ).json()
    assert changed["registered"] is True
    root = account.sandbox.ready["cardpluspay"]
    assert account.http.get(root + "/challenge").status_code == 404
    assert account.http.get(root + "/security/nonce").status_code == 404
    told = account.challenge("/v1/security/nonce", "POST", "nonce")
    assert account.balance(account.sign(told)).status_code == 200
    late = account.challenge("/v1/security/nonce", "POST", "nonce")
    account.sandbox.admin.advance(61)
    refused(account.balance(account.sign(late)), "expired")


@pytest.mark.parametrize(
    "wish",
    [
        {"public_key": "no key"},
        {"public_key": 5},
        {"public_key": pem(ec.generate_private_key(ec.SECP256R1()))},
        {"required": "yes"},
        {"challenge_path": "v1/challenge"},
        {"challenge_path": "/v1/orders"},
        {"challenge_path": "/v1/orders/challenge"},
        {"challenge_path": "/v1/balance"},
        {"challenge_path": "/v1/{ident}"},
        {"challenge_path": ""},
        {"challenge_method": "DELETE"},
        {"challenge_field": ""},
        {"lifetime_seconds": 0},
        {"padding": "pss"},
        {},
    ],
)
def test_rules_that_make_no_sense_are_422(sandbox: SandboxProcess, wish: dict[str, object]) -> None:
    with sandbox.client() as client:
        before = client.get(sandbox.ready["admin"] + "/signing").json()
        answer = client.post(sandbox.ready["admin"] + "/signing", json=wish)
        assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
        assert client.get(sandbox.ready["admin"] + "/signing").json() == before
    assert before["required"] is False


def test_without_signing_the_headers_do_not_matter(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    headers = {"X-API-Challenge": "x", "X-API-Signature": "y"}
    assert cpp.get("/balance", headers=headers).status_code == 200
    assert cpp.get("/challenge").json()["data"]["challenge"]


def test_a_reset_ends_what_the_admin_side_began(account: Account) -> None:
    account.sandbox.admin.reset()
    assert account.balance().status_code == 200


def test_the_command_line_can_ask_for_it_from_the_start(key: rsa.RSAPrivateKey) -> None:
    with SandboxProcess(signing=True) as process:
        account = Account(process, key)
        with account.http:
            refused(account.balance(), "missing")
            refused(account.balance(account.sign(account.challenge())), "verification failed")
            account.admin("POST", public_key=pem(key))
            assert account.balance(account.sign(account.challenge())).status_code == 200
            process.admin.reset()
            refused(account.balance(account.sign(account.challenge())), "verification failed")
