"""A mail as the bytes that leave: headers that say what was meant and no more, read back before a stranger does.

It must not know what a mail is about.
"""

from __future__ import annotations

from email import policy
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Any

# RFC 5322 §2.1.1: the hard limit of a line.
_LINE_LIMIT = 998


class _Wire(policy.EmailPolicy):
    """Headers are kept as text, and parsed for whoever asks: the library parses each when it is set, which takes as
    long as all the rest of a mail, and decodes what only a reader should."""

    def header_max_count(self, name: str) -> int:  # noqa: ARG002
        return 1

    def header_store_parse(self, name: str, value: Any) -> tuple[str, str]:
        text = str(value)
        if not text.isprintable():
            raise ValueError(f"{name} is no line of printable text: {text!r}")
        return name, text

    def header_fetch_parse(self, name: str, value: str) -> Any:
        # of a part's kind and encoding the library asks many times, and is content with text
        return value if name.lower().startswith("content-") else super().header_fetch_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        """`value` on one line where it is ASCII, else encoded: the subject by hand, since the library leaves the first
        line of some empty, and doubles spaces in others."""
        if value.isascii() and len(name) + 2 + len(value) <= _LINE_LIMIT:
            return f"{name}: {value}{self.linesep}"
        if name != "Subject":
            return str(self.header_factory(name, value).fold(policy=self))
        return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


# Seven bits throughout: any server takes it, and nothing rewrites it on the way.
WIRE = _Wire(linesep="\r\n", cte_type="7bit")


def seal(message: EmailMessage, *, to: str) -> bytes:
    """The bytes of `message`, read as a stranger will: the headers that were set, the subject, one recipient.

    Raises ValueError when they do not read back as what was meant.
    """
    content = message.as_bytes()
    # by the older parser, which decodes as many readers do, and takes a quarter of the time
    read = BytesHeaderParser(policy=policy.compat32).parsebytes(content.partition(b"\r\n\r\n")[0])
    if read.keys() != message.keys():
        raise ValueError(f"headers of the built message: {', '.join(read)}")
    if str(make_header(decode_header(read["Subject"]))) != dict(message.raw_items())["Subject"]:
        raise ValueError(f"subject of the built message: {read['Subject']}")
    if [address for _, address in getaddresses(read.get_all("To", []))] != [to]:
        raise ValueError(f"recipient of the built message: {read['To']}")
    return content
