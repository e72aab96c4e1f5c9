"""Sites that nobody has described yet, each built in another way, and the command that looks at them."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from readout.demo.server import HTML, Answer, SiteServer
from tests.sites import RSS, source

NOW = datetime.now(UTC)
TITLES = (
    "Heads of security agencies meet in Samarkand",
    "Harvest of pomegranates better than ever this autumn",
    "New tram line opens in the old town of Baku",
    "Ministers sign a road agreement in Tbilisi today",
    "Rain came late to the orchards of Ganja region",
)
NAVIGATION = (
    '<nav><a href="/">Home</a><a href="/politics/">Politics</a><a href="/society/">Society</a>'
    '<a href="/about-us/">About us</a><a href="/tag/cis-member-states/">CIS</a>'
    '<a href="/author/ann-mary-smith/">Ann</a><a href="/page/2/">next</a></nav>'
)
_PROSE = (
    "The harvest of pomegranates was better than in any year since the orchards were planted, growers say. Rain came "
    "late in spring and the summer was mild, so that the trees kept their blossom for longer than usual. "
)
SITES = ("blog", "listing", "sitemap", "walled", "closed", "script")


def page(body: str, *, head: str = "", title: str = "The Courier") -> Answer:
    """An HTML page."""
    return Answer.of(
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def at(number: int) -> datetime:
    """When the article of that number was published."""
    return (NOW - timedelta(hours=number + 1)).replace(microsecond=0)


def article(number: int) -> Answer:
    """The article of that number."""
    meta = f'<meta property="article:published_time" content="{at(number).isoformat()}">'
    told = f"<p>{_PROSE * 4}</p><p>This was number {number}.</p>"
    return page(f"{NAVIGATION}<article><h1>{TITLES[number]}</h1>{told}</article>", head=meta, title=TITLES[number])


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def _articles(paths: list[str]) -> dict[str, Answer]:
    return {path: article(number) for number, path in enumerate(paths)}


def _links(paths: list[str], frame: str = "<h2>{}</h2>") -> str:
    anchors = (f'<a href="{path}">{title}</a>' for path, title in zip(paths, TITLES, strict=True))
    return "".join(frame.format(anchor) for anchor in anchors)


def _feed(web: SiteServer, paths: list[str]) -> Answer:
    items = "".join(
        f"<item><title>{title}</title><link>{web.url('blog', path)}</link>"
        f"<pubDate>{format_datetime(at(number).astimezone(ZoneInfo('Asia/Baku')))}</pubDate></item>"
        for number, (path, title) in enumerate(zip(paths, TITLES, strict=True))
    )
    return Answer.of(f'<rss version="2.0"><channel><title>Courier feed</title>{items}</channel></rss>', RSS)


def _sitemap(web: SiteServer, site: str, paths: list[str], *, news: bool) -> Answer:
    entry = (
        "<news:news><news:publication_date>{}</news:publication_date></news:news>" if news else "<lastmod>{}</lastmod>"
    )
    urls = "".join(
        f"<url><loc>{web.url(site, path)}</loc>{entry.format(at(number).isoformat())}</url>"
        for number, path in enumerate(paths)
    )
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return Answer.of(f"<urlset {spaces if news else spaces.partition(' ')[0]}>{urls}</urlset>", "application/xml")


def serve(web: SiteServer) -> None:
    """All of SITES: one made as WordPress does, one with a listing alone, one with a sitemap alone, one behind a wall,
    one whose robots.txt forbids all, one that a script makes."""
    blog = [f"/{at(number):%Y/%m/%d}/{_slug(title)}/" for number, title in enumerate(TITLES)]
    heads = (
        '<meta property="og:site_name" content="The Courier">'
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="News" href="/feed/">'
    )
    robots = f"User-agent: *\nDisallow: /wp-admin/\nSitemap: {web.url('blog', '/wp-sitemap.xml')}\n"
    front = {"/": page(NAVIGATION + _links(blog), head=heads), "/robots.txt": Answer.of(robots, "text/plain")}
    maps = {"/wp-sitemap.xml": _sitemap(web, "blog", blog, news=False)}
    web.host("blog", front | maps | {"/feed/": _feed(web, blog)} | _articles(blog))
    listed = [f"/en/news/{1845 - number}.html" for number in range(len(TITLES))]
    days = _links(listed, f"<li><span class=date>{NOW:%d.%m.%Y}</span> {{}}</li>")
    news = {"/": page(NAVIGATION + '<a href="/en/news">News</a>'), "/en/news": page(NAVIGATION + days)}
    web.host("listing", news | _articles(listed))
    mapped = [f"/politics/{_slug(title)}-{51800 + number}" for number, title in enumerate(TITLES)]
    site = {"/": page(NAVIGATION), "/sitemap.xml": _sitemap(web, "sitemap", mapped, news=True)}
    web.host("sitemap", site | _articles(mapped))
    wall = b"<html><title>Just a moment...</title><body>Checking your browser before accessing</body></html>"
    nothing = Answer.of("", "text/plain")
    web.host("walled", {"/robots.txt": nothing, "*": Answer(403, {"Content-Type": HTML}, wall)})
    web.host("closed", {"/robots.txt": Answer.of("User-agent: *\nDisallow: /", "text/plain"), "/": page(NAVIGATION)})
    web.host("script", {"/": page('<script src="/app.js"></script><div id="root"></div>')})


def settle_in(folder: Path, *sources: dict[str, Any]) -> Path:
    """A configuration in `folder` that lets crawls go to loopback, with a catalogue of `sources`; its file."""
    from tests.sites import configure
    from tests.store import store_section

    configure(folder, *sources)
    (folder / "my-sources").mkdir()
    file = folder / "readout.toml"
    file.write_text(
        'data_dir = "var"\nsources = ["sources", "my-sources"]\n[read]\nprocesses = 1\n'
        '[crawl]\nper_host_delay = 0\nallow_networks = ["127.0.0.0/8", "::1/128"]\nplace = "bench"\n'
        + store_section(folder, "var/readout.db")
    )
    return file


def blog_source(web: SiteServer, **others: Any) -> dict[str, Any]:
    """The site "blog" described rightly, but for `others`."""
    fields = {"article": r"/20\d\d/\d\d/\d\d/[\w-]+/$", "languages": ["en"]} | others
    return source("blog", web.url("blog"), {"type": "feed", "url": web.url("blog", "/feed/")}, **fields)


def begin(file: Path, *words: str) -> "subprocess.Popen[str]":
    """The command `readout` under way, 100 columns wide."""
    return subprocess.Popen(
        [sys.executable, "-m", "readout", "--config", str(file), *words],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(running: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    out, errors = running.communicate(timeout=300)
    return running.returncode, out, errors
