"""Every language gives the same keys, its examples hold, and every fault of a file is told."""

from copy import deepcopy

import pytest

from readout.catalog import load_knowledge
from readout.meetings.bare_letters import with_bare_letters
from readout.meetings.lexicon import Lexicon
from readout.meetings.recognise import recognise
from readout.meetings.shape import FACTS, lexicon_faults
from tests.meetings.tellings import article, lexicon_files

FILES = lexicon_files()
# How numbers are written in some languages only.
OPTIONAL = {"bare_letters", "sessions.follows", "sessions.prefixes", "sessions.several"}
EXAMPLES = [
    (language, sentence, key == "match")
    for language, data in FILES.items()
    for key in ("match", "no_match")
    for sentence in data["examples"][key]
]


def keys(data, path=""):
    """The paths of all keys but numbers and the sections whose keys are words of the language."""
    for key, value in data.items():
        here = f"{path}.{key}".lstrip(".")
        yield here
        if isinstance(value, dict) and path not in FACTS and key not in (*FACTS, "ordinals"):
            yield from keys(value, here)


@pytest.mark.parametrize("language", sorted(FILES))
def test_all_languages_give_the_same_keys(language):
    assert set(keys(FILES[language])) - OPTIONAL == set(keys(FILES["en"])) - OPTIONAL
    assert FILES[language]["language"] == language


@pytest.mark.parametrize("language", sorted(FILES))
def test_no_language_leaves_a_list_empty(language):
    data = FILES[language]
    assert all(sense["terms"] for sense in data["meeting"].values())
    assert all(data["status"].values())
    assert all(data["topics"].values())
    assert all(data["subjects"].values())
    assert len(data["examples"]["match"]) >= 3
    assert len(data["examples"]["no_match"]) >= 3


@pytest.mark.parametrize(("language", "sentence", "is_report"), EXAMPLES)
def test_the_examples_hold(language, sentence, is_report):
    recognition = recognise(article(sentence, language=language), load_knowledge())
    assert recognition.is_report is is_report, recognition.signals


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda data: data.pop("name"), "name: a string is wanted"),
        (lambda data: data.pop("dates"), "dates is missing"),
        (lambda data: data.update(topic={}), "topic is not known"),
        (lambda data: data["topics"].update(cake=["cake"]), "topics.cake is not known"),
        (lambda data: data["topics"].pop("energy"), "topics.energy: a list of phrases is wanted"),
        (lambda data: data["subjects"].update(cake=["cake"]), "subjects.cake is not known"),
        (lambda data: data["subjects"].pop("water"), "subjects.water: a list of phrases is wanted"),
        (lambda data: data["status"]["held"].append("*"), "not a phrase: '*'"),
        (lambda data: data["meeting"]["call"].pop("weight"), "meeting.call.weight: a number is wanted"),
        (lambda data: data["meeting"]["call"].update(kind="chat"), "meeting.call.kind: 'chat' is none of"),
        (lambda data: data["meeting"].pop("summit"), "meeting.summit.terms: a list of phrases is wanted"),
        (lambda data: data["sessions"]["ordinals"].update(many=["many"]), "sessions.ordinals.many is not a number"),
        (lambda data: data["examples"].pop("match"), "examples.match: a list of strings is wanted"),
    ],
)
def test_a_faulty_lexicon_is_refused_and_the_fault_named(break_it, fault):
    data = deepcopy(FILES["en"])
    break_it(data)
    assert any(fault in line for line in lexicon_faults(data))
    with pytest.raises(ValueError, match=fault.split(":", maxsplit=1)[0]):
        Lexicon.from_mapping(data)


def test_all_faults_are_told_at_once():
    data = deepcopy(FILES["en"])
    del data["name"], data["topics"]["energy"], data["furniture"]
    assert len(lexicon_faults(data)) >= 3


@pytest.mark.parametrize(
    ("language", "text", "read_with"),
    [
        ("ru", "", "ru"),
        ("en-GB", "", "en"),
        (None, "Совет министров обороны заседает в Минске", "ru"),
        (None, "The council meets in Minsk", "en"),
        (None, "", "en"),
        ("ja", "会議", "en"),
    ],
)
def test_an_article_is_read_with_the_nearest_lexicon(language, text, read_with):
    assert load_knowledge().lexicon_for(article(text, language=language)).language == read_with


def test_phrases_are_doubled_in_bare_letters_only_where_they_differ():
    data = {
        "name": "Română",
        "stems": ["ședinț*", "summit*"],
        "months": [["mai"], ["iunie"]],
        "relative": {"mâine": 1},
        "bare_letters": True,
    }
    assert with_bare_letters(data) == {
        "name": "Română",
        "stems": ["ședinț*", "summit*", "sedint*"],
        "months": [["mai"], ["iunie"]],
        "relative": {"mâine": 1, "maine": 1},
        "bare_letters": True,
    }


def test_bare_letters_are_asked_for_by_true_or_false():
    data = deepcopy(FILES["ro"])
    data["bare_letters"] = "yes"
    assert "bare_letters: true or false is wanted" in lexicon_faults(data)


def _changed(path, value):
    """The English lexicon with one key put in, changed or (None) taken out."""
    data = deepcopy(FILES["en"])
    table = data
    *tables, key = path.split(".")
    for name in tables:
        table = table[name]
    if value is None:
        del table[key]
    else:
        table[key] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("people.frames.recieves", ["x"], "people.frames.recieves is not known"),
        ("places.endigns", [], "places.endigns is not known"),
        ("people.titles", None, "people.titles is missing"),
        ("dates", {}, "dates.months is missing"),
        ("dates.months", [["january"]], "dates.months: 12 lists are wanted, not 1"),
        ("sessions.sufixes", [], "sessions.sufixes is not known"),
        ("meeting.call.wieght", 1, "meeting.call.wieght is not known"),
    ],
)
def test_a_faulty_key_is_told_wherever_it_stands(path, value, fault):
    assert fault in lexicon_faults(_changed(path, value))
