"""What runs in a process of its own: Apprise, one note after the other, so that it can be ended whatever it does.

It must not import Readout, which takes longer to load than Apprise: it is started by its path. Nor may it write
anything anywhere: what Apprise says goes back as it is, to be cleaned there.
"""

from __future__ import annotations

import json
import logging
import resource
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import apprise

_MOST_MEMORY = 160 * 1024 * 1024
# So do nearly all of its services say that there was no connection, or no answer.
_NO_CONNECTION = "connection error"
_RAISED = "raised an exception"


def serve(line: Connection) -> None:
    """Send what comes over `line` until its other end is closed; first say that all is loaded."""
    _silence()
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
    apprise.Apprise.instantiate("json://localhost")
    line.send_bytes(b"{}")
    with suppress(EOFError):
        while True:
            job = json.loads(line.recv_bytes())
            signal.alarm(job.pop("patience_s"))  # whoever waits for this may be killed
            line.send_bytes(json.dumps(_sent(**job)).encode())
            signal.alarm(0)


def _silence() -> None:
    """Apprise and what it sends with speak of URLs: nobody hears them."""
    for name in ("apprise", "urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


def _sent(url: str, title: str, text: str) -> dict[str, Any]:
    """What became of one note, as `readout.channels.porter.Carried` has it. What broke inside may have told them."""
    service = apprise.Apprise(asset=_asset())
    if not service.add(url):
        return {"is_taken": False, "retry": False, "words": "its URL is none that Apprise knows"}
    result = service.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT)
    if result:
        return {"is_taken": True, "words": str(service[0].service_name)}
    words = "; ".join(str(entry.message) for entry in result.logs())
    is_broken = _RAISED in words
    is_unreached = _NO_CONNECTION in words.lower()
    return {"is_taken": False, "doubtful": is_broken, "is_down": is_broken or is_unreached, "words": words}


def _asset() -> Any:
    """Nothing kept on disk, no redirect followed, the text taken as it is; the time is kept by whoever waits."""
    return apprise.AppriseAsset(
        app_id="Readout",
        app_desc="Readout",
        app_url="",
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        async_mode=False,
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        pgp_autogen=False,
        pem_autogen=False,
        allow_templates=False,
        service_timeout=0,
        result_log_disk_size=0,
    )


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
