"""Fuzzes for so many minutes: the properties of tests/fuzz again and again, with more examples and another seed each.

    python bench/fuzz.py [--minutes 10] [--examples 400] [--seed N] [--only WORD]

Ends with 1 at the first failure, which says by what seed it comes again. It must not change what the properties say.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def main() -> int:
    """Fuzz until the time is over, or something is found."""
    asked = _arguments()
    end = time.monotonic() + 60 * asked.minutes
    rounds = 0
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**32)
    while True:
        print(f"round {rounds + 1}: {asked.examples} examples each, seed {seed}", flush=True)
        if _round(seed, asked.examples, asked.only):
            print(f"found by: python bench/fuzz.py --examples {asked.examples} --seed {seed}", flush=True)
            return 1
        rounds += 1
        if asked.seed is not None or time.monotonic() > end:
            print(f"nothing found in {rounds} rounds", flush=True)
            return 0
        seed = (seed + 1) % 2**32


def _round(seed: int, examples: int, only: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "tests/fuzz"]
    told = {"READOUT_FUZZ": str(examples)}
    command += [f"--hypothesis-seed={seed}", *(["-k", only] if only else [])]
    return subprocess.run(command, cwd=_ROOT, env=os.environ | told, check=False).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--examples", type=int, default=400)
    parser.add_argument("--seed", type=int, help="one round with this seed")
    parser.add_argument("--only", default="", help="tests whose names hold this")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
