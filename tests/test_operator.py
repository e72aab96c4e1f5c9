"""From a site that goes away and comes back to the mails that say so."""

from contextlib import closing
from datetime import timedelta

from readout.catalog import load_sources
from readout.config import Mail
from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink
from readout.notices import tell_operator
from readout.outbox import deliver
from readout.storage.database import open_database
from readout.workers.crawl import utc_now
from tests.sites import configure, crawl, feed, source

HOUR = timedelta(hours=1)
OPERATOR = "operator@example.org"
PAPER = Answer.of(b"%PDF-1.7", "application/pdf")
GONE = Answer(status=503, body=b"\x1b[31mdown\r\nBcc: all@example.org")


def test_a_site_that_goes_away_and_comes_back_is_two_mails(tmp_path):
    with SiteServer("courier") as web, MailSink() as sink:
        there = {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER}
        web.host("courier", there, {"/rss": GONE}, there)
        row = source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")})
        config = configure(tmp_path, row).model_copy(
            update={"mail": Mail(host=sink.host, port=sink.port, operator=OPERATOR, security="none")}
        )
        hours = iter(range(0, 100, 2))
        with closing(open_database(config.database.url, create=True)) as database:

            def look_and_send() -> None:
                """Two hours after the last time."""
                later = utc_now() + HOUR * next(hours)
                tell_operator(database, OPERATOR, load_sources(config.sources), now=later)
                deliver(database, config, now=lambda: later)

            for phase in (1, 2, 2, 2, 3):
                web.set_phase(phase)
                crawl(config)
                look_and_send()
                look_and_send()

        down, back = sink.received
    assert down.recipients == back.recipients == (OPERATOR,)
    assert down.subject.startswith("Readout: source courier has not answered since")
    assert "503 Service Unavailable" in down.text
    assert back.subject == "Readout: source courier answers again"
    assert down.message["Message-ID"] != back.message["Message-ID"]
