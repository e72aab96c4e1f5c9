"""`readout web`: the web page alone.

It must not know a page: `readout.web` does.
"""

from __future__ import annotations

import signal

import typer

from readout.cli.session import session_of


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("web")(web)


def web(context: typer.Context) -> None:
    """The web page alone, by which readers stop alerts, until it is told to end."""
    from contextlib import closing

    from readout.logs import configure_logs
    from readout.web.server import WebServer, listen

    session = session_of(context)
    config = session.config
    configure_logs("DEBUG" if session.verbose else "INFO")
    if config.alerts.public_url is None:
        typer.echo("readout: no message has a link to this page: alerts.public_url is not set", err=True)
    with session.database(writes=True) as database:
        listener = listen(config.web.host, config.web.port)
        with closing(WebServer.over(database, config, listener)) as server:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: server.end())
            raise typer.Exit(0 if server.wait() else 1)
