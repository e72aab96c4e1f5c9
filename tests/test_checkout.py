"""In a checkout the project's modules are those of the checkout, whatever else is installed under their names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from readout.demo.server import Answer, SiteServer
from tests.sites import configure, feed, outcomes, source
from tests.store import store_section

ROOT = Path(__file__).parents[1]


def answer(code: str, *, cwd: Path = ROOT) -> str:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def scrapy(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["settings", "spiders", "pipelines", "scheduler"])
def test_the_module_is_the_checkouts(module, tmp_path):
    """Also where another distribution's module of that name stands first on the path."""
    (tmp_path / f"{module}.py").write_text("raise ImportError('the wrong one')")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from readout.workers.project import project_module
name = project_module({module!r})
print(__import__(name).__file__)
"""
    assert Path(answer(code, cwd=tmp_path)).is_relative_to(ROOT)


@pytest.mark.parametrize("folder", [".", "tests/spiders"])
def test_scrapy_lists_the_one_spider(folder):
    listed = scrapy("list", cwd=ROOT / folder)
    assert listed.stdout.split() == ["site"], listed.stderr


def test_scrapy_says_which_source_is_missing(tmp_path):
    (tmp_path / "readout.toml").write_text("sources = []\n")
    crawled = scrapy("crawl", "site", "-a", "source=nowhere", cwd=ROOT, READOUT_CONFIG=str(tmp_path / "readout.toml"))
    assert crawled.returncode == 1
    assert "there is no source 'nowhere'" in crawled.stderr


def test_scrapy_crawls_a_source_by_itself(tmp_path):
    with SiteServer("courier") as web:
        web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": Answer(410)})
        place = {"type": "feed", "url": web.url("courier", "/rss")}
        config = configure(tmp_path, source("courier", web.url("courier"), place))
        (tmp_path / "readout.toml").write_text(
            'data_dir = "."\nsources = ["sources"]\n[crawl]\nper_host_delay = 0\nallow_networks = ["127.0.0.0/8"]\n'
            + store_section(tmp_path)
        )
        file = str(tmp_path / "readout.toml")
        crawled = scrapy("crawl", "site", "-a", "source=courier", cwd=ROOT, READOUT_CONFIG=file)
    assert crawled.returncode == 0, crawled.stderr
    assert outcomes(config) == {"/news/1": "failed"}
    assert "Traceback" not in crawled.stderr


def test_settings_read_no_configuration(tmp_path):
    """A configuration that is broken is said by the command that needs it, not by an import."""
    (tmp_path / "readout.toml").write_text("nonsense")
    assert answer("import settings; print(settings.BOT_NAME)", cwd=tmp_path) == "readout"
