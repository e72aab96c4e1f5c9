"""Which language a text is in.

It must not trust what a page says of itself: pages in one language often stand in another's frame.
"""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from readout.model import LanguageCode

# The languages lexicons exist or are wanted for, then those a watched site may also carry: with fewer names to
# choose from, a Czech or Indonesian page would be called by the nearest of ours.
_CODES = re.findall(
    r"\w+",
    """
    en ru az kk ky uz tg tk be uk hy ka ro tr de fr es fa ar zh
    it pt nl pl cs sk sl hr sr bs mk bg el hu sv no da fi et lv lt is sq mt ga cy eu ca gl lb
    he ur ps hi bn ta te th vi id ms tl ja ko mn tt ba ug ku sw af am so ha ne km my si la eo
    """,
)

_LETTERS = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# Written in Latin and in Cyrillic letters, each of which has its own lexicon.
_IN_TWO_SCRIPTS = frozenset({"uz"})
LANGUAGES = frozenset(LanguageCode(tag) for tag in (*_CODES, *(f"{code}-Cyrl" for code in _IN_TWO_SCRIPTS)))
"""All that a text can be found to be in."""
# The detector reads no more of a long text: its answer settles within a few hundred characters.
_SAMPLE = 1_500
_FEWEST_LETTERS = 8


def detect_language(text: str) -> LanguageCode | None:
    """The language most of `text` is in, as a BCP 47 tag, or None where there are too few letters to tell."""
    sample = text[:_SAMPLE]
    letters = len(_LETTERS.findall(sample))
    if letters < _FEWEST_LETTERS:
        return None
    code, _ = _identifier().classify(sample)
    is_cyrillic = code in _IN_TWO_SCRIPTS and 2 * len(_CYRILLIC.findall(sample)) > letters
    return LanguageCode(f"{code}-Cyrl" if is_cyrillic else code)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_CODES)
    # What it keeps to go back to all languages is 27 MiB.
    identifier._full_model = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes
    return identifier
