"""The shop that is set up in memory answers the window like a real one over a store and the sandbox."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, NotAllowed
from pos_app.first_start import PaperEntries, ShopEntries, open_first_start
from pos_app.opening import Options
from pos_app.orders.rules import Problem
from pos_app.printing.document import Document, Secret
from tests.first_start.conftest import ring, sandbox
from tests.sandbox_process import SandboxProcess
from tests.ui.fakes import GOOD_KEYS, FakeFirstStart
from ui.borders import FirstStart

__all__ = ["ring", "sandbox"]


@pytest.fixture(params=["in memory", "real"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def shop(kind: str, folder: Path) -> AsyncGenerator[FirstStart]:
    if kind == "in memory":
        yield FakeFirstStart()
        return
    service = await open_first_start(Options(store=str(folder / "shop"), live=True))
    try:
        yield service
    finally:
        await service.close()


def names(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(one.field, one.reason) for one in problems]


def groups_on(document: Document) -> list[str]:
    return " ".join(block.value for block in document.blocks if isinstance(block, Secret)).split()


async def test_the_six_pages(kind: str, tmp_path: Path, sandbox: SandboxProcess) -> None:
    async with shop(kind, tmp_path) as service:
        await _shop_and_register(service)
        await _card_companies(service, dict(sandbox.ready) if kind == "real" else {})
        await _printer_and_manager(service, tmp_path / "slips")
        await _recovery(service)


async def _shop_and_register(service: FirstStart) -> None:
    begun = await service.progress()
    assert begun.keyring is None
    assert not any((begun.shop, begun.register, begun.supplier, begun.printer, begun.manager, begun.recovery))
    assert service.folder()
    assert {"America/New_York", "Europe/Berlin"} <= set(service.zones())

    wrong = ShopEntries("", zone="")
    assert names(await service.keep_shop(wrong)) == [("shop_name", "missing"), ("zone", "unknown")]
    assert not (await service.progress()).shop
    assert await service.keep_shop(ShopEntries("Corner", zone="Europe/Berlin", currency="EUR")) == ()
    assert (service.settings().shop.name, service.settings().shop.currency) == ("Corner", "EUR")
    assert names(await service.keep_register("1", "")) == [
        ("register", "not_two_digits"),
        ("cashier", "missing"),
    ]
    assert await service.keep_register("07", "Mia") == ()
    done = await service.progress()
    assert (done.shop, done.register, done.supplier) == (True, True, False)


async def _card_companies(service: FirstStart, ready: dict[str, str]) -> None:
    first, second = service.suppliers()
    assert (first.name, second.name) == ("cardpluspay", "levelup")
    assert [one.name for one in second.secrets if not one.optional] == ["user_token", "merchant_token"]
    fields = {one.name: one.value for one in first.fields}
    fields["base_url"] = ready.get("cardpluspay", fields["base_url"])
    key = ready.get("api_key", GOOD_KEYS["api_key"])
    missing = await service.test_supplier("cardpluspay", fields, {"api_key": ""})
    assert [(one.field, one.reason, one.facts["name"]) for one in missing.problems] == [
        ("secret", "missing", "api_key")
    ]
    with pytest.raises(Misconfigured, match="key_refused"):
        await service.test_supplier("cardpluspay", fields, {"api_key": "TEST-WRONG"})
    no_address = await service.test_supplier("cardpluspay", fields | {"base_url": "x"}, {"api_key": key})
    assert [(one.field, one.facts["name"]) for one in no_address.problems] == [("setting", "base_url")]
    passed = await service.keep_supplier("cardpluspay", fields, {"api_key": key})
    assert passed.passed
    assert passed.balance is not None
    assert passed.merchants is None
    assert (await service.progress()).supplier
    assert [one.kept for one in service.suppliers()] == [True, False]


async def _printer_and_manager(service: FirstStart, folder: Path) -> None:
    paper = PaperEntries("folder", "slips")
    assert names(await service.keep_printer(paper)) == [("folder", "not_whole")]
    assert (await service.test_printer(PaperEntries("folder", str(folder)))).where == str(folder)
    assert isinstance(await service.printers(), tuple)
    assert await service.keep_printer(PaperEntries("screen")) == ()
    assert service.settings().paper.printer == "screen"
    assert names(await service.keep_manager("Ada", "1234", "1")) == [
        ("pin", "too_easy"),
        ("again", "different"),
    ]
    assert await service.keep_manager("Ada", "8264", "8264") == ()


async def _recovery(service: FirstStart) -> None:
    assert not await service.sheet_was_printed()
    with pytest.raises(NotAllowed, match="not_set_up"):
        await service.check_recovery(dict.fromkeys(service.recovery_places(), "X"))
    sheet = await service.print_recovery_sheet()
    assert sheet.printer == "", "there is no paper: a person copies it"
    assert await service.sheet_was_printed()
    groups = groups_on(sheet.document)
    assert len(groups) == service.recovery_groups()
    places = service.recovery_places()
    typed = {place: groups[place - 1].lower() for place in places}
    assert await service.check_recovery(typed | {places[1]: "00000"}) == (places[1],)
    assert not (await service.progress()).finished
    assert await service.check_recovery(typed) == ()
    assert (await service.progress()).finished
    with pytest.raises(NotAllowed, match="set_up_before"):
        await service.keep_register("08", "Mia")
