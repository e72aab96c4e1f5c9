"""The limits of an installation as Scrapy settings.

It must not loosen what settings.py made safe.
"""

from __future__ import annotations

from typing import Any

from scrapy.settings import BaseSettings

from readout.config import Config, load_config

_MIB = 1024 * 1024


def settings_for(config: Config) -> dict[str, Any]:
    """Scrapy's settings that follow from `config`."""
    crawl = config.crawl
    return {
        "READOUT_CONFIG": config,
        "READOUT_ALLOW_NETWORKS": [str(network) for network in crawl.allow_networks],
        "READOUT_MAX_REQUESTS": crawl.max_requests,
        "USER_AGENT": crawl.identity,
        "DOWNLOAD_DELAY": crawl.per_host_delay,
        "DOWNLOAD_TIMEOUT": crawl.timeout,
        "DOWNLOAD_MAXSIZE": int(crawl.max_page_mib * _MIB),
        "CLOSESPIDER_TIMEOUT": crawl.max_minutes * 60,
        # Never reached: `spiders.manners` keeps the limit, and lets a walk keep what it has found when it is met.
        "CLOSESPIDER_PAGECOUNT": crawl.max_requests + 1,
    }


class Limits:
    """Scrapy's add-on: puts the limits over settings.py before anything reads them.

    A process that has its configuration already hands it in as READOUT_CONFIG; `scrapy crawl` finds it as every
    command does.
    """

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Scrapy's hook: called once, before the first crawler and before the resolver is made."""
        config = settings.get("READOUT_CONFIG") or load_config()
        settings.setdict(settings_for(config), priority="project")
