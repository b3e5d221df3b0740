"""Where keys lie: the operating system's keyring, or for training a throw-away file.

A keyring that can not be trusted to keep a key is refused, with the reason; there is no weaker fallback.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from pos_app.errors import Misconfigured, StoreProblem

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
PATIENCE_SECONDS: Final = 60.0
"""How long somebody has to answer the keyring's question."""

_SERVICE = "countercard"
# keyring's own scale: the operating systems' stores have 1 and more; plain-text and null ones less.
_LEAST_PRIORITY = 1
# keyring lets their errors through when the desktop's session ends while the till is open.
_BUS = frozenset({"jeepney", "secretstorage"})
_SECRETS = TypeAdapter(dict[str, str])


class Vault(Protocol):
    """Keeps small secrets by name."""

    async def get(self, name: str) -> str | None:
        """The secret called `name`, None when there is none. Raises Misconfigured when it can not be read."""
        ...

    async def put(self, name: str, secret: str) -> None:
        """Keep `secret` under `name`. Raises Misconfigured when it can not be kept for sure."""
        ...

    async def remove(self, name: str) -> None:
        """Have nothing under `name`, whatever was there. Raises Misconfigured when something stays."""
        ...


class KeyringVault:
    """The operating system's keyring. It may show a prompt and block, so it is asked on a thread of its own.

    One question at a time: the next waits until the one before is answered. `patience` is how long, in
    seconds, an answer is waited for; a prompt nobody answers stays open, and what was not yet given to the
    keyring by then is not given to it later.
    """

    def __init__(self, service: str = _SERVICE, patience: float = PATIENCE_SECONDS) -> None:
        self._service = service
        self._patience = patience
        self._probed = False
        self._turn = threading.Lock()

    async def get(self, name: str) -> str | None:
        """The secret called `name`. Raises Misconfigured("keyring_…") when the keyring can not be used."""
        return await self._ask(lambda _given_up: self._get(name))

    async def put(self, name: str, secret: str) -> None:
        """Keep `secret`, and read it back to be sure. Raises Misconfigured("keyring_…")."""
        await self._ask(lambda given_up: self._put(name, secret, given_up))

    async def remove(self, name: str) -> None:
        """Delete what is called `name`, and look whether it is gone. Raises Misconfigured("keyring_…")."""
        await self._ask(lambda given_up: self._remove(name, given_up))

    async def _ask(self, act: Callable[[threading.Event], T]) -> T:
        """What `act` returns, run on a thread that does not keep the program from ending."""
        answer: Future[T] = Future()
        given_up = threading.Event()

        def run() -> None:
            # Behind a question nobody answers: who asked has given up by then, and the thread goes too.
            if not self._turn.acquire(timeout=self._patience):
                return
            try:
                if not answer.set_running_or_notify_cancel():
                    return
                try:
                    answer.set_result(self._guarded(lambda: act(given_up)))
                except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
                    answer.set_exception(error)
            finally:
                self._turn.release()

        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.wrap_future(answer)
        except TimeoutError:
            raise Misconfigured("keyring_locked") from None
        finally:
            given_up.set()

    def _get(self, name: str) -> str | None:
        import keyring

        self._probe()
        return keyring.get_password(self._service, name)

    def _put(self, name: str, secret: str, given_up: threading.Event) -> None:
        import keyring

        self._probe()
        if given_up.is_set():
            # Kept now, it might take the place of what a second try has kept meanwhile.
            raise Misconfigured("keyring_locked")
        keyring.set_password(self._service, name, secret)
        if keyring.get_password(self._service, name) != secret:
            raise Misconfigured("keyring_lies")

    def _remove(self, name: str, given_up: threading.Event) -> None:
        import keyring
        from keyring.errors import PasswordDeleteError

        self._probe()
        if given_up.is_set():
            # Deleted now, it might be what a second try has kept meanwhile.
            raise Misconfigured("keyring_locked")
        with contextlib.suppress(PasswordDeleteError):
            # Told alike of what can not be deleted and of what is not there.
            keyring.delete_password(self._service, name)
        if keyring.get_password(self._service, name) is not None:
            raise Misconfigured("keyring_lies")

    def _probe(self) -> None:
        """Write, read back and delete a probe once: a null back end takes everything and keeps nothing."""
        if self._probed:
            return
        import keyring
        from keyring.errors import PasswordDeleteError

        priority = _priority()
        if priority <= 0:
            raise Misconfigured("keyring_missing")
        if priority < _LEAST_PRIORITY:
            raise Misconfigured("keyring_weak")
        name, secret = f"probe-{secrets.token_hex(4)}", secrets.token_hex(32)
        keyring.set_password(self._service, name, secret)
        found = keyring.get_password(self._service, name)
        try:
            keyring.delete_password(self._service, name)
        except PasswordDeleteError:
            found = None
        if found != secret:
            raise Misconfigured("keyring_lies")
        self._probed = True

    def _guarded(self, act: Callable[[], T]) -> T:
        from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

        try:
            return act()
        except KeyringLocked:
            raise Misconfigured("keyring_locked") from None
        except NoKeyringError:
            raise Misconfigured("keyring_missing") from None
        except (KeyringError, OSError):
            # InitError stands for a prompt that was dismissed or could not be shown.
            raise Misconfigured("keyring_locked") from None
        except Exception as error:
            if type(error).__module__.partition(".")[0] in _BUS:
                raise Misconfigured("keyring_locked") from None
            raise


def _priority() -> float:
    """How much keyring thinks of what it found; 0 for what was named by hand and can not work here."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    try:
        found = keyring.get_keyring()
        # A chain of two weak ones calls itself strong; its first link is the one that takes the secrets.
        links: list[KeyringBackend] = found.backends if isinstance(found, ChainerBackend) else [found]
        return links[0].priority if links else 0
    except (RuntimeError, ImportError, AttributeError):
        return 0


class TrainingVault:
    """A file beside the training store, readable by its owner only. What lies in it is worth nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()

    async def get(self, name: str) -> str | None:
        """The secret called `name`. Raises Misconfigured("store_key_missing") when the file is torn."""
        return self._read().get(name)

    async def put(self, name: str, secret: str) -> None:
        """Keep `secret`. Raises StoreProblem when the disk does not take it."""
        # A mark is put while somebody sells: the window does not wait for the disk.
        await asyncio.to_thread(self._put, name, secret)

    async def remove(self, name: str) -> None:
        """Have nothing under `name`. Raises StoreProblem when the disk does not take it."""
        await asyncio.to_thread(self._remove, name)

    def _put(self, name: str, secret: str) -> None:
        with self._turn:
            self._write(self._read() | {name: secret})

    def _remove(self, name: str) -> None:
        with self._turn:
            self._write({key: secret for key, secret in self._read().items() if key != name})

    def _write(self, secrets_kept: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(secrets_kept, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            reason = "full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "read_only"
            raise StoreProblem(reason, path=str(self._path)) from None

    def _read(self) -> dict[str, str]:
        try:
            return _SECRETS.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError):
            raise Misconfigured("store_key_missing") from None
