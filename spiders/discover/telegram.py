"""The public preview of a Telegram channel, ``t.me/s/<handle>``, to links of its posts.

It must not fetch. What is fetched later for a post: the address of a link, ``t.me/<handle>/<number>``, answers with a
frame for people, whose HTML holds of the post only what ``og:description`` has room for; the post stands in the
frame's own address, which `readable_url` gives (``?embed=1``): one `.tgme_widget_message` with the whole text in
`.tgme_widget_message_text` and the time in `.tgme_widget_message_date time[datetime]`. A post that is gone answers with
status 200 there, and with `.tgme_widget_message_error`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from readout.articles.clean import clean_line
from readout.articles.timestamp import Moment, settle
from readout.discovery import Telegram
from readout.error import SourceChanged
from readout.model import Link

from .beside import link_of
from .html_page import html_page

_MOST = 200  # posts of one page; the preview shows twenty
_LONGEST_TITLE = 200
_NAMED = re.compile(r"(?P<handle>\w{1,64})/(?P<number>[1-9]\d{0,14})", re.ASCII)
_SINGLE = re.compile(r"https?://t\.me/(?:s/)?(?P<handle>\w{1,64})/(?P<number>[1-9]\d{0,14})/?(?:\?.*)?", re.ASCII)
_BEFORE = re.compile(r"/s/\w{1,64}\?before=(?P<number>[1-9]\d{0,14})", re.ASCII)
# A reply repeats the start of what it answers.
_TEXT = (
    "(descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' tgme_widget_message_text ')]"
    "[not(ancestor-or-self::*[contains(@class, 'message_reply')])])[1]//text()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramPage:
    """What one page of a channel shows: links of its posts, the newest first, and where the older ones are."""

    links: tuple[Link, ...]
    older_url: str | None = None


def telegram_page(html: str, url: str, place: Telegram) -> TelegramPage:
    """The posts of the channel on its preview page found at `url`; a link's title is the first line of its text.

    A post that was forwarded is one of the channel's. One without text (a photo, a video, a poll) is no link: there is
    nothing to read, and one that is given a text later becomes a link then, while the page shows it. Nor are messages
    about the channel itself. Raises SourceChanged where the newest page shows no message and `place.empty_is_error`.
    """
    page = html_page(html)
    messages = page.css("[data-post]")
    if not messages and place.empty_is_error and "before" not in parse_qs(urlsplit(url).query):
        raise SourceChanged(f"{url} shows no message: the channel may be gone, or its preview switched off")
    links = {link.url: link for link in islice(_posts(messages, place.handle), _MOST)}
    newest_first = sorted(links.values(), key=lambda link: int(link.url.rpartition("/")[2]), reverse=True)
    return TelegramPage(links=tuple(newest_first), older_url=_older(page, place.handle))


def readable_url(link_url: str) -> str:
    """Where the text of the post at `link_url` can be read; any other address as it is."""
    found = _SINGLE.fullmatch(link_url) if len(link_url) < 500 else None
    return f"https://t.me/{found['handle']}/{found['number']}?embed=1&mode=tme" if found else link_url


def _posts(messages: list[Selector], handle: str) -> Iterator[Link]:
    for message in messages:
        named = _NAMED.fullmatch(message.attrib["data-post"].strip())
        if not named or named["handle"].lower() != handle.lower() or _is_service(message):
            continue
        if title := _first_line(message):
            yield link_of(f"https://t.me/{handle}/{named['number']}", title=title, published=_sent(message))


def _is_service(message: Selector) -> bool:
    """The channel was created, a photo changed, a post pinned."""
    return "service_message" in message.attrib.get("class", "").split()


def _first_line(message: Selector) -> str:
    for br in message.css("br"):
        br.root.tail = "\n" + (br.root.tail or "")
    lines = "".join(message.xpath(_TEXT).getall()).split("\n")
    line = next((spoken for line in lines if (spoken := clean_line(line))), "")
    return line if len(line) <= _LONGEST_TITLE else line[:_LONGEST_TITLE].rpartition(" ")[0] or line[:_LONGEST_TITLE]


def _sent(message: Selector) -> Moment | None:
    """To the second and with its zone, also at midnight: here that is no day alone."""
    stamp = message.css(".tgme_widget_message_date time::attr(datetime)").get() or ""
    try:
        at = datetime.fromisoformat(stamp.strip())
        return settle(at.astimezone(UTC), UTC, day_only=False) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _older(page: Selector, handle: str) -> str | None:
    hrefs = page.css("a.tme_messages_more[data-before]::attr(href), link[rel=prev]::attr(href)").getall()
    found = next((match for href in hrefs if (match := _BEFORE.search(href))), None)
    return f"https://t.me/s/{handle}?before={found['number']}" if found else None
