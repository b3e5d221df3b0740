"""What the six pages of a first start ask and are told, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_app.errors import PosError
from pos_app.money import Money
from pos_app.orders.product import Delivery
from pos_app.orders.rules import Problem
from pos_app.printing.document import Document


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done already. The window resumes at the first page that is not.

    `keyring` is what keeps this computer's keyring from being used, None when it works; nothing can be
    finished until it does.
    """

    keyring: PosError | None
    shop: bool
    register: bool
    supplier: bool
    printer: bool
    manager: bool
    recovery: bool

    @property
    def finished(self) -> bool:
        """Whether real cards can be sold."""
        pages = (self.shop, self.register, self.supplier, self.printer, self.manager, self.recovery)
        return self.keyring is None and all(pages)


@dataclass(frozen=True, slots=True)
class ShopEntries:
    """Page 1 as it was typed. `zone` is an IANA name, `currency` three capital letters."""

    name: str
    address: str = ""
    phone: str = ""
    currency: str = "USD"
    zone: str = ""


@dataclass(frozen=True, slots=True)
class PaperEntries:
    """Page 4 as it was typed: `printer` is one of `settings.Paper.printer`; "screen" is no paper at all.

    `folder` is a whole path outside the store; `host` and `port` belong to a printer in the network, `device`
    to one at a cable, with `baud` at a serial port, and `queue` to one of the system's. `sheet` is what pages
    are printed on, from a folder or by a printer of the system.
    """

    printer: str = "folder"
    folder: str = ""
    host: str = ""
    port: str = "9100"
    columns: str = "42"
    profile: str = "default"
    device: str = ""
    baud: str = "9600"
    queue: str = ""
    sheet: str = "roll"


@dataclass(frozen=True, slots=True)
class SecretField:
    """A key a supplier wants: the name it is kept under, and what it is called on screen."""

    name: str
    label: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SettingField:
    """A setting of a supplier that is no secret, with the value it has now.

    `choices` are the only values it may have, each with what it is called; empty where it may be any text.
    """

    name: str
    label: str
    help: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Supplier:
    """A card company the shop may have an account with. `kept`: its keys are in the keyring already."""

    name: str
    title: str
    delivery: Delivery
    secrets: tuple[SecretField, ...]
    fields: tuple[SettingField, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class SupplierTest:
    """What a live test found. With `problems` nothing was asked.

    `balance` is None where the company does not tell. `merchants` are the names of those whose cards can be
    sold, None where cards come from a catalogue. `untested` are keys only a purchase could try.
    """

    name: str
    balance: Money | None = None
    merchants: tuple[str, ...] | None = None
    untested: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the company answered and took the keys."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recovery sheet. `printer` names where it went; empty where there is no paper: a person copies it."""

    document: Document = field(repr=False)
    printer: str
