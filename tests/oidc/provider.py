"""The grants, tokens and keys of a small OpenID provider for the tests, made with authlib's server side."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http, on loopback

from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET, AUDIENCE = "ocb-graph", "a secret of the tests", "urn:ocb-graph:api"
USER: dict[str, Any] = {
    "sub": "8f14e45f",
    "preferred_username": "j.hargreaves",
    "force": "Northshire",
    "clearance": "OS",
    "realm_access": {"roles": ["graph-readers", "offline_access"]},
    "compartments": ["KESTREL"],
    "unit": "ROCU",
    "police": True,
    "sid": "session-1",
}


@dataclass
class State:
    """All that the provider remembers."""

    issuer: str = ""
    redirect_uri: str = ""
    keys: list[RSAKey] = field(default_factory=list)
    user: dict[str, Any] = field(default_factory=lambda: dict(USER))
    codes: dict[str, Code] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    overrides: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    silent_s: float = 0.0

    def rotate(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": f"key-{time.time_ns()}", "use": "sig"})]

    def key_set(self) -> KeySet:
        return KeySet(self.keys)


class Client(ClientMixin):
    def __init__(self, state: State) -> None:
        self._state = state

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self._state.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self._state.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class User(dict[str, Any]):
    def get_user_id(self) -> str:
        return self["sub"]


class Server(AuthorizationServer):
    """The authorisation server with the code grant, PKCE required, and ID tokens."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.register_token_generator("default", AccessTokens(state))
        self.register_grant(Grant, [CodeChallenge(required=True), IdTokens(state)])
        self.register_extension(Issuer)

    def query_client(self, client_id: str) -> Client | None:
        return Client(self.state) if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None: ...

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None: ...

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        return Answer(status, body, dict(headers))


class Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload.data
        self.server.state.nonces.add(asked["nonce"])
        self.server.state.codes[code] = Code(
            code,
            request.payload.redirect_uri,
            request.scope,
            asked.get("nonce"),
            asked.get("code_challenge"),
            asked.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.server.state.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.server.state.codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> User:
        return User(self.server.state.user)


class IdTokens(OpenIDCode):
    def __init__(self, state: State) -> None:
        super().__init__(require_nonce=True)
        self._state = state

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return nonce in self._state.nonces

    def resolve_client_private_key(self, client: Client) -> KeySet:
        return self._state.key_set()

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self._state.issuer, "aud": CLIENT}

    def generate_user_info(self, user: User, scope: str) -> dict[str, Any]:
        return {**user, **self._state.overrides}


class Issuer(IssuerParameter):
    def __init__(self, server: Server) -> None:
        self._issuer = server.state.issuer
        self(server)

    def get_issuer(self) -> str:
        return self._issuer


class AccessTokens(JWTBearerTokenGenerator):
    def __init__(self, state: State) -> None:
        super().__init__(state.issuer)
        self._state = state

    def get_jwks(self) -> KeySet:
        return self._state.key_set()

    def get_audiences(self, client: Client, user: User, scope: str) -> str:
        return AUDIENCE

    def get_extra_claims(self, client: Any, grant_type: str, user: User, scope: str) -> dict[str, Any]:
        return {name: value for name, value in user.items() if name not in {"sub", "sid"}}


@dataclass
class Answer:
    """What authlib hands to the web framework."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @location.setter
    def location(self, value: str) -> None:
        self.headers["Location"] = value


class Request(OAuth2Request):
    """A request of the standard library's server, as authlib looks at it."""

    def __init__(self, method: str, uri: str, headers: Any, form: dict[str, str]) -> None:
        super().__init__(method, uri, headers=headers)
        self._form = form
        self.payload = BasicOAuth2Payload({**dict(parse_qsl(urlsplit(uri).query)), **form})

    @property
    def args(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.uri).query))

    @property
    def form(self) -> dict[str, str]:
        return self._form


def mint(state: State, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token with this header and these claims, signed with the present key."""
    now = int(time.time())
    base = {"iss": state.issuer, "aud": CLIENT, "sub": USER["sub"], "iat": now, "exp": now + 300}
    wanted = {"alg": "RS256", "kid": state.keys[0].kid, **header}
    return jwt.encode(
        {name: value for name, value in wanted.items() if value is not None},
        {name: value for name, value in {**base, **claims}.items() if value is not None},
        state.keys[0],
        default_type=None,
    )


__all__ = [
    "AUDIENCE",
    "CLIENT",
    "SECRET",
    "USER",
    "Answer",
    "OAuth2Error",
    "Request",
    "Server",
    "State",
    "mint",
]
