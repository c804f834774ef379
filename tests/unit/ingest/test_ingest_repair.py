"""Refused rows: listed for those who may see them, corrected beside the original, tried again, repaired once."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from graphcore.access import Marking
from graphcore.evidence.ledger import REFUSED_ROW, RefusedFilter
from ingest.errors import FileRefusedError, IngestError, LoadCancelledError
from ingest.repair import (
    ExportForm,
    Retry,
    as_text,
    corrected_rows,
    corrections_from,
    headers_of,
    retry,
    set_fields,
)
from ingest.repair import retry as retrying
from ingest.repair.export import guarded, unguarded
from tests.unit.ingest.conftest import READER

ALL = RefusedFilter()
CONTENT = "ref,name,dob\n1,Ada Quill,1980-02-03\n2,Bea Marsh,31/02/1980\n3,=Cee,bad\n,Dee,\n5,Eve,x,y\n"


def refused(bench, wanted=ALL, who=READER):
    return bench.workspace.ledger.view(who).refused(wanted)


def export(bench, form=ExportForm.CSV):
    rows = refused(bench)
    return as_text(rows, headers_of(bench.workspace, rows), form, bench.workspace.ids)


def again(bench, wanted=ALL, mapping=None, **more):
    order = Retry(READER, "a test", wanted, mapping)
    return retry(bench.workspace, order, bench.store, **more)


def correct(bench, changes):
    ids = bench.workspace.ids
    called = {
        ids.reference(REFUSED_ROW, one) if isinstance(one, int) else one: said
        for one, said in changes.items()
    }
    made = corrections_from(bench.workspace.ledger.view(READER), bench.workspace, called)
    bench.workspace.ledger.upkeep.correct(made, by="ann", reason="read from the paper form")
    return made


@pytest.fixture
def loaded(bench, people):
    bench.load(CONTENT, people)
    return bench


def test_repair_list_filters_and_counts(loaded):
    rows = refused(loaded)
    assert [(row.row, row.field) for row in rows] == [(2, "dob"), (3, "dob"), (4, "ref"), (5, "(row)")]
    assert [row.row for row in refused(loaded, RefusedFilter(reason="IS EMPTY"))] == [4]
    assert refused(loaded, RefusedFilter(file="other.csv")) == []
    assert len(refused(loaded, RefusedFilter(batch=1, file="rows.csv"))) == 4
    reasons = loaded.workspace.ledger.view(READER).refused_reasons(ALL)
    assert sum(count for _, _, count in reasons) == 4
    assert ("ref", "is empty", 1) in reasons


def test_repair_csv_has_the_columns_of_the_file_and_no_formulas(loaded):
    text = export(loaded)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0])[6:] == ["ref", "name", "dob", "(field 4)"]
    assert [row["name"] for row in rows] == ["Bea Marsh", "'=Cee", "Dee", "Eve"]
    assert (rows[3]["dob"], rows[3]["(field 4)"]) == ("x", "y")
    assert rows[2]["ref"] == ""


@pytest.mark.parametrize(
    "text", ["", "x", "=1", "+44", "-3", "@a", "'x", "'=1", "''", "\tq", "|calc", "%0", "'+1", "'' =2"]
)
def test_repair_guard_is_taken_off_as_it_was_put_on(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize("form", list(ExportForm))
def test_repair_exported_file_given_back_as_it_is_corrects_nothing(loaded, form):
    path = loaded.put("back", export(loaded, form))
    assert correct(loaded, corrected_rows(path)) == []


def test_repair_corrected_file_loads_with_lineage_of_the_original_row(loaded):
    text = export(loaded).replace("31/02/1980", "28/02/1980").replace(",bad", ",1990")
    path = loaded.put("fixed.csv", text.encode("utf-8-sig"))
    made = correct(loaded, corrected_rows(path))
    assert [(one.quarantine, one.changed) for one in made] == [(1, ("dob",)), (2, ("dob",))]
    found = again(loaded)
    assert (found.tried, found.repaired, found.refused, found.loaded) == (4, 2, 2, 2)
    assert [row.row for row in refused(loaded)] == [4, 5]
    bea = next(record for record in loaded.records() if record.reference == "2")
    assert (bea.file, bea.row, bea.batch) == ("rows.csv", 2, 1)
    assert bea.properties["birth_date"] == ("1980-02-28",)
    assert bea.original["dob"] == "28/02/1980"
    cee = next(record for record in loaded.records() if record.reference == "3")
    assert cee.original["name"] == "=Cee", "the guard of the spreadsheet is no part of it"
    notes = loaded.workspace.ledger.view(READER).corrections([bea, cee])
    assert [(note.changed, note.by, note.reason) for note in notes[bea.rid]] == [
        (("dob",), "ann", "read from the paper form")
    ]
    (row,) = loaded.workspace.ledger._database._engine.connect().exec_driver_sql(
        "SELECT original FROM quarantine WHERE number = 1"
    )
    assert "31/02/1980" in row[0], "the original stays"


def test_repair_nothing_twice(loaded):
    correct(loaded, {1: {"dob": "1980-02-28"}})
    assert again(loaded).repaired == 1
    before = loaded.store.fingerprint()
    found = again(loaded)
    assert (found.tried, found.repaired) == (3, 0)
    assert loaded.store.fingerprint() == before
    assert [row.attempts for row in refused(loaded)] == [2, 2, 2]
    with pytest.raises(IngestError, match="no refused row has the reference "):
        correct(loaded, {1: {"dob": "1981"}})


def test_repair_ragged_row_is_refused_until_it_is_whole(loaded):
    assert again(loaded, RefusedFilter(numbers=(4,))).refused == 1
    correct(loaded, {4: {"dob": "1999"}})
    assert again(loaded, RefusedFilter(numbers=(4,))).refused == 1, "a field without a name is left"
    correct(loaded, {4: {"(field 4)": ""}})
    assert again(loaded, RefusedFilter(numbers=(4,))).repaired == 1
    eve = next(record for record in loaded.records() if record.reference == "5")
    assert eve.properties["birth_date"] == ("1999",)


def test_repair_new_reason_stays_with_the_row(loaded):
    correct(loaded, {1: {"ref": "", "dob": "1980"}})
    again(loaded, RefusedFilter(numbers=(1,)))
    row = refused(loaded, RefusedFilter(numbers=(1,)))[0]
    assert (row.field, row.reason, row.attempts) == ("ref", "is empty", 1)
    assert refused(loaded, RefusedFilter(reason="is empty"))[0].number == 1


def test_repair_under_a_mapping_that_takes_the_rows(loaded, people):
    lenient = loaded.mapping(people.replace("birth_date: dob", "birth_date: {column: dob, on_error: omit}"))
    found = again(loaded, mapping=lenient)
    assert (found.repaired, found.refused) == (2, 2)
    whole = loaded.load(CONTENT, lenient.read_text())
    assert whole.loaded == 0, "the file under that mapping says nothing more"


def test_repair_and_the_same_file_again_is_no_new_work(loaded, people):
    correct(loaded, {1: {"dob": "1980-02-28"}})
    again(loaded)
    loaded.load(CONTENT, people)
    assert [row.row for row in refused(loaded)] == [3, 4, 5]
    assert [row.row for row in refused(loaded, RefusedFilter(batch=2))] == [3, 4, 5]


def test_repair_goes_with_its_batch(bench, people):
    bench.load("ref,name,dob\n9,Zed,\n", people, name="other.csv")
    before = bench.store.fingerprint()
    bench.load(CONTENT, people)
    correct(bench, {1: {"dob": "1980-02-28"}})
    again(bench)
    upkeep = bench.workspace.ledger.upkeep
    upkeep.remove_batch(2, by="ann", reason="wrong file")
    bench.workspace.projection(bench.store).catch_up()
    assert bench.store.fingerprint() == before
    assert refused(bench) == []
    upkeep.restore_batch(2, by="ann", reason="right after all")
    bench.workspace.projection(bench.store).catch_up()
    assert {record.reference for record in bench.records()} == {"9", "1", "2"}
    assert [row.row for row in refused(bench)] == [3, 4, 5]


def test_repair_killed_between_rows_goes_on(bench, people, monkeypatch):
    rows = "".join(f"{n},Person {n},bad\n" for n in range(7))
    bench.load("ref,name,dob\n0x,Ok,\n" + rows, people)
    lenient = bench.mapping(people.replace("birth_date: dob", "birth_date: {column: dob, on_error: omit}"))
    monkeypatch.setattr(retrying_module(), "CHUNK", 2)
    asked = iter([False, True])
    with pytest.raises(LoadCancelledError):
        again(bench, mapping=lenient, cancel=lambda: next(asked))
    assert len(refused(bench)) == 3
    assert again(bench, mapping=lenient).repaired == 3
    assert len(bench.records()) == 8


def retrying_module():
    import sys

    return sys.modules[retrying.__module__]


SECRET = (
    "marking: {column: mark}\nhandling: {scheme: 3x5x2, code: code}\ncompartment: {column: comp}\n"
    "files:\n  - entities:\n      p: {type: Person, key: ref, properties: {birth_date: dob}}\n"
)


def test_repair_label_of_the_row_decides_who_sees_it(bench):
    content = (
        "ref,dob,mark,code,comp\n"
        "1,bad,OFFICIAL,P,\n2,bad,OFFICIAL-SENSITIVE,P,\n3,bad,OFFICIAL,P,OPAL\n4,bad,OFFICIAL,Q,\n5,1990,SECRET,P,\n"
        "6,too,many,fields,in,it\n7,1980,OFFICIAL,P,\n"
    )
    bench.load(content, SECRET)
    low = replace(READER, clearance=Marking.OFFICIAL, compartments=frozenset(), may_read_conditional=False)
    assert [row.row for row in refused(bench)] == [1, 2, 3, 4, 5, 6]
    assert [row.row for row in refused(bench, who=low)] == [1]
    assert [row.row for row in refused(bench, who=replace(low, compartments=frozenset({"OPAL"})))] == [1, 3]
    lines = bench.workspace.ledger.view(low).batches()
    assert [(line.loaded, line.refused, line.rows) for line in lines] == [(1, 1, 2)]
    whole = bench.workspace.ledger.view(READER).batches()[0]
    assert (whole.loaded, whole.refused, whole.rows) == (1, 6, 7)


def test_repair_withheld_rows_are_never_tried_nor_exported(bench):
    bench.load("ref,dob,mark,code,comp\n5,1990,SECRET,P,\n6,1990,OFFICIAL,P,\n", SECRET)
    assert json.loads(export(bench, ExportForm.JSONL) or "null") is None
    assert again(bench).refused == 1
    with pytest.raises(IngestError, match="withheld"):
        correct(bench, {1: {"mark": "OFFICIAL"}})
    assert refused(bench)[0].original == "(withheld)"


LINES = (
    "files:\n  - format: jsonl\n    entities:\n      p:\n        type: Person\n        key: id\n"
    "        properties: {name: data.name.full, birth_date: data.dob}\n"
    "    repeat:\n      - over: data.phones\n        as: phone\n        entities:\n"
    "          t: {type: Phone, key: {column: phone.n, clean: phone}, properties: {number: phone.n}}\n"
    "        links: [{type: USES_PHONE, source: p, target: t}]\n"
)


def test_repair_nested_json_is_corrected_by_dotted_names(bench):
    rows = [
        {"id": 1, "data": {"name": {"full": "Ada"}, "dob": "bad", "phones": [{"n": "07700 900123"}]}},
        {"id": 2, "data": {"name": {"full": "Bea"}, "phones": [{"n": "07700 900124"}, {"n": "4.47E+11"}]}},
        {"id": 3, "data": {"name": {"full": "Cee"}}},
    ]
    bench.load("\n".join(map(json.dumps, rows)) + "\n", LINES, name="rows.jsonl")
    assert [row.row for row in refused(bench)] == [1, 2]
    correct(bench, {1: set_fields(["data.dob=1980"]), 2: set_fields(["data.phones.1.n=07700 900125"])})
    assert again(bench).repaired == 2
    assert len(bench.entities("Phone")) == 3
    assert len(bench.links()) == 3


def test_repair_broken_json_line_can_be_written_anew(bench):
    bench.load('{"id": 1, "data": {}}\n{"id": 2, "data"\n', LINES, name="rows.jsonl")
    assert again(bench).refused == 1
    correct(bench, {1: {"id": "2", "data.dob": "1980", "(line)": ""}})
    found = again(bench)
    assert (found.repaired, found.loaded) == (1, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "no column ocb_reference"),
        ("ocb_reference,a\n1,2\n", "no reference"),
        ("ocb_reference,a\nabcdefghijkl,2\nabcdefghijkl,3\n", "stands in it twice"),
        ("ocb_reference,a\n1,2,3\n", "more fields than the header"),
        ('{"ocb_reference": 1}\n', "has no row"),
        ("{nonsense\n", "is not JSON"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_repair_a_file_that_is_no_correction_is_refused(bench, content, words):
    with pytest.raises(FileRefusedError, match=words):
        corrected_rows(bench.put("x", content))


def test_repair_set_wants_field_and_value():
    assert set_fields(["a=b=c", " d = "]) == {"a": "b=c", "d": " "}
    with pytest.raises(IngestError, match="field=value"):
        set_fields(["nonsense"])
