"""A scene set up from a sentence or two, for the tests of days, places and people."""

from datetime import UTC, date, datetime, time

from readout.catalog import load_knowledge
from readout.meetings.scene import Scene, split_sentences
from readout.model import Article, LanguageCode, Status


def stage(
    text: str,
    anchor: str,
    *,
    title: str | None = None,
    language: str = "en",
    published: date | None = None,
    status: Status = Status.HELD,
) -> Scene:
    """The scene of the meeting that the words `anchor` name; they stand once in the title or the text."""
    moment = datetime.combine(published, time(9), UTC) if published else None
    article = Article(url="https://a.example/1", title=title, text=text, published=moment, published_day=published)
    sentences = split_sentences(article)
    sentence = next(s for s in sentences if anchor in s.text)
    at = sentence.text.index(anchor)
    return Scene(
        article=article,
        lexicon=load_knowledge().lexicons[LanguageCode(language)],
        sentences=sentences,
        anchor=sentence.evidence(at, at + len(anchor)),
        status=status,
    )


def assert_spans_are_true(scene: Scene, *facts):
    """Every fact's evidence is the text it says it is."""
    for fact in facts:
        if fact is not None:
            span = fact.evidence
            source = scene.article.title if span.where == "title" else scene.article.text
            assert source[span.start : span.end] == span.text
