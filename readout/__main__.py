"""Where the command `readout` begins.

It must not do any work itself.
"""

from __future__ import annotations

import sys
from signal import SIGINT

from readout.collector import collect_rarely


def main() -> int:
    """Run the command line; its exit code, also where somebody interrupts it before it has begun."""
    try:
        collect_rarely()  # first: to load the code is a good part of most commands
        from readout.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 128 + SIGINT


if __name__ == "__main__":
    sys.exit(main())
