"""Identity and withdrawal: what they move in the graph, and that both can be taken back."""

import pytest

from graphcore.errors import LedgerError
from graphcore.evidence.ledger import Ledger, UnknownKeyError
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.store.project import Projection
from tests.unit.ledger.ledger_kit import (
    COVERT,
    NOON,
    StrictStore,
    context,
    entity,
    evidence,
    link,
    load,
    ref,
    uid,
)

ANNE, BERT, CARA = ref("1"), ref("2"), ref("3")
ANNA = ref("77", source="beta")


@pytest.fixture
def store(ledger: Ledger) -> StrictStore:
    """Anne and Bert, Bert and Cara are linked; beta's Anna is linked to Bert and to Anne."""
    load(ledger, *map(entity, (ANNE, BERT, CARA)), link(ANNE, BERT), link(BERT, CARA))
    load(
        ledger,
        entity(ANNA, name=("Anna",)),
        link(ANNA, BERT, stated_by="beta"),
        link(ANNA, ANNE, stated_by="beta"),
    )
    store = StrictStore()
    Projection(ledger, store, batch=3).catch_up()
    return store


def ends(store: StrictStore) -> list[tuple[str, str]]:
    return sorted((state.source, state.target) for state in store.links.values())


def pair(*refs: str) -> tuple[str, ...]:
    return tuple(sorted(refs))


def test_a_merge_joins_links_and_its_undoing_restores_everything(ledger: Ledger, store: StrictStore) -> None:
    before = store.fingerprint()
    projection = Projection(ledger, store, batch=1)

    assert ledger.recluster({uid(ANNA): uid(ANNE)}) == 1
    projection.catch_up()
    assert uid(ANNA) not in store.entities
    merged = store.entities[uid(ANNE)]
    assert [a.origin_id for a in merged.assertions] == [uid(ANNE), uid(ANNA)]
    # the link between the two is not shown, and the two links to Bert are one
    assert ends(store) == sorted([pair(uid(ANNE), uid(BERT)), pair(uid(BERT), uid(CARA))])
    joined = next(s for s in store.links.values() if uid(ANNE) in (s.source, s.target))
    assert sorted({a.source for a in joined.assertions}) == ["alpha", "beta"]

    ledger.recluster({uid(ANNA): uid(ANNA)})
    projection.catch_up()
    assert store.fingerprint() == before


def test_a_self_link_of_a_source_stays_a_link(ledger: Ledger) -> None:
    load(ledger, entity(ANNE), entity(ANNA), link(ANNE, ANNE))
    ledger.recluster({uid(ANNE): uid(ANNA)})
    (state,) = ledger.link_states([*ledger.all_lids()])
    assert (state.source, state.target) == (uid(ANNA), uid(ANNA))


def test_a_link_that_comes_after_a_merge_joins_the_cluster(ledger: Ledger, store: StrictStore) -> None:
    ledger.recluster({uid(ANNA): uid(ANNE)})
    load(ledger, link(ANNA, CARA, stated_by="beta"))
    load(ledger, entity(ANNA, name=("Annie",)))
    Projection(ledger, store, batch=2).catch_up()
    assert pair(uid(ANNE), uid(CARA)) in ends(store)
    assert [a.caption for a in store.entities[uid(ANNE)].assertions] == ["Name of 1", "Anna", "Annie"]


def test_moving_to_where_it_is_says_nothing(ledger: Ledger, store: StrictStore) -> None:
    last = ledger.last_outbox()
    assert ledger.recluster({uid(ANNE): uid(ANNE)}) == 0
    assert ledger.last_outbox() == last


def test_unknown_origins_are_refused_and_nothing_moves(ledger: Ledger, store: StrictStore) -> None:
    last = ledger.last_outbox()
    with pytest.raises(UnknownKeyError, match="load"):
        ledger.recluster({uid(ANNA): uid(ANNE), "nobody": uid(ANNE)})
    with pytest.raises(UnknownKeyError):
        ledger.recluster({uid(ANNA): "nowhere"})
    assert ledger.last_outbox() == last


def test_clusters_names_members_oldest_first(ledger: Ledger, store: StrictStore) -> None:
    ledger.recluster({uid(ANNA): uid(ANNE), uid(CARA): uid(ANNE)})
    members = ledger.clusters([uid(CARA)])
    assert [m.origin_id for m in members] == [uid(ANNE), uid(CARA), uid(ANNA)]
    assert {m.uid for m in members} == {uid(ANNE)}
    assert [m.first_seq for m in members] == sorted(m.first_seq for m in members)


def decided(decision_id: str, left: str, right: str, *, reversible: bool = True) -> Judgement:
    decision = Decision(decision_id, "reviewer 7", "same birth date", NOON, reversible)
    return Judgement(*sorted((left, right)), Verdict.SAME, decision, 0.93)


def test_judgements_are_kept_with_what_follows_and_can_be_undone(ledger: Ledger, store: StrictStore) -> None:
    made = decided("d1", uid(ANNE), uid(ANNA))
    ledger.judge([made], {uid(ANNA): uid(ANNE)})
    ledger.judge([made])
    assert ledger.judgements() == (made,)
    assert {m.uid for m in ledger.clusters([uid(ANNA)])} == {uid(ANNE)}

    ledger.undo("d1", {uid(ANNA): uid(ANNA)}, undone_by="reviewer 8")
    ledger.undo("d1")
    assert ledger.judgements() == ()
    assert ledger.judgements(with_undone=True) == (made,)
    before = store.fingerprint()
    Projection(ledger, store).catch_up()
    assert store.fingerprint() == before


def test_judgements_on_nothing_and_undoing_for_good_are_refused(ledger: Ledger, store: StrictStore) -> None:
    with pytest.raises(UnknownKeyError, match="load their source first"):
        ledger.judge([decided("d1", uid(ANNE), "zzz")])
    with pytest.raises(UnknownKeyError, match="decision d9"):
        ledger.undo("d9")
    ledger.judge([decided("d2", uid(ANNE), uid(ANNA), reversible=False)])
    with pytest.raises(LedgerError, match="cannot be undone"):
        ledger.undo("d2")
    assert len(ledger.judgements()) == 1
    with pytest.raises(ValueError, match="two different origins"):
        Judgement("b", "a", Verdict.UNSURE, decided("d3", "a", "b").decision)


def test_withdrawing_a_source_removes_what_only_it_asserted(ledger: Ledger, store: StrictStore) -> None:
    load(ledger, link(ANNE, BERT, stated_by="beta", properties={"weight": (2.0,)}))
    Projection(ledger, store).catch_up()
    full = store.fingerprint()

    assert ledger.withdraw_source("beta") == 4
    assert ledger.withdraw_source("beta") == 0
    Projection(ledger, store, batch=1).catch_up()
    assert uid(ANNA) not in store.entities
    assert ends(store) == sorted([pair(uid(ANNE), uid(BERT)), pair(uid(BERT), uid(CARA))])
    assert {a.source for s in (*store.entities.values(), *store.links.values()) for a in s.assertions} == {
        "alpha"
    }

    rebuilt = StrictStore()
    Projection(ledger, rebuilt, batch=2).rebuild()
    assert rebuilt.fingerprint() == store.fingerprint()

    again = load(
        ledger, entity(ANNA, name=("Anna",)), link(ANNA, BERT, stated_by="beta"), link(ANNA, ANNE, stated_by="beta"),
        link(ANNE, BERT, stated_by="beta", properties={"weight": (2.0,)}),
    )  # fmt: skip
    assert (again.loaded, again.unchanged) == (4, 0)
    Projection(ledger, store, batch=1).catch_up()
    assert store.fingerprint() == full


def test_links_of_others_go_and_come_back_with_the_entity(ledger: Ledger, store: StrictStore) -> None:
    load(ledger, link(ANNA, CARA, stated_by="alpha"))
    ledger.withdraw_source("beta")
    # said while the entity is away: kept, not shown
    load(ledger, link(ANNA, BERT, stated_by="alpha"))
    Projection(ledger, store, batch=1).catch_up()
    assert uid(ANNA) not in {end for link_ends in ends(store) for end in link_ends}
    load(ledger, entity(ANNA, name=("Anna",)))
    Projection(ledger, store, batch=1).catch_up()
    assert {pair(uid(ANNA), uid(CARA)), pair(uid(ANNA), uid(BERT))} <= set(ends(store))
    assert pair(uid(ANNA), uid(ANNE)) not in ends(store)


def test_withdrawn_records_are_not_shown_to_people(ledger: Ledger, store: StrictStore) -> None:
    rids = [a.rid for a in store.entities[uid(ANNA)].assertions]
    view = ledger.view(context())
    assert len(view.records(rids)) == 1
    ledger.withdraw_source("beta")
    assert view.records(rids) == ()
    assert view.uid_of(None, "77") == ()


def test_an_end_that_went_and_came_back_is_written_with_its_link(ledger: Ledger) -> None:
    """A page may name a link whose end comes back only on a later page: the end goes with the link."""
    store = StrictStore()
    load(ledger, entity(ANNE), entity(ANNA))
    Projection(ledger, store).catch_up()
    ledger.withdraw_source("beta")
    ledger.withdraw_source("alpha")
    Projection(ledger, store).catch_up()
    assert store.entities == {}
    load(ledger, link(ANNE, ANNA, evidence(label=COVERT)))
    load(ledger, entity(BERT))
    load(ledger, entity(ANNE), entity(ANNA))
    Projection(ledger, store, batch=1).catch_up()
    assert len(store.links) == 1
