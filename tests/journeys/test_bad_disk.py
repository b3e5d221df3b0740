"""A disk that is full, or takes nothing any more, at every step of a sale; nothing is lost, all is said."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_app.errors import StoreProblem
from pos_app.orders.order import Order, Phase, fold
from pos_app.settings import Settings, load, save
from pos_app.store.database import Tx
from pos_app.store.journal import Journal
from pos_app.vault import TrainingVault
from tests.journeys.conftest import Counter
from tests.journeys.small_disk import fill, remount, small_disk
from tests.sandbox_process import SandboxProcess


@contextmanager
def disk_that_takes_no(kind: str, reason: str = "full") -> Generator[None]:
    """Let every entry of `kind` meet a disk that does not take it: which write fails can not be timed."""
    write = Journal._write  # pyright: ignore[reportPrivateUsage]

    def full(self: Journal, tx: Tx, order: Order | None, entry: object) -> Order:
        if getattr(entry, "kind", "") == kind:
            raise StoreProblem(reason)
        return write(self, tx, order, entry)  # pyright: ignore[reportArgumentType]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "_write", full)
        yield


_WORDS = {"full": "The disk is full.", "read_only": "can not be written to"}


@pytest.mark.parametrize("reason", _WORDS)
async def test_when_the_money_is_written_down(counter: Counter, reason: str) -> None:
    bought = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with disk_that_takes_no("placed", reason):
            await counter.pay_exact(cashier)
            await cashier.see(_WORDS[reason])
            assert cashier.reads("Nothing was bought and nothing is written down.")
            assert cashier.reads("$10.00"), "the sale still lies there"
        await cashier.see_enabled("issue")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert counter.register is not None
        (row,) = await counter.register.sales.orders()
        assert row.sale_number.endswith("000001"), "a sale that failed leaves no gap"
    assert len(counter.admin.card_orders()) == bought + 1


@pytest.mark.parametrize("reason", _WORDS)
async def test_before_the_order_leaves(counter: Counter, reason: str) -> None:
    bought = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with disk_that_takes_no("sent", reason):
            await counter.pay_exact(cashier)
            await cashier.see("Not bought yet")
            assert cashier.reads(_WORDS[reason])
            assert cashier.reads("Nothing was bought and nothing was charged.")
        assert len(counter.admin.card_orders()) == bought
        counter.wait_a_moment()
        (again,) = (name for name in cashier.names() if name.startswith("again_"))
        cashier.click(again)
        await cashier.see("Done. Hand over 1 slip")
    assert len(counter.admin.card_orders()) == bought + 1


async def test_when_the_answer_is_to_be_kept_and_has_room_in_a_moment(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_app.sales._KEEP_PAUSES", (0.05,) * 1200)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        bought = len(counter.admin.card_orders())
        with disk_that_takes_no("heard"):
            await counter.pay_exact(cashier)
            await cashier.until(lambda: len(counter.admin.card_orders()) > bought, "the purchase")
        await cashier.see("Done. Hand over 1 slip")


async def test_when_the_answer_can_not_be_kept(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_app.sales._KEEP_PAUSES", (0.01, 0.01))
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with disk_that_takes_no("heard"):
            await counter.pay_exact(cashier)
            await cashier.see("Not confirmed. Hand over the pending slip")
            assert cashier.reads("Do not sell it again")
        assert not any(name.startswith("again_") for name in cashier.names())
        # There is room again: what was heard is written down, and the customer gets the card after all.
        assert counter.register is not None
        await counter.register.sales.keep_what_was_heard()
        await cashier.see("Done. Hand over 1 slip")


async def test_when_the_answer_can_be_kept_only_as_the_till_is_closed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_app.sales._KEEP_PAUSES", ())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with disk_that_takes_no("heard"):
            await counter.pay_exact(cashier)
            await cashier.see("Not confirmed. Hand over the pending slip")
    async with counter.open():
        assert counter.register is not None
        (row,) = await counter.register.sales.orders()
        assert row.status == "fulfilled"


async def test_when_the_meaning_of_the_answer_can_not_be_written(counter: Counter) -> None:
    """The answer itself is kept, so the next start knows what it says."""
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with disk_that_takes_no("answered"):
            await counter.pay_exact(cashier)
            await cashier.see("Not confirmed. Hand over the pending slip")
    async with counter.open():
        assert counter.register is not None
        (row,) = await counter.register.sales.orders()
        order = await counter.register.sales.order(row.order_id)
        assert fold(order.entries).phase is Phase.FULFILLED


async def test_when_a_paper_is_to_be_recorded(counter: Counter) -> None:
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        with disk_that_takes_no("printed"):
            await counter.pay_exact(cashier)
            await cashier.see("The disk is full.")
            assert cashier.can_press("notice_again")
        cashier.click("notice_again")
        await cashier.see("Not on paper yet")
        cashier.press("F8")
        await cashier.see("Done. Hand over 1 slip")


async def test_a_list_that_can_not_be_read_is_said_and_gone_back_from(counter: Counter) -> None:
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await cashier.see_enabled("charge")
        cashier.window.notices.show(StoreProblem("unavailable"))
        cashier.window.notices.show(StoreProblem("full"))
        await cashier.see("The disk is full.")
        cashier.click("notice_again")
        await cashier.see_enabled("charge")
        assert cashier.lines() == 1, "the basket is as it was"


@pytest.mark.logs
async def test_a_real_disk_that_is_full_from_one_sale_to_the_next(
    sandbox: SandboxProcess, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Store and slips on one small disk: whatever fits is written, and what is said is what happened."""
    ready = tmp_path / "ready.json"
    ready.write_text(sandbox.line, encoding="utf-8")
    with small_disk(24) as disk:
        counter = Counter(disk / "store", ready, sandbox)
        async with counter.open() as cashier:
            bought = len(counter.admin.card_orders())
            await cashier.take("acme games", "$10")
            await counter.pay_exact(cashier)
            await cashier.see("Done. Hand over 1 slip")
            counter.wait_a_moment()
            cashier.press("Enter")
            await cashier.until(lambda: cashier.sees("search"), "the next customer")
            fill(disk)
            await cashier.take("acme games", "$10")
            await counter.pay_exact(cashier)
            await cashier.until(
                lambda: cashier.reads("The disk is full.") or cashier.reads("Not on paper yet"),
                "what the disk did not take",
            )
            (disk / "filler").unlink()
            if cashier.sees("notice_again"):
                cashier.click("notice_again")
            counter.wait_a_moment()
            if cashier.can_press("issue"):
                cashier.press("Enter")
            elif again := [name for name in cashier.names() if name.startswith("again_")]:
                cashier.click(again[0])
            else:
                cashier.press("F8")
            await cashier.see("Done. Hand over 1 slip")
            assert len(counter.admin.card_orders()) == bought + 2
            assert counter.register is not None
            assert (await counter.register.journal.verify()).broken is None
            assert "Traceback" not in "".join(capfd.readouterr())


def test_settings_and_practice_key_on_a_real_disk() -> None:
    """What was there stays whole, and full is told from closed."""
    with small_disk() as disk:
        path = disk / "settings.toml"
        vault = TrainingVault(disk / "vault.json")
        save(Settings(cashier="Mia"), path)
        asyncio.run(vault.put("a", "TEST-1"))
        fill(disk)
        for act, reason in ((lambda: None, "full"), (lambda: remount(disk, "ro"), "read_only")):
            act()
            with pytest.raises(StoreProblem) as caught:
                save(Settings(cashier="Kim" * 2000), path)
            assert caught.value.reason == reason
            with pytest.raises(StoreProblem) as caught:
                asyncio.run(vault.put("b", "TEST-2" * 2000))
            assert caught.value.reason == reason
            assert load(path).cashier == "Mia"
            assert asyncio.run(vault.get("a")) == "TEST-1"
        remount(disk, "rw")
