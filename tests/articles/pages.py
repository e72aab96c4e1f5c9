"""Small pages for tests of this room."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from readout.articles.extract import extract
from readout.model import Link, Page

URL = "https://example.org/news/55"
BAKU = ZoneInfo("Asia/Baku")
FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
PARAGRAPHS = (
    "The council of heads of security agencies held its session in Astana on Friday, the press service said.",
    "The delegations discussed joint measures against terrorism, drug trafficking and crime in computer networks.",
    "A plan of joint work for the next two years was approved, and the place of the next session was agreed.",
    "Afterwards the president received the heads of the delegations and wished them success in their work.",
)


def html(paragraphs=PARAGRAPHS, *, head="<title>Session in Astana</title>", before="<h1>Session in Astana</h1>"):
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f"<!DOCTYPE html><html><head>{head}</head><body><main><article>{before}{body}</article></main></body></html>"


def page(body, content_type="text/html; charset=utf-8", url=URL):
    body = body if isinstance(body, bytes) else body.encode()
    return Page(url=url, final_url=url, status=200, body=body, content_type=content_type, fetched_at=FETCHED)


def read(body, content_type="text/html; charset=utf-8", *, link=None, zone=BAKU):
    return extract(page(body, content_type), link=link or Link(url=URL), zone=zone)
