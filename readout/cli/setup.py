"""`readout init` and `readout demo`: the first steps.

It must not overwrite a configuration that is there.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from readout.cli.session import Session, now, session_of
from readout.error import ConfigError
from readout.model import Filters


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("init")(init)
    app.command("demo")(demo)


def init(
    context: typer.Context,
    to: Annotated[str | None, typer.Option(help="Your address: a first watch on everything, and a test mail.")] = None,
    contact: Annotated[str | None, typer.Option(help="Address or page that sites find in our User-Agent.")] = None,
) -> None:
    """Write a commented readout.toml here; with an address, make a first watch and send a test mail."""
    session = session_of(context)
    path = session.config_path or Path("readout.toml")
    to = to or _ask("Where should alerts go (an e-mail address, empty for none yet)?")
    contact = contact or _ask("What may sites write to when our visits trouble them (address or page)?")
    _write_config(path, contact)
    fresh = Session(config_path=path, as_json=False, verbose=False)
    with fresh.database(writes=True):
        typer.echo(f"wrote {path}; data will live in {fresh.config.data_dir}")
    if to:
        _first_watch(fresh, to)
    typer.echo("Next: readout source list; readout crawl; readout run")


def _ask(question: str) -> str | None:
    """The answer of a person, or None where nobody sits at a terminal."""
    return (typer.prompt(question, default="", show_default=False) or None) if sys.stdin.isatty() else None


def _write_config(path: Path, contact: str | None) -> None:
    text = files("readout.cli").joinpath("readout.toml.example").read_text(encoding="utf-8")
    if contact:
        quoted = contact.replace("\\", "\\\\").replace('"', '\\"')
        text = text.replace('# contact = "you@example.org"', f'contact = "{quoted}"')
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError([f"{path} is there already; edit it, or remove it first"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from None


def _first_watch(session: Session, to: str) -> None:
    from readout.cli.alert import send_test_mail
    from readout.storage.watches import add_watch

    with session.database(writes=True) as database, database.write() as connection:
        add_watch(connection, name="everything", filters=Filters(), recipients=(to,), channel="email", now=now())
    typer.echo(f"made the watch “everything” for {to}")
    send_test_mail(session, to)


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the miniature web running afterwards.")] = False,
) -> None:
    """Watch a miniature web on this machine: two crawls, real mails, what was found and why."""
    from readout.demo.run import run_demo

    raise typer.Exit(run_demo(keep=keep))
