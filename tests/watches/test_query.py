"""The query language: what is read from a text, how it is written, and where faults are pointed at."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from readout.error import ConfigError, QueryError
from readout.watches.pointing import Wrong, pointed
from readout.watches.query import parse, typed, written
from readout.watches.value import SHAPES
from readout.watching import EVERYTHING, Filter, Query, Term

# text, how it is written again
READ = [
    ("", ""),
    (" \t\n ", ""),
    ("body:cis-sorb", "body:cis-sorb"),
    ("BODY:CIS-Sorb", "body:cis-sorb"),
    ("-status:planned", "-status:planned"),
    ("country:az,kz state:am", "country:AZ,KZ state:AM"),
    ("body-kind:Working-Group", "body_kind:working_group"),
    ('kind:"working group"', "kind:working_group"),
    ("session:50..55 session:..3,7,9..", "session:50..55 session:..3,7,9.."),
    ("day:2024 day:2024-10..2024-11-05", "day:2024 day:2024-10..2024-11-05"),
    ('person:"Ali Nagiyev"', 'person:"Ali Nagiyev"'),
    ('person:"Nagiyev"', "person:Nagiyev"),
    ("person:“Ali Nagiyev”,„Əli Nağıyev“,«Али Нагиев»", 'person:"Ali Nagiyev","Əli Nağıyev","Али Нагиев"'),
    ('city:"Washington, D.C."', 'city:"Washington, D.C."'),
    ('person:"  two   \u00a0 blanks "', 'person:"two blanks"'),
    ("person:O'Neill,O’Neill", "person:O'Neill,O’Neill"),
    ('person:«Али "Сокол" Нагиев»', 'person:"Али Сокол Нагиев"'),
    ("terror", "terror"),
    ("words:terror", "terror"),
    ('"free words" -"other words"', '"free words" -"other words"'),
    ('terror,"drug traffick*"', 'terror,"drug traffick*"'),
    ('title:"free words" text:x', 'title:"free words" text:x'),
    ('title:"one"', 'title:"one"'),
    ("words:body:x", "words:body:x"),
    ('"body:x"', '"body:x"'),
    ("words:-x", "words:-x"),
    ("words:(x)", "words:(x)"),
    ("words:body=x", "words:body=x"),
    ('"(body=x)","body:y"', '"(body=x)","body:y"'),
    ("somebody=x a=b x(y)", "somebody=x a=b x(y)"),
    ("words:OR or", "words:OR or"),
    ("12:30", "12:30"),
    ("source:apa\u00adx", "source:apax"),
    ("Cafe\u0301", "Café"),
    ("confidence:0.8 -confidence:1", "confidence:0.8 -confidence:1"),
    ("language:zh-Hant,RU", "language:zh-hant,ru"),
    ("source_kind:news-agency", "source_kind:news_agency"),
]

# text, the characters that are pointed at, what is said of it
WRONG = [
    ("sesion:50", "sesion", "sesion: no such filter; did you mean session?"),
    ("https://x.example", "https", "no such filter; filters are body, "),
    ("-sesion:50", "sesion", "did you mean session?"),
    ('body:x "abc', '"', "unclosed quote"),
    ("person:«abc", "«", "unclosed quote"),
    ("session:55..50", "55..50", "55..50 runs backwards"),
    ("session:50-55", "50-55", "a number or a range belongs here"),
    ("session:..", "..", "a number or a range belongs here"),
    ("session:55th", "55th", "a number or a range belongs here"),
    ("session:12345678901", "12345678901", "a number or a range belongs here"),
    ("day:2024-10-31..2024-10-01", "2024-10-31..2024-10-01", "runs backwards"),
    ("day:2024-02-30", "2024-02-30", "the calendar has no 2024-02-30"),
    ("day:2024-13", "2024-13", "the calendar has no 2024-13"),
    ("day:0000", "0000", "the calendar has no 0000"),
    ("day:yesterday", "yesterday", "a day belongs here"),
    ("day:..", "..", "a day or a range belongs here"),
    ("status:planed", "planed", "status:planed: not one of planned, ongoing, held, cancelled, postponed; did you mean"),
    ("status:held,planed", "planed", "did you mean planned?"),
    ("kind:xyz", "xyz", "not one of session, summit"),
    ("body_kind:sesion", "sesion", "did you mean session?"),
    ("source_kind:press", "press", "not one of agency"),
    ("language:russian", "russian", "a code of two or three letters"),
    ("confidence:2", "2", "a number from 0 to 1"),
    ("confidence:80%", "80%", "a number from 0 to 1"),
    ("person:--", "--", "a word belongs here"),
    ('""', '""', "a word belongs here"),
    ('body:""', '""', "a value belongs here"),
    ("&", "&", "a word belongs here"),
    ("body: x", ":", "behind the colon, without a blank"),
    ("body:", ":", "behind the colon"),
    ("-", "-", "behind the minus"),
    ("- x", "-", "behind the minus"),
    ("body:a, b", ",", "both sides of a comma"),
    ("body:a,,b", ",", "both sides of a comma"),
    (",a", ",", "both sides of a comma"),
    ("--body", "-", "one minus is enough"),
    ("a OR b", "OR", "alternatives are written a,b"),
    ("a NOT b", "NOT", "is written -term"),
    ("a AND b", "AND", "all required"),
    ("(body:cis-sorb)", "(body:cis-sorb)", "words do not begin with ("),
    ("x,[ab]", "[ab]", "words do not begin with ["),
    (">50", ">50", "words do not begin with >"),
    ("-{x}", "{x}", "words do not begin with {"),
    ("body=cis-sorb", "body=cis-sorb", "a colon behind it: body:VALUE"),
    ("Body-Kind=call", "Body-Kind=call", "body_kind:VALUE"),
    ("session>=50", "session>=50", "words with > go in quotes"),
    ("+status:held", "+status:held", "status:VALUE"),
    ("a,kind:call", "kind:call", "kind:VALUE"),
    ('fo"o bar"', '"', "a blank or a comma belongs here"),
    ('"foo"bar', "b", "a blank or a comma belongs here"),
]


@pytest.mark.parametrize(("text", "canonical"), READ)
def test_a_query_is_read_and_written_in_one_way(text: str, canonical: str) -> None:
    query = parse(text)
    assert written(query) == canonical
    assert parse(canonical) == query


def test_what_a_query_says_stands_in_its_terms() -> None:
    text = 'body:cis-sorb,cis-intel -status:planned "free words" terror'
    assert parse(text) == Query(
        (
            Term(Filter.BODY, ("cis-sorb", "cis-intel")),
            Term(Filter.STATUS, ("planned",), is_not=True),
            Term(Filter.WORDS, ('"free words"',)),
            Term(Filter.WORDS, ("terror",)),
        )
    )
    assert parse("") == EVERYTHING


@pytest.mark.parametrize(("text", "pointed_at", "said"), WRONG)
def test_a_fault_is_told_where_it_is(text: str, pointed_at: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    (fault,), ((start, end),) = caught.value.faults, caught.value.spans
    message, line, carets = fault.split("\n")
    assert said in message
    assert text[start:end] == pointed_at
    assert line[carets.index("^") : len(carets)] == pointed_at
    assert isinstance(caught.value, ConfigError)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":", "a word belongs here"),
        ('""', "a word belongs here"),
        ("words:--", "words:--: a word belongs here"),
        ('person:""', "person: a word belongs here"),
    ],
)
def test_nothing_is_said_of_what_was_not_typed(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.faults[0].split("\n")[0] == said


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(QueryError) as caught:
        parse('sesion:5 body:a status:planed,hld day:2024-02-30 "x')
    assert [caught.value.args[0].count("\n  "), len(caught.value.spans)] == [10, 5]


KNOWN = {
    Filter.BODY: {"cis-sorb": "Council of Chiefs", "cis-intel": "Conference"},
    Filter.COUNTRY: {"AZ": "Azerbaijan", "AT": "Austria"},
    Filter.CITY: {"almaty": "Almaty", "almaata": "Almaty", "astana": "Astana"},
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("body:cis-sorp", "body:cis-sorp: not known; did you mean cis-sorb (Council of Chiefs)?"),
        ('country:"azerbaijan"', "country:azerbaijan: not known; did you mean AZ (Azerbaijan)?"),
        ("city:Almatty", "city:Almatty: not known; did you mean Almaty?"),
        ("body:zzz", "body:zzz: not known; known are cis-intel, cis-sorb"),
    ],
)
def test_an_id_that_nothing_has_is_a_fault_with_those_near_it(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, KNOWN.get)
    assert caught.value.faults[0].startswith(f"{said}\n")


def test_a_city_is_known_by_its_spellings() -> None:
    assert written(parse("city:Алма-Ата,ASTANA topic:anything", KNOWN.get)) == "city:Almaty,Astana topic:anything"


def test_options_become_terms_whatever_stands_in_them() -> None:
    assert typed(Filter.PERSON, ['Ali "Falcon" Nagiyev', "x,y"]) == 'person:"Ali  Falcon  Nagiyev","x,y"'
    assert written(parse(typed(Filter.PERSON, ['Ali "Falcon" Nagiyev', "x,y"]))) == 'person:"Ali Falcon Nagiyev","x,y"'
    options = ["terror", "drug traffick", "«very words»", '"one"', "-x", "body:y"]
    assert written(parse(typed(Filter.WORDS, options))) == 'words:terror,"drug* traffick*","very words","one",-x,body:y'
    for empty in ("", " ", '"'):
        with pytest.raises(QueryError, match="a word belongs here"):
            parse(typed(Filter.WORDS, [empty]))


def test_a_long_query_is_shown_around_the_fault() -> None:
    text = f"{'x' * 4000} sesion:1 {'y' * 4000}"
    with pytest.raises(QueryError) as caught:
        parse(text)
    _, line, carets = caught.value.faults[0].split("\n")
    assert len(line) < 80
    assert (line[2], line[-1]) == ("…", "…")
    assert line[carets.index("^") : len(carets)] == "sesion"


def test_a_value_of_any_length_is_clipped_in_what_is_said() -> None:
    with pytest.raises(QueryError) as caught:
        parse(f"status:{'x' * 5000}")
    assert max(map(len, caught.value.faults[0].split("\n"))) < 200


def test_the_caret_stands_under_wide_letters_and_beside_marks() -> None:
    with pytest.raises(QueryError) as caught:
        parse("会议 e\u0301 sesion:1")
    _, line, carets = caught.value.faults[0].split("\n")
    assert line == "  会议 e\u0301 sesion:1"
    assert carets == " " * (2 + 4 + 1 + 1 + 1) + "^^^^^^"


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\x00", "\u202e", "\u2066", "\ud800", "\x9b", "\u200b", "\x7f", "\r"])
def test_nothing_that_a_terminal_obeys_reaches_it(hostile: str) -> None:
    for text in (f"a{hostile}b sesion:1", f"ses{hostile}ion:1", f"status:pl{hostile}an", f'body:"x{hostile}'):
        try:
            parse(text)
        except QueryError as error:
            for line in str(error).split("\n"):
                assert not [letter for letter in line if unicodedata.category(letter).startswith("C")]


@given(st.text() | st.text(alphabet=' -:,."“”„«»*abkx05\t\u202e\ud800', max_size=30))
@example("-")
@example("ß:x")
def test_any_text_is_read_or_refused_with_a_caret_inside_it(text: str) -> None:
    try:
        query, refused = parse(text), None
    except QueryError as error:
        query, refused = EVERYTHING, error
    assert parse(written(query)) == query
    if refused is not None:
        assert len(refused.faults) == len(refused.spans) > 0
        assert all(0 <= start < end <= len(text) for start, end in refused.spans)
        assert {carets for fault in refused.faults for carets in fault.split("\n")[2].strip()} == {"^"}


_VALUES = {
    Filter.BODY_KIND: st.sampled_from(["session", "working_group"]),
    Filter.KIND: st.sampled_from(["session", "Summit"]),
    Filter.STATUS: st.sampled_from(["held", "PLANNED"]),
    Filter.SESSION: st.sampled_from(["5", "5..", "..5", "1..5"]),
    Filter.DAY: st.sampled_from(["2024", "2024-10", "2024-10-04..", "..2024"]),
    Filter.LANGUAGE: st.sampled_from(["ru", "zh-Hant"]),
    Filter.SOURCE_KIND: st.sampled_from(["agency", "newspaper"]),
    Filter.CONFIDENCE: st.sampled_from(["0.5", ".5", "1"]),
}
_WORDED = st.text(min_size=1).map(lambda text: f"x{text}")
_TERMS = st.sampled_from(Filter).flatmap(
    lambda wanted: st.tuples(
        st.just(wanted), st.lists(_VALUES.get(wanted, _WORDED), min_size=1, max_size=3), st.sampled_from(["", "-"])
    )
)


@given(st.lists(_TERMS, max_size=5))
def test_any_values_come_back_from_what_is_written(terms: list[tuple[Filter, list[str], str]]) -> None:
    query = parse(" ".join(sign + typed(wanted, values) for wanted, values, sign in terms))
    assert {(term.filter, term.is_not) for term in query.terms} == {(wanted, sign == "-") for wanted, _, sign in terms}
    assert parse(written(query)) == query
    assert written(parse(written(query))) == written(query)


def test_what_is_said_twice_is_asked_once() -> None:
    assert written(parse("body:a,b,A x -x x body:a,b")) == "body:a,b x -x"


@pytest.mark.parametrize("text", ["w " * 5001, "body:" + "," * 20_000, "\u0958" * 6000])
def test_a_query_that_is_too_long_is_refused_once(text: str) -> None:
    """The last of them is so only as it would be kept: U+0958 is two characters in every form of Unicode."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    (fault,) = caught.value.faults
    assert fault.startswith("a query has at most 10,000 characters, and this one has ")
    assert len(fault) < 300


@pytest.mark.parametrize("text", ["x:y " * 2500, "x«a " * 2500, f"status:{'x,' * 4990}x", f"status:{'x,' * 20}"])
def test_of_many_faults_the_first_are_told_and_that_there_may_be_more(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert len(caught.value.faults) == len(caught.value.spans) == 21
    assert caught.value.faults[-1].startswith("the rest is not read: mend these 20 faults first\n")
    assert all(0 <= start < end <= len(text) for start, end in caught.value.spans)


def test_a_place_is_looked_for_in_its_neighbourhood_alone() -> None:
    """A letter may carry any number of marks, which take no room in a line."""

    class Text(str):
        def __iter__(self) -> Iterator[str]:
            raise AssertionError("the whole of it was looked at")

    marks = "\u0301" * 9000
    told = pointed(Text(f"a{marks} x:y{marks}"), Wrong(9002, 9003, "so"))
    assert " x:y" in told.splitlines()[1]
    assert len(told) < 1000


def test_every_filter_has_a_shape() -> None:
    assert set(SHAPES) == set(Filter)
