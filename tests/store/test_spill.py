"""Files for replies the journal does not take: one a reply, whole or none, and never lost by reading them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from pos_app.store.spill import Kept, Spill

T = TypeVar("T")
STORE = "store-1"


def now(act: Awaitable[T]) -> T:
    async def run() -> T:
        return await asyncio.wait_for(act, 60)

    return asyncio.run(run())


def kept(name: str = "entry-1", store: str = STORE) -> Kept:
    return Kept(
        id=name,
        store=store,
        order_id="order/1",
        sent="sent-1",
        about="buy",
        at=datetime(2026, 11, 21, 21, 42, tzinfo=UTC),
        by="countercard",
        status=201,
        complete=True,
        reply="sealed",
        proof="sealed too",
    )


def files(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file())


def test_it_lies_beside_the_store_for_its_owner_only_until_it_is_removed(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "spill", (), STORE)
    assert now(spill.put(kept()))
    assert now(spill.put(kept())), "it is there already"
    (path,) = files(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    later = Spill(tmp_path / "spill", (), STORE)
    assert now(later.look()).waiting == later.left() == spill.left() == (kept(),)
    now(later.remove(kept()))
    assert (files(tmp_path), later.left(), later.store) == ([], (), STORE)
    now(later.remove(kept()))


def test_where_the_store_takes_none_the_next_place_does_and_names_the_store(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    places = tmp_path / "user", tmp_path / "tmp"
    spill = Spill(tmp_path / "full" / "spill", places, STORE)
    assert now(spill.put(kept()))
    (path,) = files(tmp_path / "user")
    assert path.parent.name == STORE
    assert now(Spill(None, places, "store-2").look()).waiting == ()
    assert now(Spill(None, places, STORE).look()).waiting == (kept(),)


def test_what_is_made_on_the_way_to_a_place_is_closed_to_others(tmp_path: Path) -> None:
    place = tmp_path / "for now" / "countercard" / "spill"
    assert now(Spill(None, (place,), STORE).put(kept()))
    (path,) = files(tmp_path)
    for folder in (path.parent, place, place.parent, place.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


def somebody_elses(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: place.stat().st_uid + 1000)


def open_to_all(place: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    place.chmod(0o755)


def in_a_folder_open_to_all(place: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    place.parent.chmod(0o777)


def a_link(place: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    place.rename(place.with_name("moved"))
    place.symlink_to(place.with_name("moved"))


@pytest.mark.parametrize("make", [somebody_elses, open_to_all, in_a_folder_open_to_all, a_link])
def test_a_place_that_others_may_change_is_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[Path, pytest.MonkeyPatch], None],
) -> None:
    place = tmp_path / "for now"
    assert now(Spill(None, (place,), STORE).put(kept()))
    make(place / STORE, monkeypatch)
    assert not now(Spill(None, (place,), STORE).put(kept("entry-2")))
    assert "in memory alone" in caplog.messages[-1]
    assert len(files(place)) == 1
    assert now(Spill(None, (place,), STORE).look()).waiting == (), "nor is anything read there"
    # The store's own folder is whose the store is.
    assert now(Spill(place / STORE, (), STORE).put(kept("entry-2")))


def test_where_a_system_has_no_owners_a_user_s_folder_is_the_user_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "geteuid")
    assert now(Spill(None, (tmp_path,), STORE).put(kept()))


def test_where_no_place_takes_one_that_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    spill = Spill(tmp_path / "file" / "spill", (), STORE)
    assert not now(spill.put(kept()))
    assert not now(Spill(None, (tmp_path / "file",), STORE).put(kept()))
    assert spill.left() == ()
    assert caplog.messages[-1] == "order order/1: its reply is in memory alone: no place takes a file"


def test_what_could_not_be_written_whole_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_handle: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", full)
    assert not now(Spill(tmp_path, (), STORE).put(kept()))
    assert files(tmp_path) == []


def test_a_file_nobody_can_read_is_told_and_kept(tmp_path: Path) -> None:
    assert now(Spill(tmp_path, (), STORE).put(kept()))
    (whole,) = files(tmp_path)
    torn = tmp_path / "torn.reply"
    torn.write_bytes(whole.read_bytes()[:-9])
    strange = tmp_path / "strange.reply"
    strange.write_text(kept("entry-2", "store-2").model_dump_json(), encoding="utf-8")
    # Nothing of ours, and not to be sorted beside what is.
    timeless = tmp_path / "order%2F1-entry-3.reply"
    timeless.write_text(kept("entry-3").model_dump_json().replace("21:42:00Z", "21:42:00"), encoding="utf-8")
    folder = tmp_path / "folder.reply"
    folder.mkdir()
    # Whoever opens a pipe waits for somebody who writes.
    pipe = tmp_path / "pipe.reply"
    os.mkfifo(pipe)
    link = tmp_path / "order%2F1-entry-4.reply"
    (tmp_path / "elsewhere").write_text(kept("entry-4").model_dump_json(), encoding="utf-8")
    link.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "something else").touch()
    spill = Spill(tmp_path, (), STORE)
    lying = now(spill.look())
    assert lying.waiting == (kept(),)
    assert set(lying.unreadable) == {torn, strange, timeless, folder, pipe, link}
    spill.leave(kept())
    assert spill.left() == ()
    assert whole.exists()
    assert torn.exists()
