"""Short news sentences are called by their language, foreign pages by theirs."""

import pytest

from readout.articles.language import detect_language

SENTENCES = {
    "en": "The council of heads of security agencies held its session in Astana on Friday.",
    "ru": "В Астане состоялось заседание Совета руководителей органов безопасности.",
    "az": "Astanada təhlükəsizlik orqanları rəhbərləri Şurasının iclası keçirilib.",
    "kk": "Астанада қауіпсіздік органдары басшылары кеңесінің отырысы өтті.",
    "ky": "Бишкекте коопсуздук органдарынын жетекчилеринин кеңешинин жыйыны болуп өттү.",
    "uz": "Toshkentda xavfsizlik idoralari rahbarlari kengashining majlisi bo‘lib o‘tdi.",
    "tg": "Дар шаҳри Душанбе ҷаласаи Шӯрои роҳбарони мақомоти амниятӣ баргузор шуд.",
    "tk": "Aşgabatda howpsuzlyk edaralarynyň ýolbaşçylarynyň geňeşiniň mejlisi geçirildi.",
    "be": "У Мінску адбылося пасяджэнне Савета кіраўнікоў органаў бяспекі.",
    "uk": "У Києві відбулося засідання Ради національної безпеки і оборони.",
    "hy": "Երևանում տեղի է ունեցել անվտանգության խորհրդի նիստը։",
    "ka": "თბილისში უშიშროების საბჭოს სხდომა გაიმართა.",
    "ro": "La Chișinău a avut loc ședința Consiliului Suprem de Securitate.",
    "tr": "Ankara'da Millî Güvenlik Kurulu toplantısı düzenlendi.",
    "de": "In Berlin fand am Freitag eine Sitzung des Sicherheitsrats statt.",
    "fr": "La réunion du conseil de sécurité s'est tenue vendredi à Paris.",
    "es": "El consejo de seguridad se reunió el viernes en Madrid.",
    "fa": "نشست دبیران شورای امنیت در تهران برگزار شد و هیئت‌ها گفت‌وگو کردند.",
    "ar": "عقد مجلس الأمن اجتماعا في القاهرة يوم الجمعة بمشاركة وزراء الخارجية.",
    "zh": "上海合作组织成员国安全会议秘书会议在北京举行。",
    "it": "Il consiglio di sicurezza si è riunito venerdì a Roma con i ministri.",
    "pl": "W Warszawie odbyło się posiedzenie Rady Bezpieczeństwa Narodowego.",
    "cs": "V Praze se v pátek konalo zasedání Bezpečnostní rady státu.",
    "ja": "安全保障会議が金曜日に東京で開かれた。",
    "ko": "금요일 서울에서 국가안전보장회의가 열렸다.",
    "vi": "Hội đồng Bảo an đã họp vào thứ Sáu tại Hà Nội.",
    "sr": "У Београду је одржана седница Савета за националну безбедност.",
}
UZBEK_CYRILLIC = "Тошкентда хавфсизлик идоралари раҳбарлари кенгашининг мажлиси бўлиб ўтди."


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_called_by_its_language(code):
    assert detect_language(SENTENCES[code]) == code


def test_uzbek_in_cyrillic_letters_says_so():
    assert detect_language(UZBEK_CYRILLIC) == "uz-Cyrl"


@pytest.mark.parametrize("text", ["", "2024-10-04", "№ 55 …", "🙂🙂🙂🙂🙂🙂🙂🙂🙂", "Foto"])
def test_too_few_letters_have_no_language(text):
    assert detect_language(text) is None


def test_capitals_have_a_language_too():
    assert detect_language(SENTENCES["ru"].upper()) == "ru"
