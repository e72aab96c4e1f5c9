"""Imported once by the fork server, so that every reader is born with code, models and knowledge in shared memory.

It must not be imported by anybody else: importing it is the work.
"""

from __future__ import annotations

import gc
from contextlib import suppress

import readout.reading.read  # noqa: F401  the work of every reader
from readout.articles.language import detect_language
from readout.catalog import load_knowledge
from readout.error import ReadoutError

# A reader that needs faulty data says so itself, where it is heard.
with suppress(ReadoutError):
    load_knowledge()
detect_language("The first detection loads the model of languages.")

# What lives now lives for ever: the collector in each reader need not touch, and so copy, these pages of memory.
gc.collect()
gc.freeze()
