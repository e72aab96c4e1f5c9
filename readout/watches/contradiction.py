"""Which demands of a query no meeting can meet together.

It must not look at a meeting, nor know which ids there are: only what is written decides, and of what nobody would
write by hand nothing is said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence

from readout.model import MeetingKind, Status
from readout.watches.folding import folded
from readout.watches.match import implies
from readout.watches.value import days, numbers, share
from readout.watching import Filter, Term

Sample = str | int
"""A value that a meeting or its report may have."""

# Of more values than anybody writes each would be held against each.
_MOST_COMPARED = 300
# How many values of a filter a meeting and one report of it can have between them; of the others, any number.
_AT_MOST = {
    Filter.KIND: 1,
    Filter.STATUS: 1,
    Filter.SOURCE: 1,
    Filter.SOURCE_KIND: 1,
    Filter.LANGUAGE: 1,
    Filter.CONFIDENCE: 1,
    Filter.BODY: 2,
    Filter.BODY_KIND: 2,
    Filter.SESSION: 2,
    Filter.CITY: 2,
}
# What every meeting has one of.
_ALWAYS = {Filter.KIND: tuple(MeetingKind), Filter.STATUS: tuple(Status)}
# What is found by the first is found by the second, too.
_PART_OF = {Filter.STATE: Filter.COUNTRY, Filter.TITLE: Filter.WORDS, Filter.TEXT: Filter.WORDS}


def clashes(terms: Sequence[Term]) -> Iterator[tuple[int, list[int]]]:
    """The first of `terms`, of each filter, with which no meeting is left, and those before it that it clashes with."""
    families: dict[Filter, list[int]] = {}
    for at, term in enumerate(terms):
        families.setdefault(_PART_OF.get(term.filter, term.filter), []).append(at)
    for family in families.values():
        asked = [terms[at] for at in family]
        if sum(len(term.values) for term in asked) <= _MOST_COMPARED and not _is_possible(asked):
            last = bisect_left(range(len(asked)), True, key=lambda at: not _is_possible(asked[: at + 1]))
            alone = [at for at in range(last) if not _is_possible([asked[at], asked[last]])]
            yield family[last], [family[at] for at in alone or range(last)]


def _is_possible(terms: Sequence[Term]) -> bool:
    """Whether a meeting can meet `terms`, which ask for the same thing."""
    return all(_is_left(wanted, terms) for wanted in {term.filter for term in terms})


def _is_left(wanted: Filter, terms: Sequence[Term]) -> bool:
    """Whether, when all that must not be is taken away, there are values that meet what is asked for by one filter."""
    asked = [term.values for term in terms if term.filter is wanted and not term.is_not]
    asked += [_ALWAYS[wanted]] if wanted in _ALWAYS else []
    refusing = (wanted, _PART_OF.get(wanted))
    refused = [term.values for term in terms if term.is_not and term.filter in refusing]
    most = _AT_MOST.get(wanted, len(asked))
    if not refused and most >= len(asked):
        return True
    samples = [
        sample
        for sample in _samples(wanted, asked, refused)
        if not any(_has(wanted, sample, values) for values in refused)
    ]
    if most >= len(asked):
        return all(any(_has(wanted, sample, values) for sample in samples) for values in asked)
    return _suffices(wanted, samples, asked, most)


def _suffices(wanted: Filter, samples: Sequence[Sample], asked: Sequence[Sequence[str]], most: int) -> bool:
    """Whether `most` of the samples are enough for each of `asked` to have one of them."""
    if not asked or not most:
        return not asked
    first, *others = asked
    return any(
        _suffices(wanted, samples, [values for values in others if not _has(wanted, sample, values)], most - 1)
        for sample in samples
        if _has(wanted, sample, first)
    )


def _samples(wanted: Filter, asked: Sequence[Sequence[str]], refused: Sequence[Sequence[str]]) -> list[Sample]:
    """Values such that, if there is any that meets some of `asked` and none of `refused`, one of these does, too."""
    if wanted not in _RANGED:
        return list(dict.fromkeys(value for values in asked for value in values))
    ends = [_RANGED[wanted](value) for values in (*asked, *refused) for value in values]
    return sorted({at for first, last in ends for at in (first - 1, first, last, last + 1)})


def _has(wanted: Filter, sample: Sample, values: Sequence[str]) -> bool:
    """Whether what has `sample` has one of `values`."""
    if isinstance(sample, int):
        ranges = map(_RANGED[wanted], values)
        return any(first <= sample <= last for first, last in ranges)
    is_in = _IS_IN.get(wanted, str.__eq__)
    return any(is_in(sample, value) for value in values)


def _ordinals(value: str) -> tuple[int, int]:
    first, last = days(value)
    return first.toordinal(), last.toordinal()


_RANGED: Mapping[Filter, Callable[[str], tuple[int, int]]] = {Filter.SESSION: numbers, Filter.DAY: _ordinals}
_IS_IN: Mapping[Filter, Callable[[str, str], bool]] = {
    Filter.LANGUAGE: lambda sample, value: f"{sample}-".startswith(f"{value}-"),
    Filter.CONFIDENCE: lambda sample, value: share(sample) >= share(value),
    Filter.CITY: lambda sample, value: folded(sample) == folded(value),
    Filter.PERSON: lambda sample, value: folded(sample) == folded(value),
    Filter.TITLE: implies,
    Filter.TEXT: implies,
    Filter.WORDS: implies,
}
