"""What the provider says of itself: its addresses (discovery) and its keys (JWKS), kept for minutes.

A key that is not known is asked for once, and not again for half a minute, however many tokens name it. Keys that the
provider no longer lists are gone with the next asking: an old key opens nothing after a rotation.
"""

import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from api.auth.errors import ProviderError
from api.auth.oidc.settings import OidcSettings
from api.auth.oidc.wire import Wire

WELL_KNOWN = "/.well-known/openid-configuration"
PublicKey = RSAKey | ECKey | OKPKey
_METADATA_S = 3600
_AGAIN_S = 30  # between two askings for a key that is not there
_AFTER_FAILURE_S = 5
_MIN_RSA_BYTES = 2048 // 8
_MAX_KEYS = 50


@dataclass(frozen=True, slots=True)
class Metadata:
    """Addresses of the provider, each of them checked when it is called."""

    authorization: str
    token: str
    jwks: str
    names_issuer: bool


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    at: float


class Provider:
    """Discovery and keys of one provider."""

    def __init__(
        self, settings: OidcSettings, wire: Wire, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._wire = wire
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: _Kept[Metadata] | None = None
        self._keys: _Kept[Mapping[str, PublicKey]] | None = None
        self._missed_at: float | None = None
        self._failed_at: float | None = None

    def metadata(self) -> Metadata:
        """The provider's addresses.

        Raises:
            ProviderError: it does not answer, or speaks for another issuer.
        """
        with self._turn():
            return self._fresh_metadata()

    def key(self, kid: str) -> PublicKey | None:
        """The key of that id, None where the provider has none.

        Raises:
            ProviderError: the keys are not known or too old, and the provider does not answer.
        """
        with self._turn():
            keys, now = self._keys, self._clock()
            if keys is None or now - keys.at >= self._settings.keys_for_s:
                keys = self._fetch_keys()
            elif kid not in keys.value and (self._missed_at is None or now - self._missed_at >= _AGAIN_S):
                self._missed_at = now
                keys = self._fetch_keys()
            return keys.value.get(kid)

    def _turn(self) -> "_Turn":
        return _Turn(self._lock, self._settings.timeout_s)

    def _fresh_metadata(self) -> Metadata:
        kept = self._metadata
        if kept is None or self._clock() - kept.at >= _METADATA_S:
            raw = self._ask(self._settings.issuer.rstrip("/") + WELL_KNOWN)
            if raw.get("issuer") != self._settings.issuer:
                raise ProviderError("the OpenID provider speaks for another issuer than oidc.yaml names")
            kept = self._metadata = _Kept(_metadata_of(raw), self._clock())
        return kept.value

    def _fetch_keys(self) -> _Kept[Mapping[str, PublicKey]]:
        raw = self._ask(self._fresh_metadata().jwks)
        kept = self._keys = _Kept(_keys_of(raw), self._clock())
        return kept

    def _ask(self, url: str) -> Mapping[str, object]:
        """One call; after a failure none for some seconds, so that a dead provider does not hold every thread."""
        if self._failed_at is not None and self._clock() - self._failed_at < _AFTER_FAILURE_S:
            raise ProviderError("the OpenID provider did not answer a moment ago")
        try:
            found = self._wire.get(url)
        except ProviderError:
            self._failed_at = self._clock()
            raise
        self._failed_at = None
        return found


class _Turn:
    """One thread asks, the others wait for its answer, but not for ever."""

    def __init__(self, lock: threading.Lock, timeout_s: float) -> None:
        self._lock = lock
        self._timeout_s = timeout_s

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._timeout_s):
            raise ProviderError("the OpenID provider does not answer")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _metadata_of(raw: Mapping[str, object]) -> Metadata:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    found = [raw.get(name) for name in names]
    if not all(isinstance(url, str) and url for url in found):
        raise ProviderError(f"the OpenID provider's description lacks one of {', '.join(names)}")
    authorization, token, jwks = cast("list[str]", found)
    return Metadata(
        authorization, token, jwks, raw.get("authorization_response_iss_parameter_supported") is True
    )


def _keys_of(raw: Mapping[str, object]) -> Mapping[str, PublicKey]:
    listed = raw.get("keys")
    if not isinstance(listed, list):
        raise ProviderError("the OpenID provider's key set has no keys")
    keys: dict[str, PublicKey] = {}
    for one in cast("list[object]", listed)[:_MAX_KEYS]:
        if isinstance(one, dict):
            told = cast("dict[str, object]", one)
            key, kid = _key_of(told), told.get("kid")
            if key is not None and isinstance(kid, str) and kid:
                keys[kid] = key
    return keys


def _key_of(told: Mapping[str, object]) -> PublicKey | None:
    """A public key for signatures; secret, short, private and unknown ones are passed over."""
    if told.get("kty") not in {"RSA", "EC", "OKP"} or told.get("use", "sig") != "sig" or "d" in told:
        return None
    try:
        if told["kty"] == "RSA" and len(urlsafe_b64decode(f"{told['n']}==")) < _MIN_RSA_BYTES:
            return None
        key = JWKRegistry.import_key(dict(told))  # pyright: ignore[reportArgumentType]  (a checked mapping of text)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None
