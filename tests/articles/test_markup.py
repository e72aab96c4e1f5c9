"""Bytes become the text their author wrote, in whatever encoding and disorder."""

import time

import pytest

from readout.articles.markup import decode, fits, parse, shorten

RUSSIAN = "<p>Заседание Совета руководителей органов безопасности прошло в Астане, сообщает пресс-служба.</p>" * 5
AZERI = "<p>Şuranın iclası Astanada keçirilib, görüşdə təhlükəsizlik məsələləri müzakirə olunub.</p>" * 5
META = "<meta charset=windows-1251>"
UTF8_META = "<meta charset=utf-8>"
FRAME = "<div class='wide row'><a href='/news/archive?page=12'></a></div>" * 200
FRENCH = "<p>Le conseil s’est réuni à Astana, où les délégations ont évoqué la sécurité et l’été passé.</p>".replace(
    "’", "'"
)
TURKISH = "<p>Görüşme yapıldı, güvenlik konuları ele alındı, işbirliği ve çalışma planı onaylandı.</p>" * 3
HTTP_EQUIV = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'

CASES = {
    "utf-8 by header": (RUSSIAN.encode(), "text/html; charset=utf-8", RUSSIAN),
    "utf-8 unsaid": (AZERI.encode(), "text/html", AZERI),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + RUSSIAN.encode(), "text/html; charset=latin-1", RUSSIAN),
    "utf-8 called latin-1": (AZERI.encode(), "text/html; charset=iso-8859-1", AZERI),
    "utf-8 called windows-1251": ((META + RUSSIAN).encode(), "text/html", META + RUSSIAN),
    "utf-16 with a mark": (RUSSIAN.encode("utf-16"), "text/html", RUSSIAN),
    "windows-1251 by header": (RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", RUSSIAN),
    "windows-1251 by meta": ((META + RUSSIAN).encode("cp1251"), "text/html", META + RUSSIAN),
    "windows-1251 by old meta": ((HTTP_EQUIV + RUSSIAN).encode("cp1251"), "text/html", HTTP_EQUIV + RUSSIAN),
    "windows-1251 unsaid": (RUSSIAN.encode("cp1251"), "text/html", RUSSIAN),
    "windows-1251 called utf-8": (RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN),
    "windows-1254 by header": (
        "<p>Görüş yapıldı</p>".encode("cp1254"),
        "text/html; charset=windows-1254",
        "<p>Görüş yapıldı</p>",
    ),
    "windows-1251 called latin-1 by header": (RUSSIAN.encode("cp1251"), "text/html; charset=iso-8859-1", RUSSIAN),
    "windows-1251 by meta, latin-1 by header": (
        (META + RUSSIAN).encode("cp1251"),
        "text/html; charset=iso-8859-1",
        META + RUSSIAN,
    ),
    "windows-1251 by meta, utf-8 by header": (
        (META + RUSSIAN).encode("cp1251"),
        "text/html; charset=utf-8",
        META + RUSSIAN,
    ),
    "windows-1251 by header, utf-8 by meta": (
        (UTF8_META + RUSSIAN).encode("cp1251"),
        "text/html; charset=windows-1251",
        UTF8_META + RUSSIAN,
    ),
    "windows-1251 under much markup": ((FRAME + RUSSIAN).encode("cp1251"), "text/html", FRAME + RUSSIAN),
    "latin-1 called utf-8": (FRENCH.encode("latin-1"), "text/html; charset=utf-8", FRENCH),
    "latin-1 by header": (FRENCH.encode("latin-1"), "text/html; charset=iso-8859-1", FRENCH),
    "windows-1252 unsaid": (FRENCH.encode("cp1252"), "text/html", FRENCH),
    "windows-1254 unsaid": (TURKISH.encode("cp1254"), "text/html; charset=windows-1254", TURKISH),
    "koi8-r unsaid": (RUSSIAN.encode("koi8-r"), "text/html", RUSSIAN),
    "koi8-r called latin-1": (RUSSIAN.encode("koi8-r"), "text/html; charset=latin-1", RUSSIAN),
    "koi8-r by header": (RUSSIAN.encode("koi8-r"), "text/html; charset=koi8-r", RUSSIAN),
    "an unknown name": (RUSSIAN.encode("cp1251"), "text/html; charset=no-such-thing", RUSSIAN),
}


@pytest.mark.parametrize("case", CASES)
def test_encodings(case):
    body, content_type, expected = CASES[case]
    assert decode(body, content_type) == expected


RULED = {
    "against header and meta": ((UTF8_META + RUSSIAN).encode("cp1251"), "text/html; charset=koi8-r", "cp1251", True),
    "where nothing is said": (TURKISH.encode("cp1254"), "text/html", "cp1254", True),
    "of a page that is ASCII": (b"<p>Council</p>", "text/html", "koi8-r", True),
    "with a few broken bytes": (RUSSIAN.encode() * 9 + b"\xff", "text/html", "utf-8", True),
    "of a page that became UTF-8": (RUSSIAN.encode(), "text/html", "cp1251", False),
    "of a page that became windows-1251": (RUSSIAN.encode("cp1251"), "text/html", "utf-8", False),
    "of a page with a mark": (RUSSIAN.encode("utf-16"), "text/html", "cp1251", False),
    "a name that is no encoding": (RUSSIAN.encode("cp1251"), "text/html", "hex", False),
}


@pytest.mark.parametrize("case", RULED)
def test_a_sources_encoding_outweighs_what_is_said(case):
    body, content_type, encoding, expected = RULED[case]
    assert fits(body, encoding) is expected
    text = decode(body, content_type, encoding if expected else None)
    assert any(text.replace("\ufffd", "").endswith(known) for known in (RUSSIAN, TURKISH, "<p>Council</p>"))


def test_a_few_broken_bytes_do_not_change_the_encoding():
    body = RUSSIAN.encode() + b"\xff" + RUSSIAN.encode()
    assert decode(body, "text/html; charset=utf-8") == f"{RUSSIAN}�{RUSSIAN}"


@pytest.mark.parametrize("body", [b"\x00" * 100, b"\xff\xfe", b"\xff" * 50, bytes(range(256)) * 9])
def test_any_bytes_are_some_text(body):
    parse(decode(body, "text/html"))


@pytest.mark.parametrize(
    "name", ["idna", "punycode", "hex", "rot13", "utf-7", "unicode_escape", "undefined", "zip", "utf-32"]
)
def test_odd_codecs_do_no_harm(name):
    assert isinstance(decode(RUSSIAN.encode("cp1251"), f"text/html; charset={name}"), str)
    assert decode(RUSSIAN.encode(), f"text/html; charset={name}").endswith("</p>")


def test_text_after_a_nul_is_not_lost():
    assert "after" in parse("<p>before\x00</p><p>after</p>").text_content()


def test_an_xml_declaration_does_no_harm():
    assert (
        parse('<?xml version="1.0" encoding="windows-1251"?><html><body><p>Şura</p></body></html>').text_content()
        == "Şura"
    )


@pytest.mark.parametrize("text", ["", "   ", "<!-- nothing -->"])
def test_nothing_is_no_document(text):
    assert parse(text) is None


def test_letters_without_end_are_counted_in_no_time():
    body = b"a" * 60_000 + b" \xe9\xe8"
    began = time.process_time()
    assert decode(body, "text/html; charset=windows-1252").endswith(" éè")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff", "\x00", "\x1b", "\x7f"])
def test_a_sign_that_no_document_holds_is_left_out(sign):
    tree = parse(f"<p>a{sign}b</p><p>c</p>")
    assert tree.text_content() == "abc"


@pytest.mark.parametrize("number", ["0", "1", "11", "x1b", "X0000C", "27", "65534", "xFFFF", "x000fffe"])
def test_so_is_one_that_is_named_by_its_number(number):
    """libxml2 takes it, and the library that finds the text would then find none."""
    tree = parse(f"<p>a&#{number};b</p><p>&#{number} c&#&#{number};11;</p>")
    text = tree.text_content().replace("\xad", "")
    assert text == "ab c&#11;"
    for element in tree.iter("p"):
        element.text = element.text  # it can be set again


@pytest.mark.parametrize("number", ["9", "10", "13", "xA", "110", "311", "x1F600"])
def test_other_numbers_stay(number):
    code = int(number[1:], 16) if number[0] == "x" else int(number)
    assert parse(f"<p>a&#{number};b</p><p>c</p>").text_content() == f"a{chr(code)}bc"


def test_text_behind_the_first_million_characters_is_left_out_and_scripts_stay_whole():
    script = "'" + "s" * 1_100_000 + "'"
    page = (
        f"<style>{'c' * 1_100_000}</style><script>{script}</script><p>first</p>{'<p>' + '. ' * 300_000 + '</p>after'}"
    )
    tree = parse(page * 2)
    shorten(tree)
    texts = "".join(tree.xpath("//text()[not(parent::script or parent::style)]"))
    assert (len(texts), texts[:7]) == (1_000_000, "first. ")
    assert tree.xpath("//script/text()") == [script, script]


def test_attributes_that_say_nothing_are_left_out_and_those_behind_the_first_million_characters():
    named = f"<p class='{'c ' * 4_000}'>x</p>"
    tree = parse(f"<p class=first><span title='{'a' * 20_000}'>x</span></p>{named * 200}")
    shorten(tree)
    assert tree.xpath("//p[1]/@class | //span/@title") == ["first"]
    assert [len(p.get("class", "")) for p in tree.iter("p")] == [5, *[8_000] * 124, *[0] * 76]
