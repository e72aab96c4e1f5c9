"""What an answer, or the lack of one, means for a link, in words a reader understands.

It must not look into a page.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import urlsplit

from scrapy import exceptions as scrapy_errors
from scrapy.exceptions import IgnoreRequest
from twisted.internet import error as twisted_errors

from readout.articles.pdf import PDF, is_pdf
from readout.model import Outcome, OutcomeKind


class Forbidden(IgnoreRequest):
    """The host's robots.txt does not allow this address."""


class Unpermitted(IgnoreRequest):
    """The host's robots.txt cannot be had, which means to stay away: it says nothing of the address."""


class TooLarge(IgnoreRequest):
    """Unpacked, the answer is larger than it may be."""


class Spoilt(IgnoreRequest):
    """An answer came, but not all of it, or packed as nobody can unpack: its text says how."""


class Postponed(IgnoreRequest):
    """Not now: the address stays to be visited by a later crawl."""


class Unable(Postponed):
    """We cannot ask as the source's file says, for a reason of our own: the whole crawl comes to nothing."""


GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""What a server answers that has no such page. A page that led elsewhere, or was closed to us, may be there."""

_FAILURES = (
    (
        re.compile("certificate verify failed|VerificationError|SubjectAltNameWarning|ERR_CERT_"),
        "its certificate is not to be trusted, or not for this name",
    ),
    (re.compile("HeadTooLarge"), "the headers of its answer are larger than they may be"),
    (re.compile("ParseError|BadResponseVersion"), "what it answered is not HTTP"),
)
"""What the words of a failed connection tell, and how it is said."""
_KEEPS_US_OUT = (401, 402, 403, 407, 451)
_HTML = ("text/html", "application/xhtml+xml")

_ERRORS: tuple[tuple[type[BaseException], OutcomeKind, str], ...] = (
    (Forbidden, OutcomeKind.REFUSED, "robots.txt does not allow it"),
    (TooLarge, OutcomeKind.UNSUPPORTED, "larger than a page may be, once unpacked"),
    (scrapy_errors.CannotResolveHostError, OutcomeKind.FAILED, "its host has no public address, or none at all"),
    (scrapy_errors.DownloadConnectionRefusedError, OutcomeKind.FAILED, "its host refused the connection"),
    (scrapy_errors.DownloadTimeoutError, OutcomeKind.FAILED, "no whole answer came in time"),
    (scrapy_errors.DownloadCancelledError, OutcomeKind.UNSUPPORTED, "larger than a page may be"),
    (scrapy_errors.ResponseDataLossError, OutcomeKind.FAILED, "the connection broke in the middle of the answer"),
    (scrapy_errors.UnsupportedURLSchemeError, OutcomeKind.UNSUPPORTED, "led to an address that is not of the web"),
    (scrapy_errors.NotSupported, OutcomeKind.UNSUPPORTED, "led to an address that is not of the web"),
    (scrapy_errors.DownloadFailedError, OutcomeKind.FAILED, "the connection failed"),
    (twisted_errors.ConnectError, OutcomeKind.FAILED, "no connection could be made"),
    (twisted_errors.ConnectionClosed, OutcomeKind.FAILED, "the connection was closed without an answer"),
)

NETWORK_ERRORS: tuple[type[BaseException], ...] = (
    *(sort for sort, _, _ in _ERRORS),
    IgnoreRequest,
    ValueError,  # the libraries' word for an address that is none: a redirect may lead to any
)
"""What may come of asking a hostile web. Anything else is a fault of our own."""


def fate_of_status(status: int) -> Outcome | None:
    """What the answer's status alone decides; None: there is a page to look at."""
    if status in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
        return None
    if status == HTTPStatus.NOT_MODIFIED:
        return Outcome(kind=OutcomeKind.UNCHANGED, reason="the server says it has not changed")
    if 300 <= status < 400:
        reason = f"the server answered {status}{_phrase(status)}, but with no address of the web"
        return Outcome(kind=OutcomeKind.FAILED, reason=reason)
    kind = OutcomeKind.REFUSED if status in _KEEPS_US_OUT else OutcomeKind.FAILED
    return Outcome(kind=kind, reason=f"the server answered {status}{_phrase(status)}")


def fate_of_address(asked: str, answered: str, home: str) -> Outcome | None:
    """What it means where a redirect led; None: not to the site's front page, which tells nothing of the one asked."""
    front = {urlsplit(home).path.strip("/"), ""}
    place = urlsplit(answered)
    if answered == asked or place.query or place.path.strip("/") not in front:
        return None
    return Outcome(kind=OutcomeKind.FAILED, reason="it redirects to the front page")


def fate_of_content(content_type: str, body: bytes) -> Outcome | None:
    """What kind and size decide; None: it is HTML or a PDF, or says nothing of itself and looks like HTML."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body.strip():
        return Outcome(kind=OutcomeKind.FAILED, reason="the server answered with an empty page")
    if kind in (*_HTML, PDF) or is_pdf(body) or (not kind and body.lstrip()[:1] == b"<"):
        return None
    reason = f"{kind or 'data of no named kind'} is not read, only HTML and PDF"
    return Outcome(kind=OutcomeKind.UNSUPPORTED, reason=reason)


def fate_of_error(error: BaseException) -> Outcome:
    """What it means that no answer came. The words of an unknown error follow its name."""
    text = str(error)
    if isinstance(error, scrapy_errors.DownloadFailedError):
        for said, reason in _FAILURES:
            if said.search(text):
                return Outcome(kind=OutcomeKind.FAILED, reason=reason)
    for sort, kind, reason in _ERRORS:
        if isinstance(error, sort):
            return Outcome(kind=kind, reason=reason)
    if isinstance(error, IgnoreRequest):
        reason = "it redirects without end" if "max redirections" in text else text
        return Outcome(kind=OutcomeKind.FAILED, reason=reason)
    if isinstance(error, ValueError):  # whose words repeat the address, and what name and password stand in it
        return Outcome(kind=OutcomeKind.FAILED, reason="it leads to what is no address of the web")
    return Outcome(kind=OutcomeKind.FAILED, reason=f"{type(error).__name__}: {text}"[:300])


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
