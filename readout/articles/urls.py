"""When two addresses are one page: the key under which an article is known.

It must not resolve, fetch or guess: two addresses are one only where the rules of URLs or well-known habits say so.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from readout.model import CanonicalUrl

# Parameters that name the visitor's way to the page or a session, never the page.
_TRACKING = re.compile(
    r"""(?ix) ^ (?: utm_\w+ | pk_\w+ | mtm_\w+ | piwik_\w+ | wt_\w+ | guce_\w+ | at_(?:medium|campaign|custom\d|format)
    | [gy]clid | [gw]braid | dclid | fbclid | msclkid | twclid | igshid | mc_[ce]id | srsltid | _ga | _gl | _openstat
    | ocid | cmpid | icid | ncid | spm | xtor | vero_id | _hs(?:enc|mi) | ref_?src | ref_?url | __twitter_impression
    | guccounter | phpsessid | jsessionid | aspsessionid\w* | sessionid | cfid | cftoken
    ) $"""
)
# Parameters that may carry meaning on some site, dropped only with a value that says "this is how I came".
_CAME_FROM = {
    "from": {"rss", "feed", "twitter", "facebook", "telegram", "social", "newsletter", "search"},
    "source": {"rss", "feed", "twitter", "facebook", "telegram", "social", "newsletter"},
    "ref": {"rss", "feed", "twitter", "facebook", "telegram", "home", "main"},
    "rss": {"", "1", "yes", "true"},
}
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> CanonicalUrl:
    """The one spelling of `url`: lower-case host, no default port, fragment, tracking or session; query in order.

    Idempotent. Raises ValueError for what is no http or https URL with a host.
    """
    # Percent-encoding and dot segments settle in the first round, what they uncover in the second.
    once = _round(url.strip())
    for _ in range(4):
        again = _round(once)
        if again == once:
            return CanonicalUrl(once)
        once = again
    raise ValueError(f"no stable spelling of URL {url[:200]!r}")


def _round(url: str) -> str:
    parts = urlsplit(canonicalize_url(url, encoding="utf-8"))
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http(s) URL: {url[:200]!r}")
    path = _SESSION_IN_PATH.sub("", parts.path) or "/"
    return urlunsplit(
        (parts.scheme, _host_and_port(parts.scheme, parts.hostname, parts.port), path, _query(parts.query), "")
    )


def _host_and_port(scheme: str, host: str, port: int | None) -> str:
    host = host.rstrip(".")
    if not host:
        raise ValueError("URL without a host")
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _is_tracking(name, value)])


def _is_tracking(name: str, value: str) -> bool:
    return bool(_TRACKING.match(name)) or value.lower() in _CAME_FROM.get(name.lower(), ())
