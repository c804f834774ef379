"""Samples of sources with one thing changed, and the answer that each must get.

Answers: ``file refused: ...`` (nothing committed), ``row quarantined: ...`` (one row alone), ``loads: ...`` (nothing is
quarantined; with a warning that holds the words, where there are any). The words are part of the reason given.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """In the sample of ``source``, ``old`` of ``file`` becomes ``new`` (the first time it is there); ``old`` "": the whole file."""

    id: str
    source: str
    wrong: str
    file: str
    old: str
    new: str
    answer: str
    rows: int = 1  # that are quarantined, where any is


POLE = "crime-investigation."
CHANGES = (
    Change("bank-negative", "bank", "an amount that is no number", "transactions.csv", ",80,", ",eighty,", "row quarantined: not an amount in pounds"),
    Change("bank-sort-code", "bank", "a sort code without its leading zeros", "accounts.csv", "00-11-22", "1122", "row quarantined: a lost leading zero"),
    Change("crypto-checksum", "crypto", "a Bitcoin address with one wrong letter", "transfers.csv", "kv8f3t4,3J98", "kv8f3t5,3J98", "row quarantined: whose checksum does not hold"),
    Change("crypto-time", "crypto", "a time that does not exist", "transfers.csv", "2026-03-02 10:15:00", "2026-02-30 10:15:00", "row quarantined: a date that does not exist"),
    Change("crypto-asset", "crypto", "a transfer of nothing that is named", "transfers.csv", "0.5,BTC", "0.5,", "row quarantined: is empty"),
    Change("cash-handling", "cash_seizures", "an unknown handling code", "seizures.csv", ",detained,P,", ",detained,X,", "row quarantined: an unknown handling code"),
    Change("cash-amount", "cash_seizures", "a sum that is no sum", "seizures.csv", '"£14,320.00"', "a bag full", "row quarantined: not an amount of money"),
    Change("cash-when", "cash_seizures", "words that say no time", "seizures.csv", "mid March 2026", "whenever", "row quarantined: not a date"),
    Change("sar-cut", "suspicious_activity", "a report whose line is cut off", "reports.jsonl", '"bank": "Caledon Mutual"}]}', '"bank": "Caledo', "row quarantined: not JSON"),
    Change("sar-secret", "suspicious_activity", "a report marked SECRET", "reports.jsonl", "OFFICIAL-SENSITIVE", "SECRET", "row quarantined: SECRET"),
    Change("psc-cut", "psc", "the last line of the snapshot is cut off", "psc-sample.jsonl", '_count": 6}}', "", "row quarantined: not JSON"),
    Change("psc-number", "psc", "a company number that is none", "psc-sample.jsonl", '"company_number": "ZZ100001"', '"company_number": "ZZ1000O1X"', "row quarantined: not a company number"),
    Change("psc-kind", "psc", "a statement without a kind", "psc-sample.jsonl", '"kind": "individual-person-with-significant-control"', '"kind": ""', "row quarantined: is empty"),
    Change("icij-nodes", "icij", "a relationship whose node is in no file", "relationships.csv", "12000001,10000001,", "99999999,10000001,", "row quarantined: load what states it first"),
    Change("icij-key", "icij", "a node without its number: with it go the four relationships that name it", "nodes-officers.csv", "12000001,Selka", ",Selka", "row quarantined: is empty", 5),
    Change("icij-column", "icij", "the column of numbers is named otherwise", "nodes-officers.csv", "node_id,name", "id,name", "file refused: it lacks the column 'node_id'"),
    Change("graph-json-cut", "node_link_json", "the document is cut off", "graph.json", ' "links": [', " ", "file refused: not whole JSON"),
    Change("graph-json-nan", "node_link_json", "a weight that is NaN", "graph.json", "0.91", "NaN", "file refused: not whole JSON"),
    Change("graph-json-key", "node_link_json", "a node with two ids", "graph.json", '"id": 77}', '"id": 77, "id": 78}', "file refused: two values under one key"),
    Change("pole-ragged", "pole_csv", "a person with a field too few", f"{POLE}nodes.Person.csv", "Ada,,Person", "Ada,Person", "row quarantined: 5 fields where the header has 6"),
    Change("pole-date", "pole_csv", "a crime on a day that does not exist", f"{POLE}nodes.Crime.csv", "7/08/2017", "37/08/2017", "row quarantined: a date that does not exist"),
    Change("pole-image", "pole_csv", "a picture named as CSV", f"{POLE}nodes.Person.csv", "", "\x89PNG\r\n\x1a\n", "file refused: PNG picture"),
    Change("ukpole-key", "ukpole", "a record without its number", "dvla.csv", "dvla-000001,", ",", "row quarantined: is empty"),
    Change("ukpole-quote", "ukpole", "a quote that is never closed", "ch_officers.csv", 'Ada",', "Ada,", "file refused: the quoting is broken in the row that begins at line 2"),
    Change("ukpole-line", "ukpole", "lines of which none is JSON", "force_b.jsonl", "", "{]\n", "file refused: none of its first lines is a JSON object"),
    Change("stix-cut", "stix", "a quote lost inside a bundle", "bundle.json", '"type": "marking-definition"', '"type": "marking', "file refused: not whole JSON"),
    Change("bods-cut", "bods", "a statement whose line is cut off", "statements-0.2.jsonl", '"interests": []}', '"inter', "row quarantined: not JSON"),
    Change("ftm-cut", "ftm", "an entity whose line is cut off", "people-and-companies.ftm.json", '"startDate": ["2019"]}}', '"start', "row quarantined: not JSON"),
    Change("anpr-vrm", "anpr", "a read without its mark", "reads.csv", "R1,AB12 CDE", "R1,", "row quarantined: is empty"),
)  # fmt: skip
