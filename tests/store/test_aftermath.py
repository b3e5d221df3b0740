"""Cards that were sold in the time a put-back store has lost: the companies' lists still show them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from typing_extensions import override

from pos_app.aftermath import Aftermath, Unclaimed
from pos_app.copies import back_up
from pos_app.orders.answers import Look
from pos_app.register import Register
from pos_app.store.views import Views
from tests.played_provider import PlayedProvider
from tests.store.shop import bounded
from tests.store.test_restore import Till


async def unclaimed(register: Register) -> tuple[Unclaimed, ...]:
    return await register.aftermath.unclaimed_since_restore()


def test_what_was_bought_in_the_lost_time_is_found_until_somebody_takes_it_over(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def since(register: Register) -> None:
        await register.sales.perform(to_do)
        await till.world.sell()

    async def after(register: Register) -> None:
        (found,) = await unclaimed(register)
        assert (found.provider, found.account) == ("played", "account-1")
        assert [row.provider_order_id for row in found.rows] == ["3", "2"]
        assert (found.reached, found.nameless, found.asked) == (True, 0, True)
        restored = await register.aftermath.restored()
        assert restored is not None
        assert restored.how == "backup"
        # What is sold from now on is known, and hides nothing that is not.
        await till.world.sell()
        (found,) = await unclaimed(register)
        assert [row.provider_order_id for row in found.rows] == ["3", "2"]
        till.provider.reachable = False
        (silent,) = await unclaimed(register)
        assert (silent.rows, silent.asked, silent.reached) == ((), False, False)

    async def scene() -> None:
        nonlocal to_do
        await till.begin()
        to_do = (await till.at(lambda _register: till.world.place())).orders[0].id
        copy = await back_up(till.options)
        await till.at(since)
        assert await till.at(unclaimed) == ()
        await till.restore(copy)
        await till.at(after)

    to_do = ""
    bounded(scene())


def test_a_list_with_nothing_new_and_a_company_without_a_list_are_no_task(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    class Unlisted(PlayedProvider):
        @override
        async def rows(self, known: AbstractSet[str]) -> Look | None:
            return None

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)
        await till.restore(copy)
        assert await till.at(unclaimed) == ()

        async def unlisted(register: Register) -> tuple[Unclaimed, ...]:
            views = Views(register.journal._database)  # pyright: ignore[reportPrivateUsage]
            return await Aftermath(register.journal, views, {"x": Unlisted()}).unclaimed_since_restore()

        assert await till.at(unlisted) == ()

    bounded(scene())


def test_a_list_that_does_not_reach_back_says_so(tmp_path: Path) -> None:
    till = Till(tmp_path / "shop")

    async def scene() -> None:
        await till.begin()
        copy = await back_up(till.options)

        async def much(_register: Register) -> None:
            for _ in range(3):
                await till.world.sell()

        await till.at(much)
        await till.restore(copy)
        till.provider.page = 2
        (found,) = await till.at(unclaimed)
        assert [row.provider_order_id for row in found.rows] == ["4", "3"]
        assert not found.reached

    bounded(scene())
