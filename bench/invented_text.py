"""Invented articles in several languages: what a report says of its meeting, and words around it as news have them.

It must not measure anything. Words are put together from syllables, and some are used far oftener than others (Zipf):
an index of them is as large, and asked as hard, as one of real texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from readout.catalog import load_body_names
from readout.model import Evidence, Fact, MeetingKind, Report

LANGUAGES: Mapping[str, int] = {"ru": 40, "en": 28, "az": 7, "kk": 6, "uz": 6, "tr": 4, "de": 3, "fr": 3, "ky": 3}
"""Of a hundred articles, those in each language."""
WORDS_OF_A_TEXT = (60, 400)
_VOCABULARY = 15_000
_CYRILLIC = (
    "ба бе бо ва ве во га го да де до же за зи ка ко ла ле ли ло ма ме ми мо на не ни но па пе по ра ре ри ро "
    "са се си со та те ти то фа хо ца че ша ста сто при про пре пере раз"
)
_LATIN = (
    "ba be bo ca ce co da de di do fa fe ga go ha he la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro "
    "sa se si so ta te ti to va ve vi con pro pre inter sta tra"
)
_ENDINGS: Mapping[str, str] = {
    "ru": "|а|ы|у|ом|ов|ами|ах|ение|ения|ский|ского|ать|ает",
    "kk": "|лар|ның|да|дан|ға|дың|ды",
    "ky": "|лар|нын|да|дан|га|ды",
    "en": "|s|ed|ing|ion|al|ly|ment",
    "az": "|lar|ın|da|dan|ib|dı|ləri",
    "uz": "|lar|ning|da|dan|ga|di|dagi",
    "tr": "|lar|ın|da|dan|dı|ları|cı",
    "de": "|en|er|e|ung|lich|es",
    "fr": "|s|e|es|ment|tion|er|é",
}
_COMMON: Mapping[str, str] = {
    "ru": (
        "в и на с по что о для также стороны страны безопасности совет министр министров президент встреча встречи "
        "сотрудничество сотрудничества государств глава главы вопросы развитие переговоры республики области заседание "
        "заседания участие рамках отметил сообщили правительство борьба терроризм граница обстановка соглашение"
    ),
    "en": (
        "the of and to in a for on with that their as was by from security council minister ministers president "
        "meeting meetings cooperation states heads issues development talks republic region session border sides said "
        "government agreement terrorism situation support policy trade energy"
    ),
    "az": (
        "və bu ilə üçün də olan təhlükəsizlik şurasının nazir prezident görüş görüşdə əməkdaşlıq dövlət ölkə iclas "
        "respublikası məsələlər tərəflər qeyd edilib sərhəd"
    ),
    "kk": (
        "және бұл үшін мен бойынша қауіпсіздік кеңес министр президент кездесу отырыс ынтымақтастық мемлекет елдер "
        "мәселелер республикасы тараптар шекара"
    ),
    "uz": (
        "va bu bilan uchun boʻyicha xavfsizlik kengash vazir prezident uchrashuv yigʻilish hamkorlik davlat "
        "mamlakatlar masalalar respublikasi tomonlar chegara"
    ),
    "tr": (
        "ve bu ile için olarak güvenlik konseyi bakan başkan toplantı toplantısı iş birliği devlet ülkeler konular "
        "cumhuriyeti taraflar sınır"
    ),
    "de": (
        "der die und in den von zu das mit sich für auf Sicherheit Rat Minister Präsident Treffen Sitzung "
        "Zusammenarbeit Staaten Fragen Grenze"
    ),
    "fr": (
        "le la de et les des en un pour dans sécurité conseil ministre président réunion rencontre coopération États "
        "questions frontière"
    ),
    "ky": (
        "жана бул менен үчүн боюнча коопсуздук кеңеш министр президент жолугушуу отурум кызматташтык мамлекет "
        "өлкөлөр маселелер республикасы тараптар чек ара"
    ),
}
_HELD: Mapping[str, str] = {
    "ru": "состоялось заседание", "en": "met for a session", "az": "iclas keçirilib", "kk": "отырыс өтті",
    "uz": "yigʻilish boʻlib oʻtdi", "tr": "toplantı düzenlendi", "de": "fand die Sitzung statt",
    "fr": "s'est tenue la réunion", "ky": "отурум өттү",
}  # fmt: skip
_TALKS: Mapping[str, str] = {
    "ru": "состоялись переговоры", "en": "talks were held", "az": "danışıqlar aparılıb", "kk": "келіссөз өтті",
    "uz": "muzokara boʻlib oʻtdi", "tr": "görüşme yapıldı", "de": "fanden Gespräche statt",
    "fr": "ont eu lieu des entretiens", "ky": "сүйлөшүү өттү",
}  # fmt: skip
_TALKED = (MeetingKind.BILATERAL, MeetingKind.CALL, MeetingKind.RECEPTION, MeetingKind.VISIT)


def invent_language(dice: Random) -> str:
    """The language of an article."""
    return dice.choices(list(LANGUAGES), weights=list(LANGUAGES.values()))[0]


def write_report(dice: Random, report: Report, language: str) -> tuple[str, str, Report]:
    """Title and text of an article that tells what `report` holds, and the report with its evidence in that text."""
    text = _Text()
    facts: dict[str, Any] = {}
    kind = report.kind.value
    words = (_TALKS if kind in _TALKED else _HELD)[language]
    for name, said in (("start_date", "{:%d.%m.%Y}"), ("end_date", " – {:%d.%m.%Y}")):
        if (day := getattr(report, name)) is not None:
            facts[name] = text.fact(day.value, said.format(day.value).strip(" –"))
    if report.city is not None:
        facts["city"] = text.fact(report.city.value, report.city.value)
    facts["kind"] = text.fact(kind, words)
    facts["status"] = text.fact(report.status.value, words.split(" ")[-1])
    if report.session_number is not None:
        facts["session_number"] = text.fact(report.session_number.value, f"№ {report.session_number.value}")
    if report.body is not None:
        names = load_body_names(language) if language in ("en", "ru", "az") else load_body_names()
        name = names.get(report.body.value.id or "", report.body.value.name)
        facts["body"] = text.fact(replace(report.body.value, name=name), name)
    text.stop()
    people = [text.fact(fact.value, fact.value.name) for fact in report.participants]
    text.stop()
    text.say(_filler(dice, language, dice.randrange(*WORDS_OF_A_TEXT)))
    first = report.body.value.name if report.body else words
    told = replace(report, **facts, participants=tuple(people))
    return f"{first[:80]}: {_filler(dice, language, 6)}", text.whole, told


def write_other(dice: Random, language: str) -> tuple[str, str]:
    """Title and text of an article that tells of no meeting."""
    return _filler(dice, language, 8), _filler(dice, language, dice.randrange(*WORDS_OF_A_TEXT))


@dataclass(slots=True)
class _Text:
    """A text as it is written, and where in it each fact stands."""

    parts: list[str] = field(default_factory=list)
    length: int = 0

    def say(self, words: str) -> int:
        start = self.length + (1 if self.parts else 0)
        self.parts.append(words)
        self.length = start + len(words)
        return start

    def fact(self, value: Any, words: str) -> Fact[Any]:
        start = self.say(words)
        return Fact(value=value, evidence=Evidence(text=words, start=start, end=start + len(words)))

    def stop(self) -> None:
        self.parts[-1] += "."
        self.length += 1

    @property
    def whole(self) -> str:
        return " ".join(self.parts)


def _filler(dice: Random, language: str, count: int) -> str:
    words, weights = _vocabulary(language)
    chosen = dice.choices(words, cum_weights=weights, k=count)
    for start in range(0, count, 14):
        chosen[start] = chosen[start].capitalize()
        chosen[min(start + 13, count - 1)] += "."
    return " ".join(chosen)


@cache
def _vocabulary(language: str) -> tuple[Sequence[str], Sequence[float]]:
    """Words, the commonest first, and how often they come, summed up."""
    dice = Random(language)
    syllables = (_CYRILLIC if language in ("ru", "kk", "ky") else _LATIN).split()
    endings = _ENDINGS[language].split("|")
    made = (
        "".join(dice.choices(syllables, k=dice.choice((2, 2, 3, 3, 4)))) + dice.choice(endings)
        for _ in range(_VOCABULARY)
    )
    words = list(dict.fromkeys((*_COMMON[language].split(), *made)))
    return words, list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
