"""Where the next meeting is announced, the meeting at which it was said is one more; what will happen there is none."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from tests.meetings.tellings import article, untrue_evidence

# The next session or summit, then the one where it was announced and its city.
ANNOUNCED = [
    ("en", "Moscow will host the next CSTO summit on 11 November 2026, the president said at the session in Bishkek."),
    (
        "en",
        (
            "The next session of the Collective Security Council of the CSTO will take place in Moscow on 11 November "
            "2026. The decision was adopted following the summit in Bishkek, the ministers said."
        ),
    ),
    (
        "ru",
        (
            "Следующее заседание Совета коллективной безопасности ОДКБ состоится 11 ноября 2026 года в Москве, сообщил "
            "президент на сессии в Бишкеке."
        ),
    ),
    (
        "ru",
        (
            "Очередная сессия Совета коллективной безопасности ОДКБ пройдет в Москве 11 ноября 2026 года, "
            "заявил министр. "
            "Такое решение принято по итогам саммита в Бишкеке."
        ),
    ),
    (
        "uk",
        (
            "Наступна сесія Ради колективної безпеки ОДКБ відбудеться в Москві 11 листопада 2026 року, повідомив "
            "президент на засіданні в Бішкеку."
        ),
    ),
    (
        "be",
        (
            "Наступная сесія Савета калектыўнай бяспекі АДКБ адбудзецца ў Маскве 11 лістапада 2026 года, паведаміў "
            "прэзідэнт на саміце ў Бішкеку."
        ),
    ),
    (
        "az",
        (
            "KTMT Kollektiv Təhlükəsizlik Şurasının növbəti sessiyası 11 noyabr 2026-cı ildə Moskvada "
            "keçiriləcək, bunu "
            "Prezident Bişkekdəki sammitdə bildirib."
        ),
    ),
    (
        "tr",
        (
            "Türk Devletleri Teşkilatı'nın bir sonraki zirvesi 11 Kasım 2026'da Ankara'da yapılacak, bunu "
            "Cumhurbaşkanı "
            "Bişkek'teki zirvede açıkladı."
        ),
    ),
    (
        "kk",
        (
            "ҰҚШҰ-ның келесі саммиті 2026 жылғы 11 қарашада Мәскеуде өтеді, бұл туралы Президент Бішкектегі сессияда "
            "мәлімдеді."
        ),
    ),
    (
        "ky",
        (
            "ЖККУнун кийинки саммити 2026-жылдын 11-ноябрында Москвада өтөт, бул тууралуу президент Бишкектеги "
            "сессияда билдирди."
        ),
    ),
    (
        "uz",
        (
            "KXSHTning keyingi sammiti 2026-yil 11-noyabrda Moskvada bo‘lib o‘tadi, bu haqda Prezident Bishkekdagi "
            "sessiyada ma’lum qildi."
        ),
    ),
    (
        "uz-Cyrl",
        (
            "КХШТнинг кейинги саммити 2026 йил 11 ноябрда Москвада бўлиб ўтади, бу ҳақда Президент Бишкекдаги сессияда "
            "маълум қилди."
        ),
    ),
    (
        "uz-Cyrl",
        (
            "Тошкент, 12 май. Вазир КХШТ Ташқи ишлар вазирлари кенгашининг Бишкекдаги йиғилишида навбатдаги мажлисни "
            "11 ноябрь куни Москвада ўтказишни таклиф қилди."
        ),
    ),
    (
        "tk",
        (
            "GDA-nyň Döwlet Baştutanlarynyň Geňeşiniň indiki mejlisi 2026-njy ýylyň 11-nji noýabrynda Moskwada "
            "geçiriler, "
            "bu barada Prezident Bişkekdäki sammitde mälim etdi."
        ),
    ),
    (
        "tg",
        (
            "Саммити ояндаи СААД 11 ноябри соли 2026 дар Маскав баргузор мешавад, инро Президент дар иҷлосия "
            "дар Бишкек "
            "эълон кард."
        ),
    ),
    (
        "de",
        (
            "Der nächste Gipfel der OVKS wird am 11. November 2026 in Moskau stattfinden, teilte der Präsident auf dem "
            "Gipfel in Bischkek mit."
        ),
    ),
    (
        "fr",
        (
            "Le prochain sommet de l'OTSC aura lieu à Moscou le 11 novembre 2026, a annoncé le président lors de la "
            "session à Bichkek."
        ),
    ),
    (
        "es",
        (
            "La próxima cumbre de la OTSC se celebrará en Moscú el 11 de noviembre de 2026, anunció el "
            "presidente en la "
            "sesión en Biskek."
        ),
    ),
    (
        "ro",
        (
            "Următorul summit al OTSC va avea loc la Moscova pe 11 noiembrie 2026, a anunțat președintele în cadrul "
            "sesiunii de la Bișkek."
        ),
    ),
    (
        "hy",
        (
            "ՀԱՊԿ հաջորդ գագաթնաժողովը տեղի կունենա Մոսկվայում 2026 թվականի նոյեմբերի 11-ին, նախագահը հայտարարել է "
            "Բիշքեկի նիստում։"
        ),
    ),
    (
        "ka",
        ("ნატოს მომდევნო სამიტი 2026 წლის 11 ნოემბერს ანკარაში გაიმართება, განაცხადა პრეზიდენტმა ბიშკეკში სხდომაზე."),
    ),
    (
        "fa",
        ("اجلاس بعدی سران سازمان همکاری شانگهای در مسکو برگزار خواهد شد، رئیس جمهور در نشست بیشکک اعلام کرد."),
    ),
    (
        "ar",
        "القمة المقبلة لجامعة الدول العربية ستعقد في الرياض، أعلن الرئيس خلال القمة في بغداد.",
    ),
    ("zh", "上海合作组织下届峰会将于2026年11月11日在莫斯科举行，总统在比什凯克举行的峰会上宣布。"),
]

# The next meeting alone: the words that follow are of it, of one long over, or of nobody's.
ALONE = {
    "en": (
        "The next CSTO summit will be held in Moscow on 11 November 2026",
        [
            ". At the summit, leaders will discuss security, the minister said.",
            ". The session will discuss security, the minister said.",
            ". The minister said that at the session the leaders will discuss security.",
            ". Decisions will be announced at the session.",
            ". The statement is to be adopted at the session in Moscow.",
            ", as agreed at last year's summit in Astana, the minister said.",
            ", the minister said at the summit in Astana in 2019.",
            ", the minister said ahead of the session.",
            ", it was announced at the previous session in Minsk.",
            ", the minister said at a meeting with the ambassador.",
            ", the minister said at the session of the government.",
            ", the minister said at the EAEU session in Minsk.",
        ],
    ),
    "ru": (
        "Следующий саммит ОДКБ пройдет в Москве 11 ноября 2026 года",
        [
            ". На саммите лидеры обсудят безопасность, сообщил министр.",
            ". Министр сообщил, что на саммите будет принята декларация.",
            ". Решение будет объявлено на сессии в Москве, заявил министр.",
            ". Решение принято на прошлой сессии в Минске, сообщил министр.",
            ", сообщил министр накануне заседания.",
            ", сообщил министр на встрече с послом.",
            ", сообщил министр на заседании правительства.",
            ". Министры прибудут на заседание, сообщил министр.",
        ],
    ),
    "uk": (
        "Наступний саміт ОДКБ відбудеться в Москві 11 листопада 2026 року",
        [
            ". На саміті лідери обговорять безпеку, повідомив міністр.",
            ". Рішення ухвалили на попередньому засіданні в Мінську, повідомив міністр.",
        ],
    ),
    "be": (
        "Наступны саміт АДКБ адбудзецца ў Маскве 11 лістапада 2026 года",
        [
            ". На саміце лідары абмяркуюць бяспеку, паведаміў міністр.",
            ", вырашана на папярэднім саміце ў Мінску, паведаміў міністр.",
        ],
    ),
    "az": (
        "KTMT-nin növbəti sammiti 11 noyabr 2026-cı ildə Moskvada keçiriləcək",
        [
            ". Sammitdə təhlükəsizlik məsələlərinin müzakirə ediləcəyi bildirilib.",
            ". Sammitdə liderlər təhlükəsizliyi müzakirə edəcəklər, nazir bildirib.",
            ", bu, əvvəlki sessiyada elan edilib, nazir bildirib.",
        ],
    ),
    "tr": (
        "Türk Devletleri Teşkilatı'nın bir sonraki zirvesi 11 Kasım 2026'da Ankara'da yapılacak",
        [
            ". Zirvede güvenlik konularının ele alınacağı belirtildi.",
            ", bu karar önceki zirvede açıklandı.",
        ],
    ),
    "kk": (
        "ҰҚШҰ-ның келесі саммиті 2026 жылғы 11 қарашада Мәскеуде өтеді",
        [
            ". Саммитте қауіпсіздік мәселелері талқыланады деп хабарлады министр.",
            ". Саммитте қауіпсіздік талқыланатыны айтылды.",
        ],
    ),
    "ky": (
        "ЖККУнун кийинки саммити 2026-жылдын 11-ноябрында Москвада өтөт",
        [
            ". Саммитте коопсуздук маселелери талкууланары айтылды.",
            ", бул мурунку саммитте жарыяланды, деди министр.",
        ],
    ),
    "uz": (
        "KXSHTning keyingi sammiti 2026-yil 11-noyabrda Moskvada bo‘lib o‘tadi",
        [
            ". Sammitda xavfsizlik masalalari muhokama qilinishi ma’lum qilindi.",
            ", bu avvalgi sammitda e’lon qilindi.",
        ],
    ),
    "tk": (
        "GDA-nyň Döwlet Baştutanlarynyň Geňeşiniň indiki mejlisi 2026-njy ýylyň 11-nji noýabrynda Moskwada geçiriler",
        [
            ". Mejlisde howpsuzlyk meseleleriniň maslahat ediljekdigi aýdyldy.",
            ", bu barada öňki mejlisde mälim edildi.",
        ],
    ),
    "tg": (
        "Саммити ояндаи СААД 11 ноябри соли 2026 дар Маскав баргузор мешавад",
        [
            ". Вазир гуфт, ки дар саммит масъалаҳои амният баррасӣ хоҳанд шуд.",
            ", ин дар саммити гузашта эълон шуд.",
        ],
    ),
    "de": (
        "Der nächste Gipfel der OVKS wird am 11. November 2026 in Moskau stattfinden",
        [
            ". Auf dem Gipfel werden die Präsidenten über Sicherheit beraten, sagte der Minister.",
            ", das wurde auf dem letzten Gipfel in Minsk beschlossen.",
        ],
    ),
    "fr": (
        "Le prochain sommet de l'OTSC aura lieu à Moscou le 11 novembre 2026",
        [
            ". Lors du sommet, les dirigeants discuteront de la sécurité, a déclaré le ministre.",
            ", a-t-il été décidé lors du dernier sommet à Minsk.",
        ],
    ),
    "es": (
        "La próxima cumbre de la OTSC se celebrará en Moscú el 11 de noviembre de 2026",
        [
            ". En la cumbre, los líderes debatirán sobre la seguridad, dijo el ministro.",
            ", se decidió en la cumbre anterior en Minsk.",
        ],
    ),
    "ro": (
        "Următorul summit al OTSC va avea loc la Moscova pe 11 noiembrie 2026",
        [
            ". În cadrul summitului, liderii vor discuta despre securitate, a declarat ministrul.",
            ", au decis la summitul precedent de la Minsk.",
        ],
    ),
    "hy": (
        "ՀԱՊԿ հաջորդ գագաթնաժողովը տեղի կունենա Մոսկվայում 2026 թվականի նոյեմբերի 11-ին",
        [
            "։ Գագաթնաժողովում կքննարկվեն անվտանգության հարցեր, ասել է նախարարը։",
            ", որոշվել է նախորդ գագաթնաժողովում։",
        ],
    ),
    "ka": (
        "ნატოს მომდევნო სამიტი 2026 წლის 11 ნოემბერს ანკარაში გაიმართება",
        [
            ". სამიტზე უსაფრთხოების საკითხებს განიხილავენ, განაცხადა მინისტრმა.",
            ", გადაწყდა წინა სამიტზე.",
        ],
    ),
    "fa": (
        "اجلاس بعدی سران سازمان همکاری شانگهای در مسکو برگزار خواهد شد",
        [
            ". وزیر گفت که در اجلاس درباره امنیت گفتگو خواهد شد.",
            "، این در اجلاس گذشته اعلام شد.",
        ],
    ),
    "ar": (
        "القمة المقبلة لجامعة الدول العربية ستعقد في الرياض",
        [
            ". سيناقش القادة خلال القمة الأمن، قال الوزير.",
            "، أعلن ذلك خلال القمة السابقة في بغداد.",
        ],
    ),
    "zh": (
        "上海合作组织下届峰会将于2026年11月11日在莫斯科举行",
        [
            "。部长表示，各国领导人将在峰会上讨论安全问题。",
            "，这是去年在比什凯克举行的峰会上宣布的。",
        ],
    ),
}


def told(language, text):
    page = article(text, language=language)
    recognition = recognise(page, load_knowledge())
    assert not list(untrue_evidence(page, recognition))
    return recognition.reports


@pytest.mark.parametrize(("language", "text"), ANNOUNCED)
def test_the_meeting_where_the_next_was_announced_is_told_too(language, text):
    upcoming, held = told(language, text)
    assert (upcoming.status.value, held.status.value) == ("planned", "held")
    assert upcoming.body.value.id == held.body.value.id
    assert upcoming.city.value in ("Moscow", "Ankara", "Riyadh")
    assert held.city is None or held.city.value in ("Bishkek", "Baghdad")
    assert held.start_date is None


@pytest.mark.parametrize(("language", "rest"), [(each, rest) for each, (_, rests) in ALONE.items() for rest in rests])
def test_the_next_meeting_stays_one(language, rest):
    assert len(told(language, ALONE[language][0] + rest)) == 1
