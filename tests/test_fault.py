"""What is wrong with a file is told in words of ours, whatever stands in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from readout.cli.watch_file import read_watches
from readout.config import Config
from readout.error import ConfigError
from readout.fault import fault_text, faults_of
from readout.section import Alerts, Mail
from readout.source_file import SourceFile
from readout.watch_row import WEEKDAYS, WatchRow
from readout.watches.query import parse

# What a TOML file can hold, all of it wrong nearly everywhere.
NONSENSE = [
    *(0, -1, 10**30, 1.5, float("nan"), float("inf"), True, "", "x", "x" * 5000, "1e3"),
    *([], [1], ["x"], [[]], [{}], {}, {"x": 1}, {"x": {}}, datetime(2024, 10, 4, tzinfo=UTC)),
]


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for part in get_args(annotation):
        yield from models(part)


FIELDS = [
    (model, field.alias or name)
    for root in (Config, SourceFile, WatchRow)
    for model in dict.fromkeys(models(root))
    for name, field in model.model_fields.items()
    if name != "file"
]


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_no_fault_is_told_in_the_words_of_a_library(model: type[BaseModel], field: str) -> None:
    said = [text for value in NONSENSE for text in told(model, {field: value})]
    assert said
    for text in said:
        assert not {"Input", "Field", "should", "Value"} & set(text.split()), text
        assert "{" not in text


def told(model: type[BaseModel], values: dict[str, Any]) -> list[str]:
    try:
        model.model_validate(values, context=parse)
    except ValidationError as error:
        return [fault_text(fault, list(model.model_fields)) for fault in faults_of(error)]
    return []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"port": "x"}, "a whole number belongs here"),
        ({"port": 0}, "must be 1 or more"),
        ({"port": 70_000}, "must be 65535 or less"),
        ({"timeout": 0}, "must be more than 0"),
        ({"security": "start"}, "must be one of starttls, tls, none; did you mean starttls?"),
        ({"security": "SSL"}, "must be one of starttls, tls, none"),
        ({"hots": "x"}, "no such setting; did you mean 'host'?"),
        ({"host": 5}, "a text belongs here, in quotes"),
    ],
)
def test_what_belongs_there_is_said(values: dict[str, Any], said: str) -> None:
    (text,) = told(Mail, values)
    assert text.startswith(said)


@pytest.mark.parametrize(
    ("network", "said"),
    [("10.1.0.1/16", "did you mean 10.1.0.0/16?"), ("inside", "e.g. 10.1.0.0/16"), (5, "e.g. 10.1.0.0/16")],
)
def test_a_network_is_written_as_one(network: object, said: str) -> None:
    assert said in told(Alerts, {"allow_networks": [network]})[0]


def test_what_was_written_is_kept_where_there_is_a_choice_alone() -> None:
    with pytest.raises(ValidationError) as caught:
        Mail.model_validate({"password": ["s3cret"], "security": "x"})
    assert [fault["input"] for fault in faults_of(caught.value)] == [None, "x"]


def test_all_of_a_file_is_told_so() -> None:
    text = b'[[watch]]\ntz = 5\ndigest = "monthly"\nto = ["a@example.org"]\nupdates = 1\non = "mon"\n'
    with pytest.raises(ConfigError) as caught:
        read_watches(text, "w.toml", parse)
    assert caught.value.faults == [
        "w.toml: watch[0].name: is required, and is not there",
        "w.toml: watch[0].digest: must be one of daily, weekly",
        f"w.toml: watch[0].on: must be one of {', '.join(WEEKDAYS)}; did you mean monday?",
        "w.toml: watch[0].tz: a text belongs here, in quotes",
        "w.toml: watch[0].updates: true or false belongs here",
    ]
