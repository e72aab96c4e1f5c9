"""An alert in a few plain lines, for chats and phones: no markup, nobody called out, one link to follow.

It must not find words of its own: it says what the mail says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readout.articles.clean import clean_line
from readout.channels.channel import Item, OutgoingMessage
from readout.channels.mail.clean import shortened
from readout.channels.mail.letter import Letter, write_letter
from readout.channels.mail.notice import write_notice
from readout.channels.mail.roundup import Roundup, write_roundup
from readout.model import AlertKind

_LONGEST = 2000
_LONGEST_LINE = 300
_LONGEST_LINK = 500
_LONGEST_TITLE = 120
_SAID = ("when", "where", "who")

# What calls people out (@everyone, <!channel>) or makes markup in one chat or another becomes a sign that looks alike.
_SIGNS = str.maketrans("@<>[]|*`", "＠‹›［］¦∗ʹ")
_SIGNS_OF_LINKS = {ord(sign): f"%{ord(sign):02X}" for sign in "@[]|*()"}


@dataclass(frozen=True, slots=True)
class Note:
    """A title, and a text of at most 2,000 characters."""

    title: str
    text: str


def write_note(message: OutgoingMessage) -> Note:
    """What `message` says in short."""
    match message.alert.kind:
        case AlertKind.NOTICE | AlertKind.TEST:
            notice = write_notice(message.alert)
            return _note(notice.subject, map(_plain, notice.lines))
        case AlertKind.DIGEST:
            roundup = write_roundup(message)
            return _note(roundup.subject, _roundup_lines(roundup))
        case _:
            letter = write_letter(message)
            return _note(letter.subject, _alert_lines(letter, message.items[0]))


def _alert_lines(letter: Letter, item: Item) -> Iterator[str]:
    yield _plain(letter.heading)
    yield _plain(letter.subheading)
    for change in letter.amended:
        before = f"{change.before} → " if change.before else ""
        new = "" if change.before else f" ({letter.words.label['new']})"
        yield _plain(f"{change.label}: {before}{change.after or letter.words.label['not_said_now']}{new}")
    labels = {letter.words.label[name] for name in _SAID}
    for row in letter.rows:
        if row.label in labels:
            said = "; ".join(line for block in row.blocks for line in block.lines)
            yield _plain(f"{row.label}: {said}{f' ({row.ruled})' if row.ruled else ''}")
    yield from _links(*(entry.link for entry in letter.entries))
    yield f"{letter.words.label['reports']}: {len(item.meeting.tellings)}"
    yield _plain(f"{letter.words.label['why']}: {'; '.join(letter.reasons)}")


def _roundup_lines(roundup: Roundup) -> Iterator[str]:
    yield _plain(roundup.flooded or "")
    for chapter in roundup.chapters:
        yield _plain(chapter.name)
        for brief in chapter.briefs:
            yield _plain(f"– {', '.join(filter(None, (brief.heading, brief.facts, *brief.marks)))}")
            yield from _links(brief.link)
    yield _plain(roundup.further or "")
    yield _plain(roundup.coverage or "")


def _links(*links: str | None) -> Iterator[str]:
    """The first that is there: of the best report, an official one before others."""
    yield from [link.translate(_SIGNS_OF_LINKS) for link in links if link and len(link) <= _LONGEST_LINK][:1]


def _plain(text: str) -> str:
    return shortened(clean_line(text).translate(_SIGNS), _LONGEST_LINE)


def _note(title: str, lines: Iterable[str]) -> Note:
    """As many whole lines as fit; the last says where there were more."""
    said: list[str] = []
    room = _LONGEST
    for line in filter(None, lines):
        room -= len(line) + 1
        if room < 2:
            said.append("…")
            break
        said.append(line)
    return Note(shortened(_plain(title), _LONGEST_TITLE), "\n".join(said))
