"""What the command line takes in, and that no terminal, reader or question spoils what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from pos_app.errors import StoreProblem
from pos_app.opening import Options, store_folder
from tests.commands.conftest import CommandLine

_SECONDS = 120


def run(*words: str | bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A command against a store that is not there."""
    return subprocess.run(
        [sys.executable, "-m", "pos_app", *words, "--store", str(folder / "none")],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )


@pytest.mark.parametrize(
    "option", ["--by", "--terminal", "--name", "--message", "--email", "--item", "--paper"]
)
@pytest.mark.parametrize("value", [b"Kim\x1b[2J", b"Kim\x07", b"a\nb", b"a\xff", "a\u202eb".encode()])
def test_what_can_not_be_seen_is_no_word(tmp_path: Path, option: str, value: bytes) -> None:
    given = {b"--item": b"X", b"--terminal": b"T-1"} | {option.encode(): value}
    words = [word for name, told in given.items() for word in (name, told)]
    told = run("sell", "--provider", "cardpluspay", *words, folder=tmp_path)
    assert told.returncode == 2
    assert option.encode() in told.stderr
    assert b"can not be seen" in told.stderr
    assert value not in told.stderr
    assert not (tmp_path / "none").exists()


def _recipient(piped: bytes, *words: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A sale against a store that is not there, whose recipient comes by standard input."""
    sale = ["sell", "--provider", "levelup", "--merchant", "805", "--cash", "30", "--recipient", "-", *words]
    return subprocess.run(
        [sys.executable, "-m", "pos_app", *sale, "--live", "--store", str(folder / "none")],
        input=piped,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )


@pytest.mark.parametrize(
    ("piped", "said"),
    [
        (b"kim@mail.example\nKi\x1bm\n", b"can not be seen"),
        (b"kim@mail.example\nKim\nHappy\nbirthday\n", b"one a line"),
        (b"kim\xff@mail.example\n", b""),
    ],
)
def test_a_recipient_that_can_not_be_is_refused_before_anything_is_opened(
    tmp_path: Path, piped: bytes, said: bytes
) -> None:
    told = _recipient(piped, folder=tmp_path)
    assert told.returncode == 2
    assert b"--recipient" in told.stderr
    assert said in told.stderr
    assert b"Traceback" not in told.stderr
    assert not (tmp_path / "none").exists()


def test_a_recipient_is_named_once(tmp_path: Path) -> None:
    told = _recipient(b"kim@mail.example\n", "--name", "Kim", folder=tmp_path)
    assert told.returncode == 2
    assert b"stands for" in told.stderr


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "99999999999999999999", "ten", "1.5", ""])
def test_a_list_has_one_to_ten_thousand_rows(tmp_path: Path, limit: str) -> None:
    told = run("orders", f"--limit={limit}", folder=tmp_path)
    assert told.returncode == 2
    assert b"1 to 10000" in told.stderr


def test_training_and_real_sales_are_never_asked_for_together(tmp_path: Path) -> None:
    told = run("orders", "--live", "--sandbox", str(tmp_path / "ready.json"), folder=tmp_path)
    assert told.returncode == 2
    assert b"not allowed with" in told.stderr


def test_the_home_of_nobody_is_no_store() -> None:
    words = [sys.executable, "-m", "pos_app", "orders", "--store", "~no-such-user/x"]
    told = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False)
    assert told.returncode == 9
    assert b"Traceback" not in told.stderr
    with pytest.raises(StoreProblem) as caught:
        store_folder(Options("~no-such-user/x"))
    for name in ("x" * 5000, f"/{'x' * 5000}"):
        with pytest.raises(StoreProblem, match="missing"):
            store_folder(Options(name))
    assert caught.value.reason == "missing"


def test_a_store_is_a_name_or_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "a" / "b"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    ours = platformdirs.user_data_path("countercard", appauthor=False)
    assert store_folder(Options("corner")) == ours / "corner"
    assert store_folder(Options(".")) == here
    assert store_folder(Options("..")) == here.parent
    assert store_folder(Options("../c")) == here.parent / "c"
    assert store_folder(Options(str(here))) == here


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252"])
def test_a_sale_is_told_on_every_terminal(countercard: CommandLine, encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    words = [word for word in countercard.sale() if word != "--json"]
    countercard.go_on()
    for more, code in (([], 0), (["--json"], 0)):
        told = subprocess.run(
            countercard.arguments(*words, *more),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=environment,
        )
        assert told.returncode == code, told.stderr
        assert b"Acme Games" in told.stdout
    listed = subprocess.run(
        countercard.arguments("orders", "--limit", "1"),
        capture_output=True,
        timeout=_SECONDS,
        check=False,
        env=environment,
    )
    assert (listed.returncode, listed.stderr) == (0, b"")


@pytest.mark.parametrize("fault", ["", "lost_reply"])
def test_a_reader_who_has_gone_changes_no_exit_code(countercard: CommandLine, fault: str) -> None:
    if fault:
        countercard.admin.fault(fault, "cardpluspay.create", times=1)
    countercard.go_on()
    reading, writing = os.pipe()
    os.close(reading)
    told = subprocess.run(
        countercard.arguments(*countercard.sale()),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=_SECONDS,
        check=False,
    )
    os.close(writing)
    assert told.returncode == (5 if fault else 0), told.stderr
    assert b"Traceback" not in told.stderr
    assert b"BrokenPipe" not in told.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_behind_the_output_changes_no_exit_code(countercard: CommandLine) -> None:
    countercard.go_on()
    with Path("/dev/full").open("wb") as full:
        words = countercard.arguments(*countercard.sale())
        told = subprocess.run(words, stdout=full, stderr=full, timeout=_SECONDS, check=False)
    assert told.returncode == 0


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("lost_reply", {}),
        ("error_status", {"status": 500}),
        ("error_status", {"status": 403}),
        ("html_200", {}),
        ("truncated", {}),
    ],
)
def test_a_question_without_an_answer_bought_nothing(
    countercard: CommandLine, fault: str, options: dict[str, object]
) -> None:
    before = len(countercard.admin.card_orders())
    countercard.admin.fault(fault, "cardpluspay.check", times=9, **options)
    told = countercard.sell()
    assert (told.code, told.object["error"]["reason"]) == (6, "no_answer"), told
    assert "may have been bought" not in told.err
    assert len(countercard.admin.card_orders()) == before
