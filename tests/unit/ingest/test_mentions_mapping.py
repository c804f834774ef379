"""The word ``mentions``: what becomes an entity, what waits for a person, and who may see either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphcore.access import Marking
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.suggestion import SuggestionState
from ingest.errors import MappingError
from tests.unit.ingest.conftest import READER

MAPPING = """files:
  - marking: marking
    entities:
      note:
        type: Document
        key: ref
        properties: {title: ref, text: text}
    mentions: {text: text, in: note%s}
"""
HEAD = "ref,text,marking\n"
LINE = 'D1,"Mr Ben Marshbeck rang 07700 900123, again 07700900123, in AB12 CDE. Ben Marshbeck left.",OFFICIAL-SENSITIVE\n'


def load(bench, more: str = "", rows: str = LINE):
    return bench.load(HEAD + rows, MAPPING % more)


def suggested(bench, context=READER, state=SuggestionState.OPEN):
    return bench.workspace.ledger.view(context).suggestions(state)


def test_mentions_become_entities_once_with_links_and_the_evidence_of_the_text(bench):
    summary = load(bench)
    assert summary.counts()["read"] == 5  # the document, two entities, two links
    assert {(e.type, e.caption) for e in bench.entities()} == {
        ("Document", "D1"), ("Phone", "+447700900123"), ("Vehicle", "AB12CDE"),
    }  # fmt: skip
    assert {link.type for link in bench.links()} == {"MENTIONS"}
    assert {record.label.marking for record in bench.records()} == {"OFFICIAL-SENSITIVE"}
    phone = next(record for record in bench.records() if record.type == "Phone")
    assert phone.original == {"text": "07700 900123"}
    assert load(bench).counts()["loaded"] == 0


def test_mentions_of_names_are_suggested_and_make_no_entity(bench):
    load(bench)
    found = suggested(bench)
    assert [(s.kind, s.label, s.document, s.state) for s in found] == [
        ("Person", "Mr Ben Marshbeck", "D1", SuggestionState.OPEN),
        ("Person", "Ben Marshbeck", "D1", SuggestionState.OPEN),
    ]
    assert LINE.split('"')[1][found[0].first : found[0].last] == "Mr Ben Marshbeck"
    assert bench.entities("Person") == []
    load(bench)
    assert len(suggested(bench)) == 2


def test_mentions_names_false_and_kinds(bench):
    load(bench, ", names: false, kinds: [vrm]")
    assert suggested(bench) == []
    assert {e.type for e in bench.entities()} == {"Document", "Vehicle"}


def test_mentions_are_suggested_when_a_mapping_learns_the_word_later(bench):
    bench.load(HEAD + LINE, MAPPING.partition("    mentions")[0])
    assert suggested(bench) == []
    load(bench)
    assert len(suggested(bench)) == 2


def test_accepted_suggestion_is_an_entity_under_the_documents_label(bench):
    load(bench)
    ledger, view = bench.workspace.ledger, bench.workspace.ledger.view(READER)
    first, second = suggested(bench)
    made = ledger.suggestions.accept(view, first.suggestion_id, "Person", by="analyst", reason="known to us")
    bench.workspace.projection(bench.store).catch_up()
    (person,) = bench.entities("Person")
    assert person.caption == "Mr Ben Marshbeck"
    (record,) = [r for r in bench.records() if r.type == "Person"]
    assert record.label.marking == "OFFICIAL-SENSITIVE"
    assert record.original["accepted by"] == "analyst"
    assert sum(link.target == person.uid for link in bench.links()) == 1
    ledger.suggestions.link(view, second.suggestion_id, person.uid, by="analyst")
    bench.workspace.projection(bench.store).catch_up()
    (accepted,) = suggested(bench, state=SuggestionState.ACCEPTED)
    assert (accepted.decided_by, accepted.reason) == ("analyst", "known to us")
    assert len(bench.entities("Person")) == 1
    assert made.source == "test"
    with pytest.raises(LedgerError, match="already"):
        ledger.suggestions.reject(view, first.suggestion_id, by="analyst")
    bench.workspace.ledger.withdraw_source("test")
    bench.workspace.projection(bench.store).catch_up()
    assert bench.counts() == (0, 0)


def test_rejected_suggestion_may_be_accepted_later(bench):
    load(bench)
    ledger, view = bench.workspace.ledger, bench.workspace.ledger.view(READER)
    first = suggested(bench)[0]
    ledger.suggestions.reject(view, first.suggestion_id, by="analyst")
    assert len(suggested(bench)) == 1
    ledger.suggestions.accept(view, first.suggestion_id, "Business", by="analyst")
    assert {s.state for s in suggested(bench, state=None)} == {SuggestionState.ACCEPTED, SuggestionState.OPEN}


def test_hidden_suggestion_is_as_one_that_never_was(bench):
    load(bench)
    low = replace(READER, clearance=Marking.OFFICIAL)
    assert suggested(bench, low) == []
    first = suggested(bench)[0]
    ledger = bench.workspace.ledger
    for suggestion_id in (first.suggestion_id, "nosuch"):
        with pytest.raises(UnknownKeyError, match="no such suggestion"):
            ledger.suggestions.accept(ledger.view(low), suggestion_id, "Person", by="low")
    with pytest.raises(ValueRefusedError):
        ledger.suggestions.accept(ledger.view(READER), first.suggestion_id, "Phone", by="analyst")
    with pytest.raises(UnknownKeyError, match="no such entity"):
        ledger.suggestions.link(ledger.view(READER), first.suggestion_id, "nosuch", by="analyst")


def test_suggestions_of_a_withdrawn_source_are_gone(bench):
    load(bench)
    bench.workspace.ledger.withdraw_source("test")
    assert suggested(bench) == []


@pytest.mark.parametrize(
    ("word", "fault"),
    [("{text: t, in: other}", "no entity 'other'"), ("{text: t, in: p}", "a Person mentions nothing"),
     ("{text: t, in: note, kinds: [name]}", "no kind 'name'"), ("{text: [], in: note}", "at least 1")],
)  # fmt: skip
def test_mentions_faults_are_told(bench, word, fault):
    text = f"files:\n  - entities:\n      note: {{type: Document, key: ref}}\n      p: {{type: Person, key: ref}}\n    mentions: {word}\n"
    with pytest.raises(MappingError, match=fault):
        bench.load("ref,t\n1,x\n", text)
