"""What people ruled, as pages show it: in a sentence, with the reason, and whether it still holds.

It must not rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from readout.channels.mail.saying import line
from readout.model import Meeting, Report
from readout.record import ruled_facts
from readout.storage.rulings import Ruling, RulingKind
from readout.web.pages.facts import said_value
from readout.web.pages.marks import label_of
from readout.web.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A ruling and why it was made, and why taken back where it was. `path`: the meeting it is about."""

    id: int
    said: Markup
    reason: str
    when: str
    path: str
    is_undone: bool
    undone_why: str


def ruled(ruling: Ruling, view: View, meeting: Meeting | None = None) -> Ruled:
    """`ruling` as its reader sees it; `meeting`: the one it is about, where a value is to be said."""
    return Ruled(
        id=ruling.id,
        said=_SAY[ruling.kind](ruling, view, meeting.report if meeting else None),
        reason=line(ruling.reason),
        when=view.moment(ruling.made_at),
        path=view.url(f"/meetings/{ruling.meeting_id}"),
        is_undone=ruling.undone_at is not None,
        undone_why=line(ruling.undone_why or ""),
    )


def _merge(ruling: Ruling, view: View, _report: Report | None) -> Markup:
    return view.words("ruled.merge", other=f"M{ruling.other_id}", meeting=f"M{ruling.meeting_id}")


def _split(ruling: Ruling, view: View, _report: Report | None) -> Markup:
    return view.words("ruled.split", other=f"M{ruling.other_id}", meeting=f"M{ruling.meeting_id}")


def _differ(ruling: Ruling, view: View, _report: Report | None) -> Markup:
    return view.words("ruled.differ", other=f"M{ruling.other_id}", meeting=f"M{ruling.meeting_id}")


def _correct(ruling: Ruling, view: View, report: Report | None) -> Markup:
    fact = ruling.fact or ""
    label = label_of(fact, view.saying)
    if report is None:
        return view.words("ruled.correct", fact=label)
    facts = ruled_facts(fact, ruling.value, ruling.reason)[fact]
    known = facts if isinstance(facts, tuple) else (facts,) if facts else ()
    value = ", ".join(said_value(fact, each.value, report, view.saying) for each in known)
    return view.words("ruled.set", fact=label, value=line(value)) if value else view.words("ruled.unset", fact=label)


_SAY: Mapping[RulingKind, Callable[[Ruling, View, Report | None], Markup]] = {
    RulingKind.MERGE: _merge,
    RulingKind.SPLIT: _split,
    RulingKind.DIFFER: _differ,
    RulingKind.CORRECT: _correct,
}
