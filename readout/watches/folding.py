"""Words and names without regard to case, accents and script, so that they are found however they are typed.

It must not tell words apart that sound alike only by rules of a language: `readout.meetings.person` does for names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

WORD = re.compile(r"(?:[^\W_]++|[\u0300-\u036f]++)++")
"""A word of a text in NFC."""
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""A letter of Thai, Lao, Khmer or Burmese, of kana or Han: these put no spaces between words."""
_NO_SOUND = re.compile(r"\W+")


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Letters and digits of `text` alone, in lower-case Latin: equal for “Нур-Султан” and “nur sultan”."""
    lower = text.casefold()
    # A word of nothing but soft signs folds to nothing, which every word begins with.
    return _NO_SOUND.sub("", anyascii(lower).casefold()) or lower
