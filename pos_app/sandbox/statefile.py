"""One file that holds the ledger, so that a till which is started again meets the provider it left."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would write two bytes for each end of a line


class StateFileError(Exception):
    """The file can not be read or is not a ledger. The text is one sentence for whoever started this."""


class StateFile:
    """A file of JSON lines: the whole ledger first, then each change as it happens.

    A line counts once its end is written, so a kill at any moment leaves a change done or not done, never
    half. Only the file's owner can read it, since it holds codes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[dict[str, Any]]:
        """The lines there are, or none if there is no such file yet. Raises `StateFileError`."""
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]
            found = [json.loads(line) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise StateFileError(f"The state file {self.path} can not be read.") from error
        if not found or not all(isinstance(line, dict) for line in found):
            raise StateFileError(f"The state file {self.path} does not hold a ledger.")
        return found

    def begin(self, whole: dict[str, Any]) -> None:
        """Replaces the file, in one step, by one that holds this line. Raises `StateFileError`."""
        try:
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            try:
                _put(handle, _line(whole))
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StateFileError(f"The state file {self.path} can not be written.") from error

    def add(self, change: dict[str, Any]) -> None:
        """Adds a line. Raises `StateFileError`, and then the file is as it was."""
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | _BINARY)
            before = os.fstat(handle).st_size
            try:
                _put(handle, _line(change))
            except BaseException:
                os.truncate(self.path, before)
                raise
        except OSError as error:
            raise StateFileError(f"The state file {self.path} can not be written.") from error


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n"


def _put(handle: int, line: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
