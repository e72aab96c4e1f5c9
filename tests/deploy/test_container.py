"""The image and what runs it: no rights, nothing written but volumes, no secret outside a file, steps in order."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from readout.config import load_config
from tests.deploy.commands import DEPLOY, ROOT, is_command

DOCKERFILE = (DEPLOY / "container" / "Dockerfile").read_text(encoding="utf-8")
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]
COMPOSE = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("readout:")}
MINE = pytest.mark.parametrize("name", OURS)
EACH = pytest.mark.parametrize("name", SERVICES)
DRAIN_S = 60
"""Within so many seconds a worker that is told to end has ended its crawls."""


def instructions(word: str) -> list[str]:
    return re.findall(rf"(?m)^{word} (.*)$", DOCKERFILE.replace("\\\n", " "))


def image_variables() -> dict[str, str]:
    return dict(each.split("=", 1) for line in instructions("ENV") for each in line.split())


def seconds(said: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(m|s)", said).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


# --- the image ------------------------------------------------------------------------------------------------------


def test_no_shell_stands_between():
    said = [*instructions("RUN"), *instructions("CMD"), *instructions("ENTRYPOINT")]
    said += [line.partition("CMD ")[2] for line in instructions("HEALTHCHECK")]
    for line in said:
        words = json.loads(line)
        assert words[0] not in ("sh", "bash")


def test_what_is_installed_is_locked_and_has_no_place_to_come_from():
    installs = [json.loads(line) for line in instructions("RUN") if "install" in line and "pip" in line]
    assert len(installs) == 2
    locked, ours = installs
    assert {"--require-hashes", "--only-binary=:all:", "requirements-deploy.lock"} <= set(locked)
    assert {"--no-index", "--no-deps", "."} <= set(ours)
    names = [*instructions("FROM"), *(service["image"] for service in SERVICES.values())]
    assert not [name for name in names if re.search(r"[./].*/|://|\.[a-z]{2,}/", name)]


def test_every_image_is_named_with_its_version():
    assert instructions("ARG") == ["PYTHON=3.13-slim-bookworm"]
    assert [name.partition(" ")[0] for name in instructions("FROM")] == ["python:${PYTHON}"] * 2
    for service in SERVICES.values():
        assert re.fullmatch(r"[a-z]+:\d[\w.-]*", service["image"])


def test_it_runs_as_nobody_in_particular():
    (user,) = re.findall(r"(?m)^USER (.*)$", FINAL)
    number, group = map(int, user.split(":"))
    assert number == group >= 10_000
    made = json.loads(re.search(r'(?m)^RUN (\["install".*)$', FINAL)[1])
    assert {f"--owner={number}", f"--group={number}"} <= set(made)
    assert {image_variables()[name] for name in ("READOUT_DATA_DIR", "READOUT_ARCHIVE__DIR")} <= set(made)
    assert FINAL.index("USER ") > FINAL.index("COPY --from=build")


def test_it_runs_what_there_is_and_ends_as_it_is_told():
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["readout"]
    assert is_command(json.loads(instructions("CMD")[-1]))
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert "/healthz" in instructions("HEALTHCHECK")[0]


def test_what_it_is_built_from_is_let_in_and_nothing_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    needed |= {*project["project"]["license-files"], "pyproject.toml", "requirements-deploy.lock"}
    about, everything, *rest = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert (about[0], everything) == ("#", "*")
    assert {line[1:] for line in rest if line.startswith("!")} == needed


# --- what runs it ---------------------------------------------------------------------------------------------------


@EACH
def test_each_is_shut_in(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(service)
    assert {"memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert service.get("user", "10001") != "root"
    assert ("user" in service) is (name not in OURS)  # of ours the image says it


@EACH
def test_each_writes_to_volumes_and_to_memory_alone(name):
    for volume in SERVICES[name]["volumes"]:
        place, _, mode = volume.partition(":")
        assert place in COMPOSE["volumes"] or mode.endswith(":ro"), volume
    assert any(place.startswith("/tmp") for place in SERVICES[name]["tmpfs"])


@EACH
def test_no_secret_stands_in_an_environment(name):
    for variable, value in SERVICES[name].get("environment", {}).items():
        assert not re.search("PASSWORD|SECRET|TARGETS|HASH|KEY", variable) or variable.endswith("_FILE"), variable
        assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), variable
    for secret in SERVICES[name]["secrets"]:
        assert set(COMPOSE["secrets"][secret]) == {"file"}


def test_the_database_is_reached_from_inside_alone():
    assert "ports" not in SERVICES["database"]
    assert SERVICES["database"]["networks"] == ["inner"]
    assert COMPOSE["networks"]["inner"] == {"internal": True}
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_database_is_made_as_readout_wants_it():
    made = SERVICES["database"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert {"--encoding=UTF8", "--locale=C.UTF-8", "--auth-host=scram-sha-256"} <= set(made.split())
    assert SERVICES["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


@MINE
def test_each_of_ours_runs_a_command_that_there_is(name):
    assert is_command(OURS[name]["command"])


@MINE
def test_each_of_ours_is_configured(name, tmp_path, monkeypatch):
    for variable, value in {**image_variables(), **OURS[name]["environment"]}.items():
        if variable.startswith("READOUT_"):
            monkeypatch.setenv(variable, value)
    (tmp_path / "readout.toml").write_text("")
    config = load_config(tmp_path / "readout.toml")
    assert config.workers == "cluster"
    assert config.database.url.startswith("postgresql+psycopg://readout@database/readout?passfile=/run/secrets/pgpass")
    assert f"archive:{config.archive_dir}" in OURS[name]["volumes"]
    assert config.crawl.place == "cluster"
    assert config.web.host == ("0.0.0.0" if "ports" in OURS[name] else "127.0.0.1")


def test_the_shape_is_brought_up_once_before_the_others():
    assert SERVICES["upgrade"]["restart"] == "no"
    assert SERVICES["upgrade"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in set(OURS) - {"upgrade"}:
        assert SERVICES[name]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert seconds(SERVICES[name]["stop_grace_period"]) > DRAIN_S


def test_every_file_that_is_named_is_told_of():
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for secret in COMPOSE["secrets"].values():
        assert str(Path(secret["file"])) in readme
