"""When an article was published: of all that its link, its source's rules and its page say, what is to be believed.

It must not prefer a wrong date to none: a day without a year, a clock without a day and a day in a page's frame count
only where nothing else can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice

from htmldate import find_date
from lxml.html import HtmlElement

from readout.articles.date_format import Numbers
from readout.articles.selection import select
from readout.articles.timestamp import Moment, is_believable, read_moment, settle
from readout.articles.told_date import above_headline, byline, sentence_day
from readout.articles.worded_date import LONGEST, Stated, moment_of, read_stated, read_worded, stated_by
from readout.date_origin import DateOrigin
from readout.model import Link
from readout.site_rules import DateRules

Dated = tuple[Moment, DateOrigin]

# A day without a year is one of the last weeks, on a page that was just found; older ones are told with their year.
_YEARLESS_WITHIN = timedelta(days=90)
# The first sentence tells of the article's own day or of one not long before: what is older is history.
_TOLD_WITHIN = timedelta(days=180)
_CLOCKS_DIFFER_BY = timedelta(minutes=10)
_MOST_SELECTED = 5
_DIGITS = 4  # of a year
# What a page says of a change, of its copyright or its end is no day of publication.
_OF_ANOTHER_DAY = re.compile(r"modif|updat|revis|last|expir|copyright|unavailable|event|start|end", re.IGNORECASE)
_TWO_READINGS = re.compile(r"\s*\d{1,2}([/-])\d{1,2}\1\d{4}\b")
_MOST_DATED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the dates of a page are understood by: its link and source, and the visit.

    `new_at`: when the link was first seen, if it was found as something new at a place known before; None: the page
    may be of any age.
    """

    link: Link
    fetched_at: datetime
    zone: tzinfo
    rules: DateRules
    new_at: datetime | None = None

    @property
    def today(self) -> date:
        """The day of the visit, where the source is."""
        return self.fetched_at.astimezone(self.zone).date()

    @property
    def new_on(self) -> date | None:
        """The day of `new_at`, where the source is."""
        return self.new_at.astimezone(self.zone).date() if self.new_at else None

    def settled(self, stated: Stated) -> Moment | None:
        """What is stated as a moment to be believed; None where year or day are missing and not beyond doubt."""
        moment = moment_of(stated, stated.whole_day or self._day_of(stated), self.zone)
        return moment if moment and is_believable(moment, self.fetched_at) else None

    def _day_of(self, stated: Stated) -> date | None:
        if self.new_on is None or stated.year is not None:
            return None
        if stated.day is not None:
            days = (stated.in_year(self.new_on.year - back) for back in (0, 1))
            past = next((day for day in days if day and day <= self.new_on), None)
            return past if past and self.new_on - past <= _YEARLESS_WITHIN else None
        shown = moment_of(stated, self.today, self.zone)
        is_past = shown is not None and shown.at <= self.fetched_at + _CLOCKS_DIFFER_BY
        return self.today if is_past and self.new_on == self.today else None


def page_date(
    tree: HtmlElement, url: str, claims: Sequence[tuple[str, DateOrigin]], setting: Setting
) -> tuple[Dated | None, tuple[str, ...]]:
    """What link, rules and page say, the most trusted first, and the keys of the rules that found nothing.

    Where the first sentence is to be asked, what is less trusted is left to whoever has the text: `told_date`.
    """
    shown = shown_date(tree, setting)
    said = (*claimed_dates(claims, setting), *((shown,) if shown else ()))
    if linked := linked_date(setting, said):
        return linked, ()
    ruled, missed = ruled_date(tree, url, setting, said)
    if ruled or setting.rules.first_sentence:
        return ruled or _above_date(tree, setting), missed
    if said:
        moment, origin = said[0]
        return (_timed(moment, said), origin), missed
    # Where a rule is needed the page leads a search astray.
    return None if missed else searched_date(tree, setting), missed


def claimed_dates(claims: Iterable[tuple[str, DateOrigin]], setting: Setting) -> Iterator[Dated]:
    """The page's own claims to machines that can be believed, the most trusted first."""
    for text, origin in claims:
        moment = read_moment(text, setting.zone)
        if moment and is_believable(moment, setting.fetched_at):
            yield moment, origin


def linked_date(setting: Setting, claimed: Iterable[Dated]) -> Dated | None:
    """The date that stood beside the link; a day alone takes the time that the page says of that day."""
    link = setting.link
    beside = settle(link.published, setting.zone, day_only=link.published_day_only) if link.published else None
    if beside is None or not is_believable(beside, setting.fetched_at):
        return None
    return _timed(beside, claimed), DateOrigin.LINK


def ruled_date(
    tree: HtmlElement, url: str, setting: Setting, claimed: Iterable[Dated]
) -> tuple[Dated | None, tuple[str, ...]]:
    """The date by the source's selector, else by the address of the page, and the keys of the rules that found none.

    A day alone takes the time that the page says of that day, a clock alone the day of the address.
    """
    rules = setting.rules
    selected = _selected(tree, setting) if rules.css else None
    addressed = _addressed(url, setting) if rules.url else None
    found = {"date.css": (rules.css, selected), "url_date": (rules.url, addressed)}
    missed = tuple(key for key, (rule, what) in found.items() if rule and what is None)
    if selected and addressed and selected.day is None:
        selected = Stated(year=addressed.year, month=addressed.month, day=addressed.day, clock=selected.clock)
    for stated, origin in ((selected, DateOrigin.SELECTOR), (addressed, DateOrigin.ADDRESS)):
        if stated and (moment := setting.settled(stated)):
            return (_timed(moment, claimed), origin), missed
    return None, missed


def told_date(text: str, language: str | None, setting: Setting, beside: Sequence[Stated] = ()) -> Dated | None:
    """The one day that the first sentence names; None where it names several, none for certain, or one long past.

    A time alone of those `beside` the headline is today's, and that of the day told if it is today.
    """
    stated = sentence_day(text, setting.rules.locale or language)
    moment = setting.settled(stated) if stated else None
    if moment is None or (setting.new_on and setting.new_on - moment.day > _TOLD_WITHIN):
        return None
    clocks = (setting.settled(other) for other in beside if other.day is None)
    return _timed(moment, [(clock, DateOrigin.BYLINE) for clock in clocks if clock]), DateOrigin.FIRST_SENTENCE


def shown_date(tree: HtmlElement, setting: Setting) -> Dated | None:
    """The one day that stands in words of any language between the headline and the article, else right above it."""
    below = list(byline(tree))
    above = _above_date(tree, setting)
    shown = _one_day(below, setting) if below else above
    return (_timed(shown[0], (above,)), shown[1]) if shown and above else shown


def _above_date(tree: HtmlElement, setting: Setting) -> Dated | None:
    found = _one_day(above_headline(tree), setting)
    return None if found and _is_of_the_frame(found[0].day, setting) else found


def _one_day(beside: Iterable[Stated], setting: Setting) -> Dated | None:
    moments = {moment for stated in beside if stated.day is not None and (moment := setting.settled(stated))}
    if len({moment.day for moment in moments}) != 1:
        return None
    timed = {moment for moment in moments if not moment.day_only}
    if len(timed) == 1:
        return timed.pop(), DateOrigin.BYLINE
    day = moments.pop().day
    plain = moment_of(Stated(), day, setting.zone)
    return (plain, DateOrigin.BYLINE) if plain else None


def searched_date(tree: HtmlElement, setting: Setting) -> Dated | None:
    """The day that a search through the whole page finds; none where its dated elements are of several days, as lists
    of other stories are. Uses the tree's `meta` elements up."""
    if len(set(_days_marked(tree, setting))) > 1:
        return None
    moment = read_moment(_searched_day(tree, setting.fetched_at), setting.zone)
    return (moment, DateOrigin.HTMLDATE) if moment and not _is_of_the_frame(moment.day, setting) else None


def _days_marked(tree: HtmlElement, setting: Setting) -> Iterator[date]:
    """The days of the elements that a page marks as dates."""
    for element in islice(tree.xpath("//time | //*[contains(@class, 'date')][not(*)]"), _MOST_DATED):
        text = " ".join("".join(islice(element.itertext(), _MOST_SELECTED)).split())
        moment = read_moment(element.get("datetime"), setting.zone) or read_worded(text, (), None, setting.zone)
        if moment:
            yield moment.day


def _is_of_the_frame(day: date, setting: Setting) -> bool:
    """Of a day after the link was found, or that of the visit on a page of any age: what day it is today stands in many
    a page's frame."""
    return day > setting.new_on if setting.new_on else day >= setting.today


def _timed(moment: Moment, claimed: Iterable[Dated]) -> Moment:
    """A day alone with the first time that agrees with it."""
    if not moment.day_only:
        return moment
    return next((other for other, _ in claimed if not other.day_only and other.day == moment.day), moment)


def _selected(tree: HtmlElement, setting: Setting) -> Stated | None:
    """What the first element that says anything says: in its attributes, by the formats, in digits, in words."""
    rules = setting.rules
    for element in select(tree, rules.css or "")[:_MOST_SELECTED]:
        marked = element.get("datetime") or element.get("content")
        text = " ".join(element.text_content().split())[: LONGEST + 1]
        moment = read_moment(marked, setting.zone) or (None if rules.formats else read_moment(text, setting.zone))
        stated = _stated(moment, setting.zone) if moment else read_stated(text, rules.formats, rules.locale)
        if stated:
            return stated
    return None


def _stated(moment: Moment, zone: tzinfo) -> Stated:
    day, local = moment.day, moment.at.astimezone(zone)
    return Stated(year=day.year, month=day.month, day=day.day, clock=None if moment.day_only else local.timetz())


def _addressed(url: str, setting: Setting) -> Stated | None:
    """The day, and perhaps the time, that the rule's groups find in the address."""
    found = re.search(setting.rules.url or "", url)
    if found is None:
        return None
    groups = found.groupdict().items()
    numbers = {name: int(value) for name, value in groups if value and value.isdecimal() and len(value) <= _DIGITS}
    return stated_by(
        Numbers(
            year=numbers.get("y"),
            month=numbers.get("m"),
            day=numbers.get("d"),
            hour=numbers.get("H"),
            minute=numbers.get("M"),
        )
    )


def _searched_day(tree: HtmlElement, fetched_at: datetime) -> str | None:
    """The day, in ISO 8601, that htmldate finds in places for dates; those of running text are mostly others' days.

    Scripts are kept from it, and what speaks of another day than that of publication: it would take them for want of
    better ones.
    """
    for element in tree.xpath("//meta"):
        names = (element.get(name) or "" for name in ("name", "property", "itemprop", "http-equiv"))
        if _OF_ANOTHER_DAY.search(" ".join(names)) or _TWO_READINGS.match(element.get("content") or ""):
            element.drop_tree()
    scripts = [(script, script.text) for script in tree.iter("script")]
    for script, _ in scripts:
        script.text = None
    found: str | None = None
    with suppress(ValueError, OverflowError):  # a page names a day that no calendar has, or an offset of 99 hours
        found = find_date(tree, extensive_search=False, original_date=True, max_date=fetched_at, min_date="1995-01-01")
    for script, text in scripts:
        script.text = text
    return found
