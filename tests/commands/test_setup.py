"""`countercard setup` and `countercard recover`: what the window's first start does, without a window."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import keyring
import keyring.core
import pytest
from typing_extensions import override

from pos_app import recovery
from pos_app.__main__ import main
from pos_app.commands import asking
from pos_app.opening import Options, open_till
from pos_app.providers.cardpluspay import CardPlusPaySettings
from pos_app.register import DATABASE
from pos_app.store.database import open_database
from tests.keyrings import Ring, Weak
from tests.sandbox_process import SandboxProcess


class _Person(io.StringIO):
    """Somebody at a terminal who answers by what is asked."""

    @override
    def isatty(self) -> bool:
        return True


@dataclass
class Shop:
    """A folder, a file of answers, and what a command said last."""

    folder: Path
    papers: Path
    file: Path
    key: str
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    out: str = ""
    err: str = ""
    asked: list[str] = field(default_factory=list[str])

    def __call__(self, *words: str, piped: str = "") -> int:
        """Run a command with `piped` on its standard input."""
        self.patch.setattr(sys, "stdin", io.StringIO(piped))
        return self._run(*words)

    def typed(self, *words: str, answers: list[tuple[str, str]]) -> int:
        """Run a command at a terminal; each answer is given to the next question, which it must fit."""
        waiting = iter(answers)
        self.asked.clear()

        def answer(question: str) -> str:
            self.asked.append(question)
            expected, text = next(waiting)
            assert re.search(expected, question), f"{question!r} was asked, {expected!r} expected"
            return self.sheet()[int(text[1:]) - 1] if text.startswith("#") else text

        def line(question: str, *, hidden: bool = False) -> str:
            assert hidden is ("key" in question or "PIN" in question or "token" in question)
            found = re.match(r"Group (\d+) of the sheet", question)
            return self.sheet()[int(found[1]) - 1] if found and self.sheet() else answer(question)

        self.patch.setattr(sys, "stdin", _Person())
        self.patch.setattr(asking, "typed", line)
        code = self._run(*words)
        assert not list(waiting), "not everything was asked"
        return code

    def sheet(self) -> list[str]:
        """The groups on the newest sheet."""
        texts = sorted(self.papers.glob("recovery-*.txt"))
        return _keys(texts[-1]).split() if texts else []

    @property
    def object(self) -> dict[str, Any]:
        """What was said, as JSON."""
        return json.loads(self.out)

    def _run(self, *words: str) -> int:
        code = main([*words, "--store", str(self.folder)])
        self.out, self.err = self.capsys.readouterr()
        assert self.key not in self.out + self.err
        return code


def _keys(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(after for before, after in pairwise(lines) if before.startswith("GROUP"))


@pytest.fixture
def ring() -> Iterator[Ring]:
    before = keyring.core._keyring_backend  # pyright: ignore[reportPrivateUsage]
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.core._keyring_backend = before  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def shop(
    tmp_path: Path,
    sandbox: SandboxProcess,
    ring: Ring,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    papers, file = tmp_path / "papers", tmp_path / "answers.toml"
    file.write_text(
        f"""
        [shop]
        name = "Corner Kiosk"
        zone = "America/New_York"
        [register]
        number = "03"
        cashier = "Mia 07"
        [suppliers.cardpluspay]
        base_url = "{sandbox.ready["cardpluspay"]}"
        [printer]
        printer = "folder"
        folder = {json.dumps(str(papers))}
        [manager]
        name = "Kim"
        """,
        encoding="utf-8",
    )
    return Shop(tmp_path / "shop", papers, file, sandbox.ready["api_key"], capsys, monkeypatch)


def secrets(shop: Shop) -> str:
    """The key, no private key, and the manager's PIN twice."""
    return f"{shop.key}\n\n4711\n4711\n"


def test_a_script_sets_a_shop_up_in_two_runs(shop: Shop, ring: Ring) -> None:
    assert shop("setup", "--from", str(shop.file), "--json", piped=secrets(shop)) == 3
    done = shop.object
    assert (done["finished"], done["manager"], done["recovery"], done["problems"]) == (False, True, False, [])
    assert done["error"]["reason"] == "not_set_up"
    assert "recovery sheet was printed" in shop.err

    wrong = shop.sheet()
    wrong[4] = "00000"
    assert shop("setup", "--json", piped=" ".join(wrong)) == 3
    assert [one["reason"] for one in shop.object["problems"]] == ["mistyped"]
    assert "5" in shop.object["problems"][0]["words"]

    assert shop("setup", "--json", piped="\n".join(shop.sheet()).lower()) == 0
    assert shop.object["finished"]
    assert len(list(shop.papers.glob("recovery-*.txt"))) == 1, "printed once, whatever a script does"
    kept = {name.partition(":")[2]: secret for (_, name), secret in ring.kept.items()}
    assert kept["cardpluspay:api_key"] == shop.key

    assert shop("setup", "--json") == 0
    assert shop.object["finished"]


def test_a_sheet_of_another_form_or_another_store(shop: Shop) -> None:
    shop("setup", "--from", str(shop.file), piped=secrets(shop))
    other = " ".join(recovery.groups(bytes(32)))
    assert shop("setup", "--json", piped=other) == 3
    assert [one["reason"] for one in shop.object["problems"]] == ["mistyped"]
    newer = [
        f"4000{check}" for check in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if recovery.holds(f"4000{check}", 1)
    ]
    assert shop("setup", "--json", piped=" ".join([*newer, *recovery.groups(bytes(32))[1:]])) == 3
    assert [one["reason"] for one in shop.object["problems"]] == ["another_form"]


def test_what_is_wrong_is_said_and_what_was_right_is_kept(shop: Shop) -> None:
    text = shop.file.read_text("utf-8")
    shop.file.write_text(text.replace('"03"', '"3"'), encoding="utf-8")
    assert shop("setup", "--from", str(shop.file), "--json", piped=secrets(shop)) == 3
    assert shop.object["shop"]
    assert shop.object["problems"] == [
        {
            "field": "register",
            "reason": "not_two_digits",
            "name": None,
            "words": shop.object["problems"][0]["words"],
        }
    ]
    assert "two digits" in shop.err
    assert shop("setup", "--check") == 3
    assert re.search(r"Shop +done\nRegister +open", shop.out)


def test_a_page_is_filled_in_again(shop: Shop) -> None:
    shop("setup", "--from", str(shop.file), piped=secrets(shop))
    shop.file.write_text('[register]\nnumber = "04"\ncashier = "Ada"', encoding="utf-8")
    assert shop("setup", "--from", str(shop.file), "--json", piped="") == 3
    assert '"03"' in (shop.folder / "settings.toml").read_text("utf-8")
    assert shop("setup", "--from", str(shop.file), "--again", "register", piped="") == 3
    assert '"04"' in (shop.folder / "settings.toml").read_text("utf-8")


def test_without_answers_nothing_is_guessed(shop: Shop) -> None:
    assert shop("setup", "--json") == 3
    assert {one["field"] for one in shop.object["problems"]} >= {"shop_name"}
    shop.file.write_text(
        shop.file.read_text("utf-8").replace("suppliers.cardpluspay", "nobody"), encoding="utf-8"
    )
    assert shop("setup", "--from", str(shop.file), "--json") == 3
    assert [one["field"] for one in shop.object["problems"]] == ["supplier"]


def test_a_wrong_key_ends_with_eight_and_the_next_run_goes_on(shop: Shop) -> None:
    assert shop("setup", "--from", str(shop.file), "--json", piped="TESTwrong\n\n4711\n4711\n") == 8
    assert shop.object["error"]["reason"] == "key_refused"
    assert shop("setup", "--from", str(shop.file), "--json", piped=secrets(shop)) == 3
    assert len(shop.sheet()) == recovery.GROUPS


@pytest.mark.parametrize("text", ["[shop", "\xff"])
def test_answers_that_can_not_be_read(shop: Shop, text: str) -> None:
    shop.file.write_text(text, encoding="latin-1")
    assert shop("setup", "--from", str(shop.file), "--json") == 8
    assert shop.object["error"]["reason"] == "settings_unreadable"


def test_a_weak_keyring_is_named_and_nothing_is_asked(shop: Shop) -> None:
    keyring.set_keyring(Weak())
    assert shop("setup", "--from", str(shop.file), "--json", piped=secrets(shop)) == 8
    assert shop.object["keyring"] == shop.object["error"]["reason"] == "keyring_weak"
    assert not (shop.folder / "settings.toml").exists()
    assert shop("setup", "--check") == 3
    assert "keeps secrets in the open" in shop.out


def test_without_paper_the_sheet_is_told_to_be_copied(shop: Shop) -> None:
    text = shop.file.read_text("utf-8").replace('printer = "folder"', 'printer = "screen"')
    shop.file.write_text(text, encoding="utf-8")
    shop("setup", "--from", str(shop.file), "--json", piped=secrets(shop))
    groups = shop.object["groups"]
    assert len(groups) == recovery.GROUPS
    assert " ".join(groups[:3]) in shop.err
    assert shop("setup", piped=" ".join(groups)) == 0
    assert "Real cards can be sold" in shop.out


def test_asking_how_far_it_is_makes_no_store(shop: Shop) -> None:
    assert shop("setup", "--check", "--json") == 9
    assert shop.object["error"]["reason"] == "missing"
    assert not shop.folder.exists()


def test_asking_makes_nothing_in_a_folder_that_is_there(shop: Shop, ring: Ring) -> None:
    shop.folder.mkdir()
    assert shop("setup", "--check", "--json") == 9
    assert shop.object["error"]["reason"] == "missing"
    assert not list(shop.folder.iterdir())
    assert not ring.kept


def test_asking_gives_a_store_without_a_key_none(shop: Shop, ring: Ring) -> None:
    shop.folder.mkdir()
    asyncio.run(_without_a_key(shop.folder))
    before = {path.name for path in shop.folder.iterdir()}
    assert shop("setup", "--check", "--json") == 3
    assert (shop.object["manager"], shop.object["supplier"], shop.object["keyring"]) == (False, False, None)
    assert {path.name for path in shop.folder.iterdir()} == before
    assert not ring.kept


async def _without_a_key(folder: Path) -> None:
    """A first start that was cut off at once."""
    await (await open_database(folder / DATABASE)).close()


@pytest.mark.parametrize(
    "printer",
    [
        'printer = "network"\nhost = "127.0.0.1"\nport = 1',
        'printer = "device"\ndevice = "/dev/no-such-printer"',
        'printer = "serial"\ndevice = "/dev/no-such-printer"\nbaud = 19200',
        'printer = "queue"\nqueue = "no such printer"',
    ],
)
def test_cards_by_email_and_a_printer_that_is_not_there(
    shop: Shop, sandbox: SandboxProcess, printer: str
) -> None:
    text = shop.file.read_text("utf-8").replace("cardpluspay", "levelup").replace('/v1"', '"')
    text = re.sub(r"base_url = .*", f'base_url = "{sandbox.ready["levelup"]}"', text)
    text = re.sub(r'printer = "folder"', printer, text)
    shop.file.write_text(text, encoding="utf-8")
    keys = f"{sandbox.ready['user_token']}\n{sandbox.ready['merchant_token']}\n"
    assert shop("setup", "--from", str(shop.file), "--json", piped=f"{keys}4711\n4711\n") == 11
    assert (shop.object["supplier"], shop.object["printer"]) == (True, False)
    assert re.search(r"LevelUp answers: \d+ merchants", shop.err)
    assert "only be tried by the first sale" in shop.err


# --- at a terminal ----------------------------------------------------------------------------------


def test_a_person_is_asked_page_by_page_and_again_where_it_was_wrong(
    shop: Shop, sandbox: SandboxProcess
) -> None:
    answers = [
        ("Shop's name", ""),
        ("Address", "1 Main Street"),
        ("Phone", ""),
        (r"Currency \[USD\]", ""),
        ("Time zone", "America/New_York"),
        ("Shop's name", "Corner Kiosk"),
        ("Address", "1 Main Street"),
        ("Phone", ""),
        (r"Currency \[USD\]", ""),
        ("Time zone", "America/New_York"),
        (r"Number of this register \[01\]", "03"),
        ("Who sells here", "Mia 07"),
        (r"CardPlusPay \(y/n\)", "y"),
        *_fields(sandbox),
        ("CardPlusPay, API key", "TESTwrong"),
        ("CardPlusPay, Private key", ""),
        (r"Try again \(y/n\)", ""),
        ("CardPlusPay, API key", shop.key),
        ("CardPlusPay, Private key", ""),
        (r"LevelUp \(y/n\)", ""),
        ("Printer: folder", "folder"),
        ("Folder for slips", str(shop.papers)),
        ("Pages: roll, A4 or Letter", ""),
        ("Characters on a line", ""),
        ("Printer's profile", ""),
        (r"Is it complete and readable \(y/n\)", ""),
        ("First manager's name", "Kim"),
        ("PIN, 4 to 8 digits", "1234"),
        ("The same PIN again", "1234"),
        ("First manager's name", "Kim"),
        ("PIN, 4 to 8 digits", "4711"),
        ("The same PIN again", "4711"),
    ]
    assert shop.typed("setup", answers=answers) == 0
    assert "Enter the shop's name" in shop.err
    assert "did not accept this shop's key" in shop.err
    assert "Anybody would try this PIN first" in shop.err
    assert re.search(r"CardPlusPay answers\. Balance: \$", shop.err)
    assert "Real cards can be sold" in shop.out
    assert not any(group in shop.out + shop.err for group in shop.sheet())


def test_a_person_may_give_up_on_a_key_and_print_the_test_page_again(
    shop: Shop, sandbox: SandboxProcess
) -> None:
    text = shop.file.read_text("utf-8")
    shop.file.write_text(
        text.partition("[suppliers")[0].replace("zone", 'address = ""\nphone = ""\ncurrency = "USD"\nzone')
        + '[manager]\nname = "Kim"',
        encoding="utf-8",
    )
    company = [(r"CardPlusPay \(y/n\)", "y"), *_fields(sandbox)]
    wrong = [("CardPlusPay, API key", "TESTwrong"), ("CardPlusPay, Private key", "")]
    words = ("setup", "--from", str(shop.file))
    assert shop.typed(*words, answers=[*company, *wrong, ("Try again", "n")]) == 8
    right = [("CardPlusPay, API key", shop.key), ("CardPlusPay, Private key", "")]
    printer = [
        ("Printer: folder", ""),
        ("Folder for slips", str(shop.papers)),
        ("Pages: roll, A4 or Letter", "A4"),
        ("Characters on a line", "32"),
        ("Printer's profile", ""),
    ]
    readable = "Is it complete and readable"
    pins = [("PIN, 4 to 8 digits", "4711"), ("The same PIN again", "4711")]
    refused = [(r"CardPlusPay \(y/n\)", "n"), (r"LevelUp \(y/n\)", "n")]
    answers = [
        *refused,
        *company,
        *right,
        (r"LevelUp \(y/n\)", "n"),
        *printer,
        (readable, "n"),
        *printer,
        (readable, "y"),
        *pins,
    ]
    assert shop.typed(*words, answers=answers) == 0
    assert "Without a card company there is nothing to sell" in shop.err
    assert len(list(shop.papers.glob("test-*.txt"))) == 2


def test_a_group_typed_wrong_is_asked_again(shop: Shop) -> None:
    shop("setup", "--from", str(shop.file), piped=secrets(shop))
    wrong = iter(["00000"])

    def group(question: str) -> str:
        found = re.match(r"Group (\d+) of the sheet", question)
        assert found, question
        shop.asked.append(question)
        return next(wrong, shop.sheet()[int(found[1]) - 1])

    shop.patch.setattr(sys, "stdin", _Person())
    shop.patch.setattr(asking, "typed", group)
    assert main(["setup", "--store", str(shop.folder)]) == 0
    assert len(shop.asked) == 4
    assert shop.asked[3] == shop.asked[0]
    assert "Wrong: group" in shop.capsys.readouterr().err


def _fields(sandbox: SandboxProcess) -> list[tuple[str, str]]:
    return [
        (f"CardPlusPay, {about.title}", sandbox.ready["cardpluspay"] if name == "base_url" else "")
        for name, about in CardPlusPaySettings.model_fields.items()
    ]


# --- recover ----------------------------------------------------------------------------------------


@pytest.fixture
def finished(shop: Shop) -> Shop:
    shop("setup", "--from", str(shop.file), piped=secrets(shop))
    assert shop("setup", piped=" ".join(shop.sheet())) == 0
    return shop


def _kept(ring: Ring, ending: str) -> list[str]:
    return [secret for (_, name), secret in ring.kept.items() if name.endswith(ending)]


def _as_kept_before(ring: Ring) -> None:
    """Have the keys of the companies lie where those of all stores once lay."""
    for service, name in list(ring.kept):
        _, _, old = name.partition(":")
        if old:
            secret = ring.kept.pop((service, name))
            if not old.startswith("keys-"):
                ring.kept[service, old] = secret


def _looked_at(shop: Shop) -> int:
    """Open the store as the window does, to sell."""

    async def scene() -> int:
        register = await open_till(Options(str(shop.folder), live=True))
        lights = len(register.connections.lights())
        await asyncio.wait_for(register.close(), 90)
        return lights

    return asyncio.run(scene())


def test_a_second_shop_has_keys_of_its_own(finished: Shop, ring: Ring) -> None:
    shop, first = finished, finished.folder
    shop.folder = first.with_name("second")
    assert shop("setup", "--json", "--from", str(shop.file), piped="TEST-not-the-key\n\n4711\n4711\n") == 8
    assert not shop.object["supplier"], "the first shop's key is not this one's"
    assert shop("setup", "--json", "--from", str(shop.file), piped=secrets(shop)) == 3
    assert _kept(ring, ":cardpluspay:api_key") == [shop.key, shop.key]
    for path in shop.papers.glob("recovery-*.txt"):
        path.unlink()
    assert shop("setup", piped="") == 3
    assert shop("key", "cardpluspay", "--json", piped="TEST-other-key\n\n") == 3, "it is not finished"
    shop.folder = first
    assert shop("key", "cardpluspay", "--json", piped="TEST-other-key\n\n") == 0
    assert shop.object == {"provider": "cardpluspay", "kept": ["api_key"]}
    assert _kept(ring, ":cardpluspay:api_key") == ["TEST-other-key", shop.key]


def test_keys_that_lay_there_for_all_stores_are_taken_over_once(finished: Shop, ring: Ring) -> None:
    shop = finished
    _as_kept_before(ring)
    assert ring.kept["countercard", "cardpluspay:api_key"] == shop.key
    assert shop("setup", "--check", "--json") == 0
    assert not _kept(ring, ":cardpluspay:api_key"), "who looks moves nothing"
    assert _looked_at(shop) == 1
    assert _kept(ring, ":cardpluspay:api_key") == [shop.key]
    ring.kept["countercard", "levelup:user_token"] = "TEST-later"
    ring.kept["countercard", "levelup:merchant_token"] = "TEST-later"
    assert _looked_at(shop) == 1, "what came there later is another store's"


def test_a_key_that_is_entered_leaves_those_of_before(finished: Shop, ring: Ring) -> None:
    _as_kept_before(ring)
    assert finished("key", "levelup", piped="TEST-user\nTEST-merchant\n") == 0
    assert _kept(ring, ":cardpluspay:api_key") == [finished.key]
    assert _kept(ring, ":levelup:user_token") == ["TEST-user"]


def test_a_store_that_was_set_up_later_or_not_yet_takes_nothing_over(shop: Shop, ring: Ring) -> None:
    ring.kept["countercard", "cardpluspay:api_key"] = shop.key
    assert shop("setup", "--json", "--from", str(shop.file), piped="") == 3
    assert not shop.object["supplier"]
    shop("setup", "--from", str(shop.file), piped=secrets(shop))
    assert shop("setup", piped=" ".join(shop.sheet())) == 0
    ring.kept["countercard", "levelup:user_token"] = "TEST-another"
    ring.kept["countercard", "levelup:merchant_token"] = "TEST-another"
    assert _looked_at(shop) == 1


def test_a_key_needs_a_shop_that_is_set_up(shop: Shop, ring: Ring) -> None:
    assert shop("key", "cardpluspay", "--json", piped=f"{shop.key}\n\n") == 3
    assert shop.object["error"]["reason"] == "not_set_up"
    assert not shop.folder.exists()
    assert not ring.kept


@pytest.mark.parametrize("bad", ["TEST\udcff", "TEST two", "\ud800", "TEST\u00e9"])
def test_what_can_be_no_key_is_refused_in_words(finished: Shop, ring: Ring, bad: str) -> None:
    assert finished("key", "cardpluspay", "--json", piped=f"{bad}\n\n") == 3
    assert finished.object["error"]["reason"] == "invalid_draft"
    assert "This is not a key" in finished.err
    assert _kept(ring, ":cardpluspay:api_key") == [finished.key]
    assert finished("key", "cardpluspay", "--json", piped="\n-----BEGIN\udcff-----\n") == 3
    assert not _kept(ring, ":signing_key")


def test_a_key_that_was_kept_broken_is_refused_where_it_is_used(finished: Shop, ring: Ring) -> None:
    (name,) = [name for name in ring.kept if name[1].endswith(":cardpluspay:api_key")]
    ring.kept[name] = "TEST\udcff"
    sell = ("sell", "--provider", "cardpluspay", "--item", "ACME", "--cash", "10", "--live", "--json")
    assert finished(*sell) == 8
    assert finished.object["error"]["reason"] == "key_refused"


def test_practice_leaves_nothing_beside_real_sales(finished: Shop) -> None:
    before = sorted(finished.folder.rglob("*"))
    sell = ("sell", "--provider", "cardpluspay", "--item", "ACME", "--cash", "10", "--json")
    assert finished(*sell) == 8
    assert finished.object["error"]["reason"] == "wrong_store_kind"
    assert sorted(finished.folder.rglob("*")) == before


def test_a_copied_store_opens_on_another_computer(finished: Shop, tmp_path: Path) -> None:
    shop = finished
    shutil.copytree(shop.folder, tmp_path / "copy")
    shop.folder = tmp_path / "copy"
    other = Ring()
    keyring.set_keyring(other)
    assert shop("journal", "verify", "--live", "--json") == 8
    assert shop.object["error"]["reason"] == "store_key_missing"

    wrong = [*shop.sheet()]
    wrong[2], wrong[3] = wrong[3], wrong[2]
    assert shop("recover", "--json", piped=" ".join(wrong)) == 3
    assert "3, 4" in shop.object["problems"][0]["words"]
    assert shop("recover", "--json", piped=" ".join(recovery.groups(bytes(32)))) == 8
    assert shop.object["error"]["reason"] == "sheet_wrong"
    assert not any(name.startswith("store-key") for _, name in other.kept)

    assert shop("recover", "--json", piped=" ".join(shop.sheet())) == 0
    assert shop.object["store"] in (next(shop.papers.glob("recovery-*.txt"))).read_text("utf-8")
    assert shop("journal", "verify", "--live", "--json") == 0


def test_a_person_types_the_sheet_group_by_group(finished: Shop) -> None:
    keyring.set_keyring(Ring())
    answers = [(f"Group {n} of 13", f"#{n}") for n in range(1, 14)]
    answers.insert(2, ("Group 3 of 13", "00000"))
    assert finished.typed("recover", answers=answers) == 0
    assert "Wrong: group 3." in finished.err
    assert "opens on this computer" in finished.out


def test_there_is_nothing_to_recover_where_there_is_no_store(shop: Shop) -> None:
    assert shop("recover", "--json", piped=" ".join(recovery.groups(bytes(32)))) == 9
    assert shop.object["error"]["reason"] == "missing"
    assert not shop.folder.exists()


def test_a_training_store_has_no_sheet(shop: Shop) -> None:
    async def train() -> None:
        ready = shop.file.with_name("ready.json")
        register = await open_till(Options(str(shop.folder), sandbox=ready))
        await asyncio.wait_for(register.close(), 90)

    shop.file.with_name("ready.json").write_text(
        json.dumps(
            {
                "cardpluspay": "http://127.0.0.1:1/v1",
                "levelup": "http://127.0.0.1:1",
                "api_key": "TEST",
                "user_token": "TEST",
                "merchant_token": "TEST",
            }
        ),
        encoding="utf-8",
    )
    asyncio.run(train())
    assert shop("recover", "--json", piped=" ".join(recovery.groups(bytes(32)))) == 8
    assert shop.object["error"]["reason"] == "wrong_store_kind"
    assert shop("setup", "--json") == 8
    assert shop.object["error"]["reason"] == "wrong_store_kind"
