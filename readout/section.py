"""What each section of `readout.toml` may say, and what is wrong with a value that it may not.

It must not read the configuration or the environment: a value that names a file is checked, and read, by that name.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import platform
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from readout import __version__
from readout.archive.limits import LARGEST_PAGE_MIB
from readout.toml_file import read_toml

SQLITE = "sqlite:///"
POSTGRES = "postgresql+psycopg://"


def _as_network(value: object) -> object:
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    text = value if isinstance(value, str) else ""  # a number would be taken for an address
    with suppress(ValueError):
        return ipaddress.ip_network(text)
    meant = ""
    with suppress(ValueError):
        meant = f"; did you mean {ipaddress.ip_network(text, strict=False)}?"
    raise ValueError(f"a network belongs here, e.g. 10.1.0.0/16{meant}")


Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, BeforeValidator(_as_network)]


def _as_header(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _as_folder(path: Path) -> Path:
    with suppress(OSError):  # of a name longer than any
        if path.is_dir():
            return path
    raise ValueError(f"{path} is no folder")


def _as_program(path: Path) -> Path:
    with suppress(OSError):  # of a name longer than any
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise ValueError(f"{path} is no program that can be run")


def _as_secret_file(path: Path) -> Path:
    secret_in(path)
    return path


def _as_database(url: str) -> str:
    # The URL is not repeated: that of a server holds a password.
    if url.startswith(SQLITE):
        if not names_file(url):
            raise ValueError(f"a database needs a file: write {SQLITE}path/to/readout.db")
    elif not re.fullmatch(rf"{re.escape(POSTGRES)}[^/]*/[^/?#]+(\?[^#]*)?", url):
        raise ValueError(f"write {SQLITE}path/to/readout.db or {POSTGRES}user@host/database")
    return url


def _as_public_url(url: str) -> str:
    """As an address that paths are put after: without a slash at its end."""
    parts = urlsplit(url)
    plain = re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~-]+)*/?", url)
    if not plain or not parts.hostname or {".", ".."} & set(parts.path.split("/")) or parts.port == 0:
        raise ValueError("must be http:// or https://, a host, and perhaps a path: nothing before @ or after ? or #")
    return url.rstrip("/")


def _as_host_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+", text):
        raise ValueError("a host name or an address belongs here, without a port")
    return text.lower()


def _as_password_hash(hashed: SecretStr) -> SecretStr:
    # What is wrong is told without what was written: it may be the password itself.
    if not re.fullmatch(r"\$argon2id?\$[A-Za-z0-9$=,+/.-]{20,500}", hashed.get_secret_value()):
        raise ValueError("must be what `readout web --hash-password` prints, $argon2id$…: never the password itself")
    return hashed


def _as_signing_secret(secret: SecretStr) -> SecretStr:
    # Standard Webhooks: 24 to 64 bytes. What is wrong is told without the secret.
    coded = secret.get_secret_value().removeprefix("whsec_")
    try:
        size = len(base64.b64decode(coded, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not secret.get_secret_value().startswith("whsec_") or not 24 <= size <= 64:
        raise ValueError("must be whsec_ and 24 to 64 random bytes in base64: whsec_$(openssl rand -base64 32)")
    return secret


def _as_signing_secret_file(path: Path) -> Path:
    secret = SecretStr(secret_in(path))
    try:
        _as_signing_secret(secret)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return path


def _as_target_url(url: SecretStr) -> SecretStr:
    if "://" not in url.get_secret_value():
        raise ValueError("is no Apprise URL: such a one begins with its service, as in slack:// or ntfys://")
    return url


def _as_targets(targets: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
    strange = next((name for name in targets if not TARGET_NAME.fullmatch(name)), None)
    if strange is not None:
        raise ValueError(f"a target's name is made of a-z, 0-9, _ and -: {told_name(strange)} is none")
    return targets


def _as_targets_file(path: Path) -> Path:
    targets_in(path)
    return path


TARGET_NAME = re.compile("[a-z0-9_-]{1,64}")
"""What a target may be called. Small letters alone: a variable of the environment has none of its own."""


def told_name(name: str) -> str:
    """A target's name as it may be told: one that is none may be a URL, put where its name belongs."""
    return name if TARGET_NAME.fullmatch(name) else "(not shown)"


def names_file(url: str) -> bool:
    """Whether a URL of SQLite names a file."""
    return url.removeprefix(SQLITE) not in ("", ":memory:")


CONTAINER_SECRETS = (Path("/run/secrets"), Path("/var/run/secrets"))
"""Where container platforms lay secrets, often readable by all who are in the container: nobody else is."""
_LARGEST_SECRET = 65_536


def refuse_shared(path: Path) -> str | None:
    """Why no secret may stand in `path`, or None: everybody on this machine reads or changes it. Raises OSError."""
    shared = path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)
    if not shared or any(path.is_relative_to(folder) for folder in CONTAINER_SECRETS):
        return None
    return f"everybody on this machine can read or change it: chmod 600 {path}"


def secret_in(path: Path) -> str:
    """The secret that `path` holds. Raises ValueError where there is none to read, or it is none any more."""
    try:
        if why := refuse_shared(path):
            raise ValueError(f"{path}: {why}")
        with path.open("rb") as file:
            return _secret_of(file.read(_LARGEST_SECRET + 1), path)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None


def _secret_of(data: bytes, path: Path) -> str:
    if len(data) > _LARGEST_SECRET:
        raise ValueError(f"{path} is larger than {_LARGEST_SECRET >> 10} KiB: no secret is")
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8") from None


def targets_in(path: Path) -> Mapping[str, SecretStr]:
    """The targets that `path` lists, ``name = "URL"`` a line. Raises ValueError that shows none of the URLs."""
    table = _table_in(path)
    strange = next((name for name, url in table.items() if not isinstance(url, str)), None)
    if strange is not None:
        raise ValueError(f'{path}: {told_name(strange)}: a URL belongs here, as in team = "slack://…"')
    try:
        return _as_targets({name: _as_target_url(SecretStr(url)) for name, url in table.items()})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _table_in(path: Path) -> Mapping[str, Any]:
    try:
        if why := refuse_shared(path):
            raise ValueError(why)
        return read_toml(path)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


HostName = Annotated[str, AfterValidator(_as_host_name)]
PasswordHash = Annotated[SecretStr, AfterValidator(_as_password_hash)]
HeaderText = Annotated[str, AfterValidator(_as_header)]
Folder = Annotated[Path, AfterValidator(_as_folder)]
Program = Annotated[Path, AfterValidator(_as_program)]
SecretFile = Annotated[Path, AfterValidator(_as_secret_file)]
SigningSecret = Annotated[SecretStr, AfterValidator(_as_signing_secret)]
SigningSecretFile = Annotated[Path, AfterValidator(_as_signing_secret_file)]
TargetUrl = Annotated[SecretStr, AfterValidator(_as_target_url)]
Targets = Annotated[Mapping[str, TargetUrl], AfterValidator(_as_targets)]
TargetsFile = Annotated[Path, AfterValidator(_as_targets_file)]
DatabaseUrl = Annotated[str, AfterValidator(_as_database)]
PublicUrl = Annotated[str, AfterValidator(_as_public_url)]
Workers = Literal["local", "cluster"]


class Section(BaseModel):
    """A table of the file: nothing in it that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Database(Section):
    """Where everything is kept."""

    url: DatabaseUrl = Field(default="", repr=False)


NO_DOMAIN = "readout.invalid"
"""What Message-IDs end in until the message first leaves, and where its sender's domain is none of the internet's."""


class Mail(Section):
    """How mail leaves. `security` "starttls" is required off loopback and used where offered on it."""

    host: str = "localhost"
    port: int = Field(default=25, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    password_file: SecretFile | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: HeaderText = Field(default="readout@localhost", alias="from")
    operator: HeaderText | None = None
    timeout: float = Field(default=30, gt=0, le=600)

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)


class Alerts(Section):
    """When a meeting is still news. `max_age_days` 0: at any age."""

    max_age_days: int = Field(default=14, ge=0)
    flood_per_hour: int = Field(default=20, ge=1)
    public_url: PublicUrl | None = None
    allow_networks: tuple[Network, ...] = ()


class Webhook(Section):
    """How webhooks are signed, if they are, and the seconds that one may take."""

    secret: SigningSecret | None = None
    secret_file: SigningSecretFile | None = None
    timeout: float = Field(default=10, gt=0, le=60)


class Notify(Section):
    """Where Apprise sends: URLs by the names that watches call them; a URL is a secret as a whole."""

    targets: Targets = {}
    targets_file: TargetsFile | None = None


class Crawl(Section):
    """Manners and limits of fetching; seconds where not said otherwise.

    `browser`: the Chromium for sources whose pages need one; None: the first that the system has. `place`: what the
    place of running is called; None: as its machine is.
    """

    user_agent: HeaderText = f"Mozilla/5.0 (compatible; Readout/{__version__}; meeting monitor)"
    contact: HeaderText | None = None
    concurrency: int = Field(default=8, ge=1, le=64)
    per_host_delay: float = Field(default=1.0, ge=0)
    max_page_mib: float = Field(default=10, gt=0, le=LARGEST_PAGE_MIB)
    timeout: float = Field(default=30, gt=0, le=600)
    max_requests: int = Field(default=500, ge=1)
    max_minutes: float = Field(default=10, gt=0)
    adaptive: bool = True
    min_interval: float = Field(default=600, ge=60)
    max_interval: float = Field(default=86_400, ge=60)
    allow_networks: tuple[Network, ...] = ()
    browser: Program | None = None
    place: HeaderText | None = None

    @property
    def running_at(self) -> str:
        """What the place of running is called: some sites answer one network and not another."""
        return self.place or platform.node() or "here"

    @property
    def identity(self) -> str:
        """The User-Agent header: honest, with a contact where one is configured."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent

    @property
    def feed_reader_identity(self) -> str:
        """The same for sites that give feeds to feed readers alone: we are one."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"Mozilla/5.0 (compatible; Readout/{__version__}; feed reader{contact})"


class Read(Section):
    """Limits of one reader process."""

    processes: int = Field(default=2, ge=1, le=64)
    cpu_s: float = Field(default=10, gt=0, le=120)
    memory_mib: int = Field(default=240, ge=128)


class Web(Section):
    """Where the web page listens, under which further names it is asked for, and who may open it.

    `password_hash`: of those who may change things; `reader_password_hash`: of those who may read alone.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    hosts: tuple[HostName, ...] = ()
    password_hash: PasswordHash | None = None
    reader_password_hash: PasswordHash | None = None


class Archive(Section):
    """Which pages are kept as proof, and where; None: with the data."""

    dir: Path | None = None
    keep: Literal["reports", "all", "none"] = "reports"


class Retention(Section):
    """How long texts that are no reports, and the logs of visits and crawls, are kept; None: for ever."""

    article_days: int | None = Field(default=None, ge=1)
    log_days: int | None = Field(default=None, ge=1)
