"""Grants: for one operation, until a time, revocable, and never altered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from graphcore.access import AccessContext, AccessLabel, Grantee, Marking, Purpose, PurposeCode, Scope, decide
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger import Ledger
from graphcore.evidence.ledger.access_tables import access_grant, grant_end
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.model.ids import IdMaker

START = datetime(2026, 3, 1, tzinfo=UTC)
KITE = AccessLabel(compartment="KITE")
ANN = AccessContext(
    "ann", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "test", "Larkspur"),
    team="Serious crime", operations=frozenset({"Larkspur"}),
)  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger.open(tmp_path / "ledger.sqlite3", IdMaker(b"k" * 32), clock=clock)
    yield made
    made.close()


def new(grantee: Grantee = Grantee.SUBJECT, name: str = "ann", **changes: object) -> NewGrant:
    fields = {
        "scope": Scope.COMPARTMENT,
        "over": "KITE",
        "operation": "Larkspur",
        "until": START + timedelta(days=7),
    }
    return NewGrant(grantee, name, **{**fields, **changes})  # type: ignore[arg-type]


def sees(ledger: Ledger, context: AccessContext = ANN, label: AccessLabel = KITE) -> bool:
    return decide(label, ledger.grants.admit(context)).allow


@pytest.mark.parametrize(
    ("grantee", "name"),
    [
        (Grantee.SUBJECT, "ann"),
        (Grantee.TEAM, "Northshire/Serious crime"),
        (Grantee.ORGANISATION, "Northshire"),
    ],
)
def test_a_grant_opens_a_compartment_to_whom_it_names(ledger: Ledger, grantee: Grantee, name: str) -> None:
    assert not sees(ledger)
    ledger.grants.give(new(grantee, name), by="owner", reason="joint operation")
    assert sees(ledger)
    assert not sees(ledger, replace(ANN, subject="bo", organisation="Portside"))
    assert not sees(ledger, label=AccessLabel(compartment="KESTREL"))
    assert not decide(KITE, ANN).allow  # a context that was not admitted has no grants


@pytest.mark.catalogue("A06")
def test_a_grant_counts_until_its_time_and_in_its_operation_alone(ledger: Ledger, clock: Clock) -> None:
    ledger.grants.give(new(), by="owner", reason="joint operation")
    other = replace(ANN, purpose=Purpose(PurposeCode.INVESTIGATION, "test", "Foxglove"))
    assert (sees(ledger), sees(ledger, other), sees(ledger, replace(ANN, purpose=None))) == (
        True,
        False,
        False,
    )
    held = ledger.grants.admit(ANN)
    assert decide(KITE, held).allow
    clock.now = START + timedelta(days=7)
    assert not sees(ledger)
    assert decide(KITE, replace(held, now=clock.now)).reasons == ("compartment",)
    assert decide(KITE, replace(held, now=None)).reasons == ("compartment",)
    assert [one.state(clock.now) for one in ledger.grants.history()] == ["expired"]


def test_members_must_be_known_to_work_on_the_operation(ledger: Ledger) -> None:
    ledger.grants.give(new(Grantee.ORGANISATION, "Northshire"), by="owner", reason="joint operation")
    assert not sees(ledger, replace(ANN, operations=frozenset()))
    ledger.grants.give(new(), by="owner", reason="joint operation")
    assert sees(ledger, replace(ANN, operations=frozenset()))  # named in person


def test_an_originator_may_open_what_it_shares_under_conditions_and_no_more(ledger: Ledger) -> None:
    shared = AccessLabel(handling_scheme="3x5x2", handling_code="C", originator="Portside")
    closed = AccessLabel(handling_scheme="5x5x5", handling_code="4", originator="Portside")
    assert not sees(ledger, label=shared)
    ledger.grants.give(new(scope=Scope.ORIGINATOR, over="Portside"), by="owner", reason="asked for")
    assert sees(ledger, label=shared)
    assert not sees(ledger, label=closed)
    assert not sees(ledger, label=replace(shared, originator="Elsewhere"))


@pytest.mark.catalogue("A35")
def test_a_revoked_grant_counts_for_no_later_read(ledger: Ledger) -> None:
    given = ledger.grants.give(new(), by="owner", reason="joint operation")
    again = Ledger.open(Path(ledger._database.where), IdMaker(b"k" * 32), clock=lambda: START)
    assert sees(again)
    ended = ledger.grants.revoke(given.grant.grant_id, by="chief", reason="over")
    assert (ended.revoked_by, ended.revoked_for, ended.given_by, ended.reason) == (
        "chief", "over", "owner", "joint operation",
    )  # fmt: skip
    assert not sees(ledger)
    assert not sees(again)
    again.close()
    assert [one.state(START) for one in ledger.grants.history()] == ["revoked"]
    assert ledger.grants.standing() == []
    with pytest.raises(LedgerError, match="was revoked before"):
        ledger.grants.revoke(given.grant.grant_id, by="chief", reason="over")
    with pytest.raises(LedgerError, match="no such grant"):
        ledger.grants.revoke("none", by="chief", reason="over")


def test_grants_are_never_altered(ledger: Ledger) -> None:
    given = ledger.grants.give(new(), by="owner", reason="joint operation")
    ledger.grants.revoke(given.grant.grant_id, by="owner", reason="over")
    for statement in (
        access_grant.update().values(until="9999"), access_grant.delete(), grant_end.delete(),
    ):  # fmt: skip
        with pytest.raises((IntegrityError, LedgerError)), ledger._database.writing() as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"over": " "}, "over is empty"),
        ({"operation": ""}, "operation is empty"),
        ({"name": "x" * 501}, "name is empty, too long"),
        ({"name": "a\nb"}, "not printable"),
        ({"until": datetime(2027, 1, 1)}, "no time zone"),  # noqa: DTZ001
        ({"grantee": Grantee.TEAM, "name": "Northshire"}, "ORGANISATION/TEAM"),
    ],
)
def test_what_is_no_grant_is_refused(changes: dict[str, object], told: str) -> None:
    fields = {"grantee": Grantee.SUBJECT, "name": "ann", **changes}
    with pytest.raises(ValueRefusedError, match=told):
        new(**fields)  # type: ignore[arg-type]


def test_a_grant_needs_a_reason_and_time_left(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="reason"):
        ledger.grants.give(new(), by="owner", reason=" ")
    with pytest.raises(LedgerError, match="run out"):
        ledger.grants.give(new(until=START), by="owner", reason="late")
