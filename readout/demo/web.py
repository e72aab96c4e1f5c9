"""The miniature web as values: reads `web/`, and writes the source file that makes Readout watch one of its sites.

It must not render a page nor serve one: `render.py` and `server.py` do.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

FOLDER = files("readout.demo") / "web"
_NO_SITES = ("templates",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The text of a story at one time. `modified` is when it was put up."""

    title: str
    paragraphs: tuple[str, ...]
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of a site: `appears` in this poll, and reads as `second` from the second poll on.

    `meeting` is the key of the meeting that a reader would say it tells of, None for all that is no meeting report.
    """

    key: str
    number: int
    slug: str
    language: str
    section: str
    published: datetime
    appears: int
    first: Edition
    second: Edition | None = None
    meeting: str | None = None
    credit: str | None = None
    copy_of: str | None = None

    def edition(self, poll: int) -> Edition | None:
        """What the story reads like in `poll` (from 1); None before it appears."""
        if poll < self.appears:
            return None
        return self.second if self.second is not None and poll > 1 else self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a site lists its stories: at `path`, with `template` or, `per_page` at a time, as a listing.

    `selectors` go into the source file as they are.
    """

    type: str
    path: str
    template: str | None = None
    child: str | None = None
    per_page: int = 0
    selectors: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One invented site. `page` is the form of a story's path, `closed` what its robots.txt forbids."""

    id: str
    name: str
    tagline: str
    kind: str
    country: str
    languages: tuple[str, ...]
    timezone: str
    page: str
    article: str
    sections: Mapping[str, str]
    places: tuple[Place, ...]
    stories: tuple[Story, ...]
    first_id: int = 0
    closed: tuple[str, ...] = ()
    names_sitemap: bool = False

    def path(self, story: Story) -> str:
        """The path of `story` on this site."""
        return self.page.format(
            id=self.first_id + story.number,
            slug=story.slug,
            section=story.section,
            language=story.language[:2],
            published=story.published,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A meeting that is to be found in the miniature web, and the keys of the stories that tell of it."""

    key: str
    body: str
    city: str
    start_date: date
    status: str
    session_number: int | None = None
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A watch of the demo: `filters` by the names of the command line's options, `hears_of` keys of meetings."""

    name: str
    to: str
    filters: Mapping[str, tuple[str, ...]]
    hears_of: tuple[str, ...]

    def arguments(self) -> list[str]:
        """What follows ``readout watch add`` on the command line."""
        options = [part for option, values in self.filters.items() for one in values for part in (f"--{option}", one)]
        return [self.name, *options, "--to", self.to]


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """All sites, the meetings that they tell of, and who is to hear of them."""

    sites: tuple[Site, ...]
    meetings: tuple[Expected, ...]
    watches: tuple[Wish, ...]

    def stories(self) -> list[tuple[Site, Story]]:
        """Every story with its site."""
        return [(site, story) for site in self.sites for story in site.stories]


def load_web(folder: Traversable = FOLDER) -> Web:
    """The miniature web as the files in `folder` say. Raises KeyError, TypeError or ValueError on a faulty file."""
    homes = sorted((entry for entry in folder.iterdir() if _is_site(entry)), key=lambda entry: entry.name)
    sites = _with_copies(tuple(_site(home) for home in homes))
    told: dict[str, list[str]] = {}
    for story in (story for site in sites for story in site.stories):
        if story.meeting is not None:
            told.setdefault(story.meeting, []).append(story.key)
    facts = _read(folder / "meetings.toml")
    meetings = tuple(Expected(key=key, stories=tuple(told.pop(key)), **row) for key, row in facts.items())
    if told:
        raise ValueError(f"meetings that meetings.toml does not have: {', '.join(sorted(told))}")
    return Web(sites=sites, meetings=meetings, watches=tuple(map(_wish, _read(folder / "watches.toml")["watch"])))


def source_toml(site: Site, base: str) -> str:
    """The source file for `site` served at `base` (scheme, host and port, no slash at the end)."""
    keys: dict[str, Any] = {
        "id": site.id,
        "name": site.name,
        "kind": site.kind,
        "country": site.country,
        "languages": list(site.languages),
        "timezone": site.timezone,
        "home": f"{base}/",
        "article": site.article,
        "interval": "3h",
    }
    tables = [_table("[[source]]", keys)]
    for place in site.places:
        found_at = {"type": place.type, "url": base + place.path, **place.selectors}
        tables.append(_table("[[source.discover]]", found_at))
    return "\n".join(tables)


def _is_site(entry: Traversable) -> bool:
    return entry.is_dir() and entry.name not in _NO_SITES and not entry.name.startswith(("_", "."))


def _site(home: Traversable) -> Site:
    row = _read(home / "site.toml")
    names = sorted(entry.name for entry in home.iterdir() if entry.name.endswith(".toml") and entry.name != "site.toml")
    return Site(
        id=home.name,
        languages=tuple(row.pop("languages")),
        closed=tuple(row.pop("closed", ())),
        places=tuple(_place(entry) for entry in row.pop("discover")),
        stories=tuple(_story(home.name, name.removesuffix(".toml"), _read(home / name)) for name in names),
        **row,
    )


def _place(row: dict[str, Any]) -> Place:
    own = {key: row.pop(key) for key in ("type", "path", "template", "child", "per_page") if key in row}
    return Place(**own, selectors=row)


def _story(site: str, name: str, row: dict[str, Any]) -> Story:
    number, _, slug = name.partition("-")
    first = _edition(row, row["published"])
    second = row.pop("second", None)
    return Story(
        key=f"{site}/{name}",
        number=int(number),
        slug=slug,
        appears=row.pop("appears", 1),
        first=first,
        second=None if second is None else _edition({"title": first.title, **second}, second["modified"]),
        **{key: value for key, value in row.items() if key not in ("title", "body")},
    )


def _edition(row: dict[str, Any], modified: datetime) -> Edition:
    paragraphs = (" ".join(paragraph.split()) for paragraph in row.get("body", "").split("\n\n"))
    return Edition(title=row["title"], paragraphs=tuple(filter(None, paragraphs)), modified=modified)


def _wish(row: dict[str, Any]) -> Wish:
    name, to, hears_of = row.pop("name"), row.pop("to"), tuple(row.pop("hears_of"))
    return Wish(name=name, to=to, hears_of=hears_of, filters={option: tuple(values) for option, values in row.items()})


def _with_copies(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """The sites with the text of each syndicated story taken over from the site that wrote it."""
    written = {story.key: story for site in sites for story in site.stories}

    def printed(story: Story) -> Story:
        if story.copy_of is None:
            return story
        return replace(story, first=replace(story.first, paragraphs=written[story.copy_of].first.paragraphs))

    return tuple(replace(site, stories=tuple(printed(story) for story in site.stories)) for site in sites)


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _table(head: str, keys: Mapping[str, Any]) -> str:
    # What JSON writes for a string, a number or a list of strings is TOML too.
    return "\n".join([head, *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()), ""])
