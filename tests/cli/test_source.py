"""How a source stands, and what of it an operator should look at."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from readout.cli import app
from readout.cli.source import state_in_words
from readout.model import SourceId
from readout.storage.database import open_database
from readout.storage.sources import SourceState, claim, release
from tests.reported import NOW
from tests.reported import source as a_source
from tests.sites import configure, source

LEASE = timedelta(minutes=15)


def state(**changes) -> SourceState:
    fields = dict.fromkeys(SourceState.__dataclass_fields__) | {"id": SourceId("agency"), "failures": 0}
    return SourceState(**fields | {"last_started": NOW, "last_finished": NOW} | changes)


@pytest.mark.parametrize(
    ("known", "word", "why"),
    [
        (None, "new", "never crawled"),
        (state(), "ok", "last crawled"),
        (state(enabled=False), "disabled", "by hand"),
        (state(lease_until=NOW + LEASE), "crawling", "since"),
        (state(failures=2, last_error="/rss: 404"), "failing", "/rss: 404 (2 in a row"),
        (state(last_error="/rss: 404"), "partly failing", "/rss: 404"),
    ],
)
def test_a_source_stands_as_its_last_crawl_left_it(known, word, why):
    said, because = state_in_words(a_source(), known, NOW)
    assert said == word
    assert why in because


def test_one_dead_feed_of_two_is_a_concern(tmp_path):
    config = configure(tmp_path, source("courier", "http://c.example/", {"type": "feed", "url": "http://c.example/a"}))
    (tmp_path / "readout.toml").write_text('data_dir = "."\nsources = ["sources"]\n')
    database = open_database(config.database.url, create=True)
    with database.write() as connection:
        known = {SourceId("courier"): a_source("courier")}
        claim(connection, known, list(known), owner="x", now=NOW, lease=LEASE)
        end = {"now": NOW, "next_due": NOW, "error": "/a: 404 Not Found", "answered": True}
        assert release(connection, SourceId("courier"), "x", **end)
    database.close()
    told = CliRunner().invoke(app, ["--config", str(tmp_path / "readout.toml"), "health"])
    assert told.exit_code == 1
    said = " ".join(told.output.split())
    assert "source courier answers only in part since" in said
    assert "/a: 404 Not Found" in said
