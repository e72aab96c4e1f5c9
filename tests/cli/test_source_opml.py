"""The feeds of a feed reader as sources, and those of sources for a feed reader."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from readout.cli import app
from readout.error import ConfigError, ReadoutError
from readout.exports.opml import LARGEST, read_opml
from readout.source_file import read_source_file
from tests.newcomers import settle_in
from tests.sites import source

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>Mine</title></head><body>'
ONE = '<outline text="A" type="rss" xmlUrl="https://a.example.az/rss"/>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<opml version="2.0"><body><outline text="&b;" xmlUrl="https://a.example/rss"/></body></opml>'
)


def opml(*outlines):
    return f"{HEAD}{''.join(outlines)}</body></opml>"


def run(file, *words):
    return CliRunner().invoke(app, ["--config", str(file), "source", *words])


def take_in(tmp_path, text, *words, sources=()):
    file = settle_in(tmp_path, *sources)
    (tmp_path / "mine.opml").write_text(text, encoding="utf-8")
    return run(file, "import", str(tmp_path / "mine.opml"), *words)


def written(tmp_path):
    return {path.stem: read_source_file(path) for path in sorted((tmp_path / "my-sources").iterdir())}


def test_every_feed_however_deep_becomes_a_source(tmp_path):
    nested = '<outline text="Asia"><outline text="Caucasus">{}</outline></outline>'
    full = '<outline title="B &amp; &quot;Co&quot;" text="x" xmlUrl="https://feeds.example/b" htmlUrl="https://b.example.com/"/>'
    told = take_in(tmp_path, opml(nested.format(ONE), full))
    assert told.exit_code == 0, told.output
    found = written(tmp_path)
    assert all(faults == [] for _, faults in found.values())
    (first,), _ = found["a-example"]
    (second,), _ = found["b-example"]
    assert (first.name, first.country, first.timezone, first.enabled, first.checked) == (
        "A",
        "AZ",
        "Asia/Baku",
        True,
        False,
    )
    assert [place.url for place in second.discover] == ["https://feeds.example/b"]
    assert (second.name, second.home) == ('B & "Co"', "https://b.example.com/")
    assert second.owns("https://b.example.com/any/page")
    assert not second.owns("https://b.example.com/")
    assert "From OPML" in first.note


def test_guesses_are_marked_and_what_is_given_is_none(tmp_path):
    take_in(tmp_path, opml('<outline text="B" xmlUrl="https://b.example/rss"/>'))
    text = (tmp_path / "my-sources" / "b.toml").read_text()
    assert text.count("# A GUESS") == 3
    assert 'country = "ZZ"  # NOT KNOWN' in text
    (tmp_path / "again").mkdir()
    given = ("--country", "KZ", "--language", "kk", "--kind", "news_agency")
    take_in(tmp_path / "again", opml('<outline text="B" xmlUrl="https://b.example/rss"/>'), *given)
    text = (tmp_path / "again" / "my-sources" / "b.toml").read_text()
    assert "GUESS" not in text
    assert 'timezone = "Asia/Almaty"' in text


def test_what_is_watched_is_left_out_and_named(tmp_path):
    known = source("a", "https://a.example.az/", {"type": "feed", "url": "https://a.example.az/rss/"})
    told = take_in(tmp_path, opml(ONE, ONE), sources=[known])
    assert told.exit_code == 0
    assert "left out: https://a.example.az/rss is watched already, by a" in told.output
    assert written(tmp_path) == {}


def test_two_feeds_of_one_host_are_two_sources(tmp_path):
    take_in(tmp_path, opml(ONE, ONE.replace("/rss", "/rss2"), ONE))
    assert sorted(written(tmp_path)) == ["a-example", "a-example-2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, "document type"),
        (
            opml(ONE, '<outline text="B" xmlUrl="file:///etc/passwd"/>'),
            "line 2: its xmlUrl is not of http or https",
        ),
        (opml(ONE, '<outline text="B" xmlUrl="http://["/>'), "its xmlUrl cannot be read"),
        (
            opml(ONE, '<outline text="B" xmlUrl="https://me:secret@a.example/"/>'),
            "its xmlUrl holds a name or a password",
        ),
        (opml('<outline text="folder"/>'), "names no feed"),
        (opml(ONE)[:-20], "not valid XML"),
        ("", "not valid XML"),
        ("<rss/>", "its root is <rss>"),
        (f"{HEAD}{'<outline>' * 400}{ONE}{'</outline>' * 400}</body></opml>", "not valid XML"),
        (opml(*(ONE.replace("/rss", f"/{number}") for number in range(2001))), "at most 2000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_taken_in(tmp_path, text, said):
    told = take_in(tmp_path, text)
    assert isinstance(told.exception, ConfigError)
    assert said in str(told.exception)
    assert written(tmp_path) == {}


@pytest.mark.parametrize("data", [opml(ONE).encode("utf-16"), b" " * (LARGEST + 1)])
def test_bytes_that_are_no_list_of_feeds_are_refused(data):
    with pytest.raises(ConfigError):
        read_opml(data, "mine.opml")


def test_one_file_in_the_way_and_none_is_written(tmp_path):
    file = settle_in(tmp_path)
    (tmp_path / "elsewhere.toml").write_text('sources = []\ndata_dir = "var"\n')
    (tmp_path / "my-sources" / "b.toml").write_text("mine")
    (tmp_path / "mine.opml").write_text(opml(ONE, '<outline text="B" xmlUrl="https://b.example/rss"/>'))
    told = run(tmp_path / "elsewhere.toml", "import", str(tmp_path / "mine.opml"))
    assert isinstance(told.exception, ReadoutError)
    assert [path.name for path in (tmp_path / "my-sources").iterdir()] == ["b.toml"]
    assert file.exists()


def test_an_address_is_not_asked(tmp_path):
    told = run(settle_in(tmp_path), "import", "https://a.example/mine.opml")
    assert "download it first" in str(told.exception)


def exported(file, *words):
    running = [sys.executable, "-m", "readout", "--config", str(file), "source", "export", *words]
    return subprocess.run(running, capture_output=True, check=True).stdout


def test_what_is_exported_is_opml_that_another_reader_reads(tmp_path):
    feeds = [{"type": "feed", "url": f"https://a.example/rss?x=1&y={number}"} for number in range(2)]
    known = [
        source("a", "https://a.example/", *feeds, name='A <&> "B"'),
        source("c", "https://c.example/", {"type": "listing", "url": "https://c.example/"}),
        source(
            "off",
            "https://off.example/",
            {"type": "feed", "url": "https://off.example/rss"},
            enabled=False,
            country="KZ",
        ),
    ]
    file = settle_in(tmp_path, *known)
    root = ElementTree.fromstring(exported(file))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    (folder,) = root.find("body")
    assert folder.get("text") == "Azerbaijan"
    assert [(each.get("type"), each.get("xmlUrl"), each.get("htmlUrl"), each.get("text")) for each in folder] == [
        ("rss", f"https://a.example/rss?x=1&y={number}", "https://a.example/", 'A <&> "B"') for number in range(2)
    ]
    everything = ElementTree.fromstring(exported(file, "--all"))
    assert [each.get("text") for each in everything.find("body")] == ["Azerbaijan", "Kazakhstan"]


def test_what_goes_out_comes_in_again_as_it_was(tmp_path):
    feed = {"type": "feed", "url": "https://a.example/rss"}
    file = settle_in(tmp_path, source("a", "https://a.example/en/", feed, name="Ağ & «İ»"))
    assert run(file, "export", str(tmp_path / "out.opml")).exit_code == 0
    (again,) = read_opml((tmp_path / "out.opml").read_bytes(), "out.opml")
    assert (again.url, again.name, again.home, again.language) == (
        feed["url"],
        "Ağ & «İ»",
        "https://a.example/en/",
        "az",
    )
