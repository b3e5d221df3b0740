"""What is sealed opens with its own key, order and purpose, and tells nothing without them."""

from __future__ import annotations

import base64
import hmac
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from pos_app.errors import Misconfigured
from pos_app.seal import (
    KEY_BYTES,
    OrderKey,
    Sealer,
    _derived,  # pyright: ignore[reportPrivateUsage]
    new_store_key,
    normalised,
)

CODE = "TEST-4MHD-9PTR-2WZA"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
STORE = Sealer(bytes(range(32)))


@pytest.fixture(scope="module")
def key() -> OrderKey:
    return STORE.new_order_key("order-1")[0]


@given(TEXT, TEXT)
def test_what_is_sealed_is_opened_again(purpose: str, text: str) -> None:
    key, wrapped = STORE.new_order_key("order-1")
    sealed = key.seal(purpose, text)
    assert key.open(purpose, sealed) == text
    assert STORE.open_order_key("order-1", wrapped).open(purpose, sealed) == text


def test_neither_another_order_nor_another_purpose_nor_another_key_opens_it(key: OrderKey) -> None:
    sealed = key.seal("card", CODE)
    other_key, _wrapped = STORE.new_order_key("order-1")
    other_order = OrderKey("order-2", key._key)  # pyright: ignore[reportPrivateUsage]
    for opener, purpose in (
        (key, "reply"),
        (key, ""),
        (key, "card "),
        (other_key, "card"),
        (other_order, "card"),
    ):
        with pytest.raises(Misconfigured) as caught:
            opener.open(purpose, sealed)
        assert caught.value.reason == "store_key_wrong"
        assert CODE not in str(caught.value)


def test_an_order_s_key_opens_under_its_own_store_and_order_only() -> None:
    _key, wrapped = STORE.new_order_key("order-1")
    for sealer, order_id in ((Sealer(bytes(32)), "order-1"), (STORE, "order-2"), (STORE, "order-1/key")):
        with pytest.raises(Misconfigured):
            sealer.open_order_key(order_id, wrapped)


@given(st.data())
def test_a_sealed_text_with_one_bit_changed_does_not_open(data: st.DataObject) -> None:
    key, _wrapped = STORE.new_order_key("order-1")
    raw = bytearray(base64.b64decode(key.seal("card", CODE)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Misconfigured):
        key.open("card", base64.b64encode(raw).decode())


@pytest.mark.parametrize("torn", ["", "A", "====", "not base64!", "QUJD", "Zürich", "A" * 16, "A" * 24, "\0"])
def test_what_was_never_sealed_does_not_open(key: OrderKey, torn: str) -> None:
    with pytest.raises(Misconfigured):
        key.open("card", torn)
    with pytest.raises(Misconfigured):
        STORE.open_order_key("order-1", torn)


def test_sealed_text_tells_nothing_of_what_is_in_it(key: OrderKey) -> None:
    sealed = key.seal("card", CODE)
    raw = base64.b64decode(sealed)
    for part in CODE.split("-"):
        assert part not in sealed
        assert part.encode() not in raw
    # The same again looks different, so that equal codes can not be seen to be equal.
    assert key.seal("card", CODE) != sealed
    assert len({key.seal("card", CODE)[:16] for _ in range(100)}) == 100


def test_order_keys_are_fresh_and_wrapped_unreadably() -> None:
    made = [STORE.new_order_key("order-1") for _ in range(20)]
    secrets = [key._key for key, _wrapped in made]  # pyright: ignore[reportPrivateUsage]
    assert len(set(secrets)) == 20
    for secret, (_key, wrapped) in zip(secrets, made, strict=True):
        raw = base64.b64decode(wrapped)
        assert secret not in raw
        assert base64.b64encode(secret) not in raw


def test_a_digest_finds_the_same_and_is_worthless_without_the_key() -> None:
    digest = STORE.digest("cardpluspay", CODE)
    assert digest == Sealer(bytes(range(32))).digest("cardpluspay", CODE)
    others = [
        STORE.digest("levelup", CODE),
        STORE.digest("cardpluspay", CODE.lower()),
        STORE.digest("cardpluspay"),
        STORE.digest(CODE, "cardpluspay"),
        STORE.digest(f"cardpluspay{CODE}"),
        STORE.digest("cardpluspay", CODE, ""),
        Sealer(bytes(32)).digest("cardpluspay", CODE),
        STORE.link("cardpluspay", CODE),
    ]
    assert digest not in others
    assert len(set(others)) == len(others)
    assert "TEST" not in digest.upper()


def test_parts_are_not_run_together() -> None:
    assert STORE.digest("ab", "c") != STORE.digest("a", "bc")
    assert STORE.link("ab", "c") != STORE.link("a", "bc")


def test_a_link_depends_on_the_one_before_on_the_line_and_on_the_store() -> None:
    link = STORE.link("before", "line")
    assert link == STORE.link("before", "line")
    assert link not in {
        STORE.link("", "line"),
        STORE.link("before", "other line"),
        Sealer(bytes(32)).link("before", "line"),
    }


def test_digests_and_links_are_made_with_keys_of_their_own() -> None:
    """Whoever may ask for digests could otherwise forge the journal's chain."""
    assert STORE.digest("before\nline") != STORE.link("before", "line")


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_store_key_has_its_full_length(length: int) -> None:
    with pytest.raises(Misconfigured) as caught:
        Sealer(bytes(length))
    assert caught.value.reason == "store_key_wrong"


def test_store_keys_are_random() -> None:
    keys = {new_store_key() for _ in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {KEY_BYTES}


def test_reprs_tell_nothing() -> None:
    store_key = b"TESTKEYTESTKEYTESTKEYTESTKEYTEST"
    sealer = Sealer(store_key)
    key, _wrapped = sealer.new_order_key("order-1")
    secret = key._key  # pyright: ignore[reportPrivateUsage]
    shown = f"{sealer!r} {sealer} {key!r} {key}"
    assert "order-1" in shown
    for hidden in (
        repr(secret)[2:-1],
        secret.hex(),
        base64.b64encode(secret).decode(),
        "TESTKEY",
        store_key.hex(),
    ):
        assert hidden not in shown


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("test-4mhd-9ptr-2wza", CODE),
        (" TEST 4MHD 9PTR 2WZA\n", CODE),
        ("TEST4MHD9PTR2WZA", CODE),
        ("TEST\u20114MHD\u20139PTR\u00a02WZA", CODE),
    ],
)
def test_a_code_is_the_same_however_it_is_typed(code: str, same: str) -> None:
    assert normalised(code) == normalised(same)


def test_other_codes_are_other_codes() -> None:
    assert len({normalised(code) for code in ("TEST-1", "TEST-2", "TEST-11", "TEST-O", "TEST-0")}) == 5


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.sampled_from(["wrap order keys", "find codes"]))
def test_keys_are_derived_as_the_standard_says(store_key: bytes, purpose: str) -> None:
    """A store of a program that left this to a library opens for ever."""
    library = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"countercard/1/{purpose}".encode())
    assert _derived(store_key, purpose.encode()) == library.derive(store_key)


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.text(), st.text())
def test_links_are_those_the_standard_makes(store_key: bytes, previous: str, line: str) -> None:
    """And those of a journal begun by a program that left this to a library."""
    data = f"{previous}\n{line}".encode()
    library = hmac.digest(_derived(store_key, b"chain the journal"), data, "sha256").hex()
    sealer = Sealer(store_key)
    assert sealer.link(previous, line) == sealer.link(previous, line) == library


def test_the_cipher_is_there_when_it_was_asked_for_and_not_before() -> None:
    """A till that waits has no use for it; the first sale of the day should not wait for it."""
    script = (
        "import sys; from pos_app import seal; cipher = 'cryptography.hazmat.primitives.ciphers.aead';"
        " before = cipher in sys.modules; seal.load(); sys.exit(before or cipher not in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=120, check=False)
    assert done.returncode == 0
