"""`python -m readout` is the command `readout`."""

import sys

from readout.cli import main

if __name__ == "__main__":
    sys.exit(main())
