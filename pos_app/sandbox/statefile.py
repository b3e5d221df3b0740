"""One file that holds the ledger, so that a till which is started again meets the provider it left."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any


class StateFileError(Exception):
    """The file can not be read or is not a ledger. The text is one sentence for whoever started this."""


class StateFile:
    """A JSON file that is replaced as a whole: after a kill it holds the old ledger or the new one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any] | None:
        """What was written last, or None if there is no such file yet. Raises `StateFileError`."""
        try:
            found = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StateFileError(f"The state file {self.path} can not be read.") from error
        if not isinstance(found, dict):
            raise StateFileError(f"The state file {self.path} does not hold a ledger.")
        return found  # pyright: ignore[reportUnknownVariableType]  (JSON objects have text keys)

    def write(self, content: dict[str, Any]) -> None:
        """Replaces the file; only its owner can read it, since it holds codes. Raises `StateFileError`."""
        text = json.dumps(content, separators=(",", ":")).encode("ascii")
        try:
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StateFileError(f"The state file {self.path} can not be written.") from error
