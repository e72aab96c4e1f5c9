"""Lists of feeds as OPML 2.0 (opml.org/spec2.opml), which feed readers write and read.

It must not believe a file: it may be hostile, and one with a document type of its own is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from readout.articles.clean import clean_line
from readout.articles.web_address import web_address
from readout.error import ConfigError

LARGEST = 5 * 1024 * 1024
"""Bytes of a file that is read."""
_MOST = 2_000
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOutline:
    """A feed of a list: its address, what it is called, and the site it is of."""

    url: str
    name: str
    home: str | None = None
    language: str | None = None


def read_opml(data: bytes, where: str) -> list[FeedOutline]:
    """The feeds in an OPML file, however deep in folders, each address once. Raises ConfigError with all faults."""
    if len(data) > LARGEST:
        raise ConfigError([f"{where}: larger than {LARGEST >> 20} MiB"])
    if b"\x00" in data:
        raise ConfigError([f"{where}: not text in UTF-8: save it as UTF-8"])
    if b"<!doctype" in data.lower() or b"<!entity" in data.lower():
        raise ConfigError([f"{where}: has a document type of its own, which no list of feeds needs: take it out"])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ConfigError([f"{where}: not valid XML: {clean_line(str(error))[:200]}"]) from None
    if root.tag != "opml":
        raise ConfigError([f"{where}: is no OPML: its root is <{clean_line(str(root.tag))[:50]}>"])
    outlines = [each for each in root.iter("outline") if _attribute(each, "xmlUrl")]
    if len(outlines) > _MOST:
        raise ConfigError([f"{where}: {len(outlines)} feeds, at most {_MOST} are read: split it"])
    faults = [fault for each in outlines if (fault := _fault(each, where))]
    if faults or not outlines:
        raise ConfigError(faults or [f"{where}: names no feed: no outline has an xmlUrl"])
    return list({feed.url: feed for feed in reversed([_feed(each) for each in outlines])}.values())[::-1]


def _fault(outline: etree._Element, where: str) -> str | None:
    try:
        web_address(_attribute(outline, "xmlUrl"))
    except ValueError as error:
        return f"{where}: line {outline.sourceline}: its xmlUrl {error}"
    return None


def _feed(outline: etree._Element) -> FeedOutline:
    url = web_address(_attribute(outline, "xmlUrl"))
    name = clean_line(_attribute(outline, "title") or _attribute(outline, "text"))[:_LONGEST_NAME]
    return FeedOutline(
        url=url,
        name=name or urlsplit(url).hostname or url,
        home=_home(_attribute(outline, "htmlUrl")),
        language=clean_line(_attribute(outline, "language"))[:20] or None,
    )


def _attribute(outline: etree._Element, name: str) -> str:
    """An attribute, whatever its case: some programs write XMLURL."""
    exact = outline.get(name)
    if exact is not None:
        return str(exact).strip()
    return next((str(value).strip() for key, value in outline.items() if str(key).lower() == name.lower()), "")


def _home(text: str) -> str | None:
    try:
        return web_address(text)
    except ValueError:
        return None


def opml_text(title: str, groups: Mapping[str, Sequence[FeedOutline]], *, now: datetime) -> str:
    """The file with one folder for each of `groups`, in their order."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = clean_line(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for name, feeds in groups.items():
        folder = etree.SubElement(body, "outline", text=clean_line(name))
        for feed in feeds:
            etree.SubElement(folder, "outline", dict(_attributes(feed)))
    etree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(root, encoding="unicode")}\n'


def _attributes(feed: FeedOutline) -> Iterator[tuple[str, str]]:
    name = clean_line(feed.name)
    yield from (("type", "rss"), ("text", name), ("title", name), ("xmlUrl", feed.url))
    if feed.home:
        yield "htmlUrl", feed.home
    if feed.language:
        yield "language", feed.language
