"""Pages that are watched for a change of their text."""

import time
from datetime import UTC, datetime

import pytest

from readout.discovery import PageWatch
from readout.error import SourceChanged
from readout.model import Link
from spiders.discover.page_watch import page_link

NOW = datetime(2026, 10, 2, 9, 0, tzinfo=UTC)
URL = "https://service.example/statement"
PAGE = """<html><head><title>Service</title><style>p {}</style></head><body><header>Service 12:40</header>
<script>var visit = 17</script><div class="text"><p>The council met in <b>Baku</b>.</p><p>45 people came.</p></div>
<span>Views: <b>1024</b></span><div>02 October 2026</div><!-- 0.3 s --></body></html>"""


def digest(html, part=None, now=NOW):
    return page_link(html, URL, PageWatch(url=URL, part=part), now=now)[1]


def test_the_page_is_its_own_link():
    link, _ = page_link(PAGE, URL, PageWatch(url=URL), now=NOW)
    assert link == Link(url=URL, modified=NOW)


@pytest.mark.parametrize(
    ("old", "new", "part", "changes"),
    [
        ("45 people", "46 people", None, True),
        ("45 people", "46 people", ".text", True),
        ("Baku", "Minsk", None, True),
        ("<b>Baku</b>", "Baku", None, False),
        ("<p>45 people", "\n<p\nid='x'>45  people", None, False),
        (".</p><p>45", ".<br>45", None, False),
        ("1024", "1025", None, False),
        ("12:40", "12:41", ".text", False),
        ("visit = 17", "visit = 18", None, False),
        ("0.3 s", "0.4 s", None, False),
        ("p {}", "p { color: red }", None, False),
        ("Service 12:40", "Ministry", None, True),
        ("Service 12:40", "Ministry", ".text", False),
        ("Baku", "B\u200ba\x00ku", None, False),
        ("Baku", "Baku\ud800", None, True),
    ],
)
def test_what_changes_the_digest(old, new, part, changes):
    assert old in PAGE
    assert (digest(PAGE.replace(old, new), part) != digest(PAGE, part)) is changes


def test_the_day_of_the_visit_is_no_change():
    tomorrow = PAGE.replace("02 October", "03 October")
    assert digest(tomorrow, now=NOW.replace(day=3)) == digest(PAGE)


def test_what_stands_between_blocks_is_a_line_of_its_own():
    assert digest("<p>Text</p>17 views<p>More</p>") == digest("<p>Text</p>18 views<p>More</p>")
    assert digest("<p>17 came</p>Text") != digest("<p>18 came</p>Text")


def test_parts_inside_one_another_count_once():
    html = "<div class=a>One <p class=a>Two</p></div><p class=a>Three</p>"
    assert digest(html, ".a") == digest("<div>One <p>Two</p></div><p>Three</p>")


@pytest.mark.parametrize(
    ("html", "part", "said"),
    [
        ("", None, "no text"),
        ("\x00", None, "no text"),
        ("<script>x</script>", None, "no text"),
        (PAGE, ".gone", "nothing that '.gone' selects"),
        ("<p class=text>17</p>", ".text", "no text"),
        ("", ".text", "nothing that"),
    ],
)
def test_a_page_without_its_text_is_said(html, part, said):
    with pytest.raises(SourceChanged, match=said):
        digest(html, part)


def test_a_page_made_to_be_slow_is_not():
    begun = time.process_time()
    digest("<p>" + "x" * 5_000_000)
    digest("<div>a" * 50_000)
    digest("<p class=a>b" * 50_000, ".a")
    digest("<p>" + "1 view " * 100_000 + "<p>Text")
    assert time.process_time() - begun < 10
