"""The two origin articles and 216 real pages, from served site to received mail. Needs the folder ../shared."""

import gzip
import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from readout.demo.server import Answer, SiteServer
from readout.demo.sink import MailSink

SHARED = Path(__file__).parents[2] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
PAGES = SHARED / "pages"

pytestmark = [
    pytest.mark.skipif(not SEEDS or not PAGES.is_dir(), reason="the folder ../shared with real pages is not here"),
]

ORIGINS = {
    "outlet": ("000", datetime(2024, 10, 5, 9, 30, tzinfo=UTC)),
    "service": ("001", datetime(2021, 10, 15, 9, tzinfo=UTC)),
}
NEWS = [f"news{number}" for number in range(10)]


def seed_page(prefix: str) -> bytes:
    text = next(path for path in SEEDS if path.name.startswith(prefix)).read_text(encoding="utf-8")
    title, _, body = text.strip().partition("\n")
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in body.split("\n") if part.strip())
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{escape(title)}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<main><article><h1>{escape(title)}</h1>{paragraphs}</article></main><footer>Imprint</footer></body></html>"
    ).encode()


def feed(web: SiteServer, site: str, items: list[tuple[str, str, datetime | None]]) -> Answer:
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{web.url(site, path)}</link>"
        + (f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if when else "")
        + "</item>"
        for path, title, when in items
    )
    return Answer.of(
        f"<rss version='2.0'><channel><title>{site}</title>{entries}</channel></rss>", "application/rss+xml"
    )


def source_toml(web: SiteServer, site: str) -> str:
    return (
        f'[[source]]\nid = "{site}"\nname = "{site}"\nkind = "newspaper"\ncountry = "AZ"\nlanguages = ["en"]\n'
        f'timezone = "Asia/Baku"\nhome = "{web.url(site)}"\narticle = \'/a/\'\n'
        f'discover = [{{ type = "feed", url = "{web.url(site, "/rss.xml")}" }}]\n'
    )


@pytest.fixture(scope="module")
def index() -> list[dict]:
    return [json.loads(line) for line in (PAGES / "index.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, index):
    """Everything served, crawled four times; what the commands then say."""
    folder = tmp_path_factory.mktemp("real")
    with SiteServer(*ORIGINS, *NEWS) as web, MailSink() as sink:
        gold = host_all(web, index)
        (folder / "sources").mkdir()
        for site in (*ORIGINS, *NEWS):
            (folder / "sources" / f"{site}.toml").write_text(source_toml(web, site), encoding="utf-8")
        (folder / "readout.toml").write_text(
            f'sources = ["sources"]\n[mail]\nhost = "127.0.0.1"\nport = {sink.port}\n[alerts]\nmax_age_days = 0\n'
            '[crawl]\nallow_networks = ["127.0.0.0/8"]\nper_host_delay = 0\n',
            encoding="utf-8",
        )
        readout(folder, "watch", "add", "all", "--to", "analyst@example.org")
        for _ in range(4):
            readout(folder, "crawl")
        yield {
            "web": web,
            "gold": gold,
            "mails": sink.received,
            "meetings": rows(readout(folder, "export", "meetings", "--format", "jsonl")),
            "articles": rows(readout(folder, "export", "articles", "--format", "jsonl")),
            "sources": json.loads(readout(folder, "--json", "health")),
            "folder": folder,
        }


def host_all(web: SiteServer, index: list[dict]) -> dict[str, str]:
    for site, (prefix, published) in ORIGINS.items():
        web.host(site, {"/a/1": Answer.of(seed_page(prefix)), "/rss.xml": feed(web, site, [("/a/1", site, published)])})
    gold: dict[str, str] = {}
    contents: dict[str, dict] = {site: {} for site in NEWS}
    for number, row in enumerate(index):
        site, path = NEWS[number % len(NEWS)], f"/a/{number}"
        contents[site][path] = Answer.of(gzip.decompress((PAGES / row["file"]).read_bytes()), "text/html")
        gold[web.url(site, path)] = row["body"]
    for site, content in contents.items():
        web.host(site, {**content, "/rss.xml": feed(web, site, [(path, "", None) for path in content])})
    return gold


def readout(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "readout", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def meeting_of(crawled, site: str) -> dict:
    (found,) = [m for m in crawled["meetings"] if any(report["source"] == site for report in m["reports"])]
    return found


def test_the_session_in_astana(crawled):
    meeting = meeting_of(crawled, "outlet")
    assert meeting["body"]["id"] == "cis-sorb"
    assert meeting["session_number"] == 55
    assert (meeting["start_date"], meeting["end_date"]) == ("2024-10-04", "2024-10-04")
    assert (meeting["city"], meeting["country"]) == ("Astana", "KZ")
    (person,) = meeting["participants"]
    assert (person["name"], person["country"]) == ("Ali Nagiyev", "AZ")
    assert "State Security Service" in person["role"]
    assert meeting["received_by"] == "Kassym-Jomart Tokayev"
    assert {"terrorism", "extremism", "organized_crime", "drug_trafficking", "cybercrime", "illegal_migration"} <= set(
        meeting["topics"]
    )


def test_the_look_alike_in_moscow(crawled):
    meeting = meeting_of(crawled, "service")
    assert meeting["body"]["id"] == "cis-intel"
    assert meeting["session_number"] is None
    assert meeting["start_date"] == "2021-10-13"
    assert (meeting["city"], meeting["country"]) == ("Moscow", "RU")
    assert {(person["name"], person["country"]) for person in meeting["participants"]} == {
        ("Ali Naghiyev", "AZ"),
        ("Orkhan Sultanov", "AZ"),
    }
    assert meeting["received_by"] == "Vladimir Putin"
    assert {"terrorism", "afghanistan", "drug_trafficking"} <= set(meeting["topics"])


def test_each_origin_is_told_once_however_often_it_is_crawled(crawled):
    of_origins = {
        site: [mail for mail in crawled["mails"] if crawled["web"].url(site, "/a/1") in mail.text] for site in ORIGINS
    }
    assert {site: len(mails) for site, mails in of_origins.items()} == dict.fromkeys(ORIGINS, 1)
    assert (
        len({mail.message["Message-ID"] for mail in crawled["mails"]})
        == len(crawled["mails"])
        == len(crawled["meetings"])
    )


def test_every_real_page_has_an_outcome(crawled):
    outcomes: Counter[str] = Counter()
    for source in crawled["sources"]["sources"]:
        outcomes.update(source["outcomes"])
    print("outcomes:", dict(outcomes))
    assert sum(outcomes.values()) == len(crawled["gold"]) + len(ORIGINS)
    assert "pending" not in outcomes


def test_bodies_of_real_pages_are_read(crawled):
    texts = {row["url"]: row["text"] for row in crawled["articles"]}
    scores = [four_gram_score(body, texts.get(url, "")) for url, body in crawled["gold"].items()]
    precision, recall = (statistics.mean(part) for part in zip(*scores, strict=True))
    f1 = 2 * precision * recall / (precision + recall)
    print(f"body text of {len(scores)} real pages: precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")
    assert f1 >= 0.95


def test_real_news_raises_no_false_alarm(crawled):
    taken = [m for m in crawled["meetings"] if not any(report["source"] in ORIGINS for report in m["reports"])]
    for meeting in taken:
        print("taken for a meeting:", [(r["url"], r["title"]) for r in meeting["reports"]])
    assert len(taken) <= len(crawled["gold"]) * 0.01


def test_crawls_after_the_first_ask_for_news_only(crawled):
    asked = crawled["web"].log("news0")
    feeds = [one.status for one in asked if one.path == "/rss.xml"]
    assert feeds == [200, 304, 304, 304]
    assert max(Counter(one.path for one in asked if one.path.startswith("/a/")).values()) == 1


def four_gram_score(gold: str, text: str) -> tuple[float, float]:
    """Precision and recall of word 4-gram multisets, as article-extraction-benchmark counts them."""
    want, got = grams(gold), grams(text)
    hits = sum((want & got).values())
    return (hits / sum(got.values()) if got else float(not want), hits / sum(want.values()) if want else 1.0)


def grams(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text or "", flags=re.UNICODE)
    size = min(4, len(words)) or 1
    return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1)) if words else Counter()
