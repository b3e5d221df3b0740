"""The address of a provider, and a path below it, as they stand in the settings."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _plain(address: str) -> str:
    """`address` without blanks around it and without a last slash; ValueError when it is not a plain one."""
    address = address.strip().rstrip("/")
    if not address.isascii() or not address.isprintable() or set(address) & set(" \\@?#"):
        raise ValueError("no blanks, names, passwords, questions or marks in the address")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the address begins with https:// and a name")
    return address


Address = Annotated[str, AfterValidator(_plain)]
"""An address such as `https://api.example/v1`. Whether plain http is allowed is decided when it is used."""


def _below(path: str) -> str:
    """`path` without blanks around it; ValueError when it is not one that leads down from the address."""
    path = path.strip()
    if not path.startswith("/") or path.startswith("//") or ".." in path:
        raise ValueError("the path begins with one / and leads down")
    if not path.isascii() or not path.isprintable() or set(path) & set(" \\?#%"):
        raise ValueError("no blanks, questions or marks in the path")
    return path


Path = Annotated[str, AfterValidator(_below)]
"""A path below the address, such as `/challenge`."""
