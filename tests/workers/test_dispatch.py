"""What follows from a crawl's end for the time after."""

import pytest

from readout.catalog import load_sources
from readout.model import SourceId
from readout.storage.database import open_database
from readout.workers.dispatch import Dispatch
from readout.workers.event import CrawlEvent
from tests.sites import configure, source

END = CrawlEvent(event="finished", source=SourceId("courier"), reason="finished", answered=True)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def dispatch(tmp_path, heard):
    place = {"type": "feed", "url": "http://courier.example/rss"}
    config = configure(tmp_path, source("courier", "http://courier.example/", place))
    database = open_database(config.database.url, create=True)
    dispatch = Dispatch(config, load_sources(config.sources), database, notify=heard.append)
    yield dispatch
    dispatch.close()
    database.close()


def test_who_waits_for_a_crawl_hears_its_end_even_when_that_cannot_be_noted(dispatch, heard, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("readout.workers.dispatch._next", broken)
    with pytest.raises(ZeroDivisionError):
        dispatch._hear(END)
    assert heard == [END]
