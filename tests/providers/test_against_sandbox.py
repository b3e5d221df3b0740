"""Looks and signatures against the sandbox, whose author read the same documents and none of our code."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pos_app.errors import Misconfigured, NotTaken, OutcomeUnknown
from pos_app.money import Money
from pos_app.orders.answers import Bought, Fence, Look, NotTakenUp
from pos_app.providers.base import Purchase
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings, open_cardpluspay
from pos_app.providers.http import Timing
from tests.providers.test_signing import another_key, pem, private_key
from tests.sandbox_process import SandboxProcess

T = TypeVar("T")
PATIENT = Timing(connect=60, reading=60, listening=60, pause=0, longest_pause=0.01)
NOTHING = Money.zero("USD")


class Shop:
    """An account at the sandbox, opened anew for each call."""

    def __init__(self, sandbox: SandboxProcess, **settings: Any) -> None:
        self.sandbox = sandbox
        self.settings = CardPlusPaySettings(base_url=sandbox.ready["cardpluspay"], **settings)
        self.secrets = {"api_key": sandbox.ready["api_key"], "signing_key": pem()}
        product = next(
            one
            for one in sandbox.admin.products()
            if one["currency"] == "USD" and one["stock"] and one["stock"] > 300
        )
        self.wanted = Purchase(product["item_code"], 1, Money.of(product["value"], "USD"), None)

    def call(self, asking: Callable[[CardPlusPay], Awaitable[T]]) -> T:
        async def calling() -> T:
            acme = open_cardpluspay(self.settings, self.secrets, PATIENT)
            try:
                return await asking(acme)
            finally:
                await acme.close()

        return asyncio.run(calling())

    def fence(self) -> Fence:
        return self.call(lambda acme: acme.fence())

    def look(self, fence: Fence) -> Look:
        return self.call(lambda acme: acme.rows(frozenset(fence.ids)))

    def buy(self) -> Any:
        async def buying(acme: CardPlusPay) -> Any:
            return acme.read(await acme.send(self.wanted), self.wanted)

        return self.call(buying)

    def lose(self, *beside: dict[str, Any], **options: object) -> None:
        """A buy whose reply is lost, with other faults beside it."""
        self.sandbox.admin.together("cardpluspay.create", {"fault": "lost_reply", **options}, *beside)
        with pytest.raises(OutcomeUnknown):
            self.buy()

    def ids(self) -> list[str]:
        """Every order in the company's own books, newest first."""
        return [str(order["order_id"]) for order in reversed(self.sandbox.admin.card_orders())]


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Shop:
    return Shop(sandbox)


def ids(look: Look) -> list[str]:
    return [row.provider_order_id for row in look.rows]


def test_an_order_whose_reply_was_lost_is_the_one_new_row(shop: Shop) -> None:
    shop.buy()
    fence = shop.fence()
    shop.lose()
    look = shop.look(fence)
    assert ids(look) == shop.ids()[:1]
    assert (look.doubt(fence), look.residue(fence)) == (None, NOTHING)


def test_an_order_that_was_never_carried_out_leaves_no_row(shop: Shop) -> None:
    shop.buy()
    fence = shop.fence()
    shop.lose(commit=False)
    look = shop.look(fence)
    assert (look.rows, look.doubt(fence), look.residue(fence)) == ((), None, NOTHING)


@pytest.mark.parametrize("when", ["before", "after"])
def test_somebody_elses_order_is_a_row_too(shop: Shop, when: str) -> None:
    shop.buy()
    fence = shop.fence()
    shop.lose({"fault": "foreign_order", "when": when})
    look = shop.look(fence)
    assert ids(look) == shop.ids()[:2]
    assert (look.doubt(fence), look.residue(fence)) == (None, NOTHING)


@pytest.mark.parametrize("how", ["lower", "random", "huge"])
def test_ids_that_do_not_count_upwards_are_found(shop: Shop, how: str) -> None:
    shop.buy()
    fence = shop.fence()
    shop.lose({"fault": "odd_order_id", "how": how})
    look = shop.look(fence)
    assert ids(look) == shop.ids()[:1]
    assert (look.doubt(fence), look.residue(fence)) == (None, NOTHING)


def test_more_new_orders_than_a_page_are_read_page_by_page(shop: Shop) -> None:
    shop.buy()
    fence = shop.fence()
    shop.sandbox.admin.event("foreign_order", times=120)
    look = shop.look(fence)
    assert len(look.rows) == 120
    assert ids(look) == shop.ids()[:120]
    assert (look.doubt(fence), look.residue(fence)) == (None, NOTHING)


def test_where_pages_are_ignored_the_fence_is_not_reached(shop: Shop) -> None:
    shop.buy()
    fence = shop.fence()
    shop.sandbox.admin.event("foreign_order", times=120)
    shop.sandbox.admin.fault("page_ignored", "cardpluspay.list", times=20)
    assert shop.look(fence).doubt(fence) == "fence_not_reached"


@pytest.mark.parametrize(("counted", "doubt"), [(True, "rows_do_not_add_up"), (False, None)])
def test_an_order_the_list_hides_is_a_wrong_sum_or_a_residue(
    shop: Shop, counted: bool, doubt: str | None
) -> None:
    shop.buy()
    fence = shop.fence()
    shop.lose({"fault": "late_codes"})
    shop.sandbox.admin.fault("hides_pending", "cardpluspay.list", times=3, total=counted)
    look = shop.look(fence)
    assert (look.rows, look.doubt(fence)) == ((), doubt)
    residue = look.residue(fence)
    assert residue is not None
    assert residue.minor > 0, "the money is gone all the same"


def test_a_list_that_lags_behind_the_balance_leaves_a_residue(shop: Shop) -> None:
    shop.buy()
    shop.sandbox.admin.advance(3600)
    fence = shop.fence()
    shop.lose()
    shop.sandbox.admin.fault("behind", "cardpluspay.list", seconds=600)
    look = shop.look(fence)
    assert (look.rows, look.doubt(fence)) == ((), None)
    residue = look.residue(fence)
    assert residue is not None
    assert residue.minor > 0
    assert ids(shop.look(fence)) == shop.ids()[:1], "and the next look sees it"


def test_a_top_up_makes_the_residue_negative(shop: Shop) -> None:
    fence = shop.fence()
    shop.lose()
    shop.sandbox.admin.topup("100.00")
    look = shop.look(fence)
    assert (look.doubt(fence), look.residue(fence)) == (None, Money(-10_000, "USD"))


def test_a_balance_in_another_currency_proves_nothing(shop: Shop) -> None:
    fence = shop.fence()
    shop.sandbox.admin.fault("currency", "cardpluspay.balance", times=2, currency="EUR")
    assert shop.look(fence).doubt(fence) == "other_currency"


# --- signed requests ------------------------------------------------------------


@pytest.fixture
def signing(sandbox: SandboxProcess) -> Iterator[Shop]:
    """An account whose company wants every request signed."""
    public = private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with sandbox.client() as client:
        address = f"{sandbox.ready['admin']}/signing"
        rules = {"public_key": public, "challenge_path": "/v1/auth/challenge"}
        client.post(address, json=rules).raise_for_status()
        yield Shop(sandbox, signing="yes", challenge_path="/auth/challenge")
        client.delete(address).raise_for_status()


def test_signed_requests_are_accepted(signing: Shop) -> None:
    fence = signing.fence()
    bought = signing.buy()
    assert isinstance(bought, Bought)
    assert ids(signing.look(fence)) == [bought.provider_order_id]
    found = signing.call(lambda acme: acme.fetch(bought.provider_order_id or ""))
    assert found.status == 200


def test_a_read_that_is_tried_again_is_signed_again(signing: Shop) -> None:
    signing.sandbox.admin.fault("error_status", "cardpluspay.balance", status=503, times=2)
    assert signing.call(lambda acme: acme.balance()).minor > 0


def test_a_signature_by_another_key_is_not_accepted(signing: Shop) -> None:
    signing.secrets["signing_key"] = another_key()
    assert signing.buy() == NotTakenUp("signature_refused")
    with pytest.raises(Misconfigured) as caught:
        signing.fence()
    assert caught.value.reason == "signature_refused"
    assert signing.ids() == []


def test_a_request_that_should_have_been_signed_is_told_so(signing: Shop) -> None:
    signing.settings = signing.settings.model_copy(update={"signing": "no"})
    assert signing.buy() == NotTakenUp("signature_refused")
    assert signing.ids() == []


def test_a_wrong_api_key_is_told_from_a_wrong_signature(signing: Shop) -> None:
    signing.secrets["api_key"] = "TESTWRONG"
    with pytest.raises(Misconfigured) as caught:
        signing.buy()
    assert caught.value.reason == "key_refused"
    assert signing.ids() == []


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_without_a_challenge_nothing_is_sent(signing: Shop, status: int) -> None:
    fault: dict[str, Any] = (
        {"fault": "html_200"} if status == 200 else {"fault": "error_status", "status": status}
    )
    signing.sandbox.admin.fault(call="cardpluspay.challenge", **fault)
    with pytest.raises(NotTaken) as caught:
        signing.buy()
    assert caught.value.reason == "no_challenge"
    assert signing.ids() == []
    assert isinstance(signing.buy(), Bought)
