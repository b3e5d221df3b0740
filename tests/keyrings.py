"""Keyrings in memory, good ones and bad ones, for everything that keeps keys in the operating system's."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from typing_extensions import override


class Ring(KeyringBackend):
    """A keyring in memory; `trouble` is raised by whatever is asked, the flaws spoil what is kept."""

    # keyring knows every class there is: none of these may be found when another test lets it look.
    viable = False  # pyright: ignore[reportAssignmentType]
    priority: float = 5  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.put = list[str]()
        self.trouble: Exception | None = None
        self.forgets = False
        self.lies = False
        self.keeps_for_ever = False

    @override
    def get_password(self, service: str, username: str) -> str | None:
        self._trouble()
        return "something else" if self.lies else self.kept.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self._trouble()
        self.put.append(username)
        if not self.forgets:
            self.kept[service, username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        self._trouble()
        if self.keeps_for_ever or self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _trouble(self) -> None:
        if self.trouble is not None:
            raise self.trouble


class Weak(Ring):
    priority = 0.5


class Weaker(Ring):
    priority = 0.1


class Useless(Ring):
    priority = 0


class OnDisk(KeyringBackend):
    """A keyring in the file `TEST_KEYRING`, for programs that are started one after the other."""

    viable = False  # pyright: ignore[reportAssignmentType]
    priority: float = 5  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(f"{service} {username}")

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._kept() | {f"{service} {username}": password})

    @override
    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        del kept[f"{service} {username}"]
        self._keep(kept)

    def _kept(self) -> dict[str, str]:
        try:
            return json.loads(self._path().read_text("utf-8"))
        except FileNotFoundError:
            return {}

    def _keep(self, kept: dict[str, str]) -> None:
        fresh = self._path().with_suffix(".new")
        fresh.write_text(json.dumps(kept), encoding="utf-8")
        fresh.replace(self._path())

    def _path(self) -> Path:
        return Path(os.environ["TEST_KEYRING"])
