"""What the till asks of a provider. One provider is one file; see `docs/providers.md`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from pos_app.errors import NotTaken
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, Fence, Look, Reply
from pos_app.orders.draft import Recipient
from pos_app.orders.product import Delivery, Product


@dataclass(frozen=True, slots=True)
class Quote:
    """Whether a number of cards can be supplied now, and what one would cost us (None: not said)."""

    available: bool
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is to be bought: `quantity` cards of `item`, each worth `face`; the total cost we were quoted.

    Amounts in a reply are read in the currencies of `face` and `cost`.
    """

    item: str
    quantity: int
    face: Money
    cost: Money | None
    recipient: Recipient | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a catalogue that is read page by page.

    `next` is what to go on with behind it, a short text that only the provider understands; empty at the end.
    `here` is what it was read with itself. `entries` counts what stands on it, sold here or not; `total` is
    what the list says it has in all, None where it does not say.
    """

    products: tuple[Product, ...]
    here: str
    next: str
    entries: int
    total: int | None = None


@runtime_checkable
class InPages(Protocol):
    """A provider whose catalogue can be gone on with at a page, by another process and at another time."""

    def pages(self, mark: str = "") -> AsyncIterator[Page]:
        """The pages from the one `mark` names, a `Page.here` or `Page.next`; from the first if it names none.

        A product may come twice. Raises like every reading method.
        """
        ...


class Provider(Protocol):
    """A company whose API sells cards. Reads may be repeated; `send` is called once and never retried.

    Every reading method raises NotTaken (it was not reached, or `no_answer`: it said nothing that can be
    understood) or Misconfigured (key or address wrong). A read buys nothing, so it never raises
    OutcomeUnknown: only `send` does.
    """

    @property
    def name(self) -> str:
        """The provider's short name, such as `cardpluspay`; stored with every order."""
        ...

    @property
    def account(self) -> str:
        """Names the provider's account without telling the key: the same key gives the same name."""
        ...

    def products(self) -> AsyncIterator[tuple[Product, ...]]:
        """All products, some at a time, in no promised order."""
        ...

    async def quote(self, product: Product, quantity: int, face: Money) -> Quote:
        """Whether and at what cost `quantity` cards of `product` worth `face` each can be had now."""
        ...

    async def fence(self) -> Fence | None:
        """What its books show just now; None for a provider that has no books to look at."""
        ...

    async def rows(self, known: AbstractSet[str]) -> Look | None:
        """The orders newer than the newest of `known` (a fence's ids), between two readings of the balance.

        None for a provider that has no books to look at. The look says itself whether it came that far and
        whether the books stood still: `Look.doubt`. It is bounded whatever the list does.
        """
        ...

    async def send(self, purchase: Purchase) -> Reply:
        """Send the order, once, and return whatever comes back, unread.

        Raises NotTaken only with proof that nothing left this machine; OutcomeUnknown when not even a
        status line came back; Misconfigured before anything is sent.
        """
        ...

    def read(self, reply: Reply, purchase: Purchase) -> Answer:
        """Understand a reply to `send`. Pure: the same bytes always give the same answer; never raises."""
        ...

    async def fetch(self, provider_order_id: str) -> Reply | None:
        """One order by the provider's id, unread; None for a provider that keeps no orders to look at."""
        ...

    def read_order(self, reply: Reply, purchase: Purchase) -> Bought | None:
        """Understand a reply to `fetch`; None where it is not the provider's word about an order. Pure."""
        ...

    async def balance(self) -> Money | None:
        """What is left to buy with; None for a provider that does not tell."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True)
class ProviderSpec:
    """How a provider is named, set up and opened.

    `secrets` are the names under which its keys lie in the vault; `optional` those of them that a shop may
    do without. `sandbox` picks its settings and secrets out of the sandbox server's ready line.
    """

    name: str
    title: str
    delivery: Delivery
    settings: type[BaseModel]
    secrets: tuple[str, ...]
    open: Callable[[BaseModel, Mapping[str, str]], Provider]
    sandbox: Callable[[Mapping[str, str]], tuple[BaseModel, dict[str, str]]]
    optional: frozenset[str] = frozenset()


def no_answer(provider: str, because: str, **facts: object) -> NotTaken:
    """The error of a read without an answer, or with one that can not be understood: it bought nothing.

    `because` says more: `silence`, `cut`, `unreadable`, `server_error` or `unexpected`; `somebody_else` where
    the answer is a web page, or the question of a proxy, and not the provider's at all.
    """
    return NotTaken("no_answer", provider=provider, because=because, **facts)
