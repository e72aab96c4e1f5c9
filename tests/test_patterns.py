"""A desk that writes up every sitting by one pattern tells of as many meetings as it names."""

from datetime import UTC, datetime
from itertools import chain

import pytest

from readout.catalog import load_knowledge
from readout.finding import Reading
from readout.intake import Intake
from readout.reading.read import RowInput, read_row
from readout.storage.database import Database
from readout.storage.meetings import list_meetings

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
ENGLISH = (
    "The {ordinal}meeting of the Council of Heads of Security Agencies and Special Services of the CIS member states "
    "was held in Astana on {day} November 2026.{people}\nThe participants spoke of the fight against terrorism, of "
    "word to one another about threats at the outer borders and of joint training, the press service said. A "
    "statement was adopted after the talks, and the heads of the delegations signed several papers on cooperation."
)
RUSSIAN = (
    "{ordinal}заседание Совета руководителей органов безопасности и специальных служб государств – участников СНГ "
    "состоялось в Астане {day} ноября 2026 года.{people}\nУчастники говорили о борьбе с терроризмом, об угрозах на "
    "внешних границах и о совместной подготовке, сообщила пресс-служба. По итогам принято заявление, главы "
    "делегаций подписали ряд документов о сотрудничестве."
)
ENGLISH_PEOPLE = " FSB Director Alexander Bortnikov and KNB Chairman Yermek Sagimbayev took part in the meeting."
RUSSIAN_PEOPLE = " В заседании приняли участие директор ФСБ Александр Бортников и председатель КНБ Ермек Сагимбаев."
NUMBERS = range(41, 53)


def english(number: int | None = None, *, day: int = 20, people: bool = False) -> str:
    ordinal = f"{number}{SUFFIXES.get(number % 10, 'th')} " if number else ""
    return ENGLISH.format(ordinal=ordinal, day=day, people=ENGLISH_PEOPLE if people else "")


def russian(number: int | None = None, *, day: int = 20, people: bool = False) -> str:
    ordinal = f"{number}-е " if number else ""
    return RUSSIAN.format(ordinal=ordinal, day=day, people=RUSSIAN_PEOPLE if people else "")


def told(text: str) -> Reading:
    read = read_row(RowInput(id="1", url="https://a.example/1", text=text, published="2026-11-20"), load_knowledge())
    assert isinstance(read, Reading)
    return read


def meetings(database: Database, texts: list[str]) -> list[list[int]]:
    """Of each meeting that the texts make, which of them tell of it."""
    intake = Intake(database, max_age=None)
    for at, text in enumerate(texts):
        intake.take_row(str(at), f"https://a.example/{at}", None, told(text), now=NOW, alert=False)
    with database.read() as connection:
        stored = list(list_meetings(connection))
    return sorted(sorted(int(telling.url.rpartition("/")[2]) for telling in each.tellings) for each in stored)


@pytest.mark.parametrize("people", [False, True], ids=["nobody", "people"])
@pytest.mark.parametrize("write", [english, russian])
def test_twelve_session_numbers_on_one_day_in_one_town_are_twelve_meetings(database, write, people):
    assert meetings(database, [write(n, people=people) for n in NUMBERS]) == [[at] for at in range(12)]


@pytest.mark.parametrize("write", [english, russian])
def test_twelve_days_are_twelve_meetings(database, write):
    assert meetings(database, [write(day=day) for day in range(9, 21)]) == [[at] for at in range(12)]


def test_each_stands_with_its_telling_in_another_language_and_with_its_copy(database):
    texts = [*map(english, NUMBERS), *map(russian, reversed(NUMBERS)), *(english(n) + " Reprint." for n in NUMBERS)]
    assert meetings(database, texts) == [[at, 23 - at, 24 + at] for at in range(12)]


def test_whatever_order_they_come_in(database):
    pairs = zip(map(russian, NUMBERS), map(english, reversed(NUMBERS)), strict=True)
    assert meetings(database, list(chain(*pairs))) == sorted(sorted((2 * at, 23 - 2 * at)) for at in range(12))
