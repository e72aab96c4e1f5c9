"""The rules, their tests and the dashboard speak of numbers that the page prints, and of nothing else."""

import json
import re
import shutil
import subprocess
from itertools import combinations

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from readout.config import Archive, Config
from readout.storage import schema
from readout.storage.database import open_database
from tests.deploy.commands import DEPLOY
from tests.reported import source
from tests.telling import NOW, open_told, session
from tests.web.visiting import served

FOLDER = DEPLOY / "monitoring"
RULES = yaml.safe_load((FOLDER / "readout.rules.yml").read_text(encoding="utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
TESTS = yaml.safe_load((FOLDER / "readout.rules.test.yml").read_text(encoding="utf-8"))["tests"]
BOARD = json.loads((FOLDER / "readout.dashboard.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
SERIES = [series["series"] for test in TESTS for series in test["input_series"]]
SAID = [*(rule["expr"] for rule in ALERTS), *QUERIES, *SERIES]
# What Prometheus itself notes of whom it asks.
OF_PROMETHEUS = {"job", "instance"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Of each number that the page of a store in use prints, its labels and which values each has."""
    folder = tmp_path_factory.mktemp("store")
    database = open_database(f"sqlite:///{folder}/readout.db", create=True)
    with database.write() as connection:
        open_told(connection, session())
        crawled = {"id": "agency", "failures": 0, "last_started": NOW, "last_finished": NOW}
        connection.execute(insert(schema.source), crawled)
    with served(database, Config(archive=Archive(dir=folder)), sources={"agency": source()}) as guest:
        text = guest.get("/metrics").html
    database.close()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                values.setdefault(label, set()).add(value)
    return found


@pytest.mark.parametrize("said", SAID)
def test_every_number_is_printed_under_that_name_and_label(printed, said):
    for name, selected in re.findall(r"\b(readout_\w+)(?:\{([^}]*)\})?", said):
        assert name in printed, name
        for label, sign, values in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', selected):
            assert label in printed[name] or label in OF_PROMETHEUS, (name, label)
            if label in ("kind", "state", "place"):
                known = printed[name][label] | ({"database"} if label == "place" else set())
                assert set(values.split("|") if sign == "=~" else [values]) <= known, (name, values)
    for labels in re.findall(r"\bby \(([^)]*)\)", said):
        assert set(labels.split(", ")) <= {"kind", "state", "place", "version", "source", "outcome"}


def test_every_number_is_watched_or_shown(printed):
    watched = set(re.findall(r"\breadout_\w+", " ".join(SAID)))
    assert set(printed) - watched == {"readout_source_crawl_started_timestamp_seconds"}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_it_is_and_what_to_do(rule):
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert set(rule["annotations"]) == {"summary", "advice"}


def test_names_are_given_once():
    names = [rule["alert"] for rule in ALERTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("verb", "file"), [("check", "readout.rules.yml"), ("test", "readout.rules.test.yml")])
def test_prometheus_finds_the_rules_sound_and_true(verb, file):
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    done = subprocess.run(["promtool", verb, "rules", file], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_prometheus_is_told_fits():
    told = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert [(FOLDER / name).exists() for name in told["rule_files"]] == [True]
    (job,) = told["scrape_configs"]
    assert f'job="{job["job_name"]}"' in ALERTS[0]["expr"]
    assert job["authorization"] == {"credentials_file": "readout-key"}


# --- the dashboard --------------------------------------------------------------------------------------------------


def test_all_of_the_dashboard_asks_the_one_source_that_is_chosen():
    (variable,) = BOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
    asked = {json.dumps(each["datasource"]) for panel in PANELS for each in (panel, *panel["targets"])}
    assert asked == {json.dumps({"type": "prometheus", "uid": f"${{{variable['name']}}}"})}


def test_the_panels_stand_beside_one_another():
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    places = [panel["gridPos"] for panel in BOARD["panels"]]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below
