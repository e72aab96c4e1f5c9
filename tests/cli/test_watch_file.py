"""Watches as a file: out and in again without loss, all or nothing, every fault with its place."""

import json
import tomllib
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.cli.watch_file import Fate, read_watches, take_in, watches_text
from readout.error import ConfigError
from readout.model import Watch
from readout.storage.watches import add_watch, list_watches
from readout.watch_row import settings_of
from readout.watches.query import parse
from readout.watching import Delivery, Digest, Every, Quiet
from tests.cli.test_refusals import run
from tests.store import store_section

NOW = datetime(2024, 10, 4, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readout.toml").write_text(store_section(tmp_path, "var/readout.db"), encoding="utf-8")
    return tmp_path


def read(text, where="w.toml"):
    return read_watches(text if isinstance(text, bytes) else text.encode("utf-8"), where, parse)


def faults(text):
    with pytest.raises(ConfigError) as caught:
        read(text)
    return caught.value.faults


def listed():
    return {row["name"]: row for row in json.loads(run("--json", "watch", "list"))}


# --- out and in again ---------------------------------------------------------------------------------------------

TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DIGESTS = st.one_of(
    st.none(),
    st.builds(Digest, every=st.just(Every.DAILY), at=TIMES, heartbeat=st.booleans()),
    st.builds(Digest, every=st.just(Every.WEEKLY), at=TIMES, on=st.integers(0, 6), heartbeat=st.booleans()),
)
DELIVERIES = st.builds(
    Delivery,
    digest=DIGESTS,
    quiet=st.one_of(
        st.none(), st.tuples(TIMES, TIMES).filter(lambda ends: ends[0] != ends[1]).map(lambda e: Quiet(*e))
    ),
    timezone=st.sampled_from(["UTC", "Asia/Baku", "America/St_Johns"]),
    language=st.sampled_from(["en", "ru", "az"]),
)
SIGNS = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
NAMES = st.text(SIGNS, min_size=1, max_size=200).filter(str.strip)
QUERIES = st.sampled_from(
    ["", 'body:cis-sorb -status:planned "free words"', "session:50.. «чужие слова» it's", 'person:"Əli Nağıyev"', "\\n"]
)
WATCHES = st.builds(
    Watch,
    id=st.just(1),
    name=NAMES,
    query=QUERIES.map(parse),
    recipients=st.lists(st.sampled_from(["a@example.org", "b@example.org"]), min_size=1, unique=True).map(tuple),
    channel=st.just("email"),
    created_at=st.just(NOW),
    updates=st.booleans(),
    delivery=DELIVERIES,
)


@given(st.lists(WATCHES, unique_by=lambda watch: watch.name))
def test_what_is_written_is_read_as_it_was(watches):
    text = watches_text(watches)
    assert all(line.isprintable() for line in text.split("\n"))
    rows = read(text)
    assert [(row.name, row.settings()) for row in rows] == [(watch.name, settings_of(watch)) for watch in watches]


def test_a_file_taken_in_again_changes_nothing(folder):
    run("watch", "add", "chiefs", "body:cis-sorb", "--to", "a@example.org", "--digest", "weekly", "--tz", "Asia/Baku")
    run("watch", "add", 'all "of" them', "--to", "b@example.org", "--to", "a@example.org", "--updates")
    run("watch", "export", "w.toml")
    before = listed()
    assert run("watch", "import", "w.toml").strip() == "0 new, 0 changed, 2 as they were"
    assert listed() == before
    assert run("watch", "export").encode() == (folder / "w.toml").read_bytes()


def test_a_file_makes_elsewhere_the_watches_it_was_made_of(folder):
    run("watch", "add", "chiefs", "body:cis-sorb", "--to", "a@example.org", "--quiet", "22:00-07:00")
    text = run("watch", "export")
    (folder / "readout.toml").write_text('data_dir = "elsewhere"', encoding="utf-8")
    assert run("watch", "import", "-", stdin=text).strip() == "1 new, 0 changed, 0 as they were"
    assert run("watch", "export") == text


def test_only_what_is_not_by_default_is_written(folder):
    run("watch", "add", "plain", "--to", "a@example.org")
    (row,) = tomllib.loads(run("watch", "export"))["watch"]
    assert row == {"name": "plain", "to": ["a@example.org"]}


def test_a_watch_named_otherwise_than_it_is_is_changed_in_place(folder):
    run("watch", "add", "chiefs", "--to", "a@example.org")
    run("watch", "add", "others", "--to", "a@example.org")
    since = listed()["chiefs"]["since"]
    (folder / "w.toml").write_text(
        '[[watch]]\nname = "chiefs"\nquery = "body:cis-sorb"\nto = ["a@example.org"]\nat = 07:30:00\ndigest = "daily"\n'
        '[[watch]]\nname = "new"\nto = ["b@example.org"]\n',
        encoding="utf-8",
    )
    assert run("watch", "import", "w.toml").strip() == "1 new, 1 changed, 0 as they were"
    rows = listed()
    assert (rows["chiefs"]["query"], rows["chiefs"]["at"], rows["chiefs"]["since"]) == ("body:cis-sorb", "07:30", since)
    assert list(rows) == ["chiefs", "others", "new"]


def test_a_file_that_is_there_is_not_written_over(folder):
    (folder / "w.toml").write_text("mine", encoding="utf-8")
    assert "is there already" in run("watch", "export", "w.toml", code=2)
    assert (folder / "w.toml").read_text() == "mine"
    run("watch", "export", "new.toml")
    assert (folder / "new.toml").stat().st_mode & 0o777 == 0o600
    assert "cannot be written" in run("watch", "export", "no/such/folder.toml", code=2)


def test_a_watch_on_a_source_that_is_no_more_is_taken_in_again_as_it_is(folder):
    (folder / "mine").mkdir()
    (folder / "readout.toml").write_text('sources = ["mine"]', encoding="utf-8")
    (folder / "mine" / "courier.toml").write_text(
        '[[source]]\nid = "courier"\nname = "Courier"\nkind = "newspaper"\ncountry = "KZ"\nlanguages = ["en"]\n'
        'timezone = "UTC"\nhome = "https://x.example/"\narticle = "."\n'
        'discover = [{ type = "listing", url = "https://x.example/" }]\n'
    )
    run("watch", "add", "w", "source:courier", "--to", "a@example.org")
    run("watch", "export", "w.toml")
    (folder / "mine" / "courier.toml").unlink()
    assert "1 as they were" in run("watch", "import", "w.toml")
    text = (folder / "w.toml").read_text().replace("source:courier", "source:courrier")
    (folder / "w.toml").write_text(text)
    assert "w.toml: watch[0].query: source:courrier: not known" in run("watch", "import", "w.toml", code=2)


# --- refused ------------------------------------------------------------------------------------------------------


def test_all_or_nothing_with_every_fault_in_its_place(folder):
    (folder / "w.toml").write_text(
        """
[[watch]]
name = "good"
to = ["a@example.org"]

[[watch]]
name = "bad"
qurey = "x"
query = "body:cis-sorp -status:plan"
to = ["a@example.org", "nobody"]
channel = "email"
on = "friday"
tz = "Mars"
updates = "yes"

[[watch]]
to = "a@example.org"
at = "8"

[watches]
""",
        encoding="utf-8",
    )
    said = run("watch", "import", "w.toml", code=2)
    assert said.count("\n  body:cis-sorp -status:plan\n  ") == 2
    for wanted in (
        "w.toml: watch[1].qurey: no such setting; did you mean 'query'?",
        "w.toml: watch[1].query: body:cis-sorp: not known; did you mean cis-sorb",
        "w.toml: watch[1].query: status:plan: not one of ",
        "w.toml: watch[1].to[1]: ",
        "w.toml: watch[1].on: only a digest has it",
        "w.toml: watch[1].tz: a time zone of the IANA list",
        "w.toml: watch[1].updates: ",
        "w.toml: watch[2].name: is required, and is not there",
        "w.toml: watch[2].to: a list of those who hear of it belongs here",
        "w.toml: watch[2].at: a time of day belongs here",
        "w.toml: watches: no such setting; did you mean 'watch'?",
    ):
        assert wanted in said
    assert not (folder / "var").exists()


WATCH = '[[watch]]\nname = "w"\nto = ["a@example.org"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WATCH + WATCH, "w.toml: watch[1].name: “w” is watch[0] already"),
        (WATCH.replace('"w"', '""'), "w.toml: watch[0].name: '' is no name"),
        (WATCH.replace('"w"', '"a\\nb"'), "w.toml: watch[0].name: 'a\\nb' is no name"),
        (WATCH.replace('"w"', "5"), "w.toml: watch[0].name: a text belongs here, in quotes"),
        (WATCH.replace("a@example.org", "a@example.org\\r\\nBcc: b@example.org"), "w.toml: watch[0].to[0]: "),
        (WATCH.replace('["a@example.org"]', "[]"), "w.toml: watch[0].to: a list of those who hear"),
        (WATCH.replace('["a@example.org"]', "[1]"), "w.toml: watch[0].to[0]: a text belongs here, in quotes"),
        (WATCH + 'query = "body:"', "w.toml: watch[0].query: a value belongs behind the colon"),
        (WATCH + "query = 5", "w.toml: watch[0].query: a query belongs here"),
        (WATCH + "at = 07:30:01\ndigest = 'daily'", "w.toml: watch[0].at: a time of day belongs here"),
        (WATCH + "heartbeat = 1\ndigest = 'daily'", "w.toml: watch[0].heartbeat: true or false belongs here"),
        (WATCH + '"\\u001b[31m" = 1', "w.toml: watch[0].[31m: no such setting"),
        ("[watch]\nname = 'w'", "w.toml: watch: each watch is a table of its own: write [[watch]] above it"),
        ("[[watch]\nname", "w.toml: not valid TOML: "),
        (WATCH + "name = 'twice'\nquery = ''", "w.toml: not valid TOML: Cannot overwrite a value (at line 4, "),
        (WATCH.encode() + b"# \xff", "w.toml: not text in UTF-8 (at line 4): save it as UTF-8"),
        (WATCH.encode("utf-16"), "w.toml: not text in UTF-8 (at line 1)"),
        ("x = " + "[" * 10_000, "w.toml: not valid TOML: lists or tables within each other without end"),
        ("x = " + "[" * 100_000, "w.toml: a line of more than 20,000 characters (at line 1)"),
        (WATCH.replace('"w"', f'"{"w" * 201}"'), "w.toml: watch[0].name: a name has at most 200 characters"),
        (WATCH.replace("to =", '"\\nto\\u001b" ='), "w.toml: watch[0].to: is required, and is not there"),
        ("since = 2024-10-04", "w.toml: since: no such setting; known: watch"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, said):
    found = faults(text)
    assert any(fault.startswith(said) for fault in found), found
    assert "\x1b" not in "".join(found)


def test_a_byte_order_mark_is_no_fault():
    (row,) = read(b"\xef\xbb\xbf" + WATCH.encode())
    assert row.name == "w"


@pytest.mark.parametrize("text", ["", "# nothing\n", "watch = []"])
def test_a_file_of_no_watches_is_none(text):
    assert read(text) == []


def test_a_file_that_is_not_there_is_said(folder):
    assert "none.toml: cannot be read: No such file" in run("watch", "import", "none.toml", code=2)
    assert "cannot be read: Is a directory" in run("watch", "import", ".", code=2)


def many(number):
    return "\n".join(
        f'[[watch]]\nname = "w{each}"\nquery = "body:cis-sorb session:{each}.."\nto = ["r{each}@example.org"]\n'
        for each in range(number)
    )


def test_ten_thousand_watches_are_read():
    assert [row.name for row in read(many(10_000))] == [f"w{number}" for number in range(10_000)]


def test_many_watches_come_in_and_stay(database):
    rows = read(many(500))
    with database.write() as connection:
        assert take_in(connection, rows, NOW) == {Fate.NEW: 500}
    with database.write() as connection:
        assert take_in(connection, rows, NOW) == {Fate.KEPT: 500}
        assert read(watches_text(list_watches(connection))) == rows


def test_a_name_that_was_removed_is_a_new_watch(database):
    from readout.storage.watches import remove_watch

    with database.write() as connection:
        first = add_watch(connection, name="w", recipients=["a@example.org"], channel="email", now=NOW)
        remove_watch(connection, "w", NOW)
        assert take_in(connection, read(WATCH), NOW) == {Fate.NEW: 1}
        assert [watch.id for watch in list_watches(connection)] != [first.id]
