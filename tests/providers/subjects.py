"""The providers the contract is run against; a further one is an entry in `SUBJECTS` (docs/providers.md)."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from pydantic import BaseModel

from pos_app.providers import cardpluspay, levelup
from pos_app.providers.base import Provider, ProviderSpec
from pos_app.providers.http import Timing
from tests.providers import bluefin
from tests.sandbox_process import SandboxProcess

Opens = Callable[[BaseModel, Mapping[str, str], Timing | None], Provider]
At = Literal["buying", "listing"]


@dataclass(frozen=True)
class Sold:
    """One order in a company's own books; `order_id` is None where it names none to the buyer."""

    order_id: str | None
    codes: tuple[str, ...] = ()
    email: str | None = None


class StandIn(Protocol):
    """A server that stands in for a company, as far as the contract has to know it."""

    @property
    def ready(self) -> Mapping[str, str]:
        """What `ProviderSpec.sandbox` makes settings and secrets of."""
        ...

    def reset(self) -> None:
        """Back to the start: nothing sold, no fault waiting, nothing counted."""
        ...

    def fault(self, at: At, fault: str, **options: object) -> None:
        """Orders a fault for the next buy or the next list (`times`: for so many)."""
        ...

    def sold(self) -> list[Sold]:
        """Every order that was carried out, oldest first."""
        ...

    def requests(self) -> Mapping[str, int]:
        """How often each call came in since the reset; `buying` is the one the contract asks for."""
        ...


@dataclass(frozen=True)
class Subject:
    """A provider under test: how it is opened, and who stands in for its company.

    `serve` gets the sandbox process that all tests share; a stand-in of its own need not use it. `hollow` are
    faults that carry the order out and answer 200 without the documented yes, and how that is read.
    """

    spec: ProviderSpec
    opens: Opens
    serve: Callable[[SandboxProcess], AbstractContextManager[StandIn]]
    hollow: tuple[tuple[str, dict[str, Any], Literal["unreadable", "unexpected"]], ...]


class InSandbox:
    """One of the two companies the sandbox server plays."""

    def __init__(self, process: SandboxProcess, calls: Mapping[At, str], company: str) -> None:
        self._admin = process.admin
        self._calls = calls
        self._company = company
        self.ready: Mapping[str, str] = process.ready

    def reset(self) -> None:
        self._admin.reset()

    def fault(self, at: At, fault: str, **options: object) -> None:
        self._admin.fault(fault, self._calls[at], **options)

    def sold(self) -> list[Sold]:
        return [
            Sold(
                str(order["order_id"]) if "order_id" in order and self._company == "cardpluspay" else None,
                tuple(code["code"] for code in order.get("codes", [])),
                order.get("recipient_email"),
            )
            for order in self._admin.ledger()[self._company]["orders"]
        ]

    def requests(self) -> Mapping[str, int]:
        counted: dict[str, int] = self._admin.ledger()["requests"]
        names = {name: at for at, name in self._calls.items()}
        return {names.get(name, name): count for name, count in counted.items()}


def in_sandbox(
    company: str, buying: str, listing: str
) -> Callable[[SandboxProcess], AbstractContextManager[StandIn]]:
    @contextmanager
    def serve(process: SandboxProcess) -> Generator[StandIn]:
        yield InSandbox(process, {"buying": buying, "listing": listing}, company)

    return serve


def _bluefin(_process: SandboxProcess) -> AbstractContextManager[StandIn]:
    from tests.providers.bluefin_standin import bluefin_server  # which knows `Sold`

    return bluefin_server()


NO_BODY: Final = ("empty_body", {"commit": True}, "unreadable")
A_PAGE: Final = ("html_200", {"commit": True}, "unreadable")

SUBJECTS: Final = [
    Subject(
        cardpluspay.SPEC,
        cardpluspay.open_cardpluspay,
        in_sandbox("cardpluspay", "cardpluspay.create", "cardpluspay.catalog"),
        (
            NO_BODY,
            A_PAGE,
            ("success_false", {"commit": True}, "unexpected"),
            ("no_data", {"data": "null"}, "unexpected"),
            ("no_data", {"data": "object"}, "unexpected"),
            ("no_data", {"data": "list"}, "unexpected"),
            ("no_data", {"data": "missing"}, "unexpected"),
        ),
    ),
    Subject(
        levelup.SPEC,
        levelup.open_levelup,
        in_sandbox("levelup", "levelup.create", "levelup.locations"),
        (NO_BODY, A_PAGE),
    ),
    Subject(
        bluefin.SPEC,
        bluefin.open_bluefin,
        _bluefin,
        (
            NO_BODY,
            A_PAGE,
            ("no_in_200", {"commit": True}, "unexpected"),
            ("no_order", {"commit": True}, "unexpected"),
            ("cancelled", {"commit": True}, "unexpected"),
        ),
    ),
]
