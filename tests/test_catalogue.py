"""Every source that ships: its file is sound by itself, and no two of them are in each other's way."""

from __future__ import annotations

import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from re import _compiler as compiler  # the one way to ask a pattern how it is built; a test may lean on it
from re import _constants as sre
from re import _parser as regex
from typing import Any

import pytest

from readout.articles.urls import canonical_url
from readout.catalog import load_sources
from readout.config import shipped_sources
from readout.discovery import Discovery, IdWalk, JsonApi, PageWatch, Sitemap
from readout.model import Source, SourceKind
from readout.source_file import read_source_file

FOLDER = shipped_sources()
FILES = {path.stem: path for path in sorted(FOLDER.rglob("*.toml"))}

# country → the folder of its publishers, and the zone it keeps; organisations of states are in `world` whatever it is
PLACES = {
    "AZ": ("caucasus", "Asia/Baku"),
    "AM": ("caucasus", "Asia/Yerevan"),
    "GE": ("caucasus", "Asia/Tbilisi"),
    "KZ": ("central-asia", "Asia/Almaty"),
    "KG": ("central-asia", "Asia/Bishkek"),
    "TJ": ("central-asia", "Asia/Dushanbe"),
    "TM": ("central-asia", "Asia/Ashgabat"),
    "UZ": ("central-asia", "Asia/Tashkent"),
    "RU": ("russia", "Europe/Moscow"),
    "CIS": ("russia", "Europe/Moscow"),
    "BY": ("europe", "Europe/Minsk"),
    "UA": ("europe", "Europe/Kyiv"),
    "MD": ("europe", "Europe/Chisinau"),
    "TR": ("europe", "Europe/Istanbul"),
    "US": ("world", None),
    "GB": ("world", "Europe/London"),
    "CZ": ("world", "Europe/Prague"),
}
LANGUAGES = "ar az be de en es fa fr hy ja ka kk ky pl pt ro ru tg tk tr uk uz zh"
ON_BY_DEFAULT = """
    az-dtx caliber apa trend azertag az-president tengrinews astanatimes 24kg kabar khovar asiaplus uza gazeta-uz
    tass-en ria ru-kremlin ru-scrf ukrinform un-press
"""
ORDER = """
    id name kind country languages timezone home aliases article examples enabled checked interval schedule delay via
    canonical title date url_date body credits encoding render robots headers user_agent_class ca_file note caution
"""
# what these sites were seen to bear, in seconds between two requests
DELAYS = {"ru-kremlin": 15, "ru-scrf": 6, "ru-mid": 10}
# hours that the items of one feed cover
WINDOWS = {"report-az": 7, "haqqin": 6, "trend": 19, "apa": 26, "azertag": 15}
# what stood there once and was found gone, or answers with a page for people
DEAD = """
    https://caliber.az/rss https://news.az/rss https://armenpress.am/rss/eng https://www.ukrinform.net/rss
    https://tengrinews.kz/rss https://www.zakon.kz/rss https://kabar.kg/rus/rss https://24.kg/rss/all
    https://eng.belta.by/rss https://www.osce.org/rss.xml https://www.eeas.europa.eu/rss.xml
    https://www.bsec-organization.org/rss https://www.nato.int/cps/en/natohq/rss.xml
    https://www.interpressnews.ge/en/rss https://www.tccb.gov.tr/rss
"""


@cache
def entry(name: str) -> dict[str, Any]:
    """The table as it is written."""
    (table,) = tomllib.loads(FILES[name].read_text(encoding="utf-8"))["source"]
    return table


@cache
def source(name: str) -> Source:
    (found,), faults = read_source_file(FILES[name])
    assert not faults
    return found


def places(one: Source) -> tuple[Discovery, ...]:
    return (*one.discover, *one.backfill)


def filled(url: str) -> str:
    """An address with something where its braces stand."""
    return re.sub(r"\{\w*\}", "17", url)


every_file = pytest.mark.parametrize("name", FILES)


# --- one file -----------------------------------------------------------------------------------------------------


@every_file
def test_a_file_holds_one_source_under_its_own_name(name):
    found, faults = read_source_file(FILES[name])
    assert faults == []
    assert [one.id for one in found] == [name]


@every_file
def test_a_file_lies_where_its_country_says(name):
    one = source(name)
    region = "world" if one.kind is SourceKind.INTERGOVERNMENTAL else PLACES[one.country][0]
    assert FILES[name].relative_to(FOLDER).parts[:-1] == (region,)


@every_file
def test_a_file_is_written_like_the_others(name):
    written = [key for key in entry(name) if key not in ("discover", "backfill")]
    assert written == sorted(written, key=ORDER.split().index)
    assert {"enabled", "checked"} <= set(written)
    assert "interval" in written or not entry(name)["discover"]
    assert "\n\n" not in FILES[name].read_text(encoding="utf-8")


@every_file
def test_nobody_has_seen_it_work(name):
    assert entry(name)["checked"] is False


@every_file
def test_what_is_guessed_needs_a_browser_or_care_is_off(name):
    one = source(name)
    if not one.enabled:
        return
    assert entry(name)["examples"]
    assert not one.access.renders
    assert not one.caution
    assert not (one.note or "").startswith("Inferred")


@every_file
def test_an_article_is_shown_or_said_to_be_unknown(name):
    if not entry(name).get("examples"):
        assert re.search(r"inferred|known|seen", source(name).note, re.IGNORECASE)


@every_file
def test_the_pattern_tells_articles_from_the_pages_that_lead_to_them(name):
    one = source(name)
    assert all(one.owns(url) for url in entry(name).get("examples", ()))
    assert not one.owns(one.home)
    for place in places(one):
        leads_to_itself = isinstance(place, IdWalk | PageWatch)
        assert one.owns(filled(place.url)) is leads_to_itself, place.url
        if isinstance(place, JsonApi):
            assert one.owns(filled(place.link)), place.link


@every_file
def test_the_pattern_is_bound_to_the_site(name):
    """Without its beginning and its host a pattern would take pages of others, wherever they are linked."""
    article = source(name).article
    assert article.startswith("^http")
    assert not re.search(article, "https://elsewhere.example/?from=" + filled(entry(name).get("examples", ["x"])[0]))


@every_file
def test_times_are_within_bounds(name):
    one = source(name)
    assert timedelta(minutes=15) <= one.interval <= timedelta(days=1)
    assert not one.enabled or one.interval <= timedelta(hours=3)
    assert one.delay is None or timedelta(seconds=2) <= one.delay <= timedelta(minutes=1)


@every_file
def test_languages_and_zone_are_those_of_the_place(name):
    one = source(name)
    assert set(one.languages) <= {*LANGUAGES.split()}
    assert len(set(one.languages)) == len(one.languages)
    if one.kind is not SourceKind.INTERGOVERNMENTAL:
        assert one.timezone == (PLACES[one.country][1] or one.timezone)


@every_file
def test_no_place_is_asked_twice(name):
    for asked in (source(name).discover, source(name).backfill):
        assert len({place.url for place in asked}) == len(asked)


@every_file
def test_a_publisher_without_a_site_is_heard_through_known_ones(name):
    one = source(name)
    assert one.discover or one.via
    assert {*one.via} <= {*FILES} - {name}


# --- all of them --------------------------------------------------------------------------------------------------


def test_every_id_is_given_once():
    assert set(load_sources([FOLDER])) == set(FILES)
    assert len(FILES) == len(list(FOLDER.rglob("*.toml")))


def test_exactly_those_are_on_by_default():
    assert {name for name in FILES if source(name).enabled} == {*ON_BY_DEFAULT.split()}


@pytest.mark.parametrize(("name", "seconds"), DELAYS.items())
def test_a_site_with_a_known_limit_is_asked_slowly(name, seconds):
    assert source(name).delay == timedelta(seconds=seconds)


@pytest.mark.parametrize(("name", "hours"), WINDOWS.items())
def test_a_short_feed_is_asked_long_before_it_has_moved_on(name, hours):
    assert source(name).interval * 4 <= timedelta(hours=hours)


def test_no_source_takes_the_articles_of_another():
    sources = [source(name) for name in FILES]
    for name in FILES:
        for url in entry(name).get("examples", ()):
            assert [one.id for one in sources if one.owns(url)] == [name], url


def test_no_place_is_asked_that_is_known_to_be_gone():
    asked = {place.url.rstrip("/") for name in FILES for place in places(source(name))}
    assert asked & {*DEAD.split()} == set()


def test_the_page_for_users_counts_them_right():
    page = (FOLDER.parent / "docs" / "sources.md").read_text(encoding="utf-8")
    told = {folder: int(number) for folder, number in re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", page, re.MULTILINE)}
    assert told == Counter(path.parent.name for path in FILES.values())
    assert f"holds {len(FILES)} sites" in page
    for name in ON_BY_DEFAULT.split():
        assert re.search(rf"\b{name}\b", page), name


# --- patterns meet addresses that strangers wrote -------------------------------------------------------------------
#
# An endless repetition inside another, (a+)+, may take time that doubles with each letter, unless a sign that the inner
# one cannot match parts its turns, as in (-[a-z]+)+. With that excluded time grows like a power of the length at worst,
# and the power is kept down by trying.

_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
_HOSTILE = ("a", "1", "-", "/", "a-", "1-", "a/", "1/", "-1", "_", "%", "&id=", "?", ".", "a.html")


def patterns(one: Source) -> Iterator[str]:
    """Every regular expression of a source that is tried on addresses."""
    yield one.article
    yield from filter(None, [one.page_rules.date.url])
    yield from (pattern for pattern, _ in one.url_rules.replace)
    yield from (place.child for place in places(one) if isinstance(place, Sitemap) and place.child)


def doubles(pattern: str) -> bool:
    """Whether an endless repetition holds another, and nothing parts the turns of the outer one."""
    return any(any(endless(body)) and not parted(body) for body in endless(regex.parse(pattern)))


def endless(parts: Any) -> Iterator[Any]:
    """What is repeated without end, at any depth."""
    for operator, argument in parts:
        if operator in _REPEATS and argument[1] is sre.MAXREPEAT:
            yield argument[2]
        yield from (body for part in _parts(argument) for body in endless(part))


def _parts(argument: Any) -> Iterator[Any]:
    if isinstance(argument, regex.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _parts(one)


def parted(body: Any) -> bool:
    """Whether each turn of `body` begins or ends with a sign that nothing repeated inside it matches."""
    while len(body) == 1 and body[0][0] is sre.SUBPATTERN:
        body = body[0][1][-1]
    signs = [chr(argument) for operator, argument in (body[0], body[-1]) if operator is sre.LITERAL]
    inner = [compiler.compile(repeated, 0) for repeated in endless(body)]
    return any(not any(one.search(sign) for one in inner) for sign in signs)


def hostile(one: Source, length: int) -> Iterator[str]:
    """Addresses that begin like its articles, up to each slash, and go on with what never ends as they do."""
    address = (entry(one.id).get("examples") or [one.home])[0]
    begins = {address[: at + 1] for at, sign in enumerate(address) if sign in "/-=" and at > 8} | {address}
    for begin in sorted(begins):
        for sign in _HOSTILE:
            yield from ((begin + sign * length)[:length] + end for end in ("\n\n", "#\n\n"))


@pytest.mark.parametrize(
    ("pattern", "is_bad"),
    [
        (r"(a+)+$", True),
        (r"x((?:a*b)?c)*", False),
        (r"([a-z]+-?)+$", True),
        (r"(-[a-z]+)+$", False),
        (r"(-[a-z-]+)+$", True),
        (r"([a-z]+/){2,}", False),
        (r"([a-z]+/[a-z]+)*", True),
        (r"(a|[a-z]*)*", True),
        (r"(a{2}){3}b+c*", False),
    ],
)
def test_a_pattern_that_doubles_is_found(pattern, is_bad):
    assert doubles(pattern) is is_bad


@every_file
def test_a_hostile_address_takes_little_time(name):
    """What doubles would not end, so it is looked for; lengths rise, so that what is cubic is caught while it ends."""
    one = source(name)
    assert [pattern for pattern in patterns(one) if doubles(pattern)] == []
    for length in (200, 1000, 4000):
        for pattern in map(re.compile, patterns(one)):
            for address in hostile(one, length):
                began = time.process_time()
                pattern.search(address)
                assert time.process_time() - began < 0.25, (pattern.pattern, address[:80], length)


def test_a_rule_for_addresses_keeps_its_examples_apart():
    """A rule that is too wide makes one address of two articles."""
    for name in FILES:
        one, examples = source(name), entry(name).get("examples", ())
        spelled = {canonical_url(url, one.url_rules) for url in examples}
        assert len(spelled) == len({canonical_url(url) for url in examples}), name
        for url in examples:
            again = canonical_url(canonical_url(url, one.url_rules), one.url_rules)
            assert again == canonical_url(url, one.url_rules), url
