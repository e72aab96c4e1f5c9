"""The miniature web: its data hold together, every page renders, and its sources can be read."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
import pytest
from lxml import etree, html

from readout.articles.extract import extract
from readout.catalog import load_sources
from readout.demo.render import render
from readout.demo.web import load_web, source_toml
from readout.model import Article, Link, Page

BASE = "http://127.0.0.2:8000"
WEB = load_web()
SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"
STORIES = [pytest.param(site, story, id=story.key) for site, story in WEB.stories()]


def body(pages, path):
    raw = pages[path].body
    return gzip.decompress(raw) if path.endswith(".gz") else raw


@pytest.fixture(scope="module", params=[site.id for site in WEB.sites])
def site(request):
    return next(site for site in WEB.sites if site.id == request.param)


# --- the data -----------------------------------------------------------------------------------------------------


def test_the_web_is_wide_enough():
    stories = [story for _, story in WEB.stories()]
    assert len(WEB.sites) >= 7
    assert len(stories) >= 64
    assert {story.language[:2] for story in stories} == {"en", "ru", "az", "kk", "uz"}
    assert sum(story.meeting is None for story in stories) >= 35


@pytest.mark.parametrize(
    ("meeting", "languages"),
    [("sorb-55", "az en kk ru uz"), ("intel-2021", "az en ru"), ("sorb-57", "en ru uz"), ("intel-21", "en ru")],
)
def test_a_meeting_is_told_in_several_languages_by_several_sites(meeting, languages):
    told = [(site.id, story.language[:2]) for site, story in WEB.stories() if story.meeting == meeting]
    assert {language for _, language in told} == set(languages.split())
    assert len({site for site, _ in told}) >= 3


def test_something_changes_between_the_polls():
    stories = [story for _, story in WEB.stories()]
    assert {story.appears for story in stories} == {1, 2}
    (edited,) = (story for story in stories if story.second is not None)
    assert edited.first.paragraphs != edited.second.paragraphs
    assert edited.first.modified < edited.second.modified


@pytest.mark.parametrize(("site", "story"), STORIES)
def test_a_story_is_dated_in_its_sites_zone(site, story):
    assert story.published.utcoffset() == story.published.astimezone(ZoneInfo(site.timezone)).utcoffset()
    meeting = next((meeting for meeting in WEB.meetings if meeting.key == story.meeting), None)
    if meeting is not None:
        assert abs((story.published.date() - meeting.start_date).days) <= 20


def test_watches_and_stories_name_meetings_that_exist():
    known = {meeting.key for meeting in WEB.meetings}
    assert {key for watch in WEB.watches for key in watch.hears_of} <= known
    assert {story.meeting for _, story in WEB.stories()} == known | {None}


def sentences(text):
    """The sentences of a text as words, those of at least five."""
    found = (" ".join(re.findall(r"\w+", part.lower())) for part in re.split(r"(?<=[.!?])\s|\n", text))
    return {sentence for sentence in found if len(sentence.split()) >= 5}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles that the idea began with lie beside the project")
def test_no_sentence_is_taken_from_the_articles_that_the_idea_began_with():
    theirs = set().union(*(sentences(file.read_text(encoding="utf-8")) for file in SEEDS.glob("*.txt")))
    editions = [edition for _, story in WEB.stories() for edition in (story.first, story.second) if edition]
    ours = set().union(*(sentences("\n".join((edition.title, *edition.paragraphs))) for edition in editions))
    assert theirs
    assert not ours & theirs


# --- the pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("poll", [1, 2])
def test_every_story_has_a_page_in_the_polls_it_appears_in(site, poll):
    pages = render(site, BASE, poll)
    for story in site.stories:
        edition = story.edition(poll)
        assert (site.path(story) in pages) == (edition is not None)
        if edition is not None:
            text = html.fromstring(body(pages, site.path(story))).text_content()
            assert edition.title in text
            assert all(paragraph in text for paragraph in edition.paragraphs)


def test_no_two_stories_share_a_page(site):
    assert len({site.path(story) for story in site.stories}) == len(site.stories)


def test_a_page_changes_only_when_its_story_is_edited(site):
    before, after = render(site, BASE, 1), render(site, BASE, 2)
    for story in site.stories:
        if story.appears == 1:
            path = site.path(story)
            same = before[path].body == after[path].body, before[path].headers == after[path].headers
            assert same == (story.second is None,) * 2


def listed(site, pages):
    """The addresses that the site's feeds, sitemaps and listings name, followed as a reader of them would."""
    for place in site.places:
        if place.type == "listing":
            yield from linked(pages, place)
        elif place.type == "feed":
            feed = feedparser.parse(body(pages, place.path))
            assert not feed.bozo
            yield from (entry.link for entry in feed.entries)
        else:
            yield from located(pages, place.path)


def linked(pages, place):
    path = place.path
    while path:
        page = html.fromstring(body(pages, path))
        for item in page.cssselect(place.selectors["item"]):
            (link,) = item.cssselect(place.selectors["link"])
            yield BASE + link.get("href")
        path = next((link.get("href") for link in page.cssselect(place.selectors["next"])), None)


def located(pages, path):
    tree = etree.fromstring(body(pages, path))
    for address in tree.xpath("//*[local-name()='loc']/text()"):
        if tree.tag.endswith("sitemapindex"):
            yield from located(pages, address.removeprefix(BASE))
        else:
            yield address


@pytest.mark.parametrize("poll", [1, 2])
def test_a_site_lists_what_it_has(site, poll):
    found = list(listed(site, render(site, BASE, poll)))
    stories = [BASE + site.path(story) for story in site.stories if story.appears <= poll]
    assert sorted(found) == sorted(stories)
    assert all(re.search(site.article, url) for url in found)


def test_some_sites_name_their_sitemap_and_one_closes_a_folder():
    robots = {site.id: body(render(site, BASE, 1), "/robots.txt").decode() for site in WEB.sites}
    assert f"Sitemap: {BASE}/sitemap.xml" in robots["commonwealth-desk"]
    assert [name for name, text in robots.items() if re.search(r"^Disallow: /", text, re.MULTILINE)] == [
        "northern-line"
    ]


@pytest.mark.parametrize(("site", "story"), STORIES)
def test_a_page_can_be_read_back(site, story):
    url, edition = BASE + site.path(story), story.edition(2)
    page = Page(
        url=url,
        final_url=url,
        status=200,
        body=body(render(site, BASE, 2), site.path(story)),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    article = extract(page, link=Link(url=url), zone=ZoneInfo(site.timezone))
    assert isinstance(article, Article)
    assert article.title == edition.title
    assert [line for line in article.text.splitlines() if line in edition.paragraphs] == list(edition.paragraphs)
    assert article.published is not None
    assert article.published.astimezone(ZoneInfo(site.timezone)).date() == story.published.date()


def test_the_sources_are_valid(tmp_path):
    for site in WEB.sites:
        (tmp_path / f"{site.id}.toml").write_text(source_toml(site, BASE), encoding="utf-8")
    sources = load_sources([tmp_path])
    assert set(sources) == {site.id for site in WEB.sites}
    assert {place.kind.value for source in sources.values() for place in source.discover} == {
        "feed",
        "sitemap",
        "listing",
    }
