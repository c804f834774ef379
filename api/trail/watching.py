"""One thread that looks through the audit log for unusual access, so that alerts are raised while nobody asks for them."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from graphcore.audit.alerts import Alerts
from graphcore.errors import AuditError

log = logging.getLogger(__name__)
_EVERY_S = 60.0


class Watching:
    """Looks once a minute until it is stopped."""

    def __init__(self, alerts: Alerts, clock: Callable[[], datetime], *, every_s: float = _EVERY_S) -> None:
        self._alerts = alerts
        self._clock = clock
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing where it has begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="unusual-access", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread; a look under way is finished."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                raised = self._alerts.look(self._clock())
            except AuditError:
                log.exception("unusual access could not be looked for; it is tried again")
            else:
                if raised:
                    log.warning("unusual access: %d new alerts for supervisors", raised)
