"""A real till (not training) with a real keyring: its keys and its store's key lie there and nowhere else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.live_shop import COUNTERCARD, Computer, LiveShop
from tests.sandbox_process import SandboxProcess

_PATIENCE = 120

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
    here, shop = Computer(tmp_path / "home"), LiveShop(tmp_path, sandbox)
    begun, finished_setup = shop.setup()
    said = here.run(
        begun,
        f"{shop.sell()} || test $? = 3",
        finished_setup,
        shop.sell(),
        f"{COUNTERCARD} orders {shop.place()}",
        f"{COUNTERCARD} journal verify {shop.place()}",
    )
    open_, refused, finished, sold, listed, verified = said
    assert (open_["manager"], open_["finished"]) == (True, False)
    assert refused["error"]["reason"] == "not_set_up"
    assert finished["finished"] is True
    assert sold["status"] == "fulfilled"
    assert sold["training"] is False
    assert listed[0]["order_id"] == sold["order_id"]
    assert verified["broken"] is None
    secrets = [shop.key, *shop.groups()]
    assert len(secrets) == 14
    for path in shop.store.rglob("*"):
        kept = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in secrets if secret.encode() in kept], path
    without = subprocess.run(
        [sys.executable, "-m", "pos_app", "orders", "--live", "--store", str(shop.store)],
        capture_output=True,
        timeout=_PATIENCE,
        env={**here.environment, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        check=False,
    )
    assert without.returncode == 8
    assert b"keyring" in without.stderr


def test_the_recovery_sheet_opens_a_copied_store_in_an_empty_home(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    """The old computer is gone: what is left is a copy of the store's folder, and a sheet of paper."""
    old, new = Computer(tmp_path / "old"), Computer(tmp_path / "new")
    sheet, shop = LiveShop(tmp_path, sandbox), LiveShop(tmp_path / "copied", sandbox)
    *_setup, sold = old.run(*sheet.setup(), sheet.sell())
    shutil.move(sheet.store, shop.store)
    shutil.rmtree(old.home)
    look = f"{COUNTERCARD} order {sold['order_id']} --show-codes {shop.place()}"
    first, *others = sheet.groups()
    mistyped = " ".join([first[::-1], *others])
    recover = f"{COUNTERCARD} recover --store {shop.store} --json"
    told = new.run(
        f"{look} || test $? = 8",
        f"echo '{mistyped}' | {recover} || test $? = 3",
        f"{sheet.groups_typed()} | {recover}",
        f"printf '{shop.key}\\n\\n' | {COUNTERCARD} key cardpluspay --store {shop.store} --json",
        # Whether the old computer still sells is a person's to say.
        f"{shop.sell()} || test $? = 9",
        f"{COUNTERCARD} moved-here --store {shop.store} --json",
        look,
        shop.sell(),
        f"{COUNTERCARD} journal verify --stories {shop.place()}",
    )
    shut, wrong, opened, _kept, elsewhere, moved, seen, again, verified = told
    assert shut["error"]["reason"] == "store_key_missing"
    assert wrong["problems"][0]["words"] == "Wrong: group 1. Compare it with the sheet."
    assert opened["store"]
    assert elsewhere["error"]["reason"] == "elsewhere"
    assert moved["moved"] is True
    bought = {order["order_no"]: order["codes"][0]["code"] for order in sandbox.admin.card_orders()}
    assert seen["cards"][0]["code"] == bought[sold["provider_order_no"]]
    # A number the old computer may have given meanwhile is not given again.
    assert int(again["sale_number"][3:]) > int(sold["sale_number"][3:]) + 100
    assert again["provider_order_no"] in bought
    assert verified["broken"] is None


def test_a_till_whose_keyring_dies_stops_selling_and_reads_on(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    here, shop = Computer(tmp_path / "home"), LiveShop(tmp_path, sandbox)
    *_setup, sold = here.run(*shop.setup(), shop.sell())
    till = f"{sys.executable} {Path(__file__).with_name('till_and_keyring.py')}"
    there, gone, back = here.run(f"PYTHONPATH=. {till} {shop.store} {sold['order_id']}")
    assert (there["why"], bool(gone["why"]), back["why"]) == ("", True, "")
    assert there["orders"] == gone["orders"] == back["orders"] == 1
    assert there["code"] == gone["code"] == back["code"]
