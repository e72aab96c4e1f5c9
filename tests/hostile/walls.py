"""Pages that stand in an article's place with status 200, as many words as an article and in many languages; and
articles that say the same words, or bear them on top.
"""

from __future__ import annotations

from collections.abc import Mapping

from readout.demo.server import Answer
from tests.hostile.case import Case, Site, Url, news, report

_WALL = ("wall", "stands in the article's place")
_CLOSED = ("failed", "closed for now")
_GONE = ("failed", "no such page")

_CONSENT_EN = (
    "We value your privacy",
    (
        "We and our 852 partners store and/or access information on a device, such as cookies, and process personal"
        " data, such as unique identifiers and standard information sent by a device, for personalised ads and content,"
        " ad and content measurement, audience research and services development."
    ),
    (
        "With your consent we and our partners may use precise geolocation data and identification through device"
        " scanning. You may click to consent to our and our 852 partners' processing as described above."
    ),
    (
        "Some processing of your personal data may not require your consent, but you have a right to object to such"
        " processing by our partners on the ground of a legitimate interest. You can change your choices at any time."
    ),
    "Accept all",
    "Reject all",
    "Manage options",
    "Privacy policy and list of partners (vendors)",
)
_CONSENT_DE = (
    "Mit Werbung und Tracking weiterlesen oder ohne Werbung im Abo",
    (
        "Wir und unsere 213 Partner verarbeiten Ihre Daten: Informationen auf einem Gerät speichern und abrufen,"
        " personalisierte Anzeigen und Inhalte, Messung von Werbung und Inhalten, Erkenntnisse über Zielgruppen."
    ),
    "Ihre Einwilligung können Sie jederzeit mit Wirkung für die Zukunft in der Datenschutzerklärung widerrufen.",
    "Alle akzeptieren",
    "Alle ablehnen",
    "Einige unserer Partner stützen sich auf ihr berechtigtes Interesse.",
)
_CONSENT_FR = (
    "Le respect de votre vie privée est notre priorité",
    (
        "Avec votre consentement, nous et nos 412 partenaires utilisons des cookies ou traceurs pour stocker et/ou"
        " accéder à des informations sur un appareil, mesurer l'audience et afficher des publicités personnalisées."
    ),
    (
        "Vous pouvez retirer votre consentement à tout moment dans la politique de confidentialité. Certains de nos"
        " partenaires traitent vos données sur la base de leur intérêt légitime."
    ),
    "Tout accepter",
    "Continuer sans accepter",
    "Paramétrer vos choix",
)
_CONSENT_RU = (
    "Мы используем файлы cookie, чтобы сайт работал лучше, и передаём обезличенные данные нашим партнёрам.",
    "Нажимая «Принять все», вы даёте своё согласие на обработку персональных данных и использование файлов cookie.",
    "Подробнее об этом написано в политике конфиденциальности. Принять все. Отклонить все. Настройки cookie.",
)
_CONSENT_TR = (
    "Çerezler hakkında: sitemizi geliştirmek için çerez kullanıyoruz ve kişisel verilerinizi işliyoruz.",
    "Tümünü kabul et düğmesine basarak çerez politikası ile gizlilik politikasını kabul etmiş olursunuz.",
    "Tümünü kabul et",
    "Tümünü reddet",
    "Tercihleri yönet",
)
_CONSENT_AZ = (
    "Saytımız cookie fayllarından istifadə edir və kukilər vasitəsilə məlumat toplayır.",
    "Hamısını qəbul et düyməsini basmaqla məxfilik siyasəti ilə razılaşırsınız.",
    "Hamısını qəbul et",
    "Hamısını rədd et",
)

_TEASER = "The foreign ministers of five states will meet in Almaty next week to talk about water and power. "
_PAGES: Mapping[str, tuple[str, tuple[str, ...], tuple[str, str]]] = {
    "consent-en": ("Agency", _CONSENT_EN, _WALL),
    "consent-de": ("Zeitung", _CONSENT_DE, _WALL),
    "consent-fr": ("Journal", _CONSENT_FR, _WALL),
    "consent-ru": ("Агентство", _CONSENT_RU, _WALL),
    "consent-tr": ("Ajans", _CONSENT_TR, _WALL),
    "consent-az": ("Agentlik", _CONSENT_AZ, _WALL),
    "moment": ("Just a moment...", ("Verifying you are human. This may take a few seconds.",), _WALL),
    "captcha-ru": ("Вы не робот?", ("Подтвердите, что вы не робот, и мы откроем страницу.",), _WALL),
    "captcha-kk": ("Тексеру", ("Жалғастыру үшін робот емес екеніңізді растаңыз.",), _WALL),
    "captcha-de": ("Prüfung", ("Bitte bestätigen Sie, dass Sie kein Roboter sind.",), _WALL),
    "login-az": ("Agentlik", ("Xəbəri oxumağa davam etmək üçün daxil olun, xahiş edirik.",), _WALL),
    "login-fr": ("Connexion", ("Connectez-vous pour continuer votre lecture sur le site du journal.",), _WALL),
    "paywall-fr": ("Réunion", (_TEASER * 3, "Il vous reste 83 % de cet article à lire. La suite est réservée."), _WALL),
    "paywall-ru": ("Встреча", (_TEASER * 3, "Материал доступен только подписчикам издания."), _WALL),
    "works-ru": ("Технические работы", ("Скоро мы вернёмся. Приносим извинения за неудобства.",), _CLOSED),
    "works-en": ("Agency", ("Our site is currently undergoing scheduled maintenance. Be back soon.",), _CLOSED),
    "works-tr": ("Bakım çalışması", ("Sitemiz bakımda, kısa süre sonra tekrar ziyaret ediniz.",), _CLOSED),
    "works-kk": ("Агенттік", ("Сайтта техникалық жұмыстар жүргізіліп жатыр, кейінірек келіңіз.",), _CLOSED),
    "gone-ru": ("Страница не найдена", (_TEASER * 2,), _GONE),
    "gone-kk": ("Бет табылмады", (_TEASER * 2,), _GONE),
}

_BANNER = "<div><p>" + "</p><p>".join(_CONSENT_EN[:2]) + "</p><p>Accept all</p></div>"
_CLAIM = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'


def _walls(url: Url) -> Site:
    content = {f"/news/{name}": _page(title, lines) for name, (title, lines, _) in _PAGES.items()}
    return news(url, content, fates={f"/news/{name}": fate for name, (_, _, fate) in _PAGES.items()})


def _page(title: str, lines: tuple[str, ...]) -> Answer:
    text = "".join(f"<p>{line}</p>" for line in lines)
    return Answer.of(f"<!DOCTYPE html><html><head><title>{title}</title></head><body><main>{text}</main></body></html>")


def _like_walls(url: Url) -> Site:
    """Reports that begin with a banner, end with a site's remarks, or speak of cookies and captchas."""
    end, remarks = (
        b"</article>",
        {
            "banner": _BANNER,
            "remarks": "<p>Please enable JavaScript and cookies to continue. Log in to read more.</p>",
            "spoken": "<p>The ministers also spoke of cookies, captchas and pages that say “Just a moment”.</p>",
            "login": "<p>Sign in to continue</p>",
        },
    )
    pages: dict[str, Answer] = {}
    for name, remark in remarks.items():
        body = report().body
        assert isinstance(body, bytes)
        marked = body.replace(b"</head>", _CLAIM.encode() + b"</head>")
        pages[f"/news/{name}"] = Answer.of(marked.replace(end, remark.encode() + end))
    site = news(url, pages)
    return Site(content=site.content, discover=site.discover, good=[*site.good, *pages])


CASES = (
    Case(name="walls", note="consent, captcha, login, paywall, works, soft 404: never an article", build=_walls),
    Case(name="like-walls", note="a report that says a wall's words is a report", build=_like_walls),
)
