"""The one reader of data that ships with Readout or lies beside its configuration: sources, lexicons, bodies, places.

It must not judge a page or keep state: everything leaves frozen, and every fault is told at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from readout.model import ConfigError, Source, SourceId
from readout.source_file import read_source_file


def load_sources(folders: Sequence[Path]) -> Mapping[SourceId, Source]:
    """Every source under `folders`, by id in order of id. Raises ConfigError with the faults of all files."""
    sources: dict[SourceId, Source] = {}
    faults: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.rglob("*.toml"))):
        found, wrong = read_source_file(path)
        faults += wrong
        for source in found:
            if source.id in sources:
                faults.append(f"{path}: source id {source.id!r} stands in another file too")
            sources[source.id] = source
    if faults:
        raise ConfigError(faults)
    return dict(sorted(sources.items()))
