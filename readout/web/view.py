"""How a page looks to whoever asks: in which language and zone, under which address, with what they may do.

It must not look a meeting up: pages do, and hand over what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Annotated
from urllib.parse import quote, urlencode
from zoneinfo import available_timezones

from fastapi import Depends, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse

from readout.channels.mail.saying import Saying
from readout.channels.mail.words import words_in as mail_words_in
from readout.web.form import MARK
from readout.web.key import Role, Visitor
from readout.web.page import page, sheet
from readout.web.site import Served, Site
from readout.web.visitor import Visiting
from readout.web.words import ENGLISH, Words, languages, words_in

MENU = ("meetings", "calendar", "bodies", "people", "review", "sources", "why", "watches", "outbox")
"""The pages that every page leads to, by their names in the words."""
_PATHS = {"meetings": "/"}
LANGUAGE, ZONE = "language", "zone"
"""The cookies that hold what a visitor chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page's way of saying and pointing. `root` stands before our paths, `asked` is the path and query asked for;
    `is_secure`: it is asked by https, as far as we know."""

    site: Site
    visitor: Visitor
    words: Words
    saying: Saying
    root: str
    asked: str
    is_secure: bool = False

    @property
    def may_change(self) -> bool:
        """Whether forms that change things are shown."""
        return self.visitor.role is Role.EDITOR

    @property
    def zone(self) -> str:
        """The name of the zone that times are said in."""
        return self.saying.timezone

    @property
    def today(self) -> date:
        """The day it is where the reader is."""
        return self.saying.day_of(self.site.now())

    def url(self, path: str, /, **query: object) -> str:
        """The address of a page of ours; parts of the query that are None or empty are left out."""
        said = {name: str(value) for name, value in query.items() if value not in (None, "")}
        return self.root + quote(path, safe="/~") + (f"?{urlencode(said)}" if said else "")

    def moment(self, moment: datetime) -> str:
        """When, in the reader's zone."""
        return self.saying.moment(moment)

    def in_zone(self, zone: str) -> Saying:
        """How facts are said to somebody in another zone."""
        return replace(self.saying, timezone=zone)

    def page(self, template: str, *, title: str, here: str = "", status: int = 200, **values: object) -> HTMLResponse:
        """The page of that template, `title` in our words or its content's; `here`: which of the menu it is of."""
        fixed = {
            "view": self,
            "t": self.words,
            "say": self.saying,
            "url": self.url,
            "language": self.words.code,
            "title": title,
            "here": here,
            "menu": [(name, self.url(_PATHS.get(name, f"/{name}"))) for name in MENU],
            "languages": [(code, words_in(code)("site.name")) for code in languages()],
            "sheet": self.url(f"/style/{sheet()[0]}"),
            "signed": self._signed,
        }
        return page(template, status=status, **fixed | values)

    def _signed(self) -> Markup:
        """What every form of ours carries."""
        field = Markup('<input type="hidden" name="{}" value="{}">')
        return field.format(MARK, self.site.keys.mark(self.visitor))

    def see(self, path: str, /, **query: object) -> RedirectResponse:
        """After a change: the page on which it is seen, by GET."""
        return RedirectResponse(self.url(path, **query), 303)


def _view(request: Request, site: Served, visitor: Visiting) -> View:
    chosen = request.cookies
    language = chosen.get(LANGUAGE) or _spoken(request.headers.get("accept-language", ""))
    words = words_in(language)
    zone = chosen.get(ZONE, "")
    mail_words = mail_words_in(words.code)
    saying = Saying(mail_words, site.names.said_in(mail_words.code), zone if zone in zones() else "UTC")
    # what was sent cannot be asked for
    asked = (
        request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else "/"
    )
    return View(
        site=site,
        visitor=visitor,
        words=words,
        saying=saying,
        root=site.root(request.headers),
        asked=asked,
        is_secure=site.is_secure(request.headers),
    )


Viewed = Annotated[View, Depends(_view)]
"""How the page looks to whoever asks, as a page's argument."""


@cache
def zones() -> tuple[str, ...]:
    """The zones that may be chosen, by name."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def _spoken(accepted: str) -> str:
    """The first language of an Accept-Language header that the pages speak (RFC 9110, 12.5.4); its weights decide."""
    weighed = sorted((_weighed(part) for part in accepted[:500].split(",")), key=lambda pair: -pair[0])
    return next((code for weight, code in weighed if weight > 0 and code in languages()), ENGLISH)


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";q=")
    try:
        return float(weight or 1), name.strip().partition("-")[0].lower()
    except ValueError:
        return 0, ""
