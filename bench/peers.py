"""Readout beside the spider of Scrapy's tutorial: the same sites, the same pages, one run.

    python bench/peers.py [--rounds N] [--quick]

The bed (site server, page pool, peers) lives outside the repository, since its pages are other people's: READOUT_BENCH
names its folder, else ../shared/bench. Virtual environments are made under ~/.cache/readout-bench when first needed.
Prints pages a second, CPU, peak memory and what was found at 600 and 1,500 pages, then what a second look costs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BED = Path(os.environ.get("READOUT_BENCH", PROJECT.parent / "shared" / "bench"))
HOME = Path.home() / ".cache" / "readout-bench"
VENVS = Path(os.environ.get("BENCH_VENVS", HOME / "venvs"))
BASE = ("scrapy==2.19.*", "trafilatura[all]==2.3.*", "lxml_html_clean", "aiohttp", "uvloop", "psutil")


def make_environment(name: str, *installs: list[str], lock: bytes = b"") -> None:
    """A virtual environment of the bed, unless it is there and made by the same `lock`."""
    python, made_by = VENVS / name / "bin" / "python", VENVS / name / "made-by"
    digest = hashlib.sha256(lock).hexdigest()
    if python.exists() and made_by.exists() and made_by.read_text() == digest:
        return
    subprocess.run([sys.executable, "-m", "venv", str(VENVS / name)], check=True)
    for install in installs:
        subprocess.run([str(python), "-m", "pip", "install", "-q", *install], check=True)
    made_by.write_text(digest)


def prepare() -> None:
    """The environments of the tutorial's spider and of this checkout, and the pool of pages."""
    make_environment("base", list(BASE))
    lock = PROJECT / "requirements.lock"
    installs = (["--require-hashes", "-r", str(lock)], ["--no-deps", "--no-build-isolation", "-e", str(PROJECT)])
    make_environment("readout", *installs, lock=lock.read_bytes())
    if not (HOME / "pool").exists():
        subprocess.run([sys.executable, "corpus.py"], cwd=BED, check=True)


def measure(*options: str) -> None:
    """One table of the bed."""
    print("\n$ bench.py", *options, flush=True)
    subprocess.run([sys.executable, "bench.py", *options], cwd=BED, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="600 pages alone")
    options = parser.parse_args()
    if not (BED / "bench.py").exists():
        print(f"bench/peers.py: no bed at {BED}: set READOUT_BENCH to its folder; nothing measured")
        return 0
    os.environ["BENCH_VENVS"] = str(VENVS)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what pip installs is compiled, a checkout is when it first runs
    prepare()
    # A reader's CPU counts for nobody in the bed's books, so its check for foreign load is of no use here.
    fair = ("--rounds", str(options.rounds), "--retries", "0")
    measure("scrapy_naive", "readout", *fair)
    if not options.quick:
        measure("scrapy_naive", "readout", "--pages", "1500", "--rounds", "1", "--retries", "0")
        measure("readout", "--repoll", "--pages", "200", "--rounds", "1", "--retries", "0")
        measure("readout", "--repoll", "--pages", "200", "--new", "2", "--rounds", "1", "--retries", "0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
