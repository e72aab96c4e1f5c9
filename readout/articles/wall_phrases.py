"""The words that web sites write in the place of articles, one phrase a line, in the languages of the catalogue.

It must not hold a site's own name, nor words that an article's title or lead is made of. A phrase is written as in
`readout.articles.phrases`.
"""

from __future__ import annotations

WALL_TITLES = """
just a moment
attention required
access denied
access to this page has been denied
ddos-guard
please wait
please wait while…
one moment, please
checking your browser
checking your browser before accessing…
checking if the site connection is secure
verify you are human
verifying you are human
verifying your browser
security check
security checkpoint
robot check
are you a robot
are you human
human verification
bot verification
captcha
recaptcha
client challenge
request rejected
web application firewall
before you continue
login
log in
sign in
error 403
error 429
error 50*
400 bad request
403
403 forbidden
429 too many requests
500 internal server error
502 bad gateway
503 service unavailable
503 service temporarily unavailable
504 gateway time-out
504 gateway timeout
forbidden
service unavailable
bad gateway
доступ ограничен
доступ запрещён
доступ запрещен
проверка браузера
проверка безопасности
проверка, что вы не робот
вы не робот
вход
авторизация
вхід
giriş
кіру
кириш
kirish
təhlükəsizlik yoxlanışı
güvenlik doğrulaması
anmelden
connexion
iniciar sesión
تسجيل الدخول
登录
安全验证
"""
"""What the title of a wall says, alone or before the name of the site."""

WALL_TEXTS = """
enable javascript and cookies to continue
enable cookies and javascript to continue
needs to review the security of your connection
checking your browser before
checking if the site connection is secure
verify you are human
verify that you are human
verify you are not a robot
verify that you are not a robot
detected unusual traffic
unusual traffic from your
performance & security by cloudflare
performance and security by cloudflare
ddos protection by
incapsula incident id
request unsuccessful
this process is automatic
your browser will redirect
complete the captcha
complete the security check
your request has been blocked
you have been blocked
powered by servicepipe
before you continue to
accept all cookies to continue
we need your consent to
log in to continue
log in to read
sign in to continue
sign in to read
подтвердите, что вы не робот
проверяем ваш браузер
проверка вашего браузера
проверка браузера перед
запросы…похожи на автоматические
включите javascript
для продолжения…включите cookie*
войдите, чтобы продолжить
авторизуйтесь, чтобы продолжить
чтобы продолжить чтение, войдите
davam etmək üçün daxil olun
robot olmadığınızı təsdiqləyin
devam etmek için giriş yapın
robot olmadığınızı doğrulayın
жалғастыру үшін кіріңіз
робот емес екеніңізді растаңыз
davom etish uchun kiring
підтвердьте, що ви не робот
пацвердзіце, што вы не робат
bestätigen sie, dass sie kein roboter sind
melden sie sich an, um
vérifiez que vous êtes humain
connectez-vous pour continuer
confirme que no es un robot
inicie sesión para continuar
تحقق من أنك لست روبوت*
请完成验证
请登录后
"""
"""What a wall says anywhere in its few words."""

GONE_TITLES = """
error 404
404
404 error
404 not found
404 page not found
page not found
page does not exist
the page you are looking for…not found
file not found
not found
oops! page not found
ошибка 404
404 страница не найдена
страница не найдена
страница не существует
материал не найден
новость не найдена
səhifə tapılmadı
belə səhifə mövcud deyil
xəbər tapılmadı
бет табылмады
бет жоқ
барак табылган жок
баракча табылган жок
sahifa topilmadi
саҳифа топилмади
саҳифа ёфт нашуд
sahypa tapylmady
sayfa bulunamadı
aradığınız sayfa bulunamadı
сторінку не знайдено
сторінка не знайдена
старонка не знойдзена
էջը չի գտնվել
էջը չգտնվեց
გვერდი ვერ მოიძებნა
გვერდი არ მოიძებნა
pagina nu a fost găsită
pagina nu există
صفحه پیدا نشد
صفحه یافت نشد
صفحه مورد نظر یافت نشد
الصفحة غير موجودة
لم يتم العثور على الصفحة
页面不存在
页面未找到
找不到页面
您访问的页面不存在
seite nicht gefunden
die seite wurde nicht gefunden
page introuvable
page non trouvée
página no encontrada
"""
"""What the title of a page says that a server sends in place of one it does not have."""

GONE_TEXTS = """
page you requested…not found
page you requested…not be found
page you are looking for…not found
page you are looking for…not be found
page you are looking for…does not exist
page you are looking for…no longer
page you're looking for…not be found
page you're looking for…does not exist
page you’re looking for…not be found
page you’re looking for…does not exist
this page does not exist
запрашиваемая страница не найдена
запрашиваемая вами страница не
запрошенная страница не найдена
такой страницы не существует
страница, которую вы ищете, не
страница была удалена или
axtardığınız səhifə…tapılmadı
axtardığınız səhifə mövcud deyil
aradığınız sayfa…bulunamadı
сіз іздеген бет…табылмады
сиз издеген барак…табылган жок
siz qidirayotgan sahifa…topilmadi
siz izlagan sahifa…topilmadi
сиз излаган саҳифа…топилмади
саҳифаи дархостшуда…ёфт нашуд
gözleýän sahypaňyz…tapylmady
сторінку, яку ви шукаєте, не
запитувану сторінку не знайдено
запытаная старонка не знойдзена
ձեր փնտրած էջը
თქვენ მიერ მოთხოვნილი გვერდი
pagina căutată nu
pagina pe care o căutați nu
صفحه‌ای که به دنبال آن هستید
الصفحة التي تبحث عنها غير موجودة
الصفحة المطلوبة غير موجودة
您要访问的页面不存在
抱歉，您访问的页面
die gesuchte seite…nicht
die angeforderte seite…nicht
la page que vous…n'existe
la page demandée…n'existe
la página que busca no
la página solicitada no
"""
"""What such a page says anywhere in its few words."""

CLOSED_TITLES = """
maintenance
maintenance mode
under maintenance
site under maintenance
website under maintenance
site maintenance
scheduled maintenance
down for maintenance
temporarily unavailable
site temporarily unavailable
we'll be back soon
we’ll be back soon
we'll be right back
we’ll be right back
be right back
technical works
технические работы
технические работы на сайте
ведутся технические работы
на сайте ведутся технические работы
сайт временно недоступен
сайт на реконструкции
сайт находится на реконструкции
технічні роботи
сайт тимчасово недоступний
тэхнічныя работы
техникалық жұмыстар
техникалық жұмыстар жүргізілуде
сайт уақытша қолжетімсіз
техникалык иштер
texnik ishlar
saytda texnik ishlar olib borilmoqda
texniki işlər
saytda texniki işlər aparılır
bakım çalışması
site bakımda
bakımdayız
wartung
wartungsarbeiten
wartungsmodus
site en maintenance
maintenance en cours
en mantenimiento
sitio en mantenimiento
site în mentenanță
საიტზე მიმდინარეობს ტექნიკური სამუშაოები
կայքում տարվում են տեխնիկական աշխատանքներ
سایت در دست تعمیر است
الموقع تحت الصيانة
网站维护中
系统维护中
"""
"""What the title of a page says that stands for a whole site while it is worked on."""

CLOSED_TEXTS = """
site is…under maintenance
site is…undergoing…maintenance
website is…under maintenance
website is…undergoing…maintenance
down for maintenance
down for scheduled maintenance
performing scheduled maintenance
site is temporarily unavailable
website is temporarily unavailable
на сайте ведутся технические работы
на сайте проводятся технические работы
проводятся технические работы на сайте
сайт временно недоступен
сайт находится на техническом обслуживании
на сайті тривають технічні роботи
на сайте вядуцца тэхнічныя работы
сайтта техникалық жұмыстар
сайт уақытша қолжетімсіз
сайтта техникалык иштер
saytda texnik ishlar
saytda texniki işlər
sayt müvəqqəti olaraq işləmir
sitemiz bakımda
sitemizde bakım çalışması
bakım çalışması nedeniyle
website…wird gerade gewartet
seite…wird gerade gewartet
wegen wartungsarbeiten
site est en cours de maintenance
site est actuellement en maintenance
sitio está en mantenimiento
site-ul este în mentenanță
الموقع تحت الصيانة
网站正在维护
系统正在维护
"""
"""What such a page says anywhere in its few words."""

WALL_MACHINERY = (
    "/cdn-cgi/challenge-platform/",
    "_cf_chl_opt",
    "servicepipe.ru",
    "ddos-guard/js-challenge",
    "captcha-delivery.com",
    "px-captcha",
    "_Incapsula_Resource",
    "check.ddos-guard.net",
    "/__ddg_",
    "challenges.cloudflare.com/turnstile",
    "www.google.com/recaptcha/challengepage",
    "qrator.net",
    "bot-detection/challenge",
    "aws-waf-token",
    "sgcaptcha",
)
"""Marks of a challenge in its scripts' addresses and texts."""
