"""An article with the words that its facts were read from marked in it: proof at a glance, in the terminal.

It must not let a page's text act on the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from readout.model import Article, Evidence, Fact, Report

if TYPE_CHECKING:
    from rich.text import Text

_MARK = "bold black on yellow"
_LABEL = "cyan"
_LEFT_OUT = "dim"
# Lines without a fact at the head of a text are shown; further down they are left out.
_LEAD_LINES = 2
# One character for one: a page's text must not act on the terminal, and its spans must stay where they are.
_HARMLESS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")


def marked_article(article: Article, reports: Sequence[Report]) -> Iterator[Text]:
    """The lines of title and text that hold a fact, and those of the lead, with each fact's words and name marked."""
    from rich.text import Text

    spans = list(_spans(reports))
    if article.title:
        yield _line(article.title, 0, [span for span in spans if span[0].where == "title"], base="bold")
    told = [span for span in spans if span[0].where == "text"]
    start = left_out = 0
    for number, line in enumerate(article.text.split("\n")):
        inside = [span for span in told if start <= span[0].start < start + len(line)]
        if inside or number < _LEAD_LINES:
            if left_out:
                yield Text(_gap(left_out), style=_LEFT_OUT)
            yield _line(line, start, inside)
            left_out = 0
        else:
            left_out += 1
        start += len(line) + 1
    if left_out:
        yield Text(_gap(left_out), style=_LEFT_OUT)


def _gap(lines: int) -> str:
    return f"[… {lines} line{'' if lines == 1 else 's'} without a fact …]"


def _spans(reports: Sequence[Report]) -> Iterator[tuple[Evidence, str]]:
    """Each span with the names of the facts read from it, numbered where a page tells of several meetings."""
    names: dict[Evidence, list[str]] = {}
    for number, report in enumerate(reports, 1):
        suffix = f" {number}" if len(reports) > 1 else ""
        for name, span in _evidence(report):
            label = name.replace("_", " ") + suffix
            if label not in names.setdefault(span, []):
                names[span].append(label)
    return ((span, ", ".join(labels)) for span, labels in names.items())


def _evidence(report: Report) -> Iterator[tuple[str, Evidence]]:
    for each in fields(report):
        value: Any = getattr(report, each.name)
        facts: Iterable[Fact[Any]] = value if isinstance(value, tuple) else filter(None, [value])
        for fact in facts:
            yield each.name, fact.evidence


def _line(text: str, offset: int, spans: Sequence[tuple[Evidence, str]], *, base: str = "") -> Text:
    """One line with its spans marked, and behind each the names of the facts that it tells."""
    from rich.text import Text

    line = Text(text.translate(_HARMLESS), style=base)
    labels: dict[int, list[str]] = {}
    for span, label in spans:
        end = min(span.end - offset, len(text))
        line.stylize(_MARK, span.start - offset, end)
        labels.setdefault(end, []).append(label)
    *pieces, rest = line.divide(sorted(labels))
    marked = Text()
    for piece, end in zip(pieces, sorted(labels), strict=True):
        marked.append_text(piece)
        marked.append(f"‹{', '.join(labels[end])}›", style=_LABEL)
    return marked.append_text(rest)
