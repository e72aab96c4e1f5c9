"""What the documents promise exists, and what exists is documented."""

from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from readout.cli import app
from readout.config import Config

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


def test_the_example_configuration_is_valid_and_complete(tmp_path):
    from importlib.resources import files

    from readout.config import load_config

    text = files("readout.cli").joinpath("readout.toml.example").read_text(encoding="utf-8")
    path = tmp_path / "readout.toml"
    path.write_text(text, encoding="utf-8")
    defaults = load_config(path)
    uncommented = "\n".join(
        line.removeprefix("# ").split("  #")[0] if line.startswith("# ") and " = " in line else line
        for line in text.splitlines()
        if "sources" not in line and "_file" not in line and "data_dir" not in line
    )
    path.write_text(uncommented, encoding="utf-8")
    filled = load_config(path)
    assert filled.read == defaults.read
    assert filled.alerts.max_age_days == defaults.alerts.max_age_days
    assert filled.alerts.flood_per_hour == defaults.alerts.flood_per_hour
    assert filled.webhook == defaults.webhook
    assert filled.mail.port == defaults.mail.port
