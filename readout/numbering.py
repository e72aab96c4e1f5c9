"""The numbers by which people name what is stored: M12 is a meeting.

It must not look anything up.
"""

from __future__ import annotations

LARGEST_NUMBER = 2**63 - 1
"""What a database can count to."""


def stored_number(text: str, *, prefix: str = "") -> int | None:
    """The number of something stored, as a person writes it: ``12``, or ``M12`` with its `prefix`.

    None for what is no number, and for a number that no database can hold.
    """
    digits = text.upper().removeprefix(prefix)
    if not digits.isdecimal() or len(digits) > len(str(LARGEST_NUMBER)):
        return None
    number = int(digits)
    return number if number <= LARGEST_NUMBER else None
