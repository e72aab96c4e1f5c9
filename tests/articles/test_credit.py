"""Whom an article names as the source of its text, in every language that is read."""

import pytest

from readout.articles.credit import Credits
from readout.catalog import load_credits, load_knowledge
from readout.model import Article

FILLER = "Delegates went through the papers one by one and put their names under each of them. " * 12
CREDITED = [
    ("en", "The council met in Baku, APA reports citing the State Security Service.", "apa", "APA reports"),
    ("en", "Trend reports that the council met in Baku.", "trend", "Trend reports"),
    ("en", "According to the Russian news agency TASS, the council met.", "tass", None),
    ("en", "The heads of the services met, Kazinform News Agency correspondent reports.", "kazinform", None),
    ("en", "BAKU, Azerbaijan, May 5. Trend: The council met.", "trend", None),
    ("en", "ASTANA (Reuters) - The council met on Friday.", "reuters", None),
    ("en", FILLER + "\nSource: BelTA", "belta", "Source: BelTA"),
    ("ru", "Заседание прошло в Минске, передаёт ТАСС.", "tass", "передаёт ТАСС"),
    ("ru", "Заседание прошло в Минске, сообщает РИА Новости.", "ria", "сообщает РИА Новости"),
    ("ru", "Со ссылкой на агентство «Казинформ» пишут о заседании.", "kazinform", None),
    ("ru", "Заседание прошло, сообщает корреспондент УзА.", "uza", None),
    ("ru", "По данным Интерфакса, секретари встретились в Москве.", "interfax", "По данным Интерфакса"),
    ("ru", "МОСКВА, 4 окт - РИА Новости. Секретари встретились.", "ria", None),
    ("ru", "БАКУ /АПА/. Секретари встретились.", "apa", None),
    ("ru", "В Киеве прошла встреча, сообщает Интерфакс-Украина.", "interfax-ua", None),
    ("uk", "Засідання відбулося, повідомляє кореспондент Укрінформу.", "ukrinform", None),
    ("uk", "З посиланням на УНІАН пишуть про засідання.", "unian", None),
    ("be", "Пасяджэнне адбылося ў Мінску, паведамляе БЕЛТА.", "belta", None),
    ("az", "İclas Astanada keçirilib. Bu barədə APA-ya istinadən yazırlar.", "apa", "APA-ya istinadən"),
    ("az", "Report xəbər verir ki, iclas keçirilib.", "report-az", "Report xəbər verir"),
    ("az", "“Report”un məlumatına görə, iclas keçirilib.", "report-az", None),
    ("az", "TASS agentliyinə istinadən bildirilir ki, iclas keçirilib.", "tass", None),
    ("az", "Bakı, 4 oktyabr, AZƏRTAC\nAstanada iclas keçirilib.", "azertac", None),
    ("tr", "AA muhabirinin edindiği bilgiye göre konsey toplandı.", "anadolu", None),
    ("tr", "TASS'ın haberine göre konsey toplandı.", "tass", None),
    ("tr", FILLER + "\nKaynak: İHA", "iha", None),
    ("kk", "Отырыс Астанада өтті, деп хабарлайды ҚазАқпарат тілшісі.", "kazinform", None),
    ("kk", "ТАСС агенттігіне сілтеме жасап жазды.", "tass", None),
    ("ky", "Жыйын Бишкекте өттү, деп билдирет «Кабар» агенттиги.", "kabar", None),
    ("ky", "ТАСС агенттигинин маалыматы боюнча жыйын өттү.", "tass", None),
    ("uz", "Majlis Toshkentda o‘tdi. Bu haqda UzA xabar berdi.", "uza", None),
    ("uz", "TASSning xabariga ko‘ra, majlis o‘tdi.", "tass", None),
    ("uz", "“Dunyo” AA xabariga ko'ra, majlis o'tdi.", "dunyo", None),
    ("uz-Cyrl", "Мажлис Тошкентда ўтди. Бу ҳақда ЎзА хабар бермоқда.", "uza", None),
    ("tg", "Ҷаласа баргузор шуд, хабар медиҳад АМИТ «Ховар».", "khovar", None),
    ("tg", "Бо истинод ба ТАСС навиштанд, ки ҷаласа баргузор шуд.", "tass", None),
    ("tk", "Mejlis geçirildi. Bu barada TDH habar berýär.", "tdh", None),
    ("hy", "Նիստը կայացել է, հայտնում է «Արմենպրես»-ը։", "armenpress", None),
    ("hy", "ՏԱՍՍ-ի հաղորդմամբ՝ նիստը կայացել է։", "tass", None),
    ("ka", "„ინტერპრესნიუსის“ ცნობით, სხდომა გაიმართა.", "interpressnews", None),
    ("ro", "Ședința a avut loc la Chișinău, transmite agenția Moldpres.", "moldpres", None),
    ("de", "Der Rat tagte in Minsk, berichtet die Nachrichtenagentur TASS.", "tass", None),
    ("de", "Unter Berufung auf die Agentur Interfax heißt es, der Rat habe getagt.", "interfax", None),
    ("fr", "Le conseil s'est réuni à Minsk, selon l'agence TASS.", "tass", None),
    ("es", "El consejo se reunió en Minsk, informa la agencia EFE.", "efe", None),
    ("fa", "به گزارش خبرگزاری ایرنا، نشست در تهران برگزار شد.", "irna", None),
    ("fa", "نشست برگزار شد، به نقل از تاس.", "tass", None),
    ("ar", "عقد المجلس اجتماعه في مينسك، نقلا عن وكالة تاس.", "tass", None),
    ("ar", "وأفادت وكالة سبوتنيك بأن المجلس عقد اجتماعه.", "sputnik", None),
    ("zh", "据新华社报道，会议在北京举行。", "xinhua", None),
    ("zh", "新华社莫斯科3月4日电，会议在莫斯科举行。", "xinhua", None),
    ("zh", "会议在莫斯科举行。来源：塔斯社", "tass", None),
]
NOT_CREDITED = [
    ("en", "The minister told TASS in an interview that the council had met."),
    ("en", "Editors of Reuters and TASS took part in the meeting of the media council."),
    ("en", "The trend reports of the ministry were read out, and the trend is good."),
    ("en", "According to tass, written small, nobody knows."),
    ("en", "Photo: press service / TASS\nThe council met in Minsk."),
    ("en", FILLER + "An aside told that, according to TASS, it had rained. " + FILLER),
    ("en", "The council met, according to the ministry."),
    ("ru", "Об этом министр сообщил ТАСС после заседания."),
    ("ru", "В интервью РИА Новости министр рассказал о заседании."),
    ("ru", "Главы ТАСС и агентства Синьхуа подписали соглашение."),
    ("ru", "Спутник связи сообщает координаты."),
    ("az", "Nazir APA-ya bildirib ki, iclas keçirilib."),
    ("az", "APA-nın əməkdaşları iclasda iştirak ediblər."),
    ("tr", "Bakan, AA'ya yaptığı açıklamada konseyin toplandığını söyledi."),
    ("kk", "Министр ТАСС агенттігіне сұхбат берді."),
    ("uz", "Vazir TASSga intervyu berdi."),
    ("de", "Der Minister sagte der Nachrichtenagentur TASS, der Rat habe getagt."),
    ("zh", "部长对塔斯社记者表示，会议已经举行。"),
    ("xx", "The council met, TASS reports."),
    (None, ""),
]  # fmt: skip


def article(text: str, language: str | None = "en", url: str = "https://paper.example/1") -> Article:
    return Article(url=url, title="Title", text=text, published=None, language=language)


@pytest.mark.parametrize(("language", "text", "source", "words"), CREDITED)
def test_a_credit_is_read(language, text, source, words):
    credit = load_credits().of(article(text, language))
    assert credit is not None
    assert credit.source == source
    assert words in (None, credit.words)


@pytest.mark.parametrize(("language", "text"), NOT_CREDITED)
def test_who_is_told_or_only_spoken_of_is_no_source(language, text):
    assert load_credits().of(article(text, language)) is None


def test_an_agency_does_not_credit_itself():
    text = "The council met in Minsk, APA reports citing TASS."
    told = {url: load_credits().of(article(text, url=url)).source for url in ("https://en.apa.az/1", "https://x.com/1")}
    assert told == {"https://en.apa.az/1": "tass", "https://x.com/1": "apa"}


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://tass.ru/politika/1", "tass"),
        ("https://az.trend.az/1", "trend"),
        ("https://www.aa.com.tr/tr/1", "anadolu"),
        ("https://nottass.ru/1", None),
        ("https://tass.ru.example/1", None),
        ("mailto:somebody", None),
        ("https://[::1", None),
    ],
)
def test_a_publisher_is_known_by_its_host(url, key):
    assert load_credits().publisher(url) == key


def test_every_language_with_a_lexicon_gives_credit():
    assert load_credits().languages >= set(load_knowledge().lexicons)


@pytest.mark.parametrize("phrase", ["no place for a name", "…", "both … sides"])
def test_a_phrase_without_its_one_place_is_refused(phrase):
    with pytest.raises(ValueError, match="phrases"):
        Credits.from_mappings({}, {"en": {"phrases": [phrase], "between": []}})
