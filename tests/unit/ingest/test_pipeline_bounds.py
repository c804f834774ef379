"""What a load remembers is bounded, and what is beyond the bound is right all the same; a resumed load does no work twice."""

from __future__ import annotations

import random
import sqlite3

import pytest

from graphcore.evidence.ledger import deferral
from graphcore.model.ids import IdMaker
from graphcore.store import project
from graphcore.workspace import Workspace
from ingest.clean import CleanSettings, make_cleaner
from ingest.errors import LoadCancelledError
from ingest.mapping.compiler import memo as memo_module
from ingest.mapping.compiler.context import MOST_KINDS, Warnings
from ingest.mapping.compiler.known import Known
from ingest.mapping.compiler.memo import Memo
from ingest.pipeline import reading
from ingest.pipeline import run as load_module
from ingest.readers import digest_of, open_rows
from ingest.readers.base import Digested, Skipping
from ingest.readers.pace import watched

INDEXES = {name for names in deferral._DEFERRED.values() for name in names}


def indexes(workspace: Workspace) -> set[str]:
    with sqlite3.connect(workspace.folder / "ledger.sqlite3") as connection:
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    connection.close()
    return found & INDEXES


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_known_forgets_no_reference_however_little_room_it_has(most):
    choose, known, told = random.Random(1), Known(most), dict[str, int]()
    for _ in range(2_000):
        reference, content = f"r{choose.randrange(400)}", choose.randrange(3) - 1
        assert (reference in known) is (reference in told)
        assert known.differs(reference, content) is (told.setdefault(reference, content) != content)
        assert len(known._recent) <= most


def test_known_finds_duplicates_beyond_its_room(bench, people, monkeypatch):
    monkeypatch.setattr(Known.__init__, "__defaults__", (10,))
    rows = "".join(f"{n},Ada,\n" for n in range(60)) + "3,Bea,\n3,Ada,\n59,Cee,\n"
    summary = bench.load(f"ref,name,dob\n{rows}", people)
    assert any("duplicate id (2 times, first in row 61)" in line for line in summary.warnings)


def test_types_of_ends_are_found_beyond_its_room(bench, monkeypatch):
    monkeypatch.setattr(Known.__init__, "__defaults__", (3,))
    mapping = bench.mapping(
        "files:\n  - match: a.csv\n    entities: {v: {type: Vehicle, key: id}}\n"
        "  - match: b.csv\n    entities: {e: {type: Event, kind: crime, key: id}}\n"
        "    links: [{type: PARTY_TO, source: {types: [Vehicle, Object], key: a}, target: e}]\n"
    ).rename(bench.folder.parent / "m.yaml")
    bench.put("a.csv", "id\n" + "".join(f"{n}\n" for n in range(40)))
    bench.put("b.csv", "id,a\n" + "".join(f"c{n},{n}\n" for n in range(40)))
    summary = bench.load_source("table", bench.folder, mapping=mapping)
    assert (summary.quarantined, bench.counts()) == (0, (80, 40))


def _memo(warnings: Warnings) -> Memo:
    return Memo(make_cleaner("text", CleanSettings()), "name", warnings)


def test_memo_has_little_room_for_references_and_much_for_words(monkeypatch):
    monkeypatch.setattr(memo_module, "MAX_DISTINCT", 5_000)
    warnings = Warnings()
    once, often, rooms = _memo(warnings), _memo(warnings), set[int]()
    for warnings.row in range(1, 100_000):
        text = f"reference {warnings.row}"
        word = f"word {warnings.row % 3_000 if warnings.row % 8 else warnings.row}"
        assert once.miss(text) == (text,)
        assert often.miss(word) == (word,)
        assert len(once.cache) <= 5_000
        rooms.add(once._room)
    assert rooms == {5_000, memo_module.LEAST_ROOM}  # it is tried now and then whether texts come again
    assert often._room == 5_000
    assert len(often.cache) <= 5_000


def test_memo_does_not_keep_long_texts():
    memo = _memo(Warnings())
    assert memo.miss("x" * 5_000) == ("x" * 5_000,)
    assert memo.cache == {}


def test_warnings_of_very_many_kinds_are_counted_together():
    warnings = Warnings("a.json")
    for warnings.row in range(1, MOST_KINDS + 501):
        warnings.add("attribute not in the mapping", f"key {warnings.row}")
    assert len(warnings.found) == MOST_KINDS + 1
    assert any("further kinds of warnings (500 times" in line for line in warnings.lines())


def test_chunks_are_bounded_by_characters_too(bench, people, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK_CHARACTERS", 10_000)
    told: list[int] = []
    content = "ref,name,dob\n" + "".join(f"{n},{'Ada ' * 100}{n},\n" for n in range(60))
    summary = bench.load(
        content, people, progress=lambda what, done, _t: told.append(done) if "loading" in what else None
    )
    assert summary.loaded == 60
    assert len(told) > 4


@pytest.mark.parametrize("unique", ["true", "false"])
def test_resumed_load_maps_only_what_others_ask_for(bench, people, monkeypatch, unique):
    monkeypatch.setattr(load_module, "BATCH_RECORDS", 20)
    words = people.replace("unique: true", f"unique: {unique}")
    content = "ref,name,dob\n" + "".join(f"{n},Ada {n},\n" for n in range(100))
    stops = iter([False, False, False, True])
    with pytest.raises(LoadCancelledError):
        bench.load(content, words, cancel=lambda: next(stops))
    done = bench.workspace.ledger.batches()[0].rows_done
    assert 0 < done < 100
    count, row = [0], reading._Open.row

    def counted(self, *args, **more):
        count[0] += 1
        return row(self, *args, **more)

    monkeypatch.setattr(reading._Open, "row", counted)
    summary = bench.load(content, words)
    assert count[0] == (100 if unique == "true" else 100 - done)
    assert (summary.read, summary.loaded, bench.counts()) == (100, 100, (100, 0))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "ref;name\n" + "".join(f"{n};x\n" for n in range(9)), {"delimiter": ";"}),
        ("a.jsonl", "".join(f'{{"ref": {n}}}\n\n' for n in range(9)), {"format": "jsonl"}),
        ("a.json", "[" + ",".join(f'{{"ref": {n}}}' for n in range(9)) + "]", {"format": "json"}),
    ],
)
def test_readers_give_their_digest_and_pass_over_rows(tmp_path, name, text, words):
    from ingest.mapping.model import FileWords

    path = tmp_path / name
    path.write_text(text)
    steps: list[tuple[int, int | None]] = []
    with watched(lambda done, total: steps.append((done, total))):
        rows = open_rows(path, name, FileWords.model_validate(words))
    assert isinstance(rows, Digested)
    assert rows.digest == digest_of(path)
    assert (len(text), len(text)) in steps
    if isinstance(rows, Skipping):
        for count in range(11):
            assert [*rows.rows_after(count)] == [*rows.rows()][count:]


def _large(bench, people, monkeypatch, progress=None, cancel=None):
    monkeypatch.setattr(deferral, "LEAST_ROWS", 10)
    monkeypatch.setattr(project, "FIRST_BUILD", 10)
    monkeypatch.setattr(load_module, "BATCH_RECORDS", 20)
    content = "ref,name,dob\n" + "".join(f"{n},Ada {n},\n" for n in range(100))
    return bench.load(content, people, progress=progress, cancel=cancel)


def test_first_large_load_puts_indexes_off_and_builds_them(bench, people, monkeypatch):
    seen: dict[str, set[str]] = {}
    _large(bench, people, monkeypatch, lambda what, *_: seen.setdefault(what, indexes(bench.workspace)))
    assert seen["loading rows.csv"] == set()
    assert "building the ledger's indexes" in seen
    assert seen["building the graph"] == INDEXES
    assert indexes(bench.workspace) == INDEXES
    assert bench.counts() == (100, 0)
    bench.load("ref,name,dob\n" + "".join(f"{n},Bea,\n" for n in range(100, 120)), people, name="more.csv")
    assert indexes(bench.workspace) == INDEXES  # few rows against many: never put off
    assert bench.counts() == (120, 0)


def test_first_large_load_stopped_leaves_every_index(bench, people, monkeypatch):
    at = [""]

    def tell(what: str, *_: object) -> None:
        at[0] = what

    with pytest.raises(LoadCancelledError):
        _large(bench, people, monkeypatch, tell, lambda: at[0].startswith("loading"))
    assert indexes(bench.workspace) == INDEXES


def test_indexes_put_off_by_a_load_that_was_killed_are_there_when_the_ledger_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(deferral, "LEAST_ROWS", 10)
    with Workspace.open(tmp_path / "w") as workspace:
        assert workspace.ledger.defer_indexes(5) is False
        assert workspace.ledger.defer_indexes(50) is True
        assert indexes(workspace) == set()
    with Workspace.open(tmp_path / "w") as workspace:
        assert workspace.ledger.last_outbox() == 0
        assert indexes(workspace) == INDEXES


def test_graph_built_by_key_is_the_graph_built_by_change(bench, people, monkeypatch):
    _large(bench, people, monkeypatch)
    by_key = bench.store.fingerprint()
    monkeypatch.setattr(project, "FIRST_BUILD", 1 << 30)
    bench.store.clear()
    bench.workspace.projection(bench.store).rebuild()
    assert bench.store.fingerprint() == by_key


def test_ids_in_another_process_are_the_same():
    ids = IdMaker(b"k" * 32)
    import pickle

    assert pickle.loads(pickle.dumps(ids)).origin("a", "Person", "1") == ids.origin("a", "Person", "1")
    assert "kkk" not in repr(ids)
