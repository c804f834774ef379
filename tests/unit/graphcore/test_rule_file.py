"""A rule file is refused as a whole, with every fault and its line; what it does not say is not guessed."""

from pathlib import Path

import pytest

from graphcore.access import shipped_rules
from graphcore.access.rule_file import MAX_BYTES, read_rules
from graphcore.access.vocabulary import CONDITIONS
from graphcore.errors import RulesError

WRONG = """version: 1
name: site
markings: {OFFICIAL: OFFICIAL, SECRET: SECRET}
read:
  clearance: {any: [clearence covers marking]}
  handling code:
    by: handling
    cases:
      3x5x2: [anyone]
      3x5x2 P: anyone
      none: [law enforcement and own recrod]
  retention: {by: retention, cases: {lost: [anyone]}}
  purpose: {all: [purpose given]}
  kind: {by: originator, cases: {}}
  clearance: {any: []}
pointers: [held as pointer]
"""


def refused(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "rules.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(RulesError) as caught:
        read_rules(path)
    return str(caught.value)


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, WRONG)
    for told in (
        "line 3: the clearance for SECRET is none of OFFICIAL, OFFICIAL-SENSITIVE",
        "line 5: clearance: there is no condition 'clearence covers marking': is it 'clearance covers marking'?",
        "line 9: handling code: no handling can be '3x5x2'",
        "line 10: handling code, case 3x5x2 P is no list of ways",
        "line 11: handling code, case none: there is no condition 'own recrod': is it 'own record'?",
        "line 12: retention: no retention can be 'lost'",
        "line 13: purpose knows no 'all'",
        "line 14: kind goes by none of handling, conditions, retention",
        "line 15: read has 'clearance' twice",
        "line 16: pointers is no mapping of names to values",
    ):
        assert told in said
    assert said.endswith("Correct the file, then try again.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is empty"),
        ("- a", "line 1: the file is no mapping"),
        ("version: 1\nname: x\n", "markings is missing"),
        ("a: [", "line 1: not YAML"),
        ("a: &x [*x]", "is missing"),
        (b"\xff\xfe", "cannot be read as YAML (UnicodeDecodeError)"),
        ("x" * (MAX_BYTES + 1), "is longer than"),
        ("!!python/object:os.system x", "the file is no mapping"),
        ("version: 2\nname: x\nmarkings: {}\nread: {}\npointers: {any: []}", "line 1: version is none of 1"),
        ("version: 1\nname: x\nmarkings: {}\nread: {}\npointers: {any: []}", "line 4: read has no rule"),
        ("[" * 5_000, "rules.yaml"),
    ],
)
def test_what_is_no_rule_file_is_refused(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert told in refused(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="FileNotFoundError"):
        read_rules(tmp_path / "none.yaml")


def test_the_shipped_file_is_valid_and_names_only_known_conditions() -> None:
    rules = shipped_rules()
    assert (rules.name, rules.version, len(rules.digest)) == ("shipped", 1, 16)
    used = {
        name
        for rule in (*rules.read, rules.pointers)
        for ways in (rule.ways, *(rule.cases or {}).values())
        for way in ways
        for name in way
    }
    assert used <= set(CONDITIONS)
