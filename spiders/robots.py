"""What a robots.txt allows (RFC 9309).

It must not fetch: `manners` does, and says here what came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

ROBOT_NAME = "readout"
"""The product token that a robots.txt may name."""

MOST_BYTES = 512_000
"""So much of a robots.txt is read; RFC 9309 §2.5 wants at least 500 KiB."""

_AGENT = {"user-agent", "useragent", "user agent"}
_DISALLOW = {"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"}  # as often misspelt
_ALLOW = {"allow"}
_DELAY = {"crawl-delay", "crawl delay"}
_KNOWN = _AGENT | _DISALLOW | _ALLOW | _DELAY
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+|\*")
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{0,9})?", re.ASCII)
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_AS_THEY_ARE = _UNRESERVED | frozenset("/?:@!&'()+,;=[]")
_OCTET = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line Allow or Disallow: the parts of its path between the wildcards, as `_spelled`."""

    allows: bool
    parts: tuple[str, ...]
    is_whole: bool  # it ends in $: nothing may follow
    length: int

    def matches(self, path: str) -> bool:
        """Whether it speaks of `path`. Linear in the length of both."""
        first, *others = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        for part in others[: -1 if self.is_whole else None]:
            if (found := path.find(part, at)) < 0:
                return False
            at = found + len(part)
        if not self.is_whole:
            return True
        return len(path) - len(others[-1]) >= at and path.endswith(others[-1]) if others else at == len(path)


@dataclass(frozen=True, slots=True)
class Rules:
    """Where we may go on a host. `refusal` is why we may go nowhere; without it and without `rules`, anywhere.

    `rules`: the most specific first. `crawl_delay`: seconds between two requests that the host asks for, or 0.
    """

    rules: tuple[Rule, ...] = ()
    crawl_delay: float = 0
    refusal: str | None = None

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched (RFC 9309 §2.2.2). Raises ValueError for what is no URL."""
        if self.refusal is not None:
            return False
        parts = urlsplit(url)
        if parts.path == "/robots.txt":
            return True
        path = _spelled((parts.path or "/") + (f"?{parts.query}" if "?" in url.partition("#")[0] else ""))
        return next((rule.allows for rule in self.rules if rule.matches(path)), True)


def rules_of(status: int, body: bytes) -> Rules:
    """The rules in an answer to /robots.txt: unavailable means free to go, a server in trouble means stay away.

    429 is taken for trouble: RFC 9309 §2.3.1.3 would let us go on, but a host that says "too many" means it.
    """
    if status == 429 or status >= 500:
        return Rules(refusal=f"robots.txt answered {status}, which means to stay away for now")
    if not 200 <= status < 300:
        return Rules()
    if len(body) > MOST_BYTES:  # a rule cut in two would say something else
        body = body[:MOST_BYTES].rpartition(b"\n")[0]
    return _ours(_groups(body.decode("utf-8-sig", "surrogateescape")))


@dataclass(slots=True)
class _Group:
    """Lines that hold for the same agents."""

    agents: set[str]
    rules: list[Rule]
    delay: float = 0
    is_open: bool = True  # more agents may be named


def _groups(text: str) -> Iterator[_Group]:
    """The groups in order. A crawl-delay belongs to its group as a rule does; any other line is passed over."""
    group = _Group(set(), [])
    for line in _LINE_END.split(text):
        field, value = _field(line)
        if field in _AGENT:
            if not group.is_open:
                yield group
                group = _Group(set(), [])
            group.agents |= {token[0].lower() for token in [_TOKEN.match(value)] if token}
        elif field in _KNOWN:
            group.is_open = False
            if field in _DELAY:
                group.delay = max(group.delay, _seconds(value))
            elif value:
                group.rules.append(_rule(value, allows=field in _ALLOW))
    yield group


def _field(line: str) -> tuple[str, str]:
    """A line's field in lower case and its value, without the comment; blanks do where the colon was left out."""
    said = line.partition("#")[0].strip()
    field, colon, value = said.partition(":")
    if not colon or field.strip().lower() not in _KNOWN:
        field, _, value = said.partition(" ")
    return field.strip().lower(), value.strip()


def _ours(groups: Iterator[_Group]) -> Rules:
    """The groups that name us, taken together; else those for everybody (RFC 9309 §2.2.1)."""
    known = list(groups)
    named = [group for group in known if ROBOT_NAME in group.agents] or [
        group for group in known if "*" in group.agents
    ]
    rules = [rule for group in named for rule in group.rules]
    rules.sort(key=lambda rule: (-rule.length, not rule.allows))
    return Rules(rules=tuple(rules), crawl_delay=max((group.delay for group in named), default=0))


def _rule(value: str, *, allows: bool) -> Rule:
    parts, has_query = [], False
    for part in value.removesuffix("$").split("*"):
        parts.append(_spelled(part, has_query=has_query))
        has_query = has_query or "?" in part
    # Several stars in a row are one.
    kept = (parts[0], *filter(None, parts[1:-1]), *parts[1:][-1:])
    length = sum(map(len, kept)) + value.count("*")
    return Rule(allows=allows, parts=kept, is_whole=value.endswith("$"), length=length)


def _spelled(text: str, *, has_query: bool = False) -> str:
    """The one spelling of a path with its query, of a URL or of a rule (RFC 9309 §2.2.2).

    What needs no encoding has none, all else is encoded in capitals. Encoded signs that separate stay so, but in a
    query, where they separate nothing: RFC 9309 has a rule with ``?baz=https://foo.bar`` match it encoded. * and $ are
    those of a rule's own text only when they are encoded.
    """
    spelled: list[str] = []
    for octet in _OCTET.findall(text):
        sign = chr(int(octet[1:], 16)) if len(octet) == 3 else octet
        is_plain = sign in _UNRESERVED if len(octet) == 3 and not has_query else sign in _AS_THEY_ARE
        has_query = has_query or octet == "?"
        spelled.append(sign if is_plain else octet.upper() if len(octet) == 3 else _encoded(sign))
    return "".join(spelled)


def _encoded(sign: str) -> str:
    try:
        octets = sign.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        octets = b"?"
    return "".join(f"%{octet:02X}" for octet in octets)


def _seconds(value: str) -> float:
    match = _SECONDS.match(value)
    return float(match[0]) if match else 0
