"""The browser's way out, as a browser uses it."""

import asyncio
import base64
from ipaddress import ip_network

from spiders.tunnel import Tunnel

LOOPBACK = [ip_network("127.0.0.0/8")]
MORE_THAN_AT_ONCE = 40


async def test_a_line_that_the_browser_is_done_with_is_free_whatever_the_site_does():
    """A site that goes on listening in silence would take all lines, and the pages after it none."""

    async def listen(reader, writer):
        await reader.read()
        writer.close()

    site = await asyncio.start_server(listen, "127.0.0.1", 0)
    tunnel = Tunnel(LOOPBACK)
    await tunnel.open()
    answers = [await visit(tunnel, port_of(site)) for _ in range(MORE_THAN_AT_ONCE)]
    await tunnel.close()
    site.close()
    assert set(answers) == {b"HTTP/1.1 200 Connection established\r\n"}


async def visit(tunnel, port):
    """What the tunnel says to who wants to go to a port of loopback, asks something, and goes away unanswered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(tunnel.url.rpartition(":")[2]))
    known = base64.b64encode(f"{tunnel.user}:{tunnel.password}".encode()).decode()
    writer.write(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nProxy-Authorization: Basic {known}\r\n\r\n".encode())
    try:
        answer = await reader.readline()
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await writer.drain()
    except ConnectionError as error:
        return repr(error)
    writer.close()
    await writer.wait_closed()
    return answer


def port_of(server):
    return server.sockets[0].getsockname()[1]
