"""Puts the parts together: one workspace, one store, the audit log, accounts, jobs. Nothing else makes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.auth.oidc import read_oidc_settings
from api.auth.passwords import Passwords
from api.auth.service import AuthService
from api.cursor import Cursors
from api.fairness import Fairness, Turns
from api.fragments import Fragments
from api.jobs.queue import JobQueue
from api.jobs.worker import Worker
from api.rates import Rate, Rates
from api.requests.book import RequestBook
from api.settings import Settings
from graphcore.audit import AuditLog
from graphcore.audit.alerts import Alerts
from graphcore.audit.keys import read_or_make
from graphcore.audit.log import utc_now
from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace

CURSOR_KEY = Path("keys", "cursor.key")


@dataclass(slots=True)
class Services:
    """What requests are served with."""

    settings: Settings
    workspace: Workspace
    store: GraphStore
    audit: AuditLog
    auth: AuthService
    jobs: JobQueue
    worker: Worker
    cursors: Cursors
    fairness: Fairness
    alerts: Alerts
    rates: Rates
    address_rates: Rates
    requests: RequestBook
    fragments: Fragments
    clock: Callable[[], datetime]

    def close(self) -> None:
        """Stop the worker and release every file."""
        self.worker.stop()
        self.jobs.close()
        self.requests.close()
        self.auth.close()
        self.workspace.close()


def open_services(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, passwords: Passwords | None = None
) -> Services:
    """Open everything, and bring the graph up to the ledger.

    Raises:
        GraphcoreError: a part is missing, damaged or does not answer; the server must not start.
    """
    workspace = Workspace.open(settings.workspace)
    audit = workspace.audit
    store = workspace.store(settings.store)
    store.prepare()
    workspace.projection(store).catch_up()
    folder = settings.workspace
    jobs = JobQueue(folder, clock)
    return Services(
        settings,
        workspace,
        store,
        audit,
        AuthService(folder, audit, clock, passwords=passwords, provider=read_oidc_settings(folder)),
        jobs,
        Worker(folder, settings.store, jobs, memory=settings.job_memory),
        Cursors(read_or_make(folder / CURSOR_KEY)),
        Fairness(Turns(settings.heavy_at_once, settings.heavy_per_subject)),
        Alerts(audit, workspace.settings.unusual_access),
        Rates(Rate(settings.rate_burst, settings.rate)),
        Rates(Rate(settings.address_burst, settings.address_rate)),
        RequestBook(folder, clock),
        Fragments(),
        clock,
    )
