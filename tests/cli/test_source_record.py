"""Pages kept for tests of how they are read."""

from zoneinfo import ZoneInfo

from readout.articles.extract import extract
from readout.demo.server import SiteServer
from readout.discovery import DiscoveryKind
from readout.golden import differences, read_golden
from readout.model import Link
from readout.source_file import read_source_file
from tests.newcomers import SITES, TITLES, at, begin, blog_source, end, serve, settle_in


def test_a_page_is_kept_with_what_is_read_of_it(tmp_path):
    with SiteServer(*SITES) as web:
        serve(web)
        file = settle_in(tmp_path, blog_source(web))
        folder = tmp_path / "golden"
        code, said, errors = end(begin(file, "source", "record", "blog", "--to", str(folder)))
    assert (code, errors) == (0, "")
    assert "without permission" in said
    golden = read_golden(folder)
    assert (golden.title, golden.published, golden.language) == (TITLES[0], at(0), "en")
    assert golden.place.kind is DiscoveryKind.FEED
    assert [link.title for link in golden.place.links] == list(TITLES)
    (source,), _ = read_source_file(tmp_path / "sources" / "blog.toml")
    link, zone = Link(url=golden.url), ZoneInfo(source.timezone)
    again = extract(golden.page(), link=link, zone=zone, rules=source.page_rules)
    assert differences(golden, again) == []


def test_what_a_person_corrected_is_not_written_over(tmp_path):
    with SiteServer(*SITES) as web:
        serve(web)
        file = settle_in(tmp_path, blog_source(web))
        folder = tmp_path / "golden"
        folder.mkdir()
        (folder / "expected.toml").write_text("corrected")
        code, _, errors = end(begin(file, "source", "record", "blog", "--to", str(folder)))
    assert code == 2
    assert "is there already" in errors
    assert [path.name for path in folder.iterdir()] == ["expected.toml"]
