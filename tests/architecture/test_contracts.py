"""The direction of imports, the home of each third party, and the lean import of the core."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_are_kept() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_the_core_imports_without_engines_or_web() -> None:
    code = (
        "import sys, graphcore, graphcore.store.port, graphcore.evidence, graphcore.access;"
        "heavy = {'igraph', 'networkx', 'fastapi', 'pyvis', 'pyspark', 'typer'} & set(sys.modules); sys.exit(f'{heavy}' if heavy else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
