"""Publishing: the graph of one audience of the settings, written into a Neo4j of its own.

Whoever calls this has written the disclosure into the audit log before.
"""

from graphcore.access import AccessContext
from graphcore.access.audience import Audience
from graphcore.errors import LedgerError
from graphcore.evidence.ledger.ledger import utc_now
from graphcore.model.times import iso_utc
from graphcore.store.neo4j import Neo4jSettings
from graphcore.store.neo4j.publication import Mark, Progress, Publication, Published
from graphcore.store.port import GraphStore
from graphcore.store.project import alone
from graphcore.workspace import SETTINGS, Workspace

PASSES = 3


def audience_of(workspace: Workspace, name: str) -> Audience:
    """An audience of the settings.

    Raises:
        LedgerError: there is none of that name.
    """
    found = workspace.settings.audiences.get(name)
    if found is None:
        known = ", ".join(sorted(workspace.settings.audiences)) or "none"
        raise LedgerError(
            f"{workspace.folder / SETTINGS} names no audience {name!r} (it names {known}): add it under `audiences`"
        )
    return found


def publish(
    workspace: Workspace,
    name: str,
    store: GraphStore,
    target: Neo4jSettings,
    progress: Progress | None = None,
) -> Published:
    """Bring the published graph of an audience up to date from a store that is up to date; one run at a time.

    Where the store changes meanwhile it is compared again, ``PASSES`` times at most; what comes then waits for the next run.

    Raises:
        LedgerError: the audience is unknown.
        AccessDeniedError: the rules cannot be applied to it.
        StoreError: the target holds something else; nothing was written.
        StoreUnavailableError: the target does not answer; run it again.
    """
    audience = audience_of(workspace, name)
    publication = Publication(target, Mark(name, workspace.ids.token("publication", "workspace")))
    try:
        with alone(workspace.folder / "publish.lock"):
            publication.prepare()
            return _bring(workspace, audience.context(name), (store, publication), progress)
    finally:
        publication.close()


def _bring(
    workspace: Workspace,
    context: AccessContext,
    ends: tuple[GraphStore, Publication],
    progress: Progress | None,
) -> Published:
    store, publication = ends
    total = Published()
    for _ in range(PASSES):
        applied = store.applied()
        reader = workspace.admit(context)  # grants are asked anew each time, labels by the view
        done = publication.bring(store.view(reader), iso_utc(reader.now or utc_now()), progress)
        total = total.then(done)
        if store.applied() == applied:
            break
    return total
