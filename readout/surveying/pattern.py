"""What the addresses of a site's articles look like, learnt from a few of them: a regular expression.

It must not fetch. What it gives matches in linear time: each of its repeated parts ends at a sign that it cannot hold.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_MOST = 500  # addresses that are looked at
_MOST_SHAPES = 4
_MOST_LITERALS = 3
_FEWEST_SHARE = 0.1  # of all addresses; a rarer shape is an accident
_NUMBER = re.compile(r"\d+")
_ENDING = re.compile(r"\.(?:[sx]?html?|php|aspx?|jsp)$", re.IGNORECASE)
_NOISE = re.compile(r"^(?:utm_\w+|from|ref|rss|fbclid|gclid|yclid|source|medium|campaign)$", re.IGNORECASE)
_LISTS = (
    *("tag", "tags", "author", "authors", "category", "categories", "section", "rubric", "topic", "topics", "page"),
    *("search", "user", "users", "archive", "feed", "rss", "wp-content", "wp-admin", "about", "contact", "contacts"),
)
_NO_ARTICLE = re.compile(rf"(?i)/(?:{'|'.join(_LISTS)})(?:[/.?]|$)")
# Within a pattern: not under a page of a tag and the like.
_NO_LIST = r"(?!/(?:[^/?#]+/)*(?:authors?|categor(?:y|ies)|page|search|tags?|topics?)/)"
_ANY_WORD, _ANY_PART = "[a-z0-9_-]+/", "[^/?#]+/"
_WORDS_APART = re.compile(r"[-_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A pattern, and of how many of the addresses that it was learnt from it is true. `hosts`: whose it is."""

    pattern: str
    matched: int
    seen: int
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    path: tuple[str, ...]
    slash: bool
    query: tuple[str, ...]


def learn_pattern(urls: Iterable[str], others: Iterable[str] = ()) -> Learnt | None:
    """What the addresses `urls` of articles have in common; None where they have nothing that tells them apart.

    `others` are known to be none: home, sections, the places of discovery; a shape that matches one of them, or a page
    of a tag, an author, a category, is not taken.
    """
    known = list(dict.fromkeys(urls))[:_MOST]
    shapes: defaultdict[tuple[int, tuple[str, ...], str], list[_Address]] = defaultdict(list)
    for url in known:
        if (address := _taken_apart(url)) and not _NO_ARTICLE.search(url):
            shapes[_sort(address)].append(address)
    if not shapes:
        return None
    ranked = sorted(shapes.values(), key=len, reverse=True)[:_MOST_SHAPES]
    common = [shape for shape in ranked if len(shape) >= max(1, _FEWEST_SHARE * len(known))]
    unwanted = [url for url in others if url not in known]
    usual = Counter(part for shape in common for address in shape for part in address.path)
    tails = [tail for shape in common if (tail := _tail(shape, usual)) and not _takes_others(shape, tail, unwanted)]
    tails = list(dict.fromkeys(tails))
    if not tails:
        return None
    hosts = tuple(sorted({address.host for shape in common for address in shape}))
    beyond = _NO_LIST if any(_ANY_WORD in tail or _ANY_PART in tail for tail in tails) else ""
    pattern = f"^https?://{_host_pattern(hosts)}{beyond}{tails[0] if len(tails) == 1 else _either(tails)}$"
    matched = sum(re.search(pattern, url) is not None for url in known)
    if 2 * matched < len(known):
        return None
    return Learnt(pattern=pattern, matched=matched, seen=len(known), hosts=hosts)


def likely_articles(urls: Iterable[str], home: str) -> list[str]:
    """Those of the links of a page that look like articles': many of one shape, long or numbered, none of them a list.

    The largest group of such, in their order; empty where there are not three.
    """
    groups: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    host = urlsplit(home).netloc.removeprefix("www.")
    for url in list(dict.fromkeys(urls))[: 4 * _MOST]:
        address = _taken_apart(url)
        if address and address.host == host and not _NO_ARTICLE.search(url) and _tells_apart(address):
            groups[_sort(address)].append(url)
    largest = max(groups.values(), key=len, default=[])
    return largest if len(largest) >= 3 else []


def host_pattern(host: str) -> str:
    """Any page of `host` and the hosts under it but the front page."""
    return rf"^https?://(?:[a-z0-9-]+\.)*{re.escape(host.removeprefix('www.')).replace(chr(92) + '-', '-')}(?::\d+)?/.+"


# --- taking apart ---------------------------------------------------------------------------------------------------


def _taken_apart(url: str) -> _Address | None:
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
            return None
    except ValueError:
        return None
    path = tuple(parts.path.strip("/").split("/")) if parts.path.strip("/") else ()
    pairs = parse_qsl(parts.query)[:10]
    query = tuple(f"{name}={value}" for name, value in pairs if not _NOISE.match(name))
    if not path and not query:
        return None
    return _Address(parts.netloc.lower().removeprefix("www."), path, parts.path.endswith("/"), query)


def _sort(address: _Address) -> tuple[int, tuple[str, ...], str]:
    """Addresses of one sort have as many parts, numbers at the same places and the same ending."""
    kinds = tuple(map(_kind, address.path))
    ending = _ENDING.search(address.path[-1]) if address.path else None
    names = ",".join(pair.partition("=")[0] for pair in address.query)
    return len(address.path), kinds, f"{ending[0].lower() if ending else ''}{len(address.query)}?{names}"


def _kind(part: str) -> str:
    bare = _ENDING.sub("", part)
    return "number" if bare.isdecimal() and bare.isascii() else "words"


def _tells_apart(address: _Address) -> bool:
    """Whether it is long or numbered enough to be one of many: 1234, a-slug-of-words, 2026/11/22/slug, ?id=12."""
    if any(_NUMBER.search(pair.partition("=")[2]) for pair in address.query):
        return True
    if not address.path:
        return False
    if any(re.fullmatch(r"20\d\d", part) for part in address.path[:-1]):
        return True
    last = _ENDING.sub("", address.path[-1])
    return bool(re.search(r"\d{3,}", last)) or len(_WORDS_APART.split(last)) >= 3 or len(last) > 25


# --- putting together -----------------------------------------------------------------------------------------------


def _host_pattern(hosts: Sequence[str]) -> str:
    escaped = [re.escape(host).replace(r"\-", "-") for host in hosts]
    return rf"(?:www\.)?{escaped[0] if len(escaped) == 1 else _either(escaped)}"


def _either(ways: Sequence[str]) -> str:
    return f"(?:{'|'.join(ways)})"


def _tail(shape: Sequence[_Address], usual: Mapping[str, int]) -> str | None:
    """The pattern of path and query of addresses of one sort; None where it would take in any. `usual`: how often each
    part of a path was seen anywhere."""
    columns = list(zip(*(address.path for address in shape), strict=True))
    parts = [_inner(column, usual) for column in columns[:-1]]
    query = "".join(_query(shape))
    parts += [_last(column, has_query=bool(query), is_dated=r"20\d\d" in parts) for column in columns[-1:]]
    if not query and (not parts or not _is_telling(shape)):
        return None
    slashes = Counter(address.slash for address in shape)
    end = "" if parts and _ENDING.search(columns[-1][0]) else "/?" if slashes[True] else ""
    noise = "" if query else r"(?:\?[^#]*)?"
    return "/" + "/".join(parts) + end + (query or noise)


def _is_telling(shape: Sequence[_Address]) -> bool:
    return sum(_tells_apart(address) for address in shape) * 2 >= len(shape)


def _query(shape: Sequence[_Address]) -> Iterator[str]:
    """The parameters that all of them have; their values are kept where they are all the same."""
    names = [pair.partition("=")[0] for pair in shape[0].query]
    for at, name in enumerate(names):
        values = {address.query[at].partition("=")[2] for address in shape}
        sign = r"\?" if at == 0 else "&"
        yield f"{sign}{re.escape(name)}={_values(values)}"
    if names:
        yield r"(?:&[^#]*)?"


def _values(values: set[str]) -> str:
    if all(value.isdecimal() and value.isascii() for value in values):
        return r"\d+"
    return re.escape(next(iter(values))) if len(values) == 1 else "[^&#]+"


def _inner(column: Sequence[str], usual: Mapping[str, int]) -> str:
    """The pattern of one part of a path but the last, of the values that it has in the addresses."""
    values = list(dict.fromkeys(column))
    if all(value.isdecimal() and value.isascii() for value in values):
        return _digits(values)
    if len(values) == 1 and usual[values[0]] > 1:
        return _literal(values[0])
    if len(values) <= _MOST_LITERALS and all(re.fullmatch("[a-z]{2}", value) for value in values):
        return _either(sorted(map(_literal, values)))  # languages: az, en, ru
    plain = all(re.fullmatch(r"[a-z0-9_-]+", value) for value in values)
    return (_ANY_WORD if plain else _ANY_PART).removesuffix("/")


def _last(column: Sequence[str], *, has_query: bool, is_dated: bool) -> str:
    """The pattern of the last part of a path."""
    values = list(dict.fromkeys(column))
    if has_query and len(values) == 1:
        return _literal(values[0])
    ending = _ENDING.search(values[0])
    return _slug([_ENDING.sub("", value) for value in values], is_dated=is_dated) + (
        _literal(ending[0]) if ending else ""
    )


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\-", "-")


def _digits(values: Sequence[str]) -> str:
    widths = {len(value) for value in values}
    if widths == {4} and all(1990 <= int(value) <= 2100 for value in values):
        return r"20\d\d"
    if widths <= {1, 2}:
        return r"\d\d?" if widths != {2} else r"\d\d"
    return rf"\d{{{widths.pop()}}}" if widths == {8} else r"\d+"


def _slug(values: Sequence[str], *, is_dated: bool) -> str:
    """The last part of a path: a number, a number and words, words and a number, or words."""
    if all(value.isdecimal() and value.isascii() for value in values):
        return r"\d+"
    for sign in "-_":
        if all(re.match(rf"\d{{2,}}{sign}", value) for value in values):
            return rf"\d+{sign}[^/?#]+"
    for sign in "-_":
        if all(re.search(rf"{sign}\d{{3,}}$", value) for value in values):
            return rf"[^/?#]+{sign}\d+"
    apart = sorted(len(value.split("-")) - 1 for value in values)
    fewest = 0 if is_dated else min(apart[len(apart) // 10], 2)
    return rf"[^/?#-]+(?:-[^/?#-]+){{{fewest},}}" if fewest else "[^/?#]+"


def _takes_others(shape: Sequence[_Address], tail: str, others: Iterable[str]) -> bool:
    """Whether the pattern takes in what is known to be no article."""
    whole = re.compile(rf"^https?://(?:www\.)?{re.escape(shape[0].host)}{tail}$")
    return any(whole.search(url) for url in others)
