"""How word of a meeting spread, as its page shows it: each report, how long after the first, and why it stands here.

It must not choose an order: the timeline has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from readout.articles.clean import clean_line
from readout.channels.mail.clean import safe_link, shortened
from readout.channels.mail.saying import LINE_LIMIT, line
from readout.dossier import Dossier
from readout.meetings.timeline import Appearance
from readout.model import Judgement, SourceId, Telling
from readout.web.pages.facts import language_tag
from readout.web.pages.report import published
from readout.web.view import View

_MOST_JUDGEMENTS = 20
_LONGEST_REASON = 2 * LINE_LIMIT
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement about a report in a sentence, and its reasons as the rules or a person gave them."""

    said: Markup
    path: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report. `times`: when it came out, for the reader and by its source's clock where that says otherwise.

    `original` is None for an address that nobody should follow; `marks` are what is to be known of it at a glance.
    """

    number: int
    title: str
    language: str | None
    path: str
    outlet: str
    spoken: str
    times: tuple[str, ...]
    after: Markup
    original: str | None
    is_official: bool
    marks: tuple[Markup, ...]
    copies: str | None
    versions: str | None
    version: int
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the meeting's life, and who was the first to tell of it."""

    status: str
    time: str
    outlet: str
    path: str


def steps(dossier: Dossier, view: View) -> tuple[Step, ...]:
    """The stages of the meeting's life as they were told."""
    kind = dossier.meeting.report.kind.value.value
    return tuple(
        Step(
            view.saying.words.standing(kind, stage.status.value),
            published(stage.telling, view)[0],
            view.saying.outlet(stage.telling),
            view.url(f"/reports/{stage.telling.report_id}"),
        )
        for stage in dossier.timeline.stages
    )


def spread(dossier: Dossier, view: View) -> Markup:
    """How many told of it, in how many languages, within which time."""
    timeline = dossier.timeline
    languages = ", ".join(map(view.saying.language, timeline.languages))
    count = view.saying.words.count
    said = [count("report", len(timeline.appearances)), count("source", len(timeline.outlets)), languages]
    last = timeline.last
    within = _duration(last.after, view, by_day=last.by_day) if last and last.after else None
    within_time = [view.words("spread.within", time=within)] if within else []
    return Markup(" · ").join([*filter(None, said), *within_time])


def entries(dossier: Dossier, appearances: Sequence[Appearance], view: View) -> tuple[Entry, ...]:
    """These reports of the meeting, in their order."""
    places = {telling.article_key: telling for telling in dossier.meeting.tellings}
    return tuple(_entry(each, dossier.judgements, places, view) for each in appearances)


def _entry(
    appearance: Appearance,
    judgements: Mapping[int, Sequence[Judgement]],
    places: Mapping[str, Telling],
    view: View,
) -> Entry:
    telling, say = appearance.telling, view.saying
    original = places.get(telling.duplicate_of or "")
    return Entry(
        number=telling.report_id,
        title=line(telling.title or "") or say.words.label["no_title"],
        language=language_tag(telling.language),
        path=view.url(f"/reports/{telling.report_id}"),
        outlet=say.outlet(telling),
        spoken=say.language(telling.language) if telling.language else "",
        times=published(telling, view),
        after=_after(appearance, view),
        original=safe_link(telling.url),
        is_official=say.is_official(telling),
        marks=tuple(_marks(telling, original, view)),
        copies=view.url(f"/reports/{original.report_id}") if original else None,
        versions=view.url(f"/articles/{telling.article_key}/versions") if telling.version > 1 else None,
        version=telling.version,
        judged=tuple(_judged(judgements.get(telling.report_id, ()), view)),
    )


def _marks(telling: Telling, original: Telling | None, view: View) -> Iterator[Markup]:
    if telling.duplicate_of:
        yield view.words("spread.copies", outlet=view.saying.outlet(original) if original else telling.duplicate_of)
    if telling.credit:
        source = view.saying.names.sources.get(SourceId(telling.credit))
        yield view.words("spread.credit", source=line(source.name if source else telling.credit))
    if telling.gone_at:
        yield view.words("spread.gone", time=view.moment(telling.gone_at))


# --- how long after -------------------------------------------------------------------------------------------------


def _after(appearance: Appearance, view: View) -> Markup:
    """How long after the first report, as exactly as the pages say."""
    if appearance.after is None:
        return view.words("spread.unknown")
    return Markup("+{}").format(_duration(appearance.after, view, by_day=appearance.by_day))


def _duration(time: timedelta, view: View, *, by_day: bool) -> str:
    words = view.words.sentences
    days, hours, minutes = time.days, time % _DAY // _HOUR, time % _HOUR // _MINUTE
    if by_day:
        return words["spread.days"].format(count=days)
    if time < _HOUR:
        return words["spread.minutes"].format(count=minutes)
    if time < 2 * _DAY:
        hours = time // _HOUR
        return f"{words['spread.hours'].format(count=hours)} {words['spread.minutes'].format(count=minutes)}"
    return f"{words['spread.days'].format(count=days)} {words['spread.hours'].format(count=hours)}"


# --- why it stands here ---------------------------------------------------------------------------------------------


def _judged(judgements: Iterable[Judgement], view: View) -> Iterator[Judged]:
    for judgement in list(judgements)[:_MOST_JUDGEMENTS]:
        meeting = f"M{judgement.meeting_id}"
        said = view.words(f"judged.{judgement.verdict.value}", meeting=meeting)
        if judgement.by == "person":
            said = Markup("{} ({})").format(said, view.words("spread.by_person"))
        reasons = tuple(shortened(clean_line(reason), _LONGEST_REASON) for reason in judgement.reasons)
        yield Judged(said, view.url(f"/meetings/{judgement.meeting_id}"), reasons)
