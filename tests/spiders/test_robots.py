"""What a robots.txt allows, by the examples of RFC 9309 and by what sites write."""

import time

import pytest

from spiders.robots import MOST_BYTES, Rules, rules_of

SITE = "https://a.example"


def rules(text, status=200):
    return rules_of(status, text if isinstance(text, bytes) else text.encode())


# RFC 9309 §2.2.2 and §2.2.3, §5.2; beside them what follows from their words.
@pytest.mark.parametrize(
    ("rule", "path", "is_meant"),
    [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
        ("/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar", True),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%e3%83%84", "/foo/bar/ツ", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-%2A.html", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", False),
        ("/path/foo-%24", "/path/foo-$", True),
        ("/path/foo-%24", "/path/foo-", False),
        ("/*.gif$", "/images/a.gif", True),
        ("/*.gif$", "/images/a.gif?size=2", False),
        ("*.gif$", "/images/a.gif", True),
        ("/example/page/disallowed.gif", "/example/page/disallowed.gif", True),
        ("/allow$", "/allow", True),
        ("/allow$", "/allowed", False),
        ("/this/*/exactly", "/this/path/exactly", True),
        ("/this/*/exactly", "/this/exactly", False),
        ("/a%2Fb", "/a/b", False),
        ("/a%2fb", "/a%2Fb", True),
        ("/a b", "/a%20b", True),
        ("/a?", "/a", False),
        ("/a?", "/a?", True),
        ("/$", "/", True),
        ("/$", "/a", False),
        ("/", "", True),
        ("/*/private", "/go?to=/private", True),
        ("/a**b", "/axb", True),
        ("/ab*b$", "/ab", False),
        ("/A", "/a", False),
        ("a/b", "/a/b", False),
        ("$", "/a", False),
        ("/a\u2028b", "/a", False),
    ],
)
def test_which_path_a_rule_means(rule, path, is_meant):
    forbidding = rules(f"User-agent: *\nDisallow: {rule}")
    assert forbidding.allows(SITE + path) is not is_meant


def test_a_rule_may_be_in_the_encoding_of_its_site():
    assert not rules(b"User-agent: *\nDisallow: /\xcd\xee\xe2").allows(SITE + "/%CD%EE%E2")


@pytest.mark.parametrize(
    ("lines", "path", "may"),
    [
        (("Disallow: /private/", "Allow: /private/1"), "/private/1", True),
        (("Allow: /private/1", "Disallow: /private/"), "/private/2", False),
        (("Allow: /example/page/", "Disallow: /example/page/disallowed.gif"), "/example/page/disallowed.gif", False),
        (("Disallow: /page", "Allow: /page"), "/page", True),
        (("Allow: /page", "Disallow: /*.htm"), "/page.htm", False),
        (("Disallow: /", "Allow: /index.html"), "/", False),
        (("Disallow:",), "/", True),
        (("Disallow: / # all of it",), "/a", False),
        (("Disallow: /", "Allow: /robots.txt"), "/robots.txt", True),
        (("Disallow: /",), "/robots.txt", True),
        (("disallow : /",), "/a", False),
        (("Disalow /",), "/a", False),
    ],
)
def test_the_longest_rule_wins_and_permission_a_draw(lines, path, may):
    assert rules("\r\n".join(("User-agent: *", *lines))).allows(SITE + path) is may


# RFC 9309 §2.2.1: the token is compared without regard to case, groups that name it are one, else those of *.
@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("User-agent: Readout\nDisallow: /", False),
        ("USER-AGENT: READOUT/0.1 (news)\nDisallow: /", False),
        ("User-agent: read\nDisallow: /", True),
        ("User-agent: readout-news\nDisallow: /", True),
        ("User-agent: readoutbot\nDisallow: /", True),
        ("User-agent: otherbot\nDisallow: /", True),
        (
            "User-agent: readout\nDisallow: /a\n\nUser-agent: x\nDisallow:\n\nUser-agent: readout\nDisallow: /news",
            False,
        ),
        ("User-agent: readout\nUser-agent: x\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: readout\nAllow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: readout\n", True),
        ("User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /news", False),
        ("User-agent: readout\nSitemap: https://a.example/map.xml\n\nDisallow: /", False),
        ("User-agent: readout\nNoindex: /x\nUser-agent: x\nDisallow: /", False),
        # A pause for all, then a ban for one: read strictly it would ban all.
        ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: x\nDisallow: /", True),
        ("Disallow: /", True),
        ("<html><body>Disallow: /</body></html>", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("User-agent: *\rDisallow: /", False),
        ("", True),
    ],
)
def test_whom_a_group_is_for(text, may):
    assert rules(text).allows(SITE + "/news/1") is may


@pytest.mark.parametrize(
    ("status", "may"), [(200, False), (304, True), (404, True), (403, True), (429, False), (500, False), (503, False)]
)
def test_what_the_status_says(status, may):
    """RFC 9309 §2.3.1; of 429 we think otherwise."""
    assert rules("User-agent: *\nDisallow: /", status).allows(SITE + "/news/1") is may


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: readout\nDisallow: /a", 0),
        ("User-agent: readout\nCrawl-delay: 2\n\nUser-agent: readout\nCrawl-delay: 4", 4),
        ("User-agent: *\nCrawl-delay: -2", 0),
        ("User-agent: *\nCrawl-delay: 1e999", 1),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("", 0),
    ],
)
def test_the_pause_that_is_asked_for(text, delay):
    assert rules(text).crawl_delay == delay


def test_a_long_file_is_read_as_far_as_the_rfc_wants():
    inside = b"User-agent: *\nDisallow: /a\n" + b"#" * (490 * 1024) + b"\nDisallow: /b\n"
    cut = b"User-agent: *\n" + b"#" * (MOST_BYTES - 30) + b"\nDisallow: /news/closed\n"
    assert not rules(inside + b"#" * 2_000_000).allows(SITE + "/b")
    assert cut[:MOST_BYTES].endswith(b"Disallow: /news")
    assert rules(cut).allows(SITE + "/news")  # nor is half a rule taken for one


@pytest.mark.parametrize("text", ["Disallow: /*a*b*c*d*e*f\n" * 20_000, "Disallow: /" + "*a" * 240_000, "\n" * 500_000])
def test_a_file_made_to_be_slow_is_not(text):
    begun = time.process_time()
    made = rules("User-agent: *\n" + text)
    made.allows(SITE + "/" + "abcde" * 400)
    assert time.process_time() - begun < 3


def test_a_refusal_is_for_everything():
    assert not Rules(refusal="no").allows(SITE + "/robots.txt")
