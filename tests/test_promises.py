"""docs/promises.md names, for every promise, tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROMISES = re.split(r"(?m)^## (?=A\d)", (ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))[1:]
NAMED = re.findall(r"`(tests/\S+\.py)::(\w+)`", "".join(PROMISES))


def test_all_sixteen_are_made_in_their_order():
    assert [promise.split()[0] for promise in PROMISES] == [f"A{number}" for number in range(1, 17)]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.split()[0])
def test_each_names_what_proves_it(promise):
    assert re.search(r"(?m)^- `tests/\S+\.py::\w+`$", promise)


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_what_is_named_is_there(file, name):
    assert re.search(rf"(?m)^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"))


def test_the_readme_leads_to_them():
    assert "docs/promises.md" in (ROOT / "README.md").read_text(encoding="utf-8")
