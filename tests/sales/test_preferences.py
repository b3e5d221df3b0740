"""What the shop chooses while the till is open: kept and in force, or told beside the field and not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app import messages
from pos_app.entered import paper_of, shop_of, wrong_outside
from pos_app.errors import DeviceProblem, NotAllowed, StoreProblem
from pos_app.orders.rules import Problem
from pos_app.preferences import no_printer
from pos_app.printing import text
from pos_app.printing.spooling import Found
from pos_app.settings import FILE_NAME, Paper, Settings, Shop, load, save
from tests.world import CASHIER, KeepingPrinter, World

PNG = b"\x89PNG TEST"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_a_new_head_is_on_the_next_paper_and_in_the_file(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        heard: list[str] = []
        world.register.changes.subscribe(heard.append)
        assert not await preferences.keep_shop(
            {"name": " Quay Books ", "footer": "Thank you\n\n come again "}
        )
        assert heard == ["printer", "settings"]
        assert world.register.settings.shop.name == "Quay Books"
        kept = load(tmp_path / FILE_NAME)
        assert (kept.shop.name, kept.shop.footer) == ("Quay Books", "Thank you\ncome again")

    play(tmp_path, scene)


def test_what_another_program_wrote_into_the_file_stays(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        save(Settings(cashier="Ana", providers={"played": {"account": "7"}}), tmp_path / FILE_NAME)
        assert not await world.register.preferences.keep_paper({"printer": "screen"})
        kept = load(tmp_path / FILE_NAME)
        assert (kept.cashier, kept.paper.printer) == ("Ana", "screen")
        assert kept.providers == {"played": {"account": "7"}}
        # Practice has an invented shop: it stays out of the file.
        assert "shop" not in kept.model_fields_set

    play(tmp_path, scene)


def test_a_company_is_kept_beside_what_another_program_wrote_about_another_one(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        heard: list[str] = []
        world.register.changes.subscribe(heard.append)
        save(Settings(providers={"played": {"account": "7"}, "other": {"a": "1"}}), tmp_path / FILE_NAME)
        await preferences.keep_company("other", {"a": "2"})
        assert load(tmp_path / FILE_NAME).providers == {"played": {"account": "7"}, "other": {"a": "2"}}
        assert preferences.settings.providers["other"] == {"a": "2"}
        assert heard == ["settings"]

    play(tmp_path, scene)


def test_a_new_printer_prints_the_next_paper(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        assert not await world.register.preferences.keep_paper({"printer": "network", "host": "10.0.0.9"})
        order = await world.sell()
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert result.where == "10.0.0.9"
        assert not world.printer.papers

    play(tmp_path, scene)


def test_who_sells_here_is_kept_for_the_next_sale(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        heard: list[str] = []
        world.register.changes.subscribe(heard.append)
        assert await preferences.keep_cashier(" Kim ") == ()
        assert heard == ["settings"]
        assert world.register.settings.cashier == load(tmp_path / FILE_NAME).cashier == "Kim"
        for name, reason in (
            (" ", "missing"),
            ("\u200b\u00ad", "missing"),
            ("K" * 61, "too_long"),
            ("Kim\n07", "not_printable"),
        ):
            (wrong,) = await preferences.keep_cashier(name)
            assert (wrong.field, wrong.reason) == ("cashier", reason)
            assert messages.problem(wrong)
        assert world.register.settings.cashier == "Kim"

    play(tmp_path, scene)


def test_what_is_wrong_is_not_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        before = preferences.settings
        wrong = await preferences.keep_paper({"printer": "network", "host": "two words", "columns": "12"})
        assert {(one.field, one.reason) for one in wrong} == {
            ("host", "unreadable"),
            ("columns", "out_of_range"),
        }
        assert await preferences.keep_paper({"printer": "folder", "folder": str(tmp_path / "slips")}) == (
            Problem("folder", "in_store"),
        )
        assert [one.field for one in await preferences.keep_shop({"name": ""})] == ["shop_name"]
        assert preferences.settings == before
        assert not (tmp_path / FILE_NAME).exists()

    play(tmp_path, scene)


def test_a_test_slip_goes_through_what_is_in_the_form(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        slip = await preferences.print_test({"printer": "network", "host": "10.0.0.9"})
        assert (slip.where, slip.problems) == ("10.0.0.9", ())
        printed = world.made["10.0.0.9"].papers
        assert list(printed) == ["test-03"]
        assert "HARBOUR" in text.render(printed["test-03"], 42)
        assert preferences.settings.paper == Paper()
        assert (await preferences.print_test({"printer": "network", "host": ""})).problems

    play(tmp_path, scene)


def test_a_printer_that_would_not_print_is_not_sent_a_test(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        trouble = DeviceProblem("no_paper")
        world.made["10.0.0.9"] = KeepingPrinter("10.0.0.9", trouble)
        with pytest.raises(DeviceProblem) as found:
            await preferences.print_test({"printer": "network", "host": "10.0.0.9"})
        assert found.value is trouble
        with pytest.raises(DeviceProblem, match="no_printer"):
            await preferences.print_test({"printer": "screen"})

    play(tmp_path, scene)


def test_the_logo_is_laid_into_the_store_and_the_one_before_goes(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        assert await preferences.picture() is None
        assert not await preferences.keep_shop({}, PNG)
        first = preferences.settings.shop.logo
        assert await preferences.picture() == PNG
        assert not await preferences.keep_shop({"name": "Quay Books"}, PNG + b"2")
        assert not (tmp_path / first).exists()
        assert await preferences.picture() == PNG + b"2"
        assert not await preferences.keep_shop({"logo": ""})
        assert await preferences.picture() is None

    play(tmp_path, scene)
    assert not list(tmp_path.glob("logo-*"))


def test_a_logo_that_is_gone_is_none(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        await preferences.keep_shop({}, PNG)
        (tmp_path / preferences.settings.shop.logo).unlink()
        assert await preferences.picture() is None

    play(tmp_path, scene)


def test_a_disk_that_takes_nothing_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        before = preferences.settings

        def full(*_args: object, **_named: object) -> None:
            raise OSError

        monkeypatch.setattr("tempfile.mkstemp", full)
        for picture in (None, PNG):
            with pytest.raises(StoreProblem):
                await preferences.keep_shop({"name": "Quay Books"}, picture)
        assert preferences.settings == before

    play(tmp_path, scene)


def test_two_changes_at_once_are_both_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        await asyncio.gather(
            preferences.keep_look("en", "dark"),
            preferences.keep_shop({"phone": "555"}),
            preferences.keep_paper({"printer": "screen"}),
        )
        kept = load(tmp_path / FILE_NAME)
        assert (kept.theme, kept.shop.phone, kept.paper.printer) == ("dark", "555", "screen")

    play(tmp_path, scene)


def test_the_keys_and_the_region_of_this_register_are_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        preferences = world.register.preferences
        await preferences.keep_keys({"charge": "F11"})
        await preferences.keep_region("us")
        kept = load(tmp_path / FILE_NAME)
        assert (kept.keys, kept.region) == ({"charge": "F11"}, "us")
        assert preferences.settings.keys == {"charge": "F11"}
        await preferences.keep_keys({})
        assert load(tmp_path / FILE_NAME).keys == {}

    play(tmp_path, scene)


def test_a_store_that_is_looked_at_keeps_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        looking = await world.open(exclusive=False)
        try:
            with pytest.raises(NotAllowed, match="only_looking"):
                await looking.preferences.keep_look("en", "dark")
        finally:
            await looking.close()

    play(tmp_path, scene)


def test_the_printer_librarys_names_are_to_be_had(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        names = await world.register.preferences.profiles()
        assert names[0][0] == "default"
        assert ("TM-T88V", "Epson TM-T88V") in names

    play(tmp_path, scene)


def test_printers_are_looked_for_where_the_program_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (Found("queue", "office", "Office printer"),)

    async def listed() -> tuple[Found, ...]:
        return found

    async def scene(world: World) -> None:
        monkeypatch.setattr("pos_app.printing.spooling.list_printers", listed)
        assert await world.register.preferences.printers() == found

    play(tmp_path, scene)


def test_where_no_printer_can_be_made_nothing_is_printed() -> None:
    assert no_printer(Paper()) is None


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"printer": "lamp"}, "printer", "unknown"),
        ({"printer": "network", "host": ""}, "host", "missing"),
        ({"printer": "network", "host": "-"}, "host", "unreadable"),
        ({"printer": "network", "host": "till", "port": "0"}, "port", "out_of_range"),
        ({"printer": "device", "device": ""}, "device", "missing"),
        ({"printer": "serial", "device": ""}, "device", "missing_port"),
        ({"printer": "serial", "device": "COM3", "baud": "fast"}, "baud", "out_of_range"),
        ({"printer": "device", "device": "x" * 300}, "device", "too_long"),
        ({"printer": "device", "device": "a\x01b"}, "device", "unreadable"),
        ({"printer": "queue", "queue": ""}, "queue", "missing"),
        ({"columns": "49"}, "columns", "out_of_range"),
        ({"columns": "wide"}, "columns", "out_of_range"),
        ({"dots": "400"}, "dots", "unknown"),
    ],
)
def test_every_rule_of_the_paper_has_its_words(typed: dict[str, str], field: str, reason: str) -> None:
    before = Paper()
    made, problems = paper_of(typed, before)
    assert made is before
    assert [(one.field, one.reason) for one in problems] == [(field, reason)]
    assert messages.problem(problems[0])


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"name": " "}, "shop_name", "missing"),
        ({"name": "x" * 61}, "shop_name", "too_long"),
        ({"phone": "5\x07"}, "phone", "not_printable"),
        ({"address": "x" * 301}, "address", "too_long"),
        ({"zone": "Mars/Here"}, "zone", "unknown"),
        ({"footer": "x" * 1001}, "footer", "too_long"),
        ({"header": "x" * 1001}, "header", "too_long"),
        ({"terms": "a\x07"}, "terms", "not_printable"),
        ({"tax": "x" * 1001}, "tax", "too_long"),
        ({"logo": "../logo.png"}, "logo", "unreadable"),
        ({"large_print": "perhaps"}, "large_print", "unknown"),
        ({"smallest_coin": "a penny"}, "smallest_coin", "unknown"),
        ({"smallest_coin": "-0.05"}, "smallest_coin", "unknown"),
        ({"smallest_coin": "0.001"}, "smallest_coin", "unknown"),
    ],
)
def test_every_rule_of_the_shop_has_its_words(typed: dict[str, str], field: str, reason: str) -> None:
    before = Shop()
    made, problems = shop_of(typed, before)
    assert made is before
    assert [(one.field, one.reason) for one in problems] == [(field, reason)]
    assert messages.problem(problems[0])


def test_where_another_kind_of_printer_was_is_not_forgotten() -> None:
    paper, _ = paper_of({"printer": "network", "host": "10.0.0.9", "port": "9101"}, Paper())
    paper, _ = paper_of({"printer": "screen", "host": "nonsense !", "dots": "512"}, paper)
    assert (paper.printer, paper.host, paper.port, paper.dots) == ("screen", "10.0.0.9", 9101, 512)


def test_practice_needs_no_folder_and_a_shop_does(tmp_path: Path) -> None:
    paper = Paper()
    assert not wrong_outside(paper, tmp_path, needs_folder=False)
    assert wrong_outside(paper, tmp_path) == (Problem("folder", "missing"),)
    unknown = paper.model_copy(update={"profile": "none of them"})
    assert wrong_outside(unknown, tmp_path, needs_folder=False) == (Problem("profile", "unknown"),)


def test_the_users_own_folder_is_written_out() -> None:
    paper, problems = paper_of({"printer": "folder", "folder": " ~/slips "}, Paper())
    assert (paper.folder, problems) == (str(Path.home() / "slips"), ())
    unknown, _ = paper_of({"printer": "folder", "folder": "~nobody-at-all/slips"}, Paper())
    assert unknown.folder == "~nobody-at-all/slips"
    assert [one.reason for one in wrong_outside(unknown, Path("/store"))] == ["not_whole"]


@pytest.mark.parametrize(
    ("typed", "field", "kept"),
    [
        ({"printer": "network", "host": "10.0.0.300"}, "host", None),
        ({"printer": "network", "host": "1.2.3"}, "host", None),
        ({"printer": "network", "host": "printer-3"}, "host", "printer-3"),
        (
            {
                "printer": "network",
                "host": "\u0661\u0660.\u0660.\u0660.\u0669",
                "port": "\u0669\u0661\u0660\u0660",
            },
            "host",
            "10.0.0.9",
        ),
        ({"columns": "\u0664\u0668"}, "columns", 48),
    ],
)
def test_numbers_are_read_in_every_script_and_a_mistaken_one_is_no_name(
    tmp_path: Path, typed: dict[str, str], field: str, kept: object
) -> None:
    async def scene(world: World) -> None:
        problems = await world.register.preferences.keep_paper(typed)
        if kept is None:
            assert [(one.field, one.reason) for one in problems] == [(field, "unreadable")]
        else:
            assert problems == ()
            assert getattr(world.register.settings.paper, field) == kept

    play(tmp_path, scene)


def test_limits_are_read_in_every_script(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        assert await world.register.preferences.keep_limits({"sale": "\u0667\u0660\u0660"}) == ()
        assert world.register.settings.limits["USD"]["sale"] == "700"

    play(tmp_path, scene)


def test_a_shop_whose_name_nobody_sees_has_none(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        (problem,) = await world.register.preferences.keep_shop({"name": "\u200b\u2060"})
        assert (problem.field, problem.reason) == ("shop_name", "missing")

    play(tmp_path, scene)
