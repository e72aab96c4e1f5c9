"""What one hop of reading finds in a page: plain frozen values beside the words of `readout.model`.

It must not do anything: no I/O, no rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from readout.model import Article, Evidence, OutcomeKind, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that spoke for (weight > 0) or against (weight < 0) an article being a meeting report."""

    name: str
    weight: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Whether an article reports a meeting: `score` in 0..1, the words for and against, the reports, main one first.

    `reports` is empty exactly when `is_report` is False; `why_not` then tells a reader what spoke against it most.
    """

    is_report: bool
    score: float
    reports: tuple[Report, ...] = ()
    signals: tuple[Signal, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What makes a text comparable: `text_hash` (SHA-256 hex of the normalised text) and `signature`, 128 MinHash
    permutations as little-endian uint32 bytes (512 bytes); empty signature for a text too short to compare."""

    text_hash: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read from one page in one hop. `credit`: the key of whom it names as the source of its text;
    `template`: how the page is built (`readout.articles.template`)."""

    article: Article
    recognition: Recognition
    fingerprint: Fingerprint
    credit: str | None = None
    template: str = ""

    @property
    def missed_rules(self) -> tuple[str, ...]:
        """The keys of the source's rules that found nothing on the page: its template was changed."""
        return self.article.missed_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A step's answer that a page goes no further. `evidence` is the text or number that decided, `missed_rules` as in
    `Article`."""

    outcome: OutcomeKind
    reason: str
    evidence: str = ""
    missed_rules: tuple[str, ...] = ()
