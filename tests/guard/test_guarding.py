"""The scam guard over a store: enforced where a sale is placed, shared by all registers, and written down."""

from __future__ import annotations

import asyncio
import io
import json
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.__main__ import _COMMANDS, _parser  # pyright: ignore[reportPrivateUsage]
from pos_app.commands.course import Course
from pos_app.commands.exits import Exit, for_error
from pos_app.errors import NotAllowed
from pos_app.guarding import Weighed
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.draft import Draft
from pos_app.orders.notes import Guarded
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.register import Register
from pos_app.store.database import Tx
from tests.played_provider import CARD, MERCHANT, PlayedProvider
from tests.world import CASHIER, World

BIG = replace(
    CARD, item="ACME-500", name="Acme Games 500 USD", face=Money(50_000, "USD"), cost=Money(48_000, "USD")
)
MIDDLE = replace(BIG, item="ACME-100", name="Acme Games 100 USD", face=Money(10_000, "USD"), cost=None)
TO_HER, TO_HIM = "kim@mail.example", "lee@mail.example"


def play(folder: Path, scene: Callable[[World], Awaitable[None]], *, whole: bool = True) -> None:
    async def run() -> None:
        world = World(folder)
        world.provider = WithBigCards()
        async with world:
            await scene(world)
            if whole:
                assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


@dataclass
class WithBigCards(PlayedProvider):
    @override
    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        yield (CARD, MERCHANT, BIG, MIDDLE)


async def limits(register: Register, **amounts: str) -> None:
    assert await register.preferences.keep_limits(amounts) == ()


async def place(register: Register, draft: Draft) -> str:
    sale = await register.sales.place(draft, (Tender("cash", draft.total),), CASHIER)
    return sale.head.number


def basket(world: World, quantity: int = 1) -> Draft:
    return Draft(world.new_id(), "USD", (world.line(BIG, quantity),))


def story(notes: tuple[Guarded, ...]) -> list[tuple[str, str, str]]:
    """Oldest first: rule, what became of it, and who did it."""
    return [(note.rule, note.became, note.by) for note in reversed(notes)]


def test_the_question_has_to_be_answered_before_a_sale_is_placed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        guarding, draft = world.register.guarding, basket(world)
        with pytest.raises(NotAllowed, match="guarded") as told:
            await place(world.register, draft)
        said = explain(told.value)
        assert "This sale comes to $500.00" in said.what
        assert said.advice == "Ask the customer whether anyone on the phone tells them to buy."
        assert for_error(told.value) is Exit.NOT_ALLOWED
        assert await world.register.sales.orders() == ()
        weighed = await guarding.weigh(draft, CASHIER)
        assert ([hit.rule for hit in weighed.hits], weighed.seconds, weighed.asks) == (["question"], 4, "ask")
        await guarding.asked(draft, CASHIER, await guarding.weigh(draft, CASHIER))
        await guarding.answer(draft, CASHIER, await guarding.weigh(draft, CASHIER))
        assert await guarding.weigh(draft, CASHIER) == Weighed()
        number = await place(world.register, draft)
        notes = await guarding.log()
        assert story(notes) == [
            ("question", "held_back", CASHIER),
            ("question", "asked", CASHIER),
            ("question", "answered", CASHIER),
        ]
        assert [note.sale for note in notes] == [number, "", ""]
        assert notes[0].reached == notes[0].total == draft.total
        assert await place(world.register, draft) == number, "pressed twice, placed and told once"
        assert len(await guarding.log()) == 3
        assert len(await guarding.log(limit=1)) == 1

    play(tmp_path, scene)


def test_an_answer_is_for_the_basket_it_was_given_for(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        guarding, draft = world.register.guarding, basket(world)
        await guarding.answer(draft, CASHIER, await guarding.weigh(draft, CASHIER))
        more = draft.with_line(world.line(BIG, 2))
        assert (await guarding.weigh(more, CASHIER)).asks == "ask"
        with pytest.raises(NotAllowed, match="guarded"):
            await place(world.register, more)
        await guarding.drop(more, CASHIER)
        assert (await guarding.weigh(draft, CASHIER)).asks == "ask", "given up is given up"
        for _time in range(9):
            other = basket(world)
            await guarding.answer(other, CASHIER, await guarding.weigh(other, CASHIER))
        assert ("question", "dropped", CASHIER) in story(await guarding.log())

    play(tmp_path, scene)


def test_an_answer_is_for_who_sells_and_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    """The manager has gone and ten more were sold, or somebody else sells the basket: looked at anew."""

    async def scene(world: World) -> None:
        await limits(world.register, question="500", cashier_day="400")
        guarding, draft = world.register.guarding, basket(world)
        await guarding.answer(draft, CASHIER, await guarding.weigh(draft, CASHIER))
        world.clock.turn(minutes=14)
        await guarding.approve(draft, CASHIER, "Ana", await guarding.weigh(draft, CASHIER))
        assert (await guarding.weigh(draft, CASHIER)).asks is None
        other = await guarding.weigh(draft, "Tom 02")
        assert [hit.rule for hit in other.hits] == ["question", "cashier_day"]
        with pytest.raises(NotAllowed, match="guarded"):
            await world.register.sales.place(draft, (Tender("cash", draft.total),), "Tom 02")
        world.clock.turn(minutes=2)
        assert [hit.rule for hit in (await guarding.weigh(draft, CASHIER)).hits] == ["question"], (
            "the approval does not lengthen the answer"
        )
        await guarding.answer(draft, CASHIER, await guarding.weigh(draft, CASHIER))
        world.clock.turn(minutes=14)
        assert [hit.rule for hit in (await guarding.weigh(draft, CASHIER)).hits] == ["cashier_day"]
        await guarding.approve(draft, CASHIER, "Ana", await guarding.weigh(draft, CASHIER))
        await place(world.register, draft)

    play(tmp_path, scene)


def test_what_comes_up_behind_the_question_is_not_answered_by_it(tmp_path: Path) -> None:
    """Somebody else sells while the question stands there: nobody has seen what that brought up."""

    async def scene(world: World) -> None:
        await limits(world.register, question="500", shop_day="900")
        guarding, draft, other = world.register.guarding, basket(world), basket(world)
        seen = await guarding.weigh(draft, CASHIER)
        await guarding.asked(draft, CASHIER, seen)
        await guarding.answer(other, CASHIER, await guarding.weigh(other, CASHIER))
        await place(world.register, other)
        await guarding.approve(draft, CASHIER, "Ana", seen)
        left = await guarding.weigh(draft, CASHIER)
        assert [hit.rule for hit in left.hits] == ["shop_day", "sold_in_parts"]
        with pytest.raises(NotAllowed, match="guarded"):
            await place(world.register, draft)
        await guarding.approve(draft, CASHIER, "Ana", left)
        assert (await guarding.weigh(draft, CASHIER)).asks is None
        assert [what for rule, what, _by in story(await guarding.log()) if rule == "shop_day"] == [
            "held_back"
        ]

    play(tmp_path, scene)


def test_beyond_a_limit_a_manager_approves_in_the_same_transaction(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, sale="400")
        guarding, draft = world.register.guarding, basket(world)
        assert (await guarding.weigh(draft, CASHIER)).asks == "approve"
        await guarding.answer(draft, CASHIER, await guarding.weigh(draft, CASHIER))
        with pytest.raises(NotAllowed, match="guarded") as told:
            await place(world.register, draft)
        assert explain(told.value).advice == "A manager has to approve it."
        with pytest.raises(NotAllowed, match="not_a_manager"):
            await guarding.approve(draft, CASHIER, " ", await guarding.weigh(draft, CASHIER))
        await guarding.approve(draft, CASHIER, "Ana", await guarding.weigh(draft, CASHIER))
        number = await place(world.register, draft)
        placed = [note for note in await guarding.log() if note.sale == number]
        assert sorted((note.rule, note.became, note.by, note.cashier) for note in placed) == [
            ("question", "answered", CASHIER, CASHIER),
            ("sale", "approved", "Ana", CASHIER),
        ]
        # Who approved it is told with its orders, too, and with those of no other sale.
        sales = world.register.sales
        assert [(note.sale, note.by) for note in await sales.approvals(draft.id)] == [(number, "Ana")]
        assert await sales.approvals(basket(world).id) == ()

    play(tmp_path, scene)


def test_what_the_shop_refuses_nobody_approves(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, card="100", beyond="refuse")
        guarding, draft = world.register.guarding, basket(world)
        await guarding.approve(draft, CASHIER, "Ana", await guarding.weigh(draft, CASHIER))
        assert (await guarding.weigh(draft, CASHIER)).asks == "refuse"
        with pytest.raises(NotAllowed, match="guarded") as told:
            await place(world.register, draft)
        assert "Nobody can approve it" in explain(told.value).advice
        assert ("card", "held_back", CASHIER) in story(await guarding.log())

    play(tmp_path, scene)


def test_two_registers_can_not_both_slip_under_a_limit(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        beside = await world.open(exclusive=False)
        try:
            both = (world.register, beside)
            await limits(world.register, question="off", shop_day="900", patterns="off")
            beside.preferences._settings = world.register.settings  # pyright: ignore[reportPrivateUsage]
            drafts = [basket(world), basket(world)]
            for register, draft in zip(both, drafts, strict=True):
                assert (await register.guarding.weigh(draft, CASHIER)).asks is None
            came = await asyncio.gather(
                *(place(register, draft) for register, draft in zip(both, drafts, strict=True)),
                return_exceptions=True,
            )
            refused = [one for one in came if isinstance(one, NotAllowed)]
            assert [one.reason for one in refused] == ["guarded"]
            assert len(await world.register.sales.orders()) == 1
            (note,) = await world.register.guarding.log()
            assert (note.rule, note.became, note.reached) == ("shop_day", "held_back", Money(100_000, "USD"))
        finally:
            await beside.close(0)

    play(tmp_path, scene)


def test_what_was_given_up_or_sold_yesterday_does_not_count(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, question="off", shop_day="900", patterns="off")
        sale = await world.place(world.line(BIG))
        assert (await world.register.guarding.weigh(basket(world), CASHIER)).asks == "approve"
        await world.register.sales.withdraw(sale.orders[0].id, CASHIER)
        assert (await world.register.guarding.weigh(basket(world), CASHIER)).asks is None
        await world.place(world.line(BIG))
        world.clock.turn(hours=9)
        assert (await world.register.guarding.weigh(basket(world), CASHIER)).asks is None

    play(tmp_path, scene)


def test_a_recipient_is_known_again_and_kept_nowhere(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, recipient_day="50")
        first = await world.place(world.email_line(TO_HER.upper()))
        await world.place(world.email_line(TO_HIM))
        to_her = Draft(world.new_id(), "USD", (world.email_line(TO_HER),))
        weighed = await world.register.guarding.weigh(to_her, CASHIER)
        assert [hit.rule for hit in weighed.hits] == ["recipient_day"]
        await world.register.guarding.approve(
            to_her, CASHIER, "Ana", await world.register.guarding.weigh(to_her, CASHIER)
        )
        await place(world.register, to_her)
        assert TO_HER.encode() not in await asyncio.to_thread(_bytes_of, tmp_path)
        # What can not be read any more counts for nobody, and keeps nobody from selling.
        order_id = first.orders[0].id
        for damage in (
            "UPDATE order_key SET wrapped = 'xxxx' WHERE order_id = ?",
            "DELETE FROM order_key WHERE order_id = ?",
        ):
            await world.register.database.run(lambda tx, sql=damage: tx.execute(sql, (order_id,)))
            again = Draft(world.new_id(), "USD", (world.email_line(TO_HIM),))
            assert (await world.register.guarding.weigh(again, CASHIER)).asks == "approve"

    play(tmp_path, scene, whole=False)


@pytest.mark.parametrize(
    ("first", "again", "same"),
    [
        ("kim@mail.example", " Kim+gift2@MAIL.example ", True),
        ("kim+1@mail.example", "kim+2@mail.example", True),
        ("k.im@gmail.com", "kim+x@GoogleMail.com", True),
        ("k.im@mail.example", "kim@mail.example", False),
        ("+1@mail.example", "+2@mail.example", False),
        ("kim@mail.example", "kim@other.example", False),
    ],
)
def test_one_mailbox_written_in_two_ways_is_one(tmp_path: Path, first: str, again: str, same: bool) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, recipient_day="50")
        await world.place(world.email_line(first))
        draft = Draft(world.new_id(), "USD", (world.email_line(again),))
        found = [hit.rule for hit in (await world.register.guarding.weigh(draft, CASHIER)).hits]
        assert found == (["recipient_day"] if same else [])

    play(tmp_path, scene)


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("countercard.db*")).lower()


def test_a_card_by_code_has_no_recipient_though_its_row_says_so(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, recipient_day="50")
        sale = await world.place()
        sql = "UPDATE order_row SET recipient_hint = 'k…@…' WHERE order_id = ?"
        await world.register.database.run(lambda tx: tx.execute(sql, (sale.orders[0].id,)))
        draft = Draft(world.new_id(), "USD", (world.email_line(TO_HER),))
        assert (await world.register.guarding.weigh(draft, CASHIER)).asks is None

    play(tmp_path, scene, whole=False)


def test_a_wrong_pin_that_no_right_one_followed_is_remembered(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        people, guarding = world.register.people, world.register.guarding
        await people.add_manager("Ana", "4827", "4827")
        draft = Draft(world.new_id(), "USD", (world.line(quantity=2),))
        assert not (await people.verify("Ana", "0000")).right
        assert [hit.rule for hit in (await guarding.weigh(draft, CASHIER)).hits] == ["after_wrong_pin"]
        assert (await people.verify("Ana", "4827")).right
        assert (await guarding.weigh(draft, CASHIER)).asks is None

    play(tmp_path, scene)


def test_a_damaged_line_of_the_log_hides_none_of_the_others(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.guarding.held_back(basket(world), CASHIER)
        await world.register.guarding.held_back(basket(world), CASHIER)

        def damage(tx: Tx) -> None:
            tx.execute("DROP TRIGGER entry_is_written_once")
            tx.execute("UPDATE entry SET body = '{}' WHERE seq = 1")

        await world.register.database.run(damage)
        assert len(await world.register.guarding.log()) == 1

    play(tmp_path, scene, whole=False)


def test_the_command_obeys_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, sale="400")
        await world.register.people.add_manager("Ana", "4827", "4827")

        assert await _COMMANDS["guard"](world.register, _parser().parse_args(["guard"])) is Exit.DONE
        assert capsys.readouterr().out == "The scam guard has stopped at no sale yet.\n"

        async def sell(*words: str) -> Exit:
            what = ("sell", "--provider", "levelup", "--item", BIG.item, "--cash", "500", "--json", *words)
            args: Namespace = _parser().parse_args(what)
            args.course = Course()
            args.provider = "played"
            return await _COMMANDS[args.command](world.register, args)

        with pytest.raises(NotAllowed, match="guarded"):
            await sell()
        with pytest.raises(NotAllowed, match="guarded"):
            await sell("--asked")
        type_in(monkeypatch, "1111")
        with pytest.raises(NotAllowed, match="not_a_manager"):
            await sell("--asked", "--approved-by", "ana")
        assert await world.register.sales.orders() == ()
        type_in(monkeypatch, "4827")
        assert await sell("--asked", "--approved-by", "ana") is Exit.DONE
        told = json.loads(capsys.readouterr().out)
        assert told["status"] == "fulfilled"
        placed = [note for note in await world.register.guarding.log() if note.sale]
        assert ("sale", "approved", "Ana") in story(tuple(placed))
        assert ("question", "answered", "Cashier") in story(tuple(placed))

        await limits(world.register, sale="")
        assert await sell() is Exit.DONE
        told = capsys.readouterr()
        assert json.loads(told.out)["status"] == "fulfilled"
        assert "Scam guard: This sale comes to $500.00." in told.err
        assert "Nobody was asked about it." in told.err
        newest = (await world.register.guarding.log())[:2]
        assert story(newest) == [("question", "unasked", "Cashier"), ("sold_in_parts", "unasked", "Cashier")]
        assert all(note.sale for note in newest)

        async def listed(*words: str) -> str:
            args: Namespace = _parser().parse_args(("guard", *words))
            assert await _COMMANDS["guard"](world.register, args) is Exit.DONE
            return capsys.readouterr().out

        rows = json.loads(await listed("--json"))["guarded"]
        assert len(rows) == len(await world.register.guarding.log())
        (approved,) = [row for row in rows if row["became"] == "approved"]
        assert (approved["rule"], approved["by"], approved["cashier"]) == ("sale", "Ana", "Cashier")
        assert approved["limit"] == {"amount": "400.00", "currency": "USD"}
        said = await listed("--limit", "3")
        assert said.count("\n") == 3
        assert "approved by Ana" in said

    play(tmp_path, scene)


def type_in(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def test_the_highest_value_is_the_brand_s_as_it_is_sold(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await limits(world.register, question="off")
        await world.register.catalog.refresh()
        alone = replace(MIDDLE, item="SOLO-100", brand="Solo")
        for product, rules in ((BIG, ["several_of_highest"]), (MIDDLE, []), (alone, ["several_of_highest"])):
            draft = Draft(world.new_id(), "USD", (world.line(product, 3),))
            weighed = await world.register.guarding.weigh(draft, CASHIER)
            assert [hit.rule for hit in weighed.hits] == rules

    play(tmp_path, scene)


def test_small_sales_ask_for_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        await world.sell(world.email_line())
        assert await world.register.guarding.log() == ()
        assert MERCHANT.delivery == "email"

    play(tmp_path, scene)
