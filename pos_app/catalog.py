"""What can be sold: all providers' products, kept in the store, searched in memory, refreshed behind."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from bisect import insort
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import NotAllowed, NotTaken, PosError
from pos_app.orders.product import Product
from pos_app.orders.shelves import Brand, Shelf, brand_key, doubles, found, key_of, offered, plain, unpacked
from pos_app.providers.base import InPages, Page, Provider
from pos_app.shelf_words import categories_called
from pos_app.store.products import WHOLE, Products
from pos_app.store.views import Views
from pos_app.work import Work

__all__ = ["Brand", "Catalog", "Reading"]

_BUSY_HOURS = timedelta(hours=16)
_GOES_STALE = timedelta(hours=2)
"""How long a list that was read in part can be gone on with: prices move."""

_MOST_WAITS: Final = 10
_LONGEST_WAIT: Final = 900
_USUAL_WAIT: Final = 30
"""Seconds to wait where a company that asks for it does not say how long."""

_FIRST_RETRY: Final = timedelta(seconds=30)
_LONGEST_RETRY: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 7
"""What could not be read is read again after `_FIRST_RETRY`, then after twice as long each time."""

_FIRST_SHOWN: Final = frozenset({1, 4, 16, 64})
"""Behind which pages of a first reading the products so far are shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the list of `provider` was read: `done` entries of `total` (None: it does not say).

    `waits_until` (UTC): the company asked for patience until then.
    """

    provider: str
    done: int = 0
    total: int | None = None
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Left:
    """What is kept of a list that is being read: up to which page, and what stood on that."""

    account: str
    at: datetime
    here: str
    next: str
    items: str
    done: int
    total: int | None

    def told(self) -> str:
        """As text."""
        return json.dumps([self.account, self.at.isoformat(), *astuple(self)[2:]])


class _Stopped(Exception):
    """Somebody stopped the reading."""


class _Aside(Exception):
    """A sale began while a page was asked for."""


class Catalog:
    """The products of all providers in the shop's currency."""

    def __init__(
        self,
        products: Products,
        views: Views,
        providers: Mapping[str, Provider],
        work: Work,
        changes: Changes,
        currency: str,
        now: Now,
    ) -> None:
        self._products = products
        self._views = views
        self._providers = providers
        self._work = work
        self._changes = changes
        self._currency = currency
        self._now = now
        self._shelves: tuple[Shelf, ...] = ()
        self._by_key: dict[str, Shelf] = {}
        self._sold: dict[tuple[str, str], int] = {}
        self._categories: tuple[str, ...] = ()
        self._regions: tuple[str, ...] = ()
        self._doubles: frozenset[tuple[str, str]] = frozenset()
        self._count = 0
        self._loading = False
        self._stopped = False
        self._left_alone: set[str] = set()
        self._being_read = ""
        self._selling = False
        self._moved = asyncio.Event()
        self._asking: asyncio.Timeout | None = None
        self._progress: Reading | None = None
        self._failures: dict[str, PosError] = {}
        self._failed_at: dict[str, datetime] = {}
        self._retries: dict[str, int] = {}
        self._anew = set[str]()

    @property
    def count(self) -> int:
        """How many products can be sold."""
        return self._count

    @property
    def loading(self) -> bool:
        """Whether a provider is being read at this moment."""
        return self._loading

    @property
    def progress(self) -> Reading | None:
        """How far the reading has come that goes on at this moment, None while there is none."""
        return self._progress

    @property
    def failure(self) -> PosError | None:
        """Why the last refresh did not reach some provider, None when it reached all."""
        return next(iter(self._failures.values()), None)

    def failure_of(self, provider: str) -> PosError | None:
        """Why the last refresh did not reach `provider`, None when it did."""
        return self._failures.get(provider)

    async def open(self) -> None:
        """Take what the store has, without asking anybody."""
        shelves = await self._products.shelves(self._currency)
        self._by_key = {shelf.brand.key: shelf for shelf in shelves}
        await self._arrange()
        for name in self._providers:
            if not self._sells_from(name) and await self._products.reading(name) == WHOLE:
                # Read by an older program, or by one that came no further.
                with contextlib.suppress(NotAllowed):
                    await self._finish(name)

    async def refresh(self, *, patient: bool = True) -> None:
        """Read every provider's list and keep it; one that fails leaves its old list and a `failure`.

        Whoever calls while it goes on joins it. It steps aside while orders are on their way, and waits for
        a company that asks for patience, unless it is not `patient`. A list that was read in part, by whom
        and when ever, is gone on with where it is still the same list.
        """
        if not self._work.busy("whole catalogue"):
            self._stopped = False
            self._left_alone.clear()
        everything = partial(self._refresh, tuple(self._providers), patient=patient)
        # Some lists may be being read again: all are read behind that, not instead.
        await self._work.keep("whole catalogue", partial(self._work.keep_next, "catalogue", everything))

    async def read_again(self, answering: Collection[str]) -> None:
        """Read what the last refresh did not reach, of those that are `answering` now.

        Not before half a minute has passed, and later each time: a company may answer and its list be broken.
        The one list somebody stopped is left alone until all is to be read again; the others come by
        themselves. Nothing is done while a reading goes on.
        """
        if self._work.busy("catalogue") or self._work.busy("whole catalogue"):
            return
        failed = [name for name in self._failures if self._is_time_again(name)]
        wanted = dict.fromkeys((*self._anew, *failed))
        names = [name for name in wanted if name in answering and name not in self._left_alone]
        if names:
            self._stopped = False
            self._retries |= {name: self._retries.get(name, 0) + 1 for name in names}
            await self._work.keep("catalogue", partial(self._refresh, names, patient=True))

    def begin_anew(self, provider: str) -> None:
        """Have `read_again` read the list of `provider` once it answers: another account may sell others."""
        self._anew.add(provider)
        self._failures.pop(provider, None)
        self._retries.pop(provider, None)
        # Who stopped the reading stopped that of the list until now.
        self._left_alone.discard(provider)

    @property
    def is_behind(self) -> bool:
        """Whether there is something for `read_again`."""
        return bool(self._failures or self._anew)

    async def follow_sales(self, seen: Callable[[], bool]) -> None:
        """Put first what was sold most today, as of now; not while the order is `seen`.

        Nothing moves under a hand that is about to press it.
        """
        sold = await self._views.sold_since(self._now() - _BUSY_HOURS)
        moved = {one for one in sold.keys() | self._sold.keys() if sold.get(one) != self._sold.get(one)}
        if not moved or seen():
            return
        self._sold = sold
        # A few out of thousands: to put all in order anew would hold up the window.
        shelves = [one for one in self._shelves if (one.provider, one.brand.name) not in moved]
        for shelf in self._shelves:
            if (shelf.provider, shelf.brand.name) in moved:
                insort(shelves, shelf, key=self._rank)
        self._shelves = tuple(shelves)

    def reads(self, provider: str) -> bool:
        """Whether there is a list of `provider` to be read."""
        return provider in self._providers

    def stop(self) -> None:
        """End the reading that goes on. What was read is kept, and the next reading goes on behind it.

        The list that is being read is not begun again by itself, whatever becomes of its company.
        """
        self._stopped = True
        self._left_alone |= {self._being_read} - {""}
        self._interrupt()

    def step_aside(self, selling: bool) -> None:  # noqa: FBT001  the state itself
        """Orders are on their way, or none is any more: meanwhile nothing is asked here."""
        self._selling = selling
        self._interrupt()

    def brands(
        self, text: str = "", category: str = "", *, region: str = "", limit: int = 60
    ) -> tuple[Brand, ...]:
        """The brands that `text` finds, best first: names that begin with it, then the rest.

        An amount among its words finds what can be had for it, by value or within the limits. A category is
        found by its name in the language in force as well as by the company's.
        `category` is one of `categories()`, "email" for cards by e-mail, or empty for all. `region` is one of
        `regions()`, or empty for all; what tells no region is in each.
        """
        # Each key that is typed comes through here, for thousands of shelves.
        words = plain(text).split()
        shelves: Sequence[Shelf] = self._shelves
        if category == "email":
            shelves = [shelf for shelf in shelves if shelf.brand.delivery == "email"]
        elif category:
            shelves = [shelf for shelf in shelves if shelf.brand.category == category]
        if region:
            shelves = [shelf for shelf in shelves if shelf.brand.region in {region, ""}]
        for word in words:
            shelves = found(shelves, word, categories_called(self._categories, word))
        if words:
            begins = [shelf for shelf in shelves if shelf.start.startswith(words[0])]
            # Most searches end with all of what is found or none of it beginning so: nothing is moved then.
            if 0 < len(begins) < len(shelves):
                shelves = begins + [shelf for shelf in shelves if not shelf.start.startswith(words[0])]
        return tuple([shelf.brand for shelf in shelves[:limit]])

    def categories(self) -> tuple[str, ...]:
        """The categories of cards with codes, by name."""
        return self._categories

    def regions(self) -> tuple[str, ...]:
        """The regions that cards are for, by their companies' names."""
        return self._regions

    def doubles(self) -> frozenset[tuple[str, str]]:
        """The names and streets that more than one merchant by e-mail has."""
        return self._doubles

    def products_of(self, brand: Brand) -> tuple[Product, ...]:
        """The products behind `brand`: one a value, ascending; for an e-mail merchant its open amount."""
        shelf = self._by_key.get(brand.key)
        return offered(shelf) if shelf else ()

    def brand_of(self, product: Product) -> Brand | None:
        """The brand that `product` is offered under; None when it is not sold any more."""
        shelf = self._by_key.get(brand_key(product.provider, key_of(product)))
        if shelf is None or all(one.key != product.key for one in unpacked(shelf)):
            return None
        return shelf.brand

    def all(self) -> tuple[Product, ...]:
        """Every product in the shop's currency, also one a tile leaves out because a twin costs less."""
        return tuple(product for shelf in self._shelves for product in unpacked(shelf))

    # --- reading ------------------------------------------------------------------------------------

    def _is_time_again(self, name: str) -> bool:
        doublings = min(self._retries.get(name, 0), _MOST_DOUBLINGS)
        # A clock that was set back keeps nothing from being read.
        return abs(self._now() - self._failed_at[name]) >= min(_FIRST_RETRY * 2**doublings, _LONGEST_RETRY)

    async def _refresh(self, names: Collection[str], *, patient: bool) -> None:
        self._loading = True
        self._changes.announce("products")
        try:
            for name in names:
                self._anew.discard(name)
                self._being_read = name
                try:
                    await self._read(name, self._providers[name], patient=patient)
                except PosError as error:
                    self._failures[name], self._failed_at[name] = error, self._now()
                else:
                    self._failures.pop(name, None)
                    self._retries.pop(name, None)
        except _Stopped:
            pass
        finally:
            self._loading, self._being_read = False, ""
            self._tell(None)
            self._changes.announce("products")

    async def _read(self, name: str, provider: Provider, *, patient: bool) -> None:
        kept = await self._products.reading(name)
        if kept == WHOLE:
            await self._finish(name)
        self._tell(Reading(name))
        await self._read_pages(name, provider, kept, patient=patient)
        await self._finish(name)

    async def _finish(self, name: str) -> None:
        """What was read as a whole is what is sold from now on."""
        await self._put(name)
        gone = await self._products.take_from_shelves(name)
        for _currency, key in gone:
            self._by_key.pop(brand_key(name, key), None)
        await self._arrange()
        await self._clear(name)

    async def _read_pages(self, name: str, provider: Provider, kept: str, *, patient: bool) -> None:
        """Read the list to its end: from where it was left, if the page that stood there still does."""
        checks, last = self._left(provider, kept), None
        if checks is None:
            await self._forget(name)
        is_first = not self._sells_from(name)
        pages, waits = 0, 0
        while True:
            mark = checks.here if checks is not None else last.next if last is not None else ""
            try:
                async with aclosing(self._pages(provider, mark)) as asked:
                    async for page in asked:
                        if checks is not None:
                            is_same = (checks.items, checks.total) == (_items(page), page.total)
                            last, checks = (replace(checks, next=page.next) if is_same else None), None
                            if last is None:
                                break
                            self._tell(Reading(name, last.done, last.total))
                            continue
                        last = await self._keep(name, provider, page, last)
                        pages, waits = pages + 1, 0
                        if is_first and pages in _FIRST_SHOWN:
                            await self._put(name)
                            await self._arrange()
                    else:
                        await self._products.stage(name, (), WHOLE)
                        return
            except _Aside:
                pass
            except NotTaken as error:
                pause = _pause(error)
                if not patient or pause is None or waits == _MOST_WAITS:
                    raise
                waits += 1
                await self._wait(name, last, pause)
            if checks is None and (last is None or not last.next):
                # From the beginning: it is another list by now, or one that can not be gone on with.
                last = None
                await self._forget(name)

    def _left(self, provider: Provider, kept: str) -> _Left | None:
        """What was kept of a list that was left half read; None where it is not to be gone on with."""
        left = _understood(kept)
        if (
            left is None
            or not left.next
            or left.account != provider.account
            or abs(self._now() - left.at) > _GOES_STALE
            or not isinstance(provider, InPages)
        ):
            return None
        return left

    async def _pages(self, provider: Provider, mark: str) -> AsyncGenerator[Page]:
        """The pages from `mark` on, none asked for while orders are on their way.

        Raises _Aside when a sale begins while one is asked for: its request is given up.
        """
        asked = provider.pages(mark) if isinstance(provider, InPages) else _as_pages(provider)
        while True:
            await self._way_free()
            try:
                async with asyncio.timeout(None) as self._asking:
                    page = await anext(asked, None)
            except TimeoutError:
                raise _Aside from None
            finally:
                self._asking = None
            if page is None:
                return
            yield page

    async def _keep(self, name: str, provider: Provider, page: Page, last: _Left | None) -> _Left:
        done = page.entries if last is None else last.done + page.entries
        reading = _Left(provider.account, self._now(), page.here, page.next, _items(page), done, page.total)
        await self._products.stage(name, page.products, reading.told())
        self._tell(Reading(name, done, page.total))
        return reading

    def _sells_from(self, name: str) -> bool:
        return any(shelf.provider == name for shelf in self._shelves)

    async def _put(self, name: str) -> None:
        """Put on the shelves what was read, some at a time."""
        after: tuple[str, str] | None = None
        while True:
            await self._way_free()
            step = await self._products.put_on_shelves(name, after)
            # What is priced in another currency is in the store alone: nobody can be sold it here.
            self._by_key |= {
                shelf.brand.key: shelf for shelf in step.changed if shelf.currency == self._currency
            }
            after = step.after
            if after is None:
                return

    async def _forget(self, name: str) -> None:
        await self._products.forget_reading(name)
        await self._clear(name)

    async def _clear(self, name: str) -> None:
        while await self._products.clear(name):
            await self._way_free()

    async def _wait(self, name: str, last: _Left | None, seconds: int) -> None:
        until = self._now() + timedelta(seconds=seconds)
        done, total = (0, None) if last is None else (last.done, last.total)
        self._tell(Reading(name, done, total, until))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._stopped:
                    await self._moved.wait()
        self._tell(Reading(name, done, total))

    async def _way_free(self) -> None:
        """Return when no order is on its way. Raises _Stopped."""
        while self._selling and not self._stopped:
            await self._moved.wait()
        if self._stopped:
            raise _Stopped

    def _interrupt(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        if self._asking is not None and (self._selling or self._stopped):
            self._asking.reschedule(asyncio.get_running_loop().time())
            self._asking = None

    def _tell(self, progress: Reading | None) -> None:
        self._progress = progress
        self._changes.announce("reading")

    async def _arrange(self) -> None:
        """Most sold today first, then by name."""
        self._sold = await self._views.sold_since(self._now() - _BUSY_HOURS)
        self._shelves = tuple(sorted(self._by_key.values(), key=self._rank))
        self._count = sum(shelf.count for shelf in self._shelves)
        categories = {shelf.brand.category for shelf in self._shelves if shelf.brand.category}
        self._categories = tuple(sorted(categories, key=str.casefold))
        self._doubles = doubles(shelf.brand for shelf in self._shelves)
        self._regions = tuple(sorted({shelf.brand.region for shelf in self._shelves} - {""}))
        self._changes.announce("products")

    def _rank(self, shelf: Shelf) -> tuple[int, str, str]:
        brand = shelf.brand
        return (-self._sold.get((shelf.provider, brand.name), 0), shelf.start, brand.key)


async def _as_pages(provider: Provider) -> AsyncIterator[Page]:
    """What a provider gives that tells no pages."""
    async for products in provider.products():
        yield Page(products, "", "", len(products))


def _items(page: Page) -> str:
    """Stands for what is on `page`."""
    told = "\n".join(product.item for product in page.products)
    return hashlib.blake2s(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _understood(kept: str) -> _Left | None:
    """What `_Left.told` made this text of; None for any other text."""
    try:
        account, at, here, following, items, done, total = json.loads(kept)
        return _Left(account, datetime.fromisoformat(at), here, following, items, done, total)
    except (ValueError, TypeError):
        return None


def _pause(error: NotTaken) -> int | None:
    """How long to wait when a company asks for patience; None for anything else, and for too long a time."""
    if error.reason != "too_many_requests":
        return None
    seconds = error.facts.get("retry_after")
    pause = seconds if isinstance(seconds, int) else _USUAL_WAIT
    return pause if pause <= _LONGEST_WAIT else None
