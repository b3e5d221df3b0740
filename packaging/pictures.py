"""`make pictures`: the README's pictures, made by the program itself from a demonstration off-screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
_DEMO = ROOT / "out" / "demo"

# What the README shows, and which picture or page of the demonstration it is.
_SCREENS = {"sell": "*-basket.png", "charge": "*-cash.png", "result": "*-done.png", "order": "*-order.png"}
_PAPERS = {"receipt": "03-000001-receipt.pdf", "slip": "03-000001-slip-1.pdf"}
_DOTS_PER_POINT = 2


def main() -> int:
    """Play the demonstration and keep the pictures of it that the README shows."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, str(ROOT / "packaging" / "run.py")], env=environment, check=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, pattern in _SCREENS.items():
        (found,) = _DEMO.glob(pattern)
        shutil.copyfile(found, PICTURES / f"{name}.png")
    for name, page in _PAPERS.items():
        with pypdfium2.PdfDocument(_DEMO / page) as document:
            picture: Any = document[0].render(scale=_DOTS_PER_POINT).to_pil()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  an untyped library
            picture.save(PICTURES / f"{name}.png", optimize=True)  # pyright: ignore[reportUnknownMemberType]
    return 0


if __name__ == "__main__":
    sys.exit(main())
