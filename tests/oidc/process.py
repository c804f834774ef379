"""The provider's process, and what a test asks of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.oidc.provider import USER

ROOT = Path(__file__).resolve().parents[2]


class RemoteProvider:
    """One provider on loopback."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.issuer = f"{self.origin}/realm"
        self._http = httpx.Client(timeout=30, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def set(self, **values: Any) -> None:
        """Change what it answers: user, overrides, description, silent_s."""
        for name, value in values.items():
            self._http.post(f"{self.origin}/control/{name}", json=value).raise_for_status()

    def reset(self) -> None:
        self.set(user=USER, overrides={}, description={}, silent_s=0.0)

    def rotate(self) -> None:
        self._http.post(f"{self.origin}/control/rotate").raise_for_status()

    def asked(self, path: str) -> int:
        return self._http.get(f"{self.origin}/control/asked").json().get(f"/realm{path}", 0)

    def keys(self) -> list[dict[str, Any]]:
        return self._http.get(f"{self.issuer}/keys").json()["keys"]

    def mint(self, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A token that the provider signs with its own key, whatever it says."""
        wanted = {"header": header or {}, "claims": claims}
        return self._http.post(f"{self.origin}/control/mint", json=wanted).json()["token"]

    def consent(self, location: str) -> httpx.Response:
        """What a browser does with the address that it is sent to."""
        return self._http.get(location)

    def token(self, form: Mapping[str, str], auth: tuple[str, str]) -> httpx.Response:
        return self._http.post(f"{self.issuer}/token", data=dict(form), auth=auth)


@contextmanager
def running(redirect_uri: str, port: int = 0) -> Iterator[RemoteProvider]:
    """A provider for as long as the block runs."""
    command = [sys.executable, "-m", "tests.oidc.run", redirect_uri, str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        provider = RemoteProvider(int(process.stdout.readline()))
        try:
            yield provider
        finally:
            provider.close()
            process.terminate()
            process.wait(20)
