"""Certificates that one source's sites are trusted by beside the system's: a missing intermediate, a state's own root.

It must not turn off a check: a chain must still lead to a trusted certificate, and the name must be the site's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import SSL, crypto
from scrapy.crawler import Crawler
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.internet.ssl import optionsForClientTLS, platformTrust
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped, unused-ignore]

from .connection import BoundedHandler

_MOST_BYTES = 1 << 20
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class TrustingHandler(BoundedHandler):
    """The way to fetch as always, with the certificates of the setting READOUT_CA_FILE trusted too.

    Scrapy 2.19 has no setting for this, and its own for a context factory is on its way out.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory: Any = _Policy(read_certificates(crawler.settings["READOUT_CA_FILE"]))


def read_certificates(path: str) -> list[crypto.X509]:
    """The certificates of a PEM file. Raises ValueError or OSError where there are none to read."""
    with Path(path).open(encoding="ascii") as file:
        text = file.read(_MOST_BYTES)
    pieces = [piece.partition(_END)[0] for piece in text.split(_BEGIN)[1:]]
    if not pieces:
        raise ValueError("there is no certificate in it: PEM belongs there, -----BEGIN CERTIFICATE-----")
    try:
        return [
            crypto.load_certificate(crypto.FILETYPE_PEM, f"{_BEGIN}{piece}{_END}\n".encode("ascii")) for piece in pieces
        ]
    except crypto.Error:
        raise ValueError("what stands in it as a certificate is none") from None


def certificates_fault(path: str) -> str | None:
    """What is wrong with a source's `ca_file`, in words; None: nothing."""
    try:
        read_certificates(path)
    except OSError as error:
        return f"ca_file {path}: {error.strerror}"
    except UnicodeDecodeError:
        return f"ca_file {path}: that is no PEM file: openssl x509 -inform der -in FILE makes one"
    except ValueError as error:
        return f"ca_file {path}: {error}"
    return None


@implementer(IOpenSSLTrustRoot)
class _Trust:
    """The system's certificates, and these."""

    def __init__(self, certificates: list[crypto.X509]) -> None:
        self._certificates = certificates

    def _addCACertsToContext(self, context: SSL.Context) -> None:  # noqa: N802  Twisted's name
        platformTrust()._addCACertsToContext(context)  # type: ignore[no-untyped-call]
        store = context.get_cert_store()
        assert store is not None
        # An intermediate may be trusted without its root: the less is trusted the better.
        store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
        for certificate in self._certificates:
            store.add_cert(certificate)


@implementer(IPolicyForHTTPS)
class _Policy:
    def __init__(self, certificates: list[crypto.X509]) -> None:
        self._trust: Any = _Trust(certificates)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802, ARG002  Twisted's name
        return optionsForClientTLS(
            hostname=hostname.decode("ascii"),
            trustRoot=self._trust,
            extraCertificateOptions={"fixBrokenPeers": True},
        )
