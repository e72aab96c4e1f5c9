"""What the pages stand on: the database, the configuration, the sources, our keys, the clock.

It must not answer anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers

from readout.channels import Names
from readout.config import Config
from readout.exports.entry import store_name
from readout.model import Source, SourceId
from readout.naming import names_of
from readout.storage.database import Database
from readout.storage.secrets import STOP, WEB, secret
from readout.web.door import host_in
from readout.web.key import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that a page may use. `stop_key` signs the links by which readers stop alerts, `keys` lets visitors in.

    `store` tells what is kept here from what others keep.
    """

    database: Database
    config: Config
    sources: Mapping[SourceId, Source]
    names: Names
    stop_key: bytes
    keys: Keys
    store: str
    now: Callable[[], datetime]

    @classmethod
    def over(
        cls,
        database: Database,
        config: Config,
        sources: Mapping[SourceId, Source],
        now: Callable[[], datetime],
    ) -> Self:
        """The site of that database and catalogue; its keys are made where there are none yet."""
        with database.write() as connection:
            stop_key, key = secret(connection, STOP), secret(connection, WEB)
        passwords = (config.web.password_hash, config.web.reader_password_hash)
        keys = Keys.of(key, *(hashed.get_secret_value() if hashed else "" for hashed in passwords))
        names = names_of(sources)
        return cls(
            database=database,
            config=config,
            sources=sources,
            names=names,
            stop_key=stop_key,
            keys=keys,
            store=store_name(database),
            now=now,
        )

    def root(self, headers: Headers) -> str:
        """What stands before our paths for whoever asks so: the path of our public address, or nothing."""
        return self._public.path.rstrip("/") if self._is_public(headers) else ""

    def origin(self, headers: Headers) -> str:
        """Where our pages stand for whoever asks so, up to and with the `root`."""
        return (self.config.alerts.public_url or "") if self._is_public(headers) else f"http://{headers['host']}"

    def is_secure(self, headers: Headers) -> bool:
        """Whether whoever asks so came by https, as far as we know."""
        return self._public.scheme == "https" and self._is_public(headers)

    @property
    def _public(self) -> SplitResult:
        return urlsplit(self.config.alerts.public_url or "")

    def _is_public(self, headers: Headers) -> bool:
        name = self._public.hostname
        return name is not None and host_in(headers.get("host", "")) == name.lower()


def _of(request: Request) -> Site:
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


Served = Annotated[Site, Depends(_of)]
"""The site of the request, as a page's argument."""
