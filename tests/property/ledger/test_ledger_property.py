"""Whatever is loaded, in whatever order, however often, with identity and withdrawal in between: one graph."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.evidence import EntityRecord, OriginRef, Record
from graphcore.evidence.ledger import Ledger, dialect
from graphcore.model.times import TimeSpan
from graphcore.store.project import Projection
from tests.unit.ledger.ledger_kit import COVERT, OPEN, StrictStore, entity, evidence, link, open_ledger

SOURCES = ("alpha", "beta")
REFS = [OriginRef(source, kind, n) for source in SOURCES for kind in ("Person", "Business") for n in "12"]
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

labels = st.sampled_from([OPEN, COVERT])
starts = st.sampled_from([None, datetime(2020, 1, 1, tzinfo=UTC)])
said = st.builds(lambda label, start: evidence(label=label, valid=TimeSpan(start)), labels, starts)
entities = st.builds(
    lambda origin, about, name: entity(origin, about, name=(name,)),
    st.sampled_from(REFS),
    said,
    st.sampled_from("xyz"),
)
links = st.builds(
    lambda a, b, about, link_type, stated_by, reference: link(
        a, b, about, link_type=link_type, stated_by=stated_by, reference=reference
    ),
    st.sampled_from(REFS),
    st.sampled_from(REFS),
    said,
    st.sampled_from(["ASSOCIATE_OF", "OWNS"]),
    st.sampled_from(SOURCES),
    st.sampled_from(["", "r"]),
)
records = st.lists(st.one_of(entities, links), max_size=25)
# an origin goes to the entity of another one of its type: (which, where)
moves = st.lists(st.tuples(st.sampled_from(REFS), st.sampled_from(REFS)), max_size=4)


@pytest.fixture(scope="module", autouse=True)
def _unsynced() -> Iterator[None]:
    """No crash is tested here, so nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialect, "_PRAGMAS", (*dialect._PRAGMAS, "PRAGMA synchronous = OFF"))
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger to copy: the migrations run once."""
    folder = tmp_path_factory.mktemp("template")
    open_ledger(folder).close()
    return folder / "ledger.sqlite3"


@contextmanager
def fresh(template: Path) -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder, "ledger.sqlite3"))
        ledger = open_ledger(Path(folder))
        yield ledger
        ledger.close()


def load(ledger: Ledger, said: list[Record], size: int = 1_000) -> None:
    batch = ledger.begin_batch("any", "f", "h", "m")
    for start in range(0, len(said), size):
        ledger.append(batch, said[start : start + size], (), start)
    ledger.finish_batch(batch)


def graph(ledger: Ledger, size: int = 1_000) -> dict[str, Any]:
    store = StrictStore()
    Projection(ledger, store, batch=size).catch_up()
    return content(store)


def content(store: StrictStore) -> dict[str, Any]:
    """All that a store says, without the numbers that depend on the order of arrival (seq and label numbers)."""
    states = {**store.entities, **store.links}
    return {
        key: (
            state.type,
            getattr(state, "source", None),
            getattr(state, "target", None),
            {
                (a.rid, a.origin_id, a.source, store.labels[a.label], a.caption, a.valid_from)
                for a in state.assertions
            },
            {(a.rid, str(dict(a.properties))) for a in state.assertions},
        )
        for key, state in states.items()
    }


def known(ledger: Ledger) -> dict[OriginRef, str]:
    made = {
        origin: ledger._ids.origin(origin.source, origin.entity_type, origin.reference) for origin in REFS
    }
    there = {place.origin_id for place in ledger.clusters(sorted(made.values()))}
    return {origin: key for origin, key in made.items() if key in there}


def changes_of(ledger: Ledger, wanted: list[tuple[OriginRef, OriginRef]]) -> dict[str, str]:
    """What identity would do: clusters of one type, canonical id of the member that came first."""
    keys = known(ledger)
    pairs = [
        (keys[a], keys[b]) for a, b in wanted if a in keys and b in keys and a.entity_type == b.entity_type
    ]
    group = {key: {key} for key in keys.values()}
    for a, b in pairs:
        joined = group[a] | group[b]
        group.update(dict.fromkeys(joined, joined))
    first = {place.origin_id: place.first_seq for place in ledger.clusters(sorted(keys.values()))}
    return {key: min(members, key=first.__getitem__) for key, members in group.items()}


@QUICK
@given(records, st.integers(1, 7))
def test_loading_twice_is_loading_once(template: Path, given_records: list[Record], size: int) -> None:
    with fresh(template) as ledger:
        load(ledger, given_records)
        before, last = graph(ledger), ledger.last_outbox()
        load(ledger, given_records, size)
        assert graph(ledger) == before
        assert ledger.last_outbox() == last


@QUICK
@given(st.data(), records, st.integers(1, 7))
def test_order_and_size_of_batches_do_not_matter(
    template: Path, data: st.DataObject, given_records: list[Record], size: int
) -> None:
    other = data.draw(st.permutations(given_records))
    with fresh(template) as one, fresh(template) as two:
        load(one, given_records)
        load(two, other, size)
        assert graph(one) == graph(two, size)


@QUICK
@given(records, moves, st.integers(1, 5))
def test_recluster_and_undo_restore_the_fingerprint(
    template: Path, given_records: list[Record], wanted: list[tuple[OriginRef, OriginRef]], size: int
) -> None:
    with fresh(template) as ledger:
        load(ledger, given_records)
        store = StrictStore()
        projection = Projection(ledger, store, batch=size)
        projection.catch_up()
        before = store.fingerprint()
        changes = changes_of(ledger, wanted)
        ledger.recluster(changes)
        projection.catch_up()
        assert set(store.entities) == {
            changes.get(a.origin_id, a.origin_id)
            for state in store.entities.values()
            for a in state.assertions
        }
        assert content(store) == graph(ledger)
        ledger.recluster({key: key for key in changes})
        projection.catch_up()
        assert store.fingerprint() == before


def speaker(record: Record) -> str:
    return record.origin.source if isinstance(record, EntityRecord) else record.stated_by


@QUICK
@given(records, st.sampled_from(SOURCES))
def test_withdrawing_leaves_what_the_others_said(
    template: Path, given_records: list[Record], source: str
) -> None:
    with fresh(template) as all_said, fresh(template) as others_said:
        load(all_said, given_records)
        before = graph(all_said)
        all_said.withdraw_source(source)
        load(others_said, [record for record in given_records if speaker(record) != source])
        assert graph(all_said) == graph(others_said)
        load(all_said, given_records)
        assert graph(all_said) == before


steps = st.one_of(
    st.tuples(st.just("load"), st.lists(st.one_of(entities, links), min_size=1, max_size=6)),
    st.tuples(st.just("identity"), moves),
    st.tuples(st.just("withdraw"), st.sampled_from(SOURCES)),
    st.tuples(st.just("one page"), st.integers(1, 3)),
)


@settings(QUICK, max_examples=80)
@given(st.lists(steps, max_size=14))
def test_a_store_that_follows_in_pages_ends_like_a_rebuild(
    template: Path, given_steps: list[tuple[str, Any]]
) -> None:
    store, rebuilt = StrictStore(), StrictStore()
    with fresh(template) as ledger:
        for what, argument in given_steps:
            if what == "load":
                load(ledger, argument)
            elif what == "identity":
                ledger.recluster(changes_of(ledger, argument))
            elif what == "withdraw":
                ledger.withdraw_source(argument)
            else:
                one_page(ledger, store, argument)
        Projection(ledger, store, batch=2).catch_up()
        Projection(ledger, rebuilt, batch=2).rebuild()
        assert store.fingerprint() == rebuilt.fingerprint()
        assert content(store) == content(rebuilt)


def one_page(ledger: Ledger, store: StrictStore, size: int) -> None:
    """The projection, stopped after one page, with the rest still to do."""

    def stop(*_said: object) -> None:
        raise InterruptedError

    with suppress(InterruptedError):
        Projection(ledger, store, batch=size).catch_up(stop)
