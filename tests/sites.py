"""Sites to crawl, and the catalogue and configuration that name them."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Select, TextClause, text

from readout.catalog import load_sources
from readout.config import Config
from readout.demo.server import Answer, SiteServer
from readout.model import SourceId
from readout.storage.database import open_database
from readout.workers.dispatch import Dispatch
from readout.workers.event import CrawlEvent
from readout.workers.once import crawl_by, crawl_once
from tests.store import store_url

RSS = "application/rss+xml"
LOOPBACK = ["127.0.0.0/8", "::1/128"]

_PROSE = (
    "The harvest of pomegranates was better than in any year since the orchards were planted, growers say. "
    "Rain came late in spring and the summer was mild, so that the trees kept their blossom for longer than usual. "
)


def story(number: int | str, *, text: str = _PROSE * 4) -> Answer:
    """An article that a reader reads."""
    return Answer.of(
        f"<!DOCTYPE html><html lang=en><head><title>Story {number}</title></head><body><article>"
        f"<h1>Story {number}</h1><p>{text}</p><p>This was story number {number}.</p></article></body></html>"
    )


def feed(*urls: str) -> Answer:
    """A feed of these addresses."""
    items = "".join(f"<item><title>{url[-9:]}</title><link>{url}</link></item>" for url in urls)
    return Answer.of(f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>', RSS)


def source(key: str, home: str, *discover: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A `[[source]]` table."""
    fields = {
        "id": key,
        "name": key.title(),
        "kind": "newspaper",
        "country": "AZ",
        "languages": ["az", "en"],
        "timezone": "Asia/Baku",
        "home": home,
        "article": r"/news/[\w-]+$",
        "interval": "3h",
        "discover": list(discover),
    }
    return fields | others


def configure(folder: Path, *sources: dict[str, Any], **crawl: Any) -> Config:
    """A configuration with its catalogue in `folder`, that lets crawls go to loopback."""
    catalogue = folder / "sources"
    catalogue.mkdir(exist_ok=True)
    for fields in sources:
        (catalogue / f"{fields['id']}.toml").write_text("[[source]]\n" + _toml(fields), encoding="utf-8")
    limits = {"per_host_delay": 0, "allow_networks": LOOPBACK, "timeout": 10} | crawl
    return Config(
        data_dir=folder,
        sources=(catalogue,),
        database={"url": store_url(folder)},
        crawl=limits,
        read={"processes": 1},
    )


def crawl(config: Config, *keys: str, log_level: str = "WARNING") -> CrawlEvent:
    """Crawl once; how the (last) crawl ended."""
    return crawl_once(config, [SourceId(key) for key in keys] or None, log_level=log_level)[-1]


@contextmanager
def crawls(config: Config) -> Iterator[Callable[..., list[CrawlEvent]]]:
    """Crawls all enabled sources, or those named, as often as it is called: by one process, as a service does."""
    events: SimpleQueue[CrawlEvent] = SimpleQueue()
    sources = load_sources(config.sources)
    enabled = [key for key, each in sources.items() if each.enabled]
    with closing(open_database(config.database.url, create=True)) as database:
        dispatch = Dispatch(config, sources, database, notify=events.put, log_level="WARNING")
        try:
            yield lambda *keys: crawl_by(dispatch, events, [SourceId(key) for key in keys] or enabled)
        finally:
            dispatch.close()


def fates(config: Config) -> dict[str, tuple[str | None, str | None]]:
    """Each link's path with its outcome and reason."""
    rows = query(config, "SELECT url, outcome, reason FROM link")
    return {"/" + url.split("/", 3)[3]: (outcome, reason) for url, outcome, reason in rows}


def outcomes(config: Config) -> dict[str, str | None]:
    """Each link's path with its outcome."""
    return {path: outcome for path, (outcome, _) in fates(config).items()}


def query(config: Config, statement: str | Select[Any], *values: Any) -> list[tuple[Any, ...]]:
    """What the database of `config` answers; moments and JSON as either of them keeps them, unless columns of the
    schema are asked for."""
    bound = (statement,) if isinstance(statement, Select) else _bound(statement, values)
    with closing(open_database(config.database.url, create=True)) as database, database.read() as connection:
        return [tuple(row) for row in connection.execute(*bound)]


def change(config: Config, statement: str, *values: Any) -> None:
    """Let the database of `config` hold otherwise."""
    with closing(open_database(config.database.url, create=True)) as database, database.write() as connection:
        connection.execute(*_bound(statement, values))


def asked(web: SiteServer, site: str | None = None) -> list[tuple[str, int]]:
    """The requests so far, but for robots.txt."""
    return [(request.path, int(request.status)) for request in web.log(site) if request.path != "/robots.txt"]


def _bound(statement: str, values: tuple[Any, ...]) -> tuple[TextClause, dict[str, Any]]:
    """A statement whose values stand as `?`, as it is executed."""
    names = {f"value_{number}": value for number, value in enumerate(values)}
    for name in names:
        statement = statement.replace("?", f":{name}", 1)
    return text(statement), names


def _toml(fields: dict[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
