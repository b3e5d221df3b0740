"""A store lies on a drive of the computer that sells from it, whatever drives are called."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pos_app import messages
from pos_app.errors import StoreProblem
from pos_app.register import open_store
from pos_app.store.drive import (
    drive_of,
    is_in_memory,
    is_remote,
    kind_of_drive,
    told_by_macos,
    told_by_windows,
)


class Mount(NamedTuple):
    lines: str
    folder: str
    kind: str


@pytest.mark.parametrize(
    "mount",
    [
        Mount("/dev/sda1 / ext4 rw 0 0", "/var/shop", "ext4"),
        Mount("/dev/sda1 / ext4 rw 0 0\nserver:/a /var/shop nfs4 rw 0 0", "/var/shop/till", "nfs4"),
        Mount("/dev/sda1 / ext4 rw 0 0\nserver:/a /var/shop nfs4 rw 0 0", "/var/shopping", "ext4"),
        Mount("a / ext4 rw 0 0\nb /var\\040x fuse.sshfs rw 0 0", "/var x/till", "fuse.sshfs"),
        Mount("a / rootfs rw 0 0\nb / btrfs rw 0 0", "/x", "btrfs"),
        Mount(
            "a / ext4 rw 0 0\nb /mnt/shop cifs rw 0 0\nc /mnt/shop/own xfs rw 0 0", "/mnt/shop/own/t", "xfs"
        ),
    ],
)
def test_the_drive_is_the_one_that_lies_on_top(tmp_path: Path, mount: Mount) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"{mount.lines}\n", encoding="utf-8")
    assert kind_of_drive(Path(mount.folder), mounts) == mount.kind


def test_where_drives_are_not_told_a_share_of_windows_is_known_by_its_name(tmp_path: Path) -> None:
    assert kind_of_drive(Path("\\\\server\\share"), tmp_path / "none") == "smb"
    assert kind_of_drive(Path("/x"), tmp_path / "none", "some other system") == ""


def test_the_system_is_asked_where_there_is_no_table(tmp_path: Path) -> None:
    there = tmp_path / "shop"
    assert kind_of_drive(there, tmp_path / "none", "win32") == told_by_windows(there)
    assert kind_of_drive(there, tmp_path / "none", "darwin") == told_by_macos(there)


@pytest.mark.parametrize(("told", "remote"), [(4, True), (3, False), (2, False), (0, False), (99, False)])
def test_windows_tells_a_share_that_has_a_letter(*, told: int, remote: bool) -> None:
    asked: list[str] = []

    def drive_type(root: str) -> int:
        asked.append(root)
        return told

    assert is_remote(told_by_windows(Path("/shop"), drive_type)) is remote
    assert asked == ["/"]


@pytest.mark.skipif(sys.platform == "win32", reason="it is Windows")
def test_what_is_not_windows_says_nothing_of_letters() -> None:
    assert told_by_windows(Path("/shop")) == ""


@pytest.mark.parametrize(("kind", "remote"), [("smbfs", True), ("nfs", True), ("apfs", False)])
def test_macos_tells_the_nearest_folder_that_is_there(tmp_path: Path, *, kind: str, remote: bool) -> None:
    asked: list[bytes] = []

    def statfs(path: bytes, told: Any) -> int:
        asked.append(path)
        told[72 : 72 + len(kind)] = kind.encode()
        return 0

    found = told_by_macos(tmp_path / "not" / "there", statfs)
    assert found == kind
    assert is_remote(found) is remote
    assert asked == [bytes(tmp_path)]


def test_what_macos_can_not_tell_is_not_known(tmp_path: Path) -> None:
    assert told_by_macos(tmp_path, lambda _path, _told: -1) == ""


def test_memory_is_no_network_and_no_disk() -> None:
    assert is_in_memory("tmpfs")
    assert not is_remote("tmpfs")
    assert not is_in_memory("ext4")


def test_this_computer_s_own_drive_takes_a_store(tmp_path: Path) -> None:
    assert not is_remote(drive_of(tmp_path / "shop"))


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_store_on_a_network_drive_is_not_opened_and_nothing_is_made(
    tmp_path: Path, *, exclusive: bool
) -> None:
    folder = tmp_path / "shop"

    async def scene() -> StoreProblem:
        async with AsyncExitStack() as stack:
            with pytest.raises(StoreProblem) as caught:
                await open_store(folder, stack, exclusive=exclusive, drive=lambda _folder: "fuse.sshfs")
        return caught.value

    problem = asyncio.run(scene())
    assert problem.reason == "network_drive"
    said = messages.explain(problem)
    assert str(folder) in said.what
    assert "fuse.sshfs" in said.what
    assert "Move the folder" in said.advice
    assert not folder.exists()
