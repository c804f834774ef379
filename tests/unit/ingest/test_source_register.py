"""The three products of the UK companies register: samples, quirks, and that chains join across them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from ingest.clean import psc
from ingest.errors import FileRefusedError
from ingest.registry import SOURCES


def sample(name: str) -> Path:
    return Path(str(SOURCES[name].folder)) / "sample"


def load_all(bench) -> None:
    for name in ("psc", "companies_house", "officers"):
        bench.load_source(name, sample(name))


def by_type(bench) -> dict[str, list]:
    found: dict[str, list] = {}
    for link in bench.links():
        found.setdefault(link.type, []).append(link)
    return found


@pytest.mark.parametrize(
    ("name", "read", "graph"),
    [("companies_house", 6, (3, 2)), ("psc", 31, (15, 9)), ("officers", 33, (13, 9))],
)
def test_source_register_sample_loads_whole_and_once(bench, name, read, graph):
    summary = bench.load_source(name, sample(name))
    assert (summary.read, summary.quarantined, summary.waiting) == (read, 0, 0)
    assert summary.warnings == ()
    assert bench.counts() == graph
    again = bench.load_source(name, sample(name))
    assert (again.loaded, again.unchanged) == (0, read)
    assert bench.counts() == graph


def test_source_register_chains_join_in_any_order(bench, tmp_path):
    load_all(bench)
    entities = {entity.uid: entity for entity in bench.entities()}
    company = next(e for e in entities.values() if e.properties.get("company_number") == ("ZZ100001",))
    assert "QUILLTHORPE & MARSHBECK LIMITED" in company.properties["name"]
    assert company.properties["previous_name"] == ("MARSHBECK CAR WASH LIMITED",)
    assert company.properties["note"] == ("MARSHBECK CAR WASH LIMITED until 2015-02-01",)
    assert "None Supplied" not in str([e.properties for e in entities.values()])
    links = by_type(bench)
    assert {link.type for link in bench.links() if link.target == company.uid} >= {"PSC_OF", "OFFICER_OF"}
    assert len({link.target for link in links["REGISTERED_AT"]}) == 1  # one address, two companies
    holding = next(link for link in links["PSC_OF"] if "Holdings" in entities[link.source].caption.title())
    assert holding.properties["indirect"] == (True,)
    assert entities[holding.source].properties["company_number"] == ("ZZ100002",)


def test_source_psc_intervals_and_unknown_owners(bench):
    bench.load_source("psc", sample("psc"))
    entities = {entity.uid: entity for entity in bench.entities()}
    control = {entities[link.source].caption: link for link in by_type(bench)["PSC_OF"]}
    ada = control["Ms Ada Quillthorpe"]
    assert (ada.properties["share_min"], ada.properties["share_max"]) == ((0.25,), (0.5,))
    assert (ada.valid_from, ada.valid_to) == ("2016-04-05T23:00:00.000000Z", "2021-12-14T00:00:00.000000Z")
    assert entities[ada.source].properties["birth_date"] == ("1961-12",)
    assert "company_number" not in entities[control["Vantora Nominees SA"].source].properties
    assert entities[control["Owner protected (super-secure)"].source].type == "Unknown"
    assert entities[control["Owner exists but is not identified"].source].type == "Unknown"
    assert entities[control["Ministry Of Examples"].source].kind == "organisation"
    member = control["Mr Corin Wyverfold"]  # a partnership has surplus assets where a company has shares
    assert (member.properties["share_min"], member.properties["share_max"]) == ((0.5,), (0.75,))
    assert entities[member.target].kind == "partnership"
    assert control["Dr Selka Vantorin"].properties["indirect"] == (True,)
    exempt = next(e for e in entities.values() if e.properties.get("company_number") == ("ZZ100004",))
    assert exempt.properties["note"] == ("exempt from the PSC register",)
    overseas = next(e for e in entities.values() if e.properties.get("company_number") == ("OE900001",))
    assert overseas.properties["note"] == ("all-beneficial-owners-identified",)  # and no owner made of it


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"registration_number": "686734", "country_registered": "ENGLAND & WALES"}, "00686734"),
        ({"registration_number": "SC12345", "country_registered": "Scotland (United Kingdom)"}, "SC012345"),
        ({"registration_number": "NI123", "country_registered": "northern ireland"}, "NI000123"),
        ({"registration_number": "123", "place_registered": "Registrar Of Companies House, Cardiff"}, "00000123"),
        ({"registration_number": "123", "place_registered": "Companies House Gibraltar"}, None),
        ({"registration_number": "123", "country_registered": "Gibraltar", "place_registered": "Companies House"}, None),
        ({"registration_number": "123", "country_registered": "Ireland"}, None),
        ({"registration_number": "123", "country_registered": "United States"}, None),
        ({"registration_number": "0", "country_registered": "England"}, None),
        ({"registration_number": "Not Applicable", "country_registered": "England"}, None),
        ({"registration_number": "123"}, None),
        ({"country_registered": "England"}, None),
        (None, None),
        ("00012345", None),
    ],
)  # fmt: skip
def test_psc_uk_number_reads_the_register_not_the_digits(fields, number):
    assert psc.uk_number(fields) == number


@pytest.mark.parametrize(
    ("natures", "shares", "votes", "indirect"),
    [
        (["ownership-of-shares-25-to-50-percent-as-trust"], (0.25, 0.5), (None, None), True),
        (["ownership-of-shares-50-to-75-percent-as-firm", "voting-rights-50-to-75-percent"], (0.5, 0.75), (0.5, 0.75), False),
        (["voting-rights-more-than-25-percent-as-control-over-trust-registered-overseas-entity"], (None, None), (0.25, 1.0), True),
        (["ownership-of-shares-75-to-100-percent-as-control-over-firm"], (0.75, 1.0), (None, None), True),
        (["ownership-of-shares-25-to-50-percent", "ownership-of-shares-25-to-50-percent-as-trust"], (0.25, 0.5), (None, None), False),
        (["right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership"], (0.75, 1.0), (None, None), False),
        (["significant-influence-or-control"], (None, None), (None, None), False),
        (None, (None, None), (None, None), None),
    ],
)  # fmt: skip
def test_psc_natures_to_bands(natures, shares, votes, indirect):
    assert (psc.share_min(natures), psc.share_max(natures)) == shares
    assert (psc.voting_min(natures), psc.voting_max(natures)) == votes
    assert psc.indirect(natures) is indirect


def test_source_psc_kinds_that_are_not_known_state_only_the_company(bench):
    lines = [
        {"company_number": "ZZ100001", "data": {"kind": "some-new-kind", "links": {"self": "/x"}}},
        {"data": {"kind": "totals#persons-of-significant-control-snapshot"}},
    ]
    summary = bench.load_source("psc", bench.put("psc-1.jsonl", "\n".join(map(json.dumps, lines))))
    assert (summary.loaded, summary.skipped) == (1, 1)


def test_source_psc_parts_as_archives_in_a_folder(bench):
    text = (sample("psc") / "psc-sample.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    folder = bench.folder / "parts"
    folder.mkdir()
    for at, lines in enumerate((text[:4], text[4:]), start=1):
        with zipfile.ZipFile(folder / f"psc-snapshot-2026-03-01_{at}of2.zip", "w") as archive:
            archive.writestr(f"psc-snapshot-2026-03-01_{at}of2.txt", "".join(lines))
    summary = bench.load_source("psc", folder)
    assert (summary.files, summary.quarantined, bench.counts()) == (2, 0, (15, 9))


def test_source_companies_house_row_with_shifted_columns_is_quarantined(bench):
    text = (sample("companies_house") / "BasicCompanyData-sample.csv").read_text(encoding="utf-8")
    header, first, _ = text.splitlines()
    row = next(csv.reader(io.StringIO(first)))
    shifted = io.StringIO()
    csv.writer(shifted).writerow([*row[:30], "99999 - a fifth code", *row[30:]])
    path = bench.put("BasicCompanyData-2026-03-01.csv", f"{header}\n{shifted.getvalue()}{first}\n")
    summary = bench.load_source("companies_house", path)
    assert summary.quarantined == 1
    assert bench.refused()[0].reason == "56 fields where the header has 55"


OFFICERS = sample("officers") / "Prod195_sample.dat"


def test_source_officers_appointments_and_disqualifications(bench):
    bench.load_source("officers", sample("officers"))
    entities = {entity.uid: entity for entity in bench.entities()}
    links = by_type(bench)
    officers = {
        (entities[link.source].caption, link.properties["role"]): link for link in links["OFFICER_OF"]
    }
    ben = officers["BEN MARSHBECK", ("secretary",)]  # the product and the CSV state one appointment
    assert ben.valid_to == "2020-02-01T00:00:00.000000Z"
    assert set(entities[ben.source].properties["birth_date"]) == {"1979-03-14", "1979-03"}
    assert entities[officers["WYVERCOMBE SECRETARIES LIMITED", ("director",)].source].type == "Business"
    ada = officers["ADA ÉLODIE QUILLTHORPE", ("director",)]
    assert ada.properties["resigned_on"] == ("2026-03-05",)  # by the update
    assert ("EDD TANSYWORTH", ("director",)) not in officers  # an appointment recorded in error
    della = [e for e in entities.values() if e.caption == "DELLA FENNELGARTH"]
    assert sorted(e.properties.get("note", ("",))[0] for e in della) == ["", "number changed to 900000050001"]
    bans = {
        (entities[link.source].caption, entities[link.target].caption): link for link in links["PARTY_TO"]
    }
    ban = bans["BEN MARSHBECK", "Disqualification of a director: ORDER"]
    assert ban.valid_to == "2029-03-31T23:00:00.000000Z"
    notes = entities[ban.target].properties["note"]
    assert {"company named CORVANE TEXTILES LIMITED", "company named MARSHBECK CAR WASH LIMITED"} <= set(
        notes
    )
    assert bans["VANTORA NOMINEES SA", "Disqualification of a director: SANCTION"].valid_to is None
    assert "court" not in str([e.caption for e in entities.values()])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.rsplit("99999999", 1)[0], "it has no trailer"),
        (lambda text: text.replace("9999999900000006", "9999999900000007"), "its trailer counts other records"),
        (lambda text: text[: len(text) // 2], "it has no trailer"),
        (lambda text: text + "ZZ1000012\n", "records behind its trailer"),
        (lambda text: text.replace("DDDDSNAP", "LIQNFORM"), "product 197"),
        (lambda text: text.replace("DDDDSNAP", "NOTHING!"), "no header of an officers product"),
    ],
)  # fmt: skip
def test_source_officers_that_are_not_whole_are_refused(bench, change, reason):
    text = change(OFFICERS.read_text(encoding="utf-8"))
    with pytest.raises(FileRefusedError, match=reason):
        bench.load_source("officers", bench.put("Prod195_1.dat", text))
    assert bench.counts() == (0, 0)


def test_source_officers_damaged_record_costs_itself_alone(bench):
    text = OFFICERS.read_text(encoding="utf-8")
    lines = text.splitlines()
    lines[3] = lines[3][:90]  # cut in its text
    lines[4] = lines[4].replace("<", " ", 1)  # a chevron lost
    lines[5] = lines[5][:8] + "7" + lines[5][9:]  # a kind that is not known
    summary = bench.load_source("officers", bench.put("Prod195_1.dat", "\n".join(lines) + "\n"))
    reasons = [row.reason for row in bench.refused()]
    assert reasons == [
        "shorter than it says, or its length is no number",
        "13 chevrons where 14 are wanted",
        "a record of an unknown kind",
    ]
    assert (summary.quarantined, summary.loaded) == (3, 5)


def test_source_officers_disqualification_stands_under_its_person(bench):
    lines = (sample("officers") / "Prod192_sample.dat").read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("900000020001", "900000099999", 1)
    bench.load_source("officers", bench.put("Prod192_1.dat", "\n".join(lines) + "\n"))
    assert [row.reason for row in bench.refused()] == ["not the person of the record above it"]
