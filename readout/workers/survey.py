"""A crawl that gets to know a site: up to forty requests, three articles among them, into a database thrown away.

It must not change what is stored, and runs once a process.
"""

from __future__ import annotations

from typing import ClassVar

from readout.config import Config
from readout.services import Services
from readout.surveying.survey import SiteSurvey
from readout.workers.crawl import Purpose
from readout.workers.scratch import crawl_in_scratch
from readout.workers.trial import Trial, stranger

_MOST_REQUESTS = 40
_MOST_MINUTES = 5.0


class Survey(Trial):
    """A trial of a site that nothing is known of but an address; `country` and `timezone` are what a person said."""

    purpose: ClassVar[Purpose] = Purpose.SURVEY

    def __init__(self, services: Services, url: str, *, country: str | None, timezone: str | None) -> None:
        super().__init__(services, stranger(url))
        self.survey = SiteSurvey(asked=url)
        self.country = country
        self.timezone = timezone


def survey_site(url: str, config: Config, *, country: str | None = None, timezone: str | None = None) -> Survey:
    """Get to know the site at `url`, politely: robots.txt, pauses and address guard as in any crawl.

    Raises ReadoutError where no crawl can be run; a site that cannot be had leaves a survey without places.
    """
    crawl = config.crawl.model_copy(
        update={
            "max_requests": min(config.crawl.max_requests, _MOST_REQUESTS),
            "max_minutes": min(config.crawl.max_minutes, _MOST_MINUTES),
        }
    )
    limited = config.model_copy(update={"crawl": crawl})
    return crawl_in_scratch(limited, lambda services: Survey(services, url, country=country, timezone=timezone))
