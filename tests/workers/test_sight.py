"""What a crawl sees of a site, counted."""

from dataclasses import replace

from readout.condition import Seen
from readout.workers.sight import Sight
from tests.reported import TEXT, reading


def test_nothing_seen_is_nothing():
    assert Sight().seen() is None
    assert Sight(waiting=3).seen() == Seen(waiting=3)


def test_articles_lines_and_links_are_counted():
    sight = Sight()
    bare = reading("Short.", title=None, published=None)
    missed = replace(bare, article=replace(bare.article, missed_rules=("body.css",)), template="bbbbbbcccccc")
    for each in (replace(reading(), template="aaaaaa"), replace(reading(), template="aaaaaa"), missed):
        sight.note_reading(each)
    sight.note_unanswered()
    sight.note_links("/rss", 20)
    sight.note_links("/rss", 3)
    sight.note_links("/list", 0)
    assert sight.seen() == Seen(
        articles=3,
        titled=2,
        dated=2,
        characters=len(TEXT),
        template="aaaaaabbbbbbcccccc",
        missed_rules={"body.css": 1},
        unanswered=1,
        links={"/rss": 20, "/list": 0},
    )
