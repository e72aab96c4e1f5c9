"""How much a page and its record may hold: the writer keeps within it, so that whatever was written can be read.

It must not depend on how Readout is set up: an archive outlives that.
"""

from __future__ import annotations

LARGEST_PAGE_MIB = 100
"""Of a page, unpacked; `crawl.max_page_mib` may be less."""

LARGEST_PAGE = LARGEST_PAGE_MIB * 1024 * 1024

WRITTEN_HEAD = 64 * 1024
"""Bytes of header fields that are written: more than an honest server sends."""

LARGEST_HEAD = 256 * 1024
"""Bytes of a header that is read: what is written, and what is said beside it, two addresses among it, all escaped."""

LARGEST_DEPOSIT = 128 * 1024 * 1024
"""Bytes of all records of one page, as they lie in a file."""
