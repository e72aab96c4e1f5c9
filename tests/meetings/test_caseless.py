"""Names in scripts without capital letters, in Georgian and Chinese, with their dates, numbers and letters."""

from datetime import date

import pytest

from readout.catalog import load_knowledge
from readout.meetings.days import find_days
from readout.meetings.ideographs import spelt
from readout.meetings.names import find_people
from readout.meetings.sessions import han_value, numbered
from readout.meetings.spelling import latin
from readout.meetings.words import fold
from tests.meetings.tellings import senses


def named(text: str, language: str) -> list[tuple[str, str | None, str | None]]:
    knowledge = load_knowledge()
    lexicon = knowledge.lexicons[language]
    people = find_people(text, lexicon.people, knowledge.places.find(text, lexicon.places))
    return [(person.name, person.role, person.country) for person in people if not person.never]


NAMED = [
    # a title leads to the name, whose case is taken away
    ("ka", "პრემიერ-მინისტრმა ლადო მაისურაძემ სიტყვით მიმართა.", ["ლადო მაისურაძე"]),
    ("ka", "სხდომას მინისტრი ელგუჯა წიკლაური დღეს დაესწრო.", ["ელგუჯა წიკლაური"]),
    # two names side by side, and names without a title
    ("ka", "გიორგი ბერიძე ვიქტორ კოვალენკოს შეხვდა.", ["გიორგი ბერიძე", "ვიქტორ კოვალენკო"]),
    ("ka", "მონაწილეობდნენ თამაზ ჩხაიძე, ნანული გელაშვილი და სხვები.", ["თამაზ ჩხაიძე", "ნანული გელაშვილი"]),
    # words behind a title are no name
    ("ka", "მინისტრმა მნიშვნელოვანი განცხადება გააკეთა.", []),
    # a Chinese name behind its title, before it, and as the subject of a verb
    ("zh", "外交部长周文斌主持会议。", ["周文斌"]),
    ("zh", "，周文斌部长出席。", ["周文斌"]),
    ("zh", "周文斌表示,双方将加强合作。", ["周文斌"]),
    # a foreign name: as many of its letters as there are
    ("zh", "总统阿桑诺夫和总理贝里泽出席会议。", ["阿桑诺夫", "贝里泽"]),
    ("zh", "同阿桑诺夫总统举行会谈。", ["阿桑诺夫"]),
    ("zh", "会见铁木尔·阿桑诺夫。", ["铁木尔·阿桑诺夫"]),
    ("zh", "安全会议秘书阿桑诺夫、科瓦连科等出席。", ["阿桑诺夫", "科瓦连科"]),
    # neither is a name
    ("zh", "成员国出席会议,总统府发表声明。", []),
]


@pytest.mark.parametrize(("language", "text", "names"), NAMED)
def test_people_are_found_without_capitals(language, text, names):
    assert [name for name, _, _ in named(text, language)] == names


def test_a_spokesman_takes_no_part_in_any_script():
    assert named("外交部发言人林小兰主持记者会。", "zh") == []


def test_an_office_of_several_words_behind_a_persian_name_is_its_role():
    text = "حسین رضایی، وزیر امور خارجه ایران، در نشست حضور داشت."
    assert named(text, "fa") == [("حسین رضایی", "وزیر امور خارجه ایران", "IR")]


def test_a_title_behind_a_chinese_name_is_its_role():
    assert named("，阿桑诺夫总统出席。", "zh") == [("阿桑诺夫", "总统", None)]


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("zh", "2018年2月27日至3月1日举行", [(date(2018, 2, 27), date(2018, 3, 1))]),
        ("zh", "6月9日至10日举行", [(date(2018, 6, 9), date(2018, 6, 10))]),
        ("zh", "6月9日和10日举行", [(date(2018, 6, 9), date(2018, 6, 10))]),
        ("zh", "28日在此间举行", [(date(2018, 5, 28), date(2018, 5, 28))]),
        ("zh", "3日至5日举行", [(date(2018, 6, 3), date(2018, 6, 5))]),
        ("zh", "10日内提交", []),
        ("zh", "昨天举行", [(date(2018, 5, 30), date(2018, 5, 30))]),
        ("ka", "2018 წლის 16-17 ოქტომბერს", [(date(2018, 10, 16), date(2018, 10, 17))]),
        ("ka", "16-დან 18 ივნისამდე", [(date(2018, 6, 16), date(2018, 6, 18))]),
        ("hy", "2018 թ. հոկտեմբերի 16-ին", [(date(2018, 10, 16), date(2018, 10, 16))]),
        ("hy", "2018 թվականի հոկտեմբերի 16-17-ը", [(date(2018, 10, 16), date(2018, 10, 17))]),
        ("hy", "հունիսի 16-ից 18-ը", [(date(2018, 6, 16), date(2018, 6, 18))]),
    ],
)
def test_days_as_these_languages_write_them(language, text, days):
    words = load_knowledge().lexicons[language].dates
    assert [(d.first, d.last) for d in find_days(text, words, date(2018, 5, 31))] == days


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("zh", "理事会第十三次会议在塔什干举行。", "第十三"),
        ("zh", "理事会第55次会议在塔什干举行。", "第55"),
        ("zh", "理事会第二十五次例会在塔什干举行。", "第二十五"),
        ("zh", "组织成立二十周年会议举行。", None),
        ("zh", "2025年会议在塔什干举行。", None),
        ("ka", "საბჭოს მე-13 სხდომა გაიმართა.", "მე-13"),
        ("ka", "საბჭოს 55-ე სხდომა გაიმართა.", "55-ე"),
        ("ka", "საბჭოს ორმოცდამეთხუთმეტე სხდომა გაიმართა.", "ორმოცდამეთხუთმეტე"),
        ("hy", "Տեղի է ունեցել խորհրդի 55-րդ նիստը։", "55-րդ"),
    ],
)
def test_sessions_are_numbered_as_these_languages_number(language, text, number):
    (sense,) = senses(text, language)
    span = numbered(sense, load_knowledge().lexicons[language])
    assert (text[slice(*span)] if span else None) == number


def test_numbers_of_ideographs():
    written = ["五十五", "十三", "一百零二", "二四", "二十", "〇"]
    assert [han_value(number) for number in written] == [55, 13, 102, 24, 20, 0]


def test_names_of_ideographs_are_spelt_and_capitals_given():
    names = ["王小洪", "托卡耶夫", "弗拉基米尔·普京", "Xi"]
    assert [spelt(name) for name in names] == ["Wang Xiaohong", "Tuokayefu", "Fulajimier Pujing", "Xi"]
    assert latin("ირაკლი კობახიძე") == "Irakli Kobakhidze"
    assert latin("Էդմոն Մարուքյան") == "Edmon Marukyan"


def test_traditional_ideographs_are_read_as_simplified_ones():
    assert fold("國家主席會見總統") == "国家主席会见总统"
