"""An OpenID Connect issuer on this machine, with keys of its own."""

import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

AUDIENCE = "event-log"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Its address, and what it has been asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: dict[str, Any] = {}
        self.moved: dict[str, str] = {}
        self.keys = [
            json.loads(RSAAlgorithm.to_jwk(RSA.public_key())) | {"kid": "rsa", "alg": "RS256"},
            json.loads(ECAlgorithm.to_jwk(EC.public_key())) | {"kid": "ec", "alg": "ES256"},
        ]
        self.url = ""

    def answer(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | self.says
        return {"keys": self.keys}

    def token(
        self, key: Any = RSA, *, alg: str = "RS256", kid: str | None = "rsa", **claims: Any
    ) -> str:
        """A good token, but for what is given; a claim that is None is left out."""
        now = int(time.time())
        given = {"iss": self.url, "aud": AUDIENCE, "sub": "anna", "iat": now, "exp": now + 60}
        content = {k: v for k, v in (given | claims).items() if v is not None}
        return jwt.encode(content, key, algorithm=alg, headers={"kid": kid} if kid else None)

    def unsigned(self, **header: str) -> str:
        """A token whose signature is left out."""
        content = self.token(scope="events/write events/read").split(".")[1]
        head = json.dumps({"typ": "JWT", "kid": "rsa"} | header).encode()
        return f"{base64url_encode(head).decode()}.{content}."

    def confused(self) -> str:
        """HS256 with the public key as its secret: lets in whoever takes the token's algorithm."""
        pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = self.unsigned(alg="HS256").rpartition(".")[0]
        tag = hmac.digest(pem, signed.encode(), "sha256")
        return f"{signed}.{base64url_encode(tag).decode()}"


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer that answers on 127.0.0.1."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = issuer.moved.get(self.path)
            body = json.dumps(issuer.answer(self.path)).encode()
            self.send_response(302 if moved else 200)
            if moved:
                self.send_header("Location", moved)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield issuer
        server.shutdown()
        thread.join()
