"""The house keeps its own rules: sizes, names, purity."""

import ast
import re
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = sorted(
    path
    for place in ("readout", "spiders", "pipelines", "settings.py", "scheduler.py")
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
)
ODD_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "base"}
PURE = ("readout.articles", "readout.meetings", "readout.watches")


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines without the docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function):
        lines -= function.body[0].end_lineno - function.body[0].lineno + 1
    return lines


def test_functions_are_short():
    sizes = sorted(length(function) for path in PRODUCT for function in functions(path))
    assert statistics.median(sizes) <= 10
    assert sizes[int(len(sizes) * 0.9)] <= 30
    assert sizes[-1] <= 60


def test_no_two_files_of_tests_share_a_name():
    """pytest imports them by it alone, and then collects neither the second one nor anything else."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_what_is_left_out_on_a_server_is_there():
    lines = (ROOT / "tests" / "not_on_server.txt").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert [line for line in lines if not (ROOT / line.removeprefix("--ignore=")).exists()] == []


def test_files_are_short_and_named_after_something():
    for path in PRODUCT:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
        assert not ODD_NAMES & {path.stem, *path.parent.parts}, path


def test_every_module_says_what_it_is_for():
    for path in PRODUCT:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_broad_excepts_stand_at_the_three_fences_only():
    fences = {"pipelines/__init__.py", "scheduler.py", "readout/outbox.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"except (Base)?Exception\b|except:", path.read_text(encoding="utf-8"))
    }
    assert found <= fences


def test_the_environment_is_read_in_one_place():
    found = {
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"os\.(environ\b(?!\.copy)|getenv)", path.read_text(encoding="utf-8"))
    }
    assert found <= {"readout/config.py", "readout/environment.py"}  # which takes ours out of it


IMPORT_ALONE = """
import builtins, importlib, importlib.util, pkgutil, socket, sys
rooms = sys.argv[1:]
names = []
for room in rooms:
    package = importlib.util.find_spec(room)
    names += [room] + [f"{room}.{m.name}" for m in pkgutil.walk_packages(package.submodule_search_locations)]
# Third-party libraries may open what they like while they are imported; our own modules may not.
known = ("trafilatura", "py3langid", "rensa", "lxml.html", "htmldate", "w3lib.url", "anyascii", "numpy", "parsel")
for name in (*known, "cssselect"):
    importlib.import_module(name)
importlib.import_module("readout.model")
def refused(*args, **kwargs):
    raise AssertionError(f"a pure room opened {args!r}")
builtins.open = refused
socket.socket = refused
for name in names:
    if ".data" not in name:
        importlib.import_module(name)
"""


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_opens_nothing_when_imported(room):
    subprocess.run([sys.executable, "-c", IMPORT_ALONE, room], check=True, cwd=ROOT)
