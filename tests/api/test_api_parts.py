"""Small parts of the server on their own."""

from pathlib import Path

import orjson
import pytest

from api.answers import json_answer, json_line
from api.auth import AuthService
from api.auth.passwords import random_password
from api.errors import ProblemError
from api.fairness import Fairness, Turns
from api.jobs.request import asked_by, context_of
from api.serve import FIRST_NAME, application, first_account
from api.settings import Settings
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit.log import utc_now
from graphcore.workspace import Workspace


def test_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Settings.from_environment(tmp_path).hosts == ("127.0.0.1", "localhost")
    assert Settings.from_environment(tmp_path, host="10.0.0.5").hosts == (
        "127.0.0.1",
        "localhost",
        "10.0.0.5",
    )
    monkeypatch.setenv("OCB_HOSTS", "graph.northshire.example, 10.0.0.5")
    monkeypatch.setenv("OCB_BODY_LIMIT", "1000")
    monkeypatch.setenv("OCB_COOKIE_SECURE", "1")
    found = Settings.from_environment(tmp_path, "neo4j", host="0.0.0.0")
    assert found.hosts == ("graph.northshire.example", "10.0.0.5")
    assert (found.body_limit, found.cookie_secure, found.store) == (1000, True, "neo4j")


@pytest.mark.parametrize("value", ["0", "-1", "ten", "1e3", "²"])
def test_setting_that_is_no_number_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("OCB_TIMEOUT_S", value)
    with pytest.raises(ValueError, match="OCB_TIMEOUT_S"):
        Settings.from_environment(tmp_path)


def test_first_account_is_cleared_like_the_operator(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(
        "operator: {organisation: Northshire, clearance: OFFICIAL-SENSITIVE, compartments: [KESTREL]}\n"
    )
    with Workspace.open(tmp_path) as workspace:
        first = first_account(workspace)
        assert first is not None
        assert first_account(workspace) is None
        auth = AuthService(tmp_path, workspace.audit, utc_now)
        token = auth.sign_in(
            FIRST_NAME, first.password, "127.0.0.1", Purpose(PurposeCode.INVESTIGATION, "test")
        )
        principal = auth.principal(token, session=True)
        auth.close()
    assert principal is not None
    profile = principal.account.profile
    assert (profile.organisation, profile.clearance) == ("Northshire", "OFFICIAL-SENSITIVE")
    assert profile.compartments == {"KESTREL"}
    assert "auditor" not in profile.roles


def test_application_of_the_worker_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCB_SERVE_WORKSPACE", str(tmp_path))
    app = application()
    assert app.openapi()["info"]["title"] == "ocb-graph"
    app.state.services.close()


def test_passwords_are_long_and_never_the_same() -> None:
    made = {random_password() for _ in range(100)}
    assert len(made) == 100
    assert {len(password) for password in made} == {24}


def test_answers_take_what_views_hold() -> None:
    assert json_answer({"types": frozenset({"b", "a"})}).body == b'{"types":["a","b"]}'
    assert json_line({"a": 1}) == b'{"a":1}\n'
    with pytest.raises(TypeError):
        json_answer({"a": object()})


def test_fairness_counts_all_and_each() -> None:
    fair = Fairness(Turns(at_once=2, per_subject=1, waiting_per_subject=0))
    with fair.turn("a"):
        with pytest.raises(ProblemError), fair.turn("a"):
            pytest.fail("a has its turn already")
        with fair.turn("b"), pytest.raises(ProblemError), fair.turn("c"):
            pytest.fail("two are under way")
    with fair.turn("c"):
        pass


def test_context_of_a_job_is_that_of_its_caller() -> None:
    purpose = Purpose(PurposeCode.DETECTION, "x", "Larkspur")
    told = {"clearance": Marking.OFFICIAL_SENSITIVE, "compartments": frozenset({"KESTREL"}), "team": "ROCU"}
    more = {
        "operations": frozenset({"Larkspur", "Wren"}),
        "law_enforcement": False,
        "may_read_conditional": True,
    }
    context = AccessContext("reader", "Northshire", purpose=purpose, **told, **more)
    assert context_of("reader", orjson.loads(orjson.dumps(asked_by(context)))) == context
    later = {"as_at", "grants", "now", "rules"}  # of the time when the job is done
    assert set(AccessContext.__slots__) - {"subject", "purpose"} - later <= set(asked_by(context))
