"""On what kind of drive a folder lies. A store lies on a drive of the computer that sells from it."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

# SQLite's locks and its write-ahead log can not be relied on over a network, whatever its name.
_NETWORK: Final = frozenset(
    {
        "9p",
        "afs",
        "afpfs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "curlftpfs",
        "davfs",
        "glusterfs",
        "gvfsd-fuse",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "rclone",
        "remote",
        "s3fs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "sshfs",
        "vboxsf",
        "webdav",
    }
)
_IN_MEMORY: Final = frozenset({"ramfs", "tmpfs"})
_MOUNTS: Final = Path("/proc/mounts")
_NAMES: Final = {2: "removable", 3: "fixed", 4: "remote", 5: "cdrom", 6: "ramdisk"}
"""What GetDriveTypeW of Windows returns (its documentation, winbase.h)."""

_STATFS_BYTES: Final = 4096
# `struct statfs` of macOS with 64-bit inodes (sys/mount.h): f_fstypename, 16 bytes, stands at byte 72.
_TYPE_AT: Final = 72
_TYPE_BYTES: Final = 16


def is_remote(kind: str) -> bool:
    """Whether a drive of this kind is another computer's."""
    return kind.rpartition(".")[2] in _NETWORK


def is_in_memory(kind: str) -> bool:
    """Whether what lies there is gone when the computer is switched off."""
    return kind in _IN_MEMORY


def drive_of(folder: Path) -> str:
    """The kind of drive `folder` is on, whether it is there yet or not, as the system calls it; may be empty.

    Blocks while a drive does not answer.
    """
    return kind_of_drive(folder.resolve(), _MOUNTS)


def kind_of_drive(folder: Path, mounts: Path, system: str = sys.platform) -> str:
    """The file system `folder`, an absolute path, lies on, by the table in the file `mounts`.

    Without such a table `system` is asked; `smb` for a share of Windows. Empty where nothing is known.
    """
    if str(folder).startswith("\\\\"):
        return "smb"
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        asked = _SYSTEMS.get(system)
        return "" if asked is None else asked(folder)
    found = ""
    longest = -1
    for line in lines:
        fields = line.split(" ")
        # The kernel writes a blank in a name as \040.
        place = Path(fields[1].replace("\\040", " ").replace("\\011", "\t"))
        # Of two at one place the later one lies on top.
        if folder.is_relative_to(place) and len(place.parts) >= longest:
            found, longest = fields[2], len(place.parts)
    return found


def told_by_windows(folder: Path, drive_type: Callable[[str], int] | None = None) -> str:
    """The kind of the drive by its letter, which a share may have too."""
    return _NAMES.get((drive_type or _drive_type)(folder.anchor), "")


def told_by_macos(folder: Path, statfs: Callable[[bytes, Any], int] | None = None) -> str:
    """The kind of drive of the nearest folder that is there."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    told = ctypes.create_string_buffer(_STATFS_BYTES)
    if (statfs or _statfs)(bytes(there), told):
        return ""
    return told.raw[_TYPE_AT : _TYPE_AT + _TYPE_BYTES].partition(b"\0")[0].decode("ascii", "replace")


def _drive_type(root: str) -> int:
    """What Windows says about the drive with this root; 0 where it can not be asked."""
    try:
        return int(ctypes.CDLL("kernel32").GetDriveTypeW(ctypes.c_wchar_p(root)))
    except (OSError, AttributeError):
        return 0


def _statfs(path: bytes, told: Any) -> int:
    """Have macOS describe the file system of `path`; 0 when it did."""
    library = ctypes.CDLL(None)
    # On processors by Intel the plain name is that of an older form of the structure.
    return int(getattr(library, "statfs$INODE64", library.statfs)(path, told))


_SYSTEMS: Final[dict[str, Callable[[Path], str]]] = {"win32": told_by_windows, "darwin": told_by_macos}
