"""Where a crawl process begins: what its readers know is loaded beside the code that crawls, not after it.

It must not do any work itself.
"""

from __future__ import annotations

import sys

from readout.collector import collect_rarely
from readout.failpoint import arm
from readout.reading.reader import prepare_readers
from readout.workers.line import Line


def main() -> int:
    """Serve until told to end; the exit code."""
    line = Line()  # first: no other process may hold on to what was stdout
    arm()
    collect_rarely()
    prepare_readers()
    from readout.workers.fleet import main as serve

    return serve(line)


if __name__ == "__main__":
    sys.exit(main())
