"""After a journey with faults, a kill and a reply laid aside, no file of the program has a secret in it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.sandbox_process import SandboxProcess

_SECONDS: Final = 240
_RECIPIENT: Final = ("kimberley.quill@mail.example", "Kimberley Quill", "Gladly remembered, 17 candles")
# A third of three bytes may share its character with what stands before it.
_ALIGNMENTS: Final = 3


def spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    """Every way in which `secret` could stand in a file and still be read by anybody."""
    for code in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = secret.encode(code)
        yield code, raw
        yield f"hex of {code}", raw.hex().encode()
        yield f"HEX of {code}", raw.hex().upper().encode()
        for shift in range(_ALIGNMENTS):
            coded = base64.b64encode(bytes(shift) + raw)
            # Only what does not depend on the neighbours.
            inner = coded[-(-shift * 4 // 3) : (shift + len(raw)) // 3 * 4]
            yield f"base64 of {code} behind {shift}", inner
            yield f"web base64 of {code} behind {shift}", inner.replace(b"+", b"-").replace(b"/", b"_")
    yield "percent", quote(secret, safe="").encode()
    yield "JSON", json.dumps(secret)[1:-1].encode()


def leaks(files: dict[str, bytes], secrets: list[str]) -> list[tuple[str, str, int]]:
    """Where which secret stands and how: the file, the spelling, the secret's place in the list."""
    return [
        (name, how, place)
        for place, secret in enumerate(secrets)
        for how, data in spellings(secret)
        for name, content in files.items()
        if data in content
    ]


def test_the_search_finds_what_is_planted_in_every_spelling() -> None:
    secret = "TEST-7QX9-2WZA Ünï"
    for shift in range(7):
        for how, data in spellings(secret):
            found = leaks({"file": b"x" * shift + data + b"more"}, [secret])
            assert ("file", how, 0) in found
    around = b"\x00before" * 3
    for shift in range(_ALIGNMENTS):
        whole = base64.b64encode(around[:shift] + secret.encode() + b"after")
        assert leaks({"file": whole}, [secret]), f"behind {shift} strange bytes"
    assert leaks({"file": b"nothing of the kind" * 99}, [secret]) == []


class Home:
    """A user's home of which every file is the program's."""

    def __init__(self, folder: Path, ready: Path) -> None:
        self.folder = folder
        self.ready = ready
        self.store = folder / "store"
        (folder / "tmp").mkdir(parents=True)
        xdg = {
            f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "STATE", "CACHE", "CONFIG")
        }
        places = {"HOME": str(folder), "TMPDIR": str(folder / "tmp"), "XDG_RUNTIME_DIR": str(folder / "tmp")}
        self.environment = {**os.environ, **xdg, **places}

    def run(self, *words: str, program: tuple[str, ...] = ("-m", "ui")) -> tuple[int, str]:
        place = ["--store", str(self.store), "--sandbox", str(self.ready), "--json"]
        done = subprocess.run(
            [sys.executable, *program, *words, *place],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env=self.environment,
            timeout=_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout.decode()

    def files(self) -> dict[str, bytes]:
        """All files but the paper, which is the product, and the key of practice, which is its keyring."""
        left_out = {self.folder / "paper", self.store / "paper", self.store / "training-vault.json"}
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not left_out & {path, *path.parents}
        }


# The journal takes no reply, and the process dies as soon as the reply lies in a file.
_DIES_BESIDE_A_FULL_STORE: Final = """
import os, sys
from pos_app.errors import StoreProblem
from pos_app.store.journal import Journal
from pos_app.store.spill import Spill

write, put = Journal._write, Spill.put

def full(journal, tx, order, entry):
    if entry.kind == "heard":
        raise StoreProblem("full")
    return write(journal, tx, order, entry)

async def last(spill, kept):
    await put(spill, kept)
    os._exit(99)

Journal._write, Spill.put = full, last
from pos_app.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.timeout(900)
def test_no_file_of_the_program_holds_a_secret(tmp_path: Path) -> None:
    with SandboxProcess() as sandbox:
        ready = tmp_path / "ready.json"
        ready.write_text(sandbox.line, encoding="utf-8")
        home = Home(tmp_path / "home", ready)
        item = next(
            product["item_code"]
            for product in sandbox.admin.products()
            if (product["currency"], product["value"], product["pins"]) == ("USD", "25.00", "always")
            and product["stock"] > 50
        )
        card = ["--provider", "cardpluspay", "--item", item, "--cash", "100"]
        assert home.run("sell", *card, "--quantity", "2")[0] == 0
        home.run("sell", *card, "--paper", str(home.folder / "paper"), "--show-codes")
        died, _out = home.run("sell", *card, program=("-c", _DIES_BESIDE_A_FULL_STORE))
        assert died == 99
        assert list((home.store / "spill").iterdir()), "the reply was laid aside"
        # The search must see what lay in the file, too.
        before = home.files()
        merchant = str(sandbox.admin.merchants()[0]["id"])
        recipient = tmp_path / "recipient"
        recipient.write_text("\n".join(_RECIPIENT), encoding="utf-8")
        email = ["--merchant", merchant, "--amount", "25", "--cash", "25", "--recipient", str(recipient)]
        sent, told = home.run("sell", "--provider", "levelup", *email)
        assert (sent, len(sandbox.admin.gift_orders())) == (0, 1), told
        assert home.run("orders")[0] == 0
        assert home.run("journal", "verify")[0] == 0
        after = home.files()
        sold = [order for order in sandbox.admin.card_orders() if order["codes"]]
        codes = [code for order in sold for code in order["codes"]]
        secrets = [code[name] for code in codes for name in ("code", "pin") if code.get(name)]
        assert len(secrets) >= 8, "what was sold, the killed one among it"
        keys = [value for value in _texts(sandbox.ready) if len(value) >= 16 and "://" not in value]
        everything = [secret for secret in (*secrets, *keys, *_RECIPIENT) if len(secret) >= 6]
        assert any(name.endswith(".db") for name in after)
        assert any(name.startswith("store/logs") for name in after)
        assert leaks(before, everything) == []
        assert leaks(after, everything) == []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _texts(one)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, str):
        yield value
