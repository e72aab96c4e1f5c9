"""The configuration is read whole, or refused whole with every fault."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from readout import section
from readout.catalog import load_sources
from readout.config import Config, load_config, shipped_sources
from readout.error import ConfigError


@pytest.fixture(autouse=True)
def _discreet() -> Iterator[None]:
    """Whoever writes these files keeps them to themselves."""
    usual = os.umask(0o077)
    yield
    os.umask(usual)


def write(folder: Path, text: str) -> Path:
    path = folder / "readout.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value.faults


def test_defaults_hold_without_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert config.data_dir == tmp_path / "var"
    assert config.database.url == f"sqlite:///{tmp_path}/var/readout.db"
    assert config.sources == (shipped_sources(),)
    assert config.alerts.max_age_days == 14


def test_my_sources_are_read_where_they_exist(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-sources").mkdir()
    assert load_config().sources == (shipped_sources(), tmp_path / "my-sources")


def test_relative_paths_count_from_the_file(tmp_path):
    (tmp_path / "mine").mkdir()
    path = write(tmp_path, 'data_dir = "data"\nsources = ["mine"]\n[database]\nurl = "sqlite:///x.db"\n')
    config = load_config(path)
    assert config.data_dir == tmp_path / "data"
    assert config.sources == (tmp_path / "mine",)
    assert config.database.url == f"sqlite:///{tmp_path}/x.db"


def test_every_fault_is_told_at_once_with_its_key_path(tmp_path):
    path = write(
        tmp_path,
        '[mail]\nprot = 25\nport = "x"\nfrom = "a\\nb"\n[crawl]\nallow_networks = ["10.0.0.0/99"]\n[nonsense]\n',
    )
    told = "\n".join(faults(path))
    for wanted in ("mail.prot: no such setting; did you mean 'port'?", "mail.port:", "mail.from: must be one line"):
        assert f"{path}: {wanted}" in told
    assert "crawl.allow_networks[0]: a network belongs here, e.g. 10.1.0.0/16" in told
    assert "nonsense: no such setting" in told


def test_broken_toml_names_its_line(tmp_path):
    assert "line 2" in faults(write(tmp_path, "[mail]\nhost = \n"))[0]


def test_missing_file_and_folder_are_errors(tmp_path):
    assert "no such file" in faults(tmp_path / "none.toml")[0]
    assert "is no folder" in faults(write(tmp_path, 'sources = ["none"]'))[0]


def test_environment_overrides_and_is_named_in_faults(tmp_path, monkeypatch):
    path = write(tmp_path, '[mail]\nhost = "mail.example"\nport = 25\n')
    monkeypatch.setenv("READOUT_MAIL__PORT", "2525")
    config = load_config(path)
    assert (config.mail.host, config.mail.port) == ("mail.example", 2525)
    monkeypatch.setenv("READOUT_MAIL__PORT", "many")
    assert faults(path)[0].startswith("environment READOUT_MAIL__PORT: mail.port")


def test_a_password_shows_in_no_representation(tmp_path):
    (tmp_path / "secret").write_text("canary-7f3\n")
    config = load_config(write(tmp_path, '[mail]\npassword_file = "secret"\n'))
    assert config.mail.password is not None
    assert config.mail.password.get_secret_value() == "canary-7f3"
    assert "canary" not in f"{config!r} {config} {config.model_dump()}"


def test_the_contact_stands_in_the_user_agent(tmp_path):
    config = load_config(write(tmp_path, '[crawl]\ncontact = "desk@example.org"\n'))
    assert config.crawl.identity.endswith("(+desk@example.org)")


def test_what_the_values_name_is_checked_together_with_their_shape(tmp_path):
    path = write(
        tmp_path,
        'sources = ["none"]\nworkers = "cluster"\n[mail]\nprot = 1\npassword_file = "gone"\n'
        '[database]\nurl = "postgresql://me:canary@db/readout"\n',
    )
    told = "\n".join(faults(path))
    for wanted in (
        f"sources[0]: {tmp_path}/none is no folder",
        f"mail.password_file: {tmp_path}/gone: No such file",
        "mail.prot: no such setting",
        "database.url: write sqlite:///path/to/readout.db or postgresql+psycopg://user@host/database",
    ):
        assert f"{path}: {wanted}" in told
    assert "canary" not in told


@pytest.mark.parametrize("url", ["garbage", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://h/d"])
def test_a_database_that_cannot_be_used_is_a_fault_of_the_configuration(tmp_path, url):
    assert "database.url: " in faults(write(tmp_path, f'[database]\nurl = "{url}"\n'))[0]


def test_a_password_file_that_is_no_text_is_a_fault(tmp_path):
    (tmp_path / "secret").write_bytes(b"\xff")
    assert "is no text in UTF-8" in faults(write(tmp_path, '[mail]\npassword_file = "secret"\n'))[0]


def test_a_variable_of_no_section_is_refused_with_a_hint(tmp_path, monkeypatch):
    monkeypatch.setenv("READOUT_MIAL__HOST", "x")
    monkeypatch.setenv("READOUT_SOURCES", "mine")
    told = faults(write(tmp_path, "[nonsense]\n"))
    assert told[0] == "environment READOUT_MIAL__HOST: mial: no such setting; did you mean 'mail'?"
    assert any(one.startswith("environment READOUT_SOURCES: sources: ") for one in told)
    assert any("nonsense: no such setting" in one for one in told)


def test_what_is_only_called_like_a_setting_is_left_alone(tmp_path, monkeypatch):
    path = write(tmp_path, "")
    for name in ("READOUT_PORT", "READOUT_SERVICE_HOST", "READOUT_FILE"):
        monkeypatch.setenv(name, "tcp://10.0.0.1:80")
    monkeypatch.setenv("READOUT_CONFIG", str(path))
    assert load_config().file == path


ARGON = "$argon2id$v=19$m=65536,t=3,p=4$Y2FuYXJ5$canaryc2FsdHNhbHRzYWx0"


def test_a_configuration_as_it_is_documented_loads(tmp_path):
    text = (
        f'[web]\nhost = "127.0.0.1"\nport = 8080\npassword_hash = "{ARGON}"\n'
        '[archive]\ndir = "kept"\nkeep = "none"\n[retention]\narticle_days = 30\nlog_days = 7\n'
    )
    config = load_config(write(tmp_path, text))
    assert (config.web.port, config.archive.dir, config.retention.log_days) == (8080, tmp_path / "kept", 7)
    assert "canary" not in repr(config)
    empty = load_config(write(tmp_path, ""))
    assert (empty.archive.dir, empty.archive.keep) == (tmp_path / "var" / "archive", "reports")
    told = faults(write(tmp_path, '[web]\nport = 0\n[archive]\nkeep = "some"\n[retention]\nlog_days = 0\n'))
    assert len(told) == 3


@pytest.mark.parametrize(
    "written", ["canary", "canary horse battery staple", "$2b$12$canarycanarycanarycanary", "$argon2id$"]
)
def test_a_password_in_the_place_of_its_hash_is_refused_and_not_shown(tmp_path, written):
    told = faults(write(tmp_path, f'[web]\npassword_hash = "{written}"\nreader_password_hash = "{written}"\n'))
    assert len(told) == 2
    assert all("--hash-password" in fault and "canary" not in fault for fault in told)


@pytest.mark.parametrize("name", ["https://x.example", "x.example:80", "", "a b"])
def test_a_further_name_of_the_web_page_is_a_host(tmp_path, name):
    assert len(faults(write(tmp_path, f'[web]\nhosts = ["{name}"]\n'))) == 1


# --- secrets of webhooks and of Apprise ---------------------------------------------------------------------------

WHSEC = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTEyMw=="


def test_secrets_show_in_no_representation(tmp_path):
    config = load_config(
        write(tmp_path, f'[webhook]\nsecret = "{WHSEC}"\n[notify.targets]\nteam = "slack://canary/canary"\n')
    )
    assert config.webhook.secret.get_secret_value() == WHSEC
    assert config.notify.targets["team"].get_secret_value() == "slack://canary/canary"
    for shown in (f"{config!r} {config} {config.model_dump()} {config.model_dump_json()}",):
        assert "canary" not in shown
        assert WHSEC not in shown


def test_secrets_may_lie_in_files_of_their_own(tmp_path):
    (tmp_path / "hook-secret").write_text(WHSEC + "\n")
    (tmp_path / "targets.toml").write_text('team = "slack://file"\nphone = "ntfys://file"\n')
    text = (
        '[webhook]\nsecret_file = "hook-secret"\n'
        '[notify]\ntargets_file = "targets.toml"\ntargets = { team = "slack://inline", desk = "json://inline" }\n'
    )
    config = load_config(write(tmp_path, text))
    assert config.webhook.secret.get_secret_value() == WHSEC
    urls = {name: url.get_secret_value() for name, url in config.notify.targets.items()}
    assert urls == {"team": "slack://file", "phone": "ntfys://file", "desk": "json://inline"}


def test_one_target_can_come_from_the_environment(tmp_path, monkeypatch):
    path = write(tmp_path, '[notify.targets]\nteam = "slack://file"\ndesk = "json://file"\n')
    monkeypatch.setenv("READOUT_NOTIFY__TARGETS__TEAM", "slack://environment")
    monkeypatch.setenv("READOUT_WEBHOOK__SECRET", WHSEC)
    config = load_config(path)
    urls = {name: url.get_secret_value() for name, url in config.notify.targets.items()}
    assert urls == {"team": "slack://environment", "desk": "json://file"}
    assert config.webhook.secret.get_secret_value() == WHSEC
    monkeypatch.setenv("READOUT_NOTIFY__TARGETS__TEAM", "canary")
    (told,) = faults(path)
    assert told.startswith("environment READOUT_NOTIFY__TARGETS__TEAM: notify.targets.team: is no Apprise URL")
    assert "canary" not in told


@pytest.mark.parametrize(
    "text",
    [
        '[webhook]\nsecret = "canary"',
        '[webhook]\nsecret = "whsec_canary!"',
        '[webhook]\nsecret = "whsec_Y2FuYXJ5"',
        '[webhook]\nsecret = ["canary"]',
        '[webhook]\nsecret_file = "hook-secret"',
        '[notify.targets]\nteam = "canary"',
        "[notify.targets]\nteam = ['slack://canary']",
        "[notify.targets.team]\nurl = 'slack://canary'",
        '[notify.targets]\n"Team" = "slack://canary"',
        '[notify.targets]\n"a b" = "slack://canary"',
        '[notify]\ntargets = "slack://canary"',
        '[notify.targets]\n"slack://canary" = "team"',
        '[notify.targets]\n"slack://canary" = "json://canary"',
        '[notify.targets]\n"slack://canary" = 5',
        '[notify]\ntargets_file = "swapped.toml"',
        '[notify]\ntargets_file = "swapped-numbers.toml"',
        '[notify]\ntargets_file = "targets.toml"',
        '[notify]\ntargets_file = "numbers.toml"',
        '[notify]\ntargets_file = "broken.toml"',
    ],
)
def test_a_faulty_secret_is_refused_and_not_shown(tmp_path, text):
    (tmp_path / "hook-secret").write_text("whsec_canary")
    (tmp_path / "targets.toml").write_text('team = "canary"')
    (tmp_path / "numbers.toml").write_text('[team]\nurl = "slack://canary"')
    (tmp_path / "broken.toml").write_text('team = "slack://canary')
    (tmp_path / "swapped.toml").write_text('"slack://canary" = "json://canary"')
    (tmp_path / "swapped-numbers.toml").write_text('"slack://canary" = 5')
    (told,) = faults(write(tmp_path, text))
    section = text.partition("]")[0].lstrip("[").partition(".")[0]
    assert f": {section}." in told
    assert "canary" not in told


@pytest.mark.parametrize("ending", ["", "__SLACK://CANARY"])
def test_a_target_of_the_environment_that_has_no_name_is_not_shown(tmp_path, monkeypatch, ending):
    monkeypatch.setenv(f"READOUT_NOTIFY__TARGETS{ending}", "team" if ending else '{"slack://canary": "team"}')
    (told,) = faults(write(tmp_path, ""))
    assert told.startswith("environment READOUT_NOTIFY__TARGETS")
    assert "canary" not in told.lower()


SECRET_FILES = {
    "mail.password_file": ("canary-7f3", '[mail]\npassword_file = "secret"\n'),
    "webhook.secret_file": (WHSEC, '[webhook]\nsecret_file = "secret"\n'),
    "notify.targets_file": ('team = "slack://canary"', '[notify]\ntargets_file = "secret"\n'),
}


@pytest.mark.parametrize("key", SECRET_FILES)
@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o666, 0o444])
def test_a_secret_that_everybody_reads_or_changes_is_refused(tmp_path, monkeypatch, key, mode):
    secret, text = SECRET_FILES[key]
    file = tmp_path / "secret"
    file.write_text(secret)
    file.chmod(mode)
    (told,) = faults(write(tmp_path, text))
    assert f"{key}: {file}: everybody on this machine can read or change it: chmod 600 {file}" in told
    assert "canary" not in told
    monkeypatch.setattr(section, "CONTAINER_SECRETS", (tmp_path,))
    assert load_config(write(tmp_path, text))


@pytest.mark.parametrize("key", SECRET_FILES)
@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o440])
def test_a_secret_may_be_shared_with_a_group(tmp_path, key, mode):
    secret, text = SECRET_FILES[key]
    (tmp_path / "secret").write_text(secret)
    (tmp_path / "secret").chmod(mode)
    assert load_config(write(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        '[mail]\npassword = "canary"',
        f'[webhook]\nsecret = "{WHSEC}"',
        '[notify.targets]\nteam = "slack://canary"',
        '[web]\npassword_hash = "$argon2id$v=19$m=65536,t=3,p=4$Y2FuYXJ5$canaryc2FsdHNhbHRzYWx0"',
    ],
)
def test_a_configuration_with_a_secret_is_refused_where_everybody_reads_it(tmp_path, text):
    path = write(tmp_path, text)
    path.chmod(0o644)
    (told,) = faults(path)
    assert "a secret stands here, and everybody on this machine can read or change it: chmod 600" in told
    assert "canary" not in told
    path.chmod(0o640)
    assert load_config(path)
    path.write_text('[mail]\nhost = "mail.example"\n')
    path.chmod(0o644)
    assert load_config(path)


def test_a_secret_has_an_end(tmp_path):
    (tmp_path / "secret").write_bytes(b"x" * 70_000)
    assert "larger than 64 KiB" in faults(write(tmp_path, '[mail]\npassword_file = "secret"\n'))[0]


def test_what_validation_repeats_is_no_secret(tmp_path):
    with pytest.raises(ValueError, match="webhook") as caught:
        Config(webhook={"secret": "whsec_canary"}, notify={"targets": {"team": "canary"}})
    assert "canary" not in str(caught.value)


HOSTILE_TOML = {
    "x = " + "9" * 5000: "not valid TOML: a number with thousands of digits",
    "x = " + "[" * 5000: "not valid TOML: lists or tables within each other without end",
    "a." * 5000 + "a = 1": "a key of more than 8 parts (at line 1)",
    "#\n" * 600_000: "larger than 1 MiB",
}


@pytest.mark.parametrize("text", HOSTILE_TOML, ids=lambda text: text[:8])
def test_a_hostile_file_is_a_fault(tmp_path, text):
    (tmp_path / "targets.toml").write_text(text)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "courier.toml").write_text(text)
    said = HOSTILE_TOML[text]
    (whole,) = faults(write(tmp_path, text))
    assert whole.startswith(f"{tmp_path / 'readout.toml'}: {said}")
    (named,) = faults(write(tmp_path, '[notify]\ntargets_file = "targets.toml"'))
    assert f"notify.targets_file: {tmp_path / 'targets.toml'}: {said}" in named
    with pytest.raises(ConfigError) as caught:
        load_sources([tmp_path / "mine"])
    assert caught.value.faults[0].startswith(f"{tmp_path / 'mine' / 'courier.toml'}: {said}")


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("https://desk.example", "https://desk.example"),
        ("https://desk.example/", "https://desk.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://desk.example/readout/", "https://desk.example/readout"),
        ("https://[2001:db8::1]:8443/a/b", "https://[2001:db8::1]:8443/a/b"),
    ],
)
def test_the_public_address_is_kept_without_its_last_slash(tmp_path, stated, kept):
    assert load_config(write(tmp_path, f'[alerts]\npublic_url = "{stated}"\n')).alerts.public_url == kept


@pytest.mark.parametrize(
    "stated",
    [
        *("", "desk.example", "ftp://desk.example", "https://", "https:///x", "https://desk.example:99999", "//x"),
        *("https://me:pass@desk.example", "https://desk.example/?a=b", "https://desk.example/#a", "https://d/a b"),
        *("https://desk.example//x", "https://desk.example/../x", "https://desk.example/%0d", "https://d\\\\@e/x"),
        *("https://desk.example:0", "https://[::1", "javascript:alert(1)"),
    ],
)
def test_what_is_no_public_address_is_refused(tmp_path, stated):
    assert "alerts.public_url: " in faults(write(tmp_path, f'[alerts]\npublic_url = "{stated}"\n'))[0]
