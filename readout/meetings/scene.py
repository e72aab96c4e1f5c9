"""Where in an article a meeting is told: its sentences, and the scene of one meeting.

It must not decide what the words mean: the lexicons do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from readout.model import Article, Evidence, Status

if TYPE_CHECKING:
    from readout.meetings.lexicon import Lexicon

Where = Literal["title", "text"]


class Sentence(NamedTuple):
    """One sentence: `text` equals the article's title or text from `start` to `end`."""

    text: str
    start: int
    end: int
    where: Where

    def evidence(self, start: int, end: int) -> Evidence:
        """The span `start`..`end`, counted inside this sentence, as evidence in the article."""
        return Evidence(text=self.text[start:end], start=self.start + start, end=self.start + end, where=self.where)

    def part(self, start: int, end: int) -> Sentence:
        """The span `start`..`end`, counted inside this sentence, as a sentence of its own."""
        return Sentence(self.text[start:end], self.start + start, self.start + end, self.where)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One meeting's telling: `anchor` is the words that name the meeting ("55th session of the Council …")."""

    article: Article
    lexicon: Lexicon
    sentences: tuple[Sentence, ...]
    anchor: Evidence
    status: Status

    @property
    def lead(self) -> tuple[Sentence, ...]:
        """The title and the first three sentences of the text: where a page says what it is about."""
        titles = tuple(s for s in self.sentences if s.where == "title")
        return titles + tuple(s for s in self.sentences if s.where == "text")[:3]


# A full stop, and what may stand behind it; a line break always ends a sentence. Armenian has a full stop of its own,
# or a colon that is typed for it.
# The first class holds what any of the stops begins with: a pattern that begins with a class is found ten times faster.
_STOP = re.compile(
    r"""
    [.!?…。！？։؟۔:\n]
    (?: (?<=[.!?…]) (?<![.!?…][.!?…]) [.!?…]{0,8} ["'”’»)\]]? (?=\s|$|[A-ZА-ЯЁІЇЄҐӘƏ])
      | (?<=[。！？։؟۔]) [”’」』»]?
      | (?<=[ա-և]:) (?=\s|$)
      | (?<=\n)
    )
    """,
    re.VERBOSE,
)

# No sentence is longer: what is, is a list or no prose, and is cut at white space.
_LONGEST = 1200

# Written with a full stop that ends no sentence.
_ABBREVIATION = re.compile(
    r"""
      гг?|вв?|тт?|др?|пр|см|ст|стр|им|ул|обл|р|руб|тыс|млн|млрд|н|э|к|чел|проф|акад|ген|полк|пос|о|тел
    | mrs?|ms|dr|prof|gen|col|lt|sgt|capt|maj|adm|sr|jr|nos?|vol|fig|vs|etc|ie|inc|ltd|dept|approx|rev|hon|sen|rep|gov
    | jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec
    | mm?|mme|abb|art|ca|bzw|nr|bd|al|st|cen|dz
    | sn|bax|məs|red|min|müəl
    | dl|dna|c|alin
    | м|рр|вул|ш
    | د|أ|ا
    | թթ?|թվ|ժ|տ | წწ?|ქ|გვ|მაგ
    """,
    re.VERBOSE,
)
# Behind these a capital says that the sentence has ended: "… 2025 г. В Астане".
_MAY_END = re.compile(r"(?:\d\s?(?:гг?|рр?|թ|წ)|\b(?:др|etc))$")


def split_sentences(article: Article, *, dotted_ordinals: bool = False) -> tuple[Sentence, ...]:
    """The sentences of `article`, the title first; no text is lost but white space between them.

    `dotted_ordinals`: the language writes "das 8. Treffen", so that a full stop behind a short number ends nothing.
    """
    title = tuple(_split(article.title or "", "title", dotted_ordinals))
    return title + tuple(_split(article.text, "text", dotted_ordinals))


def _split(text: str, where: Where, dotted_ordinals: bool) -> Iterator[Sentence]:
    start = 0
    for stop in _STOP.finditer(text):
        if stop.group() == "\n" or not _is_inside(text, stop, dotted_ordinals):
            yield from _trimmed(text, start, stop.end(), where)
            start = stop.end()
    yield from _trimmed(text, start, len(text), where)


def _trimmed(text: str, start: int, end: int, where: Where) -> Iterator[Sentence]:
    while end - start > _LONGEST:
        cut = max(text.rfind(" ", start, start + _LONGEST), start + _LONGEST // 2)
        yield from _trimmed(text, start, cut, where)
        start = cut
    piece = text[start:end].strip()
    if piece:
        start = text.index(piece[0], start)
        yield Sentence(text=piece, start=start, end=start + len(piece), where=where)


def _is_inside(text: str, stop: re.Match[str], dotted_ordinals: bool) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial, an ordinal or a date."""
    if stop.group() != ".":
        return False
    word = _word_before(text, stop.start())
    after = text[stop.end() : stop.end() + 24].lstrip(" \t\u00a0")
    if not word or not after:
        return False
    if len(word) == 1 and word.isupper():
        return True
    if _ABBREVIATION.fullmatch(word.casefold().lstrip("0123456789")):
        return not (
            after[0].isupper() and _MAY_END.search(text[max(stop.start() - _LONGEST_WORD, 0) : stop.start()].casefold())
        )
    # an ordinal in German or Turkish: "23. Oktober", "47. toplantı", "die 222. Konferenz", "XII. Zirve"
    is_number = (word.isdigit() and len(word) <= 2 + dotted_ordinals) or (dotted_ordinals and _ROMAN.fullmatch(word))
    is_ordinal = is_number and text[stop.end()].isspace()
    return bool(is_ordinal) and (dotted_ordinals or not after[0].isupper() or _MONTH.match(after) is not None)


_LONGEST_WORD = 12
_ROMAN = re.compile(r"[IVXL]{2,7}")
_LAST_WORD = re.compile(r"(?:[^\W_]|['’-])*\Z")


def _word_before(text: str, end: int) -> str:
    last = _LAST_WORD.search(text[max(end - _LONGEST_WORD, 0) : end])
    return last.group() if last else ""


_MONTH = re.compile(
    r"jan|feb|m[äa]r|apr|ma[ij]|jun|jul|aug|sep|o[kc]t|nov|de[zc]|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara",
    re.IGNORECASE,
)
