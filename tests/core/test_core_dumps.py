"""A till that crashes leaves no picture of its memory behind."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("program", ["pos_app.__main__", "ui.__main__"])
def test_no_core_dump_is_written(program: str) -> None:
    said = (
        f"import resource; from {program} import main\n"
        "hard = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))\n"
        "try: main(['doctor', '--help'])\n"
        "except SystemExit: print(resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, timeout=120, check=True)
    assert done.stdout.decode().splitlines()[-1] == "(0, 0)"
