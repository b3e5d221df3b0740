"""The provider that was written from the page alone: its own replies, and its cards sold at a register."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, get_args

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app import opening
from pos_app.errors import Misconfigured, NotTaken, OutcomeUnknown, PosError
from pos_app.money import Money
from pos_app.opening import Options, business, open_till, practice
from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.cards import Card
from pos_app.orders.draft import Draft, Line
from pos_app.orders.order import Order, Phase
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.providers import SPECS
from pos_app.providers.base import Purchase
from pos_app.register import Parts, Register, open_register
from pos_app.settings import TRAINING_SHOP, Settings
from pos_app.store.provider_keys import ProviderKeys
from pos_app.training import Sandbox
from pos_app.vault import TrainingVault
from tests.providers.answering import Answered
from tests.providers.bluefin import SPEC, Bluefin
from tests.providers.bluefin_standin import CARDS, SLOW, TOKEN, BluefinCompany, bluefin_server
from tests.providers.standin import StandInServer
from tests.sandbox_process import SandboxProcess
from tests.world import CASHIER, HandClock, KeepingPrinter

T = TypeVar("T")
WANTED = Purchase("BF-TEST-10", 1, Money(1000, "USD"), Money(960, "USD"))
YES: dict[str, Any] = {
    "order": {
        "ref": "bo_7",
        "number": "BO_7",
        "state": "delivered",
        "sku": "BF-TEST-10",
        "total_cents": 960,
        "worth_cents": 1000,
        "currency": "USD",
        "at": "2026-03-02T12:00:00Z",
        "cards": [{"code": "TEST-0007", "pin": "0042", "serial": "S7"}],
    }
}


def no(kind: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "text": f"TEST {kind}"}}


def said(status: int, body: object, *, complete: bool = True) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, "", (), content, complete=complete)


def order_with(**changed: object) -> dict[str, Any]:
    return {"order": YES["order"] | changed}


def read(reply: Reply) -> Answer:
    return Bluefin({}, Answered("bluefin", "http://127.0.0.1:1", lambda _: httpx.Response(500))).read(
        reply, WANTED
    )


# --- what its replies say ------------------------------------------------------------


def test_the_documented_yes() -> None:
    card = Card("TEST-0007", "0042", (("serial", "S7"),), item="BF-TEST-10")
    assert read(said(201, YES)) == Bought(
        "bo_7", "BO_7", Money(960, "USD"), Money(1000, "USD"), (card,), final=True
    )


def test_a_yes_without_cards_is_bought_and_not_final() -> None:
    answer = read(said(202, order_with(state="pending", cards=[])))
    assert answer == Bought("bo_7", "BO_7", Money(960, "USD"), Money(1000, "USD"), (), final=False)


@pytest.mark.parametrize("cents", [-1, 9.6, "9.60", None, True, 10**30, "9" * 60])
def test_what_are_no_cents_is_not_said(cents: object) -> None:
    answer = read(said(201, order_with(total_cents=cents)))
    assert isinstance(answer, Bought)
    assert answer.cost is None
    assert answer.cards


def test_cents_are_the_minor_unit_of_their_currency() -> None:
    answer = read(said(201, order_with(currency="JPY")))
    assert isinstance(answer, Bought)
    assert answer.cost == Money(960, "JPY")


@pytest.mark.parametrize(
    ("status", "kind", "answer"),
    [
        (400, "bad_request", Refused("bad_request", "TEST bad_request")),
        (404, "no_such_card", Refused("unknown_item", "TEST no_such_card")),
        (422, "sold_out", Refused("out_of_stock", "TEST sold_out")),
        (422, "no_funds", Refused("no_balance", "TEST no_funds")),
        (422, "not_possible", Refused("other", "TEST not_possible")),
        (401, "bad_token", NotTakenUp("unauthorized")),
        (429, "slow_down", NotTakenUp("too_many_requests")),
        (400, "sold_out", Unclear("unexpected")),
        (422, "a word nobody knows", Unclear("unexpected")),
        (401, "sold_out", Unclear("unexpected")),
        (403, "bad_token", Unclear("unexpected")),
        (200, "sold_out", Unclear("unexpected")),
        (500, "sold_out", Unclear("server_error")),
    ],
)
def test_a_no_needs_both_its_status_and_its_kind(status: int, kind: str, answer: Answer) -> None:
    assert read(said(status, no(kind))) == answer


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (201, order_with(ref=""), Unclear("unexpected")),
        (201, order_with(state="cancelled"), Unclear("unexpected")),
        (201, YES | no("sold_out"), Unclear("unexpected")),
        (302, YES, Unclear("unexpected")),
        (404, YES, Unclear("unexpected")),
        (503, YES, Unclear("server_error")),
        (201, b"", Unclear("unreadable")),
    ],
)
def test_less_than_the_documented_yes_is_none(status: int, body: object, answer: Answer) -> None:
    assert read(said(status, body)) == answer


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    body = json.dumps(draw(st.sampled_from([YES, no("sold_out"), no("bad_token"), order_with(cards={})])))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    put = draw(st.binary(max_size=8) | st.sampled_from([b"null", b"[]", b"{}", b"9" * 5000, b'"\\ud800"']))
    return body[:start].encode() + put + body[end:].encode()


@given(status=st.sampled_from([200, 201, 202, 400, 401, 404, 422, 429, 500]), body=damaged())
def test_damaged_bytes_are_one_of_four_answers(status: int, body: bytes) -> None:
    answer = read(said(status, body))
    assert isinstance(answer, get_args(Answer))
    assert answer == read(said(status, body))
    if isinstance(answer, Bought):
        assert 200 <= status < 300
        assert answer.cost is None or 0 <= answer.cost.minor < 10**15
        assert all(card.code.encode().decode().strip() for card in answer.cards)
    assert read(said(status, body, complete=False)) == Unclear("cut")


# --- its lists ------------------------------------------------------------


def asking(
    answering: Callable[[httpx.Request], httpx.Response], call: Callable[[Bluefin], Awaitable[T]]
) -> T:
    async def running() -> T:
        bluefin = Bluefin({"token": TOKEN}, Answered("bluefin", "http://127.0.0.1:1", answering))
        try:
            return await call(bluefin)
        finally:
            await bluefin.close()

    return asyncio.run(running())


async def listed(bluefin: Bluefin) -> list[Product]:
    return [product async for some in bluefin.products() for product in some]


def entry(sku: object, **changed: object) -> dict[str, object]:
    entry: dict[str, object] = {"sku": sku, "maker": "Fin", "face_cents": 1000, "currency": "USD"}
    return entry | {"on_sale": True} | changed


def test_a_list_that_never_ends_is_read_to_where_nothing_is_new() -> None:
    asked: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params.get("after", ""))
        page = min(len(asked), 3)
        return httpx.Response(200, json={"items": [entry(f"BF-{page}")], "next": f"at-{len(asked)}"})

    found = asking(answering, listed)
    assert [product.item for product in found] == ["BF-1", "BF-2", "BF-3"]
    assert asked == ["", "at-1", "at-2", "at-3"]


@pytest.mark.parametrize(
    "row",
    [
        None,
        entry(""),
        entry(7),
        entry("BF\u202e"),
        entry("BF", maker=""),
        entry("BF", face_cents=0),
        entry("BF", face_cents=9.5),
        entry("BF", currency="dollars"),
        entry("BF", on_sale="yes"),
    ],
)
def test_what_can_not_be_sold_is_left_out(row: object) -> None:
    assert asking(lambda _: httpx.Response(200, json={"items": [row]}), listed) == []


@pytest.mark.parametrize(
    ("answer", "error", "reason", "because"),
    [
        (httpx.Response(401, json=no("bad_token")), Misconfigured, "key_refused", None),
        (httpx.Response(401, json={}), NotTaken, "no_answer", "unexpected"),
        (httpx.Response(429, json=no("slow_down")), NotTaken, "too_many_requests", None),
        (httpx.Response(200, json={"items": None}), NotTaken, "no_answer", "unexpected"),
        (httpx.Response(200, text="<html>"), NotTaken, "no_answer", "somebody_else"),
        (httpx.Response(200, text="?"), NotTaken, "no_answer", "unreadable"),
        (httpx.Response(503, json=no("broken")), NotTaken, "no_answer", "server_error"),
    ],
)
def test_a_list_that_is_none_says_why(
    answer: httpx.Response, error: type[PosError], reason: str, because: str | None
) -> None:
    with pytest.raises(error) as caught:
        asking(lambda _: answer, listed)
    assert (caught.value.reason, caught.value.facts.get("because")) == (reason, because)


def test_an_order_number_is_one_step_of_a_path_whatever_was_typed() -> None:
    asked: list[bytes] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path)
        return httpx.Response(404, json=no("no_such_order"))

    asking(answering, lambda bluefin: bluefin.fetch("a/../b?c=1#d%2f é"))
    assert asked == [b"/orders/a%2F..%2Fb%3Fc%3D1%23d%252f%20%C3%A9"]


def test_a_fence_needs_a_balance_that_stands_still() -> None:
    asked: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/wallet":
            return httpx.Response(200, json={"left_cents": len(asked), "currency": "USD"})
        return httpx.Response(200, json={"items": [], "next": None, "count": 0})

    with pytest.raises(NotTaken) as caught:
        asking(answering, lambda bluefin: bluefin.fence())
    assert caught.value.reason == "no_fence"
    assert asked == ["/wallet", "/orders", "/wallet"] * 3


def test_it_is_not_opened_with_anothers_settings() -> None:
    with pytest.raises(TypeError):
        SPEC.open(SPECS[0].settings(), {})


# --- sold at a register ------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[StandInServer]:
    with bluefin_server() as server:
        yield server


def company(served: StandInServer) -> BluefinCompany:
    assert isinstance(served.company, BluefinCompany)
    return served.company


class Counter:
    """A register that knows one provider more."""

    def __init__(self, register: Register, clock: HandClock, printer: KeepingPrinter) -> None:
        self.register = register
        self.clock = clock
        self.printer = printer
        self._ids = itertools.count(1)

    async def sell(self, item: str, quantity: int = 1, *, anyway: bool = False) -> Order:
        """From the catalogue to the answer, as the window does it; `anyway` beside one not confirmed."""
        await self.register.catalog.refresh()
        (product,) = (one for one in self.register.catalog.all() if one.item == item)
        assert product.face is not None
        line = Line(f"{next(self._ids):032x}", product, quantity, product.face, product.face)
        assert (await self.register.sales.check(line)).ok
        draft = Draft(f"{next(self._ids):032x}", "USD", (line,))
        await self.register.sales.place(draft, (Tender("cash", draft.total),), CASHIER)
        return await self.register.sales.perform(line.id, sell_anyway=anyway, by=CASHIER)

    async def codes(self, order: Order) -> list[tuple[str, str | None]]:
        """The codes and PINs the customer gets."""
        shown = [await self.register.sales.reveal(order.id, one.id, CASHIER) for one in order.handed_cards]
        return [(card.code, card.pin) for card in shown]


@asynccontextmanager
async def counter(folder: Path, served: StandInServer) -> AsyncGenerator[Counter]:
    settings, secrets = practice(SPEC, Sandbox(served.ready), None)
    clock, printer, ids = HandClock(), KeepingPrinter(), itertools.count(1000)
    register = await open_register(
        Parts(
            folder=folder,
            settings=Settings(shop=TRAINING_SHOP, register_id="03"),
            vault=TrainingVault(folder / "vault.json"),
            providers={SPEC.name: SPEC.open(settings, secrets)},
            specs=(*SPECS, SPEC),
            printer=printer,
            training=True,
            now=clock,
            new_id=lambda: f"{next(ids):032x}",
            holder="one",
        )
    )
    try:
        yield Counter(register, clock, printer)
    finally:
        await register.close()


def play(folder: Path, served: StandInServer, scene: Callable[[Counter], Awaitable[None]]) -> None:
    async def running() -> None:
        async with counter(folder, served) as at:
            await scene(at)

    asyncio.run(running())


def test_cards_are_sold_from_the_catalogue_to_the_paper(tmp_path: Path, served: StandInServer) -> None:
    async def scene(at: Counter) -> None:
        order = await at.sell("BF/TEST 25", 2)
        assert order.phase is Phase.FULFILLED
        assert order.flags == ()
        assert order.provider_order_no == "BO_1"
        (sold,) = served.sold()
        assert await at.codes(order) == [(code, code[5:9]) for code in sold.codes]
        result = await at.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert result.printed == len(at.printer.papers) > 0
        await at.register.connections.ask()
        (light,) = at.register.connections.lights()
        assert (light.title, light.state, light.amount) == ("Bluefin", "ok", Money(95_200, "USD"))
        assert (await at.register.journal.verify()).broken is None
        assert served.requests()["buying"] == 1

    play(tmp_path, served, scene)


def test_what_is_sold_out_or_in_another_currency_is_not_offered(
    tmp_path: Path, served: StandInServer
) -> None:
    async def scene(at: Counter) -> None:
        await at.register.catalog.refresh()
        assert at.register.catalog.failure is None
        assert {one.item for one in at.register.catalog.all()} == set(CARDS) - {"BF-TEST-EUR"}
        (gone,) = (one for one in at.register.catalog.all() if one.item == "BF-TEST-5")
        assert gone.face is not None
        check = await at.register.sales.check(Line("a", gone, 1, gone.face, gone.face))
        assert check.problem is not None
        assert check.problem.reason == "not_available"

    play(tmp_path, served, scene)


def test_a_pending_order_is_asked_for_until_its_cards_are_there(
    tmp_path: Path, served: StandInServer
) -> None:
    async def scene(at: Counter) -> None:
        order = await at.sell(SLOW, 2)
        assert (order.phase, order.handed_cards) == (Phase.CODES_PENDING, ())
        await at.register.resolver.look()
        assert (await at.register.sales.order(order.id)).phase is Phase.CODES_PENDING
        company(served).pack()
        at.clock.turn(minutes=1)
        await at.register.resolver.look()
        order = await at.register.sales.order(order.id)
        assert order.phase is Phase.FULFILLED
        assert [code for code, _pin in await at.codes(order)] == list(served.sold()[0].codes)
        assert served.requests()["buying"] == 1

    play(tmp_path, served, scene)


def test_a_yes_that_was_taken_back_waits_for_a_person(tmp_path: Path, served: StandInServer) -> None:
    async def scene(at: Counter) -> None:
        order = await at.sell(SLOW)
        company(served).pack("cancelled")
        at.clock.turn(minutes=1)
        await at.register.resolver.look()
        assert (await at.register.sales.order(order.id)).phase is Phase.CODES_PENDING
        assert await at.register.sales.open_count() == 1

    play(tmp_path, served, scene)


def test_an_order_whose_answer_was_lost_is_found_pages_back_in_the_books(
    tmp_path: Path, served: StandInServer
) -> None:
    async def scene(at: Counter) -> None:
        await at.sell("BF-TEST-10")
        served.fault("buying", "lost_reply")
        with pytest.raises(OutcomeUnknown):
            await at.sell("BF-TEST-10")
        for _ in range(4):
            await at.sell("BF-TEST-10", anyway=True)
        (waiting,) = [one for one in await at.register.settling.waiting() if one.order.phase is Phase.SENT]
        found = await at.register.settling.witnesses(waiting.order.id)
        assert found.fence is not None
        assert found.look is not None
        assert found.look.doubt(found.fence) is None
        assert [row.provider_order_id for row in found.unclaimed] == ["bo_2"]
        order = await at.register.settling.bought_by_number(
            waiting.order.id, "bo_2", "TEST books", CASHIER, confirmed=("item_not_told",)
        )
        assert order.phase is Phase.FULFILLED
        assert [code for code, _pin in await at.codes(order)] == list(served.sold()[1].codes)

    play(tmp_path, served, scene)


def test_it_is_opened_with_what_the_shop_has_set_and_kept(tmp_path: Path, served: StandInServer) -> None:
    async def running() -> None:
        keys = ProviderKeys(TrainingVault(tmp_path / "vault.json"), "TEST", set_up=False)
        await keys.put(SPEC.name, "token", TOKEN)
        chosen = Settings(providers={SPEC.name: {"base_url": served.ready["base_url"]}})
        bluefin = SPEC.open(*await business(SPEC, chosen, keys))
        assert await bluefin.balance() == Money(100_000, "USD")
        await bluefin.close()

    asyncio.run(running())


@pytest.mark.parametrize("played", [True, False])
def test_with_its_line_in_specs_training_opens_and_sells(
    tmp_path: Path,
    served: StandInServer,
    server: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    *,
    played: bool,
) -> None:
    monkeypatch.setattr(opening, "SPECS", (*SPECS, SPEC))
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({**server.ready, **(served.ready if played else {})}))

    async def running() -> None:
        register = await open_till(Options(str(tmp_path / "store"), ready))
        try:
            lights = [light.name for light in register.connections.lights()]
            assert lights == [spec.name for spec in SPECS] + (["bluefin"] if played else [])
            if played:
                at = Counter(register, HandClock(), KeepingPrinter())
                order = await at.sell("BF-TEST-10")
                assert order.phase is Phase.FULFILLED
        finally:
            await register.close()

    asyncio.run(running())
