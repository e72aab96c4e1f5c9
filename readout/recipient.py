"""How a recipient is shown to people: an address or a name as it is, of a webhook's URL the host alone.

It must not be used where a message goes: what it shows leads nowhere.
"""

from __future__ import annotations

import re

# Up to the path: what has a name or password before its host is shown without either.
_HOST = re.compile(r"[\w.\[\]:-]+(?=[/?#]|$)")


def shown_recipient(recipient: str) -> str:
    """`recipient` without what may be a secret: most webhooks are known by a path or query that nobody can guess."""
    scheme, is_url, rest = recipient.partition("://")
    if not is_url:
        return recipient
    host = _HOST.match(rest)
    return f"{scheme}://{host[0]}/…" if host else f"{scheme}://…"
