"""What an error is taken for: the network's doing, or a fault of our own."""

from types import SimpleNamespace

import pytest
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.error import ConnectionLost

from readout.discovery import Validators
from readout.services import open_services
from readout.workers.crawl import Crawl
from spiders.fate import fate_of_error
from spiders.manners import Manners
from spiders.site import SiteSpider
from spiders.walk import UnansweredError
from tests.sites import configure, source

NETWORK = [CannotResolveHostError("x"), ConnectionLost(), UnicodeError("label empty or too long")]
FAULTS = [AttributeError("x"), TypeError("x"), ZeroDivisionError()]


@pytest.fixture
def spider(tmp_path):
    place = {"type": "feed", "url": "http://courier.example/rss"}
    config = configure(tmp_path, source("courier", "http://courier.example/", place))
    services = open_services(config, pool=False)
    yield SiteSpider(Crawl(services, services.sources["courier"]))
    services.close()


def failing(spider, error):
    """The crawler of `spider`, whose every request ends in `error`."""

    async def download_async(_):
        raise error

    settings = SimpleNamespace(getint=lambda _, default: default, getfloat=lambda _: 30.0)
    spider.crawler = SimpleNamespace(engine=SimpleNamespace(download_async=download_async), settings=settings)
    spider.crawler.spider = spider
    return spider.crawler


@pytest.mark.parametrize("error", NETWORK, ids=repr)
async def test_what_the_network_comes_up_with_is_an_answer(spider, error):
    crawler = failing(spider, error)
    with pytest.raises(UnansweredError, match="courier"):
        await spider._ask("http://courier.example/rss", Validators(), renders=False, keep=False)
    robots = await Manners(crawler)._ask_robots("http://courier.example")
    assert (robots.status, bool(robots.reason)) == (None, True)


@pytest.mark.parametrize("error", FAULTS, ids=repr)
async def test_a_fault_of_our_own_is_not_taken_for_one_of_the_network(spider, error):
    crawler = failing(spider, error)
    with pytest.raises(type(error)):
        await spider._ask("http://courier.example/rss", Validators(), renders=False, keep=False)
    with pytest.raises(type(error)):
        await Manners(crawler)._ask_robots("http://courier.example")


def test_an_address_that_is_none_is_not_repeated():
    """A name and a password may stand in it."""
    assert "secret" not in fate_of_error(ValueError("invalid hostname: me:secret@here")).reason
