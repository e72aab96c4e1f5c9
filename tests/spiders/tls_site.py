"""A site over TLS on loopback, with a certificate of an authority that nobody knows."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _signed(name: str, by: Signed | None, *, is_authority: bool) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(by[1] if by else key, hashes.SHA256()), key


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class TlsSite:
    """Serves `contents` by path, as `name`. Its server sends no intermediate: `ca_file` holds it, not the root."""

    def __init__(self, folder: Path, name: str) -> None:
        self.contents: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        root = _signed("Private root", None, is_authority=True)
        middle = _signed("Private intermediate", root, is_authority=True)
        certificate, key = _signed(name, middle, is_authority=False)
        self.ca_file, self.root_file = folder / "intermediate.pem", folder / "root.pem"
        self.ca_file.write_bytes(_pem(middle[0]))
        self.root_file.write_bytes(_pem(root[0]))
        chain = folder / "site.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain.write_bytes(_pem(certificate) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._conversation())
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust us
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def url(self, path: str = "/", host: str = "localhost") -> str:
        """The URL of `path`."""
        return f"https://{host}:{self._server.server_port}{path}"

    def __enter__(self) -> "TlsSite":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _conversation(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Conversation(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                kind, body = site.contents.get(self.path, ("text/html", b""))
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Conversation
