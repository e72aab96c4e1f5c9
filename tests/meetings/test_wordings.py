"""How agencies and ministries word reports in English and Russian, and pages that only look like a report."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from readout.model import Status
from tests.meetings.tellings import article, untrue_evidence

# (language, day, title, text, status, who took part, states)
REPORTS = [
    ("en", None, "Readout of the call with the President of Kenya",
     "Today, the Prime Minister, Jane Tremblay, spoke with the President of Kenya, Amina Wanjiru.",
     Status.HELD, {"Jane Tremblay", "Amina Wanjiru"}, {"KE"}),
    ("en", "2023-10-09", "Foreign Minister to travel to Cairo for emergency session",
     ("The Minister of Foreign Affairs, Omar Haddad, will travel to Cairo tomorrow to attend an extraordinary session "
     "of the Arab League Council, the ministry said in a statement on Monday."),
     Status.PLANNED, {"Omar Haddad"}, set()),
    ("en", "2024-03-05", "Philippine and Fijian defence ministers meet in Suva",
     "Philippine Defense Secretary Ramon Cruz and his Fijian counterpart Peni Tora met behind closed doors in Suva.",
     Status.HELD, {"Ramon Cruz", "Peni Tora"}, {"PH", "FJ"}),
    ("en", "2019-08-06", "Visit of army chief to Oman cancelled",
     "The official visit of the Chief of Army Staff, General Ali Bako of Niger, to Oman has been cancelled.",
     Status.CANCELLED, {"Ali Bako"}, {"NE"}),
    ("en", "2021-05-28", "Leaders gather in Maputo",
     ("The summit was convened in Maputo on Thursday. It was attended by presidents Thabo Nkosi of South Africa, "
     "Tendai Moyo of Zimbabwe and Filipe Cossa of Mozambique."),
     Status.HELD, {"Thabo Nkosi", "Tendai Moyo", "Filipe Cossa"}, {"ZA", "ZW", "MZ"}),
    ("en", "2024-02-07", "Coast guard chiefs convene",
     ("The heads of the coast guards are meeting in Oslo today. Norway was represented by Admiral Lars Holm, Iceland "
     "by no one."),
     Status.ONGOING, {"Lars Holm"}, {"NO"}),
    ("ru", "2021-09-07", "Визит премьера Армении в Тбилиси отменён",
     "Запланированный на 8 сентября визит премьер-министра Армении Тиграна Бабаяна в Тбилиси отменён.",
     Status.CANCELLED, {"Тигран Бабаян"}, {"AM"}),
    ("ru", "2016-05-25", "Секретари совбезов совещаются в Бишкеке",
     ("Сегодня в Бишкеке проходит совещание секретарей советов безопасности. Кыргызстан представляет секретарь Темир "
     "Асанов, Казахстан — Владимир Нурбеков."),
     Status.ONGOING, {"Темир Асанов", "Владимир Нурбеков"}, {"KG", "KZ"}),
    ("ru", "2025-08-27", "Предстоящий саммит стал темой разговора министров",
     ("Министр иностранных дел России Иван Петров поговорил по телефону с министром иностранных дел Узбекистана "
     "Тимуром Асановым."),
     Status.HELD, {"Иван Петров", "Тимур Асанов"}, {"RU", "UZ"}),
    ("ru", "2022-11-24", "О встрече с послом",
     "24 ноября министр обороны России Иван Петров провёл переговоры с послом Ирана Каримом Рахимовым.",
     Status.HELD, {"Иван Петров", "Карим Рахимов"}, {"RU", "IR"}),
]  # fmt: skip

NO_REPORTS = [
    ("en", "Supreme Court sits on petition",
     "The Supreme Court held a session on Wednesday to hear an appeal of a former minister. Judge Amadou presided."),
    ("en", "Five Eyes: what is it?",
     ("The Five Eyes is an intelligence alliance of five states. Its ministers meet annually at the Five Country "
     "Ministerial. Its origins go back to 1941.")),
    ("en", "Shares rise before central bank meeting",
     "Stocks rose on Tuesday as investors waited for the Federal Reserve meeting, which is expected to cut rates."),
    ("en", "Mayor met with residents",
     "Mayor Tom Brady met with residents on Monday to talk about water. Residents said the meeting was useful."),
    ("en", "Party deal met with criticism", "The plan of the finance minister was met with criticism in parliament."),
    ("ru", "Рынок ждёт заседания ЦБ",
     "Рубль укрепился в преддверии заседания Центробанка. Аналитики ждут повышения ставки, акции подорожали."),
    ("ru", "Что такое ШОС. Справка",
     ("Шанхайская организация сотрудничества создана в 2001 году. Высший орган — Совет глав государств, он собирается "
     "раз в год. В организацию входят девять стран.")),
    ("ru", "Школьники встретились с ветераном",
     "В школе прошла встреча учеников с ветераном службы безопасности Иваном Петровым. Дети пели песни."),
    ("ru", "Посол вручил верительные грамоты", "Новый посол Японии вручил верительные грамоты президенту."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "day", "title", "text", "status", "people", "states"), REPORTS)
def test_a_report_is_read_however_it_is_worded(language, day, title, text, status, people, states):
    told = article(text, title=title, language=language, day=day)
    recognition = recognise(told, load_knowledge())
    assert not list(untrue_evidence(told, recognition))
    assert recognition.is_report, recognition.signals
    report = recognition.reports[0]
    assert report.status.value is status
    assert {fact.value.name for fact in report.participants} == people
    assert states <= {fact.value for fact in report.countries}


@pytest.mark.parametrize(("language", "title", "text"), NO_REPORTS)
def test_pages_that_look_like_a_report_are_none(language, title, text):
    recognition = recognise(article(text, title=title, language=language), load_knowledge())
    assert not recognition.is_report, recognition.signals


MOVED = [
    ("en", "2024-04-25", ("The talks between the foreign ministers of Armenia and Georgia have been moved from 28 "
     "April to 10 May."), "2024-05-10"),
    ("en", "2024-04-25", "The session of the council of ministers, to be held on 2 May, was postponed to 6 June.",
     "2024-06-06"),
    ("ru", "2025-02-18", "Саммит президентов, который должен был состояться 24 февраля, перенесён на 17 сентября.",
     "2025-09-17"),
    ("ru", "2025-10-21", "Встречу министров обороны перенесли на 23 октября, а потом на 30 октября.", "2025-10-30"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "day", "text", "start"), MOVED)
def test_a_meeting_put_off_has_its_new_day(language, day, text, start):
    (report,) = recognise(article(text, language=language, day=day), load_knowledge()).reports
    assert report.status.value is Status.POSTPONED
    assert report.start_date.value.isoformat() == start
