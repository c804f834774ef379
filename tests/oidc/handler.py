"""The provider's addresses over HTTP."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2 import OAuth2Error

from tests.oidc.provider import Answer, Request, Server, State, mint


def handler_of(state: State, server: Server) -> type[BaseHTTPRequestHandler]:
    """A handler that answers for one provider."""
    return type("Bound", (Handler,), {"state": state, "oauth": server})


class Handler(BaseHTTPRequestHandler):
    state: State
    oauth: Server

    def log_message(self, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        path = self._begin()
        if path == "/realm/.well-known/openid-configuration":
            self._json(200, _description(self.state))
        elif path == "/realm/keys":
            self._json(200, self.state.key_set().as_dict(private=False))
        elif path == "/realm/authorize":
            self._authorize()
        elif path == "/control/asked":
            self._json(200, self.state.asked)
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        path = self._begin()
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if path == "/realm/token":
            self._send(self.oauth.create_token_response(self._request(dict(parse_qsl(raw.decode())))))
        elif path == "/control/rotate":
            self.state.rotate()
            self._json(200, {})
        elif path == "/control/mint":
            wanted = json.loads(raw)
            self._json(200, {"token": mint(self.state, wanted["header"], wanted["claims"])})
        elif path.startswith("/control/"):
            setattr(self.state, path.rpartition("/")[2], json.loads(raw))
            self._json(200, {})
        else:
            self._json(404, {})

    def _begin(self) -> str:
        path = urlsplit(self.path).path
        self.state.asked[path] = self.state.asked.get(path, 0) + 1
        if not path.startswith("/control/"):
            time.sleep(self.state.silent_s)
        return path

    def _request(self, form: dict[str, str]) -> Request:
        origin = self.state.issuer.removesuffix("/realm")
        return Request(self.command, origin + self.path, self.headers, form)

    def _authorize(self) -> None:
        request = self._request({})
        try:
            grant = self.oauth.get_consent_grant(request, "someone")
        except OAuth2Error as error:
            self._json(400, {"error": error.error})
            return
        self._send(self.oauth.create_authorization_response(request, "someone", grant=grant))

    def _json(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _send(self, answer: Answer) -> None:
        raw = json.dumps(answer.body).encode() if isinstance(answer.body, dict) else b""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _description(state: State) -> dict[str, Any]:
    at = state.issuer
    return {
        "issuer": at,
        "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/token",
        "jwks_uri": f"{at}/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        **state.description,
    }
