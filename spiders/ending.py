"""Whether a document has its end: where an answer says nothing of its length, nothing else tells that it was cut off.

It must not parse, and must not refuse a document: HTML may leave its end tags out.
"""

from __future__ import annotations

import re

from readout.articles.pdf import is_pdf

_BEGINNING = 4096  # bytes in which the root element stands
_END = 1 << 16  # caches and counters write behind the end
_ROOT = re.compile(rb"<(html|rss|feed|rdf:rdf|urlset|sitemapindex)[\s>]", re.IGNORECASE)


def lacks_its_end(body: bytes) -> bool:
    """Whether `body` begins as HTML, a feed, a sitemap or a PDF, and does not end as one."""
    end = body[-_END:].lower()
    if is_pdf(body):
        return b"%%eof" not in end
    root = _ROOT.search(body[:_BEGINNING])
    if root is None:
        return False
    return b"</" + root[1].lower() not in end and b"</body" not in end
