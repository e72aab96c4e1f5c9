"""What the pages say in each language: nothing is missing, nothing is idle."""

import re
from pathlib import Path
from string import Formatter

import pytest

from readout.channels.mail.words import languages as mail_languages
from readout.web.words import ENGLISH, languages, words_in

WEB = Path(__file__).parents[2] / "readout" / "web"
SENTENCES = words_in(ENGLISH).sentences


def blanks(sentence: str) -> list[str]:
    return sorted(name for _, name, *_ in Formatter().parse(sentence) if name)


def test_pages_and_mails_speak_the_same_languages():
    assert languages() == mail_languages()


@pytest.mark.parametrize("language", [code for code in languages() if code != ENGLISH])
def test_every_language_says_all_of_it(language):
    other = words_in(language).sentences
    assert list(other) == list(SENTENCES)
    assert {name: blanks(said) for name, said in other.items()} == {
        name: blanks(said) for name, said in SENTENCES.items()
    }
    same = [name for name, said in other.items() if said == SENTENCES[name] and len(said) > 20]
    assert same == []


def test_every_sentence_is_said_somewhere():
    ours = "".join(file.read_text("utf-8") for file in WEB.rglob("*") if file.suffix in (".py", ".j2"))
    named = set(re.findall(r"[\"']([a-z_]+\.[a-z_0-9]+)[\"']", ours))
    # names that are put together from what is shown: a table and a dot, or the beginning of a key
    begun = tuple(re.findall(r"[\"']([a-z_]+\.[a-z_]*)[\"'] ~", ours) + re.findall(r"f[\"']([a-z_]+\.[a-z_]*)\{", ours))
    assert [name for name in SENTENCES if name not in named and not name.startswith(begun)] == []
    tables = {name.partition(".")[0] for name in SENTENCES}
    unsaid = [name for name in named - set(SENTENCES) - set(begun) if name.partition(".")[0] in tables]
    assert unsaid == []


def test_what_is_put_into_a_sentence_is_no_markup():
    said = words_in("ru")("stop.ask", watch="<b>\u202e{x}", reader="a&b")
    assert "<b>" not in said
    assert "&lt;b&gt;" in said
    assert "<bdi>a&amp;b</bdi>" in said
