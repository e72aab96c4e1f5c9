"""The only reader of `readout.toml` and of the environment: both in, one frozen `Config` out.

It must not open a database, make a folder or reach a network.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from readout.error import ConfigError
from readout.failpoint import faults as failpoints
from readout.fault import fault_text, faults_of, key_path, no_such
from readout.section import (
    POSTGRES,
    SQLITE,
    Alerts,
    Archive,
    Crawl,
    Database,
    Folder,
    Mail,
    Notify,
    Read,
    Retention,
    Web,
    Webhook,
    Workers,
    names_file,
    refuse_shared,
    secret_in,
    targets_in,
    told_name,
)
from readout.toml_file import beginning, parse_toml

__all__ = [
    "Alerts",
    "Archive",
    "Config",
    "Crawl",
    "Database",
    "FaultyConfig",
    "Mail",
    "Notify",
    "Read",
    "Retention",
    "Web",
    "Webhook",
    "config_of",
    "find_config",
    "load_config",
    "shipped_sources",
]

_PREFIX = "READOUT_"


class Config(BaseSettings):
    """All of it. Paths are absolute; `file` is None when the built-in defaults hold alone."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, env_prefix=_PREFIX, env_nested_delimiter="__"
    )

    file: Path | None = None
    data_dir: Path = Path("var")
    workers: Workers = "local"
    sources: tuple[Folder, ...] = ()
    database: Database = Database()
    mail: Mail = Mail()
    alerts: Alerts = Alerts()
    webhook: Webhook = Webhook()
    notify: Notify = Notify()
    crawl: Crawl = Crawl()
    read: Read = Read()
    web: Web = Web()
    archive: Archive = Archive()
    retention: Retention = Retention()

    @property
    def archive_dir(self) -> Path:
        """Where pages are kept."""
        return self.archive.dir or self.data_dir / "archive"

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
    return config_of(_data(path), path) if path else config_of(b"", None)


def config_of(data: bytes, path: Path | None) -> Config:
    """The configuration whose file `path` holds `data`, or would hold it. Raises FaultyConfig like `load_config`."""
    base = path.absolute().parent if path else Path.cwd()
    stated = _parsed(data, path)
    environment = {key: value for key, value in _Environment(Config)().items() if key != "file"}
    values = _rooted(_merged(stated, environment), base)
    faults = [*_strange_variables(), *_shared_secrets(stated, path), *failpoints(os.environ)]
    if "file" in stated:
        faults.append(f"{path}: file: no such setting")
    try:
        config = Config(**values | {"file": path and path.absolute()})
        faults += _homeless(config, path)
    except ValidationError as error:
        faults += _faults(error, path)
    if faults:
        raise FaultyConfig(faults, _existing(values["sources"]))
    return _with_secrets(config)


def _homeless(config: Config, path: Path | None) -> Iterator[str]:
    """A cluster whose machines would each have a database of their own."""
    if config.workers == "cluster" and config.database.url.startswith(SQLITE):
        said = f"a cluster shares a database on a server: write {POSTGRES}user@host/database"
        yield f"{path or 'configuration'}: database.url: {said}"


def _data(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return beginning(file)
    except FileNotFoundError:
        raise FaultyConfig([f"{path}: no such file; `readout init` writes one"]) from None
    except OSError as error:
        raise FaultyConfig([f"{path}: cannot be read: {error.strerror}"]) from None


def _parsed(data: bytes, path: Path | None) -> dict[str, Any]:
    try:
        return parse_toml(data)
    except ValueError as error:
        raise FaultyConfig([f"{path}: {error}"]) from None


def _merged(file: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
    """What the environment says wins, key by key."""
    both = dict(file)
    for key, value in environment.items():
        table = file.get(key)
        both[key] = _merged(table, value) if isinstance(table, dict) and isinstance(value, dict) else value
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
            values, "database", "url", lambda url: _rooted_url(url or f"{SQLITE}{home}/readout.db", base)
        ),
        "archive": _with(values, "archive", "dir", lambda folder: _absolute(folder or home / "archive", base)),
        "crawl": _with(values, "crawl", "browser", lambda file: _absolute(file, base)),
        "mail": _with(values, "mail", "password_file", lambda file: _absolute(file, base)),
        "webhook": _with(values, "webhook", "secret_file", lambda file: _absolute(file, base)),
        "notify": _with(values, "notify", "targets_file", lambda file: _absolute(file, base)),
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
    if not isinstance(url, str) or not url.startswith(SQLITE) or not names_file(url):
        return url
    return f"{SQLITE}{base / url.removeprefix(SQLITE)}"


def _default_sources(base: Path) -> list[Path]:
    own = base / "my-sources"
    return [shipped_sources(), own] if own.is_dir() else [shipped_sources()]


def shipped_sources() -> Path:
    """The catalogue that comes with Readout: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parent
    installed = package / "project" / "sources"
    return installed if installed.is_dir() else package.parent / "sources"


_SECRETS = (("mail", "password"), ("webhook", "secret"), ("notify", "targets"), ("web", "password_hash"))


def _shared_secrets(stated: dict[str, Any], path: Path | None) -> Iterator[str]:
    """Secrets in a configuration file that everybody reads. What is not there yet nobody does."""
    why = None
    with suppress(OSError):
        why = path and refuse_shared(path)
    for section, key in _SECRETS if why else ():
        if isinstance(table := stated.get(section), dict) and table.get(key):
            yield f"{path}: {section}.{key}: a secret stands here, and {why}"


def _with_secrets(config: Config) -> Config:
    """What files hold stands where it would stand in the configuration, and goes before it."""
    mail, webhook, notify = config.mail, config.webhook, config.notify
    if mail.password_file is not None:
        mail = mail.model_copy(update={"password": SecretStr(secret_in(mail.password_file))})
    if webhook.secret_file is not None:
        webhook = webhook.model_copy(update={"secret": SecretStr(secret_in(webhook.secret_file))})
    if notify.targets_file is not None:
        notify = notify.model_copy(update={"targets": {**notify.targets, **targets_in(notify.targets_file)}})
    return config.model_copy(update={"mail": mail, "webhook": webhook, "notify": notify})


# --- faults -------------------------------------------------------------------------------------------------------


def _faults(error: ValidationError, path: Path | None) -> Iterator[str]:
    for fault in faults_of(error):
        place = key_path(_told(fault["loc"]))
        yield f"{_origin(fault, path)}: {place}: {fault_text(fault, _keys(fault['loc']))}"


def _told(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """`location` without what may be a secret: a target's URL where its name belongs."""
    if location[:2] != ("notify", "targets"):
        return location
    return (*location[:2], *(told_name(str(name)) for name in location[2:3]), *location[3:])


def _origin(fault: ErrorDetails, path: Path | None) -> str:
    for depth in range(len(fault["loc"]), 0, -1):
        if _variable(fault["loc"][:depth]) in os.environ:
            return f"environment {_variable(_told(fault['loc'][:depth]))}"
    return str(path or "configuration")


def _variable(location: tuple[int | str, ...]) -> str:
    return _PREFIX + "__".join(str(part).upper() for part in location)


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
