"""How bodies, countries, cities and sources are called: in every language that alerts are written in, and in queries.

It must not read files: the catalogue does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from readout.articles.language import LANGUAGES
from readout.catalog import load_body_names, load_city_names, load_city_names_in, load_country_names
from readout.channels import Names
from readout.channels.mail.words import languages
from readout.meetings.shape import SUBJECTS, TOPICS
from readout.model import Source, SourceId
from readout.watches.vocabulary import Vocabulary
from readout.watching import Filter


def names_of(sources: Mapping[SourceId, Source]) -> Names:
    """The names that messages use, where these are the `sources`."""
    others = {language: _names_in(language, sources) for language in languages()}
    return Names(bodies=load_body_names(), countries=load_country_names(), sources=sources, others=others)


def _names_in(language: str, sources: Mapping[SourceId, Source]) -> Names:
    bodies, countries = load_body_names(language), load_country_names(language)
    return Names(bodies=bodies, countries=countries, cities=load_city_names_in(language), sources=sources)


def vocabulary_of(sources: Mapping[SourceId, Source]) -> Vocabulary:
    """What each value that a filter of a query takes is called, where these are the `sources`."""
    known: Mapping[Filter, Callable[[], Mapping[str, str]]] = {
        Filter.BODY: load_body_names,
        Filter.COUNTRY: load_country_names,
        Filter.STATE: load_country_names,
        Filter.CITY: load_city_names,
        Filter.SOURCE: lambda: {str(source.id): source.name for source in sources.values()},
        Filter.TOPIC: lambda: {topic: topic.replace("_", " ") for topic in (*TOPICS, *SUBJECTS)},
        Filter.LANGUAGE: lambda: {language.lower(): language for language in LANGUAGES},
    }
    return lambda wanted: known[wanted]() if wanted in known else None
