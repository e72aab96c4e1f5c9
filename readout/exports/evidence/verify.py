"""Checks the evidence pack that it lies in: python3 verify.py, with nothing but Python 3.9 or newer.

It must not change anything, nor import anything that Python does not bring.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
MOST = 128 * 1024 * 1024  # bytes of one page's record
ALWAYS = ("articles.json", "reports.json")  # in every pack


def check_sums(faults: list[str]) -> set[str]:
    """The bytes of each file are those that SHA256SUMS names; the names of those that are."""
    names = set()
    for line in (HERE / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = (HERE / name).resolve()
        if HERE not in path.parents or not path.is_file():
            faults.append(f"{name}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            faults.append(f"{name}: its bytes are not those that were packed")
        else:
            names.add(name)
    faults += [f"{name}: not named in SHA256SUMS" for name in ALWAYS if name not in names]
    return names


def body_of(offset: int) -> bytes:
    """The page in the record that begins at that byte of the WARC file: one gzip member."""
    with (HERE / "pages.warc.gz").open("rb") as file:
        file.seek(offset)
        record = zlib.decompressobj(wbits=31).decompress(file.read(MOST), MOST)
    head, _, block = record.partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    block = block[: int(fields[b"Content-Length"])]
    return block if fields[b"WARC-Type"] == b"resource" else block.partition(b"\r\n\r\n")[2]


def check_pages(faults: list[str]) -> int:
    """Each page in the WARC file is the one that its article names; how many there are."""
    articles = json.loads((HERE / "articles.json").read_text("utf-8"))
    pages = [version["page"] for article in articles for version in article["versions"] if "offset" in version["page"]]
    for page in pages:
        try:
            digest = hashlib.sha256(body_of(page["offset"])).hexdigest()
        except (OSError, KeyError, ValueError, zlib.error) as error:
            digest = f"unreadable: {error!r}"
        if digest != page["sha256"]:
            faults.append(f"pages.warc.gz: the page at byte {page['offset']} is not the one that was read: {digest}")
    return len(pages)


def check_facts(faults: list[str], names: set[str]) -> int:
    """The words that each fact was read from stand where it says, in the text of its version; how many there are."""
    reports = json.loads((HERE / "reports.json").read_text("utf-8"))
    read = [(report["report"], fact) for report in reports for fact in report["facts"] if fact["file"]]
    for number, fact in read:
        text = (HERE / fact["file"]).read_bytes().decode("utf-8", "replace") if fact["file"] in names else ""
        if not fact["words"] or text[fact["start"] : fact["end"]] != fact["words"]:
            faults.append(f"report {number}: {fact['fact']}: its words do not stand in {fact['file']}")
    return len(read)


def main() -> int:
    """Check all; exit status 0 only where everything holds."""
    faults: list[str] = []
    names, pages, facts = set[str](), 0, 0
    try:
        names = check_sums(faults)
        pages, facts = check_pages(faults), check_facts(faults, names)
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        faults.append(f"the rest cannot be checked: {error!r}")
    held = f"{len(faults)} FAULTS" if faults else "all hold"
    told = [*(ascii(fault)[1:-1] for fault in faults), f"{len(names)} files, {pages} pages, {facts} facts: {held}"]
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
