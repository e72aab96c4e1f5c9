"""The only reader of `readout.toml` and of the environment: both in, one frozen `Config` out.

It must not open a database, make a folder or reach a network.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from readout import __version__
from readout.error import ConfigError
from readout.fault import fault_text, faults_of, key_path, no_such

_SQLITE = "sqlite:///"
_PREFIX = "READOUT_"

Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, BeforeValidator(ipaddress.ip_network)]


def _as_header(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _as_folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError(f"{path} is no folder")
    return path


def _as_secret_file(path: Path) -> Path:
    try:
        path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8") from None
    return path


def _as_sqlite_file(url: str) -> str:
    # The URL is not repeated: that of a server holds a password.
    if not url.startswith(_SQLITE):
        raise ValueError(f"this version keeps its data in SQLite: write {_SQLITE}path/to/readout.db")
    if not _names_file(url):
        raise ValueError(f"a database needs a file: write {_SQLITE}path/to/readout.db")
    return url


def _names_file(url: str) -> bool:
    return url.removeprefix(_SQLITE) not in ("", ":memory:")


def _as_local(workers: object) -> object:
    if workers == "cluster":
        raise ValueError('this version runs "local" only: it crawls on the machine it runs on')
    return workers


HeaderText = Annotated[str, AfterValidator(_as_header)]
Folder = Annotated[Path, AfterValidator(_as_folder)]
SecretFile = Annotated[Path, AfterValidator(_as_secret_file)]
DatabaseUrl = Annotated[str, AfterValidator(_as_sqlite_file)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(_Section):
    """Where everything is kept."""

    url: DatabaseUrl = ""


class Mail(_Section):
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


class Web(_Section):
    """Where the web page listens. Accepted, not used yet."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    password_hash: SecretStr | None = None


class Archive(_Section):
    """Which pages are kept as proof, and where. Accepted, not used yet."""

    dir: Path = Path("var/archive")
    keep: Literal["reports", "all", "none"] = "reports"


class Retention(_Section):
    """How long texts that are no reports, and logs, are kept; None: for ever. Accepted, not used yet."""

    article_days: int | None = Field(default=None, ge=1)
    log_days: int | None = Field(default=None, ge=1)


class Config(BaseSettings):
    """All of it. Paths are absolute; `file` is None when the built-in defaults hold alone."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=_PREFIX, env_nested_delimiter="__")

    file: Path | None = None
    data_dir: Path = Path("var")
    workers: Annotated[Literal["local"], BeforeValidator(_as_local)] = "local"
    sources: tuple[Folder, ...] = ()
    database: Database = Database()
    mail: Mail = Mail()
    alerts: Alerts = Alerts()
    crawl: Crawl = Crawl()
    read: Read = Read()
    web: Web = Web()
    archive: Archive = Archive()
    retention: Retention = Retention()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What `load_config` put together, and nothing else."""
        return (init_settings,)


class _Environment(EnvSettingsSource):
    """What the environment says, by key. A list that is no JSON stays a text, for validation to refuse."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class FaultyConfig(ConfigError):
    """The configuration is faulty; `folders` are those of its source files that exist, whose faults can be told too."""

    def __init__(self, faults: list[str], folders: Sequence[Path] = ()) -> None:
        super().__init__(faults)
        self.folders = folders


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
    return config_of(_text(path), path) if path else config_of("", None)


def config_of(text: str, path: Path | None) -> Config:
    """The configuration whose file `path` holds `text`, or would hold it. Raises FaultyConfig like `load_config`."""
    base = path.absolute().parent if path else Path.cwd()
    stated = _parsed(text, path)
    environment = {key: value for key, value in _Environment(Config)().items() if key != "file"}
    values = _rooted(_merged(stated, environment), base)
    faults = list(_strange_variables())
    if "file" in stated:
        faults.append(f"{path}: file: no such setting")
    try:
        config = Config(**values | {"file": path and path.absolute()})
    except ValidationError as error:
        faults += _faults(error, path)
    if faults:
        raise FaultyConfig(faults, _existing(values["sources"]))
    return config.model_copy(update={"mail": _with_password(config.mail)})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FaultyConfig([f"{path}: no such file; `readout init` writes one"]) from None
    except OSError as error:
        raise FaultyConfig([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        raise FaultyConfig([f"{path}: not valid TOML: {error}"]) from None


def _parsed(text: str, path: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FaultyConfig([f"{path}: not valid TOML: {error}"]) from None


def _merged(file: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
    """What the environment says wins, key by key."""
    both = dict(file)
    for key, value in environment.items():
        section = file.get(key)
        both[key] = section | value if isinstance(section, dict) and isinstance(value, dict) else value
    return both


def _existing(folders: object) -> list[Path]:
    stated = folders if isinstance(folders, list) else []
    return [folder for folder in stated if isinstance(folder, Path) and folder.is_dir()]


# --- paths --------------------------------------------------------------------------------------------------------


def _rooted(values: dict[str, Any], base: Path) -> dict[str, Any]:
    """`values` with absolute paths, and with the defaults that depend on where the file lies.

    What is of the wrong type stays as it is: validation says so.
    """
    data_dir = _absolute(values.get("data_dir", "var"), base)
    home = data_dir if isinstance(data_dir, Path) else base
    folders = values.get("sources", _default_sources(base))
    return values | {
        "data_dir": data_dir,
        "sources": [_absolute(folder, base) for folder in folders] if isinstance(folders, list) else folders,
        "database": _with(
            values, "database", "url", lambda url: _rooted_url(url or f"{_SQLITE}{home}/readout.db", base)
        ),
        "archive": _with(values, "archive", "dir", lambda folder: _absolute(folder or home / "archive", base)),
        "mail": _with(values, "mail", "password_file", lambda file: _absolute(file, base)),
    }


def _with(values: dict[str, Any], section: str, key: str, rooted: Callable[[Any], Any]) -> Any:
    """A section with one of its values made absolute; None is handed to `rooted` where it is not stated."""
    fields = values.get(section, {})
    return fields | {key: rooted(fields.get(key))} if isinstance(fields, dict) else fields


def _absolute(path: Any, base: Path) -> Any:
    if not isinstance(path, str | Path):
        return path
    with suppress(RuntimeError):  # nobody here is called so: what lies there will be missed
        path = Path(path).expanduser()
    return base / path


def _rooted_url(url: Any, base: Path) -> Any:
    """A relative SQLite path counts from the configuration file."""
    if not isinstance(url, str) or not url.startswith(_SQLITE) or not _names_file(url):
        return url
    return f"{_SQLITE}{base / url.removeprefix(_SQLITE)}"


def _default_sources(base: Path) -> list[Path]:
    own = base / "my-sources"
    return [shipped_sources(), own] if own.is_dir() else [shipped_sources()]


def shipped_sources() -> Path:
    """The catalogue that comes with Readout: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parent
    installed = package / "project" / "sources"
    return installed if installed.is_dir() else package.parent / "sources"


def _with_password(mail: Mail) -> Mail:
    if mail.password_file is None:
        return mail
    secret = mail.password_file.read_text(encoding="utf-8").strip()
    return mail.model_copy(update={"password": SecretStr(secret)})


# --- faults -------------------------------------------------------------------------------------------------------


def _faults(error: ValidationError, path: Path | None) -> Iterator[str]:
    for fault in faults_of(error):
        yield f"{_origin(fault, path)}: {key_path(fault['loc'])}: {fault_text(fault, _keys(fault['loc']))}"


def _origin(fault: ErrorDetails, path: Path | None) -> str:
    parts = [str(part).upper() for part in fault["loc"]]
    variables = (_PREFIX + "__".join(parts[:depth]) for depth in (2, 1))
    found = next((variable for variable in variables if variable in os.environ), None)
    return f"environment {found}" if found else str(path or "configuration")


def _strange_variables() -> Iterator[str]:
    """Variables that would set something in a section that does not exist.

    Without the two strokes, what is called READOUT_… may be anybody's: container platforms set such names themselves.
    """
    known = [name for name, field in Config.model_fields.items() if _is_section(field.annotation)]
    for variable in sorted(os.environ):
        section, strokes, _ = variable.upper().removeprefix(_PREFIX).lower().partition("__")
        if variable.upper().startswith(_PREFIX) and strokes and section not in known:
            yield f"environment {variable}: {section}: {no_such(section, known)}"


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that exist where a fault was found."""
    model: Any = Config
    for part in location[:-1]:
        found = model.model_fields.get(part)
        model = found.annotation if found else None
        if not _is_section(model):
            return []
    return [(field.alias or name) for name, field in model.model_fields.items() if name != "file"]
