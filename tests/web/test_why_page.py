"""The page on which a URL is asked for, and its trace."""

from readout.storage.links import add_links
from tests.owed import tell_all, watch_all
from tests.reported import link, source
from tests.telling import NOW, meeting, store, telling
from tests.web.visiting import served


def test_without_a_url_it_says_what_belongs_there(database):
    with served(database) as guest:
        assert "Paste the address" in guest.get("/why").text


def test_a_url_that_nobody_saw(database):
    with served(database) as guest:
        answer = guest.get("/why?url=https://nobody.example/%3Cscript%3Eowned()%3C/script%3E")
        assert answer.status == 404
        assert "was never seen" in answer.text
        assert "<script" not in answer.html
        for odd in ("%00", "http://[", "javascript:owned()", "x" * 4000):
            assert guest.get(f"/why?url={odd}").status == 404, odd
        assert guest.get(f"/why?url={'x' * 4001}").status == 400


def test_a_link_that_waits_is_traced_to_its_source(database):
    sources = {"agency": source()}
    with database.write() as connection:
        add_links(connection, "agency", "https://agency.example/rss", [link("7", title="T")], now=NOW)
    with served(database, sources=sources) as guest:
        answer = guest.get("/why?url=https://agency.example/7")
        assert "found 2024-10-04 18:30 in https://agency.example/rss (source agency)" in answer.text
        assert "pending: not fetched yet" in answer.text
        assert 'href="/sources/agency"' in answer.html
        assert 'href="https://agency.example/7" rel="noreferrer"' in answer.html


def test_a_report_is_traced_to_its_meeting_and_its_alerts(database):
    watch_all(database, "reader@example.org")
    tell_all(database)
    with served(database) as guest:
        answer = guest.get("/why?url=https://agency.example/news/1")
        assert "tells of M1: CIS Council" in answer.text
        assert "to reader@example.org: owed" in answer.text
        assert 'href="/meetings/1"' in answer.html
        assert 'href="/outbox/1"' in answer.html


def test_what_a_trace_holds_is_text_alone(database):
    with database.write() as connection:
        title = "<script>owned()</script>\u202e\x1b]0;x\x07"
        store(connection, meeting(telling(url="https://evil.example/1", title=title)))
    with served(database) as guest:
        html = guest.get("/why?url=https://evil.example/1").html
        assert "owned()" in html
        assert "<script" not in html
        assert not {"\u202e", "\x1b", "\x07"} & set(html)
