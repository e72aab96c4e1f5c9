"""Days of the sessions before and after the one that a page reports: told by the tense of their sentence, or in so many
words.

It must not choose the meeting's days: `readout.meetings.dates` does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from readout.meetings.date_words import Precision
from readout.meetings.days import DayMention
from readout.meetings.lexicon import Term
from readout.meetings.nearness import Nearness
from readout.meetings.words import Hit, split_words
from readout.model import Status

_BEGUN = (Status.HELD, Status.ONGOING)
# "The next session of the Council of Heads of … will be held in …": a body's name may stand between.
_NEXT_BEFORE = 160
_NEXT_BEHIND = 20


def is_of_another(near: Nearness, at: int, mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    """Whether `mention` in sentence number `at` is a day of another session: said to be the next one's, or told in a
    sentence of its own as planned where this meeting has begun, or as past where it is planned. `frames` are the words
    around days in that sentence."""
    status = near.scene.status
    if status in _BEGUN and _is_of_next(near, at, mention, frames):
        return True
    if at == near.here or mention.precision in (Precision.WEEKDAY, Precision.RELATIVE):
        return False
    terms = near.scene.lexicon.terms.find(split_words(near.scene.sentences[at].text))
    if status in _BEGUN:
        return _is_planned(terms, mention)
    return status is Status.PLANNED and _is_past(terms) and not _is_ahead(near, mention)


def _is_of_next(near: Nearness, at: int, mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    """Whether "the next session" stands before the days, or shortly behind them."""
    sentence = near.scene.sentences[at]
    named = [hit for hit in frames if hit.tag == "next" and not near.names_anchor(sentence, hit)]
    return any(mention.start - _NEXT_BEFORE <= hit.end and hit.start <= mention.end + _NEXT_BEHIND for hit in named)


def _is_planned(terms: Sequence[Hit[Term]], mention: DayMention) -> bool:
    """Whether the word of holding or planning that stands nearest to the days tells a plan."""
    plans = [hit for hit in terms if hit.tag.status is Status.PLANNED]
    # "held in" tells nothing in "will be held in"
    others = [hit for hit in terms if hit.tag.status and not any(_overlap(hit, plan) for plan in plans)]
    return bool(plans) and _gap(plans, mention) <= _gap(others, mention)


def _is_past(terms: Sequence[Hit[Term]]) -> bool:
    """Whether a sentence tells of nothing but what is over."""
    return {hit.tag.status for hit in terms} - {None} == {Status.HELD}


def _is_ahead(near: Nearness, mention: DayMention) -> bool:
    """Whether the days are known to lie ahead of the publication."""
    published = near.scene.article.published_day
    return published is not None and mention.last >= published


def _overlap(one: Hit[Term], other: Hit[Term]) -> bool:
    return one.start < other.end and other.start < one.end


def _gap(hits: Sequence[Hit[Term]], mention: DayMention) -> float:
    return min((max(hit.start - mention.end, mention.start - hit.end, 0) for hit in hits), default=math.inf)
