"""Where a site is at home."""

from datetime import UTC, datetime, timedelta

import pytest

from readout.surveying.survey import is_of_site, site_of
from readout.surveying.whereabouts import country_of, offset_of, zone_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "country"),
    [
        ("apa.az", "AZ"),
        ("www.gov.uk", "GB"),
        ("x.com", None),
        ("news.am", "AM"),
        ("a.tv", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_a_country_by_its_domain(host, country):
    assert country_of(host) == country


@pytest.mark.parametrize(
    ("country", "hours", "zone"),
    [
        ("AZ", None, "Asia/Baku"),
        ("KZ", None, "Asia/Almaty"),  # several zones, one time
        ("UZ", 3, "Asia/Tashkent"),
        ("RU", None, None),
        ("RU", 3, "Europe/Moscow"),
        ("US", None, None),
        ("UA", 2, "Europe/Kyiv"),
        ("ZZ", 4, None),
        (None, 4, None),
    ],
)
def test_a_zone_is_known_only_where_there_is_but_one(country, hours, zone):
    found, why = zone_of(country, timedelta(hours=hours) if hours else None, now=NOW)
    assert found == zone
    assert why


@pytest.mark.parametrize(
    ("feed", "hours"),
    [
        (b"<pubDate>Sun, 22 Nov 2026 14:00:00 +0400</pubDate>" * 3, 4),
        (b"<updated>2026-11-22T14:00:00-05:00</updated>", -5),
        (b"<pubDate>Sun, 22 Nov 2026 14:00:00 +0000</pubDate>", None),
        (b"14:00:00 +0400 14:00:00 +0300", None),
        (b"14:00:00 +9900", None),
        (b"", None),
    ],
)
def test_an_offset_by_the_dates_of_a_feed(feed, hours):
    assert offset_of(feed) == (timedelta(hours=hours) if hours else None)


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("en.apa.az", "apa.az"),
        ("www.mfa.gov.az", "mfa.gov.az"),
        ("a.b.example.com", "example.com"),
        ("127.0.0.2:80", "127.0.0.2"),
    ],
)
def test_the_site_of_a_host(host, site):
    assert site_of(host) == site


def test_a_site_on_another_port_of_an_address_is_another():
    assert is_of_site("http://127.0.0.1:1/x", "http://127.0.0.1:1/")
    assert not is_of_site("http://127.0.0.1:2/x", "http://127.0.0.1:1/")
    assert not is_of_site("http://[", "http://a.az/")
