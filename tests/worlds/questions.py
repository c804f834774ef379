"""Every question that a reader can put: routes from the API's own description, analyses from the package itself.

A route, a parameter or an analysis that is new fails here, by name, until somebody says what to ask it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import analytics
from analytics.business import business_chain
from analytics.errors import AnalyticsError
from analytics.measures import (
    FRIENDS_OF_FRIENDS,
    MEASURES,
    associates_of_offenders,
    find_communities,
    rank,
    tally,
)
from analytics.measures.exposure import parties_to
from analytics.paths import business_paths, shortest_paths
from analytics.reports.build import build_chart
from analytics.reports.business import ReportOptions, build_report
from analytics.reports.chart import ChartOptions
from analytics.reports.layout import circle_layout
from analytics.reports.paper import make_paper
from analytics.resolution.run import propose, rule_decision
from graphcore.errors import GraphcoreError
from graphcore.evidence.ledger import EvidenceView
from graphcore.store.port import GraphView
from graphcore.store.query import ExpandQuery, PathQuery

THEN = datetime(2026, 11, 1, 12, tzinfo=UTC)
Operation = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Known:
    """Ids that may be asked about: those of the whole world, the hidden ones among them, and one that never was.

    References of batches and refused rows stand for others in every world: ``batches`` and ``rows`` are names for them.
    """

    uids: Sequence[str]
    lids: Sequence[str]
    suggestions: Sequence[str]
    jobs: Sequence[str] = ("0" * 24,)
    batches: Sequence[str] = ("batch-0", "batch-1", "batch-hidden", "batch-unknown")
    rows: Sequence[str] = ("row-0", "row-hidden", "row-unknown")


# What only says what people did with the platform, or is the same in every world: nothing of the records.
ELSEWHERE = {
    "readAuditRows": "what people did, by id: A-cases U18 and U20", "exportAudit": "as readAuditRows", "verifyAudit": "the log's soundness",
    "readUsage": "counts of what people did", "readAlerts": "what people did", "listAccounts": "accounts", "listTokens": "one's own tokens",
    "beginProviderSignIn": "sign-in", "finishProviderSignIn": "sign-in",
}  # fmt: skip
# Questions that are put by POST; every other POST, PUT and DELETE changes something.
ASKED_BY_POST = {"buildChart", "explainAccess"}
CHANGES = {
    "giveGrant", "revokeGrant", "createAccount", "closeAccount", "changeAccount", "endSessions", "settleAlert", "confirmDecision",
    "undoDecision", "splitEntity", "joinEntities", "judgePairs", "runIdentity", "removeBatch", "restoreBatch", "uploadFile",
    "loadFromInbox", "previewFromInbox", "previewFile", "retryRefused", "changeRegister", "acceptSuggestion", "rejectSuggestion",
    "cancelJob", "importLexicon", "addLexiconTerm", "withdrawLexiconTerm", "declareOperation", "openRequest", "answerRequest",
    "chaseRequest", "escalateRequest", "refuseRequest", "signOut", "signIn", "endProviderSessions", "changePassword",
    "setPurpose", "issueToken", "revokeToken",
}  # fmt: skip
TIMES = ("2025-06-01T00:00:00Z", "2015-01-01T00:00:00Z", "2026-06-01T00:00:00Z")
TYPES = ("Person", "Business", "Phone")
UID, LID, JOB, BATCH, ROW, NAMED = object(), object(), object(), object(), object(), object()
VALUES: Mapping[str, Any] = {
    "as_at": TIMES, "since": TIMES, "until": ("2027-01-01T00:00:00Z",), "on": TIMES,
    "uid": UID, "source": UID, "target": UID, "left": UID, "right": UID, "key": UID, "lid": LID, "job_id": JOB,
    "hops": (1, 2, 3), "k": (1, 5), "hub_limit": (1, 3), "max_links": (2, 8), "per_entity": (1, 2), "limit": (1, 3, 50),
    "top": (1, 5, 100), "resolution": (0.5, 2.0), "cursor": (None,), "after": ROW, "reference": BATCH, "batch": BATCH,
    "type": TYPES, "entity_type": TYPES, "link_type": ("ASSOCIATE_OF", "USES_PHONE", "OWNS"), "direction": ("in", "out"),
    "q": ("thistlewick", "william", "kestrel", "zed omega", "suds", "emberwik"), "fuzzy": (False,), "expand": (True,),
    "value": ("+447700900123", "07700 900124"), "property": ("name", "birth_date", "alias"), "format": ("json", "html"),
    "recipient": ("Portside",), "gateway": ("DPA 2018",), "file": ("people.csv",), "reason": ("empty",), "every": (True,),
    "band": ("review", "automatic", "person"),
    "state": ("open", "accepted"),
    "name": ("covert.json", "drugs"), "list_name": ("drugs",),
}  # fmt: skip
OWN_VALUES: Mapping[tuple[str, str], Any] = {
    ("listSuggestions", "after"): NAMED, ("readRegister", "source"): ("alpha", "call_records"), ("listReviewQueue", "source"): ("alpha", "covert"),
}  # fmt: skip


def asked(operations: Sequence[Operation]) -> list[Operation]:
    """The operations that read, each with values for all of its parameters.

    Raises:
        AssertionError: an operation that is in none of the lists, or a parameter without values.
    """
    found: list[Operation] = []
    for method, path, spec in operations:
        name = spec["operationId"]
        if name in ELSEWHERE or (method != "GET" and name in CHANGES):
            continue
        assert method == "GET" or name in ASKED_BY_POST, f"{method} {path} ({name}): say whether it reads"
        for one in parameters(spec):
            assert one["name"] in VALUES or _enum(one), f"{path} ({name}): no values for {one['name']}"
        found.append((method, path, spec))
    return found


def parameters(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Those in the path and in the query."""
    return [one for one in spec.get("parameters", []) if one["in"] in {"path", "query"}]


def _enum(parameter: dict[str, Any]) -> list[Any]:
    schema = parameter["schema"]
    return next((one["enum"] for one in (schema, *schema.get("anyOf", ())) if "enum" in one), [])


def request(rng: random.Random, operation: Operation, known: Known) -> tuple[str, str, dict[str, Any]]:
    """One request to a route: method, path and the rest; optional parameters are there now and then."""
    method, path, spec = operation
    name, query = spec["operationId"], dict[str, Any]()
    for one in parameters(spec):
        value = _value(rng, name, one, known)
        if one["in"] == "path":
            path = path.replace("{" + one["name"] + "}", str(value))
        elif (one.get("required") or rng.random() < 0.25) and value is not None:
            query[one["name"]] = value
    if name == "findPointers":  # an id, or a type with a value, but not both
        query = (
            {"uid": rng.choice(known.uids)}
            if rng.random() < 0.5
            else {"type": "Phone", "value": "+447700900123"}
        )
    rest: dict[str, Any] = {"params": query}
    if name == "buildChart":
        rest["json"] = {"uids": rng.sample([*known.uids], 2), "hops": rng.choice((0, 1, 2))}
    if name == "explainAccess":
        rest["json"] = {"subject": "reader", "marking": "OFFICIAL"}
    return method, path, rest


def _value(rng: random.Random, name: str, parameter: dict[str, Any], known: Known) -> Any:
    held = OWN_VALUES.get((name, parameter["name"]), VALUES.get(parameter["name"]))
    ids = {
        UID: known.uids, LID: known.lids, JOB: known.jobs, BATCH: known.batches, ROW: known.rows, NAMED: known.suggestions,
    }  # fmt: skip
    choice = ids[held] if held in ids else _enum(parameter) or held
    if parameter["name"] == "key" and rng.random() < 0.5:
        choice = known.lids
    return rng.choice([*choice])


@dataclass(frozen=True)
class Views:
    """What an analysis is asked of."""

    view: GraphView
    evidence: EvidenceView
    uids: Sequence[str]


def each_pair(ask: Callable[[str, str], object], uids: Sequence[str]) -> list[object]:
    """The answer, or the refusal, for neighbouring ids of the list."""
    return [told(lambda a=a, b=b: ask(a, b)) for a, b in pairwise(uids)]


def told(ask: Callable[[], object]) -> object:
    """An answer; a refusal is told by its kind and words."""
    try:
        return ask()
    except (AnalyticsError, GraphcoreError) as error:
        return type(error).__name__, str(error)


def _report(views: Views, uid: str) -> object:
    chain = business_chain(views.view, uid)
    return build_report(
        views.view, chain, ReportOptions(made_at=THEN, records=views.evidence.records(chain.rids))
    )


def _chart(views: Views) -> object:
    found = views.view.expand(views.uids[:1], ExpandQuery(hops=3))
    return (
        build_chart(views.view, found, circle_layout, ChartOptions(title="", made_at=THEN))
        if found.entities
        else None
    )


def _proposal(views: Views) -> object:
    made = propose(views.evidence, rule_decision("run", THEN), types=("Person",))
    return sorted(map(repr, made.judgements)), made.summary


ANALYSES: Mapping[str, Callable[[Views], object]] = {
    "business_chain": lambda v: [told(lambda uid=uid: business_chain(v.view, uid)) for uid in v.uids],
    "find_communities": lambda v: [find_communities(v.view), find_communities(v.view, entity_types={"Person"})],
    "associates_of_offenders": lambda v: [associates_of_offenders(v.view), associates_of_offenders(v.view, walk=FRIENDS_OF_FRIENDS)],
    "parties_to": lambda v: sorted(parties_to(v.view, "crime")),
    "rank": lambda v: [told(lambda name=name: rank(v.view, name, top=100)) for name in MEASURES],
    "tally": lambda v: [tally(v.view, "Person", name) for name in ("name", "birth_date", "alias")],
    "business_paths": lambda v: each_pair(lambda a, b: business_paths(v.view, a, b), v.uids),
    "shortest_paths": lambda v: each_pair(lambda a, b: shortest_paths(v.view, a, b, PathQuery(k=5)), v.uids),
    "build_chart": _chart,
    "build_report": lambda v: [told(lambda uid=uid: _report(v, uid)) for uid in v.uids],
    "make_paper": lambda v: make_paper(v.view, sorted(v.view.labels), "", "", THEN),
    "propose": _proposal,
}  # fmt: skip
ASKED_BY_OTHERS = {
    "match_new": "judges inside a load: tests/property/identity/test_identity_live_property.py",
    "evaluate": "propose against a file of truth, for whoever tunes the rules",
    "curves": "propose against a file of truth, for whoever tunes the rules",
}
_READS = ("GraphView", "EvidenceView", "OriginReader")


def analyses() -> set[str]:
    """Names of the public functions in ``analytics`` that are given a view."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(analytics.__path__, "analytics."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(one) and one.__module__ == module.name and not name.startswith("_"):
                kinds = [str(p.annotation) for p in inspect.signature(one).parameters.values()]
                if any(read in kind for kind in kinds for read in _READS):
                    found.add(name)
    return found
