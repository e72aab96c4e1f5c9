"""Articles as the tests of this room need them, in words of their own."""

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from readout.catalog import load_knowledge
from readout.finding import Recognition
from readout.meetings.scene import split_sentences
from readout.meetings.sense import Sense, make_sense
from readout.model import Article

DATA = resources.files("readout.meetings") / "data"
SHARED = Path(__file__).parents[3] / "shared"


def article(text: str, *, title: str | None = None, language: str | None = "en", day: str | None = None) -> Article:
    """An article of a page nobody wrote."""
    published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day and len(day) >= 10 else None
    return Article(
        url="https://news.example/1",
        title=title,
        text=text,
        published=published,
        published_day=published.date() if published else None,
        language=language,
    )


def senses(text: str, language: str, *, title: str | None = None) -> tuple[Sense, ...]:
    """What the shipped lexicon and registry find in a text."""
    told = article(text, title=title, language=language)
    knowledge = load_knowledge()
    lexicon = knowledge.lexicon_for(told)
    sentences = split_sentences(told, dotted_ordinals="." in lexicon.ordinals.suffixes)
    return make_sense(sentences, lexicon, knowledge.bodies, knowledge.holders)


def lexicon_files() -> dict[str, dict[str, Any]]:
    """The shipped lexicon files, parsed, by language."""
    files = sorted(DATA.joinpath("lexicon").iterdir(), key=lambda path: path.name)
    return {path.name.removesuffix(".toml"): tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def untrue_evidence(told: Article, recognition: Recognition) -> Iterator[Any]:
    """Spans of the report that are not what stands in the article."""
    for report in recognition.reports:
        for name in report.__dataclass_fields__:
            facts = getattr(report, name)
            for fact in facts if isinstance(facts, tuple) else filter(None, [facts]):
                span = fact.evidence
                source = (told.title if span.where == "title" else told.text) or ""
                if source[span.start : span.end] != span.text:
                    yield name, span


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
