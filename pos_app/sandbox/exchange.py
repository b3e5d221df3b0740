"""A request as the providers' stand-ins read it, and a reply as they give it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.datastructures import Headers, QueryParams

from pos_app.sandbox.faults import Fault
from pos_app.sandbox.ledger import Booked


@dataclass(frozen=True)
class Request:
    """One request, read to its end; `faults` are what goes wrong with it, if anything does.

    `received` is when it came, on the sandbox's clock. `objection` is what is wrong with its signature, if
    requests must be signed and something is.
    """

    version: str
    ident: str
    query: QueryParams
    headers: Headers
    body: bytes = field(repr=False)
    faults: tuple[Fault, ...] = ()
    received: float = 0.0
    objection: str | None = None

    def met(self, name: str) -> Fault | None:
        """The fault of that name, if it happens to this request."""
        return next((fault for fault in self.faults if fault.name == name), None)

    def meets(self, name: str) -> bool:
        """Whether the fault of that name happens to this request."""
        return self.met(name) is not None

    def option(self, name: str, option: str) -> Any:
        """How a fault that happens to this request is set, or None if it does not happen."""
        fault = self.met(name)
        return None if fault is None else fault.options[option]


@dataclass(frozen=True)
class Reply:
    """One answer. `order` is what it sold, if anything; `plain` leaves out the provider's own headers.

    `date` is its Date header: text as it is, or seconds by which it is off; None leaves it out.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    order: Booked | None = field(default=None, repr=False)
    plain: bool = False
    date: str | int | None = 0


Handler = Callable[[Request], Reply]


@dataclass(frozen=True)
class Path:
    """A path of a provider: which method is which call, and who answers it.

    `{version}` and `{ident}` in `pattern` are handed to the handler with the request.
    """

    pattern: str
    methods: Mapping[str, tuple[str, Handler]]


class Provider(Protocol):
    """What the one way of answering (`calls.py`) needs to know of a provider."""

    headers: tuple[tuple[str, str], ...]

    def paths(self) -> tuple[Path, ...]:
        """Every path this provider has."""
        ...

    def upset(self, request: Request, fault: Fault) -> None:
        """Lets happen what a fault makes happen just before the call."""
        ...

    def refusal(self, call: str, fault: Fault) -> Reply:
        """The provider's own words for a fault that happens instead of the call."""
        ...

    def failure(self, status: int) -> Reply:
        """The provider's own words for an error of its server."""
        ...

    def no_such_path(self) -> Reply:
        """The provider's own words for a path or method it does not have."""
        ...
