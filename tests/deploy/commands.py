"""What the tests of these files share: where they lie, and what a command line of ours is."""

from pathlib import Path

import typer.main

from readout.cli import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def is_command(words: list[str]) -> bool:
    """Whether `readout WORDS…` begins with a command that there is."""
    group = typer.main.get_command(app)
    for word in words:
        group = group.commands.get(word)
        if group is None:
            return False
        if not hasattr(group, "commands"):
            return True
    return False
