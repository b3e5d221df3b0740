"""The first start of a shop: six pages, each kept as soon as it is right, until real cards can be sold.

No Qt and no terminal here: the window and `countercard setup` ask the same questions through `FirstStart`.
What was typed wrongly comes back as `Problem`s, for words beside the field (`messages.problem`); what went
wrong outside is raised as a `PosError`, for words across the page (`messages.explain`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pos_app.errors import PosError
from pos_app.money import Money
from pos_app.orders.product import Delivery
from pos_app.orders.rules import Problem
from pos_app.printing.document import Document
from pos_app.settings import Settings


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
    """Page 4 as it was typed: `printer` is "folder", "network" or "screen" (no paper at all).

    `folder` empty means inside the store; `host` and `port` belong to a printer in the network.
    """

    printer: str = "folder"
    folder: str = ""
    host: str = ""
    port: str = "9100"
    columns: str = "42"
    profile: str = "default"


@dataclass(frozen=True, slots=True)
class SecretField:
    """A key a supplier wants: the name it is kept under, and what it is called on screen."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class SettingField:
    """A setting of a supplier that is no secret, with the value it has now."""

    name: str
    label: str
    help: str
    value: str


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


class FirstStart(Protocol):
    """The six pages over one store. Opened with `open_first_start`; it holds the store until it is closed.

    `keep_…` return what is wrong, nothing being kept then; the empty tuple means that it is on the disk.
    Every method may raise StoreProblem (the disk does not take it) and those that need the keyring
    Misconfigured("keyring_…"). Once the sheet was checked all but reading raise NotAllowed("set_up_before").
    """

    async def progress(self) -> Progress:
        """What is done. Tries the keyring anew each time, so that a person can mend it and try again."""
        ...

    def settings(self) -> Settings:
        """The settings as they are now."""
        ...

    def zone(self) -> str:
        """The IANA name of this machine's time zone, empty when it has none that can be named."""
        ...

    def zones(self) -> tuple[str, ...]:
        """All IANA names there are to choose from."""
        ...

    async def keep_shop(self, entries: ShopEntries) -> tuple[Problem, ...]:
        """Page 1. Fields: shop_name, currency, zone."""
        ...

    async def keep_register(self, register_id: str, cashier: str) -> tuple[Problem, ...]:
        """Page 2. Fields: register (two digits), cashier."""
        ...

    def suppliers(self) -> tuple[Supplier, ...]:
        """Page 3: whom there is; `kept` as `progress` found it last."""
        ...

    async def test_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        """Ask the company whether it takes the keys. Nothing is kept.

        An empty secret stands for the one in the keyring. Fields of the problems: secret, setting; which
        one is meant stands in their facts as `name`. Raises NotTaken (not reached) and
        Misconfigured("key_refused").
        """
        ...

    async def keep_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        """Page 3: test, unless just these passed; keep keys in the keyring, fields in the settings."""
        ...

    async def test_printer(self, entries: PaperEntries) -> tuple[Problem, ...]:
        """Print a test slip, without anything secret on it. Raises DeviceProblem when it does not come."""
        ...

    async def keep_printer(self, entries: PaperEntries) -> tuple[Problem, ...]:
        """Page 4. Fields: printer, folder, host, port, columns, profile."""
        ...

    async def keep_manager(self, name: str, pin: str, again: str) -> tuple[Problem, ...]:
        """Page 5: the first manager, in the place of an earlier one. Fields: manager, pin, again."""
        ...

    async def print_recovery_sheet(self) -> Sheet:
        """Page 6: print the sheet, as often as it is asked for. Raises DeviceProblem, Misconfigured."""
        ...

    def recovery_groups(self) -> int:
        """How many groups stand on the sheet."""
        ...

    def recovery_places(self) -> tuple[int, ...]:
        """Which groups, counted from 1, are to be typed back."""
        ...

    async def check_recovery(self, typed: Mapping[int, str]) -> tuple[int, ...]:
        """Page 6: compare what was typed back, by group; returns those that are wrong.

        When none is, the first start is done and real cards can be sold. Small letters, O for 0, I and L
        for 1 and blanks are let through. Raises NotAllowed("not_set_up") while an earlier page is open.
        """
        ...

    async def close(self) -> None:
        """Let go of the store, so that the till can open it."""
        ...
