"""`readout init` and `readout demo`: the first steps.

It must not overwrite a configuration that is there.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.alert import tell_test
from readout.cli.session import now, session_of, shown
from readout.error import ConfigError
from readout.exports.toml import toml_value

if TYPE_CHECKING:
    from readout.config import Config

_FIRST_WATCH = "everything"


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("init")(init)
    app.command("demo")(demo)


def init(
    context: typer.Context,
    to: Annotated[str | None, typer.Option(help="Your address: a first watch on everything, and a test mail.")] = None,
    contact: Annotated[str | None, typer.Option(help="Address or page that sites find in our User-Agent.")] = None,
) -> None:
    """Write a commented readout.toml here, or where READOUT_CONFIG says; with an address, make a first watch and send
    a test mail."""
    from readout.config import find_config

    path = session_of(context).config_path or find_config() or Path("readout.toml")
    _refuse_existing(path)
    to = to or _ask("Where should alerts go (an e-mail address, empty for none yet)?")
    contact = contact or _ask("What may sites write to when our visits trouble them (address or page)?")
    text = _config_text(contact)
    config = _checked(text, path, to)
    _begin(config, path, text, to)
    typer.echo(shown(f"wrote {path}; data will live in {config.data_dir}"))
    if to:
        typer.echo(f"made the watch “{_FIRST_WATCH}” for {to}")
        tell_test(config, "email", to)
    typer.echo("Next: readout source list; readout crawl; readout run")


def _ask(question: str) -> str | None:
    """The answer of a person, or None where nobody sits at a terminal."""
    return (typer.prompt(question, default="", show_default=False) or None) if sys.stdin.isatty() else None


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise ConfigError([f"{path} is there already; edit it, or remove it first"])


def _config_text(contact: str | None) -> str:
    text = files("readout.cli").joinpath("readout.toml.example").read_text(encoding="utf-8")
    if contact is None:
        return text
    return text.replace('# contact = "you@example.org"', f"contact = {toml_value(contact)}")


def _checked(text: str, path: Path, to: str | None) -> Config:
    """The configuration that `text` will be; ConfigError with all faults of what was answered, before any is kept."""
    from readout.channels import CHANNELS
    from readout.config import config_of

    faults: list[str] = []
    if to and (wrong := CHANNELS["email"].refuse_recipient(to)):
        faults.append(f"--to {to}: {wrong}")
    try:
        config = config_of(text.encode("utf-8"), path)
    except ConfigError as error:
        raise ConfigError([*faults, *error.faults]) from None
    if faults:
        raise ConfigError(faults)
    return config


def _begin(config: Config, path: Path, text: str, to: str | None) -> None:
    """Make the database, with a first watch where there is an address, and the configuration: all of it, or none."""
    from readout.storage.database import open_database
    from readout.storage.watches import add_watch

    with closing(open_database(config.database.url, create=True)) as database, database.write() as connection:
        if to:
            add_watch(connection, name=_FIRST_WATCH, recipients=(to,), channel="email", now=now())
        _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # for its owner alone, from the first: a password may be written into it
        with open(path, "x", encoding="utf-8", opener=partial(os.open, mode=0o600)) as file:
            file.write(text)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from None


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave all of it up afterwards, with the web page to look at.")
    ] = False,
) -> None:
    """Watch a miniature web on this machine: two crawls, real mails, what was found and why."""
    from readout.demo.run import run_demo

    raise typer.Exit(run_demo(keep=keep))
