"""What people may read of the evidence: by label, by time, and never of an end that they may not know of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graphcore.access import AccessLabel
from graphcore.errors import AccessDeniedError
from graphcore.evidence import Grading, GradingScheme
from graphcore.evidence.ledger import Ledger
from graphcore.model.times import TimeSpan
from tests.unit.ledger.ledger_kit import COVERT, NOON, context, entity, evidence, link, load, ref, uid

ANNE, BERT = ref("1"), ref("2")
CLEARED = context(compartments=frozenset({"LARCH"}))


def rids(ledger: Ledger, *keys: str) -> list[str]:
    states = (*ledger.entity_states(keys), *ledger.link_states(keys))
    return [assertion.rid for state in states for assertion in state.assertions]


def test_a_record_comes_back_as_it_was_given(ledger: Ledger) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    said = evidence(
        row=7,
        label=AccessLabel(handling_scheme="3x5x2", handling_code="P"),
        grading=Grading(GradingScheme.THREE_FIVE_TWO, "1", "B"),
        valid=TimeSpan(start, start + timedelta(days=1)),
        known_at=start,
        original={"NAME": "ANNE", "n": 3},
    )
    load(ledger, entity(ANNE, said, name=("Anne",)))
    (found,) = ledger.view(context()).records(rids(ledger, uid(ANNE)))
    assert (found.kind, found.type, found.source, found.reference) == ("entity", "Person", "alpha", "1")
    assert (found.file, found.row, found.batch, found.seq) == ("f.csv", 7, 1, 1)
    assert found.original == {"NAME": "ANNE", "n": 3}
    assert found.properties == {"name": ("Anne",)}
    assert (found.grading, found.label, found.valid, found.known_at) == (
        said.grading,
        said.label,
        said.valid,
        start,
    )


def test_hidden_and_unknown_records_get_the_same_answer(ledger: Ledger) -> None:
    load(ledger, entity(ANNE, name=("Anne",)), entity(ANNE, evidence(label=COVERT), name=("Nightjar",)))
    wanted = [*rids(ledger, uid(ANNE)), "no such record"]
    assert [r.properties["name"] for r in ledger.view(context()).records(wanted)] == [("Anne",)]
    assert len(ledger.view(CLEARED).records([*wanted, *wanted])) == 2


def test_a_link_record_needs_both_ends_visible(ledger: Ledger) -> None:
    load(ledger, entity(ANNE), entity(BERT, evidence(label=COVERT)), link(ANNE, BERT))
    wanted = rids(ledger, *ledger.all_lids())
    assert ledger.view(context()).records(wanted) == ()
    assert len(ledger.view(CLEARED).records(wanted)) == 1
    load(ledger, entity(BERT, name=("open name",)))
    assert len(ledger.view(context()).records(wanted)) == 1


def test_a_waiting_link_is_shown_to_nobody(ledger: Ledger) -> None:
    load(ledger, entity(ANNE), link(ANNE, BERT))
    load(ledger, entity(BERT))
    wanted = rids(ledger, *ledger.all_lids())
    assert len(ledger.view(context()).records(wanted)) == 1


def test_as_at_shows_only_what_was_known_then(ledger: Ledger) -> None:
    load(
        ledger,
        entity(ANNE, evidence(known_at=NOON - timedelta(days=2)), name=("old",)),
        entity(ANNE, name=("new",)),
    )
    wanted = rids(ledger, uid(ANNE))
    view = ledger.view(context(as_at=NOON - timedelta(days=1)))
    assert [r.properties["name"] for r in view.records(wanted)] == [("old",)]
    assert len(ledger.view(context(as_at=NOON)).records(wanted)) == 2
    early = ledger.view(context(as_at=NOON - timedelta(days=3)))
    assert (early.records(wanted), early.uid_of(None, "1"), early.origins(uid(ANNE))) == ((), (), ())


def test_uid_of_finds_by_reference_type_and_source(ledger: Ledger) -> None:
    firm, other = ref("1", entity_type="Business"), ref("1", source="beta")
    load(ledger, entity(ANNE), entity(firm), entity(other), entity(BERT, evidence(label=COVERT)))
    view = ledger.view(context())
    assert view.uid_of(None, "1") == tuple(sorted(map(uid, (ANNE, firm, other))))
    assert view.uid_of("Person", "1", "beta") == (uid(other),)
    assert view.uid_of("Business", "1") == (uid(firm),)
    assert view.uid_of(None, "2") == ()
    assert ledger.view(CLEARED).uid_of(None, "2") == (uid(BERT),)
    ledger.recluster({uid(other): uid(ANNE)})
    assert view.uid_of("Person", "1") == (uid(ANNE),)


def test_origins_lists_the_visible_members_of_a_cluster(ledger: Ledger) -> None:
    other = ref("9", source="beta")
    load(ledger, entity(ANNE), entity(other, evidence(label=COVERT)))
    ledger.recluster({uid(other): uid(ANNE)})
    assert [o.source for o in ledger.view(context()).origins(uid(ANNE))] == ["alpha"]
    assert [(o.source, o.reference) for o in ledger.view(CLEARED).origins(uid(ANNE))] == [
        ("alpha", "1"),
        ("beta", "9"),
    ]
    assert ledger.view(CLEARED).origins("nobody") == ()


def test_iter_origins_merges_visible_values_oldest_first(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphcore.evidence.ledger.origins_view.PAGE", 3)
    people = [ref(str(n)) for n in range(10)]
    load(ledger, *map(entity, people), entity(ref("x", entity_type="Business")))
    load(
        ledger,
        entity(people[0], name=("b", "a"), age=(1,)),
        entity(people[0], age=(True, 1.0, 1)),
        entity(people[1], evidence(label=COVERT), name=("covert",)),
    )
    found = [*ledger.view(context()).iter_origins("Person")]
    assert [item.origin_id for item in found] == sorted(map(uid, people))
    named = {item.reference: item for item in found}
    assert named["0"].properties == {"name": ("Name of 0", "b", "a"), "age": (1, True, 1.0)}
    assert named["1"].properties == {"name": ("Name of 1",)}
    assert (named["1"].uid, named["1"].first_seq) == (uid(people[1]), 2)
    assert [*ledger.view(context()).iter_origins("Vehicle")] == []
    load(ledger, entity(ref("hidden"), evidence(label=COVERT)))
    for view in (ledger.view(context()), ledger.view(CLEARED)):
        assert [(one.origin_id, one.uid, one.first_seq) for one in view.iter_places("Person")] == [
            (one.origin_id, one.uid, one.first_seq) for one in view.iter_origins("Person")
        ]


def test_reading_without_subject_or_reason_is_refused(ledger: Ledger) -> None:
    with pytest.raises(AccessDeniedError, match="no purpose"):
        ledger.view(context(reason=" "))
    with pytest.raises(AccessDeniedError, match="no subject"):
        ledger.view(replace(context(), subject=""))
