"""Every route of the API description, as everybody: a route that is added is asked for here, or the test fails."""

from typing import Any

import pytest

from api.auth.model import Role
from tests.api import world
from tests.api.client import ACCOUNTS, Server
from tests.api.conftest import World

PUBLIC = {
    "signIn", "readHealth", "readWaysToSignIn", "beginProviderSignIn", "finishProviderSignIn", "endProviderSessions",
}  # fmt: skip
NO_PROVIDER = {
    "beginProviderSignIn",
    "finishProviderSignIn",
    "endProviderSessions",
}  # 404 here; see tests/oidc
GRANT = {
    "grantee": "subject", "name": "reader", "scope": "compartment", "over": "KESTREL", "operation": "Other",
    "until": "2099-01-01T00:00:00Z", "why": "test",
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "signIn": {
        "json": {"name": "reader", "password": "wrong password 1", "purpose": "investigation", "reason": "x"}
    },
    "beginProviderSignIn": {"json": {"purpose": "investigation", "reason": "x"}},
    "endProviderSessions": {"data": {"logout_token": "a.b.c"}},
    "changePassword": {"json": {"current": "wrong password 1", "new": "another long password"}},
    "changeAccount": {"json": {"organisation": "N", "roles": ["reader"]}},
    "setPurpose": {"json": {"purpose": "detection", "reason": "another"}},
    "buildChart": {"json": {"uids": ["unknown"]}},
    "createAccount": {
        "json": {"name": "new", "password": "correct horse battery", "organisation": "N", "roles": ["reader"]}
    },
    "issueToken": {"json": {"label": "x"}},
    "judgePairs": {"json": {"pairs": [{"left": "a", "right": "b"}], "verdict": "same", "reason": "x"}},
    "joinEntities": {"json": {"left": "a", "right": "b", "reason": "x"}},
    "splitEntity": {"json": {"out": ["a"], "reason": "x"}},
    "confirmDecision": {"json": {"reason": "x"}},
    "undoDecision": {"json": {"reason": "x"}},
    "runIdentity": {"json": {}},
    "acceptSuggestion": {"json": {"type": "Person"}},
    "rejectSuggestion": {"json": {"reason": "x"}},
    "retryRefused": {"json": {"reason": "x"}},
    "removeBatch": {"json": {"reason": "x"}},
    "restoreBatch": {"json": {"reason": "x"}},
    "loadFromInbox": {"json": {"source": "pole_csv", "name": "nothing"}},
    "addLexiconTerm": {"json": {"list_name": "local", "id": "quern", "word": "quern", "why": "test"}},
    "withdrawLexiconTerm": {"json": {"list_name": "local", "id": "unheard", "why": "test"}},
    "importLexicon": {"json": {"text": "no lexicon", "why": "test"}},
    "previewFromInbox": {"json": {"name": "nothing"}},
    "previewFile": {"files": {"file": ("a.csv", b"a,b")}},
    "changeRegister": {"json": {"entry": {"organisation": "N"}, "why": "test"}},
    "settleAlert": {"json": {"reason": "x"}},
    "giveGrant": {"json": GRANT},
    "revokeGrant": {"json": {"why": "over"}},
    "explainAccess": {"json": {"subject": "reader"}},
    "findPointers": {"params": {"uid": "unknown"}},
    "openRequest": {"json": {"uid": "unknown", "pointer": "a" * 24, "question": "x"}},
    "chaseRequest": {"json": {"why": "x"}},
    "answerRequest": {"json": {"text": "x", "gateway": "x"}},
    "refuseRequest": {"json": {"why": "x"}},
    "escalateRequest": {"json": {"why": "x"}},
    "declareOperation": {"json": {"open": True, "why": "x"}},
    "uploadFile": {"data": {"source": "none"}, "files": {"file": ("a.csv", b"a,b")}},
}
HOLDER = {
    Role.READER: "reader", Role.LOADER: "loader", Role.REVIEWER: "reviewer", Role.ADMIN: "admin", Role.AUDITOR: "auditor",
    Role.SUPERVISOR: "supervisor", Role.OWNER: "owner",
}  # fmt: skip


def operations(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    paths = server.app.openapi()["paths"]
    return [
        (method.upper(), path, spec) for path, methods in paths.items() for method, spec in methods.items()
    ]


def call(
    server: Server,
    operation: tuple[str, str, dict[str, Any]],
    uids: dict[Any, str],
    who: str | None,
    **rest: Any,
) -> Any:
    method, path, spec = operation
    filled = path.format(
        uid=uids[world.WASH],
        lid="unknown",
        measure="degree",
        type="Person",
        name="nobody",
        token_id="0" * 24,
        job_id="0",
        reference=server.services.workspace.ids.reference("batch", 1),
        suggestion_id="a" * 24,
        decision_id="nothing",
        alert_id="a" * 24,
        grant_id="0" * 16,
        request_id="0" * 16,
        operation="Larkspur",
        source="call_records",
        key=uids[world.WASH],
    )
    needed = [one for one in spec.get("parameters", []) if one["in"] == "query" and one.get("required")]
    values = {
        "q": "suds",
        "uid": uids[world.WASH],
        "source": uids[world.MAGS],
        "left": uids[world.MAGS],
        "right": uids[world.DEV],
        "type": "Person",
        "target": uids[world.DEV],
    }
    query = {one["name"]: values[one["name"]] for one in needed}
    body = {"params": query, **BODIES.get(spec["operationId"], {})}
    return server.request(method, filled, who, **body, **rest)


def test_every_operation_says_who_may_call_it(server: Server) -> None:
    found = operations(server)
    assert len(found) > 30
    for method, path, spec in found:
        assert spec["x-role"] in {*Role, "anyone", "public"}, (method, path)
        assert spec["operationId"]
        assert {"401", "403", "503"} <= set(spec["responses"]), (method, path)
        reads_data = spec["x-role"] in {"reader", "loader", "reviewer", "auditor", "supervisor", "owner"}
        assert spec["x-purpose"] is reads_data, (method, path)
    public = {spec["operationId"] for _, _, spec in found if spec["x-role"] == "public"}
    assert public == PUBLIC
    assert len({spec["operationId"] for _, _, spec in found}) == len(found)


@pytest.mark.catalogue("A01")
def test_anonymous_is_refused_everywhere(server: Server, loaded: World) -> None:
    for operation in operations(server):
        answer = call(server, operation, loaded.uids, None)
        name = operation[2]["operationId"]
        if name in {"readHealth", "readWaysToSignIn"}:
            assert answer.status_code == 200
        elif name in NO_PROVIDER:
            assert answer.status_code == 404
        else:
            assert answer.status_code == 401, operation[:2]
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["", "ocb_nonsense", "x" * 5000])
def test_wrong_tokens_are_refused(server: Server, token: str) -> None:
    answer = server.get("/v1/stats", None, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert server.get("/v1/stats?access_token=" + server.tokens["reader"], None).status_code == 401
    assert (
        server.get(
            "/v1/stats", None, headers={"Authorization": "Basic " + server.tokens["reader"]}
        ).status_code
        == 401
    )


@pytest.mark.catalogue("A02")
def test_no_purpose_is_refused_wherever_data_is_read(server: Server, loaded: World) -> None:
    for operation in operations(server):
        role = operation[2]["x-role"]
        if operation[2]["x-purpose"]:
            answer = call(server, operation, loaded.uids, HOLDER[Role(role)], purpose=False)
            assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "purpose"), (
                operation[:2]
            )


@pytest.mark.catalogue("A03")
def test_wrong_purpose_is_refused_wherever_data_is_read(server: Server, loaded: World) -> None:
    wrong = {"X-Purpose": "curiosity", "X-Purpose-Reason": "x"}
    for operation in operations(server):
        if operation[2]["x-purpose"]:
            who = HOLDER[Role(operation[2]["x-role"])]
            answer = call(server, operation, loaded.uids, who, purpose=False, headers=wrong)
            assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "purpose"), (
                operation[:2]
            )


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Purpose": "curiosity", "X-Purpose-Reason": "x"},
        {"X-Purpose": "system", "X-Purpose-Reason": "x"},
        {"X-Purpose": "investigation", "X-Purpose-Reason": "   "},
        {"X-Purpose": "investigation"},
        {"X-Purpose": "investigation", "X-Purpose-Reason": "x" * 501},
    ],
)
def test_wrong_purpose_is_refused(server: Server, headers: dict[str, str]) -> None:
    assert server.get("/v1/stats", purpose=False, headers=headers).status_code == 403


def test_wrong_role_is_refused_everywhere(server: Server, loaded: World) -> None:
    for operation in operations(server):
        role = operation[2]["x-role"]
        if role in {"anyone", "public"}:
            continue
        for who, profile in ACCOUNTS.items():
            if role not in profile.roles:
                answer = call(server, operation, loaded.uids, who)
                assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "role"), (
                    operation[:2],
                    who,
                )


def test_allowed_is_never_refused(server: Server, loaded: World) -> None:
    expected = {
        "signIn": 401,
        **dict.fromkeys(NO_PROVIDER, 404),
        "changeAccount": 422,
        "endSessions": 422,
        "changePassword": 401,
        "setPurpose": 409,
        "buildChart": 404,
        "readLinkEvidence": 404,
        "readLinkOccurrences": 404,
        "readOutput": 404,
        "readJob": 404,
        "settleAlert": 404,
        "cancelJob": 404,
        "loadFromInbox": 404,
        "readLexiconList": 404,
        "addLexiconTerm": 201,
        "withdrawLexiconTerm": 422,
        "importLexicon": 422,
        "uploadFile": 422,
        "readRegister": 404,
        "previewFromInbox": 404,
        "judgePairs": 404,
        "joinEntities": 404,
        "splitEntity": 404,
        "confirmDecision": 404,
        "undoDecision": 404,
        "runIdentity": 202,
        "readIdentityModel": 404,
        "acceptSuggestion": 404,
        "rejectSuggestion": 404,
        "retryRefused": 202,
        "removeBatch": 202,
        "restoreBatch": 202,
        "closeAccount": 422,
        "revokeToken": 404,
        "createAccount": 201,
        "issueToken": 201,
        "giveGrant": 201,
        "revokeGrant": 404,
        "openRequest": 404,
        "chaseRequest": 404,
        "answerRequest": 404,
        "refuseRequest": 404,
        "escalateRequest": 404,
    }
    for operation in operations(server):
        name, role = operation[2]["operationId"], operation[2]["x-role"]
        if name == "signOut":  # ends the token; has its own test
            continue
        who = HOLDER[Role(role)] if role in set(Role) else "reader"
        answer = call(server, operation, loaded.uids, who)
        assert answer.status_code == expected.get(name, 200), (name, answer.text)


def test_refusals_are_in_the_audit_log(server: Server) -> None:
    server.get("/v1/stats", "auditor")
    server.get("/v1/stats", "reader", purpose=False)
    rows = server.services.audit.rows(0, 10_000)
    last = [(row.event.subject, row.event.action, row.event.status) for row in rows][-2:]
    assert last == [("auditor", "role", "refused"), ("reader", "purpose", "refused")]


@pytest.mark.catalogue("U18", "U19")
def test_auditor_reads_the_log_and_nothing_else_and_that_is_logged(server: Server) -> None:
    answer = server.get("/v1/audit/rows?limit=1000", "auditor")
    assert answer.status_code == 200
    assert answer.json()["rows"][0]["seq"] == 1
    assert server.services.audit.rows(0, 10_000)[-1].event.action == "audit.read"
    report = server.get("/v1/audit/verify", "auditor").json()
    assert (report["sound"], report["problems"], report["unknown_outcomes"]) == (True, [], [])
    assert report["checkpoint"]["seq"] == report["rows"]
