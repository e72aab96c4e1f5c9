"""An alert, a digest or a notice as a mail: text first, HTML second, headers that no title can forge.

It must not send anything, nor name a recipient that the watch did not.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache
from urllib.parse import quote

import jinja2
from css_inline import CSSInliner

from readout.channels.channel import ChannelDown, OutgoingMessage
from readout.channels.mail.clean import body_text, header_text, is_mail_address, is_one_click, stop_link
from readout.channels.mail.letter import write_letter
from readout.channels.mail.notice import write_notice
from readout.channels.mail.roundup import write_roundup
from readout.channels.mail.wire import WIRE
from readout.channels.mail.words import english
from readout.config import Mail
from readout.model import AlertKind
from readout.section import NO_DOMAIN

_WIDTH = 76

# A name of the internet's as RFC 1123 has it, of two labels at least.
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a mail says: a subject, and the templates of this name filled with `values`."""

    subject: str
    template: str
    values: Mapping[str, object]


def compose(message: OutgoingMessage, mail: Mail) -> EmailMessage:
    """`message` as the mail to its alert's recipient; it is sealed before it leaves."""
    alert = message.alert
    built = _headed(mail, alert.recipient, _list_name(message), message.now, alert.message_id)
    for name, value in (*_thread(message), *_ways_out(message, mail)):
        built[name] = value
    return _filled(built, _CONTENT[alert.kind](message))


def sender_of(mail: Mail) -> Address:
    """Who the mails are from. Raises ChannelDown when ``mail.from`` is no address, which is no message's fault."""
    name, address = parseaddr(mail.sender)
    if not is_mail_address(address):
        raise ChannelDown(f"mail.from is no address: {mail.sender}")
    return Address(display_name=name or "Readout", addr_spec=address)


def domain_of(mail: Mail) -> str:
    """The domain that Message-IDs and List-Ids end in: the sender's, if it is one of the internet's."""
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    return domain if _DOMAIN.fullmatch(domain) else NO_DOMAIN


# --- what is said -------------------------------------------------------------------------------------------------


def _alert(message: OutgoingMessage) -> _Content:
    letter = write_letter(message)
    return _Content(letter.subject, "alert", {"letter": letter, "words": letter.words})


def _digest(message: OutgoingMessage) -> _Content:
    roundup = write_roundup(message)
    return _Content(roundup.subject, "digest", {"roundup": roundup, "words": roundup.words})


def _notice(message: OutgoingMessage) -> _Content:
    """A notice, or a trial."""
    notice = write_notice(message.alert)
    return _Content(notice.subject, message.alert.kind, {"notice": notice, "words": english()})


_CONTENT: Mapping[AlertKind, Callable[[OutgoingMessage], _Content]] = {
    AlertKind.FIRST: _alert,
    AlertKind.UPDATE: _alert,
    AlertKind.DIGEST: _digest,
    AlertKind.NOTICE: _notice,
    AlertKind.TEST: _notice,
}


# --- headers ------------------------------------------------------------------------------------------------------

# The lists of what no watch sends.
_NAMES = {AlertKind.NOTICE: "notices", AlertKind.TEST: "test"}


def _headed(mail: Mail, to: str, list_name: str, now: datetime, message_id: str) -> EmailMessage:
    built = EmailMessage(policy=WIRE)
    built["From"] = str(sender_of(mail))
    built["To"] = to
    built["Date"] = format_datetime(now)
    built["Message-ID"] = message_id
    built["List-Id"] = _list_id(list_name, domain_of(mail))
    built["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    return built


def _list_name(message: OutgoingMessage) -> str:
    """What readers sort their mail by: the watch that sends it, which the first link stops."""
    if message.alert.kind in _NAMES:
        return _NAMES[message.alert.kind]
    if message.stops:
        return message.stops[0].watch
    return message.alert.watch_names[0] if message.alert.watch_names else "readout"


def _list_id(name: str, domain: str) -> str:
    """RFC 2919: the watch's name for people, and a name made of it for filters."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-")
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    spoken = re.sub(r"[^A-Za-z0-9 _.-]+", " ", name).strip()[:60]
    return f'"{f"Readout {spoken}".strip()}" <{slug or "watch"}-{digest}.{domain}>'


def _thread(message: OutgoingMessage) -> Iterator[tuple[str, str]]:
    """What makes an update stand under the mail that first told of its meeting."""
    if message.follows:
        yield "In-Reply-To", message.follows
        yield "References", message.follows


def _ways_out(message: OutgoingMessage, mail: Mail) -> Iterator[tuple[str, str]]:
    """How a mailbox offers to stop the mails of the list that this one is of (RFC 2369 §3.2, RFC 8058): by our page, by
    writing to the operator."""
    if message.alert.kind in _NAMES:
        return
    link = stop_link(message.stops[0].url) if message.stops else None
    ways = [f"<{way}>" for way in (link, _letter_to_operator(message, mail)) if way]
    if ways:
        yield "List-Unsubscribe", ", ".join(ways)
    if link and is_one_click(link):
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _letter_to_operator(message: OutgoingMessage, mail: Mail) -> str | None:
    """RFC 6068: a mail that asks the operator to leave this reader out."""
    operator = parseaddr(mail.operator or "")[1]
    if not is_mail_address(operator):
        return None
    wish = header_text(f"Stop {_list_name(message)} for {message.alert.recipient}", 200)
    return f"mailto:{quote(operator, safe='@')}?subject={quote(wish, safe='')}"


# --- building -----------------------------------------------------------------------------------------------------


def _filled(built: EmailMessage, content: _Content) -> EmailMessage:
    built["Subject"] = content.subject
    text = _rendered(f"{content.template}.txt.j2", content)
    html = _inliner().inline(_rendered(f"{content.template}.html.j2", content))
    built.set_content(text)
    # "=_" cannot stand in what is encoded (RFC 2045 §6.7), nor its own hash in any text
    built.make_alternative(boundary=f"=_{hashlib.sha256(f'{text}{html}'.encode()).hexdigest()[:40]}")
    built.add_alternative(html, subtype="html", cte="base64")  # read by programs alone, and much faster written
    return built


def _rendered(template: str, content: _Content) -> str:
    """What came in is cleaned where it came in; this is for what nobody thought of."""
    return body_text(_templates().get_template(template).render(content.values))


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("readout.channels.mail"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


@lru_cache(maxsize=256)  # the many readers of one meeting get the same lines
def _wrapped(text: str, indent: int = 0) -> str:
    """`text` in lines of `_WIDTH`, with an indent that the first has already; a longer word, or link, stays whole."""
    width = _WIDTH - indent
    if len(text) <= width:
        return text
    return f"\n{' ' * indent}".join(textwrap.wrap(text, width, break_long_words=False))


@cache
def _inliner() -> CSSInliner:
    """Styles go onto the elements, since many readers drop style sheets; the rules for dark screens stay beside."""
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
