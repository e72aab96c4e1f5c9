"""Lines around an article go, lines of the article stay."""

import pytest

from readout.articles.furniture import is_furniture, without_furniture

FURNITURE = """
Advertisement
Read more: Another meeting took place
READ MORE: Another meeting took place
[Related: Another meeting]
- MORE: Another story
Click here to subscribe to our newsletter
Follow us on Telegram
12 comments
© Agency 2024
___
https://example.org/share
Читайте также
Читайте также: Другая встреча
Подписывайтесь на наш канал в Telegram
Наши новости теперь в WhatsApp! Подпишитесь на канал.
Если вы заметили ошибку, выделите её
При использовании материалов ссылка на сайт обязательна
Həmçinin oxuyun: Digər görüş
Paylaş
Xəbərdən istifadə edərkən istinad zəruridir
Lesen Sie auch: Ein anderes Treffen
Leggi anche
""".strip().splitlines()
ARTICLE = """
Read, the country's foreign minister, met his colleague in Astana.
More than forty delegations took part.
Related issues were discussed by the ministers.
The president said: "We will work together."
Follow-up talks are planned for the spring.
Join efforts, the minister said, or fail.
55
Share prices fell after the meeting.
Comments by the minister were brief.
Печать и доверие обсудили министры.
По теме безопасности выступил министр.
Теги безопасности внедрят все страны.
Paylaşılan məlumatlar müzakirə edilib.
Copyright law was discussed by the ministers.
An error has occurred at the power plant, the ministry said.
Get the latest equipment to the border, the secretary ordered.
Join our alliance, the president told the neighbours.
Следите за нашими границами, призвал президент.
Подробнее о планах рассказал министр.
""".strip().splitlines()


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture(line):
    assert is_furniture(line)


@pytest.mark.parametrize("line", ARTICLE)
def test_sentences_that_begin_like_furniture(line):
    assert not is_furniture(line)


def test_a_long_line_is_never_furniture():
    assert not is_furniture("Read more: " + "word " * 60)


HEADLINES = ("Session held in Astana", "Session held in Astana | Site")
TOPS = {
    "Session held in Astana\nText.": "Text.",
    "News\nOther story about taxes\nSESSION HELD IN ASTANA!\nText.": "Text.",
    "Session held in Astana\nSession held in Astana | Site\nText.": "Text.",
    "Text.\nMore text.": "Text.\nMore text.",
    "Session held in Astana": "Session held in Astana",
    "\n".join(["Line."] * 12 + ["Session held in Astana", "Text."]): "\n".join(
        ["Line."] * 12 + ["Session held in Astana", "Text."]
    ),
}


@pytest.mark.parametrize("text", TOPS)
def test_the_repeated_headline_and_what_stands_above_it_go(text):
    assert without_furniture(text, HEADLINES) == TOPS[text]


LEAD = "The heads of the security agencies held their session in Astana on Friday, the press service of the host said."
SECOND = (
    "They agreed upon a plan of joint work for two years and upon the place where they are to meet again next autumn."
)
IN_THE_MIDST = {
    "under a picture": [LEAD, HEADLINES[0], SECOND],
    "under a picture, below the headline": [HEADLINES[0], LEAD, HEADLINES[0], SECOND],
    "to be copied": [LEAD, SECOND, HEADLINES[0], "Source: example.org"],
}


@pytest.mark.parametrize("case", IN_THE_MIDST)
def test_a_headline_repeated_in_the_midst_or_at_the_end_takes_no_text_with_it(case):
    lines = IN_THE_MIDST[case]
    kept = [line for line in lines if line != HEADLINES[0]]
    assert without_furniture("\n".join(lines), HEADLINES) == "\n".join(kept)
    assert without_furniture("\n".join(lines), HEADLINES, is_chosen=True) == "\n".join(kept)


SIGNED = {
    "News.Az\nText.\nNews.az": "Text.",
    "18 ноября 2026 года, 12:40\nText.": "Text.",
    "18.11.2026\nText.": "Text.",
    "Text.\n18.11.2026\nText.": "Text.\n18.11.2026\nText.",
    "Text.\nNews.Az\nText.": "Text.\nNews.Az\nText.",
    "Baku, 18 November 2026\nText.": "Baku, 18 November 2026\nText.",
    "18 November\nText.": "18 November\nText.",
    "2026\nText.": "2026\nText.",
    "News.Az": "News.Az",
}


@pytest.mark.parametrize("text", SIGNED)
def test_a_site_that_signs_and_a_day_alone_above_the_text_go(text):
    assert without_furniture(text, (), frozenset({"newsaz"})) == SIGNED[text]


def test_a_headline_of_one_word_is_too_common_to_cut_at():
    assert without_furniture("Text.\nVisit\nThe end.", ("Visit",)) == "Text.\nVisit\nThe end."
    assert without_furniture("Visit\nText.", ("Visit",)) == "Text."
