"""What a visitor shows to be let in: a session, a key for programs; and the mark that a form of ours carries.

It must not keep anything: each is signed, and void once a password is another. What is signed says nothing of one.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_hex

LIFETIME = timedelta(days=30)
_SESSION = re.compile(r"(editor|reader)\.([0-9]{10,12})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)


class Role(StrEnum):
    """What a visitor may do: read, or change things too."""

    READER = "reader"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: what they may do, and by which session (empty: none is needed here)."""

    role: Role
    session: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes and proves them. `key`: what they are signed with."""

    key: bytes

    @classmethod
    def of(cls, secret: bytes, *passwords: str) -> Keys:
        """The keys that hold as long as the hashes of these passwords do."""
        return cls(hmac.new(secret, "\0".join(passwords).encode(), sha256).digest())

    def session(self, role: Role, now: datetime) -> str:
        """What a cookie holds for `LIFETIME`."""
        said = f"{role}.{int((now + LIFETIME).timestamp())}.{token_hex(16)}"
        return f"{said}.{self._sign('session', said)}"

    def visitor(self, session: str, now: datetime) -> Visitor | None:
        """Who a cookie says we let in, or None where we did not, or too long ago."""
        found = _SESSION.fullmatch(session)
        if found is None or not hmac.compare_digest(found[4], self._sign("session", session.rpartition(".")[0])):
            return None
        return Visitor(Role(found[1]), session) if int(found[2]) > now.timestamp() else None

    def mark(self, visitor: Visitor) -> str:
        """What every form on the pages of that visitor carries, so that no other site can send it for them."""
        return self._sign("form", visitor.session)

    def is_mark(self, mark: str, visitor: Visitor) -> bool:
        """Whether a form with that mark stood on a page of the visitor's."""
        return hmac.compare_digest(mark.encode("utf-8", "replace"), self.mark(visitor).encode())

    @property
    def program(self) -> str:
        """What programs show that read: feed readers, calendars, scripts."""
        return self._sign("program", "")[:40]

    def is_program(self, shown: str) -> bool:
        """Whether that is what a program shows."""
        return hmac.compare_digest(shown.encode("utf-8", "replace"), self.program.encode())

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self.key, f"{purpose}\0{text}".encode(), sha256).hexdigest()
