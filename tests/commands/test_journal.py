"""`countercard journal`: whatever was done to a journal is found, and named by its first line."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

from pos_app import i18n
from pos_app.__main__ import main
from pos_app.doctor import examine
from pos_app.opening import Options
from pos_app.register import DATABASE
from pos_app.vault import TrainingVault
from tests.world import World

_VAULT: Final = "vault.json"
_PRACTICE: Final = "training-vault.json"


async def _sell(folder: Path, cards: int, begin: int = 1) -> None:
    """Sell `cards`, by ids that count from `begin`."""
    world = World(folder)
    world._ids = itertools.count(begin)  # pyright: ignore[reportPrivateUsage]  another day has other ids
    async with world:
        for _ in range(cards):
            await world.sell()
        await world.close()


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three sales, closed in good order."""
    folder = tmp_path_factory.mktemp("sold")
    asyncio.run(_sell(folder, 3))
    return folder


@dataclass
class Copy:
    """A copy of a store, and the commands a manager has for its journal."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def command(self, *words: str) -> tuple[int, str]:
        """Run `countercard journal`: its exit code, and what it said."""
        # What a till keeps in its vault, training keeps beside the store.
        shutil.copy(self.folder / _VAULT, self.folder / _PRACTICE)
        code = main(["journal", *words, "--store", str(self.folder)])
        return code, self.capsys.readouterr().out

    def verify(self, *words: str) -> tuple[str | None, str | None, int]:
        """The first broken line, why it is, and how many hold."""
        code, out = self.command("verify", "--json", *words)
        told = json.loads(out)
        assert (code == 10) is (told["broken"] is not None)
        assert code in {0, 10}
        return told["broken"], told["because"], told["entries"]

    def doctor(self) -> str:
        """What the doctor says about the journal."""

        async def ask() -> str:
            options = Options(store=str(self.folder))
            found = [one async for one in examine(options, TrainingVault(self.folder / _VAULT))]
            return next(one.what for one in found if one.name == "journal")

        return asyncio.run(ask())

    def lines(self) -> list[tuple[Any, ...]]:
        """What is known of each line."""
        with contextlib.closing(sqlite3.connect(self.folder / DATABASE)) as connection:
            return connection.execute("SELECT register, seq, id, order_id, n, kind FROM entry").fetchall()

    def change(self, *statements: str) -> None:
        """Change the file as somebody would who knows how."""
        with contextlib.closing(sqlite3.connect(self.folder / DATABASE)) as connection:
            for trigger in ("entry_is_written_once", "entry_is_kept"):
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            for sql in statements:
                assert connection.execute(sql).rowcount > 0, sql
            connection.commit()


@pytest.fixture
def copy(
    sold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Copy]:
    folder = tmp_path / "store"
    shutil.copytree(sold, folder)
    monkeypatch.setattr(sys, "stdin", StringIO())
    yield Copy(folder, capsys)
    i18n.set_language("en")


def test_a_journal_nobody_touched_holds(copy: Copy) -> None:
    lines = len(copy.lines())
    assert copy.verify() == (None, None, lines)
    assert copy.command("verify") == (0, f"The journal holds: {lines} entries.\n")
    code, head = copy.command("head")
    assert code == 0
    assert head.startswith(f"03 #{lines} ")
    assert copy.verify("--head", head.strip()) == (None, None, lines)
    (told,) = json.loads(copy.command("head", "--json")[1])["heads"]
    assert (told["register"], told["entries"], told["paper"]) == ("03", lines, head.strip())
    assert head.split()[2].replace("-", "").lower() == told["link"][:16]


_SWAP = (
    "UPDATE entry SET seq = 1000 WHERE seq = 5",
    "UPDATE entry SET seq = 5 WHERE seq = 6",
    "UPDATE entry SET seq = 6 WHERE seq = 1000",
)


@pytest.mark.parametrize(
    ("statements", "line", "because"),
    [
        (["UPDATE entry SET body = replace(body, 'Mia', 'Kim') WHERE seq = 1"], "03/1", "chain"),
        (["UPDATE entry SET body = body || ' ' WHERE seq = 7"], "03/7", "chain"),
        (["UPDATE entry SET body = X'FF00' WHERE seq = 7"], "03/7", "chain"),
        (["DELETE FROM entry WHERE seq = 6"], "03/6", "chain"),
        (
            ["DELETE FROM entry WHERE seq = 6", "UPDATE entry SET seq = seq - 1 WHERE seq > 6"],
            "03/6",
            "chain",
        ),
        (_SWAP, "03/5", "chain"),
        (["UPDATE entry SET id = 'another' WHERE seq = 4"], "03/4", "chain"),
        (["UPDATE entry SET id = X'FF' WHERE seq = 4"], "03/4", "chain"),
        (["UPDATE entry SET kind = 'revealed' WHERE seq = 5"], "03/5", "chain"),
        (["UPDATE entry SET order_id = X'FF' WHERE seq = 5"], "03/5", "chain"),
        (["UPDATE entry SET n = 'many' WHERE seq = 5"], "03/5", "chain"),
        (["UPDATE entry SET seq = 'many' WHERE seq = 5"], "03/5", "chain"),
        (["UPDATE entry SET link = upper(link) WHERE seq = 3"], "03/3", "chain"),
        # Which of two was written first is told by nothing else.
        (["UPDATE entry SET rowid = 1000 WHERE seq = 5"], "03/6", "chain"),
        (["UPDATE entry SET rowid = -1 WHERE seq = 5"], "03/5", "chain"),
        (["UPDATE entry SET register = '04' WHERE seq > 5"], "03/6", "cut"),
        (
            [
                """INSERT INTO entry (register, seq, id, order_id, n, kind, body, link)
                SELECT '01', seq, 'x' || id, 'x' || order_id, n, kind, body, link FROM entry"""
            ],
            "01/1",
            "chain",
        ),
    ],
)
def test_what_was_changed_is_named_by_its_first_line(
    copy: Copy, statements: list[str], line: str, because: str
) -> None:
    copy.change(*statements)
    assert copy.verify() == (line, because, int(line[3:]) - 1)
    code, words = copy.command("verify")
    assert code == 10
    assert f"ine {line}" in words


def test_a_tail_that_was_cut_off_is_missed_by_the_rows(copy: Copy) -> None:
    (copy.folder / _VAULT).write_text(_without_mark(copy), encoding="utf-8")
    lines = len(copy.lines())
    copy.change("DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)")
    assert copy.verify() == (f"03/{lines}", "cut", lines - 1)


def _without_mark(copy: Copy) -> str:
    kept = json.loads((copy.folder / _VAULT).read_text(encoding="utf-8"))
    marks = [name for name in kept if name.startswith("high-water-")]
    assert len(marks) == 1
    del kept[marks[0]]
    return json.dumps(kept)


def _cut_the_last_sale(copy: Copy) -> int:
    """Cut it with everything that knows of it but the vault; how many lines are left."""
    last = copy.lines()[-1][3]
    first = next(seq for _register, seq, _id, order_id, *_ in copy.lines() if order_id == last)
    copy.change(
        f"DELETE FROM entry WHERE seq >= {first}",  # noqa: S608
        f"DELETE FROM order_row WHERE order_id = '{last}'",  # noqa: S608
        f"DELETE FROM card_row WHERE order_id = '{last}'",  # noqa: S608
        f"DELETE FROM claim WHERE order_id = '{last}'",  # noqa: S608
        f"DELETE FROM order_key WHERE order_id = '{last}'",  # noqa: S608
        "UPDATE counter SET value = value - 1 WHERE name = 'sale 03'",
    )
    return first - 1


def test_a_tail_that_was_cut_off_with_its_rows_is_missed_by_the_mark_and_by_a_paper(copy: Copy) -> None:
    paper = copy.command("head")[1].strip()
    left = _cut_the_last_sale(copy)
    assert copy.verify() == (f"03/{left + 1}", "cut", left)
    code, words = copy.command("verify")
    assert code == 10
    assert (
        words
        == f"Line 03/{left + 1} is missing from the journal, and all behind it; {left} before it hold.\n"
    )
    assert copy.doctor() == f"Line 03/{left + 1} is missing from the journal, and all behind it."
    # Whoever has the vault too is told by what was written down.
    (copy.folder / _VAULT).write_text(_without_mark(copy), encoding="utf-8")
    assert copy.verify() == (None, None, left)
    assert copy.verify("--head", paper) == (f"03/{left + 1}", "cut", left)


def test_an_older_copy_that_was_sold_from_is_another_journal(copy: Copy, tmp_path: Path) -> None:
    """It holds by itself, under the same key, and has as many lines; the vault and a paper know better."""
    older = tmp_path / "older"
    shutil.copytree(copy.folder, older)
    asyncio.run(_sell(copy.folder, 1, 10_000))
    paper = copy.command("head")[1].strip()
    asyncio.run(_sell(older, 1, 20_000))
    shutil.copy(older / DATABASE, copy.folder / DATABASE)
    lines = len(copy.lines())
    assert copy.verify() == (f"03/{lines}", "other", lines - 1)
    assert f"Line 03/{lines} of the journal is not the one that is known" in copy.command("verify")[1]
    assert copy.doctor() == (
        f"Another journal is in the place of the one that is known, at line 03/{lines} at least."
    )
    (copy.folder / _VAULT).write_text(_without_mark(copy), encoding="utf-8")
    assert copy.verify() == (None, None, lines)
    assert copy.verify("--head", paper) == (f"03/{lines}", "other", lines - 1)


def test_a_journal_made_under_another_key_does_not_hold_from_its_first_line(
    copy: Copy, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    asyncio.run(_sell(other, 1))
    with contextlib.closing(sqlite3.connect(copy.folder / DATABASE)) as connection:
        for trigger in ("entry_is_written_once", "entry_is_kept"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("ATTACH ? AS other", (str(other / DATABASE),))
        connection.execute("DELETE FROM entry")
        connection.execute("INSERT INTO entry SELECT * FROM other.entry")
        connection.commit()
    assert copy.verify() == ("03/1", "chain", 0)


def test_looking_at_a_journal_that_was_put_back_changes_neither_it_nor_its_mark(copy: Copy) -> None:
    left = _cut_the_last_sale(copy)
    vault = (copy.folder / _VAULT).read_text(encoding="utf-8")
    for _again in range(2):
        assert copy.verify() == (f"03/{left + 1}", "cut", left)
    assert len(copy.lines()) == left
    assert (copy.folder / _PRACTICE).read_text(encoding="utf-8") == vault


def test_a_head_that_is_none_is_refused(copy: Copy) -> None:
    with pytest.raises(SystemExit) as caught:
        copy.command("verify", "--head", "01 #12 7F3A")
    assert caught.value.code == 2
    assert "it is not a line such as" in copy.capsys.readouterr().err


def test_who_changed_what_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def change() -> None:
        async with World(tmp_path) as world:
            assert await world.register.preferences.keep_cashier("Noor", "Ana") == ()
            assert not await world.register.preferences.keep_limits({"sale": "700", "patterns": "off"}, "Ana")
            await world.close()

    asyncio.run(_sell(tmp_path, 0))
    changes = Copy(tmp_path, capsys)
    assert changes.command("changes") == (0, "Nothing was changed under Settings yet.\n")
    asyncio.run(change())
    code, said = changes.command("changes")
    first, second = said.splitlines()
    assert code == 0
    assert first.endswith(
        "Ana changed Limits. Most in one sale: no limit → 700; Ask at signs of a scam: Yes → No"
    )
    assert second.endswith("Ana had Noor sell at register 03. Before: Cashier.")
    code, said = changes.command("changes", "--limit", "1", "--json")
    (told,) = json.loads(said)["changes"]
    assert (code, told["what"], told["by"]) == (0, "limits", "Ana")
    assert told["parts"][0] == {"name": "sale", "before": "off", "after": "700"}
    assert changes.command("verify", "--stories")[0] == 0


def test_an_empty_journal_has_no_head(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO())
    asyncio.run(_sell(tmp_path, 0))
    empty = Copy(tmp_path, capsys)
    assert empty.command("head") == (0, "The journal is empty.\n")
    assert json.loads(empty.command("head", "--json")[1]) == {"heads": []}
    assert empty.verify() == (None, None, 0)
