"""Files and functions stay small enough to be read in one sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("graphcore", "ingest", "analytics", "api", "cypher")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60
# Every entry needs a reason beside it.
ALLOWED_FILES: dict[str, str] = {}


def sources(suffix: str) -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob(f"*{suffix}"))


def test_there_is_something_to_measure() -> None:
    assert len(list(sources(".py"))) > 20


@pytest.mark.parametrize("suffix", [".py", ".js", ".css"])
def test_files_stay_short(suffix: str) -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in sources(suffix)
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }
    assert {name: n for name, n in long.items() if name not in ALLOWED_FILES} == {}


def test_functions_stay_short() -> None:
    long: dict[str, int] = {}
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert long == {}
