"""A small disk of its own, to be filled or to be closed to writing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(megabytes: int = 1) -> Generator[Path]:
    """A disk of its own, which only the system's manager may make."""
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root makes disks")
    with tempfile.TemporaryDirectory() as name:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", name],  # noqa: S607
            check=False,
            capture_output=True,
        )
        if made.returncode != 0:
            pytest.skip("no disk can be made here")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)  # noqa: S607


def remount(disk: Path, how: str) -> None:
    """Make it `ro` or `rw`."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)  # noqa: S607


def fill(disk: Path) -> None:
    """Take all the room that is left, in a file called `filler`."""
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return
