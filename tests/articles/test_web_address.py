"""What is no address of a page is refused, and nothing of it repeated."""

import pytest

from readout.articles.web_address import LONGEST_URL, web_address
from spiders.discover.beside import address

REFUSED = {
    "a password": ("https://me:s3cret@x.example/1", "holds a name or a password"),
    "a name": ("https://me@x.example/1", "holds a name or a password"),
    "an empty name": ("https://@x.example/1", "holds a name or a password"),
    "another host as a name": ("https://good.example\\@x.example/1", "holds a name or a password"),
    "a port beyond all": ("http://x.example:99999/", "has a port that is none"),
    "a port in words": ("http://x.example:s3cret/", "has a port that is none"),
    "port 0": ("http://x.example:0/", "has port 0"),
    "no host": ("https:///1", "names no host"),
    "a port alone": ("https://:443/1", "names no host"),
    "another scheme": ("ftp://x.example/1", "is not of http or https"),
    "a script": ("javascript:alert(1)", "is not of http or https"),
    "a path": ("/1", "is not of http or https"),
    "half a bracket": ("http://s3cret[x/", "cannot be read"),
    "a host that is another": ("http://s3cret\u2100x/", "cannot be read"),
    "a line break": ("https://x.example/1\n2", "holds what no address may"),
    "half a pair": ("https://x.example/\ud800", "holds what no address may"),
    "a long one": ("https://x.example/" + "a" * LONGEST_URL, "is longer than 2048 characters"),
    "a long one in escapes": ("https://x.example/" + "%D0%B0" * LONGEST_URL, "is longer than 2048 characters"),
    "an endless one": ("https://x.example/" + "%" * 10_000_000, "is longer than 2048 characters"),
}

MADE_WHOLE = ("a path", "no host", "a line break")
"""A crawl takes them as a browser does."""


@pytest.mark.parametrize("name", REFUSED)
def test_it_says_what_is_wrong_and_a_crawl_passes_it_over(name):
    text, fault = REFUSED[name]
    with pytest.raises(ValueError, match=rf"\A{fault}\Z") as caught:
        web_address(text)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    if name not in MADE_WHOLE:
        assert address("https://x.example/", text) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/1?a=b@c#!/d",
        "http://x.example:8080",
        "HTTPS://X.EXAMPLE/",
        "http://[2001:db8::1]:80/",
        "https://агентство.example/новости",
        "https://x.example/" + "%D0%B0" * 2_000,
    ],
)
def test_an_address_stays_as_it_is(url):
    assert web_address(url) == url


def test_a_blank_is_written_as_addresses_write_it():
    assert web_address("https://x.example/a b") == "https://x.example/a%20b"
