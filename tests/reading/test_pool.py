"""Reader processes: a page may kill one, never the pool, and none outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from work_for_readers import count_and_obey, obey, only_extract

from readout.error import ReadoutError
from readout.model import Link, OutcomeKind, Page
from readout.reading.pool import ReaderPool
from readout.reading.reader import ReaderLostError
from readout.reading.share import Share
from readout.site_rules import DateRules, PageRules

ROOT = Path(__file__).parents[2]
LINK = Link(url="https://example.org/a")
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def page(body, url="https://example.org/a"):
    body = body if isinstance(body, bytes) else body.encode()
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Page(url=url, final_url=url, status=200, body=body, content_type="text/html", fetched_at=at)


@pytest.fixture
def pool():
    pool = ReaderPool(2, 20, 600, work=obey)
    yield pool
    pool.close()


async def read(pool, body, **given):
    return await pool.read(page(body, **given), link=LINK, zone="Asia/Baku")


def is_alive(pid):
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


async def ended(pid):
    """Wait until a process is gone; the test's own timeout is the limit."""
    while is_alive(pid):
        await asyncio.sleep(0.01)


async def test_pages_are_answered_and_readers_kept(pool):
    answers = [await read(pool, "answer", url=f"https://example.org/{n}") for n in range(5)]
    assert [answer.evidence for answer in answers] == [f"https://example.org/{n}" for n in range(5)]
    assert len({answer.reason for answer in answers}) == 1


async def test_the_sources_rules_go_to_the_reader():
    body = "<html><body><h1>T</h1><p>Some other story that is long enough to be taken for one.</p>"
    body += "<i class=at>31 oktyabr</i><div class=own>The council met in Astana on Friday.</div></body></html>"
    rules = PageRules(body=".own", title="h2", date=DateRules(css=".at", locale="az"))
    pool = ReaderPool(1, 20, 1_000)
    try:
        new_at = datetime(2026, 11, 1, tzinfo=UTC)
        reading = await pool.read(page(body), link=LINK, zone="Asia/Baku", rules=rules, new_at=new_at)
    finally:
        pool.close()
    assert reading.article.text == "The council met in Astana on Friday."
    assert reading.article.published_day == date(2026, 10, 31)
    assert reading.missed_rules == ("title",)


async def test_many_at_once_use_no_more_readers_than_allowed(pool):
    answers = await asyncio.gather(*(read(pool, "answer", url=f"https://example.org/{n}") for n in range(20)))
    assert [answer.evidence for answer in answers] == [f"https://example.org/{n}" for n in range(20)]
    assert 1 <= len({answer.reason for answer in answers}) <= 2


async def test_a_page_that_kills_two_readers_is_set_aside_and_the_next_is_read(pool):
    dead, alive = await asyncio.gather(read(pool, "die"), read(pool, "answer"))
    assert dead.outcome is OutcomeKind.UNREADABLE
    assert "died" in dead.reason
    assert alive.outcome is OutcomeKind.NOT_A_REPORT
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT


async def test_a_reader_killed_in_the_middle_of_a_page_costs_nothing(pool, tmp_path):
    answer = await read(pool, f"die-once {tmp_path / 'mark'}")
    assert answer.outcome is OutcomeKind.NOT_A_REPORT
    assert (tmp_path / "mark").exists()


@LINUX
async def test_a_page_that_takes_too_long_is_given_up():
    pool = ReaderPool(1, 1, 600, work=obey)
    try:
        late = await read(pool, "spin")
        assert late.outcome is OutcomeKind.UNREADABLE
        assert "more than 1 s" in late.reason
        assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT
    finally:
        pool.close()


@LINUX
async def test_a_page_that_eats_memory_is_given_up(pool):
    answer = await read(pool, "swallow")
    assert answer.outcome is OutcomeKind.UNREADABLE
    assert "600 MiB" in answer.reason


@LINUX
async def test_memory_taken_between_two_looks_is_not_given(pool):
    answer = await read(pool, "allocate")
    assert answer.outcome is OutcomeKind.UNREADABLE
    assert "600 MiB" in answer.reason
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT


@LINUX
async def test_what_is_read_with_memory_refused_is_given_up_and_no_more_is_given_while_nobody_looks(
    pool, tmp_path, monkeypatch
):
    monkeypatch.setattr("readout.reading.reader._LOOK_EVERY_S", 60)
    answer = await read(pool, f"hoard {tmp_path / 'peaks'}")
    assert answer.outcome is OutcomeKind.UNREADABLE
    assert "600 MiB" in answer.reason
    first, second = map(int, (tmp_path / "peaks").read_text().split())
    assert 600 < first < 640
    assert 600 < second < 640


@LINUX
async def test_a_limit_below_an_idle_reader_is_said():
    pool = ReaderPool(1, 5, 1, work=obey)
    try:
        with pytest.raises(ReadoutError, match="memory_mib = 1"):
            await read(pool, "answer")
    finally:
        pool.close()


async def test_a_bug_in_reading_is_raised_and_the_pool_goes_on(pool):
    with pytest.raises(KeyError, match="missing"):
        await read(pool, "raise missing")
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT


async def test_a_reader_retires_after_its_pages():
    pool = ReaderPool(1, 20, 600, pages_per_reader=2, work=obey)
    try:
        pids = [(await read(pool, "answer")).reason for _ in range(4)]
    finally:
        pool.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_a_reading_nobody_waits_for_ends_with_its_reader(pool, tmp_path):
    mark = tmp_path / "pid"
    task = asyncio.create_task(read(pool, f"sleep {mark}"))
    while not (mark.exists() and mark.read_text()):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended(mark.read_text()), 20)
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT


async def test_close_leaves_no_reader(tmp_path):
    pool = ReaderPool(2, 20, 600, work=obey)
    mark = tmp_path / "pid"
    busy = asyncio.create_task(read(pool, f"sleep {mark}"))
    idle = (await read(pool, "answer")).reason
    while not (mark.exists() and mark.read_text()):
        await asyncio.sleep(0.01)
    pool.close()
    for pid in (idle, mark.read_text()):
        await asyncio.wait_for(ended(pid), 20)
    with pytest.raises(RuntimeError, match="closed"):
        await busy
    with pytest.raises(RuntimeError, match="closed"):
        await read(pool, "answer")


async def test_close_leaves_no_thread_that_the_end_of_python_could_cross():
    before = set(threading.enumerate())
    pool = ReaderPool(2, 20, 600, pages_per_reader=1, work=obey)
    await asyncio.gather(*(read(pool, "answer", url=f"https://example.org/{n}") for n in range(3)))
    await read(pool, "die")
    await read(pool, "answer")
    pool.close()
    assert [one for one in threading.enumerate() if one not in before and "asyncio" not in one.name] == []


async def test_hostile_markup_kills_a_reader_and_the_pool_goes_on():
    # Each attribute of one tag is compared with all before it: far longer than any page is worth.
    attributes = " ".join(f"a{n}=1" for n in range(60_000))
    hostile = f"<html><body><p {attributes}>x</p></body></html>"
    good = "<html><body><article>" + "<p>The council met in Astana on Friday and agreed on nothing at all.</p>" * 9
    pool = ReaderPool(1, 2, 600, work=only_extract)
    try:
        late = await read(pool, hostile)
        assert "two readers gave up" in late.reason
        assert "met in Astana" in (await read(pool, good)).reason
    finally:
        pool.close()


async def test_what_cost_two_readers_is_not_tried_again(pool, tmp_path):
    log = tmp_path / "log"
    for _ in range(2):
        with pytest.raises(ReaderLostError, match="two readers gave up"):
            await pool.run(page("die"), count_and_obey, page("die"), log)
    assert len(log.read_text().splitlines()) == 2
    answer = await pool.run(page("answer"), count_and_obey, page("answer"), log)
    assert answer.outcome is OutcomeKind.NOT_A_REPORT


async def test_large_pages_are_read_one_at_a_time_and_others_meanwhile(pool, tmp_path):
    large, log, stuck = page(bytes(600_000)), tmp_path / "log", tmp_path / "stuck"
    first = asyncio.create_task(pool.run(large, count_and_obey, page(f"sleep {stuck}"), tmp_path / "first"))
    while not (stuck.exists() and stuck.read_text()):
        await asyncio.sleep(0.01)
    second = asyncio.create_task(pool.run(large, count_and_obey, page("answer"), log))
    await asyncio.sleep(0)  # it asks before the next
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT
    assert not log.exists()
    first.cancel()
    assert (await second).outcome is OutcomeKind.NOT_A_REPORT


async def test_what_cost_a_reader_is_tried_in_a_new_one_though_others_have_nothing_to_do(pool, tmp_path):
    await asyncio.gather(*(read(pool, "answer", url=f"https://example.org/{n}") for n in range(2)))
    idle = {str(reader.pid) for reader in pool._idle}
    assert len(idle) == 2
    answer = await read(pool, f"die-once {tmp_path / 'mark'}")
    assert answer.outcome is OutcomeKind.NOT_A_REPORT
    assert answer.reason not in idle


async def test_a_crawl_whose_pages_kill_readers_leaves_them_to_others(tmp_path):
    log, pool = tmp_path / "log", ReaderPool(2, 20, 600, work=obey)
    try:
        share = Share(pool)
        with pytest.raises(ReaderLostError):
            await share.run(page("die"), count_and_obey, page("die"), tmp_path / "dead")
        stuck = tmp_path / "stuck"
        waiting = asyncio.create_task(share.run(page("a"), count_and_obey, page(f"sleep {stuck}"), tmp_path / "a"))
        while not (stuck.exists() and stuck.read_text()):
            await asyncio.sleep(0.01)
        queued = asyncio.create_task(share.run(page("b"), count_and_obey, page("answer"), log))
        assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT
        assert not log.exists()
        waiting.cancel()
        assert (await queued).outcome is OutcomeKind.NOT_A_REPORT
    finally:
        pool.close()


@LINUX
async def test_each_loss_of_a_crawl_halves_its_patience_and_what_is_lost_in_haste_is_tried_again(tmp_path):
    pool = ReaderPool(1, 4, 600, work=obey)
    try:
        share, given = Share(pool), {"link": LINK, "zone": "UTC", "rules": PageRules(), "new_at": None}
        first = await share.read(page("die"), **given)
        assert first.outcome is OutcomeKind.UNREADABLE
        hasty = await share.read(page("spin"), **given)
        assert hasty.outcome is OutcomeKind.FAILED
        assert "in haste" in hasty.reason
        assert "more than 2 s" in hasty.reason
        assert "more than 1 s" in (await share.read(page("spin"), **given)).reason
        assert "more than 1 s" in (await share.read(page("spin"), **given)).reason
        assert (await share.read(page("answer"), **given)).outcome is OutcomeKind.NOT_A_REPORT
        assert "more than 4 s" in (await Share(pool).read(page("spin"), **given)).reason
    finally:
        pool.close()


class Deadly(ReaderPool):
    """Readers none of which outlives a page."""

    async def _run(self, cpu_s, tries, work, *job):
        raise ReaderLostError(f"more than {cpu_s:g} s")


async def test_a_crawl_may_lose_however_many_readers():
    share = Share(Deadly(1, 4.0, 600))
    for number in range(1_200):
        with pytest.raises(ReaderLostError) as lost:
            await share.run(page(str(number)), obey)
    assert str(lost.value) == "more than 1 s"


async def test_a_page_that_is_known_to_be_deadly_costs_a_crawl_no_patience():
    pool = Deadly(1, 4.0, 600)
    with pytest.raises(ReaderLostError):
        await Share(pool).run(page("deadly"), obey)
    share = Share(pool)
    for body in ("deadly", "another"):
        with pytest.raises(ReaderLostError, match="more than 4 s"):
            await share.run(page(body), obey)


PARENT = """
import asyncio, os, signal, sys
sys.path.insert(0, {tests!r})
from test_pool import page, LINK
from work_for_readers import obey
from readout.reading.pool import ReaderPool

async def main():
    pool = ReaderPool(1, 20, 600, work=obey)
    answer = await pool.read(page("answer"), link=LINK, zone="UTC")
    print(answer.reason, flush=True)
    if {kill}:
        os.kill(os.getpid(), signal.SIGKILL)
    pool.close()

if __name__ == "__main__":
    asyncio.run(main())
"""


def run_parent(tmp_path, *, kill, **streams):
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(tests=str(Path(__file__).parent), kill=kill))
    command = [sys.executable, str(script)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    return subprocess.run(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, timeout=60, check=False, **streams
    )


async def test_readers_end_with_a_killed_parent(tmp_path):
    done = run_parent(tmp_path, kill=True)
    await asyncio.wait_for(ended(done.stdout), 20)


def test_a_parent_without_standard_input_reads(tmp_path):
    done = run_parent(tmp_path, kill=False, preexec_fn=lambda: os.close(0))
    assert done.returncode == 0
    assert done.stdout.strip().isdigit()


PARENT_OF_A_MATCHER = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from test_pool import page, LINK
from work_for_readers import obey
from readout.reading.pool import ReaderPool

if __name__ == "__main__":
    pool = ReaderPool(1, 1, 600, work=obey)
    asyncio.run(pool.read(page("match {mark}"), link=LINK, zone="UTC"))
"""


@LINUX
async def test_a_reader_that_holds_the_interpreter_ends_though_its_parent_was_killed(tmp_path):
    script, mark = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT_OF_A_MATCHER.format(tests=str(Path(__file__).parent), mark=mark))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    parent = subprocess.Popen([sys.executable, str(script)], cwd=ROOT, env=env)
    while not (mark.exists() and mark.read_text()):
        await asyncio.sleep(0.01)
    parent.kill()
    parent.wait()
    await asyncio.wait_for(ended(mark.read_text()), 60)


async def test_a_reader_that_died_while_it_had_nothing_to_do_costs_no_page(pool):
    await read(pool, "answer")
    (idle,) = pool._idle
    os.kill(idle.pid, signal.SIGKILL)
    while not idle.executor._broken:  # from then on it refuses work at once
        await asyncio.sleep(0.01)
    assert (await read(pool, "answer")).outcome is OutcomeKind.NOT_A_REPORT
