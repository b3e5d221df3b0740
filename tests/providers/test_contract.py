"""What every provider must do, proven against the sandbox server over real HTTP."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from pos_app.errors import Misconfigured, NotTaken, OutcomeUnknown, PosError
from pos_app.money import Money
from pos_app.orders.answers import Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.draft import Recipient
from pos_app.orders.product import Product
from pos_app.providers import SPECS
from pos_app.providers.base import Provider, Purchase
from pos_app.providers.http import TRIES, Http, Timing
from tests.providers.subjects import SUBJECTS, Sold, StandIn, Subject
from tests.sandbox_process import SandboxProcess, eventually

T = TypeVar("T")
PATIENT = Timing(connect=60, reading=60, listening=60, pause=0, longest_pause=0.01)
RECIPIENT = Recipient("kim.test@mail.example", "Kim TESTNAME", "TESTMESSAGE")


@pytest.fixture(scope="session", params=SUBJECTS, ids=lambda subject: subject.spec.name)
def subject(request: pytest.FixtureRequest) -> Subject:
    return request.param


@pytest.fixture(scope="session")
def stand_in(subject: Subject, server: SandboxProcess) -> Iterator[StandIn]:
    with subject.serve(server) as serving:
        yield serving


class Till:
    """A provider opened on its stand-in, and the stand-in's own view of what happened."""

    def __init__(self, subject: Subject, stand_in: StandIn, wanted: Purchase) -> None:
        self.subject = subject
        self.wanted = wanted
        self.stand_in = stand_in
        self.settings, self.secrets = subject.spec.sandbox(stand_in.ready)

    @property
    def booked(self) -> list[Sold]:
        return self.stand_in.sold()

    def fault(self, fault: str, **more: object) -> None:
        """Orders a fault for the next buy."""
        self.stand_in.fault("buying", fault, **more)

    def run(self, call: Callable[[Provider], Awaitable[T]], timing: Timing = PATIENT) -> T:
        async def running() -> T:
            async with self.opened(timing) as provider:
                return await call(provider)

        return asyncio.run(running())

    @asynccontextmanager
    async def opened(self, timing: Timing = PATIENT) -> AsyncGenerator[Provider, None]:
        provider = self.subject.opens(self.settings, self.secrets, timing)
        try:
            yield provider
        finally:
            await provider.close()

    def buy(self, timing: Timing = PATIENT) -> tuple[Reply, Any]:
        """One card bought: the reply and what it is read as."""

        async def buying(provider: Provider) -> tuple[Reply, Any]:
            reply = await provider.send(self.wanted)
            return reply, provider.read(reply, self.wanted)

        return self.run(buying, timing)


@pytest.fixture(scope="session")
def wanted(subject: Subject, stand_in: StandIn) -> Purchase:
    """The cheapest thing the provider has, one of it; looked for once, since a reset changes no offer."""
    stand_in.reset()

    async def choosing() -> Purchase:
        provider = subject.spec.open(*subject.spec.sandbox(stand_in.ready))
        try:
            return await purchase(provider)
        finally:
            await provider.close()

    return asyncio.run(choosing())


@pytest.fixture
def till(subject: Subject, stand_in: StandIn, wanted: Purchase) -> Till:
    stand_in.reset()
    return Till(subject, stand_in, wanted)


async def products(provider: Provider) -> list[Product]:
    return [product async for some in provider.products() for product in some]


async def purchase(provider: Provider) -> Purchase:
    least = [
        (face, product)
        for product in await products(provider)
        if (face := product.face or product.least) is not None and face.currency == "USD"
    ]
    for face, product in sorted(least, key=lambda pair: pair[0].minor):
        quote = await provider.quote(product, 1, face)
        if quote.available:
            by_email = product.delivery == "email"
            return Purchase(product.item, 1, face, quote.cost, RECIPIENT if by_email else None)
    raise AssertionError("nothing can be bought")


def test_every_provider_the_till_knows_keeps_the_contract() -> None:
    assert {spec.name for spec in SPECS} <= {subject.spec.name for subject in SUBJECTS}
    assert len({subject.spec.name for subject in SUBJECTS}) == len(SUBJECTS)


def test_it_is_the_provider_its_spec_names(till: Till) -> None:
    spec = till.subject.spec
    assert spec.optional <= set(spec.secrets)
    assert set(spec.secrets) - spec.optional <= set(till.secrets) <= set(spec.secrets)
    provider = till.subject.opens(till.settings, till.secrets, None)
    again = spec.open(till.settings, till.secrets)
    assert provider.name == again.name == spec.name
    assert provider.account == again.account
    assert all(secret not in provider.account for secret in till.secrets.values())
    other = till.subject.opens(till.settings, dict.fromkeys(till.secrets, "TESTOTHER"), None)
    assert other.account != provider.account


def test_its_products_can_be_shown_and_sold(till: Till) -> None:
    found = till.run(products)
    assert len(found) > 1
    assert len({product.key for product in found}) == len(found)
    for product in found:
        assert product.provider == till.subject.spec.name
        assert product.delivery == till.subject.spec.delivery
        assert product.name
        assert product.brand
        assert (product.face or product.least) is not None
        for amount in (product.face, product.least):
            assert amount is None or (amount.currency == product.currency and amount.minor > 0)


def test_it_says_what_can_be_had(till: Till) -> None:
    async def quoting(provider: Provider) -> None:
        product = (await products(provider))[0]
        face = product.face or product.least or Money.zero("USD")
        gone = replace(product, item="TEST-UNKNOWN")
        assert not (await provider.quote(gone, 1, face)).available
        quote = await provider.quote(replace(product, item=till.wanted.item), 1, till.wanted.face)
        assert quote.available
        assert quote.cost is not None
        assert quote.cost == till.wanted.cost

    till.run(quoting)


def test_a_card_is_bought(till: Till) -> None:
    reply, answer = till.buy()
    assert reply.complete
    assert reply.header("date")
    assert isinstance(answer, Bought)
    (order,) = till.booked
    if till.subject.spec.delivery == "codes":
        assert tuple(card.code for card in answer.cards) == order.codes
        assert answer.provider_order_id == order.order_id
        assert answer.final
    else:
        assert answer.cards == ()
        assert order.email == RECIPIENT.email


def test_what_it_costs_is_what_was_quoted(till: Till) -> None:
    async def buying(provider: Provider) -> None:
        answer = provider.read(await provider.send(till.wanted), till.wanted)
        assert isinstance(answer, Bought)
        assert answer.cost in {None, till.wanted.cost}, "not said, or what was quoted"
        assert answer.face in {None, till.wanted.face}

    till.run(buying)


def test_its_fence_sees_a_new_order(till: Till) -> None:
    async def fencing(provider: Provider) -> None:
        before = await provider.fence()
        answer = provider.read(await provider.send(till.wanted), till.wanted)
        after = await provider.fence()
        assert isinstance(answer, Bought)
        if before is None or after is None:
            assert before is after
            assert await provider.balance() is None
            return
        assert after.ids == (answer.provider_order_id, *before.ids)
        assert before.total is not None
        assert after.total == before.total + 1
        assert till.wanted.cost is not None
        assert before.balance - after.balance == till.wanted.cost
        assert await provider.balance() == after.balance
        assert after.provider_date

    till.run(fencing)


def test_a_look_at_its_books_shows_what_came_after_the_fence(till: Till) -> None:
    async def looking(provider: Provider) -> None:
        fence = await provider.fence()
        idle = await provider.rows(frozenset(fence.ids if fence else ()))
        if fence is None or idle is None:
            assert fence is idle
            return
        assert (idle.rows, idle.doubt(fence), idle.residue(fence)) == ((), None, Money.zero("USD"))
        bought = [provider.read(await provider.send(till.wanted), till.wanted) for _ in range(2)]
        look = await provider.rows(frozenset(fence.ids))
        assert look is not None
        newest_first = [answer.provider_order_id for answer in bought if isinstance(answer, Bought)][::-1]
        assert [row.provider_order_id for row in look.rows] == newest_first
        assert {row.amount for row in look.rows} == {till.wanted.cost}
        assert (look.doubt(fence), look.residue(fence)) == (None, Money.zero("USD"))
        assert look.provider_date

    till.run(looking)


def test_its_books_show_the_order_again(till: Till) -> None:
    async def looking(provider: Provider) -> None:
        answer = provider.read(await provider.send(till.wanted), till.wanted)
        assert isinstance(answer, Bought)
        reply = await provider.fetch(answer.provider_order_id or "none")
        if reply is None:
            nothing = Reply(404, "", (), b"", complete=True)
            assert provider.read_order(nothing, till.wanted) is None
            return
        order = provider.read_order(reply, till.wanted)
        assert order is not None
        assert order.provider_order_id == answer.provider_order_id
        assert [card.code for card in order.cards] == [card.code for card in answer.cards]
        assert order.cost == answer.cost
        missing = await provider.fetch("999999999")
        assert missing is not None
        assert provider.read_order(missing, till.wanted) is None

    till.run(looking)


# --- no ------------------------------------------------------------


def test_a_refusal_is_a_value(till: Till) -> None:
    till.fault("unprocessable")
    _reply, answer = till.buy()
    assert isinstance(answer, Refused)
    assert answer.text
    assert till.booked == []


def test_a_wrong_key_was_not_taken_up(till: Till) -> None:
    till.fault("unauthorized")
    assert till.buy()[1] == NotTakenUp("unauthorized")
    assert till.booked == []


@pytest.mark.parametrize("seconds", [None, 2])
def test_too_many_requests_were_not_taken_up(till: Till, seconds: int | None) -> None:
    till.fault("too_many_requests", retry_after=seconds)
    assert till.buy()[1] == NotTakenUp("too_many_requests", seconds)
    assert till.booked == []


# --- nothing ------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "options", "orders"),
    [
        ("lost_reply", {}, 1),
        ("lost_reply", {"commit": False}, 0),
        ("reset_before_read", {}, 0),
        ("reset_after_read", {"commit": True}, 1),
        ("reset_after_read", {"commit": False}, 0),
    ],
)
def test_a_cut_before_the_answer_is_unknown_and_not_repeated(
    till: Till, fault: str, options: dict[str, Any], orders: int
) -> None:
    till.fault(fault, **options)
    with pytest.raises(OutcomeUnknown) as caught:
        till.buy()
    assert caught.value.reason == "cut"
    assert len(till.booked) == orders
    assert requests(till) == 1


def test_silence_is_unknown_when_the_time_for_listening_is_over(till: Till) -> None:
    till.fault("silence", seconds=30)
    with pytest.raises(OutcomeUnknown) as caught:
        till.buy(replace(PATIENT, listening=0.5))
    assert caught.value.reason == "silence"
    eventually(lambda: len(till.booked) == 1)
    assert requests(till) == 1


def test_what_came_before_a_cut_is_kept(till: Till) -> None:
    till.fault("truncated", keep_percent=60)
    reply, answer = till.buy()
    assert not reply.complete
    assert 200 <= reply.status < 300
    assert reply.body.startswith(b"{")
    assert answer == Unclear("cut")
    assert len(till.booked) == 1
    assert requests(till) == 1


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("body", ["json", "html", "empty"])
@pytest.mark.parametrize("commit", [True, False])
def test_the_servers_fault_says_nothing(till: Till, status: int, body: str, commit: bool) -> None:
    till.fault("error_status", status=status, body=body, commit=commit)
    assert till.buy()[1] == Unclear("server_error")
    assert len(till.booked) == commit
    assert requests(till) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 422, 429])
def test_a_status_without_the_providers_body_is_not_its_word(till: Till, status: int) -> None:
    """Somebody in front of the provider answers, after the provider has taken the order."""
    till.fault("error_status", status=status, body="html", commit=True)
    assert isinstance(till.buy()[1], Unclear)
    assert len(till.booked) == 1


@pytest.mark.parametrize("status", [402, 403, 408, 409])
def test_a_status_that_is_not_documented_says_nothing(till: Till, status: int) -> None:
    till.fault("error_status", status=status, commit=True)
    assert till.buy()[1] == Unclear("unexpected")


def test_a_200_that_is_not_the_documented_yes_says_nothing(till: Till) -> None:
    for number, (fault, options, reason) in enumerate(till.subject.hollow, start=1):
        till.fault(fault, **options)
        assert till.buy()[1] == Unclear(reason), fault
        assert len(till.booked) == number


def test_cancelling_reaches_the_caller(till: Till) -> None:
    till.fault("silence", seconds=30)

    async def cancelling(provider: Provider) -> None:
        buying = asyncio.ensure_future(provider.send(till.wanted))
        await asyncio.to_thread(eventually, lambda: len(till.booked) == 1)
        buying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await buying
        assert await products(provider), "a cancelled buy does not harm what comes after it"

    till.run(cancelling)
    assert len(till.booked) == 1


# --- nothing left ------------------------------------------------------------


@pytest.mark.parametrize("reading", [True, False])
def test_a_refused_connection_is_proof(till: Till, reading: bool) -> None:

    async def calling(provider: Provider) -> None:
        await (products(provider) if reading else provider.send(till.wanted))

    # Held, so that nobody begins to listen there.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        till.settings = till.settings.model_copy(update={"base_url": address})
        with pytest.raises(NotTaken) as caught:
            till.run(calling)
    assert caught.value.reason == "connection_refused"


CALLS: list[Callable[[Provider, Purchase], Awaitable[object]]] = [
    lambda provider, _wanted: products(provider),
    lambda provider, _wanted: provider.fence(),
    lambda provider, wanted: provider.send(wanted),
]


@pytest.mark.parametrize("call", CALLS, ids=["read", "fence", "buy"])
def test_plain_http_to_another_machine_is_refused(
    till: Till, call: Callable[[Provider, Purchase], Awaitable[object]]
) -> None:
    till.settings = till.settings.model_copy(update={"base_url": "http://127.0.0.1.evil.example"})
    with pytest.raises(Misconfigured) as caught:
        till.run(lambda provider: call(provider, till.wanted))
    assert caught.value.reason == "plain_http"


@pytest.mark.parametrize("call", CALLS, ids=["read", "fence", "buy"])
def test_without_a_key_nothing_is_sent(
    till: Till, call: Callable[[Provider, Purchase], Awaitable[object]]
) -> None:
    before = till.stand_in.requests()
    till.secrets = {}
    with pytest.raises(Misconfigured) as caught:
        till.run(lambda provider: call(provider, till.wanted))
    assert caught.value.reason == "no_key"
    assert till.stand_in.requests() == before


# --- reads ------------------------------------------------------------


def test_a_read_outlives_two_failures(till: Till) -> None:
    till.stand_in.fault("listing", "error_status", status=503, times=TRIES - 1)
    assert till.run(products)


@pytest.mark.parametrize(
    ("fault", "options", "error", "reason"),
    [
        ("error_status", {"status": 503}, NotTaken, "no_answer"),
        ("lost_reply", {}, NotTaken, "no_answer"),
        ("truncated", {}, NotTaken, "no_answer"),
        ("silence", {}, NotTaken, "no_answer"),
        ("html_200", {}, NotTaken, "no_answer"),
        ("unauthorized", {}, Misconfigured, "key_refused"),
        ("too_many_requests", {}, NotTaken, "too_many_requests"),
    ],
)
def test_a_read_that_fails_says_how(
    till: Till, fault: str, options: dict[str, Any], error: type[PosError], reason: str
) -> None:
    till.stand_in.fault("listing", fault, times=TRIES, **options)
    with pytest.raises(error) as caught:
        till.run(products, replace(PATIENT, reading=0.5) if fault == "silence" else PATIENT)
    assert caught.value.reason == reason


# --- secrets ------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [None, "lost_reply", "truncated", "unprocessable", "unauthorized", "html_200"]
)
def test_no_secret_is_told(till: Till, fault: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    if fault is not None:
        till.fault(fault)
    told: list[str] = []

    async def buying(provider: Provider) -> None:
        ways_out = [repr(held) for held in vars(provider).values() if isinstance(held, Http)]
        assert ways_out, "a provider sends through Http"
        told.extend([repr(provider), *ways_out, repr(till.wanted)])
        try:
            reply = await provider.send(till.wanted)
        except PosError as error:
            told.extend([repr(error), str(error), repr(error.facts), repr(error.__context__)])
        else:
            told.extend([repr(reply), repr(provider.read(reply, till.wanted))])

    till.run(buying)
    said = caplog.text + " ".join(told)
    assert caplog.records
    codes = [secret for sold in till.booked for code in sold.codes for secret in (code, code.lower())]
    for secret in [*till.secrets.values(), *codes, RECIPIENT.email, RECIPIENT.name, RECIPIENT.message]:
        assert secret not in said


def requests(till: Till) -> int:
    """How many orders reached the server."""
    return till.stand_in.requests().get("buying", 0)
