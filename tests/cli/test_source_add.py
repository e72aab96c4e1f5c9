"""From an address to a source's file."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from readout.cli import app
from readout.cli.source_add import write_new
from readout.demo.server import SiteServer
from readout.discovery import DiscoveryKind
from readout.error import ConfigError, ReadoutError
from readout.model import Link
from readout.source_file import read_source_file
from readout.surveying.draft import Given, Known, draft_of, id_of, source_text
from readout.surveying.front import Front
from readout.surveying.pattern import learn_pattern
from readout.surveying.survey import SiteSurvey, Spot
from tests.newcomers import NAVIGATION, SITES, TITLES, begin, blog_source, end, serve, settle_in

GIVEN = ("--country", "AZ", "--timezone", "Asia/Baku")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """What `source add` says and writes of each site; and what each was asked for."""
    folder = tmp_path_factory.mktemp("add")
    with SiteServer(*SITES) as web:
        serve(web)
        file = settle_in(folder)
        running = {site: begin(file, "source", "add", web.url(site), "--id", site, *GIVEN) for site in SITES}
        answers = {site: end(each) for site, each in running.items()}
        files = {path.stem: path for path in (folder / "my-sources").iterdir()}
        log = {site: [request.path for request in web.log(site)] for site in SITES}
        url = {site: web.url(site) for site in SITES}
    return answers, files, log, url


@pytest.mark.parametrize(
    ("site", "discover", "backfill"),
    [
        ("blog", [("feed", "/feed/")], [("sitemap", "/wp-sitemap.xml")]),
        ("listing", [("listing", "/en/news")], []),
        ("sitemap", [("news_sitemap", "/sitemap.xml")], []),
    ],
)
def test_a_site_is_found_out(added, site, discover, backfill):
    answers, files, log, url = added
    code, said, errors = answers[site]
    assert (code, errors) == (0, "")
    (found,), faults = read_source_file(files[site])
    assert faults == []
    base = url[site].rstrip("/")
    assert [(place.kind, place.url) for place in found.discover] == [(kind, base + path) for kind, path in discover]
    assert [(place.kind, place.url) for place in found.backfill] == [(kind, base + path) for kind, path in backfill]
    assert (found.enabled, found.checked, found.country, found.languages) == (True, True, "AZ", ("en",))
    assert f"next: readout source check {site}" in said
    assert all(title in said for title in TITLES[:3])
    assert len(log[site]) <= 20
    assert max(map(len, said.splitlines())) <= 100


@pytest.mark.parametrize("site", ["blog", "listing", "sitemap"])
def test_the_pattern_matches_articles_and_nothing_around_them(added, site):
    _, files, log, url = added
    (found,), _ = read_source_file(files[site])
    read = [path for path in log[site] if any(mark in path for mark in ("samarkand", "/en/news/18"))]
    assert read
    assert all(found.owns(url[site].rstrip("/") + path) for path in read)
    around = [part.split('"')[0] for part in NAVIGATION.split('href="')[1:]]
    assert not [path for path in around if found.owns(url[site].rstrip("/") + path)]
    assert not found.owns(url[site].rstrip("/") + "/en/news")


def test_the_file_says_how_each_thing_is_known(added):
    text = added[1]["blog"].read_text()
    assert 'name = "The Courier"  # the page\'s og:site_name' in text
    assert "# A GUESS: agency | government" in text
    assert "# named by the front page" in text
    assert "checked = { on = " in text


def test_the_dates_beside_a_listing_are_found(added):
    (found,), _ = read_source_file(added[1]["listing"])
    assert found.discover[0].date == ".date"


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("walled", "403 Forbidden, with a challenge: Just a moment"),
        ("closed", "robots.txt does not allow it\nIts site does not want it"),
        ("script", "no articles were found that share a shape"),
    ],
)
def test_a_site_that_cannot_be_read_leaves_no_file(added, site, said):
    answers, files, log, _ = added
    code, _, errors = answers[site]
    assert code == 1
    assert said in errors
    assert site not in files
    assert site != "closed" or log[site] == ["/robots.txt"]


def test_a_site_that_is_watched_is_not_asked(tmp_path):
    with SiteServer(*SITES) as web:
        serve(web)
        file = settle_in(tmp_path, blog_source(web))
        told = CliRunner().invoke(app, ["--config", str(file), "source", "add", web.url("blog")])
        assert "the source blog (Blog) watches this site already" in str(told.exception)
        assert web.log() == []


@pytest.mark.parametrize("url", ["ftp://x.example/", "x.example", "http://[", "https://"])
def test_an_address_that_is_none_is_refused(tmp_path, url):
    told = CliRunner().invoke(app, ["--config", str(settle_in(tmp_path)), "source", "add", url])
    assert isinstance(told.exception, ConfigError)
    assert "no address of the web" in str(told.exception)


# --- the file -------------------------------------------------------------------------------------------------------


def a_draft(**changes):
    urls = [f"https://courier.az/news/{number}-a-long-story" for number in range(100, 105)]
    links = tuple(Link(url=url) for url in urls)
    spot = Spot(kind=DiscoveryKind.FEED, url="https://courier.az/rss", how="named by the front page", links=links)
    survey = SiteSurvey(asked="https://courier.az/", home="https://courier.az/", spots=[spot])
    survey.front = Front(name="Courier", name_from="the page's title", language="az")
    survey.learnt = learn_pattern(urls)
    return replace(draft_of(survey, [], Given(), now=NOW), **changes)


def test_country_and_zone_follow_from_the_address():
    draft = a_draft()
    assert (draft.id, draft.country.value, draft.timezone.value, draft.languages) == (
        "courier",
        "AZ",
        "Asia/Baku",
        ("az",),
    )
    assert draft.unknown == []


@pytest.mark.parametrize(
    "name", ['"""\nid = "x"', "a\x00b\x1b[31m", "\u202eevil", "'''", "\\u0000", "# x\r\n[y]", "x" * 9999]
)
def test_no_name_breaks_out_of_its_line(name, tmp_path):
    text = source_text(a_draft(name=Known(value=name.replace("\x00", ""), how=name)))
    path = tmp_path / "courier.toml"
    path.write_text(text)
    (found,), faults = read_source_file(path)
    assert (found.id, faults) == ("courier", [])
    assert all(letter.isprintable() for line in text.splitlines() for letter in line)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("www.caliber.az", "caliber"),
        ("en.apa.az", "en-apa"),
        ("mfa.gov.az", "mfa"),
        ("127.0.0.2", "127-0-0-2"),
        ("xn--80ak6aa92e.com", "xn-80ak6aa92e"),
        ("gov.kz", "gov-kz"),
        ("a" * 70 + ".example", "a" * 60),
    ],
)
def test_what_a_source_is_called(host, key):
    assert id_of(host) == key


def test_a_file_that_is_there_stays_and_then_nothing_is_written(tmp_path):
    text = source_text(a_draft())
    (tmp_path / "b.toml").write_text("mine")
    with pytest.raises(ReadoutError, match="is there already: nothing was written"):
        write_new({tmp_path / "a.toml": text, tmp_path / "b.toml": text})
    assert [path.name for path in tmp_path.iterdir()] == ["b.toml"]
    assert (tmp_path / "b.toml").read_text() == "mine"


def test_what_cannot_be_read_is_not_written(tmp_path):
    text = source_text(a_draft(timezone=Known(value="Asia/Nowhere", how="as given")))
    with pytest.raises(ConfigError, match="IANA"):
        write_new({tmp_path / "new" / "a.toml": text})
    assert list(tmp_path.iterdir()) == []
