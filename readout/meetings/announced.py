"""The meeting at which the next one was announced: "the next summit will be in Moscow, he said at the one in Minsk".

It must not take the next meeting itself for the one where it was announced ("at the session leaders will discuss …"),
nor one that is only remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from readout.meetings.lexicon import Lexicon, Role, Term
from readout.meetings.sense import Sense
from readout.meetings.signals import Naming
from readout.meetings.subject import LEAST_WEIGHT, own_body
from readout.meetings.words import Hit, by_tag
from readout.model import BodyName, Fact, MeetingKind

# The title and the first sentences: further down a page remembers.
_LAST_RANK = 3
# Words between "next" and its meeting word, between "at the" and its own, between that and the verb of telling.
_NEXT, _LEADS, _TOLD = 5, 4, 5
# The verb may be further off where the next meeting follows in the same sentence.
_TOLD_OF_NEXT = 12
# Words of the past stand so near before a meeting word, those who meet so near behind, "will be" right before a verb.
_PAST, _BESIDE, _AUXILIARIES = 3, 3, 2
# Of a meeting named without its body these are sure to be somebody's; "at a meeting" may be anything.
_GATHERINGS = frozenset({MeetingKind.SESSION, MeetingKind.SUMMIT})
# The end of a clause; a comma before figures stands inside a day.
_CLAUSE_END = re.compile(r"[;:،，；：]|,(?!\s?\d)|\s[–—-]\s|\n")
_YEAR = re.compile(r"20\d\d")

_Frames = Mapping[str, Sequence[Hit[str]]]


class _Telling(NamedTuple):
    """A sentence of the head of a page: its frames, the meeting words that name the next meeting, and the others."""

    sense: Sense
    frames: _Frames
    next: tuple[Hit[Term], ...]
    others: tuple[Naming, ...]

    def hits(self, tag: str) -> Sequence[Hit[str]]:
        """The frames `tag`, in order."""
        return self.frames.get(tag, ())

    def organisations_before(self, at: int) -> Iterator[str]:
        """The organisations named before character `at` of the article."""
        return (org for org, start, _ in self.sense.organisations if self.sense.sentence.start + start < at)

    def ends_clause(self, first: int, last: int) -> bool:
        """Whether a clause ends between the words `first` and `last`; a comma in a body's name ends none."""
        words, names = self.sense.words, self.sense.bodies
        ends = _CLAUSE_END.finditer(self.sense.sentence.text, words[first].end, words[last].start)
        return any(not any(name.start < end.start() < name.end for name in names) for end in ends)

    def is_whole(self, setting: Hit[str], meeting: Hit[Term]) -> bool:
        """Whether `setting` and the meeting word stand in one clause, and no other meeting between them."""
        first = min(setting.first, meeting.first)
        is_parted = any(setting.last <= hit.first and hit.last <= meeting.first for hit in self.sense.of(Role.MEETING))
        return not is_parted and not (first < meeting.last - 1 and self.ends_clause(first, meeting.last - 1))


class _Words(NamedTuple):
    """What tells of a meeting in its sentence: the words `first` up to, not including, `last`, its meeting word up to
    `meeting_last`, and the first word behind it of the next meeting."""

    first: int
    last: int
    meeting_last: int
    upcoming: int | None

    @classmethod
    def around(cls, telling: _Telling, first: int, meeting: Hit[Term]) -> _Words:
        """The words around `meeting`, of which `first` is the first that leads to it: to the end of its clause, to the
        next meeting or a verb of telling; where an ending leads to it ("sammitdə"), back to such a bound too."""
        bounds = [hit for tag in ("next", "told") for hit in telling.hits(tag)]
        upcoming = min((word.first for word in telling.next if word.first >= meeting.last), default=None)
        last = min((hit.first for hit in bounds if hit.first >= meeting.last), default=len(telling.sense.words))
        behind = (at for at in range(meeting.last, last) if telling.ends_clause(at - 1, at))
        low = first
        if first == meeting.first:
            ends = [*(hit.last for hit in bounds), *(hit.last for hit in telling.next)]
            low = max((end for end in ends if end <= first), default=0)
            low = max((at for at in range(low + 1, first + 1) if telling.ends_clause(at - 1, at)), default=low)
        return cls(low, next(behind, last if upcoming is None else min(last, upcoming)), meeting.last, upcoming)


def with_next_first(found: list[Naming], lexicon: Lexicon) -> list[Naming]:
    """`found`, the likeliest first, but the next meeting before that where it was announced, if one sentence tells of
    both in this order."""
    first = found[0]
    together = [naming for naming in found if naming.sense is first.sense]
    if len(together) == 1:
        return found
    telling = _telling(first.sense, together, lexicon)
    upcoming = [naming for naming in together if naming.hit in telling.next and naming.hit.last <= first.hit.first]
    if not upcoming or first not in telling.others or _setting(telling, first) is None:
        return found
    return [upcoming[0], *(naming for naming in found if naming is not upcoming[0])]


def body_of_next(naming: Naming, body: Fact[BodyName] | None, lexicon: Lexicon) -> Fact[BodyName] | None:
    """The body beside a meeting word that names the next meeting: others on the page decided on it; else `body`."""
    # "next session" counts among the words of the background, which make a body weigh less
    own = own_body(naming, lexicon, least=LEAST_WEIGHT)
    if own is None or body is None or own.value.id == body.value.id:
        return body
    return own if naming.hit in _telling(naming.sense, (naming,), lexicon).next else body


def announced_at(
    found: Sequence[Naming], main: Fact[BodyName], lexicon: Lexicon
) -> Iterator[tuple[Naming, Fact[BodyName]]]:
    """The namings, each cut to the words that tell of it, of the meetings at which the planned and next meeting of
    `main` was announced, and their bodies; none where the page does not say that the planned one is the next."""
    head = [_telling(sense, group, lexicon) for sense, group in _by_sense(found)]
    if not any(telling.next for telling in head):
        return
    for telling in head:
        for naming in telling.others:
            if (part := _setting(telling, naming)) and (body := _body(part, main, head, lexicon)):
                yield part, body


def _by_sense(found: Sequence[Naming]) -> Iterator[tuple[Sense, list[Naming]]]:
    """The head's sentences that name meetings, in order, with their namings."""
    senses = {id(naming.sense): naming.sense for naming in found}
    head = [sense for sense in senses.values() if sense.rank is not None and sense.rank <= _LAST_RANK]
    for sense in sorted(head, key=lambda sense: sense.rank or 0):
        yield sense, [naming for naming in found if naming.sense is sense]


def _telling(sense: Sense, namings: Sequence[Naming], lexicon: Lexicon) -> _Telling:
    frames = by_tag(lexicon.announced.find(sense.words))
    named = [hit for hit in lexicon.dates.frames.find(sense.words) if hit.tag == "next"]
    sure = _owned((*frames.get("next", ()), *named), sense)
    # of a planned meeting "regular" means the next, of one where something was said it means nothing
    settings = frames.get("setting", ())
    likely = [
        hit for hit in _owned(frames.get("regular", ()), sense) if not any(_leads(led, hit, sense) for led in settings)
    ]
    others = tuple(naming for naming in namings if not any(_overlap(naming.hit, hit) for hit in (*sure, *likely)))
    return _Telling(sense, frames, (*sure, *likely), others)


def _owned(words: Iterable[Hit[str]], sense: Sense) -> list[Hit[Term]]:
    """The meeting words that `words` ("next") go with: those that one holds, else the first shortly behind it."""
    meetings = sense.of(Role.MEETING)
    owned: list[Hit[Term]] = []
    for word in words:
        behind = [hit for hit in meetings if 0 <= hit.first - word.last <= _NEXT]
        owned += [hit for hit in meetings if _overlap(hit, word)] or behind[:1]
    return owned


def _leads(frame: Hit[str], meeting: Hit[Term], sense: Sense) -> bool:
    """Whether `frame` holds the end of the meeting word ("sammitdə"), or leads to it ("at the"); what holds the end of
    one leads to no other."""
    if frame.first < meeting.last <= frame.last:
        return True
    holds_another = any(_overlap(frame, other) for other in sense.of(Role.MEETING))
    return not holds_another and 0 <= meeting.first - frame.last <= _LEADS


def _setting(telling: _Telling, naming: Naming) -> Naming | None:
    """`naming` cut to the words that tell of it, where something was told at its meeting."""
    meeting = naming.hit
    leading = [
        hit for hit in telling.hits("setting") if _leads(hit, meeting, telling.sense) and telling.is_whole(hit, meeting)
    ]
    if not leading:
        return None
    words = _Words.around(telling, min(max(leading, key=lambda hit: hit.first).first, meeting.first), meeting)
    if _is_past(telling, words, meeting):
        return None
    if not any(_is_told(telling, words, verb) for verb in telling.hits("told")):
        return None
    sense = naming.sense.part(words.first, words.last)
    return next(
        (naming._replace(sense=sense, hit=hit) for hit in sense.of(Role.MEETING) if hit.tag == meeting.tag), None
    )


def _is_past(telling: _Telling, words: _Words, meeting: Hit[Term]) -> bool:
    """Whether the words that lead to the meeting word put it further back than the announcement ("the next session" is
    among such words too), or a year stands behind it without a day."""
    past: list[Hit[Any]] = [*telling.hits("past"), *telling.sense.of(Role.BACKGROUND)]
    low = min(words.first - _AUXILIARIES, meeting.first - _PAST)
    near = [hit for hit in past if low < hit.last and hit.first <= meeting.last]
    is_past = any(not any(_overlap(hit, word) for word in telling.next) for hit in near)
    figures = [word.text for word in telling.sense.words[meeting.last : words.last] if word.text.isdecimal()]
    return is_past or (len(figures) == 1 and _YEAR.fullmatch(figures[0]) is not None)


def _is_told(telling: _Telling, words: _Words, verb: Hit[str]) -> bool:
    """Whether `verb` says that something was told at the meeting, not that it will be, or what will happen there."""
    if verb.last <= words.first:
        is_near = words.first - verb.last <= _TOLD and not telling.ends_clause(verb.last - 1, words.first)
        low, high = verb.first - _AUXILIARIES, words.last
    else:
        low, high = words.first, verb.last if words.upcoming is None else min(verb.last, words.upcoming)
        far = _TOLD if words.upcoming is None else _TOLD_OF_NEXT
        is_split = words.upcoming is None and telling.ends_clause(words.meeting_last - 1, verb.first)
        is_near = verb.first >= words.meeting_last and high - words.meeting_last <= far and not is_split
    return is_near and not any(low < hit.last and hit.first < high for hit in telling.hits("not_told"))


def _body(part: Naming, main: Fact[BodyName], head: Sequence[_Telling], lexicon: Lexicon) -> Fact[BodyName] | None:
    """The body that the meeting's own words name, or that of the next meeting where they name nobody else."""
    if own := own_body(part, lexicon):
        return own
    is_others = any(part.sense.of(role) for role in (Role.BODY_HEAD, Role.AGAINST)) or _is_of_others(part, lexicon)
    if part.hit.tag.kind not in _GATHERINGS or is_others:
        return None
    elsewhere = {org for telling in head for org in telling.organisations_before(part.sense.sentence.start)}
    return None if {org for org, _, _ in part.sense.organisations} - elsewhere else main


def _is_of_others(part: Naming, lexicon: Lexicon) -> bool:
    """Whether a government or parliament is named beside the meeting word: "at the session of the government"."""
    frames = lexicon.announced.find(part.sense.words)
    return any(hit.tag == "of_others" and hit.first - part.hit.last <= _BESIDE for hit in frames)


def _overlap(one: Hit[Any], other: Hit[Any]) -> bool:
    return one.first < other.last and other.first < one.last
