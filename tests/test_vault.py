"""Where keys lie: a keyring that can be trusted, or words why not; never anything weaker."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Final, TypeVar

import keyring.backend
import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import (
    InitError,
    KeyringError,
    KeyringLocked,
    NoKeyringError,
    PasswordSetError,
)
from typing_extensions import override

from pos_app.errors import Misconfigured, StoreProblem
from pos_app.vault import KeyringVault, TrainingVault
from tests.keyrings import Ring, Useless, Weak, Weaker

SECRET: Final = "TEST-STORE-KEY"
T = TypeVar("T")


def now(act: Awaitable[T]) -> T:
    async def run() -> T:
        return await asyncio.wait_for(act, 60)

    return asyncio.run(run())


def reason(act: Awaitable[object]) -> str:
    with pytest.raises(Misconfigured) as caught:
        now(act)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return caught.value.reason


@pytest.fixture(autouse=True)
def own_keyring() -> Iterator[None]:
    """Give the process back the keyring it had, without making it look for one."""
    before = keyring.core._keyring_backend  # pyright: ignore[reportPrivateUsage]
    yield
    keyring.core._keyring_backend = before  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def ring() -> Ring:
    good = Ring()
    keyring.set_keyring(good)
    return good


# --- a keyring that works ---------------------------------------------------------------------------


def test_a_secret_is_kept_and_the_probe_is_not(ring: Ring) -> None:
    vault = KeyringVault()
    assert now(vault.get("store-key")) is None
    now(vault.put("store-key", SECRET))
    now(vault.put("store-key", f"{SECRET}-2"))
    assert now(KeyringVault().get("store-key")) == f"{SECRET}-2"
    assert now(KeyringVault("another service").get("store-key")) is None
    assert ring.kept == {("countercard", "store-key"): f"{SECRET}-2"}


def test_what_is_removed_is_gone_and_what_was_not_there_stays_so(ring: Ring) -> None:
    vault = KeyringVault()
    now(vault.put("store-key", SECRET))
    now(vault.put("another", SECRET))
    for _ in range(2):
        now(vault.remove("store-key"))
        assert now(vault.get("store-key")) is None
    assert now(vault.get("another")) == SECRET
    ring.keeps_for_ever = True
    assert reason(vault.remove("another")) == "keyring_lies"


def test_a_keyring_is_probed_once_before_it_is_trusted(ring: Ring) -> None:
    vault = KeyringVault()
    for _ in range(3):
        now(vault.get("store-key"))
    now(vault.put("store-key", SECRET))
    assert len(ring.put) == 2
    assert ring.put[1] == "store-key"


def test_a_keyring_that_asks_a_person_does_not_hold_up_the_window(ring: Ring) -> None:
    asked, answered = threading.Event(), threading.Event()

    class Asking(Ring):
        @override
        def get_password(self, service: str, username: str) -> str | None:
            asked.set()
            assert answered.wait(10), "nobody could answer meanwhile"
            return super().get_password(service, username)

    async def scene() -> str | None:
        waiting = asyncio.ensure_future(KeyringVault().get("store-key"))
        assert await asyncio.to_thread(asked.wait, 10)
        answered.set()
        return await waiting

    keyring.set_keyring(Asking())
    assert now(scene()) is None


class Waiting(Ring):
    """Answers when it is let; `asked` says that it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = threading.Event(), threading.Event()

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked.set()
        assert self.let.wait(60)
        self.kept[service, username] = password


def lasting(vault: KeyringVault, seconds: float) -> KeyringVault:
    """`vault`, whose patience lasts so long from now on."""
    vault._patience = seconds  # pyright: ignore[reportPrivateUsage]
    return vault


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "keyring"]


def test_a_question_nobody_answers_is_given_up_and_nothing_is_kept_behind_ones_back() -> None:
    waiting = Waiting()
    keyring.set_keyring(waiting)
    assert reason(KeyringVault(patience=0.1).put("store-key", SECRET)) == "keyring_locked"
    assert waiting.asked.wait(60)
    (thread,) = _threads()
    assert thread.daemon, "the program ends all the same"
    waiting.let.set()
    thread.join(60)
    assert waiting.kept == {}, "only the probe was on its way"


def test_the_next_question_waits_for_the_one_before() -> None:
    waiting = Waiting()
    keyring.set_keyring(waiting)
    vault = KeyringVault(patience=0.1)
    assert reason(vault.get("store-key")) == "keyring_locked"
    assert reason(vault.put("store-key", SECRET)) == "keyring_locked"
    waiting.let.set()
    for thread in _threads():
        thread.join(60)
    assert waiting.kept == {}
    lasting(vault, 60)
    now(vault.put("store-key", f"{SECRET}-2"))
    assert now(vault.get("store-key")) == f"{SECRET}-2"


def test_a_key_on_its_way_when_patience_ended_is_seen_by_the_next_question(ring: Ring) -> None:
    """Otherwise a second key, made because none was seen, would be written over by the first."""
    vault = KeyringVault(patience=60)
    now(vault.get("store-key"))
    waiting = Waiting()
    keyring.set_keyring(waiting)
    assert reason(lasting(vault, 0.1).put("store-key", SECRET)) == "keyring_locked"
    waiting.let.set()
    assert now(lasting(vault, 60).get("store-key")) == SECRET


# --- keyrings that are refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        (NoKeyring, "keyring_missing"),
        (NullKeyring, "keyring_missing"),
        (Useless, "keyring_missing"),
        (Weak, "keyring_weak"),
        (Weaker, "keyring_weak"),
    ],
)
def test_a_backend_that_is_not_safe_is_given_nothing(backend: type[KeyringBackend], expected: str) -> None:
    found = backend()
    keyring.set_keyring(found)
    assert reason(KeyringVault().get("store-key")) == expected
    assert reason(KeyringVault().put("store-key", SECRET)) == expected
    if isinstance(found, Ring):
        assert found.put == []


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([Weak(), Weaker()], "keyring_weak"),
        ([Weaker(), Weak()], "keyring_weak"),
        ([Useless()], "keyring_missing"),
        ([], "keyring_missing"),
    ],
)
def test_a_chain_of_weak_backends_is_weak(
    monkeypatch: pytest.MonkeyPatch, links: list[Ring], expected: str
) -> None:
    """Such a chain calls itself stronger than any operating system's own store."""
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: links)
    keyring.set_keyring(ChainerBackend())
    assert reason(KeyringVault().put("store-key", SECRET)) == expected
    assert not any(link.put for link in links)


def test_a_chain_that_begins_with_a_good_backend_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    weak, good = Weak(), Ring()
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: [weak, good])
    keyring.set_keyring(ChainerBackend())
    now(KeyringVault().put("store-key", SECRET))
    assert now(KeyringVault().get("store-key")) == SECRET
    assert weak.put == []


@pytest.mark.parametrize("flaw", ["forgets", "lies", "keeps_for_ever"])
def test_a_backend_that_does_not_do_as_it_says_is_refused(ring: Ring, flaw: str) -> None:
    setattr(ring, flaw, True)
    assert reason(KeyringVault().get("store-key")) == "keyring_lies"
    assert reason(KeyringVault().put("store-key", SECRET)) == "keyring_lies"
    assert "store-key" not in ring.put


@pytest.mark.parametrize("flaw", ["forgets", "lies"])
def test_a_lie_after_the_probe_is_found_when_a_key_is_kept(ring: Ring, flaw: str) -> None:
    vault = KeyringVault()
    assert now(vault.get("store-key")) is None
    setattr(ring, flaw, True)
    assert reason(vault.put("store-key", SECRET)) == "keyring_lies"


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (KeyringLocked(SECRET), "keyring_locked"),
        (InitError(SECRET), "keyring_locked"),
        (PasswordSetError(SECRET), "keyring_locked"),
        (KeyringError(SECRET), "keyring_locked"),
        (NoKeyringError(SECRET), "keyring_missing"),
        (ConnectionResetError(SECRET), "keyring_locked"),
    ],
)
def test_what_a_keyring_raises_is_told_in_our_words(ring: Ring, trouble: Exception, expected: str) -> None:
    vault = KeyringVault()
    ring.trouble = trouble
    assert reason(vault.get("store-key")) == expected
    ring.trouble = None
    now(vault.put("store-key", SECRET))
    ring.trouble = trouble
    assert reason(vault.get("store-key")) == expected
    assert reason(vault.put("store-key", SECRET)) == expected
    ring.trouble = None
    assert now(vault.get("store-key")) == SECRET


def test_a_bug_stays_a_bug(ring: Ring) -> None:
    ring.trouble = LookupError()
    with pytest.raises(LookupError):
        now(KeyringVault().get("store-key"))


@pytest.mark.parametrize(
    "named", ["no.such.module.Keyring", "keyring.backends.null.NoSuchClass", "keyring.backends.macOS.Keyring"]
)
@pytest.mark.skipif(sys.platform == "darwin", reason="the last one works there")
def test_a_backend_named_by_hand_that_can_not_work_is_none(
    monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    keyring.core._keyring_backend = None  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
    assert reason(KeyringVault().get("store-key")) == "keyring_missing"


# --- the real Secret Service ------------------------------------------------------------------------

_ON_A_BUS = """
import asyncio, os
import keyring
from pos_app.errors import Misconfigured
from pos_app.vault import KeyringVault

async def told(act):
    try:
        return await act
    except Misconfigured as error:
        return error.reason

async def main():
    vault = KeyringVault()
    print(type(keyring.get_keyring()).__module__)
    print(await told(vault.put("store-key", "TEST-STORE-KEY")))
    print(await told(vault.get("store-key")))
    print(await told(KeyringVault().get("another")))
    if os.environ["SCENE"] == "unlocked":
        import secretstorage
        collection = secretstorage.get_default_collection(secretstorage.dbus_init())
        print(len(list(collection.get_all_items())))
        collection.lock()
        print(await told(vault.get("store-key")))
        print(await told(vault.put("store-key", "TEST-OTHER-KEY")))
        print(await told(KeyringVault().get("store-key")))
        for gone in ("unix:path=/nonexistent", ""):
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = gone
            print(await told(vault.get("store-key")))

asyncio.run(main())
"""
_UNLOCK = 'printf "testpw\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'


def _on_a_bus(folder: Path, scene: str) -> list[str]:
    """What the script says on a session bus of its own, with a home of its own and no display."""
    found: dict[str, str] = {}
    for name in ("dbus-run-session", "gnome-keyring-daemon"):
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        found[name] = path
    folder.chmod(0o700)
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"}
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    surroundings |= {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
    script = [sys.executable, "-c", _ON_A_BUS]
    command = ["bash", "-c", _UNLOCK, "_", *script] if scene == "unlocked" else script
    done = subprocess.run(
        [found["dbus-run-session"], "--", *command],
        cwd=Path(__file__).parents[1],
        env=surroundings | {"SCENE": scene},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.mark.secretservice
def test_a_real_secret_service_keeps_a_key_until_it_is_locked(tmp_path: Path) -> None:
    assert _on_a_bus(tmp_path, "unlocked") == [
        "keyring.backends.SecretService",
        "None",
        SECRET,
        "None",
        "1",
        *["keyring_locked"] * 5,
    ]


@pytest.mark.secretservice
def test_a_real_secret_service_nobody_ever_unlocked_is_locked(tmp_path: Path) -> None:
    assert _on_a_bus(tmp_path, "locked") == ["keyring.backends.SecretService", *["keyring_locked"] * 3]


# --- training ---------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "training-vault.json"


def test_training_keeps_its_secrets_beside_its_store(path: Path) -> None:
    before = os.umask(0)
    try:
        assert now(TrainingVault(path).get("a")) is None
        assert not path.exists()
        now(TrainingVault(path).put("a", SECRET))
        now(TrainingVault(path).put("b", "Schlüssel"))
        now(TrainingVault(path).put("a", f"{SECRET}-2"))
    finally:
        os.umask(before)
    vault = TrainingVault(path)
    assert [now(vault.get(name)) for name in "abc"] == [f"{SECRET}-2", "Schlüssel", None]
    now(vault.put("c", SECRET))
    for _ in range(2):
        now(vault.remove("c"))
    assert [now(vault.get(name)) for name in "abc"] == [f"{SECRET}-2", "Schlüssel", None]
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "torn", [b"", b"{", b'{"a": "TE', b"\xff\xfe", b"[]", b"null", b'"a"', b'{"a": 1}', b'{"a": null}']
)
def test_a_torn_training_vault_is_told_and_not_overwritten(path: Path, torn: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(torn)
    assert reason(TrainingVault(path).get("a")) == "store_key_missing"
    assert reason(TrainingVault(path).put("b", SECRET)) == "store_key_missing"
    assert path.read_bytes() == torn


def test_a_training_vault_that_could_not_be_written_is_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = TrainingVault(path)
    now(vault.put("a", SECRET))

    def full(_handle: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreProblem):
        now(vault.put("a", "lost"))
    assert json.loads(path.read_bytes()) == {"a": SECRET}


def test_a_training_vault_with_no_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((StoreProblem, Misconfigured)):
        now(TrainingVault(tmp_path / "file" / "vault.json").put("a", SECRET))
