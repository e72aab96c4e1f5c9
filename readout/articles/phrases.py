"""The words that web sites write around articles and in their place, one phrase a line, in many languages.

It must not hold a site's own name: only wording that many sites share. A phrase is matched without regard to case;
``…`` stands for up to 60 characters, ``*`` for the rest of a word.
"""

from __future__ import annotations

import re

LABELS = """
advertisement
article content
comment
comments
share
share this
share this article
print
print article
order reprints
copy link
popular
recommended
recommended videos
read more
read also
also read
see also
more
related
related news
related articles
related stories
related topics
more from…
tags
photos
watch
comentarios
partager
auch interessant
lesen sie auch
mehr zum thema
leggi anche
lire aussi
lea también
leia também
реклама
поделиться
распечатать
печать
комментарии
комментировать
читайте также
читать также
смотрите также
по теме
материалы по теме
теги
фото
reklam
paylaş
paylaşın
çap et
oxşar xəbərlər
digər xəbərlər
həmçinin oxuyun
ayrıca oku
haberi paylaş
бөлісу
тағы оқыңыз
улашиш
bo‘lishish
shuningdek o‘qing
поділитися
читайте також
чытайце таксама
"""
"""Whole lines that software writes beside an article."""

POINTERS = """
read
read more
read also
read next
also read
see also
also see
more
more on
more from
related
related…
watch
recommended
don't miss
must read
filed under
tags
topics
source link
lesen sie auch
lesen sie dazu
lesen sie mehr
mehr dazu
mehr zum thema
zum artikel
leggi anche
leggi anche su
lire aussi
à lire aussi
lea también
lea más
lea
leia também
leia mais
читайте также
читайте ещё
читайте еще
читать также
читать далее
смотрите также
по теме
материалы по теме
ранее по теме
подробнее
теги
həmçinin oxu*
oxşar xəbər*
mövzu üzrə
читайте також
чытайце таксама
тағы оқыңыз*
shuningdek o*qing
ayrıca bak*
"""
"""What a line begins with, before a colon, when it points to another story."""

CALLS = """
click here to
click here for
tap here to
sign up for
sign up to
subscribe to
subscribe on
subscribe now
subscribe here
get the latest
get the day's
get the day’s
follow us on
follow…on facebook
follow…on twitter
follow…on instagram
follow…on telegram
follow…on google
join us on
join our
like this story?
like this article?
if you enjoyed this article
if you liked this
also on rt.com
the post…appeared first on
an error has occurred
all rights reserved
copyright
©
abonnieren sie
jetzt abonnieren
hier abonnieren
suscríbete
iscriviti
abonnez-vous
подписывайтесь на
подпишитесь на
подписаться на
следите за нашими
следите за нами
следите за новостями
присоединяйтесь к нам
наш телеграм
наш telegram
если вы нашли ошибку
если вы заметили ошибку
нашли ошибку
заметили ошибку
нашли опечатку
все права защищены
при использовании…ссылка
при перепечатке…ссылка
при копировании…ссылка
bizi…izləyin
bizi…takip edin
xəbərdən istifadə
materialdan istifadə
bütün hüquqlar
telegram kanal*…abunə
telegram kanal*…obuna
bizni…kuzatib
підписуйтесь на
"""
"""What a line begins with when it asks the reader to do something, or speaks of rights."""

WALL_TITLES = """
just a moment
attention required
access denied
access to this page has been denied
ddos-guard
please wait
please wait while…
one moment, please
checking your browser
checking your browser before accessing…
verify you are human
verifying you are human
verifying your browser
security check
robot check
are you a robot
are you human
human verification
captcha
error 403
error 404
error 429
error 50*
400 bad request
403
403 forbidden
404
404 not found
404 page not found
429 too many requests
500 internal server error
502 bad gateway
503 service unavailable
503 service temporarily unavailable
504 gateway time-out
504 gateway timeout
page not found
file not found
not found
forbidden
service unavailable
bad gateway
доступ ограничен
доступ запрещён
доступ запрещен
страница не найдена
ошибка 404
404 страница не найдена
проверка браузера
вы не робот
səhifə tapılmadı
бет табылмады
sahifa topilmadi
sayfa bulunamadı
сторінку не знайдено
старонка не знойдзена
"""
"""What the title of a wall says, alone or before the name of the site."""

WALL_TEXTS = """
enable javascript and cookies to continue
checking your browser before
verify you are human
verify that you are human
verify you are not a robot
verify that you are not a robot
unusual traffic
performance & security by cloudflare
ddos protection by
servicepipe
complete the captcha
complete the security check
your request has been blocked
page you requested…not found
page you requested…not be found
page you are looking for…not be found
page you are looking for…does not exist
page you are looking for…no longer
page you're looking for…not be found
page you're looking for…does not exist
before you continue to
log in to continue
log in to read
sign in to continue
подтвердите, что вы не робот
запросы…похожи на автоматические
запрашиваемая страница не найдена
войдите, чтобы продолжить
авторизуйтесь, чтобы продолжить
"""
"""What a wall says anywhere in its few words."""

WALL_MACHINERY = (
    "/cdn-cgi/challenge-platform/",
    "_cf_chl_opt",
    "servicepipe.ru",
    "ddos-guard/js-challenge",
    "captcha-delivery.com",
    "px-captcha",
    "_Incapsula_Resource",
    "aws-waf-token",
    "sgcaptcha",
)
"""Marks of a challenge in its scripts' addresses and texts."""


def any_of(phrases: str) -> str:
    """A regular expression for any phrase of a list above, the longest first, up to the end of its last word."""
    lines = sorted((line.strip() for line in phrases.strip().splitlines()), key=len, reverse=True)
    return "(?:" + "|".join(_expression(line) for line in lines) + ")"


def _expression(phrase: str) -> str:
    escaped = re.escape(phrase).replace(r"\ ", r"\s+").replace(r"\*", r"\w*").replace("…", ".{0,60}?")
    return escaped + (r"\b" if phrase[-1].isalnum() else "")
