"""Three sites that grow between crawls, for tests that crawl them again and again.

Between the first phase and the third there are news in a window that moved on further than it is long, a feed that did
not change (304) and one whose server does not say so, a page that is edited, one meeting told by two sites, and links
that lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from readout.demo.server import Answer, Content, SiteServer
from tests.sites import LOOPBACK, configure, source, story
from tests.store import store_section

SITES = ("courier", "herald", "gazette")
PHASES = 3
_ATOM = "application/atom+xml"
_BORN = datetime(2024, 10, 6, 8, tzinfo=UTC)
_WINDOW = 6

_TOLD = {
    "courier": "<p>The {number}th session of the Council of Heads of Security Agencies and Special Services of the CIS "
    "was held in {city} on {day} October 2024. The director of the State Security Service took part in it.</p>"
    "<p>The participants discussed joint work against terrorism, drug trafficking and cybercrime.{more}</p>",
    "herald": "<p>On {day} October 2024, {city} hosted the {number}th session of the Council of Heads of Security "
    "Agencies and Special Services of the CIS, our correspondent reports from the place.</p>"
    "<p>Delegations spoke of the fight against terrorism and of crimes in the information space.{more}</p>",
}


def report(number: int, city: str, day: int, *, words: str = "courier", more: str = "") -> Answer:
    """A page that tells of a session."""
    told = _TOLD[words].format(number=number, city=city, day=day, more=more)
    title = f"{city} hosts session {number} of security chiefs"
    return Answer.of(
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>"
        f'<meta property="article:published_time" content="2024-10-{day:02}T15:00:00+05:00"></head>'
        f"<body><article><h1>{title}</h1>{told}</article></body></html>"
    )


_PAGES: dict[str, dict[str, Answer]] = {
    "courier": {
        "/news/c1": report(51, "Astana", 1),
        **{f"/news/c{number}": story(f"c{number}") for number in range(2, 11) if number not in (4, 5)},
        "/news/c4": report(53, "Dushanbe", 5),
        "/news/c5": Answer.of(b"\x89PNG", "image/png"),
    },
    "herald": {
        "/news/h1": story("h1"),
        "/news/h3": report(51, "Astana", 1, words="herald"),
        "/news/h4": report(52, "Bishkek", 3, words="herald"),
    },
    "gazette": {
        "/news/g1": report(52, "Bishkek", 3),
        "/news/g2": story("g2"),
        "/news/g3": report(54, "Minsk", 4),
    },
}
_EDITED = report(52, "Tashkent", 3, more=" They also agreed on a plan for the coming year, it was said later.")
_LISTED = {  # the number of the newest item of each phase; herald's second item is a page that is not there
    "courier": (3, 9, 10),
    "herald": (2, 4, 4),
    "gazette": (2, 2, 3),
}


class Growing:
    """The sites, served; `turn` goes on to a phase."""

    def __init__(self, web: SiteServer) -> None:
        self.web = web
        self._now: dict[str, Content] = {}

    def turn(self, phase: int, now: datetime) -> None:
        """Be as in `phase` (1 to `PHASES`), since `now`."""
        for site in SITES:
            self._now[site] = self._content(site, phase, now)
            self.web.host(site, self._now[site])

    def configure(self, folder: Path, mail_port: int) -> Path:
        """A configuration file in `folder` by which the sites are crawled, and mail goes to a port of this machine."""
        configure(folder, *map(self._source, SITES))
        networks = ", ".join(f'"{network}"' for network in LOOPBACK)
        file = folder / "readout.toml"
        file.write_text(
            f'data_dir = "."\nsources = ["sources"]\n[crawl]\nper_host_delay = 0\nallow_networks = [{networks}]\n'
            f'[read]\nprocesses = 2\n[mail]\nhost = "127.0.0.1"\nport = {mail_port}\nfrom = "readout@example.org"\n'
            "[alerts]\nflood_per_hour = 1000000\nmax_age_days = 0\n" + store_section(folder)
        )
        return file

    def listed(self, site: str, phase: int) -> set[str]:
        """The addresses that the first page of the feed of `site` names in `phase`."""
        return {self.web.url(site, f"/news/{site[0]}{number}") for number in _newest(site, phase)[:_WINDOW]}

    def feed(self, site: str) -> bytes:
        """The bytes of that page now."""
        answer = self._now[site]["/feed?p=1"]
        assert isinstance(answer, Answer)
        assert isinstance(answer.body, bytes)
        return answer.body

    def feed_url(self, site: str) -> str:
        """Where `site` lists its news, page by page."""
        return self.web.url(site, "/feed?p=1")

    def _source(self, site: str) -> dict[str, object]:
        return source(site, self.web.url(site), {"type": "feed", "url": self.web.url(site, "/feed?p={n}")})

    def _content(self, site: str, phase: int, now: datetime) -> Content:
        pages = dict(_PAGES[site])
        if site == "gazette" and phase == PHASES:
            pages["/news/g1"] = _EDITED
        return {**pages, **dict(self._feeds(site, phase, now))}

    def _feeds(self, site: str, phase: int, now: datetime) -> Iterator[tuple[str, Answer]]:
        newest = _newest(site, phase)
        pages = [newest[begin : begin + _WINDOW] for begin in range(0, len(newest), _WINDOW)]
        for page, numbers in enumerate(pages, start=1):
            entries = "".join(self._entry(site, phase, number, now) for number in numbers)
            atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:{site}</id><title>News</title>{entries}</feed>'
            yield (
                f"/feed?p={page}",
                Answer(headers={"Content-Type": _ATOM}, body=atom.encode(), validators=site != "herald"),
            )

    def _entry(self, site: str, phase: int, number: int, now: datetime) -> str:
        born = _BORN + timedelta(hours=number)
        is_edited = (site, phase, number) == ("gazette", PHASES, 1)
        name = f"{site[0]}{number}"
        return (
            f"<entry><id>urn:{name}</id><title>Story {name}</title>"
            f'<link href="{self.web.url(site, f"/news/{name}")}"/><published>{born.isoformat()}</published>'
            f"<updated>{(now if is_edited else born).isoformat()}</updated></entry>"
        )


def _newest(site: str, phase: int) -> list[int]:
    return list(range(_LISTED[site][phase - 1], 0, -1))
