"""The only reader of `readout.toml` and of the environment: both in, one frozen `Config` out.

It must not open a database, make a folder or reach a network.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from readout import __version__
from readout.error import ConfigError

Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, BeforeValidator(ipaddress.ip_network)]


def _as_header(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


HeaderText = Annotated[str, AfterValidator(_as_header)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(_Section):
    """Where everything is kept."""

    url: str = ""


class Mail(_Section):
    """How mail leaves. `security` "starttls" is required off loopback and used where offered on it."""

    host: str = "localhost"
    port: int = Field(default=25, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: HeaderText = Field(default="readout@localhost", alias="from")
    operator: HeaderText | None = None
    timeout: float = Field(default=30, gt=0, le=600)

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class Alerts(_Section):
    """When a meeting is still news. `max_age_days` 0: at any age."""

    max_age_days: int = Field(default=14, ge=0)
    flood_per_hour: int = Field(default=20, ge=1)
    public_url: str | None = None
    allow_networks: tuple[Network, ...] = ()


class Crawl(_Section):
    """Manners and limits of fetching; seconds where not said otherwise."""

    user_agent: HeaderText = f"Mozilla/5.0 (compatible; Readout/{__version__}; meeting monitor)"
    contact: HeaderText | None = None
    concurrency: int = Field(default=8, ge=1, le=64)
    per_host_delay: float = Field(default=1.0, ge=0)
    max_page_mib: float = Field(default=10, gt=0, le=100)
    timeout: float = Field(default=30, gt=0, le=600)
    max_requests: int = Field(default=500, ge=1)
    max_minutes: float = Field(default=10, gt=0)
    allow_networks: tuple[Network, ...] = ()

    @property
    def identity(self) -> str:
        """The User-Agent header: honest, with a contact where one is configured."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent


class Read(_Section):
    """Limits of one reader process."""

    processes: int = Field(default=2, ge=1, le=64)
    cpu_s: float = Field(default=10, gt=0, le=120)
    memory_mib: int = Field(default=400, ge=128)


class Config(BaseSettings):
    """All of it. Paths are absolute; `file` is None when the built-in defaults hold alone."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="READOUT_", env_nested_delimiter="__")

    file: Path | None = None
    data_dir: Path = Path("var")
    workers: Literal["local"] = "local"
    sources: tuple[Path, ...] | None = None
    database: Database = Database()
    mail: Mail = Mail()
    alerts: Alerts = Alerts()
    crawl: Crawl = Crawl()
    read: Read = Read()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is asked."""
        return env_settings, init_settings


def find_config() -> Path | None:
    """The file named by READOUT_CONFIG, else `readout.toml` here, else None."""
    if named := os.environ.get("READOUT_CONFIG"):
        return Path(named)
    here = Path("readout.toml")
    return here if here.is_file() else None


def load_config(path: Path | None = None) -> Config:
    """The configuration of `path`, or of `find_config()`, under the environment's overrides.

    Raises ConfigError with every fault at once. Relative paths count from the file, else from the working directory.
    """
    path = path or find_config()
    values = _parsed(path) if path else {}
    if "file" in values:
        raise ConfigError([f"{path}: file: no such setting"])
    try:
        config = Config(**values, file=path and path.absolute())
    except ValidationError as error:
        raise ConfigError(list(_faults(error, path))) from None
    return _rooted(config, path.absolute().parent if path else Path.cwd())


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file; `readout init` writes one"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from None


def _rooted(config: Config, base: Path) -> Config:
    data_dir = base / config.data_dir.expanduser()
    url = config.database.url or f"sqlite:///{data_dir / 'readout.db'}"
    return config.model_copy(
        update={
            "data_dir": data_dir,
            "database": config.database.model_copy(update={"url": _rooted_url(url, base)}),
            "sources": _source_folders(config, base),
            "mail": _with_password(config.mail, base),
        }
    )


def _rooted_url(url: str, base: Path) -> str:
    """A relative SQLite path counts from the configuration file."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url.startswith(prefix + "/"):
        return url
    return f"{prefix}{base / url.removeprefix(prefix)}"


def _source_folders(config: Config, base: Path) -> tuple[Path, ...]:
    if config.sources is None:
        own = base / "my-sources"
        return (shipped_sources(), own) if own.is_dir() else (shipped_sources(),)
    folders = tuple(base / folder.expanduser() for folder in config.sources)
    if missing := [folder for folder in folders if not folder.is_dir()]:
        origin = config.file or "environment READOUT_SOURCES"
        raise ConfigError([f"{origin}: sources: {folder} is no folder" for folder in missing])
    return folders


def shipped_sources() -> Path:
    """The catalogue that comes with Readout: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parent
    installed = package / "project" / "sources"
    return installed if installed.is_dir() else package.parent / "sources"


def _with_password(mail: Mail, base: Path) -> Mail:
    if mail.password_file is None:
        return mail
    path = base / mail.password_file.expanduser()
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError([f"mail.password_file: {path}: {error.strerror}"]) from None
    return mail.model_copy(update={"password": SecretStr(secret)})


# --- faults -------------------------------------------------------------------------------------------------------


def _faults(error: ValidationError, path: Path | None) -> Iterator[str]:
    for fault in faults_of(error):
        yield f"{_origin(fault, path)}: {key_path(fault['loc'])}: {fault_text(fault, _keys(fault['loc']))}"


def _origin(fault: ErrorDetails, path: Path | None) -> str:
    variable = "READOUT_" + "__".join(str(part).upper() for part in fault["loc"][:2])
    return f"environment {variable}" if variable in os.environ else str(path or "configuration")


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that exist where a fault was found."""
    model: Any = Config
    for part in location[:-1]:
        found = model.model_fields.get(part)
        model = found.annotation if found else None
        if not isinstance(model, type) or not issubclass(model, BaseModel):
            return []
    return [(field.alias or name) for name, field in model.model_fields.items() if name != "file"]


def faults_of(error: ValidationError) -> list[ErrorDetails]:
    """What is really wrong: a list is not also "too short" because its elements are faulty."""
    faults = error.errors(include_input=False)
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(place[: len(fault["loc"])] == fault["loc"] != place for place in places)
    ]


def key_path(location: tuple[int | str, ...]) -> str:
    """`("source", 3, "discover", 0, "evry")` as ``source[3].discover[0].evry``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def fault_text(fault: Mapping[str, Any] | ErrorDetails, known: list[str]) -> str:
    """What is wrong, with a hint where the key is close to one that exists."""
    if fault["type"] != "extra_forbidden":
        return str(fault["msg"]).removeprefix("Value error, ")
    near = get_close_matches(str(fault["loc"][-1]), known, n=1)
    return f"no such setting; did you mean {near[0]!r}?" if near else f"no such setting; known: {', '.join(known)}"
