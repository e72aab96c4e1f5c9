"""No text from outside keeps a regular expression of ours busy: each takes time that grows with the text, no faster."""

import ast
import importlib
import inspect
import pkgutil
import re
import signal
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import pytest

import pipelines
import readout
import spiders
from readout.catalog import load_knowledge

LENGTH = 15_000
# A linear expression takes a thousandth of a second for such a text, the slowest of them a thirtieth; one that begins
# anew at each character, and runs to the end each time, 0.3 and more.
MOST_CPU_S = 0.15
ALWAYS = (
    "a",
    "A",
    "1",
    "я",
    "年",
    "م",
    "\u0301",
    " ",
    "\n",
    "\t",
    "\xa0",
    ".",
    ",",
    "-",
    "_",
    "<",
    '"',
    "(",
    "&",
    "/",
    ":",
)
PAIRS = (
    *("a ", "A ", "Aa ", "1 ", "1.", "a.", ". ", " .", "\n ", " \n", "a-", "--", "1-", "1a", "/a", "а ", "Аа "),
    *("<a", "<a ", "</", "a=", '="', '" ', ", ", "5 мая ", "5 October ", "2024-", "10:", "&a;", "年1", "</a>"),
)
# What is held only against the beginning of a text, which the names in its module do not show.
ONLY_MATCHED = (
    "readout.articles.wall._WALL.title",
    "readout.articles.wall._GONE.title",
    "readout.articles.wall._CLOSED.title",
)
# What never sees a longer text than so many signs: whoever uses it cuts it.
BOUNDED = {"readout.meetings.scene._LAST_WORD": 100, "knowledge.credits._wordings": 100}
NOT_IMPORTED = ("readout.storage.migrations",)


class TooSlowError(Exception):
    """An expression took far longer than its text is worth."""


def modules() -> Iterator[ModuleType]:
    for package in (readout, spiders, pipelines):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(NOT_IMPORTED):
                yield importlib.import_module(found.name)


def patterns_in(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    """Every pattern that a value holds, whatever it is put into."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth > 5 or isinstance(value, str | bytes | int | type):
        return
    elif isinstance(value, dict):
        for key, inner in list(value.items()):
            yield from patterns_in(inner, f"{name}[{key!r:.20}]", depth + 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for at, inner in enumerate(value):
            yield from patterns_in(inner, f"{name}[{at}]", depth + 1)
    elif type(value).__module__.startswith(("readout", "spiders", "pipelines")):
        slots = [slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ())]
        for slot in (*slots, *getattr(value, "__dict__", ())):
            yield from patterns_in(getattr(value, slot, None), f"{name}.{slot}", depth + 1)


@cache
def uses(module: ModuleType) -> dict[str, set[str]]:
    """What is done with each name of a module: the methods called on it, and ``""`` where it is used in another way."""
    found: dict[str, set[str]] = {}
    tree = ast.parse(inspect.getsource(module))
    called = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
            called.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in called:
            found.setdefault(node.id, set()).add("")
    return found


def inline(module: ModuleType) -> Iterator[tuple[int, "re.Pattern[Any]"]]:
    """The patterns that are written where they are used."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if of_re and isinstance(node.args[0], ast.Constant) and node.func.attr not in ("compile", "escape"):
                yield node.lineno, re.compile(node.args[0].value)


def collected() -> dict[str, tuple["re.Pattern[Any]", bool]]:
    """Each pattern by its name, and whether it is only ever held against the beginning of a text."""
    found: dict[tuple[Any, int], tuple[str, re.Pattern[Any], bool]] = {}
    for module in modules():
        for name, value in vars(module).items():
            if name.startswith("__") or isinstance(value, ModuleType | type):
                continue
            for path, pattern in patterns_in(value, f"{module.__name__}.{name}"):
                done = uses(module).get(name, {""})
                is_anchored = path in ONLY_MATCHED or done <= {"match", "fullmatch"}
                before = found.get((pattern.pattern, pattern.flags))
                found[pattern.pattern, pattern.flags] = (path, pattern, is_anchored and (before is None or before[2]))
        for at, pattern in inline(module):
            found.setdefault((pattern.pattern, pattern.flags), (f"{module.__name__}:{at}", pattern, False))
    for path, pattern in patterns_in(load_knowledge(), "knowledge"):
        found.setdefault((pattern.pattern, pattern.flags), (path, pattern, False))
    return {path: (pattern, is_anchored) for path, pattern, is_anchored in found.values()}


PATTERNS = collected()


def hostile_texts(pattern: "re.Pattern[Any]", length: int) -> Iterator[str]:
    """Long runs of one sign and of two: of every kind, and of those that the pattern itself names."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    own = sorted(set(source) - set(ALWAYS), key=source.index)[:10]
    for unit in (*ALWAYS, *own, *PAIRS):
        yield unit * (length // len(unit)) + "\x00"


def exhaust(pattern: "re.Pattern[Any]", text: str, *, is_anchored: bool) -> None:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    if is_anchored:
        pattern.match(given)
        pattern.fullmatch(given)
    else:
        for _ in pattern.finditer(given):
            pass


def give_up(*_: object) -> None:
    raise TooSlowError


def is_too_slow(pattern: "re.Pattern[Any]", *, is_anchored: bool, length: int = LENGTH) -> str:
    """The text that is too much for a pattern, shortened, or an empty one."""
    before = signal.signal(signal.SIGVTALRM, give_up)
    try:
        for text in hostile_texts(pattern, length):
            signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU_S)
            exhaust(pattern, text, is_anchored=is_anchored)
    except TooSlowError:
        return f"{text[:12]!r} and so on"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return ""


@pytest.mark.parametrize("name", PATTERNS)
def test_an_expression_takes_time_that_grows_with_the_text(name: str) -> None:
    pattern, is_anchored = PATTERNS[name]
    length = next((most for start, most in BOUNDED.items() if name.startswith(start)), LENGTH)
    assert is_too_slow(pattern, is_anchored=is_anchored, length=length) == ""


def test_all_expressions_are_held_against_hostile_texts() -> None:
    assert len(PATTERNS) > 250


@pytest.mark.parametrize("source", [r"(a+)+$", r"\s+$", r"<[^>]*>", r"(\w+\s?)*\.", r"\d+\.\d+x"])
def test_the_battery_finds_expressions_that_are_slow(source: str) -> None:
    assert is_too_slow(re.compile(source), is_anchored=False, length=4 * LENGTH)
