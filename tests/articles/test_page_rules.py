"""A page is read by its source's rules, and where one finds nothing the general way is taken and the rule named."""

import pickle

import pytest
from pages import BAKU, PARAGRAPHS, URL, html, page

from readout.articles.extract import extract
from readout.articles.markup import parse
from readout.articles.selection import drop, paragraphs, select
from readout.catalog import load_credits
from readout.finding import Rejected
from readout.model import Link
from readout.site_rules import DateRules, PageRules

TEASERS = "<div class=teasers>" + "<p>Another story that has nothing to do with the council at all.</p>" * 4 + "</div>"
BODY = "<div class=post_body>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "</div>"
HEAD = "<title>Agency</title><meta property=og:title content='You will not believe it'>"
PAGE = f"<html><head>{HEAD}</head><body><h1 class=post_title> Session in\n Astana </h1>{TEASERS}{BODY}</body></html>"
TEXT = "\n".join(PARAGRAPHS)


def read(markup=PAGE, /, **rules):
    return extract(page(markup), link=Link(url=URL, title="From the feed"), zone=BAKU, rules=PageRules(**rules))


def test_title_and_body_by_selectors():
    article = read(title=".post_title", body=".post_body p")
    assert article.title == "Session in Astana"
    assert article.text == TEXT
    assert article.missed_rules == ()


@pytest.mark.parametrize(
    ("head", "linked", "title"),
    [
        ("<title>Frame</title>", "Session in Astana", "Session in Astana"),
        ("<title>Frame</title>", "Another story", "Frame"),
        ("<title>Frame</title><meta property=og:title content=Talks>", "Session in Astana", "Talks"),
        ("", "Another story", "Another story"),
    ],
)
def test_a_link_knows_the_title_where_the_page_has_but_its_frames(head, linked, title):
    text = "".join(f"<p>{line}</p>" for line in ("Session in Astana", *PARAGRAPHS))
    markup = f"<html><head>{head}</head><body><div class=post>{text}</div></body></html>"
    link = Link(url=URL, title=linked)
    assert extract(page(markup), link=link, zone=BAKU, rules=PageRules(body=".post")).title == title


def test_without_rules_a_page_is_read_as_ever():
    assert read() == extract(page(PAGE), link=Link(url=URL, title="From the feed"), zone=BAKU)
    assert read().title == "You will not believe it"


BODIES = {
    "paragraphs": ".post_body p",
    "their container": ".post_body",
    "both, once": ".post_body, .post_body p, p",
    "in the page's order": "p:nth-child(2), .post_body p",
}


@pytest.mark.parametrize("case", BODIES)
def test_what_is_selected_counts_once_and_in_order(case):
    assert read(PAGE.replace(TEASERS, ""), body=BODIES[case]).text == TEXT


MARKUP = {
    "<div id=b>One<br>two</div>": "One\ntwo",
    "<div id=b>One <b>bold</b> word<p>two</p>tail</div>": "One bold word\ntwo\ntail",
    "<div id=b><ul><li>a</li><li>b</li></ul></div>": "a\nb",
    "<div id=b>One\n line<script>var x = 'no';</script><style>p{}</style> more</div>": "One line more",
    "<div id=b><h2>Head</h2><p>text<span hidden> x</span></p></div>": "Head\ntext x",
    "<div id=b>a<noscript>no</noscript>b<button>no</button>c</div>outside": "abc",
    "<div id=b>A\u202eB\u200b&#7;C</div>": "ABC",
    "<table id=b><tr><td>a</td><td>b</td></tr></table>": "a\nb",
}


@pytest.mark.parametrize("body", MARKUP)
def test_an_elements_text_is_what_a_reader_sees(body):
    assert paragraphs(parse(f"<html><body>{body}</body></html>"), "#b") == MARKUP[body]


def test_what_is_dropped_is_no_part_of_the_body():
    banner = BODY.replace("<p>The delegations", "<p class=banner>Call our hotline now!</p><p>The delegations")
    body = PAGE.replace(BODY, banner)
    assert "hotline" in read(body, body=".post_body").text
    assert read(body, body=".post_body", drop=(".banner",)).text == TEXT
    assert read(body, body=".post_body p", drop=("div .banner",)).text == TEXT


def test_what_is_dropped_is_out_of_the_way_of_the_general_reading():
    assert read(drop=(".teasers",)).text == TEXT


def test_dropping_keeps_the_text_behind_and_the_page():
    tree = parse("<html><body><p>a<b>x</b>c</p></body></html>")
    drop(tree, ("b", "body", "html", ":root", "no[", "//"))
    assert tree.text_content() == "ac"


MISSED = {
    "no title": ({"title": ".headline"}, ("title",)),
    "an empty title": ({"title": ".empty"}, ("title",)),
    "no body": ({"body": ".story"}, ("body.css",)),
    "a body of next to no words": ({"body": ".teaser-date"}, ("body.css",)),
    "a selector that is none": ({"body": "p[", "title": "h1::"}, ("title", "body.css")),
    "an encoding that is another": ({"encoding": "utf-16"}, ("encoding",)),
    "all": (
        {"title": ".x", "body": ".y", "date": DateRules(css=".z", url=r"/(?P<y>\d)-(?P<m>\d)-(?P<d>\d)/")},
        ("title", "body.css", "date.css", "url_date"),
    ),
}


@pytest.mark.parametrize("case", MISSED)
def test_a_changed_template_is_said_and_the_page_still_read(case):
    rules, missed = MISSED[case]
    body = html(before="<h1>Session in Astana</h1><i class=empty> </i><b class=teaser-date>17:35</b>")
    article = read(body, **rules)
    assert article.missed_rules == missed
    assert article.title == "Session in Astana"
    assert PARAGRAPHS[-1] in article.text


def test_a_page_that_is_none_names_what_it_lacked():
    answer = read("<html><body><h1>Page not found</h1></body></html>", title="h2", body=".post_body")
    assert isinstance(answer, Rejected)
    assert answer.missed_rules == ("title", "body.css")


def test_an_encoding_by_rule():
    russian = "Заседание Совета руководителей органов безопасности прошло в Астане. " * 3
    body = f"<html><head><meta charset=utf-8><title>T</title></head><body><p>{russian}</p></body></html>"
    article = extract(
        page(body.encode("cp1251"), "text/html; charset=koi8-r"),
        link=Link(url=URL),
        zone=BAKU,
        rules=PageRules(encoding="cp1251"),
    )
    assert article.text == russian.strip()
    assert article.missed_rules == ()


def test_a_selector_that_chooses_everything_is_bounded():
    tree = parse("<html><body>" + "<p>x</p>" * 20_000 + "</body></html>")
    assert len(select(tree, "*")) <= 5_000


def test_rules_go_with_the_job():
    rules = PageRules(title="h1", drop=("a",), date=DateRules(css="i", formats=("%d %B",)), credits=("told us",))
    assert pickle.loads(pickle.dumps(rules)) == rules


OWN = {
    "The minister told Caliber.Az, citing TASS, that talks go on.": (("told Caliber.Az",), None),
    "The minister TOLD  Caliber.az, citing TASS, that talks go on.": (("told Caliber.Az",), None),
    "The minister said, citing TASS, that talks go on.": (("told Caliber.Az",), "tass"),
    "The minister told Caliber.Azeri news, citing TASS, that talks go on.": (("told Caliber.Az",), "tass"),
    "The minister told it, citing TASS, that talks go on. ": (("", "!"), "tass"),
    "Citing TASS, he said so. " + "More words follow here. " * 60 + "He told Caliber.Az so in May. " + "x. " * 200: (
        ("told Caliber.Az",),
        "tass",
    ),
}


@pytest.mark.parametrize("text", OWN)
def test_an_outlets_own_words_make_an_article_its_own(text):
    own, credited = OWN[text]
    article = read(html([text]))
    found = load_credits().of(article, own)
    assert (found.source if found else None) == credited
