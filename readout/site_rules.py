"""What one site does differently: how it spells addresses, how its pages are read, how it is asked.

It must not do anything: these are values, beside the words of `readout.model`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """How a source spells the address of one page, beyond what holds for every site (`readout.articles.urls`).

    `keep`: the query parameters that name a page, no other does; None: any may but noise and those of `drop`.
    `replace`: regular expressions and what takes the place of their matches, one after the other, in the address as the
    general rules spell it. `mirrors`: a host and the host whose pages it repeats under the same paths. `unquote`: a
    sign of ASCII and its percent-encoding never tell two pages apart.
    """

    keep: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    replace: tuple[tuple[str, str], ...] = ()
    mirrors: tuple[tuple[str, str], ...] = ()
    unquote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRules:
    """Where and how an article's page says when it was published.

    `css` selects it, `formats` are strptime's, with month names of `locale`. `url` is a regular expression with groups
    y, m, d (and H, M) over the address. `first_sentence`: the text's first sentence names the day.
    """

    css: str | None = None
    formats: tuple[str, ...] = ()
    locale: str | None = None
    url: str | None = None
    first_sentence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules:
    """How the articles of one source are read, where what holds for every page goes wrong.

    `title` and `body` are CSS selectors, what `drop` selects is no part of the body. `encoding` outweighs what header
    and page say. `credits`: words by which the outlet marks what it reports itself.
    """

    title: str | None = None
    body: str | None = None
    drop: tuple[str, ...] = ()
    date: DateRules = field(default_factory=DateRules)
    encoding: str | None = None
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a site is asked, where the way all others are asked does not do.

    `renders`: its pages are made by a script, and need a browser. `ignores_robots`: the operator's own decision.
    `ca_file`: a file of certificates to trust beside the system's, for this site alone. `user_agent` in place of ours;
    `as_feed_reader`: one that says it reads feeds.
    """

    renders: bool = False
    ignores_robots: bool = False
    ca_file: str | None = None
    user_agent: str | None = None
    as_feed_reader: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever looks at the source should know of how it is asked, in words."""
        remarks = {
            "robots.txt not obeyed": self.ignores_robots,
            "read in a browser": self.renders,
            f"trusts {self.ca_file} too": self.ca_file,
            f"asked as {self.user_agent}": self.user_agent,
            "asked as a feed reader": self.as_feed_reader,
        }
        return tuple(remark for remark, holds in remarks.items() if holds)
