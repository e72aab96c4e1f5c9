"""What makes two texts comparable without keeping either: an exact hash and a MinHash signature.

It must not decide what follows from a likeness: that is the intake's and the identity rules' business.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import mul

from rensa import RMinHash

from readout.finding import Fingerprint

ALIKE = 0.5
"""The likeness from which two texts are versions of one (measured: copies cut to 60 % stand above it)."""
PERMUTATIONS = 128
# Texts of likeness j share one of b bands of r permutations with the chance 1 - (1 - j^r)^b: 99.9 % at 0.68, which is
# what changing a tenth of the words leaves; 93 % at 0.5; 0.02 % at 0.02, which is what strangers have in common.
BANDS = 20
ROWS = 3
_SEED = 20_240_501  # any constant, for ever the same: signatures are stored
_FEWEST_WORDS = 8  # below, two texts are alike by chance
# Odd 64-bit numbers, for ever the same like the seed: multilinear hashing, modulo 2^64.
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_SHIFT = 0xD6E8FEB86659FD93
_MODULUS = 2**64
_NUMBERS = struct.Struct(f"<{PERMUTATIONS}I")
# Scripts written without spaces have no words to pair: each of their characters counts as one.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def fingerprint(title: str | None, text: str) -> Fingerprint:
    """The fingerprint of title and text together; letter case, punctuation and spacing do not count."""
    words = _words(f"{title or ''}\n{text}")
    digest = hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()
    return Fingerprint(text_hash=digest, signature=_signature(words))


def bands(signature: bytes) -> tuple[int, ...]:
    """20 keys of a signature, as signed 64-bit integers: two texts that share one are worth comparing.

    Each key mixes in its band's number, so that one column can hold them all. No keys for an empty signature.
    """
    if not signature:
        return ()
    numbers = _NUMBERS.unpack(signature)
    rows = (numbers[ROWS * band : ROWS * (band + 1)] for band in range(BANDS))
    keys = (sum(map(mul, row, _FACTORS)) + band * _SHIFT for band, row in enumerate(rows))
    return tuple(_signed(key % _MODULUS) for key in keys)


@lru_cache(maxsize=4096)  # a neighbourhood that is put in order compares its texts again and again
def likeness(a: bytes, b: bytes) -> float:
    """The estimated Jaccard likeness of two signatures' word pairs, 0..1; 0 where either is empty."""
    if not a or not b:
        return 0.0
    import numpy as np  # here: it takes long to load, and most commands compare nothing

    numbers = np.frombuffer(a, "<u4")
    return float(np.count_nonzero(numbers == np.frombuffer(b, "<u4")) / len(numbers))


def likenesses(signature: bytes, others: Sequence[bytes]) -> list[float]:
    """The likeness of `signature` to each of `others`, in their order."""
    if not signature or not others:
        return [0.0] * len(others)
    import numpy as np

    rows = np.frombuffer(b"".join(other or bytes(len(signature)) for other in others), "<u4")
    shares = (rows.reshape(len(others), -1) == np.frombuffer(signature, "<u4")).mean(axis=1)
    return [float(share) if other else 0.0 for share, other in zip(shares, others, strict=True)]


def containment(one: str, other: str) -> float:
    """The share of the shorter text's word pairs that stand in the longer too, 0..1; 0 where one is too short."""
    words = [_words(text) for text in (one, other)]
    if min(map(len, words)) < _FEWEST_WORDS:
        return 0.0
    shorter, longer = sorted((set(pairwise(each)) for each in words), key=len)
    return len(shorter & longer) / len(shorter)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _signature(words: list[str]) -> bytes:
    if len(words) < _FEWEST_WORDS:
        return b""
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    sketch.update([f"{first} {second}" for first, second in pairwise(words)])
    return _NUMBERS.pack(*sketch.digest())


def _signed(key: int) -> int:
    """The same 64 bits, as databases count."""
    return key - _MODULUS if key >= _MODULUS // 2 else key
