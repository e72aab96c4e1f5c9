"""The query language: what is asked of meetings, as people type it and as `Query`.

It must not look at a meeting (`readout.watches.match` does), nor know by itself which bodies or sources there are.

=======================  ===========================================================================================
``term term``            all are required; blanks part them
``filter:value``         has this value; filters are those of `readout.watching.Filter`
``filter:a,b``           has one of them
``filter:"a value"``     a value with blanks or commas; “these” and «these» quotes will do
``-term``                has it not: none of its values
``word``                 a word that begins so, in title or text: what ``words:word`` asks for
``"these words"``        these very words, one after another; ``"inform* space"``: the first need only begin so
``session:50..55``       a range, with both ends; ``50..`` and ``..55`` are open, ``55`` is one
``day:2024-10``          meets on some of these days: a day, a month, a year, or a range of them
``confidence:0.8``       recognised as the report of a meeting at least so surely, 0 to 1
=======================  ===========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from readout.articles.clean import clean_line
from readout.error import QueryError
from readout.watches.contradiction import clashes
from readout.watches.folding import folded
from readout.watches.pointing import Wrong, pointed
from readout.watches.value import SHAPES
from readout.watches.vocabulary import Vocabulary, advice, meant
from readout.watching import SEARCHED, Filter, Query, Term

QUOTES = '"“”„«»'
"""The marks that stand around a value with blanks."""
_NAME = re.compile(r"([^\W\d][\w-]*):")
_QUOTED = re.compile('"[^"]*"|[“”„][^“”„"]*[“”"]|«[^»]*»|»[^«]*«')
_BARE = re.compile(rf"[^\s,{QUOTES}]+")
_TERM = re.compile(r"\S+")
_UNQUOTED = str.maketrans(dict.fromkeys(QUOTES, " "))
_MISSING = {
    ":": "a value belongs behind the colon, without a blank",
    ",": "a value belongs on both sides of a comma, without blanks",
    "-": "a term belongs behind the minus, without a blank",
}
_LONGEST_SAID = 60
LONGEST_QUERY = 10_000
"""The most characters that a query may have."""
_MOST_FAULTS = 20
# Signs of other grammars, which would make words of what was meant for a filter.
_FOREIGN_START = re.compile(r"[(（\[{<>=]")
_FILTER_NAMES = "|".join(sorted((name.replace("_", "[_-]") for name in Filter), key=len, reverse=True))
_FOREIGN_SIGN = re.compile(rf"(?<![^\W_])({_FILTER_NAMES})[:：=<>!~]", re.IGNORECASE)
_OPERATORS = {
    "AND": "terms beside each other are all required: leave it out, or write words:AND",
    "OR": "alternatives are written a,b: leave it out, or write words:OR",
    "NOT": "what is not wanted is written -term: leave it out, or write words:NOT",
}


def parse(text: str, known: Vocabulary | None = None) -> Query:
    """The query that `text` says. Raises QueryError with all faults; with `known`, as where it is asked anew, values
    that it lacks are among them, and so are terms with which those before them leave no meeting.

    Blanks and letter case that mean nothing are gone from it: queries that ask the same in the same order are equal.
    """
    if len(text) > LONGEST_QUERY:
        raise _refusal(text, [_too_long(text)])
    reader = _Reader(text, known or _anything)
    query = Query(tuple(dict.fromkeys(reader.terms())))
    if known is not None:
        reader.compare_terms()
    if reader.wrong:
        raise _refusal(text, reader.wrong)
    # cleaned letters may be more letters, and what is kept must be read again
    if len(kept := written(query)) > LONGEST_QUERY:
        raise _refusal(kept, [_too_long(kept)])
    return query


def written(query: Query) -> str:
    """`query` as one line that `parse` reads as the same."""
    return " ".join(_written(term) for term in query.terms)


def typed(wanted: Filter, values: Sequence[str]) -> str:
    """A term as people type it, from values that are each one whatever stands in it: the options of a command.

    Of words without quotes around them, each asks for its beginning.
    """
    return f"{wanted}:{','.join(_typed(wanted, value) for value in values)}"


def _written(term: Term) -> str:
    values = ",".join(value if _is_plain(term.filter, value) else f'"{value}"' for value in term.values)
    is_bare = (
        term.filter is Filter.WORDS
        and not (_NAME.match(values) or values[0] == "-" or values in _OPERATORS)
        and not any(_foreign(value) for value in term.values if value[0] not in QUOTES)
    )
    return f"{'-' if term.is_not else ''}{'' if is_bare else f'{term.filter}:'}{values}"


def _foreign(word: str) -> str | None:
    """What a word would do in another grammar than this, and what to write instead; None: nothing."""
    if _FOREIGN_START.match(word):
        return f"words do not begin with {word[0]}: leave it out, or put the word in quotes"
    if found := _FOREIGN_SIGN.search(word):
        name = found[1].lower().replace("-", "_")
        return f"a filter begins a term, with a colon behind it: {name}:VALUE; words with {found[0][-1]} go in quotes"
    return None


def _is_plain(wanted: Filter, value: str) -> bool:
    """Whether it stands in a query without quotes, or brings its own."""
    return (wanted in SEARCHED and value.startswith('"')) or _BARE.fullmatch(value) is not None


def _typed(wanted: Filter, value: str) -> str:
    bare = value.translate(_UNQUOTED).strip()
    words = bare.split()
    if wanted in SEARCHED and len(words) > 1 and value[0] not in QUOTES:
        bare = " ".join(f"{word}*" for word in words)
    return value if _BARE.fullmatch(value) else f'"{bare}"'


def _too_long(text: str) -> Wrong:
    said = f"a query has at most {LONGEST_QUERY:,} characters, and this one has {len(text):,}: several watches can ask"
    return Wrong(LONGEST_QUERY, LONGEST_QUERY + 1, said)


def _refusal(text: str, faults: Sequence[Wrong]) -> QueryError:
    return QueryError([pointed(text, wrong) for wrong in faults], [(wrong.start, wrong.end) for wrong in faults])


def _anything(_wanted: Filter) -> None:
    return None


@dataclass(slots=True)
class _Reader:
    """Reads a query from its beginning to its end; behind a fault it goes on with the next term."""

    text: str
    known: Vocabulary
    at: int = 0
    is_named: bool = False
    wrong: list[Wrong] = field(default_factory=list)
    sound: list[tuple[Term, int, int]] = field(default_factory=list)

    def terms(self) -> Iterator[Term]:
        while self._skip_blanks() and not self._gives_up():
            start, faults = self.at, len(self.wrong)
            term = self._term()
            if term is not None:
                if len(self.wrong) == faults:
                    self.sound.append((term, start, self.at))
                yield term

    def compare_terms(self) -> None:
        """Say which of those that were read without a fault no meeting can meet together with those before them."""
        for at, others in clashes([term for term, *_ in self.sound]):
            term, start, end = self.sound[at]
            beside = " ".join(["beside", *(_written(self.sound[other][0]) for other in others)]) if others else ""
            self._fault(start, end, f"{_clipped(_written(term))}: no meeting is left {_clipped(beside)}".rstrip())
        self.wrong.sort(key=lambda wrong: wrong.start)

    def _skip_blanks(self) -> bool:
        """Whether there is more than blanks."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _term(self) -> Term | None:
        is_not = self.text[self.at] == "-"
        self.at += is_not
        named = _NAME.match(self.text, self.at)
        self.is_named = named is not None
        wanted = self._filter(named) if named else self._words()
        self.at = named.end() if named else self.at
        values = tuple(dict.fromkeys(self._values(wanted)))
        return Term(wanted, values, is_not) if wanted and values else None

    def _filter(self, named: re.Match[str]) -> Filter | None:
        name = named[1].lower().replace("-", "_")
        if name in list(Filter):
            return Filter(name)
        near = meant(name, Filter) or f"; filters are {', '.join(Filter)}; put words with a colon in quotes"
        self._fault(*named.span(1), f"{_clipped(named[1])}: no such filter{near}")
        return None

    def _words(self) -> Filter:
        """Words are what is asked for without a filter's name; some are typed in the belief that they do something."""
        bare = self._to_blank()
        if bare.startswith("-"):
            self._fault(self.at, self.at + 1, "one minus is enough; words that begin with one go in quotes")
        elif bare in _OPERATORS:
            self._fault(self.at, self.at + len(bare), _OPERATORS[bare])
        return Filter.WORDS

    def _values(self, wanted: Filter | None) -> Iterator[str]:
        """The alternatives, those that are faulty left out."""
        more = True
        while more and not self._gives_up():
            found = _QUOTED.match(self.text, self.at) or _BARE.match(self.text, self.at)
            if found is None:
                self._miss()
                return
            self.at = found.end()
            if wanted is not None and (value := self._value(wanted, found)) is not None:
                yield value
            more = self.text.startswith(",", self.at)
            self.at += more
        self._expect_blank()

    def _value(self, wanted: Filter, found: re.Match[str]) -> str | None:
        """A value as it is kept, or None and a fault."""
        bare = clean_line(found[0].translate(_UNQUOTED))
        if not self.is_named and found[0][0] not in QUOTES and (said := _foreign(found[0])):
            self._fault(*found.span(), f"{_clipped(bare)}: {said}")
            return None
        try:
            value = SHAPES[wanted](bare)
            if wanted in SEARCHED:
                return f'"{value}"' if found[0][0] in QUOTES else value
            names = self.known(wanted)
            return value if names is None else _known(wanted, value, names)
        except ValueError as error:
            said = ":".join(filter(None, (wanted, _clipped(bare)))) if self.is_named else ""
            self._fault(*found.span(), f"{said}: {error}".removeprefix(": "))
            return None

    def _miss(self) -> None:
        """Say that a value is missing, or the end of one."""
        rest = self._to_blank()
        if rest and rest[0] in QUOTES:
            self._fault(self.at, self.at + 1, "unclosed quote: its end is missing")
            self.at = len(self.text)
            return
        at = self.at if rest else self.at - 1
        self._fault(at, at + 1, _MISSING[self.text[at]])
        self.at += len(rest)

    def _expect_blank(self) -> None:
        if self._to_blank():
            said = "a blank or a comma belongs here: quotes stand around a whole value"
            self._fault(self.at, self.at + 1, said)
            quoted = _QUOTED.match(self.text, self.at)
            self.at = quoted.end() if quoted else self.at
            self.at += len(self._to_blank())

    def _gives_up(self) -> bool:
        """Whether so much is wrong that the rest is not read, which is said once."""
        if len(self.wrong) == _MOST_FAULTS:
            at = min(self.at, len(self.text) - 1)
            self._fault(at, at + 1, f"the rest is not read: mend these {_MOST_FAULTS} faults first")
            self.at = len(self.text)
        return len(self.wrong) > _MOST_FAULTS

    def _to_blank(self) -> str:
        """What stands here, up to the next blank."""
        found = _TERM.match(self.text, self.at)
        return found[0] if found else ""

    def _fault(self, start: int, end: int, said: str) -> None:
        self.wrong.append(Wrong(start, end, said))


def _known(wanted: Filter, value: str, names: Mapping[str, str]) -> str:
    """`value` as it is known; ValueError with those near it."""
    if wanted is Filter.CITY:
        names, value = {name: name for name in names.values()}, names.get(folded(value), value)
    if value not in names:
        raise ValueError(f"not known; {advice(value, names)}")
    return value


def _clipped(value: str) -> str:
    return value if len(value) <= _LONGEST_SAID else f"{value[:_LONGEST_SAID]}…"
