"""A page of a source beside what must be read from it: how such a pair is kept in a folder, and compared.

It must not fetch or read a page: who has an article hands it in.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError

from readout.discovery import DiscoveryKind
from readout.error import ConfigError
from readout.exports.toml import toml_table, toml_value
from readout.fault import fault_text, faults_of, key_path
from readout.finding import Rejected
from readout.model import Article, Link, Page
from readout.source_field import Entry, WebUrl
from readout.toml_file import read_toml

EXPECTED, PLACE = "expected.toml", "place.toml"
_PACKED_FROM = 100_000  # bytes; a larger file is kept packed
_LARGEST = 20 * 1024 * 1024  # bytes of a page, unpacked
_ENDS = 80  # characters of a text's beginning and end that are kept
_NOTE = """\
# Written by `readout source record` from what was read on {day}. Before you trust it, look at the page and correct
# by hand whatever is wrong here: this file says what is right, not what the program does.
# The page beside it is somebody else's work: do not publish it, in a repository or elsewhere, without permission.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenPlace:
    """A place of discovery as it was fetched, and the links that must be found there (`url`, `title`, `published`)."""

    kind: DiscoveryKind
    url: str
    body: bytes
    links: tuple[Link, ...]
    content_type: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A page as it was fetched, and the article that must be read from it.

    None: the page does not say. `text_begins`, `text_ends`: how the text must begin and end; `contains`, `lacks`:
    what must and what must not stand in it. Blanks and line breaks count as one blank. `headers`: for the reader.
    `source`: whose rules read the page, where its folder does not bear that name.
    """

    url: str
    fetched_at: datetime
    body: bytes
    content_type: str = "text/html"
    title: str | None = None
    published: datetime | None = None
    published_day: date | None = None
    day_only: bool = False
    language: str | None = None
    text_begins: str = ""
    text_ends: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    place: GoldenPlace | None = None

    def page(self) -> Page:
        """The page, as it came."""
        return Page(
            url=self.url,
            final_url=self.url,
            status=200,
            body=self.body,
            content_type=self.content_type,
            fetched_at=self.fetched_at,
        )


def golden_of(page: Page, article: Article, *, headers: Mapping[str, str], place: GoldenPlace | None) -> Golden:
    """The pair of a page and what is read from it today."""
    text = _spaced(article.text)
    return Golden(
        url=page.final_url,
        fetched_at=page.fetched_at,
        body=page.body,
        content_type=page.content_type,
        title=article.title,
        published=None if article.published_day_only else article.published,
        published_day=article.published_day,
        day_only=article.published_day_only,
        language=article.language,
        text_begins=text[:_ENDS].rpartition(" ")[0] or text[:_ENDS],
        text_ends=text[-_ENDS:].partition(" ")[2] or text[-_ENDS:],
        headers=headers,
        place=place,
    )


# --- comparing ------------------------------------------------------------------------------------------------------


def differences(golden: Golden, article: Article | Rejected) -> list[str]:
    """What `article` has otherwise than it must be, one line for each; empty: it is as it must be.

    The time of day counts only where `golden` has one.
    """
    if isinstance(article, Rejected):
        return [f"no article was read: {article.outcome}: {article.reason}"]
    exact = golden.published is not None
    pairs = {
        "title": (golden.title, article.title),
        "published": (golden.published, article.published if exact else None),
        "published_day": (golden.published_day, article.published_day),
        "day_only": (golden.day_only, article.published_day_only),
        "language": (golden.language, article.language),
    }
    wrong = [f"{key}: must be {must!s}, is {is_!s}" for key, (must, is_) in pairs.items() if must != is_]
    return [*wrong, *_text_differences(golden, _spaced(article.text))]


def _text_differences(golden: Golden, text: str) -> Iterator[str]:
    begins, ends = _spaced(golden.text_begins), _spaced(golden.text_ends)
    if not text.startswith(begins):
        yield f"text: must begin {begins!r}, begins {text[: len(begins)]!r}"
    if not text.endswith(ends):
        yield f"text: must end {ends!r}, ends {text[-len(ends) :]!r}"
    yield from (f"text: lacks {part!r}" for part in golden.contains if _spaced(part) not in text)
    yield from (f"text: holds {part!r}" for part in golden.lacks if _spaced(part) in text)


def place_differences(place: GoldenPlace, links: Iterable[Link]) -> list[str]:
    """What the links found at `place` have otherwise than they must be; more of them than are named is no fault."""
    found = {link.url: link for link in links}
    wrong = []
    for must in place.links:
        link = found.get(must.url)
        if link is None:
            wrong.append(f"{must.url}: is not found")
        elif (link.title, link.published) != (must.title, must.published):
            wrong.append(
                f"{must.url}: must be {must.title!r} of {must.published}, is {link.title!r} of {link.published}"
            )
    return wrong


def _spaced(text: str) -> str:
    return " ".join(text.split())


# --- the files ------------------------------------------------------------------------------------------------------


class _Expected(Entry):
    """What `expected.toml` may say."""

    url: WebUrl
    fetched_at: AwareDatetime
    content_type: str = "text/html"
    title: str | None = None
    published: AwareDatetime | None = None
    published_day: date | None = None
    day_only: bool = False
    language: str | None = None
    text_begins: str = ""
    text_ends: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    source: str | None = None


class _ExpectedLink(Entry):
    """A table `links` of `place.toml`."""

    url: WebUrl
    title: str | None = None
    published: AwareDatetime | None = None
    day_only: bool = False


class _ExpectedPlace(Entry):
    """What `place.toml` may say."""

    type: DiscoveryKind
    url: WebUrl
    content_type: str = ""
    fetched_at: AwareDatetime | None = None
    links: tuple[_ExpectedLink, ...] = ()


def read_golden(folder: Path) -> Golden:
    """The pair in `folder`. Raises ConfigError that says which file is faulty and where."""
    expected = _checked(folder / EXPECTED, _Expected)
    values = {name: getattr(expected, name) for name in _Expected.model_fields}
    place = _read_place(folder) if (folder / PLACE).exists() else None
    return Golden(**values, body=_body(folder, "page."), place=place)


def _read_place(folder: Path) -> GoldenPlace:
    said = _checked(folder / PLACE, _ExpectedPlace)
    links = (
        Link(url=link.url, title=link.title, published=link.published, published_day_only=link.day_only)
        for link in said.links
    )
    return GoldenPlace(
        kind=said.type,
        url=said.url,
        body=_body(folder, f"place.{said.type}."),
        links=tuple(links),
        content_type=said.content_type,
        fetched_at=said.fetched_at,
    )


def _checked(path: Path, entry: type[Any]) -> Any:
    try:
        return entry(**read_toml(path))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except ValidationError as error:
        keys = list(entry.model_fields)
        raise ConfigError(
            [f"{path}: {key_path(fault['loc'])}: {fault_text(fault, keys)}" for fault in faults_of(error)]
        ) from None
    except ValueError as error:
        raise ConfigError([f"{path}: {error}"]) from None


def _body(folder: Path, prefix: str) -> bytes:
    """The bytes of the one file in `folder` whose name begins so, unpacked."""
    files = sorted(path for path in folder.iterdir() if path.name.startswith(prefix) and path.suffix != ".toml")
    if len(files) != 1:
        raise ConfigError([f"{folder}: {len(files)} files {prefix}*; one belongs there"])
    data = files[0].read_bytes()
    if files[0].suffix != ".gz":
        return data
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(data, _LARGEST)
    except zlib.error as error:
        raise ConfigError([f"{files[0]}: broken gzip: {error}"]) from None
    return unpacked


def write_golden(folder: Path, golden: Golden) -> list[Path]:
    """Keep the pair in `folder`, which is made; the files. Raises ConfigError where one is there, OSError."""
    files = dict(_files(golden))
    if there := next((name for name in files if (folder / name).exists()), None):
        raise ConfigError([f"{folder / there} is there already: name another folder with --to, or remove it"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        with (folder / name).open("xb") as file:
            file.write(data)
    return [folder / name for name in files]


def _files(golden: Golden) -> Iterator[tuple[str, bytes]]:
    yield _packed(f"page.{_ending(golden.content_type, golden.body)}", golden.body)
    if golden.place:
        place = golden.place
        yield _packed(f"place.{place.kind}.{_ending(place.content_type, place.body)}", place.body)
        yield PLACE, _place_toml(place).encode()
    yield EXPECTED, _expected_toml(golden).encode()  # last: a folder with it is whole


def _packed(name: str, body: bytes) -> tuple[str, bytes]:
    return (f"{name}.gz", gzip.compress(body, mtime=0)) if len(body) > _PACKED_FROM else (name, body)


def _ending(content_type: str, body: bytes) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/pdf" or body.startswith(b"%PDF-"):
        return "pdf"
    if "json" in kind:
        return "json"
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:100].lower()
    is_page = "html" in kind or start.startswith((b"<!doctype html", b"<html"))
    return "html" if is_page else "xml" if "xml" in kind or start.startswith(b"<?xml") else "html"


def _expected_toml(golden: Golden) -> str:
    rows = {
        "source": golden.source,
        "url": golden.url,
        "fetched_at": _iso(golden.fetched_at),
        "content_type": golden.content_type,
        "title": golden.title,
        "published": golden.published and _iso(golden.published),
        "published_day": golden.published_day and golden.published_day.isoformat(),
        "day_only": golden.day_only,
        "language": golden.language,
        "text_begins": golden.text_begins,
        "text_ends": golden.text_ends,
        "contains": list(golden.contains),
        "lacks": list(golden.lacks),
    }
    headers = ["", "[headers]", *_lines({toml_value(name): text for name, text in golden.headers.items()})]
    note = _NOTE.format(day=golden.fetched_at.astimezone(UTC).date())
    return "\n".join([note, *_lines(rows), *(headers if golden.headers else ()), ""])


def _place_toml(place: GoldenPlace) -> str:
    head = {
        "type": str(place.kind),
        "url": place.url,
        "content_type": place.content_type,
        "fetched_at": place.fetched_at and _iso(place.fetched_at),
    }
    tables = (toml_table("links", dict(_link_row(link))) for link in place.links)
    return "\n".join([*_lines(head), "", *tables])


def _link_row(link: Link) -> Iterator[tuple[str, str | bool]]:
    yield "url", link.url
    if link.title:
        yield "title", link.title
    if link.published:
        yield "published", _iso(link.published)
    if link.published_day_only:
        yield "day_only", True


def _lines(rows: Mapping[str, Any]) -> Sequence[str]:
    return [f"{key} = {toml_value(value)}" for key, value in rows.items() if value is not None]


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
