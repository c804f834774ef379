"""Remove a batch: as if it had never been loaded. Put it back: as if it had never been removed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.evidence import EntityRecord, OriginRef, Record
from graphcore.evidence.ledger import Ledger, dialect
from graphcore.evidence.ledger.said import Span, joined, said_by, spans, without
from graphcore.store.project import Projection
from tests.unit.ledger.ledger_kit import COVERT, OPEN, StrictStore, entity, evidence, link, open_ledger

REFS = [OriginRef("alpha", kind, n) for kind in ("Person", "Business") for n in "123"]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

said = st.builds(lambda label: evidence(label=label), st.sampled_from([OPEN, COVERT]))
entities = st.builds(
    lambda origin, about, name: entity(origin, about, name=(name,)),
    st.sampled_from(REFS), said, st.sampled_from("xy"),
)  # fmt: skip
links = st.builds(
    lambda a, b, about, reference: link(a, b, about, reference=reference),
    st.sampled_from(REFS), st.sampled_from(REFS), said, st.sampled_from(["", "r"]),
)  # fmt: skip
files = st.lists(st.lists(st.one_of(entities, links), max_size=8), min_size=1, max_size=4)


@pytest.fixture(scope="module", autouse=True)
def _unsynced() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialect, "_PRAGMAS", (*dialect._PRAGMAS, "PRAGMA synchronous = OFF"))
        yield


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    open_ledger(folder).close()
    return folder / "ledger.sqlite3"


@contextmanager
def fresh(empty: Path) -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(empty, Path(folder, "ledger.sqlite3"))
        ledger = open_ledger(Path(folder))
        yield ledger
        ledger.close()


def load(ledger: Ledger, records: list[Record], name: str, size: int = 100) -> int:
    batch = ledger.begin_batch("alpha", name, name, "m")
    for start in range(0, len(records), size):
        ledger.append(batch, records[start : start + size], (), start)
    ledger.finish_batch(batch)
    return batch.number


def graph(ledger: Ledger, size: int = 50) -> dict[str, Any]:
    """All that the graph says, without numbers that depend on the order of arrival."""
    store = StrictStore()
    Projection(ledger, store, batch=size).catch_up()
    return content(store)


def content(store: StrictStore) -> dict[str, Any]:
    return {
        key: (
            state.type,
            getattr(state, "source", None),
            getattr(state, "target", None),
            {(a.rid, store.labels[a.label], str(dict(a.properties))) for a in state.assertions},
        )
        for key, state in {**store.entities, **store.links}.items()
    }


@QUICK
@given(files, st.sets(st.integers(0, 3), max_size=4), st.integers(1, 5))
def test_removed_batches_are_as_if_never_loaded(
    empty: Path, given_files: list[list[Record]], removed: set[int], size: int
) -> None:
    gone = {n for n in removed if n < len(given_files)}
    with fresh(empty) as whole, fresh(empty) as rest:
        numbers = [load(whole, records, str(n), size) for n, records in enumerate(given_files)]
        store = StrictStore()
        projection = Projection(whole, store, batch=7)
        projection.catch_up()
        before = content(store)
        for n in sorted(gone):
            whole.upkeep.remove_batch(numbers[n], by="ann", reason="wrong file")
        for n, records in enumerate(given_files):
            if n not in gone:
                load(rest, records, str(n))
        projection.catch_up()
        assert content(store) == graph(rest) == graph(whole)
        for n in sorted(gone, reverse=True):
            whole.upkeep.restore_batch(numbers[n], by="ann", reason="it was right")
        projection.catch_up()
        assert content(store) == before == graph(whole)


steps = st.lists(
    st.tuples(st.sampled_from(["load", "remove", "restore", "withdraw"]), st.integers(0, 2)), max_size=10
)


@QUICK
@given(st.lists(st.lists(st.one_of(entities, links), max_size=6), min_size=3, max_size=3), steps)
def test_the_graph_is_what_standing_batches_say(
    empty: Path, given_files: list[list[Record]], given_steps: list[tuple[str, int]]
) -> None:
    """Whatever is loaded, removed, put back and withdrawn: the graph is that of the batches that stand."""
    with fresh(empty) as ledger, fresh(empty) as oracle:
        standing: dict[int, bool] = {}
        file_of: dict[int, int] = {}
        for what, which in given_steps:
            batches = [number for number, file in file_of.items() if file == which]
            if what == "load":
                number = load(ledger, given_files[which], str(which), 3)
                standing[number], file_of[number] = True, which
            elif what == "withdraw":
                ledger.withdraw_source("alpha", by="ann", reason="supplier withdrew it")
                standing = dict.fromkeys(standing, False)
            elif batches and standing[batches[-1]] is (what == "remove"):
                change = ledger.upkeep.remove_batch if what == "remove" else ledger.upkeep.restore_batch
                change(batches[-1], by="ann", reason="a test")
                standing[batches[-1]] = what == "restore"
        for number in sorted(n for n, there in standing.items() if there):
            load(oracle, given_files[file_of[number]], str(number))
        assert graph(ledger, 3) == graph(oracle)


numbers = st.lists(st.integers(0, 40)).map(lambda found: sorted(set(found)))


@given(numbers, numbers)
def test_ranges_subtract_like_sets(left: list[int], right: list[int]) -> None:
    found = without(spans(left), spans(right))
    assert [n for span in found for n in range(span.first, span.last + 1)] == sorted({*left} - {*right})


@given(numbers, numbers)
def test_ranges_join_like_sets(left: list[int], right: list[int]) -> None:
    found = joined(sorted([*spans(left), *spans(right)]))
    assert [n for span in found for n in range(span.first, span.last + 1)] == sorted({*left, *right})
    assert all(a.last + 1 < b.first for a, b in pairwise(found))


def test_what_a_batch_repeats_is_put_down_in_few_ranges(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    people: list[Record] = [entity(OriginRef("alpha", "Person", str(n))) for n in range(500)]
    assert all(isinstance(one, EntityRecord) for one in people)
    first, second = load(ledger, people, "a"), load(ledger, people, "b")
    again = load(ledger, [*people, *people], "c")
    with ledger._database.reading() as connection:
        assert [said_by(connection, n) for n in (first, second, again)] == [[Span(1, 500)]] * 3
        rows = connection.exec_driver_sql("SELECT COUNT(*) FROM said WHERE batch = 3").scalar()
    assert rows == 5, "one an append, and nothing for what the batch itself had said"
    ledger.close()
