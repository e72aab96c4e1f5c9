"""A body that the registry does not hold, named as the page names it.

It must not say which body it is, nor whether it convenes: it says where its name begins and ends.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import takewhile

from readout.meetings.bodies import BodyMention
from readout.meetings.lexicon import Lexicon, Role, Term
from readout.meetings.sense import Sense
from readout.meetings.signals import Naming
from readout.meetings.words import Hit

_STRENGTH = 0.3
# The head of a name stands so near the meeting word, before it or behind it.
_BEFORE, _BEHIND = 6, 10
_LONGEST_WORDS = 10
# "the joint executive committee of": so many words may stand between an article and the head of a name.
_ATTRIBUTES = 3
# Articles and prepositions, of which a name neither begins nor ends with one, are no longer.
_SHORT = 3
# Chinese writes what a council is of before it, as suffixing languages do.
_IDEOGRAPHS = "Hans"
_WITHOUT_CAPITALS = frozenset({_IDEOGRAPHS, "Geor"})
_PLACE_FRAMES = frozenset({"before", "before_city"})
_MARKS = frozenset(',.;:()«»"“”„!?–—\n،؛؟，。；：（）、《》')


def unknown_body(naming: Naming, lexicon: Lexicon) -> BodyMention | None:
    """The body whose head ("council of") stands beside the meeting word of `naming`."""
    for head in naming.sense.of(Role.BODY_HEAD):
        is_near = head.first - naming.hit.last <= _BEFORE and naming.hit.first - head.last <= _BEHIND
        if is_near and not _is_occasion(naming.sense, head) and not _is_of_a_holder(naming.sense, head):
            first, last = _bounds(naming.sense, head, lexicon)
            text, words = naming.sense.sentence.text, naming.sense.words
            start, end = words[first].start, words[last - 1].end
            return BodyMention(None, text[start:end], start, end, _STRENGTH)
    return None


def _is_occasion(sense: Sense, head: Hit[Term]) -> bool:
    """Whether it is where others meet: "on the sidelines of the Council of Ministers"."""
    return any(0 <= head.first - past.last <= _ATTRIBUTES for past in sense.of(Role.BACKGROUND))


def _is_of_a_holder(sense: Sense, head: Hit[Term]) -> bool:
    """Whether it is named in somebody's office alone: "Անվտանգության խորհրդի քարտուղար"."""
    return any(holder.first == head.last or holder.first < head.last < holder.last for holder in sense.of(Role.HOLDER))


def _bounds(sense: Sense, head: Hit[Term], lexicon: Lexicon) -> tuple[int, int]:
    """The first word of the name around `head`, and the word behind its last."""
    stops = _stops(sense, head, lexicon)
    before = list(takewhile(lambda at: _goes_on(sense, at, stops), range(head.first - 1, -1, -1)))[:_LONGEST_WORDS]
    # a language that writes "in" as an ending writes what a council is of before it
    if lexicon.places.locative or lexicon.script == _IDEOGRAPHS:
        return _first_of_complement(sense, head.first, before, lexicon), head.last
    behind = takewhile(lambda at: _goes_on(sense, at - 1, stops - {at - 1}) and at not in stops, _behind(sense, head))
    return _first_of_attributes(sense, head.first, before), _without_short(sense, head.last, [*behind])


def _behind(sense: Sense, head: Hit[Term]) -> range:
    return range(head.last, min(len(sense.words), head.last + _LONGEST_WORDS))


def _stops(sense: Sense, head: Hit[Term], lexicon: Lexicon) -> Set[int]:
    """The words that are no part of a name: those of holding, of meetings and of places, and numbers."""
    told = [hit for role in (Role.STATUS, Role.MEETING, Role.BACKGROUND) for hit in sense.of(role)]
    framed = [hit for hit in lexicon.places.frames.find(sense.words) if hit.tag in _PLACE_FRAMES]
    bounds = [(hit.first, hit.last) for hit in told] + [(hit.first, hit.last) for hit in framed]
    bounds += [(hit.first, hit.last) for hit in lexicon.ordinals.find(sense.words)]
    apart = [(first, last) for first, last in bounds if last <= head.first or first >= head.last]
    numbers = {at for at, word in enumerate(sense.words) if word.text[0].isdigit()}
    # first and last words alone: others may stand between them ("held its … session")
    return {at for first, last in apart for at in (first, last - 1)} | numbers


def _goes_on(sense: Sense, at: int, stops: Set[int]) -> bool:
    """Whether the word `at` and the next one stand in one name: neither a stop nor a mark ends it."""
    if at in stops or at + 1 >= len(sense.words):
        return False
    return _MARKS.isdisjoint(sense.sentence.text[sense.words[at].end : sense.words[at + 1].start])


def _first_of_complement(sense: Sense, first: int, before: Sequence[int], lexicon: Lexicon) -> int:
    """Where a name begins whose head stands last: behind a word of a place, at a capital if the script has any."""
    endings = tuple(lexicon.places.locative)
    own = list(takewhile(lambda at: not endings or not sense.words[at].text.endswith(endings), before))
    capitals = [at for at in own if _written(sense, at)[0].isupper()]
    return min(own if lexicon.script in _WITHOUT_CAPITALS else capitals, default=first)


def _first_of_attributes(sense: Sense, first: int, before: Sequence[int]) -> int:
    """Where a name begins whose head stands first: at a capital, or behind an article or a word of holding."""
    attributes = list(takewhile(lambda at: len(sense.words[at].text) > _SHORT, before[:_ATTRIBUTES]))
    is_led = len(attributes) < _ATTRIBUTES and 0 not in attributes
    capitals = takewhile(lambda at: _written(sense, at)[0].isupper(), attributes)
    return min(attributes if is_led else capitals, default=first)


def _without_short(sense: Sense, last: int, behind: Sequence[int]) -> int:
    """The word behind a name's last word: no article or preposition ends it."""
    ends = [at + 1 for at in behind if len(sense.words[at].text) > _SHORT or not _written(sense, at).islower()]
    return max([last, *ends])


def _written(sense: Sense, at: int) -> str:
    return sense.sentence.text[sense.words[at].start : sense.words[at].end]
