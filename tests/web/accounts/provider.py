"""A little OpenID Connect provider, which says of whoever comes what a test wants it to say."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "stepdown", "a secret shared with the provider"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """The provider, on a port of its own. `says`: its claims about whoever signs on there."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.refuses = self.broken = False
        self.audience = CLIENT
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, "")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                provider.answer(self, self.rfile.read(length).decode())

            def log_message(self, *given: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, ask: BaseHTTPRequestHandler, body: str) -> None:
        """Answer one request."""
        parts = urlsplit(ask.path)
        given = {k: v[0] for k, v in parse_qs(parts.query or body).items()}
        if self.broken:
            self._send(ask, 500, {"error": "server_error"})
        elif parts.path == "/.well-known/openid-configuration":
            self._send(ask, 200, {
                "issuer": self.url, "authorization_endpoint": self.url + "/authorize",
                "token_endpoint": self.url + "/token", "userinfo_endpoint": self.url + "/userinfo",
                "jwks_uri": self.url + "/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        elif parts.path == "/authorize":
            self._authorize(ask, given)
        elif parts.path == "/token":
            self._token(ask, given)
        elif parts.path == "/userinfo":
            known = ask.headers.get("Authorization") == "Bearer access"
            self._send(ask, 200 if known else 401, {**self.says, **self.userinfo})
        elif parts.path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self._send(ask, 200, {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]})
        else:
            self._send(ask, 404, {})

    def _authorize(self, ask: BaseHTTPRequestHandler, given: dict[str, str]) -> None:
        self.asked.append(given)
        code = secrets.token_urlsafe(8)
        self._codes[code] = given
        said = {"error": "access_denied"} if self.refuses else {"code": code}
        to = f"{given['redirect_uri']}?{urlencode({**said, 'state': given['state']})}"
        ask.send_response(302)
        ask.send_header("Location", to)
        ask.send_header("Content-Length", "0")
        ask.end_headers()

    def _token(self, ask: BaseHTTPRequestHandler, given: dict[str, str]) -> None:
        began = self._codes.pop(given.get("code", ""), None)
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if (
            began is None or given["client_secret"] != SECRET
            or began["code_challenge"] != challenge
        ):  # fmt: skip
            self._send(ask, 400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.audience, "iat": now, "exp": now + 60, **self.says}
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"})
        self._send(ask, 200, {"access_token": "access", "token_type": "Bearer", "id_token": token})

    def _send(self, ask: BaseHTTPRequestHandler, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        ask.send_response(status)
        ask.send_header("Content-Type", "application/json")
        ask.send_header("Content-Length", str(len(body)))
        ask.end_headers()
        ask.wfile.write(body)
