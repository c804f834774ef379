"""The whole way between real processes: the provider, ``ocb serve`` behind granian, a client, and the page in a browser."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import yaml
from playwright.sync_api import sync_playwright

from api.auth.oidc.settings import SECRET as SECRET_VARIABLE
from tests.api import world
from tests.oidc.conftest import settings
from tests.oidc.process import ROOT, RemoteProvider, running
from tests.oidc.provider import SECRET

BODY = {"purpose": "investigation", "reason": "Who controls the car washes", "operation": "Larkspur"}
PROGRAM = "import sys; from pathlib import Path; from api.serve import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]))"


@dataclass(frozen=True)
class Running:
    """Addresses of the two servers."""

    address: str
    provider: RemoteProvider


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder, port = tmp_path_factory.mktemp("whole"), _free_port()
    address = f"http://127.0.0.1:{port}"
    world.build(folder)
    with running(f"{address}/v1/session/callback") as provider, pytest.MonkeyPatch.context() as patched:
        patched.setenv(SECRET_VARIABLE, SECRET)
        told = settings(provider, public_url=address, label="Northshire")
        (folder / "oidc.yaml").write_text(yaml.safe_dump(told))
        command = [sys.executable, "-c", PROGRAM, str(folder), str(port)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server:
            try:
                _wait(server, address)
                yield Running(address, provider)
            finally:
                server.terminate()
                server.wait(30)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            assert httpx.get(f"{address}/v1/health", timeout=5).status_code == 200
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not start")


@pytest.mark.slow
def test_client_goes_the_whole_way(whole: Running) -> None:
    with httpx.Client(base_url=whole.address, follow_redirects=True, timeout=30) as browser:
        assert browser.get("/v1/session/ways").json() == {"passwords": False, "provider": "Northshire"}
        location = browser.post("/v1/session/provider", json=BODY).json()["location"]
        page = browser.get(location)
        assert [one.status_code for one in page.history] == [302, 303]
        assert (page.status_code, str(page.url)) == (200, f"{whole.address}/")
        assert browser.get("/v1/session").json()["name"] == "j.hargreaves"
        assert browser.get("/v1/search", params={"q": "tolliver"}).json()["total"] == 1


@pytest.mark.slow
@pytest.mark.chromium
def test_analyst_signs_in_on_the_page(whole: Running, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        errors: list[str] = []
        asked: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(whole.address)
        page.wait_for_selector("#with-provider:has-text('Sign in with Northshire')")
        assert not page.is_visible("[name=password]")
        page.click("#with-provider")
        page.wait_for_selector("#notice:has-text('Say why you read')")
        page.fill("[name=reason]", "Who controls the car washes")
        page.press("[name=reason]", "Enter")
        page.wait_for_selector("#work:not([hidden])")
        assert "j.hargreaves" in page.inner_text("#who")
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies(whole.address)}
        assert (cookies["ocb_session"]["httpOnly"], cookies["ocb_session"]["sameSite"]) == (True, "Strict")
        assert "ocb_login" not in cookies
        page.fill("#search-text", "Suds")
        page.press("#search-text", "Enter")
        page.wait_for_selector(".hit")
        page.click("text=Sign out")
        page.wait_for_selector("#sign-in:not([hidden])")
        browser.close()
    assert errors == []
    assert all(url.startswith((whole.address, whole.provider.origin, "data:")) for url in asked)
