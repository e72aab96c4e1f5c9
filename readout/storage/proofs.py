"""The proof of what was read: of each version of an article the hash of its page, and where the page is kept.

It must not read or write an archive.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from readout.archive.shelf import Deposit
from readout.storage import schema
from readout.trouble import ProofFacts

_article = schema.article.c
_version = schema.article_version.c
_COLUMNS = ("page_hash", "page_file", "page_offset", "page_size", "page_fault")

NO_PAGE: dict[str, Any] = dict.fromkeys(_COLUMNS)
"""The columns of a version that was read from no page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The page that a version was read from: SHA-256 of its bytes in hex, and where they are kept; `deposit` None:
    nowhere, and `fault` says why, where that was not meant."""

    page_hash: str
    deposit: Deposit | None = None
    fault: str | None = None


def set_proof(connection: Connection, article_id: int, proof: Proof) -> None:
    """Note the proof of an article's standing version."""
    kept = proof.deposit
    row = {
        "page_hash": proof.page_hash,
        "page_file": kept and kept.file,
        "page_offset": kept and kept.offset,
        "page_size": kept and kept.size,
        "page_fault": proof.fault,
    }
    connection.execute(update(schema.article).where(_article.id == article_id).values(row))


def page_row(connection: Connection, article_id: int) -> dict[str, Any]:
    """The columns of the article's standing version, to go with it when it becomes a former one."""
    row = connection.execute(select(*(_article[name] for name in _COLUMNS)).where(_article.id == article_id)).one()
    return dict(row._mapping)


def proofs_of(connection: Connection, article_ids: Collection[int]) -> dict[tuple[int, int], Proof]:
    """What is known of the pages of all versions of some articles, by article and version."""
    standing = select(_article.id, _article.version, *(_article[name] for name in _COLUMNS))
    former = select(_version.article_id, _version.version, *(_version[name] for name in _COLUMNS))
    rows = [
        *connection.execute(former.where(_version.article_id.in_(article_ids))),
        *connection.execute(standing.where(_article.id.in_(article_ids))),
    ]
    return {(row[0], row[1]): _proof(row) for row in rows if row.page_hash is not None}


def proof_facts(connection: Connection) -> ProofFacts | None:
    """How pages could not be kept, and whether they can now; None: none was lost. Former versions are not asked."""
    lost = _article.page_fault.is_not(None)
    failed = connection.execute(
        select(_article.page_fault, _article.changed_at).where(lost).order_by(_article.changed_at.desc()).limit(1)
    ).one_or_none()
    if failed is None:
        return None
    kept = select(_article.changed_at).where(_article.page_file.is_not(None)).order_by(_article.id.desc()).limit(1)
    last = connection.scalar(kept)
    is_over = last is not None and last > failed.changed_at
    return ProofFacts(lost=_count(connection), since=failed.changed_at, fault=None if is_over else failed.page_fault)


def _count(connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).where(_article.page_fault.is_not(None))) or 0)


def _proof(row: Row[Any]) -> Proof:
    kept = row.page_file and Deposit(file=row.page_file, offset=row.page_offset, size=row.page_size)
    return Proof(page_hash=row.page_hash, deposit=kept or None, fault=row.page_fault)
