"""The page of what the rules could not decide: two meetings beside each other, and what speaks for either.

It must not answer: a visitor does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from readout.articles.clean import clean_line
from readout.channels.mail.clean import shortened
from readout.channels.mail.letter import by_weight
from readout.channels.mail.saying import LINE_LIMIT, Saying, line
from readout.model import Meeting
from readout.storage.questions import Question, open_questions
from readout.storage.rulings import ruling_by_id
from readout.web.pages.facts import Witness, witness
from readout.web.pages.marks import label_of
from readout.web.pages.ruled import ruled
from readout.web.view import View, Viewed

_A_PAGE = 10
_MOST_TITLES = 5
_MOST_NAMES = 12

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two meetings: its number, what it is, and the first of its reports with their titles."""

    number: int
    path: str
    heading: str
    reports: tuple[tuple[str, Witness], ...]
    more: str


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of both; `differs`: both have one, and it is not the same."""

    label: str
    one: str
    other: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two meetings that are perhaps one, the earlier first."""

    one: Side
    other: Side
    lines: tuple[Line, ...]
    reasons: tuple[str, ...]


Number = Annotated[int, Query(ge=0, le=2**63 - 1)]


@router.get("/review")
def review(view: Viewed, before: Number = 0, ruling: Number = 0) -> HTMLResponse:
    """The questions, the newest first, or those `before` one; `ruling`: what was just ruled."""
    return _page(view, before=before or None, ruling=ruling)


def review_again(view: View, faults: tuple[str, ...]) -> HTMLResponse:
    """The page for somebody who asked for what cannot be."""
    return _page(view, faults=faults)


def _page(view: View, *, before: int | None = None, ruling: int = 0, faults: tuple[str, ...] = ()) -> HTMLResponse:
    with view.site.database.read() as connection:
        questions = open_questions(connection, limit=_A_PAGE + 1, before=before)
        made = ruling_by_id(connection, ruling) if ruling else None
    shown = questions[:_A_PAGE]
    return view.page(
        "review",
        title=view.words("menu.review"),
        here="review",
        status=400 if faults else 200,
        pairs=tuple(_pair(question, view) for question in shown),
        later=view.url("/review", before=shown[-1].number) if len(questions) > len(shown) else None,
        done=ruled(made, view) if made else None,
        faults=faults,
    )


def _pair(question: Question, view: View) -> Pair:
    one, other = sorted((question.meeting, question.other), key=lambda meeting: meeting.id)
    reasons = tuple(shortened(clean_line(reason), 2 * LINE_LIMIT) for reason in question.reasons)
    return Pair(_side(one, view), _side(other, view), tuple(_lines(one, other, view.saying)), reasons)


def _side(meeting: Meeting, view: View) -> Side:
    tellings = by_weight(meeting.tellings, view.saying)
    titles = ((line(each.title or "") or view.saying.words.label["no_title"], each) for each in tellings)
    left = len(tellings) - _MOST_TITLES
    return Side(
        meeting.id,
        view.url(f"/meetings/{meeting.id}"),
        view.saying.heading(meeting, tellings),
        tuple((title, witness(each, view)) for title, each in list(titles)[:_MOST_TITLES]),
        view.saying.words.line["more"].format(count=left) if left > 0 else "",
    )


def _lines(one: Meeting, other: Meeting, say: Saying) -> Iterator[Line]:
    for name, said in _SAID.items():
        values = said(say, one), said(say, other)
        if any(values):
            is_list = name in ("participants", "countries")  # which may hold what others leave out
            yield Line(label_of(name, say), *values, differs=not is_list and all(values) and values[0] != values[1])


def _people(_say: Saying, meeting: Meeting) -> str:
    return _some([line(fact.value.name) for fact in meeting.report.participants])


def _countries(say: Saying, meeting: Meeting) -> str:
    return _some([say.country(fact.value) for fact in meeting.report.countries])


def _some(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")


_SAID: Mapping[str, Callable[[Saying, Meeting], str]] = {
    "kind": lambda say, meeting: say.subheading(meeting.report),
    "start_date": lambda say, meeting: say.days(meeting.report) or "",
    "city": lambda say, meeting: say.venue(meeting.report),
    "participants": _people,
    "countries": _countries,
}
