"""Where the journal's chain ends: how many lines each register has written, and the last one's link.

Whoever knows an end from elsewhere, such as a paper, can tell a journal that was cut off, or that took the
place of another, which no chain can tell by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pos_app.store.database import Tx

SHOWN: Final = 16
"""How many hexadecimal digits of a link stand on paper: 64 bits, which nobody finds a second journal for."""

_GROUP: Final = 4
_PAPER: Final = re.compile(r"(\S+)\s+#\s*([0-9]{1,18})\s+([0-9A-Fa-f][0-9A-Fa-f\s-]*)", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class JournalEnd:
    """After `count` lines of `register` the chain's link was `link`, in hexadecimal digits, or began so."""

    register: str
    count: int
    link: str

    def on_paper(self) -> str:
        """This end as a line that is short enough to print and to type: `01 #1234 7F3A-92C1-0B4D-55E0`."""
        digits = self.link[:SHOWN].upper()
        groups = (digits[place : place + _GROUP] for place in range(0, len(digits), _GROUP))
        return f"{self.register} #{self.count} {'-'.join(groups)}"


def from_paper(text: str) -> JournalEnd:
    """The end that `text` tells of, as `on_paper` wrote it; blanks, hyphens and capitals do not matter.

    Raises ValueError for what is no such line, or has fewer digits of the link than were printed.
    """
    found = _PAPER.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a head")
    register, count, digits = found.groups()
    link = re.sub(r"[\s-]", "", digits).lower()
    if len(link) < SHOWN or int(count) < 1:
        raise ValueError("not a head")
    return JournalEnd(register, int(count), link)


def ends(tx: Tx) -> tuple[JournalEnd, ...]:
    """The end of each register's lines, by register."""
    # From one register to the next by the index: however many lines there are, none is passed over.
    sql = (
        "SELECT register, seq, link FROM entry WHERE register = (SELECT MIN(register) FROM entry"
        " WHERE register > ?) ORDER BY seq DESC LIMIT 1"
    )
    found: list[JournalEnd] = []
    while (last := tx.one(sql, (found[-1].register if found else "",))) is not None:
        found.append(JournalEnd(str(last[0]), int(last[1]), str(last[2])))
    return tuple(found)
