"""What the documents promise exists, and what exists is documented."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from readout.cli import app
from readout.config import Config, config_of

DOCS = Path(__file__).parents[2] / "docs"


def commands(group, prefix=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def settings(model: type[BaseModel], prefix=""):
    for name, field in model.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from settings(section, f"{prefix}{name}.")
        elif name != "file":
            yield f"{prefix}{field.alias or name}"


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_documented(name):
    first, _, last = name.partition(" ")
    lines = [line for line in (DOCS / "commands.md").read_text().splitlines() if f"`readout {first}" in line]
    assert any(last in line for line in lines), f"readout {name}"


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_documented(name):
    text = (DOCS / "commands.md").read_text()
    options = {option for parameter in ALL[name].params for option in parameter.opts if option.startswith("--")}
    undocumented = {option for option in options - {"--help"} if option not in text}
    assert undocumented <= {"--state", "--limit"}, f"readout {name}: {undocumented}"


@pytest.mark.parametrize("key", list(settings(Config)))
def test_every_setting_is_documented(key):
    assert f"`{key}`" in (DOCS / "configuration.md").read_text()


EXAMPLE = files("readout.cli").joinpath("readout.toml.example").read_text(encoding="utf-8")
UNCOMMENTED = tomllib.loads(re.sub("^# (?=.* = )", "", EXAMPLE, flags=re.MULTILINE))
# Whose default depends on where the file lies, or on our version.
ELSEWHERE = {"data_dir", "sources", "database.url", "crawl.user_agent", "archive.dir"}


def stated(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict) and f"{prefix}{key}" not in KEYS:
            yield from stated(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


KEYS = list(settings(Config))


def test_the_example_configuration_says_nothing_by_itself():
    assert not [line for line in EXAMPLE.splitlines() if line and line[0] not in "#["]
    assert config_of(EXAMPLE.encode(), None) == config_of(b"", None)
    assert "\n\n#" not in EXAMPLE.partition("[")[2]


def test_the_example_configuration_has_every_setting():
    assert sorted(key for key, _ in stated(UNCOMMENTED)) == sorted(KEYS)


@pytest.mark.parametrize(("key", "value"), list(stated(UNCOMMENTED)))
def test_the_example_configuration_shows_the_default(key, value):
    default = Config()
    for name in key.split("."):
        default = getattr(default, "sender" if name == "from" else name)
    assert key in ELSEWHERE or default in (value, None, (), {})
