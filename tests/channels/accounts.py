"""One invented meeting in three accounts that differ and a copy, as the golden letters tell of it."""

from dataclasses import replace
from datetime import date, timedelta

from readout.model import (
    BodyName,
    LanguageCode,
    Meeting,
    MeetingKind,
    Participant,
    Source,
    SourceId,
    SourceKind,
    Status,
)
from tests.telling import NOW, fact, meeting, session, telling

RUSSIAN = (
    "4 октября в Астане прошло 55-е заседание Совета руководителей органов безопасности и специальных служб. В нём "
    "участвовали директор ФСБ России Александр Бортников и председатель КНБ Казахстана Ермек Сагимбаев. Обсуждалась "
    "борьба с терроризмом."
)
PERSIAN = "پنجاه و پنجمین نشست شورا روز پنجم اکتبر در آستانه برگزار شد. علی نقی‌اف در این نشست شرکت کرد."
_NOTHING = {"country": None, "countries": (), "received_by": None, "topics": (), "participants": ()}


def _source(name: str, called: str, kind: SourceKind) -> Source:
    return Source(
        id=SourceId(name),
        name=called,
        kind=kind,
        country="KZ",
        languages=(LanguageCode("en"),),
        timezone="Asia/Almaty",
        home="https://example.org",
        article="x",
        discover=(),
    )


SOURCES = {
    source.id: source
    for source in (
        _source("agency", "Commonwealth Desk", SourceKind.NEWS_AGENCY),
        _source("committee", "Комитет степи", SourceKind.AGENCY),
        _source("caspian", "خبرگزاری کاسپین", SourceKind.NEWS_AGENCY),
    )
}

_OFFICIAL = session(
    **_NOTHING
    | {
        "kind": fact(MeetingKind.SESSION, "заседание", RUSSIAN),
        "status": fact(Status.HELD, "прошло", RUSSIAN),
        "body": fact(
            BodyName(id="cis-sorb", name="Совет руководителей органов безопасности и специальных служб"),
            "Совета руководителей органов безопасности и специальных служб",
            RUSSIAN,
        ),
        "session_number": fact(55, "55-е", RUSSIAN),
        "start_date": fact(date(2024, 10, 4), "4 октября", RUSSIAN),
        "end_date": fact(date(2024, 10, 4), "4 октября", RUSSIAN),
        "city": fact("Astana", "Астане", RUSSIAN),
        "participants": (
            fact(
                Participant(
                    name="Александр Бортников", name_latin="Aleksandr Bortnikov", role="директор ФСБ", country="RU"
                ),
                "Александр Бортников",
                RUSSIAN,
            ),
        ),
        "topics": (fact("terrorism", "терроризмом", RUSSIAN),),
    }
)
_ELSEWHERE = session(
    **_NOTHING
    | {
        "kind": fact(MeetingKind.SESSION, "نشست", PERSIAN),
        "status": fact(Status.HELD, "برگزار شد", PERSIAN),
        "body": None,
        "session_number": fact(55, "پنجاه و پنجمین", PERSIAN),
        "start_date": fact(date(2024, 10, 5), "پنجم اکتبر", PERSIAN),
        "end_date": fact(date(2024, 10, 5), "پنجم اکتبر", PERSIAN),
        "city": fact("Astana", "آستانه", PERSIAN),
        "participants": (
            fact(Participant(name="علی نقی‌اف", name_latin="Ali Nagiyev", country="AZ"), "علی نقی‌اف", PERSIAN),
        ),
    }
)


def told_differently() -> Meeting:
    """The 55th session by an agency, the committee itself and a Persian outlet that has another day; one copies."""
    agency = telling(1, title="Security chiefs of the Commonwealth meet in Astana")
    committee = telling(
        2,
        source=SourceId("committee"),
        official=True,
        url="https://committee.example/2",
        title="В Астане прошло заседание Совета",
        text=RUSSIAN,
        language=LanguageCode("ru"),
        report=_OFFICIAL,
        published=NOW - timedelta(hours=5),
    )
    caspian = telling(
        3,
        source=SourceId("caspian"),
        url="https://caspian.example/3",
        title="نشست شورا در آستانه",
        text=PERSIAN,
        language=LanguageCode("fa"),
        report=_ELSEWHERE,
        published=NOW - timedelta(hours=1),
    )
    copy = telling(
        4,
        source=None,
        url="https://other.example/4",
        title="Astanada iclas",
        language=LanguageCode("az"),
        published=None,
        duplicate_of="a1",
    )
    best = replace(
        agency.report, participants=(*_OFFICIAL.participants, *_ELSEWHERE.participants), topics=_OFFICIAL.topics
    )
    return meeting(agency, committee, caspian, copy, number=12, report=best, perhaps_same_as=(7,))
