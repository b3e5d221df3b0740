"""The six pages: what may stand on them, and that what was right is kept the moment it was."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import keyring.errors
import pytest

from pos_app import preferences
from pos_app.errors import DeviceProblem, Misconfigured, NotAllowed, NotTaken
from pos_app.first_start import FirstStart, PaperEntries, Progress, ShopEntries, SupplierTest, companies
from pos_app.first_start.companies import as_supplier
from pos_app.messages import explain, problem
from pos_app.money import Money
from pos_app.orders.rules import Problem
from pos_app.providers import SPECS
from pos_app.providers.base import ProviderSpec
from pos_app.settings import FILE_NAME, Paper, Settings, load
from tests.first_start.conftest import SHOP, Kiosk, groups_on
from tests.keyrings import Ring
from tests.sandbox_process import SandboxProcess

NOTHING = Progress(
    keyring=None, shop=False, register=False, supplier=False, printer=False, manager=False, recovery=False
)


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Fields and reasons; each has its words."""
    assert all(map(problem, problems))
    assert not any("{" in problem(one) for one in problems)
    return [(one.field, one.reason) for one in problems]


def test_at_first_nothing_is_done_and_a_zone_is_offered(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Vienna")

    async def scene(start: FirstStart) -> None:
        assert await start.progress() == NOTHING
        assert not NOTHING.finished
        assert start.zone() == "Europe/Vienna"
        assert {"Europe/Vienna", "America/New_York"} <= set(start.zones())
        assert Path(start.folder()).is_absolute()
        assert start.settings() == Settings()

    kiosk.play(scene)


def test_a_machine_without_a_zone_that_has_a_name(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "ABC5")

    async def scene(start: FirstStart) -> str:
        return start.zone()

    assert kiosk.play(scene) == ""


# --- 1: the shop ------------------------------------------------------------------------------------


def test_the_shop_is_kept(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        assert (
            await start.keep_shop(replace(SHOP, name=" Corner Kiosk ", address=" 1 Main \n\n Albany ")) == ()
        )

    async def look(start: FirstStart) -> None:
        assert await start.progress() == replace(NOTHING, shop=True)
        shop = start.settings().shop
        assert (shop.name, shop.address, shop.phone) == ("Corner Kiosk", "1 Main\nAlbany", "555-0100")
        assert (shop.currency, shop.zone) == ("USD", "America/New_York")

    kiosk.play(scene)
    kiosk.play(look)
    assert set(tomllib.loads((kiosk.folder / "settings.toml").read_text("utf-8"))) == {"shop"}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (replace(SHOP, name=" "), [("shop_name", "missing")]),
        (replace(SHOP, name="K" * 61), [("shop_name", "too_long")]),
        (replace(SHOP, name="Kiosk\x1b[2J"), [("shop_name", "not_printable")]),
        (replace(SHOP, address="A" * 301), [("address", "too_long")]),
        (replace(SHOP, address="1 Main\n\x00"), [("address", "not_printable")]),
        (replace(SHOP, phone="5" * 61), [("phone", "too_long")]),
        (replace(SHOP, phone="555\n1"), [("phone", "not_printable")]),
        (replace(SHOP, currency="XQQ"), [("currency", "unknown")]),
        (replace(SHOP, currency="US"), [("currency", "unknown")]),
        (replace(SHOP, zone="Mars/Olympus"), [("zone", "unknown")]),
        (replace(SHOP, zone="../../etc/passwd"), [("zone", "unknown")]),
        (replace(SHOP, zone="Factory"), [("zone", "unknown")]),
        (
            ShopEntries("", currency=""),
            [("shop_name", "missing"), ("currency", "unknown"), ("zone", "unknown")],
        ),
    ],
)
def test_a_shop_that_can_not_be(kiosk: Kiosk, entries: ShopEntries, expected: list[tuple[str, str]]) -> None:
    async def scene(start: FirstStart) -> None:
        assert told(await start.keep_shop(entries)) == expected
        assert await start.progress() == NOTHING

    kiosk.play(scene)
    assert not (kiosk.folder / "settings.toml").exists()


# --- 2: the register --------------------------------------------------------------------------------


def test_the_register_is_kept(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        assert await start.keep_register(" 01 ", " Cashier ") == ()

    async def look(start: FirstStart) -> None:
        assert await start.progress() == replace(NOTHING, register=True), "chosen, although it is the default"
        assert (start.settings().register_id, start.settings().cashier) == ("01", "Cashier")

    kiosk.play(scene)
    kiosk.play(look)


@pytest.mark.parametrize("number", ["", "1", "001", "a1", "\u0660\u0661", "1\n2"])
def test_a_register_has_two_digits(kiosk: Kiosk, number: str) -> None:
    async def scene(start: FirstStart) -> None:
        assert told(await start.keep_register(number, "Mia")) == [("register", "not_two_digits")]
        assert await start.progress() == NOTHING

    kiosk.play(scene)


@pytest.mark.parametrize(
    ("name", "reason"), [("", "missing"), ("M" * 61, "too_long"), ("Mia\n07", "not_printable")]
)
def test_somebody_sells(kiosk: Kiosk, name: str, reason: str) -> None:
    async def scene(start: FirstStart) -> None:
        assert told(await start.keep_register("01", name)) == [("cashier", reason)]

    kiosk.play(scene)


# --- 3: card companies ------------------------------------------------------------------------------


def test_what_a_company_wants_is_listed(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        plus, up = start.suppliers()
        assert (plus.name, plus.title, plus.delivery, plus.kept) == (
            "cardpluspay",
            "CardPlusPay",
            "codes",
            False,
        )
        assert (up.name, up.delivery) == ("levelup", "email")
        assert [secret.name for secret in plus.secrets if not secret.optional] == ["api_key"]
        assert {secret.name for secret in up.secrets} == {"user_token", "merchant_token"}
        for field in (*plus.fields, *up.fields):
            assert field.label
            assert field.help
        assert {field.name: field.value for field in up.fields}["base_url"].startswith("https://")
        assert all(secret.label != secret.name for one in (plus, up) for secret in one.secrets)

    kiosk.play(scene)


def test_keys_are_tried_and_only_then_kept(kiosk: Kiosk, ring: Ring) -> None:
    async def scene(start: FirstStart) -> None:
        entries = kiosk.address("cardpluspay"), {"api_key": f" {kiosk.ready['api_key']} "}
        test = await start.test_supplier("cardpluspay", *entries)
        assert test.passed
        assert isinstance(test.balance, Money)
        assert (test.merchants, test.untested) == (None, ())
        assert (await start.progress()).supplier is False
        assert (await start.keep_supplier("cardpluspay", *entries)) == test
        assert (await start.progress()).supplier

    async def look(start: FirstStart) -> None:
        assert (await start.progress()) == replace(NOTHING, supplier=True)
        plus, up = start.suppliers()
        assert (plus.kept, up.kept) == (True, False)
        assert {field.name: field.value for field in plus.fields}["base_url"] == kiosk.ready["cardpluspay"]
        # The key that is kept stands for one that is not typed.
        assert (await start.test_supplier("cardpluspay", kiosk.address("cardpluspay"), {})).passed

    kiosk.play(scene)
    kiosk.play(look)
    (name,) = [name for _, name in ring.kept if name.endswith(":cardpluspay:api_key")]
    assert ring.kept["countercard", name] == kiosk.ready["api_key"]
    for path in kiosk.folder.rglob("*"):
        assert not path.is_file() or kiosk.ready["api_key"].encode() not in path.read_bytes()


def test_a_kept_key_goes_nowhere_but_where_it_goes_already(kiosk: Kiosk, ring: Ring) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 4)
        kept, elsewhere = dict(ring.kept), {"base_url": "http://127.0.0.1:9/v1"}
        for act in (start.test_supplier, start.keep_supplier):
            test = await act("cardpluspay", elsewhere, {"api_key": " "})
            assert told(test.problems) == [("secret", "goes_elsewhere")]
            assert test.problems[0].facts == {"name": "api_key"}
        # A key that is typed is tried where it is typed to; nobody answers there.
        with pytest.raises(NotTaken):
            await start.test_supplier("cardpluspay", elsewhere, {"api_key": "TEST"})
        assert start.settings().providers["cardpluspay"] == kiosk.address("cardpluspay")
        assert ring.kept == kept

    kiosk.play(scene)


def test_another_address_and_the_key_from_before_never_meet(
    kiosk: Kiosk, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 4)
        kept, elsewhere = dict(ring.kept), {"base_url": "http://127.0.0.1:9/v1"}

        async def taken(*_asked: object) -> SupplierTest:
            return SupplierTest("cardpluspay")

        def puts(service: str, username: str, password: str) -> None:
            if password == "TESTanother":
                raise keyring.errors.KeyringLocked
            ring.kept[service, username] = password

        # The company takes any key, at any address.
        monkeypatch.setattr("pos_app.first_start.setting_up.tried", taken)
        monkeypatch.setattr(ring, "set_password", puts)
        with pytest.raises(Misconfigured, match="keyring_locked"):
            await start.keep_supplier("cardpluspay", elsewhere, {"api_key": "TESTanother"})
        assert ring.kept == kept
        assert load(kiosk.folder / FILE_NAME).providers["cardpluspay"] == kiosk.address("cardpluspay")
        assert start.settings().providers["cardpluspay"] == kiosk.address("cardpluspay")

    kiosk.play(scene)


def test_a_test_that_just_passed_is_not_made_twice(kiosk: Kiosk, sandbox: SandboxProcess) -> None:
    async def scene(start: FirstStart) -> None:
        entries = kiosk.address("cardpluspay"), {"api_key": kiosk.ready["api_key"]}
        assert (await start.test_supplier("cardpluspay", *entries)).passed
        sandbox.admin.fault("too_many_requests", call="balance", times=20, retry_after=60)
        assert (await start.keep_supplier("cardpluspay", *entries)).passed
        with pytest.raises(NotTaken) as caught:
            await start.keep_supplier("cardpluspay", entries[0] | {"currency": "EUR"}, entries[1])
        assert caught.value.reason == "too_many_requests"

    kiosk.play(scene)


def test_merchants_are_named_and_what_can_not_be_tried_is_said(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        secrets = {name: kiosk.ready[name] for name in ("user_token", "merchant_token")}
        test = await start.keep_supplier("levelup", kiosk.address("levelup"), secrets)
        assert test.passed
        assert test.balance is None
        assert test.merchants
        assert test.untested == ("user_token",)
        assert (await start.progress()).supplier

    kiosk.play(scene)


@pytest.mark.parametrize(
    ("name", "fields", "secrets", "expected"),
    [
        ("cardpluspay", {}, {}, [("secret", "missing", "api_key")]),
        ("cardpluspay", {}, {"api_key": "  "}, [("secret", "missing", "api_key")]),
        ("cardpluspay", {}, {"api_key": "TEST KEY"}, [("secret", "not_a_key", "api_key")]),
        ("cardpluspay", {}, {"api_key": "TESTschlüssel"}, [("secret", "not_a_key", "api_key")]),
        ("levelup", {}, {"user_token": "TEST"}, [("secret", "missing", "merchant_token")]),
        (
            "cardpluspay",
            {"base_url": "api.cardpluspay.com", "currency": "dollars"},
            {},
            [
                ("setting", "not_an_address", "base_url"),
                ("setting", "unreadable", "currency"),
                ("secret", "missing", "api_key"),
            ],
        ),
    ],
)
def test_what_can_be_no_key_is_not_sent(
    kiosk: Kiosk,
    name: str,
    fields: dict[str, str],
    secrets: dict[str, str],
    expected: list[tuple[str, str, str]],
) -> None:
    async def scene(start: FirstStart) -> None:
        for act in (start.test_supplier, start.keep_supplier):
            found = await act(name, fields, secrets)
            assert not found.passed
            assert told(found.problems) == [one[:2] for one in expected]
            assert [one.facts["name"] for one in found.problems] == [one[2] for one in expected]
        assert await start.progress() == NOTHING

    kiosk.play(scene)


def test_a_wrong_key_is_told_and_not_kept(kiosk: Kiosk, ring: Ring) -> None:
    async def scene(start: FirstStart) -> None:
        for name, secrets in (
            ("cardpluspay", {"api_key": "TESTwrong"}),
            ("levelup", {"user_token": "TESTwrong", "merchant_token": "TESTwrong"}),
        ):
            with pytest.raises(Misconfigured) as caught:
                await start.keep_supplier(name, kiosk.address(name), secrets)
            assert caught.value.reason == "key_refused"
            assert "TESTwrong" not in repr(caught.value)

    kiosk.play(scene)
    assert not any("api_key" in name or "token" in name for _, name in ring.kept)
    assert not (kiosk.folder / "settings.toml").exists()


@pytest.mark.parametrize(
    ("address", "reason"),
    [("http://127.0.0.1:1/v1", "connection_refused"), ("http://a.localhost.invalid/v1", "plain_http")],
)
def test_a_company_that_is_not_there(kiosk: Kiosk, address: str, reason: str) -> None:
    async def scene(start: FirstStart) -> None:
        with pytest.raises((NotTaken, Misconfigured)) as caught:
            await start.test_supplier("cardpluspay", {"base_url": address}, {"api_key": "TEST"})
        assert caught.value.reason == reason
        assert explain(caught.value).what

    kiosk.play(scene)


def test_an_unknown_company(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        for act in (start.test_supplier, start.keep_supplier):
            with pytest.raises(Misconfigured) as caught:
                await act("nobody", {}, {})
            assert caught.value.reason == "unknown_provider"

    kiosk.play(scene)


# --- 4: the printer ---------------------------------------------------------------------------------


def test_a_test_page_holds_no_secret_and_the_folder_is_kept(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 4)
        assert await start.test_printer(kiosk.paper) == preferences.TestSlip(str(kiosk.papers))
        assert not (await start.progress()).printer
        assert await start.keep_printer(kiosk.paper) == ()
        assert (await start.progress()).printer

    kiosk.play(scene)
    page = (kiosk.papers / "test-03.txt").read_text("utf-8")
    assert "Corner Kiosk" in page
    assert kiosk.ready["api_key"] not in page


def test_the_screen_only_is_a_way_too(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        assert await start.test_printer(PaperEntries("screen")) == preferences.TestSlip()
        assert await start.keep_printer(PaperEntries("screen")) == ()
        assert await start.progress() == replace(NOTHING, printer=True)

    kiosk.play(scene)


def test_a_printer_in_the_network_is_kept(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        entries = PaperEntries("network", host=" 192.168.1.50 ", port="9101", columns="48", profile=" ")
        assert await start.keep_printer(entries) == ()
        paper = start.settings().paper
        assert (paper.printer, paper.host, paper.port, paper.columns) == ("network", "192.168.1.50", 9101, 48)

    kiosk.play(scene)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (PaperEntries("device", device=" /dev/usb/lp0 "), Paper(printer="device", device="/dev/usb/lp0")),
        (
            PaperEntries("serial", device="COM3", baud=" 19200 "),
            Paper(printer="serial", device="COM3", baud=19200),
        ),
        (PaperEntries("queue", queue=" till "), Paper(printer="queue", queue="till")),
        (PaperEntries("queue", queue="till", sheet="A4"), Paper(printer="queue", queue="till", sheet="A4")),
        (PaperEntries("device", device="lp0", sheet=" "), Paper(printer="device", device="lp0")),
    ],
)
def test_a_printer_of_this_computer_is_kept(kiosk: Kiosk, entries: PaperEntries, expected: Paper) -> None:
    async def scene(start: FirstStart) -> None:
        assert await start.keep_printer(entries) == ()
        kept = start.settings().paper
        assert kept == expected.model_copy(update={"columns": 42, "profile": "default"})

    kiosk.play(scene)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (PaperEntries("fax"), [("printer", "unknown")]),
        (PaperEntries("folder", ""), [("folder", "missing")]),
        (PaperEntries("folder", "papers"), [("folder", "not_whole")]),
        (PaperEntries("folder", "~nobody-at-all/papers"), [("folder", "not_whole")]),
        (PaperEntries("folder", "/tmp/\x1b"), [("folder", "not_whole")]),  # noqa: S108
        (PaperEntries("network"), [("host", "missing")]),
        (PaperEntries("network", host="tcp://printer"), [("host", "unreadable")]),
        (PaperEntries("network", host="p" * 254), [("host", "unreadable")]),
        (
            PaperEntries("network", host="printer.", port="0"),
            [("host", "unreadable"), ("port", "out_of_range")],
        ),
        (PaperEntries("network", host="printer", port="65536"), [("port", "out_of_range")]),
        (PaperEntries("network", host="fe80::1", port="x"), [("port", "out_of_range")]),
        (PaperEntries("device"), [("device", "missing")]),
        (PaperEntries("device", device="d" * 254), [("device", "too_long")]),
        (PaperEntries("serial", baud="fast"), [("device", "missing_port"), ("baud", "out_of_range")]),
        (PaperEntries("serial", device="/dev/tty\x1b"), [("device", "unreadable")]),
        (PaperEntries("queue"), [("queue", "missing")]),
        (PaperEntries("queue", queue="q" * 254), [("queue", "too_long")]),
        (PaperEntries("queue", queue="till\x1b"), [("queue", "unreadable")]),
        (PaperEntries("screen", columns="29"), [("columns", "out_of_range")]),
        (PaperEntries("screen", columns="49"), [("columns", "out_of_range")]),
        (PaperEntries("screen", columns="4 2"), [("columns", "out_of_range")]),
        (PaperEntries("screen", profile="no-such-printer"), [("profile", "unknown")]),
        (PaperEntries("queue", queue="till", sheet="A5"), [("sheet", "unknown")]),
    ],
)
def test_a_printer_that_can_not_be(
    kiosk: Kiosk, entries: PaperEntries, expected: list[tuple[str, str]]
) -> None:
    async def scene(start: FirstStart) -> None:
        assert told((await start.test_printer(entries)).problems) == expected
        assert told(await start.keep_printer(entries)) == expected
        assert await start.progress() == NOTHING

    kiosk.play(scene)


@pytest.mark.parametrize("inside", ["", "paper", "../shop/paper"])
def test_slips_do_not_go_where_a_copy_of_the_store_would_take_them(kiosk: Kiosk, inside: str) -> None:
    async def scene(start: FirstStart) -> None:
        entries = PaperEntries("folder", str(kiosk.folder / inside))
        assert told(await start.keep_printer(entries)) == [("folder", "in_store")]

    kiosk.play(scene)


def test_a_folder_that_takes_nothing_is_told_by_the_test_page(kiosk: Kiosk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def scene(start: FirstStart) -> None:
        with pytest.raises(DeviceProblem) as caught:
            await start.test_printer(PaperEntries("folder", str(tmp_path / "file" / "papers")))
        assert caught.value.reason == "can_not_write"

    kiosk.play(scene)


# --- 5: the manager ---------------------------------------------------------------------------------


def test_the_first_manager_is_kept_and_may_be_corrected(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        assert told(await start.keep_manager("Kim", "1234", "1235")) == [
            ("pin", "too_easy"),
            ("again", "different"),
        ]
        assert await start.progress() == NOTHING
        assert await start.keep_manager("Kim", "4711", "4711") == ()
        assert await start.keep_manager("Kim", "9305", "9305") == (), "as long as this is not finished"
        assert await start.progress() == replace(NOTHING, manager=True)

    kiosk.play(scene)


# --- 6: the recovery sheet --------------------------------------------------------------------------


def test_the_sheet_is_printed_and_typed_back(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 6)
        assert not await start.sheet_was_printed()
        sheet = await start.print_recovery_sheet()
        assert await start.sheet_was_printed()
        assert sheet.printer == str(kiosk.papers)
        groups = groups_on(sheet.document)
        assert not any(group in repr(sheet) for group in groups)
        (text,) = kiosk.papers.glob("recovery-*.txt")
        assert " ".join(groups[:3]) in text.read_text("utf-8")
        assert "Corner Kiosk" in text.read_text("utf-8")

        places = start.recovery_places()
        assert len(set(places)) == 3
        assert set(places) <= set(range(1, start.recovery_groups() + 1))
        typed = {place: groups[place - 1] for place in places}
        assert await start.check_recovery({}) == places
        assert await start.check_recovery(typed | {places[1]: "0000"}) == (places[1],)
        assert await start.check_recovery(typed | {99: "00000"}) == (99,)
        assert not (await start.progress()).recovery
        tolerated = {
            place: f" {group.lower().replace('0', 'o').replace('1', 'l')} " for place, group in typed.items()
        }
        assert await start.check_recovery(tolerated) == ()
        assert (await start.progress()).finished

    async def look(start: FirstStart) -> None:
        assert (await start.progress()).finished

    kiosk.play(scene)
    kiosk.play(look)


def test_the_same_key_is_printed_again(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> tuple[str, ...]:
        await kiosk.to_page(start, 6)
        return groups_on((await start.print_recovery_sheet()).document)

    assert kiosk.play(scene) == kiosk.play(scene)
    assert len(list(kiosk.papers.glob("recovery-*.txt"))) == 2


def test_without_paper_the_sheet_is_shown_to_be_copied(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 6)
        assert await start.keep_printer(PaperEntries("screen")) == ()
        sheet = await start.print_recovery_sheet()
        assert sheet.printer == ""
        assert len(groups_on(sheet.document)) == start.recovery_groups()

    kiosk.play(scene)
    assert not kiosk.papers.exists()


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
def test_nothing_is_finished_while_an_earlier_page_is_open(kiosk: Kiosk, page: int) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, page)
        groups = groups_on((await start.print_recovery_sheet()).document)
        with pytest.raises(NotAllowed) as caught:
            await start.check_recovery(dict(enumerate(groups, 1)))
        assert caught.value.reason == "not_set_up"

    kiosk.play(scene)


def test_a_sheet_nobody_printed_is_not_checked(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 6)
        with pytest.raises(NotAllowed):
            await start.check_recovery({})

    kiosk.play(scene)


def test_what_is_finished_is_not_begun_again(kiosk: Kiosk) -> None:
    async def again(start: FirstStart) -> None:
        acts = [
            start.keep_shop(SHOP),
            start.keep_register("04", "Ada"),
            start.keep_supplier("cardpluspay", {}, {}),
            start.keep_printer(kiosk.paper),
            start.keep_manager("Ada", "9305", "9305"),
            start.print_recovery_sheet(),
            start.check_recovery({}),
        ]
        for act in acts:
            with pytest.raises(NotAllowed) as caught:
                await act
            assert caught.value.reason == "set_up_before"

    kiosk.play(kiosk.finish)
    before = (kiosk.folder / "settings.toml").read_bytes()
    kiosk.play(again)
    assert (kiosk.folder / "settings.toml").read_bytes() == before


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_company_s_settings_are_asked_for_in_the_language_in_force(
    spec: ProviderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_english = [
        (name, about.title, about.description) for name, about in spec.settings.model_fields.items()
    ]
    fields = as_supplier(spec, {}, kept=False).fields
    assert [(field.name, field.label, field.help) for field in fields] == in_english

    def marked(text: str) -> str:
        return f"[{text}]"

    monkeypatch.setattr(companies, "_", marked)
    fields = as_supplier(spec, {}, kept=False).fields
    assert [(field.label, field.help) for field in fields] == [
        (f"[{title}]", f"[{description}]") for _name, title, description in in_english
    ]
