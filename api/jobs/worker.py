"""One thread that takes jobs from the queue and runs each in a process of its own.

A load that runs out of memory or is killed takes nothing with it; it is tried again and goes on from where it was.
"""

import logging
import subprocess
import sys
import threading
from pathlib import Path

from api.jobs.queue import Job, JobQueue

log = logging.getLogger(__name__)

_POLL_S = 1.0
_BEAT_S = 5.0
_GRACE_S = 10.0


class Worker:
    """Works off the queue until it is stopped."""

    def __init__(self, folder: Path, store: str, queue: JobQueue, *, memory: int = 0) -> None:
        """``memory``: bytes of address space that a job may take; 0: as many as there are."""
        self._memory = memory
        self._folder = folder
        self._store = store
        self._queue = queue
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing where it has begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """There is a new job."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread; a running job goes back into the queue."""
        self._stopped.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(_GRACE_S + _BEAT_S)
            self._thread = None

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                job = self._queue.claim()
                if job is not None:
                    self._work(job)
                    continue
            except Exception:  # the job's edge: the queue must go on
                log.exception("the queue of jobs failed; it is tried again")
            self._woken.wait(_POLL_S)
            self._woken.clear()

    def _work(self, job: Job) -> None:
        command = [
            sys.executable,
            "-m",
            "api.jobs.child",
            str(self._folder),
            self._store,
            job.id,
            str(job.attempt),
            str(self._memory),
        ]
        # every part of the command is ours; nothing of the request is in it
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:  # noqa: S603
            while child.poll() is None:
                try:
                    child.wait(_BEAT_S)
                except subprocess.TimeoutExpired:
                    self._queue.report(job)
                if self._stopped.is_set() and child.poll() is None:
                    self._end(child)
        if child.returncode != 0:
            log.warning("job %s: its process ended with %d", job.id, child.returncode)
            self._queue.give_back(job)

    def _end(self, child: "subprocess.Popen[bytes]") -> None:
        child.terminate()
        try:
            child.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
