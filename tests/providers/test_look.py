"""A look at CardPlusPay's books, against order lists that page, sort and count as badly as they like."""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.errors import Misconfigured, NotTaken, PosError
from pos_app.money import Money
from pos_app.orders.answers import Fence, Look, Row
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from tests.played_provider import PlayedProvider
from tests.providers.answering import Answered

DATE = "Mon, 11 May 2026 07:30:00 GMT"
PAGE = 100
Listed = dict[str, object]


def row(number: int, **changes: object) -> Listed:
    return {"order_id": number, "order_no": f"ORD-{number}", "status": "completed", "amount": 9.60} | changes


@dataclass
class Books:
    """The account's books as the server shows them; every manner of showing can be changed.

    `orders` is the whole list in the order the server shows it. `moves` happen one before each page.
    """

    orders: list[Listed]
    left: int = 100_000
    paged: bool = True
    total: Callable[[int], object] = lambda count: count
    last_page: Callable[[int], object] = lambda pages: pages
    current_page: Callable[[int], object] = lambda page: page
    moves: list[Callable[["Books"], None]] = field(default_factory=list[Callable[["Books"], None]])
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    status: int = 200

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/balance"):
            return told({"balance": f"{self.left // 100}.{self.left % 100:02}", "currency": "USD"})
        if self.moves:
            self.moves.pop(0)(self)
        query = dict(request.url.params)
        self.asked.append(query)
        if self.status != 200:
            return httpx.Response(self.status, json={"success": False, "message": "no"})
        page = int(query.get("page", "1"))
        start = (page - 1) * PAGE if self.paged else 0
        paging = {
            "total": self.total(len(self.orders)),
            "per_page": PAGE,
            "current_page": self.current_page(page),
            "last_page": self.last_page(-(-len(self.orders) // PAGE)),
        }
        kept = {name: value for name, value in paging.items() if value is not None}
        return told({"orders": self.orders[start : start + PAGE], "pagination": kept})

    def look(self, known: AbstractSet[str]) -> Look:
        return asyncio.run(self._call(lambda acme: acme.rows(known)))

    def fence(self) -> Fence:
        return asyncio.run(self._call(lambda acme: acme.fence()))

    async def _call(self, call: Callable[[CardPlusPay], Any]) -> Any:
        made = CardPlusPaySettings(base_url="http://127.0.0.1:1/v1")
        acme = CardPlusPay(made, {"api_key": "TESTKEY"}, Answered("cardpluspay", made.base_url, self.answer))
        try:
            return await call(acme)
        finally:
            await acme.close()


def told(data: object) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "data": data}, headers={"Date": DATE})


def listed(numbers: range) -> list[Listed]:
    return [row(number) for number in reversed(numbers)]


def buy(*numbers: int, **changes: object) -> Callable[[Books], None]:
    """New orders at the top of the list, paid from the balance."""

    def happens(books: Books) -> None:
        for number in numbers:
            books.orders.insert(0, row(number, **changes))
            books.left -= 960

    return happens


def ids(look: Look) -> list[str]:
    return [row.provider_order_id for row in look.rows]


def test_a_look_shows_what_is_newer_than_the_fence_and_nothing_else() -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    buy(6, 7, created_at="2026-05-11T09:30:00+02:00")(books)
    look = books.look(set(fence.ids))
    at = datetime(2026, 5, 11, 7, 30, tzinfo=UTC)
    assert look == Look(
        rows=(
            Row("7", Money(960, "USD"), at, "completed"),
            Row("6", Money(960, "USD"), at, "completed"),
        ),
        nameless=0,
        reached=True,
        total=7,
        balance=Money(98_080, "USD"),
        balance_after=Money(98_080, "USD"),
        provider_date=DATE,
    )
    assert look.doubt(fence) is None
    assert look.residue(fence) == Money(0, "USD")
    assert look.unclaimed({"7"}) == look.rows[1:]
    assert books.asked[-1] == {"per_page": "100", "sort_by": "created_at", "order": "desc"}


def test_nothing_new_is_a_usable_look_too() -> None:
    books = Books(listed(range(1, 300)))
    fence = books.fence()
    look = books.look(set(fence.ids))
    assert (ids(look), look.doubt(fence), look.residue(fence)) == ([], None, Money(0, "USD"))


@pytest.mark.parametrize("there", [0, 3, 100, 250])
@pytest.mark.parametrize("new", [1, 99, 100, 101, 350])
def test_a_look_reads_on_until_it_meets_the_fence(there: int, new: int) -> None:
    books = Books(listed(range(1, there + 1)), left=1_000_000)
    fence = books.fence()
    buy(*range(1001, 1001 + new))(books)
    look = books.look(set(fence.ids))
    assert ids(look) == [str(number) for number in range(1000 + new, 1000, -1)]
    assert look.doubt(fence) is None
    assert look.residue(fence) == Money(0, "USD")
    assert len(books.asked) - 1 <= new // PAGE + 1


def test_a_debit_without_an_order_stays_as_residue() -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    books.left -= 2_400
    look = books.look(set(fence.ids))
    assert (look.doubt(fence), look.residue(fence)) == (None, Money(2_400, "USD"))


def test_ids_need_not_grow() -> None:
    books = Books([row(number) for number in (17, 90021, 5, 333)])
    fence = books.fence()
    books.orders = [row(number) for number in (4, 70000, 17, 90021, 5, 333)]
    books.left -= 1_920
    look = books.look(set(fence.ids))
    assert (ids(look), look.doubt(fence)) == (["4", "70000"], None)


def test_a_new_order_that_sorts_among_the_known_ones_is_seen() -> None:
    """Orders of one second have no order: the new one may stand below some that the fence knew."""
    books = Books(listed(range(1, 150)))
    fence = books.fence()
    books.orders.insert(3, row(900))
    books.left -= 960
    look = books.look(set(fence.ids))
    assert (ids(look), look.doubt(fence)) == (["900"], None)


def test_a_new_order_below_everything_that_is_known_makes_the_sum_wrong() -> None:
    books = Books(listed(range(1, 4)))
    fence = books.fence()
    books.orders.append(row(900))
    look = books.look(set(fence.ids))
    assert (ids(look), look.doubt(fence)) == ([], "rows_do_not_add_up")


def test_with_page_ignored_and_more_new_orders_than_a_page_the_fence_is_not_reached() -> None:
    books = Books(listed(range(1, 6)), left=1_000_000, paged=False, current_page=lambda _page: None)
    fence = books.fence()
    buy(*range(100, 250))(books)
    look = books.look(set(fence.ids))
    assert len(books.asked) == 1 + 2, "the second page repeats the first, a third is not asked for"
    assert len(look.rows) == PAGE
    assert look.doubt(fence) == "fence_not_reached"


def test_a_page_that_says_it_is_another_ends_the_look() -> None:
    books = Books(listed(range(1, 6)), left=1_000_000, current_page=lambda _page: 1)
    fence = books.fence()
    buy(*range(100, 250))(books)
    assert books.look(set(fence.ids)).doubt(fence) == "fence_not_reached"


@pytest.mark.parametrize("last", [1, 0, 10**9, "x", None])
def test_last_page_is_not_believed(last: object) -> None:
    books = Books(listed(range(1, 6)), left=1_000_000, last_page=lambda _pages: last)
    fence = books.fence()
    buy(*range(100, 250))(books)
    look = books.look(set(fence.ids))
    assert (len(look.rows), look.doubt(fence)) == (150, None)


def test_a_list_without_end_is_left_after_twenty_pages() -> None:
    books = Books(listed(range(1, 6)), left=10_000_000)
    fence = books.fence()
    buy(*range(100, 5100))(books)
    look = books.look(set(fence.ids))
    assert len(books.asked) - 1 == 20
    assert look.doubt(fence) == "fence_not_reached"


def test_a_list_that_has_forgotten_the_fence_ends() -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    books.orders = listed(range(50, 60))
    look = books.look(set(fence.ids))
    assert (len(look.rows), look.doubt(fence)) == (10, "fence_not_reached")


def test_a_list_that_shrinks_proves_nothing() -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    buy(6)(books)
    del books.orders[-1]
    look = books.look(set(fence.ids))
    assert (ids(look), look.doubt(fence)) == (["6"], "rows_do_not_add_up")


@pytest.mark.parametrize("total", [None, "many", 2.5, True])
def test_a_total_that_is_not_told_proves_nothing(total: object) -> None:
    books = Books(listed(range(1, 6)), total=lambda _count: total)
    fence = books.fence()
    buy(6)(books)
    assert books.look(set(fence.ids)).doubt(fence) == "total_not_told"


def test_a_total_may_be_text() -> None:
    books = Books(listed(range(1, 6)), total=str)
    fence = books.fence()
    buy(6)(books)
    assert books.look(set(fence.ids)).doubt(fence) is None


def test_an_order_that_slips_to_the_next_page_is_counted_once_and_the_look_is_taken_again() -> None:
    books = Books(listed(range(1, 6)), left=1_000_000)
    fence = books.fence()
    buy(*range(100, 250))(books)
    books.moves = [lambda _books: None, buy(900)]
    look = books.look(set(fence.ids))
    assert ids(look)[:2] == ["900", "249"]
    assert len(set(ids(look))) == len(look.rows) == 151
    assert look.doubt(fence) is None
    assert len(books.asked) == 1 + 2 + 2


def test_books_that_never_stand_still_are_left_after_three_looks() -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    books.moves = [buy(number) for number in range(100, 120)]
    look = books.look(set(fence.ids))
    assert look.doubt(fence) == "balance_moved"
    assert len(books.asked) == 1 + 3


def test_a_total_that_moves_while_pages_are_read_is_not_told() -> None:
    books = Books(listed(range(1, 6)), left=1_000_000)
    fence = books.fence()
    buy(*range(100, 250))(books)
    books.moves = [lambda books: books.orders.insert(0, row(len(books.orders) + 5000))] * 20
    look = books.look(set(fence.ids))
    assert (look.total, look.doubt(fence)) == (None, "total_not_told")


@pytest.mark.parametrize("nameless", [{"order_id": None}, {"order_id": ""}, {"order_id": True}])
def test_a_row_without_an_id_is_counted_and_proves_nothing(nameless: Listed) -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    books.orders.insert(0, row(6) | nameless)
    look = books.look(set(fence.ids))
    assert (look.rows, look.nameless, look.doubt(fence)) == ((), 1, "row_without_id")


def test_a_row_without_an_id_below_the_fence_is_old() -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    books.orders.append(row(6, order_id=None))
    assert books.look(set(fence.ids)).nameless == 0


@pytest.mark.parametrize("amount", [None, "", "a lot", -9.6, "9.605", [], {}])
def test_a_row_without_an_amount_leaves_no_residue_to_speak_of(amount: object) -> None:
    books = Books(listed(range(1, 6)))
    fence = books.fence()
    buy(6, amount=amount)(books)
    look = books.look(set(fence.ids))
    assert look.rows[0].amount is None
    assert (look.doubt(fence), look.residue(fence)) == (None, None)


@pytest.mark.parametrize(
    "created",
    [None, "", "soon", 5, "2026-05-11T09:30:00", "0001-01-01T00:00:00+14:00", "2026-05-11T09:30:00+99:00"],
)
def test_a_time_that_is_none_is_not_told(created: object) -> None:
    books = Books(listed(range(1, 6)))
    buy(6, created_at=created)(books)
    assert books.look({"1"}).rows[0].created_at is None


@pytest.mark.parametrize("orders", [None, {}, "none"])
def test_what_is_no_list_is_no_look(orders: object) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/balance"):
            return told({"balance": "100.00", "currency": "USD"})
        return told({"orders": orders})

    books = Books([])
    books.answer = answer
    with pytest.raises(NotTaken) as caught:
        books.look({"1"})
    assert caught.value.reason == "no_answer"


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [(401, Misconfigured, "key_refused"), (429, NotTaken, "too_many_requests"), (500, NotTaken, "no_answer")],
)
def test_a_look_that_fails_says_how(status: int, kind: type[PosError], reason: str) -> None:
    with pytest.raises(kind) as caught:
        Books([], status=status).look(set())
    assert caught.value.reason == reason


def test_other_money_proves_nothing() -> None:
    fence = Fence(("1",), 1, Money(1000, "USD"), None)
    look = Look((), 0, reached=True, total=1, balance=Money(1000, "EUR"), balance_after=Money(1000, "EUR"),
                provider_date=None)  # fmt: skip
    assert (look.doubt(fence), look.residue(fence)) == ("other_currency", None)
    mixed = replace(look, balance=Money(1000, "USD"))
    assert mixed.doubt(fence) == "other_currency"
    foreign = replace(mixed, balance_after=mixed.balance, rows=(Row("2", Money(5, "EUR"), None),), total=2)
    assert (foreign.doubt(fence), foreign.residue(fence)) == (None, None)


# --- whatever the list does ------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    there=st.integers(0, 230),
    new=st.integers(0, 230),
    paged=st.booleans(),
    last=st.sampled_from([0, 1, 2, 10**9, None]),
    shuffle=st.none() | st.randoms(use_true_random=False),
    gone=st.integers(0, 3),
    nameless=st.integers(0, 2),
    twice=st.booleans(),
)
def test_a_look_without_doubt_shows_exactly_what_is_new(
    there: int, new: int, paged: bool, last: int | None, shuffle: Any, gone: int, nameless: int, twice: bool
) -> None:
    """Rows in any order below a fence that knew all, or rows lost: sum or residue find it out."""
    books = Books(listed(range(1, there + 1)), left=10_000_000, paged=paged, last_page=lambda _pages: last)
    fence = books.fence()
    fresh = range(1001, 1001 + new)
    buy(*fresh)(books)
    if shuffle is not None and there <= PAGE:
        shuffle.shuffle(books.orders)
    elif gone:
        del books.orders[-gone:]
    books.orders[:0] = [row(0, order_id=None)] * nameless
    if twice and books.orders:
        books.total = lambda count: count - 1
        books.orders.insert(0, books.orders[-1])
    look = books.look(set(fence.ids))
    assert len(books.asked) <= 1 + 20
    assert len(set(ids(look))) == len(look.rows)
    if look.doubt(fence) is None and look.residue(fence) == Money(0, "USD"):
        assert sorted(ids(look)) == [str(number) for number in fresh]


NAMES = ["orders", "data", "pagination", "order_id", "amount", "created_at", "total", "current_page"]


@settings(max_examples=100, deadline=None)
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["1", "2", "9.60"]),
        lambda inner: (
            st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
        ),
        max_leaves=40,
    )
)
def test_any_list_is_a_look_or_no_answer(data: object) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/balance"):
            return told({"balance": "100.00", "currency": "USD"})
        return told(data)

    books = Books([])
    books.answer = answer
    with suppress(NotTaken):
        look = books.look({"1", "2"})
        assert all(row.provider_order_id not in {"1", "2"} for row in look.rows)


# --- the provider the other tests play with ------------------------------------------------------------


def test_the_played_provider_keeps_the_same_promise() -> None:
    async def looking() -> None:
        from pos_app.providers.base import Purchase

        played = PlayedProvider(now=lambda: datetime(2026, 5, 11, 7, 30, tzinfo=UTC))
        wanted = Purchase("ACME-25", 1, Money(2500, "USD"), Money(2400, "USD"))
        await played.send(wanted)
        fence = await played.fence()
        assert fence is not None
        assert fence.provider_date == DATE
        await played.send(wanted)
        await played.send(wanted)
        look = await played.rows(set(fence.ids))
        assert look is not None
        assert ids(look) == ["3", "2"]
        assert (look.doubt(fence), look.residue(fence)) == (None, Money(0, "USD"))
        played.page = 1
        short = await played.rows(set(fence.ids))
        assert short is not None
        assert short.doubt(fence) == "fence_not_reached"
        played.left_after = Money(1, "USD")
        restless = await played.rows(set(fence.ids))
        assert restless is not None
        assert restless.doubt(fence) == "balance_moved"
        empty = PlayedProvider()
        nothing = await empty.rows(set())
        assert nothing is not None
        assert (nothing.reached, nothing.total, nothing.provider_date) == (True, 0, None)

    asyncio.run(looking())
