"""How a site is asked that is asked otherwise: by another name, with certificates of its own, in a browser."""

from dataclasses import replace
from pathlib import Path

import pytest

from readout import __version__
from readout.catalog import load_sources
from readout.config import Config
from readout.site_rules import Access
from settings import DOWNLOAD_HANDLERS
from spiders.access import NO_OTHERS, access_fault, settings_of
from tests.sites import configure, crawl, feed, outcomes, source, story
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
    assert NO_OTHERS == DOWNLOAD_HANDLERS


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


@pytest.fixture
def site(tmp_path):
    (tmp_path / "sources").mkdir()
    with TlsSite(tmp_path / "sources", "localhost") as site:
        yield site


def trusting(site, folder, host="localhost", **fields):
    rss, page = feed(site.url("/news/1", host)), story(1)
    site.contents = {"/rss": ("application/rss+xml", rss.body), "/news/1": ("text/html", page.body)}
    place = {"type": "feed", "url": site.url("/rss", host)}
    return configure(folder, source("courier", site.url("/", host), place, **fields))


@pytest.mark.parametrize("file", ["intermediate.pem", "root.pem", "both.pem"])
def test_a_source_may_trust_a_certificate_of_its_own(site, tmp_path, file):
    both = site.ca_file.read_bytes() + site.root_file.read_bytes()
    (Path(site.ca_file).parent / "both.pem").write_bytes(both)
    config = trusting(site, tmp_path, ca_file=file)
    end = crawl(config)
    if file == "root.pem":  # the intermediate is still missing
        assert "its certificate is not to be trusted" in end.error
        assert site.asked == []
    else:
        assert end.error is None
        assert outcomes(config) == {"/news/1": "not_a_report"}


def test_without_it_the_site_is_refused_with_a_reason(site, tmp_path):
    end = crawl(trusting(site, tmp_path))
    assert "its certificate is not to be trusted" in end.error
    assert site.asked == []


def test_a_name_that_is_not_the_sites_stays_refused(site, tmp_path):
    end = crawl(trusting(site, tmp_path, host="127.0.0.1", ca_file="intermediate.pem"))
    assert "its certificate is not to be trusted" in end.error
    assert site.asked == []


def test_a_crawl_that_cannot_be_as_its_file_says_comes_to_one_sentence(site, tmp_path):
    end = crawl(trusting(site, tmp_path, ca_file="lost.pem"))
    assert end.error == f"ca_file {tmp_path / 'sources' / 'lost.pem'}: No such file or directory"
    assert site.asked == []
