"""What is to be done first where Readout was just installed: shown on the first page until it is done.

It must not do any of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from readout.section import Mail
from readout.storage.source_log import is_anything_crawled
from readout.storage.watches import list_watches
from readout.watch_row import EMAIL
from readout.web.view import View


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its name in the words, where it is taken, and whether it was."""

    name: str
    path: str
    done: bool


def first_steps(connection: Connection, view: View) -> tuple[Step, ...]:
    """The steps, done or not; none once all of them are."""
    watches = list_watches(connection)
    # whoever is told by other channels alone needs no mail server
    needs_mail = not watches or any(watch.channel == EMAIL for watch in watches)
    steps = (
        Step("watch", view.url("/watches/new"), bool(watches)),
        Step("sources", view.url("/sources"), is_anything_crawled(connection)),
        Step("mail", view.url("/outbox/test"), _has_mail(view.site.config.mail) or not needs_mail),
    )
    return () if all(step.done for step in steps) else steps


def _has_mail(mail: Mail) -> bool:
    """Whether somebody said who takes our mail, or from whom it is."""
    unsaid = Mail()
    return (mail.host, mail.port, mail.sender) != (unsaid.host, unsaid.port, unsaid.sender)
