"""The two messages of the authorisation code flow that are ours, made by authlib: out with a challenge, back with a code."""

from typing import Any, cast

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749 import parameters
from authlib.oauth2.rfc7636 import challenge

from api.auth.errors import ProviderError, SignInError
from api.auth.oidc.pending import Secrets
from api.auth.oidc.provider import Metadata
from api.auth.oidc.settings import OidcSettings, OidcSetup
from api.auth.oidc.wire import Wire

_messages, _pkce, _auth = cast("Any", parameters), cast("Any", challenge), cast("Any", ClientAuth)  # untyped


def authorization_url(settings: OidcSettings, metadata: Metadata, made: Secrets) -> str:
    """Where the browser asks for a code: PKCE with S256, state and nonce."""
    return str(
        _messages.prepare_grant_uri(
            metadata.authorization,
            settings.client_id,
            "code",
            redirect_uri=settings.redirect_uri,
            scope=" ".join(settings.scopes),
            state=made.state,
            nonce=made.nonce,
            code_challenge=_pkce.create_s256_code_challenge(made.verifier),
            code_challenge_method="S256",
            acr_values=" ".join(settings.acr_values) or None,
        )
    )


def exchange(setup: OidcSetup, wire: Wire, metadata: Metadata, code: str, verifier: str) -> str:
    """The ID token for a code.

    Raises:
        SignInError: the provider refuses the code.
        ProviderError: it does not answer, or gives no ID token.
    """
    settings = setup.settings
    body = _messages.prepare_token_request(
        "authorization_code", code=code, redirect_uri=settings.redirect_uri, code_verifier=verifier
    )
    auth = _auth(settings.client_id, setup.secret, settings.client_auth)
    url, headers, body = auth.prepare("POST", metadata.token, {}, body)
    reply = wire.post(url, body, headers)
    if reply.status in {400, 401, 403}:
        raise SignInError("code")
    token = reply.body.get("id_token")
    if reply.status != 200 or not isinstance(token, str):
        raise ProviderError(f"the OpenID provider answered {reply.status} without an ID token")
    return token
