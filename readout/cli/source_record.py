"""`readout source record`: a page of a source as it is now, and what is read of it, for tests of how it is read.

It must not write over what is there: what a person corrected is worth more than what a program read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import session_of, shown
from readout.cli.source import known
from readout.error import ReadoutError
from readout.finding import Rejected

if TYPE_CHECKING:
    from readout.golden import Golden, GoldenPlace
    from readout.workers.trial import Trial
    from readout.workers.trial_step import PlaceSeen

_MOST_LINKS = 20  # of a place that are kept as what must be found there
_SAID = (
    "Look at the page and correct {expected} by hand: it says what is right, not what the program does today.\n"
    "The page is somebody else's work: do not commit or publish it without permission."
)


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("record")(record)


def record(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="ID")],
    article: Annotated[str | None, typer.Option(metavar="URL", help="Which article; default the newest.")] = None,
    to: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to; default golden/ID.")] = None,
) -> None:
    """Fetch an article and a place of discovery, and keep them with what is read of them today, for tests."""
    from readout.golden import EXPECTED, write_golden
    from readout.workers.trial import try_article

    session = session_of(context)
    source = known(session, key)
    trial = try_article(source, session.config, article)
    folder = to or default_folder() / source.id
    try:
        files = write_golden(folder, _golden(trial))
    except OSError as error:
        raise ReadoutError(f"{error.filename}: {error.strerror}") from None
    if session.as_json:
        session.print_json([str(path) for path in files])
        return
    for path in files:
        session.console.print(f"written: {path} ({path.stat().st_size:,} bytes)", soft_wrap=True)
    session.console.print(f"\n{_SAID.format(expected=folder / EXPECTED)}", style="yellow")


def default_folder() -> Path:
    """Beside the tests in a checkout, else here."""
    import readout

    tests = Path(readout.__file__).parents[1] / "tests"
    return (tests if (tests / "conftest.py").is_file() else Path.cwd()) / "golden"


def _golden(trial: Trial) -> Golden:
    """What was fetched and read. Raises ReadoutError where there is nothing that a test could hold to."""
    from readout.golden import golden_of

    seen = trial.articles[0] if trial.articles else None
    if seen is None:
        wrong = "; ".join(place.wrong for place in trial.places if place.wrong) or "no article was found"
        raise ReadoutError(f"nothing to record: {shown(wrong)}\n`readout source check {trial.source.id}` says more")
    if isinstance(seen.reading, Rejected) or seen.page is None:
        said = f"{seen.reading.outcome}: {seen.reading.reason}" if isinstance(seen.reading, Rejected) else "no page"
        raise ReadoutError(f"nothing to record: {shown(seen.due.url)}: {shown(said)}")
    page = seen.page
    headers = {"ETag": page.validators.etag, "Last-Modified": page.validators.last_modified}
    kept = {name: value for name, value in headers.items() if value}
    place = next((one for each in trial.places if (one := _place(each))), None)
    return golden_of(page, seen.reading.article, headers=kept, place=place)


def _place(seen: PlaceSeen) -> GoldenPlace | None:
    """The first page of a place that had articles, with the first of them."""
    from readout.golden import GoldenPlace

    page = next((page for page in seen.pages if seen.by_page.get(page.url)), None)
    if page is None or seen.wrong is not None:
        return None
    return GoldenPlace(
        kind=seen.place.kind,
        url=page.url,
        body=page.body,
        links=seen.by_page[page.url][:_MOST_LINKS],
        content_type=page.content_type,
        fetched_at=page.fetched_at,
    )
