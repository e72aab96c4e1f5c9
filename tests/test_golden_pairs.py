"""A page beside what must be read from it, in a folder."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from readout.discovery import DiscoveryKind
from readout.error import ConfigError
from readout.finding import Rejected
from readout.golden import Golden, GoldenPlace, differences, place_differences, read_golden, write_golden
from readout.model import Article, Link, OutcomeKind

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
URL = "https://courier.example/news/1"
LINK = Link(url=URL, title='A "title" \\ of', published=AT)
PLACE = GoldenPlace(
    kind=DiscoveryKind.FEED, url="https://courier.example/rss", body=b"<?xml version='1.0'?><rss/>", links=(LINK,)
)
GOLDEN = Golden(
    url=URL,
    fetched_at=AT,
    body=b"<html><title>x</title></html>",
    title="The harvest",
    published=AT,
    published_day=AT.date(),
    language="en",
    text_begins="The harvest was",
    text_ends="until spring.",
    contains=("better than",),
    lacks=("Read also",),
    headers={"ETag": '"1"'},
    place=PLACE,
)
ARTICLE = Article(
    url=URL,
    title="The harvest",
    text="The harvest was\nbetter than ever.\nIt will last until spring.",
    published=AT,
    published_day=AT.date(),
    language="en",
)


@pytest.mark.parametrize(
    "golden",
    [
        GOLDEN,
        Golden(url=URL, fetched_at=AT, body=b"%PDF-1.7 \x00\xff", content_type="application/pdf"),
        replace(GOLDEN, body=b"<html>" + b"x" * 300_000, title="\x1b[31m \u202e 'a' \"b\" \\ \n", place=None),
        replace(GOLDEN, place=replace(PLACE, kind=DiscoveryKind.JSON, content_type="application/json", body=b"[]")),
    ],
)
def test_what_is_written_is_read_again(tmp_path, golden):
    files = write_golden(tmp_path / "new" / "pair", golden)
    assert sorted(files) == sorted((tmp_path / "new" / "pair").iterdir())
    assert all(path.stat().st_size < 100_000 for path in files)
    assert read_golden(tmp_path / "new" / "pair") == golden


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    write_golden(tmp_path, GOLDEN)
    with pytest.raises(ConfigError, match="is there already"):
        write_golden(tmp_path, replace(GOLDEN, title="another"))
    assert read_golden(tmp_path) == GOLDEN


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"title": "Harvest"}, ["title: must be The harvest, is Harvest"]),
        ({"published": AT.replace(hour=1)}, ["published: must be"]),
        ({"published": None, "published_day": None}, ["published: must be", "published_day: must be"]),
        ({"published_day": date(2026, 1, 1)}, ["published_day: must be 2026-11-22, is 2026-01-01"]),
        ({"published_day_only": True}, ["day_only: must be False, is True"]),
        ({"language": "az"}, ["language: must be en, is az"]),
        ({"text": "Home. " + ARTICLE.text}, ["text: must begin"]),
        ({"text": ARTICLE.text + " More"}, ["text: must end"]),
        ({"text": "The harvest was good until spring."}, ["text: lacks 'better than'"]),
        ({"text": ARTICLE.text.replace("It", "Read also: It")}, ["text: holds 'Read also'"]),
    ],
)
def test_each_difference_is_named(changes, said):
    found = differences(GOLDEN, replace(ARTICLE, **changes))
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True))


def test_a_page_that_is_not_read_differs():
    assert differences(GOLDEN, Rejected(outcome=OutcomeKind.WALL, reason="login")) == [
        "no article was read: wall: login"
    ]


def test_a_time_that_is_not_stated_is_not_asked_for():
    assert differences(replace(GOLDEN, published=None), ARTICLE) == []


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([LINK, Link(url=URL + "0")], None),
        ([], "is not found"),
        ([replace(LINK, published=None)], "must be"),
        ([replace(LINK, title="x")], "must be"),
    ],
)
def test_links_of_a_place_are_compared_by_what_stands_beside_them(links, said):
    found = place_differences(PLACE, links)
    assert (said is None) == (found == [])
    assert all(said in line for line in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('url = "https://a.example/"', "fetched_at: is required"),
        ('url = "a"\nfetched_at = "2026-11-22T00:00:00Z"', "url: an http or https address"),
        ('url = "https://a.example/"\nfetched_at = "2026-11-22T00:00:00Z"\nlack = []', "lack: no such setting"),
        ("url = ", "not valid TOML"),
    ],
)
def test_a_faulty_file_is_told_with_its_place(tmp_path, text, said):
    (tmp_path / "page.html").write_bytes(b"x")
    (tmp_path / "expected.toml").write_text(text)
    with pytest.raises(ConfigError, match=said) as raised:
        read_golden(tmp_path)
    assert "expected.toml" in str(raised.value)


def test_a_folder_without_a_page_is_told(tmp_path):
    write_golden(tmp_path, GOLDEN)
    (tmp_path / "page.html").unlink()
    with pytest.raises(ConfigError, match=r"0 files page\.\*"):
        read_golden(tmp_path)
