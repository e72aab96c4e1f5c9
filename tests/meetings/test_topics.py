"""Topics are what a meeting spoke of, not what its body is called."""

import pytest

from readout.meetings.topics import topics
from tests.meetings.tellings import senses

TABLE = [
    ("en", "They discussed terrorism, drugs and Kabul's Taliban.", {"terrorism", "drug_trafficking", "afghanistan"}),
    ("en", "The Collective Security Council of the CSTO met.", set()),
    ("en", "Cyberattacks and money laundering were on the agenda.", {"cybercrime", "money_laundering"}),
    ("en", "They spoke of the situation in the CSTO area.", {"regional_security"}),
    ("en", "The three evils worry them.", {"terrorism", "extremism", "separatism"}),
    ("ru", "Обсудили миграцию, товарооборот и коррупцию.", {"illegal_migration", "economic_cooperation", "corruption"}),
    ("ru", "Прошла сессия Совета коллективной безопасности ОДКБ.", set()),
    ("ru", "Речь шла о международном терроризме и торговле людьми.", {"terrorism", "human_trafficking"}),
    ("az", "Terrorizm, separatçılıq və korrupsiya müzakirə olunub.", {"terrorism", "separatism", "corruption"}),
    ("az", "Görüşdə iqtisadi əməkdaşlıqdan danışılıb.", {"economic_cooperation"}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "wanted"), TABLE)
def test_topics_are_read_from_prose(language, text, wanted):
    found = topics(senses(text, language))
    assert {fact.value for fact in found} == wanted
    assert all(text[fact.evidence.start : fact.evidence.end] == fact.evidence.text for fact in found)


def test_what_stands_behind_read_also_is_another_story():
    text = "The ministers of the two states met and discussed trade.\nRead also:\nTerrorism trial opens in the capital"
    assert {fact.value for fact in topics(senses(text, "en"))} == {"economic_cooperation"}
