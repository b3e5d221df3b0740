"""A receipt printer in the network, played in its own process: it tells when each paper was whole.

Prints its port; then, for each line it reads, one JSON object: `at`, the moments by CLOCK_MONOTONIC, and
`jobs`, the papers' bytes in base64, since the line before.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from pathlib import Path
from typing import SupportsIndex

from typing_extensions import override

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.printer_simulator import PrinterSimulator


class Stamped(list[bytes]):
    """Jobs, and when each was whole."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    @override
    def append(self, job: bytes, /) -> None:
        self.at.append(time.monotonic())
        super().append(job)

    @override
    def __delitem__(self, key: SupportsIndex | slice, /) -> None:
        super().__delitem__(key)
        del self.at[key]


async def main() -> None:
    jobs = Stamped()
    async with PrinterSimulator(jobs=jobs) as printer:
        print(printer.port, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            told = [base64.b64encode(job).decode() for job in jobs]
            print(json.dumps({"at": jobs.at, "jobs": told}), flush=True)
            del jobs[:]


if __name__ == "__main__":
    asyncio.run(main())
