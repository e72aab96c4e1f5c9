"""The page of one meeting: its facts and who bears them out, its reports in their order, what is around it, and why.

It must not change anything: `readout.web.pages.ruling` does, and shows this page again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import HTMLResponse, Response

from readout.channels.mail.letter import amended, by_weight
from readout.channels.mail.saying import line
from readout.dossier import Dossier, open_dossier
from readout.fact_value import fact_names, typed_value
from readout.record import report_row
from readout.storage.related import Related
from readout.web.asking import stored_id
from readout.web.pages.facts import told
from readout.web.pages.marks import label_of
from readout.web.pages.meetings import row_of
from readout.web.pages.ruled import ruled
from readout.web.pages.spread import entries, spread, steps
from readout.web.view import View, Viewed

_A_PAGE = 50
_MOST_BESIDE = 50
_MOST_CHANGES = 100

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Other:
    """Another meeting: its number, and what it is."""

    number: int
    path: str
    called: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A change of what is told of the meeting, and where it came from; `path` None: a person made it."""

    time: str
    label: str
    before: str | None
    after: str | None
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The meetings around this one, each sort by its name in the words."""

    perhaps: tuple[Other, ...]
    others: Mapping[str, tuple[Other, ...]]
    merged: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person typed into a form that was refused, and why it was; else what a form begins with."""

    fields: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


Number = Annotated[int, Query(ge=0, le=10**9)]


@router.get("/meetings/{number}")
def meeting(view: Viewed, number: str, reports: Number = 0, correct: str = "", ruling: Number = 0) -> Response:
    """The meeting of that number, 12 or M12, from report `reports` on; of one that went into another, that other's.

    `correct`: the fact that is to be corrected; `ruling`: what was just ruled about it.
    """
    wanted = stored_id(number, prefix="M")
    dossier = _dossier(view, wanted)
    if dossier.meeting.id != wanted:
        return view.see(f"/meetings/{dossier.meeting.id}", ruling=ruling or None)
    return _page(view, dossier, Asked(_as_told(dossier, correct)), skipped=reports, ruling=ruling)


def meeting_again(view: View, number: int, asked: Asked) -> HTMLResponse:
    """The page of a meeting about which somebody asked for what cannot be."""
    return _page(view, _dossier(view, number), asked)


def _dossier(view: View, number: int | None) -> Dossier:
    with view.site.database.read() as connection:
        dossier = number and open_dossier(connection, number)
    if not dossier:
        raise HTTPException(404)
    return dossier


def _as_told(dossier: Dossier, fact: str) -> Mapping[str, str]:
    """The form that corrects `fact`, as it begins."""
    if fact not in fact_names():
        return {}
    return {"fact": fact, "value": typed_value(report_row(dossier.meeting.report)[fact])}


def _page(view: View, dossier: Dossier, asked: Asked, *, skipped: int = 0, ruling: int = 0) -> HTMLResponse:
    meeting, say = dossier.meeting, view.saying
    tellings = by_weight(meeting.tellings, say)
    appearances, further = dossier.timeline.appearances, skipped + _A_PAGE
    rulings = tuple(ruled(each, view, meeting) for each in dossier.rulings)
    heading = say.heading(meeting, tellings)
    return view.page(
        "meeting",
        title=f"M{meeting.id} · {heading}",
        here="meetings",
        status=400 if asked.faults else 200,
        number=meeting.id,
        heading=heading,
        row=row_of(meeting, view),
        facts=told(meeting, dossier.agreement, tellings, view),
        steps=steps(dossier, view),
        around=_around(dossier, view),
        spread=spread(dossier, view),
        entries=entries(dossier, appearances[skipped:further], view),
        skipped=skipped,
        later=view.url(f"/meetings/{meeting.id}", reports=further) if further < len(appearances) else None,
        changes=tuple(_changes(dossier, view)),
        rulings=rulings,
        done=next((each for each in rulings if each.id == ruling), None),
        asked=asked,
        names=[(name, label_of(name, say)) for name in fact_names()],
        splittable=_splittable(dossier, view),
        permanent=(view.site.config.alerts.public_url or view.root).rstrip("/") + f"/meetings/{meeting.id}",
    )


# --- around it ------------------------------------------------------------------------------------------------------


def _around(dossier: Dossier, view: View) -> Around:
    beside = {
        "before": [dossier.before] if dossier.before else [],
        "after": [dossier.after] if dossier.after else [],
        "whole": [dossier.whole] if dossier.whole else [],
        "parts": dossier.parts,
    }
    return Around(
        perhaps=_others(dossier.perhaps, view),
        others={name: _others(related, view) for name, related in beside.items() if related},
        merged=dossier.merged,
    )


def _others(related: Iterable[Related], view: View) -> tuple[Other, ...]:
    return tuple(_other(each, view) for each in list(related)[:_MOST_BESIDE])


def _other(related: Related, view: View) -> Other:
    say, report = view.saying, related.report
    name = say.body(report.body.value) if report.body else say.words.kind[report.kind.value.value]
    called = (name, say.counted(report), say.venue(report), say.days(report))
    path = view.url(f"/meetings/{related.meeting_id}")
    return Other(related.meeting_id, path, line(", ".join(part for part in called if part)))


def _changes(dossier: Dossier, view: View) -> Iterator[Noted]:
    """What changed, the last first."""
    for noted in reversed(dossier.changes[-_MOST_CHANGES:]):
        said = amended(noted.change, dossier.meeting, view.saying)
        path = view.url(f"/articles/{noted.article_key}/versions") if noted.article_key else None
        yield Noted(view.moment(noted.at), said.label, said.before, said.after, path)


def _splittable(dossier: Dossier, view: View) -> list[tuple[int, str]]:
    """The reports that may be split off, by their numbers."""
    told = dossier.timeline.appearances if len(dossier.meeting.tellings) > 1 else ()
    tellings = (each.telling for each in told)
    return [(each.report_id, f"{view.saying.outlet(each)}: {line(each.title or '')}"[:120]) for each in tellings]
