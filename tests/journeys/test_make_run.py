"""`make run` without a display: two sales through the window, everything left behind, an honest exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
import zxingcpp

ROOT = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 240


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demonstration leaves, played from a copy so that nothing in the working tree moves."""
    copy = tmp_path_factory.mktemp("copy")
    (copy / "packaging").mkdir()
    shutil.copy(ROOT / "packaging" / "run.py", copy / "packaging" / "run.py")
    done = _run(copy)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    out = copy / "out" / "demo"
    assert str(out) in done.stdout.decode()
    return out


def _run(copy: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    return subprocess.run(
        [sys.executable, str(copy / "packaging" / "run.py"), *arguments],
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT), **more},
    )


def test_a_picture_of_each_step(left: Path) -> None:
    pictures = sorted(left.glob("*.png"))
    assert len(pictures) >= 10
    assert all(picture.stat().st_size > 10_000 for picture in pictures)


def test_every_code_the_provider_sold_is_on_a_slip_in_each_form(left: Path) -> None:
    ledger = json.loads((left / "ledger.json").read_text(encoding="utf-8"))
    (order,) = ledger["cardpluspay"]["orders"]
    (gift,) = ledger["levelup"]["orders"]
    assert gift["recipient_email"] == "kim@mail.example"
    codes = [card["code"] for card in order["codes"]]
    assert len(codes) == 2
    for number, code in enumerate(codes, 1):
        stem = f"03-000001-slip-{number}"
        assert code in (left / f"{stem}.txt").read_text(encoding="utf-8")
        assert code.encode() in (left / f"{stem}.escpos").read_bytes()
        with pypdfium2.PdfDocument(left / f"{stem}.pdf") as document:
            page = document[0]
            assert abs(page.get_width() / 72 * 25.4 - 80) < 1
            assert code in page.get_textpage().get_text_range()
            picture = cast("Any", page).render(scale=3).to_pil()
        (symbol,) = zxingcpp.read_barcodes(picture)
        assert symbol.text == code
    for receipt in ("03-000001-receipt", "03-000002-receipt"):
        text = (left / f"{receipt}.txt").read_text(encoding="utf-8")
        assert "TRAINING, NO VALUE" in text
        assert not any(code in text for code in codes)


_SLOW_PROVIDER = """
import sys
from pathlib import Path

from pos_app import training
from ui import start  # first, as in the program
from ui import demo

# A provider that takes longer than anybody waits, from the first call on.
program = training._program()
training._program = lambda: [*program, "--latency", "90000"]
demo._SLOW = 3.0
sys.exit(demo.demonstrate(Path(sys.argv[1])))
"""


def test_a_sale_that_fails_ends_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "run.py").write_text(_SLOW_PROVIDER, encoding="utf-8")
    done = _run(tmp_path, str(tmp_path / "left"), QT_QPA_PLATFORM="offscreen")
    assert done.returncode != 0
    assert b"NotSeen" in done.stderr
