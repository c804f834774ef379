"""The API description is reviewed in the diff, and the application keeps to it."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.client import PURPOSE, Server
from tests.api.test_api_access import HOLDER

SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_description_is_as_reviewed(server: Server) -> None:
    """Set UPDATE_OPENAPI=1 to write it anew, then read the diff."""
    found = {**server.app.openapi(), "info": {"title": "ocb-graph"}}
    raw = orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    if os.environ.get("UPDATE_OPENAPI"):
        SNAPSHOT.write_bytes(raw)
    assert orjson.loads(SNAPSHOT.read_bytes()) == orjson.loads(raw)


def test_description_is_3_1_and_every_operation_is_told(server: Server) -> None:
    found = server.app.openapi()
    assert found["openapi"].startswith("3.1")
    for path, methods in found["paths"].items():
        for method, spec in methods.items():
            assert spec.get("description"), (method, path)
            assert spec["tags"], (method, path)


SKIPPED = {
    "signIn",
    "signOut",
    "closeAccount",
    "revokeToken",
    "createAccount",
    "changeAccount",
    "changePassword",
    "endSessions",
    "issueToken",
    "uploadFile",
    "previewFile",
}
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip


def _try_out(operation: Any, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def ask(case: schemathesis.Case) -> None:
        case.headers = headers
        case.call_and_validate(checks=CHECKS)

    ask()


@pytest.mark.slow
def test_nothing_within_the_description_breaks_it(server: Server) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", server.app, headers={"Host": "localhost"})
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        raw = operation.definition.raw
        if raw["operationId"] not in SKIPPED:
            token = server.tokens[HOLDER.get(raw["x-role"], "reader")]
            _try_out(operation, {"Authorization": f"Bearer {token}", "Host": "localhost", **PURPOSE})
            tried += 1
    assert tried > 25
