"""Pages that a script makes, read in a real Chromium that can reach nothing but what a crawl may."""

import os
import select
import signal
import socket
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from readout.config import Config
from readout.demo.server import Answer, SiteServer
from spiders.access import chromium
from tests.sites import asked, configure, crawl, fates, feed, outcomes, query, source

pytest.importorskip("scrapy_playwright", reason="the extra `browser` is not installed")
CHROMIUM = chromium(Config())
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

PROSE = "The harvest of pomegranates was better than in any year since the orchards were planted, growers say. " * 6
PATIENCE_S = 20

# Every way out of a page that we know of, all of them to the trap.
ESCAPES = """
fetch(trap).catch(() => 0);
fetch('/jump').catch(() => 0);
navigator.sendBeacon(trap, 'x');
try { new WebSocket(trap.replace('http', 'ws')); } catch (error) {}
try { new EventSource(trap); } catch (error) {}
try { new Worker(URL.createObjectURL(new Blob([`fetch('${trap}')`]))); } catch (error) {}
try {
  const line = new RTCPeerConnection({iceServers: [{urls: stun}]});
  line.createDataChannel('x');
  line.createOffer().then(offer => line.setLocalDescription(offer));
} catch (error) {}
try { window.open(trap); } catch (error) {}
for (const rel of ['prefetch', 'preconnect', 'dns-prefetch', 'preload', 'stylesheet', 'icon', 'prerender']) {
  const link = document.createElement('link');
  Object.assign(link, {rel, href: trap, as: 'fetch'});
  document.head.append(link);
}
for (const name of ['img', 'iframe', 'video', 'embed', 'script']) {
  const element = document.createElement(name);
  element.src = trap;
  document.body.append(element);
}
const form = document.createElement('form');
Object.assign(form, {action: trap, method: 'post', target: '_blank'});
document.body.append(form);
form.submit();
"""


def page(script):
    head = "<title>Story</title><link rel=stylesheet href=/style.css>"
    return Answer.of(
        f"<!DOCTYPE html><html lang=en><head>{head}</head><body><img src=/photo.png><article></article>"
        f"<script>{script}</script></body></html>"
    )


FILLED = page(
    "fetch('/words').then(answer => answer.text()).then(words =>"
    " document.querySelector('article').innerHTML = `<h1>Made by script</h1><p>${words}</p>`)"
)


@pytest.fixture
def web():
    with SiteServer("courier", "trap") as web:
        yield web


@pytest.fixture
def browser(tmp_path):
    """A Chromium that can be told from others, and what it is told by."""
    mark = f"--readout-test={uuid4()}"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nexec {CHROMIUM} {mark} "$@"\n')
    program.chmod(0o755)
    return program, mark


def courier(web, folder, pages, browser, **limits):
    places = {"type": "feed", "url": web.url("courier", "/rss")}
    links = feed(*(web.url("courier", path) for path in pages if path.startswith("/news/")))
    web.host("courier", {"/rss": links, **pages})
    web.host("trap", {"*": Answer.of("caught")})
    fields = source("courier", web.url("courier"), places, render="browser")
    limits = {"allow_networks": ["127.0.0.2/32"], "browser": browser[0]} | limits
    return configure(folder, fields, **limits)


def marked(mark):
    """The browsers that run under this mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in command and not any(part.startswith(b"--type=") for part in command):
            found.append(int(process.name))
    return found


def test_an_article_that_a_script_makes_is_read_and_nothing_it_does_not_need(web, tmp_path, browser):
    words = Answer.of(PROSE, "text/plain")
    others = {"/words": words, "/style.css": Answer.of("", "text/css"), "/photo.png": Answer.of(b"x", "image/png")}
    config = courier(web, tmp_path, {"/news/1": FILLED, **others}, browser)
    crawl(config)
    assert outcomes(config) == {"/news/1": "not_a_report"}
    ((title, text),) = query(config, "SELECT title, text FROM article")
    assert title == "Made by script"
    assert "pomegranates" in text
    assert asked(web) == [("/rss", 200), ("/news/1", 200), ("/words", 200)]
    for request in web.log("courier"):
        assert "Readout/" in request.headers["user-agent"]
        assert request.headers["accept-language"].startswith("az")
        assert not {"if-none-match", "cookie"} & request.headers.keys()
    assert query(config, "SELECT etag FROM link") == [(None,)]
    assert marked(browser[1]) == []


def test_a_page_reaches_nothing_that_a_crawl_may_not(web, tmp_path, browser):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.3", 0))
        datagrams.setblocking(False)
        trap = web.url("trap", "/trap")
        stun = "stun:{}:{}".format(*datagrams.getsockname())
        script = f"const trap = '{trap}', stun = '{stun}';\n{ESCAPES}"
        pages = {
            "/news/1": page(script),
            "/news/2": Answer.redirect(trap),
            "/news/3": page(f"location = '{trap}'"),
            "/jump": Answer.redirect(trap),
        }
        config = courier(web, tmp_path, pages, browser)
        crawl(config)
        assert web.log("trap") == []
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)
    assert ("/news/1", 200) in asked(web, "courier")
    assert ("/jump", 301) in asked(web, "courier")
    assert fates(config)["/news/3"] == ("failed", "the connection failed")


def test_limits_of_time_size_and_memory_hold_and_every_link_has_its_fate(web, tmp_path, browser):
    memory = set()

    def words(_):
        memory.update(memory or map(most_memory, marked(browser[1])))
        return Answer.of("x", "text/plain")

    many = "for (let n = 0; n < 500; n++) fetch('/words?' + n).catch(() => 0)"
    pages = {
        "/news/1": page("for (;;) ;"),
        "/news/2": page("document.querySelector('article').innerText = 'x'.repeat(3e6)"),
        "/news/3": page(many),
        "/news/4": Answer.of(b"PK\x03\x04", "application/zip"),
        "/news/5": Answer(404),
        "/news/6": page("alert('stop'); document.querySelector('article').innerText = 'after'"),
        "/words": words,
    }
    config = courier(web, tmp_path, pages, browser, timeout=3, max_page_mib=1)
    crawl(config)
    kinds = {path: outcome for path, (outcome, _) in fates(config).items()}
    assert (kinds["/news/1"], kinds["/news/2"], kinds["/news/5"]) == ("failed", "unsupported", "failed")
    assert fates(config)["/news/1"][1] == "no whole answer came in time"
    assert kinds["/news/4"] == "unsupported"
    assert None not in kinds.values()
    assert memory == {1 << 30}
    assert len([path for path, _ in asked(web) if path.startswith("/words")]) <= 100
    assert marked(browser[1]) == []


def test_robots_txt_is_heeded_where_a_redirect_leads(web, tmp_path, browser):
    robots = Answer.of("User-agent: *\nDisallow: /closed", "text/plain")
    pages = {"/robots.txt": robots, "/news/1": Answer.redirect("/closed/1"), "/closed/1": FILLED, "/news/2": FILLED}
    config = courier(web, tmp_path, pages | {"/words": Answer.of(PROSE, "text/plain")}, browser)
    crawl(config)
    assert outcomes(config) == {"/news/1": "refused", "/news/2": "not_a_report"}


def test_a_browser_that_does_not_start_costs_no_link_its_tries(web, tmp_path, browser):
    browser[0].write_text("#!/bin/sh\nexit 3\n")
    config = courier(web, tmp_path, {"/news/1": FILLED}, browser)
    end = crawl(config)
    assert "the browser could not be started" in end.error
    assert query(config, "SELECT outcome, attempts FROM link") == [(None, 0)]


def test_the_browser_ends_with_the_crawl_process_even_if_that_is_killed(web, tmp_path, browser):
    ended = threading.Event()

    def kill_the_crawl(_):
        (pid,) = marked(browser[1])
        line = os.pidfd_open(pid)
        os.kill(parent(parent(pid)), signal.SIGKILL)
        if select.select([line], [], [], PATIENCE_S)[0]:
            ended.set()
        os.close(line)
        return Answer(503)

    config = courier(web, tmp_path, {"/news/1": FILLED, "/words": kill_the_crawl}, browser)
    assert crawl(config).reason == "crashed"
    assert ended.wait(PATIENCE_S)


def most_memory(pid):
    """How many bytes a process and those that it begins may fill."""
    (line,) = (each for each in Path(f"/proc/{pid}/limits").read_text().splitlines() if each.startswith("Max data"))
    return int(line.split()[3])


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
