"""Compares what the locks pin with a database of known vulnerabilities, without asking anybody.

    python bench/audit.py --osv all.zip [LOCK ...]

`all.zip` holds one JSON file an advisory (OSV schema, ossf.github.io/osv-schema): the PyPI one is at
osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip. Ends with 1 where a pinned version is affected.
It must not fetch anything, nor hold back an advisory for what Readout uses of a library.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_ROOT = Path(__file__).parents[1]
_LOCKS = tuple(_ROOT.glob("requirements*.lock"))
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
_MANUAL = """\
No database was named. Fetch the advisories of PyPI once (some 20 MB) and name the file:
  curl -O https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip
  make audit OSV=all.zip"""


def pinned(locks: Sequence[Path]) -> dict[str, set[Version]]:
    """Each package of the locks with the versions that they pin."""
    versions: dict[str, set[Version]] = {}
    for lock in locks:
        for name, version in _PINNED.findall(lock.read_text(encoding="utf-8")):
            versions.setdefault(canonicalize_name(name), set()).add(Version(version))
    return versions


def known_faults(database: Path, versions: Mapping[str, set[Version]]) -> Iterator[str]:
    """A line for each advisory that a pinned version is affected by."""
    with ZipFile(database) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield from _hits(json.loads(archive.read(name)), versions)


def _hits(advisory: Mapping[str, Any], versions: Mapping[str, set[Version]]) -> Iterator[str]:
    if advisory.get("withdrawn"):
        return
    for affected in advisory.get("affected", ()):
        package = affected.get("package", {})
        name = canonicalize_name(package.get("name", ""))
        for version in sorted(versions.get(name, ())):
            if package.get("ecosystem") == "PyPI" and _is_affected(version, affected):
                names = ", ".join([advisory["id"], *advisory.get("aliases", ())])
                yield f"{name} {version}: {names}: {advisory.get('summary', '')}"


def _is_affected(version: Version, affected: Mapping[str, Any]) -> bool:
    """OSV schema, "Evaluation": listed by name, or inside one of the ranges."""
    if str(version) in affected.get("versions", ()):
        return True
    ranges = (each for each in affected.get("ranges", ()) if each.get("type") == "ECOSYSTEM")
    return any(_is_inside(version, each.get("events", ())) for each in ranges)


def _is_inside(version: Version, events: Sequence[Mapping[str, str]]) -> bool:
    is_inside = False
    for event in events:
        (kind, text), *_ = event.items()
        at = _version(text)
        if at is None:
            continue
        if kind == "introduced" and version >= at:
            is_inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            is_inside = False
    return is_inside


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def main() -> int:
    """Look, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--osv", type=Path, metavar="FILE")
    parser.add_argument("locks", nargs="*", type=Path, default=_LOCKS)
    asked = parser.parse_args()
    versions = pinned(asked.locks)
    if asked.osv is None or not asked.osv.is_file():
        print(_MANUAL if asked.osv is None else f"there is no file {asked.osv}", file=sys.stderr)
        return 2
    faults = list(known_faults(asked.osv, versions))
    print("\n".join([*faults, f"{len(versions)} packages, {len(faults)} known faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
