"""The table of looks covers the schema, and can be told apart without colour vision."""

from __future__ import annotations

import itertools
from importlib.resources import files

import numpy as np
import pytest

from analytics.reports.errors import StyleError
from analytics.reports.style import STRENGTHS, load_style, parse_style
from analytics.reports.wording import handling_text, handling_words, load_wording, parse_wording
from graphcore.access import AccessLabel
from graphcore.schema import SCHEMA

TEXT = (files("analytics.reports") / "style.yaml").read_text(encoding="utf-8")
# Machado, Oliveira, Fernandes 2009, severity 1.0, linear RGB
DEUTAN = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
PROTAN = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)


def linear(colour):
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def lab(rgb):
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    scaled = np.clip(to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089], 1e-6, None)
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_type_of_the_schema_has_a_look():
    style = load_style()
    assert set(style.items) == set(SCHEMA.entities)
    assert set(style.links) == set(SCHEMA.links)
    assert tuple(style.lines) == STRENGTHS
    assert style.lines["confirmed"].dash == ()
    assert "not a conversion" in style.statement


def test_no_two_types_share_a_glyph():
    glyphs = [look.glyph for look in load_style().items.values()]
    assert len(set(glyphs)) == len(glyphs)


@pytest.mark.parametrize("name", sorted(SCHEMA.entities))
def test_white_glyphs_can_be_seen_on_their_colour(name):
    contrast = 1.05 / (luminance(load_style().items[name].colour) + 0.05)
    assert contrast >= 4.5, (name, contrast)


@pytest.mark.parametrize("name", sorted({look.family for look in load_style().links.values()}))
def test_lines_can_be_seen_on_white(name):
    colour = next(look.colour for look in load_style().links.values() if look.family == name)
    assert 1.05 / (luminance(colour) + 0.05) >= 3.0


@pytest.mark.parametrize(
    "seen", [np.eye(3), DEUTAN, PROTAN], ids=["all colours", "deuteranopia", "protanopia"]
)
def test_types_of_one_shape_differ_in_colour_for_everybody(seen):
    for (a, one), (b, other) in itertools.combinations(load_style().items.items(), 2):
        if one.shape == other.shape:
            apart = np.linalg.norm(lab(seen @ linear(one.colour)) - lab(seen @ linear(other.colour)))
            assert apart > 12, (a, b, apart)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  Person:\n", "  Persona:\n", "items: 'Person' is missing"),
        ("shape: circle", "shape: blob", "unknown shape 'blob'"),
        ("M4.5 19.5", "<script>", "not path data"),
        ("M12 4.2a3.9", "url(x)", "not path data"),
        ('"#0067a5"', '"red;}"', "is no colour"),
        ("measure: duration_s", "measure: seconds", "no property 'seconds'"),
        ("ungraded: unconfirmed", "ungraded: certain", "unknown line 'certain'"),
        ("  case: {label: Case", "  cases: {label: Case", "'case' is missing"),
        ("  PSC_OF: {label", "  PSC_OFF: {label", "no link type 'PSC_OFF'"),
    ],
)
def test_a_damaged_table_is_refused_with_what_is_wrong(old, new, said):
    damaged = TEXT.replace(old, new, 1)
    if old.startswith("M4.5"):
        damaged = TEXT.replace("M4.5 19.5", "M4.5 19.5<script>", 1)
    assert damaged != TEXT
    with pytest.raises(StyleError, match="has faults") as caught:
        parse_style(damaged)
    assert said in str(caught.value)


def test_all_faults_are_told_at_once():
    damaged = TEXT.replace("shape: hexagon", "shape: blob").replace('"#0067a5"', '"blue"')
    with pytest.raises(StyleError) as caught:
        parse_style(damaged)
    assert str(caught.value).count("blob") == 2
    assert "'blue' is no colour" in str(caught.value)


def test_words_are_there_and_missing_ones_are_named():
    assert "absence from this page is not evidence" in load_wording().withheld
    with pytest.raises(StyleError, match="withheld is missing"):
        parse_wording(
            "truncated: x\nhandling: {a: {}}\nconditions: {A1: x}\ncomputed: x\nhandling_statement: x\n"
        )


def test_handling_is_printed_as_received_and_in_words():
    closed = AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "C", ("A1", "S2"))
    assert handling_text(closed) == "3x5x2 C (A1, S2)"
    assert handling_words(closed) == (
        "Lawful sharing permitted with conditions; Ask the originator before any action; "
        "Consult the originator before sanitising"
    )
    assert (handling_text(AccessLabel()), handling_words(AccessLabel())) == ("none", "")
