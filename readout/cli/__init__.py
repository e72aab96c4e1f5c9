"""The command `readout`: one module per noun, exit codes in one place.

It must not decide anything: commands call the rooms and print what they answer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from readout import __version__
from readout.articles.clean import harmless
from readout.cli import (
    alert,
    crawl,
    database,
    evidence,
    exchange,
    expected,
    health,
    meeting,
    page,
    replay,
    ruling,
    setup,
    show,
    source,
    source_add,
    source_check,
    source_opml,
    source_record,
    watch,
    web,
)
from readout.cli.session import Session
from readout.error import AlreadyRunning, ConfigError, OutdatedDatabase, ReadoutError
from readout.failpoint import arm
from readout.logs import configure_logs

app = typer.Typer(
    name="readout",
    help="Watches sites and tells you, once and with proof, when a meeting has been reported.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (setup, crawl, web, page, exchange, meeting, show, evidence, ruling, replay, expected, health):
    module.register(app)
for module, name, text in (
    (watch, "watch", "Who wants to hear of what."),
    (alert, "alerts", "The outbox: what is owed, what arrived."),
    (source, "source", "The sites that are watched."),
    (database, "db", "The database."),
):
    group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None)
    module.register(group)
    for part in (source_check, source_add, source_record, source_opml) if module is source else ():
        part.register(group)
    app.add_typer(group, name=name)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readout {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The configuration; default readout.toml here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answers for machines.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tell more of what happens.")] = False,
    _version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Watches sites and tells you, once and with proof, when a meeting has been reported."""
    configure_logs("DEBUG" if verbose else "ERROR")
    context.obj = Session(config_path=config, as_json=as_json, verbose=verbose)


def main() -> int:
    """Run the command line. 0 done, 1 something failed, 2 wrong usage or configuration, 3 another instance runs."""
    arm()
    try:
        _refuse_undecodable(sys.argv[1:])
        return int(app(standalone_mode=True) or 0)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except (ConfigError, OutdatedDatabase) as error:
        return _say(error, 2)
    except AlreadyRunning as error:
        return _say(error, 3)
    except ReadoutError as error:
        return _say(error, 1)
    except BrokenPipeError:
        # Whoever read our output has left; nothing is wrong, and nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _refuse_undecodable(arguments: list[str]) -> None:
    """Python hands on bytes that are no text of this terminal as lone surrogates, which nothing can store."""
    odd = [word for word in arguments if any("\ud800" <= character <= "\udfff" for character in word)]
    if odd:
        raise ConfigError([f"{word!a}: not text in this terminal's encoding" for word in odd])


def _say(error: ReadoutError, code: int) -> int:
    """Tell what went wrong, in its lines: whatever else a terminal would act on may come from a file or a server."""
    # each character stays in its column, for carets point at some of them
    lines = (harmless(line).replace("\n", " ") for line in str(error).split("\n"))
    print("readout:", "\n".join(lines), file=sys.stderr)
    return code
