"""The names of the months in the languages of the catalogue, as dates in words are written.

It must not hold rules: it is data, twelve lines a language, January first. A name stands in small letters, without the
dot of an abbreviation and with ``i`` for the dotless one; of a language that inflects names each case that stands in
dates: nominative and genitive. After Unicode's CLDR, with spellings that sites use beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MONTHS: Mapping[str, str] = MappingProxyType(
    {
        "ru": """
январь, января, янв
февраль, февраля, февр, фев
март, марта, мар
апрель, апреля, апр
май, мая
июнь, июня, июн
июль, июля, июл
август, августа, авг
сентябрь, сентября, сент, сен
октябрь, октября, окт
ноябрь, ноября, нояб, ноя
декабрь, декабря, дек
""",
        "az": """
yanvar, yan
fevral, fev
mart, mar
aprel, apr
may
iyun, iyn
iyul, iyl
avqust, avq, avgust
sentyabr, sen
oktyabr, okt
noyabr, noy
dekabr, dek
""",
        "en": """
january, jan
february, feb
march, mar
april, apr
may
june, jun
july, jul
august, aug
september, sep, sept
october, oct
november, nov
december, dec
""",
        "tr": """
ocak, oca
şubat, şub
mart, mar
nisan, nis
mayis, may
haziran, haz
temmuz, tem
ağustos, ağu
eylül, eyl
ekim, eki
kasim, kas
aralik, ara
""",
        "uk": """
січень, січня, січ
лютий, лютого, лют
березень, березня, бер
квітень, квітня, квіт
травень, травня, трав
червень, червня, черв
липень, липня, лип
серпень, серпня, серп
вересень, вересня, вер
жовтень, жовтня, жовт
листопад, листопада, лист
грудень, грудня, груд
""",
        "kk": """
қаңтар, қаң
ақпан, ақп
наурыз, нау
сәуір, сәу
мамыр, мам
маусым, мау
шілде, шіл
тамыз, там
қыркүйек, қыр
қазан, қаз
қараша, қар
желтоқсан, жел
""",
        "ky": """
январь, янв, январ
февраль, фев, феврал
март, мар
апрель, апр, апрел
май
июнь, июн, июн
июль, июл, июл
август, авг
сентябрь, сен, сентябр
октябрь, окт, октябр
ноябрь, ноя, ноябр
декабрь, дек, декабр
""",
        "uz": """
yanvar, yan
fevral, fev
mart, mar
aprel, apr
may
iyun, iyn
iyul, iyl
avgust, avg
sentabr, sen, sentyabr
oktabr, okt, oktyabr
noyabr, noy
dekabr, dek
""",
        "uz-Cyrl": """
январ, янв
феврал, фев
март, мар
апрел, апр
май
июн
июл
август, авг
сентябр, сен
октябр, окт
ноябр, ноя
декабр, дек
""",
        "tg": """
январ, янв
феврал, фев
март, мар
апрел, апр
май
июн
июл
август, авг
сентябр, сен
октябр, окт
ноябр, ноя
декабр, дек
""",
        "tk": """
ýanwar, ýan
fewral, few
mart, mar
aprel, apr
maý
iýun
iýul
awgust, awg
sentýabr, sen
oktýabr, okt
noýabr, noý
dekabr, dek
""",
        "be": """
студзень, студзеня, сту
люты, лютага, лют
сакавік, сакавіка, сак
красавік, красавіка, кра
май, мая, травень, траўня
чэрвень, чэрвеня, чэр
ліпень, ліпеня, ліп
жнівень, жніўня, жні
верасень, верасня, вер
кастрычнік, кастрычніка, кас
лістапад, лістапада, ліс
снежань, снежня, сне
""",
        "hy": """
հունվար, հունվարի, հնվ
փետրվար, փետրվարի, փտվ
մարտ, մարտի, մրտ
ապրիլ, ապրիլի, ապր
մայիս, մայիսի, մյս
հունիս, հունիսի, հնս
հուլիս, հուլիսի, հլս
օգոստոս, օգոստոսի, օգս
սեպտեմբեր, սեպտեմբերի, սեպ
հոկտեմբեր, հոկտեմբերի, հոկ
նոյեմբեր, նոյեմբերի, նոյ
դեկտեմբեր, դեկտեմբերի, դեկ
""",
        "ka": """
იანვარი, იან, იანვრის, იანვარს
თებერვალი, თებ, თებერვლის, თებერვალს
მარტი, მარ, მარტის, მარტს
აპრილი, აპრ, აპრილის, აპრილს
მაისი, მაი, მაისის, მაისს
ივნისი, ივნ, ივნისის, ივნისს
ივლისი, ივლ, ივლისის, ივლისს
აგვისტო, აგვ, აგვისტოს
სექტემბერი, სექ, სექტემბრის, სექტემბერს
ოქტომბერი, ოქტ, ოქტომბრის, ოქტომბერს
ნოემბერი, ნოე, ნოემბრის, ნოემბერს
დეკემბერი, დეკ, დეკემბრის, დეკემბერს
""",
        "ro": """
ianuarie, ian
februarie, feb
martie, mar
aprilie, apr
mai
iunie, iun
iulie, iul
august, aug
septembrie, sept
octombrie, oct
noiembrie, nov
decembrie, dec
""",
        "fa": """
ژانویه, ژانویهٔ
فوریه, فوریهٔ
مارس
آوریل
مه, مهٔ, می
ژوئن
ژوئیه, ژوئیهٔ, جولای
اوت, آگوست
سپتامبر
اکتبر
نوامبر
دسامبر
""",
        "ar": """
يناير, كانون الثاني, جانفي
فبراير, شباط, فيفري
مارس, آذار, اذار
أبريل, نيسان, أفريل
مايو, أيار, ماي
يونيو, حزيران, جوان
يوليو, تموز, جويلية
أغسطس, آب, أوت
سبتمبر, أيلول
أكتوبر, تشرين الأول, اكتوبر
نوفمبر, تشرين الثاني
ديسمبر, كانون الأول
""",
        "zh": """
一月
二月
三月
四月
五月
六月
七月
八月
九月
十月
十一月
十二月
""",
        "de": """
januar, jan, jänner
februar, feb, feber
märz, mär, maerz
april, apr
mai
juni, jun
juli, jul
august, aug
september, sep, sept
oktober, okt
november, nov
dezember, dez
""",
        "fr": """
janvier, janv
février, févr
mars
avril, avr
mai
juin
juillet, juil
août
septembre, sept
octobre, oct
novembre, nov
décembre, déc
""",
        "es": """
enero, ene
febrero, feb
marzo, mar
abril, abr
mayo, may
junio, jun
julio, jul
agosto, ago
septiembre, sept, setiembre
octubre, oct
noviembre, nov
diciembre, dic
""",
    }
)

ENDINGS = frozenset({"az", "tr", "uz", "uz-Cyrl", "kk", "ky", "tg", "tk", "hy"})
"""Languages that put any of many endings behind a name: "oktyabrın", "ekimde", "қазанда"."""
