"""Pages and places of the catalogue's sites, as they are built, are read as a careful person reads them.

Their texts are ours, invented for these tests; only how they are marked up is that of the sites.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from readout.articles.extract import extract
from readout.articles.markup import decode
from readout.catalog import load_sources
from readout.config import shipped_sources
from readout.discovery import Discovery, DiscoveryKind, Feed, JsonApi, Listing, Telegram
from readout.error import SourceChanged
from readout.finding import Rejected
from readout.golden import Golden, GoldenPlace, differences, place_differences, read_golden
from readout.model import Article, Link, Source
from spiders.discover.feed import feed_links
from spiders.discover.json_api import json_links
from spiders.discover.listing import listing_links
from spiders.discover.paging import page_urls
from spiders.discover.telegram import telegram_page

GOLDEN = Path(__file__).parent / "golden"
FOLDERS = {folder.name: folder for folder in sorted(GOLDEN.iterdir()) if folder.is_dir()}
WITH_PLACE = [name for name, folder in FOLDERS.items() if (folder / "place.toml").exists()]


@cache
def sources() -> dict[str, Source]:
    return {source.id: source for source in load_sources([shipped_sources()]).values()}


@cache
def golden(name: str) -> Golden:
    return read_golden(FOLDERS[name])


def source_of(name: str) -> Source:
    return sources()[golden(name).source or name]


def read(name: str, *, link: Link | None = None, body: bytes | None = None) -> Article | Rejected:
    """The page as the source's rules have it, found as `link`; what its place shows has just been seen first."""
    pair, source = golden(name), source_of(name)
    shown = {found.url: found for found in pair.place.links} if pair.place else {}
    # of a channel's post its place alone knows the title
    title = pair.title if pair.place and pair.place.kind is DiscoveryKind.TELEGRAM else None
    return extract(
        pair.page() if body is None else replace(pair.page(), body=body),
        link=link or Link(url=pair.url, title=title),
        zone=ZoneInfo(source.timezone),
        rules=source.page_rules,
        new_at=pair.fetched_at if pair.url in shown else None,
    )


def found_links(source: Source, place: GoldenPlace, body: bytes | None = None) -> list[Link]:
    """What the walk finds at the place, by the entry of the catalogue that asks for it."""
    zone, content = ZoneInfo(source.timezone), place.body if body is None else body
    text = decode(content, place.content_type)
    match entry_of(source, place):
        case Feed():
            return feed_links(content, url=place.url, content_type=place.content_type, zone=zone)
        case JsonApi() as api:
            return list(json_links(content, place.url, api, zone).links)
        case Listing() as listing:
            return list(listing_links(text, place.url, listing, zone).links)
        case Telegram() as channel:
            return list(telegram_page(text, place.url, channel).links)
        case other:
            raise AssertionError(f"no golden place of this kind is expected: {other}")


def entry_of(source: Source, place: GoldenPlace) -> Discovery:
    day = (place.fetched_at or datetime(2026, 11, 19, tzinfo=UTC)).date()
    entries = (entry for entry in source.discover if entry.kind == place.kind)
    return next(entry for entry in entries if next(page_urls(entry, today=day)) == place.url)


def wrong(pair: Golden, article: Article | Rejected) -> list[str]:
    """What is read otherwise than it must be, and which rules found nothing, though the page was read without."""
    return [*differences(pair, article), *(f"rule {key}: found nothing" for key in article.missed_rules)]


@pytest.mark.parametrize("name", FOLDERS)
def test_the_page_is_read_as_a_careful_person_reads_it(name):
    assert wrong(golden(name), read(name)) == []


@pytest.mark.parametrize("name", WITH_PLACE)
def test_the_place_shows_the_articles_and_no_others(name):
    place, source = golden(name).place, source_of(name)
    links = found_links(source, place)
    assert place_differences(place, links) == []
    assert {link.url for link in links if source.owns(link.url)} == {link.url for link in place.links}


@pytest.mark.parametrize("name", WITH_PLACE)
def test_what_its_place_says_beside_it_changes_no_page(name):
    pair = golden(name)
    link = next(link for link in found_links(source_of(name), pair.place) if link.url == pair.url)
    article = read(name, link=link)
    assert isinstance(article, Article)
    # a place may know the time of a day that the page shows alone
    assert differences(replace(pair, day_only=article.published_day_only), article) == []


# What a site's next change of markup would do: had the pair no hold on it, these would stay as they are.
CHANGED = {
    "caliber": ("post_body", "post_content"),
    "tengrinews": ("content_main_text", "text"),
    "24kg": ("articleBody", "body"),
    "gazeta-uz": ("js-mediator-article", "text"),
    "sputnik": ("article__text", "text"),
    "rferl-engine": ('class="wsw"', 'class="wrap"'),
    "ru-kremlin": ("read__tooltip", "tooltip"),
    "ru-scrf": ("read_meta", "meta"),
    "bitrix": ("news-list", "list"),
    "uza": ("news-top-head__date", "date"),
    "telegram": ("tgme_widget_message_text", "text"),
}
CHANGED_PLACES = {
    "caliber-en": ("float_block_time", "time"),
    "ru-scrf": ('class="news"', 'class="list"'),
    "ru-fsb": ('"date"', '"day"'),
    "gov-kz": ("created_date", "published"),
    "telegram": ("data-post", "data-id"),
    "iaea": ("26-11-18", "26-11"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_page_is_seen(name):
    old, new = CHANGED[name]
    changed = golden(name).body.replace(old.encode(), new.encode())
    assert changed != golden(name).body
    assert wrong(golden(name), read(name, body=changed)) != []


@pytest.mark.parametrize("name", CHANGED_PLACES)
def test_a_changed_place_is_seen(name):
    old, new = CHANGED_PLACES[name]
    place = golden(name).place
    changed = place.body.replace(old.encode(), new.encode())
    assert changed != place.body
    try:
        links = found_links(source_of(name), place, changed)
    except SourceChanged:
        return
    assert place_differences(place, links) != []


def test_all_of_it_is_ours_and_small():
    sizes = {str(path): path.stat().st_size for path in GOLDEN.rglob("*") if path.is_file()}
    assert {path for path, size in sizes.items() if size > 30_000 or path.endswith(".gz")} == set()
    assert sum(sizes.values()) <= 500_000


def test_every_source_that_is_on_has_a_pair_with_its_place():
    assert {name for name, source in sources().items() if source.enabled} <= set(WITH_PLACE)
