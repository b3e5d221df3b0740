"""The right answer in another spelling: the same facts, as a client must also be able to read them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from pos_app.sandbox import jsontext
from pos_app.sandbox.exchange import Reply
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.jsontext import Literally
from pos_app.sandbox.kinds_spelling import MONEY

_OK = 200
_GONE = object()
_Spelling = Callable[[Decimal], object]

_SPELLINGS: Mapping[str, _Spelling] = {
    "text": lambda amount: format(amount, "f"),
    "number": lambda amount: amount,
    "noisy": lambda amount: Literally(f"{amount:.2f}00000000000001"),
    "blanks": lambda amount: f" {amount:.2f} ",
    "long": lambda amount: f"{amount:.4f}",
    "comma": lambda amount: f"{amount:.2f}".replace(".", ","),
    "thousands": lambda amount: f"{amount:,.2f}",
    "sign": lambda amount: f"${amount:.2f}",
    "exponent": lambda amount: Literally(f"{amount:.2E}"),
    "nan": lambda _amount: Literally("NaN"),
    "negative": lambda amount: f"{-amount:.2f}",
    "zero": lambda _amount: "0.00",
    "empty": lambda _amount: "",
    "null": lambda _amount: None,
    "missing": lambda _amount: _GONE,
}
"""How an amount can be spelled."""

_PINS: Mapping[str, Callable[[str], object]] = {
    "object": lambda pin: {"Pin": pin},
    "upper": lambda pin: [{"PIN": pin}],
    "lower": lambda pin: [{"pin": pin}],
    # A number has no zeros in front. Whoever lost them before they were sent has a wrong PIN for everybody.
    "number": lambda pin: [{"Pin": int(pin) if str(int(pin)) == pin else pin}],
    "several": lambda pin: [{"Pin": pin}, {"Serial": "TEST-0001"}],
    "extra": lambda pin: [
        {"Pin": pin, "Serial": "TEST-0001", "Expiry": "2030-12-31", "Url": "https://cards.example/TEST"}
    ],
    "empty": lambda _pin: list[object](),
    "null": lambda _pin: None,
    "missing": lambda _pin: _GONE,
}


def respelled(faults: tuple[Fault, ...], reply: Reply) -> Reply:
    """`reply` as these faults spell it. Refusals stay as they are, but for their headers."""
    for fault in faults:
        if fault.name == "odd_date":
            reply = replace(reply, date=_date(fault.options))
        elif fault.name == "no_server_header":
            reply = replace(reply, plain=True)
        elif fault.name == "other_2xx" and reply.status == _OK:
            reply = replace(reply, status=fault.options["status"])
        elif fault.name in _WAYS and reply.status == _OK:
            said = jsontext.loads(reply.body)
            reply = replace(reply, body=jsontext.dumps(_WAYS[fault.name](said, fault.options)))
    return reply


def _date(options: Mapping[str, Any]) -> str | int | None:
    if options["how"] == "skewed":
        return options["seconds"]
    return "yesterday, about noon" if options["how"] == "garbage" else None


def _success(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    value = {"text": "true", "number": 1, "null": None}.get(options["value"], _GONE)
    return _put(said, "success", value)


def _status(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    data = said["data"]
    for row in data.get("orders", [data]):
        if options["status"] is not None:
            row["status"] = options["status"]
    if options["state"] is not None:
        data["state"] = options["state"]
    return said


def _money(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    fields = MONEY if options["field"] is None else (options["field"],)
    return _each_amount(said, fields, _SPELLINGS[options["how"]])


def _each_amount(found: object, fields: tuple[str, ...], spelling: _Spelling) -> object:
    if isinstance(found, list):
        return [_each_amount(item, fields, spelling) for item in cast("list[object]", found)]
    if not isinstance(found, dict):
        return found
    told: dict[str, object] = {}
    for name, value in cast("dict[str, object]", found).items():
        spelled = spelling(Decimal(str(value))) if name in fields else _each_amount(value, fields, spelling)
        if spelled is not _GONE:
            told[name] = spelled
    return told


def _metadata(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    for code in _codes(said):
        if "metadata" in code:
            _put(code, "metadata", _PINS[options["how"]](code["metadata"][0]["Pin"]))
    return said


def _wrong_card(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    field = options["field"]
    for code in _codes(said):
        if field == "item_code":
            code["item_code"] = "OTHER-10USD-none"
        elif field == "currency":
            code["currency"] = code["denomination_unit"] = "CHF"
        else:
            code["denomination"] = str(Decimal(code["denomination"]) / 2)
    return said


def _poorer(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    data, without = said["data"], options["without"]
    if without == "code_status":
        for code in _codes(said):
            code.pop("status", None)
    elif without == "last_code":
        data["codes"] = _codes(said)[:-1]
    else:
        data.pop(without, None)
    return said


def _currency(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    currency = options["currency"]
    _put(said["data"], "currency", _GONE if currency is None else currency)
    return said


def _listing(said: dict[str, Any], options: Mapping[str, Any]) -> object:
    data, name = said["data"], options["name"]
    rows, pagination = data.pop("products"), data.pop("pagination")
    if name == "bare":
        return {**said, "data": rows}
    if options["pagination"] == "block":
        data["pagination"] = pagination
    elif options["pagination"] == "flat":
        data.update(pagination)
    return {**said, "data": {name: rows, **data}}


def _codes(said: dict[str, Any]) -> list[dict[str, Any]]:
    return said["data"].get("codes") or []


def _put(into: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    if value is _GONE:
        into.pop(name, None)
    else:
        into[name] = value
    return into


_WAYS: Mapping[str, Callable[[dict[str, Any], Mapping[str, Any]], object]] = {
    "odd_success": _success,
    "odd_status": _status,
    "odd_money": _money,
    "odd_metadata": _metadata,
    "wrong_card": _wrong_card,
    "poorer": _poorer,
    "currency": _currency,
    "odd_listing": _listing,
}
