"""Source files are read whole, or refused whole with every fault."""

from datetime import timedelta
from pathlib import Path

import pytest

from readout.catalog import load_sources
from readout.config import shipped_sources
from readout.discovery import DiscoveryKind
from readout.error import ConfigError
from readout.site_rules import UrlRules

GOOD = """
[[source]]
id = "courier"
name = "Courier"
kind = "newspaper"
country = "AZ"
languages = ["en"]
timezone = "Asia/Baku"
home = "https://courier.example/"
article = '^https://courier\\.example/\\d+'
discover = [{ type = "feed", url = "https://courier.example/rss.xml" }]
"""


def write(folder: Path, text: str, name: str = "courier.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def told(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_sources([folder])
    return str(caught.value)


def test_a_file_becomes_a_source(tmp_path):
    source = load_sources([write(tmp_path, GOOD)])["courier"]
    assert source.discover[0].kind is DiscoveryKind.FEED
    assert (source.interval, source.enabled, source.checked) == (timedelta(hours=3), True, False)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("https://courier.example/rss.xml", "ftp://courier.example/", "discover[0].url: an http or https address"),
        ('type = "feed"', 'type = "feed", evry = 2', "source[0].discover[0].evry: no such setting"),
        ("Asia/Baku", "Asia/Nowhere", "source[0].timezone: a time zone of the IANA list"),
        ("^https", "(", "source[0].article: no regular expression"),
        ('"newspaper"', '"blog"', "source[0].kind:"),
        ("country", "schedule = 'x y'\ncountry", "source[0].schedule: no cron line"),
        ("country", "interval = '3'\ncountry", "source[0].interval: a time span"),
        ("country", "interval = '2s'\ncountry", "source[0].interval: a site is asked once a minute"),
        ("country", "timezon = 'UTC'\ncountry", "did you mean 'timezone'?"),
        ("country", "schedule = '0 0 30 2 *'\ncountry", "schedule: no cron line: schedule '0 0 30 2 *' never comes"),
        ("country", "interval = '99999999999999d'\ncountry", "source[0].interval: a time span of at most 365d"),
        ("country", "interval = '366d'\ncountry", "source[0].interval: a time span of at most 365d"),
        ("country", "delay = '99999999999999d'\ncountry", "source[0].delay: a time span of at most 365d"),
        ("country", "delay = '1d'\ncountry", "source[0].delay: a pause of at most 10m"),
        ("^https", "a{99999999999}", "source[0].article: no regular expression"),
        ('type = "feed"', 'type = "rss"', "source[0].discover[0]: type must be one of feed, sitemap"),
        ('type = "feed"', 'type = "list"', "did you mean listing?"),
        ('type = "feed"', 'type = "listing", formats = ["%Q"]', "discover[0].formats[0]: '%Q' is no date format"),
        (
            'type = "feed"',
            'type = "json", link = "https://courier.example/{id}", fields.items = "$' + "a" * 60 + '!"',
            "discover[0].fields.items: '$aaaa",
        ),
        (
            "https://courier.example/rss.xml",
            "https://courier.example:99999/",
            "discover[0].url: an http or https address",
        ),
        ("https://courier.example/rss.xml", "https://courier .example/", "discover[0].url: an http or https address"),
        ("country", "aliases = ['https://a.example/']\ncountry", "source[0].aliases[0]: a host alone belongs here"),
        ("country", "encoding = 'base64'\ncountry", "source[0].encoding: an encoding belongs here"),
        ("country", "date.formats = ['%d', '%d %Q']\ncountry", "date.formats[1]: '%d %Q' is no date format: %Q is no"),
        ("country", "date.formats = ['%d/%d']\ncountry", "source[0].date.formats[0]: '%d/%d' is no date format"),
        ("country", "date.formats = ['']\ncountry", "source[0].date.formats[0]: '' is no date format: a directive"),
    ],
)
def test_a_fault_is_told_with_file_and_key_path(tmp_path, old, new, fault):
    text = told(write(tmp_path, GOOD.replace(old, new, 1)))
    assert fault in text
    assert str(tmp_path / "courier.toml") in text


def test_a_source_may_have_rules_for_its_addresses(tmp_path):
    rules = """
[source.canonical]
keep_query = ["id", "lang"]
replace = [['/index\\.php/', '/'], ['/post/(\\d+)/.*', '/post/\\1']]
mirrors = { "mirror.courier.example" = "courier.example" }
"""
    source = load_sources([write(tmp_path, GOOD + rules)])["courier"]
    assert source.url_rules == UrlRules(
        keep=("id", "lang"),
        replace=((r"/index\.php/", "/"), (r"/post/(\d+)/.*", r"/post/\1")),
        mirrors=(("mirror.courier.example", "courier.example"),),
    )
    assert source.owns("https://courier.example/1")
    assert "mirror.courier.example" in source.hosts


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ("kep_query = ['id']", "source[0].canonical.kep_query: no such setting; did you mean 'keep_query'?"),
        (
            "keep_query = ['id']\ndrop_query = ['q']",
            "source[0].canonical: keep_query already drops every other parameter",
        ),
        ("replace = [['(', '']]", "source[0].canonical.replace[0]: no regular expression: missing )"),
        (
            "replace = [['a', '\\1']]",
            "source[0].canonical.replace[0]: '\\\\1' cannot take the place of a match: invalid group",
        ),
        ("replace = [['a']]", "source[0].canonical.replace[0][1]: is required, and is not there"),
        ("mirrors = { 'https://a.example/' = 'b.example' }", "a host alone belongs here, e.g. mirror.example.org"),
        ("mirrors = { 'a.example' = 'b.example', 'b.example' = 'c.example' }", "b.example is itself a mirror"),
    ],
)
def test_a_faulty_rule_for_addresses_is_told(tmp_path, rules, fault):
    assert fault in told(write(tmp_path, f"{GOOD}[source.canonical]\n{rules}\n"))


def test_faults_of_all_files_are_told_at_once(tmp_path):
    write(tmp_path, GOOD.replace("Asia/Baku", "X"), "a.toml")
    write(tmp_path, "[[source]\n", "b.toml")
    write(tmp_path, GOOD, "c.toml")
    write(tmp_path, GOOD, "d.toml")
    text = told(tmp_path)
    assert "a.toml: source[0].timezone" in text
    assert "b.toml: not valid TOML" in text
    assert "d.toml: source id 'courier' stands in another file too" in text


def test_the_shipped_catalogue_is_sound():
    folder = shipped_sources()
    sources = load_sources([folder])
    assert len(sources) >= 10
    for path in folder.rglob("*.toml"):
        assert path.stem in sources, f"{path}: the file's name is its source's id"
    assert not [source.id for source in sources.values() if source.checked]
