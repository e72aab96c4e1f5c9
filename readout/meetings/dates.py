"""Which of the days that a page names are the meeting's.

It must not know how a day is written: `readout.meetings.days` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from readout.meetings.date_words import DateWords, Precision
from readout.meetings.days import DayMention, find_days
from readout.meetings.nearness import Nearness, is_spoken_of
from readout.meetings.other_days import is_of_another
from readout.meetings.scene import Scene, Sentence
from readout.meetings.words import Hit, Word, fold, split_words
from readout.model import Evidence, Fact, Status

_LEAST_RANK = 24.0
_OTHERS_DAY = 75.0
_VISIT_DAY = 25.0
_NEARLY = 20.0
_AS_NEAR = 6.0
_LONGEST_SPAN = 160
_HAPPENS = 15.0
_SPOKEN_COSTS = 6.0
# "Put off to 20 June": so near behind the word stands the new day.
_NEW_DAY = 60.0
_NEW_DAY_WITHIN = 40
# Up to its publication a page names the day that a plan was told.
_ANNOUNCED = 5.0
_FULL_EARNS = 3.0
_MOST_LINE_WORDS = 4
_MOST_CASELESS_LINE_WORDS = 6
_MOST_DATELINE_WORDS = 3
# "Put off from 12 May to 20 June" is no range of days.
_LONGEST_SESSION = timedelta(days=14)
_LOWER_WORD = re.compile(r"(?<!\w)[^\W\d_A-ZА-ЯЁ][^\W\d_]{3,}")


class MeetingDays(NamedTuple):
    """The meeting's days: `start` and `end`, or, where the page does not settle their year, `partial`: ``MM-DD`` or
    ``MM-DD/MM-DD``."""

    start: Fact[date] | None = None
    end: Fact[date] | None = None
    partial: Fact[str] | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    mention: DayMention
    rank: float
    evidence: Evidence
    opens: bool
    closes: bool
    moved_from: bool = False
    is_line: bool = False
    of_visit: bool = False


def meeting_days(scene: Scene) -> MeetingDays:
    """The meeting's first and last day with their words. "Opened" alone gives the first, "closed" alone the last."""
    candidates = _with_years(sorted(_candidates(scene), key=lambda c: -c.rank))
    if not candidates:
        return MeetingDays()
    is_settled = candidates[0].mention.is_settled
    candidates = [c for c in candidates if c.mention.is_settled == is_settled]
    is_put_off = scene.status is Status.POSTPONED
    best = _moved_to(candidates, scene.lexicon.dates) if is_put_off else _widened(candidates)
    start = None if best.closes else best
    end = None if best.opens else best
    if best.closes:
        start = next((c for c in candidates if c.opens and c.mention.first <= best.mention.first), None)
    if best.opens:
        end = next((c for c in candidates if c.closes and c.mention.last >= best.mention.last), None)
    if is_settled:
        return MeetingDays(_fact(start, lambda m: m.first), _fact(end, lambda m: m.last))
    days = _joined(scene, start, end) if start and end else best
    is_sure = is_put_off or not _is_disputed(days, candidates)
    return MeetingDays(partial=Fact(value=_without_year(days.mention), evidence=days.evidence) if is_sure else None)


def _with_years(told: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates that are no date lines; those without a year have the one that the page writes with the same days,
    in a date line too."""
    settled = [c.mention for c in told if c.mention.is_settled]
    return [replace(c, mention=_in_year_of(settled, c.mention)) for c in told if not c.is_line]


def _in_year_of(settled: Sequence[DayMention], mention: DayMention) -> DayMention:
    """`mention` in the one year in which one of `settled` holds its days."""
    if mention.is_settled:
        return mention
    years = {day.year for other in settled for day in (other.first, other.last)}
    there = [day for year in years if (day := mention.in_year(year))]
    found = [day for day in there if any(_holds(other, day) for other in settled)]
    return found[0] if len(found) == 1 else mention


def _joined(scene: Scene, start: _Candidate, end: _Candidate) -> _Candidate:
    """The days from one candidate to the other where both stand close together: one fact has one span of words."""
    one, other = sorted((start.evidence, end.evidence), key=lambda span: span.start)
    if one.where != other.where or other.end - one.start > _LONGEST_SPAN:
        return start
    told = (scene.article.title if one.where == "title" else scene.article.text) or ""
    span = Evidence(text=told[one.start : other.end], start=one.start, end=other.end, where=one.where)
    return replace(start, mention=replace(start.mention, last=end.mention.last), evidence=span)


def _is_disputed(best: _Candidate, candidates: Sequence[_Candidate]) -> bool:
    """Whether other days are told about as near as those of `best`: without a year nothing tells which are meant."""
    near = [c.mention for c in candidates if c.rank > best.rank - _AS_NEAR]
    return not all(_holds(best.mention, day) or _holds(day, best.mention) for day in near)


def _holds(days: DayMention, other: DayMention) -> bool:
    """Whether all days of `other` are among `days`."""
    return days.first <= other.first and other.last <= days.last


def _without_year(mention: DayMention) -> str:
    return "/".join(f"{day:%m-%d}" for day in dict.fromkeys((mention.first, mention.last)))


def _widened(candidates: Sequence[_Candidate]) -> _Candidate:
    """The best candidate, or the range of days elsewhere on the page that it begins or ends; of the days of a visit
    those of the meeting itself, where they are told."""
    best = candidates[0]
    if best.of_visit:
        return next((c for c in candidates if not c.of_visit and _holds(best.mention, c.mention)), best)
    if best.mention.is_range or (best.closes and any(c.opens for c in candidates)):
        return best
    day = best.mention.first
    sure = [c for c in candidates if c.rank > _LEAST_RANK and not c.of_visit]
    ranges = [c for c in sure if c.mention.is_range and day in (c.mention.first, c.mention.last)]
    return ranges[0] if ranges and (best.opens or best.closes or ranges[0].rank > best.rank - 45) else best


def _moved_to(candidates: Sequence[_Candidate], words: DateWords) -> _Candidate:
    """Of the days told about as near as the best, the last: the day that the meeting was put off to."""
    near = [c for c in candidates if c.rank > candidates[0].rank - _NEARLY]
    last = max(near, key=lambda c: c.mention.first)
    is_from_and_to = last.moved_from or last.mention.last - last.mention.first > _LONGEST_SESSION
    is_from_and_to |= any(word.endswith(words.from_endings) for word in fold(last.evidence.text).split()[:-1])
    return replace(last, mention=replace(last.mention, first=last.mention.last)) if is_from_and_to else last


def _fact(candidate: _Candidate | None, pick: Callable[[DayMention], date]) -> Fact[date] | None:
    return Fact(value=pick(candidate.mention), evidence=candidate.evidence) if candidate else None


def _candidates(scene: Scene) -> Iterator[_Candidate]:
    words = scene.lexicon.dates
    near = Nearness.of(scene)
    for at, sentence in near.sentences:
        mentions = find_days(sentence.text, words, scene.article.published_day, scene.status)
        if not mentions:
            continue
        frames = words.frames.find(split_words(sentence.text))
        for mention in mentions:
            if (at != near.here and _is_of_the_future(scene, mention)) or is_of_another(near, at, mention, frames):
                continue
            strength = _strength(near, at, mention, frames)
            is_moved = scene.status is Status.POSTPONED and _is_moved(scene, sentence, mention)
            moved_from = is_moved and _is_led(mention, frames)
            strength += _NEW_DAY if is_moved and (mention.is_range or not moved_from) else 0
            if strength >= _LEAST_RANK:
                evidence = sentence.evidence(mention.start, mention.end)
                ends = _ends(scene, sentence, mention, _said_of(mention, mentions, frames))
                is_line = _is_date_line(sentence, mention, frames)
                of_visit = _is_of_visit(mention, frames)
                yield _Candidate(mention, strength, evidence, *ends, moved_from, is_line, of_visit)


def _is_of_the_future(scene: Scene, mention: DayMention) -> bool:
    """Whether a meeting that was held cannot have begun on the day: the page was published before. In the meeting's
    own sentence the day is surer than the status."""
    published = scene.article.published_day
    return scene.status is Status.HELD and published is not None and mention.first > published


def _strength(near: Nearness, at: int, mention: DayMention, frames: Sequence[Hit[str]]) -> float:
    sentence = near.scene.sentences[at]
    strength = near.rank(at, mention.start, mention.end)
    others = [hit for hit in frames if hit.tag == "not_days" and not near.names_anchor(sentence, hit)]
    if is_spoken_of(others, mention.start, mention.end, before=40, after=20):
        strength -= _OTHERS_DAY
    if _is_from(near.scene, sentence, mention, frames):
        strength -= _OTHERS_DAY
    if is_spoken_of([hit for hit in frames if hit.tag == "happens"], mention.start, mention.end, before=60, after=40):
        strength += _HAPPENS
    if mention.precision in (Precision.WEEKDAY, Precision.RELATIVE):
        strength -= _SPOKEN_COSTS
    published = near.scene.article.published_day
    if near.scene.status is Status.PLANNED and published and mention.last <= published:
        strength -= _ANNOUNCED
    strength += _FULL_EARNS if mention.precision is Precision.FULL else 0
    if _is_of_visit(mention, frames):
        # where no other day is told, the meeting is on a day of the visit
        return max(strength - _VISIT_DAY, min(strength, _LEAST_RANK))
    return strength


def _is_of_visit(mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    return is_spoken_of([hit for hit in frames if hit.tag == "visit"], mention.start, mention.end, before=20, after=30)


def _is_moved(scene: Scene, sentence: Sentence, mention: DayMention) -> bool:
    """Whether the day stands shortly behind a word of putting off."""
    terms = scene.lexicon.terms.find(split_words(sentence.text[: mention.start]))
    return any(t.tag.status is Status.POSTPONED and mention.start - t.end <= _NEW_DAY_WITHIN for t in terms)


def _is_led(mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    """Whether a word like "from" leads to the day, and does not say when the meeting closes ("lasts until")."""
    leading = {hit.tag for hit in frames if 0 <= mention.start - hit.end <= 2}
    return "from_day" in leading and "closes" not in leading


def _is_from(scene: Scene, sentence: Sentence, mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    """Whether something begins or ends for good with the day: "since 1 May", "1-майдан"."""
    endings = scene.lexicon.dates.from_endings
    is_said = _is_led(mention, frames)
    return not mention.is_range and (is_said or fold(sentence.text[mention.start : mention.end]).endswith(endings))


def _ends(scene: Scene, sentence: Sentence, mention: DayMention, frames: Sequence[Hit[str]]) -> tuple[bool, bool]:
    """Whether the words around a single day, or the lead of a meeting under way, say that it only opened or closed."""
    if mention.is_range:
        return False, False
    near = [
        (_gap(hit, mention), hit.tag)
        for hit in frames
        if hit.tag in ("opens", "closes") and not _crosses_clause(sentence, hit, mention)
    ]
    tag = min(near)[1] if near else "opens" if _just_opened(scene) else ""
    return tag == "opens", tag == "closes"


def _said_of(mention: DayMention, mentions: Sequence[DayMention], frames: Sequence[Hit[str]]) -> list[Hit[str]]:
    """Those of `frames` that no other day of the sentence stands nearer to."""
    return [hit for hit in frames if all(_gap(hit, mention) <= _gap(hit, other) for other in mentions)]


def _gap(hit: Hit[str], mention: DayMention) -> int:
    return min(abs(mention.start - hit.end), abs(hit.start - mention.end))


def _just_opened(scene: Scene) -> bool:
    if scene.status is not Status.ONGOING:
        return False
    frames = scene.lexicon.dates.frames
    return any(hit.tag == "opens" for s in scene.lead for hit in frames.find(split_words(s.text)))


def _crosses_clause(sentence: Sentence, hit: Hit[str], mention: DayMention) -> bool:
    low, high = sorted((hit.end, mention.start)) if hit.end <= mention.start else (mention.end, hit.start)
    return high - low > 60 or any(c in sentence.text[low:high] for c in ";:؛")


_TIME_AFTER = re.compile(r"[\s,|–—-]{1,4}(?:в\s|at\s|saat\s|ساعت\s|الساعة\s)?\d{1,2}[:.]\d{2}(?!\d)")
_TIME_BEFORE = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?[\s,|–—-]{0,4}$")
# "新华社北京3月6日电": by wire.
_WIRE = re.compile("[电電讯訊]")
_AGENCY_AFTER = re.compile(r"\s?/\s?[^/\d]{1,24}/|\s?\([^()\d]{1,24}\)\s?[-–—:]")
_LINE_AFTER = re.compile(r"\s?(?:г\.|года)?[,.]?\s?(?:[./()]|[–—-]\s|\s?/|$|ИА\s|\|)")


def _is_date_line(sentence: Sentence, mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    """Whether the mention is the page's date line or the dateline of the report ("МОСКВА, 6 июня. /ТАСС/"), or stands
    before a title ("6 June: Communiqué of …")."""
    before, after = sentence.text[: mention.start], sentence.text[mention.end :]
    if sentence.where == "title":
        return not before and after.startswith(":")
    is_glued = not before and after[:1].isupper()
    if is_glued or (len(before) <= 24 and _WIRE.match(after)):
        return True
    if _is_line(sentence.text, split_words(before + " " + after), mention, frames):
        return True
    is_stamped = "|" in before[-12:] or "|" in after[:4]
    is_stamped |= len(before) <= 3 and _TIME_AFTER.match(after) is not None
    is_stamped |= len(before) <= 24 and _TIME_BEFORE.search(before) is not None
    return is_stamped or (len(before) <= 60 and _is_dateline(before, after))


def _is_line(text: str, rest: Sequence[Word], mention: DayMention, frames: Sequence[Hit[str]]) -> bool:
    """Whether the sentence has little but the day in it."""
    if _has_no_case(text):
        is_written = mention.precision not in (Precision.WEEKDAY, Precision.RELATIVE)
        others = sum(not word.text.isdigit() for word in rest)
        return len(rest) <= 2 or (is_written and not frames and others <= _MOST_CASELESS_LINE_WORDS)
    others_text = text[: mention.start] + text[mention.end :]
    return len(rest) <= _MOST_LINE_WORDS and (len(rest) <= 2 or not _LOWER_WORD.search(others_text))


def _is_dateline(before: str, after: str) -> bool:
    """Whether only names stand before the day and the text proper begins behind it."""
    words = split_words(before)
    if words and _has_no_case(before):
        is_named = len(words) <= _MOST_DATELINE_WORDS
    else:
        is_named = all(before[word.start].isupper() for word in words)
    if is_named and words and _AGENCY_AFTER.match(after):
        return True
    return (
        is_named
        and before.rstrip().endswith((",", "،", "–", "—", "-"))
        and (_LINE_AFTER.match(after) is not None or _TIME_AFTER.match(after) is not None)
    )


def _has_no_case(text: str) -> bool:
    """Whether `text` is written in a script without capitals."""
    return text.lower() == text.upper()
