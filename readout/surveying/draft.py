"""The file of a new source: what it says, and beside each value how that is known.

It must not write files, and what is not known is either marked as a guess in the file or asked of the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from readout.articles.clean import clean_line
from readout.exports.toml import toml_value
from readout.model import Article, SourceKind
from readout.surveying.pattern import host_pattern
from readout.surveying.survey import Choice, SiteSurvey, Spot, choose, site_of
from readout.surveying.whereabouts import country_of, zone_of

_GIVEN = "as given"
_SHARED = re.compile(r"^(?:www|ac|co|com|edu|gob|gov|gouv|go|mil|net|or|org)$")
_STATE = re.compile(r"(?:^|\.)(?:gov|gob|gouv|go|mil)\.[a-z]{2}$|\.gov$|(?:^|\.)(?:president|mfa|mid|mod)\.")
_LONGEST_NAME = 100
_LONGEST_ID = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A value and how it is known."""

    value: str
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the person said."""

    id: str | None = None
    name: str | None = None
    country: str | None = None
    kind: SourceKind | None = None
    languages: tuple[str, ...] = ()
    timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A source's file before it is written. None: not known, and to be asked; without it there is no file."""

    id: str
    name: Known
    kind: Known
    country: Known | None
    languages: tuple[str, ...]
    languages_from: str
    timezone: Known | None
    home: str
    article: Known
    choice: Choice
    aliases: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    checked: Mapping[str, str] = field(default_factory=dict)

    @property
    def unknown(self) -> list[str]:
        """The options that must be given before the file can be written."""
        missing = {"--country": self.country, "--timezone": self.timezone, "--language": self.languages}
        return [option for option, value in missing.items() if not value]


def draft_of(survey: SiteSurvey, articles: Sequence[Article], given: Given, *, now: datetime) -> Draft:
    """The file that follows from a survey in which articles were found; `articles` are those that were read."""
    assert survey.learnt is not None, "without articles there is nothing to write"
    learnt, choice = survey.learnt, choose(survey)
    host = urlsplit(survey.home).hostname or ""
    country = _country(given, host)
    zone, why = zone_of(country.value if country else None, survey.offset, now=now)
    languages, languages_from = _languages(survey, articles, given)
    return Draft(
        id=given.id or id_of(host),
        name=_name(survey, given, host),
        kind=_kind(given, host),
        country=country,
        languages=languages,
        languages_from=languages_from,
        timezone=_zone(given, zone, why),
        home=survey.home,
        article=Known(value=learnt.pattern, how=f"true of {learnt.matched} of the {learnt.seen} addresses seen"),
        choice=choice,
        aliases=_aliases(survey, choice),
        head=(f"Found by `readout source add {_spoken(survey.asked)}` on {now.date()}.",),
    )


def checked_from(draft: Draft, *, on: date, place: str) -> Draft:
    """The draft of a source that was seen to work."""
    return replace(draft, checked={"on": on.isoformat(), "from": place, "result": "ok"})


def id_of(host: str) -> str:
    """What a source of `host` is called: what is its own in its name."""
    bare = host.lower().removeprefix("www.").rstrip(".")
    labels = bare.split(".")
    if not bare.replace(".", "").isdigit():
        labels = [label for label in labels[:-1] if not _SHARED.match(label)] or labels
    key = re.sub(r"[^a-z0-9]+", "-", "-".join(labels)).strip("-")
    return key[:_LONGEST_ID].strip("-") or "source"


def _country(given: Given, host: str) -> Known | None:
    if given.country:
        return Known(value=given.country, how=_GIVEN)
    code = country_of(host)
    return Known(value=code, how=f"by its address, {host}") if code else None


def _zone(given: Given, zone: str | None, why: str) -> Known | None:
    if given.timezone:
        return Known(value=given.timezone, how=_GIVEN)
    return Known(value=zone, how=why) if zone else None


def _name(survey: SiteSurvey, given: Given, host: str) -> Known:
    named = (
        (given.name, _GIVEN),
        (survey.front.name if survey.front.name_from.startswith("the page's og") else None, survey.front.name_from),
        (survey.feed_name, "the title of its feed"),
        (survey.front.name, survey.front.name_from),
    )
    said = next(((_spoken(name), how) for name, how in named if name and _spoken(name)), None)
    return Known(value=said[0], how=said[1]) if said else Known(value=host, how="its address: it names itself nowhere")


def _kind(given: Given, host: str) -> Known:
    if given.kind:
        return Known(value=given.kind, how=_GIVEN)
    if _STATE.search(host):
        return Known(value=SourceKind.GOVERNMENT, how=f"by its address, {host}")
    if host.endswith(".int"):
        return Known(value=SourceKind.INTERGOVERNMENTAL, how=f"by its address, {host}")
    return Known(value=SourceKind.NEWSPAPER, how=f"A GUESS: {' | '.join(SourceKind)}")


def _languages(survey: SiteSurvey, articles: Sequence[Article], given: Given) -> tuple[tuple[str, ...], str]:
    if given.languages:
        return given.languages, _GIVEN
    read = tuple(dict.fromkeys(str(article.language) for article in articles if article.language))
    if read:
        return read, f"of the {len(articles)} articles read"
    return ((survey.front.language,), "by the page's own word") if survey.front.language else ((), "")


def _aliases(survey: SiteSurvey, choice: Choice) -> tuple[str, ...]:
    """Hosts with articles that neither home nor a place is on."""
    places = (survey.home, *(spot.url for spot in (*choice.discover, *choice.backfill)))
    known = {(urlsplit(url).hostname or "").removeprefix("www.") for url in places}
    hosts = (host.partition(":")[0] for host in (survey.learnt.hosts if survey.learnt else ()))
    return tuple(sorted({host for host in hosts if host not in known}))


# --- the text -------------------------------------------------------------------------------------------------------


def source_text(draft: Draft) -> str:
    """The file, which `readout.source_file` reads."""
    assert not draft.unknown, "what is not known is asked for first"
    rows = [
        _row("id", draft.id),
        _row("name", draft.name.value, draft.name.how),
        _row("kind", draft.kind.value, draft.kind.how),
        *_known_rows({"country": draft.country}),
        _row("languages", list(draft.languages), draft.languages_from),
        *_known_rows({"timezone": draft.timezone}),
        _row("home", draft.home),
        *([_row("aliases", list(draft.aliases), "other hosts with its articles")] if draft.aliases else ()),
        f"# What the address of an article looks like: {_spoken(draft.article.how)}.",
        _row("article", draft.article.value),
        *_places("discover", draft.choice.discover),
        *(_places("backfill", draft.choice.backfill) if draft.choice.backfill else ()),
        _row("enabled", True),
        f"checked = {_inline(draft.checked, dates=('on',)) if draft.checked else 'false'}",
    ]
    head = [f"# {_spoken(line)}" for line in draft.head]
    return "\n".join([*head, "[[source]]", *rows, ""])


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDraft:
    """The file of a source of which a feed alone is known; `facts` are kind, country, languages, timezone."""

    id: str
    name: str
    url: str
    home: str
    facts: Mapping[str, Known]
    note: str


def feed_source_text(draft: FeedDraft) -> str:
    """The file, which `readout.source_file` reads."""
    hosts = {site_of(urlsplit(address).hostname or "") for address in (draft.url, draft.home)}
    rows = [
        _row("id", draft.id),
        _row("name", _spoken(draft.name)),
        *_known_rows(draft.facts),
        _row("home", draft.home),
        "# Any page of its hosts: narrow it to articles once you have seen some.",
        _row("article", "|".join(host_pattern(host) for host in sorted(hosts))),
        f"discover = [{_inline({'type': 'feed', 'url': draft.url})}]",
        _row("enabled", True),
        _row("checked", False),
        _row("note", draft.note),
    ]
    return "\n".join(["[[source]]", *rows, ""])


def _known_rows(facts: Mapping[str, Known | None]) -> Iterator[str]:
    for key, known in facts.items():
        if known:
            yield _row(key, [known.value] if key == "languages" else known.value, known.how)


def _row(key: str, value: Any, how: str = "") -> str:
    return f"{key} = {toml_value(value)}{f'  # {_spoken(how)}' if how else ''}"


def _places(key: str, spots: Sequence[Spot]) -> Iterator[str]:
    yield f"{key} = ["
    for spot in spots:
        yield f"    {_inline({'type': str(spot.kind), 'url': spot.url, **spot.entry})},  # {_spoken(spot.how)}"
    yield "]"


def _inline(table: Mapping[str, str], dates: Sequence[str] = ()) -> str:
    pairs = (f"{key} = {value if key in dates else toml_value(value)}" for key, value in table.items())
    return f"{{ {', '.join(pairs)} }}"


def _spoken(text: str) -> str:
    """Text from outside as a name or a comment may hold it."""
    return clean_line(text)[: _LONGEST_NAME * 3].strip()
