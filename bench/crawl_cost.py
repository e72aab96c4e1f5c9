"""What a crawl that finds nothing costs, and a page that it reads, in seconds of CPU: the constants of docs/scale.md.

    python bench/crawl_cost.py [--sites 100] [--pages 10]

Sites on loopback with a feed each, a store on a PostgreSQL server of its own. Counted is the CPU of `readout crawl`
with all its processes, and of the server apart: of one site where nothing is new, of all where nothing is new, and of
all where each has so many new pages. A page has 120 kB of markup, as the middle one of 1,694 news pages has; every
second one tells of a meeting. The sites run in this process and are not counted.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from tick import cpu_s

sys.path.insert(0, str(Path(__file__).parents[1]))

from readout.demo.server import Answer, SiteServer
from readout.storage import schema
from readout.storage.database import open_database
from tests.postgres import Server, server
from tests.sites import LOOPBACK, _toml, feed, source

MARKUP_BYTES = 120_000
_SUBREAPER = 36  # prctl(2): who is left behind becomes ours, and is counted when it ends
_PROSE = (
    "government council ministers agreement border energy harvest growers trade prices railway region statement "
    "development cooperation delegation programme exchange information security harbour budget school hospital water"
)
_WORDS = _PROSE.split()
_MEETING = (
    "<p>The {number}th session of the Council of Heads of Security Agencies and Special Services of the CIS was held "
    "in Astana on 4 October 2024. It was chaired by the director of the Federal Security Service, Alexander Bortnikov."
    "</p>"
)


def page(number: int) -> Answer:
    """An article among the menus, lists and scripts of a news site."""
    dice = Random(number)
    told = _MEETING.format(number=number) if number % 2 else ""
    text = "".join(f"<p>{' '.join(dice.choices(_WORDS, k=60)).capitalize()}.</p>" for _ in range(5))
    row = '<li class="menu__item"><a class="link link--plain" href="/section/{0}/{1}">{2}</a></li>'
    menu = "".join(row.format(number, each, " ".join(dice.choices(_WORDS, k=5))) for each in range(700))
    script = f"<script>var state = {'{'}{', '.join(f'k{each}: {each}' for each in range(3000))}{'}'};</script>"
    head = f"<title>Number {number}: {' '.join(dice.choices(_WORDS, k=7))}</title>"
    whole = (
        f"<!DOCTYPE html><html lang=en><head>{head}{script}</head><body><nav><ul>{menu}</ul></nav>"
        f"<article><h1>Number {number}</h1>{told}{text}</article></body></html>"
    )
    return Answer.of(whole + f"<!--{'.' * (MARKUP_BYTES - len(whole))}-->")


def publish(web: SiteServer, names: Sequence[str], pages: int) -> None:
    """Each site's feed names that many pages."""
    for place, name in enumerate(names):
        articles = {f"/news/{place}-{number}": page(place * 1000 + number) for number in range(pages)}
        listing = feed(*(web.url(name, path) for path in reversed(articles)))
        web.host(name, {"/rss": listing, **articles})


def configure(folder: Path, web: SiteServer, names: Sequence[str], url: str) -> Path:
    """The catalogue, and a configuration that names it."""
    (folder / "sources").mkdir()
    for name in names:
        fields = source(name, web.url(name), {"type": "feed", "url": web.url(name, "/rss")})
        (folder / "sources" / f"{name}.toml").write_text(f"[[source]]\n{_toml(fields)}", encoding="utf-8")
    file = folder / "readout.toml"
    file.write_text(
        f'data_dir = "."\nsources = ["sources"]\n[database]\nurl = "{url}"\n'
        f"[crawl]\nper_host_delay = 0\nallow_networks = {LOOPBACK!r}\n".replace("'", '"'),
        encoding="utf-8",
    )
    return file


def crawl(config: Path, made: Server, *sources: str) -> tuple[float, float]:
    """The CPU of one pass and of the server meanwhile, in seconds."""
    before, of_server = _used(), cpu_s(made.pid())
    command = [sys.executable, "-m", "readout", "--config", str(config), "crawl", *sources]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    return _used() - before, cpu_s(made.pid()) - of_server


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(what: str, *costs: float) -> None:
    """A row, in milliseconds."""
    print(f"{what:<44} {costs[0] * 1000:>8.1f} ms, {costs[1] * 1000:>7.1f} of the server", flush=True)


def main() -> None:
    """Measure; print a row for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=100)
    parser.add_argument("--pages", type=int, default=10)
    asked = parser.parse_args()
    names = [f"site{number}" for number in range(asked.sites)]
    with server() as made, SiteServer(*names) as web, tempfile.TemporaryDirectory() as folder:
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)  # not before: the server is nobody's child, and stays
        config = configure(Path(folder), web, names, made.url("postgres"))
        publish(web, names, 1)
        crawl(config, made)
        alone, still = crawl(config, made, names[0]), crawl(config, made)
        publish(web, names, asked.pages + 1)
        read = crawl(config, made)
        with (
            closing(open_database(made.url("postgres"), create=False)) as database,
            database.read() as connection,
        ):
            links = connection.execute(select(func.count(schema.link.c.outcome))).scalar_one()
            requests = connection.scalars(
                select(schema.crawl.c.requests)
                .order_by(schema.crawl.c.id.desc())
                .offset(asked.sites)
                .limit(asked.sites)
            ).all()
    assert links == asked.sites * (asked.pages + 1), f"{links} links were settled"
    others = asked.sites - 1
    show("to begin and end", *alone)
    show("a crawl that finds nothing", *((all_ - one) / others for all_, one in zip(still, alone, strict=True)))
    new = asked.sites * asked.pages
    show("a new page, fetched, read and stored", *((more - all_) / new for more, all_ in zip(read, still, strict=True)))
    print(f"{'requests of a crawl that finds nothing':<44} {sum(requests) / len(requests):>8.1f}")


if __name__ == "__main__":
    main()
