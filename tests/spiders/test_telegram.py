"""Telegram's preview pages to links."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readout.discovery import Telegram
from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.telegram import TelegramPage, readable_url, telegram_page

URL = "https://t.me/s/State_Service"
PLACE = Telegram(url=URL, handle="State_Service")
GOLDEN = (Path(__file__).parent / "golden" / "telegram.html").read_text(encoding="utf-8")


def post(*inside, number="1", handle="State_Service"):
    return f'<div class="tgme_widget_message" data-post="{handle}/{number}">{"".join(inside)}</div>'


def text(*inside):
    return f'<div class="tgme_widget_message_text js-message_text">{"".join(inside)}</div>'


def test_a_page_of_a_channel():
    assert telegram_page(GOLDEN, URL, PLACE) == TelegramPage(
        links=(
            Link(url="https://t.me/State_Service/4106", title="The communiqué is here"),
            Link(
                url="https://t.me/State_Service/4105",
                title="Statement of the ministry",
                published=datetime(2026, 10, 2, 9, 30, tzinfo=UTC),
            ),
            Link(
                url="https://t.me/State_Service/4101",
                title="⚡️ Council of Heads met in Minsk",
                published=datetime(2026, 10, 2, tzinfo=UTC),
            ),
        ),
        older_url="https://t.me/s/State_Service?before=4101",
    )


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("One line", "One line"),
        ("First<br>Second", "First"),
        ("<br/> <br/>First<br/>Second", "First"),
        ("A\u202e\x00 B", "A B"),
        ("word " * 60, ("word " * 40).strip()),
        ("x" * 100_000, "x" * 200),
        ("1 &lt;b&gt; 2", "1 <b> 2"),
    ],
)
def test_a_title_is_the_first_line(inside, title):
    (link,) = telegram_page(post(text(inside)), URL, PLACE).links
    assert link.title == title


@pytest.mark.parametrize("inside", ["", text(), text("<br>"), text("\u200b"), "<div class='poll'>Yes or no?</div>"])
def test_a_post_without_text_is_no_link_but_the_page_is_well(inside):
    assert telegram_page(post(inside), URL, PLACE).links == ()


@pytest.mark.parametrize(
    ("named", "number"),
    [
        *[("State_Service/7", 1), ("STATE_SERVICE/7", 1), ("State_Service/07", 0), ("State_Service/-1", 0)],
        *[
            ("other/7", 0),
            ("State_Service", 0),
            ("State_Service/" + "9" * 5000, 0),
            ("State_Service/7?x=1", 0),
            ("", 0),
        ],
    ],
)
def test_only_numbered_posts_of_the_channel_count(named, number):
    html = f'<div data-post="{named}">{text("A")}</div>'
    urls = [link.url for link in telegram_page(html, URL, PLACE).links]
    assert urls == ["https://t.me/State_Service/7"] * number


@pytest.mark.parametrize(
    ("href", "older"),
    [
        ("/s/State_Service?before=20", f"{URL}?before=20"),
        ("https://t.me/s/state_service?before=20", f"{URL}?before=20"),
        ("https://evil.example/?before=20", None),
        ("/s/State_Service?after=20", None),
        ("javascript:x", None),
    ],
)
def test_where_the_older_ones_are(href, older):
    html = post(text("A")) + f'<a class="tme_messages_more js-messages_more" data-before="20" href="{href}"></a>'
    assert telegram_page(html, URL, PLACE).older_url == older


@pytest.mark.parametrize("html", ["", "\x00", "<html><body><div class='tgme_page'>Join</div></body></html>", "<"])
def test_a_page_without_a_message_is_a_fault_unless_it_may_be_empty(html):
    with pytest.raises(SourceChanged, match="preview"):
        telegram_page(html, URL, PLACE)
    assert telegram_page(html, f"{URL}?before=5", PLACE) == TelegramPage(links=())
    quiet = Telegram(url=URL, handle="State_Service", empty_is_error=False)
    assert telegram_page(html, URL, quiet) == TelegramPage(links=())


@pytest.mark.parametrize(
    ("address", "readable"),
    [
        ("https://t.me/State_Service/7", "https://t.me/State_Service/7?embed=1&mode=tme"),
        ("http://t.me/s/State_Service/7/", "https://t.me/State_Service/7?embed=1&mode=tme"),
        ("https://t.me/State_Service/7?single", "https://t.me/State_Service/7?embed=1&mode=tme"),
        ("https://t.me/State_Service", "https://t.me/State_Service"),
        ("https://example.org/a/7", "https://example.org/a/7"),
        ("https://t.me/" + "a/" * 5000, "https://t.me/" + "a/" * 5000),
    ],
)
def test_where_a_post_can_be_read(address, readable):
    assert readable_url(address) == readable


def test_a_page_cannot_bring_posts_without_end():
    begun = time.process_time()
    many = "".join(post(text("A"), number=str(number)) for number in range(1, 20_001))
    deep = "<div>" * 20_000 + post(text("A"))
    assert len(telegram_page(many, URL, PLACE).links) == 200
    telegram_page(deep + post(text("B")), f"{URL}?before=1", PLACE)
    assert time.process_time() - begun < 10
