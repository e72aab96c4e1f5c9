"""Words in Arabic letters: letters with several forms, marks of vowels, and the article that is written with its noun.

It must not know any word, nor whether a text is Arabic, Persian or Urdu: the same rules serve them all.
"""

from __future__ import annotations

import re

# Letters that keyboards and languages write in several ways, and the digits: one character for one.
LETTERS = dict(zip("يىئېكأإآٱةۀھہؤ", "ییییکااااههههو", strict=True)) | {
    chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)
}

# Vowel marks and the stroke that lengthens a word may stand between letters; a zero-width non-joiner ends a word, as
# a space does: "نشست‌ها" and "می شود" are two words, however they are written.
_MARKS = r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
WORD = re.compile(rf"[^\W\d_]+(?:(?:[{_MARKS}]+|'(?!s\b)(?=[^\W\d_]))[^\W\d_]*)*|\d+")
_MARK = re.compile(f"[{_MARKS}]+")

# The article with "and", "so", "in", "like" and "for" before it, where three letters and more are left: "الأمن",
# "بالأمن", "للأمن", "وللأمن". "For" doubles an article's letter, which a few nouns begin with: "للجنة", "للقاء".
_ARTICLE = re.compile(r"(?:[وف]?[بک]?ال|[وف]?ل(?=ل(?:جن|جان|قاء|بنان|یبی|غ))|[وف]?لل)(?=\w{3})")
# The article is never written with this letter: "آلمان".
_LONG_A = "آ"
# "And" and "so", "in", "for" and "like" before words without it: "ومجلس", "لمجلس", "وبمشاركة".
_BOUND = ("وف", "بلک")
_LEAST_LEFT = 3


def bare(word: str, written: str) -> str:
    """The folded `word` without marks and article; `written` is the word as it stands in the text."""
    if _MARK.search(word):
        word = _MARK.sub("", word) or word
    article = _ARTICLE.match(word)
    return word[article.end() :] if article and _LONG_A not in written[: article.end()] else word


def without_clitics(word: str) -> tuple[str, ...]:
    """What is left of `word` when its first letter, or two, are "and", "in", "for": any may be the word meant."""
    heads, inner = _BOUND
    if word[0] in inner:
        cuts: tuple[int, ...] = (1,)
    elif word[0] in heads:
        cuts = (1, 2) if word[1:2] in inner else (1,)
    else:
        return ()
    return tuple(word[cut:] for cut in cuts if len(word) - cut >= _LEAST_LEFT)
