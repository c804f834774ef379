"""A first load through neo4j-admin's importer gives the graph that the projection would have written, to the last value."""

from __future__ import annotations

import fcntl
import json
import tempfile
from pathlib import Path

import pytest

from api.cli.main import main
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.errors import StoreError
from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.neo4j.bulk import import_into, write_import_files
from graphcore.store.neo4j.bulk.cells import PART, cell, column_type, type_of
from graphcore.store.neo4j.server import (
    JavaMissingError,
    MavenError,
    ServerFailedError,
    ServerSettings,
    install,
    start,
    stop,
)
from graphcore.store.neo4j.server.probe import free_ports
from graphcore.store.neo4j.server.tools import find_java
from graphcore.store.query import ExpandQuery, ExportQuery, SearchQuery
from graphcore.workspace import Workspace
from ingest.pipeline import load
from tests.components import missing

READER = AccessContext(
    subject="tester",
    organisation="northshire",
    clearance=Marking.OFFICIAL_SENSITIVE,
    purpose=Purpose(PurposeCode.SYSTEM, "tests"),
    may_read_conditional=True,
)
MAPPING = """mapping: 1
source: northshire
files:
  - match: "*"
    entities:
      person:
        type: Person
        key: ref
        properties: {name: name, birth_date: dob, age: age, alias: {column: alias, split: ";"}, note: {column: note, clean: verbatim}}
      phone:
        type: Phone
        key: {column: phone, clean: phone}
        optional: true
        properties: {number: phone}
    links:
      - {type: USES_PHONE, source: person, target: phone, valid_from: {column: since}, properties: {basis: {const: 'said "so"'}}}
      - {type: ASSOCIATE_OF, source: person, target: {type: Person, key: friend}, when: {column: friend, empty: false}}
      - {type: CALLS, source: phone, target: phone, reference: ref, properties: {duration_s: age}}
"""
ROWS = """ref,name,dob,age,alias,note,phone,since,friend
1,Ada Example,1980-02-03,45,Addie;A. "Ex" Ample,"two
lines, a ""quote"" and a \\ and 'more'",07700900123,2024-01-05,2
2,,1979,,,=1+1,07700900456,,3
3,Zoë Ünïcode <b>,,9,;,\u001fseparator {"a": [1]},07700900123,2024-05,1
3,Zoë Unicode,,10,,\u2028 \u202e back,,,
4,Nobody Else,,,,,,,
"""


@pytest.fixture
def workspace(tmp_path):
    rows, mapping = tmp_path / "rows.csv", tmp_path / "mapping.yaml"
    rows.write_text(ROWS, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    with Workspace.open(tmp_path / "workspace") as opened:
        summary = load(opened, "table", rows, mapping=mapping)
        assert (summary.quarantined, summary.waiting) == (0, 0)
        yield opened


def test_cells_keep_nothing_and_empty_apart():
    assert cell(None) == ""
    assert cell("") == '""'
    assert cell('a "b"') == '"a ""b"""'
    assert cell([]) == '""'
    assert cell([""]) == ""
    assert cell(["", ""]) == f'"{PART}"'
    assert cell([f"a{PART}b", "c"]) == f'"a b{PART}c"'
    assert cell([float("nan"), 1.5]) == f'"NaN{PART}1.5"'
    assert (cell(True), cell(3), cell(2.5)) == ("true", "3", "2.5")


@pytest.mark.parametrize(
    ("value", "wanted", "given"),
    [(3, "double", "double"), (3, "long", "long"), ("x", "long", "string"), (True, "long", "boolean")],
)
def test_a_value_that_its_column_cannot_hold_gets_another(value, wanted, given):
    assert type_of(value, wanted) == given
    assert column_type("partial_date") == "string"


def test_a_folder_that_holds_something_is_refused(workspace, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="not empty"):
        write_import_files(workspace.ledger, tmp_path / "out")


def test_files_are_for_their_owner_alone(workspace, tmp_path):
    made = write_import_files(workspace.ledger, tmp_path / "out")
    assert (made.entities, made.links) == (6, 9)
    assert {oct(path.stat().st_mode)[-2:] for path in made.folder.glob("*.csv")} == {"00"}
    assert oct(made.folder.stat().st_mode)[-2:] == "00"


@pytest.mark.neo4j
def test_an_import_is_the_graph_that_the_projection_writes(workspace, tmp_path):
    home = tmp_path / "neo4j"
    settings = _stopped(home)
    embedded = workspace.store()
    made = write_import_files(workspace.ledger, tmp_path / "out")
    import_into(settings, made)
    store = _started(settings)
    try:
        assert store.applied() == workspace.ledger.last_outbox() == made.applied
        assert store.fingerprint() == embedded.fingerprint()
        ours, theirs = store.view(READER), embedded.view(READER)
        everyone = [entity.uid for entity in theirs.iter_entities()]
        assert ours.entities(everyone) == theirs.entities(everyone)
        walk = ExpandQuery(hops=2, limit=100)
        assert ours.expand(everyone[:1], walk) == theirs.expand(everyone[:1], walk)
        found = [hit.entity.uid for hit in ours.search(SearchQuery("unicode")).hits]
        assert found == [hit.entity.uid for hit in theirs.search(SearchQuery("unicode")).hits] != []
        assert ours.export(ExportQuery()).lids == theirs.export(ExportQuery()).lids
        with pytest.raises(ServerFailedError, match="stop it first"):
            import_into(settings, made)
        _later_loads_come_as_batches(workspace, store, tmp_path)
    finally:
        store.close()
        stop(home)


@pytest.mark.neo4j
def test_the_command_imports_into_the_local_server(workspace, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OCB_PURPOSE", "investigation")
    monkeypatch.setenv("OCB_REASON", "test of the command")
    settings = _stopped(workspace.folder / "neo4j")
    ports = ("--bolt-port", str(settings.bolt_port), "--http-port", str(settings.http_port))

    def run(*line: str) -> dict:
        with pytest.raises(SystemExit) as ended:
            main(["--workspace", str(workspace.folder), "--json", *line])
        printed = json.loads(capsys.readouterr().out)
        assert not ended.value.code, printed
        return printed

    try:
        assert run("graph", "export-import", str(tmp_path / "out"), "--import", *ports)["imported"] is True
        seen = run("--store", "neo4j", "graph", "stats")
        assert (seen["entities"], seen["links"]) == (6, 9)
    finally:
        stop(workspace.folder / "neo4j")


def _later_loads_come_as_batches(workspace, store, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text("ref,name,dob,age,alias,note,phone,since,friend\n9,New One,,,,,07700900123,,1\n")
    load(workspace, "table", more, mapping=tmp_path / "mapping.yaml", store=store)
    embedded = workspace.store()
    workspace.projection(embedded).catch_up()
    assert store.view(READER).counts().entities == 7
    assert store.fingerprint() == embedded.fingerprint()


def _stopped(home: Path) -> ServerSettings:
    try:
        find_java()
        install()
    except (JavaMissingError, MavenError) as error:
        missing("neo4j", str(error))
    bolt, http = free_ports(2)
    return ServerSettings(home=home, bolt_port=bolt, http_port=http, heap="512m", page_cache="128m")


def _started(settings: ServerSettings) -> Neo4jStore:
    with (Path(tempfile.gettempdir()) / "ocb-neo4j-start.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = start(settings)
    assert server.uri
    store = Neo4jStore(Neo4jSettings(server.uri, server.user, server.password()))
    store.prepare()
    return store
