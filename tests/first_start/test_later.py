"""Another company after the first start: tried while the till sells, and sold from at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import keyring.errors
import pytest

from pos_app import messages
from pos_app.errors import Misconfigured, NotAllowed, NotTaken, StoreProblem
from pos_app.first_start import FirstStart, SupplierTest
from pos_app.first_start.later import Suppliers
from pos_app.money import Money
from pos_app.opening import open_till
from pos_app.orders.draft import Draft, Line
from pos_app.orders.order import Phase
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.providers.base import Provider
from pos_app.register import Register
from pos_app.setting_words import sentence
from pos_app.settings import FILE_NAME, load
from tests.keyrings import Ring
from tests.sandbox_process import SandboxProcess

from .conftest import SECONDS, Kiosk

FACE = Money(2500, "USD")
CARD = Product("cardpluspay", "ACME-25", "Acme Games", "Acme card", "USD", "codes", face=FACE)
ELSEWHERE = "http://127.0.0.1:9/v1"


def _suppliers(kiosk: Kiosk, register: Register) -> Suppliers:
    preferences = register.preferences
    return Suppliers(
        kiosk.options,
        lambda: preferences.settings,
        preferences.keep_company,
        register.changeover.change,
        register.setting_log.write,
    )


def test_a_second_company_is_tried_kept_and_there_at_once(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = {"user_token": kiosk.ready["user_token"], "merchant_token": kiosk.ready["merchant_token"]}

    async def scene() -> None:
        register = await open_till(kiosk.options)
        try:
            later = _suppliers(kiosk, register)
            assert [one.kept for one in await later.suppliers()] == [True, False]
            address = kiosk.address("levelup")
            missing = await later.keep_supplier("levelup", address, {"user_token": "TEST"})
            assert [(one.field, one.reason) for one in missing.problems] == [("secret", "missing")]
            with pytest.raises(Misconfigured) as caught:
                await later.keep_supplier("levelup", address, dict.fromkeys(tokens, "TESTwrong"))
            assert caught.value.reason == "key_refused"
            assert [one.kept for one in await later.suppliers()] == [True, False]
            assert "levelup" not in load(kiosk.folder / FILE_NAME).providers
            test = await later.keep_supplier("levelup", address, tokens)
            assert test.passed
            assert test.merchants
            assert [one.kept for one in await later.suppliers()] == [True, True]
            await register.connections.look()
            lights = {light.name: light.state for light in register.connections.lights()}
            assert lights["levelup"] == "ok"
            # A key that is not typed is the one that is kept.
            assert (await later.keep_supplier("cardpluspay", kiosk.address("cardpluspay"), {})).passed
        finally:
            await register.close()
        register = await open_till(kiosk.options)
        try:
            assert {light.name for light in register.connections.lights()} >= {"cardpluspay", "levelup"}
        finally:
            await register.close()

    kiosk.play(kiosk.finish)
    text = (kiosk.folder / FILE_NAME).read_text()
    mark = "[providers.cardpluspay]\n"
    (kiosk.folder / FILE_NAME).write_text(text.replace(mark, f'{mark}another = "stays"\n'))
    with caplog.at_level("DEBUG", "pos_app"):
        asyncio.run(asyncio.wait_for(scene(), SECONDS))
    lines = [one.getMessage() for one in caplog.records if one.name == "pos_app.first_start.later"]
    assert lines == ["levelup: its keys were changed"]
    assert not any(one in caplog.text for one in tokens.values())
    kept = load(kiosk.folder / FILE_NAME).providers
    assert kept["levelup"] == kiosk.address("levelup")
    assert kept["cardpluspay"] == {**kiosk.address("cardpluspay"), "another": "stays"}
    for path in kiosk.folder.rglob("*"):
        assert not path.is_file() or not any(one.encode() in path.read_bytes() for one in tokens.values())


def at_the_till(kiosk: Kiosk, scene: Callable[[Register, Suppliers], Awaitable[None]]) -> None:
    """Let `scene` happen in a till of a shop that was set up."""

    async def run() -> None:
        register = await open_till(kiosk.options)
        try:
            await scene(register, _suppliers(kiosk, register))
        finally:
            await register.close(0)

    kiosk.play(kiosk.finish)
    asyncio.run(asyncio.wait_for(run(), SECONDS))


def test_a_kept_key_goes_nowhere_but_where_it_goes_already(kiosk: Kiosk) -> None:
    async def scene(_register: Register, later: Suppliers) -> None:
        address = kiosk.address("cardpluspay")
        for fields in ({"base_url": ELSEWHERE}, {}, {**address, "challenge_path": "/elsewhere"}):
            test = await later.keep_supplier("cardpluspay", fields, {"api_key": " "})
            found = [(one.field, one.reason, one.facts["name"]) for one in test.problems]
            assert found == [("secret", "goes_elsewhere", "api_key")]
        # What is no address is told beside what is missing.
        test = await later.keep_supplier("cardpluspay", {"base_url": "elsewhere"}, {})
        assert [one.reason for one in test.problems] == ["not_an_address", "goes_elsewhere"]
        # A key that is typed is tried where it is typed to; nobody answers there.
        with pytest.raises(NotTaken):
            await later.keep_supplier(
                "cardpluspay", {"base_url": ELSEWHERE}, {"api_key": kiosk.ready["api_key"]}
            )
        assert load(kiosk.folder / FILE_NAME).providers["cardpluspay"] == address
        # Where it goes stays: what else is said about the account may change.
        assert (await later.keep_supplier("cardpluspay", {**address, "currency": "USD"}, {})).passed

    at_the_till(kiosk, scene)


def test_no_other_account_while_orders_of_this_one_are_open(kiosk: Kiosk, ring: Ring) -> None:
    async def scene(register: Register, later: Suppliers) -> None:
        address, another = kiosk.address("cardpluspay"), {"api_key": "TEST-another"}
        draft = Draft("sale", "USD", (Line("order", CARD, 1, FACE, FACE, None),))
        sale = await register.sales.place(draft, (Tender("cash", FACE),), "Mia 07")
        (problem,) = (await later.keep_supplier("cardpluspay", address, another)).problems
        assert (problem.field, problem.reason, problem.facts) == ("account", "orders_open", {"n": 1})
        assert "Attention" in messages.problem(problem)
        assert "TEST-another" not in ring.kept.values()
        # The same key, typed once more, is the same account.
        same = {"api_key": kiosk.ready["api_key"]}
        assert (await later.keep_supplier("cardpluspay", address, same)).passed
        # What can be no key is told as that.
        (problem,) = (await later.keep_supplier("cardpluspay", address, {"api_key": "no key"})).problems
        assert problem.reason == "not_a_key"
        await register.sales.refund(sale.orders[0].id, "Mia 07")
        # Nothing is open any more: now it is the company that says no.
        with pytest.raises(Misconfigured, match="key_refused"):
            await later.keep_supplier("cardpluspay", address, another)

    at_the_till(kiosk, scene)


def test_a_keyring_that_fails_leaves_settings_and_keys_as_they_were(
    kiosk: Kiosk, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(register: Register, later: Suppliers) -> None:
        address = kiosk.address("levelup")
        tokens = {name: kiosk.ready[name] for name in ("user_token", "merchant_token")}
        assert (await later.keep_supplier("levelup", address, tokens)).passed
        before = load(kiosk.folder / FILE_NAME).providers
        kept = dict(ring.kept)
        full: list[str] = []
        first: list[str] = []

        def puts(service: str, username: str, password: str) -> None:
            if password == "TESTsecond":
                full.append(username)
                raise keyring.errors.KeyringLocked
            if password == "TESTfirst":
                first.append(password)
            ring.kept[service, username] = password

        async def taken(*_asked: object) -> SupplierTest:
            return SupplierTest("levelup")

        monkeypatch.setattr(ring, "set_password", puts)
        # The company takes any key, at any address.
        monkeypatch.setattr("pos_app.first_start.later.tried", taken)
        typed = {"user_token": "TESTfirst", "merchant_token": "TESTsecond"}
        with pytest.raises(Misconfigured, match="keyring_locked"):
            await later.keep_supplier("levelup", {"base_url": ELSEWHERE}, typed)
        assert len(full) == 1
        assert load(kiosk.folder / FILE_NAME).providers == before
        assert register.preferences.settings.providers["levelup"] == address
        assert first == ["TESTfirst"]
        assert ring.kept == kept

    at_the_till(kiosk, scene)


def test_the_next_card_is_bought_with_the_new_key(kiosk: Kiosk) -> None:
    """A till that stays open buys nothing more on an account whose key is gone."""

    async def sold(register: Register) -> str:
        await register.catalog.refresh()
        card = next(one for one in register.catalog.all() if one.delivery == "codes" and one.face is not None)
        assert card.face is not None
        line = Line(register.journal.new_entry_id(), card, 1, card.face, card.face, None)
        draft = Draft(register.journal.new_entry_id(), "USD", (line,))
        sale = await register.sales.place(draft, (Tender("cash", card.face),), "Mia 07")
        order = await register.sales.perform(sale.orders[0].id)
        assert order.phase is Phase.FULFILLED
        return order.placed.account

    with SandboxProcess(seed=2, products=20) as second:

        async def scene(register: Register, later: Suppliers) -> None:
            before = await sold(register)
            key = {"api_key": second.ready["api_key"]}
            address = {"base_url": second.ready["cardpluspay"]}
            assert (await later.keep_supplier("cardpluspay", address, key, "Kim")).passed
            (note,) = await register.setting_log.log()
            assert (note.what, note.by, note.about, note.till) == ("company", "Kim", "CardPlusPay", "03")
            before_it, after_it = kiosk.ready["cardpluspay"], second.ready["cardpluspay"]
            assert sentence(note) == (
                f"Kim changed CardPlusPay. base_url: {before_it} → {after_it}; Another key: api_key"
            )
            assert (await later.keep_supplier("cardpluspay", address, {}, "Kim")).passed
            assert len(await register.setting_log.log()) == 1, "nothing was another then"
            assert second.admin.card_orders() == []
            assert await sold(register) != before
            assert len(second.admin.card_orders()) == 1

        at_the_till(kiosk, scene)


def test_who_goes_away_with_half_a_key_kept_has_none_of_a_company_there_was_none_of(
    kiosk: Kiosk, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(_register: Register, later: Suppliers) -> None:
        kept = dict(ring.kept)

        def puts(service: str, username: str, password: str) -> None:
            if password == kiosk.ready["merchant_token"]:
                raise keyring.errors.KeyringLocked
            ring.kept[service, username] = password

        monkeypatch.setattr(ring, "set_password", puts)
        tokens = {name: kiosk.ready[name] for name in ("user_token", "merchant_token")}
        with pytest.raises(Misconfigured, match="keyring_locked"):
            await later.keep_supplier("levelup", kiosk.address("levelup"), tokens)
        assert ring.kept == kept
        assert not load(kiosk.folder / FILE_NAME).providers.get("levelup")

    at_the_till(kiosk, scene)


def test_a_signing_key_that_can_not_sign_is_told_by_the_company_that_would_want_it(kiosk: Kiosk) -> None:
    async def scene(_register: Register, later: Suppliers) -> None:
        signed = {**kiosk.address("cardpluspay"), "signing": "yes"}
        with pytest.raises(Misconfigured, match="no_key"):
            await later.keep_supplier("cardpluspay", signed, {})
        assert load(kiosk.folder / FILE_NAME).providers["cardpluspay"] == kiosk.address("cardpluspay")

    at_the_till(kiosk, scene)


@pytest.mark.parametrize("reason", ["orders_on_their_way", "orders_open", "key_changes"])
def test_a_key_the_till_does_not_take_now_is_not_kept(kiosk: Kiosk, ring: Ring, reason: str) -> None:
    async def scene(register: Register, _later: Suppliers) -> None:
        async def change(provider: Provider, _keep: object) -> None:
            await provider.close()
            raise NotAllowed(reason, n=1)

        preferences, kept = register.preferences, dict(ring.kept)
        later = Suppliers(
            kiosk.options,
            lambda: preferences.settings,
            preferences.keep_company,
            change,
            register.setting_log.write,
        )
        tokens = {name: kiosk.ready[name] for name in ("user_token", "merchant_token")}
        asked = later.keep_supplier("levelup", kiosk.address("levelup"), tokens)
        if reason != "key_changes":
            (problem,) = (await asked).problems
            assert (problem.field, problem.reason) == ("account", reason)
            assert messages.problem(problem).startswith(("An order is on its way", "1 order bought"))
        else:
            with pytest.raises(NotAllowed, match=reason):
                await asked
        assert ring.kept == kept

    at_the_till(kiosk, scene)


def test_an_address_that_lets_others_read_the_key_is_told(kiosk: Kiosk) -> None:
    async def scene(_register: Register, later: Suppliers) -> None:
        with pytest.raises(Misconfigured, match="plain_http"):
            await later.keep_supplier(
                "cardpluspay", {"base_url": "http://cards.example/v1"}, {"api_key": "TEST"}, "Kim"
            )
        assert load(kiosk.folder / FILE_NAME).providers["cardpluspay"] == kiosk.address("cardpluspay")

    at_the_till(kiosk, scene)


def test_a_key_that_can_not_be_written_down_is_not_kept(
    kiosk: Kiosk, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(register: Register, later: Suppliers) -> None:
        kept = dict(ring.kept)

        async def full(_noted: object) -> None:
            raise StoreProblem("full")

        monkeypatch.setattr(register.journal, "write_noted", full)
        tokens = {name: kiosk.ready[name] for name in ("user_token", "merchant_token")}
        with pytest.raises(StoreProblem):
            await later.keep_supplier("levelup", kiosk.address("levelup"), tokens, "Kim")
        assert ring.kept == kept
        assert not load(kiosk.folder / FILE_NAME).providers.get("levelup")
        assert "levelup" not in register.providers

    at_the_till(kiosk, scene)


def test_before_the_first_start_is_over_its_pages_ask_for_keys(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 3)

        async def keep(_name: str, _chosen: object) -> None:
            raise AssertionError("kept")

        async def never(*_asked: object) -> None:
            raise AssertionError("in force")

        later = Suppliers(kiosk.options, start.settings, keep, never, never)
        with pytest.raises(NotAllowed) as caught:
            await later.keep_supplier("cardpluspay", kiosk.address("cardpluspay"), {"api_key": "TEST"})
        assert caught.value.reason == "not_set_up"

    kiosk.play(scene)
