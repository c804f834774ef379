"""The application: the only place where routes, layers and services come together."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from api.access.endpoints import router as access
from api.accounts.endpoints import router as accounts
from api.charts.endpoints import router as charts
from api.entities.endpoints import router as entities
from api.errors import install_handlers
from api.identity.endpoints import router as identity
from api.ingest.batch_endpoints import router as batches
from api.ingest.endpoints import router as ingest
from api.ingest.suggestions import router as suggestions
from api.jobs.endpoints import router as jobs
from api.lexicon.endpoints import router as lexicon
from api.measures.endpoints import router as measures
from api.middleware import (
    Address,
    AuditOutcome,
    Flight,
    Headers,
    InFlight,
    Limits,
    SignIn,
    StrictJson,
    TimeLimit,
)
from api.openapi import install_openapi
from api.outputs.endpoints import router as outputs
from api.paths.endpoints import router as paths
from api.reports.endpoints import router as reports
from api.requests.endpoints import router as requests
from api.search.endpoints import router as search
from api.session.endpoints import router as session
from api.session.provider import router as provider
from api.settings import Settings
from api.stats.endpoints import router as stats
from api.style.endpoints import router as style
from api.trail.endpoints import router as trail
from api.trail.supervision import router as supervision
from api.trail.watching import Watching
from api.wiring import Services, open_services

WEB = Path(__file__).parent / "web"
ROUTERS = (
    session,
    provider,
    search,
    entities,
    paths,
    measures,
    charts,
    style,
    reports,
    ingest,
    batches,
    suggestions,
    identity,
    lexicon,
    jobs,
    stats,
    outputs,
    trail,
    supervision,
    access,
    requests,
    accounts,
)
_PATIENCE_S = 10.0
_ABOUT = (
    "Organised crime groups seen as organised crime businesses. Every read carries a purpose and a reason and is "
    "logged before it is answered; every answer is computed on what the reader may see."
)


def create_app(settings: Settings, services: Services | None = None) -> FastAPI:
    """The application on one workspace.

    Args:
        settings: Of the server.
        services: Opened already (tests); None: opened here and closed when the server ends.

    Raises:
        GraphcoreError: the workspace, the store or the audit log cannot be used; there is no server then.
    """
    parts = services or open_services(settings)
    flight = Flight()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        watching = Watching(parts.alerts, parts.clock)
        if settings.jobs:
            parts.worker.start()
            watching.start()
        yield
        await flight.landed(_PATIENCE_S)
        watching.stop()
        parts.close()

    app = FastAPI(
        title="ocb-graph",
        version=_version(),
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(InFlight, flight=flight),
            Middleware(Headers, tls=settings.cookie_secure),
            Middleware(Address, proxies=settings.proxies),
            Middleware(Limits, settings=settings),
            Middleware(TimeLimit, timeout_s=settings.timeout_s),
            Middleware(SignIn, auth=parts.auth, rates=parts.address_rates, settings=settings),
            Middleware(StrictJson),
            Middleware(AuditOutcome, audit=parts.audit),
        ],
    )
    app.state.services = parts
    install_handlers(app)
    install_openapi(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_route("/", _page, methods=["GET"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    return app


async def _page(_request: object) -> Response:
    return FileResponse(WEB / "index.html", media_type="text/html; charset=utf-8")


def _version() -> str:
    try:
        return version("ocb-graph")
    except PackageNotFoundError:
        return "0"
