"""A crawl over hostile sites at once: each attack meets its limit, and whoever stands beside it is read and told."""

from collections.abc import Iterator

import pytest

from tests.hostile.case import Case
from tests.hostile.web import CASES, Harvest, harvest


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    with harvest(tmp_path_factory.mktemp("hostile")) as found:
        yield found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_stands_beside_an_attack_is_stored_and_told(crawled: Harvest, case: Case) -> None:
    good = set(crawled.sites[case.name].good)
    assert good <= crawled.meetings(case.name)
    told = [path for path in good if any(crawled.server.url(case.name, path) in mail for mail in crawled.mails)]
    assert set(told) == good


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_attack_meets_its_limit(crawled: Harvest, case: Case) -> None:
    fates = crawled.fates(case.name)
    for path, (outcome, reason) in crawled.sites[case.name].fates.items():
        assert fates[path][0] in outcome.split(" or ")
        assert reason in fates[path][1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nobody_hears_twice_of_a_meeting(crawled: Harvest, case: Case) -> None:
    site, base = crawled.sites[case.name], crawled.server.url(case.name)
    assert site.alerts in (None, sum(base in mail for mail in crawled.mails))
    assert site.links in (None, len(crawled.fates(case.name)))
