"""Another answer than the right one: errors of the server or of what stands before it, and odd bodies."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from pos_app.sandbox import jsontext
from pos_app.sandbox.exchange import Provider, Reply
from pos_app.sandbox.faults import Fault

_PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"
_NO_DATA: Mapping[str, Any] = {"null": None, "object": {}, "list": []}


def other(fault: Fault, reply: Reply, provider: Provider, path: str) -> Reply:
    """What is answered instead of `reply`. `path` is what was asked for."""
    ways: Mapping[str, Callable[[], Reply]] = {
        "error_status": lambda: _error(provider, fault.options),
        "redirect": lambda: Reply(
            fault.options["status"], _titled(b"Moved"), (("Location", path),), "text/html", plain=True
        ),
        "html_200": lambda: Reply(
            200,
            _PAGE % (b"Welcome", b"Please accept the terms of this network"),
            content_type="text/html",
            plain=True,
        ),
        "empty_body": lambda: Reply(200),
        "success_false": lambda: _with_data(
            replace(provider.failure(200), status=200), fault.options["data"]
        ),
        "no_data": lambda: _with_data(reply, fault.options["data"]),
        "odd_body": lambda: _odd(reply, fault.options["how"]),
        "broken_body": lambda: _odd(reply, fault.options["how"]),
    }
    return ways[fault.name]()


def _error(provider: Provider, options: Mapping[str, Any]) -> Reply:
    status, body = options["status"], options["body"]
    if body == "html":
        return Reply(status, _titled(b"%d error" % status), content_type="text/html", plain=True)
    if body == "text":
        return Reply(status, b"upstream connect error", content_type="text/plain", plain=True)
    if body == "bare":
        return Reply(status, jsontext.dumps({"error": "upstream", "code": status}), plain=True)
    return Reply(status) if body == "empty" else _with_data(provider.failure(status), options["data"])


def _titled(title: bytes) -> bytes:
    return _PAGE % (title, title)


def _with_data(reply: Reply, instead: str) -> Reply:
    found = jsontext.loads(reply.body)
    if not isinstance(found, dict):
        return reply
    said = cast("dict[str, Any]", found)
    said.pop("data", None)
    if instead != "missing":
        said["data"] = _NO_DATA[instead]
    return replace(reply, body=jsontext.dumps(said))


def _odd(reply: Reply, how: str) -> Reply:
    packed = (*reply.headers, ("Content-Encoding", "gzip"))
    body = reply.body
    ways: Mapping[str, Callable[[], Reply]] = {
        "cut_json": lambda: replace(reply, body=body[: len(body) // 2]),
        "twice": lambda: replace(reply, body=body + body),
        "bom": lambda: replace(reply, body=b"\xef\xbb\xbf" + body),
        "utf16": lambda: replace(
            reply, body=body.decode("utf-8").encode("utf-16"), content_type="application/json; charset=utf-16"
        ),
        "gzip": lambda: replace(reply, body=gzip.compress(body, mtime=0), headers=packed),
        "broken_gzip": lambda: replace(reply, headers=packed),
        "text_type": lambda: replace(reply, content_type="text/html; charset=utf-8"),
    }
    return ways[how]()
