"""Takes the picture of an alert that stands in the README: a mail of the demonstration, as a browser shows it.

    python bench/picture.py [--out docs/images/alert.png] [--width 700] [--chromium /usr/bin/chromium]

The miniature web is served and crawled by the real commands, as in `readout demo`; of the mails that arrive the one is
taken that tells of the 55th session. The PNG is written again with a palette, which makes it a third as large.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import zlib
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from readout.demo.server import SiteServer
from readout.demo.sink import MailSink
from readout.demo.stage import Stage
from readout.demo.web import load_web

WANTED = "55th session"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MEASURE = "<script>document.title = document.documentElement.scrollHeight</script>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/images/alert.png"))
    parser.add_argument("--width", type=int, default=700)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="readout-picture-") as folder:
        place = Path(folder)
        html = html_of(demo_mail(place))
        shot = photograph(options.chromium, html, options.width, place)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(with_palette(shot))
    print(f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB")


def demo_mail(folder: Path) -> EmailMessage:
    """The mail about the 55th session, sent after the first poll of the miniature web."""
    web = load_web()
    with SiteServer(*(site.id for site in web.sites)) as server, MailSink() as sink:
        stage = Stage(web, folder, server, sink)
        stage.set_up()
        stage.add_watch(web.watches[0])
        stage.poll(1)
        return next(mail.message for mail in sink.received if WANTED in mail.subject)


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def photograph(chromium: str, html: str, width: int, folder: Path) -> bytes:
    """The whole page as PNG: it is measured first."""
    page, shot = folder / "mail.html", folder / "mail.png"
    page.write_text(html + MEASURE, encoding="utf-8")
    measured = browse(chromium, folder, page, f"--window-size={width},800", "--dump-dom")
    title = re.search(r"<title>(\d+)</title>", measured)
    assert title is not None
    page.write_text(html, encoding="utf-8")
    browse(chromium, folder, page, f"--window-size={width},{title[1]}", f"--screenshot={shot}")
    return shot.read_bytes()


def browse(chromium: str, folder: Path, page: Path, *wishes: str) -> str:
    always = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
    ]
    command = [chromium, *always, *wishes, page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


# --- PNG (ISO/IEC 15948) ------------------------------------------------------------------------------------------


def with_palette(png: bytes) -> bytes:
    """The same picture in its 256 commonest colours, or the nearest of them."""
    pixels = decoded(png)
    height, width, _ = pixels.shape
    colours, which, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-counts, kind="stable")[:256]]
    apart = np.abs(colours[:, None].astype(int) - palette[None].astype(int)).sum(axis=2)
    rows = apart.argmin(axis=1).astype(np.uint8)[which.reshape(-1)].reshape(height, width)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(name, data) for name, data in parts)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def decoded(png: bytes) -> np.ndarray:
    """Red, green and blue of every pixel of what a browser writes: eight bits, no interlace."""
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", png[16:29])
    assert (depth, interlace) == (8, 0)
    assert kind in (2, 6)
    size, at, data = (3 if kind == 2 else 4), 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        data += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, width * size + 1)
    above, lines = np.zeros(width * size, np.uint8), []
    for line in raw:
        above = unfiltered(int(line[0]), line[1:], above, size)
        lines.append(above)
    return np.stack(lines).reshape(height, width, size)[:, :, :3]


def unfiltered(how: int, line: np.ndarray, above: np.ndarray, size: int) -> np.ndarray:
    if how in (0, 2):
        return line if how == 0 else line + above
    done = bytearray(line.tobytes())
    for at in range(len(done)):
        left, corner = (done[at - size], int(above[at - size])) if at >= size else (0, 0)
        up = int(above[at])
        done[at] = (done[at] + predicted(how, left, up, corner)) % 256
    return np.frombuffer(bytes(done), np.uint8)


def predicted(how: int, left: int, up: int, corner: int) -> int:
    if how == 1:
        return left
    if how == 3:
        return (left + up) // 2
    guess = left + up - corner
    return min((left, up, corner), key=lambda near: abs(guess - near))


if __name__ == "__main__":
    main()
