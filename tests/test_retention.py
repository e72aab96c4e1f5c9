"""What is let go after its time, and that all that stays is as good as before."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

import pytest
from sqlalchemy import event, insert, text

from readout.articles.fingerprint import fingerprint
from readout.exports.rows import article_rows, report_rows
from readout.found_links import Find
from readout.intake import Intake
from readout.model import Link, Outcome, OutcomeKind
from readout.replay import replay
from readout.retention import LEASE_NAME, LetGo, retain, retain_when_due
from readout.section import Retention
from readout.storage import articles, histories, leases, schema, shedding
from readout.storage.articles import StoredArticle
from readout.storage.database import Database, open_database
from readout.storage.meetings import list_meetings
from readout.storage.soundness import Damage, damage_of
from readout.trace import why
from readout.trace_lines import trace_lines
from readout.watches.query import parse
from tests.processes import ROOT, running
from tests.reported import DAY, NOW, OTHER_TEXT, TEXT, page, reading, report, source
from tests.sites import configure, query, story
from tests.sites import feed as feed_of
from tests.sites import source as site
from tests.store import store_section, store_url

A_DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
YEAR_LATER = NOW + 400 * A_DAY
RULES = Retention(article_days=365, log_days=90)
AGENCY = source("agency")
SESSION = report(session=55, days=DAY, city="Astana", country="KZ")
SITE = "https://agency.example"
WHEAT, CHIEFS = f"{SITE}/wheat", f"{SITE}/chiefs"
NEWER_TEXT = OTHER_TEXT.replace("wheat", "barley").replace("a week", "ten days")


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, max_age=None)


def take(intake: Intake, url: str, words: str, *reports, now=NOW, title=None, **more) -> Outcome:
    """Find `url`, new or said to have changed, fetch it and take in what it tells."""
    found = Link(url=url, modified=now)
    intake.take_links(AGENCY, Find(url=f"{SITE}/rss", links=[found]), now=now)
    due = next(each for each in intake.due_links(AGENCY.id, now=now, limit=99) if each.url == url)
    told = reading(words, *reports, title=title or url[-6:], url=url, published=NOW)
    told = replace(told, article=replace(told.article, canonical_url=more.get("canonical")))
    return intake.take_page(AGENCY, due, page(url, words.encode()), told, now=now)


def let_go(database: Database, now=YEAR_LATER, rules: Retention = RULES) -> LetGo:
    return retain(database, rules, now=now, stop=Event())


def article(database: Database, url: str) -> StoredArticle:
    with database.read() as connection:
        (found,) = articles.articles_by_url(connection, url)
    return found


def traced(database: Database, url: str) -> str:
    with database.read() as connection:
        return "\n".join(trace_lines(why(connection, url)))


def rows(database: Database, statement: str) -> list[tuple]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


# --- which texts go -------------------------------------------------------------------------------------------------


def test_the_text_of_an_old_page_that_tells_of_nothing_goes_and_all_else_of_it_stays(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    before = article(database, WHEAT)
    with database.read() as connection:
        signature = articles.signature_of(connection, before.id)
    assert let_go(database) == LetGo(texts=1, visits=0, crawls=0)
    after = article(database, WHEAT)
    assert after == replace(before, article=replace(before.article, text=""), shed_at=YEAR_LATER)
    with database.read() as connection:
        assert articles.signature_of(connection, before.id) == signature != b""
    assert "its text was let go on 2025-11-08" in traced(database, WHEAT)


def test_all_former_versions_go_with_it(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    take(intake, WHEAT, NEWER_TEXT, now=NOW + HOUR)
    let_go(database)
    assert rows(database, "SELECT text FROM article UNION ALL SELECT text FROM article_version") == [("",), ("",)]
    said = traced(database, WHEAT)
    assert "version 2, seen 2024-10-04 13:00" in said
    assert "what changed is not known any more: the text was let go" in said


def test_what_tells_or_told_of_a_meeting_stays(database, intake):
    take(intake, CHIEFS, TEXT, SESSION)
    take(intake, f"{SITE}/copied", TEXT, SESSION)
    take(intake, f"{SITE}/edited", TEXT.replace("Astana", "Minsk"), report("intel", session=21))
    take(intake, f"{SITE}/edited", OTHER_TEXT, now=NOW + HOUR)  # a former version told of one
    kept = rows(database, "SELECT text FROM article UNION ALL SELECT text FROM article_version")
    assert article(database, f"{SITE}/edited").outcome == OutcomeKind.NOT_A_REPORT
    assert let_go(database).texts == 0
    assert rows(database, "SELECT text FROM article UNION ALL SELECT text FROM article_version") == kept


@pytest.mark.parametrize(
    ("later", "rules", "goes"),
    [
        (timedelta(days=364), RULES, 0),
        (timedelta(days=366), RULES, 1),
        (timedelta(days=366), Retention(log_days=1), 0),
        (timedelta(days=366), Retention(article_days=1_000_000), 0),
    ],
)
def test_younger_texts_stay(database, intake, later, rules, goes):
    take(intake, WHEAT, OTHER_TEXT)
    assert let_go(database, NOW + later, rules).texts == goes


def test_what_was_seen_unchanged_since_then_stays(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    assert take(intake, WHEAT, OTHER_TEXT, now=NOW + 300 * A_DAY).kind is OutcomeKind.UNCHANGED
    assert let_go(database).texts == 0
    assert let_go(database, NOW + 700 * A_DAY).texts == 1


def test_what_a_search_left_aside_as_too_old_stays(database, intake):
    intake.take_links(AGENCY, Find(url=f"{SITE}/rss", links=[Link(url=CHIEFS)]), now=NOW, quiet=True)
    (due,) = intake.due_links(AGENCY.id, now=NOW, limit=9)
    told = reading(TEXT, SESSION, url=CHIEFS)
    outcome = intake.take_page(AGENCY, due, page(CHIEFS), told, now=NOW, since=NOW + 9 * A_DAY)
    assert outcome.kind is OutcomeKind.BEFORE_RANGE
    assert let_go(database).texts == 0


def test_imported_rows_go_too_and_are_known_again(database, intake):
    told = reading(OTHER_TEXT, url=WHEAT)
    intake.take_row("r1", WHEAT, None, told, now=NOW, alert=False)
    assert let_go(database).texts == 1
    empty = reading("", url=WHEAT)
    for again in (told, empty):  # an export of what was let go is imported as a row without words
        assert intake.take_row("r1", WHEAT, None, again, now=YEAR_LATER, alert=False).kind is OutcomeKind.UNCHANGED
    assert article(database, WHEAT).shed_at == YEAR_LATER


# --- the page is visited again --------------------------------------------------------------------------------------


def test_the_same_text_again_is_unchanged(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    let_go(database)
    again = take(intake, WHEAT, OTHER_TEXT, now=YEAR_LATER)
    assert again == Outcome(kind=OutcomeKind.UNCHANGED, reason="the same text as before")
    assert article(database, WHEAT).version == 1


def test_another_text_is_read_anew_and_kept(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    let_go(database)
    assert take(intake, WHEAT, NEWER_TEXT, now=YEAR_LATER).kind is OutcomeKind.NOT_A_REPORT
    now = article(database, WHEAT)
    assert (now.version, now.article.text, now.shed_at) == (2, NEWER_TEXT, None)
    assert "version 2, seen 2025-11-08 12:00" in (said := traced(database, WHEAT))
    assert "what changed is not known any more" in said
    assert "let go on" not in said
    assert let_go(database, YEAR_LATER + A_DAY).texts == 0
    # from here on it is compared as ever
    again = take(intake, WHEAT, NEWER_TEXT + "\nViews: 17", now=YEAR_LATER + HOUR)
    assert again.reason == "the same words as before, but for counters and the like"


def test_a_meeting_that_newer_rules_see_in_the_same_text_is_not_lost(database, intake):
    take(intake, CHIEFS, TEXT)
    let_go(database)
    assert take(intake, CHIEFS, TEXT, SESSION, now=YEAR_LATER).kind is OutcomeKind.STORED
    now = article(database, CHIEFS)
    assert (now.version, now.article.text, now.shed_at, now.outcome) == (1, TEXT, None, OutcomeKind.STORED)
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert [told.text for told in meeting.tellings] == [TEXT]


def test_another_address_is_known_without_the_text(database, intake):
    take(intake, WHEAT, OTHER_TEXT, title="Record harvest")
    let_go(database)
    told = take(intake, f"{SITE}/b", OTHER_TEXT + " More.", title="Record harvest", canonical=WHEAT, now=YEAR_LATER)
    assert told.reason.startswith(f"another address of {WHEAT}")
    assert rows(database, "SELECT count(*) FROM article") == [(1,)]


def test_a_copy_of_it_is_still_known_for_one(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    let_go(database)
    told = take(intake, f"{SITE}/copied", OTHER_TEXT, SESSION, title=WHEAT[-6:], now=YEAR_LATER)
    assert (told.kind, told.reason.split(";")[0]) == (OutcomeKind.DUPLICATE, f"the same text as {WHEAT}")


# --- what reads the store -------------------------------------------------------------------------------------------


def test_everything_that_reads_the_store_works_on_without_the_text(database, intake):
    take(intake, CHIEFS, TEXT, SESSION)
    take(intake, WHEAT, OTHER_TEXT)
    before = list(report_rows(database)), list(article_rows(database))
    let_go(database)
    assert list(report_rows(database)) == before[0]
    assert list(article_rows(database)) == [before[1][0], before[1][1] | {"text": None}]
    with database.read() as connection:
        assert len(list(list_meetings(connection, parse('"terrorism"')))) == 1

    def read(each):
        assert each.text, "nothing is read of an article without its text"
        return reading(each.text, SESSION, title=each.title, url=each.url)

    done = replay(database, read, now=lambda: YEAR_LATER)
    assert (done.articles, done.shed, done.added, done.lost) == (1, 1, [], [])


@pytest.mark.parametrize(
    "command",
    [
        ["why", WHEAT],
        ["--json", "why", WHEAT],
        ["show", "1"],
        ["meetings", "terrorism"],
        ["export", "articles"],
        ["export", "articles", "--format", "csv"],
        ["export", "reports"],
        ["replay", "--dry-run"],
        ["replay"],
    ],
    ids=" ".join,
)
def test_commands_work_on(database, intake, tmp_path, monkeypatch, capsys, command):
    from readout.cli import app

    take(intake, CHIEFS, TEXT, SESSION)
    take(intake, WHEAT, OTHER_TEXT)
    let_go(database)
    (tmp_path / "readout.toml").write_text(f'data_dir = "."\nsources = []\n{store_section(tmp_path)}')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        app(command)
    out, err = capsys.readouterr()
    assert ended.value.code == 0, (out, err)
    assert OTHER_TEXT[:40] not in out
    if command[-1] == "replay":
        assert "1 articles left out: their texts were let go" in out
    if command == ["--json", "why", WHEAT]:
        assert json.loads(out)["articles"][0]["stored"]["shed_at"].startswith("2025-11-08")


# --- logs -----------------------------------------------------------------------------------------------------------


def add_visits(database: Database, link_id: int, *ages: int) -> None:
    said = [{"link_id": link_id, "at": NOW - age * A_DAY, "outcome": "unchanged", "reason": ""} for age in ages]
    with database.write() as connection:
        connection.execute(insert(schema.visit), said)


def ages(database: Database, table: str, column: str) -> list[int]:
    """How many days ago each row is from, the oldest first."""
    with database.read() as connection:
        found = connection.execute(schema.metadata.tables[table].select().order_by(text(column)))
        return [(NOW - row._mapping[column]).days for row in found]


def test_old_visits_go_but_for_the_last_of_each_link(database, intake):
    intake.take_links(AGENCY, Find(url="rss", links=[Link(url=WHEAT), Link(url=CHIEFS)]), now=NOW)
    add_visits(database, 1, 300, 200, 150)
    add_visits(database, 2, 120, 91, 89, 1)
    assert let_go(database, NOW).visits == 4
    assert ages(database, "visit", "at") == [150, 89, 1]
    assert let_go(database, NOW).visits == 0


def add_crawls(database: Database, source_id: str, *crawls: dict) -> None:
    plain = {"source_id": source_id, "heard": "all", "new_links": 0, "articles": 0, "outcomes": {}}
    told = [plain | {"finished_at": crawl["started_at"]} | crawl for crawl in crawls]
    with database.write() as connection:
        connection.execute(insert(schema.crawl), told)


def test_old_crawls_go_but_for_those_a_source_is_judged_by(database):
    every_day = [{"started_at": NOW - age * A_DAY} for age in range(200)]
    add_crawls(database, "lively", *every_day)
    add_crawls(database, "silent", *[{"started_at": NOW - age * A_DAY} for age in (400, 300, 200)])
    assert let_go(database, NOW) == LetGo(texts=0, visits=0, crawls=200 - 91 - 1)
    kept = ages(database, "crawl", "started_at")
    assert kept == [400, 300, 200, 199, *range(90, -1, -1)]  # the first of each is known for ever


def test_crawls_that_brought_something_stay_longer(database):
    plain = [{"started_at": NOW - age * A_DAY} for age in range(60)]
    news = [{"started_at": NOW - age * A_DAY, "new_links": 1} for age in (70, 80, 100, 110)]
    read = [{"started_at": NOW - age * A_DAY, "articles": 3} for age in range(150, 180)]
    cut_short = [{"started_at": NOW - 200 * A_DAY, "finished_at": None, "heard": None}]
    add_crawls(database, "agency", *plain, *news, *read, *cut_short)
    let_go(database, NOW, Retention(log_days=1))
    kept = sorted(ages(database, "crawl", "started_at"))
    assert kept == [*range(20), 70, 80, *range(150, 170), 179]
    assert max(histories._LAST_CRAWLS, histories._LAST_READINGS) <= shedding.LAST_OF_A_SOURCE
    assert shedding.NEWS_AGE >= histories._NEWS_DAYS


def test_crawls_of_the_last_fortnight_stay_however_many(database):
    add_crawls(database, "agency", *[{"started_at": NOW - hour * HOUR} for hour in range(20 * 24)])
    let_go(database, NOW, Retention(log_days=1))
    assert max(ages(database, "crawl", "started_at")[1:]) == 14


# --- when -----------------------------------------------------------------------------------------------------------


def test_it_is_done_once_a_day_whoever_asks(database, intake):
    def ask(now, stop=None):
        return retain_when_due(database, RULES, now=now, stop=stop or Event())

    take(intake, WHEAT, OTHER_TEXT)
    assert ask(YEAR_LATER) == LetGo(texts=1, visits=0, crawls=0)
    assert ask(YEAR_LATER) is None
    assert ask(YEAR_LATER.replace(hour=23)) is None
    tomorrow = (YEAR_LATER + A_DAY).replace(hour=0, minute=1)
    assert ask(tomorrow) == LetGo(texts=0, visits=0, crawls=0)


def test_nothing_is_touched_where_all_is_kept(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    assert retain_when_due(database, Retention(), now=YEAR_LATER, stop=Event()) is None
    assert rows(database, "SELECT count(*) FROM lease") == [(0,)]


class After(Event):
    """Is set at the `number`-th time that it is waited for."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.left = number

    def wait(self, timeout=None):
        self.left -= 1
        if self.left == 0:
            self.set()
        return self.is_set()


def fill(database: Database, number: int) -> None:
    """So many articles that tell of nothing, each with a former version."""
    stories = [f"Story {each} of the harvest" for each in range(1, number + 1)]
    common = {"url": WHEAT, "first_seen": NOW, "changed_at": NOW, "version": 2, "signature": b"", "score": 0.1}
    common |= {"outcome": "not_a_report", "signals": [], "official": False, "published_day_only": False}
    told = [
        common | {"key": f"r{at}", "text": words, "text_hash": fingerprint(None, words).text_hash}
        for at, words in enumerate(stories)
    ]
    with database.write() as connection:
        connection.execute(insert(schema.article), told)
        connection.execute(
            text(
                "INSERT INTO article_version (article_id, version, text, text_hash, seen_at) "
                "SELECT id, 1, 'before', 'hash', first_seen FROM article"
            )
        )


def test_a_service_that_ends_breaks_it_off_and_it_goes_on_at_the_next_start(database):
    fill(database, 1_000)
    first = retain_when_due(database, RULES, now=YEAR_LATER, stop=After(2))
    assert first == LetGo(texts=2 * shedding.A_BATCH, visits=0, crawls=0)
    again = retain_when_due(database, RULES, now=YEAR_LATER, stop=Event())
    assert again == LetGo(texts=600, visits=0, crawls=0)


KILLED = """# warm
import sys
from threading import Event
from datetime import datetime
from readout.retention import retain_when_due
from readout.section import Retention
from readout.storage.database import open_database

class Told(Event):
    def wait(self, timeout=None):
        print("a batch", flush=True)
        return False

database = open_database(sys.argv[1], create=False)
retain_when_due(database, Retention(article_days=365), now=datetime.fromisoformat(sys.argv[2]), stop=Told())
"""


@pytest.mark.parametrize("batches", [1, 3, 6])
def test_a_death_in_the_middle_loses_nothing(tmp_path: Path, batches: int):
    url = store_url(tmp_path)
    dice = Random(batches)
    with closing(open_database(url, create=True)) as database:
        fill(database, 10_000)
        whole = rows(database, "SELECT id, text FROM article")
        command = [sys.executable, "-c", KILLED, url, YEAR_LATER.isoformat()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(batches):
                assert process.stdout.readline()
            Event().wait(dice.uniform(0, 0.02))  # somewhere inside a transaction, or between two
            process.kill()
        gone = rows(database, "SELECT id FROM article WHERE shed_at IS NOT NULL AND text = '' ORDER BY id")
        assert len(gone) >= batches * shedding.A_BATCH
        assert len(gone) % shedding.A_BATCH == 0
        left = rows(database, "SELECT id, text FROM article WHERE shed_at IS NULL")
        assert sorted([*left, *((each, whole[each - 1][1]) for (each,) in gone)]) == whole
        emptied = rows(database, "SELECT article_id FROM article_version WHERE text = '' ORDER BY article_id")
        assert emptied == gone
        assert retain_when_due(database, RULES, now=YEAR_LATER, stop=Event()) is None  # it may still live
        later = YEAR_LATER + timedelta(minutes=61)
        assert retain_when_due(database, RULES, now=later, stop=Event()).texts == 10_000 - len(gone)
        assert rows(database, "SELECT count(*) FROM article WHERE text <> ''") == [(0,)]
        assert not database.home.file or damage_of(database.home.file, limit_s=60) == Damage(said=None)


def test_others_may_write_between_two_transactions(database, intake):
    fill(database, 1_000)

    class Meanwhile(Event):
        def wait(self, timeout=None):
            with database.write() as connection:
                leases.take_lease(connection, "other", "somebody", NOW, HOUR)
            return False

    assert retain(database, RULES, now=YEAR_LATER, stop=Meanwhile()).texts == 1_000


def test_a_crawl_by_hand_does_the_day_s_work(tmp_path, monkeypatch, capsys):
    from readout.cli import app
    from readout.demo.server import SiteServer

    with SiteServer("courier") as web:
        web.host("courier", {"/rss": feed_of(web.url("courier", "/news/1")), "/news/1": story(1)})
        configure_it = site("courier", web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")})
        config = configure(tmp_path, configure_it)
        (tmp_path / "readout.toml").write_text(
            'data_dir = "."\nsources = ["sources"]\n[retention]\narticle_days = 1\n'
            '[crawl]\nper_host_delay = 0\nallow_networks = ["127.0.0.0/8", "::1/128"]\n' + store_section(tmp_path)
        )
        monkeypatch.chdir(tmp_path)
        with closing(open_database(config.database.url, create=True)) as database:
            fill(database, 3)
        for command in (["crawl"], ["crawl", "--due"]):
            with pytest.raises(SystemExit) as ended:
                app(command)
            assert ended.value.code == 0
    said = capsys.readouterr().err
    assert said.count("the texts of 3 articles, 0 visits and 0 crawls were let go") == 1
    assert query(config, "SELECT count(*) FROM article WHERE text <> ''") == [(1,)]
    assert [name for (name,) in query(config, "SELECT name FROM lease")].count(LEASE_NAME) == 1


def test_the_service_does_the_day_s_work(tmp_path):
    (tmp_path / "readout.toml").write_text(
        f'data_dir = "."\nsources = []\n[retention]\narticle_days = 1\n{store_section(tmp_path)}'
    )
    with closing(open_database(store_url(tmp_path), create=True)) as database:
        fill(database, 3)
    told = {"READOUT_CONFIG": str(tmp_path / "readout.toml")}
    with running(str(ROOT / "scheduler.py"), folder=tmp_path, **told) as process:
        line = next(line for line in process.stderr if "let_go" in line)
        assert "texts=3" in line
        process.terminate()
        assert process.wait(60) == 0


@pytest.mark.in_file
def test_the_texts_are_found_by_index(database, intake):
    take(intake, WHEAT, OTHER_TEXT)
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", note)
    assert list(shedding.spent_texts(database, YEAR_LATER)) == [[1]]
    ((statement, parameters),) = asked
    with database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "ix_article_whole (changed_at<?)" in plan[0][-1]
