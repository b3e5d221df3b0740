"""A real till (not training) with a real keyring: its keys and its store's key lie there and nowhere else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox_process import SandboxProcess

_PATIENCE = 120
_UNLOCK = 'printf "pw\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'

pytestmark = [
    pytest.mark.secretservice,
    pytest.mark.skipif(
        shutil.which("gnome-keyring-daemon") is None or shutil.which("dbus-run-session") is None,
        reason="gnome-keyring and dbus are not installed",
    ),
]


def test_the_keys_lie_in_the_keyring_and_the_store_opens_only_with_them(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    home, run, store = tmp_path / "home", tmp_path / "run", tmp_path / "shop"
    for folder in (home, run, store):
        folder.mkdir(mode=0o700)
    papers = tmp_path / "papers"
    answers = tmp_path / "answers.toml"
    answers.write_text(
        '[shop]\nname = "Corner Kiosk"\nzone = "America/New_York"\n'
        '[register]\nnumber = "03"\ncashier = "Mia 07"\n'
        f'[suppliers.cardpluspay]\nbase_url = "{sandbox.ready["cardpluspay"]}"\n'
        f'[printer]\nprinter = "folder"\nfolder = "{papers}"\n'
        '[manager]\nname = "Kim"\n',
        encoding="utf-8",
    )
    # The tests' own refusal of every keyring ends here.
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"},
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(run),
    }
    item = next(
        product["item_code"]
        for product in sandbox.admin.products()
        if product["currency"] == "USD" and product["value"] == "10.00" and product["stock"] > 10
    )
    key = sandbox.ready["api_key"]
    place = f"--live --store {store} --json"
    countercard = f"{sys.executable} -m pos_app"
    setup = f"{countercard} setup --store {store} --json"
    sell = f"{countercard} sell --provider cardpluspay --item {item} --cash 10 {place}"
    steps = [
        f"printf '{key}\\n\\n4711\\n4711\\n' | {setup} --from {answers} || test $? = 3",
        f"{sell} || test $? = 3",
        # What a person reads off the sheet: the lines under those that say which groups they are.
        f"grep -A1 ^GROUP {papers}/recovery-*.txt | grep -v -e GROUP -e -- | {setup}",
        sell,
        f"{countercard} orders {place}",
        f"{countercard} journal verify {place}",
    ]
    inside = ["dbus-run-session", "--", "bash", "-c", _UNLOCK, "_", "bash", "-ec", "; ".join(steps)]
    done = subprocess.run(
        inside, capture_output=True, timeout=_PATIENCE, env=environment, check=False, cwd=Path.cwd()
    )
    assert done.returncode == 0, done.stderr.decode()
    said = [json.loads(line) for line in done.stdout.decode().splitlines()]
    open_, refused, finished, sold, listed, verified = said
    assert (open_["manager"], open_["finished"]) == (True, False)
    assert refused["error"]["reason"] == "not_set_up"
    assert finished["finished"] is True
    assert sold["status"] == "fulfilled"
    assert sold["training"] is False
    assert listed[0]["order_id"] == sold["order_id"]
    assert verified["broken"] is None
    groups = re.findall(r"GROUP.*\n +(.*)\n", next(papers.glob("recovery-*.txt")).read_text("utf-8"))
    secrets = [key, *" ".join(groups).split()]
    assert len(secrets) == 14
    for path in store.rglob("*"):
        kept = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in secrets if secret.encode() in kept], path
    without = subprocess.run(
        [sys.executable, "-m", "pos_app", "orders", "--live", "--store", str(store)],
        capture_output=True,
        timeout=_PATIENCE,
        env={**environment, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        check=False,
    )
    assert without.returncode == 8
    assert b"keyring" in without.stderr
