"""What a chart says: lines, strengths, legend, marking, sources, seal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import pytest

from analytics.reports.build import build_chart
from analytics.reports.chart import InferredLink
from analytics.reports.chart_json import render_json
from analytics.reports.errors import ChartError, ReportError
from analytics.reports.layout import NEAREST, ROOM, circle_layout, place
from analytics.reports.lines import draw_lines, strength
from analytics.reports.paper import verify_document
from analytics.reports.style import load_style
from graphcore.model import Neighbourhood
from tests.unit.reports import car_wash as cw

EMPTY = Neighbourhood((), (), (), truncated=False)


def make(neighbourhood=None, view=None, **more):
    return build_chart(
        view or cw.FakeView(), neighbourhood or cw.neighbourhood(), circle_layout, cw.options(**more)
    )


def line(chart, link_type):
    return next(one for one in chart.links if one.type == link_type)


def test_parallel_calls_are_one_line_with_count_time_and_dates():
    calls = line(make(), "CALLS")
    assert calls.summary == "x12 calls, 2 h 34 min, 2026-01-02..2026-03-13"
    assert (calls.count, calls.total, calls.unit, len(calls.details)) == (12, 9_246, "seconds", 12)
    assert [detail.lid for detail in calls.details] == [f"c{n:02d}" for n in range(12)]
    assert calls.details[3].properties["duration_s"] == (693,)


def test_payments_add_up_in_pence_and_never_across_currencies():
    assert line(make(), "PAYS").summary == "x7 payments, £17,559.50, 2026-02-01..2026-02-07"
    euro = cw.link("y9", "PAYS", "a1", "a2", properties={"amount_pence": 5, "currency": "EUR"})
    mixed = draw_lines([*(one for one in cw.links() if one.type == "PAYS"), euro], load_style())[0]
    assert mixed.total is None
    assert "several currencies" in mixed.summary
    no_amount = cw.link("y9", "PAYS", "a1", "a2")
    partly = draw_lines([*(one for one in cw.links() if one.type == "PAYS"), no_amount], load_style())[0]
    assert "£17,559.50 (1 without a value)" in partly.summary


def test_direction_keeps_lines_apart_unless_the_type_has_none():
    there = cw.link("k1", "CALLS", "t1", "t2"), cw.link("k2", "CALLS", "t2", "t1")
    assert [(one.source, one.directed) for one in draw_lines(there, load_style())] == [
        ("t1", True),
        ("t2", True),
    ]
    family = cw.link("k1", "ASSOCIATE_OF", "p2", "p1"), cw.link("k2", "ASSOCIATE_OF", "p1", "p2")
    lines = draw_lines(family, load_style())
    assert len(lines) == 1
    assert (lines[0].count, lines[0].directed) == (2, False)


def test_labels_carry_role_and_share():
    labels = {one.label for one in make().links}
    assert {
        "officer of (director)",
        "owns 100 %",
        "PSC of 50-75 %",
        "member of (organiser)",
        "controls (gives orders)",
    } <= labels


@pytest.mark.parametrize(
    ("gradings", "drawn"),
    [
        (("3x5x2:1A",), "confirmed"), (("3x5x2:1B",), "confirmed"), (("3x5x2:2A",), "unconfirmed"),
        (("3x5x2:1C",), "unconfirmed"), (("3x5x2:3A",), "tentative"), (("3x5x2:1E",), "tentative"),
        (("3x5x2:2C",), "tentative"), (("5x5x5:B2",), "confirmed"), (("5x5x5:E3",), "unconfirmed"),
        (("5x5x5:D1",), "tentative"), (("3x5x2:-A",), "tentative"), ((), "unconfirmed"), (("",), "unconfirmed"),
        (("3x5x2:3E", "3x5x2:1A"), "confirmed"), (("9x9x9:1A",), "tentative"), (("3x5x2:",), "tentative"),
        (("5x5x5:1A",), "tentative"),
    ],
)  # fmt: skip
def test_strength_follows_the_table_alone(gradings, drawn):
    assert strength(gradings, load_style()) == drawn


def test_inferred_links_are_marked_and_only_between_what_is_drawn():
    chart = make(inferred=(*cw.INFERRED, InferredLink("p1", "nobody", "x", "y")))
    inferred = [one for one in chart.links if one.inferred]
    assert [(one.id, one.summary, one.details) for one in inferred] == [
        ("inferred-1", "may act for (inferred)", ())
    ]
    assert next(entry.count for entry in chart.legend if entry.name == "inferred") == 1


def test_the_legend_counts_what_is_drawn():
    chart = make()
    counted = {(entry.kind, entry.name): entry.count for entry in chart.legend}
    assert counted["item", "Person"] == 4
    assert counted["item", "Business"] == 4
    assert counted["link", "CALLS"] == 1
    assert sum(count for (kind, _), count in counted.items() if kind == "line") == len(chart.links)
    assert ("item", "Object") not in counted


@pytest.mark.catalogue("A23")
def test_the_banner_is_the_highest_marking_of_what_is_drawn():
    assert make().paper.marking == "OFFICIAL-SENSITIVE"
    open_only = Neighbourhood((cw.entities()[0],), (), (0,), truncated=False)
    assert make(open_only).paper.marking == "OFFICIAL"
    assert make(EMPTY).paper.marking == "OFFICIAL"


def test_a_label_the_view_does_not_allow_stops_the_chart():
    with pytest.raises(ReportError, match="access label"):
        make(view=cw.FakeView(labels={1: cw.LABELS[1]}))


def test_no_purpose_no_chart():
    with pytest.raises(ReportError, match="purpose"):
        make(view=cw.FakeView(context=replace(cw.CONTEXT, purpose=None)))


def test_the_head_says_who_why_and_when():
    paper = make().paper
    assert (paper.author, paper.operation, paper.purpose) == ("a.demo", "Operation Lathered", "investigation")
    assert paper.as_at == paper.made_at == "2026-03-09T08:30:00.000000Z"
    earlier = cw.NOW.replace(year=2025)
    assert make(view=cw.FakeView(context=replace(cw.CONTEXT, as_at=earlier))).paper.as_at.startswith(
        "2025-03-09"
    )
    assert make(operation="Operation Other").paper.operation == "Operation Other"


def test_sources_cite_the_records_behind_what_is_drawn_and_no_others():
    chart = make()
    assert [entry.source for entry in chart.sources] == [
        "bank_disclosure", "call_records", "companies_register", "norbrook_intelligence",
    ]  # fmt: skip
    cited = [citation for entry in chart.sources for citation in entry.records]
    assert [citation.number for citation in cited] == list(range(1, len(cw.records()) + 1))
    secret = next(citation for citation in cited if citation.rid == "r-g1")
    assert (secret.handling, secret.grading_words) == (
        "3x5x2 C (A1, S2)",
        "Reliable; Known indirectly but corroborated",
    )
    alone = Neighbourhood((cw.entities()[0],), (), (0,), truncated=False)
    assert [c.rid for entry in make(alone).sources for c in entry.records] == ["r-b1"]


def test_limits_are_told():
    few = make(max_items=3, inferred=())
    assert len(few.items) == 3
    assert few.truncated
    assert all({one.source, one.target} <= {item.uid for item in few.items} for one in few.links)
    assert "limit cut" in few.notes()[0]
    assert make(cw.neighbourhood(truncated=True)).truncated
    assert not make().truncated
    with pytest.raises(ChartError, match="2,000"):
        make(max_items=2_001)


def test_the_withheld_note_never_depends_on_what_is_withheld():
    alone = Neighbourhood((cw.entities()[0],), (), (0,), truncated=False)
    assert make(alone).withheld == make().withheld == make(EMPTY).withheld


def test_equal_input_gives_equal_bytes_and_the_seal_holds():
    first, second = render_json(make()), render_json(make())
    assert first == second
    document = orjson.loads(first)
    assert document["id"] == "LC-" + document["sha256"][:12].upper()
    assert verify_document(first)
    document["content"]["items"][0]["caption"] += "!"
    assert not verify_document(orjson.dumps(document))


def test_json_has_the_shape_that_is_written_down():
    content = orjson.loads(render_json(make()))["content"]
    assert set(content) == {
        "paper", "items", "links", "legend", "sources", "grade_keys", "strength_rule", "withheld", "truncated",
    }  # fmt: skip
    assert set(content["items"][0]) == {
        "uid", "type", "kind", "caption", "label", "hop", "x", "y", "properties", "sources", "gradings", "rids",
    }  # fmt: skip
    assert [key["scheme"] for key in content["grade_keys"]] == ["3x5x2", "5x5x5"]


def test_big_numbers_stay_exact_and_long_values_are_bounded():
    long = cw.entity("z", "Person", "W" * 1_000_000, properties={"age": 2**60, "note": "n" * 100_000})
    item = make(Neighbourhood((long,), (), (0,), truncated=False)).items[0]
    assert item.properties["age"] == (str(2**60),)
    assert len(item.properties["note"][0]) < 2_100
    assert len(item.caption) < 2_100
    assert len(item.label) <= 42


def test_no_name_is_said():
    nameless = cw.entity("z", "Person", "  ")
    assert make(Neighbourhood((nameless,), (), (0,), truncated=False)).items[0].label == "(no name)"


@pytest.mark.parametrize("answer", [np.zeros((2, 2)), np.full((16, 2), np.nan), np.zeros((16, 3))])
def test_a_useless_layout_is_refused(answer):
    with pytest.raises(ChartError, match="layout"):
        build_chart(cw.FakeView(), cw.neighbourhood(), lambda n, s, t: answer, cw.options())


def test_items_at_one_place_are_pulled_apart():
    spots = place(lambda n, s, t: np.zeros((n, 2)), 40, np.array([], np.int32), np.array([], np.int32))
    assert _nearest(spots) > NEAREST - 3


def test_bunches_stay_near_enough_to_be_read_on_one_sheet():
    """Few bunches far from one another: shares of the paper stay small, and no item hides another."""
    random = np.random.default_rng(4)
    points = random.normal(size=(20, 2))[random.integers(0, 20, 300)] * 40 + random.normal(size=(300, 2))
    spots = place(lambda n, s, t: points, 300, np.array([], np.int32), np.array([], np.int32))
    wide, high = np.ptp(np.array(spots), axis=0)
    assert (wide * high / 300) ** 0.5 < 1.5 * ROOM[0]
    assert _nearest(spots) > NEAREST - 3


def _nearest(spots):
    return min(np.hypot(a[0] - b[0], a[1] - b[1]) for i, a in enumerate(spots) for b in spots[:i])


def test_layout_gets_the_lines_of_the_chart():
    seen = {}

    def layout(n, source, target, /):
        seen.update(n=n, pairs=list(zip(source.tolist(), target.tolist(), strict=True)))
        return circle_layout(n, source, target)

    chart = build_chart(cw.FakeView(), cw.neighbourhood(), layout, cw.options())
    uids = [item.uid for item in chart.items]
    assert seen["n"] == 16
    assert seen["pairs"] == [(uids.index(one.source), uids.index(one.target)) for one in chart.links]


def test_circle_layout_of_nothing_and_of_one():
    none = np.array([], np.int32)
    assert circle_layout(0, none, none).shape == (0, 2)
    assert circle_layout(1, none, none).tolist() == [[0, 0]]
