"""The settings that keep a crawl safe: changing one of them is a decision, not an accident."""

import subprocess
import sys

import pytest
from scrapy.settings import Settings
from scrapy.settings import default_settings as scrapy_defaults
from scrapy.utils.project import get_project_settings

from readout.config import Config
from readout.workers.limits import Limits, settings_for
from readout.workers.project import project_settings


@pytest.fixture(scope="module")
def settings() -> Settings:
    """As the first crawler of a process sees them, under an installation's limits."""
    settings = project_settings()
    settings.set("READOUT_CONFIG", Config())
    Limits.update_pre_crawler_settings(settings)
    return settings


MIB = 1024 * 1024
HANDLERS = dict.fromkeys(("http", "https"), "spiders.connection.BoundedHandler")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMOTE_CONTROL_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("HTTPPROXY_ENABLED", False),
        ("DOWNLOAD_HANDLERS", {"data": None, "file": None, "ftp": None, "s3": None} | HANDLERS),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("DOWNLOAD_MAXSIZE", 10 * MIB),
        ("DOWNLOAD_TIMEOUT", 30),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("METAREFRESH_ENABLED", False),
        ("REDIRECT_MAX_TIMES", 5),
        ("COOKIES_ENABLED", False),
        ("REFERRER_POLICY", "no-referrer"),
        ("TWISTED_DNS_RESOLVER", "spiders.guard.Guard"),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("CONCURRENT_REQUESTS", 1),
        ("DOWNLOAD_DELAY", 1.0),
        ("DOWNLOAD_DELAY_JITTER", 0),
        ("CLOSESPIDER_TIMEOUT", 600),
        ("CLOSESPIDER_PAGECOUNT", 501),
        ("READOUT_MAX_REQUESTS", 500),
        ("READOUT_ALLOW_NETWORKS", []),
        ("SPIDER_MODULES", ["spiders.site"]),
    ],
)
def test_the_setting_is(settings, name, value):
    assert settings[name] == value


def test_only_our_own_are_added(settings):
    added = {name: place for name, place in settings["DOWNLOADER_MIDDLEWARES"].items() if place is not None}
    assert added == {"spiders.manners.Manners": 100, "spiders.answers.Answers": 590}


def test_a_crawl_asks_to_wait_never_twice(settings):
    assert not {429, 503} & set(settings["RETRY_HTTP_CODES"])


def test_every_setting_of_ours_that_is_not_our_own_is_one_scrapy_knows():
    """A setting that Scrapy renames would be silently without effect."""
    ours = {name for name in get_project_names() if not name.startswith(("READOUT_", "_"))}
    assert ours <= set(scrapy_defaults.__all__) | {"ADDONS"}


def get_project_names() -> set[str]:
    settings = project_settings()
    return {name for name in settings if settings.getpriority(name) == 20} | set(settings_for(Config()))


def test_scrapy_finds_the_same_settings_by_itself(monkeypatch):
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")
    assert get_project_settings()["BOT_NAME"] == "readout"


def said_alone(program: str) -> tuple[str, str]:
    """What a program of Python says on its two streams, in a process of its own: this one loads all sorts of things."""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return ran.stdout.strip(), ran.stderr


def test_the_spider_is_found_where_no_extra_is_installed():
    """Where importing what the extra `browser` brings fails."""
    program = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('playwright', 'scrapy_playwright', 'apprise')))\n"
        "from scrapy.spiderloader import SpiderLoader\n"
        "from readout.workers.project import project_settings\n"
        "print(SpiderLoader.from_settings(project_settings()).list())\n"
    )
    assert said_alone(program) == ("['site']", "")


def test_what_is_not_used_is_not_loaded():
    program = (
        "import sys\n"
        "from readout.workers.project import project_settings\n"
        "for kind in ('EXTENSIONS', 'DOWNLOADER_MIDDLEWARES', 'SPIDER_MIDDLEWARES'):\n"
        "    for part in project_settings().get_component_priority_dict_with_base(kind):\n"
        "        __import__(part.rpartition('.')[0])\n"
        "print(*{'aiohttp', 'requests', 'tldextract', 'twisted.conch'} & sys.modules.keys())\n"
    )
    assert said_alone(program) == ("", "")
