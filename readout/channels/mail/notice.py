"""What a notice tells the operator, as plain values for the templates.

It must not decide what is worth a notice, nor look at what went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from readout.articles.clean import clean_line
from readout.channels.mail.clean import SUBJECT_LIMIT, header_text, shortened
from readout.model import Alert

_BRAND = "Readout: "
_LINE_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """A subject, its `heading` without our name, and the lines under it."""

    subject: str
    heading: str
    lines: tuple[str, ...]


def write_notice(alert: Alert) -> Notice:
    """The notice that `alert` owes: its content's ``subject`` and ``lines``."""
    said = str(alert.content.get("subject", "")).removeprefix(_BRAND)
    heading = header_text(said, SUBJECT_LIMIT - len(_BRAND)) or "notice"
    lines = (shortened(clean_line(str(line)), _LINE_LIMIT) for line in alert.content.get("lines", ()))
    return Notice(_BRAND + heading, heading, tuple(line for line in lines if line))
