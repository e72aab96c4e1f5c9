"""How messages call bodies, countries, cities and sources, in every language that alerts are written in.

It must not read files: the catalogue does.
"""

from __future__ import annotations

from collections.abc import Mapping

from readout.catalog import load_body_names, load_city_names_in, load_country_names
from readout.channels import Names
from readout.channels.mail.words import languages
from readout.model import Source, SourceId


def names_of(sources: Mapping[SourceId, Source]) -> Names:
    """The names that messages use, where these are the `sources`."""
    others = {language: _names_in(language, sources) for language in languages()}
    return Names(bodies=load_body_names(), countries=load_country_names(), sources=sources, others=others)


def _names_in(language: str, sources: Mapping[SourceId, Source]) -> Names:
    bodies, countries = load_body_names(language), load_country_names(language)
    return Names(bodies=bodies, countries=countries, cities=load_city_names_in(language), sources=sources)
