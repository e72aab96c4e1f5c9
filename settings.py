"""Scrapy's settings: what is safe on a hostile web, the same for every source and every installation.

It must not read the configuration or the environment: the add-on named in ADDONS brings the limits of an installation.
"""

from __future__ import annotations

# `settings` in a checkout, `readout.project.settings` where Readout is installed: the rooms stand beside it.
_prefix = __name__.removesuffix("settings")

BOT_NAME = "readout"
SPIDER_MODULES = [f"{_prefix}spiders.site"]  # the whole room would be imported, and what only an extra brings
ADDONS = {"readout.workers.limits.Limits": 0}

# --- what happens to a page, in order -------------------------------------------------------------------------------

ITEM_PIPELINES = {
    f"{_prefix}pipelines.SkipKnown": 100,
    f"{_prefix}pipelines.Read": 200,
    f"{_prefix}pipelines.Take": 300,
}

# --- manners --------------------------------------------------------------------------------------------------------

# Scrapy's own obedience to robots.txt takes an unreachable one for a permission; RFC 9309 §2.3.1.4 says stay away.
ROBOTSTXT_OBEY = False
DOWNLOADER_MIDDLEWARES = {
    f"{_prefix}spiders.manners.Manners": 100,
    f"{_prefix}spiders.answers.Answers": 590,  # where Scrapy has its own
}
# What Readout does not use is not even loaded: it costs half a second and 20 MiB, and opens doors. Where such a part is
# only taken out again (by a None), Scrapy loads it to see what it is.
EXTENSIONS_BASE = {"scrapy.extensions.closespider.CloseSpider": 0}
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 1_000_000  # bytes of pages that a crawl lets wait for a reader before it fetches on
CONCURRENT_ITEMS = 1  # an answer holds one page; Scrapy would make a hundred tasks for it
# One at a time, so that a request is judged when its turn has come: the answer before it may have asked us to wait.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY_JITTER = 0  # it would shorten the delay as often as lengthen it
RETRY_TIMES = 1
# 429 and 503 are requests to wait: they are heard, not answered with the same request again.
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
REFERRER_POLICY = "no-referrer"
COOKIES_ENABLED = False

# --- a hostile web --------------------------------------------------------------------------------------------------

TWISTED_DNS_RESOLVER = f"{_prefix}spiders.guard.Guard"
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None} | dict.fromkeys(
    ("http", "https"), f"{_prefix}spiders.connection.BoundedHandler"
)
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 20
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False
DEPTH_LIMIT = 1
URLLENGTH_LIMIT = 0  # Scrapy would drop a long address without a word; `readout.storage.links` says what it is
CLOSESPIDER_TIMEOUT = 600
CLOSESPIDER_PAGECOUNT = 500
# Every answer reaches the spider: a link that answers 404 has a fate too.
HTTPERROR_ALLOW_ALL = True

# --- nothing listens, nothing talks ---------------------------------------------------------------------------------

REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
MEMUSAGE_ENABLED = False
REACTOR_THREADPOOL_MAXSIZE = 20  # name servers may be slow; one source's must not stop another's
