"""A provider process on loopback, and servers that trust it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.auth.oidc.settings import SECRET as SECRET_VARIABLE
from tests.api import world
from tests.api.client import Server, start
from tests.oidc.process import RemoteProvider, running
from tests.oidc.provider import AUDIENCE, CLIENT, SECRET

PUBLIC_URL = "http://localhost"


def settings(provider: RemoteProvider, **changes: Any) -> dict[str, Any]:
    """What ``oidc.yaml`` says."""
    return {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "public_url": PUBLIC_URL,
        "audience": AUDIENCE,
        "claims": {
            "name": "preferred_username",
            "organisation": "force",
            "clearance": "clearance",
            "roles": "realm_access.roles",
            "compartments": "compartments",
            "team": "unit",
            "law_enforcement": "police",
        },
        "values": {
            "roles": {"graph-readers": "reader", "graph-loaders": "loader", "graph-auditors": "auditor"},
            "clearance": {"O": "OFFICIAL", "OS": "OFFICIAL-SENSITIVE"},
        },
        **changes,
    }


@dataclass(frozen=True)
class Site:
    """A server that trusts the provider."""

    server: Server
    provider: RemoteProvider


@pytest.fixture(scope="session")
def provider_process() -> Iterator[RemoteProvider]:
    with running(f"{PUBLIC_URL}/v1/session/callback") as provider:
        yield provider


@pytest.fixture
def provider(provider_process: RemoteProvider) -> Iterator[RemoteProvider]:
    """The provider as it was at its start."""
    provider_process.reset()
    yield provider_process
    provider_process.reset()


@contextmanager
def _site(folder: Path, provider: RemoteProvider, **changes: Any) -> Iterator[Site]:
    (folder / "oidc.yaml").write_text(yaml.safe_dump(settings(provider, **changes)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(SECRET_VARIABLE, SECRET)
        server = start(folder)
    try:
        yield Site(server, provider)
    finally:
        server.close()


@pytest.fixture
def open_site(tmp_path: Path, provider: RemoteProvider) -> Iterator[Callable[..., Site]]:
    """Makes a server with settings of its own."""
    with ExitStack() as opened:

        def make(**changes: Any) -> Site:
            folder = tmp_path / f"workspace-{len(list(tmp_path.iterdir()))}"
            world.build(folder)
            return opened.enter_context(_site(folder, provider, **changes))

        yield make


@pytest.fixture(scope="module")
def module_site(tmp_path_factory: pytest.TempPathFactory, provider_process: RemoteProvider) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("trusting")
    world.build(folder)
    with _site(folder, provider_process) as site:
        yield site


@pytest.fixture
def site(module_site: Site, provider: RemoteProvider) -> Site:
    """One server a module, which knows no key of the provider yet; a test that closes accounts opens its own."""
    kept = module_site.server.services.auth.provider._provider
    kept._keys = kept._missed_at = kept._failed_at = None
    return module_site
