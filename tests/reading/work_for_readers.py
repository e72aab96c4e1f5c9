"""What test readers do in place of reading: named in the page's body, so that any reader can be told to die."""

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from readout.articles.extract import extract
from readout.finding import Rejected
from readout.model import OutcomeKind

MIB = 1024 * 1024


def obey(page, link, zone, rules, new_at):
    """Do what the body says; answer with this process's id and the page's URL."""
    order, _, argument = page.body.decode().partition(" ")
    match order:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die-once":
            if not Path(argument).exists():
                Path(argument).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        case "spin":
            while True:
                pass
        case "sleep":
            Path(argument).write_text(str(os.getpid()))
            time.sleep(600)
        case "swallow":
            hoard = bytearray(os.urandom(4096)) * 500_000
            time.sleep(600)
            hoard.clear()
        case "hoard":  # as much as it gets, and then make nothing of being refused more, as parsers do
            hoard = []
            with suppress(MemoryError):
                while True:
                    hoard.append(bytearray(b"x") * MIB)
            del hoard
            with Path(argument).open("a") as file:
                file.write(f"{getrusage(RUSAGE_SELF).ru_maxrss // 1024}\n")
        case "raise":
            raise KeyError(argument)
        case "match":  # without an end, and with the interpreter held: no thread of the reader runs meanwhile
            Path(argument).write_text(str(os.getpid()))
            re.match(r"(a+)+$", "a" * 60 + "!")
        case "allocate":
            bytes(2**33)
    return Rejected(outcome=OutcomeKind.NOT_A_REPORT, reason=str(os.getpid()), evidence=page.url)


def only_extract(page, link, zone, rules, new_at):
    """The real extraction, without recognition."""
    from zoneinfo import ZoneInfo

    answer = extract(page, link=link, zone=ZoneInfo(zone))
    return answer if isinstance(answer, Rejected) else Rejected(outcome=OutcomeKind.STORED, reason=answer.text)


def count_and_obey(page, log):
    """Note in the file `log` that the page came, then do what it says."""
    with Path(log).open("a") as file:
        file.write(f"{page.url}\n")
    return obey(page, None, None, None, None)
