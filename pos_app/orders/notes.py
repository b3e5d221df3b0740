"""The lines of the journal that are about no order: what happened to an account, the store or its settings.

They stand in the same chain. Where an order's line has the order's id, a note has its subject: the account,
the store or its settings, marked by a sign no order id begins with.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pos_app.money import Money
from pos_app.orders.entries import AnyEntry, Entry

MARK: Final = "@"
"""What a subject begins with and an order id never does."""

STORE: Final = f"{MARK}store"
SETTINGS: Final = f"{MARK}settings"


def about(account: str) -> str:
    """The subject under which an account's notes stand."""
    return f"{MARK}account {account}"


def guarded(sale_id: str) -> str:
    """The subject under which stands what the scam guard found about a sale, whether it was made or not."""
    return f"{MARK}guard {sale_id}"


class ToppedUp(Entry):
    """Money was paid into the account (negative: taken out), known from the company or the bank."""

    kind: Literal["topped_up"] = "topped_up"
    amount: Money
    evidence: str = ""


class Declared(Entry):
    """A manager said whether this store alone buys on the account: no other program, shop or portal."""

    kind: Literal["declared"] = "declared"
    exclusive: bool
    evidence: str = ""


class ForeignSeen(Entry):
    """The provider's list showed orders that nobody here placed; `rows` are their ids (none: not told)."""

    kind: Literal["foreign_seen"] = "foreign_seen"
    rows: tuple[str, ...]


class Explained(Entry):
    """A manager knows where foreign orders came from, and that it is over."""

    kind: Literal["explained"] = "explained"
    evidence: str


class WentOn(Entry):
    """A manager had selling from the account go on although `orders` are not confirmed."""

    kind: Literal["went_on"] = "went_on"
    orders: tuple[str, ...]
    evidence: str = ""


NewLife = Literal["", "backup", "moved", "rolled_back"]
"""How a store came to begin a new life; empty where it did not."""


class Restored(Entry):
    """The store began a new life: from a backup, on another machine, or found shorter than it had been.

    `incarnation` is this life's id. What was sent before it is for a person to decide.
    """

    kind: Literal["restored"] = "restored"
    how: Literal["backup", "moved", "rolled_back"]
    incarnation: str
    evidence: str = ""


class Guarded(Entry):
    """A sale ran into a rule of the scam guard; `became` tells what came of it then.

    `asked`: the question was shown. `answered`: the cashier (`by`) said that nobody tells the customer to
    buy; `approved`: a manager (`by`) allowed it; `unasked`: a command sold it, and nobody was there to be
    asked. These stand in the transaction that placed the sale, and `sale` is its number. `held_back`: it was
    not placed. `dropped`: the cashier gave it up. `total` is what the customer was to pay; `limit` is the
    amount that `reached`, with what was sold before, came up to.
    """

    kind: Literal["guarded"] = "guarded"
    rule: str
    asks: Literal["ask", "approve", "refuse"]
    became: Literal["asked", "answered", "approved", "unasked", "held_back", "dropped"]
    till: str
    cashier: str
    total: Money
    sale: str = ""
    limit: Money | None = None
    reached: Money | None = None


SettingWhat = Literal["manager_added", "pin_changed", "manager_retired", "cashier", "limits", "company"]
"""What is changed under Settings that decides about money or stands on papers."""


class Moved(BaseModel):
    """One thing that is another now, with what it was before; both empty where it is a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    before: str = ""
    after: str = ""


class SettingChanged(Entry):
    """Somebody (`by`) changed under Settings `what`, a `SettingWhat`, or what a later program calls so.

    `about` is the manager or the company, as they are called; `till` the register it was changed at. No PIN
    and no key is in it: of those it tells only that they are others.
    """

    kind: Literal["setting_changed"] = "setting_changed"
    what: str
    till: str
    about: str = ""
    parts: tuple[Moved, ...] = ()


AnyNote = Annotated[
    ToppedUp | Declared | ForeignSeen | Explained | WentOn | Restored | Guarded | SettingChanged,
    Field(discriminator="kind"),
]

AnyLine = AnyEntry | AnyNote
"""Whatever stands in the journal."""

_NOTES: TypeAdapter[AnyNote] = TypeAdapter(AnyNote)
_LINES: TypeAdapter[AnyLine] = TypeAdapter(
    Annotated[
        ToppedUp
        | Declared
        | ForeignSeen
        | Explained
        | WentOn
        | Restored
        | Guarded
        | SettingChanged
        | AnyEntry,
        Field(discriminator="kind"),
    ]
)


# The adapter's own method does nothing else, and as long again for a short line.
_READ_LINE: Final = _LINES.validator.validate_json


def read_note(body: str | bytes) -> AnyNote:
    """The note written as JSON `body`. Raises ValidationError for one this program does not know."""
    return _NOTES.validate_json(body)


def read_line(body: str | bytes) -> AnyLine:
    """The entry or note written as JSON `body`. Raises ValidationError like `read_note`."""
    return _READ_LINE(body)


def write_note(note: AnyNote) -> str:
    """`note` as JSON, the form the journal keeps."""
    return _NOTES.dump_json(note).decode()
