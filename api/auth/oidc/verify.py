"""Whether a JSON Web Token is the provider's, for us, now, and of the kind that is asked for.

The key is looked up by its id among the provider's own; ``jku``, ``jwk``, ``x5u`` and ``x5c`` in a header are the sender's
word and are never followed. Only the algorithms of the settings are taken, and no symmetric one is among them.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from api.auth.errors import SignInError
from api.auth.oidc.provider import Provider
from api.auth.oidc.settings import OidcSettings

Claims = Mapping[str, object]
MAX_TOKEN = 16 << 10
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_AGE_S = 300


def looks_like_jwt(token: str) -> bool:
    """Three parts: what no token of our own has."""
    return token.count(".") == 2


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks tokens of one provider."""

    settings: OidcSettings
    provider: Provider
    clock: Callable[[], datetime]

    def id_token(self, token: str, nonce: str) -> Claims:
        """Claims of an ID token that answers to our ``nonce``.

        Raises:
            SignInError: it does not hold.
            ProviderError: the provider's keys cannot be had.
        """
        us = self.settings.client_id
        _, claims = self._claims(token, us, ("exp", "iat", "sub", "nonce"))
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise SignInError("nonce")
        party, several = claims.get("azp"), isinstance(claims["aud"], list) and claims["aud"] != [us]
        if (party is not None or several) and party != us:
            raise SignInError("azp")
        self._strong(claims)
        return claims

    def access_token(self, token: str) -> Claims:
        """Claims of an access token made for this API (RFC 9068).

        Raises:
            SignInError: it does not hold, or no ``audience`` is set.
            ProviderError: the provider's keys cannot be had.
        """
        if self.settings.audience is None:
            raise SignInError("access tokens are not taken")
        header, claims = self._claims(token, self.settings.audience, ("exp", "iat", "sub"))
        if str(header.get("typ", "")).lower() not in self.settings.token_types:
            raise SignInError("typ")
        self._strong(claims)
        return claims

    def logout_token(self, token: str) -> Claims:
        """Claims of a back-channel logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).

        Raises:
            SignInError: it does not hold.
            ProviderError: the provider's keys cannot be had.
        """
        header, claims = self._claims(token, self.settings.client_id, ("iat", "jti", "events"))
        if str(header.get("typ", "")).lower().removeprefix("application/") != "logout+jwt":
            raise SignInError("typ")
        events = claims["events"]
        if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
            raise SignInError("events")
        if "sub" not in claims and "sid" not in claims:
            raise SignInError("sub")
        if self.clock().timestamp() - float(cast("float", claims["iat"])) > _LOGOUT_AGE_S:
            raise SignInError("iat")
        return claims

    def _strong(self, claims: Claims) -> None:
        """Refuse a sign-in that was weaker than the settings ask for."""
        if self.settings.acr_values and claims.get("acr") not in self.settings.acr_values:
            raise SignInError("acr")

    def _claims(self, token: str, audience: str, needed: tuple[str, ...]) -> tuple[Claims, Claims]:
        header = _header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in self.settings.algorithms or not isinstance(kid, str) or "crit" in header:
            raise SignInError("alg")
        key = self.provider.key(kid)
        if key is None:
            raise SignInError("kid")
        registry = JWTClaimsRegistry(
            now=int(self.clock().timestamp()),
            leeway=self.settings.leeway_s,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": audience},
        )
        try:
            claims = jwt.decode(token, key, [str(algorithm)]).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, OverflowError) as error:
            raise SignInError(getattr(error, "error", "token")) from error
        if missing := [name for name in needed if claims.get(name) is None or claims[name] == ""]:
            raise SignInError(missing[0])
        return header, claims


def _header(token: str) -> Claims:
    if len(token) > MAX_TOKEN or not token.isascii() or not looks_like_jwt(token):
        raise SignInError("token")
    raw = token.partition(".")[0]
    try:
        found: object = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise SignInError("token") from error
    if not isinstance(found, dict):
        raise SignInError("token")
    return cast("dict[str, object]", found)
