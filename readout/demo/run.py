"""`readout demo`: two polls of the miniature web by the real commands, then what was found, mailed, and why.

It must not take a way of its own: only sources, data folder, mail server, delay and age differ from a real run.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from readout.catalog import load_knowledge
from readout.demo import show
from readout.demo.server import SiteServer
from readout.demo.sink import MailSink
from readout.demo.stage import Stage
from readout.demo.verdict import Findings, differences
from readout.demo.web import load_web
from readout.ending import told_to_end

# A match, a court's sitting and a folder closed to robots: a reader would take none of them for a meeting either.
_ASK_WHY = ("khazar-xeber/04-paytaxt-derbisi", "steppe-herald/11-zasedanie-suda", "northern-line/12-archive-index")


def run_demo(keep: bool) -> int:
    """Run it; 0 when every meeting was found and each mail arrived once, else 1. `keep`: leave all of it up."""
    web, out = load_web(), show.program()
    names = tuple(site.id for site in web.sites)
    with TemporaryDirectory(prefix="readout-demo-") as folder, SiteServer(*names) as server, MailSink() as sink:
        stage = Stage(web, Path(folder), server, sink)
        _perform(stage, out)
        faults = _report(stage, out)
        if keep:
            _wait(stage, out)
    return 1 if faults else 0


def _perform(stage: Stage, out: Console) -> None:
    stage.set_up()
    show.show_web(out, stage.web, {site.id: stage.base(site) for site in stage.web.sites})
    for wish in stage.web.watches:
        stage.add_watch(wish)
    out.print()
    for number in (1, 2):
        asked, mails, began = len(stage.server.log()), len(stage.sink.received), time.monotonic()
        stage.poll(number)
        seconds = time.monotonic() - began
        show.show_poll(out, number, stage.server.log()[asked:], stage.sink.received[mails:], seconds)


def _report(stage: Stage, out: Console) -> list[str]:
    """Print what was found; what is not as it should be."""
    addresses, knowledge = _addresses(stage), load_knowledge()
    findings = Findings(
        languages=frozenset(knowledge.lexicons),
        addresses=addresses,
        meetings=stage.export("meetings"),
        alerts=stage.ask("alerts", "list"),
        mails=stage.sink.received,
    )
    show.show_meetings(out, findings, knowledge.bodies.names)
    show.show_mails(out, findings.mails)
    show.show_outcomes(out, stage.ask("health")["sources"], stage.server.log())
    show.show_reasons(out, {url: stage.run("why", url) for url in map(addresses.__getitem__, _ASK_WHY)})
    faults = differences(stage.web, findings)
    show.show_verdict(out, faults)
    return faults


def _addresses(stage: Stage) -> dict[str, str]:
    return {story.key: stage.url(site, story) for site, story in stage.web.stories()}


def _wait(stage: Stage, out: Console) -> None:
    with told_to_end() as ending, stage.page() as address:
        out.print(f"\nLook at all of it on {address} until Ctrl-C. Or try: readout --config {stage.config} meetings")
        ending.told.wait()
    out.print("Gone, with all its data.")
