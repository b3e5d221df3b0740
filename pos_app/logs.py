"""What the program notes for whoever has to help: kinds and ids, never a code, PIN, key or address."""

from __future__ import annotations

import logging
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from typing_extensions import override

_BYTES = 1_000_000
_FILES = 5


class LogFile(logging.FileHandler):
    """At most five files of a million bytes: `countercard.log`, and older ones with a number behind it.

    Python's own such handler comes with others that send lines to other computers, and half a megabyte of
    what those need. A line the disk does not take is lost: logging's own way is a traceback on the terminal.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "countercard.log", encoding="utf-8", delay=True)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, into a new file when this one would be too long."""
        with suppress(OSError):
            path = Path(self.baseFilename)
            # A file that is something else, as a device, is left as it is.
            if path.is_file() and path.stat().st_size + len(self.format(record).encode()) >= _BYTES:
                self._move_on(path)
        super().emit(record)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: whoever wrote on the same disk says it in words."""

    def _move_on(self, path: Path) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()
        older = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, _FILES))]
        for newer, name in reversed(list(pairwise(older))):
            if newer.exists():
                newer.replace(name)


def set_up(folder: Path) -> None:
    """Log to `folder`, at most five files of a million bytes. Libraries may only warn.

    httpx logs each request at level info and httpcore its headers at level debug: neither is let through.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handler = LogFile(folder)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, LogFile)]:
        root.removeHandler(old)
        with suppress(OSError):
            old.close()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in ("pos_app", "ui"):
        logging.getLogger(ours).setLevel(logging.INFO)
    for talkative in ("httpx", "httpcore", "asyncio", "keyring", "qasync"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
