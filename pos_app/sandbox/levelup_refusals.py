"""LevelUp's words for faults that happen instead of a call: every status, every sort of body."""

from pos_app.sandbox import jsontext
from pos_app.sandbox.exchange import Reply
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.levelup_orders import ABOUT, CAN_NOT_CHARGE, NOT_POSITIVE, REFUSALS, TOO_LITTLE
from pos_app.sandbox.levelup_replies import error, errors, not_found, unauthorized
from pos_app.sandbox.levelup_tokens import wrong_login
from pos_app.sandbox.levelup_value import ADDER, NOTHING_TO_REMOVE, balance

_WRONG = "We're sorry, but something went wrong."
_PAGE = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>"
_WITHOUT_BODY = (204, 304)


def refusal(call: str, fault: Fault) -> Reply:
    """A no, whatever the ledger says."""
    if fault.name == "other_answer":
        return _other(fault.options["status"], fault.options["body"], fault.options["server"])
    if fault.name == "not_found":
        return not_found()
    if fault.name == "too_many_requests":
        after = fault.options["retry_after"]
        return Reply(429, headers=() if after is None else (("Retry-After", str(after)),))
    if call == "levelup.tokens":
        return wrong_login()
    if fault.name == "unprocessable":
        return _unprocessable(call, fault.options["reason"])
    return unauthorized()


def failure(status: int) -> Reply:
    """An error of the server, as an array of one."""
    return errors([error(_WRONG)], status)


def _unprocessable(call: str, reason: str) -> Reply:
    if reason == "balance":
        return errors([error(balance(0), ADDER, "base")])
    if call == "levelup.remove":
        return errors([error(NOTHING_TO_REMOVE, ADDER, "base")])
    if call == "levelup.add":
        return errors([error(TOO_LITTLE if reason == "minimum" else NOT_POSITIVE, ADDER, "base")])
    if reason in REFUSALS:
        return errors([error(REFUSALS[reason], ABOUT, "base")])
    # The further reasons are what the machine-readable `code` says about a payer who can not pay.
    return errors([error(CAN_NOT_CHARGE, ABOUT, "base", reason)])


def _other(status: int, body: str, server: str) -> Reply:
    whole = errors([error(_WRONG)], status).body
    bodies = {
        "array": whole,
        "object": jsontext.dumps({"error": "server_error", "error_description": _WRONG}),
        "empty_array": b"[]",
        "html": _PAGE,
        "cut": whole[: len(whole) // 2],
        "empty": b"",
    }
    return Reply(
        status,
        b"" if status in _WITHOUT_BODY else bodies[body],
        (("Server", "gateway"),) if server == "other" else (),
        "text/html" if body == "html" else "application/json",
        plain=server != "levelup",
    )
