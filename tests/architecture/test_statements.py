"""Cypher lives in cypher/ alone, one statement a file; no Cypher or SQL text is glued from strings."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("graphcore", "ingest", "analytics", "api")
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE)\b\s*[\(\$:]", re.MULTILINE)


def string_constants(tree: ast.AST) -> list[tuple[int, str]]:
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def test_no_cypher_text_outside_cypher() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, text in string_constants(ast.parse(path.read_text(encoding="utf-8")))
        if CYPHER.search(text)
    ]
    assert found == []


def test_every_cypher_file_has_a_header() -> None:
    files = sorted((ROOT / "cypher").rglob("*.cypher"))
    assert files
    lacking = [str(f.relative_to(ROOT)) for f in files if not f.read_text(encoding="utf-8").startswith("//")]
    assert lacking == []
