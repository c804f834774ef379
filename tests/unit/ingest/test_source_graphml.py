"""GraphML, GEXF and CSV pairs: conventions hold, hostile XML is refused, foreign graphs and our own come in."""

from __future__ import annotations

import io
from pathlib import Path

import networkx as nx
import pytest

from ingest.errors import FileRefusedError
from ingest.registry import SOURCES

SAMPLE = Path(str(SOURCES["graphml"].folder)) / "sample"
HEAD = '<?xml version="1.0"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
BODY = '<graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>'


def load(bench, text: str | bytes, name: str = "g.graphml"):
    return bench.load_source("graphml", bench.put(name, text))


def test_source_graphml_sample_loads_whole_and_once(bench):
    summary = bench.load_source("graphml", SAMPLE)
    assert (summary.read, summary.quarantined, summary.waiting) == (21, 0, 0)
    assert summary.warnings == ()
    assert bench.counts() == (12, 9)
    again = bench.load_source("graphml", SAMPLE)
    assert (again.loaded, again.unchanged) == (0, 21)


def test_source_graphml_conventions(bench):
    bench.load_source("graphml", SAMPLE)
    name = {e.uid: e.caption for e in bench.entities()}
    links = {(name[link.source], link.type, name[link.target]): link for link in bench.links()}
    assert (
        links["Ada Quillthorpe", "OWNS", "Wyvercombe Textiles Limited"].valid_from
        == "2016-04-05T23:00:00.000000Z"
    )
    (ada,) = [e for e in bench.entities("Person") if e.caption == "Ada Quillthorpe"]
    assert (ada.properties["name"], ada.properties["birth_date"]) == (
        ("Ada Quillthorpe", "A. Quill"),
        ("1961-12",),
    )
    seen = next(
        link for ends, link in links.items() if set(ends[::2]) == {"Ada Quillthorpe", "Ben Marshbeck"}
    )
    assert (seen.type, seen.properties["basis"], seen.properties["weight"]) == (
        "ASSOCIATE_OF",
        ("seen together",),
        (3.0,),
    )
    calls = links["+447700900123", "CALLS", "+447700900456"]
    assert (calls.valid_from, calls.valid_to) == (
        "2026-01-03T00:00:00.000000Z",
        "2026-01-10T00:00:00.000000Z",
    )
    spells = links["Della Fennelgarth", "USES_PHONE", "+447700900123"]
    assert (spells.valid_from, spells.valid_to) == (
        "2025-11-01T00:00:00.000000Z",
        "2026-02-02T00:00:00.000000Z",
    )
    assert {e.caption: e.properties["note"] for e in bench.entities("Unknown")} == {
        "A blue crate": ("container",),
        "Northmere Star": ("Yacht",),
    }


def test_source_graphml_reads_what_networkx_writes(bench):
    graph = nx.karate_club_graph()
    for n in graph:
        graph.nodes[n]["type"] = "person"
    out = io.BytesIO()
    nx.write_graphml(graph, out)
    assert load(bench, out.getvalue()).quarantined == 0
    assert bench.counts() == (34, 78)
    gexf = io.BytesIO()
    nx.write_gexf(graph, gexf)
    assert load(bench, gexf.getvalue(), "k.gexf").quarantined == 0
    assert bench.counts() == (34, 156)  # the same nodes; GEXF numbers its edges, GraphML does not
    assert {e.type for e in bench.entities()} == {"Person"}


def test_source_graphml_says_no_marking_is_not_open(bench):
    load(bench, HEAD + BODY)
    assert {record.label.marking for record in bench.records()} == {"OFFICIAL-SENSITIVE"}


def test_source_graphml_edges_to_nothing_and_hyperedges(bench):
    text = HEAD + (
        '<graph edgedefault="directed"><edge source="a" target="z"/><edge source="a" target="a"/><edge target="a"/>'
        '<node id="a"/><node/><hyperedge><endpoint node="a"/></hyperedge></graph></graphml>'
    )
    summary = load(bench, text)
    assert [(row.row, row.field) for row in bench.refused()] == [
        (1, "target"), (3, "source"), (5, "id"), (6, "(element)"),
    ]  # fmt: skip
    assert (summary.loaded, bench.counts()) == (2, (1, 1))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY l0 "ha">{LAUGHS}]><graphml>&l9;</graphml>', "DOCTYPE"),
        (f'<!DOCTYPE g [<!ENTITY a "{"x" * 1_000_000}">]><graphml>{"&a;" * 100}</graphml>', "DOCTYPE"),
        ('<!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/passwd">]><graphml>&a;</graphml>', "DOCTYPE"),
        ('<!DOCTYPE g SYSTEM "http://127.0.0.1:1/x.dtd"><graphml/>', "DOCTYPE"),
        ('<!DOCTYPE g [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><graphml/>', "DOCTYPE"),
        ("<!DOCTYPE graphml><graphml/>", "DOCTYPE"),
        ("<graphml>" + "<graph>" * 100_000, "nested more than 256 deep"),
        ("<graphml><graph><node id='a'>" + "<data/>" * 200_001, "more than 200,000 inside it"),
        ("<graphml><graph><node id='" + "a" * (40 << 20), "above 2 MiB"),
        (HEAD + BODY[:-20], "not whole XML"),
        ("<html><body/></html>", "neither GraphML nor GEXF"),
        ("<graphml>&nothing;</graphml>", "(DOCTYPE|not whole XML)"),
        ("", "not whole XML"),
        ("\x89PNG\r\n\x1a\n", "not whole XML"),
        ('<?xml version="1.0" encoding="no-such"?><graphml/>', "not whole XML"),
    ],
)
def test_source_graphml_hostile_documents_are_refused(bench, text, reason):
    with pytest.raises(FileRefusedError, match=reason):
        load(bench, text)
    assert bench.counts() == (0, 0)


def test_source_graphml_xinclude_and_instructions_are_nothing(bench):
    text = HEAD.replace("?>\n", '?>\n<?xml-stylesheet href="file:///etc/passwd"?>') + (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        + BODY
    )
    assert load(bench, text).loaded == 3
    assert "root:" not in str([e.properties for e in bench.entities()])


def test_source_graphml_circle_of_ten_thousand(bench):
    size = 10_000
    nodes = "".join(f'<node id="n{n}"/>' for n in range(size))
    edges = "".join(f'<edge source="n{n}" target="n{(n + 1) % size}"/>' for n in range(size))
    summary = load(bench, f"{HEAD}<graph>{edges}{nodes}</graph></graphml>")
    assert (summary.quarantined, bench.counts()) == (0, (size, size))


def test_source_graphml_of_our_own_chart_comes_back_with_types(bench):
    text = HEAD + (
        '<key id="k0" for="node" attr.name="type"/><key id="k1" for="node" attr.name="caption"/>'
        '<key id="k2" for="node" attr.name="property.vrm"/><key id="k3" for="edge" attr.name="type"/>'
        '<key id="k4" for="graph" attr.name="marking"/><graph edgedefault="directed"><data key="k4">OFFICIAL</data>'
        '<node id="u1"><data key="k0">Person</data><data key="k1">Ada Quillthorpe</data></node>'
        '<node id="u2"><data key="k0">Vehicle</data><data key="k1">AB12CDE</data><data key="k2">AB12CDE</data></node>'
        '<edge id="l1" source="u1" target="u2"><data key="k3">KEEPER_OF</data></edge></graph></graphml>'
    )
    load(bench, text)
    (link,) = bench.links()
    assert link.type == "KEEPER_OF"
    assert bench.entities("Vehicle")[0].properties["vrm"] == ("AB12CDE",)
    assert {record.label.marking for record in bench.records()} == {"OFFICIAL"}
