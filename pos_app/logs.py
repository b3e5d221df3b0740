"""What the program notes for whoever has to help: kinds and ids, never a code, PIN, key or address."""

from __future__ import annotations

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from typing_extensions import override

_BYTES = 1_000_000
_FILES = 5


class _LogFile(RotatingFileHandler):
    """Loses a line the disk does not take: logging's own way is a traceback on the terminal."""

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: whoever wrote on the same disk says it in words."""


def set_up(folder: Path) -> None:
    """Log to `folder`, at most five files of a million bytes. Libraries may only warn.

    httpx logs each request at level info and httpcore its headers at level debug: neither is let through.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handler = _LogFile(
        folder / "countercard.log", maxBytes=_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, RotatingFileHandler)]:
        root.removeHandler(old)
        with suppress(OSError):
            old.close()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in ("pos_app", "ui"):
        logging.getLogger(ours).setLevel(logging.INFO)
    for talkative in ("httpx", "httpcore", "asyncio", "keyring", "qasync"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
