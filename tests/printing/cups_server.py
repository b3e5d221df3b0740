"""A print service of our own: CUPS with its own folders and socket, and nothing of the system's."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pytest

from tests.world import until

_FOLDERS: Final = ("root", "spool", "spool/tmp", "cache", "state", "log")
_ADMIN: Final = "/usr/sbin"

PATH: Final = f"{os.environ.get('PATH', '')}{os.pathsep}{_ADMIN}"
MISSING: Final = [name for name in ("cupsd", "lpadmin") if shutil.which(name, path=PATH) is None]
needs_cups: Final = pytest.mark.skipif(bool(MISSING), reason="needs CUPS")

_CONFIG: Final = """
Listen {socket}
LogLevel warn
WebInterface No
Browsing No
DefaultAuthType Basic
JobRetryInterval 1
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit Cancel-Job>
    {cancel}
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_FILES: Final = """
ServerRoot {home}/root
RequestRoot {home}/spool
CacheDir {home}/cache
StateDir {home}/state
TempDir {home}/spool/tmp
AccessLog {home}/log/access
ErrorLog {home}/log/error
PageLog {home}/log/page
FileDevice Yes
User {user}
Group {group}
"""
OWNER: Final = "AuthType Default\n    Require user @OWNER @SYSTEM"
"""As usual: whoever has handed a paper over may take it out."""

NOBODY: Final = "AuthType Default\n    Require user nobody"


@dataclass
class CupsServer:
    """A running CUPS; `async with` starts and ends it. `cancel` says who may take papers out."""

    cancel: str = OWNER
    _home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="cups-")))
    _process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        """Where it listens: a short path, whatever the test is called."""
        return str(self._home / "state" / "cups.sock")

    @property
    def kept(self) -> list[str]:
        """The papers whose bytes lie in its spool."""
        return sorted(path.name for path in (self._home / "spool").glob("d*"))

    def admin(self, *command: str) -> str:
        """Run a command of CUPS's own against it; its output."""
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            timeout=60,
            env={"PATH": PATH, "CUPS_SERVER": self.socket, "LC_ALL": "C"},
        )
        return done.stdout.decode()

    def add(self, name: str, port: int) -> None:
        """A raw queue for the printer that listens at `port` of this computer."""
        self.admin("lpadmin", "-p", name, "-E", "-v", f"socket://127.0.0.1:{port}", "-m", "raw")

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = self._started()
        await until(self._answers)

    async def stop(self) -> None:
        """End it at once, as a crash would; and its helpers, which would try a printer for ever."""
        if self._process is not None:
            helpers = self._helpers()
            self._process.kill()
            await asyncio.to_thread(self._process.wait, 60)
            self._process = None
            for helper in helpers:
                with suppress(ProcessLookupError):
                    os.kill(helper, signal.SIGKILL)

    async def __aenter__(self) -> Self:
        user, group = _whom_it_runs_as()
        for folder in _FOLDERS:
            (self._home / folder).mkdir(exist_ok=True)
        config = _CONFIG.format(socket=self.socket, cancel=self.cancel)
        (self._home / "cupsd.conf").write_text(config, encoding="utf-8")
        files = _FILES.format(home=self._home, user=user, group=group)
        (self._home / "cups-files.conf").write_text(files, encoding="utf-8")
        if os.geteuid() == 0:
            for path in (self._home, *self._home.rglob("*")):
                shutil.chown(path, user, group)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            # In good order, so that no helper of its own is left behind.
            self._process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self._process.wait, 60)
        shutil.rmtree(self._home, ignore_errors=True)

    def _helpers(self) -> list[int]:
        """The processes it has started, where the system tells."""
        if self._process is None:
            return []
        told = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(number) for number in told.read_text().split()] if told.exists() else []

    def _started(self) -> subprocess.Popen[bytes]:
        cupsd = shutil.which("cupsd", path=PATH) or ""
        return subprocess.Popen(
            [cupsd, "-f", "-c", str(self._home / "cupsd.conf"), "-s", str(self._home / "cups-files.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": PATH},
        )

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(self.socket) == 0


def _whom_it_runs_as() -> tuple[str, str]:
    """CUPS refuses to run its helpers as root."""
    if os.geteuid() == 0:
        return "lp", "lp"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
