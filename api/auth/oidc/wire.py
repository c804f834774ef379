"""The only outgoing calls of the platform: to the hosts of the configured provider, over TLS, bounded in time and size.

No proxy of the environment, no redirect, no other host, no other scheme: an address that the provider's own documents
name is checked as if a stranger had written it.
"""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import SplitResult, urlsplit

from api.auth.errors import ProviderError
from api.auth.oidc.settings import allowed_scheme

MAX_BYTES = 256 << 10
_JSON = {"Accept": "application/json", "User-Agent": "ocb-graph", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and decoded JSON object of an answer."""

    status: int
    body: Mapping[str, object]


class Wire:
    """Calls to one provider."""

    def __init__(self, hosts: frozenset[str], timeout_s: float, ca_file: Path | None = None) -> None:
        self._hosts = hosts
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)

    def get(self, url: str) -> Mapping[str, object]:
        """The JSON object at ``url``.

        Raises:
            ProviderError: not 200, not JSON, too large, too late, or an address that may not be called.
        """
        reply = self._call("GET", url, b"", {})
        if reply.status != 200:
            raise ProviderError(f"the OpenID provider answered {reply.status}")
        return reply.body

    def post(self, url: str, form: str, headers: Mapping[str, str]) -> Reply:
        """The answer to a form; a status other than 200 is the caller's matter.

        Raises:
            ProviderError: as :meth:`get`, but for the status.
        """
        form_type = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._call("POST", url, form.encode(), {**form_type, **headers})

    def _call(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        parts = self._checked(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = self._connection(parts)
        watch = threading.Timer(self._timeout_s, _hang_up, (connection,))
        watch.daemon = True
        watch.start()
        try:
            connection.request(method, target or "/", body or None, {**_JSON, **headers})
            answer = connection.getresponse()
            raw = answer.read(MAX_BYTES + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ProviderError(f"the OpenID provider does not answer ({type(error).__name__})") from error
        finally:
            watch.cancel()
            connection.close()
        if len(raw) > MAX_BYTES:
            raise ProviderError("the OpenID provider's answer is too large")
        return Reply(answer.status, _object(raw))

    def _checked(self, url: str) -> SplitResult:
        parts = urlsplit(url)
        if not allowed_scheme(url) or parts.netloc.lower() not in self._hosts:
            raise ProviderError(
                "the OpenID provider names an address outside its hosts: see `hosts` in oidc.yaml"
            )
        return parts

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = cast("str", parts.hostname)
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout_s, context=self._tls)
        return http.client.HTTPConnection(host, parts.port, timeout=self._timeout_s)


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """End a call that is fed drop by drop: every single wait is short, the whole is not."""
    sock = cast("socket.socket | None", connection.sock)
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _object(raw: bytes) -> Mapping[str, object]:
    try:
        found: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ProviderError("the OpenID provider's answer is not JSON") from error
    if not isinstance(found, dict):
        raise ProviderError("the OpenID provider's answer is not a JSON object")
    return cast("dict[str, object]", found)
