"""Where the Scrapy project is: beside the package in a checkout, inside it where Readout is installed.

It must not be imported by spiders or pipelines: they are what it finds.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from scrapy.settings import Settings

import readout

_CHECKOUT = Path(readout.__file__).parents[1]


def project_module(name: str) -> str:
    """The importable name of the project's module `name`: `settings`, or `readout.project.settings`."""
    if not (_CHECKOUT / "scrapy.cfg").is_file():
        return f"readout.project.{name}"
    if sys.path[0] != str(_CHECKOUT):
        # In front: a distribution that calls a module `settings` must not win.
        sys.path.insert(0, str(_CHECKOUT))
    return name


def project_settings() -> Settings:
    """Scrapy's settings as the project has them."""
    settings = Settings()
    settings.setmodule(project_module("settings"), priority="project")
    return settings


def scheduler_module() -> Any:
    """The project's `scheduler`, whose `run` and `work` are services."""
    return importlib.import_module(project_module("scheduler"))
