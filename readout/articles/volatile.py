"""Lines of a page that differ from visit to visit and say nothing of its article: counters, clocks, today's date.

It must not know any site: only words that count readers or minutes in many languages, and the day of a visit.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from readout.articles.phrases import any_of

# What stands beside a number on such a line, a phrase a line, as in `readout.articles.phrases`.
_COUNTED = """
view*
hits
reads
read
times
comment*
share*
like*
visit*
ago
updated
just now
second*
minute*
min
hour*
day
days
просмотр*
прочитан*
прочтен*
комментари*
раз
раза
назад
обновлен*
только что
секунд*
минут*
мин
час
часа
часов
дня
дней
день
перегляд*
прочитано
коментар*
тому
хвилин*
годин*
прагляд*
baxış*
sayı
sayısı
baxılıb
oxunub
oxunma*
oxundu
dəfə
şərh*
əvvəl
dəqiqə*
saat*
gün
görüntülen*
okunma*
okundu
kez
yorum*
önce
dakika
qaralım
қаралым*
қаралды
көрілім*
рет
бұрын
көрүү*
көрүлдү
ko'rish*
soni
сони
саны
ko‘rish*
ko'rilgan
marta
daqiqa
soat
oldin
кўриш*
кўрилди
марта
դիտում*
դիտվել
ნახვა*
vizualizăr*
afișăr*
aufruf*
gelesen
kommentar*
vor
stunde*
minuten
vue*
lecture*
commentaire*
il y a
heure*
visitas
vistas
lecturas
leído
veces
hace
hora*
minuto*
visualizaç*
بازدید*
تعداد
مشاهدة
المشاهدات
مشاهدات
قراءة
عدد المشاهدات
قبل
منذ
دقيقة
ساعة
阅读
阅读量
浏览
浏览量
点击
次数
评论
次
分钟前
小时前
"""
_LONGEST = 80
_MOST_WORDS_OF_A_DAY = 4  # weekday, month, "today", "year"

# Atomic and possessive: a line of many such words that ends in another is given up at once.
_COUNTER = re.compile(rf"(?:[\W\d_]|(?>{any_of(_COUNTED)}))*+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b")


def is_volatile(line: str, seen: date) -> bool:
    """Whether `line` of a page looked at on the day `seen` counts readers or minutes, or is that day's date."""
    return 0 < len(line) <= _LONGEST and (_is_counter(line) or _is_day_of(line, seen))


def _is_counter(line: str) -> bool:
    """Whether the line holds numbers, and beside them nothing but words of counting."""
    return _COUNTER.fullmatch(line) is not None and any(c.isdecimal() for c in line)


def _is_day_of(line: str, seen: date) -> bool:
    """Whether the line is a date and a clock, and the date that of a visit at `seen`, in whatever zone."""
    if len(_LETTERS.findall(line)) > _MOST_WORDS_OF_A_DAY:
        return False
    numbers = {int(digits) for digits in re.findall(r"\d+", _CLOCK.sub(" ", line))}
    days = (seen + timedelta(days=ahead) for ahead in (-1, 0, 1))
    return any({day.year, day.day} <= numbers <= {day.year, day.month, day.day} for day in days)
