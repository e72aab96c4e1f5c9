"""Imported once by the fork server, so that every reader is born with code, models and knowledge in shared memory.

It must not be imported by anybody else: importing it is the work.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import feedparser  # noqa: F401  what readers look for links with
import parsel  # noqa: F401

import readout.reading.read  # noqa: F401  the work of every reader
from readout.articles.body import body_text
from readout.articles.language import detect_language
from readout.articles.markup import parse
from readout.catalog import load_knowledge
from readout.collector import keep_for_ever
from readout.error import ReadoutError

# To unpack the model of languages leaves the interpreter to others. No thread is left when readers are forked.
with ThreadPoolExecutor(1) as beside:
    beside.submit(detect_language, "The first detection loads the model of languages.")
    # A reader that needs faulty data says so itself, where it is heard.
    with suppress(ReadoutError):
        load_knowledge()
# The first page whose text is hard to find loads the stop words of many languages.
if (hard := parse("<html><body><div>Here</div><ul><li><a href='/1'>and there</a></li></ul></body></html>")) is not None:
    body_text(hard)

keep_for_ever()  # the collector in each reader need not touch, and so copy, these pages of memory
