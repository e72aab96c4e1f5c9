"""Pages, readings and reports as the tests of the store need them: any facts, no text to point into."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from readout.articles.fingerprint import fingerprint
from readout.discovery import Validators
from readout.finding import Reading, Recognition, Signal
from readout.model import (
    Article,
    BodyName,
    Evidence,
    Fact,
    LanguageCode,
    Link,
    MeetingKind,
    Page,
    Participant,
    Report,
    Source,
    SourceId,
    SourceKind,
    Status,
)

NOW = datetime(2024, 10, 4, 12, tzinfo=UTC)
DAY = date(2024, 10, 4)
MAX_AGE = timedelta(days=14)
TEXT = (
    "The council of heads of security agencies met in Astana on Friday, the ministry said in a statement. "
    "The chiefs spoke of terrorism and of organised crime, and agreed to meet again in a year in another capital."
)
OTHER_TEXT = (
    "Farmers of the northern region have brought in a record harvest of wheat this autumn, the governor said. "
    "Rain had delayed the work for a week, and the price of grain fell by a tenth at the exchange."
)


def source(name: str = "agency", **changes: Any) -> Source:
    """A source that lives at its own host."""
    fields: dict[str, Any] = {
        "id": SourceId(name),
        "name": name.title(),
        "kind": SourceKind.NEWS_AGENCY,
        "country": "KZ",
        "languages": (LanguageCode("en"),),
        "timezone": "Asia/Almaty",
        "home": f"https://{name}.example/",
        "article": ".",
        "discover": (),
    }
    return Source(**fields | changes)


def link(path: str = "1", name: str = "agency", **changes: Any) -> Link:
    """A link of a source."""
    return Link(url=f"https://{name}.example/{path}", **changes)


def page(url: str, body: bytes = b"<html>", **changes: Any) -> Page:
    """What answered."""
    fields: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "status": 200,
        "body": body,
        "content_type": "text/html",
        "fetched_at": NOW,
        "validators": Validators(etag='"1"'),
    }
    return Page(**fields | changes)


def fact(value: Any) -> Fact[Any] | None:
    """A fact whose evidence is its own spelling."""
    if value is None:
        return None
    return Fact(value=value, evidence=Evidence(text=str(value), start=0, end=len(str(value))))


def report(
    body: str | None = "cis-sorb",
    *,
    name: str | None = None,
    session: int | None = None,
    days: date | tuple[date, date] | None = None,
    partial: str | None = None,
    city: str | None = None,
    country: str | None = None,
    kind: MeetingKind = MeetingKind.SESSION,
    status: Status = Status.HELD,
    people: tuple[str, ...] = (),
    received_by: str | None = None,
    topics: tuple[str, ...] = (),
    subjects: tuple[str, ...] = (),
) -> Report:
    """A report with these facts and no others."""
    first, last = days if isinstance(days, tuple) else (days, days)
    return Report(
        kind=fact(kind),
        status=fact(status),
        body=fact(BodyName(id=body, name=name or body or "")) if body or name else None,
        session_number=fact(session),
        start_date=fact(first),
        end_date=fact(last),
        date_partial=fact(partial),
        city=fact(city),
        country=fact(country),
        participants=tuple(fact(Participant(name=each, name_latin=each)) for each in people),
        received_by=fact(received_by),
        topics=tuple(map(fact, topics)),
        subjects=tuple(map(fact, subjects)),
    )


def reading(
    text: str = TEXT,
    *reports: Report,
    title: str | None = "Title",
    published: datetime | None = NOW,
    day: date | None = None,
    url: str = "https://x.example/",
    credit: str | None = None,
) -> Reading:
    """A page's reading: a report exactly when it tells of meetings. `day`: its date is that day alone."""
    return Reading(
        article=Article(
            url=url,
            title=title,
            text=text,
            published=published,
            published_day=day or (published.date() if published else None),
            published_day_only=day is not None,
            language=LanguageCode("en"),
        ),
        recognition=Recognition(
            is_report=bool(reports),
            score=0.9 if reports else 0.1,
            reports=reports,
            signals=(Signal(name="meeting word", weight=1.5) if reports else Signal(name="sport", weight=-2.0),),
            why_not="" if reports else "words of sport",
        ),
        fingerprint=fingerprint(title, text),
        credit=credit,
    )
