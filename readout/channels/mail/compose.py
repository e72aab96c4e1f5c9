"""An alert as a mail: text first, HTML second, headers that no title can forge.

It must not send anything, nor name a recipient that the watch did not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from functools import cache

import jinja2
from css_inline import CSSInliner

from readout.channels.channel import OutgoingMessage
from readout.channels.mail.letter import SUBJECT_LIMIT, write_letter
from readout.channels.mail.words import english
from readout.config import Mail


class _Wire(policy.EmailPolicy):
    """Subjects as they are meant: the library leaves the first line of some empty, and doubles spaces in others."""

    def fold(self, name: str, value: str) -> str:
        if name != "Subject":
            return str(super().fold(name, value))
        plain = value.isascii() and len(value) <= SUBJECT_LIMIT
        wire = value if plain else Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {wire}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


# Seven bits throughout: any server takes it, and nothing rewrites it on the way.
WIRE = _Wire(linesep="\r\n", cte_type="7bit")

NO_DOMAIN = "readout.invalid"

_THREAD = ("In-Reply-To", "References")
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "MIME-Version", "Content-Type")


def compose(message: OutgoingMessage, mail: Mail) -> EmailMessage:
    """The mail about `message`'s meeting to its alert's recipient; `seal` it before it leaves."""
    letter = write_letter(message)
    watch = message.alert.watch_names[0] if message.alert.watch_names else "readout"
    return _built(
        mail,
        to=message.alert.recipient,
        subject=letter.subject,
        message_id=message.alert.message_id,
        follows=message.follows,
        list_name=watch,
        now=message.now,
        template="alert",
        values={"letter": letter, "words": letter.words},
    )


def compose_test(mail: Mail, to: str, now: datetime) -> EmailMessage:
    """A mail that says that mail arrives."""
    return _built(
        mail,
        to=to,
        subject="Readout: a test message",
        message_id=f"<test-{hashlib.sha256(f'{to}{now.isoformat()}'.encode()).hexdigest()[:32]}@{domain_of(mail)}>",
        list_name="test",
        now=now,
        template="test",
        values={"to": to, "words": english()},
    )


def seal(message: EmailMessage, *, to: str) -> bytes:
    """The bytes of `message`, read as a stranger will: each header once, none of another's making, one recipient.

    What answers an earlier mail has both headers that say so.

    Raises ValueError when they do not read back as what was meant.
    """
    content = message.as_bytes()
    read = BytesHeaderParser(policy=policy.default).parsebytes(content)
    meant = _HEADERS + (_THREAD if message["In-Reply-To"] else ())
    if sorted(name.lower() for name in read) != sorted(name.lower() for name in meant):
        raise ValueError(f"headers of the built message: {', '.join(read)}")
    if [address.addr_spec for address in read["To"].addresses] != [to]:
        raise ValueError(f"recipient of the built message: {read['To']}")
    return content


def sender_of(mail: Mail) -> Address:
    """Who the mails are from. Raises ValueError when ``mail.from`` is no address."""
    name, address = parseaddr(mail.sender)
    return Address(display_name=name or "Readout", addr_spec=address)


def domain_of(mail: Mail) -> str:
    """The domain that Message-IDs and List-Ids end in: the sender's, if it is one of the internet's."""
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    return domain if "." in domain and domain.isascii() else NO_DOMAIN


def _built(
    mail: Mail,
    *,
    to: str,
    subject: str,
    message_id: str,
    list_name: str,
    now: datetime,
    template: str,
    values: Mapping[str, object],
    follows: str | None = None,
) -> EmailMessage:
    message = EmailMessage(policy=WIRE)
    message["From"] = sender_of(mail)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = now
    message["Message-ID"] = message_id
    for name in _THREAD if follows else ():
        message[name] = follows
    message["List-Id"] = _list_id(list_name, domain_of(mail))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(_templates().get_template(f"{template}.txt.j2").render(values))
    html = _templates().get_template(f"{template}.html.j2").render(values)
    message.add_alternative(_inliner().inline(html), subtype="html")
    return message


def _list_id(name: str, domain: str) -> str:
    """RFC 2919: the watch's name for people, and a name made of it for filters."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    spoken = re.sub(r"[^A-Za-z0-9 _.-]+", " ", name).strip()[:60]
    return f'"{f"Readout {spoken}".strip()}" <{slug or "watch"}-{digest}.{domain}>'


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("readout.channels.mail"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> CSSInliner:
    """Styles go onto the elements, since many readers drop style sheets; the rules for dark screens stay beside."""
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
