"""The Debian package: the program's folder in /opt, a command, an entry in the menu, what it depends on."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Final

TEMPLATES: Final = Path(__file__).resolve().parent / "debian"
NAME: Final = "countercard"
PLACE: Final = f"opt/{NAME}"

# Needed and not linked to: the time where the shop is, and who vouches for the card companies' servers.
_NOT_LINKED: Final = ("ca-certificates", "tzdata")
_PROGRAM = 0o755
_FILE = 0o644


def needed_libraries(folder: Path) -> dict[str, Path]:
    """Shared libraries that files in `folder` ask for and that are not in it, each with a file that asks."""
    asked: dict[str, Path] = {}
    there: set[str] = set()
    for path in sorted(folder.rglob("*")):
        there.add(path.name)
        if path.is_file() and not path.is_symlink() and _is_library(path):
            told = _said("objdump", "-p", str(path))
            asked.update(dict.fromkeys(re.findall(r"^\s+NEEDED\s+(\S+)$", told, re.MULTILINE), path))
    return {name: path for name, path in sorted(asked.items()) if name not in there}


def packages_of(libraries: Iterable[str], cache: str) -> dict[str, str]:
    """The Debian package of each library; `cache` is what `ldconfig -p` prints. Raises SystemExit."""
    places = {line.split()[0]: line.split(" => ")[1] for line in cache.splitlines()[1:] if " => " in line}
    found: dict[str, str] = {}
    for library in libraries:
        place = places.get(library)
        if place is None:
            raise SystemExit(f"{library} is needed by the program and not on this machine.")
        # Where /lib is a link to /usr/lib, dpkg may know the file under either name.
        for known in (place, f"/usr{place}", place.removeprefix("/usr")):
            asked = subprocess.run(["dpkg", "-S", known], capture_output=True, text=True, check=False)
            if asked.returncode == 0:
                found[library] = asked.stdout.split(":")[0]
                break
        else:
            raise SystemExit(f"{place} is needed by the program and belongs to no Debian package.")
    return found


def depends(packages: Iterable[str], versions: Mapping[str, str]) -> str:
    """The field Depends: `packages`, at least the version of those in `versions`."""
    names = sorted({*packages, *_NOT_LINKED})
    return ", ".join(f"{name} (>= {versions[name]})" if name in versions else name for name in names)


def build(program: Path, version: str, out: Path, moment: int) -> Path:
    """Pack the folder `program` as a .deb in `out`; every file gets the time `moment`, seconds since 1970.

    The same input makes the same bytes.
    """
    cache = _said("/sbin/ldconfig", "-p")
    libraries = packages_of(needed_libraries(program), cache)
    libc = _said("dpkg-query", "-W", "-f", "${Version}", "libc6").split("-")[0]
    root = out / "debian"
    shutil.rmtree(root, ignore_errors=True)
    _fill(root, program)
    facts = {
        "version": version,
        "architecture": _said("dpkg", "--print-architecture").strip(),
        "depends": depends(libraries.values(), {"libc6": libc}),
        # In units of 1024 bytes, as Debian counts.
        "size": str(sum(path.stat().st_size for path in _files(root)) // 1024),
    }
    control = root / "DEBIAN"
    control.mkdir()
    text = Template((TEMPLATES / "control").read_text(encoding="utf-8")).substitute(facts)
    (control / "control").write_text(text, encoding="utf-8")
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in _files(root)
        if control not in path.parents
    ]
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")
    _settle(root, moment)
    made = out / f"{NAME}_{version}_{facts['architecture']}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(made)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)},
    )
    shutil.rmtree(root)
    return made


def _fill(root: Path, program: Path) -> None:
    """Everything but the control files, each in its place."""
    root.mkdir(parents=True)
    shutil.copytree(program, root / PLACE, symlinks=True)
    command = root / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"/{PLACE}/{NAME}")
    share = root / "usr" / "share"
    for source, target in (
        ("countercard.desktop", share / "applications" / f"{NAME}.desktop"),
        ("countercard.svg", share / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"),
        ("copyright", share / "doc" / NAME / "copyright"),
    ):
        target.parent.mkdir(parents=True)
        shutil.copyfile(TEMPLATES / source, target)


def _settle(root: Path, moment: int) -> None:
    """The same rights and the same time for every file, whoever packs it and when."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(_PROGRAM if path.is_dir() or os.access(path, os.X_OK) else _FILE)
        os.utime(path, (moment, moment), follow_symlinks=False)


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def _is_library(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
