"""A body that nobody registered is named in full: from its first attribute, or what it is of, to the end."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.scene import split_sentences
from readout.meetings.sense import make_sense
from readout.meetings.signals import namings
from readout.meetings.unknown_body import unknown_body
from tests.meetings.tellings import article

KNOWLEDGE = load_knowledge()

# A language, a sentence, and the body it names.
NAMED = [
    ("en", "The Executive Committee of Harbours held a session in Lyon on Monday.", "Executive Committee of Harbours"),
    (
        "en",
        "Ministers attended the 12th session of the Council of Ministers of Tourism of the Lower Danube in Galati.",
        "Council of Ministers of Tourism of the Lower Danube",
    ),
    (
        "ru",
        "В Бишкеке прошло заседание межгосударственного координационного совета министров туризма стран Азии.",
        "межгосударственного координационного совета министров туризма стран Азии",
    ),
    (
        "az",
        "Bakıda Azərbaycan-Yaponiya hökumətlərarası komissiyasının 5-ci iclası keçirilib.",
        "Azərbaycan-Yaponiya hökumətlərarası komissiyasının",
    ),
]


def named(language, text):
    lexicon = KNOWLEDGE.lexicons[language]
    senses = make_sense(split_sentences(article(text, language=language)), lexicon, KNOWLEDGE.bodies, KNOWLEDGE.holders)
    return unknown_body(namings(senses, lexicon, KNOWLEDGE.weights)[0], lexicon)


@pytest.mark.parametrize(("language", "text", "name"), NAMED)
def test_an_unknown_body_is_named_in_full(language, text, name):
    mention = named(language, text)
    assert mention is not None
    assert (mention.id, mention.name) == (None, name)
    assert text[mention.start : mention.end] == name


def test_where_others_meet_is_no_body_that_convenes():
    text = "The ministers held talks on the sidelines of the Council of Ministers of Tourism in Galati."
    assert named("en", text) is None


def test_without_a_head_nothing_is_named():
    assert named("en", "The presidents held a meeting in Lyon on Monday.") is None
