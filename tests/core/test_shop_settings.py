"""The shop's choices: a file that may be edited by hand, is never half written, and holds no key."""

from __future__ import annotations

import errno
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pos_app.entered import shop_of
from pos_app.errors import Misconfigured, StoreProblem
from pos_app.messages import explain
from pos_app.settings import Paper, Settings, Shop, load, save, unknown

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_nothing_written_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == Settings()


@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=TEXT,
    terms=TEXT,
    columns=st.integers(30, 48),
    register=st.from_regex("[0-9]{2}", fullmatch=True).filter(str.isascii),
    providers=st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT, max_size=3), max_size=3),
)
def test_what_is_saved_is_loaded_again(
    tmp_path: Path,
    name: str,
    terms: str,
    columns: int,
    register: str,
    providers: dict[str, dict[str, str]],
) -> None:
    path = tmp_path / "store" / "settings.toml"
    chosen = Settings(
        shop=Shop(name=name, terms=terms, zone="Asia/Tokyo", currency="JPY"),
        paper=Paper(columns=columns),
        register_id=register,
        providers=providers,
    )
    save(chosen, path)
    assert load(path) == chosen
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


def test_a_choice_of_a_newer_program_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('colour = "blue"\n[shop]\nname = "Kiosk"\nstars = 5\n', encoding="utf-8")
    assert load(path).shop.name == "Kiosk"


@pytest.mark.parametrize(
    "text",
    [
        "shop = ",
        '[shop]\nname = "torn',
        '[shop]\nzone = "Mars/Olympus"',
        '[shop]\nzone = "../../etc/passwd"',
        '[shop]\nzone = "America"',
        '[shop]\nzone = ""',
        '[shop]\ncurrency = "usd"',
        '[shop]\ncurrency = "USD\\n"',
        "[paper]\ncolumns = 20",
        "[paper]\ncolumns = 49",
        'register_id = "1"',
        'register_id = "\u0660\u0661"',
        "shop = 3",
        f"shop = {'[' * 5000}{']' * 5000}",
        'cashier = "Mia\\n07"',
        'cashier = "Mia\\u001b[31m"',
        '[providers]\ncardpluspay = "key"',
    ],
)
def test_what_can_not_be_is_told_and_not_guessed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load(path)
    assert caught.value.reason == "settings_unreadable"
    assert caught.value.facts["path"] == str(path)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("theme = 'dark'\n[limits.USD]\ncard = \"100\n", {"line": "3"}),
        ("[limits.USD]\ncrad = '100'", {"place": "limits.USD.crad"}),
        ("[limits.USD]\nsale = '100'\ncard = 'ten'", {"place": "limits.USD.card"}),
        ("[limits.USD]\ncard = 100", {"place": "limits.USD.card"}),
        ("[limits.USD]\nbeyond = 'shrug'", {"place": "limits.USD.beyond"}),
        ("[limits.usd]", {"place": "limits.usd"}),
        ("limits = 3", {"place": "limits"}),
        ("[shop]\nzone = 'Mars/Olympus'", {"place": "shop.zone"}),
        ("[paper]\ncolumns = 20", {"place": "paper.columns"}),
    ],
)
def test_where_it_is_wrong_is_told(tmp_path: Path, text: str, where: dict[str, str]) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load(path)
    assert caught.value.facts == {"path": str(path), **where}
    assert next(iter(where.values())) in explain(caught.value).what


def test_names_nobody_knows_are_kept_and_can_be_told(tmp_path: Path) -> None:
    """A mistyped table has no effect; whoever saves something else loses nothing of it."""
    path = tmp_path / "settings.toml"
    path.write_text(
        "theme = 'dark'\nnew = [1]\n[limit.USD]\ncard = '100'\n[shop]\nnmae = 'Quay'\n[paper]\nink = 1\n",
        encoding="utf-8",
    )
    settings = load(path)
    assert unknown(settings) == ("new", "limit", "shop.nmae", "paper.ink")
    shop, problems = shop_of({"phone": "518"}, settings.shop)
    assert problems == ()
    save(settings.model_copy(update={"theme": "light", "shop": shop}), path)
    again = load(path)
    assert (again.theme, again.shop.phone, unknown(again)) == ("light", "518", unknown(settings))
    assert tomllib.loads(path.read_text(encoding="utf-8"))["limit"] == {"USD": {"card": "100"}}
    assert unknown(Settings()) == ()


def test_whatever_stands_under_a_name_nobody_knows_is_written_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    odd = "most = inf\nsince = 2026-11-22\nat = 08:30:00\nlist = [-inf, {of = 2026-11-22T08:30:00Z}]\n"
    path.write_text(f"{odd}[shop]\nmost = inf\n[paper]\nsince = 2026-11-22\n", encoding="utf-8")
    before = tomllib.loads(path.read_text(encoding="utf-8"))
    save(load(path).model_copy(update={"theme": "dark"}), path)
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {**before, "theme": "dark"}
    path.write_text("most = nan\n", encoding="utf-8")
    save(load(path), path)
    assert path.read_text(encoding="utf-8") == "most = nan\n"


@pytest.mark.parametrize(
    ("written", "folder"),
    [
        ("", None),
        ("/srv/slips", "/srv/slips"),
        ("~/slips", "HOME/slips"),
        ("slips", "HOME/slips"),
        ("~nobody-of-that-name/slips", "HOME/~nobody-of-that-name/slips"),
    ],
)
def test_slips_never_go_where_the_program_happens_to_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, folder: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = None if folder is None else Path(folder.replace("HOME", str(tmp_path)))
    assert Paper(folder=written).slips == expected


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"name = '\xe9'"])
def test_what_is_no_text_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(data)
    with pytest.raises(Misconfigured):
        load(path)
    with pytest.raises(Misconfigured):
        load(tmp_path)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(cashier="Mia"), path)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreProblem):
        save(Settings(cashier="Kim"), path)
    assert load(path).cashier == "Mia"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_can_not_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreProblem):
        save(Settings(), tmp_path / "file" / "settings.toml")


def test_only_the_owner_reads_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(), path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_shop_of_an_older_program_has_its_printer_and_nothing_new_chosen(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[paper]\nprinter = "network"\nhost = "192.0.2.7"\ncolumns = 32\n', encoding="utf-8")
    paper = load(path).paper
    assert paper == Paper(printer="network", host="192.0.2.7", columns=32)
    assert (paper.device, paper.baud, paper.queue) == ("", 9600, "")
    assert (paper.form, paper.symbol, paper.drawer) == ("auto", "qr", "none")
    save(load(path), tmp_path / "again.toml")
    assert (tmp_path / "again.toml").read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "dots"), [(30, 384), (32, 384), (42, 512), (46, 512), (48, 576)])
def test_a_picture_is_as_wide_as_the_paper_unless_it_is_chosen(columns: int, dots: int) -> None:
    assert Paper(columns=columns).dots == dots
    assert Paper(columns=columns, dots=576).dots == 576


@pytest.mark.parametrize("paper", [{"device": "/dev/usb\n"}, {"queue": "a\x00"}, {"baud": 0}, {"dots": 400}])
def test_what_no_printer_can_be_is_refused(paper: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Paper.model_validate(paper)
