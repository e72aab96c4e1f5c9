"""Whatever a site names, by whatever spelling, and wherever it says so: no request reaches this machine's own ports."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from readout.demo.server import Answer, Content, SiteServer
from readout.source_file import read_source_file
from readout.workers.once import crawl_once
from tests.sites import configure, fates, feed, source, story
from tests.spiders.trap import Trap

SPELLINGS = (
    *(
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7f.0.0.0x1",
        "0177.0.0.1",
        "017700000001",
    ),
    *("0.0.0.0", "0", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST", "ip6-localhost", "ip6-loopback"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::1%25lo]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::ffff:0:127.0.0.1]"),
    *("①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.０.０.１", "127．0．0．1", "ⓛocalhost", "loc\u00adalhost"),
    *("%31%32%37.0.0.1", "127.0.0.1%2e", "%6c%6fcalhost", "127.0.0.1%00.example.org"),
    *("news.example.org@127.0.0.1", "127.0.0.1:80@127.0.0.1", "news.example.org%40@127.0.0.1"),
)


def urls(port: int, path: str) -> list[str]:
    """The trap by every spelling, and by what parsers of URLs disagree about."""
    odd = (
        f"http://127.0.0.1:{port}\\@news.example.org{path}",
        f"http:\\\\127.0.0.1:{port}{path}",
        f"http:/127.0.0.1:{port}{path}",
        f"http:127.0.0.1:{port}{path}",
        f"//127.0.0.1:{port}{path}",
        f"\thttp://127.0.0.1:{port}{path}",
        f"ht\ntp://127.0.0.1:{port}{path}",
        f"http://\t127.0.0.1:{port}{path}",
        f"http://127.0.0.1:{port}#@news.example.org{path}",
        f"HTTP://127.0.0.1:{port}{path}",
        f"https://127.0.0.1:{port}{path}",
        f"ftp://127.0.0.1:{port}{path}",
        f"gopher://127.0.0.1:{port}/_GET%20{path}",
        "file:///etc/passwd",
        "data:text/html,<p>inside</p>",
    )
    return [*(f"http://{host}:{port}{path}" for host in SPELLINGS), *odd]


Way = Callable[[Callable[[str], str], list[str]], tuple[Content, dict[str, object]]]
"""What a site serves, and its place, so that each of the trap's URLs stands where such a site may name one."""


def by_links(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    escaped = [url.replace("&", "&amp;").replace("<", "&lt;") for url in inside]
    return {"/rss": feed(own("/news/good"), *escaped)}, {"type": "feed", "url": own("/rss")}


def by_redirects(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    printable = [url for url in inside if url.isprintable()]  # others are no header
    pages: Content = {f"/news/{n}": Answer.redirect(_header(url)) for n, url in enumerate(printable)}
    return pages | by_links(own, [own(path) for path in pages])[0], {"type": "feed", "url": own("/rss")}


def by_feeds_that_moved(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    return {"/rss": Answer.redirect(inside[0])}, {"type": "feed", "url": own("/rss")}


def by_sitemaps(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    children = "".join(f"<sitemap><loc><![CDATA[{url}]]></loc></sitemap>" for url in inside)
    index = Answer.of(f"<sitemapindex>{children}</sitemapindex>", "application/xml")
    return {"/sitemap.xml": index}, {"type": "sitemap", "url": own("/sitemap.xml")}


def by_robots(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    lines = "".join(f"Sitemap: {url}\n" for url in inside if url.isprintable())
    return {"/robots.txt": Answer.of(lines, "text/plain")}, {"type": "sitemap", "url": own("/robots.txt")}


def by_listing(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    base = f'<html><head><base href="{inside[0]}"></head>'
    links = "".join(f'<li><a href="{url}">A report of some length on a meeting</a></li>' for url in inside)
    page = Answer.of(f'{base}<ul>{links}</ul><a class="next" href="{inside[0]}">next</a>')
    return {"/list": page}, {"type": "listing", "url": own("/list"), "link": "li a", "next": "a.next", "pages": 3}


def by_json(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    items = [{"link": url, "title": f"Story {n}"} for n, url in enumerate(inside)]
    answer = Answer.of(json.dumps({"items": items}), "application/json")
    fields = {"items": "$.items[*]", "title": "title"}
    return {"/api": answer}, {"type": "json", "url": own("/api"), "link": "{link}", "fields": fields}


def by_refresh(own: Callable[[str], str], inside: list[str]) -> tuple[Content, dict[str, object]]:
    page = Answer.of(
        f'<html><head><meta http-equiv="refresh" content="0;url={inside[0]}"><link rel="canonical" href="{inside[0]}">'
        f'<script src="{inside[0]}"></script></head><body><img src="{inside[0]}"><iframe src="{inside[0]}"></iframe>'
    )
    return {"/rss": feed(own("/news/fresh")), "/news/fresh": page}, {"type": "feed", "url": own("/rss")}


WAYS: dict[str, Way] = {
    way.__name__.replace("_", "-"): way
    for way in (by_links, by_redirects, by_feeds_that_moved, by_sitemaps, by_robots, by_listing, by_json, by_refresh)
}


def homes(port: int, folder: Path) -> Iterator[dict[str, object]]:
    """A source at every spelling of the trap that may stand in a source's file."""
    folder.mkdir()
    for number, spelling in enumerate(SPELLINGS):
        home = f"http://{spelling}:{port}"
        row = source(f"home-{number}", home, {"type": "feed", "url": f"{home}/rss"})
        configure(folder, row)
        if not read_source_file(folder / "sources" / f"home-{number}.toml")[1]:
            yield row


def _header(url: str) -> str:
    return url.encode().decode("latin-1")


@dataclass(frozen=True)
class Siege:
    """What came of a crawl of sites that all lead inside."""

    hits: list[str]
    asked: dict[str, list[str]]
    fates: dict[str, tuple[str | None, str | None]]
    homes: dict[str, str | None]


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    folder = tmp_path_factory.mktemp("siege")
    with SiteServer("courier", *WAYS) as web, Trap() as trap:
        address = web.url("courier").split("/")[2].split(":")[0]
        if address in web.url("by-links"):
            pytest.skip("this system gives loopback one address only")
        inside = urls(trap.port, "/news/inside")
        rows = []
        for name, way in WAYS.items():
            content, place = way(lambda path, name=name: web.url(name, path), inside)
            web.host(name, {"/news/good": story(name), **content})
            rows.append(source(name, web.url(name), place, article="news"))
        rows += homes(trap.port, folder / "tried")
        outside = [f"{web.url(name).split('/')[2].split(':')[0]}/32" for name in WAYS]
        config = configure(folder, *rows, allow_networks=outside, timeout=3, max_requests=500)
        ends = crawl_once(config, log_level="CRITICAL")
        yield Siege(
            hits=list(trap.hits),
            asked={name: [asked.path for asked in web.log(name)] for name in WAYS},
            fates=fates(config),
            homes={str(end.source): end.error for end in ends if end.source.startswith("home-")},
        )


def test_nobody_is_led_inside(siege: Siege) -> None:
    assert siege.hits == []


def test_each_way_was_gone_as_far_as_it_is_open(siege: Siege) -> None:
    assert all(len(asked) > 1 for asked in siege.asked.values()), siege.asked
    assert siege.fates["/news/good"][0] == "not_a_report"


def test_what_leads_inside_is_a_link_that_failed_not_a_fault_of_the_configuration(siege: Siege) -> None:
    inward = [siege.fates[f"/news/{number}"] for number in range(len(SPELLINGS))]
    assert {outcome for outcome, _ in inward} == {"failed"}
    assert sum("no public address" in (reason or "") for _, reason in inward) > len(SPELLINGS) / 2


def test_a_source_whose_home_is_inside_is_down(siege: Siege) -> None:
    """However its file spells it."""
    assert len(siege.homes) > len(SPELLINGS) / 2
    unreached = ("no public address", "no address of the web")
    assert all(any(each in (error or "") for each in unreached) for error in siege.homes.values()), siege.homes


# --- names ------------------------------------------------------------------------------------------------------------

CASES = {
    # what the name server says at each look-up, and how often the trap's neighbour, which is allowed, is reached
    "mixed": ([["127.0.0.3", "127.0.0.2"]], 3),
    "inside": ([["127.0.0.3"]], 0),
    "mapped": ([["::ffff:127.0.0.3"]], 0),
    "rebinding": ([["127.0.0.2"], ["127.0.0.3"], ["127.0.0.3"]], 1),
    "metadata": ([["169.254.169.254"], ["fd00:ec2::254"]], 0),
    "nowhere": ([[]], 0),
}


@pytest.mark.parametrize("name", CASES)
def test_the_address_that_was_judged_is_the_one_that_is_called(name: str) -> None:
    """A process of its own, for its loop is given a name server of ours; each name is asked for three times."""
    answers, reached = CASES[name]
    assert resolved(answers) == {"trapped": 0, "reached": reached, "lookups": 3}


def resolved(answers: list[list[str]], *name: str) -> object:
    """What tests/spiders/resolved.py says."""
    program = [sys.executable, "-W", "error", "-m", "tests.spiders.resolved", json.dumps(answers), *name]
    root, here = Path(__file__).parents[2], os.environ.copy()
    said = subprocess.run(program, cwd=root, env=here, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def test_a_feed_of_the_trap_would_be_read(tmp_path: Path) -> None:
    """The trap is a trap: with its network opened it is met."""
    with Trap() as trap:
        home = f"http://127.0.0.1:{trap.port}"
        crawl_once(configure(tmp_path, source("inside", home, {"type": "feed", "url": f"{home}/rss"})))
        assert trap.hits


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with SiteServer("courier") as web, Trap() as trap:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{trap.port}")
        web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": story(1)})
        config = configure(
            tmp_path, source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")})
        )
        crawl_once(config)
        assert fates(config)["/news/1"][0] == "not_a_report"
        assert trap.hits == []
