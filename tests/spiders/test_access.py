"""How a site is asked that is asked otherwise: by another name, with certificates of its own, in a browser."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from readout import __version__
from readout.catalog import load_sources
from readout.config import Config
from readout.site_rules import Access
from readout.workers.event import CrawlEvent
from readout.workers.once import crawl_once
from settings import DOWNLOAD_HANDLERS
from spiders.access import NO_OTHERS, access_fault, settings_of
from tests.sites import configure, feed, query, source, story
from tests.spiders.tls_site import TlsSite

PLACE = {"type": "feed", "url": "https://courier.example/rss"}


@pytest.fixture
def courier(tmp_path):
    config = configure(tmp_path, source("courier", "https://courier.example/", PLACE))
    return load_sources(config.sources)["courier"]


@pytest.mark.parametrize(
    ("access", "contact", "name"),
    [
        (Access(), None, f"Mozilla/5.0 (compatible; Readout/{__version__}; meeting monitor)"),
        (
            Access(as_feed_reader=True),
            "https://me.example",
            f"Mozilla/5.0 (compatible; Readout/{__version__}; feed reader; +https://me.example)",
        ),
        (Access(as_feed_reader=True), None, f"Mozilla/5.0 (compatible; Readout/{__version__}; feed reader)"),
        (Access(user_agent="Courier's friend/2"), "https://me.example", "Courier's friend/2"),
    ],
)
def test_what_we_call_ourselves(courier, access, contact, name):
    config = Config(crawl={"contact": contact})
    assert settings_of(replace(courier, access=access), config)["USER_AGENT"] == name


def test_what_is_turned_off_stays_so_beside_another_handler():
    assert {scheme: handler for scheme, handler in DOWNLOAD_HANDLERS.items() if handler is None} == NO_OTHERS


@pytest.mark.parametrize(
    ("access", "remarks"),
    [
        (Access(), ()),
        (Access(ignores_robots=True), ("robots.txt not obeyed",)),
        (Access(renders=True, as_feed_reader=True), ("read in a browser", "asked as a feed reader")),
    ],
)
def test_what_is_out_of_the_ordinary_is_said(access, remarks):
    assert access.remarks == remarks


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"", "there is no certificate in it"),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "what stands in it as a certificate is none",
        ),
        (b"\x30\x82\xff", "that is no PEM file"),
    ],
)
def test_a_file_of_certificates_that_is_none_is_said_before_anything_is_asked(courier, tmp_path, content, said):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    wrong = replace(courier, access=Access(ca_file=str(file)))
    assert said in access_fault(wrong, Config())
    assert "READOUT_CA_FILE" not in settings_of(wrong, Config())


@pytest.mark.parametrize(
    ("fields", "missing", "said"),
    [
        ({"render": "browser"}, "scrapy_playwright", "pip install 'readout[browser]'"),
        ({"render": "browser"}, "chromium", "apt-get install chromium"),
        ({"render": "browser", "ca_file": "ca.pem"}, "", "do not go together"),
    ],
)
def test_a_browser_that_cannot_be_had_is_said_in_one_sentence(tmp_path, monkeypatch, fields, missing, said):
    pytest.importorskip("scrapy_playwright") if missing == "chromium" else None
    config = configure(tmp_path, source("courier", "https://courier.example/", PLACE, **fields))
    if missing == "scrapy_playwright":
        monkeypatch.setattr("spiders.access.importlib.util.find_spec", lambda _: None)
    if missing == "chromium":
        monkeypatch.setenv("PATH", str(tmp_path))
    assert said in access_fault(load_sources(config.sources)["courier"], config)


# --- certificates -----------------------------------------------------------------------------------------------------


SITES = {
    # the file that the source trusts, and the name it calls its site by
    "intermediate": ("intermediate.pem", "localhost"),
    "root": ("root.pem", "localhost"),
    "both": ("both.pem", "localhost"),
    "none": (None, "localhost"),
    "other-name": ("intermediate.pem", "127.0.0.1"),
    "lost": ("lost.pem", "localhost"),
}


def trusting(site, folder, name):
    """A source of a site with its own authorities, whose certificates are laid in `folder`."""
    file, host = SITES[name]
    (folder / "both.pem").write_bytes(site.ca_file.read_bytes() + site.root_file.read_bytes())
    rss, page = feed(site.url("/news/1", host)), story(1)
    site.contents = {"/rss": ("application/rss+xml", rss.body), "/news/1": ("text/html", page.body)}
    fields = {"ca_file": f"{name}/{file}"} if file else {}
    return source(name, site.url("/", host), {"type": "feed", "url": site.url("/rss", host)}, **fields)


@dataclass(frozen=True)
class Press:
    """What came of a crawl of sites over TLS: its ends, the fates of links, and what each site was asked."""

    folder: Path
    ends: dict[str, CrawlEvent]
    fates: list[tuple[str, str]]
    asked: dict[str, list[str]]


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    with ExitStack() as servers:
        sites, sources = {}, []
        for name in SITES:
            certificates = folder / "sources" / name
            certificates.mkdir(parents=True)
            sites[name] = servers.enter_context(TlsSite(certificates, "localhost"))
            sources.append(trusting(sites[name], certificates, name))
        config = configure(folder, *sources)
        ends = {str(end.source): end for end in crawl_once(config)}
        fates = query(config, "SELECT source_id, outcome FROM link ORDER BY source_id")
        yield Press(folder, ends, fates, {name: site.asked for name, site in sites.items()})


@pytest.mark.parametrize("name", ["intermediate", "both"])
def test_a_source_may_trust_a_certificate_of_its_own(press, name):
    assert press.ends[name].error is None
    assert "/news/1" in press.asked[name]
    assert press.fates == [("both", "not_a_report"), ("intermediate", "not_a_report")]


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "root",  # the intermediate is still missing
        "other-name",
    ],
)
def test_without_the_right_one_a_site_is_refused_with_a_reason(press, name):
    assert "its certificate is not to be trusted" in press.ends[name].error
    assert press.asked[name] == []


def test_a_crawl_that_cannot_be_as_its_file_says_comes_to_one_sentence(press):
    lost = press.folder / "sources" / "lost" / "lost.pem"
    assert press.ends["lost"].error == f"ca_file {lost}: No such file or directory"
    assert press.asked["lost"] == []
