"""Under which names, in which words and at which addresses lists of meetings are handed to programs.

It must not choose meetings.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.datastructures import Headers

from readout.channels.mail.saying import Saying
from readout.channels.mail.words import words_in as mail_words_in
from readout.exports.entry import Publisher
from readout.web.view import View
from readout.web.words import ENGLISH, languages

FEEDS = ("atom", "rss", "json")


def saying_in(view: View, language: str, timezone: str | None = None) -> Saying:
    """How facts are said in `language`, or where we do not speak it as the view says them."""
    if language not in languages():
        return view.saying
    words = mail_words_in(language)
    return Saying(words, view.site.names.said_in(words.code), timezone or view.zone)


def publisher_of(view: View, headers: Headers, saying: Saying) -> Publisher:
    """We, as whoever asks so reaches us."""
    return Publisher(store=view.site.store, saying=saying, root=view.site.origin(headers))


def addresses(view: View, text: str) -> Mapping[str, str]:
    """Where the meetings that the query `text` asks for are to be had in each form, by its name: for a page's links.

    They are in the page's language.
    """
    lang = view.words.code if view.words.code != ENGLISH else None
    feeds = {form: view.url(f"/feed/meetings.{form}", q=text, lang=lang) for form in FEEDS}
    rows = {form: view.url(f"/export/meetings.{form}", q=text) for form in ("csv", "jsonl")}
    return feeds | {"ics": view.url("/calendar.ics", q=text, lang=lang)} | rows


def address(path: str, **query: str) -> str:
    """A path of ours with a query; parts of it that are empty are left out."""
    said = {name: value for name, value in query.items() if value}
    return path + (f"?{urlencode(said)}" if said else "")
