"""What goes into an evidence pack, as values, and how it is written: one zip file, whole or not there.

It must not take a name in the zip from a page, nor fetch what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from string import Template
from typing import Any

from sqlalchemy import Connection

from readout import __version__
from readout.articles.clean import clean_line
from readout.articles.edition import Edition
from readout.dossier import Dossier, open_dossier
from readout.exports.dossier import dossier_row
from readout.model import Telling
from readout.record import Row, moment_text, published_text, report_row
from readout.storage import articles
from readout.storage.articles import StoredArticle
from readout.storage.proofs import Proof, proofs_of
from readout.storage.reports import versions_told

PAGES = "pages.warc.gz"
_HERE = "readout.exports.evidence"
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an article, with what is known of its page."""

    article: StoredArticle
    edition: Edition
    proof: Proof | None

    @property
    def text_file(self) -> str:
        """Where its text stands in the pack."""
        return f"texts/{self._name}.txt"

    @property
    def title_file(self) -> str:
        """Where its title stands."""
        return f"texts/{self._name}-title.txt"

    @property
    def _name(self) -> str:
        return f"article-{self.article.id}-version-{self.edition.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is stored of one meeting and its reports."""

    dossier: Dossier
    versions: tuple[Version, ...]
    told: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where the page of a version lies in the pack's WARC file, or why it does not."""

    offset: int | None = None
    size: int | None = None
    missing: str | None = None


def gather(connection: Connection, meeting_id: int) -> Evidence | None:
    """The evidence of a meeting, or None; of one that was merged into another, that other's."""
    dossier = open_dossier(connection, meeting_id)
    if dossier is None:
        return None
    tellings = dossier.meeting.tellings
    ids = sorted({told.article_id for told in tellings})
    proofs = proofs_of(connection, ids)
    found = [each for each in (articles.article_by_id(connection, article_id) for article_id in ids) if each]
    return Evidence(
        dossier=dossier,
        versions=tuple(
            Version(article=article, edition=edition, proof=proofs.get((article.id, edition.number)))
            for article in found
            for edition in articles.editions_of(connection, article)
        ),
        told=versions_told(connection, [told.report_id for told in tellings]),
    )


def documents(evidence: Evidence, placed: Mapping[int, Placed], *, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Every file of the pack beside the pages, by name; `placed` by the place of each version among all."""
    yield "README.txt", _readme(evidence, placed, now).encode()
    yield "meeting.json", _json(dossier_row(evidence.dossier))
    yield "reports.json", _json(list(_report_rows(evidence)))
    yield "articles.json", _json(list(_article_rows(evidence, placed)))
    for version in evidence.versions:
        yield version.text_file, version.edition.text.encode()
        yield version.title_file, (version.edition.title or "").encode()
    yield "verify.py", resources.files(_HERE).joinpath("verify.py").read_bytes()


def why_missing(version: Version) -> str | None:
    """Why no page can be had of a version; None: it was kept."""
    if version.proof is None:
        return "it was imported as a row, or read before pages were kept"
    if version.proof.fault is not None:
        return f"it could not be kept: {version.proof.fault}"
    return None if version.proof.deposit else "it was not to be kept (archive.keep)"


def missing_lines(evidence: Evidence, placed: Mapping[int, Placed]) -> list[str]:
    """A line for each page that is not in the pack."""
    return [
        f"article {version.article.id}, version {version.edition.number}: {placed[at].missing}: "
        f"{clean_line(version.article.article.url)[:_MOST_SHOWN]}"
        for at, version in enumerate(evidence.versions)
        if placed[at].missing
    ]


def _readme(evidence: Evidence, placed: Mapping[int, Placed], now: datetime) -> str:
    lines = missing_lines(evidence, placed)
    missing = "\n".join(["What is missing: these pages", *(f"  {line}" for line in lines)])
    words = Template(resources.files(_HERE).joinpath("README.txt").read_text(encoding="utf-8"))
    return words.substitute(
        meeting=evidence.dossier.meeting.id,
        version=__version__,
        made=now.strftime("%Y-%m-%d %H:%M:%S UTC"),
        missing=missing if lines else "No page is missing.",
    )


# --- rows -----------------------------------------------------------------------------------------------------------


def _report_rows(evidence: Evidence) -> Iterator[Row]:
    for telling in evidence.dossier.meeting.tellings:
        version = next(
            each
            for each in evidence.versions
            if (each.article.id, each.edition.number) == (telling.article_id, evidence.told[telling.report_id])
        )
        yield {
            "report": telling.report_id,
            "article": telling.article_id,
            "version": version.edition.number,
            "key": telling.article_key,
            "url": telling.url,
            "source": telling.source,
            "published": published_text(telling),
            "first_seen": moment_text(telling.first_seen),
            "facts": list(_fact_rows(telling, version)),
        }


def _fact_rows(telling: Telling, version: Version) -> Iterator[Row]:
    """Each fact on its own, with the span it was read from; `file` null: a person said it, and `words` why."""
    row = report_row(telling.report)
    files = {"text": version.text_file, "title": version.title_file}
    for name, spans in row["evidence"].items():
        pairs = zip(row[name], spans, strict=True) if isinstance(spans, list) else [(row[name], spans)]
        for value, span in pairs:
            yield {
                "fact": name,
                "value": value,
                "words": span["text"],
                "start": span["start"],
                "end": span["end"],
                "file": files.get(span["in"]),
            }


def _article_rows(evidence: Evidence, placed: Mapping[int, Placed]) -> Iterator[Row]:
    numbered = list(enumerate(evidence.versions))
    for article_id in dict.fromkeys(version.article.id for version in evidence.versions):
        mine = [(at, version) for at, version in numbered if version.article.id == article_id]
        article = mine[0][1].article
        yield {
            "article": article.id,
            "key": article.key,
            "url": article.article.url,
            "source": article.source_id,
            "first_seen": moment_text(article.first_seen),
            "gone_at": moment_text(article.gone_at),
            "versions": [_version_row(version, placed[at]) for at, version in mine],
        }


def _version_row(version: Version, placed: Placed) -> Row:
    page: Row = {"sha256": version.proof.page_hash if version.proof else None}
    page |= {"missing": placed.missing} if placed.missing else {"offset": placed.offset, "size": placed.size}
    return {
        "version": version.edition.number,
        "seen_at": moment_text(version.edition.seen_at),
        "text": version.text_file,
        "title": version.title_file,
        "text_was_let_go": version.edition.shed is not None,
        "page": page,
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")
