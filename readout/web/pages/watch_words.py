"""How a watch is said on pages: what it asks for, when it tells, why it spoke up.

It must not look a watch up.
"""

from __future__ import annotations

from collections.abc import Mapping

from readout.channels.mail.saying import line
from readout.model import Watch
from readout.watch_row import watch_row
from readout.watching import AT_ONCE, SEARCHED, Filter, Query, Term
from readout.web.view import View


def query_in_words(query: Query, view: View) -> str:
    """What it hears of: "country: Kazakhstan; not status: planned"."""
    return line("; ".join(_term(term, view) for term in query.terms)) or view.words("watches.everything")


def _term(term: Term, view: View) -> str:
    says = view.saying.words.filter.get(term.filter, term.filter)
    values = str(view.words("watches.or")).join(_value(term, value, view) for value in term.values)
    return f"{view.words('watches.not') if term.is_not else ''}{says}: {values}"


def _value(term: Term, value: str, view: View) -> str:
    if term.filter in SEARCHED:
        return value
    bodies = view.saying.names.bodies if term.filter is Filter.BODY else {}
    return bodies.get(value) or view.saying.matched(term.filter, value)


def because(matched: Mapping[str, str], view: View) -> str:
    """Why it spoke up, by filter."""
    names, say = view.saying.words.filter, view.saying.matched
    found = (f"{names.get(name, line(name))}: {say(name, what)}" for name, what in matched.items())
    return "; ".join(found) or view.words("watches.everything")


def told_in_words(watch: Watch, view: View) -> str:
    """When it tells, in which language where that is not English, and whether also what changes."""
    row, words = watch_row(watch), view.words
    how = "weekly" if row["on"] else row["digest"] or "at_once"
    told = words(f"told.{how}", at=row["at"], day=words(f"weekday.{row['on']}") if row["on"] else "").striptags()
    parts = [told]
    if row["heartbeat"]:
        parts.append(words("watches.heartbeat_said"))
    if row["quiet"]:
        parts.append(words("watches.quiet_said", hours=row["quiet"]).striptags())
    if row["digest"] or row["quiet"]:
        parts.append(row["tz"])
    if row["language"] != AT_ONCE.language:
        parts.append(view.saying.language(row["language"]))
    if row["updates"]:
        parts.append(words("watches.updates_said"))
    return ", ".join(map(str, parts))
