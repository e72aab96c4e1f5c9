"""`readout web`: the web page alone.

It must not know a page: `readout.web` does.
"""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from readout.cli.session import now, session_of
from readout.error import ConfigError

_SHORTEST_PASSWORD = 8


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("web")(web)


def web(
    context: typer.Context,
    hash_password: Annotated[
        bool, typer.Option("--hash-password", help="Ask for a password and print what web.password_hash is to be.")
    ] = False,
) -> None:
    """The web page alone, until it is told to end."""
    if hash_password:
        typer.echo(_hashed(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)))
        return
    from contextlib import closing

    from readout.logs import configure_logs
    from readout.web.server import WebServer, listen, refuse_open_house
    from readout.web.site import Site

    session = session_of(context)
    config = session.config
    configure_logs("DEBUG" if session.verbose else "INFO")
    refuse_open_house(config)
    with session.database(writes=True) as database:
        site = Site.over(database, config, session.sources, now)
        listener = listen(config.web.host, config.web.port)
        with closing(WebServer.over(site, listener)) as server:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: server.end())
            raise typer.Exit(0 if server.wait() else 1)


def _hashed(password: str) -> str:
    """What tells whether somebody knows it, and does not tell it (Argon2id, RFC 9106)."""
    from argon2 import PasswordHasher

    if len(password) < _SHORTEST_PASSWORD:
        raise ConfigError([f"a password has {_SHORTEST_PASSWORD} characters or more: everybody may try to guess it"])
    return PasswordHasher().hash(password)
