"""Sites that claim to be others, that say another thing at each look, and that lie to whoever asks what has changed.

The first one is their victim: what it tells must stand, be told, and be told once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle

from readout.demo.server import ANYTHING_ELSE, Answer, Asked, Content
from tests.hostile.case import Case, Site, Url, news, report
from tests.sites import RSS, story

_FUTURE = "Sat, 01 Jan 2050 00:00:00 GMT"
_known: dict[str, Url] = {}
_mirrored: dict[str, Answer] = {}


def _victim(url: Url) -> Site:
    """Its items bear their addresses as names, as most feeds' do."""
    _known["victim"] = url
    _mirrored.clear()
    _mirrored.update({f"/news/good-{number}": report() for number in range(1, 5)})
    return Site(
        content={**_mirrored, "/rss": _named(url, {path: url(path) for path in _mirrored})},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=list(_mirrored),
        alerts=len(_mirrored),
    )


def _named(url: Url, names: Mapping[str, str]) -> Answer:
    """A feed of these paths, with the name of each."""
    items = "".join(
        f"<item><title>News</title><link>{url(path)}</link><guid isPermaLink='false'>{name}</guid></item>"
        for path, name in names.items()
    )
    return Answer.of(f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>', RSS)


def _claims(url: Url) -> Site:
    """Pages that call those of the victim their true address, under the names of its items."""
    victim = _known["victim"]
    pages: dict[str, Answer] = {}
    for number in range(1, 5):
        head = f"<link rel=canonical href={victim(f'/news/good-{number}')}>"
        head += f"<meta property=og:url content={victim(f'/news/good-{number}')}>"
        pages[f"/news/claim-{number}"] = _with(story(f"that claims {number}"), head)
    names = {path: victim(f"/news/good-{path[-1]}") for path in pages}
    good = {f"/news/good-{number}": report() for number in (1, 2)}
    listed = _named(url, names | {path: url(path) for path in good})
    return Site(
        content={**pages, **good, "/rss": listed},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=list(good),
        fates=dict.fromkeys(pages, ("not_a_report", "")),
    )


def _with(page: Answer, head: str) -> Answer:
    assert isinstance(page.body, bytes)
    return Answer.of(page.body.replace(b"<title>", f"{head}<title>".encode(), 1))


def _mirror(url: Url) -> Site:
    """The victim's pages to the last byte."""
    return Site(
        content={**_mirrored, "/rss": _named(url, {path: url(path) for path in _mirrored})},
        discover=[{"type": "feed", "url": url("/rss")}],
        alerts=len(_mirrored),
    )


def _detour(url: Url) -> Site:
    """Every page leads to one of the victim's."""
    target = Answer.redirect(_known["victim"]("/news/good-1"), 302)
    return news(url, {f"/news/detour-{number}": target for number in range(3)})


def _one_name(url: Url) -> Site:
    """A feed that gives all its items one name."""
    pages = {f"/news/good-{number}": report() for number in range(1, 5)}
    return Site(
        content={**pages, "/rss": _named(url, dict.fromkeys(pages, "news"))},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=list(pages),
        alerts=len(pages),
    )


def _other_names(url: Url) -> Site:
    """Names that belong to other items at each look."""
    pages = {f"/news/good-{number}": report() for number in range(1, 5)}
    content: Content = {**pages, "/rss": _named(url, {path: path[-1] for path in pages})}
    later = {**pages, "/rss": _named(url, {path: str(5 - int(path[-1])) for path in pages})}
    return Site(
        content=content,
        later=later,
        discover=[{"type": "feed", "url": url("/rss")}],
        good=list(pages),
        alerts=len(pages),
    )


def _flapping(url: Url) -> Site:
    """A feed and pages that are one thing at one look and another at the next."""
    pages = {f"/news/good-{number}": report() for number in range(1, 9)}
    paths = list(pages)
    feeds = [_named(url, {path: path for path in half}) for half in (paths[:4], paths[4:])]
    return Site(
        content={**pages, "/rss": _in_turn(*feeds)},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=paths,
        alerts=len(pages),
    )


def _in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    endless = cycle(answers)
    return lambda _: next(endless)


def _one_tag(url: Url) -> Site:
    """One ETag for all that there is, whatever it says; and a page that is called unchanged though nobody has it."""
    pages = {f"/news/good-{number}": report() for number in range(1, 7)}
    paths = list(pages)
    tagged = {path: _tagged(answer) for path, answer in pages.items()} | {"/news/never": Answer(304)}
    early = _named(url, {path: path for path in [*paths[:3], "/news/never"]})
    late = _named(url, {path: path for path in paths})
    return Site(
        content={**tagged, "/rss": _tagged(early)},
        later={**tagged, "/rss": lambda _: _tagged(late)},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=paths[:3],
        alerts=None,
        fates={"/news/never": ("failed", "has not changed")},
    )


def _tagged(answer: Answer) -> Answer:
    return Answer(headers={**answer.headers, "ETag": '"1"'}, body=answer.body)


def _tomorrow(url: Url) -> Site:
    """All was changed last in a year to come, and so never since."""
    pages = {f"/news/good-{number}": report() for number in range(1, 5)}
    paths = list(pages)
    content = {path: _changed(answer) for path, answer in pages.items()}
    return Site(
        content={**content, "/rss": _changed(_named(url, {path: path for path in paths[:2]}))},
        later={**content, "/rss": _changed(_named(url, {path: path for path in paths}))},
        discover=[{"type": "feed", "url": url("/rss")}],
        good=paths,
        alerts=len(pages),
    )


def _changed(answer: Answer) -> Answer:
    return Answer(headers={**answer.headers, "Last-Modified": _FUTURE}, body=answer.body, validators=False)


def _one_page(url: Url) -> Site:
    """One text at whatever address is asked for, and more addresses at each look."""
    page = report()
    content: Content = {"/rss": _named(url, {f"/news/{n}": str(n) for n in range(9)}), ANYTHING_ELSE: page}
    later: Content = {"/rss": _named(url, {f"/news/{n}": str(n) for n in range(5, 19)}), ANYTHING_ELSE: page}
    return Site(content=content, later=later, discover=[{"type": "feed", "url": url("/rss")}], alerts=1)


CASES = (
    Case(name="victim", note="what others claim to be: it is told once, as itself", build=_victim),
    Case(
        name="claims", note="canonical addresses and names of another site's articles count for nothing", build=_claims
    ),
    Case(name="mirror", note="the same pages elsewhere are reports of the same meetings", build=_mirror),
    Case(name="detour", note="pages that lead to another site's hide nothing of it", build=_detour),
    Case(name="one-name", note="a name that all items bear joins none", build=_one_name),
    Case(name="other-names", note="names that change places move no article", build=_other_names),
    Case(name="flapping", note="a feed of two minds: what either names is told once", build=_flapping),
    Case(name="one-tag", note="one ETag for everything: pages are told apart by their bytes", build=_one_tag),
    Case(name="tomorrow", note="a change in a year to come is no answer to what is new", build=_tomorrow),
    Case(name="one-page", note="one text at every address is told once", build=_one_page),
)
