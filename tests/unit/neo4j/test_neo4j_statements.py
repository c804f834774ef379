"""The statement files: headers, parameters, generated ones, and that every read filters by the view."""

import ast
import re
from pathlib import Path

import pytest

import cypher
from cypher import StatementError, parse_statement, schema_statements, statement
from graphcore.schema import SCHEMA
from graphcore.store.neo4j import generate
from graphcore.store.neo4j.stored import ENTITY_FIELDS, LINK_FIELDS, SHARED_FIELDS

CYPHER = Path(cypher.__file__).parent
BACKEND = Path(generate.__file__).parent
NAMES = sorted(
    str(path.relative_to(CYPHER).with_suffix(""))
    for folder in ("read", "write", "upkeep")
    for path in (CYPHER / folder).rglob("*.cypher")
)
# what these tell is not about any entity or link
WITHOUT_VIEW = {"read/labels", "read/applied", "read/version"}


@pytest.mark.parametrize("name", NAMES)
def test_header_names_exactly_the_parameters_of_the_text(name: str) -> None:
    found = statement(name)
    used = set(re.findall(r"\$([a-z_]+)", re.sub(r"\$\(\w+(?:\.\w+)*\)", "", found.text)))
    assert used == set(found.params)
    assert found.purpose


@pytest.mark.parametrize("name", NAMES)
def test_header_names_exactly_what_is_returned(name: str) -> None:
    found = statement(name)
    last = found.text.rsplit("RETURN", 1)[1] if found.returns else ""
    last = re.split(r"\n(?:ORDER|LIMIT|UNION)", last)[0]
    inner = re.sub(r"\[[^\]]*\]", "", last)
    columns = set(re.findall(r"AS (\w+)", inner)) or {
        column.strip() for column in inner.split(",") if column.strip()
    }
    plain = {part.strip() for part in inner.split(",") if re.fullmatch(r"\s*\w+\s*", part)}
    assert columns | plain == set(found.returns)


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("read/") and n not in WITHOUT_VIEW])
def test_every_read_filters_by_label_and_time(name: str) -> None:
    found = statement(name)
    assert {"labels", "as_at"} <= found.params.keys()
    assert found.text.count("IN $labels") == found.text.count("$as_at IS NULL") > 0
    assert not re.search(r"\b(SET|MERGE|CREATE|DELETE|REMOVE)\b", found.text)


def _calls() -> dict[str, set[str]]:
    """Statement names in the backend's code, by module."""
    found: dict[str, set[str]] = {}
    for path in BACKEND.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.replace("LINK_TYPE", "")
                if re.fullmatch(r"(read|write|upkeep)/\w*/?", text):
                    found.setdefault(text, set()).add(path.stem)
    return found


def test_every_statement_is_used_and_exists() -> None:
    used = set(_calls()) - {"write/link/", "write/link"}
    in_links = {name for name in NAMES if name.startswith("write/link/")}
    assert used == set(NAMES) - in_links
    assert {name.rsplit("/", 1)[1] for name in in_links} == set(SCHEMA.links)


def test_views_use_no_statement_of_the_upkeep() -> None:
    for name, modules in _calls().items():
        if not name.startswith("read/"):
            assert not modules & {"view", "steps", "search", "export"}, name


def test_generated_statements_are_up_to_date() -> None:
    for path, text in generate.outputs().items():
        assert path.read_text(encoding="utf-8") == text, (
            f"run python -m graphcore.store.neo4j.generate: {path.name}"
        )
    assert {path for path in generate.outputs() if path.parent.name == "link"} == set(
        (CYPHER / "write/link").glob("*.cypher")
    )


def test_call_with_other_parameters_is_refused() -> None:
    with pytest.raises(StatementError, match=r"read/entities.*takes.*but was given"):
        statement("read/entities").check({"uids": []})


@pytest.mark.parametrize("name", ["read/nothing", "../pyproject", "read/../../x"])
def test_unknown_statement(name: str) -> None:
    with pytest.raises(StatementError, match="there is no"):
        statement(name)


@pytest.mark.parametrize(
    "text", ["RETURN 1", "// read/other — x\n// params: none\n// returns: none\nRETURN 1"]
)
def test_text_without_its_header_is_refused(text: str) -> None:
    with pytest.raises(StatementError, match="first three lines"):
        parse_statement("read/x", text)


def test_schema_statements_are_single_and_repeatable() -> None:
    texts = schema_statements()
    assert any("entity_text" in text and "'whitespace'" in text for text in texts)
    assert all("IF NOT EXISTS" in text and ";" not in text for text in texts)
    assert len(texts) == len(set(texts)) > len(SCHEMA.links)


def test_no_schema_property_hides_a_field_of_ours() -> None:
    for spec in SCHEMA.entities.values():
        assert not spec.properties.keys() & (ENTITY_FIELDS | SHARED_FIELDS), spec.name
    for link in SCHEMA.links.values():
        assert not link.properties.keys() & (LINK_FIELDS | SHARED_FIELDS), link.name
