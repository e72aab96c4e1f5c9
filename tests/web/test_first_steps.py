"""An empty install explains itself on the first page, until its steps are done."""

from argon2 import PasswordHasher

from readout.config import Config
from readout.storage.crawls import finish_crawl, start_crawl
from tests.owed import watch_all
from tests.telling import NOW
from tests.web.visiting import served

MAIL = {"host": "mail.example.org", "from": "readout@example.org"}


def crawl(database):
    with database.write() as connection:
        number = start_crawl(connection, "agency", now=NOW)
        finish_crawl(connection, number, now=NOW, reason="finished", requests=1, new_links=0, outcomes={})


def test_an_empty_install_says_what_to_do_and_where(database):
    with served(database) as guest:
        html = guest.get("/").html
        for path in ("/watches/new", "/sources", "/outbox/test"):
            assert f'<li><a href="{path}">' in html
        assert "First steps" not in guest.get("/?q=country:KZ").text


def test_a_step_that_is_done_says_so_and_all_of_them_go(database):
    with served(database, Config(mail=MAIL)) as guest:
        assert guest.get("/").html.count(">done<") == 1
        watch_all(database, "reader@example.org")
        assert guest.get("/").html.count(">done<") == 2
        crawl(database)
        assert "First steps" not in guest.get("/").text


def test_who_is_told_by_other_ways_alone_needs_no_mail(database):
    from readout.storage import watches

    crawl(database)
    with database.write() as connection:
        hook = ["https://hooks.example/x"]
        watches.add_watch(connection, name="hook", recipients=hook, channel="webhook", now=NOW)
    with served(database) as guest:
        assert "First steps" not in guest.get("/").text
        watch_all(database, "reader@example.org")
        assert "Send a test mail" in guest.get("/").text


def test_who_may_only_look_is_not_told_to_do_anything(database):
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("only to look at")
    with served(database, Config(web={"reader_password_hash": hashed})) as guest:
        guest.ask("POST", "/login", b"password=only+to+look+at")
        answer = guest.get("/")
    assert answer.status == 200
    assert "First steps" not in answer.text
