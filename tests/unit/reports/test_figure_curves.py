"""Curves of identity: what each threshold makes of the joins, and a picture that stands alone whatever the names say."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from analytics.reports.figure_curves import LINES, curves_html, curves_svg
from analytics.resolution.curves import POINTS, CurvePoint, curves
from analytics.resolution.run import rule_decision
from tests.unit.resolution.resolution_kit import NOON, ListReader, judged, person

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</desc><script>alert(1)</script>\u202e&<image href='http://evil.example/x'/>"
RULE = rule_decision("run 1", NOON)


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """Two records of one person, one of another, and one that nobody sees."""
    rows = ("alpha,a,person,1", "alpha,b,person,1", "alpha,c,person,2", "alpha,gone,person,2")
    path = tmp_path / "truth.csv"
    path.write_text("\n".join(["source,record_id,entity_type,entity_id", *rows]), encoding="utf-8")
    return path


def test_joins_come_in_from_the_surest_on(truth: Path) -> None:
    reader = ListReader(Person=[person("a"), person("b", uid="a"), person("c", uid="a")])
    standing = [judged("a", "b", by=RULE, score=0.99), judged("b", "c", by=RULE, score=0.8)]
    points = curves(truth, reader, standing)["person"]
    assert len(points) == POINTS
    assert (points[0].threshold, points[-1].threshold) == (0.8, 0.99)
    # the surest join alone is right and one of two true pairs; with the other, one of three pairs is right
    assert points[-1] == CurvePoint(0.99, 1.0, 0.5, pytest.approx(2 / 3), pytest.approx(6 / 7))
    assert points[0].precision == pytest.approx(1 / 3)
    assert {point.precision for point in points[1:]} == {1.0}


def test_joins_of_persons_are_in_and_parted_ones_are_out(truth: Path) -> None:
    reader = ListReader(
        Person=[person("a"), person("b", uid="a"), person("c"), person("d"), person("e", uid="d")]
    )
    standing = [judged("a", "b"), judged("b", "c", by=RULE, score=0.9), judged("d", "e", by=RULE, score=0.7)]
    (last,) = {point.recall for point in curves(truth, reader, standing)["person"]}
    assert last == 0.5


def test_without_scores_there_is_no_curve(truth: Path) -> None:
    reader = ListReader(Person=[person("a"), person("b", uid="a")])
    assert curves(truth, reader, [judged("a", "b")]) == {}
    assert "no threshold to show" in curves_svg("t", {})


def points() -> list[CurvePoint]:
    first = CurvePoint(0.7, 0.91, 0.99, 0.95, 0.96)
    return [first, replace(first, threshold=0.9, precision=0.98, recall=0.9)]


def test_the_picture_tells_its_figures_and_loads_nothing() -> None:
    root = ElementTree.fromstring(curves_svg(HOSTILE, {HOSTILE: points()}))
    assert {part.tag.removeprefix(SVG) for part in root.iter()} <= {
        "svg", "title", "desc", "g", "text", "line", "path", "circle",
    }  # fmt: skip
    assert not [
        name for part in root.iter() for name in part.attrib if "href" in name or name.startswith("on")
    ]
    desc = root.find(f"{SVG}desc")
    assert desc is not None
    assert "0.7000, 0.9100, 0.9900, 0.9500, 0.9600" in (desc.text or "")
    shown = ["".join(part.itertext()) for part in root.iter(f"{SVG}text")]
    assert {"score from which on joins are taken", "share (0 to 1)", *(line[0] for line in LINES)} <= set(
        shown
    )
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    assert "\u202e" not in "".join(root.itertext())


def test_the_page_has_a_table_and_forbids_loading() -> None:
    page = curves_html(HOSTILE, {HOSTILE: points()})
    assert "<script" not in page
    assert "<image" not in page
    assert "default-src 'none'" in page
    assert page.count("<tr>") == 3


def test_one_point_alone_is_drawn() -> None:
    assert "<path" in curves_svg("t", {"person": points()[:1]})
