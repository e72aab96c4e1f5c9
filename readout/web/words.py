"""What the pages say in each language: our own sentences, filled in.

It must not say a fact of a meeting: `readout.channels.mail.saying` does, for mails and pages alike.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markupsafe import Markup

from readout.articles.clean import clean_line

ENGLISH = "en"
_FOLDER = resources.files(__package__) / "words"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences by their names, ``table.key``, as `words/en.toml` has them."""

    code: str
    sentences: Mapping[str, str]

    def __call__(self, name: str, **names: object) -> Markup:
        """The sentence of that name with `names` in it, each kept apart from its surroundings whichever way it is
        written. Raises KeyError for a name that is in no file."""
        sentence = Markup(self.sentences[name])  # noqa: S704  (our own words; `format` escapes what is put in)
        return sentence.format(**{key: apart(str(each)) for key, each in names.items()}) if names else sentence


def apart(text: str) -> Markup:
    """`text` from outside on one line, with a direction of its own."""
    return Markup("<bdi>{}</bdi>").format(clean_line(text))


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages that the pages speak."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml")))


def words_in(language: str) -> Words:
    """The words of a language by its code, of ``az-Latn`` those of ``az``; of one that there are none in, English."""
    code = language.partition("-")[0].lower()
    return _load(code if code in languages() else ENGLISH)


@cache
def _load(code: str) -> Words:
    tables = tomllib.loads((_FOLDER / f"{code}.toml").read_text("utf-8"))
    return Words(code, {f"{name}.{key}": said for name, table in tables.items() for key, said in table.items()})
