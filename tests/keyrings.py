"""Keyrings in memory, good ones and bad ones, for everything that keeps keys in the operating system's."""

from __future__ import annotations

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
