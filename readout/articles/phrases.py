"""The words that web sites write around articles, one phrase a line, in many languages.

It must not hold a site's own name: only wording that many sites share. A phrase is matched without regard to case;
``…`` stands for up to 60 characters, ``*`` for the rest of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
get the latest news
get the latest stories
get the latest updates
get the latest from
get the latest on
get the day's
get the day’s
follow us on
follow…on facebook
follow…on twitter
follow…on instagram
follow…on telegram
follow…on google
join us on
join our…newsletter
join our…channel
join our…group
join our…community
join our…list
join our telegram
join our whatsapp
like this story?
like this article?
if you enjoyed this article
if you liked this
also on rt.com
the post…appeared first on
an error has occurred. please
an error has occurred, please
all rights reserved
copyright ©
copyright (c)
copyright by
copyright 19*
copyright 20*
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
следите за нашими новостями
следите за нашими публикациями
следите за нашими обновлениями
следите за нами
следите за новостями
присоединяйтесь к нам
наш телеграм
наши новости теперь в
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


def any_of(phrases: str) -> str:
    """A regular expression for any phrase of a list above, the longest first, up to the end of its last word."""
    by_first_sign: dict[str, list[str]] = {}
    for line in sorted((line.strip() for line in phrases.strip().splitlines()), key=len, reverse=True):
        by_first_sign.setdefault(line[0], []).append(_expression(line))
    # Each sign of a text is held against the few first signs, and not against all phrases: a quarter of the time.
    return _either(map(_either, by_first_sign.values()))


def _either(expressions: Iterable[str]) -> str:
    return f"(?:{'|'.join(expressions)})"


def pieces_of(phrases: str) -> tuple[tuple[str, ...], ...]:
    """The pieces of each phrase of a list above that stand in every `folded` text in which the phrase stands: to look
    for these costs a fiftieth of the expression."""
    lines = (folded(line) for line in phrases.strip().splitlines())
    return tuple(tuple(filter(None, (piece.strip() for piece in re.split("[*…]", line)))) for line in lines)


def folded(text: str) -> str:
    """`text` as `pieces_of` phrases are: letters that an expression without regard to case takes for one are one."""
    return " ".join(text.casefold().replace("i\u0307", "i").replace("ı", "i").split())


def _expression(phrase: str) -> str:
    escaped = re.escape(phrase).replace(r"\ ", r"\s+").replace(r"\*", r"\w*").replace("…", ".{0,60}?")
    return escaped + (r"\b" if phrase[-1].isalnum() else "")
