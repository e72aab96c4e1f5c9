"""Pages that name bodies and meetings and report none, and reports that hold the very words of such pages.

Portraits and obituaries, explainers, interviews and opinions, chronicles, road closures; synods, parliaments and
councils at home, courts, sport, banks and schools.
"""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from tests.meetings.tellings import article

# (language, title, text)
TEMPTING = [
    ("en", "Obituary: Viktor Malinin",
     ("Former minister Viktor Malinin, who took part in the Budapest summit of 1994 and chaired the session of "
      "the CIS Council of Foreign Ministers in Minsk, has died at the age of 81. He was born in Tula.")),
    ("en", "Who is Timur Asanov?",
     ("Timur Asanov was born in 1966 in Osh. He was appointed foreign minister in 2019, chaired the session of "
      "the CIS Council of Foreign Ministers in Ashgabat and met with Vladimir Putin. He is married.")),
    ("ru", "Скончался Олег Громов, бывший министр обороны",
     ("Ему был 81 год. Громов участвовал в заседании Совета министров обороны СНГ в Минске и возглавлял "
      "делегацию на саммите ОДКБ.")),
    ("ru", "Кто такой Андрей Лапин: биография нового секретаря Совбеза",
     ("Андрей Лапин родился в 1970 году в Казани. В 2019 году он провёл заседание секретарей советов "
      "безопасности СНГ, встречался с президентом Казахстана.")),
    ("de", "Wer ist Karl Brenner?",
     ("Verteidigungsminister Karl Brenner wurde 1961 in Kassel geboren. Er nahm am Treffen der "
      "Nato-Verteidigungsminister in Brüssel teil und leitete die Sitzung des Rates.")),
    ("fr", "Mort de l'ancien ministre Paul Garnier",
     ("L'ancien ministre des Affaires étrangères Paul Garnier est mort à 88 ans. Il avait participé au sommet "
      "d'Helsinki et présidé la réunion du Conseil de l'Atlantique Nord.")),
    ("es", "Quién es Ramón Ibáñez, el nuevo canciller",
     ("El ministro Ramón Ibáñez nació en Toledo en 1970. Participó en la cumbre iberoamericana de Lima y "
      "presidió la reunión del Consejo de Ministros de Exteriores.")),
    ("az", "Rəşad Quliyev kimdir? Bioqrafiya",
     ("Rəşad Quliyev 1970-ci ildə Gəncədə anadan olub. Xarici işlər naziri kimi MDB Xarici İşlər Nazirləri "
      "Şurasının iclasında iştirak edib.")),
    ("kk", "Ерлан Сәбитов кім? Өмірбаяны",
     ("Сыртқы істер министрі Ерлан Сәбитов 1969 жылы Алматыда туған. Ол ТМД Сыртқы істер министрлері кеңесінің "
      "отырысына қатысты.")),
    ("uz", "Sardor Karimov kim? Tarjimai holi",
     ("Tashqi ishlar vaziri Sardor Karimov 1971-yilda Samarqandda tug‘ilgan. U MDH Tashqi ishlar vazirlari "
      "kengashi majlisida ishtirok etgan.")),
    ("zh", "王建明同志逝世",
     "前外交部长王建明因病逝世，享年89岁。他曾出席上海合作组织外长理事会会议，并会见俄罗斯外长。"),
    ("ro", "Cine este Andrei Munteanu, noul ministru",
     ("Andrei Munteanu s-a născut în 1970 la Bălți. Ministrul de externe a participat la reuniunea Consiliului "
      "miniștrilor de externe ai CSI de la Minsk.")),
    ("en", "What is the Collective Security Treaty Organization?",
     ("The CSTO is a military alliance of six states. The Collective Security Council meets once a year; its "
      "session is held in the capital of the chairing state. It was established in 2002.")),
    ("en", "The Organization of Turkic States explained",
     ("Founded in 2009, the organization brings together five states. Its Council of Heads of State holds a "
      "summit every year, and the foreign ministers meet twice a year.")),
    ("ru", "ОДКБ: как устроена организация",
     ("Высший орган организации — Совет коллективной безопасности. Его сессии проводятся раз в год, министры "
      "иностранных дел собираются два раза в год. Штаб-квартира в Москве.")),
    ("zh", "欧亚经济联盟是怎样的组织？",
     "欧亚经济联盟成立于2015年，总部位于莫斯科。最高欧亚经济理事会每年举行一次会议，由各国总统出席。"),
    ("de", "Was ist die Shanghaier Organisation für Zusammenarbeit?",
     ("Die Organisation wurde 2001 gegründet. Der Rat der Staatschefs tritt einmal im Jahr zu einem Gipfel "
      "zusammen, die Außenminister treffen sich zweimal im Jahr.")),
    ("tr", "Türk Devletleri Teşkilatı nedir, üyeleri kimlerdir?",
     ("Türk Devletleri Teşkilatı 2009 yılında kuruldu. Devlet Başkanları Konseyi zirvesi her yıl düzenleniyor; "
      "dışişleri bakanları yılda iki kez toplanıyor.")),
    ("es", "Qué es la Organización de Cooperación de Shanghái",
     ("La organización fue fundada en 2001. El Consejo de Jefes de Estado se reúne una vez al año y celebra su "
      "cumbre en la capital del país que preside.")),
    ("fr", "L'OTAN, comment ça marche ?",
     ("Le Conseil de l'Atlantique Nord se réunit chaque semaine au niveau des ambassadeurs et deux fois par an "
      "au niveau des ministres. Un sommet se tient tous les deux ans environ.")),
    ("kk", "ШЫҰ деген не? Ұйым қалай жұмыс істейді",
     ("Шанхай ынтымақтастық ұйымы 2001 жылы құрылған. Мемлекет басшылары кеңесінің отырысы жылына бір рет өтеді, "
      "министрлер екі рет кездеседі.")),
    ("hy", "Ի՞նչ է ՀԱՊԿ-ն. ինչպես է աշխատում կազմակերպությունը",
     ("Կազմակերպությունը ստեղծվել է 2002 թվականին։ Հավաքական անվտանգության խորհրդի նիստը տեղի է ունենում տարին "
      "մեկ անգամ, նախարարները հանդիպում են երկու անգամ։")),
    ("uk", "Що таке ОЧЕС і як вона працює",
     ("Організація заснована у 1992 році. Рада міністрів закордонних справ збирається двічі на рік, засідання "
      "проходить у країні, що головує.")),
    ("en", "Interview with NATO Secretary General Lars Holm",
     ("In an interview with our newspaper ahead of the summit, the NATO Secretary General said the alliance "
      "would hold firm. \"We met with ministers in Brussels,\" he said.")),
    ("en", "This day in history: 4 October",
     ("1957: the first satellite is launched. 1994: the CIS Council of Heads of State holds its session in "
      "Moscow. 2001: NATO foreign ministers meet in Brussels.")),
    ("en", "Traffic restrictions in Astana because of the summit",
     ("Streets in the centre will be closed to cars on 3 and 4 July as the SCO summit is held in the capital. "
      "Buses will take other routes, police said.")),
    ("en", "TV tonight: what to watch",
     ("20:00 News. 21:00 The Summit: a documentary about the Reykjavik meeting of the presidents held in 1986. "
      "22:30 Film.")),
    ("ru", "Интервью генсека ОДКБ Алексея Мухина",
     ("Генеральный секретарь ОДКБ Алексей Мухин рассказал в интервью нашему изданию о том, как прошла сессия "
      "Совета коллективной безопасности в Ереване.")),
    ("ru", "Этот день в истории: 8 декабря",
     ("1991 — в Вискулях состоялась встреча президентов России, Украины и Белоруссии. 1987 — в Вашингтоне прошёл "
      "саммит лидеров СССР и США.")),
    ("ru", "В центре Ташкента перекроют движение из-за саммита ШОС",
     ("Движение транспорта по ряду улиц ограничат 15–16 сентября в связи с проведением саммита ШОС. Автобусы "
      "пойдут в объезд.")),
    ("de", "Kommentar: Der Gipfel der Enttäuschten",
     ("Der Nato-Gipfel in Vilnius hat stattgefunden, die Staats- und Regierungschefs haben getagt. Doch was "
      "bleibt? Ein Kommentar von Jens Wolter.")),
    ("fr", "Tribune. Le sommet de l'OTAN ne suffira pas",
     ("Les chefs d'État se sont réunis à Madrid pour le sommet de l'OTAN. Par l'auteur, chercheur associé. À mon "
      "avis, l'Europe doit aller plus loin.")),
    ("es", "Entrevista al secretario general de la OEA",
     ("El secretario general de la OEA habla en una entrevista con este diario sobre la Asamblea General "
      "celebrada en Lima y las reuniones con los ministros.")),
    ("zh", "评论：上合峰会意味着什么",
     "上海合作组织峰会在阿斯塔纳举行，各国领导人出席。本文作者认为，峰会的意义远超会议本身。"),
    ("ar", "رأي: ماذا تعني قمة شنغهاي؟",
     "بقلم سامي الخطيب. عقدت قمة منظمة شنغهاي للتعاون في أستانا بحضور الرؤساء، ويرى الكاتب أن أوروبا تأخرت."),
    ("az", "Müsahibə: Baş katib sammit haqqında danışdı",
     ("Türk Dövlətləri Təşkilatının Baş katibi qəzetimizə müsahibəsində Şuşada keçirilən sammitin nəticələrindən "
      "danışıb.")),
    ("ru", "Состоялось заседание Священного Синода",
     ("12 марта под председательством Патриарха состоялось заседание Священного Синода. Епископы избрали нового "
      "митрополита.")),
    ("ka", "წმინდა სინოდის სხდომა გაიმართა",
     ("თბილისში წმინდა სინოდის სხდომა გაიმართა, რომელსაც პატრიარქი თავმჯდომარეობდა. ეპისკოპოსებმა ახალი "
      "მიტროპოლიტი აირჩიეს.")),
    ("ro", "Sfântul Sinod s-a întrunit în ședință de lucru",
     ("Sfântul Sinod al Bisericii s-a întrunit joi în ședință la București sub președinția Patriarhului. "
      "Ierarhii au ales un episcop.")),
    ("hy", "Գումարվեց Գերագույն հոգևոր խորհրդի ժողովը",
     ("Սուրբ Էջմիածնում գումարվեց Գերագույն հոգևոր խորհրդի նիստը՝ նախագահությամբ կաթողիկոսի։ Եպիսկոպոսները "
      "քննարկեցին օրակարգը։")),
    ("uk", "Верховна Рада розпочала пленарне засідання",
     ("Засідання Верховної Ради відкрилося сьогодні. Депутати розглянуть законопроєкт у другому читанні, "
      "виступить міністр фінансів.")),
    ("ka", "პარლამენტის პლენარული სხდომა დაიწყო",
     ("დღეს საქართველოს პარლამენტის პლენარული სხდომა მიმდინარეობს. დეპუტატები კანონპროექტს მეორე მოსმენით "
      "განიხილავენ, სიტყვით გამოვა ფინანსთა მინისტრი.")),
    ("tr", "TBMM Genel Kurulu toplandı",
     ("TBMM Genel Kurulu Başkanvekili başkanlığında toplandı. Milletvekilleri bütçe teklifini görüştü, Maliye "
      "Bakanı soruları yanıtladı.")),
    ("ar", "مجلس النواب يعقد جلسة لمناقشة الموازنة",
     "عقد مجلس النواب جلسته اليوم برئاسة رئيس المجلس بحضور وزير المالية لمناقشة مشروع قانون الموازنة."),
    ("fr", "Le conseil municipal s'est réuni lundi",
     ("Le conseil municipal de Vierzon s'est réuni lundi soir sous la présidence du maire. Les conseillers ont "
      "voté le budget.")),
    ("de", "Eigentümerversammlung tagt im Gemeindesaal",
     ("Die Versammlung der Wohnungseigentümer hat am Montag getagt. Der Vorsitzende des Beirats leitete die "
      "Sitzung.")),
    ("ru", "Состоялось собрание собственников дома",
     "На общем собрании собственников жилья выбрали председателя совета дома. Собрание прошло 12 марта в школе."),
    ("en", "City council meets to discuss parking",
     ("The city council met on Monday evening and approved new parking rules. The council's secretary read out "
      "the minutes of the last session.")),
    ("ru", "Кабинет министров: заседание правительства области",
     ("Губернатор провёл заседание правительства области. Министр здравоохранения региона доложил о ремонте "
      "больниц.")),
    ("ru", "Суд отложил заседание по делу бывшего министра",
     "Заседание по делу экс-министра обороны отложено на 12 мая, сообщил адвокат. Подсудимый находится в СИЗО."),
    ("az", "Məhkəmə iclası təxirə salınıb",
     "Keçmiş nazirin işi üzrə məhkəmə iclası mayın 12-nə təxirə salınıb. Hakim vəkilin vəsatətini təmin edib."),
    ("uk", "Суд відклав засідання у справі ексміністра",
     "Засідання Печерського суду у справі колишнього міністра перенесено на 12 травня, повідомив адвокат."),
    ("ka", "სასამართლომ სხდომა გადადო",
     ("ყოფილი მინისტრის საქმეზე სასამართლო სხდომა 12 მაისისთვის გადაიდო. მოსამართლემ ადვოკატის შუამდგომლობა "
      "დააკმაყოფილა.")),
    ("en", "FIFA Council meets in Zurich",
     ("The FIFA Council held its meeting in Zurich on Tuesday and awarded the 2031 Women's World Cup. The FIFA "
      "President chaired the session.")),
    ("es", "Clásico: cumbre en el Bernabéu",
     ("Madrid y Barcelona se reúnen este domingo en la cumbre de la liga. El presidente del club recibió a los "
      "jugadores en la sesión previa.")),
    ("ar", "لقاء القمة بين الأهلي والزمالك ينتهي بالتعادل",
     "انتهى لقاء القمة الذي أقيم على ستاد القاهرة بالتعادل بهدف لكل فريق، بحضور وزير الشباب والرياضة."),
    ("en", "Grand Prix of Baku: second session cancelled",
     ("The second practice session of the Azerbaijan Grand Prix was cancelled on Friday. Stewards met team "
      "chiefs; the race director said qualifying will be held on Saturday.")),
    ("ru", "Исполком УЕФА провёл заседание в Ньоне",
     "Исполком УЕФА на заседании в Ньоне утвердил формат Лиги наций. Президент УЕФА сообщил о допуске клубов."),
    ("en", "Bank of England holds rates",
     ("The Bank of England's monetary policy committee met on Thursday and voted to hold rates. The governor "
      "said inflation was falling.")),
    ("en", "Parents' evening: school council meets",
     ("The school council held its meeting on Thursday. The head teacher and the chair of the parents' committee "
      "took part.")),
    ("kk", "Мектепте ата-аналар жиналысы өтті",
     "Мектепте ата-аналар комитетінің отырысы өтті. Жиналысқа мектеп директоры мен мұғалімдер қатысты."),
    ("be", "Хто такі Мікалай Рудзь: біяграфія",
     ("Мікалай Рудзь нарадзіўся ў 1965 годзе ў Гродне. Ён удзельнічаў у пасяджэнні Савета міністраў абароны СНД "
      "і ўзначальваў дэлегацыю.")),
    ("ky", "Айбек Токтосунов ким? Өмүр баяны",
     ("Айбек Токтосунов 1972-жылы Ошто туулган. Тышкы иштер министри катары КМШнын Тышкы иштер министрлер "
      "кеңешинин жыйынына катышкан.")),
    ("tg", "Созмони ҳамкории Шанхай чист?",
     ("Созмони ҳамкории Шанхай соли 2001 таъсис ёфтааст. Ҷаласаи Шӯрои сарони давлатҳо соле як бор баргузор "
      "мешавад.")),
    ("fa", "سازمان پیمان امنیت جمعی چیست؟",
     "این سازمان در سال ۲۰۰۲ تاسیس شد. نشست شورای امنیت جمعی هر سال یک بار در پایتخت کشور رئیس برگزار می شود."),
    ("en", "Former Spanish foreign minister dies",
     ("Javier Molina, foreign minister from 1996 to 2000, has died. He attended the Madrid summit of NATO "
      "leaders and chaired the Council of Foreign Ministers.")),
    ("ru", "Умер экс-глава МИД Армении Давид Саакян",
     ("Давид Саакян умер на 78-м году жизни. Он участвовал в саммите СНГ в Алма-Ате и в заседании Совета "
      "министров иностранных дел.")),
    ("ru", "Сергей Власов. Биография",
     ("Сергей Власов родился 5 мая 1962 года в Омске. Был секретарём Совета безопасности, провёл заседание "
      "Совета министров обороны СНГ.")),
    ("tr", "Merkez Bankası Para Politikası Kurulu toplandı",
     "Para Politikası Kurulu, Başkan Aylin Demir başkanlığında toplandı ve faizi sabit tuttu."),
    ("kk", "Сенаттың жалпы отырысы өтті",
     "Сенат төрағасының басшылығымен жалпы отырыс өтті. Сенаторлар екі заңды қарады, отырысқа министр қатысты."),
    ("uz", "Qonunchilik palatasining yalpi majlisi bo‘lib o‘tdi",
     ("Oliy Majlis Qonunchilik palatasining navbatdagi yalpi majlisi bo‘lib o‘tdi. Majlisda deputatlar byudjetni "
      "ko‘rib chiqdi, moliya vaziri ishtirok etdi.")),
    ("hy", "ԱԺ արտահերթ նիստ է գումարվել",
     ("Ազգային ժողովի նիստում պատգամավորները երկրորդ ընթերցմամբ ընդունեցին բյուջեն։ Նիստին մասնակցեց ֆինանսների "
      "նախարարը։")),
    ("fa", "جلسه علنی مجلس آغاز شد",
     "جلسه علنی مجلس شورای اسلامی به ریاست رئیس مجلس آغاز شد و نمایندگان لایحه بودجه را بررسی می کنند."),
    ("ar", "المحكمة تؤجل جلسة محاكمة الوزير السابق",
     "قررت المحكمة تأجيل جلسة محاكمة وزير الدفاع السابق إلى 12 مايو بطلب من دفاع المتهم."),
    ("zh", "北京市人大常委会举行会议",
     "北京市人大常委会第20次会议举行，市长作报告，审议条例草案。"),
    ("ky", "Жогорку Кеңештин жыйыны болду",
     ("Жогорку Кеңештин кезектеги жыйынында депутаттар бюджетти экинчи окууда кабыл алды. Жыйынга финансы "
      "министри катышты.")),
    ("uk", "Інтерв'ю з генсеком НАТО: що далі",
     "Генеральний секретар НАТО розповів нашому виданню про підсумки саміту, який відбувся у Вільнюсі."),
    ("ro", "Parlamentul s-a întrunit în ședință plenară",
     ("Deputații s-au întrunit joi în ședință plenară; proiectul de lege a fost votat în a doua lectură, "
      "ministrul finanțelor a răspuns întrebărilor.")),
    ("fr", "Portrait : la nouvelle secrétaire générale de l'OTAN",
     ("Née en 1968 à Gand, elle a présidé la réunion du Conseil de l'Atlantique Nord et rencontré les ministres "
      "de la Défense à Bruxelles.")),
    ("en", "Five things to know about the CSTO",
     ("The organization has six members. Its Collective Security Council holds a session every year in the "
      "capital of the presiding state, and its ministers of defence meet twice a year.")),
    ("ru", "Шесть фактов о Совете Европы",
     ("Совет Европы основан в 1949 году. Комитет министров собирается раз в год на уровне министров иностранных "
      "дел, заседание проходит в Страсбурге.")),
    ("az", "Ali Məhkəmənin Plenumu keçirilib",
     "Ali Məhkəmənin Plenumunun növbəti iclası keçirilib. İclasda hakimlər və prokuror iştirak edib."),
    ("en", "Diocesan bishops gather for annual assembly",
     ("The bishops' conference held its spring assembly in Krakow. Archbishop Adam Zielinski chaired the "
      "session.")),
]  # fmt: skip

REPORTS = [
    ("en", "CIS security chiefs meet in Baku",
     ("The 57th session of the Council of Heads of Security Agencies of the CIS was held in Baku on 4 October. "
      "In an interview after the session the Secretary General of the council said terrorism was discussed.")),
    ("ru", "Совет министров обороны СНГ отметил 30-летие",
     ("Юбилейное заседание Совета министров обороны СНГ состоялось в Минске. Совет создан в 1992 году; министры "
      "обсудили сотрудничество.")),
    ("en", "Summit held in parliament building",
     ("The summit of the Organization of Turkic States was held on Friday in the building of parliament in "
      "Budapest. Presidents of five states took part.")),
    ("en", "Speakers of parliaments of Turkic states meet in Baku",
     ("The conference of speakers of parliaments of the Turkic states was held in Baku on Thursday. The speakers "
      "of Kazakhstan and Kyrgyzstan took part.")),
    ("en", "NATO Parliamentary Assembly opens in Sofia",
     ("The spring session of the NATO Parliamentary Assembly opened in Sofia on Friday. The NATO Secretary "
      "General addressed the lawmakers.")),
    ("ru", "Президент Казахстана принял генсека ОДКБ",
     ("Президент принял генерального секретаря ОДКБ Алексея Мухина. На встрече обсудили подготовку сессии Совета "
      "коллективной безопасности.")),
    ("tr", "TBMM Başkanı Özbek mevkidaşıyla görüştü",
     ("TBMM Başkanı Kemal Yıldız, Özbekistan Ali Meclis Başkanı ile Taşkent'te bir araya geldi. Görüşmede "
      "parlamentolar arası iş birliği ele alındı.")),
    ("de", "OSZE-Ministerrat tagt in Wien",
     ("Der OSZE-Ministerrat ist am Donnerstag in Wien zusammengetreten. Außenminister Karl Brenner nahm an der "
      "Sitzung teil; in einem Interview sprach er von Fortschritten.")),
    ("kk", "ШЫҰ сыртқы істер министрлері Астанада бас қосты",
     ("Астанада Шанхай ынтымақтастық ұйымы Сыртқы істер министрлері кеңесінің отырысы өтті. Ұйым 2001 жылы "
      "құрылған.")),
    ("fr", "Les ministres de la Défense de l'OTAN se réunissent à Bruxelles",
     ("Les ministres de la Défense des pays de l'OTAN se sont réunis jeudi à Bruxelles. Le sommet a lieu chaque "
      "année; la réunion a porté sur l'Ukraine.")),
    ("ru", "Заседание Совета МПА СНГ прошло в Санкт-Петербурге",
     ("В Санкт-Петербурге состоялось заседание Совета Межпарламентской Ассамблеи СНГ. В нём приняли участие "
      "спикеры парламентов Армении, Казахстана и Киргизии.")),
    ("az", "Spikerlər Bakıda görüşüb",
     ("Milli Məclisin sədri Bakıda Qazaxıstan Məclisinin sədri ilə görüşüb. Görüşdə parlamentlərarası əlaqələr "
      "müzakirə olunub.")),
    ("es", "Los cancilleres de la CELAC se reúnen en Bogotá",
     ("Los cancilleres de la CELAC celebraron el jueves en Bogotá su reunión anual. La ministra Laura Gómez "
      "presidió la sesión, informó el portavoz.")),
    ("zh", "上海合作组织外长理事会会议在塔什干举行",
     "上海合作组织外长理事会会议29日在塔什干举行。中国外长出席会议并会见乌兹别克斯坦总统。上合组织成立于2001年。"),
    ("ar", "انعقاد اجتماع وزراء خارجية منظمة التعاون الإسلامي في جدة",
     ("عقد وزراء خارجية الدول الأعضاء في منظمة التعاون الإسلامي اجتماعا في جدة يوم الخميس. وترأس الوزير السعودي "
      "الاجتماع الذي يعقد سنويا.")),
    ("uk", "Спікери парламентів Люблінського трикутника зустрілися в Києві",
     ("Голова Верховної Ради зустрівся у Києві з маршалком Сейму Польщі та спікером Сейму Литви. Вони підписали "
      "заяву.")),
    ("en", "What is on the agenda as NATO foreign ministers meet",
     ("NATO foreign ministers are meeting in Brussels on Tuesday. The North Atlantic Council session will "
      "discuss Ukraine.")),
    ("ru", "Интервью, подходы, встречи: Совет министров иностранных дел СНГ прошёл в Бишкеке",
     ("В Бишкеке состоялось заседание Совета министров иностранных дел СНГ. Председательствовал министр "
      "иностранных дел Кыргызстана.")),
    ("en", "President meets Prime Minister who is visiting Baku",
     "The President of Azerbaijan met on Monday with Prime Minister Zoran Petrov, who is on an official visit."),
    ("ru", "Обмен мнениями по безопасности: министры обороны ШОС встретились в Дели",
     "Министры обороны стран ШОС провели совещание в Нью-Дели. Министры почтили память погибших."),
    ("tr", "TDT Dışişleri Bakanları Konseyi Bişkek'te toplandı",
     ("Türk Devletleri Teşkilatı Dışişleri Bakanları Konseyi Bişkek'te toplandı. Konsey her yıl düzenli "
      "toplanıyor.")),
    ("es", "El ministro de Defensa, nacido en Lugo, se reúne con su homólogo francés",
     "El ministro de Defensa se reunió el martes en Madrid con su homólogo francés, Paul Garnier."),
    ("zh", "上合组织国防部长会议在青岛举行",
     "上合组织成员国国防部长会议26日在青岛举行，各国防长交换意见。"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "title", "text"), TEMPTING)
def test_a_page_that_only_speaks_of_meetings_is_no_report(language, title, text):
    recognition = recognise(article(text, title=title, language=language), load_knowledge())
    assert not recognition.is_report, recognition.signals


@pytest.mark.parametrize(("language", "title", "text"), REPORTS)
def test_a_report_stays_one_with_the_words_of_other_pages(language, title, text):
    recognition = recognise(article(text, title=title, language=language), load_knowledge())
    assert recognition.is_report, recognition.signals
