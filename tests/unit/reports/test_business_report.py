"""The business-chain report: every section, from the product's own chain code over an invented network."""

from __future__ import annotations

import html as html_lib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import orjson
import pytest

from analytics.business import BusinessChain, ChainLink, ChainNode, Role, Share, business_chain
from analytics.reports.business import build_report, render_report_json
from analytics.reports.business_html import render_report_html
from analytics.reports.errors import ReportError
from analytics.reports.ownership_svg import (
    CONTROLS,
    ENDED,
    OTHER,
    OWNS,
    colour_of,
    is_dotted,
    render_ownership,
    width_of,
)
from analytics.reports.paper import verify_document
from analytics.reports.rows_layout import BOX, place_rows
from tests.unit.reports import car_wash as cw

SVG = "{http://www.w3.org/2000/svg}"


def chain(uid="b3", **more):
    return business_chain(cw.CarWashView(), uid, **more)


def report(uid="b3", **more):
    return build_report(cw.CarWashView(), chain(uid), cw.report_options(**more))


def words(page):
    """What a reader sees, without marks and hover texts."""
    body = re.sub(r"<(style|svg|title).*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html_lib.unescape(re.sub(r"<[^>]+>", " ", body)))


def bare(uid="x", caption="Alone Ltd"):
    node = ChainNode(uid, "Business", caption, (Role.SUBJECT,), 0, cw.entity(uid, "Business", caption))
    return BusinessChain(
        subject=uid, on=None, nodes=(node,), links=(), owners=(), interests=(), officers=(), shared=(), franchise=(),
        supply=(), workforce=(), phoenix=(), money=(), groups=(), cycles=(), gaps=(), rids=(f"r-{uid}",), labels=(1,),
        truncated=False,
    )  # fmt: skip


def test_the_summary_says_what_was_found_in_plain_words():
    said = "\n".join(report("b1").summary)
    assert "about Sudsy Hand Car Wash (Norbrook) Ltd (company number 99000101, status Active)." in said
    assert "Glimmer Holdings Ltd (100 %)" in said
    assert "Osric Pemberlane holds appointments in 3 businesses" in said
    assert "OCG Harbourlight through Marta Quillfeather (organiser), 2 links from the subject" in said
    assert "£17,559.50" in said
    assert "1 ring of owners" in "\n".join(report("b3").summary)


@pytest.mark.parametrize("uid", ["b1", "b2", "b3", "p1", "g1"])
def test_every_section_is_there_for_every_kind_of_subject(uid):
    page = render_report_html(report(uid))
    for section in (
        "summary", "chart", "owners", "interests", "officers", "groups", "shared", "relations", "money", "indicators",
        "gaps", "evidence", "keys", "handling",
    ):  # fmt: skip
        assert page.count(f'id="{section}"') == 1, section


def test_sections_hold_what_the_chain_holds():
    said = words(render_report_html(report("b3")))
    for needed in (
        "Ringway Nominees One Ltd", "Unspecified beneficial owner", "24.5-36.75 %",
        "Unit 4, Tidegate Yard", "Formation House", "Old Bubble Valeting Ltd", "Wynne Tarrowby", "employs",
        "franchise of", "Turnover against bays", "owners in a ring", "£17,559.50 moved inside the chain",
        "3x5x2:1B Reliable; Known indirectly but corroborated", "3x5x2 C (A1, S2)", "OFFICIAL-SENSITIVE",
        "companies_register.csv , row", "Ask the originator before any action", "Handle, copy and pass on each item",
        "absence from this page is not evidence", "Operation Lathered", "member of",
    ):  # fmt: skip
        assert needed in said, needed


def test_walks_to_groups_show_each_link_with_its_records():
    page = render_report_html(report("b3"))
    walk = re.search(r'<td class="walk">(.*?)</td>', page, re.DOTALL).group(1)
    said = words(walk)
    assert re.search(
        r"Sudsy Hand Car Wash \(Eastmarsh\) Ltd ← .*→ OCG Harbourlight",
        said.replace("→ member of", "member of"),
    )
    assert walk.count('href="#ref-') >= 3


def test_every_reference_leads_to_a_row_of_the_evidence_list():
    page = render_report_html(report("b1"))
    targets = set(re.findall(r'href="#(ref-\d+)"', page))
    assert targets
    assert targets <= set(re.findall(r'<tr id="(ref-\d+)"', page))


def test_records_that_were_not_handed_over_are_counted():
    made = report("b1", records=cw.records()[:3])
    assert made.missing == len(chain("b1").rids) - len(made.citations) > 0
    assert f"{made.missing} further records behind this report are not listed" in words(
        render_report_html(made)
    )
    assert "not listed here" not in words(render_report_html(report("b1")))


def test_an_empty_chain_says_none_everywhere():
    made = build_report(cw.CarWashView(), bare(), cw.report_options(records=(), indicators=()))
    said = words(render_report_html(made))
    assert said.count("None recorded.") == 4
    assert "No owner or controller is named" in said
    assert "No recorded member of an organised crime group was reached" in said
    assert made.paper.marking == "OFFICIAL"


def test_a_chain_under_a_label_the_view_does_not_allow_is_refused():
    with pytest.raises(ReportError, match="access label"):
        build_report(cw.CarWashView(), replace(bare(), labels=(99,)), cw.report_options())


def test_json_is_sealed_and_the_same_every_time():
    first, second = render_report_json(report()), render_report_json(report())
    assert first == second
    assert verify_document(first)
    document = orjson.loads(first)
    assert document["format"] == "ocb-business-chain"
    assert document["id"].startswith("BR-")
    owners = document["content"]["chain"]["owners"]
    assert {"owner", "owned", "economic", "attributed", "control", "chains", "rule"} <= set(owners[0])
    assert render_report_html(report()) == render_report_html(report())


def test_the_page_runs_nothing_and_asks_no_network():
    page = render_report_html(report())
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page
    assert "script-src" not in page
    loads = re.findall(r"""<[^>]*\s(?:src|href|action|data)\s*=\s*["']?([^"'\s>]*)""", page)
    assert all(target.startswith("#") for target in loads)
    assert 'counter(page) " of " counter(pages)' in page
    assert page.count('<div class="banner') == 2


@pytest.mark.catalogue("I07", "I11", "I12", "I21")
@pytest.mark.parametrize("text", cw.HOSTILE)
def test_hostile_text_stays_text(text):
    things = [
        replace(one, caption=text, sources=(text or "none",)) for one in (*cw.entities(), *cw.more_entities())
    ]
    joined = [
        replace(one, properties={**one.properties, "role": (text,), "basis": (text,)})
        for one in (*cw.links(), *cw.more_links())
    ]
    view = cw.CarWashView(things, joined)
    made = build_report(
        view, business_chain(view, "b3"), cw.report_options(records=cw.records([*things, *joined]))
    )
    page = render_report_html(made)
    assert "<script" not in page
    assert "<img" not in page
    assert "<a href='javascript" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert len(page) < 4_000_000
    ET.fromstring(render_ownership(made.chain))
    assert verify_document(render_report_json(made))


# the ownership chart


def drawn(of):
    return ET.fromstring(render_ownership(of))


def test_owners_stand_above_what_they_own():
    found = chain("b1")
    boxes = {}
    for group in drawn(found).iter(f"{SVG}g"):
        if group.get("class") == "box":
            boxes[group.find(f"{SVG}title").text] = float(group.get("transform").split()[1].rstrip(")"))
    assert (
        boxes["Unspecified beneficial owner"]
        < boxes["Palmcrest Trust Company"]
        < boxes["Glimmer Holdings Ltd"]
    )
    assert boxes["Glimmer Holdings Ltd"] < boxes["Sudsy Hand Car Wash (Norbrook) Ltd"]
    assert boxes["Sudsy Hand Car Wash (Norbrook) Ltd"] < boxes["Sudsy Hand Car Wash (Eastmarsh) Ltd"]


def test_unknown_owners_and_rings_are_drawn():
    found = chain("b3")
    assert found.cycles
    titles = [element.text for element in drawn(found).iter(f"{SVG}title")]
    assert titles.count("Owner not known") == 2
    ring = {(link.source, link.target) for link in found.links if {link.source, link.target} == {"b5", "b6"}}
    assert ring == {("b5", "b6"), ("b6", "b5")}
    assert "owns, 60 %" in titles
    assert "owns, 40 %" in titles


def test_lines_say_kind_share_and_directness():
    links = {link.lid: link for link in chain("b1").links}
    assert colour_of(links["o1"]) == OWNS
    assert colour_of(links["o7"]) == CONTROLS
    assert colour_of(links["o5"]) == OTHER
    assert colour_of(links["n3"]) == ENDED
    assert width_of(links["o1"]) == pytest.approx(7.0)
    assert width_of(links["o1"]) > width_of(links["o2"]) > width_of(links["m1"]) > width_of(links["o7"])
    assert is_dotted(links["m1"])
    assert is_dotted(links["m5"])
    assert not is_dotted(links["o1"])
    unknown = ChainLink(
        "?", "UNKNOWN_OWNER", "unknown owner of", "a", "b", current=True, share=Share(0.1, 0.2)
    )
    assert is_dotted(unknown)


def test_labels_give_the_exact_share_else_the_range():
    texts = ["".join(element.itertext()) for element in drawn(chain("b1")).iter(f"{SVG}text")]
    assert {"100 %", "50-75 %", "25-50 %", "ended", "controls: gives orders", "share not stated"} <= set(
        texts
    )


def test_boxes_of_a_row_never_overlap_and_wide_levels_are_broken():
    levels = {"s": 0, **{f"o{n:02d}": 1 for n in range(30)}}
    spots = place_rows(levels, [(uid, "s") for uid in levels if uid != "s"])
    rows = {}
    for x, y in spots.values():
        rows.setdefault(y, []).append(x)
    assert max(len(row) for row in rows.values()) == 7
    for row in rows.values():
        ordered = sorted(row)
        assert all(b - a >= BOX[0] for a, b in pairwise(ordered))
    assert spots["s"][1] == max(rows)
    assert spots == place_rows(dict(reversed(levels.items())), [(uid, "s") for uid in levels if uid != "s"])


def test_a_business_that_owns_itself_is_drawn_with_a_loop():
    own = ChainLink(
        "o",
        "OWNS",
        "owns",
        "x",
        "x",
        current=True,
        share=Share(0.1, 0.1),
        link=cw.link("o", "OWNS", "x", "x"),
    )
    assert "owns, 10 %" in [
        element.text for element in drawn(replace(bare(), links=(own,))).iter(f"{SVG}title")
    ]


def test_the_subject_alone_is_drawn():
    boxes = [group for group in drawn(bare()).iter(f"{SVG}g") if group.get("class") == "box"]
    assert len(boxes) == 1
