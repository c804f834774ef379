"""Every damaged input that has an answer: what is wrong, what must happen, and the test that shows it.

``python -m tests.unit.ingest.damaged_cases`` writes ingest/DAMAGED.md from this; a test compares the two, and checks that each
test named here exists and that its file holds the words by which the case is known (``shown``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.unit.ingest.damaged_samples import CHANGES

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "ingest" / "DAMAGED.md"
HERE = "tests/unit/ingest"
ANY = "any"


@dataclass(frozen=True, slots=True)
class Case:
    """``id``: of the catalogue (F..) or our own. ``source``: a source, or "any" for what all share. ``test``: file::function."""

    id: str
    source: str
    wrong: str
    answer: str
    test: str
    shown: str


def _case(id_: str, source: str, wrong: str, answer: str, test: str, shown: str) -> Case:
    return Case(id_, source, wrong, answer, f"{HERE}/{test}", shown)


ARCHIVES = "test_bad_input_archives.py::test_"
FILES = "test_bad_input_files.py::test_bad_file_"
ROWS = "test_bad_input_rows.py::test_bad_row_"
TRAFFIC = "test_bad_input_traffic.py::test_bad_traffic_gets_its_answer"
BANK = "test_source_bank_statements.py::test_"
GRAPHML = "test_source_graphml.py::test_source_graphml_"
DAMAGED = "test_damaged_samples.py::test_damaged_"
REFUSED, ROW, LOADS = "file refused", "row quarantined", "loads"

KNOWN = (
    # archives and workbooks
    _case("F01", ANY, "a zip bomb", REFUSED, ARCHIVES + "archive_zip_bomb", "zip bomb"),
    _case("F01", ANY, "an archive that declares more than the limit", REFUSED, ARCHIVES + "archive_declares_too_much", "MiB unpacked"),
    _case("F02", ANY, "a zip whose size header lies", REFUSED, ARCHIVES + "archive_whose_size_header_lies", "larger than its header says"),
    _case("F03", ANY, "an archive inside an archive", REFUSED, ARCHIVES + "archive_in_an_archive", "an archive inside the archive"),
    _case("F04", ANY, "10,001 members", REFUSED, ARCHIVES + "archive_of_very_many_members", "10,001 members"),
    _case("F05", ANY, "a member that climbs out of the folder: .., absolute, C:\\", REFUSED, ARCHIVES + "archive_member_that_climbs", "leads out of the folder"),
    _case("F05", ANY, "a NUL in the name of a member", REFUSED, DAMAGED + "archive_is_refused_whole", "rows\\x00x"),
    _case("F06", ANY, "a member that is a link", REFUSED, ARCHIVES + "archive_member_that_is_a_link", "a member that is a link"),
    _case("F06", ANY, "a tar, with a link in it", REFUSED + " (tar is not unpacked)", DAMAGED + "archive_is_refused_whole", "tarred()"),
    _case("F07", ANY, "members that overlap", REFUSED, ARCHIVES + "archive_with_overlapping_members", "members that overlap"),
    _case("F08", ANY, "an encrypted zip", REFUSED, ARCHIVES + "archive_encrypted", "it is encrypted"),
    _case("F09", ANY, "a gzip bomb", REFUSED, ARCHIVES + "archive_gzip_bomb", "a bomb"),
    _case("F10", ANY, "zip or gzip cut off", REFUSED, ARCHIVES + "archive_cut_off", "damaged or cut-off"),
    _case("F10", ANY, "XLSX cut off", REFUSED, ARCHIVES + "workbook_that_is_none_is_refused", "[:500]"),
    _case("zip-method", ANY, "a member packed as bzip2 or LZMA", REFUSED, DAMAGED + "archive_is_refused_whole", "packed otherwise than as deflate"),
    _case("zip-header", ANY, "a member whose header and list of members differ", REFUSED, DAMAGED + "archive_is_refused_whole", "cows.csv"),
    _case("xlsx-header", ANY, "a workbook whose sheet has another name in its header", REFUSED, DAMAGED + "workbook_whose_sheet_has_another_name_in_its_header", "sheet9.xml"),
    _case("zip-name", ANY, "a member with a name of 300 bytes, or none", REFUSED, DAMAGED + "archive_is_refused_whole", "one above 200 bytes"),
    _case("F18", ANY, "a workbook of a few KiB with a cell of 120 MiB", REFUSED + ", only the child process goes", ARCHIVES + "workbook_cell_bomb_takes_only_the_child_with_it", "1 GiB of memory"),
    _case("F18", ANY, "a workbook that grows too much", REFUSED, ARCHIVES + "workbook_bomb_is_stopped_by_its_ratio", "zip bomb"),
    _case("F19", ANY, "a workbook with macros and links to other files", LOADS + ": values only, with two warnings", ARCHIVES + "workbook_macros_and_outside_links_are_noted", "which were not"),
    _case("F19", ANY, "a workbook with formulas", LOADS + ": the values last saved, with a warning", ARCHIVES + "workbook_formulas_are_never_run_and_are_noted", "it holds formulas"),
    _case("parquet-bytes", ANY, "Parquet that is cut off, empty, encrypted or other bytes", REFUSED, "test_reader_parquet.py::test_parquet_that_is_none_is_refused_with_a_reason", "encrypted"),
    _case("parquet-bomb", ANY, "a Parquet file that grows too much", REFUSED, "test_reader_parquet.py::test_parquet_bombs_are_refused", "bombs"),
    # text
    _case("empty", ANY, "an empty file", REFUSED, FILES + "empty", "the file is empty"),
    _case("F20", ANY, "CSV with a quote that is not closed", REFUSED + ", with the line", FILES + "unclosed_quote_swallows_nothing", "line 501"),
    _case("F21", ANY, "a NUL byte in a row of CSV", ROW, ROWS + "nul_byte", "NUL"),
    _case("F22", ANY, "a field of 10 MiB", REFUSED, FILES + "field_of_ten_megabytes", "above 1 MiB"),
    _case("F22", ANY, "a line without an end", REFUSED, FILES + "endless_line", "longer than 16 MiB"),
    _case("F23", ANY, "rows with a field more or fewer", ROW, ROWS + "ragged", "fields"),
    _case("F24", ANY, "16,403 columns", REFUSED, FILES + "too_many_columns", "16,403 columns"),
    _case("F24", ANY, "two columns of one name", REFUSED + ", with the name", FILES + "duplicate_columns", "more than one column named"),
    _case("F25", ANY, "cp1252 declared as UTF-8", REFUSED + ", with the line", FILES + "wrong_encoding", "not in the encoding utf-8 (line 3)"),
    _case("F25", ANY, "two encodings in one file", REFUSED + ", with the line", FILES + "mixed_encodings", "not in the encoding utf-8 (line 3)"),
    _case("F26", ANY, "byte order marks, lone CR line ends", LOADS, FILES + "good_marks_and_line_ends_are_read", "BOM_UTF16_BE"),
    _case("F26", ANY, "UTF-16 without a mark", REFUSED, FILES + "utf16_without_mark", "UTF-16 without a byte order mark"),
    _case("F27", ANY, "numbers that a spreadsheet damaged", ROW + ": damaged number", ROWS + "damaged_numbers", "damaged number"),
    _case("F27", ANY, "a number that lost its zero in a workbook", ROW + ": damaged number", ARCHIVES + "workbook_number_that_lost_its_zero_is_damaged", "damaged number"),
    _case("F35", ANY, "pictures, PDF, HTML, pickles, databases named as CSV", REFUSED + " by content", FILES + "content_is_not_what_its_name_says", "PNG"),
    _case("F36", ANY, "a row marked SECRET", ROW + ", what it held is not kept", ROWS + "secret_is_refused_and_not_kept", "SECRET"),
    _case("F36", ANY, "an unknown handling code", ROW + ", never open", ROWS + "unknown_handling_code_is_never_open", "handling"),
    _case("hostile", ANY, "formulas, scripts and statements in a name", LOADS + " as text", ROWS + "hostile_text_is_text", "HOSTILE"),
    _case("mojibake", ANY, "mojibake, mixed scripts, invisible characters", LOADS + ", with a warning", ROWS + "damage_and_deceit_are_loaded_and_reported", "mixed scripts"),
    _case("fixed-beyond", ANY, "fixed width: text behind the last column, a NUL byte", ROW, "test_reader_fixed.py::test_fixed_text_beyond_the_last_column_is_quarantined", "text behind character 24"),
    # JSON
    _case("F28", ANY, "JSON 200,000 deep", REFUSED, FILES + "json_document", "200_000"),
    _case("F29", ANY, "NaN, Infinity, 1e999 in a document", REFUSED, FILES + "json_document", "1e999"),
    _case("F29", ANY, "NaN, 1e999 in a line", ROW, ROWS + "json_lines", "NaN is no JSON number"),
    _case("F30", ANY, "two values under one key", REFUSED + " (a line: " + ROW + ")", FILES + "json_document", "two values under one key"),
    _case("F31", ANY, "an integer of 23 digits as a reference", LOADS + ", every digit", ROWS + "json_lines", "12345678901234567890123"),
    _case("F32", ANY, "half a surrogate pair", ROW, ROWS + "half_surrogate_in_an_array_is_not_turned_into_a_question_mark", "\\ud800"),
    _case("F33", ANY, "one bad line of 6,000", ROW + " with its line number, 5,999 load", ROWS + "one_bad_line_of_many", "5_433"),
    # sources
    _case("F11", "handset", "billion laughs", REFUSED, TRAFFIC, "BOMB"),
    _case("F11", "graphml", "billion laughs", REFUSED, GRAPHML + "hostile_documents_are_refused", "LAUGHS"),
    _case("F11", "bank", "an entity bomb in camt.053", REFUSED, BANK + "files_that_cannot_be_used_are_refused_whole", "entity bomb"),
    _case("F12", "handset", "an entity of 100 KB used 1,000 times", REFUSED, TRAFFIC, '"a" * 100_000'),
    _case("F12", "graphml", "an entity of 1 MB used 100 times", REFUSED, GRAPHML + "hostile_documents_are_refused", "1_000_000"),
    _case("F13", "handset", "an entity that is a file of this machine", REFUSED, TRAFFIC, "file:///etc/passwd"),
    _case("F13", "graphml", "an entity that is a file of this machine", REFUSED, GRAPHML + "hostile_documents_are_refused", "file:///etc/passwd"),
    _case("F14", "handset", "an outside DTD, a parameter entity", REFUSED, TRAFFIC, "http://localhost/x.dtd"),
    _case("F14", "graphml", "an outside DTD, a parameter entity, any DOCTYPE", REFUSED, GRAPHML + "hostile_documents_are_refused", "<!DOCTYPE graphml>"),
    _case("F15", "handset", "XML 100,000 deep", REFUSED, TRAFFIC, "nested more than 256 deep"),
    _case("F15", "graphml", "XML 100,000 deep", REFUSED, GRAPHML + "hostile_documents_are_refused", "nested more than 256 deep"),
    _case("F16", "handset", "a report of 300 MiB", LOADS + ", memory flat", "test_source_handset.py::test_handset_memory_is_flat_for_a_report_of_300_mib", "300"),
    _case("F16", "handset", "a load that was stopped in a report", LOADS + " from there", "test_source_handset.py::test_handset_stopped_load_goes_on_where_it_was", "stopped"),
    _case("F17", "handset", "XInclude and processing instructions", LOADS + ", they do nothing", "test_source_handset.py::test_handset_processing_instructions_and_xinclude_do_nothing", "xinclude"),
    _case("F17", "graphml", "XInclude and processing instructions", LOADS + ", they do nothing", GRAPHML + "xinclude_and_instructions_are_nothing", "xinclude"),
    _case("F35", "handset", "HTML or a picture named as XML", REFUSED + " by content", TRAFFIC, "<html><body>not found"),
    _case("F34", "stix", "references to nothing, and to itself", ROW, "test_source_stix.py::test_source_stix_references_to_nothing", "identity--9"),
    _case("F34", "bods", "a reference to nothing", ROW, "test_source_bods.py::test_source_bods_reference_to_nothing_is_quarantined", "quarantined"),
    _case("F34", "bods", "a circle of 10,000 owners", LOADS, "test_source_bods.py::test_source_bods_circle_of_ten_thousand", "10_000"),
    _case("F34", "ftm", "a circle of 10,000 owners", LOADS, "test_source_ftm.py::test_source_ftm_circle_of_ten_thousand", "10_000"),
    _case("F34", "ftm", "ends that are not there", ROW, "test_source_ftm.py::test_source_ftm_ends_that_are_not_there", "quarantined"),
    _case("F34", "graphml", "a circle of 10,000 nodes", LOADS, GRAPHML + "circle_of_ten_thousand", "10_000"),
    _case("F36", "stix", "an object marked TOP SECRET", ROW + ", not kept", "test_source_stix.py::test_source_stix_secret_is_refused_and_not_kept", "TOP SECRET"),
    _case("F36", "record_system", "a row marked SECRET, a letter for SECRET", ROW + ", not kept", "test_source_record_system.py::test_record_system_niche_secret_letter_is_withheld", "(withheld)"),
    _case("record-fields", "record_system", "eleven damaged fields of seven files", ROW + " with its field", "test_source_record_system.py::test_record_system_damaged_row_is_refused_with_its_field", "DAMAGED"),
    _case("report-item", "intelligence_reports", "an item without grade, handling, scheme or text", ROW + ", the other items stand", "test_source_intelligence_reports.py::test_reports_damaged_item_is_refused_alone", "source_grade"),
    _case("report-none", "intelligence_reports", "files that are no report", REFUSED, "test_source_intelligence_reports.py::test_reports_that_are_none_are_refused_whole", "not json"),
    _case("package-tampered", "intelligence_reports", "a package that was changed, cut or signed with another key", REFUSED, "test_report_package.py::test_package_that_was_tampered_with_is_refused_whole", "SHA-256"),
    _case("log-fields", "surveillance", "a log without marking, handling, number or date", ROW + " with its field", "test_source_surveillance.py::test_surveillance_damaged_log_is_refused_with_its_field", "marking is empty"),
    _case("log-date", "surveillance", "a log of a day that does not exist", ROW + " with all its entries", "test_source_surveillance.py::test_surveillance_wrong_date_is_refused_with_its_entries", "31/02/2024"),
    _case("officers-cut", "officers", "a product without its trailer, or with other counts", REFUSED, "test_source_register.py::test_source_officers_that_are_not_whole_are_refused", "it has no trailer"),
    _case("officers-record", "officers", "a record cut in its text, one without a chevron", ROW, "test_source_register.py::test_source_officers_damaged_record_costs_itself_alone", "13 chevrons"),
    _case("register-shift", "companies_house", "a row whose columns are shifted by one", ROW, "test_source_register.py::test_source_companies_house_row_with_shifted_columns_is_quarantined", "56 fields"),
    _case("register-wrapped", "companies_house", "lines cut at a fixed width", REFUSED, FILES + "hard_wrapped_sample_of_the_register", "cut at a fixed width"),
    _case("call-number", "call_records", "a number turned to 4.477E+11, or without its zero", ROW + ": damaged number", TRAFFIC, "4.477E+11"),
    _case("call-time", "call_records", "a time that the clock change skipped", ROW, TRAFFIC, "this time does not exist"),
    _case("call-imei", "call_records", "an IMEI of zeros or turned to 3.5E+14", LOADS + " without it, with a warning", TRAFFIC, "an IMEI of zeros"),
    _case("message-depth", "messages", "an export nested too deep", REFUSED, TRAFFIC, "nested more than 64 deep"),
    _case("message-time", "messages", "a message of yesterday", ROW, TRAFFIC, "yesterday"),
    _case("mail-parts", "email", "a mail of 5,000 parts inside one another", ROW, TRAFFIC, "more than 50 parts that hold parts"),
    _case("mail-none", "email", "a PST file", REFUSED, TRAFFIC, "!BDN"),
    _case("anpr-none", "anpr", "a read of question marks", ROW, TRAFFIC, "????????"),
    _case("keeper-date", "vehicle_keepers", "a mark that a spreadsheet turned into a date", ROW + ": damaged number", TRAFFIC, "12-Jan"),
    _case("keeper-order", "vehicle_keepers", "a keeper who ends before he begins", ROW, TRAFFIC, "ends before it starts"),
    _case("statement-part", "bank", "damaged parts of MT940, camt.053, OFX and QIF", ROW + " with its field", BANK + "a_damaged_part_is_refused_with_its_field_and_the_rest_goes_on", "mt940 bad line"),
    _case("statement-cut", "bank", "statements that are cut off", REFUSED, BANK + "files_that_cannot_be_used_are_refused_whole", "xml cut off"),
    _case("F36", "suspicious_activity", "a report of suspicion without handling, marking or compartment", ROW, BANK + "a_report_of_suspicion_without_its_handling_is_quarantined", "handling"),
    _case("ukpole-values", "ukpole", "damaged values of many kinds", LOADS + ": kept, but no entity is made of them", "test_source_ukpole.py::test_ukpole_keeps_damaged_values_but_makes_no_entity_of_them", "damaged"),
    _case("table-delimiter", "table", "another delimiter than the mapping's", REFUSED + ", with the one it has", FILES + "wrong_delimiter", "semicolon"),
    _case("table-column", "table", "a column that is not there", REFUSED + ", with the columns there are", FILES + "missing_column", "it lacks the column"),
    _case("table-key", "table", "a row without its reference", ROW, ROWS + "empty_reference_and_required", "reference"),
    _case("table-twice", "table", "one reference with two contents", LOADS + " both, with a warning", ROWS + "duplicate_id_is_loaded_and_reported", "duplicate"),
)  # fmt: skip
CASES = (
    *KNOWN,
    *(
        _case(one.id, one.source, one.wrong, one.answer, f"{DAMAGED}sample_gets_its_answer", "CHANGES")
        for one in CHANGES
    ),
)
# What the catalogue asks and the tests show on a smaller scale or in part.
LIMITS = {
    "F06": "tar is no format that is unpacked: it is refused as a file",
    "F09": "60 MiB in place of 10 GB: the limit that stops it is the same",
    "F12": "100 MB in place of 10 GB: it is refused at the DOCTYPE, before anything grows",
    "F13": "refused at the DOCTYPE; the suite runs without a network",
    "F16": "300 MiB in place of 5 GB",
    "F19": "DDE is text like any formula: no test of its own",
    "F22": "10 MiB and 18 MiB in place of 100 MB and 1 GB: the limits are 1 MiB a field and 16 MiB a line",
    "F33": "6,000 lines in place of 1,000,000",
}
CATALOGUE = tuple(f"F{number:02}" for number in range(1, 37))


def page() -> str:
    """The text of ingest/DAMAGED.md."""
    head = (
        "# Damaged inputs and their answers\n\n"
        "Written by `python -m tests.unit.ingest.damaged_cases`; a test compares it. `any` is what all sources share. Beside these,\n"
        "`tests/property/ingest/test_reader_fuzz.py` feeds every format with damaged copies of its samples.\n\n"
        "| id | source | what is wrong | answer | test |\n|---|---|---|---|---|\n"
    )
    rows = [
        f"| {case.id} | `{case.source}` | {_cell(case.wrong)} | {_cell(case.answer)} | `{_short(case.test)}` |"
        for case in sorted(CASES, key=lambda case: (case.source != ANY, case.source, case.id, case.wrong))
    ]
    limits = "\n".join(f"* {id_}: {text}." for id_, text in sorted(LIMITS.items()))
    return head + "\n".join(rows) + f"\n\n## What stands for more\n{limits}\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _short(test: str) -> str:
    file, _, function = test.partition("::")
    return f"{Path(file).name}::{function}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
