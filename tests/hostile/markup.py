"""Sites whose pages, feeds and sitemaps are made to keep a parser busy, or to make it read and ask for other things."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from readout.demo.server import Answer
from tests.hostile.case import Case, Site, Url, feed, news
from tests.sites import RSS

XML = "application/xml"
PDF = "application/pdf"
_LOST = ("unreadable", "two readers gave up on the page")
_ITEM = "<item><title>Poison</title><link>%s</link></item>"


def attributes(number: int) -> str:
    """The attributes of one tag: each is compared with all before it."""
    return " ".join(f'a{at}="1"' for at in range(number))


def _many_attributes() -> bytes:
    return f"<html><body><p {attributes(60_000)}>x</p></body></html>".encode()


PAGES: dict[str, Callable[[], bytes]] = {
    "attributes": _many_attributes,
    "spans": lambda: b"<html><body><p>" + b"<span>word </span>" * 300_000,
    "cells": lambda: b"<html><body><table><tr>" + b"<td>a b c" * 300_000,
}
"""Pages that take far more time, or memory, than a page is given."""

MEEK: dict[str, Callable[[], bytes]] = {
    "deep": lambda: b"<html><body>" + b"<div>" * 100_000 + b"The council met",
    "entities": lambda: b"<html><body><p>" + b"&amp;" * 600_000,
    "one-text": lambda: b"<html><body><p>" + b"words and " * 300_000,
    "nests": lambda: b"<html><body>" + b"<math><mi><svg><foreignObject>" * 50_000,
    "style": lambda: b'<html><body><p style="' + b"a:b;" * 600_000 + b'">x</p>',
    "marks": lambda: b"<html><body><p>a" + "\u0301\u0316".encode() * 600_000,
    "data": lambda: b'<html><body><script type="application/ld+json">' + b"[" * 2_000_000 + b"</script><p>x",
}
"""Pages that are read in the time that a page has, whatever comes of it."""


def _pdf(stream: bytes, *, page: bytes = b"", extra: bytes = b"") -> bytes:
    """A PDF of one page with a packed stream of content."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R " + page + b">>",
        b"<< /Length %d /Filter /FlateDecode >> stream\n%b\nendstream" % (len(stream), stream),
    )
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(places)
    end = b"trailer << /Root 1 0 R /Size 5 " + extra + b">>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + table + end


def _bomb() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"(x) Tj " * 150_000) for _ in range(500)) + packer.flush()


PDFS: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: _pdf(_bomb()),
    "recursive": lambda: _pdf(zlib.compress(b"/F Do"), page=b"/Resources << /XObject << /F 3 0 R >> >> /Kids [2 0 R] "),
    "locked": lambda: _pdf(zlib.compress(b"(x) Tj"), extra=b"/Encrypt << /Filter /Standard /V 9 /R 9 >> "),
    "jbig2": lambda: _pdf(zlib.compress(b"x")).replace(b"/FlateDecode", b"[/FlateDecode /JBIG2Decode]"),
}


def _poison(name: str) -> Callable[[Url], Site]:
    path = f"/news/{name}"
    return lambda url: news(url, {path: Answer.of(PAGES[name]())}, fates={path: _LOST})


def _meek(url: Url) -> Site:
    return news(url, {f"/news/{name}": Answer.of(make()) for name, make in MEEK.items()})


def _pdfs(url: Url) -> Site:
    return news(url, {f"/news/{name}": Answer.of(make(), PDF) for name, make in PDFS.items()})


def _burst(url: Url) -> Site:
    """Beside the first nobody knows that its next will be no better; then there is haste."""
    pages = {f"/news/burst-{number}": Answer.of(_many_attributes() + b"<p>%d" % number) for number in range(4)}
    return news(url, pages, fates={"/news/burst-3": ("failed", "a reader in haste gave up")})


ENTITIES = "".join(f'<!ENTITY {to} "{f"&{of};" * 10}">' for of, to in zip("abcdefgh", "bcdefghi", strict=True))
BOMB = f'<!DOCTYPE rss [<!ENTITY a "lol">{ENTITIES}]>'
BLOW_UP = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'


def feeds(lead: str, url: Url, *, start: str = "<rss>", text: str = "") -> bytes:
    """A feed of one article of the site that begins with `lead`, and says `text`."""
    item = _ITEM % url("/news/good-1")
    return f"{lead}{start}<channel><title>{text}</title>{item}</channel></rss>".encode()


FEEDS: dict[str, Callable[[Url], bytes]] = {
    "attributes": lambda url: feeds("", url, start=f"<rss {attributes(100_000)}>"),
    "blanks": lambda url: f"<rss><channel><item><title {' ' * 8_000_000}".encode(),
    "laughs": lambda url: feeds(BOMB, url, text="&i;"),
    "blow-up": lambda url: feeds(BLOW_UP, url, text="&a;" * 50_000),
}
SITEMAPS: dict[str, Callable[[Url], bytes]] = {
    "ampersands": lambda url: b"<urlset><url><loc>" + b"&" * 18_000_000,
    "laughs": lambda url: f"{BOMB}<urlset><url><loc>&i;</loc></url></urlset>".encode(),
}
JSON = {
    "deep": b"[" * 4_000_000,
    "digits": b"[" + b"1" * 4_000_000 + b"]",
    "names": b'{"a":1,' * 200_000,
}


def _places(url: Url) -> Site:
    """A good feed beside places of all kinds that are made to keep a parser busy."""
    site = news(url, {})
    content = dict(site.content)
    places = list(site.discover)
    for kind, documents in (("feed", FEEDS), ("sitemap", SITEMAPS)):
        for name, make in documents.items():
            content[f"/{kind}-{name}"] = Answer.of(make(url), RSS if kind == "feed" else XML)
            places.append({"type": kind, "url": url(f"/{kind}-{name}")})
    for name, body in JSON.items():
        content[f"/json-{name}"] = Answer.of(body, "application/json")
        places.append({"type": "json", "url": url(f"/json-{name}"), "link": "{url}", "fields": {"items": "$[*]"}})
    content["/listing"] = Answer.of(_many_attributes())
    places.append({"type": "listing", "url": url("/listing")})
    return Site(content=content, discover=places, good=site.good)


def _entities(url: Url) -> Site:
    """What an entity names is neither asked for nor read; the articles of such a feed are."""
    lead = f'<!DOCTYPE rss SYSTEM "{url("/trap.dtd")}" [<!ENTITY e SYSTEM "{url("/trap")}">]>'
    site = news(url, {})
    listed = feed([url(path) for path in site.good]).body
    assert isinstance(listed, bytes)
    return Site(
        content=dict(site.content) | {"/rss": Answer.of(lead.encode() + listed.replace(b"News<", b"&e;<"), RSS)},
        discover=site.discover,
        good=site.good,
    )


CASES = (
    *(
        Case(name=f"many-{name}", note="one page keeps a reader busy: it is set aside", build=_poison(name))
        for name in PAGES
    ),
    Case(name="odd-pages", note="pages that look dear and are not", build=_meek),
    Case(name="odd-pdfs", note="files that unpack to gigabytes, name themselves, or ask for a program", build=_pdfs),
    Case(name="poison-burst", note="many such pages: the site's readings get ever less time", build=_burst),
    Case(name="odd-places", note="no place keeps another from being read", build=_places),
    Case(name="entities", note="a feed whose entities lead elsewhere", build=_entities),
)
