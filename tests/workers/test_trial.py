"""A crawl for looking."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from readout.demo.server import SiteServer
from readout.storage.database import open_database
from readout.storage.hosts import set_wait
from tests.sites import configure, source, story

TRY = """
import sys
from pathlib import Path
from tests.sites import configure
from readout.workers.trial import try_page
print(try_page(sys.argv[2], configure(Path(sys.argv[1]))).reason)
"""


def test_a_host_that_asked_real_crawls_to_wait_is_left_alone_here_too(tmp_path):
    with SiteServer("courier") as web:
        web.host("courier", {"/news/1": story(1)})
        config = configure(tmp_path, source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier")}))
        database = open_database(config.database.url, create=True)
        with database.write() as connection:
            set_wait(connection, web.url("courier").split("/")[2].split(":")[0], datetime.now(UTC) + timedelta(hours=1))
        database.close()
        said = subprocess.run(
            [sys.executable, "-c", TRY, str(tmp_path), web.url("courier", "/news/1")],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "asked to be left alone" in said
        assert web.log() == []
