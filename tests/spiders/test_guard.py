"""No request leaves for an address that is not public."""

from ipaddress import IPv6Address, ip_address, ip_network
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.demo.server import Answer, SiteServer
from readout.guard import is_public
from readout.workers.once import crawl_once
from spiders.guard import Guard
from tests.sites import configure, fates, feed, source


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *("100.64.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b::ffff:1"),
        *("::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "::2:0:0:1", "100:0:0:1::1", "1000::1", "4000::1", "e000::1"),
        *("2002:7f00:1::", "2002:808:808::1", "2002:a00:1::1", "2001:0:7f00:1::"),
    ],
)
def test_not_public(address):
    assert not is_public(ip_address(address))


def test_a_network_may_be_opened_and_no_more_than_it():
    allowed = [ip_network("10.1.0.0/16")]
    assert is_public(ip_address("10.1.2.3"), allowed)
    assert is_public(ip_address("::ffff:10.1.2.3"), allowed)
    assert not is_public(ip_address("10.2.0.1"), allowed)


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_itself(address):
    for disguise in (0xFFFF << 32, 0x64FF9B << 96):
        assert is_public(IPv6Address(disguise | int(address))) == is_public(address)


def test_no_site_and_no_redirect_leads_inside(tmp_path):
    """The courier's address is let through; the trap's beside it is not, by whatever name."""
    with SiteServer("courier", "trap") as web:
        address = web.url("courier").split("/")[2].split(":")[0]
        inside = web.url("trap").rstrip("/")
        port = inside.rpartition(":")[2]
        if address in inside:
            pytest.skip("this system gives loopback one address only")
        inward = Answer.redirect(f"{inside}/news/1")
        web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": inward})
        homes = {
            "courier": web.url("courier").rstrip("/"),
            "numbered": inside,
            "named": f"http://localhost:{port}",
            "mapped": f"http://[::ffff:7f00:3]:{port}",
            "decimal": f"http://2130706435:{port}",
            "hexadecimal": f"http://0x7f.0.0.3:{port}",
        }
        rows = [source(name, home, {"type": "feed", "url": f"{home}/rss"}) for name, home in homes.items()]
        config = configure(tmp_path, *rows, allow_networks=[f"{address}/32"])

        errors = {str(end.source): end.error for end in crawl_once(config)}

        assert errors.pop("courier") is None
        assert all("no public address" in (error or "") for error in errors.values()), errors
        assert fates(config)["/news/1"][0] == "failed"
        assert web.log("trap") == []


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example", "\u202eexample", "."])
def test_what_is_no_name_is_never_asked_for(host):
    """The system's resolver would break at it, log that as an accident of ours, and never answer."""
    system, receiver = Mock(), Mock()
    Guard(Mock(nameResolver=system), ()).resolveHostName(receiver, host)
    assert [call[0] for call in receiver.method_calls] == ["resolutionBegan", "resolutionComplete"]
    assert not system.method_calls
