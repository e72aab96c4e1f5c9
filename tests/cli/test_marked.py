"""An article in the terminal with the words marked that its facts were read from."""

from datetime import date

from readout.cli.marked import marked_article
from readout.model import Article, Evidence, Fact, MeetingKind, Report, Status

TEXT = "Lead one.\nLead two.\nNothing here.\nNothing there.\nThe 3rd session met on 4 May\x1b[2J in Baku.\nThe end."


def _fact(value, words, text=TEXT, where="text"):
    start = text.index(words)
    return Fact(value=value, evidence=Evidence(text=words, start=start, end=start + len(words), where=where))


def _report(**facts):
    title = "Council meets"
    return Report(
        kind=_fact(MeetingKind.SESSION, "session"),
        status=_fact(Status.HELD, "meets", title, "title"),
        **facts,
    )


def _lines(*reports):
    article = Article(url="https://a.example/1", title="Council meets", text=TEXT, published=None)
    return [line.plain for line in marked_article(article, reports)]


def test_words_are_marked_with_the_names_of_their_facts():
    lines = _lines(_report(session_number=_fact(3, "3rd"), city=_fact("Baku", "Baku"), country=_fact("AZ", "Baku")))
    assert lines[0] == "Council meets‹status›"
    assert "The 3rd‹session number› session‹kind› met" in lines[4]
    assert "in Baku‹city, country›." in lines[4]


def test_the_words_themselves_are_marked():
    article = Article(url="https://a.example/1", title=None, text=TEXT, published=None)
    lines = list(marked_article(article, [_report(start_date=_fact(date(2031, 5, 4), "4 May"))]))
    marked = [line.plain[span.start : span.end] for line in lines for span in line.spans if "yellow" in str(span.style)]
    assert marked == ["session", "4 May"]


def test_lines_without_a_fact_are_left_out_and_counted():
    lines = _lines(_report())
    assert lines[1:4] == ["Lead one.", "Lead two.", "[… 2 lines without a fact …]"]
    assert lines[-1] == "[… 1 line without a fact …]"


def test_no_control_reaches_the_terminal_and_overlaps_do_no_harm():
    lines = _lines(_report(session_number=_fact(3, "3rd session"), city=_fact("Baku", "session met")))
    assert "\x1b" not in "".join(lines)
    assert "The 3rd session‹kind, session number› met‹city› on" in lines[4]


def test_facts_of_several_meetings_are_numbered():
    lines = _lines(_report(session_number=_fact(3, "3rd")), _report(city=_fact("Baku", "Baku")))
    assert "3rd‹session number 1› session‹kind 1, kind 2›" in lines[4]
