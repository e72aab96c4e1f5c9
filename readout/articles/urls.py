"""When two addresses are one page: the key under which an article is known.

It must not resolve, fetch or guess. Two pages under one key would lose an article, one page under two keys only costs
a visit: the intake knows the same text again. So a rule stands here when no site can be thought of that gives both
spellings to different articles; what holds for one site alone is a source's own rule.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from readout.model import CanonicalUrl
from readout.site_rules import UrlRules

_NO_RULES = UrlRules()
# Parameters that name the visitor's way to the page or a session, never the page.
_TRACKING = re.compile(
    r"""(?ix) ^ (?: utm_\w+ | mtm_\w+ | piwik_\w+ | guce_\w+ | wt[._](?:mc|tsrc|rss|z)_?\w*
    | pk_(?:campaign|kwd|keyword|source|medium|content|cid|vid|group|placement|creative)
    | at_(?:medium|campaign|custom\d|format) | [gy]clid | ysclid | [gw]braid | dclid | fbclid | msclkid | twclid
    | ttclid | igshid | mc_[ce]id | mkt_tok | srsltid | _ga | _gl | _openstat | vero_id
    | _hs(?:enc|mi) | ref_?src | ref_?url | fb_(?:action_ids|ref|source) | ns_(?:source|mchannel|campaign)
    | __twitter_impression | guccounter
    ) $"""
)
# Names that some site gives to a page or a sitting of parliament: dropped only with a value that no page has.
_CAMPAIGN = re.compile(r"^(?:ocid|cmpid|icid|ncid|spm|xtor)$", re.IGNORECASE)
_SESSION = re.compile(r"^(?:phpsessid|jsessionid|aspsessionid\w*|sessionid)$", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[\w.!-]{16,}")
_YES = {"", "1", "true", "yes", "y"}
# Parameters that may name a page on some site, dropped only with a value that says how one came or wants to see it.
_NOISE = {
    "from": {"rss", "feed", "twitter", "facebook", "telegram", "social", "newsletter", "search"},
    "source": {"rss", "feed", "twitter", "facebook", "telegram", "social", "newsletter"},
    "ref": {"rss", "feed", "twitter", "facebook", "telegram", "home", "main"},
    "rss": {"", "1", "yes", "true"},
    "amp": _YES,
    "outputtype": {"amp"},
    "output": {"amp"},
    "print": _YES,
    "printable": _YES,
    "view": {"print"},
    "tmpl": {"component"},
}
# The same pages at the same paths, for small screens and slow lines. What stays must still be a host with a dot.
_VIEW_HOST = re.compile(
    r"^(?:(?:www|amp|m|mobile|lite|pda|wap)\.)+(?!(?:ac|co|com|edu|go|gob|gouv|gov|mil|ne|net|or|org)\.\w\w$)(?=[^.]+\.)"
)
_PATH_RULES = (
    (re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE), ""),
    (re.compile(r"/{2,}"), "/"),
    (re.compile(r"^(?:/amp)+(?=/[^/])"), ""),
    (re.compile(r"(?<=[^/])(?:/(?:amp|print))+/?$"), ""),
    (re.compile(r"(?:\.amp)+(?=\.html?$|$)"), ""),
    (re.compile(r"/(?:index\.(?:[sx]?html?|php|aspx?|jsp)|default\.(?:html?|aspx?))$", re.IGNORECASE), "/"),
    (re.compile(r"(?<=[^/])/$"), ""),
)
# Signs of ASCII that have no meaning of their own in an address; never / ? # % or a control.
_ENCODED_SIGN = re.compile(r"%(?!2F|3F|23|25|7F)[2-7][0-9A-F]", re.IGNORECASE)
# A letter may be written in one piece or with its mark beside it; the mark is never ASCII, the letter may be.
_ENCODED_LETTERS = re.compile(r"[A-Za-z]?(?:%[89A-F][0-9A-F])+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str, rules: UrlRules = _NO_RULES) -> CanonicalUrl:
    """The one spelling of `url`, by what holds for every site and then by the `rules` of its source.

    Always https, in lower case and without ``www.`` or a host for small screens; no default port, fragment, tracking,
    session, AMP or print view, index file or slash at the end; query in order. It is for comparing, not for fetching.
    Idempotent without `rules`. Raises ValueError for what is no http or https URL with a host.
    """
    bare = _ENCODED_SIGN.sub(lambda match: unquote(match[0]), url) if rules.unquote else url
    spelled = _settled(bare.strip(), rules)
    for pattern, by in rules.replace:
        spelled = re.sub(pattern, by, spelled)
    return CanonicalUrl(_settled(spelled, rules) if rules.replace else spelled)


def without_tracking(url: str) -> str:
    """`url` as it is spelled, but for a place on the page and the parameters that name the visitor's way to it."""
    address = url.partition("#")[0]
    page, mark, query = address.partition("?")
    named = [pair for pair in query.split("&") if not _TRACKING.match(pair.partition("=")[0])]
    return page + mark + "&".join(named) if any(named) else page


def _settled(url: str, rules: UrlRules) -> str:
    """Percent-encoding and dot segments settle in the first round, what they uncover in the next."""
    once = _round(url, rules)
    for _ in range(4):
        again = _round(once, rules)
        if again == once:
            return once
        once = again
    raise ValueError(f"no stable spelling of URL {url[:200]!r}")


def _round(url: str, rules: UrlRules) -> str:
    parts = urlsplit(canonicalize_url(url, encoding="utf-8", keep_fragments=True))
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http(s) URL: {url[:200]!r}")
    host = _host(parts.hostname, rules)
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    query, fragment = _query(parts.query, rules), _page_of_script(parts.fragment)
    return urlunsplit(("https", host + port, _path(parts.path), query, fragment))


def _page_of_script(fragment: str) -> str:
    """The fragment of a site that shows its pages by script ("#!/news/1"); any other names a place on the page."""
    return fragment if fragment[:1] in ("!", "/") else ""


def _host(host: str, rules: UrlRules) -> str:
    host = host.rstrip(".")
    if not host or not host.isprintable():
        raise ValueError("URL without a host")
    if ":" in host:
        return f"[{host}]"
    mirrors = {_full_view(mirror): original for mirror, original in rules.mirrors}
    return _full_view(mirrors.get(_full_view(host), host))


def _full_view(host: str) -> str:
    return _VIEW_HOST.sub("", host.lower())


def _path(path: str) -> str:
    path = _ENCODED_LETTERS.sub(lambda match: quote(_composed(_decoded(match[0])), errors="surrogateescape"), path)
    for pattern, by in _PATH_RULES:
        path = pattern.sub(by, path)
    return path or "/"


def _query(query: str, rules: UrlRules) -> str:
    # Bytes that are no UTF-8 are some older encoding's letters, and must not become one and the same mark.
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    named = [(name, _composed(value)) for name, value in pairs if _names_the_page(name, value, rules)]
    return urlencode(sorted(named), errors="surrogateescape")


def _names_the_page(name: str, value: str, rules: UrlRules) -> bool:
    if rules.keep is not None:
        return name in rules.keep
    is_campaign = _CAMPAIGN.match(name) is not None and not value.isdigit()
    is_session = _SESSION.match(name) is not None and _SESSION_VALUE.fullmatch(value) is not None
    is_noise = bool(_TRACKING.match(name)) or value.lower() in _NOISE.get(name.lower(), ())
    return name not in rules.drop and not (is_noise or is_campaign or is_session)


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogateescape")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
