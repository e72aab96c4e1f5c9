"""The one reader of data that ships with Readout or lies beside its configuration: sources, lexicons, bodies, places.

It must not judge a page or keep state: everything leaves frozen, and every fault is told at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from readout.articles.credit import Credits
from readout.collector import without_collector
from readout.error import ConfigError
from readout.meetings.bodies import Registry
from readout.meetings.holders import OfficeHolders
from readout.meetings.knowledge import Head, Knowledge, Lexicons, Weights
from readout.meetings.lexicon import Lexicon
from readout.meetings.places import Gazetteer
from readout.model import LanguageCode, Source, SourceId
from readout.source_file import read_source_file
from readout.watches.folding import folded

Built = TypeVar("Built")


def load_sources(folders: Sequence[Path]) -> Mapping[SourceId, Source]:
    """Every source under `folders`, by id in order of id. Raises ConfigError with the faults of all files."""
    sources: dict[SourceId, Source] = {}
    faults: list[str] = []
    with without_collector():
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


# --- what recognition knows ---------------------------------------------------------------------------------------

_ARTICLE_DATA = resources.files("readout.articles") / "data"
_MEETING_DATA = resources.files("readout.meetings") / "data"


@lru_cache(maxsize=1)
def load_knowledge() -> Knowledge:
    """Lexicons, bodies, places, weights, agencies that ship with Readout. Raises ConfigError with the faults of all
    files, except those inside a lexicon, which are raised when its language is first asked for."""
    faults: list[str] = []
    heads = {language: Head(head["script"], tuple(head["stands_in_for"])) for language, head in _lexicon_heads(faults)}
    weights = _built(Weights.from_mapping, _MEETING_DATA / "signals.toml", faults)
    with without_collector():
        bodies = {path.name: data for path in _files("bodies", ".toml") if (data := _parsed(path, faults))}
        registry = _checked(lambda: Registry.from_mappings(bodies), "bodies", faults)
        places = _checked(lambda: Gazetteer.from_rows(_rows("places.tsv"), _rows("countries.tsv")), "places", faults)
        holders = _built(OfficeHolders.from_mapping, _MEETING_DATA / "office_holders.toml", faults)
        credits_known = _credits(faults)
    if faults or registry is None or weights is None or places is None or holders is None or credits_known is None:
        raise ConfigError(faults)
    return Knowledge(Lexicons(heads, _load_lexicon), registry, places, holders, weights, credits_known)


@lru_cache(maxsize=1)
def load_credits() -> Credits:
    """The agencies that articles name as their source; without the rest of what recognition knows."""
    faults: list[str] = []
    known = _credits(faults)
    if known is None:
        raise ConfigError(faults)
    return known


def _credits(faults: list[str]) -> Credits | None:
    agencies, wordings = (_parsed(_ARTICLE_DATA / name, faults) for name in ("agencies.toml", "credit.toml"))
    if agencies is None or wordings is None:
        return None
    return _checked(lambda: Credits.from_mappings(agencies, wordings), "agencies.toml and credit.toml", faults)


def _lexicon_heads(faults: list[str]) -> Iterator[tuple[LanguageCode, dict[str, Any]]]:
    """The keys above the first table of each lexicon file, by its language, which is the file's name."""
    for path in _files("lexicon", ".toml"):
        head = _checked(partial(_head, path), path.name, faults)
        if head is not None:
            yield LanguageCode(path.name.removesuffix(".toml")), head


def _head(path: Traversable) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8").partition("\n[")[0])


def _load_lexicon(language: LanguageCode) -> Lexicon:
    faults: list[str] = []
    with without_collector():
        lexicon = _built(Lexicon.from_mapping, _MEETING_DATA / "lexicon" / f"{language}.toml", faults)
    if lexicon is None:
        raise ConfigError(faults)
    return lexicon


@cache
def load_body_names(language: str = "en") -> Mapping[str, str]:
    """What each body of the registry is called, by id; without the rest of what recognition knows.

    Of these names, and of those of countries and cities: in English where nobody has written them in `language`.
    """
    return {row["id"]: row.get("called", {}).get(language, row["name"]) for row in _body_rows()}


@lru_cache(maxsize=1)
def load_body_kinds() -> Mapping[str, str]:
    """What sort of meeting each body of the registry holds, by id; without the rest of what recognition knows."""
    return {row["id"]: row["kind"] for row in _body_rows()}


@lru_cache(maxsize=1)
def load_body_wholes() -> Mapping[str, tuple[str, ...]]:
    """Inside whose meetings each body holds its own, by id; bodies that meet by themselves are left out."""
    return {row["id"]: tuple(row["within"]) for row in _body_rows() if row.get("within")}


@lru_cache(maxsize=1)
def _body_rows() -> Sequence[Mapping[str, Any]]:
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in _files("bodies", ".toml"))
    return [row for data in files for row in data.get("body", ())]


@cache
def load_country_names(language: str = "en") -> Mapping[str, str]:
    """What each country is called, by alpha-2 code."""
    named = [(code, of, words) for code, of, kind, words in _rows("countries.tsv") if kind == "name"]
    return {code: words.split("|")[0] for wanted in ("en", language) for code, of, words in named if of == wanted}


@cache
def load_city_names_in(language: str) -> Mapping[str, str]:
    """What cities are called that have a name of their own in `language`, by their English name."""
    head, *rows = (line.split("\t") for line in (_MEETING_DATA / "city_names.tsv").read_text("utf-8").splitlines())
    at = head.index(language) if language in head else 0
    return {row[0]: row[at] for row in rows if row[at]}


@lru_cache(maxsize=1)
def load_city_names() -> Mapping[str, str]:
    """What each city is called in English, by each of its spellings `folded`; of cities of one name the largest."""
    cities: dict[str, str] = {}
    rows = list(_rows("places.tsv"))
    spelled = ((spelling, name) for name, *_, spellings in rows for spelling in spellings.split("|"))
    for spelling, name in (*((row[0], row[0]) for row in rows), *spelled):
        cities.setdefault(folded(spelling), name)
    return cities


def _files(folder: str, ending: str) -> list[Traversable]:
    found = (path for path in (_MEETING_DATA / folder).iterdir() if path.name.endswith(ending))
    return sorted(found, key=lambda path: path.name)


def _parsed(path: Traversable, faults: list[str]) -> dict[str, Any] | None:
    return _checked(lambda: tomllib.loads(path.read_text(encoding="utf-8")), path.name, faults)


def _built(build: Callable[[dict[str, Any]], Built], path: Traversable, faults: list[str]) -> Built | None:
    data = _parsed(path, faults)
    return None if data is None else _checked(lambda: build(data), path.name, faults)


def _checked(make: Callable[[], Built], where: str, faults: list[str]) -> Built | None:
    """What `make` makes, or None and a fault that says where and, for a missing key, which."""
    try:
        return make()
    except KeyError as error:
        faults.append(f"{where}: key {error} is missing")
    except (TypeError, ValueError) as error:
        faults += (f"{where}: {line}" for line in str(error).splitlines())
    return None


def _rows(name: str) -> Iterator[list[str]]:
    """The rows of a tab-separated data file; lines that begin with ``#`` are comments."""
    lines = (_MEETING_DATA / name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith("#"))
