"""No line ends behind a hyphen of an address."""

from __future__ import annotations

from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtWidgets import QApplication

from ui.unbroken import addresses_kept

WORDS = "New York help: 1-800-697-1220, dos.ny.gov/consumer-protection or a well-known shop"


def line_ends(words: str) -> set[str]:
    """The last words of all lines in which `words` stand in wide and in narrow places."""
    found: set[str] = set()
    for wide in range(250, 500, 10):
        laid = QTextLayout(words, QFont())
        laid.beginLayout()
        while (line := laid.createLine()).isValid():
            line.setLineWidth(wide)
            said = words[line.textStart() : line.textStart() + line.textLength()].replace("\u2060", "")
            found.add(said.split()[-1])
        laid.endLayout()
    return found


def test_an_address_is_read_whole(qapp: QApplication) -> None:
    assert "dos.ny.gov/consumer-" in line_ends(WORDS), "left to itself it is not"
    kept = addresses_kept(WORDS)
    assert kept.replace("\u2060", "") == WORDS
    ends = line_ends(kept)
    assert "dos.ny.gov/consumer-" not in ends
    assert "dos.ny.gov/consumer-protection" in ends
    assert "well-" in ends, "a word that is only divided there may be"
    assert addresses_kept("nothing to keep") == "nothing to keep"
