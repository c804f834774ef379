"""``ocb serve``: the application behind granian, one worker process."""

import fcntl
import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from fastapi import FastAPI
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from analytics.engine.apart import use
from api.app import create_app
from api.auth import AuthService, FirstAccount, NewAccount, Role
from api.auth.oidc import read_oidc_settings
from api.logs import CONFIG
from api.settings import Settings, StoreName
from graphcore.access import Marking
from graphcore.audit.log import utc_now
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import LedgerDamagedError
from graphcore.integrity.seal import check_seal
from graphcore.workspace import LEDGER, Workspace

FIRST_NAME = "analyst"
LOCK = "serve.lock"
_MAX_HEAD = 64 << 10  # bytes of a request's first line and headers
_WORKSPACE, _STORE, _HOST, _SERVER = (
    "OCB_SERVE_WORKSPACE", "OCB_SERVE_STORE", "OCB_SERVE_HOST", "OCB_SERVE_SERVER",
)  # fmt: skip
_LOOK_S, _GRACE_S = 1.0, 10.0
# a request makes some thousand objects, nearly all of which go without the collector
_COLLECT = (20_000, 20, 20)


def first_account(workspace: Workspace) -> FirstAccount | None:
    """The account of the very first start, cleared like the local operator of the settings; None at any later start."""
    operator = workspace.settings.operator
    profile = NewAccount(
        name=FIRST_NAME,
        organisation=operator.organisation,
        roles=frozenset({Role.READER, Role.LOADER, Role.ADMIN}),
        clearance=Marking(operator.clearance),
        compartments=frozenset(operator.compartments),
        may_read_conditional=operator.may_read_conditional,
    )
    auth = AuthService(workspace.folder, workspace.audit, utc_now)
    try:
        return auth.first_account(profile)
    finally:
        auth.close()


def require_whole(workspace: Path) -> None:
    """Refuse to serve a ledger that is not as it was sealed; reads the file once, about a second a gigabyte.

    Raises:
        LedgerDamagedError: says where it is damaged and what to do.
    """
    problems = check_seal(workspace / LEDGER).problems
    if problems:
        raise LedgerDamagedError(
            f"{'; '.join(problems[:3])}: it was damaged after it was last closed, and was left as it is. Run `ocb graph check`, "
            "and restore the last backup (ocb backup restore)"
        )


def only_server(workspace: Path) -> IO[bytes]:
    """Be the one server of a workspace until the file is closed; a kill lets go of it.

    Raises:
        LedgerError: another one serves it.
    """
    held = (workspace / LOCK).open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held.close()
        raise LedgerError(
            f"another server serves {workspace} already: stop it first, or use it; one workspace has one server"
        ) from error
    return held


def serve(
    workspace: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    store: StoreName = "embedded",
    *,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve until interrupted.

    Args:
        workspace: Folder of the workspace.
        host: Address to listen on; everything but 127.0.0.1 wants TLS in front of it and OCB_COOKIE_SECURE=1.
        port: Port.
        store: Which graph to read.
        tell: Says where the page is, and the first account's password, once.

    Raises:
        LedgerError: another server serves the workspace, or its ledger is damaged.
    """
    require_whole(workspace)
    with only_server(workspace):
        _serve(workspace, host, port, store, tell)


def _serve(workspace: Path, host: str, port: int, store: StoreName, tell: Callable[[str], None]) -> None:
    settings = Settings.from_environment(workspace, store, host=host)
    provider = read_oidc_settings(workspace)
    account = None
    if provider is None or provider.settings.local_accounts:
        with Workspace.open(workspace) as opened:
            account = first_account(opened)
    if account is not None:
        tell(f"first account: {account.name}   password: {account.password}   (shown this once)")
    tell(f"workspace page: http://{host}:{port}/")
    os.environ.update({_WORKSPACE: str(workspace), _STORE: store, _HOST: host, _SERVER: str(os.getpid())})
    Server(
        "api.serve:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        factory=True,
        websockets=False,
        log_access=False,
        log_dictconfig=dict(CONFIG),
        backpressure=512,
        http=HTTPModes.http1,  # what a proxy in front speaks; fewer readings of one request
        http1_settings=HTTP1Settings(
            header_read_timeout=int(1000 * settings.body_timeout_s), max_buffer_size=_MAX_HEAD
        ),
    ).serve()


def application() -> FastAPI:
    """The application of the worker process; its settings come through the environment."""
    store: StoreName = "neo4j" if os.environ.get(_STORE) == "neo4j" else "embedded"
    settings = Settings.from_environment(
        Path(os.environ[_WORKSPACE]), store, host=os.environ.get(_HOST, "127.0.0.1")
    )
    server = int(os.environ.get(_SERVER, "0"))
    if server == os.getppid():
        threading.Thread(target=_end_with, args=(server,), daemon=True).start()
    use(min(settings.heavy_at_once, os.cpu_count() or 1))  # children end with this process
    made = create_app(settings)
    _spare_collections()
    return made


def _spare_collections() -> None:
    """What is there from the start on stays: the collector need not look through it again and again while requests wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def _end_with(server: int) -> None:
    """A worker whose server was killed would go on answering, and keep the workspace from the next one."""
    while os.getppid() == server:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os._exit(1)
