"""Keeps the page that a report was read from, beside the transaction that stores what it tells.

It must not let a meeting be missed: where a page cannot be kept, the report is stored and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy import Connection

from readout.archive.record import page_hash
from readout.archive.shelf import Archive
from readout.model import Page
from readout.storage.proofs import Proof, set_proof

log = structlog.get_logger("readout.archive")


@dataclass(frozen=True, slots=True)
class Prover:
    """Keeps pages of reports in `archive`, or all pages, or none."""

    archive: Archive
    keep: Literal["reports", "all", "none"] = "reports"

    def prove(self, page: Page, connection: Connection, article_id: int, tells: bool, now: datetime) -> None:
        """Note by which page the standing version of an article is proved; `tells`: it is a report, or was one.

        A page is on the disk before the transaction that names it ends; one that breaks off leaves a page that nothing
        names, and never a name without a page.
        """
        proof = Proof(page_hash=page_hash(page.body))
        if self.keep == "all" or (self.keep == "reports" and tells):
            proof = self._kept(page, proof.page_hash, now)
        set_proof(connection, article_id, proof)

    def _kept(self, page: Page, digest: str, now: datetime) -> Proof:
        try:
            return Proof(page_hash=digest, deposit=self.archive.add(page, now=now))
        except OSError as error:
            fault = error.strerror or str(error) or type(error).__name__
            log.warning("page_not_kept", url=page.url, reason=fault)
            return Proof(page_hash=digest, fault=fault)
