"""The log file holds kinds and ids: nothing a library says about a request, nothing of an error's text."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pos_app import logs

SECRET = "TEST-4MHD-9PTR-2WZA"


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Give the process back its logging as it was."""
    root = logging.getLogger()
    names = ["pos_app", "ui", "httpx", "httpcore", "asyncio", "keyring", "qasync"]
    levels = {name: logging.getLogger(name).level for name in names}
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


def written(folder: Path) -> str:
    path = folder / "countercard.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_a_request_leaves_no_trace(tmp_path: Path) -> None:
    """A real request through httpx, even after something made the libraries talk."""
    for talkative in ("httpx", "httpcore"):
        logging.getLogger(talkative).setLevel(logging.DEBUG)
    logs.set_up(tmp_path)
    logging.getLogger("pos_app").info("ours")

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=SECRET)

    address = f"https://shop.example/orders/{SECRET}"
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.get(address, headers={"Authorization": SECRET})
    for name in ("httpcore", "httpcore.http11", "httpcore.connection", "httpx", "asyncio", "keyring.backend"):
        logging.getLogger(name).debug("request %s", SECRET)
        logging.getLogger(name).info("request %s", SECRET)
    text = written(tmp_path)
    assert "INFO pos_app ours" in text
    assert "httpx" not in text
    assert SECRET not in text


def test_a_request_would_have_been_seen(caplog: pytest.LogCaptureFixture) -> None:
    """The test above looks for what httpx really says when nobody stops it."""
    caplog.set_level(logging.INFO)
    address = f"https://shop.example/orders/{SECRET}"
    with httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(200))) as client:
        client.get(address)
    assert SECRET in caplog.text


@pytest.mark.logs
def test_libraries_may_warn_and_ours_may_inform(tmp_path: Path) -> None:
    logs.set_up(tmp_path)
    logging.getLogger("pos_app.work").info("late codes: RuntimeError")
    logging.getLogger("ui.window").info("opened")
    logging.getLogger("pos_app.work").debug("unheard")
    logging.getLogger("uvicorn").info("unheard")
    logging.getLogger("uvicorn").warning("heard")
    lines = written(tmp_path).splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == [
        "INFO pos_app.work late codes: RuntimeError",
        "INFO ui.window opened",
        "WARNING uvicorn heard",
    ]


def test_setting_up_again_moves_the_log(tmp_path: Path) -> None:
    logs.set_up(tmp_path / "one")
    logs.set_up(tmp_path / "two" / "deep")
    logging.getLogger("pos_app").info("once")
    assert written(tmp_path / "one") == ""
    assert written(tmp_path / "two" / "deep").count("once") == 1
    assert sum(isinstance(handler, logs.LogFile) for handler in logging.getLogger().handlers) == 1


def test_the_log_can_not_fill_the_disk(tmp_path: Path) -> None:
    logs.set_up(tmp_path)
    log = logging.getLogger("pos_app")
    line = "x" * 100_000
    for _ in range(70):
        log.info(line)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "countercard.log",
        *(f"countercard.log.{number}" for number in range(1, 5)),
    ]
    assert all(file.stat().st_size <= 1_000_000 for file in tmp_path.iterdir())


def test_the_youngest_lines_are_kept_and_the_oldest_go(tmp_path: Path) -> None:
    logs.set_up(tmp_path)
    log = logging.getLogger("pos_app")
    for number in range(10):
        log.info("line %d %s", number, "x" * 600_000)
    found = [path.read_text(encoding="utf-8").count("line") for path in sorted(tmp_path.iterdir())]
    assert found == [1] * 5
    assert "line 9 " in written(tmp_path)
    assert "line 5 " in (tmp_path / "countercard.log.4").read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_line_the_full_disk_does_not_take_leaves_the_terminal_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(tmp_path)
    file = tmp_path / "countercard.log"
    file.symlink_to("/dev/full")
    log = logging.getLogger("pos_app")
    log.info("not taken")
    file.unlink()
    assert capfd.readouterr() == ("", "")
    logs.set_up(tmp_path)
    log.info("taken again")
    assert "taken again" in written(tmp_path)
