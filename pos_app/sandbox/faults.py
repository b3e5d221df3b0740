"""Faults to order: what can go wrong, with which call, and which of it happens next.

`KINDS` is the vocabulary of `POST /admin/faults`; `GET /admin/faults` shows it too. A fault is ordered for a
call (or `*` for all it fits) and happens the next `times` times, or to a `share` of the calls, chosen by the
seed. One call meets one fault; of several that wait for it, the one ordered first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Literal

CALLS = (
    "cardpluspay.info",
    "cardpluspay.catalog",
    "cardpluspay.check",
    "cardpluspay.create",
    "cardpluspay.status",
    "cardpluspay.list",
    "cardpluspay.balance",
    "levelup.create",
    "levelup.add",
    "levelup.remove",
    "levelup.value",
    "levelup.validate",
    "levelup.locations",
    "levelup.merchant_locations",
    "levelup.app_locations",
    "levelup.all_locations",
    "levelup.location",
    "levelup.orders",
    "levelup.tokens",
)
"""Every call of both providers under its name."""

ANY = "*"
_LONGEST_TEXT = 200
_CARDPLUSPAY = tuple(call for call in CALLS if call.startswith("cardpluspay."))
_LEVELUP = tuple(call for call in CALLS if call.startswith("levelup."))
_PAGED = ("levelup.merchant_locations", "levelup.app_locations", "levelup.all_locations", "levelup.orders")
_CAN_NOT_PAY = (
    "debit_card_only",
    "delinquent_bundle",
    "excessive_chargebacks",
    "no_credit_card",
    "payment_ineligible",
)

Stage = Literal["door", "instead", "before", "within", "after"]


@dataclass(frozen=True)
class Option:
    """One setting of a fault: what it is if nobody says, which values it takes, and what it does."""

    default: Any
    accepts: Callable[[Any], bool]
    text: str


def _yes_no(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(low: int, high: int, *, none: bool = False) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        if value is None:
            return none
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return accepts


def _number(low: int, high: int, *, none: bool = False) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        if value is None:
            return none
        return isinstance(value, int | Decimal) and not isinstance(value, bool) and low <= value <= high

    return accepts


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: value in words


def _some_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    `stage` says where a call meets it: `door` before its body is read, `instead` of doing anything, `before`
    the call is done, `within` it, or `after` it, on the way of the answer. `loses_reply` is whether the
    client is left without a readable answer.
    """

    stage: Stage
    text: str
    calls: tuple[str, ...] = CALLS
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    loses_reply: bool = False


def _commit(*, default: bool) -> Option:
    return Option(default, _yes_no, "whether the call is carried out before the fault")


_COMMIT_AFTER = Option(
    0, _number(0, 600), "seconds after which the call is carried out, the client long gone"
)
_BODY = Option(
    "json", _one_of("json", "html", "empty"), "json (the provider's own), html (a gateway's page) or empty"
)

KINDS: Mapping[str, Kind] = {
    "reset_before_read": Kind(
        "door",
        "The connection is reset (TCP RST) before the body is read; nothing is done.",
        loses_reply=True,
    ),
    "reset_after_read": Kind(
        "after",
        "The connection is reset (TCP RST) after the request was read.",
        options={"commit": _commit(default=False)},
        loses_reply=True,
    ),
    "lost_reply": Kind(
        "after",
        "The call is carried out, and the connection is closed without a byte.",
        options={"commit": _commit(default=True), "commit_after": _COMMIT_AFTER},
        loses_reply=True,
    ),
    "silence": Kind(
        "after",
        "No answer ever comes; the connection is dropped at last.",
        options={
            "commit": _commit(default=True),
            "commit_after": _COMMIT_AFTER,
            "seconds": Option(600, _number(0, 600), "how long the connection stays open"),
        },
        loses_reply=True,
    ),
    "truncated": Kind(
        "after",
        "The call is carried out; the body stops in the middle although Content-Length promises all of it.",
        options={"keep_percent": Option(50, _whole(0, 99), "how much of the body is sent")},
        loses_reply=True,
    ),
    "error_status": Kind(
        "after",
        "The server, or something in front of it, answers with an error of its own.",
        options={
            "status": Option(500, _whole(400, 599), "the HTTP status"),
            "commit": _commit(default=False),
            "body": _BODY,
        },
        loses_reply=True,
    ),
    "html_200": Kind(
        "after",
        "HTTP 200 with a web page, as a captive portal sends it.",
        options={"commit": _commit(default=False)},
        loses_reply=True,
    ),
    "empty_body": Kind(
        "after", "HTTP 200 with no body.", options={"commit": _commit(default=True)}, loses_reply=True
    ),
    "success_false": Kind(
        "after",
        "HTTP 200 with success:false.",
        calls=_CARDPLUSPAY,
        options={"commit": _commit(default=False)},
        loses_reply=True,
    ),
    "no_data": Kind(
        "after",
        "The call is carried out and answered with success:true, but the data is not there.",
        calls=_CARDPLUSPAY,
        options={
            "data": Option(
                "null", _one_of("null", "object", "list", "missing"), "null, object ({}), list ([]), missing"
            )
        },
        loses_reply=True,
    ),
    "no_server_header": Kind("after", "The right answer without `Server: LevelUp`.", calls=_LEVELUP),
    "slow": Kind(
        "within",
        "The right answer, late.",
        options={"delay_ms": Option(3000, _whole(0, 600_000), "how much later, in milliseconds")},
    ),
    "unauthorized": Kind("instead", "This one call is refused as if the key or token (or login) were wrong."),
    "wrong_credentials": Kind(
        "before",
        "The provider's keys and tokens are revoked, until the faults are cleared or the ledger is reset.",
    ),
    "not_found": Kind("instead", "404 in the provider's words.", calls=_CARDPLUSPAY[2:5] + _LEVELUP),
    "invalid_item": Kind("instead", "400: no such item.", calls=("cardpluspay.create",)),
    "insufficient_balance": Kind("instead", "400: the balance is too low.", calls=("cardpluspay.create",)),
    "out_of_stock": Kind("instead", "400: out of stock.", calls=("cardpluspay.create",)),
    "unprocessable": Kind(
        "instead",
        "422 in the provider's words.",
        options={
            "reason": Option(
                "email",
                _one_of("email", "merchant", "minimum", "positive", "card", "balance", *_CAN_NOT_PAY),
                "which 422 (levelup.create, add and remove only)",
            )
        },
    ),
    "too_many_requests": Kind(
        "instead",
        "429.",
        options={"retry_after": Option(2, _whole(0, 3600, none=True), "Retry-After in s, or null")},
    ),
    "late_codes": Kind(
        "within",
        "The order is bought, but its codes come later.",
        calls=("cardpluspay.create",),
        options={
            "polls": Option(
                None,
                _whole(0, 1_000_000, none=True),
                "how many GETs of the order go without them (2 if nothing is said)",
            ),
            "seconds": Option(
                None, _number(0, 86_400, none=True), "seconds after which they are there, or null"
            ),
            "first": Option(0, _whole(0, 100), "how many codes are there from the start"),
            "status": Option("completed", _some_text, "the order's status until then"),
            "pins": Option(
                default=False, accepts=_yes_no, text="whether the GET lists the PINs of the late codes"
            ),
        },
    ),
    "two_codes_three_charges": Kind(
        "within",
        "As the official example: one card asked for, two codes listed, three charged (n: n+1 and n+2).",
        calls=("cardpluspay.create",),
    ),
    "price_moved": Kind(
        "before",
        "The item's price moves just before the call, and stays there.",
        calls=("cardpluspay.check", "cardpluspay.create"),
        options={"percent": Option(5, _number(-99, 1000), "by how many percent")},
    ),
    "stock_gone": Kind(
        "before",
        "The last card of the item is sold to somebody else just before the call.",
        calls=("cardpluspay.check", "cardpluspay.create"),
    ),
    "unavailable": Kind(
        "within",
        "The check says no. How it does is not documented, so there are three ways.",
        calls=("cardpluspay.check",),
        options={
            "answer": Option(
                "status_false",
                _one_of("status_false", "success_false", "bad_request"),
                "200 with status:false, 200 with success:false, or 400",
            )
        },
    ),
    "page_ignored": Kind(
        "within",
        "`page` is ignored: every page is the first.",
        calls=("cardpluspay.catalog", "cardpluspay.list"),
    ),
    "delayed": Kind(
        "within", "The sender must confirm the gift card by e-mail first.", calls=("levelup.create",)
    ),
    "no_delay_flag": Kind(
        "within", "The answer has no `delay_gift_card_migration`.", calls=("levelup.create",)
    ),
    "no_uuid": Kind("within", "The answer has no `uuid`, as an older server's.", calls=("levelup.add",)),
    "identifier_ignored": Kind(
        "within",
        "`external_identifier` is ignored, as an older server does: value is added each time.",
        calls=("levelup.add",),
    ),
    "identifier_refused": Kind(
        "within",
        "A known `external_identifier` with another amount, card or merchant is 422, not the first answer.",
        calls=("levelup.add",),
    ),
    "other_answer": Kind(
        "instead",
        "Any status with any body, from LevelUp itself or from something in front of it.",
        calls=_LEVELUP,
        options={
            "status": Option(404, _whole(200, 599), "the HTTP status; 204 and 304 have no body"),
            "body": Option(
                "empty",
                _one_of("array", "object", "empty_array", "html", "cut", "empty"),
                "array (LevelUp's own), object (OAuth's), empty_array, html, cut (half an array) or empty",
            ),
            "server": Option(
                "levelup", _one_of("levelup", "absent", "other"), "whom the header `Server` names"
            ),
        },
    ),
    "odd_link": Kind(
        "within",
        "A page's `Link` leads astray.",
        calls=_PAGED,
        options={
            "to": Option(
                "end",
                _one_of("end", "same", "foreign"),
                "end (the last page has one too, and it leads to a 204), same page, or foreign host",
            )
        },
    ),
    "dirty_locations": Kind(
        "within",
        "Names are null, coordinates text, ids double, hidden ones stubs, and two merchants share a name.",
        calls=("levelup.locations", *_PAGED[:-1]),
    ),
}
"""Every fault there is, under its name."""


@dataclass(frozen=True)
class Fault:
    """A fault that happens to one call now."""

    name: str
    options: Mapping[str, Any]

    @property
    def kind(self) -> Kind:
        """What sort of fault this is."""
        return KINDS[self.name]

    @property
    def commits(self) -> bool:
        """Whether the call is carried out all the same."""
        return self.kind.stage not in {"instead", "door"} and self.options.get("commit", True)


@dataclass
class Pending:
    """A fault that was ordered and waits for its call. `left` of None means it stays until it is cleared."""

    number: int
    call: str
    fault: Fault
    left: int | None
    share: Decimal | None

    def as_dict(self) -> dict[str, Any]:
        """The order as the admin side shows it."""
        told = {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in self.fault.options.items()
        }
        share = None if self.share is None else str(self.share)
        head = {
            "id": self.number,
            "call": self.call,
            "fault": self.fault.name,
            "times": self.left,
            "share": share,
        }
        return {**head, "options": told}


class UnknownFault(Exception):
    """The order of a fault can not be understood; the text says why."""


class Faults:
    """The faults that were ordered and have not happened yet."""

    def __init__(self, seed: int) -> None:
        self.pending: list[Pending] = []
        self._seed = seed
        self._next = 1
        self._dice = self._new_dice()

    def clear(self) -> int:
        """Forgets every waiting fault and says how many there were; the dice begin again."""
        cleared = len(self.pending)
        self.pending.clear()
        self._dice = self._new_dice()
        return cleared

    def order(self, wish: Any) -> Pending:
        """Takes an order such as `{"call": "cardpluspay.create", "fault": "lost_reply", "times": 1}`.

        Raises `UnknownFault` for a call, fault or option that does not exist or does not fit.
        """
        if not isinstance(wish, dict):
            raise UnknownFault("A fault is a JSON object with a call and a fault.")
        said: dict[str, Any] = dict(wish)  # pyright: ignore[reportUnknownArgumentType]  (JSON objects have text keys)
        call, name = said.pop("call", ANY), said.pop("fault", None)
        share, times = said.pop("share", None), said.pop("times", None)
        if call != ANY and call not in CALLS:
            raise UnknownFault("There is no such call.")
        if not isinstance(name, str) or name not in KINDS:
            raise UnknownFault("There is no such fault.")
        kind = KINDS[name]
        if call != ANY and call not in kind.calls:
            raise UnknownFault(f"{name} can not happen to this call, only to: {', '.join(kind.calls)}.")
        if share is not None and not _number(0, 1)(share):
            raise UnknownFault("share is a number from 0 to 1.")
        if times is not None and not _whole(1, 1_000_000)(times):
            raise UnknownFault("times is a whole number from 1 up.")
        options = _options(name, kind, said)
        left = 1 if times is None and share is None else times
        share = None if share is None else Decimal(share)
        pending = Pending(self._next, call, Fault(name, options), left, share)
        self._next += 1
        self.pending.append(pending)
        return pending

    def _new_dice(self) -> Random:
        return Random(f"faults {self._seed}")

    def take(self, call: str) -> Fault | None:
        """The fault that happens to this call, used up by it, or None."""
        for pending in self.pending:
            if pending.call not in (ANY, call) or call not in pending.fault.kind.calls:
                continue
            if pending.share is not None and Decimal(self._dice.random()) >= pending.share:
                continue
            if pending.left is not None:
                pending.left -= 1
                if pending.left == 0:
                    self.pending.remove(pending)
            return pending.fault
        return None


def _options(name: str, kind: Kind, said: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(said) - set(kind.options))
    if unknown:
        raise UnknownFault(
            f"{name} has no option {', '.join(unknown)}; it has: {', '.join(kind.options) or 'none'}."
        )
    options = {option: said.get(option, about.default) for option, about in kind.options.items()}
    for option, value in options.items():
        if not kind.options[option].accepts(value):
            raise UnknownFault(f"{option} of {name} is {kind.options[option].text}.")
    return options


def vocabulary() -> dict[str, Any]:
    """Every call and every fault with its options, for whoever asks or got a name wrong."""
    kinds = {
        name: {
            "what": kind.text,
            "calls": list(kind.calls),
            "options": {
                option: {"default": about.default, "what": about.text}
                for option, about in kind.options.items()
            },
        }
        for name, kind in KINDS.items()
    }
    return {"calls": [*CALLS, ANY], "faults": kinds}
