"""Words and names without regard to case, accents and script, so that they are found however they are typed.

It must not tell words apart that sound alike only by rules of a language: `readout.meetings.person` does for names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_NO_SOUND = re.compile(r"\W+")


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Letters and digits of `text` alone, in lower-case Latin: equal for “Нур-Султан” and “nur sultan”."""
    lower = text.casefold()
    # A word of nothing but soft signs folds to nothing, which every word begins with.
    return _NO_SOUND.sub("", anyascii(lower).casefold()) or lower
