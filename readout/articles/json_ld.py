"""What a page says of its article in JSON-LD (schema.org), however it nests it.

It must not believe it: values come out as the page wrote them, for others to check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

Node = dict[str, Any]

_ARTICLES = frozenset(("BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report", "PressRelease"))
_FRAMES = frozenset(("WebPage", "ItemPage", "VideoObject", "NewsMediaObject"))
_MOST_NODES = 2_000
_LONGEST_BLOCK = 2_000_000


def article_nodes(tree: HtmlElement, url: str) -> list[Node]:
    """The page's nodes that describe an article or, after them, the page itself: the one whose URL is `url` first.

    Nodes of lists (other stories) are left out, and so are several that say they are of other pages.
    """
    nodes = list(_nodes(tree))
    articles = [node for node in nodes if _is_article(node)]
    if len({place for node in articles for place in _places(node)[:1]}) > 1:
        articles = [node for node in articles if _is_about(node, url) or not _places(node)]
    frames = [node for node in nodes if _types(node) & _FRAMES]
    return sorted(articles, key=lambda node: not _is_about(node, url)) + frames


def text_of(node: Node, name: str) -> str | None:
    """The first text under `name`: values may be lists or `{"@value": …}`."""
    value = node.get(name)
    while isinstance(value, list | dict):
        value = next(iter(value), None) if isinstance(value, list) else value.get("@value")
    return value if isinstance(value, str) and value.strip() else None


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    left = _MOST_NODES
    for script in tree.iterfind(".//script[@type]"):
        if "ld+json" not in script.get("type", "").lower():
            continue
        for node in _walk(_loaded(script.text or "")):
            yield node
            left -= 1
            if left <= 0:
                return


def _loaded(block: str) -> Any:
    """The JSON of a script, without the comment or CDATA marks and semicolons that may stand around it."""
    bare = block.replace("<![CDATA[", "").replace("]]>", "")
    start = re.search(r"[\[{]", bare)
    if start is None or len(bare) > _LONGEST_BLOCK:
        return None
    try:
        return json.loads(bare[start.start() : max(bare.rfind("}"), bare.rfind("]")) + 1], strict=False)
    except (ValueError, RecursionError):
        return None


def _walk(value: Any) -> Iterator[Node]:
    """Every node that stands for the page: breadth first, not into lists of other stories."""
    level = [value]
    while level:
        below: list[Any] = []
        for item in level:
            if isinstance(item, list):
                below += item
            elif isinstance(item, dict):
                yield item
                below += [item[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in item]
        level = below


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {re.split(r"[/#:]", name)[-1] for name in names if isinstance(name, str)}


def _is_article(node: Node) -> bool:
    return any(name.endswith("Article") or name in _ARTICLES for name in _types(node))


def _is_about(node: Node, url: str) -> bool:
    path = urlsplit(url).path.rstrip("/")
    return any(place.endswith(path) for place in _places(node))


def _places(node: Node) -> list[str]:
    """The addresses that a node says it is of, bare of query and fragment."""
    page = node.get("mainEntityOfPage")
    places = (node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page)
    return [bare for place in places if isinstance(place, str) and (bare := re.split("[?#]", place)[0].rstrip("/"))]
