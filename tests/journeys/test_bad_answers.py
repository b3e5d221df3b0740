"""Answers nobody can rely on, keys that do not fit, and companies out of reach, read at the window."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos_app.orders.draft import Draft
from pos_app.orders.order import Sale
from pos_app.orders.sale import Tender
from tests.cashier import Cashier
from tests.journeys.conftest import Counter
from tests.sandbox_process import SandboxProcess, held_port

_ONCE: dict[str, Any] = {"times": 1}

UNREADABLE: dict[str, tuple[str, dict[str, Any]]] = {
    "a web page": ("html_200", {}),
    "a redirect": ("redirect", {"status": 302}),
    "a redirect that asks to be repeated": ("redirect", {"status": 307}),
    "nothing in it": ("empty_body", {}),
    "json that ends in the middle": ("broken_body", {"how": "cut_json"}),
    "two answers": ("broken_body", {"how": "twice"}),
    "a no with status 200": ("success_false", {"data": "object"}),
    "a yes without an order": ("no_data", {"data": "list"}),
    "a yes in words": ("odd_success", {"value": "text"}),
    "an error of the server as a page": ("error_status", {"status": 502, "body": "html"}),
    "no http": ("garbage", {"what": "binary"}),
}


async def _not_confirmed(cashier: Cashier, counter: Counter) -> None:
    """Read what a person is told about an order nobody can say anything about."""
    await cashier.see("Not confirmed. Hand over the pending slip")
    assert cashier.reads("the card may have been bought")
    assert cashier.reads("Do not sell it again")
    assert not cashier.sees("try_again")
    assert not any(name.startswith(("again_", "refund_")) for name in cashier.names())
    await cashier.until(lambda: any(counter.paper.glob("*pending*.pdf")), "the pending slip")
    assert counter.register is not None
    (row,) = await counter.register.sales.orders()
    assert row.status == "not_confirmed"


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_an_answer_that_says_neither_yes_nor_no_is_not_confirmed(counter: Counter, kind: str) -> None:
    fault, options = UNREADABLE[kind]
    asked = _buys(counter)
    counter.admin.fault(fault, "cardpluspay.create", **_ONCE, **options)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await _not_confirmed(cashier, counter)
    assert _buys(counter) == asked + 1


@pytest.mark.parametrize("fault", ["html_200", "redirect"])
async def test_a_network_that_wants_a_sign_in_is_said_before_any_money(counter: Counter, fault: str) -> None:
    async with counter.open() as cashier:
        counter.admin.fault(fault, "*", share=1)
        await cashier.take("acme games", "$10")
        await _can_not_be_checked(cashier)
        assert cashier.reads("A web page came back instead of the card company's answer.")
        assert cashier.reads("Open a browser: this network may ask you to sign in first.")
        assert not cashier.can_press("charge")
        counter.admin.clear_faults()
        cashier.click(_named_like(cashier, "line_again_"))
        await cashier.see_enabled("charge")


async def test_a_network_that_wants_a_sign_in_between_basket_and_money(counter: Counter) -> None:
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await cashier.see_enabled("charge")
        counter.admin.fault("html_200", "*", share=1)
        await counter.pay_exact(cashier)
        await cashier.see("Nothing was bought and nothing is written down.")
        assert cashier.reads("sign in")
        assert counter.register is not None
        assert await counter.register.sales.orders() == ()


async def test_a_network_that_wants_a_sign_in_between_check_and_buy(counter: Counter) -> None:
    """The fence is read before anything leaves: a page in its place proves that nothing was sent."""
    counter.admin.fault("html_200", "cardpluspay.list", **_ONCE)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Not bought yet")
        assert cashier.reads("A web page came back")
        assert cashier.reads("Nothing was bought and nothing was charged.")
        assert any(name.startswith("again_") for name in cashier.names())


async def test_a_key_that_is_revoked_in_the_middle_of_the_day(counter: Counter) -> None:
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await cashier.see_enabled("charge")
        counter.admin.fault("wrong_credentials", "cardpluspay.balance", **_ONCE)
        await counter.pay_exact(cashier)
        await cashier.see("nothing is written down")
        assert cashier.reads("did not accept this shop's key")
        assert cashier.reads("Call the manager")
        assert counter.register is not None
        assert await counter.register.sales.orders() == ()
        await counter.register.connections.ask()
        await cashier.until(
            lambda: cashier.reads("CardPlusPay : The card company did not accept"), "the light"
        )


@pytest.mark.parametrize("call", ["cardpluspay.list", "cardpluspay.create"])
async def test_a_key_that_is_revoked_between_check_and_buy(counter: Counter, call: str) -> None:
    counter.admin.fault("unauthorized", call, **_ONCE)
    bought = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Not bought yet")
        assert cashier.reads("Key not accepted")
        assert cashier.reads("Nothing was bought and nothing was charged.")
        assert cashier.reads("Call the manager")
        counter.wait_a_moment()
        cashier.click(_named_like(cashier, "again_"))
        await cashier.see("Done. Hand over 1 slip")
    assert len(counter.admin.card_orders()) == bought + 1


_NAMES = {
    "no name server": (socket.gaierror(socket.EAI_AGAIN, "no name server"), "There is no connection"),
    "no network": (OSError(errno.ENETUNREACH, "no network"), "There is no connection"),
    "no such name": (socket.gaierror(socket.EAI_NONAME, "no name"), "address was not found"),
}


def _named(counter: Counter, *companies: str) -> None:
    """Let the till know these companies by a name, so that the name can be lost."""
    ready = dict(counter.ready())
    for company in companies:
        ready[company] = ready[company].replace("127.0.0.1", "localhost")
    counter.write_ready(ready)


def _lose_names(patch: pytest.MonkeyPatch, error: OSError) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise error

    patch.setattr(socket, "getaddrinfo", fails)


async def _once_open(counter: Counter) -> None:
    """Let the till read the catalogue while everything is well."""
    async with counter.open():
        pass


@pytest.mark.parametrize("kind", _NAMES)
async def test_without_a_network_nothing_is_charged_until_it_is_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    error, words = _NAMES[kind]
    _named(counter, "cardpluspay", "levelup")
    await _once_open(counter)
    with monkeypatch.context() as away:
        _lose_names(away, error)
        async with counter.open() as cashier:
            await cashier.take("acme games", "$10")
            await _can_not_be_checked(cashier)
            assert cashier.reads(words)
            assert cashier.reads("Nothing was bought and nothing was charged.")
            assert not cashier.can_press("charge")
            away.undo()
            assert counter.register is not None
            await counter.register.connections.ask()
            # The light that comes back has the line checked again by itself.
            await cashier.see_enabled("charge")


@pytest.mark.parametrize("kind", _NAMES)
async def test_a_network_that_goes_between_the_money_and_the_buy(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    error, words = _NAMES[kind]
    _named(counter, "cardpluspay", "levelup")
    bought = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with monkeypatch.context() as away:
            _after_placing(counter, away, lambda: _lose_names(away, error))
            await counter.pay_exact(cashier)
            await cashier.see("Not bought yet")
            assert cashier.reads(words)
            assert cashier.reads("Nothing was bought and nothing was charged.")
        counter.wait_a_moment()
        cashier.click(_named_like(cashier, "again_"))
        await cashier.see("Done. Hand over 1 slip")
    assert len(counter.admin.card_orders()) == bought + 1


async def test_levelups_address_is_gone_for_good(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    merchant = next(one["name"] for one in counter.admin.merchants())
    _named(counter, "levelup")
    await _once_open(counter)
    _lose_names(monkeypatch, socket.gaierror(socket.EAI_NONAME, "no name"))
    async with counter.open() as cashier:
        await cashier.take_by_email(merchant, "30", "kim@mail.example")
        await _can_not_be_checked(cashier)
        assert cashier.reads("LevelUp's address is not in the internet's directory")
        assert cashier.reads("Cards with a code can be sold as always, cards by e-mail can not.")
        assert not cashier.can_press("charge")
        cashier.click(_named_like(cashier, "line_remove_"))
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Done. Hand over 1 slip")


async def test_a_company_whose_computer_takes_no_calls(tmp_path: Path) -> None:
    """Its process ends after the check and is back a moment later, on the same port with the same books."""
    books = tmp_path / "sandbox.json"
    first = SandboxProcess(state=books)
    second: SandboxProcess | None = None
    try:
        ready = tmp_path / "ready.json"
        ready.write_text(first.line, encoding="utf-8")
        counter = Counter(tmp_path / "store", ready, first)
        async with counter.open() as cashier:
            await cashier.take("acme games", "$10")
            await cashier.see_enabled("charge")
            first.kill()
            with held_port(first.address[1]) as port:
                await counter.pay_exact(cashier)
                await cashier.see("nothing is written down")
                assert cashier.reads("did not take the call")
                second = SandboxProcess(state=books, port=port)
            cashier.press("Enter")
            await cashier.see("Done. Hand over 1 slip")
        assert len(second.admin.card_orders()) == 1
    finally:
        for process in (first, second):
            if process is not None:
                process.close()


async def _can_not_be_checked(cashier: Cashier) -> None:
    """Wait for what the line itself says: a light may say the same before it."""
    await cashier.until(
        lambda: any(name.startswith("line_again_") for name in cashier.names()), "a line that was not checked"
    )


def _named_like(cashier: Cashier, beginning: str) -> str:
    """The one control whose name begins so."""
    (name,) = (name for name in cashier.names() if name.startswith(beginning))
    return name


def _after_placing(counter: Counter, patch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Have `act` happen as soon as the money was written down."""
    register = counter.register
    assert register is not None
    place = register.sales.place

    async def placing(draft: Draft, tenders: tuple[Tender, ...], by: str) -> Sale:
        sale = await place(draft, tenders, by)
        act()
        return sale

    patch.setattr(register.sales, "place", placing)


def _buys(counter: Counter) -> int:
    """How often the company was asked to sell."""
    return counter.admin.ledger()["requests"].get("cardpluspay.create", 0)
