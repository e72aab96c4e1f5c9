"""Does an article report a meeting, and what does it say of it: the door of this room.

It must not invent: a fact the page does not state is None or missing, and every fact carries the words it stands on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from readout.finding import Recognition
from readout.meetings.announced import body_of_next, with_next_first
from readout.meetings.dates import meeting_days
from readout.meetings.knowledge import Knowledge
from readout.meetings.others import other_meetings
from readout.meetings.people import attendance
from readout.meetings.scene import Scene, split_sentences
from readout.meetings.sense import Sense, make_sense
from readout.meetings.sessions import session_number
from readout.meetings.signals import Naming, namings, spoken_against, weigh
from readout.meetings.status import meeting_status, settled
from readout.meetings.subject import is_between_persons, main_body, meeting_kind, with_own_state
from readout.meetings.topics import subjects, topics
from readout.meetings.venue import venue
from readout.model import Article, BodyName, Fact, Report

# Characters read: what a page reports is said long before, and a page may be ten megabytes of one line.
_TITLE_READ = 600
_TEXT_READ = 20_000


def recognise(article: Article, knowledge: Knowledge) -> Recognition:
    """Whether `article` reports a meeting of officials or bodies, and its reports, the main one first."""
    lexicon = knowledge.lexicon_for(article)
    sentences = split_sentences(_beginning(article), dotted_ordinals="." in lexicon.ordinals.suffixes)
    senses = make_sense(sentences, lexicon, knowledge.bodies, knowledge.holders)
    found = namings(senses, lexicon, knowledge.weights)
    score, signals = weigh(senses, found, knowledge.weights)
    if not found or score < knowledge.weights.threshold:
        why_not = spoken_against(signals, knowledge.weights)
        return Recognition(is_report=False, score=score, signals=signals, why_not=why_not)
    found = with_next_first(found, lexicon)
    body = body_of_next(found[0], main_body(senses, found[0], lexicon), lexicon)
    main = _report(article, knowledge, senses, found[0], body)
    outline_of, in_full = (
        partial(_outline_of_sentence, article, knowledge),
        partial(_sentence_in_full, article, knowledge),
    )
    others = other_meetings(found, main, lexicon, outline_of, in_full)
    return Recognition(is_report=True, score=score, reports=(main, *others), signals=signals)


def _beginning(article: Article) -> Article:
    title = article.title[:_TITLE_READ] if article.title else None
    return replace(article, title=title, text=article.text[:_TEXT_READ])


def _outline_of_sentence(article: Article, knowledge: Knowledge, naming: Naming, body: Fact[BodyName]) -> Report:
    """What the sentence of `naming` says by itself: of a meeting told in passing nothing else on the page is sure."""
    senses = (naming.sense,)
    return _outline(_scene(article, knowledge, senses, naming), knowledge, senses, naming, body)


def _sentence_in_full(article: Article, knowledge: Knowledge, naming: Naming, outline: Report) -> Report:
    senses = (naming.sense,)
    return _in_full(_scene(article, knowledge, senses, naming), knowledge, senses, outline)


def _report(
    article: Article, knowledge: Knowledge, senses: tuple[Sense, ...], naming: Naming, body: Fact[BodyName] | None
) -> Report:
    """What the page says of the meeting that `naming` names and `body` holds."""
    scene = _scene(article, knowledge, senses, naming)
    return _in_full(scene, knowledge, senses, _outline(scene, knowledge, senses, naming, body))


def _scene(article: Article, knowledge: Knowledge, senses: tuple[Sense, ...], naming: Naming) -> Scene:
    lexicon = knowledge.lexicon_for(article)
    sentences = tuple(sense.sentence for sense in senses)
    status = meeting_status(senses, naming.anchor).value
    return Scene(article=article, lexicon=lexicon, sentences=sentences, anchor=naming.anchor, status=status)


def _outline(
    scene: Scene, knowledge: Knowledge, senses: tuple[Sense, ...], naming: Naming, body: Fact[BodyName] | None
) -> Report:
    """What tells one meeting from another."""
    published = scene.article.published_day
    start, end, partial = meeting_days(scene)
    return Report(
        kind=meeting_kind(naming, body, knowledge.bodies),
        status=settled(meeting_status(senses, naming.anchor), start, published),
        body=body,
        session_number=_number(senses, scene, naming, body, start.value if start else published),
        start_date=start,
        end_date=end,
        date_partial=partial,
    )


def _in_full(scene: Scene, knowledge: Knowledge, senses: tuple[Sense, ...], outline: Report) -> Report:
    city, country = venue(scene, knowledge.places)
    people = attendance(scene, knowledge.places, knowledge.holders)
    return replace(
        outline,
        city=city,
        country=country,
        participants=people.participants,
        countries=with_own_state(people.countries, outline.body, knowledge.bodies),
        received_by=people.received_by,
        topics=topics(senses),
        subjects=subjects(senses),
    )


def _number(
    senses: tuple[Sense, ...], scene: Scene, naming: Naming, body: Fact[BodyName] | None, day: date | None
) -> Fact[int] | None:
    """The session's number; where no body convenes, persons who meet are not counted, nor is a first meeting."""
    if body is None and is_between_persons(naming):
        return None
    number = session_number(senses, scene.lexicon, naming.anchor, scene.status, day.year if day else None)
    return None if number and number.value == 1 and body is None else number
