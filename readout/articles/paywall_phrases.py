"""The words by which web sites ask for consent, and for money, one phrase a line, in the languages of the catalogue.

It must not hold a site's own name, nor words that news of privacy or of the press is made of. A phrase is written as in
`readout.articles.phrases`.
"""

from __future__ import annotations

CONSENT_TEXTS = """
we value your privacy
we care about your privacy
your privacy is important to us
your privacy choices
before you continue to
we and our partners
we and our…partners
our partners
third-party vendors
partners (vendors)
list of partners
store and/or access information on a device
store or access information on a device
use precise geolocation data
scan device characteristics
personalised ads
personalized ads
personalised advertising
personalized advertising
ad and content measurement
ad measurement
audience insights
audience research
accept all
reject all
accept and continue
agree and close
i accept
i agree
manage options
manage preferences
manage settings
more options
cookie settings
cookie preferences
cookie policy
privacy policy
legitimate interest
withdraw your consent
change your choices
your consent
we use cookies
use cookies and
by clicking
your choices at any time
мы используем файлы cookie
мы используем cookie
использует файлы cookie
файлы cookie
файлов cookie
принять все
отклонить все
принять и продолжить
настройки cookie
настроить cookie
политик* конфиденциальности
обработку персональных данных
нажимая
согласие на обработку
даю согласие
наши партнеры
наши партнёры
свое согласие
своё согласие
ми використовуємо файли cookie
файли cookie
прийняти всі
відхилити всі
файлы кукі
cookie файлдары*
барлығын қабылдау
барлығынан бас тарту
құпиялылық саясаты
жеке деректер*
cookie faylları*
cookie-fayllar*
barcha cookie
hammasini qabul qilish
maxfiylik siyosati
hamısını qəbul et
hamısını rədd et
məxfilik siyasəti
kukilər*
çerez politikası
çerez kullan*
çerezler*
tümünü kabul et
tümünü reddet
kişisel verileriniz*
gizlilik politikası
tercihleri yönet
wir schätzen ihre privatsphäre
ihre privatsphäre
wir und unsere partner
wir und unsere…partner
unsere partner
informationen auf einem gerät
alle akzeptieren
alles akzeptieren
alle ablehnen
akzeptieren und weiter
zustimmen und weiter
einwilligung…widerrufen
ihre einwilligung
personalisierte werbung
personalisierte anzeigen
mit werbung weiterlesen
mit werbung und tracking
ohne werbung
datenschutzerklärung
cookie-einstellungen
cookies und ähnliche
berechtigte* interesse*
nous respectons votre vie privée
votre vie privée
nous et nos partenaires
nous et nos…partenaires
nos partenaires
stocker et/ou accéder à des informations
informations sur un appareil
tout accepter
accepter et continuer
accepter et fermer
continuer sans accepter
tout refuser
paramétrer les cookies
paramétrer vos choix
publicités personnalisées
votre consentement
retirer votre consentement
politique de confidentialité
intérêt légitime
valoramos tu privacidad
valoramos su privacidad
nosotros y nuestros…socios
nuestros socios
aceptar todo
rechazar todo
aceptar y continuar
su consentimiento
política de privacidad
política de cookies
ne pasă de confidențialitatea
partenerii noștri
acceptă tot*
politica de confidențialitate
ملفات تعريف الارتباط
قبول الكل
رفض الكل
سياسة الخصوصية
接受所有 cookie
全部接受
全部拒绝
隐私政策
"""
"""What pages of consent are made of: some of it stands on most pages, most of it on none but these."""

PAYWALL_TEXTS = """
subscribe to continue reading
subscribe to keep reading
subscribe now to continue reading
subscribe to read the full
subscribe to read this article
subscribe to unlock this article
to continue reading this article
to read the rest of this article
to read the full story, subscribe
this article is for subscribers only
this article is available to subscribers
this story is for subscribers
this content is for subscribers only
exclusive to subscribers
already a subscriber? log in
already a subscriber? sign in
reached your limit of free articles
reached your free article limit
become a subscriber to read
оформите подписку, чтобы прочитать
оформите подписку, чтобы читать
оформите подписку, чтобы продолжить
чтобы прочитать…полностью, оформите подписку
чтобы читать дальше, оформите подписку
материал доступен только подписчикам
материал доступен только по подписке
статья доступна только подписчикам
полный текст доступен только подписчикам
полный текст доступен по подписке
читать полностью по подписке
матеріал доступний лише передплатникам
оформіть передплату, щоб
матэрыял даступны толькі падпісчыкам
материал тек жазылушыларға
толық оқу үшін жазылыңыз
oxumağa davam etmək üçün abunə olun
tam mətni oxumaq üçün abunə olun
yalnız abunəçilər üçün
haberin devamını okumak için abone
okumaya devam etmek için abone ol*
sadece abonelere özel
yalnızca aboneler için
faqat obunachilar uchun
toʻliq oʻqish uchun obuna
dieser artikel ist nur für abonnenten
nur für abonnenten
exklusiv für abonnenten
jetzt abonnieren und weiterlesen
weiterlesen mit einem abo
um diesen artikel weiterzulesen
lesen sie diesen artikel mit
article réservé aux abonnés
réservé à nos abonnés
la suite est réservée aux abonnés
pour lire la suite, abonnez-vous
abonnez-vous pour lire la suite
de cet article vous reste à lire
il vous reste…de cet article à lire
contenido exclusivo para suscriptores
suscríbete para seguir leyendo
suscríbase para seguir leyendo
abonează-te pentru a citi
هذا المحتوى للمشتركين فقط
للمشتركين فقط
订阅后继续阅读
仅限订阅者阅读
"""
"""The words by which the beginning of an article ends of which the rest is sold."""
