"""What is installed is what was locked: versions, hashes, no registry, floors, and a list of it all."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-deploy.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Below these a library can be made to read files, eat memory or spin by what a stranger sends.
SECURITY_FLOORS = {"lxml": "6.1", "brotli": "1.2", "scrapy": "2.13.4", "pypdf": "6.19", "jinja2": "3.1.6"}


def requirements(name: str) -> list[tuple[Requirement, str]]:
    """Each requirement of a lock, with what stands behind it."""
    whole = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in whole.splitlines() if line.strip()]
    return [(Requirement(line.partition(" --hash")[0].strip()), line.partition(" --hash")[2]) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_one_version_with_its_hashes(name: str) -> None:
    found = requirements(name)
    assert len(found) > 50
    for requirement, hashes in found:
        assert re.fullmatch(r"==[^=*,]+", str(requirement.specifier)), requirement
        assert re.fullmatch(r"(=sha256:[0-9a-f]{64}( +--hash)?)+\s*", hashes), requirement
        assert requirement.url is None


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_install_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*(-i|-f|-e|--index|--extra|--find|--trusted|#)", text, re.MULTILINE)


def test_what_the_project_asks_for_is_locked_within_its_bounds() -> None:
    extras = PROJECT["optional-dependencies"]
    wholes = ({}, {name: extras[name] for name in ("postgres", "cluster", "notify")}, extras)
    for name, chosen in zip(LOCKS, wholes, strict=True):
        wanted = [*PROJECT["dependencies"], *chain.from_iterable(chosen.values())]
        locked = {canonicalize_name(each.name): str(each.specifier)[2:] for each, _ in requirements(name)}
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_nothing_is_installed_that_is_known_to_have_holes() -> None:
    asked = {canonicalize_name(each.name): each for each in map(Requirement, PROJECT["dependencies"])}
    for name, floor in SECURITY_FLOORS.items():
        lowest = min(Version(each.version) for each in asked[name].specifier if each.operator == ">=")
        assert lowest >= Version(floor), f"pyproject.toml lets {name} {lowest} in"
        assert Version(version(name)) >= Version(floor)


def test_the_whole_installation_is_asked_for_its_hashes() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in re.findall(r".*pip install.*", make):
        assert "--require-hashes -r requirements" in line or "--no-deps --no-build-isolation -e ." in line


def test_the_list_of_what_is_locked_names_all_of_it(tmp_path: Path) -> None:
    command = re.search(r"cyclonedx_py (requirements.*) -o \S+", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert command
    file = tmp_path / "readout.cdx.json"
    program = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", *command[1].split(), "-o", str(file)]
    subprocess.run(program, cwd=ROOT, check=True)
    bill = json.loads(file.read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    listed = {(canonicalize_name(each["name"]), each["version"]) for each in bill["components"]}
    assert listed == {(canonicalize_name(each.name), str(each.specifier)[2:]) for each, _ in requirements(LOCKS[0])}


# --- known faults -------------------------------------------------------------------------------------------------


def advisory(**affected: object) -> dict[str, object]:
    package = {"ecosystem": "PyPI", "name": affected.pop("name", "brotli")}
    return {"id": "PYSEC-1", "aliases": ["CVE-1"], "summary": "a bomb", "affected": [{"package": package, **affected}]}


def events(*pairs: tuple[str, str]) -> dict[str, object]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in pairs]}]}


def audit(folder: Path, *advisories: dict[str, object]) -> subprocess.CompletedProcess[str]:
    lock = folder / "some.lock"
    lock.write_text(
        "Brotli==1.1.0 ; python_version > '3' \\\n    --hash=sha256:00\nlxml==6.1.3 \\\n    --hash=sha256:00\n"
    )
    with ZipFile(folder / "all.zip", "w") as archive:
        for number, each in enumerate(advisories):
            archive.writestr(f"{number}.json", json.dumps(each))
    command = [sys.executable, str(ROOT / "bench" / "audit.py"), "--osv", str(folder / "all.zip"), str(lock)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("affected", "is_found"),
    [
        (events(("introduced", "0"), ("fixed", "1.2.0")), True),
        (events(("introduced", "0"), ("fixed", "1.0"), ("introduced", "1.1")), True),
        (events(("introduced", "0"), ("last_affected", "1.1.0")), True),
        ({"versions": ["1.1.0"]}, True),
        (events(("introduced", "0"), ("fixed", "1.1.0")), False),
        (events(("introduced", "1.1.1")), False),
        (events(("introduced", "0"), ("last_affected", "1.0.9")), False),
        ({"versions": ["1.0.9"]}, False),
        ({"name": "snappy", "versions": ["1.1.0"]}, False),
    ],
)
def test_an_advisory_meets_the_versions_it_is_about(
    tmp_path: Path, affected: dict[str, object], is_found: bool
) -> None:
    ended = audit(tmp_path, advisory(**affected))
    assert (ended.returncode, "brotli 1.1.0: PYSEC-1, CVE-1: a bomb" in ended.stdout) == (int(is_found), is_found)


def test_a_withdrawn_advisory_counts_no_more(tmp_path: Path) -> None:
    assert audit(tmp_path, advisory(versions=["1.1.0"]) | {"withdrawn": "2026-01-01T00:00:00Z"}).returncode == 0


def test_without_a_database_it_is_said_where_one_is() -> None:
    command = [sys.executable, str(ROOT / "bench" / "audit.py")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "make audit OSV=" in ended.stderr
