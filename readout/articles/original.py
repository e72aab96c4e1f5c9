"""Which of several articles with nearly the same text is the original, and which are its reprints.

It must not ask what the articles tell of: it is handed those that tell of one meeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from readout.articles.fingerprint import likenesses

_LAST = datetime.max.replace(tzinfo=UTC)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An article among others: what makes its text comparable, who publishes it and whom it credits (both as keys of
    agencies), and when it was told.

    `told_at` None: nobody knows. With `day_only` it is the midnight that the day begins with.
    """

    article_id: int
    text_hash: str
    signature: bytes
    publisher: str | None
    credit: str | None
    official: bool
    told_at: datetime | None
    day_only: bool
    first_seen: datetime


def originals(copies: Sequence[Copy], *, least: float) -> Mapping[int, int]:
    """The original of each reprint, by their ids; an article that is in neither is like no other.

    Articles hang together whose texts are alike to `least` or more, one with the next. Of those the original is whom
    others credit, else an official source, else who told first, else who was seen first: the order they come in does
    not matter.
    """
    found: dict[int, int] = {}
    for group in _groups(copies, least):
        original = min(group, key=lambda copy: _rank(copy, group))
        found |= {copy.article_id: original.article_id for copy in group if copy is not original}
    return found


def _groups(copies: Sequence[Copy], least: float) -> Iterator[list[Copy]]:
    """The copies that hang together; each is compared with those that belong nowhere yet."""
    left = list(copies)
    while left:
        group = [left.pop()]
        for member in group:
            near = _near(member, left, least)
            group += [other for other in left if other.article_id in near]
            left = [other for other in left if other.article_id not in near]
        yield group


def _near(copy: Copy, others: Sequence[Copy], least: float) -> set[int]:
    """A text too short to have a signature is like the very same text alone."""
    like = likenesses(copy.signature, [other.signature for other in others])
    return {
        other.article_id
        for other, share in zip(others, like, strict=True)
        if share >= least or other.text_hash == copy.text_hash
    }


def _rank(copy: Copy, group: Sequence[Copy]) -> tuple[bool, bool, bool, datetime, datetime, int]:
    """The smallest is the original. Whom one credits may credit another in turn: the last of the chain counts."""
    others = [other for other in group if other is not copy]
    is_credited = copy.publisher is not None and any(other.credit == copy.publisher for other in others)
    names_another = copy.credit is not None and any(other.publisher == copy.credit for other in others)
    return not is_credited, names_another, not copy.official, _told(copy), copy.first_seen, copy.article_id


def _told(copy: Copy) -> datetime:
    """A day alone proves no hour, and counts as its end; an unknown time as the last."""
    if copy.told_at is None:
        return _LAST
    return copy.told_at + _A_DAY if copy.day_only else copy.told_at
