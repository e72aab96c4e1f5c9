"""What stands in an article's place is told from an article, in the languages of the catalogue."""

import re

import pytest
from pages import PARAGRAPHS, html, read

from readout.articles.paywall_phrases import CONSENT_TEXTS
from readout.articles.phrases import any_of, folded, pieces_of
from readout.finding import Rejected
from readout.model import Article, OutcomeKind

BARE = "<html><head><title>{}</title>{}</head><body><div>{}</div></body></html>"
SORRY = "We are sorry. The newest stories are on the front page of the agency, and the archive can be searched."
LONG = "The ministry explained at length what the delegations had agreed on and when the next round would be held. "


def script(address):
    return BARE.format("example.org", f"<script src='{address}'></script>", "")


def under(title, text=SORRY):
    return html([text], head=f"<title>{title}</title>", before=f"<h1>{title}</h1>")


WALLS = {
    "cloudflare": BARE.format("Just a moment...", "", "Enable JavaScript and cookies to continue"),
    "cloudflare, newer": BARE.format(
        "agency.example",
        "",
        "<h1>agency.example</h1><p>Verifying you are human.</p>"
        "<p>agency.example needs to review the security of your connection before proceeding.</p>",
    ),
    "cloudflare without words": script("/cdn-cgi/challenge-platform/h/b/orchestrate.js"),
    "cloudflare's block": html(["Sorry, you have been blocked. You are unable to access agency.example."], before=""),
    "servicepipe": BARE.format("agency.example", "", "<noscript>Servicepipe</noscript>")
    + "<script src='https://servicepipe.ru/static/checkjs/x.js'></script>",
    "ddos-guard": BARE.format("DDoS-Guard", "", "<p>Checking your browser before accessing agency.example.</p>"),
    "ddos-guard in Russian": html(["Проверка браузера перед переходом на сайт agency.example. Подождите."], before=""),
    "incapsula": BARE.format("", "", "Request unsuccessful. Incapsula incident ID: 123000450091234567-1234567890"),
    "incapsula without words": script("/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"),
    "qrator": script("https://static.qrator.net/challenge.js"),
    "a firewall": BARE.format("Request Rejected", "", "<p>The requested URL was rejected. Your support ID is 42.</p>"),
    "a robot check in Russian": html(["Подтвердите, что вы не робот, чтобы продолжить работу с сайтом."], before=""),
    "a robot check in Azerbaijani": html(["Davam etmək üçün robot olmadığınızı təsdiqləyin, xahiş edirik."], before=""),
    "a captcha": under("Captcha", "Type the letters that you see in the picture, then press the button below it."),
    "consent": html(["Before you continue to Agency Example, choose what we may keep on your device."], before=""),
    "a login": html(["Please log in to continue reading this page of the ministry."], before=""),
    "a login in Russian": html(["Авторизуйтесь, чтобы продолжить чтение этого раздела сайта."], before=""),
    "consent at length": html(
        [
            "We value your privacy",
            "We and our 852 partners store and/or access information on a device. " * 12,
            "Accept all",
        ],
        before="",
    ),
    "the rest for subscribers": html([LONG, "Материал доступен только подписчикам издания, оформившим доступ."]),
    "a closed door": under("403 Forbidden", "nginx, and a few words more to be long enough"),
}
GONE = {
    "en": under("Page not found | Agency"),
    "en, figures": under("404"),
    "en, in the text": html(["The page you are looking for might have been moved and does not exist."], before=""),
    "ru": under("Страница не найдена"),
    "ru, in the text": html(["Запрашиваемая страница не найдена. Перейдите на главную."], before=""),
    "az": under("Səhifə tapılmadı"),
    "tr": under("Aradığınız sayfa bulunamadı"),
    "uk": under("Сторінку не знайдено"),
    "be": under("Старонка не знойдзена"),
    "kk": under("Бет табылмады"),
    "ky": under("Барак табылган жок"),
    "uz": under("Sahifa topilmadi"),
    "uz-Cyrl": under("Саҳифа топилмади"),
    "tg": under("Саҳифа ёфт нашуд"),
    "tk": under("Sahypa tapylmady"),
    "hy": under("Էջը չի գտնվել"),
    "ka": under("გვერდი ვერ მოიძებნა"),
    "ro": under("Pagina nu a fost găsită"),
    "fa": under("صفحه یافت نشد"),
    "ar": under("الصفحة غير موجودة"),
    "zh": under("页面不存在"),
    "de": under("Seite nicht gefunden"),
    "fr": under("Page introuvable"),
    "es": under("Página no encontrada"),
    "the site's name first in the title": html([SORRY], head="<title>Agency</title>", before="<h1>Page not found</h1>"),
}
ARTICLES = {
    "news behind a phrase and a colon": under("Access denied: inspectors turned away", LONG),
    "news in Russian": under("Вход: закрыт до вечера", LONG),
    "news behind a comma": under("Service unavailable, says operator", LONG),
    "a title that begins so": under("Not found guilty: minister returns", PARAGRAPHS[0]),
    "a number": under("404 evacuated after talks", PARAGRAPHS[0]),
    "a title with a colon": under("Page not found: how the ministry lost its archive in a night", PARAGRAPHS[0]),
    "a closed session": under("Access denied to observers", PARAGRAPHS[0]),
    "words in quotation marks": html(
        ["Visitors of the ministry's site saw “Verify you are human” for an hour on Friday, its press service said."]
    ),
    "words in Russian marks": html(
        ["На сайте ведомства появилась надпись «Страница не найдена», сообщает пресс-служба министерства."]
    ),
    "one phrase in a longer item": html([*PARAGRAPHS, LONG, "Officials detected unusual traffic on the network."]),
    "a long article about walls": html(
        ["Cloudflare showed 'checking your browser before accessing' to millions of visitors, the ministry said. " * 20]
    ),
    "a firm's name": html(["По данным компании Servicepipe, атаки на сайты ведомств участились в октябре этого года."]),
    "a short item with a site's remarks below": html(
        [LONG, PARAGRAPHS[0], "Enable JavaScript and cookies to continue."],
        head='<meta property="article:published_time" content="2024-10-04T09:30:00+05:00">',
    ),
    "news of consent": html(
        [
            LONG * 3,
            "The regulator fined a firm that shows “accept all” but hides “reject all” behind cookie settings.",
            LONG,
        ]
    ),
    "an article about paywalls": html([LONG * 2, "Papers ask readers to “subscribe to continue reading”, it said."]),
    "a page that says when it was published": html(
        [PARAGRAPHS[0]],
        head='<title>Not found</title><meta property="article:published_time" content="2024-10-04T09:30:00+05:00">',
        before="<h1>Not found</h1>",
    ),
}


@pytest.mark.parametrize("case", WALLS)
def test_a_wall_is_no_article(case):
    answer = read(WALLS[case])
    assert isinstance(answer, Rejected)
    assert answer.outcome is OutcomeKind.WALL
    assert answer.evidence


@pytest.mark.parametrize("case", GONE)
def test_no_such_page_with_status_200_is_a_failure(case):
    answer = read(GONE[case])
    assert isinstance(answer, Rejected)
    assert answer.outcome is OutcomeKind.FAILED
    assert "no such page" in answer.reason
    assert answer.evidence


@pytest.mark.parametrize("case", ARTICLES)
def test_an_article_that_says_such_words_is_an_article(case):
    assert isinstance(read(ARTICLES[case]), Article)


@pytest.mark.parametrize("spelt", [str, str.upper, str.title, lambda words: words.upper().replace("I", "İ")])
def test_a_phrase_that_is_found_has_its_pieces_in_the_text(spelt):
    found = 0
    for phrase, pieces in zip(CONSENT_TEXTS.split("\n")[1:-1], pieces_of(CONSENT_TEXTS), strict=True):
        told = spelt(f"so {phrase} it is".replace("*", "nda").replace("…", " of us ")).replace(" ", "\n\xa0")
        if re.search(any_of(CONSENT_TEXTS), told, re.IGNORECASE):
            found += 1
            assert all(piece in folded(told) for piece in pieces)
    assert found > 100
