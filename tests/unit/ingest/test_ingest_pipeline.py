"""The load as a whole: once is as good as twice, an interrupted one goes on, and the figures always add up."""

from __future__ import annotations

import pytest

from ingest.errors import FileRefusedError, LoadCancelledError
from ingest.pipeline import load
from ingest.pipeline import run as load_module

GRAPH = (
    "files:\n"
    "  - match: things.csv\n    entities:\n      v: {type: Vehicle, key: id, original: row, properties: {vrm: vrm}}\n"
    "  - match: links.csv\n    links:\n"
    "      - {type: PARTY_TO, source: {types: [Vehicle, Object], key: a}, target: {type: Event, key: b}}\n"
    "  - match: crimes.csv\n    entities:\n      c: {type: Event, kind: crime, key: id}\n"
)


def graph_files(bench, things: int = 60):
    """A folder where links ask for things that another file states, and come before the crimes they end at."""
    mapping = bench.mapping(GRAPH)
    mapping = mapping.rename(bench.folder.parent / "graph.yaml")
    bench.put("things.csv", "id,vrm\n" + "".join(f"{n},QA{n:02d} AAA\n" for n in range(things)))
    bench.put("links.csv", "a,b\n" + "".join(f"{n},c{n % 7}\n" for n in range(things)) + "999,c1\n")
    bench.put("crimes.csv", "id\n" + "".join(f"c{n}\n" for n in range(7)))
    return mapping


@pytest.mark.catalogue("C24")
def test_pipeline_second_load_adds_nothing(bench, people):
    content = "ref,name,dob\n1,Ada,\n2,Bea,31/02/1980\n3,Cee,\n"
    first = bench.load(content, people)
    before = bench.store.fingerprint()
    second = bench.load(content, people)
    assert first.counts() == {"read": 3, "loaded": 2, "unchanged": 0, "quarantined": 1, "waiting": 0}
    assert second.counts() == {"read": 3, "loaded": 0, "unchanged": 2, "quarantined": 1, "waiting": 0}
    assert bench.store.fingerprint() == before


@pytest.mark.catalogue("C24")
def test_pipeline_same_rows_in_another_file_add_nothing(bench, people):
    bench.load("ref,name,dob\n1,Ada,\n", people, name="a.csv")
    second = bench.load("name,ref,dob\nAda,1,\n", people, name="b.csv")
    assert (second.loaded, second.unchanged) == (0, 1)


def test_pipeline_folder_in_the_order_of_the_mapping(bench):
    summary = bench.load_source("table", bench.folder, mapping=graph_files(bench))
    assert summary.counts() == {"read": 128, "loaded": 127, "unchanged": 0, "quarantined": 1, "waiting": 0}
    assert (summary.files, summary.rows, summary.skipped) == (3, 128, 0)
    assert bench.counts() == (67, 60)


def test_pipeline_progress_tells_every_step(bench, monkeypatch):
    monkeypatch.setattr(load_module, "BATCH_RECORDS", 25)
    told: list[tuple[str, int, int | None]] = []
    bench.load_source(
        "table", bench.folder, mapping=graph_files(bench), progress=lambda *step: told.append(step)
    )
    size = (bench.folder / "things.csv").stat().st_size
    assert {step[1:] for step in told if step[0] == "checking things.csv"} == {(0, size), (size, size)}
    assert [step[1:] for step in told if step[0] == "loading things.csv"] == [(25, 60), (50, 60), (60, 60)]
    assert any(step[0] == "bringing the graph up to date" for step in told)


@pytest.mark.parametrize("stop_after", range(6))
def test_pipeline_cancelled_load_goes_on_and_ends_the_same(bench, tmp_path, monkeypatch, stop_after):
    monkeypatch.setattr(load_module, "BATCH_RECORDS", 25)
    mapping = graph_files(bench)
    asked = iter(range(100))
    with pytest.raises(LoadCancelledError, match="load it again to go on"):
        bench.load_source("table", bench.folder, mapping=mapping, cancel=lambda: next(asked) == stop_after)
    summary = bench.load_source("table", bench.folder, mapping=mapping)
    assert summary.read == 128
    assert summary.quarantined == 1
    assert summary.loaded + summary.unchanged == 127
    assert bench.counts() == (67, 60)
    rows = bench.workspace.ledger.quarantine()
    assert [(row.file, row.row) for row in rows if row.file == "links.csv"][-1] == ("links.csv", 61)


class _Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.catalogue("C01")
@pytest.mark.parametrize("at", [1, 2, 4])
def test_pipeline_killed_between_commit_and_graph_is_repaired(bench, monkeypatch, at):
    monkeypatch.setattr(load_module, "BATCH_RECORDS", 25)
    mapping, ledger = graph_files(bench), bench.workspace.ledger
    append, calls = ledger.append_prepared, iter(range(1, 100))

    def dying(*args):
        counts = append(*args)
        if next(calls) == at:
            raise _Killed
        return counts

    monkeypatch.setattr(ledger, "append_prepared", dying)
    with pytest.raises(_Killed):
        bench.load_source("table", bench.folder, mapping=mapping)
    monkeypatch.setattr(ledger, "append_prepared", append)
    bench.load_source("table", bench.folder, mapping=mapping)
    assert bench.counts() == (67, 60)
    assert len([batch for batch in ledger.batches() if batch.finished_at is None]) == 0


def test_pipeline_resumed_file_counts_the_whole_of_it_once(bench, people, monkeypatch):
    monkeypatch.setattr(load_module, "BATCH_RECORDS", 2)
    content = "ref,name,dob\n1,Ada,\n2,Bea,\n3,Cee,bad\n4,Dee,\n5,Eve,\n"
    asked = iter([False, True])
    with pytest.raises(LoadCancelledError):
        bench.load(content, people, cancel=lambda: next(asked))
    summary = bench.load(content, people)
    assert summary.counts() == {"read": 5, "loaded": 4, "unchanged": 0, "quarantined": 1, "waiting": 0}
    assert len(bench.refused()) == 1


def test_pipeline_files_that_no_section_reads_are_named(bench):
    mapping = graph_files(bench)
    bench.put("README.txt", "x")
    summary = bench.load_source("table", bench.folder, mapping=mapping)
    assert "README.txt: (file): no section of the mapping reads it" in summary.warnings


def test_pipeline_two_files_of_one_name_are_refused(bench, people):
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "ref,name,dob\n1,Ada,\n")
    bench.put("x.zip", buffer.getvalue())
    bench.put("a.csv", "ref,name,dob\n1,Ada,\n")
    mapping = bench.mapping(people.replace("'*'", "'*.csv'")).rename(bench.folder.parent / "m.yaml")
    with pytest.raises(FileRefusedError, match="two files of this name"):
        bench.load_source("table", bench.folder, mapping=mapping)


def test_pipeline_two_sources_for_one_file_are_refused(bench):
    mapping = bench.mapping(
        "files:\n  - {source: a, entities: {p: {type: Person, key: ref}}}\n  - {source: b, entities: {p: {type: Person, key: ref}}}\n"
    )
    with pytest.raises(FileRefusedError, match="two sources"):
        bench.load_source("table", bench.put("rows.csv", "ref\n1\n"), mapping=mapping)


def test_pipeline_opens_the_embedded_store_of_its_own_accord(tmp_path, bench, people):
    path = bench.put("rows.csv", "ref,name,dob\n1,Ada,\n")
    assert load(bench.workspace, "table", path, mapping=bench.mapping(people)).loaded == 1
    assert bench.counts() == (1, 0)
