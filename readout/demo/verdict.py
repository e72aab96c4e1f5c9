"""Whether a run of the demonstration found what a careful reader would: every difference in a sentence.

It must not run or print anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readout.demo.sink import Received
from readout.demo.web import Expected, Web

Row = dict[str, Any]
_FACTS = ("session_number", "city", "start_date", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a run left: rows of `readout export meetings` and `readout alerts list`, and the mails that arrived.

    `addresses` has the URL of every story by its key; `languages` are those that meetings are recognised in.
    """

    languages: Collection[str]
    addresses: Mapping[str, str]
    meetings: Sequence[Row]
    alerts: Sequence[Row]
    mails: Sequence[Received]

    def stories(self, meeting: Row) -> set[str]:
        """The keys of the stories under a meeting."""
        urls = {report["url"] for report in meeting["reports"]}
        return {key for key, url in self.addresses.items() if url in urls}


def differences(web: Web, findings: Findings) -> list[str]:
    """What is missing, wrong or too much; empty when all went as it should."""
    homes = {expected.key: home for expected in web.meetings if (home := _home(expected, findings)) is not None}
    return [
        *(fault for expected in web.meetings for fault in _faults(expected, homes.get(expected.key))),
        *_losses(web, homes, findings),
        *_strays([home["id"] for home in homes.values()], findings),
        *_mail_faults(web, homes, findings),
    ]


def _home(expected: Expected, findings: Findings) -> Row | None:
    """The meeting under which most of the expected stories stand."""
    told = {row["id"]: len(findings.stories(row) & set(expected.stories)) for row in findings.meetings}
    best = max(findings.meetings, key=lambda row: told[row["id"]], default=None)
    return best if best is not None and told[best["id"]] else None


def _faults(expected: Expected, home: Row | None) -> Iterator[str]:
    if home is None:
        yield f"{expected.key} was not found"
        return
    body = (home["body"] or {}).get("id")
    if body != expected.body:
        yield f"{expected.key}: the body is {body}, not {expected.body}"
    for name in _FACTS:
        wanted = getattr(expected, name)
        if wanted is not None and str(home[name]) != str(wanted):
            yield f"{expected.key}: {name} is {home[name]}, not {wanted}"


def _losses(web: Web, homes: Mapping[str, Row], findings: Findings) -> Iterator[str]:
    """The stories in a language Readout knows that do not stand under their meeting."""
    for _, story in web.stories():
        home = homes.get(story.meeting or "")
        if home and story.language[:2] in findings.languages and story.key not in findings.stories(home):
            yield f"{story.meeting}: {story.key} does not stand under it"


def _strays(homes: Collection[int], findings: Findings) -> Iterator[str]:
    for number, count in Counter(homes).items():
        if count > 1:
            yield f"{count} meetings were taken for one, M{number}"
    for row in findings.meetings:
        if row["id"] not in homes:
            yield f"M{row['id']} should not be there: {', '.join(sorted(findings.stories(row)))}"


def _mail_faults(web: Web, homes: Mapping[str, Row], findings: Findings) -> Iterator[str]:
    arrived = Counter(str(mail.message["Message-ID"]) for mail in findings.mails)
    wanted = 0
    for wish in web.watches:
        for key in wish.hears_of:
            wanted += 1
            sent = [row["message_id"] for row in findings.alerts if _is_for(row, wish.to, homes.get(key))]
            copies = sum(arrived[message_id] for message_id in sent)
            if copies != 1:
                yield f"{wish.to} got {copies} mails about {key}"
    if len(findings.mails) != wanted:
        yield f"{len(findings.mails)} mails arrived, not {wanted}"


def _is_for(alert: Row, recipient: str, meeting: Row | None) -> bool:
    return meeting is not None and alert["meeting_id"] == meeting["id"] and alert["recipient"] == recipient
