"""What makes two texts comparable without keeping either: an exact hash and a MinHash signature.

It must not decide what a likeness means: that is the intake's and the identity rules' business.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import pairwise

import numpy as np
from rensa import RMinHash

from readout.finding import Fingerprint

PERMUTATIONS = 128
BANDS = 32
ROWS = PERMUTATIONS // BANDS
_SEED = 20_240_501  # any constant, for ever the same: signatures are stored
_FEWEST_WORDS = 8  # below, two texts are alike by chance
# Scripts written without spaces have no words to pair: each of their characters counts as one.
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")


def fingerprint(title: str | None, text: str) -> Fingerprint:
    """The fingerprint of title and text together; letter case, punctuation and spacing do not count."""
    words = _WORD.findall(unicodedata.normalize("NFKC", f"{title or ''}\n{text}").casefold())
    digest = hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()
    return Fingerprint(text_hash=digest, signature=_signature(words))


def bands(signature: bytes) -> tuple[int, ...]:
    """32 keys of a signature, as signed 64-bit integers: two texts that share one are worth comparing.

    Each key mixes in its band's number, so that one column can hold them all. No keys for an empty signature.
    """
    size = ROWS * 4
    return tuple(_key(band, signature[band * size : (band + 1) * size]) for band in range(BANDS if signature else 0))


def likeness(a: bytes, b: bytes) -> float:
    """The estimated Jaccard likeness of two signatures' word pairs, 0..1; 0 where either is empty."""
    if not a or not b:
        return 0.0
    return float(np.mean(np.frombuffer(a, "<u4") == np.frombuffer(b, "<u4")))


def _signature(words: list[str]) -> bytes:
    if len(words) < _FEWEST_WORDS:
        return b""
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    sketch.update([f"{first} {second}" for first, second in pairwise(words)])
    return np.array(sketch.digest(), "<u4").tobytes()


def _key(band: int, rows: bytes) -> int:
    digest = hashlib.blake2b(bytes([band]) + rows, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
