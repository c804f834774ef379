"""What holds for any files: loading twice is loading once, order does not matter, a source that goes was never there.

Files are drawn with references into one another (also to what never comes), repeated rows, refused rows, several handling
codes and labels, and the same person told by two sources. Both stores have to agree.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.port import GraphStore
from graphcore.store.state import GraphBatch
from graphcore.workspace import Workspace
from ingest.pipeline import load
from tests.neo4j_fixture import Neo4jAddress

SECTION = """  - match: "%s-*"
    source: %s
    handling: {scheme: 3x5x2, code: code}
    marking: marking
    grading: {scheme: 3x5x2, code: grade}
    required: [ref]
    entities:
      person: {type: Person, key: ref, properties: {name: name, birth_date: dob}}
      phone: {type: Phone, key: {column: phone, clean: phone}, optional: true, properties: {number: phone}}
    links:
      - {type: USES_PHONE, source: person, target: phone, valid_from: since}
      - {type: ASSOCIATE_OF, source: person, target: {type: Person, key: friend}, when: {column: friend, empty: false}}
      - {type: FAMILY_OF, source: person, target: {type: Person, key: kin, source: southshire}, when: {column: kin, empty: false}}
"""
MAPPING = "mapping: 1\nfiles:\n" + SECTION % ("a", "northshire") + SECTION % ("b", "southshire")
HEADER = "ref,name,dob,phone,since,friend,kin,code,marking,grade"
REFS = st.sampled_from(["1", "2", "3", "4", ""])
ROW = st.tuples(
    REFS,
    st.sampled_from(["Ada Example", "ada  example", "Bo Sample", "=cmd|x", "Zoë"]),
    st.sampled_from(["1980-02-03", "03/02/1980", "1980", "31/02/1980", ""]),
    st.sampled_from(["07700900123", "+447700900123", "07700 900456", "4.47E+11", ""]),
    st.sampled_from(["2024-01-05", ""]),
    REFS,
    REFS,
    st.sampled_from(["P", "C", "Q"]),
    st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET"]),
    st.sampled_from(["2B", "1A", ""]),
)
FILES = st.lists(
    st.tuples(st.sampled_from("ab"), st.lists(ROW, min_size=1, max_size=5)), min_size=1, max_size=3
)
QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace; copies of it share its key, so that equal things get equal ids."""
    folder = tmp_path_factory.mktemp("template") / "workspace"
    with Workspace.open(folder) as workspace:
        workspace.store().prepare()
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return folder


@contextmanager
def fresh(template: Path) -> Iterator[Workspace]:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "workspace"
        shutil.copytree(template, place)
        with Workspace.open(place) as workspace:
            yield workspace


def put(workspace: Workspace, number: int, drawn: tuple[str, Sequence[Any]]) -> Path:
    prefix, rows = drawn
    path = workspace.folder / f"{prefix}-{number}.csv"
    path.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def load_all(
    workspace: Workspace,
    drawn: Sequence[tuple[str, Any]],
    order: Sequence[int],
    store: GraphStore | None = None,
) -> tuple[list[dict[str, int]], str]:
    """The counts of each load in the order of files, and the fingerprint afterwards."""
    target = store or workspace.store()
    counts = {
        at: load(
            workspace,
            "table",
            put(workspace, at, drawn[at]),
            mapping=workspace.folder / "mapping.yaml",
            store=target,
        ).counts()
        for at in order
    }
    return [counts[at] for at in sorted(counts)], target.fingerprint()


@QUICK
@given(FILES)
def test_loading_twice_is_loading_once(template: Path, drawn: list[tuple[str, Any]]) -> None:
    order = range(len(drawn))
    with fresh(template) as workspace:
        first, once = load_all(workspace, drawn, order)
        again, twice = load_all(workspace, drawn, order)
        assert once == twice
        assert [count["loaded"] for count in again] == [0] * len(drawn)
        assert [count["read"] for count in again] == [count["read"] for count in first]
        assert [count["quarantined"] for count in again] == [count["quarantined"] for count in first]


@QUICK
@given(FILES)
def test_the_order_of_files_does_not_matter(template: Path, drawn: list[tuple[str, Any]]) -> None:
    prints = set()
    for order in itertools.permutations(range(len(drawn))):
        with fresh(template) as workspace:
            prints.add(load_all(workspace, drawn, order)[1])
    assert len(prints) == 1


@QUICK
@given(FILES, st.sampled_from(["northshire", "southshire"]))
def test_a_source_that_goes_was_never_there(
    template: Path, drawn: list[tuple[str, Any]], source: str
) -> None:
    prefix = {"northshire": "a", "southshire": "b"}[source]
    with fresh(template) as workspace, fresh(template) as without:
        load_all(workspace, drawn, range(len(drawn)))
        workspace.ledger.withdraw_source(source)
        store = workspace.store()
        workspace.projection(store).catch_up()
        rest = [at for at, (file, _) in enumerate(drawn) if file != prefix]
        assert store.fingerprint() == load_all(without, drawn, rest)[1]
        _, back = load_all(workspace, drawn, range(len(drawn)))
        with fresh(template) as whole:
            assert back == load_all(whole, drawn, range(len(drawn)))[1]


@pytest.mark.neo4j
@settings(QUICK, max_examples=12)
@given(FILES)
def test_both_stores_agree_whatever_the_order(
    template: Path, neo4j_server: Neo4jAddress, drawn: list[tuple[str, Any]]
) -> None:
    server = Neo4jStore(Neo4jSettings(neo4j_server.uri, neo4j_server.user, neo4j_server.password))
    try:
        server.prepare()
        server.clear()
        server.write(GraphBatch(0))
        with fresh(template) as ours, fresh(template) as theirs:
            embedded = load_all(ours, drawn, range(len(drawn)))[1]
            assert load_all(theirs, drawn, [*reversed(range(len(drawn)))], server)[1] == embedded
            assert load_all(theirs, drawn, range(len(drawn)), server)[1] == embedded
            for workspace, store in ((ours, ours.store()), (theirs, server)):
                workspace.ledger.withdraw_source("northshire")
                workspace.projection(store).catch_up()
            assert server.fingerprint() == ours.store().fingerprint()
    finally:
        server.close()
